package store

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"
)

// freeSlice is how many documents one transaction lets go.
const freeSlice = 500

// FreeIssue queues everything that waits for one of the causes to go away, and tells how many. It
// goes through them by id, each slice behind the one before, so that it costs what waits and no more.
func (s *Store) FreeIssue(ctx context.Context, codes []string, lane Lane) (int, error) {
	if err := s.ProbeNow(ctx, codes); err != nil { // where several were refused alike, one is tried at once
		return 0, fmt.Errorf("free what waits for %v: %w", codes, err)
	}
	if err := s.wishAgain(ctx); err != nil {
		return 0, err
	}
	total := 0
	for _, code := range codes {
		for _, status := range []Status{Blocked, Held} {
			n, err := s.free(ctx, code, status, lane)
			total += n
			if err != nil {
				return total, fmt.Errorf("free what waits for %s: %w", code, err)
			}
		}
	}
	return total, nil
}

// wishAgain has whatever is being worked on right now mapped once more: it may have been mapped by what
// stood before the change that frees others, and would then come to wait for what is there already. It comes
// before the others are looked for: an attempt that ends between the two waits by then and is found, while the
// other way round it would be neither at work nor waiting when it is looked for.
func (s *Store) wishAgain(ctx context.Context) error {
	if err := s.exec(ctx, "UPDATE qlobooks_documents SET version = version + 1 WHERE lease_owner IS NOT NULL AND step_due = 0").Error; err != nil {
		return fmt.Errorf("look again at what is worked on: %w", err)
	}
	return nil
}

func (s *Store) free(ctx context.Context, code string, status Status, lane Lane) (total int, err error) {
	err = s.inSlices(ctx, func(tx *gorm.DB, after uint64) (uint64, error) {
		var ids []uint64
		if err := tx.Raw("SELECT id FROM qlobooks_documents WHERE issue_code = ? AND status = ? AND id > ? ORDER BY id LIMIT ?", code, string(status), after, freeSlice).Scan(&ids).Error; err != nil || len(ids) == 0 {
			return 0, err
		}
		last := ids[len(ids)-1]
		var idle []uint64
		if err := tx.Raw("SELECT id FROM qlobooks_documents WHERE id IN ? AND (due_at IS NULL OR due_at > ?) AND lease_owner IS NULL AND status = ?", ids, s.Now(), string(status)).Scan(&idle).Error; err != nil {
			return 0, err
		}
		total += len(idle)
		return last, s.queue(tx, 0, idle, want{lane: lane, again: true})
	})
	return total, err
}

// QueueIssue queues one slice of what stands still for a cause, behind a document's row id, and makes
// it members of run. It returns the row id to go on behind, 0 when nothing is left.
func (s *Store) QueueIssue(ctx context.Context, run uint64, code string, after uint64, lane Lane) (last uint64, err error) {
	err = s.tx(ctx, func(tx *gorm.DB) error {
		last = 0
		var ids []uint64
		// Each state by itself, as only within one the key gives the order of the ids.
		var parts []string
		var args []any
		for _, status := range []Status{Blocked, Held, Failed, Unknown, Rejected} {
			parts, args = append(parts, "(SELECT id FROM qlobooks_documents WHERE issue_code = ? AND status = ? AND id > ? ORDER BY id LIMIT ?)"), append(args, code, string(status), after, freeSlice)
		}
		if err := tx.Raw(strings.Join(parts, " UNION ALL ")+" ORDER BY id LIMIT ?", append(args, freeSlice)...).Scan(&ids).Error; err != nil || len(ids) == 0 {
			return err
		}
		last = ids[len(ids)-1]
		return s.queue(tx, run, ids, everything(lane))
	})
	if err != nil {
		return 0, fmt.Errorf("queue what stands still for %s: %w", code, err)
	}
	return last, nil
}

// Standing reports whether anything stands still for a cause, or waits for the day's calls if that is the cause.
func (s *Store) Standing(ctx context.Context, code string) (bool, error) {
	var n int
	err := s.db.WithContext(ctx).Raw("SELECT COUNT(*) FROM (SELECT 1 FROM qlobooks_documents WHERE issue_code = ? AND (status IN "+standing+" OR status IN ('pending', 'syncing') AND issue_code = '"+dayLimit+"') LIMIT 1) x", code).Scan(&n).Error
	return n > 0, err
}
