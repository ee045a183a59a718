package store_test

import (
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/store"
)

// TestHowFarBehindWorkIs: records by state, and the document that waits longest in each lane.
func TestHowFarBehindWorkIs(t *testing.T) {
	t.Parallel()

	s, ctx := setup(t), t.Context()
	ids := orders(t, s, 3)
	if oldest, err := s.OldestDue(ctx); err != nil || len(oldest) != 0 {
		t.Errorf("with nothing queued: %v, %v", oldest, err)
	}
	begin(t, s, "all", ids[:2], []string{"invoice"})
	db, _ := s.SQL()
	if _, err := db.Exec("UPDATE qlobooks_documents SET due_at = due_at - INTERVAL 90 SECOND WHERE flow = 'invoice' AND source_id = ? AND due_at IS NOT NULL", ids[1]); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("UPDATE qlobooks_documents SET due_at = due_at + INTERVAL 900 SECOND, lane = ? WHERE flow = 'invoice' AND source_id = ? AND due_at IS NOT NULL", store.History, ids[0]); err != nil {
		t.Fatal(err)
	}
	oldest, err := s.OldestDue(ctx)
	if err != nil || len(oldest) != 1 || oldest[store.Person] < 90*time.Second || oldest[store.Person] > 10*time.Minute {
		t.Errorf("due longest: %v, %v", oldest, err)
	}
	states, err := s.RecordStates(ctx)
	got := map[string]int{}
	for _, c := range states {
		got[c.Section+" "+c.Status] += c.N
	}
	if err != nil || got["orders pending"] != 2 || got["orders not_synced"] != 1 {
		t.Errorf("states: %v, %v", got, err)
	}
}
