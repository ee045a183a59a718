package records

import (
	"context"
	"encoding/json"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/runs"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Ends estimates when runs will end; both fields are required.
type Ends struct {
	Now func() time.Time
	// Takes is how long calls of a lane will take at the present budget; not ok when nobody can know.
	Takes func(ctx context.Context, calls int, lane store.Lane) (d time.Duration, ok bool, err error)
}

// Show makes the API's run with the moment at which it is expected to end: the calls that its
// records still need, as many each as the records so far, at the budget of its lane. It has none
// while the number of records is not known, and when the budget is not.
func (e Ends) Show(ctx context.Context, r store.Run) wire.Run {
	w := ShowRun(r)
	ended := r.Done + r.Failed + r.Held + r.Unchanged + r.Skipped
	if r.Finished() || r.Status == store.RunWaiting || r.StartedAt == nil || r.Total == nil {
		return w
	}
	left := max(*r.Total-ended, 0)
	if ended > 0 && r.CallsUsed == 0 { // comparing costs no calls; it goes on at the pace so far
		w.ETA = arrives(e.Now(), e.Now().Sub(*r.StartedAt)/time.Duration(ended)*time.Duration(left))
		return w
	}
	calls := left * firstGuess(r.Section)
	if ended > 0 {
		calls = (left*r.CallsUsed + ended - 1) / ended
	}
	if takes, ok, err := e.Takes(ctx, calls, laneOf(r)); ok && err == nil {
		w.ETA = arrives(e.Now(), takes)
	}
	return w
}

func arrives(now time.Time, in time.Duration) *wire.Instant {
	at := wire.At(now.Add(in))
	return &at
}

// firstGuess is how many calls a record takes before any of the run has shown it: an order is an
// invoice and a payment.
func firstGuess(section string) int {
	if section == wire.Orders {
		return 2
	}
	return 1
}

// laneOf is the lane of a run's calls: what a person asked for names it, the schedule's are live.
func laneOf(r store.Run) store.Lane {
	if r.Kind == runs.Undo {
		return store.History
	}
	if r.Kind != runs.Sync {
		return store.Live
	}
	var asked runs.Request
	if json.Unmarshal(r.Request, &asked) != nil {
		return store.History
	}
	return asked.Lane
}
