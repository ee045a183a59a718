package rest

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// watches are the runs that somebody watches: each is looked at once for all of them.
type watches struct {
	mu   sync.Mutex
	runs map[string]*watch
}

type watch struct {
	listeners map[chan wire.Run]bool
	stop      context.CancelFunc
}

// join gives each look at a run until leave is called; the channel is closed when the run cannot be
// read. Whoever reads too slowly misses a look, and gets the next one.
func (w *watches) join(id string, every time.Duration, look func(context.Context) (wire.Run, error)) (news <-chan wire.Run, leave func()) {
	out := make(chan wire.Run, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.runs == nil {
		w.runs = map[string]*watch{}
	}
	one := w.runs[id]
	if one == nil {
		ctx, stop := context.WithCancel(context.Background())
		one = &watch{listeners: map[chan wire.Run]bool{}, stop: stop}
		w.runs[id] = one
		go w.look(ctx, id, one, every, look)
	}
	one.listeners[out] = true
	return out, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(one.listeners, out)
		if len(one.listeners) == 0 {
			w.end(id, one)
		}
	}
}

func (w *watches) end(id string, one *watch) {
	one.stop()
	if w.runs[id] == one {
		delete(w.runs, id)
	}
}

func (w *watches) look(ctx context.Context, id string, one *watch, every time.Duration, look func(context.Context) (wire.Run, error)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		run, err := look(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			slog.DebugContext(ctx, "a run that is watched cannot be read", "run", id, "error", err)
		}
		w.tell(id, one, run, err)
		if err != nil {
			return
		}
	}
}

func (w *watches) tell(id string, one *watch, run wire.Run, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for out := range one.listeners {
		if err != nil {
			close(out)
			continue
		}
		select {
		case <-out: // an older look that nobody read
		default:
		}
		out <- run
	}
	if err != nil {
		one.listeners = map[chan wire.Run]bool{}
		w.end(id, one)
	}
}
