package limit_test

import (
	"context"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/qlobooks/qlobooks/internal/limit"
)

// TestTheFirstAnswerIsBelievedOverAReckonedEndOfTheDay begins with what the log of calls says, in a process
// that does not know the organization's zone, on both sides of Greenwich.
func TestTheFirstAnswerIsBelievedOverAReckonedEndOfTheDay(t *testing.T) {
	for _, name := range []string{"Asia/Kolkata", "Europe/Berlin", "Australia/Sydney", "America/New_York", "UTC"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		inBubble(t, func(t *testing.T, _ *miniredis.Miniredis, client *redis.Client) {
			l := limit.New(client, "org", limit.Options{Rates: limit.Rates{PerMinute: 90}, Now: time.Now,
				Remembered: func(context.Context, time.Time, time.Time) (limit.Log, error) {
					return limit.Log{Today: 5, Limit: 10000, Left: 9888}, nil
				}})
			now := time.Now()
			y, m, d := now.In(zone).Date()
			end := time.Date(y, m, d+1, 0, 0, 0, 0, zone)
			release, err := l.Acquire(t.Context(), limit.Live)
			if err != nil {
				t.Fatal(err)
			}
			release(&limit.Quota{Limit: 5000, Remaining: 4000, ResetIn: end.Sub(now)})
			day := budget(t, l).Day
			if day.Limit != 5000 || day.ResetsAt.Sub(end).Abs() > time.Minute {
				t.Errorf("%s: %d calls until %v, told were 5000 until %v", name, day.Limit, day.ResetsAt, end.UTC())
			}
		})
	}
}
