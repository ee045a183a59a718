package limit_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/limit"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
)

// realRedis is a Redis server for bubbles. It is restarted from outside, as what happens to a process
// does not happen in virtual time.
type realRedis struct {
	address string
	db      int
	restart chan chan error
}

func startRedis(t *testing.T) realRedis {
	t.Helper()
	address, restart := privatetest.RestartedRedis(t)
	options, err := redis.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	r := realRedis{options.Addr, options.DB, make(chan chan error)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for answer := range r.restart {
			answer <- restart()
		}
	}()
	t.Cleanup(func() { close(r.restart); <-done })
	return r
}

// dial is a client without deadlines, because those would be reckoned in virtual time.
func dial(t *testing.T, address string, db int) *redis.Client {
	client := redis.NewClient(&redis.Options{
		Addr: address, DB: db, ReadTimeout: -1, WriteTimeout: -1, MaxRetries: -1, PoolSize: 64, DisableIdentity: true,
		Dialer: func(context.Context, string, string) (net.Conn, error) { return net.Dial("tcp", address) },
	})
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// inBubble is inBubble over a Redis server of its own; lose restarts it, which takes everything from it:
// data, scripts and connections.
func (r realRedis) inBubble(t *testing.T, f func(t *testing.T, dial func() *redis.Client, lose func())) {
	t.Helper()
	answer := make(chan error) // of the outside, so that time stands still until it comes
	lose := func(t *testing.T) {
		r.restart <- answer
		if err := <-answer; err != nil {
			t.Errorf("restart: %v", err)
		}
	}
	lose(t)
	synctest.Test(t, func(t *testing.T) {
		f(t, func() *redis.Client { return dial(t, r.address, r.db) }, func() { lose(t) })
	})
}

// span is one call from asking to the end; at is its arrival.
type span struct {
	lane            limit.Lane
	asked, let, end time.Time
	at              time.Time
}

// storm is several processes that call one organization, with everything that can happen to them.
type storm struct {
	t                           *testing.T
	perMinute, atOnce, perDay   int
	others                      int // calls of the day that other applications made before
	dial                        func() *redis.Client
	mu                          sync.Mutex
	rnd                         *rand.Rand
	running, most               int
	mostAfterLoss               int
	today                       int
	calls                       []span
	waits                       []span // of persons, let or given up
	losses                      []time.Time
	log                         map[string]time.Time
	dayOver, pauses, deaths, no int
}

func (s *storm) chance(n int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rnd.IntN(n)
}

func (s *storm) process() *limit.Limiter {
	return limit.New(s.dial(), "60001", limit.Options{Rates: limit.Rates{PerMinute: s.perMinute, Concurrency: s.atOnce, ReservePercent: 20}, Now: time.Now,
		Remembered: func(_ context.Context, since, _ time.Time) (limit.Log, error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			recent := map[string]time.Time{}
			for name, at := range s.log {
				if !at.Before(since) {
					recent[name] = at
				}
			}
			return limit.Log{Recent: recent, Today: len(s.log), Left: -1}, nil
		}})
}

func (s *storm) lostLately(at time.Time, within time.Duration) (n int) {
	for _, l := range s.losses {
		if !l.After(at) && at.Sub(l) < within {
			n++
		}
	}
	return n
}

// call makes one call, unless its turn does not come.
func (s *storm) call(l *limit.Limiter, lane limit.Lane, dies bool) {
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Duration(1+s.chance(90))*time.Second)
	defer cancel()
	c := span{lane: lane, asked: time.Now()}
	release, err := l.Acquire(ctx, lane)
	s.mu.Lock()
	c.let = time.Now()
	s.waits = append(s.waits, c)
	if err != nil {
		switch fault.Of(err).Code {
		case "daily_limit":
			s.dayOver++
		case "minute_limit":
		default: // Redis was away
			s.no++
		}
		s.mu.Unlock()
		time.Sleep(time.Second)
		return
	}
	s.running++
	if s.lostLately(c.let, 30*time.Second) > 0 {
		s.mostAfterLoss = max(s.mostAfterLoss, s.running)
	} else {
		s.most = max(s.most, s.running)
	}
	s.mu.Unlock()
	took := time.Duration(20+s.chance(1500)) * time.Millisecond
	if s.chance(20) == 0 {
		took = time.Duration(1+s.chance(15)) * time.Second
	}
	before := time.Duration(s.chance(int(took.Milliseconds()))) * time.Millisecond
	time.Sleep(before)
	s.mu.Lock()
	c.at = time.Now()
	s.today++
	s.calls = append(s.calls, c)
	left := max(0, s.perDay-s.others-s.today)
	s.mu.Unlock()
	time.Sleep(took - before)
	s.mu.Lock()
	s.running--
	s.log[fmt.Sprint(len(s.log))] = time.Now()
	s.mu.Unlock()
	if dies {
		return // nobody releases
	}
	if s.chance(150) == 0 {
		s.mu.Lock()
		s.pauses++
		s.mu.Unlock()
		l.Pause(s.t.Context(), 5*time.Second)
	}
	release(&limit.Quota{Limit: s.perDay, Remaining: left, ResetIn: 20 * time.Hour})
}

// live is one process after another: each has workers, and dies with its calls in flight.
func (s *storm) live(until time.Time) {
	for time.Now().Before(until) {
		l, dead := s.process(), make(chan struct{})
		var group sync.WaitGroup
		for w := range 1 + s.chance(4) {
			lane := []limit.Lane{limit.Person, limit.Live, limit.History, limit.History}[(w+s.chance(4))%4]
			group.Go(func() {
				for time.Now().Before(until) {
					time.Sleep(time.Duration(s.chance(1500)) * time.Millisecond)
					select {
					case <-dead:
						s.call(l, lane, true)
						return
					default:
						s.call(l, lane, false)
					}
				}
			})
		}
		time.Sleep(time.Duration(20+s.chance(80)) * time.Second)
		close(dead)
		s.mu.Lock()
		s.deaths++
		s.mu.Unlock()
		group.Wait()
	}
}

func (s *storm) judge(seed uint64, minutes int) {
	t := s.t
	var arrived []time.Time
	for _, c := range s.calls {
		arrived = append(arrived, c.at)
	}
	t.Logf("seed %d: %d a minute, %d at once, %d a day, %d of others: %d calls, %d/%d at once, Redis lost %d times, %d deaths, %d pauses, %d times no calls left, %d times no Redis",
		seed, s.perMinute, s.atOnce, s.perDay, s.others, len(arrived), s.most, s.mostAfterLoss, len(s.losses), s.deaths, s.pauses, s.dayOver, s.no)
	mostInAMinute(arrived) // sorts
	first := 0
	for i, at := range arrived {
		for at.Sub(arrived[first]) >= time.Minute {
			first++
		}
		// Calls that others had in flight when all was lost are not known at once.
		if allowed := s.perMinute + s.atOnce*s.lostLately(at, time.Minute); i-first+1 > allowed {
			t.Fatalf("seed %d: %d calls in the minute before %v, allowed %d", seed, i-first+1, at, allowed)
		}
	}
	if s.most > s.atOnce || s.mostAfterLoss > 2*s.atOnce {
		t.Errorf("seed %d: %d at once, %d after Redis was lost", seed, s.most, s.mostAfterLoss)
	}
	if s.others+s.today > s.perDay+s.atOnce*len(s.losses) {
		t.Errorf("seed %d: %d calls of the day, allowed %d", seed, s.others+s.today, s.perDay)
	}
	for _, p := range s.waits {
		for _, h := range s.calls {
			if p.lane == limit.Person && h.lane == limit.History && h.let.After(p.asked.Add(time.Millisecond)) && h.let.Before(p.let) && s.lostLately(h.let, 3*time.Second) == 0 {
				t.Errorf("seed %d: history went at %v before a person who waited from %v to %v", seed, h.let, p.asked, p.let)
			}
		}
	}
	// A storm of deaths blocks places for as long as dead calls count; a fifth says that calls were made at all.
	if least := min(s.perMinute*minutes/5, (s.perDay-s.others)/2); len(arrived) < least {
		t.Errorf("seed %d: only %d calls, at least %d could be made", seed, len(arrived), least)
	}
}

// TestWhateverHappensTheLimitsHold lets processes die and restarts Redis at random moments, in virtual
// time. What holds in any 60 seconds holds in every minute of the clock.
func TestWhateverHappensTheLimitsHold(t *testing.T) {
	server := startRedis(t)
	base := uint64(time.Now().UnixNano() % 1e9)
	seeds := uint64(8)
	if testing.Short() {
		seeds = 2
	}
	for n := range seeds {
		seed := base + n
		server.inBubble(t, func(t *testing.T, dial func() *redis.Client, lose func()) {
			const minutes = 6
			rnd := rand.New(rand.NewPCG(seed, 3))
			s := &storm{t: t, rnd: rnd, perMinute: 5 + rnd.IntN(96), atOnce: 1 + rnd.IntN(10), perDay: 100 + rnd.IntN(900), dial: dial, log: map[string]time.Time{}}
			s.others = rnd.IntN(s.perDay / 2)
			end := time.Now().Add(minutes * time.Minute)
			var group sync.WaitGroup
			for range 2 + s.chance(2) {
				group.Go(func() { s.live(end) })
			}
			for range s.chance(4) {
				time.Sleep(time.Duration(10+s.chance(80)) * time.Second)
				lose()
				s.mu.Lock()
				s.losses = append(s.losses, time.Now())
				s.mu.Unlock()
			}
			group.Wait()
			s.judge(seed, minutes)
		})
	}
}

// TestARestartedProcessAndAnEmptyRedisRememberTheLog takes both memories away at once.
func TestARestartedProcessAndAnEmptyRedisRememberTheLog(t *testing.T) {
	startRedis(t).inBubble(t, func(t *testing.T, dial func() *redis.Client, lose func()) {
		s := &storm{t: t, rnd: rand.New(rand.NewPCG(1, 1)), perMinute: 90, atOnce: 10, perDay: 1000, dial: dial, log: map[string]time.Time{}}
		begin := time.Now()
		l := s.process()
		for range 90 {
			call(t, l, limit.Live, 10*time.Millisecond)
			s.log[fmt.Sprint(len(s.log))] = time.Now()
		}
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("a new installation was held up: 90 calls took %v", took)
		}
		lose()
		l = s.process()
		if _, err := l.Acquire(t.Context(), limit.Live); err != nil && fault.Of(err).Code != "redis_unavailable" {
			t.Fatal(err)
		}
		for range 20 {
			call(t, l, limit.Live, 10*time.Millisecond)
			s.log[fmt.Sprint(len(s.log))] = time.Now()
		}
		if waited := time.Since(begin); waited < time.Minute || waited > 62*time.Second {
			t.Errorf("the next calls went out %v after the first", waited)
		}
		if b := budget(t, l); b.Day.UsedByUs < 110 {
			t.Errorf("%d calls today are remembered", b.Day.UsedByUs)
		}
	})
}

// TestALateCallCountsUntilItIsAnswered lets calls arrive at the very end of slow answers, and those
// of a process that died before it could say so.
func TestALateCallCountsUntilItIsAnswered(t *testing.T) {
	for name, dies := range map[string]bool{"answered late": false, "never answered": true} {
		startRedis(t).inBubble(t, func(t *testing.T, dial func() *redis.Client, _ func()) {
			const late = 15 * time.Second
			rates := limit.Rates{PerMinute: 10, PerDay: 1000, Concurrency: 10}
			first, second := limiter(dial(), rates), limiter(dial(), rates)
			var mu sync.Mutex
			var arrived []time.Time
			arrive := func() {
				mu.Lock()
				defer mu.Unlock()
				arrived = append(arrived, time.Now())
			}
			var group sync.WaitGroup
			for range 10 {
				group.Go(func() {
					release, err := first.Acquire(t.Context(), limit.Live)
					if err != nil {
						t.Error(err)
						return
					}
					time.Sleep(late)
					arrive()
					if !dies {
						release(nil)
					}
				})
			}
			group.Wait()
			for range 20 {
				group.Go(func() {
					call(t, second, limit.Live, 10*time.Millisecond)
					arrive()
				})
			}
			group.Wait()
			if most := mostInAMinute(arrived); most > 10 {
				t.Errorf("%s: %d calls arrived in one minute, allowed 10", name, most)
			}
		})
	}
}
