// Package queue wakes the engine through Asynq.
//
// MySQL decides what is to be done; a task is only a doorbell that says «there is work of this
// flow in this lane» or «this run waits». A lost, late, doubled or reordered task is therefore
// harmless: the dispatcher rings again while rows are due, and a claim finds what there is.
package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/hibiken/asynq"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/runs"
	"github.com/qlobooks/qlobooks/internal/schedule"
	"github.com/qlobooks/qlobooks/internal/store"
)

const (
	taskSync = "sync" // payload: store.Queue
	taskRun  = "run"  // payload: run id
)

// Concurrency is how many batches of a lane a worker takes at once unless told otherwise; two keep
// all connections to Zoho busy.
const Concurrency = 2

// lanes are the queues, each with workers of its own, so that a person never waits behind history.
var lanes = map[store.Lane]string{store.Person: "person", store.Live: "live", store.History: "history"}

// Worker takes doorbells and runs the engine.
type Worker struct {
	Engine *engine.Engine
	Runner *runs.Runner
	Store  *store.Store
	// Schedule starts work by itself; nil = this worker leaves that to others.
	Schedule *schedule.Schedule
	// Concurrency is how many batches of each lane are worked on at once; Concurrency when zero.
	Concurrency int
	// Every is how often the outbox is looked at; Interval when zero.
	Every time.Duration
	// Spent names the lanes whose calls are used up for today; nil = nobody counts.
	Spent func(ctx context.Context) (map[store.Lane]bool, error)
	// Hourly is done at the start and once an hour, by every process; nil = nothing.
	Hourly func(ctx context.Context) error
	// Alerts tells people what needs them, every few seconds, by every process; nil = nobody.
	Alerts func(ctx context.Context) error
	// Woken wakes what waits for calls that are there again, as often; on a loop of its own, as a
	// receiver of alerts may hang; nil = nothing waits so.
	Woken func(ctx context.Context) error
	// Watch looks whether what people agreed on has changed, as often, on a loop of its own; nil = nothing was agreed on.
	Watch func(ctx context.Context) error
	// Lives notes that this process is alive, every few seconds, whatever alerts take; nil = nobody asks.
	Lives func(ctx context.Context) error

	servers []*asynq.Server
	client  *asynq.Client
	stop    context.CancelFunc
	done    sync.WaitGroup
}

// Start begins work and returns at once. redis is shared by all lanes.
func (w *Worker) Start(ctx context.Context, redis asynq.RedisConnOpt) error {
	ctx, err := w.serve(ctx, redis)
	if err != nil {
		return err
	}
	w.done.Add(1)
	go w.dispatch(ctx)
	if w.Schedule != nil {
		w.done.Add(1)
		go w.schedule(ctx)
	}
	if w.Hourly != nil {
		w.done.Go(func() { w.hourly(ctx) })
	}
	if w.Woken != nil {
		w.done.Go(func() { w.every(ctx, w.Woken, "cannot wake what waited for the day's calls; trying on") })
	}
	if w.Watch != nil {
		w.done.Go(func() { w.every(ctx, w.Watch, "cannot look whether closed months changed; trying on") })
	}
	if w.Alerts != nil {
		w.done.Go(func() { w.every(ctx, w.Alerts, "cannot tell what needs people; trying on") })
	}
	if w.Lives != nil {
		w.done.Go(func() { w.every(ctx, w.Lives, "cannot note that this worker is alive; trying on") })
	}
	return nil
}

// serve answers doorbells until the context that it gives ends.
func (w *Worker) serve(ctx context.Context, redis asynq.RedisConnOpt) (context.Context, error) {
	if w.Concurrency == 0 {
		w.Concurrency = Concurrency
	}
	mux := asynq.NewServeMux()
	mux.HandleFunc(taskSync, w.sync)
	mux.HandleFunc(taskRun, w.run)
	ctx, w.stop = context.WithCancel(ctx)
	for _, name := range lanes {
		server := asynq.NewServer(redis, asynq.Config{
			Concurrency:       w.Concurrency,
			Queues:            map[string]int{name: 1},
			TaskCheckInterval: min(200*time.Millisecond, w.pace()/2),
			ShutdownTimeout:   25 * time.Second,
			BaseContext:       func() context.Context { return ctx },
			Logger:            logger{},
			LogLevel:          asynq.WarnLevel,
		})
		if err := server.Start(mux); err != nil {
			w.Stop()
			return ctx, fmt.Errorf("start the %s lane: %w", name, err)
		}
		w.servers = append(w.servers, server)
	}
	w.client = asynq.NewClient(redis)
	return ctx, nil
}

// Stop ends after the batches under way; what they did not begin is given back.
func (w *Worker) Stop() {
	if w.stop != nil {
		w.stop()
	}
	for _, s := range w.servers {
		s.Shutdown()
	}
	if w.client != nil {
		w.done.Wait()
		_ = w.client.Close()
	}
}

func (w *Worker) hourly(ctx context.Context) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		if err := w.Hourly(ctx); err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "an hourly chore failed; it is done again in an hour", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// sync works on a queue, and then lets other flows of the lane have their turn.
func (w *Worker) sync(ctx context.Context, task *asynq.Task) error {
	var q store.Queue
	if err := json.Unmarshal(task.Payload(), &q); err != nil {
		slog.ErrorContext(ctx, "a task cannot be read and is dropped", "error", err)
		return nil
	}
	worked := w.batches(ctx, q)
	if !q.StepDue {
		// What was written is finished before others that wait for it are looked at.
		q.StepDue = true
		worked = w.batches(ctx, q) || worked
	}
	if worked && ctx.Err() == nil {
		if err := w.ring(ctx); err != nil { // at once for those that waited; else the dispatcher does it
			slog.DebugContext(ctx, "could not ring for what waited", "error", err)
		}
	}
	return nil
}

// batches works on a queue until it is empty, but not for ever, and tells whether there was
// anything. A batch begins when the last document of the one before is under way.
func (w *Worker) batches(ctx context.Context, q store.Queue) (worked bool) {
	var group sync.WaitGroup
	defer group.Wait()
	const turn = 5 * time.Second
	for end := time.Now().Add(turn); time.Now().Before(end) && ctx.Err() == nil; {
		more := make(chan bool, 2)
		group.Go(func() {
			n, err := w.Engine.Work(ctx, q, func() { more <- true })
			if err != nil && ctx.Err() == nil {
				slog.ErrorContext(ctx, "a batch could not be worked on; it is tried again", "flow", q.Flow, "error", err)
			}
			more <- n > 0 && err == nil
		})
		if !<-more {
			break
		}
		worked = true
	}
	return worked
}

func (w *Worker) run(ctx context.Context, task *asynq.Task) error {
	var id uint64
	if err := json.Unmarshal(task.Payload(), &id); err != nil {
		slog.ErrorContext(ctx, "a task cannot be read and is dropped", "error", err)
		return nil
	}
	if err := w.Runner.Execute(ctx, id); err != nil && ctx.Err() == nil {
		slog.ErrorContext(ctx, "a run could not be carried out; it is tried again", "run", id, "error", err)
	}
	return nil
}

// logger passes Asynq's own words on.
type logger struct{}

func (logger) Debug(args ...any) { slog.Debug("asynq", "message", fmt.Sprint(args...)) }
func (logger) Info(args ...any)  { slog.Debug("asynq", "message", fmt.Sprint(args...)) }
func (logger) Warn(args ...any)  { slog.Warn("asynq", "message", fmt.Sprint(args...)) }
func (logger) Error(args ...any) { slog.Error("asynq", "message", fmt.Sprint(args...)) }
func (logger) Fatal(args ...any) { slog.Error("asynq", "message", fmt.Sprint(args...)) }

// errDuplicate are the refusals that mean «this doorbell is already ringing».
func errDuplicate(err error) bool {
	return errors.Is(err, asynq.ErrTaskIDConflict) || errors.Is(err, asynq.ErrDuplicateTask)
}
