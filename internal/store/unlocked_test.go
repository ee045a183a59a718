package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/store"
)

// TestALookAtWhatDidNotChangeWaitsForNobody looks at a record that somebody else is writing: nothing is to be stored, so
// that nothing is waited for.
func TestALookAtWhatDidNotChangeWaitsForNobody(t *testing.T) {
	t.Parallel()
	s := setup(t)
	order := []store.Seen{{Print: "a:1", Sum: "s", Listed: store.Listed{ID: "1", Name: "ORDER1", Documents: []store.Ref{{Flow: "invoice", ID: "1"}}}}}
	if err := s.Adopt(t.Context(), "orders", order); err != nil {
		t.Fatal(err)
	}
	if _, err := s.See(t.Context(), "orders", order); err != nil {
		t.Fatal(err)
	}
	tx := s.Gorm().Begin()
	defer tx.Rollback()
	var held string
	if err := tx.Raw("SELECT source_id FROM qlobooks_records WHERE section = 'orders' FOR UPDATE").Scan(&held).Error; err != nil || held != "1" {
		t.Fatal(held, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if found, err := s.See(ctx, "orders", order); err != nil || len(found) > 0 {
		t.Errorf("while somebody writes the record, the look found %v: %v", found, err)
	}
}
