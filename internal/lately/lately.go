// Package lately keeps answers that cost much and need not be of this second: what a large hotel's database
// adds up is asked for by every open browser, and asked once.
package lately

import (
	"context"
	"sync"
	"time"
)

// Answers keeps the answers to one kind of question, by what was asked. While an answer is fresh nobody
// asks again; after that the next caller has it asked anew behind the scenes and is given what is known,
// unless that is too old. The zero value is ready.
type Answers[T any] struct {
	Fresh time.Duration    // 0 = 5 s
	Stale time.Duration    // how old an answer may be that is still given at once; 0 = ten times Fresh
	Most  int              // questions whose answers are kept; 0 = 100
	Now   func() time.Time // nil = the machine's clock

	mu sync.Mutex
	by map[string]*answer[T]
}

const (
	most  = 100
	fresh = 5 * time.Second
	stale = 10 // times Fresh
	// longest is how long something is asked that nobody waits for.
	longest = time.Minute
)

type answer[T any] struct {
	known bool
	at    time.Time
	value T
	call  *call[T] // under way
}

type call[T any] struct {
	done    chan struct{}
	value   T
	err     error
	waiting int
	behind  bool // nobody need wait for it
	cancel  func()
}

// Get answers a question by ask, or by what that said lately. All who wait for the same wait for one asking,
// which ends when the last of them has gone.
func (a *Answers[T]) Get(ctx context.Context, question string, ask func(context.Context) (T, error)) (T, error) {
	a.mu.Lock()
	if a.Fresh == 0 {
		a.Fresh = fresh
	}
	if a.Stale == 0 {
		a.Stale = stale * a.Fresh
	}
	e := a.find(question)
	age := a.now().Sub(e.at)
	old := e.known && age <= a.Stale
	if e.call == nil && (!e.known || age > a.Fresh) {
		e.call = a.begin(ctx, e, old, ask)
	}
	if old {
		defer a.mu.Unlock()
		return e.value, nil
	}
	c := e.call
	c.waiting++
	a.mu.Unlock()
	select {
	case <-c.done:
		return c.value, c.err
	case <-ctx.Done():
		a.mu.Lock()
		defer a.mu.Unlock()
		if c.waiting--; c.waiting == 0 && !c.behind {
			c.cancel()
			if e.call == c {
				e.call = nil // whoever comes now asks anew
			}
		}
		var none T
		return none, ctx.Err()
	}
}

func (a *Answers[T]) now() time.Time {
	if a.Now == nil {
		return time.Now()
	}
	return a.Now()
}

// find gives the place of an answer, and drops the oldest when there are too many.
func (a *Answers[T]) find(question string) *answer[T] {
	if a.by == nil {
		a.by = map[string]*answer[T]{}
	}
	if e := a.by[question]; e != nil {
		return e
	}
	limit := a.Most
	if limit == 0 {
		limit = most
	}
	if len(a.by) >= limit {
		oldest, at := "", time.Time{}
		for q, e := range a.by {
			if e.call == nil && (at.IsZero() || e.at.Before(at)) {
				oldest, at = q, e.at
			}
		}
		delete(a.by, oldest)
	}
	e := &answer[T]{}
	a.by[question] = e
	return e
}

func (a *Answers[T]) begin(ctx context.Context, e *answer[T], behind bool, ask func(context.Context) (T, error)) *call[T] {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), longest)
	c := &call[T]{done: make(chan struct{}), behind: behind, cancel: cancel}
	go func() {
		defer cancel()
		value, err := ask(ctx)
		a.mu.Lock()
		c.value, c.err = value, err
		if err == nil {
			e.known, e.at, e.value = true, a.now(), value
		}
		if e.call == c {
			e.call = nil
		}
		a.mu.Unlock()
		close(c.done)
	}()
	return c
}
