package rehearsal_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// chosenRows are the rows of a mapping that have a choice.
func chosenRows(ctx context.Context, t *testing.T, s *rehearsal.Stage, kind string) map[string]string {
	t.Helper()
	var page wire.MappingPage
	if err := s.Call(ctx, http.MethodGet, "/mappings/"+kind, nil, &page); err != nil {
		t.Fatal(err)
	}
	chosen := map[string]string{}
	for _, row := range page.Items {
		if row.ZohoID != nil {
			chosen[row.SourceID] = *row.ZohoID
		}
	}
	return chosen
}

// TestWhatBelongsToAnOrganizationStaysWithIt goes to the books of another organization and back: there
// nothing of the first is used, and back everything is as it was, without a call.
func TestWhatBelongsToAnOrganizationStaysWithIt(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	other := books.New(books.Options{OrganizationID: "70002", Seed: 9, PerMinute: 5000, PerDay: 50000})
	elsewhere := httptest.NewServer(other)
	t.Cleanup(elsewhere.Close)
	s := openStage(ctx, t, rehearsal.Options{MySQL: hotel(t, "moved_"), Redis: privatetest.Redis(t), Books: books.Options{PerMinute: 5000, PerDay: 50000}, Origins: []string{elsewhere.URL}, Every: soon, Engine: engine.Options{Gather: 2 * soon}})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.Connect(ctx))
	must(s.SetUp(ctx, "Operating account"))
	must(s.Set(ctx, "limits", "calls_per_minute", 5000))
	must(s.Initialize(ctx))
	_, err := s.Start(ctx, "/records/orders/sync", map[string]any{"ids": []string{"1", "10"}, "confirm": true})
	must(err)
	settled(ctx, t, s)
	taxes, accounts := chosenRows(ctx, t, s, "taxes"), chosenRows(ctx, t, s, "deposit-accounts")
	invoice := look(ctx, t, s, "/documents/invoice/8")
	if len(taxes) == 0 || len(accounts) == 0 || invoice.ZohoID == nil {
		t.Fatalf("%v %v %+v", taxes, accounts, invoice)
	}

	deposits := s.Books.AddAccount("Guest deposits", "other_current_liability")
	must(s.Call(ctx, http.MethodPut, "/settings/revenue", map[string]any{"enabled": true, "deferred_account_id": deposits, "period": "month", "from": "2036-01-01", "post_after": 3}, nil))
	deferring := func() (enabled bool, account any) {
		t.Helper()
		var revenue map[string]any
		must(s.Call(ctx, http.MethodGet, "/settings/revenue", nil, &revenue))
		return revenue["enabled"] == true, revenue["deferred_account_id"]
	}

	first, home := s.Books, s.Zoho
	leave := func(id string) map[string]int {
		t.Helper()
		var preview, done wire.ResetResult
		must(s.Call(ctx, http.MethodPost, "/tools/reset/preview", map[string]any{"scope": "links"}, &preview))
		must(s.Call(ctx, http.MethodPost, "/tools/reset", map[string]any{"scope": "links", "confirm": id}, &done))
		if preview.Forgotten["links"] != done.Forgotten["links"] || preview.Forgotten["names"] != done.Forgotten["names"] || done.Forgotten["links"] == 0 {
			t.Errorf("foretold %v, forgotten %v", preview.Forgotten, done.Forgotten)
		}
		return done.Forgotten
	}
	var connection wire.Connection
	must(s.Call(ctx, http.MethodGet, "/connection", nil, &connection))
	leave(*connection.OrganizationID)
	s.Books, s.Zoho = other, elsewhere.URL
	must(s.Connect(ctx))
	for _, kind := range []string{"taxes", "deposit-accounts", "payment-modes", "accounts"} {
		if rows := chosenRows(ctx, t, s, kind); len(rows) > 0 {
			t.Errorf("in the other organization %s are mapped to %v", kind, rows)
		}
	}
	var payments map[string]any
	must(s.Call(ctx, http.MethodGet, "/settings/payments", nil, &payments))
	if payments["default_deposit_account_id"] != nil {
		t.Errorf("the settings still name account %v", payments["default_deposit_account_id"])
	}
	if on, account := deferring(); on || account != nil {
		t.Errorf("in the other organization revenue is deferred (%v) to %v", on, account)
	}
	_, err = s.Start(ctx, "/setup", map[string]any{"create_taxes": false, "create_currencies": true})
	must(err)
	_, err = s.Start(ctx, "/records/orders/sync", map[string]any{"ids": []string{"10"}, "confirm": true})
	must(err)
	until(ctx, t, s, "invoice:8", "blocked", "mapping_missing")
	for _, c := range other.Calls() {
		if c.Writes() && c.Code != 0 {
			t.Errorf("the other organization refused %s %s with %d", c.Method, c.Path, c.Code)
		}
	}
	must(s.SetUp(ctx, "Operating account"))
	until(ctx, t, s, "invoice:8", "synced", "")
	settled(ctx, t, s)

	leave("70002")
	s.Books, s.Zoho = first, home
	must(s.Connect(ctx))
	if rows := chosenRows(ctx, t, s, "taxes"); len(rows) != len(taxes) || rows["0"] != taxes["0"] {
		t.Errorf("back, taxes are mapped to %v, before %v", rows, taxes)
	}
	if rows := chosenRows(ctx, t, s, "deposit-accounts"); rows["default"] != accounts["default"] {
		t.Errorf("back, accounts are mapped to %v, before %v", rows, accounts)
	}
	if on, account := deferring(); !on || account != deposits {
		t.Errorf("back, revenue is deferred (%v) to %v, before to %s", on, account, deposits)
	}
	if d := look(ctx, t, s, "/documents/invoice/8"); d.ZohoID == nil || *d.ZohoID != *invoice.ZohoID || d.Status != "synced" {
		t.Errorf("back, the invoice is %+v, before %+v", d, invoice)
	}
	s.Books.ForgetCalls()
	_, err = s.Start(ctx, "/records/orders/sync", map[string]any{"ids": []string{"1", "10"}, "confirm": true})
	must(err)
	settled(ctx, t, s)
	for _, c := range s.Books.Calls() {
		if c.Writes() || c.Method == http.MethodGet && c.Path != "/books/v3/organizations" && c.Path != "/books/v3/settings/currencies" && len(c.Path) > 12 && c.Path[:12] == "/books/v3/in" {
			t.Errorf("what came back unchanged made a call: %s %s", c.Method, c.Path)
		}
	}
}
