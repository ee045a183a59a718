package rehearsal_test

import (
	"context"
	"database/sql"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// month is a range of the sample in which everything reaches the books.
func month() (from, to string) {
	now := time.Now()
	return now.AddDate(0, 0, -41).Format(time.DateOnly), now.AddDate(0, 0, -6).Format(time.DateOnly)
}

func reconciled(ctx context.Context, t *testing.T, s *rehearsal.Stage, refresh bool) wire.Reconciliation {
	t.Helper()
	from, to := month()
	if refresh {
		if run, err := s.Start(ctx, "/reconciliation/refresh", wire.DayRange{From: from, To: to}); err != nil {
			t.Fatalf("%+v %v", run, err)
		}
	}
	var found reconciliation
	if err := s.Call(ctx, http.MethodGet, "/reconciliation?from="+from+"&to="+to, nil, &found); err != nil {
		t.Fatal(err)
	}
	if refresh && (!found.Complete || found.AsOf == "") {
		t.Errorf("complete %t as of %s", found.Complete, found.AsOf)
	}
	return wire.Reconciliation{From: from, To: to, Complete: found.Complete, Rows: found.Rows, Differences: found.Differences}
}

// reconciliation is wire.Reconciliation as JSON says it.
type reconciliation struct {
	From, To    string
	AsOf        string `json:"as_of"`
	Complete    bool
	Rows        []wire.ReconciliationRow
	Differences []wire.Difference
}

func named(list []wire.Difference) []string {
	var names []string
	for _, d := range list {
		names = append(names, fmt.Sprintf("%s %s:%s → %s", d.Kind, d.Flow, d.SourceID, d.Action.Verb))
	}
	sort.Strings(names)
	return names
}

func inHotel(t *testing.T, dsn string, statements ...string) {
	t.Helper()
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range statements {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}

// TestReconciliationNamesExactlyWhatDiffers changes, deletes and doubles by hand in the books,
// edits an order in QloApps, and wants exactly these four named; then cures them.
func TestReconciliationNamesExactlyWhatDiffers(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t)
	calls := len(s.Books.Calls())
	before := reconciled(ctx, t, s, false)
	if len(s.Books.Calls()) != calls || before.Complete {
		t.Error("looking asked Zoho Books, or is complete before anything was read")
	}

	clean := reconciled(ctx, t, s, true)
	// One credit note was used by another order after its own was done, so that its tax is read.
	if used := s.Books.Calls()[calls:]; len(used) > 7 || len(details(used)) > 1 {
		t.Errorf("a month took %d calls, of single documents %v", len(used), details(used))
	}
	for _, d := range clean.Differences {
		t.Errorf("a clean month: %s %s:%s %s", d.Kind, d.Flow, d.SourceID, d.Detail)
	}
	count := map[string]int{}
	for _, r := range clean.Rows {
		count[r.Kind] += r.QloApps.Count
		if r.QloApps != r.Posted || r.Posted != r.Zoho {
			t.Errorf("a clean month's row: %+v", r)
		}
	}
	agreesWithTheOverview(ctx, t, s, clean.Rows)
	if count["invoice"] < 20 || count["payment"] < 20 {
		t.Errorf("rows count %v", count)
	}

	hand := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	hand(s.Books.ChangeByHand(standing(t, s, "invoice:7").ID, `{"line_items":[{"name":"Changed by hand","rate":1,"quantity":1}]}`))
	hand(s.Books.DeleteByHand(standing(t, s, "invoice:11").ID))
	twin := standing(t, s, "invoice:15")
	doubled, err := s.Books.AddByHand("invoices", fmt.Sprintf(`{"customer_id":%q,"date":%q,"line_items":[{"name":"Twice","rate":%s,"quantity":1}]}`, contactOf(t, s, "customer:5"), twin.Date, twin.Total))
	hand(err)
	inHotel(t, s.App.Config.MySQLDSN.Reveal(),
		"UPDATE qlo_order_detail SET total_price_tax_excl = 360, total_price_tax_incl = 374.4 WHERE id_order = 10",
		"UPDATE qlo_htl_booking_detail SET total_price_tax_excl = 360, total_price_tax_incl = 374.4 WHERE id_order = 10",
		"UPDATE qlo_orders SET total_paid_tax_excl = 360, total_paid_tax_incl = 374.4 WHERE id_order = 10",
		"UPDATE qlo_order_invoice SET total_paid_tax_excl = 360, total_paid_tax_incl = 374.4 WHERE id_order = 10")
	found := reconciled(ctx, t, s, true)
	want := []string{"different invoice:7 → recreate", "different invoice:8 → sync", "duplicate invoice:15 → open", "missing invoice:11 → recreate"}
	if got := named(found.Differences); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		for _, d := range found.Differences {
			t.Logf("%s %s:%s %s", d.Kind, d.Flow, d.SourceID, d.Detail)
		}
	}
	for _, d := range found.Differences {
		if d.Kind == "duplicate" && (d.ZohoID == nil || *d.ZohoID != doubled) {
			t.Errorf("the double is %v, want %s", d.ZohoID, doubled)
		}
		if d.Action.Path == nil {
			hand(s.Books.DeleteByHand(*d.ZohoID))
			continue
		}
		var body any
		if d.Action.Verb == "recreate" {
			body = why
		}
		if run, err := s.Start(ctx, *d.Action.Path, body); err != nil || run.Failed+run.Held > 0 {
			t.Errorf("the cure of %s %s:%s: %+v %v", d.Kind, d.Flow, d.SourceID, run, err)
		}
	}
	settled(ctx, t, s)
	for _, d := range reconciled(ctx, t, s, true).Differences {
		t.Errorf("after the cures: %s %s:%s %s", d.Kind, d.Flow, d.SourceID, d.Detail)
	}
	checkFile(ctx, t, s)
}

// agreesWithTheOverview holds the days of the first page to what the reconciliation says that QloApps billed.
func agreesWithTheOverview(ctx context.Context, t *testing.T, s *rehearsal.Stage, rows []wire.ReconciliationRow) {
	t.Helper()
	var first told
	if err := s.Call(ctx, http.MethodGet, "/overview", nil, &first); err != nil {
		t.Fatal(err)
	}
	billed := map[string]money.Decimal{}
	for _, r := range rows {
		if r.Kind == "invoice" {
			billed[r.Day+" "+r.Currency] = billed[r.Day+" "+r.Currency].Add(money.MustParse(r.QloApps.Amount))
		}
	}
	from, to := month()
	seen := 0
	for _, d := range first.Days {
		if d.Day < from || d.Day > to {
			continue
		}
		if want := money.Text(billed[d.Day+" "+d.Currency]); d.Source != want {
			t.Errorf("of %s the first page says that QloApps billed %s %s, the reconciliation %s", d.Day, d.Source, d.Currency, want)
		}
		if !billed[d.Day+" "+d.Currency].IsZero() {
			seen++
		}
	}
	if seen < 10 {
		t.Errorf("%d days were compared", seen)
	}
}

func contactOf(t *testing.T, s *rehearsal.Stage, key string) string { return standing(t, s, key).ID }

// checkFile reads the comparison as a file.
func checkFile(ctx context.Context, t *testing.T, s *rehearsal.Stage) {
	t.Helper()
	from, to := month()
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/api/v1/reconciliation?from="+from+"&to="+to+"&hotel=1", nil)
	req.Header.Set("Authorization", "Bearer "+s.Token)
	req.Header.Set("Accept", "text/csv")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	rows, err := csv.NewReader(strings.NewReader(string(body))).ReadAll()
	if err != nil || resp.StatusCode != http.StatusOK || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/csv") || len(rows) < 5 || rows[0][0] != "part" {
		t.Fatalf("%d %s %v\n%s", resp.StatusCode, resp.Header.Get("Content-Type"), err, body)
	}
	for _, row := range rows[1:] {
		if row[0] == "total" && row[2] != "Larkspur House" {
			t.Errorf("another hotel's row: %v", row)
		}
	}
}

// details are the calls that read one document.
func details(calls []books.Call) (read []string) {
	for _, c := range calls {
		if c.Method == http.MethodGet && strings.Count(c.Path, "/") > 1 {
			read = append(read, c.Path)
		}
	}
	return read
}
