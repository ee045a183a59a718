package store

import (
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/migrations"
)

// twoMachines are two stores over one database, each with production's clock.
func twoMachines(t *testing.T) (a, b *Store) {
	t.Helper()
	dsn := privatetest.Database(t)
	stores := make([]*Store, 2)
	for i := range stores {
		db, err := Open(dsn)
		if err != nil {
			t.Fatal(err)
		}
		pool, _ := db.DB()
		t.Cleanup(func() { _ = pool.Close() })
		if i == 0 {
			if _, err := migrations.Up(t.Context(), pool); err != nil {
				t.Fatal(err)
			}
		}
		stores[i] = New(db, nil)
	}
	return stores[0], stores[1]
}

// TestLeasesAndDueTimesAreTheDatabasesClock has one process believe that it is an hour later: it takes
// nothing over, nothing is early for it, and what it puts off is due for the other.
func TestLeasesAndDueTimesAreTheDatabasesClock(t *testing.T) {
	right, wrong := twoMachines(t)
	wrong.now = func() time.Time { return time.Now().Add(time.Hour) }
	ctx, ref := t.Context(), Ref{"note", "1"}
	if err := right.AddRecords(ctx, "hotels", []Listed{{ID: "1", Name: "1", Documents: []Ref{ref}}}); err != nil {
		t.Fatal(err)
	}
	if err := right.QueueRefs(ctx, 0, []Ref{ref}, Person); err != nil {
		t.Fatal(err)
	}
	q := Queue{Flow: "note", Lane: Person}
	mine, err := right.Claim(ctx, "right", q, 10, time.Minute)
	if err != nil || len(mine) != 1 {
		t.Fatal(len(mine), err)
	}
	if err := right.SaveIntent(ctx, "right", mine[0].RowID, "call", time.Minute); err != nil {
		t.Fatal(err)
	}
	if theirs, err := wrong.Claim(ctx, "wrong", q, 10, time.Minute); err != nil || len(theirs) != 0 {
		t.Fatalf("a leased document was claimed by whose clock is ahead: %d, %v", len(theirs), err)
	}
	if due, err := wrong.Due(ctx, []string{"note"}, 10); err != nil || len(due) != 0 {
		t.Errorf("a leased document is due for whose clock is ahead: %v %v", due, err)
	}
	run, err := right.StartRun(ctx, "setup", "", struct{}{}, "somebody")
	if err != nil {
		t.Fatal(err)
	}
	if won, err := right.ClaimRun(ctx, "right", run.ID, time.Minute); err != nil || !won {
		t.Fatal(won, err)
	}
	if won, err := wrong.ClaimRun(ctx, "wrong", run.ID, time.Minute); err != nil || won {
		t.Errorf("a leased run was claimed by whose clock is ahead: %v", err)
	}
	var apart int // seconds between the database's clock and what was noted
	if err := right.db.Raw("SELECT ABS(TIMESTAMPDIFF(SECOND, intent_at, UTC_TIMESTAMP(6))) FROM qlobooks_documents").Scan(&apart).Error; err != nil || apart > 60 {
		t.Errorf("the intent was noted %d s off the database's clock: %v", apart, err)
	}
}

// TestNowIsTheDatabasesClock reckons from what the database shows, whatever the machine believes, and is
// never ahead of it: what is due now must be due for the database, too.
func TestNowIsTheDatabasesClock(t *testing.T) {
	s, _ := twoMachines(t)
	for range 20 {
		ahead := s.Now()
		var there time.Time
		if err := s.db.Raw("SELECT UTC_TIMESTAMP(6)").Scan(&there).Error; err != nil {
			t.Fatal(err)
		}
		if ahead.After(there) || there.Sub(ahead) > 5*time.Second {
			t.Fatalf("now is %v, the database shows %v", ahead, there)
		}
	}
	c := &dbClock{told: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), at: time.Now()}
	if now := c.now(); now.Year() != 2020 {
		t.Errorf("the machine's hour was taken: %v", now)
	}
}
