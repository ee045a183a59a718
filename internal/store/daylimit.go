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

// WakeForDay makes what waits for the day's calls due now, at most so many documents; 0 = all. One that is being
// tried is tried once more: its call may have been refused before there were some again.
func (s *Store) WakeForDay(ctx context.Context, most int) (woken int, err error) {
	err = s.inSlices(ctx, func(tx *gorm.DB, after uint64) (uint64, error) {
		limit := freeSlice
		if most > 0 {
			if limit = min(limit, most-woken); limit == 0 {
				return 0, nil
			}
		}
		var ids []uint64
		err := tx.Raw("(SELECT id FROM qlobooks_documents WHERE issue_code = ? AND status = 'pending' AND id > ? ORDER BY id LIMIT ?) UNION ALL "+
			"(SELECT id FROM qlobooks_documents WHERE issue_code = ? AND status = 'syncing' AND id > ? ORDER BY id LIMIT ?) ORDER BY id LIMIT ?",
			dayLimit, after, limit, dayLimit, after, limit, limit).Scan(&ids).Error
		if err != nil || len(ids) == 0 {
			return 0, err
		}
		woken += len(ids)
		return ids[len(ids)-1], tx.Exec("UPDATE qlobooks_documents SET due_at = ?, version = version + (status = 'syncing') WHERE id IN ? AND status IN ('pending', 'syncing')", s.Now(), ids).Error
	})
	if err != nil {
		err = fmt.Errorf("wake what waits for the day: %w", err)
	}
	return woken, err
}
