package store

import (
	"context"
	"fmt"
)

// CountRuns tells how many runs are in each state.
func (s *Store) CountRuns(ctx context.Context) (map[RunStatus]int, error) {
	var rows []struct {
		Status RunStatus
		N      int
	}
	if err := s.db.WithContext(ctx).Raw("SELECT status, COUNT(*) n FROM qlobooks_runs GROUP BY status").Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("count runs: %w", err)
	}
	counts := map[RunStatus]int{}
	for _, r := range rows {
		counts[r.Status] = r.N
	}
	return counts, nil
}
