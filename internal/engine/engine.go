package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Options tune an Engine; zero fields take the defaults.
type Options struct {
	Batch       int           // documents claimed at once; 25
	Concurrency int           // documents written at once within a batch; 10
	Lease       time.Duration // how long a claim lasts without renewal; 25 s, so that with the dispatcher's interval a dead worker's documents are taken over within 30
	Gather      time.Duration // how long bulk steps are gathered at most; 10 s
	Arrival     time.Duration // how long after it left a call without an answer may still be done; store.Arrival
	// Relock makes the next snapshot of the rules read the locked periods anew; nil = never.
	Relock func(ctx context.Context) error
	// TaxOnTop keeps that the destination takes lines as without tax that were sent with it; nil = nobody does.
	TaxOnTop func(ctx context.Context) error
	// Rounds keeps how the destination rounds taxes, as an answer told; nil = nobody does.
	Rounds func(ctx context.Context, how string) error
	// Retable reads the tables of taxes and currencies anew; nil = never.
	Retable func(ctx context.Context) error
	// Before is told which documents are about to be mapped; nil = nobody cares.
	Before func(ctx context.Context, refs []store.Ref) error
	// Posted is told what the source said of a document whose link comes to be otherwise, before that is saved; nil = nobody cares.
	Posted func(ctx context.Context, w Wanted) error
	// Reach notes how far the tables reach, and whether something may stand of which they do not know, as they once
	// reached further; nil = nobody looks.
	Reach func(ctx context.Context) error
}

func (o *Options) defaults() {
	setZero(&o.Batch, 25)
	setZero(&o.Concurrency, 10)
	setZero(&o.Lease, 25*time.Second)
	setZero(&o.Gather, 10*time.Second)
	setZero(&o.Arrival, store.Arrival)
}

func setZero[T comparable](v *T, to T) {
	var zero T
	if *v == zero {
		*v = to
	}
}

// bulkSize is how many documents one bulk step call carries at most.
const bulkSize = 100

// Engine runs the flows added to it. Any number of processes may run one over the same store.
type Engine struct {
	store *store.Store
	rules func(ctx context.Context) (*rules.Rules, error)
	opts  Options
	flows []*runner
	named map[string]*runner

	refused sync.Map     // *alike by flow: its batches in this process watch together
	unsaved atomic.Bool  // the end of an attempt could not be saved: no call is made until saving works
	went    atomic.Int64 // when it was noted last that a call went well, Unix nanoseconds
}

// New makes an engine without flows. snapshot gives the rules of the moment, taken once per batch;
// its fault (not connected, grant revoked) holds every record of the batch.
func New(s *store.Store, snapshot func(ctx context.Context) (*rules.Rules, error), opts Options) *Engine {
	opts.defaults()
	return &Engine{store: s, rules: snapshot, opts: opts, named: map[string]*runner{}}
}

// Add puts a flow into the engine. Flows are worked on in the order they are added.
func Add[S, D any](e *Engine, f Flow[S, D]) {
	r := &runner{
		name: f.Name, section: f.Section, space: f.NameSpace, master: f.Master, money: f.Money, journal: f.Journal, parts: f.Parts, gone: goneOf(f), revive: f.Revive, edited: f.Edited, rows: f.Rows,
		load: func(ctx context.Context, ids []string) (map[string]any, error) {
			records, err := f.Load(ctx, ids)
			if err != nil {
				return nil, err
			}
			loaded := make(map[string]any, len(records))
			for id, record := range records {
				loaded[id] = record
			}
			return loaded, nil
		},
		needs: func(record any, r *rules.Rules) []Ref {
			if f.Needs == nil {
				return nil
			}
			return f.Needs(record.(S), r)
		},
		kin: func(record any, r *rules.Rules) []Ref {
			if f.Kin == nil {
				return nil
			}
			return f.Kin(record.(S), r)
		},
		named: f.Named,
		plan: func(record any, self Link, links Links, r *rules.Rules) (plan, error) {
			mapped, err := f.Map(record.(S), self, links, r)
			if err != nil {
				return plan{}, err
			}
			return planOf(f, mapped), nil
		},
		send: f.Dest.Send, find: f.Dest.Find, step: f.Dest.Step, stepDone: f.Dest.StepDone,
	}
	if reader, ok := any(f.Dest).(Reader); ok {
		r.current = reader.Current
	}
	if lister, ok := any(f.Dest).(DraftLister); ok {
		r.drafts = lister.Drafts
	}
	if reader, ok := any(f.Dest).(Rereader); ok {
		r.reread = reader.Reread
	}
	if releaser, ok := any(f.Dest).(Releaser); ok {
		r.release = releaser.Release
	}
	if looker, ok := any(f.Dest).(OtherLooker); ok {
		r.others = looker.Others
	}
	if withdrawer, ok := any(f.Dest).(Withdrawer); ok {
		r.withdrawal = withdrawer.Withdrawal
	}
	e.flows = append(e.flows, r)
	e.named[f.Name] = r
}

// Flows names the flows in their order.
func (e *Engine) Flows() []string {
	names := make([]string, len(e.flows))
	for i, r := range e.flows {
		names[i] = r.name
	}
	return names
}

// Section is the section whose page shows a flow; "" for an unknown flow.
func (e *Engine) Section(flow string) string {
	if r := e.named[flow]; r != nil {
		return r.section
	}
	return ""
}

// runner is a Flow without its types, so that one engine can keep all of them in a list.
type runner struct {
	name, section, space string
	master, money, parts bool
	journal              bool
	load                 func(ctx context.Context, ids []string) (map[string]any, error)
	gone                 func(id string) any // nil: a document without a row stays as it is
	revive               Step
	needs, kin           func(record any, r *rules.Rules) []Ref
	named                func(sent json.RawMessage) []Ref // nil: its bodies name nobody who is looked up
	plan                 func(record any, self Link, links Links, r *rules.Rules) (plan, error)
	send                 func(ctx context.Context, call Call) (Answer, error)
	find                 func(ctx context.Context, key string, call Call) (Answer, bool, error)
	step                 func(ctx context.Context, step Step, ids []string) error
	stepDone             func(ctx context.Context, step Step, id string) (bool, error)
	current              func(ctx context.Context, id string) (json.RawMessage, error)    // nil when the destination cannot be read
	drafts               func(ctx context.Context, ids []string) (map[string]bool, error) // nil when each is read alone
	reread               func(ctx context.Context, id string) (json.RawMessage, error)    // nil when nothing is kept that a late call could change
	edited               Edited
	release              func(ctx context.Context, key, id string) (string, error) // nil when keys stay where they are
	rows                 map[string]string                                         // the flows whose records are of one kind, with what people call these
	others               func(ctx context.Context, call Call, total money.Decimal, ids []string, search bool) ([]Other, error)
	withdrawal           func(ctx context.Context, ask Withdrawing) (Withdrawal, error) // nil when its documents are never taken back
}

func goneOf[S, D any](f Flow[S, D]) func(id string) any {
	if f.Gone == nil {
		return nil
	}
	return func(id string) any { return f.Gone(id) }
}

// plan is a mapped record without its types.
type plan struct {
	nothing     bool
	counts      bool
	unneeded    bool
	createOnly  bool
	keep        bool
	stands      string
	stood       bool
	before      *Step
	wakes       []Ref
	retired     bool
	look        bool
	spare       Spare
	names       []string
	steps       []Step
	facts       Facts
	notices     []Notice
	version     int // of the definition
	learn       json.RawMessage
	compare     any // what the fingerprint covers; nil = the body
	fingerprint func(name string) (string, error)
	chosen      func(sent json.RawMessage) string // fingerprint of the same with the choices of a body that was sent; "" where its lines are others
	formerly    func(print string) bool           // it is the fingerprint of the same by a former definition
	draft       func(key string, known Link, name string) (Call, error)
}

func planOf[S, D any](f Flow[S, D], m Mapped[D]) plan {
	return plan{
		nothing: m.Nothing, counts: m.Counts, unneeded: m.Unneeded, createOnly: m.CreateOnly, keep: m.Keep, stands: m.Stands, stood: m.Stood, before: m.Before, wakes: m.Wakes, retired: m.Retired, look: m.Look, spare: f.Spare, names: m.Names, steps: m.Steps, facts: m.Facts, notices: m.Notices,
		version:     f.Version,
		learn:       m.Learn,
		compare:     m.Compare,
		fingerprint: func(name string) (string, error) { return f.Fingerprint(m, name) },
		chosen: func(sent json.RawMessage) string {
			if m.Chosen == nil || len(sent) == 0 {
				return ""
			}
			compared := m.Chosen(sent)
			if compared == nil {
				return ""
			}
			with, _ := fingerprint(f.Version, "", compared)
			return with
		},
		formerly: func(print string) bool {
			return slices.ContainsFunc(m.Formerly, func(compared any) bool {
				former, err := fingerprint(f.Version, "", compared)
				return err == nil && former == print
			})
		},
		draft: func(key string, known Link, name string) (Call, error) {
			return f.Dest.Draft(key, known, m.named(name))
		},
	}
}

// notedEvery is how often it is noted at most that calls go well.
const notedEvery = 5 * time.Second

// wentWell notes that calls go well, so that what an outage put off goes on.
func (e *Engine) wentWell(ctx context.Context) {
	now, last := e.store.Now().UnixNano(), e.went.Load()
	if now-last < int64(notedEvery) || !e.went.CompareAndSwap(last, now) {
		return
	}
	woken, err := e.store.Succeeded(context.WithoutCancel(ctx))
	if err != nil {
		slog.DebugContext(ctx, "what an outage put off goes on later", "error", err)
	} else if woken > 0 {
		slog.InfoContext(ctx, "calls succeed again; what had failed meanwhile goes on", "documents", woken)
	}
}

// guard turns a panic of a mapping into a fault of that one record.
func guard(work func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.New(fault.Internal, "internal", "This record made QloBooks stumble.").By(fmt.Errorf("panic: %v", p))
		}
	}()
	return work()
}
