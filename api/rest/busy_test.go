package rest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// TestOneCallerKeepsOnlySomeBusy: what is over the ceiling is refused at once, others are not touched,
// and nothing is kept of callers who are done.
func TestOneCallerKeepsOnlySomeBusy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, keepsSome)
}

func keepsSome(t *testing.T) {
	b := newBusy(2, 1)
	first, ok := b.take(t.Context(), "ada")
	second, ok2 := b.take(t.Context(), "ada")
	if !ok || !ok2 {
		t.Fatal("two at once are refused")
	}
	let := make(chan bool)
	go func() {
		done, ok := b.take(t.Context(), "ada")
		if ok {
			done()
		}
		let <- ok
	}()
	synctest.Wait()
	if _, ok := b.take(t.Context(), "ada"); ok {
		t.Error("a fourth is let in")
	}
	if done, ok := b.take(t.Context(), "bob"); !ok {
		t.Error("somebody else pays for it")
	} else {
		done()
	}
	first()
	if !<-let {
		t.Error("the one who waited is refused though there is room")
	}
	second()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	third, _ := b.take(t.Context(), "ada")
	fourth, _ := b.take(t.Context(), "ada")
	if _, ok := b.take(gone, "ada"); ok {
		t.Error("one who has gone away is let in")
	}
	third()
	fourth()
	if len(b.held) != 0 {
		t.Errorf("%d callers are kept", len(b.held))
	}
}

// TestWhoWorksForLongWorksAlone: while others are there, what a caller may do beside other work of theirs ends with the
// time that it takes; one after the other goes on, nobody else is touched, and after a while several go at once again.
func TestWhoWorksForLongWorksAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, worksAlone) // who waits for a place is refused after seconds, which a slow machine needs for thirty
}

func worksAlone(t *testing.T) {
	b := newBusy(3, 30)
	b.work = bucketsOf(workBack, int(workAtOnce/time.Second), 3*time.Minute, time.Now)
	// most tells how many of a caller's thirty requests are worked on at once
	most := func(who string) int64 {
		var inside, most atomic.Int64
		var all sync.WaitGroup
		for range 30 {
			all.Go(func() {
				done, ok := b.take(t.Context(), who)
				if !ok {
					t.Error("one is refused")
					return
				}
				inside.Add(1)
				time.Sleep(time.Millisecond) // all who may be inside are
				at := inside.Load()
				for was := most.Load(); at > was && !most.CompareAndSwap(was, at); was = most.Load() {
				}
				time.Sleep(time.Millisecond) // all have looked
				inside.Add(-1)
				done()
			})
		}
		all.Wait()
		return most.Load()
	}
	two := func(who, when string) {
		t.Helper()
		first, _ := b.take(t.Context(), who)
		second, ok := b.take(t.Context(), who)
		if !ok {
			t.Fatalf("two of %s are refused %s", who, when)
		}
		first()
		second()
	}
	two("ada", "at first")
	two("bob", "at first")
	done, _ := b.take(t.Context(), "ada")
	time.Sleep(workAtOnce)
	done()
	if n := most("ada"); n != 1 {
		t.Errorf("%d at once after a long work, while another one is there", n)
	}
	two("bob", "for what another one did")
	time.Sleep(thereFor)
	two("ada", "after a while")
	done, _ = b.take(t.Context(), "ada")
	time.Sleep(thereFor)
	done()
	two("ada", "when nobody else is there")
}

// TestWhoWorksAloneIsNotRefusedForWaiting: of more requests than have a slot, each waits as long for one as those that have
// one wait for each other.
func TestWhoWorksAloneIsNotRefusedForWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBusy(3, 30)
		b.work = bucketsOf(workBack, 1, 3*time.Minute, time.Now)
		bob, _ := b.take(t.Context(), "bob")
		bob()
		b.work.spend("ada", 1)
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() {
				done, ok := b.take(t.Context(), "ada")
				if !ok {
					t.Error("one is refused")
					return
				}
				b.work.spend("ada", 1)
				time.Sleep(time.Second) // of the bubble's clock
				done()
			})
		}
		all.Wait()
	})
}

// TestAWatchedRunIsLookedAtOnceForAll who watch it.
func TestAWatchedRunIsLookedAtOnceForAll(t *testing.T) {
	t.Parallel()

	var w watches
	looks, answers := make(chan int), make(chan error)
	n := 0
	look := func(context.Context) (wire.Run, error) {
		n++
		looks <- n
		return wire.Run{ID: "7", Done: n}, <-answers
	}
	one, leaveOne := w.join("7", time.Millisecond, look)
	two, leaveTwo := w.join("7", time.Millisecond, look)
	<-looks
	answers <- nil
	if a, b := <-one, <-two; a.Done != 1 || b.Done != 1 {
		t.Errorf("they are told of look %d and look %d", a.Done, b.Done)
	}
	<-looks
	answers <- errors.New("gone")
	_, open := <-one
	_, openToo := <-two
	if open || openToo {
		t.Error("a run that cannot be read goes on being watched")
	}
	leaveOne()
	leaveTwo()
	if len(w.runs) != 0 {
		t.Error("a run that nobody watches is kept")
	}
}
