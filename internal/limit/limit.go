// Package limit is the one limiter of calls to an organization, shared by all processes
// through Redis.
//
// It keeps three limits of Zoho Books: calls in any 60 seconds, calls at once, calls a day.
// A call is counted as arriving when its answer came, however late that is, as it may have been on
// its way until then; that costs the rate no more than the time of an answer. Lanes are served in
// order: a person who waits, then live work, then history, which leaves a reserve of the day to
// the others.
//
// Nothing here must survive: a process that finds Redis younger than its own memory tells it
// the calls and numbers it remembers before it goes on, and whoever finds it empty tells it what
// the log of calls says. Only calls that others have in flight at that moment are not known until
// those others ask again.
package limit

import (
	"context"
	"errors"
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
	Zone           *time.Location // the organization's, for the end of a day not yet learned
}

// Options are fixed for the life of a Limiter, except Rates.
type Options struct {
	Rates Rates
	Now   func() time.Time // nil = Redis' clock, the same for all processes
	// Sleep waits by the clock of Now; nil = by the process' own.
	Sleep func(ctx context.Context, d time.Duration) error
	// Remembered reads the log of calls, since a moment and since the day began, for a state in Redis
	// that is new. nil = there is no log.
	Remembered func(ctx context.Context, since, day time.Time) (Log, error)
	// LogNow is the clock of that log; nil = Now, or the process' own. Another clock would look for the calls of
	// the last minute where there are none.
	LogNow func() time.Time
}

// Log is what the log of calls knows.
type Log struct {
	Recent map[string]time.Time // when calls ended, by the names that the log gives them
	Today  int                  // calls of the day
	Limit  int                  // calls a day, as the latest answer said; 0 = none did
	Left   int                  // what was left of them today; negative = no answer of today said so
}

const (
	travel    = time.Second            // before this a call is not asked whether it still is on its way
	lease     = 22 * time.Second       // a dead process frees its calls in flight after this; a call takes 20 at most
	heartbeat = 3 * time.Second        // a waiting call counts as waiting this long after it last asked
	longest   = time.Second            // between two questions, so that a changed state is noticed
	retry     = 25 * time.Millisecond  // between two questions for a place that another process has
	fallback  = 200 * time.Millisecond // the same, when the end of a call of ours will wake us
	mostPause = 10 * time.Minute
	crowdSpan = 2 * time.Second // refusals of calls that were under way together count once
	unlearned = 1000            // calls a day until Zoho says better: its smallest plan
)

// Limiter limits the calls to one organization.
type Limiter struct {
	redis      redis.Scripter
	keys       []string
	now        func() time.Time
	sleep      func(ctx context.Context, d time.Duration) error
	remembered func(ctx context.Context, since, day time.Time) (Log, error)
	logNow     func() time.Time
	rates      atomic.Pointer[Rates]
	told       atomic.Bool   // the rates were told to the other processes once
	freed      chan struct{} // calls of this process that have ended; several end at once

	mu    sync.Mutex
	known memory
}

// New makes the limiter of an organization. Limiters of the same organization on the same
// Redis share everything but Rates.
func New(client redis.Scripter, org string, o Options) *Limiter {
	l := &Limiter{redis: client, now: o.Now, sleep: o.Sleep, remembered: o.Remembered, logNow: o.LogNow, freed: make(chan struct{}, 32)}
	if l.sleep == nil {
		l.sleep = sleep
	}
	for _, name := range []string{"state", "calls", "flight", "person", "live", "history"} {
		l.keys = append(l.keys, "qlobooks:limit:{"+org+"}:"+name)
	}
	l.set(o.Rates)
	return l
}

// SetRates changes the rates from the next call on, of all processes: they stand in Redis beside the
// counters. Without a zone the last one stays.
func (l *Limiter) SetRates(ctx context.Context, r Rates) {
	if changed, told := l.set(r), l.told.Swap(true); changed || !told {
		r := l.rates.Load()
		l.after(ctx, rate, r.PerMinute, r.PerDay, r.ReservePercent, r.Concurrency)
	}
}

func (l *Limiter) set(r Rates) (changed bool) {
	if r.PerMinute <= 0 {
		r.PerMinute = 90
	}
	if r.Concurrency <= 0 {
		r.Concurrency = 5
	}
	if old := l.rates.Load(); r.Zone == nil && old != nil {
		r.Zone = old.Zone
	}
	if r.Zone == nil {
		r.Zone = time.UTC
	}
	r.ReservePercent = min(max(r.ReservePercent, 0), 100)
	old := l.rates.Swap(&r)
	return old == nil || old.PerMinute != r.PerMinute || old.PerDay != r.PerDay || old.ReservePercent != r.ReservePercent || old.Concurrency != r.Concurrency
}

// Acquire waits for the permission to make one call, at most as long as ctx allows. The call
// must be sent at once; release must follow when it has ended, however it ended, with the numbers
// of its answer if it had any.
//
// Faults: Limited/daily_limit at once when the day is used up for this lane, Limited/minute_limit
// when ctx would end before the next slot, both with RetryAfter; Unavailable when Redis does
// not answer. After any of them it is certain that nothing was counted.
func (l *Limiter) Acquire(ctx context.Context, lane Lane) (release func(learned *Quota), err error) {
	id := uuid.NewString()
	patience, _ := ctx.Value(patienceKey{}).(*patience)
	waited := patience.begin()
	defer waited()
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
		case "recall":
			if err := l.recall(ctx); err != nil {
				return nil, l.giveUp(ctx, id, 0, err)
			}
			continue
		case "full":
			if !patience.fits(0) {
				return nil, l.giveUp(ctx, id, v.wait, context.DeadlineExceeded)
			}
			l.place(ctx)
			continue
		case "wait":
			if !patience.fits(0) {
				return nil, l.giveUp(ctx, id, v.wait, context.DeadlineExceeded)
			}
		default:
			if !fits(ctx, v.wait) || !patience.fits(v.wait) {
				return nil, l.giveUp(ctx, id, v.wait, context.DeadlineExceeded)
			}
		}
		if err := l.sleep(ctx, min(v.wait, longest)); err != nil {
			return nil, l.giveUp(ctx, id, v.wait, err)
		}
	}
}

// place waits until a call of this process has ended, or for a while, as one of another process
// may end.
func (l *Limiter) place(ctx context.Context) {
	wait := retry
	if l.underway() > 0 {
		wait = fallback
	}
	timer := time.NewTimer(wait)
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
	log := 0
	if l.remembered != nil {
		log = 1
	}
	reply, err := acquire.Run(ctx, l.redis, l.keys, l.clock(), id, lane.rank(), r.PerMinute, r.PerDay, unlearned,
		r.ReservePercent, r.Concurrency, heartbeat.Milliseconds(), l.midnight(r.Zone), uuid.NewString(), epoch, seq, asOf, log).Slice()
	if err != nil {
		return verdict{}, err
	}
	v := verdict{verdict: text(reply, 0), wait: millis(reply, 1), epoch: text(reply, 2)}
	if v.verdict == "ok" {
		l.remember(id, v, reply[3].([]any), reply[4].([]any), reply[5].([]any))
	}
	return v, nil
}

// releaser works although ctx has ended by then; a lost release is healed by the lease.
func (l *Limiter) releaser(ctx context.Context, id string, since time.Duration) func(learned *Quota) {
	var once sync.Once
	return func(learned *Quota) {
		once.Do(func() {
			told, refused, q := 0, 0, Quota{}
			if learned != nil {
				told, q = 1, *learned
			}
			if q.Refused {
				refused = 1
			}
			l.after(ctx, finish, id, since.Milliseconds(), told, q.Limit, q.Remaining, q.ResetIn.Milliseconds(), l.midnight(l.rates.Load().Zone), unlearned, refused)
			l.ended(id)
			select {
			case l.freed <- struct{}{}:
			default:
			}
		})
	}
}

// giveUp leaves the queue and says why in the words of a fault.
func (l *Limiter) giveUp(ctx context.Context, id string, wait time.Duration, err error) error {
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	left := leave.Run(after, l.redis, l.keys, id).Err()
	var known *fault.Error
	switch {
	case errors.Is(err, context.Canceled), errors.As(err, &known):
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
		Do("Work goes on by itself when the day ends in the organization's time zone; Zoho raises the limit on request.").After(wait)
}

// Quota is what Zoho's headers say of the day. Limit 0 and ResetIn 0 mean that they were absent.
type Quota struct {
	Limit, Remaining int
	ResetIn          time.Duration
	Refused          bool // the day's calls are over, although more of them were told, or none
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

// Crowded halves the calls at once: Zoho refused one because too many were in process. They come back
// one by one, a quiet minute each.
func (l *Limiter) Crowded(ctx context.Context) {
	l.after(ctx, crowd, l.rates.Load().Concurrency, crowdSpan.Milliseconds())
}

// TryDay lets one call through although the day's calls are used up for its lane: its answer tells whether
// there are more.
func (l *Limiter) TryDay(ctx context.Context) { l.after(ctx, tryDay) }

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

type patienceKey struct{}

// patience is what is left of the time that the calls of one errand may wait for their turns.
type patience struct {
	mu    sync.Mutex
	left  time.Duration
	began time.Time // of the wait that goes on; of several at once the first
	waits int
}

// Within bounds how long the calls that are made with ctx wait for their turns, all of them together, as somebody waits
// for the answer. A call that has its turn is never ended by it, and one whose turn is there goes out whatever is left.
func Within(ctx context.Context, d time.Duration) context.Context {
	return context.WithValue(ctx, patienceKey{}, &patience{left: d})
}

// Unhurried lifts what Within bounds, for work that was begun and goes on whoever waits for it.
func Unhurried(ctx context.Context) context.Context {
	return context.WithValue(ctx, patienceKey{}, (*patience)(nil))
}

// begin starts a wait; what it gives ends it.
func (p *patience) begin() (end func()) {
	if p == nil {
		return func() {}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waits++; p.waits == 1 {
		p.began = time.Now()
	}
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.waits--; p.waits == 0 {
			p.left -= time.Since(p.began)
		}
	}
}

// fits reports that so much longer may be waited.
func (p *patience) fits(wait time.Duration) bool {
	if p == nil {
		return true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Since(p.began)+wait <= p.left
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
