package records

import (
	"context"
	"slices"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/runs"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Health measures automatic work by its own schedule.
type Health struct {
	Store    *store.Store
	Schedule func(ctx context.Context) (wire.Schedule, error)
	// Seen is when a worker last told that it lives, nil when none ever did; nil = nobody tells.
	Seen func(ctx context.Context) (*time.Time, error)
	// Checks are the dependencies; nil = they are not looked at.
	Checks func(ctx context.Context) map[string]wire.HealthCheck
	// Budget tells whether Zoho Books is to be left alone; nil = nobody tells.
	Budget func(ctx context.Context) (wire.Budget, error)
}

// Get says whether what should happen by itself happens. running are the runs that have not ended.
func (h Health) Get(ctx context.Context, running []store.Run) (wire.OverviewHealth, error) {
	now := h.Store.Now()
	out := wire.OverviewHealth{State: "off", Down: []string{}}
	for _, run := range running {
		switch run.Status {
		case store.RunWaiting:
			out.WaitingRuns++
		case store.RunQueued:
			out.QueuedRuns++
		}
	}
	if h.Checks != nil {
		for name, c := range h.Checks(ctx) {
			if !c.OK && c.Vital {
				out.Down = append(out.Down, name)
			}
		}
		slices.Sort(out.Down)
	}
	if h.Seen != nil {
		seen, err := h.Seen(ctx)
		if err != nil {
			return out, err
		}
		out.WorkerSilent = seen == nil || now.Sub(*seen) > store.Silence
		if seen != nil {
			out.WorkerSeenAt = wire.AtOrNull(*seen)
		}
	}
	if h.Budget != nil {
		if budget, err := h.Budget(ctx); err == nil { // who cannot be asked is told above
			out.PausedUntil = budget.PausedUntil
		}
	}
	schedule, err := h.Schedule(ctx)
	if err != nil {
		return out, err
	}
	out.NextTickAt = schedule.NextRunAt
	last, err := h.lastTick(ctx)
	if err != nil {
		return out, err
	}
	if !last.IsZero() {
		out.LastTickAt = wire.AtOrNull(last)
	}
	if schedule.Enabled {
		since, err := h.Store.SettingsChangedAt(ctx, "schedule")
		if err != nil {
			return out, err
		}
		out.State = punctual(now, last, since, time.Duration(schedule.IntervalMinutes)*time.Minute)
		if out.State == "stopped" && out.PausedUntil != nil {
			out.State = "delayed" // it waits, and goes on by itself
		}
		out.Overdue = out.State == "stopped"
	}
	if out.WorkerSilent || slices.Contains(out.Down, "redis") {
		out.State = "stopped"
	}
	return out, nil
}

// punctual compares the last tick with the interval: one interval late is delayed, two are stopped. A
// schedule that was switched on lately owes its first tick from then on.
func punctual(now, last, since time.Time, interval time.Duration) string {
	if since.After(last) {
		last = since
	}
	switch late := now.Sub(last) - interval; {
	case late > 2*interval:
		return "stopped"
	case late > interval:
		return "delayed"
	default:
		return "on_time"
	}
}

func (h Health) lastTick(ctx context.Context) (time.Time, error) {
	list, err := h.Store.Runs(ctx, store.RunQuery{Kind: runs.Tick, Statuses: []string{string(store.RunDone), string(store.RunRunning)}, Limit: 1})
	if err != nil || len(list) == 0 {
		return time.Time{}, err
	}
	return list[0].CreatedAt, nil
}
