package crash

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/crash/point"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestADeadWorkersRecordsAreTakenOverWithinTheLease kills a worker in the middle of a batch and
// measures how long its records stay with it.
func TestADeadWorkersRecordsAreTakenOverWithinTheLease(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	tr := newTrial(Options{Seed: 7, Orders: 40, Guests: 4, Speed: 1, Log: t.Logf})
	stop, err := tr.open(ctx)
	defer stop()
	if err != nil {
		t.Fatal(err)
	}
	slow := map[string]any{"rules": []books.Rule{{Fault: books.FaultSlow, Delay: 500}}}
	if err := tr.ask(ctx, "POST", "/sandbox/faults", slow, nil); err != nil {
		t.Fatal(err)
	}
	clock := point.Fast(tr.o.Speed, tr.since)
	count := func(where string, args ...any) (n int) {
		t.Helper()
		if err := tr.hotel.QueryRowContext(ctx, "SELECT COUNT(*) FROM qlobooks_documents WHERE "+where, args...).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	until := func(most time.Duration, what string, met func() bool) {
		t.Helper()
		err := patiently(ctx, most, func() error {
			if !met() {
				return sql.ErrNoRows
			}
			return nil
		})
		if err != nil {
			t.Fatalf("in vain: %s", what)
		}
	}
	first, err := tr.worker("")
	if err != nil {
		t.Fatal(err)
	}
	defer first.kill()
	if err := tr.feed(ctx, tr.o.Orders); err != nil {
		t.Fatal(err)
	}
	until(time.Minute, "a worker is in the middle of invoices", func() bool { return count("flow = 'invoice' AND intent IS NOT NULL AND lease_owner IS NOT NULL") > 0 })
	first.kill()
	died := clock()
	left := count("lease_owner IS NOT NULL")
	var owners string
	if err := tr.hotel.QueryRowContext(ctx, "SELECT GROUP_CONCAT(DISTINCT lease_owner) FROM qlobooks_documents WHERE lease_owner IS NOT NULL").Scan(&owners); err != nil {
		t.Fatal(err)
	}
	second, err := tr.worker("")
	if err != nil {
		t.Fatal(err)
	}
	defer second.kill()
	until(time.Minute, "nothing is with the dead worker any more", func() bool { return count("FIND_IN_SET(lease_owner, ?)", owners) == 0 })
	took := clock().Sub(died)
	// At the real pace, as a faster clock would count the second worker's start twice.
	if most := 30 * time.Second; took > most {
		t.Errorf("%d records of the dead worker were taken over after %v, at most %v", left, took, most)
	}
	t.Logf("%d records of the dead worker were taken over after %.1f s", left, took.Seconds())
	if err := tr.ask(ctx, "DELETE", "/sandbox/faults", nil, nil); err != nil {
		t.Fatal(err)
	}
	if err := tr.settle(ctx); err != nil {
		t.Fatal(err)
	}
	if err := tr.judge(ctx); err != nil {
		t.Fatal(err)
	}
	for _, wrong := range tr.report.Wrong {
		t.Error(wrong)
	}
}
