package rehearsal_test

import (
	"context"
	"database/sql"
	"slices"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestListsThatLagNeverMakeASecondDocument makes a contact, an invoice, a payment and a credit note whose
// answers are lost while no list shows what is new. The documents' repeats are refused besides, as
// the period was locked meanwhile, so that the outcome is looked for in those lists and not found.
func TestListsThatLagNeverMakeASecondDocument(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	dsn := hotel(t, "lag_")
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	clock := newClock(time.Now().UTC())
	// The books' own clock stands, so that whatever was made is new for ever.
	now := time.Now()
	s := openStage(ctx, t, rehearsal.Options{MySQL: dsn, Redis: privatetest.Redis(t), Now: clock.now,
		Books: books.Options{PerMinute: 50000, PerDay: 500000, Clock: func() time.Time { return now }}, Every: soon, Engine: engine.Options{Gather: 2 * soon}})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.Connect(ctx))
	must(s.Set(ctx, "limits", "calls_per_minute", 5000))
	must(s.SetUp(ctx, "Operating account"))
	must(s.Set(ctx, "orders", "create_sales_orders", false))
	must(s.Initialize(ctx))
	// losing loses every answer to what is written in these lists; none of the others shows what is new.
	losing := func(lists ...string) {
		t.Helper()
		var rules []books.Rule
		for _, list := range []string{"/contacts", "/invoices", "/customerpayments", "/creditnotes"} {
			if slices.Contains(lists, list) {
				rules = append(rules, books.Rule{Method: "PUT", Path: list + "$", Fault: books.FaultCommitDrop})
			}
			rules = append(rules, books.Rule{Method: "GET", Path: list + "$", Fault: books.FaultListLag})
		}
		must(s.Books.SetFaults(rules...))
	}
	losing("/contacts", "/invoices", "/customerpayments", "/creditnotes")
	must(s.Call(ctx, "POST", "/records/orders/21/sync", nil, nil))

	until(ctx, t, s, "customer:1", "unknown", "outcome_unknown")
	losing("/invoices", "/customerpayments", "/creditnotes")
	clock.move(time.Hour, 1) // beyond the next try, whichever it is
	today := now.Format(time.DateOnly)
	type doc struct{ key, list string }
	for _, group := range []struct {
		docs  []doc
		after []string // whose answers are lost from then on
	}{
		{[]doc{{"invoice:17", "/invoices"}}, []string{"/customerpayments", "/creditnotes"}},
		{[]doc{{"payment:17", "/customerpayments"}, {"credit_note:1", "/creditnotes"}}, nil},
	} {
		for _, d := range group.docs {
			until(ctx, t, s, d.key, "unknown", "outcome_unknown")
		}
		must(s.Books.SetLock("all", today))
		losing(group.after...) // only now may an answer come through: the repeat's refusal
		clock.move(time.Hour, 1)
		for _, d := range group.docs {
			until(ctx, t, s, d.key, "held", "period_locked")
			lagged := 0
			for _, c := range s.Books.Calls() {
				if c.Method == "GET" && c.Path == d.list && c.Fault == string(books.FaultListLag) {
					lagged++
				}
			}
			if lagged == 0 {
				t.Errorf("%s was not looked for in a list that lags", d.key)
			}
			if n := s.Books.Census().Keys[d.key]; n != 1 {
				t.Errorf("%s stands %d times while nobody knows of it", d.key, n)
			}
		}
		must(s.Books.SetLock("all", ""))
		must(s.Call(ctx, "POST", "/issues/period_locked/retry", nil, nil))
		for _, d := range group.docs {
			until(ctx, t, s, d.key, "synced", "")
		}
	}
	census := s.Books.Census()
	for _, key := range []string{"customer:1", "invoice:17", "payment:17", "credit_note:1"} {
		if census.Keys[key] != 1 {
			t.Errorf("%s stands %d times", key, census.Keys[key])
		}
	}
	for _, twins := range census.Doubled {
		t.Errorf("two of them: %+v", twins)
	}
}
