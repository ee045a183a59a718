package reconcile

import (
	"context"
	"fmt"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// followed are the modules of which it is read what stands. Sales orders move no money and are in no sum: nothing else
// would tell that somebody deleted one while nothing of its order changes.
var followed = append([]zoho.Resource{zoho.SalesOrders}, modules...)

// sums tells that a module's documents are compared and added up.
func sums(r zoho.Resource) bool { return r.Path != zoho.SalesOrders.Path }

// tellGone has documents of ours that count, and that a run read to stand no more, say so: a person pairs them, has them made
// again or leaves them out. What came from Zoho Books, and what has no row in QloApps any more, is decided on elsewhere.
func (s *Service) tellGone(ctx context.Context, run uint64, days wire.DayRange) error {
	for _, r := range followed {
		var rows []struct{ Flow, SourceID, ZohoID string }
		err := s.db(ctx).Raw("SELECT d.flow, d.source_id, d.zoho_id FROM qlobooks_documents d JOIN qlobooks_zoho_documents z ON z.module = ? AND z.zoho_id = d.zoho_id AND z.gone = 1 AND z.run_id = ? "+
			"LEFT JOIN qlobooks_source_documents x ON x.flow = d.flow AND x.source_id = d.source_id "+
			"WHERE d.flow IN ? AND d.status = 'synced' AND d.undo_run = 0 AND d.day BETWEEN ? AND ? AND COALESCE(x.imported, 0) = 0 AND COALESCE(x.state, '') <> ? AND (d.flow = 'payment' OR COALESCE(d.steps, '') NOT LIKE '%giveback:%') ORDER BY d.id",
			r.List, run, s.flowsOf(r), days.From, days.To, gone).Scan(&rows).Error
		if err != nil {
			return fmt.Errorf("read what is gone: %w", err)
		}
		for _, row := range rows {
			ref := store.Ref{Flow: row.Flow, ID: row.SourceID}
			if _, err := s.Store.MarkGone(ctx, row.ZohoID, []engine.Ref{ref}, "It was deleted or merged in Zoho Books, which does not find it any more.", fault.Explain("zoho_record_gone").Action); err != nil {
				return err
			}
		}
	}
	return nil
}
