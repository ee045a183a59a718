package store

import (
	"context"
	"fmt"
	"strconv"
)

// CleanRuns deletes runs that ended more than so many days ago, with their members: those of the
// schedule that found nothing to send after idleDays, all others after days.
func (s *Store) CleanRuns(ctx context.Context, idleDays, days int) (deleted int, err error) {
	now := s.Now()
	for {
		var ids []uint64
		err := s.db.WithContext(ctx).Raw("SELECT id FROM qlobooks_runs WHERE status IN ('done', 'failed', 'canceled') AND (finished_at < ? OR kind = 'tick' AND finished_at < ? AND COALESCE(total, 0) = 0) ORDER BY id LIMIT ?",
			now.AddDate(0, 0, -days), now.AddDate(0, 0, -idleDays), sweep).Scan(&ids).Error
		if err != nil || len(ids) == 0 {
			return deleted, err
		}
		if err := s.exec(ctx, "DELETE FROM qlobooks_undo WHERE run_id IN ?", ids).Error; err != nil {
			return deleted, fmt.Errorf("delete what old runs took back: %w", err)
		}
		// Members go first: a run without them is still there to be deleted by who comes next.
		for {
			res := s.exec(ctx, "DELETE FROM qlobooks_run_documents WHERE run_id IN ? LIMIT ?", ids, sweep)
			if res.Error != nil {
				return deleted, fmt.Errorf("delete members of old runs: %w", res.Error)
			}
			if res.RowsAffected < sweep {
				break
			}
		}
		res := s.exec(ctx, "DELETE FROM qlobooks_runs WHERE id IN ?", ids)
		if res.Error != nil {
			return deleted, fmt.Errorf("delete old runs: %w", res.Error)
		}
		deleted += int(res.RowsAffected)
	}
}

// eventsCleaned is the mark up to which events were looked through.
const eventsCleaned = "events.cleaned"

// CleanEvents deletes what the engine noted more than so many days ago of attempts that came to nothing.
// What people did stays, and what was posted: it tells for ever that something may stand at Zoho.
func (s *Store) CleanEvents(ctx context.Context, days int) error {
	text, err := s.Mark(ctx, eventsCleaned)
	if err != nil {
		return err
	}
	after, _ := strconv.ParseUint(text, 10, 64)
	var last uint64 // events come in the order of their ids
	err = s.db.WithContext(ctx).Raw("SELECT COALESCE(MAX(id), 0) FROM qlobooks_events WHERE at < ?", s.Now().AddDate(0, 0, -days)).Scan(&last).Error
	if err != nil {
		return fmt.Errorf("find old events: %w", err)
	}
	for after < last {
		upTo := min(after+sweep, last)
		err := s.exec(ctx, "DELETE FROM qlobooks_events WHERE id > ? AND id <= ? AND actor IN ? AND action IN ('held', 'failed', 'blocked', 'rejected', 'skipped', 'pending')", after, upTo, selves).Error
		if err != nil {
			return fmt.Errorf("delete old events: %w", err)
		}
		if err := s.SetMark(ctx, eventsCleaned, strconv.FormatUint(upTo, 10)); err != nil {
			return err
		}
		after = upTo
	}
	return nil
}
