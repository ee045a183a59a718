package limit_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/limit"
)

// A check simulates minutes of many workers, so that fewer than rapid's hundred are enough for
// every run; -rapid.checks asks for more.
func TestMain(m *testing.M) {
	_ = flag.Set("rapid.checks", "8")
	flag.Parse()
	if testing.Short() {
		_ = flag.Set("rapid.checks", "2")
	}
	os.Exit(m.Run())
}

// inBubble runs f in virtual time: sleeping costs nothing and every moment is exact. Redis
// runs outside and decides by the limiter's clock.
func inBubble(t *testing.T, f func(t *testing.T, server *miniredis.Miniredis, client *redis.Client)) {
	t.Helper()
	server := miniredis.NewMiniRedis()
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	synctest.Test(t, func(t *testing.T) { f(t, server, dial(t, server.Addr(), 0)) })
}

func limiter(client *redis.Client, r limit.Rates) *limit.Limiter {
	return limit.New(client, "60001", limit.Options{Rates: r, Now: time.Now})
}

// call makes one call that takes d and reports when it can have arrived.
func call(t *testing.T, l *limit.Limiter, lane limit.Lane, d time.Duration) (start, end time.Time) {
	t.Helper()
	done, err := l.Acquire(t.Context(), lane)
	if err != nil {
		t.Errorf("Acquire: %v", err)
		return
	}
	start = time.Now()
	time.Sleep(d)
	end = time.Now()
	done(nil)
	return start, end
}

// mostInAMinute is the largest number of moments in any span of 60 seconds.
func mostInAMinute(moments []time.Time) int {
	slices.SortFunc(moments, time.Time.Compare)
	most, first := 0, 0
	for i, at := range moments {
		for at.Sub(moments[first]) >= time.Minute {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

// Whatever the workers, lanes, durations and arrival times are: never more calls in any 60
// seconds, and never more at once, than allowed. A call arrives at any moment between its
// start and its end.
func TestNeverMoreThanAllowed(t *testing.T) {
	t.Run("miniredis", func(t *testing.T) {
		neverMore(t, func(t *testing.T, f func(t *testing.T, client *redis.Client)) {
			inBubble(t, func(t *testing.T, _ *miniredis.Miniredis, client *redis.Client) { f(t, client) })
		})
	})
	t.Run("Redis", func(t *testing.T) {
		server := startRedis(t)
		neverMore(t, func(t *testing.T, f func(t *testing.T, client *redis.Client)) {
			server.inBubble(t, func(t *testing.T, dial func() *redis.Client, _ func()) { f(t, dial()) })
		})
	})
}

func neverMore(t *testing.T, inBubble func(*testing.T, func(*testing.T, *redis.Client))) {
	rapid.Check(t, func(rt *rapid.T) {
		perMinute := rapid.IntRange(1, 100).Draw(rt, "per minute")
		atOnce := rapid.IntRange(1, 10).Draw(rt, "at once")
		workers := rapid.IntRange(1, 12).Draw(rt, "workers")
		slowest := rapid.IntRange(1, 4000).Draw(rt, "slowest call, ms")
		idle := rapid.IntRange(0, 3000).Draw(rt, "idle between calls, ms")
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		var arrived []time.Time
		mostRunning := 0
		inBubble(t, func(t *testing.T, client *redis.Client) {
			var mu sync.Mutex
			running := 0
			random := func(n int) time.Duration {
				mu.Lock()
				defer mu.Unlock()
				return time.Duration(rnd.IntN(n+1)) * time.Millisecond
			}
			count := func(by int) {
				mu.Lock()
				defer mu.Unlock()
				running += by
				mostRunning = max(mostRunning, running)
			}
			end := time.Now().Add(150 * time.Second)
			var group sync.WaitGroup
			for w := range workers {
				lane := []limit.Lane{limit.Person, limit.Live, limit.History}[w%3]
				l := limiter(client, limit.Rates{PerMinute: perMinute, PerDay: 100000, Concurrency: atOnce})
				group.Go(func() {
					for time.Now().Before(end) {
						time.Sleep(random(idle))
						ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
						done, err := l.Acquire(ctx, lane)
						if err != nil {
							cancel()
							continue
						}
						count(1)
						took := random(slowest)
						at := time.Now().Add(random(int(took.Milliseconds())))
						time.Sleep(took)
						count(-1)
						done(nil)
						cancel()
						mu.Lock()
						arrived = append(arrived, at)
						mu.Unlock()
					}
				})
			}
			group.Wait()
		})
		if most := mostInAMinute(arrived); most > perMinute {
			rt.Fatalf("%d calls in one minute, allowed %d", most, perMinute)
		}
		if mostRunning > atOnce {
			rt.Fatalf("%d calls at once, allowed %d", mostRunning, atOnce)
		}
	})
}

func TestTheAllowedRateIsUsed(t *testing.T) {
	for _, lane := range []limit.Lane{limit.Person, limit.Live, limit.History} {
		t.Run(string(lane), func(t *testing.T) {
			inBubble(t, func(t *testing.T, _ *miniredis.Miniredis, client *redis.Client) {
				l := limiter(client, limit.Rates{PerMinute: 90, PerDay: 100000})
				start, calls := time.Now(), 0
				var mu sync.Mutex
				var group sync.WaitGroup
				for range 6 {
					group.Go(func() {
						for time.Since(start) < 8*time.Minute {
							call(t, l, lane, 300*time.Millisecond)
							mu.Lock()
							calls++
							mu.Unlock()
						}
					})
				}
				group.Wait()
				if want := 8 * 90 * 98 / 100; calls < want {
					t.Errorf("%d calls in 8 minutes, want at least %d", calls, want)
				}
			})
		})
	}
}

func TestAPersonIsServedBeforeHistory(t *testing.T) {
	inBubble(t, func(t *testing.T, _ *miniredis.Miniredis, client *redis.Client) {
		l := limiter(client, limit.Rates{PerMinute: 60, PerDay: 100000})
		end := time.Now().Add(6 * time.Minute)
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				for time.Now().Before(end) {
					call(t, l, limit.History, 400*time.Millisecond)
				}
			})
		}
		time.Sleep(2*time.Minute + 500*time.Millisecond)
		var longest time.Duration
		for range 20 {
			asked := time.Now()
			start, _ := call(t, l, limit.Person, 200*time.Millisecond)
			longest = max(longest, start.Sub(asked))
			time.Sleep(7 * time.Second)
		}
		group.Wait()
		if longest > 3*time.Second {
			t.Errorf("a person waited %v behind history", longest)
		}
	})
}

func TestHistoryLeavesTheReserve(t *testing.T) {
	inBubble(t, func(t *testing.T, _ *miniredis.Miniredis, client *redis.Client) {
		l := limiter(client, limit.Rates{PerMinute: 90, PerDay: 10, ReservePercent: 20})
		for range 8 {
			call(t, l, limit.History, 0)
		}
		_, err := l.Acquire(t.Context(), limit.History)
		f := fault.Of(err)
		if f.Kind != fault.Limited || f.Code != "daily_limit" || f.RetryAfter <= 0 {
			t.Fatalf("history beyond the reserve: %v", err)
		}
		call(t, l, limit.Live, 0)
		call(t, l, limit.Person, 0)
		if _, err := l.Acquire(t.Context(), limit.Person); fault.Of(err).Code != "daily_limit" {
			t.Fatalf("a person beyond the day: %v", err)
		}
		time.Sleep(f.RetryAfter)
		call(t, l, limit.History, 0) // a new day
		b := budget(t, l)
		if b.Day.UsedByUs != 1 || b.Day.Left != 9 || b.Day.Source != "setting" || b.Lanes.History != 1 {
			t.Errorf("new day: %+v", b)
		}
	})
}

func budget(t *testing.T, l *limit.Limiter) limit.Budget {
	t.Helper()
	b, err := l.Budget(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTheDayIsLearnedFromHeaders(t *testing.T) {
	inBubble(t, func(t *testing.T, _ *miniredis.Miniredis, client *redis.Client) {
		l := limiter(client, limit.Rates{PerMinute: 90, ReservePercent: 20})
		if b := budget(t, l); b.Day.Limit != 1000 || b.Day.Source != "default" || b.Minute.Limit != 90 || b.Reserve != 200 {
			t.Errorf("before anything is learned: %+v", b)
		}
		answered := func(left int) {
			done, err := l.Acquire(t.Context(), limit.Live)
			if err != nil {
				t.Fatal(err)
			}
			done(&limit.Quota{Limit: 2000, Remaining: left, ResetIn: 2 * time.Hour})
		}
		answered(865)
		b := budget(t, l)
		if b.Day.Limit != 2000 || b.Day.Left != 865 || b.Day.UsedByUs != 1 || b.Day.UsedByOthers != 1134 || b.Day.Source != "header" {
			t.Errorf("learned: %+v", b.Day)
		}
		if in := time.Until(b.Day.ResetsAt); in < 119*time.Minute || in > 2*time.Hour {
			t.Errorf("resets in %v", in)
		}
		answered(870) // an answer that was overtaken does not give calls back
		if b := budget(t, l); b.Day.Left != 864 {
			t.Errorf("left %d after an overtaken answer, want 864", b.Day.Left)
		}
		l.GiveBack(t.Context()) // a call that never left
		if b := budget(t, l); b.Day.Left != 865 {
			t.Errorf("left %d after giving back, want 865", b.Day.Left)
		}
		answered(0)
		if _, err := l.Acquire(t.Context(), limit.Person); fault.Of(err).Code != "daily_limit" {
			t.Errorf("nothing left: %v", err)
		}
		time.Sleep(2 * time.Hour)
		if b := budget(t, l); b.Day.Left != 2000 || b.Day.UsedByUs != 0 {
			t.Errorf("next day: %+v", b.Day)
		}
	})
}

// TestTheLastSecondOfADayDoesNotUseUpTheNext refuses calls for the day that has just ended here and ends there within the
// second: with nothing told, and with what was told at last. The new day has its calls, and one that is refused later has none.
func TestTheLastSecondOfADayDoesNotUseUpTheNext(t *testing.T) {
	for name, late := range map[string]limit.Quota{"nothing told": {Refused: true}, "the end told": {Limit: 2000, Remaining: 3, ResetIn: time.Second}} {
		inBubble(t, func(t *testing.T, _ *miniredis.Miniredis, client *redis.Client) {
			l := limiter(client, limit.Rates{PerMinute: 90})
			answered := func(q limit.Quota) {
				t.Helper()
				done, err := l.Acquire(t.Context(), limit.Person)
				if err != nil {
					t.Fatal(name, err)
				}
				done(&q)
			}
			answered(limit.Quota{Limit: 2000, Remaining: 1000, ResetIn: 2 * time.Hour})
			time.Sleep(2 * time.Hour)
			answered(late)
			if day := budget(t, l).Day; day.Left < 1990 || day.UsedByOthers > 0 {
				t.Errorf("%s: the new day has %+v", name, day)
			}
			time.Sleep(5 * time.Minute)
			answered(limit.Quota{Refused: true})
			if day := budget(t, l).Day; day.Left != 0 {
				t.Errorf("%s: refused for the new day, and there are %+v", name, day)
			}
		})
	}
}

// TestADayWithFewerCallsThanToldIsNotUsedByOthers is refused while calls were told to be left, and before
// any were told.
func TestADayWithFewerCallsThanToldIsNotUsedByOthers(t *testing.T) {
	inBubble(t, func(t *testing.T, _ *miniredis.Miniredis, client *redis.Client) {
		answered := func(l *limit.Limiter, q limit.Quota) limit.DayBudget {
			t.Helper()
			l.TryDay(t.Context())
			done, err := l.Acquire(t.Context(), limit.Person)
			if err != nil {
				t.Fatal(err)
			}
			done(&q)
			return budget(t, l).Day
		}
		l := limit.New(client, "org", limit.Options{Rates: limit.Rates{PerMinute: 90}, Now: time.Now})
		answered(l, limit.Quota{Limit: 2000, Remaining: 1865, ResetIn: 2 * time.Hour})
		for n := range 2 { // also asked once more
			if day := answered(l, limit.Quota{Refused: true}); day.UsedByUs != n+2 || day.UsedByOthers != 134 || day.Left != 0 {
				t.Errorf("refused for the day after 134 calls of others: %+v", day)
			}
		}
		if day := answered(l, limit.Quota{Limit: 2000, Remaining: 0}); day.UsedByOthers != 1996 {
			t.Errorf("told that nothing is left: %+v", day)
		}
		other := limit.New(client, "other", limit.Options{Rates: limit.Rates{PerMinute: 90}, Now: time.Now})
		if day := answered(other, limit.Quota{Refused: true}); day.UsedByUs != 1 || day.UsedByOthers != 0 || day.Left != 0 {
			t.Errorf("refused before any call was told: %+v", day)
		}
	})
}

func TestAPauseHoldsEverybodyThenOneCallProbes(t *testing.T) {
	inBubble(t, func(t *testing.T, _ *miniredis.Miniredis, client *redis.Client) {
		l, other := limiter(client, limit.Rates{PerDay: 1000}), limiter(client, limit.Rates{PerDay: 1000})
		begin := time.Now()
		l.Pause(t.Context(), time.Minute)
		short, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		_, err := other.Acquire(short, limit.Person)
		if f := fault.Of(err); f.Code != "minute_limit" || f.RetryAfter < 55*time.Second || time.Since(begin) > time.Second {
			t.Fatalf("a call that cannot wait out the pause: %v after %v", err, time.Since(begin))
		}
		if b := budget(t, other); b.PausedUntil == nil || !b.PausedUntil.Equal(begin.Add(time.Minute)) {
			t.Errorf("paused until %v", b.PausedUntil)
		}

		probe, err := other.Acquire(t.Context(), limit.Live)
		if err != nil || time.Since(begin) < time.Minute {
			t.Fatalf("probe after %v: %v", time.Since(begin), err)
		}
		if b := budget(t, other); b.PausedUntil == nil {
			t.Error("the pause is told to be over while a call tries whether it is")
		}
		short, cancel = context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		if _, err := l.Acquire(short, limit.Person); err == nil {
			t.Fatal("a second call went out beside the probe")
		}
		second := time.Now()
		other.Pause(t.Context(), time.Minute) // the probe is refused: twice as long
		probe(nil)
		probe, err = l.Acquire(t.Context(), limit.Live)
		if waited := time.Since(second); err != nil || waited < 2*time.Minute || waited > 2*time.Minute+2*time.Second {
			t.Fatalf("second probe after %v: %v", waited, err)
		}
		probe(nil) // answered: everybody may go on
		for range 3 {
			done, err := other.Acquire(t.Context(), limit.Live)
			if err != nil {
				t.Fatal(err)
			}
			defer done(nil)
		}
		l.Pause(t.Context(), time.Minute) // a later refusal begins with the short pause again
		if b := budget(t, l); time.Until(*b.PausedUntil) > time.Minute {
			t.Errorf("paused for %v", time.Until(*b.PausedUntil))
		}
	})
}

// TestWhoWaitsForAnAnswerIsToldInTime: a request that somebody waits for is told at once when its turn would come too late,
// its calls share the time they may wait, and what is free is had whatever was waited before.
func TestWhoWaitsForAnAnswerIsToldInTime(t *testing.T) {
	inBubble(t, func(t *testing.T, _ *miniredis.Miniredis, client *redis.Client) {
		l := limiter(client, limit.Rates{PerMinute: 90, Concurrency: 1})
		asked := limit.Within(t.Context(), 20*time.Second)
		l.Pause(t.Context(), time.Minute)
		begin := time.Now()
		_, err := l.Acquire(asked, limit.Person)
		if f := fault.Of(err); f == nil || f.Code != "minute_limit" || f.RetryAfter < 55*time.Second || time.Since(begin) > time.Second {
			t.Fatalf("during a pause: %v after %v", err, time.Since(begin))
		}
		time.Sleep(time.Minute)
		held, err := l.Acquire(asked, limit.Person)
		if err != nil {
			t.Fatalf("after the pause: %v", err)
		}
		begin = time.Now()
		if _, err := l.Acquire(asked, limit.Person); fault.Of(err) == nil || fault.Of(err).Code != "minute_limit" || time.Since(begin) < 15*time.Second || time.Since(begin) > 22*time.Second {
			t.Errorf("while the only place is taken: %v after %v", err, time.Since(begin))
		}
		begin = time.Now()
		if _, err := l.Acquire(asked, limit.Person); fault.Of(err) == nil || time.Since(begin) > 2*time.Second {
			t.Errorf("nothing is left to wait: %v after %v", err, time.Since(begin))
		}
		held(nil)
		free, err := l.Acquire(asked, limit.Person)
		if err != nil {
			t.Fatalf("a turn that is there: %v", err)
		}
		free(nil)
	})
}

// TestWhatWasBegunWaitsThoughNobodyDoes: work that goes on after its request was answered has all the time it needs.
func TestWhatWasBegunWaitsThoughNobodyDoes(t *testing.T) {
	inBubble(t, func(t *testing.T, _ *miniredis.Miniredis, client *redis.Client) {
		l := limiter(client, limit.Rates{PerMinute: 90})
		l.Pause(t.Context(), time.Minute)
		free, err := l.Acquire(limit.Unhurried(context.WithoutCancel(limit.Within(t.Context(), 20*time.Second))), limit.Person)
		if err != nil {
			t.Fatalf("what was begun: %v", err)
		}
		free(nil)
	})
}

func TestSlowLowersThePaceForAnHour(t *testing.T) {
	inBubble(t, func(t *testing.T, _ *miniredis.Miniredis, client *redis.Client) {
		l := limiter(client, limit.Rates{PerMinute: 90})
		for range 4 { // refusals of calls that were in flight together count once
			l.Slow(t.Context())
		}
		if b := budget(t, l); b.Minute.Limit != 59 || b.SlowedUntil == nil {
			t.Errorf("slowed: %+v", b)
		}
		time.Sleep(time.Hour)
		if b := budget(t, l); b.Minute.Limit != 90 || b.SlowedUntil != nil {
			t.Errorf("an hour later: %+v", b)
		}
	})
}

func TestAFlushedRedisForgetsNothingThatMatters(t *testing.T) {
	inBubble(t, func(t *testing.T, server *miniredis.Miniredis, client *redis.Client) {
		a, b := limiter(client, limit.Rates{PerMinute: 30, PerDay: 5000}), limiter(client, limit.Rates{PerMinute: 30, PerDay: 5000})
		var arrived []time.Time
		one := func(l *limit.Limiter) {
			start, _ := call(t, l, limit.Live, 10*time.Millisecond)
			arrived = append(arrived, start)
		}
		for i := range 90 {
			one([]*limit.Limiter{a, b}[i%2])
			if i == 25 || i == 60 {
				done, err := a.Acquire(t.Context(), limit.Live)
				if err != nil {
					t.Fatal(err)
				}
				arrived = append(arrived, time.Now())
				done(&limit.Quota{Limit: 2000, Remaining: 1200, ResetIn: time.Hour})
				one(a)
				server.FlushAll()
			}
		}
		if most := mostInAMinute(arrived); most > 30 {
			t.Errorf("%d calls in one minute, allowed 30", most)
		}
		if got := budget(t, a).Day; got.Limit != 2000 || got.Left > 1200 || got.UsedByUs < 90 {
			t.Errorf("day after the flush: %+v", got)
		}
	})
}

// TestTheDaysLimitComesBackFromTheLog loses all of Redis when no process remembers anything, after more
// calls than the smallest plan allows a day.
func TestTheDaysLimitComesBackFromTheLog(t *testing.T) {
	for _, c := range []struct {
		name        string
		log         limit.Log
		limit, left int
		over        bool
	}{
		{"an answer of today told", limit.Log{Today: 3000, Limit: 5000, Left: 1500}, 5000, 1499, false},
		{"an answer of yesterday told", limit.Log{Today: 3000, Limit: 5000, Left: -1}, 5000, 1999, false},
		{"nothing was left", limit.Log{Today: 3000, Limit: 5000, Left: 0}, 5000, 0, true},
		{"no answer ever told", limit.Log{Today: 1000, Left: -1}, 1000, 0, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, _ *miniredis.Miniredis, client *redis.Client) {
				l := limit.New(client, "60001", limit.Options{Rates: limit.Rates{PerMinute: 90}, Now: time.Now,
					Remembered: func(context.Context, time.Time, time.Time) (limit.Log, error) { return c.log, nil }})
				done, err := l.Acquire(t.Context(), limit.Live)
				if over := fault.Of(err) != nil && fault.Of(err).Code == "daily_limit"; over != c.over || err != nil && !over {
					t.Fatalf("the next call: %v", err)
				}
				if err == nil {
					done(nil)
				}
				if got := budget(t, l).Day; got.Limit != c.limit || got.Left != c.left {
					t.Errorf("%+v", got)
				}
			})
		})
	}
}

func TestAnOlderRedisIsToldWhatHappenedSince(t *testing.T) {
	inBubble(t, func(t *testing.T, server *miniredis.Miniredis, client *redis.Client) {
		l := limiter(client, limit.Rates{PerMinute: 30})
		call(t, l, limit.Live, 0)
		const key = "qlobooks:limit:{60001}:calls"
		for range 28 {
			call(t, l, limit.Live, 0)
		}
		server.Del(key) // as a Redis that came back with a snapshot of 28 calls ago
		server.HSet("qlobooks:limit:{60001}:state", "seq", "1")
		begin := time.Now()
		for range 2 {
			call(t, l, limit.Live, 0)
		}
		if time.Since(begin) < 58*time.Second {
			t.Errorf("the 31st call went out after %v", time.Since(begin))
		}
	})
}

func TestRedisDownIsSaid(t *testing.T) {
	server := miniredis.RunT(t)
	client := redis.NewClient(&redis.Options{Addr: server.Addr(), MaxRetries: -1})
	server.Close()
	_, err := limit.New(client, "1", limit.Options{}).Acquire(t.Context(), limit.Live)
	if f := fault.Of(err); f.Kind != fault.Unavailable || f.Code != "redis_unavailable" {
		t.Fatalf("got %v", err)
	}
}

func TestOneClockForAllWhenNoneIsGiven(t *testing.T) {
	server := miniredis.RunT(t)
	client := redis.NewClient(&redis.Options{Addr: server.Addr()})
	at := time.Date(2031, 5, 1, 12, 0, 0, 0, time.UTC)
	server.SetTime(at)
	l := limit.New(client, "1", limit.Options{Rates: limit.Rates{PerMinute: 1}})
	done, err := l.Acquire(t.Context(), limit.Live)
	if err != nil {
		t.Fatal(err)
	}
	done(nil)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := l.Acquire(ctx, limit.Live); fault.Of(err).RetryAfter < 59*time.Second {
		t.Errorf("second call: %v", err)
	}
	server.SetTime(at.Add(61 * time.Second))
	done, err = l.Acquire(t.Context(), limit.Live)
	if err != nil {
		t.Fatal(err)
	}
	done(nil)
}

// flaky is a Redis whose n-th command fails, before or after it is carried out.
type flaky struct {
	redis.Scripter
	seen, at int
	done     bool
}

func (f *flaky) command(run func() *redis.Cmd) *redis.Cmd {
	f.seen++
	lost := redis.NewCmd(context.Background())
	lost.SetErr(errors.New("connection reset"))
	if f.seen == f.at && !f.done {
		return lost
	}
	cmd := run()
	if f.seen == f.at {
		return lost
	}
	return cmd
}

func (f *flaky) EvalSha(ctx context.Context, sha string, keys []string, args ...any) *redis.Cmd {
	return f.command(func() *redis.Cmd { return f.Scripter.EvalSha(ctx, sha, keys, args...) })
}

func (f *flaky) Eval(ctx context.Context, script string, keys []string, args ...any) *redis.Cmd {
	return f.command(func() *redis.Cmd { return f.Scripter.Eval(ctx, script, keys, args...) })
}

// TestRedisFailsAtEveryCommand loses one command after another while a process with a memory meets an
// empty Redis and a long log: a call is let go or a fault says why not, and the minute is kept.
func TestRedisFailsAtEveryCommand(t *testing.T) {
	server := startRedis(t)
	for _, done := range []bool{false, true} {
		for n, reached := 1, true; reached; n++ {
			server.inBubble(t, func(t *testing.T, dial func() *redis.Client, _ func()) {
				client := dial()
				f := &flaky{Scripter: client}
				logged := map[string]time.Time{}
				const before = 2100 // more than a script is told at once
				l := limit.New(f, "60001", limit.Options{Rates: limit.Rates{PerMinute: before + 10, PerDay: 100000, Concurrency: 10}, Now: time.Now,
					Remembered: func(context.Context, time.Time, time.Time) (limit.Log, error) {
						return limit.Log{Recent: logged, Today: len(logged)}, nil
					}})
				call(t, l, limit.Live, 10*time.Millisecond)
				for i := range before {
					logged[fmt.Sprint(i)] = time.Now()
				}
				if err := client.FlushDB(t.Context()).Err(); err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				f.seen, f.at, f.done = 0, n, done
				release, err := l.Acquire(t.Context(), limit.Live)
				let := 0
				if err == nil {
					let++
					release(nil)
				} else if got := fault.Of(err); got.Kind != fault.Unavailable || got.Code != "redis_unavailable" || got.Action == "" {
					t.Errorf("command %d (carried out: %t): %v", n, done, err)
				}
				if _, err := l.Budget(t.Context()); err != nil && fault.Of(err).Code != "redis_unavailable" {
					t.Errorf("command %d (carried out: %t): budget %v", n, done, err)
				}
				reached = f.seen >= n
				for time.Since(began) < 50*time.Second {
					ctx, cancel := context.WithTimeout(t.Context(), time.Second)
					if release, err := l.Acquire(ctx, limit.Live); err == nil {
						let++
						release(nil)
					} else {
						time.Sleep(time.Second)
					}
					cancel()
				}
				// One call was made before; a lost answer may count for a call that was not made.
				if let > 9 || let < 8 {
					t.Errorf("command %d (carried out: %t): %d calls more, 9 were left", n, done, let)
				}
			})
		}
	}
}

// TestWithoutTheLogNobodyCalls waits for the log of calls when Redis knows nothing, rather than guess.
func TestWithoutTheLogNobodyCalls(t *testing.T) {
	inBubble(t, func(t *testing.T, _ *miniredis.Miniredis, client *redis.Client) {
		broken := errors.New("the database is away")
		l := limit.New(client, "60001", limit.Options{Rates: limit.Rates{PerMinute: 10, PerDay: 100}, Now: time.Now,
			Remembered: func(context.Context, time.Time, time.Time) (limit.Log, error) { return limit.Log{Today: 7}, broken }})
		_, err := l.Acquire(t.Context(), limit.Person)
		if f := fault.Of(err); err == nil || f.Kind != fault.Unavailable || f.Code != "database_down" || f.Action == "" {
			t.Errorf("without the log: %v", err)
		}
		broken = nil
		call(t, l, limit.Person, 0)
		if got := budget(t, l).Day.UsedByUs; got != 8 {
			t.Errorf("%d calls of today are known, want 7 and this one", got)
		}
	})
}
