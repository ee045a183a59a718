package zoho

import (
	"sync"
	"time"
)

// glanced is how long what was read for one refusal serves the others of the same batch; no longer, as
// the next may be refused for what somebody did since.
const glanced = time.Second

// mostRecent bounds what is kept of one kind.
const mostRecent = 1000

// recent is what was read a moment ago, by name, for all who ask within moments: after a refusal every document of
// a batch asks for the same.
type recent[T any] struct {
	mu   sync.Mutex
	read map[string]reading[T]
}

type reading[T any] struct {
	value T
	err   error
	at    time.Time
}

// get gives what was read within life and not before since, or reads it now. A read that failed serves for moments
// only.
func (r *recent[T]) get(name string, now func() time.Time, life time.Duration, since time.Time, read func() (T, error)) (T, error) {
	r.mu.Lock()
	was, known := r.read[name]
	r.mu.Unlock()
	if was.err != nil {
		life = min(life, glanced)
	}
	if known && now().Sub(was.at) < life && !was.at.Before(since) {
		return was.value, was.err
	}
	is := reading[T]{}
	is.value, is.err = read()
	is.at = now()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.read == nil || len(r.read) >= mostRecent {
		r.read = map[string]reading[T]{}
	}
	r.read[name] = is
	return is.value, is.err
}

func (r *recent[T]) forget(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.read, name)
}
