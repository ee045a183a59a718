package app

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/lately"
	"github.com/qlobooks/qlobooks/internal/records"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// issues joins what may wait for a person.
func (a *App) issues(desk *records.Desk) records.Issues {
	return records.Issues{Desk: desk, Mapping: a.mappingLately, Settings: a.Settings.Load, Zone: a.zone, Seen: a.workerSeen, Closed: a.Reconcile.Closed}
}

// months tells of the last twelve months, and of those that are closed.
func (a *App) months() records.Months {
	return records.Months{Reconciled: a.Reconcile.Get, Read: a.Reconcile.Complete, Closed: a.Reconcile.Closed, Now: a.now, Kept: &a.kept}
}

// overview joins everything that the first page tells.
func (a *App) overview(desk *records.Desk, ends records.Ends) records.Overview {
	return records.Overview{
		Desk: desk, Budget: a.Connection.Budget, Zone: a.zone, Ends: ends, Issues: a.issues(desk), Billed: a.Reconcile.Billed, Lately: &lately.Answers[[]wire.OverviewDay]{Fresh: 10 * time.Second},
		Hours:  &lately.Answers[map[int]int]{Fresh: time.Minute},
		Health: records.Health{Store: a.Store, Schedule: a.Schedule.Get, Checks: a.ready, Seen: a.workerSeen, Budget: a.Connection.Budget},
		Months: a.months(),
		Guide: records.Starting{Store: a.Store, Connection: a.Connection.Get, Mapping: a.mappingLately, Checks: a.ready, Hotel: a.hotelWords,
			Prepared: func(ctx context.Context) (bool, error) {
				known, err := a.Connection.Known(ctx)
				return len(known.KeyFields) >= len(zoho.Resources), err
			},
			Enabled: func(ctx context.Context) (bool, error) {
				all, err := a.Settings.Load(ctx)
				return all.Schedule.Enabled, err
			}},
	}
}

// largeHotel is how many orders a hotel has of which the tables of the mapping are not read for each who looks at what
// is missing in them: while something waits they are gathered from all lines that were ever sold.
const largeHotel = 3000

// dayOld is how old what a large hotel uses, its methods and taxes, may be when the first page counts what of it is not
// mapped: it is read anew meanwhile. What waits for a mapping, and what somebody chose, is of this moment.
const dayOld = 24 * time.Hour

// ReadAhead reads the first page before anybody asks for it: what a large hotel's database takes seconds for is known then.
func (a *App) ReadAhead(ctx context.Context) {
	if _, err := a.first.Get(ctx); err != nil && ctx.Err() == nil {
		slog.InfoContext(ctx, "the overview could not be read ahead; whoever asks first waits for it", "error", err)
	}
}

// mappingLately is the page of a kind, of a large hotel as it was some seconds ago; what somebody chose is there at once.
func (a *App) mappingLately(ctx context.Context, kind string) (wire.MappingPage, error) {
	large, err := a.Store.Larger(ctx, wire.Orders, largeHotel)
	if err != nil || !large {
		return a.Mapping.Get(ctx, kind)
	}
	chosen, err := a.Mapping.Version(ctx, kind)
	if err != nil {
		return wire.MappingPage{}, err
	}
	return a.mappings.Get(ctx, kind+" "+chosen, func(ctx context.Context) (wire.MappingPage, error) { return a.Mapping.Get(ctx, kind) })
}

// hotelWords says what was found of QloApps.
func (a *App) hotelWords(ctx context.Context) (string, error) {
	currencies, err := a.Hotel.Currencies(ctx, nil)
	if err != nil {
		return "", err
	}
	rates, err := a.mappingLately(ctx, "taxes")
	if err != nil {
		return "", err
	}
	shop, err := a.Hotel.Shop(ctx)
	if err != nil {
		return "", err
	}
	active := 0
	for _, c := range currencies {
		if c.Active && !c.Deleted {
			active++
		}
	}
	return fmt.Sprintf("QloApps %s, %d currencies, %d sets of taxes, in the zone %s.", a.Hotel.Version(), active, len(rates.Items), shop.Zone), nil
}
