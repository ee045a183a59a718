package app

import (
	"context"
	"time"

	"github.com/qlobooks/qlobooks/internal/limit"
	"github.com/qlobooks/qlobooks/internal/store"
)

var limitLanes = map[store.Lane]limit.Lane{store.Person: limit.Person, store.Live: limit.Live, store.History: limit.History}

// spent names the lanes that may not call any more today.
func (a *App) spent(ctx context.Context) (map[store.Lane]bool, error) {
	id, err := a.organization(ctx)
	if err != nil || id == "" {
		return nil, err
	}
	budget, err := a.limiter(id).Budget(ctx)
	if err != nil {
		return nil, err
	}
	gone := budget.Day.Left <= 0
	return map[store.Lane]bool{store.Person: gone, store.Live: gone, store.History: budget.Day.Left <= budget.Reserve}, nil
}

// takes is how long calls of a lane will take at the connected organization's present budget; not
// ok when nobody can know.
func (a *App) takes(ctx context.Context, calls int, lane store.Lane) (d time.Duration, ok bool, err error) {
	connection, err := a.paceNow(ctx)
	if err != nil || connection.OrganizationID == nil {
		return 0, false, err
	}
	budget, err := a.limiter(*connection.OrganizationID).Budget(ctx)
	if err != nil {
		return 0, false, err
	}
	d, ok = budget.Takes(calls, limitLanes[lane], a.now())
	return d, ok && connection.Status == "connected", nil
}

// foreseen is takes for a preview, which shows the best there is.
func (a *App) foreseen(ctx context.Context, calls int, lane store.Lane) (time.Duration, error) {
	d, _, err := a.takes(ctx, calls, lane)
	return d, err
}
