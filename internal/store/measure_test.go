package store_test

import (
	"maps"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/store/storetest"
)

// TestHowFarBehindWorkIs: records by state, and the document that waits longest in each lane.
func TestHowFarBehindWorkIs(t *testing.T) {
	t.Parallel()

	at, ctx := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC), t.Context()
	s := store.New(storetest.New(t), func() time.Time { return at })
	ids := orders(t, s, 4)
	if oldest, err := s.OldestDue(ctx); err != nil || len(oldest) != 0 {
		t.Errorf("with nothing queued: %v, %v", oldest, err)
	}
	begin(t, s, "most", ids[:3], []string{"invoice"})
	db, _ := s.SQL()
	for i, wait := range map[int]struct {
		lane    store.Lane
		seconds int
	}{0: {store.Live, -900}, 1: {store.Person, 90}, 2: {store.History, 30}} {
		if _, err := db.Exec("UPDATE qlobooks_documents SET due_at = ? - INTERVAL ? SECOND, lane = ? WHERE flow = 'invoice' AND source_id = ? AND due_at IS NOT NULL", at, wait.seconds, wait.lane, ids[i]); err != nil {
			t.Fatal(err)
		}
	}
	oldest, err := s.OldestDue(ctx)
	if want := map[store.Lane]time.Duration{store.Person: 90 * time.Second, store.History: 30 * time.Second}; err != nil || !maps.Equal(oldest, want) {
		t.Errorf("due longest: %v, want %v: %v", oldest, want, err)
	}
	states, err := s.RecordStates(ctx)
	got := map[string]int{}
	for _, c := range states {
		got[c.Section+" "+c.Status] += c.N
	}
	if err != nil || got["orders pending"] != 3 || got["orders not_synced"] != 1 {
		t.Errorf("states: %v, %v", got, err)
	}
}
