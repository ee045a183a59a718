package limit

import (
	"context"
	"maps"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
)

// memory is the state as this process last saw it.
type memory struct {
	epoch  string
	seq    string
	state  []any            // field, value, …
	calls  map[string]int64 // id → score, at least those still in the window
	own    map[string]int64 // calls of this process in flight, with the ends of their leases
	others []any            // calls of other processes in flight, when last seen
	asOf   int64            // everything scored before this is known
	kept   int              // calls after the last clearing
}

// remember keeps the newest state seen, for seed. Replies may overtake each other, so that a call
// keeps its latest score.
func (l *Limiter) remember(id string, v verdict, state, calls, flight []any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := &l.known
	if k.calls == nil {
		k.calls, k.own = map[string]int64{}, map[string]int64{}
	}
	now := v.wait.Milliseconds()
	k.own[id] = now + lease.Milliseconds()
	seq := field(state, "seq")
	if k.epoch != v.epoch || number(seq) > number(k.seq) {
		k.epoch, k.seq, k.state, k.others = v.epoch, seq, k.state[:0], k.others[:0]
		for i := 0; i+1 < len(state); i += 2 {
			if name := text(state, i); name != "epoch" && name != "recalled" && name != "reckoned" {
				k.state = append(k.state, state[i], state[i+1])
			}
		}
		for i := range flight {
			if _, ours := k.own[text(flight, i)]; !ours {
				k.others = append(k.others, flight[i])
			}
		}
	}
	for i := 0; i+1 < len(calls); i += 2 {
		id := text(calls, i)
		k.calls[id] = max(k.calls[id], number(text(calls, i+1)))
	}
	k.asOf = max(k.asOf, now)
	if len(k.calls) > 2*k.kept+100 {
		maps.DeleteFunc(k.calls, func(_ string, score int64) bool { return score < now-time.Minute.Milliseconds() })
		k.kept = len(k.calls)
	}
}

// underway is how many calls of this process have not ended.
func (l *Limiter) underway() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.known.own)
}

func (l *Limiter) ended(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.known.own, id)
}

func field(state []any, name string) string {
	for i := 0; i+1 < len(state); i += 2 {
		if text(state, i) == name {
			return text(state, i+1)
		}
	}
	return ""
}

// most is how many calls a script is told at once: Lua takes a few thousand values.
const most = 2000

// unlogged is how long the log may lack a call that has ended.
const unlogged = 10 * time.Second

// seed tells Redis what this process knows. Of a state that is new, the log knows all calls but
// the latest; telling the others from memory would count them twice.
func (l *Limiter) seed(ctx context.Context, epoch string) error {
	l.mu.Lock()
	if l.remembered != nil && epoch != l.known.epoch {
		maps.DeleteFunc(l.known.calls, func(_ string, score int64) bool { return score < l.known.asOf-unlogged.Milliseconds() })
	}
	fields, others := append([]any{}, l.known.state...), append([]any{}, l.known.others...)
	calls, own := scored(l.known.calls), scored(l.known.own)
	l.mu.Unlock()
	for first := true; first || len(calls) > 0; first = false {
		n := min(len(calls), 2*most)
		args := append([]any{l.clock(), len(fields) / 2, n / 2, len(own) / 2}, fields...)
		args = append(append(append(args, calls[:n]...), own...), others...)
		if err := seed.Run(ctx, l.redis, l.keys, args...).Err(); err != nil {
			return err
		}
		calls = calls[n:]
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.known.epoch, l.known.asOf = epoch, 0 // others tell it what they know, too
	return nil
}

func scored(calls map[string]int64) []any {
	list := make([]any, 0, 2*len(calls))
	for id, score := range calls {
		list = append(list, score, id)
	}
	return list
}

// recall tells Redis what the log knows.
func (l *Limiter) recall(ctx context.Context) error {
	now := time.Now
	switch {
	case l.logNow != nil:
		now = l.logNow
	case l.now != nil:
		now = l.now
	}
	midnight := l.midnight(l.rates.Load().Zone)
	log, err := l.remembered(ctx, now().Add(-time.Minute), time.UnixMilli(midnight).Add(-24*time.Hour))
	if err != nil {
		return fault.New(fault.Unavailable, "database_down", "The log of calls cannot be read, so that calls to Zoho Books cannot be counted.").
			Do("It is tried again by itself; check QLOBOOKS_MYSQL_DSN and the database server.").By(err)
	}
	args := []any{l.clock(), midnight, log.Today, log.Limit, log.Left, "more"}
	head := len(args)
	for name, at := range log.Recent {
		if args = append(args, at.UnixMilli(), name); len(args) >= 2*most {
			if err := recall.Run(ctx, l.redis, l.keys, args...).Err(); err != nil {
				return err
			}
			args = args[:head]
		}
	}
	args[head-1] = "last"
	return recall.Run(ctx, l.redis, l.keys, args...).Err()
}
