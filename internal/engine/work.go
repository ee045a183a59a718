package engine

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/store"
)

// attempt is one claimed document on its way.
type attempt struct {
	doc     store.Document
	record  any
	plan    plan
	name    string // the reserved display name, "" where none is needed or none yet
	print   string // fingerprint wanted
	calls   int
	awaited bool   // another document waits for it
	needs   []Ref  // what it names
	again   bool   // of those, one turned out to be gone at the destination
	without bool   // it goes on without what it named
	event   string // what its history tells besides how it ended
	posted  bool   // though it has no link, it may stand at the destination
	unsure  bool   // the same, if it has no key
	unknown string // what is of a later day than this does not stand without a link; "" = its history says that it may
	// mapAs maps it anew as if the document had this link.
	mapAs   func(store.Document) error
	beside  []store.Document // what else of its kind stands for its records
	leftOut *store.Outcome   // how it ends that is left out, and looked for before
	aside   *store.Document  // as it is kept that was taken back, while nothing of it is brought back
	made    bool             // this attempt made it, so nobody else can have done what its steps do
	leaving *leaving         // set while calls are made for it
	// stepping tells that the call under way has no key.
	stepping bool
	// resolving tells that it finds out what became of an earlier attempt's call.
	resolving bool
	// retiring is the step by which it stands there no more, where the last call that takes it back brings that about.
	retiring string
	// accepted tells that the destination took a call of it that changes something.
	accepted bool
	// asks tells that a step left a choice to a person.
	asks bool
	// unsaved tells that doc holds an answer, or a step taken, that is not saved yet.
	unsaved bool
}

// batch is what one Work call holds.
type batch struct {
	*Engine
	runner *runner
	token  string
	rules  *rules.Rules
	began  time.Time // before its rules were taken
	tail   func()    // nil, or told when the last document is under way
	relock sync.Once
	// retable is done once taxes and currencies were read after an answer that differed.
	retable sync.Once
	// onTop is done once it was kept that lines are to be without tax.
	onTop sync.Once
	// rounds is done once it was kept how the destination rounds taxes.
	rounds sync.Once
	locks  rules.Locks // as read after a refusal
	// refusals are those of this batch and what others were refused for.
	refusals *alike
}

// Work claims due documents of one queue and brings each to the end of an attempt. It returns
// how many it claimed; 0 means that the queue is empty for now. One record's trouble never
// stops another; the error is about the claim itself. tail, unless nil, is called when the last of
// them is under way, so that the next batch can be claimed while few of this one go on.
func (e *Engine) Work(ctx context.Context, q store.Queue, tail func()) (int, error) {
	r := e.named[q.Flow]
	if r == nil {
		return 0, fault.New(fault.Invalid, "unknown_flow", "There is no flow %q.", q.Flow)
	}
	if e.unsaved.Load() {
		if err := e.store.CanSave(ctx); err != nil {
			return 0, fmt.Errorf("nothing is called for while its end cannot be saved: %w", err)
		}
		e.unsaved.Store(false)
	}
	size := e.opts.Batch
	if q.StepDue {
		size = bulkSize
	}
	token, since := uuid.NewString(), e.store.Now()
	docs, err := e.store.Claim(ctx, token, q, size, e.opts.Lease)
	if err != nil || len(docs) == 0 {
		return 0, err
	}
	b := &batch{Engine: e, runner: r, token: token, began: since, tail: tail}
	ctx, stop := b.keepLease(ctx, since)
	defer func() {
		stop()
		// Whatever was not settled (shutdown, lost database) is given back for the next worker.
		if err := e.store.Release(context.WithoutCancel(ctx), token); err != nil {
			slog.WarnContext(ctx, "could not give documents back; their lease will end by itself", "flow", q.Flow, "error", err)
		}
	}()
	if q.StepDue {
		b.bulk(ctx, docs)
	} else {
		b.sync(ctx, docs)
	}
	if e.opts.Reach != nil && slices.ContainsFunc(docs, func(d store.Document) bool { return d.ZohoID == "" }) {
		_ = e.opts.Reach(context.WithoutCancel(ctx)) // what was posted just now is known to have been
	}
	return len(docs), e.store.Ring(context.WithoutCancel(ctx), q.Flow, bulkSize)
}

// look is how often a batch looks at its lease.
const look = 250 * time.Millisecond

// keepLease renews the claim while the batch is worked on, as waiting for the call limit can take
// longer than a lease. When it could not be renewed in time (the database is away), the context that
// it gives ends before the lease does: the documents will be another worker's, so no further call
// may be made for them here, and those under way are given up. A refund has no key by which Zoho
// would know it again.
func (b *batch) keepLease(ctx context.Context, since time.Time) (held context.Context, stop func()) {
	held, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(look)
		defer tick.Stop()
		renewed := make(chan time.Time, 1) // the moment before a renewal that succeeded, zero if it did not
		renewing := false
		for {
			select {
			case <-held.Done():
				return
			case at := <-renewed:
				if renewing = false; !at.IsZero() {
					since = at
				}
			case <-tick.C:
				now := b.store.Now()
				switch age := now.Sub(since); {
				case age >= b.opts.Lease*4/5:
					slog.WarnContext(ctx, "a lease could not be renewed; its documents are left to others", "flow", b.runner.name)
					cancel()
					return
				case age >= b.opts.Lease/3 && !renewing:
					renewing = true
					go func() {
						if _, err := b.store.Renew(held, b.token, b.opts.Lease); err != nil {
							slog.WarnContext(ctx, "could not renew a lease", "error", err)
							now = time.Time{}
						}
						renewed <- now
					}()
				}
			}
		}
	}()
	return held, func() { cancel(); <-done }
}

func (b *batch) sync(ctx context.Context, docs []store.Document) {
	undo, docs := split(docs)
	b.takeBack(ctx, undo)
	if len(docs) == 0 {
		return
	}
	if err := b.announce(ctx, docs); err != nil {
		b.failAll(ctx, docs, err)
		return
	}
	snapshot, err := b.Engine.rules(ctx)
	if err != nil {
		b.failAll(ctx, docs, err)
		return
	}
	b.rules = snapshot
	attempts, err := b.prepare(ctx, b.resolve(ctx, docs))
	if err != nil {
		b.failAll(ctx, docs, err)
		return
	}
	still := b.stillDrafts(ctx, attempts)
	var unchanged []store.Document
	var changed []*attempt
	var renewed []*store.Outcome
	for _, a := range attempts {
		switch {
		case !a.unchanged() || store.LetGo(a.doc.Extra) || a.doc.WasGone() || b.unread(a) != nil || b.mayBeSent(a) && !still[a]:
			changed = append(changed, a)
		default:
			out := b.renewed(a)
			if out == nil && a.calls > 0 { // its batch's drafts were listed for it
				out = &store.Outcome{Document: b.stillDraft(a), Synced: true, Count: store.CountUnchanged}
			}
			if out == nil {
				unchanged = append(unchanged, a.asItStands())
				continue
			}
			out.Calls = a.calls
			renewed = append(renewed, out)
		}
	}
	b.settle(ctx, renewed...)
	if err := b.store.SettleUnchanged(context.WithoutCancel(ctx), b.token, unchanged); err != nil {
		slog.ErrorContext(ctx, "could not save unchanged records", "flow", b.runner.name, "error", err)
	}
	if err := b.reserve(ctx, changed...); err != nil {
		slog.WarnContext(ctx, "could not reserve names together; they are reserved one by one", "flow", b.runner.name, "error", err)
	}
	if len(changed) > 0 {
		b.refusals = b.watch(ctx, b.runner.name)
	}
	b.each(ctx, changed)
}

// announce lets records be looked at for the first time, if they never were.
func (b *batch) announce(ctx context.Context, docs []store.Document) error {
	if b.opts.Before == nil {
		return nil
	}
	refs := make([]store.Ref, len(docs))
	for i, d := range docs {
		refs[i] = d.Ref
	}
	return b.opts.Before(ctx, refs)
}

func (b *batch) each(ctx context.Context, attempts []*attempt) {
	var group errgroup.Group
	group.SetLimit(b.opts.Concurrency)
	for _, a := range attempts {
		group.Go(func() error {
			if ctx.Err() == nil && !b.unsaved.Load() {
				was := a.doc.ZohoID + " " + a.doc.Fingerprint
				out := b.write(ctx, a)
				if a.doc.ZohoID+" "+a.doc.Fingerprint != was {
					b.tell(ctx, a)
				}
				b.settle(ctx, out)
			}
			return nil
		})
	}
	if b.tail != nil {
		b.tail()
	}
	_ = group.Wait()
}

// tell says what the source said of what was written just now. Who is told looks by himself where that fails.
func (b *batch) tell(ctx context.Context, a *attempt) {
	if b.opts.Posted == nil || a.doc.ZohoID == "" {
		return
	}
	if err := b.opts.Posted(context.WithoutCancel(ctx), Wanted{Document: a.doc, Record: a.record, Facts: a.plan.facts}); err != nil {
		slog.WarnContext(ctx, "could not keep what QloApps says of what was posted", "key", a.doc.Ref.Key(), "error", err)
	}
}

// settle saves how attempts ended even when the process is stopping: the calls have been made.
// Those without an outcome belong to another worker.
func (b *batch) settle(ctx context.Context, outcomes ...*store.Outcome) {
	var ends []store.Outcome
	for _, out := range outcomes {
		if out != nil {
			ends = append(ends, *out)
		}
	}
	for i, err := range b.store.SettleAll(b.token, ends) {
		if err == nil && ends[i].Synced && ends[i].Calls > 0 {
			b.wentWell(ctx)
		}
		if err != nil && !lost(err) {
			b.unsaved.Store(true)
			slog.ErrorContext(ctx, "could not save the end of an attempt; it is resolved after the lease", "key", ends[i].Document.Ref.Key(), "error", err)
		}
	}
}

// failAll ends attempts that did not come to a call. What a stop breaks off is no fault: it is given
// back as it was.
func (b *batch) failAll(ctx context.Context, docs []store.Document, err error) {
	if ctx.Err() != nil {
		return
	}
	outcomes := make([]*store.Outcome, len(docs))
	for i, d := range docs {
		out := b.failed(d, err, 0)
		out.KeepHint = d.Intent != nil
		outcomes[i] = &out
	}
	b.settle(ctx, outcomes...)
}

// unchanged reports that the document already stands exactly as wanted.
func (a *attempt) unchanged() bool {
	if a.plan.nothing || a.doc.ZohoID == "" || a.doc.Fingerprint != a.print {
		return false
	}
	return len(openSteps(a.merged(false))) == 0 && len(a.plan.steps) == len(a.doc.Steps)
}

func (a *attempt) asItStands() store.Document {
	d := a.doc
	d.Status = a.finalStatus()
	return d
}

// finalStatus is Disabled when the record was retired at the destination, else Synced.
func (a *attempt) finalStatus() Status {
	if a.plan.retired {
		return Disabled
	}
	for _, s := range a.plan.steps {
		if retired(s.Name) {
			return Disabled
		}
	}
	return Synced
}
