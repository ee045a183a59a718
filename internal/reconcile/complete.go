package reconcile

import (
	"context"
	"fmt"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// Complete tells whether every day of a range was read, and names the reading: another one has another name.
func (s *Service) Complete(ctx context.Context, r wire.DayRange) (reading string, complete bool, err error) {
	days, err := Days(r)
	if err != nil {
		return "", false, err
	}
	var found struct {
		N       int
		Reading string
	}
	if err := s.db(ctx).Raw("SELECT COUNT(*) n, CONCAT_WS(' ', COUNT(*), MAX(read_at), SUM(UNIX_TIMESTAMP(read_at)), SUM(UNIX_TIMESTAMP(listed_at))) reading FROM qlobooks_reconciled_days WHERE day BETWEEN ? AND ?", r.From, r.To).Scan(&found).Error; err != nil {
		return "", false, fmt.Errorf("read reconciled days: %w", err)
	}
	return found.Reading, found.N == len(days), nil
}
