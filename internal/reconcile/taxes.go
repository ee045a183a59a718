package reconcile

import (
	"context"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// readTaxes reads the tax of our documents that were changed in Zoho Books after our last write to
// anything of their order: lists show totals only, and a total may stay while its tax moves. Each
// change is read once.
func (s *Service) readTaxes(ctx context.Context, books *zoho.Client, r zoho.Resource, days wire.DayRange) error {
	if r.Path == zoho.CustomerPayments.Path {
		return nil
	}
	var rows []struct {
		ZohoID, Modified string
		WrittenAt        *time.Time
	}
	err := s.db(ctx).Raw("SELECT z.zoho_id, z.modified, (SELECT MAX(o.last_synced_at) FROM qlobooks_record_documents t JOIN qlobooks_record_documents u ON u.section = t.section AND u.record_id = t.record_id "+
		"JOIN qlobooks_documents o ON o.id = u.document_id WHERE t.document_id = d.id) written_at "+
		"FROM qlobooks_zoho_documents z JOIN qlobooks_documents d ON d.flow IN ? AND d.zoho_id = z.zoho_id "+
		"WHERE z.module = ? AND z.gone = 0 AND z.status <> 'void' AND z.tax_at <> z.modified AND z.day BETWEEN ? AND ? AND d.tax IS NOT NULL", s.flowsOf(r), r.List, days.From, days.To).Scan(&rows).Error
	if err != nil {
		return wrap(err)
	}
	for _, row := range rows {
		changed, err := time.Parse(zohoTime, row.Modified)
		if err != nil || row.WrittenAt != nil && !changed.After(row.WrittenAt.Truncate(time.Second)) {
			continue
		}
		rec, err := books.Get(ctx, r, row.ZohoID)
		if fault.Is(err, fault.NotFound) {
			continue // the list lags
		}
		if err != nil {
			return err
		}
		if err := s.db(ctx).Exec("UPDATE qlobooks_zoho_documents SET tax = ?, tax_at = ? WHERE module = ? AND zoho_id = ?", rec.Tax.Decimal, row.Modified, r.List, row.ZohoID).Error; err != nil {
			return wrap(err)
		}
	}
	return nil
}
