package limit_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/limit"
)

// TestTooManyAtOnceIsLearned halves the calls at once when Zoho refuses one for their number, and gives
// them back one by one, a quiet minute each.
func TestTooManyAtOnceIsLearned(t *testing.T) {
	inBubble(t, func(t *testing.T, _ *miniredis.Miniredis, client *redis.Client) {
		l := limit.New(client, "org", limit.Options{Rates: limit.Rates{PerMinute: 1000, Concurrency: 8}, Now: time.Now})
		atOnce := func() int { t.Helper(); return budget(t, l).Concurrency }
		for range 5 { // all that were under way are refused
			l.Crowded(t.Context())
		}
		if got := atOnce(); got != 4 {
			t.Errorf("%d at once after a refusal, want 4", got)
		}
		time.Sleep(3 * time.Second)
		l.Crowded(t.Context())
		if got := atOnce(); got != 2 {
			t.Errorf("%d at once after another, want 2", got)
		}
		for want := 3; want <= 8; want++ {
			time.Sleep(time.Minute)
			if got := atOnce(); got != want {
				t.Errorf("%d at once after a quiet minute, want %d", got, want)
			}
		}
		time.Sleep(time.Hour)
		if got := atOnce(); got != 8 {
			t.Errorf("%d at once in the end", got)
		}
	})
}

// TestASavedRateHoldsInEveryProcess saves rates in one process, and calls in another that read others.
func TestASavedRateHoldsInEveryProcess(t *testing.T) {
	inBubble(t, func(t *testing.T, _ *miniredis.Miniredis, client *redis.Client) {
		saves := limit.New(client, "org", limit.Options{Now: time.Now})
		calls := limit.New(client, "org", limit.Options{Now: time.Now})
		calls.SetRates(t.Context(), limit.Rates{PerMinute: 90, Concurrency: 10})
		saves.SetRates(t.Context(), limit.Rates{PerMinute: 3, Concurrency: 10})
		calls.SetRates(t.Context(), limit.Rates{PerMinute: 90, Concurrency: 10}) // a snapshot of the rules from before
		made := 0
		for ; made < 10; made++ {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			release, err := calls.Acquire(ctx, limit.Person)
			cancel()
			if err != nil {
				break
			}
			release(nil)
		}
		if made != 3 {
			t.Errorf("%d calls in a minute, 3 were saved", made)
		}
		if got := budget(t, calls).Minute.Limit; got != 3 {
			t.Errorf("the budget says %d a minute", got)
		}
		saves.SetRates(t.Context(), limit.Rates{PerMinute: 100000, Concurrency: 10})
		if release, err := calls.Acquire(t.Context(), limit.Person); err != nil {
			t.Error(err)
		} else {
			release(nil)
		}
		synctest.Wait()
	})
}

// TestAPersonMayTryWhetherTheDayHasMore lets one call through on a day that is used up, and believes its
// answer.
func TestAPersonMayTryWhetherTheDayHasMore(t *testing.T) {
	inBubble(t, func(t *testing.T, _ *miniredis.Miniredis, client *redis.Client) {
		l := limit.New(client, "org", limit.Options{Rates: limit.Rates{PerMinute: 1000}, Now: time.Now})
		release, err := l.Acquire(t.Context(), limit.Person)
		if err != nil {
			t.Fatal(err)
		}
		release(&limit.Quota{Limit: 1000, Remaining: 0, ResetIn: 10 * time.Hour})
		over := func() bool {
			t.Helper()
			release, err := l.Acquire(t.Context(), limit.Live)
			if err == nil {
				release(nil)
			}
			f := fault.Of(err)
			return f != nil && f.Code == "daily_limit"
		}
		if !over() {
			t.Fatal("a day that is used up goes on")
		}
		l.TryDay(t.Context())
		if over() || !over() {
			t.Error("not exactly one call was let through")
		}
		l.TryDay(t.Context())
		if release, err = l.Acquire(t.Context(), limit.Person); err != nil {
			t.Fatal(err)
		}
		release(&limit.Quota{Limit: 5000, Remaining: 3999, ResetIn: 10 * time.Hour})
		if over() {
			t.Error("a raised limit is not believed")
		}
	})
}

// TestATryOfTheDayOutlivesItsWait lets the one call through also where it has to wait for its turn first.
func TestATryOfTheDayOutlivesItsWait(t *testing.T) {
	inBubble(t, func(t *testing.T, _ *miniredis.Miniredis, client *redis.Client) {
		l := limit.New(client, "org", limit.Options{Rates: limit.Rates{PerMinute: 1}, Now: time.Now})
		release, err := l.Acquire(t.Context(), limit.Person)
		if err != nil {
			t.Fatal(err)
		}
		release(&limit.Quota{Limit: 1000, Remaining: 0, ResetIn: 10 * time.Hour})
		l.TryDay(t.Context())
		if release, err = l.Acquire(t.Context(), limit.Person); err != nil { // its minute is used up as well
			t.Fatal(err)
		}
		release(nil)
		if _, err := l.Acquire(t.Context(), limit.Person); fault.Of(err) == nil || fault.Of(err).Code != "daily_limit" {
			t.Errorf("a second call was let through: %v", err)
		}
	})
}

// TestADayThatEndsSooner moves the end of the day forward while it goes on, as a changed time zone of the organization does:
// a refusal that tells it ends the calls until then, and no longer.
func TestADayThatEndsSooner(t *testing.T) {
	inBubble(t, func(t *testing.T, _ *miniredis.Miniredis, client *redis.Client) {
		l := limit.New(client, "org", limit.Options{Rates: limit.Rates{PerMinute: 1000, Concurrency: 8}, Now: time.Now})
		answered := func(q limit.Quota) {
			t.Helper()
			release, err := l.Acquire(t.Context(), limit.Person)
			if err != nil {
				t.Fatal(err)
			}
			release(&q)
		}
		answered(limit.Quota{Limit: 1000, Remaining: 900, ResetIn: 20 * time.Hour})
		time.Sleep(time.Hour)
		answered(limit.Quota{Limit: 1000, Remaining: 0, ResetIn: 10 * time.Hour, Refused: true})
		if _, err := l.Acquire(t.Context(), limit.Person); fault.Of(err) == nil || fault.Of(err).Code != "daily_limit" || fault.Of(err).RetryAfter > 10*time.Hour {
			t.Errorf("after the refusal a call is answered %v", err)
		}
		time.Sleep(10*time.Hour + time.Second)
		answered(limit.Quota{Limit: 1000, Remaining: 999, ResetIn: 24 * time.Hour})
		// What was asked on the day before is answered now: it says nothing of this one.
		answered(limit.Quota{Limit: 1000, Remaining: 0, ResetIn: time.Second, Refused: true})
		if left := budget(t, l).Day.Left; left < 990 {
			t.Errorf("%d calls are left of the new day", left)
		}
	})
}
