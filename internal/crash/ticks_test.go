package crash

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/await"
	"github.com/qlobooks/qlobooks/internal/crash/point"
)

// TestEveryTickRunsOnce lets three worker processes keep the schedule, each with a scheduler of
// its own, kills one of them, and counts: every slot ran, each once, and all of them ended.
func TestEveryTickRunsOnce(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
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
	slots := slotsOf(ctx, t, tr.hotel, began)
	for i, slot := range slots {
		if want := slots[0].at.Add(time.Duration(i) * time.Minute); !slot.at.Equal(want) {
			t.Errorf("slot %d is %v, want %v", i, slot.at, want)
		}
		// A slot that comes while a tick is at work is given away without another one.
		if slot.runs > 1 || slot.runs == 0 && !slot.busy {
			t.Errorf("slot %v has %d ticks, and one was at work when it was taken: %t", slot.at, slot.runs, slot.busy)
		}
	}
	var undone, outside, beside int
	err = tr.hotel.QueryRowContext(ctx, "SELECT COUNT(IF(status NOT IN ('done', 'queued', 'running'), 1, NULL)), COUNT(IF(created_at < (SELECT MIN(taken_at) FROM qlobooks_slots WHERE name = 'tick' AND slot >= ?), 1, NULL)), "+
		"COUNT(IF(EXISTS (SELECT 1 FROM qlobooks_runs b WHERE b.kind = 'tick' AND b.id < r.id AND (b.finished_at IS NULL OR b.finished_at > r.created_at)), 1, NULL)) FROM qlobooks_runs r WHERE kind = 'tick'", began).Scan(&undone, &outside, &beside)
	if err != nil {
		t.Fatal(err)
	}
	if undone > 0 || outside > 0 || beside > 0 {
		t.Errorf("%d ticks failed, %d ran before any slot was taken, %d beside another", undone, outside, beside)
	}
	t.Logf("%d slots, each once, with one of three workers killed", len(slots))
}

// taken is a slot with the ticks that were made for it, and whether one was at work when it was taken.
type taken struct {
	at   time.Time
	runs int
	busy bool
}

// slotsOf reads all slots from a moment on in their order, at one moment of the database. A tick counts as at work
// for a second of the machine's time (twenty of the trial's) longer, as its end is read off before it is saved.
func slotsOf(ctx context.Context, t *testing.T, db *sql.DB, since time.Time) (list []taken) {
	t.Helper()
	rows, err := db.QueryContext(ctx, "SELECT s.slot, "+
		"(SELECT COUNT(*) FROM qlobooks_runs r WHERE r.kind = 'tick' AND r.created_at >= s.taken_at AND r.created_at < COALESCE((SELECT MIN(n.taken_at) FROM qlobooks_slots n WHERE n.name = 'tick' AND n.taken_at > s.taken_at), s.taken_at + INTERVAL 1 DAY)), "+
		"EXISTS (SELECT 1 FROM qlobooks_runs b WHERE b.kind = 'tick' AND b.created_at < s.taken_at AND (b.finished_at IS NULL OR b.finished_at > s.taken_at - INTERVAL 20 SECOND)) "+
		"FROM qlobooks_slots s WHERE s.name = 'tick' AND s.slot >= ? ORDER BY s.slot", since)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var at string
		var one taken
		if err := rows.Scan(&at, &one.runs, &one.busy); err != nil {
			t.Fatal(err)
		}
		if one.at, err = time.Parse(time.DateTime, at[:len(time.DateTime)]); err != nil {
			t.Fatal(err)
		}
		list = append(list, one)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}
