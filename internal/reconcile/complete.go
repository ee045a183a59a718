package reconcile

import (
	"context"
	"fmt"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// Complete tells whether every day of a range was read.
func (s *Service) Complete(ctx context.Context, r wire.DayRange) (bool, error) {
	days, err := Days(r)
	if err != nil {
		return false, err
	}
	var n int
	if err := s.db(ctx).Raw("SELECT COUNT(*) FROM qlobooks_reconciled_days WHERE day BETWEEN ? AND ?", r.From, r.To).Scan(&n).Error; err != nil {
		return false, fmt.Errorf("read reconciled days: %w", err)
	}
	return n == len(days), nil
}
