package store

import (
	"context"
	"fmt"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// StateCount is how many records of a section are in a state.
type StateCount struct {
	Section, Status string
	N               int
}

// RecordStates counts all records by section and state.
func (s *Store) RecordStates(ctx context.Context) ([]StateCount, error) {
	table, args := kept("list section, state status, n", "list IN ?", wire.Sections)
	var rows []StateCount
	if err := s.db.WithContext(ctx).Raw("SELECT section, status, SUM(n) n FROM "+table+" GROUP BY section, status", args...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("count records: %w", err)
	}
	return rows, nil
}

// OldestDue is since how long the document that is due longest in each lane waits; no entry when none is.
func (s *Store) OldestDue(ctx context.Context) (map[Lane]time.Duration, error) {
	var rows []struct {
		Lane    Lane
		Seconds *float64
	}
	// One entry of the index is read for each queue.
	err := s.db.WithContext(ctx).Raw("SELECT lane, TIMESTAMPDIFF(MICROSECOND, MIN(due_at), ?) / 1000000 seconds FROM qlobooks_documents GROUP BY flow, step_due, lane", s.moment()).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("look for the oldest due document: %w", err)
	}
	oldest := map[Lane]time.Duration{}
	for _, r := range rows {
		if r.Seconds == nil || *r.Seconds < 0 {
			continue
		}
		oldest[r.Lane] = max(oldest[r.Lane], time.Duration(*r.Seconds*float64(time.Second)))
	}
	return oldest, nil
}
