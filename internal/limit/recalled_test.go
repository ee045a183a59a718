package limit_test

import (
	"context"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/qlobooks/qlobooks/internal/limit"
)

// TestTheLogIsReadByItsOwnClock has Redis forget everything while the clock of the process is ahead of the one by
// which calls are logged: the calls of the last minute count all the same.
func TestTheLogIsReadByItsOwnClock(t *testing.T) {
	inBubble(t, func(t *testing.T, _ *miniredis.Miniredis, client *redis.Client) {
		logged := func() time.Time { return time.Now().Add(-5 * time.Minute) }
		last := logged().Add(-10 * time.Second)
		found := 0
		l := limit.New(client, "org", limit.Options{Rates: limit.Rates{PerMinute: 90}, LogNow: logged,
			Remembered: func(_ context.Context, since, _ time.Time) (limit.Log, error) {
				log := limit.Log{Recent: map[string]time.Time{}, Left: -1}
				if !last.Before(since) {
					found++
					log.Recent["1"] = last
				}
				return log, nil
			}})
		release, err := l.Acquire(t.Context(), limit.Live)
		if err != nil {
			t.Fatal(err)
		}
		release(nil)
		if found == 0 {
			t.Error("the last call is not found in the log")
		}
	})
}
