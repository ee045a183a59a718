package app

import (
	"context"
	"log/slog"

	"github.com/qlobooks/qlobooks/internal/fault"
)

// journals tells whether revenue by the night is wanted, which needs more rights than anything else.
func (a *App) journals(ctx context.Context) (bool, error) {
	all, err := a.Settings.Load(ctx)
	return all.Revenue.From != nil, err
}

// tickRevenue brings the guest ledger up to date and queues the journals that are due. Whatever is in its way is in
// nobody else's: it is tried again at the next tick.
func (a *App) tickRevenue(ctx context.Context) {
	if err := a.Revenue.Tick(ctx); err != nil && !fault.Is(err, fault.Held) && !fault.Is(err, fault.Auth) {
		slog.WarnContext(ctx, "the guest ledger could not be brought up to date; it is tried again at the next tick", "error", err)
	}
}
