package crash

import (
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"sort"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/qlobooks/qlobooks/internal/crash/point"
)

// plan says where processes die: at points where none has died yet, then at points drawn by chance.
type plan struct {
	mu     sync.Mutex
	tries  int
	only   *regexp.Regexp
	chance *rand.Rand
	state  map[string]*goal
	order  []string
}

type goal struct {
	tries int
	hit   bool
}

func newPlan(o Options) *plan {
	return &plan{tries: o.Tries, only: o.Only, chance: rand.New(rand.NewPCG(o.Seed, 2)), state: map[string]*goal{}}
}

func (p *plan) add(names []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	sort.Strings(names)
	for _, line := range names {
		name, died := strings.CutPrefix(line, point.Died)
		if name == "" || p.only != nil && !p.only.MatchString(name) {
			continue
		}
		if p.state[name] == nil {
			p.state[name] = &goal{}
			p.order = append(p.order, name)
		}
		if died {
			p.state[name].hit = true
		}
	}
}

// few are so many points that all of them are aimed at.
const few = 12

// next names points, and at which pass of each a process dies; it dies at the first that it comes to.
// Half of those where nobody died yet are drawn, so that the same one does not always come first;
// the last few, which are passed seldom, are always among them.
func (p *plan) next() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var at, open []string
	for _, name := range p.order {
		if g := p.state[name]; !g.hit && g.tries < p.tries {
			open = append(open, name)
		}
	}
	for _, name := range open {
		if len(open) > few && p.chance.IntN(2) == 0 {
			continue
		}
		pass := 1
		if p.state[name].tries == 0 && len(open) > few {
			pass += p.chance.IntN(3)
		}
		at = append(at, fmt.Sprintf("%s#%d", name, pass))
	}
	if len(at) == 0 && len(p.order) > 0 {
		at = []string{fmt.Sprintf("%s#%d", p.order[p.chance.IntN(len(p.order))], 1+p.chance.IntN(12))}
	}
	return at
}

// missed notes that a process lived its time without coming to any of the points that it tried.
func (p *plan) missed(at []string, tried func(point string) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, line := range at {
		if name, _, _ := strings.Cut(line, "#"); tried(name) {
			p.state[name].tries++
		}
	}
}

// done reports that every point was hit or aimed at often enough.
func (p *plan) done() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, g := range p.state {
		if !g.hit && g.tries < p.tries {
			return false
		}
	}
	return true
}

// points lists all, and those at which nobody died.
func (p *plan) points() (all, missed []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for name, g := range p.state {
		all = append(all, name)
		if !g.hit {
			missed = append(missed, name)
		}
	}
	sort.Strings(all)
	sort.Strings(missed)
	return all, missed
}

func (t *trial) random(least, most time.Duration) time.Duration {
	t.plan.mu.Lock()
	defer t.plan.mu.Unlock()
	return least + time.Duration(t.plan.chance.Int64N(int64(most-least)))
}

func (t *trial) coin() bool {
	t.plan.mu.Lock()
	defer t.plan.mu.Unlock()
	return t.plan.chance.IntN(2) == 0
}

// gently tells that the next process dies at no point: it is stopped in the middle of its work.
func (t *trial) gently() bool {
	quarter := t.coin() && t.coin()
	kills := t.kills()
	t.mu.Lock()
	defer t.mu.Unlock()
	return quarter || t.report.Stopped == 0 && kills >= t.o.Kills/3
}

func (t *trial) kills() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.report.AtPoints + t.report.AtRandom + t.report.Stopped
}

// storm keeps two workers running that die again and again, while orders come in, Redis is
// flushed and the database server killed.
func (t *trial) storm(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	for range 2 {
		group.Go(func() error { return t.slot(ctx) })
	}
	group.Go(func() error { return t.weather(ctx) })
	return group.Wait()
}

func (t *trial) over() bool { return t.kills() >= t.o.Kills && (!t.o.All || t.plan.done()) }

// expected is how many processes there will be, so that work lasts for all of them.
func (t *trial) expected(points int) int {
	if t.o.All {
		return max(t.o.Kills, points*2)
	}
	return t.o.Kills
}

// goodbye is how long a stop may take at most: the calls that have left end within 20 seconds.
const goodbye = 30 * time.Second

// slot is one place for a worker: whoever dies is replaced. Who is stopped is replaced while it ends.
func (t *trial) slot(ctx context.Context) error {
	var stopping *program
	gone := func() error {
		if stopping == nil {
			return nil
		}
		ended := stopping.killed(context.WithoutCancel(ctx), goodbye)
		stopping.kill()
		if stopping = nil; !ended {
			return fmt.Errorf("seed %d: a worker that was asked to stop went on for %s", t.o.Seed, goodbye)
		}
		return nil
	}
	defer func() { _ = gone() }()
	for !t.over() && ctx.Err() == nil {
		all, _ := t.plan.points()
		part := max(2, t.o.Orders/t.expected(len(all)))
		if err := t.feed(ctx, part); err != nil {
			return err
		}
		if err := t.goOn(ctx, part, t.coin()); err != nil {
			return err
		}
		// The locked periods are read once an hour, and when somebody asks: else nobody died there.
		if err := patiently(ctx, 30*time.Second, func() error { return t.stage.App.Connection.LocksAsked(ctx) }); err != nil {
			return err
		}
		tried, sought, err := t.seek(ctx)
		if err != nil {
			return err
		}
		at, gently := t.plan.next(), t.gently()
		if gently {
			at = nil
		}
		w, err := t.worker(strings.Join(at, "\n"), "QLOBOOKS_CRASH_LOG="+t.pointLog())
		if err != nil {
			return err
		}
		if err := gone(); err != nil {
			w.kill()
			return err
		}
		least, most := 2*time.Second, 6*time.Second
		switch {
		case gently:
			least, most = time.Second, 3*time.Second
		case sought: // what it is to come to is behind a claim of who died before
			least, most = 2*least, 2*most
		}
		byItself := w.killed(ctx, t.random(least, most))
		stopped := !byItself && (gently || t.coin())
		if stopped {
			w.stop()
			stopping = w
		} else {
			w.kill()
		}
		if byItself && w.cmd.ProcessState.Exited() {
			// It ended in another way than by its own hand: the database was away at its start.
			t.o.Log("a worker ended with %s", w.cmd.ProcessState)
			continue
		}
		t.mu.Lock()
		switch {
		case byItself:
			t.report.AtPoints++
		case stopped:
			t.report.Stopped++
		default:
			t.report.AtRandom++
		}
		t.mu.Unlock()
		if !byItself {
			t.plan.missed(at, tried)
		}
		t.learn()
	}
	return ctx.Err()
}

// weather flushes Redis and kills the database server, spread over the kills.
func (t *trial) weather(ctx context.Context) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	due := func(done, wanted int) bool {
		return done < wanted && (t.kills() >= (done+1)*t.o.Kills/(wanted+1) || t.over())
	}
	for {
		r := &t.report
		switch {
		case due(r.Restarts, t.o.Restarts):
			t.o.Log("after %d kills: the database server is killed", t.kills())
			if err := t.mysql.Restart(ctx); err != nil {
				return err
			}
			r.Restarts++
		case due(r.Flushes, t.o.Flushes):
			if err := t.redis.FlushAll(ctx).Err(); err != nil {
				return err
			}
			r.Flushes++
		case t.over():
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
