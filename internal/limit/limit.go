// Package limit is the one limiter of calls to an organisation, shared by all processes
// through Redis.
//
// It keeps three limits of Zoho Books: calls in any 60 seconds, calls at once, calls a day.
// A call is counted as arriving when its answer came, or one second after it was let go if the
// answer took longer; that costs at most 1.7 % of the rate and covers the way to Zoho. Lanes
// are served in order: a person who waits, then live work, then history, which leaves a
// reserve of the day to the others.
//
// Nothing here must survive: a process that finds Redis younger than its own memory tells it
// the calls and numbers it remembers before it goes on.
package limit

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"github.com/qlobooks/qlobooks/internal/fault"
)

// Lane says who waits for a call.
type Lane string

const (
	Person  Lane = "person"
	Live    Lane = "live"
	History Lane = "history"
)

func (l Lane) rank() int {
	switch l {
	case Person:
		return 1
	case History:
		return 3
	default:
		return 2
	}
}

// Rates are the limits that a person may set.
type Rates struct {
	PerMinute      int            // 90 when 0; Zoho allows 100
	PerDay         int            // our own share of the day; 0 = what Zoho allows
	ReservePercent int            // of the day, closed to history
	Concurrency    int            // 5 when 0
	Zone           *time.Location // the organisation's, for the end of a day not yet learned
}

// Options are fixed for the life of a Limiter, except Rates.
type Options struct {
	Rates Rates
	Now   func() time.Time // nil = Redis' clock, the same for all processes
	// Sleep waits by the clock of Now; nil = by the process' own.
	Sleep func(ctx context.Context, d time.Duration) error
}

const (
	travel    = time.Second      // the latest arrival of a call whose answer has not come
	lease     = 30 * time.Second // a dead process frees its calls in flight after this
	heartbeat = 3 * time.Second  // a waiting call counts as waiting this long after it last asked
	longest   = time.Second      // between two questions, so that a changed state is noticed
	mostPause = 10 * time.Minute
	unlearned = 1000 // calls a day until Zoho says better: its smallest plan
)

// Limiter limits the calls to one organisation.
type Limiter struct {
	redis redis.Scripter
	keys  []string
	now   func() time.Time
	sleep func(ctx context.Context, d time.Duration) error
	rates atomic.Pointer[Rates]
	freed chan struct{} // calls of this process that have ended; several end at once

	mu    sync.Mutex
	known memory
}

// memory is the state as this process last saw it.
type memory struct {
	epoch string
	seq   string
	state []any            // field, value, …
	calls map[string]int64 // id → score, at least those still in the window
	asOf  int64            // everything scored before this is known
	kept  int              // calls after the last clearing
}

// New makes the limiter of an organisation. Limiters of the same organisation on the same
// Redis share everything but Rates.
func New(client redis.Scripter, org string, o Options) *Limiter {
	l := &Limiter{redis: client, now: o.Now, sleep: o.Sleep, freed: make(chan struct{}, 32)}
	if l.sleep == nil {
		l.sleep = sleep
	}
	for _, name := range []string{"state", "calls", "flight", "person", "live", "history"} {
		l.keys = append(l.keys, "qlobooks:limit:{"+org+"}:"+name)
	}
	l.SetRates(o.Rates)
	return l
}

// SetRates changes the rates from the next call on.
func (l *Limiter) SetRates(r Rates) {
	if r.PerMinute <= 0 {
		r.PerMinute = 90
	}
	if r.Concurrency <= 0 {
		r.Concurrency = 5
	}
	if r.Zone == nil {
		r.Zone = time.UTC
	}
	r.ReservePercent = min(max(r.ReservePercent, 0), 100)
	l.rates.Store(&r)
}

// Acquire waits for the permission to make one call, at most as long as ctx allows. The call
// must be sent at once; release must follow when it has ended, however it ended.
//
// Faults: Limited/daily_limit at once when the day is used up for this lane, Limited/minute_limit
// when ctx would end before the next slot, both with RetryAfter; Unavailable when Redis does
// not answer. After any of them it is certain that nothing was counted.
func (l *Limiter) Acquire(ctx context.Context, lane Lane) (release func(), err error) {
	id := uuid.NewString()
	for {
		v, err := l.try(ctx, id, lane)
		if err != nil {
			return nil, l.giveUp(ctx, id, v.wait, err)
		}
		switch v.verdict {
		case "ok":
			return l.releaser(ctx, id, v.wait), nil
		case "day":
			return nil, dayOver(lane, v.wait)
		case "seed":
			if err := l.seed(ctx, v.epoch); err != nil {
				return nil, l.giveUp(ctx, id, 0, err)
			}
			continue
		}
		if v.verdict == "full" {
			l.place(ctx, v.wait)
			continue
		}
		if v.verdict != "wait" && !fits(ctx, v.wait) {
			return nil, l.giveUp(ctx, id, v.wait, context.DeadlineExceeded)
		}
		if err := l.sleep(ctx, min(v.wait, longest)); err != nil {
			return nil, l.giveUp(ctx, id, v.wait, err)
		}
	}
}

// place waits until a call of this process has ended, or for a while, as one of another process
// may end.
func (l *Limiter) place(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-l.freed:
	case <-timer.C:
	case <-ctx.Done():
	}
}

type verdict struct {
	verdict string
	wait    time.Duration // for ok: the moment, since 1970, at which the call was let go
	epoch   string
}

func (l *Limiter) try(ctx context.Context, id string, lane Lane) (verdict, error) {
	r := l.rates.Load()
	l.mu.Lock()
	epoch, seq, asOf := l.known.epoch, l.known.seq, l.known.asOf
	l.mu.Unlock()
	if seq == "" {
		seq = "0"
	}
	reply, err := acquire.Run(ctx, l.redis, l.keys, l.clock(), id, lane.rank(), r.PerMinute, r.PerDay, unlearned,
		r.ReservePercent, r.Concurrency, travel.Milliseconds(), lease.Milliseconds(), heartbeat.Milliseconds(),
		l.midnight(r.Zone), uuid.NewString(), epoch, seq, asOf).Slice()
	if err != nil {
		return verdict{}, err
	}
	v := verdict{verdict: text(reply, 0), wait: millis(reply, 1), epoch: text(reply, 2)}
	if v.verdict == "ok" {
		l.remember(v, reply[3].([]any), reply[4].([]any))
	}
	return v, nil
}

// remember keeps the newest state seen, for seed. Replies may overtake each other, so that a call
// keeps its latest score.
func (l *Limiter) remember(v verdict, state, calls []any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := &l.known
	seq := field(state, "seq")
	if k.epoch != v.epoch || number(seq) > number(k.seq) {
		k.epoch, k.seq, k.state = v.epoch, seq, k.state[:0]
		for i := 0; i+1 < len(state); i += 2 {
			if text(state, i) != "epoch" {
				k.state = append(k.state, state[i], state[i+1])
			}
		}
	}
	if k.calls == nil {
		k.calls = map[string]int64{}
	}
	for i := 0; i+1 < len(calls); i += 2 {
		id := text(calls, i)
		k.calls[id] = max(k.calls[id], number(text(calls, i+1)))
	}
	now := v.wait.Milliseconds()
	k.asOf = max(k.asOf, now)
	if len(k.calls) > 2*k.kept+100 {
		maps.DeleteFunc(k.calls, func(_ string, score int64) bool { return score < now-time.Minute.Milliseconds() })
		k.kept = len(k.calls)
	}
}

func field(state []any, name string) string {
	for i := 0; i+1 < len(state); i += 2 {
		if text(state, i) == name {
			return text(state, i+1)
		}
	}
	return ""
}

func (l *Limiter) seed(ctx context.Context, epoch string) error {
	l.mu.Lock()
	args := append([]any{l.clock(), len(l.known.state) + 2}, l.known.state...)
	for id, score := range l.known.calls {
		args = append(args, score, id)
	}
	l.mu.Unlock()
	// Lua takes a few thousand values at once; the state goes with each part.
	const most = 4000
	head := args[1].(int)
	for from := head; from == head || from < len(args); from += most {
		part := append(slices.Clone(args[:head]), args[from:min(from+most, len(args))]...)
		if err := seed.Run(ctx, l.redis, l.keys, part...).Err(); err != nil {
			return err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.known.epoch, l.known.asOf = epoch, 0 // others tell it what they know, too
	return nil
}

// releaser works although ctx has ended by then; a lost release is healed by the lease.
func (l *Limiter) releaser(ctx context.Context, id string, since time.Duration) func() {
	return sync.OnceFunc(func() {
		l.after(ctx, release, id, since.Milliseconds())
		select {
		case l.freed <- struct{}{}:
		default:
		}
	})
}

// giveUp leaves the queue and says why in the words of a fault.
func (l *Limiter) giveUp(ctx context.Context, id string, wait time.Duration, err error) error {
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	left := leave.Run(after, l.redis, l.keys, id).Err()
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, context.DeadlineExceeded) && left == nil:
		return fault.New(fault.Limited, "minute_limit", "Zoho Books allows a limited number of calls a minute, and this call's turn did not come in time.").
			Do("Nothing needs to be done: it is tried again.").After(max(wait, time.Second))
	}
	return fault.New(fault.Unavailable, "redis_unavailable", "Redis does not answer, so that calls to Zoho Books cannot be counted.").
		Do("Check QLOBOOKS_REDIS_URL and that Redis is running.").By(err)
}

func dayOver(lane Lane, wait time.Duration) error {
	detail := "The calls that Zoho Books allows for today are used up."
	if lane == History {
		detail = "Today's calls for older records are used up; the rest of the day's calls is kept for live work."
	}
	return fault.New(fault.Limited, "daily_limit", "%s", detail).
		Do("Work goes on by itself when the day ends in the organisation's time zone; Zoho raises the limit on request.").After(wait)
}

// Quota is what Zoho's headers say of the day. Limit 0 and ResetIn 0 mean that they were absent.
type Quota struct {
	Limit, Remaining int
	ResetIn          time.Duration
}

// Learn takes the numbers of an answer. It must be called before the call's release.
func (l *Limiter) Learn(ctx context.Context, q Quota) {
	l.after(ctx, learn, q.Limit, q.Remaining, q.ResetIn.Milliseconds(), l.midnight(l.rates.Load().Zone), unlearned)
}

// GiveBack says that the call of an Acquire was never sent, so that it does not count for the day.
func (l *Limiter) GiveBack(ctx context.Context) { l.after(ctx, giveBack) }

// Pause stops everybody for d, or for twice the last pause (at most ten minutes) when the call
// that was to try again is refused. Then one call tries, and all follow if it is not refused.
func (l *Limiter) Pause(ctx context.Context, d time.Duration) {
	l.after(ctx, pause, d.Milliseconds(), mostPause.Milliseconds())
}

// Slow lowers the pace for an hour: Zoho refused a call although we kept the limit, so that
// another application must be calling.
func (l *Limiter) Slow(ctx context.Context) { l.after(ctx, slow) }

// after runs a script whose failure must not hide the result of the call it follows.
func (l *Limiter) after(ctx context.Context, s *redis.Script, args ...any) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	_ = s.Run(ctx, l.redis, l.keys, append([]any{l.clock()}, args...)...).Err()
}

// clock is the moment for a script; 0 lets it ask Redis.
func (l *Limiter) clock() int64 {
	if l.now == nil {
		return 0
	}
	return l.now().UnixMilli()
}

func (l *Limiter) midnight(zone *time.Location) int64 {
	now := time.Now
	if l.now != nil {
		now = l.now
	}
	y, m, d := now().In(zone).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, zone).UnixMilli()
}

func fits(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return !ok || time.Until(deadline) > wait
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func text(reply []any, i int) string {
	switch v := reply[i].(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	}
	return ""
}

func number(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}

func millis(reply []any, i int) time.Duration {
	return time.Duration(number(text(reply, i))) * time.Millisecond
}
