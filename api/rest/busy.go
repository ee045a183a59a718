package rest

import (
	"context"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/internal/access"
)

const (
	mostAtOnce  = 6  // requests of one caller that are worked on at once
	mostWaiting = 30 // requests of one caller that wait for one of these to end
	mostStreams = 10 // streams of one caller
	mostWait    = 5 * time.Second
)

// While others are there too, whoever keeps several requests busy for long goes on with one at a time, and a pause as long
// as it took between two that wait: what is left of workAtOnce is gone after seconds of full
// speed, and not by pages.
const (
	workAtOnce    = 40 * time.Second
	workBack      = 1.0 // seconds of work a second: one request after another goes on for ever
	mostPause     = time.Second
	mostWaitAlone = 30 * time.Second
	thereFor      = time.Minute // after they asked something
)

// busy is how much each caller keeps busy at once, so that none of them takes the whole service.
type busy struct {
	most, waiting int
	work          *throttle // seconds of work that each may do beside another; nil = any

	mu   sync.Mutex
	held map[string]*slots
	came [2]visit // the two who asked last
}

type visit struct {
	who string
	at  time.Time
}

// rationed tells whether somebody may go on only alone: what they may do at once is done, and others are there.
func (b *busy) rationed(who string) bool {
	if b.work == nil {
		return false
	}
	now := b.work.clock()
	b.mu.Lock()
	if b.came[0].who != who {
		b.came[1] = b.came[0]
	}
	b.came[0] = visit{who, now}
	others := b.came[1].who != "" && now.Sub(b.came[1].at) < thereFor
	b.mu.Unlock()
	return others && b.work.spent(who)
}

type slots struct {
	free  chan struct{} // as many as are free
	alone chan struct{} // for one who may work beside nobody else
	users int           // who hold one or wait for one
}

func newBusy(most, waiting int) *busy {
	return &busy{most: most, waiting: waiting, held: map[string]*slots{}}
}

// take waits for a slot as long as one may, and gives what hands it back; false when there are too
// many already.
func (b *busy) take(ctx context.Context, who string) (done func(), ok bool) {
	s := b.enter(who)
	if s == nil {
		return nil, false
	}
	leave := func() { b.leave(who, s) }
	wait, alone := time.NewTimer(mostWait), false
	defer wait.Stop()
	within := func(places chan struct{}) bool {
		select {
		case <-places: // also for one who has gone away, if there is room
			return true
		default:
		}
		select {
		case <-places:
			return true
		case <-wait.C:
		case <-ctx.Done():
		}
		return false
	}
	if !within(s.free) {
		alone = ctx.Err() == nil && (len(s.alone) == 0 || b.rationed(who))
		if alone { // those with a slot wait for each other, and this one for them
			wait.Reset(mostWaitAlone)
		}
		if !alone || !within(s.free) {
			leave()
			return nil, false
		}
	}
	free := func(time.Duration) { s.free <- struct{}{}; leave() }
	if !b.rationed(who) {
		return b.begin(who, free), true
	}
	if !alone {
		wait.Reset(mostWaitAlone)
	}
	if !within(s.alone) {
		free(0)
		return nil, false
	}
	return b.begin(who, func(took time.Duration) {
		time.AfterFunc(min(took, mostPause), func() { s.alone <- struct{}{} })
		free(took)
	}), true
}

// begin gives what ends a work and counts how long it took.
func (b *busy) begin(who string, end func(took time.Duration)) func() {
	if b.work == nil {
		return func() { end(0) }
	}
	began := b.work.clock()
	return func() {
		took := b.work.clock().Sub(began)
		b.work.spend(who, took.Seconds())
		end(took)
	}
}

func (b *busy) enter(who string) *slots {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.held[who]
	if s == nil {
		s = &slots{free: make(chan struct{}, b.most), alone: make(chan struct{}, 1)}
		s.alone <- struct{}{}
		for range b.most {
			s.free <- struct{}{}
		}
		b.held[who] = s
	}
	if s.users >= b.most+b.waiting {
		return nil
	}
	s.users++
	return s
}

func (b *busy) leave(who string, s *slots) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s.users--; s.users == 0 {
		delete(b.held, who)
	}
}

// whose is whose work a request is: of an employee all sessions together.
func whose(who access.Caller) string {
	if who.Employee != "" {
		return "employee " + who.Employee
	}
	return string(who.Kind) + " " + who.ID
}

// atOnce holds a caller to what one may keep busy.
func (s *server) atOnce(b *busy, next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if s.opt.RatePerSecond < 0 {
			return next(c)
		}
		done, ok := b.take(c.Request().Context(), whose(caller(c)))
		if !ok {
			return tooMany()
		}
		defer done()
		return next(c)
	}
}
