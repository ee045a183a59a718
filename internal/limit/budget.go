package limit

import (
	"context"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
)

// Budget is what is used and left; the JSON is that of GET /connection/budget.
type Budget struct {
	Minute      MinuteBudget `json:"minute"`
	Day         DayBudget    `json:"day"`
	Reserve     int          `json:"reserve"` // calls of the day kept from history
	Lanes       LaneCounts   `json:"lanes"`   // calls made today
	Waiting     LaneCounts   `json:"waiting"` // calls that wait for their turn now
	PausedUntil *time.Time   `json:"paused_until"`
	SlowedUntil *time.Time   `json:"slowed_until"` // another application is calling
	Concurrency int          `json:"concurrency"`
	InFlight    int          `json:"in_flight"`
}

// MinuteBudget counts the last 60 seconds.
type MinuteBudget struct {
	Limit int `json:"limit"`
	Used  int `json:"used"`
}

// DayBudget counts since midnight in the organization's time zone.
type DayBudget struct {
	Limit        int       `json:"limit"`
	UsedByUs     int       `json:"used_by_us"`
	UsedByOthers int       `json:"used_by_others"`
	Left         int       `json:"left"`
	ResetsAt     time.Time `json:"resets_at"`
	Source       string    `json:"source" enums:"header,setting,default"`
}

// LaneCounts is one number per lane.
type LaneCounts struct {
	Person  int `json:"person"`
	Live    int `json:"live"`
	History int `json:"history"`
}

// Budget reads the numbers without taking a call.
func (l *Limiter) Budget(ctx context.Context) (Budget, error) {
	r := l.rates.Load()
	reply, err := look.Run(ctx, l.redis, l.keys, l.clock(), l.midnight(r.Zone), r.PerMinute, r.PerDay, unlearned, r.Concurrency).Slice()
	if err != nil {
		return Budget{}, fault.New(fault.Unavailable, "redis_unavailable", "Redis does not answer, so that the call budget is not known.").
			Do("Check QLOBOOKS_REDIS_URL and that Redis is running.").By(err)
	}
	n := func(i int) int { return int(number(text(reply, i))) }
	day := DayBudget{Limit: n(3), UsedByUs: n(4), UsedByOthers: n(5), Left: n(6), ResetsAt: *instant(n(7), -1), Source: text(reply, 8)}
	return Budget{
		Minute:      MinuteBudget{Limit: n(1), Used: n(2)},
		Day:         day,
		Reserve:     (day.Limit*r.ReservePercent + 99) / 100,
		Lanes:       LaneCounts{n(9), n(10), n(11)},
		Waiting:     LaneCounts{n(12), n(13), n(14)},
		PausedUntil: instant(n(15), n(0)),
		SlowedUntil: instant(n(16), n(0)),
		Concurrency: n(18),
		InFlight:    n(17),
	}, nil
}

// instant is nil for a moment that is over.
func instant(ms, now int) *time.Time {
	if ms <= now {
		return nil
	}
	t := time.UnixMilli(int64(ms)).UTC()
	return &t
}
