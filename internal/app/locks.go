package app

import (
	"context"
	"slices"

	"github.com/qlobooks/qlobooks/internal/store"
)

// locksChanged lets go what waits for a locked period; what is still locked is held again
// without a call.
func (a *App) locksChanged(ctx context.Context) error {
	_, err := a.Store.FreeIssue(ctx, []string{"period_locked", "negative_payment"}, store.Live)
	return err
}

// retrying reads the locks anew when a person tries again what waits for one: it may be lifted. Of what is
// refused alike one document is tried.
func (a *App) retrying(ctx context.Context, codes []string) error {
	if err := a.Store.ProbeNow(ctx, codes); err != nil {
		return err
	}
	if err := a.tryDay(ctx); err != nil {
		return err
	}
	if slices.Contains(codes, "period_locked") || slices.Contains(codes, "negative_payment") {
		if err := a.Connection.LocksAsked(ctx); err != nil {
			return err
		}
		return a.Store.Note(ctx, store.LocksAsked) // a batch that was begun before looks anew as well
	}
	return nil
}
