package app

import (
	"context"
	"log/slog"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/store"
)

// journals tells whether revenue by the night is wanted, which needs more rights than anything else.
func (a *App) journals(ctx context.Context) (bool, error) {
	all, err := a.Settings.Load(ctx)
	return all.Revenue.Enabled, err
}

// base is the base currency of the books with its decimals, as they were known last.
func (a *App) base(ctx context.Context) (string, int32, error) {
	known, err := a.Connection.Known(ctx)
	if err != nil {
		return "", 2, err
	}
	if c, ok := known.Currencies[known.Base]; ok {
		return known.Base, c.Precision, nil
	}
	return known.Base, 2, nil
}

// reconciled reads the account of deferred revenue besides, whatever becomes of the rest. What pages know of the organization
// is not old then.
func (a *App) reconciled(ctx context.Context, run store.Run) (int, any, error) {
	if _, _, err := a.Connection.Organization(ctx); err != nil {
		return 0, nil, err
	}
	total, result, err := a.Reconcile.Run(ctx, run)
	if err != nil {
		return total, result, err
	}
	if wanted, err := a.journals(ctx); err != nil || !wanted {
		return total, result, nil
	}
	books, failed := a.Connection.Client(ctx)
	if failed == nil {
		failed = a.Revenue.ReadBalance(ctx, books)
	}
	if failed != nil {
		slog.WarnContext(ctx, "the balance of deferred revenue could not be read", "error", failed)
	}
	return total, result, nil
}

// tickRevenue brings the guest ledger up to date and queues the journals that are due. Whatever is in its way is in
// nobody else's: it is tried again at the next tick.
func (a *App) tickRevenue(ctx context.Context) {
	if err := a.Revenue.Tick(ctx); err != nil && !fault.Is(err, fault.Held) && !fault.Is(err, fault.Auth) {
		slog.WarnContext(ctx, "the guest ledger could not be brought up to date; it is tried again at the next tick", "error", err)
	}
}
