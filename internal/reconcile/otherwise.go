package reconcile

import (
	"context"
	"fmt"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// otherwise tells, by the row of ours, how documents were read to stand otherwise in Zoho Books than they were posted.
func (s *Service) otherwise(ctx context.Context, r zoho.Resource, days wire.DayRange) (map[uint64]string, error) {
	if r.Path == zoho.CustomerPayments.Path { // nothing is kept of what they come to
		return nil, nil
	}
	var rows []struct {
		ID uint64
		Is string
	}
	err := s.db(ctx).Raw("SELECT d.id, CONCAT_WS(' ', z.gone, z.status, z.day, z.total, IF(z.tax_at = z.modified, z.tax, '')) `is` FROM qlobooks_documents d JOIN qlobooks_zoho_documents z ON z.module = ? AND z.zoho_id = d.zoho_id "+
		"WHERE d.flow IN ? AND d.zoho_id <> '' AND d.day BETWEEN ? AND ? AND (z.gone = 1 OR z.status IN ? OR z.total <> d.total OR z.day <> d.day OR z.tax_at = z.modified AND z.tax <> d.tax)",
		r.List, s.flowsOf(r), days.From, days.To, append([]string{"void"}, unposted...)).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read what stands otherwise: %w", err)
	}
	list := map[uint64]string{}
	for _, row := range rows {
		list[row.ID] = row.Is
	}
	return list, nil
}

// tellOtherwise notes of the orders whose documents came to stand otherwise, or do so no more, that they changed: whoever
// keeps something of them looks again.
func (s *Service) tellOtherwise(ctx context.Context, r zoho.Resource, days wire.DayRange, before map[uint64]string) error {
	now, err := s.otherwise(ctx, r, days)
	if err != nil {
		return err
	}
	var changed []uint64
	for id, is := range now {
		if before[id] != is {
			changed = append(changed, id)
		}
	}
	for id := range before {
		if _, still := now[id]; !still {
			changed = append(changed, id)
		}
	}
	return s.Store.Touch(ctx, changed)
}
