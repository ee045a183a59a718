package app

import (
	"context"
	"errors"
	"log/slog"
)

// probes is how many documents try whether the day's calls are there again when a person wants it.
const probes = 3

// tryDay lets one call through although the day's calls are used up, as a person wants something that
// waits for them: Zoho may have raised the limit meanwhile. Also where it is just being tried, as its call may
// have been refused already.
func (a *App) tryDay(ctx context.Context) error {
	waits, err := a.Store.Standing(ctx, "daily_limit")
	if err != nil || !waits {
		return err
	}
	organization, err := a.organization(ctx)
	if err != nil || organization == "" {
		return err
	}
	a.limiter(organization).TryDay(ctx)
	_, err = a.Store.WakeForDay(ctx, probes)
	return err
}

// woken lets go what waits for what is there by now. Neither keeps the other from being done.
func (a *App) woken(ctx context.Context) error {
	return errors.Join(a.dayOpened(ctx), a.Connection.Free(ctx))
}

// dayOpened wakes what waits for the day's calls when there are some again, whatever end of the day it was
// told: the limit may be raised at noon.
func (a *App) dayOpened(ctx context.Context) error {
	waits, err := a.Store.WaitsForDay(ctx)
	if err != nil || !waits {
		return err
	}
	budget, err := a.Connection.Budget(ctx)
	if err != nil || budget.Day.Left <= budget.Reserve+probes {
		return err
	}
	woken, err := a.Store.WakeForDay(ctx, 0)
	if woken > 0 {
		slog.InfoContext(ctx, "calls are there again; what waited for another day goes on", "documents", woken)
	}
	return err
}
