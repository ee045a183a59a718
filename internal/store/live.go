package store

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// RecordChange is the state of a record that changed.
type RecordChange struct {
	Section, SourceID string
	Status            Status
	Phase             string // orders only
	UpdatedAt         time.Time
}

// ChangedRecords gives the records of all sections whose state changed at or after since, oldest
// change first within a section, at most most of each section.
func (s *Store) ChangedRecords(ctx context.Context, sections []string, since time.Time, most int) ([]RecordChange, error) {
	part := "(SELECT section, source_id, status, COALESCE(phase, '') phase, updated_at FROM qlobooks_records WHERE section = ? AND updated_at >= ? ORDER BY updated_at, sort_id LIMIT ?)"
	var args []any
	for _, section := range sections {
		args = append(args, section, since.UTC(), most)
	}
	var rows []RecordChange
	if err := s.db.WithContext(ctx).Raw(part+strings.Repeat(" UNION ALL "+part, len(sections)-1), args...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read changed records: %w", err)
	}
	return rows, nil
}

// MovingRuns gives the unfinished runs, the newest ones whatever their state, and the ones named,
// without their requests and results, which can be long. Each comes once.
func (s *Store) MovingRuns(ctx context.Context, named []uint64) ([]Run, error) {
	columns := strings.NewReplacer(" request,", " '' request,", " result,", " NULL result,").Replace(runColumns)
	query := "(SELECT " + columns + " FROM qlobooks_runs WHERE status IN ('queued', 'waiting', 'running') ORDER BY id DESC LIMIT 200) UNION " +
		"(SELECT " + columns + " FROM qlobooks_runs ORDER BY id DESC LIMIT 20)"
	var args []any
	if len(named) > 0 {
		query += " UNION (SELECT " + columns + " FROM qlobooks_runs WHERE id IN ?)"
		args = append(args, named)
	}
	var rows []runRow
	if err := s.db.WithContext(ctx).Raw(query+" ORDER BY id", args...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read moving runs: %w", err)
	}
	runs := make([]Run, len(rows))
	for i, r := range rows {
		runs[i] = r.run()
	}
	return runs, nil
}
