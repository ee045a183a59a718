package queue

import (
	"context"
	"log/slog"
	"time"
)

// watch is how often the clock is looked at; a slot begins at most so much late.
const watch = 2 * time.Second

// schedule starts what is due by itself, until ctx ends. Any number of processes may do it.
func (w *Worker) schedule(ctx context.Context) {
	defer w.done.Done()
	tick := time.NewTicker(watch)
	defer tick.Stop()
	trouble := false
	for {
		started, err := w.Schedule.Due(ctx)
		if err != nil && ctx.Err() == nil && !trouble {
			slog.ErrorContext(ctx, "cannot look at the schedule; trying on", "error", err)
		}
		trouble = err != nil
		for _, run := range started {
			slog.DebugContext(ctx, "begins by itself", "run", run.ID, "kind", run.Kind)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
