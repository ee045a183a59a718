package queue

import (
	"context"
	"log/slog"
	"time"
)

// alertEvery is how soon after trouble somebody is told.
const alertEvery = 5 * time.Second

// every does a chore every few seconds until ctx ends, and says once that it cannot be done.
func (w *Worker) every(ctx context.Context, chore func(context.Context) error, words string) {
	tick := time.NewTicker(alertEvery)
	defer tick.Stop()
	trouble := false
	for {
		err := chore(ctx)
		if err != nil && ctx.Err() == nil && !trouble {
			slog.WarnContext(ctx, words, "error", err)
		}
		trouble = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
