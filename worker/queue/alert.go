package queue

import (
	"context"
	"log/slog"
	"time"
)

// alertEvery is how soon after trouble somebody is told.
const alertEvery = 5 * time.Second

// alert tells people what needs them, until ctx ends.
func (w *Worker) alert(ctx context.Context) {
	tick := time.NewTicker(alertEvery)
	defer tick.Stop()
	trouble := false
	for {
		err := w.Alerts(ctx)
		if err != nil && ctx.Err() == nil && !trouble {
			slog.WarnContext(ctx, "cannot tell what needs people; trying on", "error", err)
		}
		trouble = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
