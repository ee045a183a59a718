package crash

import (
	"context"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/await"
	"github.com/qlobooks/qlobooks/internal/crash/point"
)

// TestEveryTickRunsOnce lets three worker processes keep the schedule, each with a scheduler of
// its own, kills one of them, and counts: every slot ran, each once, and all of them ended.
func TestEveryTickRunsOnce(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	tr := newTrial(Options{Seed: 7, Orders: 2, Guests: 4, Speed: 20, Log: t.Logf})
	stop, err := tr.open(ctx)
	defer stop()
	if err != nil {
		t.Fatal(err)
	}
	if err := tr.ask(ctx, "DELETE", "/sandbox/faults", nil, nil); err != nil {
		t.Fatal(err)
	}
	for field, value := range map[string]any{"interval_minutes": 1, "enabled": true} {
		if err := tr.stage.Set(ctx, "schedule", field, value); err != nil {
			t.Fatal(err)
		}
	}
	began := point.Fast(tr.o.Speed, tr.since)().UTC().Truncate(time.Minute)
	var workers []*program
	for range 3 {
		w, err := tr.worker("")
		if err != nil {
			t.Fatal(err)
		}
		workers = append(workers, w)
		defer w.kill()
	}
	done := func(n int) {
		t.Helper()
		err := await.Bounds{Moved: tr.stage.Moved}.For(ctx, func() (bool, error) {
			var have int
			err := tr.hotel.QueryRowContext(ctx, "SELECT COUNT(*) FROM qlobooks_runs WHERE kind = 'tick' AND status = 'done'").Scan(&have)
			return have >= n, err
		})
		if err != nil {
			t.Fatalf("%d ticks did not end: %v\n%s\n%s", n, err, tr.stage.Explain(), tr.tail())
		}
	}
	done(2)
	workers[0].kill()
	done(7)
	var slots, distinct, runs, undone, minutes, long int // long: minutes that began while a tick was at work
	err = tr.hotel.QueryRowContext(ctx, "SELECT COUNT(*), COUNT(DISTINCT slot), TIMESTAMPDIFF(MINUTE, MIN(slot), MAX(slot)) + 1, "+
		"(SELECT COUNT(*) FROM qlobooks_runs WHERE kind = 'tick'), (SELECT COUNT(*) FROM qlobooks_runs WHERE kind = 'tick' AND status NOT IN ('done', 'queued', 'running')), "+
		"(SELECT COALESCE(SUM(IF(finished_at IS NULL, 1, FLOOR(UNIX_TIMESTAMP(finished_at) / 60) - FLOOR(UNIX_TIMESTAMP(created_at) / 60))), 0) FROM qlobooks_runs WHERE kind = 'tick') "+
		"FROM qlobooks_slots WHERE name = 'tick' AND slot >= ?", began).Scan(&slots, &distinct, &minutes, &runs, &undone, &long)
	if err != nil {
		t.Fatal(err)
	}
	// A slot that comes while a tick is at work is given away without another one.
	if slots != distinct || slots != minutes || runs > slots || slots-runs > long || undone > 0 {
		t.Errorf("%d slots (%d different) in %d minutes, %d runs, %d of them failed, %d minutes begun at work", slots, distinct, minutes, runs, undone, long)
	}
	t.Logf("%d slots, each once, with one of three workers killed", slots)
}
