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

// busy is how much each caller keeps busy at once, so that none of them takes the whole service.
type busy struct {
	most, waiting int

	mu   sync.Mutex
	held map[string]*slots
}

type slots struct {
	free  chan struct{} // as many as are free
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
	select {
	case <-s.free:
		return func() { s.free <- struct{}{}; leave() }, true
	default:
	}
	wait := time.NewTimer(mostWait)
	defer wait.Stop()
	select {
	case <-s.free:
		return func() { s.free <- struct{}{}; leave() }, true
	case <-wait.C:
	case <-ctx.Done():
	}
	leave()
	return nil, false
}

func (b *busy) enter(who string) *slots {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.held[who]
	if s == nil {
		s = &slots{free: make(chan struct{}, b.most)}
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
