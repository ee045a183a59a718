package store

import (
	"context"
	"fmt"

	"github.com/qlobooks/qlobooks/internal/money"
)

// PhaseSum is how many orders stand at a phase, and their amounts in one currency.
type PhaseSum struct {
	Phase, Currency string
	Count           int
	Total, Due      money.Decimal // Due is what QloApps still wants of them
}

// Matching counts what a query selects: by status whatever its own statuses, and of orders by phase
// and currency whatever its own phases. So each count says what choosing it would show.
func (s *Store) Matching(ctx context.Context, q RecordQuery) (map[string]int, []PhaseSum, error) {
	q, err := s.looked(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	anyStatus, anyPhase := q, q
	anyStatus.Statuses, anyPhase.Phases = nil, nil
	where, args := anyStatus.where()
	statuses, err := counts(s.db.WithContext(ctx).Raw("SELECT r.status, COUNT(*) n FROM qlobooks_records r WHERE "+where+" GROUP BY r.status", args...))
	if err != nil {
		return nil, nil, fmt.Errorf("count records by status: %w", err)
	}
	if q.Section != "orders" {
		return statuses, nil, nil
	}
	phases, err := s.Phases(ctx, anyPhase)
	return statuses, phases, err
}

// Phases adds up what a query selects, by phase and currency.
func (s *Store) Phases(ctx context.Context, q RecordQuery) ([]PhaseSum, error) {
	where, args := q.where()
	var sums []PhaseSum
	err := s.db.WithContext(ctx).Raw("SELECT r.phase, r.currency, COUNT(*) count, COALESCE(SUM(r.total), 0) total, COALESCE(SUM(r.due), 0) due "+
		"FROM qlobooks_records r WHERE "+where+" AND r.phase IS NOT NULL GROUP BY r.phase, r.currency ORDER BY r.phase, r.currency", args...).Scan(&sums).Error
	if err != nil {
		return nil, fmt.Errorf("add up orders by phase: %w", err)
	}
	return sums, nil
}

// total is what the list says the order costs; nil when it says no amount.
func (l Listed) total() *money.Decimal {
	return l.amount("total")
}

// due is what of the total is not paid yet; nothing is wanted of a canceled order.
func (l Listed) due() *money.Decimal {
	total, paid := l.amount("total"), l.amount("paid")
	if total == nil || paid == nil {
		return nil
	}
	due := total.Sub(*paid)
	if due.IsNegative() || l.Canceled {
		due = money.Decimal{}
	}
	return &due
}

func (l Listed) amount(field string) *money.Decimal {
	amount, err := money.Parse(l.Fields[field])
	if err != nil {
		return nil
	}
	return &amount
}
