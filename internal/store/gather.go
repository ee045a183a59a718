package store

import "sync"

// gathered saves what comes while it is saving together, next: a fast engine then needs few
// statements, and a slow one none more. Whoever brings something waits until it is saved.
type gathered[T any] struct {
	most int               // saved at once
	save func([]T) []error // one error for each, in their order
	mu   sync.Mutex
	wait []waiting[T]
	busy bool
}

type waiting[T any] struct {
	item T
	done chan error
}

func (g *gathered[T]) do(items ...T) []error {
	mine := make([]waiting[T], len(items))
	for i, item := range items {
		mine[i] = waiting[T]{item, make(chan error, 1)}
	}
	g.mu.Lock()
	g.wait = append(g.wait, mine...)
	if !g.busy {
		g.busy = true
		go g.drain()
	}
	g.mu.Unlock()
	errs := make([]error, len(items))
	for i, w := range mine {
		errs[i] = <-w.done
	}
	return errs
}

// drain saves what waits until nothing does.
func (g *gathered[T]) drain() {
	for {
		g.mu.Lock()
		n := min(len(g.wait), g.most)
		group := g.wait[:n:n]
		g.wait = g.wait[n:]
		g.busy = n > 0
		g.mu.Unlock()
		if n == 0 {
			return
		}
		items := make([]T, n)
		for i, w := range group {
			items[i] = w.item
		}
		for i, err := range g.save(items) {
			group[i].done <- err
		}
	}
}
