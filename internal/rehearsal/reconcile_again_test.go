package rehearsal_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestReconcilingAgainReadsWhatChanged fills the books with other people's invoices, so that listing
// them is dear, and wants a second refresh to read only what changed and to count, and still to find
// what was changed, deleted, doubled and edited since. The contrary books count other modules too.
func TestReconcilingAgainReadsWhatChanged(t *testing.T) {
	for name, o := range map[string]books.Options{"as documented": {}, "contrary": {Contrary: true}} {
		t.Run(name, func(t *testing.T) {
			atOnce(t)
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			clock := newClock(time.Now())
			o.PerMinute, o.PerDay, o.Clock = 5000, 50000, clock.now
			s := openStage(ctx, t, rehearsal.Options{MySQL: hotel(t, "qlo_"), Redis: privatetest.Redis(t), Books: o, Now: clock.now, Every: soon, Engine: engine.Options{Gather: 2 * soon}})
			change(t, s.Connect(ctx))
			change(t, s.Set(ctx, "limits", "calls_per_minute", 5000))
			if err := s.SetUp(ctx, "Operating account"); err != nil {
				t.Fatal(err)
			}
			if _, err := s.SyncAll(ctx); err != nil {
				t.Fatal(err)
			}
			settled(ctx, t, s)
			strangers(t, s, 700, 500)

			first := readCalls(ctx, t, s)
			if d := reconciled(ctx, t, s, false).Differences; len(d) != 0 {
				t.Fatalf("the first refresh finds %v", named(d))
			}
			clock.move(time.Hour, 1)
			readCalls(ctx, t, s) // finds out once what these books do not tell
			again := readCalls(ctx, t, s)
			if found := tally(again)["GET /invoices"]; found != 2 || len(again) >= len(first) {
				t.Errorf("the first refresh made %v, a later one %v", tally(first), tally(again))
			}
			t.Logf("the first refresh made %d calls, a later one %d: %v", len(first), len(again), tally(again))

			change(t, s.Books.ChangeByHand(standing(t, s, "invoice:7").ID, `{"line_items":[{"name":"Changed by hand","rate":1,"quantity":1}]}`))
			if calls := readCalls(ctx, t, s); tally(calls)["GET /invoices"] != 2 {
				t.Errorf("one changed invoice took %v", tally(calls))
			}
			differs(ctx, t, s, "different invoice:7 → recreate")

			change(t, s.Books.DeleteByHand(standing(t, s, "invoice:11").ID))
			twin := standing(t, s, "invoice:15")
			_, err := s.Books.AddByHand("invoices", fmt.Sprintf(`{"customer_id":%q,"date":%q,"line_items":[{"name":"Twice","rate":%s,"quantity":1}]}`, contactOf(t, s, "customer:5"), twin.Date, twin.Total))
			change(t, err)
			change(t, s.Books.DeleteByHand(standing(t, s, "payment:1").ID))
			inHotel(t, s.App.Config.MySQLDSN.Reveal(),
				"UPDATE qlo_order_detail SET total_price_tax_excl = 360, total_price_tax_incl = 374.4 WHERE id_order = 10",
				"UPDATE qlo_htl_booking_detail SET total_price_tax_excl = 360, total_price_tax_incl = 374.4 WHERE id_order = 10",
				"UPDATE qlo_orders SET total_paid_tax_excl = 360, total_paid_tax_incl = 374.4 WHERE id_order = 10",
				"UPDATE qlo_order_invoice SET total_paid_tax_excl = 360, total_paid_tax_incl = 374.4 WHERE id_order = 10")
			readCalls(ctx, t, s)
			// The payment that is gone leaves its invoice open, so that its cure cures both.
			differs(ctx, t, s, "different invoice:1 → recreate", "different invoice:7 → recreate", "different invoice:8 → sync", "duplicate invoice:15 → open", "missing invoice:11 → recreate", "missing payment:1 → recreate")
		})
	}
}

func change(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// strangers puts other people's invoices and payments into the books of the month.
func strangers(t *testing.T, s *rehearsal.Stage, invoices, payments int) {
	t.Helper()
	guest, err := s.Books.AddByHand("contacts", `{"contact_name":"Somebody else"}`)
	change(t, err)
	from, _ := month()
	first, err := time.Parse(time.DateOnly, from)
	change(t, err)
	for n := range max(invoices, payments) {
		day := first.AddDate(0, 0, n%30).Format(time.DateOnly)
		if n < invoices {
			_, err := s.Books.AddByHand("invoices", fmt.Sprintf(`{"customer_id":%q,"date":%q,"line_items":[{"name":"Conference","rate":%d,"quantity":1}]}`, guest, day, 1000+n))
			change(t, err)
		}
		if n < payments {
			_, err := s.Books.AddByHand("customerpayments", fmt.Sprintf(`{"customer_id":%q,"date":%q,"payment_mode":"Cash","amount":%d}`, guest, day, 1000+n))
			change(t, err)
		}
	}
}

// readCalls refreshes the month and gives the calls of that.
func readCalls(ctx context.Context, t *testing.T, s *rehearsal.Stage) (calls []string) {
	t.Helper()
	s.Books.ForgetCalls()
	reconciled(ctx, t, s, true)
	for _, c := range s.Books.Calls() {
		if c.Writes() {
			t.Errorf("a refresh made %s %s", c.Method, c.Path)
		}
		calls = append(calls, c.Method+" "+c.Path)
	}
	return calls
}

func differs(ctx context.Context, t *testing.T, s *rehearsal.Stage, want ...string) {
	t.Helper()
	found := reconciled(ctx, t, s, false).Differences
	if got := named(found); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestReconcilingStopsAtTheReserve lets the calls for history end in the middle of the months to be
// read: the days read so far are told, the reserve for live work stays, and the same run goes on when
// the next day begins.
func TestReconcilingStopsAtTheReserve(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	q := newQuota(ctx, t, 0)
	days := wire.DayRange{From: q.clock.now().AddDate(0, 0, -150).Format(time.DateOnly), To: q.clock.now().Format(time.DateOnly)}
	left := q.budget()
	q.Books.UsedByOthers(left.Day.Left - left.Reserve - 8)
	q.Books.ForgetCalls()
	var run rehearsal.Run
	q.must(q.Call(ctx, http.MethodPost, "/reconciliation/refresh", days, &run))
	var found struct {
		Complete bool
		ReadTo   *string `json:"read_to"`
	}
	look := func() {
		q.must(q.Call(ctx, http.MethodGet, "/reconciliation?from="+days.From+"&to="+days.To, nil, &found))
		q.must(q.Call(ctx, http.MethodGet, "/runs/"+run.ID, nil, &run))
	}
	q.until("the run waits for calls and says how far it came", func() bool {
		look()
		return found.ReadTo != nil && strings.Contains(string(run.Result), `"read_to":"`+*found.ReadTo+`"`)
	})
	if found.Complete || *found.ReadTo >= days.To || run.Status != "running" {
		t.Errorf("read to %v, complete %t, the run is %s with %s", found.ReadTo, found.Complete, run.Status, run.Result)
	}
	calls := len(q.Books.Calls())
	if b := q.budget(); b.Day.Left < b.Reserve || calls == 0 || calls > 8 {
		t.Errorf("%d calls were made, %d are left, the reserve is %d", calls, b.Day.Left, b.Reserve)
	}
	q.clock.move(25*time.Hour, 1)
	q.until("the run has gone on", func() bool { look(); return run.Status == "done" })
	look() // the run may have ended between the two answers
	lists := 0
	for _, c := range q.Books.Calls() {
		if c.Path == "/invoices" || c.Path == "/creditnotes" || c.Path == "/customerpayments" {
			lists++
		}
	}
	if months := 6; !found.Complete || *found.ReadTo != days.To || lists > 3*months+2 { // two of the month that was given up
		t.Errorf("read to %v, complete %t, with %d lists", *found.ReadTo, found.Complete, lists)
	}
}
