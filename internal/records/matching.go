package records

import (
	"context"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
)

// matching counts what a list's filters select.
func (d *Desk) matching(ctx context.Context, q store.RecordQuery) (wire.Matching, error) {
	statuses, sums, err := d.Store.Matching(ctx, q)
	return wire.Matching{Status: statuses, Phase: byPhase(sums)}, err
}

// byPhase gathers sums, which come in the order of phase and currency.
func byPhase(sums []store.PhaseSum) map[string]wire.PhaseCount {
	phases := map[string]wire.PhaseCount{}
	for _, s := range sums {
		p := phases[s.Phase]
		p.Count += s.Count
		p.Amounts = append(p.Amounts, wire.PhaseAmount{Currency: s.Currency, Count: s.Count, Total: money.Text(s.Total), Due: money.Text(s.Due)})
		phases[s.Phase] = p
	}
	return phases
}

// filePage is how many records of a file are read at once.
const filePage = 200

// Each gives every record that a query selects, page by page; fault.Conflict/not_initialized before Initialize.
func (d *Desk) Each(ctx context.Context, section string, q wire.RecordQuery, take func(wire.Record) error) error {
	if err := d.initialized(ctx, section); err != nil {
		return err
	}
	query := storeQuery(section, q.RecordFilter)
	query.Sort, query.Descending, query.Limit = q.Sort, q.Descending, filePage
	for {
		list, next, err := d.Store.Records(ctx, query)
		if err != nil {
			return err
		}
		shown, err := d.shown(ctx, section, list)
		if err != nil {
			return err
		}
		for _, record := range shown {
			if err := take(record); err != nil {
				return err
			}
		}
		if next == nil {
			return nil
		}
		query.After = next
	}
}
