package lately_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/lately"
)

// clock is a clock that is set by hand.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }

func (c *clock) pass(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.at = c.at.Add(d) }

// TestAnAnswerIsAskedForOnce by all who come meanwhile, given while it is fresh, asked anew behind the
// scenes after that, and waited for when it is too old.
func TestAnAnswerIsAskedForOnce(t *testing.T) {
	t.Parallel()
	c := &clock{at: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	a := lately.Answers[int]{Fresh: 10 * time.Second, Now: c.now}
	asked, let := make(chan struct{}, 100), make(chan int)
	ask := func(context.Context) (int, error) { asked <- struct{}{}; return <-let, nil }
	get := func() int { n, err := a.Get(t.Context(), "x", ask); mustNot(t, err); return n }
	var wait sync.WaitGroup
	for range 5 {
		wait.Go(func() {
			if n := get(); n != 1 {
				t.Errorf("given %d", n)
			}
		})
	}
	<-asked
	let <- 1
	wait.Wait()
	if n := get(); n != 1 || len(asked) != 0 {
		t.Errorf("fresh it was asked again, %d", n)
	}
	c.pass(11 * time.Second)
	if n := get(); n != 1 {
		t.Errorf("given %d", n)
	}
	<-asked // behind the scenes, once
	if n := get(); n != 1 || len(asked) != 0 {
		t.Errorf("asked twice at once, %d", n)
	}
	let <- 2
	for get() != 2 { // as soon as it is known
	}
	c.pass(time.Hour)
	wait.Go(func() {
		if n := get(); n != 3 {
			t.Errorf("an hour later given %d", n)
		}
	})
	<-asked
	let <- 3
	wait.Wait()
}

func mustNot(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

// TestAskingEndsWithTheLastWhoWaits; a failure is nobody's answer.
func TestAskingEndsWithTheLastWhoWaits(t *testing.T) {
	t.Parallel()
	a := lately.Answers[int]{Fresh: time.Hour, Most: 1}
	begun, ended := make(chan struct{}), make(chan struct{})
	ask := func(ctx context.Context) (int, error) {
		begun <- struct{}{}
		<-ctx.Done()
		close(ended)
		return 0, ctx.Err()
	}
	first, leave := context.WithCancel(t.Context())
	second, leaveToo := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	wait.Go(func() {
		if _, err := a.Get(first, "x", ask); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	<-begun
	there := make(chan struct{})
	wait.Go(func() { close(there); _, _ = a.Get(second, "x", ask) })
	<-there
	leaveToo()
	leave()
	wait.Wait()
	<-ended
	for _, question := range []string{"x", "y", "x"} {
		if n, err := a.Get(t.Context(), question, func(context.Context) (int, error) { return 7, nil }); n != 7 || err != nil {
			t.Errorf("%s: %d, %v", question, n, err)
		}
	}
}

// TestAnAnswerMayBeGivenLonger where whoever asks says so: nobody waits for what was known yesterday.
func TestAnAnswerMayBeGivenLonger(t *testing.T) {
	t.Parallel()
	c := &clock{at: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	a := lately.Answers[int]{Stale: 24 * time.Hour, Now: c.now}
	let := make(chan int, 1)
	get := func() int {
		n, err := a.Get(t.Context(), "x", func(context.Context) (int, error) { return <-let, nil })
		mustNot(t, err)
		return n
	}
	let <- 1
	get()
	c.pass(20 * time.Hour)
	if n := get(); n != 1 { // nobody lets the next one be told
		t.Errorf("given %d", n)
	}
	let <- 2
	for get() != 2 { // as soon as it is known
	}
}
