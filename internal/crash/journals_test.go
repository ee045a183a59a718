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

	"github.com/shopspring/decimal"

	"github.com/qlobooks/qlobooks/internal/sample"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// journaling are the points at which the guest ledger is kept and a journal is made.
var journaling = regexp.MustCompile(`/journals|store\.(SaveLedger|bookJournal|QueueJournals|saveIntents|SaveIntent|SaveAnswer|Settle|SetMark)`)

const liability = "Guest deposits"

// TestJournalsOutliveTheirWorkers has the journals of forty days made in two hotels that are alike: in one of them in peace, in
// the other while workers are killed at every call by which one is made or looked for, and after whatever is saved for it. Each
// is made once, and moves the same.
func TestJournalsOutliveTheirWorkers(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var trials [2]*trial
	for n := range trials {
		tr := newTrial(Options{Seed: 7, Orders: 30, Guests: 10, Speed: 20, Tries: 2, Log: t.Logf})
		stop, err := tr.open(ctx)
		defer stop()
		must(err)
		trials[n] = tr
	}
	peaceful, tr := trials[0], trials[1]
	until := peaceful.since.UTC().AddDate(0, 0, -1).Format(time.DateOnly) // what is done to orders now is of later days, wherever the hotel is
	tick := func(tr *trial) {
		_ = tr.stage.Call(ctx, http.MethodPost, "/schedule/run", map[string]any{"kind": "tick"}, nil) // or one is at work
	}
	for _, tr := range trials {
		must(tr.ask(ctx, http.MethodDelete, "/sandbox/faults", nil, nil))
		for _, d := range tr.deeds {
			if slices.Contains([]sample.Life{sample.Wired, sample.Kept, sample.HalfPaid, sample.Returned, sample.CashBack}, tr.orders[d.order].Life) && d.section == "orders" {
				must(d.do(ctx))
			}
		}
		living(ctx, t, tr, func() {
			must(tr.stage.Call(ctx, http.MethodPost, "/records/orders/sync", map[string]any{"all": true, "confirm": true}, nil))
		})
		var account struct{ ID string }
		must(tr.ask(ctx, http.MethodPost, "/sandbox/accounts", map[string]string{"name": liability, "type": "other_current_liability"}, &account))
		from := peaceful.since.AddDate(0, 0, -40).UTC().Format(time.DateOnly)
		must(tr.stage.Call(ctx, http.MethodPut, "/settings/revenue", map[string]any{"enabled": true, "deferred_account_id": account.ID, "period": "day", "from": from, "post_after": 0}, nil))
		must(tr.stage.Authorize(ctx))
		must(os.Remove(tr.pointLog()))
	}
	made := func(tr *trial) (all map[string]string, deferred decimal.Decimal) {
		t.Helper()
		var state struct{ Journals []books.Journal }
		must(tr.ask(ctx, http.MethodGet, "/sandbox/state", nil, &state))
		all = map[string]string{}
		for _, j := range state.Journals {
			if j.Reference[strings.LastIndex(j.Reference, ":")+1:] >= until {
				continue
			}
			if _, twice := all[j.Reference]; twice {
				t.Errorf("%s stands twice", j.Reference)
			}
			all[j.Reference] = j.Date + " " + j.Status
			for _, l := range j.Lines {
				all[j.Reference] += fmt.Sprintf(", %s %s %s", l.Account, l.Debit, l.Credit)
				if l.Account == liability {
					deferred = deferred.Add(l.Credit).Sub(l.Debit)
				}
			}
		}
		return all, deferred
	}

	living(ctx, t, peaceful, func() {
		_, err := peaceful.stage.Start(ctx, "/schedule/run", map[string]any{"kind": "tick"})
		must(err)
	})
	want, deferred := made(peaceful)
	peaceful.learn()
	all, _ := peaceful.plan.points()
	points := slices.DeleteFunc(all, func(name string) bool { return !journaling.MatchString(name) })
	if len(want) < 20 || deferred.IsZero() {
		t.Fatalf("%d journals defer %s, which proves little", len(want), deferred)
	}

	tr.plan = newPlan(tr.o)
	tr.plan.add(points)
	died := 0
	// These are passed before there is any journal, so they come first.
	for _, name := range []string{"before commit store.SaveLedger", "after commit store.SaveLedger", "before commit store.QueueJournals", "after commit store.QueueJournals"} {
		tick(tr)
		w, err := tr.worker(name+"#1", "QLOBOOKS_CRASH_LOG="+tr.pointLog())
		must(err)
		if !w.killed(ctx, time.Minute) {
			w.kill()
			t.Fatalf("nobody died %s", name)
		}
		died++
		tr.learn()
	}
	for goesOn := true; goesOn && !tr.plan.done(); {
		tick(tr)
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
		stands, _ := made(tr)
		goesOn = len(stands) < len(want)
	}
	_, missed := tr.plan.points()
	missed = slices.DeleteFunc(missed, func(name string) bool { return !slices.Contains(points, name) })
	t.Logf("%d workers died at points of %q, at none of %q", died, points, missed)
	if died < 10 || len(missed) > len(points)/3 || slices.ContainsFunc(missed, func(name string) bool { return strings.Contains(name, "/journals") }) {
		t.Errorf("of %d points nobody died at %q, and %d workers died in all", len(points), missed, died)
	}
	living(ctx, t, tr, func() {})
	living(ctx, t, tr, func() {
		_, err := tr.stage.Start(ctx, "/schedule/run", map[string]any{"kind": "tick"})
		must(err)
	})
	is, after := made(tr)
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if is[key] != want[key] {
			t.Errorf("%s\n  in peace %s\n  is       %s", key, want[key], is[key])
		}
	}
	for _, key := range slices.Sorted(maps.Keys(is)) {
		if want[key] == "" {
			t.Errorf("%s\n  in peace is none\n  is       %s", key, is[key])
		}
	}
	if len(is) != len(want) || !after.Equal(deferred) {
		t.Errorf("%d journals defer %s, in peace %d defer %s", len(is), after, len(want), deferred)
	}
}
