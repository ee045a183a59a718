package rehearsal_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// otherwise is a stage whose payments a test may tell otherwise than the books have them.
func otherwise(ctx context.Context, t *testing.T, orders ...string) (*rehearsal.Stage, *atomic.Pointer[func(payment map[string]any)]) {
	t.Helper()
	stand := books.New(books.Options{PerMinute: 5000, PerDay: 50000})
	var change atomic.Pointer[func(map[string]any)]
	between := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		stand.ServeHTTP(answer, r)
		body := answer.Body.Bytes()
		var told map[string]any
		decoder := json.NewDecoder(bytes.NewReader(body))
		decoder.UseNumber()
		if f := change.Load(); f != nil && strings.Contains(r.URL.Path, "/customerpayments") && decoder.Decode(&told) == nil {
			list, _ := told["customerpayments"].([]any)
			for _, p := range append(list, told["payment"]) {
				if p, is := p.(map[string]any); is {
					(*f)(p)
				}
			}
			body, _ = json.Marshal(told)
		}
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(answer.Code)
		_, _ = w.Write(body)
	}))
	t.Cleanup(between.Close)
	s := openStage(ctx, t, rehearsal.Options{MySQL: hotel(t, "qlo_"), Redis: privatetest.Redis(t), Zoho: between.URL, Origins: []string{between.URL}, Every: soon, Engine: engine.Options{Gather: 2 * soon}})
	s.Books = stand
	for _, err := range []error{s.Connect(ctx), s.Set(ctx, "limits", "calls_per_minute", 5000), s.SetUp(ctx, "Operating account")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, section := range rehearsal.Sections {
		if _, err := s.Start(ctx, "/records/"+section+"/initialize", nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Start(ctx, "/records/orders/sync", map[string]any{"ids": orders, "confirm": true}); err != nil {
		t.Fatal(err)
	}
	settled(ctx, t, s)
	return s, &change
}

// TestWhatIsToldOfAPaymentIsBelievedOnlyWhole: what is no money never comes, what is not told is neither nothing nor
// today's, and no payment that cannot be read keeps the others from coming.
func TestWhatIsToldOfAPaymentIsBelievedOnlyWhole(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s, change := otherwise(ctx, t, "10")
	lacks := func(name string) func(p map[string]any) { return func(p map[string]any) { delete(p, name) } }
	is := func(name string, value any) func(p map[string]any) { return func(p map[string]any) { p[name] = value } }
	part := func(name string, value any) func(p map[string]any) {
		return func(p map[string]any) {
			rows, _ := p["invoices"].([]any)
			for _, row := range rows {
				if row.(map[string]any)[name] = value; value == nil {
					delete(row.(map[string]any), name)
				}
			}
		}
	}
	tests := []struct {
		name, status, told string
		change             func(p map[string]any)
		id                 string
	}{
		{name: "it failed", change: is("status", "failure"), status: "elsewhere"},
		{name: "it is void", change: is("status", "void"), status: "elsewhere"},
		{name: "it is a draft", change: is("status", "draft"), status: "elsewhere"},
		{name: "its status is a word that nobody knows", change: is("status", "on_hold"), status: "waiting", told: "on_hold"},
		{name: "it has no date", change: lacks("date"), status: "waiting", told: "lacks its date"},
		{name: "its date is none", change: is("date", "0000-00-00"), status: "waiting", told: "lacks its date"},
		{name: "its date is written otherwise", change: is("date", "03/11/2026"), status: "waiting", told: "lacks its date"},
		{name: "it has no amount", change: lacks("amount"), status: "waiting", told: "lacks its amount"},
		{name: "its amount is no number", change: is("amount", "7,00"), status: "waiting", told: "lacks its amount"},
		{name: "its amount is beyond every column", change: is("amount", json.Number("1e30")), status: "waiting"},
		{name: "it lists no invoices", change: lacks("invoices"), status: "waiting", told: "does not tell what it settles"},
		{name: "it does not tell of what amount", change: part("amount_applied", nil), status: "waiting", told: "does not tell what it settles"},
		{name: "it settles more than it is", change: part("amount_applied", json.Number("70")), status: "waiting", told: "settles 70.00 and leaves 0.00 of a payment of 7.00"},
		{name: "it settles less than nothing", change: part("amount_applied", json.Number("-7")), status: "waiting", told: "less than nothing"},
		{name: "its amounts are texts", change: is("amount", "7.00"), status: "imported"},
		{name: "it does not tell what is unused", change: lacks("unused_amount"), status: "imported"},
		{name: "tax was withheld", change: part("tax_amount_withheld", json.Number("2")), status: "imported"},
		{name: "all is well", change: func(map[string]any) {}, status: "imported"},
	}
	changes := map[any]func(map[string]any){}
	for i := range tests {
		tests[i].id = received(t, s, "customer:7", "invoice:8", "7", "7", 2)
		changes[tests[i].id] = tests[i].change
	}
	draft := received(t, s, "customer:7", "", "7", "", 2)
	changes[draft] = is("status", "draft")
	tell := func(p map[string]any) {
		if f := changes[p["payment_id"]]; f != nil {
			f(p)
		}
	}
	change.Store(&tell)
	list := brought(ctx, t, s, "new")
	for _, tt := range tests {
		p, want := list[tt.id], "0"
		if tt.status == "imported" {
			want = "7.00"
		}
		if got := inQloApps(t, s, tt.id); got != want && !(nothing(got) && nothing(want)) || p.Status != tt.status || (p.Issue != nil) != (tt.status == "waiting") {
			t.Errorf("%s: it is %q %+v, and QloApps has %s", tt.name, p.Status, p.Issue, got)
		} else if tt.told != "" && (p.Issue.Code != "import_left" || !strings.Contains(p.Issue.Detail, tt.told)) {
			t.Errorf("%s: told is %+v", tt.name, p.Issue)
		}
	}
	if !hasNotice(ctx, t, s, "10", "withheld_in_zoho") {
		t.Error("the order does not tell that tax was withheld")
	}

	// As long as nothing changes, what is no money costs no call.
	before := len(s.Books.Calls())
	brought(ctx, t, s, "new")
	for _, c := range s.Books.Calls()[before:] {
		if c.Path == "/customerpayments/"+draft {
			t.Error("a draft was read again though its row says the same")
		}
	}

	// What was a draft is recorded, what could not be read can be, and what came turns out to have failed.
	well := tests[len(tests)-1].id
	clear(changes)
	changes[well] = is("status", "failure")
	list = brought(ctx, t, s, "new")
	var told []wire.ImportedPayment
	for _, tt := range tests {
		p := list[tt.id]
		if tt.id == well {
			if p.Status != "changed" || p.Issue == nil || !strings.Contains(p.Issue.Detail, "failure") || p.Zoho.Refunded != "0.00" {
				t.Errorf("what failed after it came is %s %+v", p.Status, p.Issue)
			}
		} else if got := inQloApps(t, s, tt.id); got != "7.00" {
			told = append(told, p)
		}
	}
	if len(told) > 0 {
		t.Errorf("what is told whole does not come: %+v", told)
	}
}
