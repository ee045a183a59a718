package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// dayLimit is the cause of what waits for the end of the day's calls. The wait is the organization's, so
// it ends for all at once.
const dayLimit = "daily_limit"

// WaitsForDay reports that something waits for the day's calls.
func (s *Store) WaitsForDay(ctx context.Context) (bool, error) {
	var n int
	err := s.db.WithContext(ctx).Raw("SELECT COUNT(*) FROM (SELECT 1 FROM qlobooks_documents WHERE issue_code = ? AND status = 'pending' AND due_at > ? LIMIT 1) x", dayLimit, s.Now()).Scan(&n).Error
	return n > 0, err
}

// WakeForDay makes what waits for the day's calls due now, at most so many documents; 0 = all.
func (s *Store) WakeForDay(ctx context.Context, most int) (woken int, err error) {
	err = s.inSlices(ctx, func(tx *gorm.DB, after uint64) (uint64, error) {
		limit := freeSlice
		if most > 0 {
			if limit = min(limit, most-woken); limit == 0 {
				return 0, nil
			}
		}
		var ids []uint64
		if err := tx.Raw("SELECT id FROM qlobooks_documents WHERE issue_code = ? AND status = 'pending' AND id > ? AND lease_owner IS NULL ORDER BY id LIMIT ?", dayLimit, after, limit).Scan(&ids).Error; err != nil || len(ids) == 0 {
			return 0, err
		}
		woken += len(ids)
		return ids[len(ids)-1], tx.Exec("UPDATE qlobooks_documents SET due_at = ? WHERE id IN ? AND status = 'pending' AND lease_owner IS NULL", s.Now(), ids).Error
	})
	if err != nil {
		err = fmt.Errorf("wake what waits for the day: %w", err)
	}
	return woken, err
}
