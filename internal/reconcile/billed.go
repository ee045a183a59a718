package reconcile

import (
	"context"
	"fmt"
	"slices"

	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
)

// billedSlice is how many invoices are looked for at once.
const billedSlice = 1000

// Billed is what QloApps billed from one day to another, both included, invoice by invoice: as the reconciliation read it
// where that looked, else as QloApps' own rows tell, rounded to the currency's decimals. It asks nobody else.
func (s *Service) Billed(ctx context.Context, from, to string) ([]qloapps.Billed, error) {
	digits, err := s.Digits(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := s.Hotel.BilledOn(ctx, from, to)
	if err != nil {
		return nil, err
	}
	type read struct {
		qloapps.Billed
		State string
	}
	kept := map[string]read{}
	look := func(where string, args ...any) error {
		var list []read
		err := s.db(ctx).Raw("SELECT source_id id, COALESCE(DATE_FORMAT(day, '%Y-%m-%d'), '') day, currency, amount, state FROM qlobooks_source_documents WHERE flow = ? AND "+where, append([]any{flow.Invoice}, args...)...).Scan(&list).Error
		if err != nil {
			return fmt.Errorf("read what was billed: %w", err)
		}
		for _, r := range list {
			kept[r.ID] = r
		}
		return nil
	}
	if err := look("day BETWEEN ? AND ?", from, to); err != nil {
		return nil, err
	}
	for part := range slices.Chunk(rows, billedSlice) {
		ids := make([]string, len(part))
		for n, r := range part {
			ids[n] = r.ID
		}
		if err := look("source_id IN ?", ids); err != nil {
			return nil, err
		}
	}
	var list []qloapps.Billed
	for _, r := range rows {
		if k, looked := kept[r.ID]; !looked || k.State == held { // of one that is held nobody knows better
			kept[r.ID] = read{Billed: r, State: wanted}
		}
	}
	for _, r := range kept {
		if r.State != gone && r.State != nothing && r.Day >= from && r.Day <= to {
			r.Amount = money.RoundHalfUp(r.Amount, digits(r.Currency))
			list = append(list, r.Billed)
		}
	}
	return list, nil
}
