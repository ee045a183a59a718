package store

import (
	"context"
	"fmt"

	"github.com/qlobooks/qlobooks/internal/money"
)

// PostedDay is what stands in Zoho Books of one flow, dated on one day in one currency.
type PostedDay struct {
	Day, Currency, Flow string
	Amount              money.Decimal
}

// PostedByDay adds up the documents of the flows that stand in Zoho Books, by their own day, from one
// day to another, both included.
func (s *Store) PostedByDay(ctx context.Context, flows []string, from, to string) ([]PostedDay, error) {
	var sums []PostedDay
	err := s.db.WithContext(ctx).Raw("SELECT DATE_FORMAT(d.day, '%Y-%m-%d') day, d.currency, d.flow, SUM(d.total) amount FROM qlobooks_documents d "+
		"WHERE d.flow IN ? AND d.day BETWEEN ? AND ? AND d.zoho_id <> '' AND d.status <> 'disabled' AND d.currency <> '' AND d.total IS NOT NULL GROUP BY d.day, d.currency, d.flow", flows, from, to).Scan(&sums).Error
	if err != nil {
		return nil, fmt.Errorf("add up posted days: %w", err)
	}
	return sums, nil
}
