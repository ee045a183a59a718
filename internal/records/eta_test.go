package records_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/records"
	"github.com/qlobooks/qlobooks/internal/runs"
	"github.com/qlobooks/qlobooks/internal/store"
)

func TestTheEndOfARunIsReckonedFromTheBudget(t *testing.T) {
	t.Parallel()

	now := time.Date(2026, 3, 1, 18, 0, 0, 0, time.UTC)
	began, total := now.Add(-10*time.Minute), 100
	history, _ := json.Marshal(runs.Request{All: true, Lane: store.History})
	base := store.Run{Kind: runs.Sync, Section: "orders", Status: store.RunRunning, Request: history, StartedAt: &began, Total: &total, Done: 15, Held: 5, CallsUsed: 45}
	tests := map[string]struct {
		change func(r *store.Run)
		known  bool
		err    error
		calls  int        // asked for
		lane   store.Lane // asked for
		want   time.Duration
	}{
		"as many calls each as the records so far":          {known: true, calls: 180, lane: store.History, want: 180 * time.Second},
		"before the first, an order is two":                 {change: func(r *store.Run) { r.Done, r.Held, r.CallsUsed = 0, 0, 0 }, known: true, calls: 200, lane: store.History, want: 200 * time.Second},
		"and anything else one":                             {change: func(r *store.Run) { r.Section, r.Done, r.Held, r.CallsUsed = "hotels", 0, 0, 0 }, known: true, calls: 100, lane: store.History, want: 100 * time.Second},
		"comparing goes on at the pace so far":              {change: func(r *store.Run) { r.CallsUsed = 0 }, want: 40 * time.Minute},
		"what begins by itself is live":                     {change: func(r *store.Run) { r.Kind, r.Request = runs.Tick, nil }, known: true, calls: 180, lane: store.Live, want: 180 * time.Second},
		"nobody knows the budget":                           {calls: 180, lane: store.History},
		"the budget cannot be read":                         {known: true, err: errors.New("away"), calls: 180, lane: store.History},
		"a run that waits at a brake ends when it may":      {change: func(r *store.Run) { r.Status = store.RunWaiting }, known: true},
		"nothing is known while it is listed":               {change: func(r *store.Run) { r.Total = nil }, known: true},
		"a run that is over has ended":                      {change: func(r *store.Run) { r.Status = store.RunDone }, known: true},
		"a person's wish is asked for in the person's lane": {change: func(r *store.Run) { r.Request = json.RawMessage(`{"ids":["1"],"lane":0}`) }, known: true, calls: 180, lane: store.Person, want: 180 * time.Second},
	}
	for name, tt := range tests {
		run := base
		if tt.change != nil {
			tt.change(&run)
		}
		calls, lane := 0, store.Lane(0)
		ends := records.Ends{Now: func() time.Time { return now }, Takes: func(_ context.Context, n int, l store.Lane) (time.Duration, bool, error) {
			calls, lane = n, l
			return time.Duration(n) * time.Second, tt.known, tt.err
		}}
		got := ends.Show(t.Context(), run).ETA
		if calls != tt.calls || lane != tt.lane {
			t.Errorf("%s: asked for %d calls in lane %d, want %d in %d", name, calls, lane, tt.calls, tt.lane)
		}
		if (got != nil) != (tt.want > 0) || got != nil && !got.Equal(now.Add(tt.want)) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}
