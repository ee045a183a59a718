package crash

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/sample"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// undoing are the points at which something is taken back: its calls, and what is saved for them.
var undoing = regexp.MustCompile(`(DELETE|GET|/status/void)|store\.(QueueUndo|SaveIntents|SaveAnswer|Settle)`)

// living does work while a worker lives, and waits until nothing is left to do.
func living(ctx context.Context, t *testing.T, tr *trial, work func()) {
	t.Helper()
	w, err := tr.worker("", "QLOBOOKS_CRASH_LOG="+tr.pointLog())
	if err != nil {
		t.Fatal(err)
	}
	defer w.kill()
	work()
	if err := tr.idle(ctx); err != nil {
		t.Fatal(err)
	}
}

// TestAnUndoOutlivesItsWorkers kills workers at every call by which an undo takes something back, and after whatever it
// saves, until all is taken back; sent again, everything stands as before, and no key twice.
func TestAnUndoOutlivesItsWorkers(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tr := newTrial(Options{Seed: 7, Orders: 40, Guests: 10, Speed: 20, Tries: 1, Log: t.Logf})
	stop, err := tr.open(ctx)
	defer stop()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(err)
	must(tr.ask(ctx, http.MethodDelete, "/sandbox/faults", nil, nil))
	for _, d := range tr.deeds { // what happens to orders happens before they are sent, so that one run posts it all
		if slices.Contains([]sample.Life{sample.Wired, sample.Kept, sample.HalfPaid, sample.Returned, sample.CashBack}, tr.orders[d.order].Life) && d.section == "orders" {
			must(d.do(ctx))
		}
	}
	send := func() (run string) {
		t.Helper()
		var began struct{ ID string }
		living(ctx, t, tr, func() {
			must(tr.stage.Call(ctx, http.MethodPost, "/records/orders/sync", map[string]any{"all": true, "confirm": true}, &began))
		})
		return began.ID
	}
	undo := func(run string) {
		t.Helper()
		var connection struct {
			ID string `json:"organization_id"`
		}
		must(tr.stage.Call(ctx, http.MethodGet, "/connection", nil, &connection))
		must(tr.stage.Call(ctx, http.MethodPost, "/runs/"+run+"/undo", map[string]any{"reason": "A wrong tax", "confirm": connection.ID}, nil))
	}
	stands := func() map[string]string {
		t.Helper()
		var state struct{ Records []books.Record }
		must(tr.ask(ctx, http.MethodGet, "/sandbox/state", nil, &state))
		all := map[string]string{}
		for _, r := range state.Records {
			if _, twice := all[r.Key]; twice {
				t.Errorf("%q stands twice", r.Key)
			}
			number := r.Name
			if r.Module == "customerpayments" { // deleted by an undo, and made anew with the next number
				number = ""
			}
			all[r.Key] = fmt.Sprintf("%s %s %s %s %s %s open %s back %s settles %d", r.Module, number, r.Status, r.Date, r.Currency, r.Total, r.Balance, r.Refunded, len(r.Applied))
		}
		return all
	}
	takenBack := func() {
		t.Helper()
		for key, is := range stands() {
			module, _, _ := strings.Cut(is, " ")
			if module == "customerpayments" || slices.Contains([]string{"invoices", "salesorders", "creditnotes"}, module) && !strings.Contains(is, " void ") {
				t.Errorf("%s still stands: %s", key, is)
			}
		}
		var left int
		must(tr.hotel.QueryRowContext(ctx, "SELECT COUNT(*) FROM qlobooks_documents WHERE undo_run <> 0 OR zoho_id <> '' AND flow IN ('sales_order', 'invoice', 'payment', 'credit_note', 'refund', 'cancellation')").Scan(&left))
		if left > 0 {
			t.Errorf("%d documents are not taken back", left)
		}
	}

	// The first is undone in peace, and tells its points.
	run := send()
	before := stands()
	must(os.Remove(tr.pointLog()))
	living(ctx, t, tr, func() { undo(run) })
	takenBack()
	tr.learn()
	all, _ := tr.plan.points()
	points := slices.DeleteFunc(all, func(name string) bool { return !undoing.MatchString(name) })

	run = send()
	must(os.Remove(tr.pointLog()))
	undo(run)
	tr.plan = newPlan(tr.o)
	tr.plan.add(points)
	died := 0
	for goesOn := true; goesOn && !tr.plan.done(); {
		at := tr.plan.next()
		w, err := tr.worker(strings.Join(at, "\n"), "QLOBOOKS_CRASH_LOG="+tr.pointLog())
		must(err)
		if w.killed(ctx, 6*time.Second) {
			died++
		} else {
			w.kill()
			tr.plan.missed(at, func(string) bool { return true })
		}
		tr.learn()
		must(tr.hotel.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM qlobooks_runs WHERE kind = 'undo' AND finished_at IS NULL)").Scan(&goesOn))
	}
	_, missed := tr.plan.points()
	missed = slices.DeleteFunc(missed, func(name string) bool { return !slices.Contains(points, name) })
	t.Logf("%d workers died; at none of %q", died, missed)
	if len(points) < 30 || len(missed) > len(points)/3 {
		t.Errorf("of %d points nobody died at %q", len(points), missed)
	}
	living(ctx, t, tr, func() {})
	takenBack()

	send()
	after := stands()
	for _, key := range slices.Sorted(maps.Keys(before)) {
		if before[key] != after[key] {
			t.Errorf("%s\n  was %s\n  is  %s", key, before[key], after[key])
		}
	}
	if len(after) != len(before) {
		t.Errorf("%d records stood, %d stand", len(before), len(after))
	}
}
