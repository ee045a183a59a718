package store

import (
	"context"
	"fmt"

	"github.com/qlobooks/qlobooks/internal/money"
)

// UnmappedAmounts adds up, by cause and currency, what QloApps says of orders whose documents stand still and
// were never mapped, so that they have no total of their own: an order counts once, with what it costs; one
// of which only payments stand still, with what was paid.
// Of very many it may be some seconds old.
func (s *Store) UnmappedAmounts(ctx context.Context) (map[string][]Sum, error) {
	var standing int
	table, args := kept("n", "list = ?", standingList)
	if err := s.db.WithContext(ctx).Raw("SELECT COALESCE(SUM(x.n), 0) FROM "+table, args...).Scan(&standing).Error; err != nil {
		return nil, fmt.Errorf("count what stands still: %w", err)
	}
	if standing <= fewest {
		return s.unmappedAmounts(ctx)
	}
	return s.unmapped.Get(ctx, "", s.unmappedAmounts)
}

func (s *Store) unmappedAmounts(ctx context.Context) (map[string][]Sum, error) {
	var rows []struct {
		Code, Currency string
		Count          int
		Amount         money.Decimal
	}
	err := s.db.WithContext(ctx).Raw("SELECT x.code, r.currency, COUNT(*) count, COALESCE(SUM(IF(x.bills > 0, r.total, r.total - COALESCE(r.due, 0))), 0) amount FROM (" +
		"SELECT d.issue_code code, t.record_id, SUM(d.flow IN ('sales_order', 'invoice')) bills FROM qlobooks_documents d JOIN qlobooks_record_documents t ON t.document_id = d.id AND t.section = 'orders' " +
		"WHERE d.issue_code <> '' AND d.status IN " + standing + " AND d.total IS NULL AND d.flow IN ('sales_order', 'invoice', 'payment') GROUP BY d.issue_code, t.record_id) x " +
		"JOIN qlobooks_records r ON r.section = 'orders' AND r.source_id = x.record_id WHERE r.total IS NOT NULL AND r.currency <> '' GROUP BY x.code, r.currency ORDER BY r.currency").Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("add up what was never mapped: %w", err)
	}
	byCode := map[string][]Sum{}
	for _, r := range rows {
		byCode[r.Code] = append(byCode[r.Code], Sum{Code: r.Code, Currency: r.Currency, Count: r.Count, Amount: r.Amount})
	}
	return byCode, nil
}
