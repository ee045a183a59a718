package store_test

import (
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
)

// TestARecordIsNeverOlderThanWhatItShows: the guest ledger and the look at closed months find by its time which orders
// changed. A refused sales order decides how each order looks, so that nothing else of it changes its state.
func TestARecordIsNeverOlderThanWhatItShows(t *testing.T) {
	t.Parallel()
	invoice := []store.Ref{{Flow: "invoice", ID: "1"}}
	total := money.MustParse("10")
	for name, change := range map[string]func(t *testing.T, s *store.Store) error{
		"skipped": func(t *testing.T, s *store.Store) error {
			_, err := s.SetSkipped(t.Context(), invoice, true, "leave it")
			return err
		},
		"unpaired": func(t *testing.T, s *store.Store) error {
			return s.Unpair(t.Context(), invoice[0], "another one", "Ada")
		},
		"paired": func(t *testing.T, s *store.Store) error {
			return s.Pair(t.Context(), []string{"invoice"}, []store.Pairing{{Ref: invoice[0], Zoho: store.Standing{ZohoID: "other", Total: &total}}}, "Ada")
		},
		"gone in Zoho Books": func(t *testing.T, s *store.Store) error {
			_, err := s.MarkGone(t.Context(), "z", invoice, "It is there no more.", "Recreate it.")
			return err
		},
		"taken back": func(t *testing.T, s *store.Store) error {
			if err := s.Gorm().Exec("UPDATE qlobooks_documents SET undo_run = 1, status = 'pending', lane = 0, due_at = '2026-01-01' WHERE flow = 'invoice'").Error; err != nil {
				return err
			}
			docs, err := s.Claim(t.Context(), "worker", store.Queue{Flow: "invoice", Lane: store.Person}, 1, time.Minute)
			if err != nil || len(docs) != 1 {
				t.Fatal(docs, err)
			}
			docs[0].Status = store.NotSynced
			return s.Settle("worker", store.Outcome{Document: docs[0], Count: store.CountDone, Undo: &store.UndoEnd{Run: 1}})
		},
		"seen otherwise in QloApps": func(t *testing.T, s *store.Store) error {
			_, err := s.See(t.Context(), "orders", []store.Seen{{Print: "a:2", Listed: store.Listed{ID: "1", Name: "ORDER1", Documents: invoice}}})
			return err
		},
		"gone in QloApps": func(t *testing.T, s *store.Store) error {
			_, err := s.See(t.Context(), "orders", []store.Seen{{Gone: true, Listed: store.Listed{ID: "1"}}})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setup(t)
			orders(t, s, 1)
			exec := func(statement string) {
				t.Helper()
				if err := s.Gorm().Exec(statement).Error; err != nil {
					t.Fatal(err)
				}
			}
			exec("UPDATE qlobooks_documents SET status = IF(flow = 'sales_order', 'rejected', 'synced'), zoho_id = IF(flow = 'invoice', 'z', ''), fingerprint = 'f', issue_code = IF(flow = 'sales_order', 'zoho_refused', ''), updated_at = '2026-01-01'")
			exec("UPDATE qlobooks_records SET status = 'rejected', phase = 'order_sync', causes = 'zoho_refused', updated_at = '2026-01-01'")
			read := func() (r struct {
				Status, Phase string
				UpdatedAt     time.Time
			}) {
				t.Helper()
				if err := s.Gorm().Raw("SELECT status, phase, updated_at FROM qlobooks_records").Scan(&r).Error; err != nil {
					t.Fatal(err)
				}
				return r
			}
			before := read()
			if err := change(t, s); err != nil {
				t.Fatal(err)
			}
			after := read()
			if after.Status != before.Status || after.Phase != before.Phase {
				t.Fatalf("it looks otherwise: %+v", after)
			}
			if !after.UpdatedAt.After(before.UpdatedAt) {
				t.Error("nobody learns that it changed")
			}
			if found, _, err := s.LedgerChanged(t.Context(), "updated", store.LedgerMark{At: before.UpdatedAt.Add(time.Second)}, 10); err != nil || len(found) != 1 {
				t.Errorf("the ledger looks at %v again: %v", found, err)
			}
		})
	}
}
