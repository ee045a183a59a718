// Package live tells everybody who listens what changes: states of records and runs.
//
// One reader per process looks at the tables about once a second, and only while somebody
// listens. It reads what changed within the last seconds again each time, because a change is
// stamped before its transaction ends, and sends what it did not send before. An event carries a
// state and no difference, so that a repeated one is harmless and a position is just an instant:
// whoever comes back, to whichever process, gets what changed since then.
package live

import (
	"context"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/store"
)

const (
	overlap   = 5 * time.Second // how late a change may be seen after its stamp
	memory    = 5 * time.Minute // positions older than this are not resumed
	mostAtAll = 2000            // changes of a section read at one look
	mostNews  = 500             // more at once are one resync, which is cheaper for everybody
	buffer    = 1024            // events that wait for a slow listener
)

// Resync tells a listener to read again what it shows: events are missing.
var Resync = wire.Event{Name: "resync"}

// Hub fans one reader out. Store and Show are required.
type Hub struct {
	Store *store.Store
	Show  func(ctx context.Context, run store.Run) wire.Run
	Every time.Duration // between looks; 0 = one second

	mu        sync.Mutex
	listeners map[chan wire.Event]bool
	stop      context.CancelFunc
}

// Listen gives events until ctx ends. after is the id of the last event that an earlier listener
// got, "" for none; when it is too old the first event is Resync. A listener that does not keep
// up has its channel closed. position stands before the first event.
func (h *Hub) Listen(ctx context.Context, after string) (position string, events <-chan wire.Event) {
	now := h.Store.Now()
	out := make(chan wire.Event, buffer)
	h.join(ctx, out)
	for _, event := range h.missed(ctx, after, now) {
		h.send(out, event)
	}
	context.AfterFunc(ctx, func() { h.leave(out) })
	return idOf(now), out
}

func (h *Hub) join(ctx context.Context, out chan wire.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.listeners == nil {
		h.listeners = map[chan wire.Event]bool{}
	}
	h.listeners[out] = true
	if len(h.listeners) == 1 {
		// The reader outlives the listener that came first.
		reading, stop := context.WithCancel(context.WithoutCancel(ctx))
		h.stop = stop
		go h.read(reading, h.Store.Now())
	}
}

// leave closes the channel of a listener that is gone or too slow; the last one stops the reader.
func (h *Hub) leave(out chan wire.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.drop(out)
}

func (h *Hub) drop(out chan wire.Event) {
	if !h.listeners[out] {
		return
	}
	delete(h.listeners, out)
	close(out)
	if len(h.listeners) == 0 {
		h.stop()
	}
}

func (h *Hub) send(out chan wire.Event, event wire.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.offer(out, event)
}

func (h *Hub) offer(out chan wire.Event, event wire.Event) {
	if !h.listeners[out] {
		return
	}
	select {
	case out <- event:
	default:
		h.drop(out)
	}
}

func (h *Hub) broadcast(events []wire.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for out := range h.listeners {
		for _, event := range events {
			h.offer(out, event)
		}
	}
}

// missed is what changed since a position.
func (h *Hub) missed(ctx context.Context, after string, now time.Time) []wire.Event {
	if after == "" {
		return nil
	}
	micros, err := strconv.ParseInt(after, 10, 64)
	since := time.UnixMicro(micros)
	if err != nil || since.Before(now.Add(-memory)) || since.After(now.Add(overlap)) {
		return []wire.Event{Resync}
	}
	r := reader{store: h.Store, show: h.Show, sent: map[string]seen{}, runs: map[string]wire.Run{}}
	events, err := r.look(ctx, since.Add(-overlap))
	if err != nil {
		slog.WarnContext(ctx, "what a listener missed cannot be read", "error", err)
		return []wire.Event{Resync}
	}
	return events
}

// read looks for news until ctx ends.
func (h *Hub) read(ctx context.Context, since time.Time) {
	every := h.Every
	if every == 0 {
		every = time.Second
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	r := reader{store: h.Store, show: h.Show, sent: map[string]seen{}, runs: map[string]wire.Run{}}
	trouble := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := h.Store.Now()
		events, err := r.look(ctx, since.Add(-overlap))
		if err != nil {
			if ctx.Err() == nil && !trouble {
				slog.WarnContext(ctx, "news for listeners cannot be read; trying on", "error", err)
			}
			trouble = true
			continue
		}
		trouble, since = false, now
		r.forget(now.Add(-2 * overlap))
		h.broadcast(events)
	}
}

// reader remembers what it told.
type reader struct {
	store *store.Store
	show  func(ctx context.Context, run store.Run) wire.Run
	sent  map[string]seen
	runs  map[string]wire.Run // by id, as last told
}

type seen struct {
	at            time.Time
	status, phase string
}

// look gives what changed since an instant and was not told yet.
func (r *reader) look(ctx context.Context, since time.Time) ([]wire.Event, error) {
	now := r.store.Now()
	changes, err := r.store.ChangedRecords(ctx, wire.Sections, since, mostAtAll)
	if err != nil {
		return nil, err
	}
	perSection := map[string]int{}
	var events []wire.Event
	full := false
	for _, c := range changes {
		perSection[c.Section]++
		full = full || perSection[c.Section] == mostAtAll
		key, is := c.Section+" "+c.SourceID, seen{c.UpdatedAt, string(c.Status), c.Phase}
		if r.sent[key] == is {
			continue
		}
		r.sent[key] = is
		events = append(events, wire.Event{ID: idOf(now), Name: "record", Data: wire.RecordChange{
			Section: c.Section, SourceID: c.SourceID, Status: string(c.Status), Phase: wire.TextOrNull(c.Phase)}})
	}
	if full || len(events) > mostNews {
		events = []wire.Event{{ID: idOf(now), Name: Resync.Name}}
	}
	moved, err := r.movedRuns(ctx, since, now)
	return append(events, moved...), err
}

// movedRuns tells unfinished runs when they are new or moved, and each that ended once.
func (r *reader) movedRuns(ctx context.Context, since, now time.Time) ([]wire.Event, error) {
	var open []uint64
	for id, run := range r.runs {
		if n, err := strconv.ParseUint(id, 10, 64); err == nil && !run.Ended() {
			open = append(open, n)
		}
	}
	list, err := r.store.MovingRuns(ctx, open)
	if err != nil {
		return nil, err
	}
	var events []wire.Event
	told := make(map[string]wire.Run, len(list))
	for _, row := range list {
		run := r.show(ctx, row)
		before, known := r.runs[run.ID]
		told[run.ID] = run
		old := !known && row.Finished() && (row.FinishedAt == nil || row.FinishedAt.Before(since))
		if old || known && !moved(before, run) {
			continue
		}
		if run.Ended() {
			if row, err = r.store.Run(ctx, row.ID); err != nil {
				return nil, err
			}
			run = r.show(ctx, row) // with its result
		}
		events = append(events, wire.Event{ID: idOf(now), Name: "run", Data: run})
	}
	r.runs = told
	return events, nil
}

// moved leaves out the time of arrival, which changes by itself.
func moved(a, b wire.Run) bool {
	return a.Status != b.Status || a.Total != b.Total || a.CallsUsed != b.CallsUsed ||
		a.Done+a.Failed+a.Held+a.Unchanged+a.Skipped != b.Done+b.Failed+b.Held+b.Unchanged+b.Skipped
}

// forget keeps the memory of what was told as short as the overlap.
func (r *reader) forget(before time.Time) {
	for key, s := range r.sent {
		if s.at.Before(before) {
			delete(r.sent, key)
		}
	}
}

func idOf(t time.Time) string { return strconv.FormatInt(t.UnixMicro(), 10) }
