package store_test

import (
	"context"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/store"
)

type watched struct{}

// TestWhatComesToWaitMeanwhileIsFreedToo lets an attempt that was mapped before the cure end before the first
// statement of what frees others, then before the second, and so on: wherever it ends, it is tried again.
func TestWhatComesToWaitMeanwhileIsFreedToo(t *testing.T) {
	for name, c := range map[string]struct {
		status store.Status
		code   string
		free   func(ctx context.Context, s *store.Store) (int, error)
	}{
		"a mapping is chosen": {store.Blocked, "mapping_missing", func(ctx context.Context, s *store.Store) (int, error) {
			return s.FreeIssue(ctx, []string{"not_connected", "mapping_missing"}, store.Live)
		}},
		"a filter ends": {store.Skipped, "skipped_hotel", func(ctx context.Context, s *store.Store) (int, error) {
			return s.Refilter(ctx, store.Reach{Codes: []string{"skipped_hotel"}, Flows: []string{"invoice"}})
		}},
		"a filter begins": {store.Blocked, "mapping_missing", func(ctx context.Context, s *store.Store) (int, error) {
			return s.Refilter(ctx, store.Reach{Flows: []string{"invoice"}, Standing: true})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := setup(t)
			begin(t, s, "run", manyOrders(t, s, 1), nil)
			ref := store.Ref{Flow: "invoice", ID: "1"}
			count, last := 0, func() {}
			each := func(db *gorm.DB) {
				if db.Statement.Context.Value(watched{}) != nil {
					count--
					if count == 0 {
						last()
					}
				}
			}
			db := s.Gorm()
			for _, err := range []error{db.Callback().Raw().Before("*").Register("watched", each), db.Callback().Row().Before("*").Register("watched", each), db.Callback().Query().Before("*").Register("watched", each)} {
				if err != nil {
					t.Fatal(err)
				}
			}
			tried := 0
			for at := 1; ; at++ {
				if err := db.Exec("UPDATE qlobooks_documents SET status = 'pending', due_at = ?, issue_code = ''", s.Now()).Error; err != nil {
					t.Fatal(err)
				}
				var lane store.Lane
				if err := db.Raw("SELECT lane FROM qlobooks_documents").Scan(&lane).Error; err != nil {
					t.Fatal(err)
				}
				docs, err := s.Claim(t.Context(), "worker", store.Queue{Flow: "invoice", Lane: lane}, 1, time.Minute)
				if err != nil || len(docs) != 1 {
					t.Fatalf("claimed %d: %v", len(docs), err)
				}
				ended := false
				count, last = at, func() {
					ended = true
					d := docs[0]
					d.Status, d.Issue = c.status, store.Issue{Code: c.code, Detail: "as it was before"}
					for _, err := range s.SettleAll("worker", []store.Outcome{{Document: d}}) {
						if err != nil {
							t.Fatal(err)
						}
					}
				}
				if _, err := c.free(context.WithValue(t.Context(), watched{}, true), s); err != nil {
					t.Fatal(err)
				}
				if !ended {
					break
				}
				tried++
				found, err := s.Documents(t.Context(), []store.Ref{ref})
				if err != nil {
					t.Fatal(err)
				}
				if d := found[ref]; d.Status != store.Pending {
					t.Errorf("ended before statement %d: it is %s for %q for ever", at, d.Status, d.Issue.Code)
				}
			}
			if tried < 2 {
				t.Errorf("only %d statements were seen", tried)
			}
		})
	}
}
