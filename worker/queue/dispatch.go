package queue

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/hibiken/asynq"

	"github.com/qlobooks/qlobooks/internal/store"
)

const (
	// Interval is how often the outbox is looked at; all of Redis lost costs one interval.
	Interval = 500 * time.Millisecond
	// slot is how long a doorbell of one name counts as ringing. After a worker died with it in
	// hand, the next slot's doorbell does not wait for Asynq to notice.
	slot = 10 * time.Second
	// rings is how many workers one queue of documents may wake at once.
	rings = 4
	batch = 25
)

// dispatch rings for whatever is due, until ctx ends. Any number of processes may do it: equal
// doorbells have equal names, and the queue keeps one.
func (w *Worker) dispatch(ctx context.Context) {
	defer w.done.Done()
	tick := time.NewTicker(w.pace())
	defer tick.Stop()
	trouble := false
	for {
		err := w.ring(ctx)
		if err != nil && ctx.Err() == nil && !trouble {
			slog.ErrorContext(ctx, "cannot look for due work or ring for it; trying on", "error", err)
		}
		if err == nil && trouble {
			slog.InfoContext(ctx, "looking for due work again")
		}
		trouble = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// pace is how long is waited between two looks at the outbox.
func (w *Worker) pace() time.Duration { return cmp.Or(w.Every, Interval) }

func (w *Worker) ring(ctx context.Context) error {
	open, err := w.Store.OpenRuns(ctx, 20)
	if err != nil {
		return err
	}
	now := w.Store.Now().Unix() / int64(slot/time.Second)
	for _, id := range open {
		if err := w.enqueue(ctx, taskRun, id, fmt.Sprintf("run:%d:%d", id, now), lanes[store.Live]); err != nil {
			return err
		}
	}
	due, err := w.Store.Due(ctx, w.Engine.Flows(), rings*batch)
	if err != nil {
		return err
	}
	spent := w.spent(ctx, due)
	for _, q := range w.inOrder(due) {
		most := rings
		if spent[q.Lane] {
			most = 1
		}
		for k := range min(most, (due[q]+batch-1)/batch) {
			name := fmt.Sprintf("%s:%t:%d:%d:%d", q.Flow, q.StepDue, q.Lane, k, now)
			if err := w.enqueue(ctx, taskSync, q, name, lanes[q.Lane]); err != nil {
				return err
			}
		}
	}
	return nil
}

// spent names the lanes that may not call any more today. Their records only learn so, or that
// they stand as wanted already; one bell at a time is enough for that, so that thousands of them
// do not hold up the other lanes.
func (w *Worker) spent(ctx context.Context, due map[store.Queue]int) map[store.Lane]bool {
	if w.Spent == nil || len(due) == 0 {
		return nil
	}
	spent, err := w.Spent(ctx)
	if err != nil {
		return nil // the limiter stops what must not go on
	}
	return spent
}

// inOrder sorts queues so that documents which others wait for are rung for first: a payment that
// is looked at before its invoice stands is looked at in vain.
func (w *Worker) inOrder(due map[store.Queue]int) []store.Queue {
	var list []store.Queue
	for _, flow := range w.Engine.Flows() {
		for _, lane := range store.Lanes {
			for _, step := range []bool{true, false} {
				if q := (store.Queue{Flow: flow, Lane: lane, StepDue: step}); due[q] > 0 {
					list = append(list, q)
				}
			}
		}
	}
	return list
}

func (w *Worker) enqueue(ctx context.Context, kind string, payload any, name, lane string) error {
	body, err := json.Marshal(payload)
	if err != nil {
		return err
	}
	_, err = w.client.EnqueueContext(ctx, asynq.NewTask(kind, body), asynq.TaskID(name), asynq.Queue(lane), asynq.MaxRetry(0), asynq.Timeout(10*time.Minute))
	if err != nil && !errDuplicate(err) {
		return fmt.Errorf("ring %s: %w", name, err)
	}
	return nil
}
