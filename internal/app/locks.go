package app

import (
	"context"
	"log/slog"
	"slices"

	"github.com/qlobooks/qlobooks/internal/store"
)

// locksChanged lets go what waits for a locked period; what is still locked is held again
// without a call.
func (a *App) locksChanged(ctx context.Context) error {
	_, err := a.Store.FreeIssue(ctx, []string{"period_locked", "negative_payment"}, store.Live)
	return err
}

// lockMet reads the locks anew before the next document, as Zoho refused one for a lock that we
// did not know.
func (a *App) lockMet(ctx context.Context) {
	if err := a.Connection.LocksRefused(ctx); err != nil {
		slog.WarnContext(ctx, "the locked periods will be read later", "error", err)
	}
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
