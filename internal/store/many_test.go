package store_test

import (
	"fmt"
	"testing"

	"github.com/qlobooks/qlobooks/internal/store"
)

// manyOrders stores n orders with an invoice each.
func manyOrders(t *testing.T, s *store.Store, n int) []string {
	t.Helper()
	var ids []string
	var list []store.Seen
	for i := 1; i <= n; i++ {
		id := fmt.Sprint(i)
		ids = append(ids, id)
		list = append(list, store.Seen{Print: "a:1", Listed: store.Listed{ID: id, Name: "ORDER" + id, Documents: []store.Ref{{Flow: "invoice", ID: id}}}})
	}
	if err := s.Adopt(t.Context(), "orders", list); err != nil {
		t.Fatal(err)
	}
	return ids
}

// hold makes every document held for a cause, as an attempt that ended so would leave it.
func hold(t *testing.T, s *store.Store, code string) {
	t.Helper()
	if err := s.Gorm().Exec("UPDATE qlobooks_documents SET status = 'held', issue_code = ?, due_at = NULL", code).Error; err != nil {
		t.Fatal(err)
	}
}

func status(t *testing.T, s *store.Store) map[string]int {
	t.Helper()
	counts, err := s.RecordCounts(t.Context(), "orders")
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

// TestACanceledRunLeavesNoRecordPending cancels a run larger than one slice before anything of it began.
func TestACanceledRunLeavesNoRecordPending(t *testing.T) {
	s := setup(t)
	const n = 1203
	ids := manyOrders(t, s, n)
	run := begin(t, s, "run", ids, nil)
	if got := status(t, s); got["pending"] != n {
		t.Fatalf("queued: %v", got)
	}
	if changed, err := s.CancelRun(t.Context(), run); err != nil || !changed {
		t.Fatal(changed, err)
	}
	if got := status(t, s); got["not_synced"] != n || len(got) != 1 {
		t.Errorf("after the cancellation the orders read %v", got)
	}
	if changed, err := s.CancelRun(t.Context(), run); err != nil || changed {
		t.Errorf("canceled again: %v, %v", changed, err)
	}
}

// TestEverythingOfACauseIsFreedAndRetried has more of one cause than one slice takes.
func TestEverythingOfACauseIsFreedAndRetried(t *testing.T) {
	s := setup(t)
	const n = 1004
	ids := manyOrders(t, s, n)
	begin(t, s, "run", ids, nil)
	hold(t, s, "mapping_missing")
	if freed, err := s.FreeIssue(t.Context(), []string{"not_connected", "mapping_missing"}, store.Person); err != nil || freed != n {
		t.Fatalf("freed %d: %v", freed, err)
	}
	hold(t, s, "totals_differ")
	retry, err := s.StartRun(t.Context(), "sync", "", "retry", "a person")
	if err != nil {
		t.Fatal(err)
	}
	var after uint64
	slices := 0
	for {
		last, err := s.QueueIssue(t.Context(), retry.ID, "totals_differ", after, store.Person)
		if err != nil {
			t.Fatal(err)
		}
		if last == 0 {
			break
		}
		after = last
		slices++
	}
	if got := status(t, s); got["pending"] != n || slices < 2 {
		t.Errorf("after %d slices the orders read %v", slices, got)
	}
}
