package app

import (
	"context"
	"time"

	"github.com/qlobooks/qlobooks/internal/limit"
	"github.com/qlobooks/qlobooks/internal/store"
)

// takes is how long calls of a lane will take at the connected organisation's present budget.
func (a *App) takes(ctx context.Context, calls int, lane store.Lane) (time.Duration, error) {
	if err := a.paceNow(ctx); err != nil {
		return 0, err
	}
	connection, err := a.Connection.Get(ctx)
	if err != nil || connection.OrganizationID == nil {
		return 0, err
	}
	budget, err := a.limiter(*connection.OrganizationID).Budget(ctx)
	if err != nil {
		return 0, err
	}
	lanes := map[store.Lane]limit.Lane{store.Person: limit.Person, store.Live: limit.Live, store.History: limit.History}
	return budget.Takes(calls, lanes[lane], a.now()), nil
}
