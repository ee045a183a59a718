package crash

import (
	"context"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/await"
	"github.com/qlobooks/qlobooks/internal/crash/point"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
	"github.com/qlobooks/qlobooks/worker/queue"
)

// TestADeadWorkersRecordsAreTakenOverWithinTheLease kills a worker in the middle of a batch and
// measures how long its records stay with it.
func TestADeadWorkersRecordsAreTakenOverWithinTheLease(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	const speed = 4
	tr := newTrial(Options{Seed: 7, Orders: 40, Guests: 4, Speed: speed, Log: t.Logf})
	stop, err := tr.open(ctx)
	defer stop()
	if err != nil {
		t.Fatal(err)
	}
	// Every invoice takes long, so that whenever the worker dies, it dies in the middle of some.
	slow := map[string]any{"rules": []books.Rule{{Path: "/invoices", Fault: books.FaultSlow, Delay: 15000 / speed}}}
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
	until := func(what string, met func() bool) {
		t.Helper()
		err := await.Bounds{Moved: tr.stage.Moved}.For(ctx, func() (bool, error) { return met(), nil })
		if err != nil {
			t.Fatalf("in vain: %s: %v\n%s\n%s", what, err, tr.stage.Explain(), tr.tail())
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
	until("a worker is in the middle of invoices", func() bool { return count("flow = 'invoice' AND intent IS NOT NULL AND lease_owner IS NOT NULL") > 0 })
	first.kill()
	died := clock()
	if err := tr.ask(ctx, "DELETE", "/sandbox/faults", nil, nil); err != nil {
		t.Fatal(err)
	}
	left := count("lease_owner IS NOT NULL")
	var owners, last string
	if err := tr.hotel.QueryRowContext(ctx, "SELECT GROUP_CONCAT(DISTINCT lease_owner), MAX(lease_until) FROM qlobooks_documents WHERE lease_owner IS NOT NULL").Scan(&owners, &last); err != nil {
		t.Fatal(err)
	}
	leases, err := time.Parse("2006-01-02 15:04:05.999999", last)
	if err != nil {
		t.Fatal(err)
	}
	second, err := tr.worker("")
	if err != nil {
		t.Fatal(err)
	}
	defer second.kill()
	until("nothing is with the dead worker any more", func() bool { return count("FIND_IN_SET(lease_owner, ?)", owners) == 0 })
	// Promised is half a minute: what is left of the lease, and the next look of another worker. Read from
	// what was kept, as a busy machine makes the second worker's start slow.
	if most := 30*time.Second - 2*queue.Interval; leases.Sub(died) > most {
		t.Errorf("the dead worker kept %d records for %v, at most %v", left, leases.Sub(died), most)
	}
	t.Logf("%d records of the dead worker were taken over after %.1f s", left, clock().Sub(died).Seconds())
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
