package engine

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/store"
)

// locked holds an attempt that would write into a locked period: a new document dated there, or
// any change of one that stands there.
func (b *batch) locked(a *attempt) error { return b.rules.Locks.Refuse(b.days(a)) }

// locksAsked reports that a person had the locked periods read anew since this batch took its rules: it
// may hold documents for a lock that is gone.
func (b *batch) locksAsked(ctx context.Context) bool {
	asked, err := b.store.NotedSince(context.WithoutCancel(ctx), store.LocksAsked, b.began)
	return err == nil && asked
}

// days are those that what is still to be done to a document concerns.
func (b *batch) days(a *attempt) rules.Days {
	created := a.doc.ZohoID == ""
	var days rules.Days
	switch {
	case created && b.runner.journal:
		days.Journal = append(days.Journal, a.plan.facts.Date)
	case created:
		days.Add(b.runner.money, a.plan.facts.Date)
	case a.doc.Fingerprint != a.print:
		days.Add(b.runner.money, a.doc.Day, a.plan.facts.Date)
	}
	b.effects(&days, stepsOf(a), a.doc.Day)
	return days
}

// stepsOf are the steps of a document with what is still to be called.
func stepsOf(a *attempt) []store.StepState {
	if a.record == nil { // only its steps are taken
		return a.doc.Steps
	}
	return mergeSteps(a.doc.Steps, a.plan.steps, a.doc.ZohoID == "")
}

// daysNamed are those of the documents that its calls name, and its own. What settles takes effect on the later day of
// both; where the destination wants either to be open, only its refusal tells.
func (b *batch) daysNamed(ctx context.Context, a *attempt) rules.Days {
	var days rules.Days
	known, err := b.store.Documents(context.WithoutCancel(ctx), a.needs)
	if err != nil {
		slog.DebugContext(ctx, "what a refused call names was not read", "error", err)
		return days
	}
	names := func(money bool, call string) {
		for _, d := range known {
			if d.ZohoID != "" && d.Day != "" && strings.Contains(call, d.ZohoID) {
				days.Add(money, d.Day, a.doc.Day)
			}
		}
	}
	names(b.runner.money, string(a.doc.Intent))
	for _, step := range openSteps(stepsOf(a)) {
		if step.Method != http.MethodGet {
			names(b.runner.money || step.Money, step.Path+string(step.Body))
		}
	}
	return days
}

// explained looks behind a refusal whose code says nothing certain: Zoho's code for a locked period
// is not known. The locks are read anew, once for a batch, and if they close a day that the
// document concerns, that is the cause.
func (b *batch) explained(ctx context.Context, a *attempt, err error) error {
	if vanished := (*Vanished)(nil); errors.As(err, &vanished) {
		return b.vanished(ctx, a, *vanished, err)
	}
	if undone := (*NotTaken)(nil); errors.As(err, &undone) {
		return b.notTaken(ctx, a, *undone, err)
	}
	b.retabled(ctx, err)
	f := fault.Of(err)
	if f == nil || !mayBeLocked(f) || b.opts.Relock == nil {
		return err
	}
	b.relock.Do(func() {
		if err := b.opts.Relock(ctx); err != nil {
			slog.WarnContext(ctx, "the locked periods could not be read after a refusal", "error", err)
			return
		}
		if snapshot, err := b.Engine.rules(ctx); err == nil {
			b.locks = snapshot.Locks
		}
	})
	if locked := b.locks.Refuse(b.days(a)); locked != nil {
		return fault.Of(locked).By(err)
	}
	if locked := b.locks.Refuse(b.daysNamed(ctx, a)); locked != nil {
		return fault.Of(locked).By(err)
	}
	return err
}

// mayBeLocked reports a refusal that a locked period can be the reason of.
func mayBeLocked(f *fault.Error) bool {
	return f.Kind == fault.Rejected && (f.Code == "zoho_refused" || f.Code == "paid_document") || f.Kind == fault.Held && f.Code == "negative_payment" && f.Cause != nil
}

// Vanished is the cause of a refusal: a record that the document names, known by this id, does not
// exist at the destination any more.
type Vanished struct {
	ID    string
	Cause error
}

func (v *Vanished) Error() string { return v.ID + " is gone: " + v.Cause.Error() }

func (v *Vanished) Unwrap() error { return v.Cause }

// vanished notes which needed record is gone; the document is mapped again, and waits where it
// cannot do without that one, until a person has tied it to another, had it made again, or left it out.
func (b *batch) vanished(ctx context.Context, a *attempt, v Vanished, refusal error) error {
	f := fault.Of(refusal)
	was, err := b.store.MarkGone(ctx, v.ID, a.needs, "It was deleted or merged in Zoho Books: another document names it, and Zoho Books does not find it any more.", f.Action)
	switch {
	case err != nil, was.Ref == Ref{}:
		return refusal
	case was.Status == Skipped:
		return skippedWith(was.Ref, was.Issue)
	}
	a.again = true
	return fault.New(fault.Limited, f.Code, "It names %s, which was deleted or merged in Zoho Books.", words(was.Ref)).Do(f.Action).By(refusal)
}

// NotTaken is the cause of a refusal: a step of a document that this one names, known by this id, was answered as taken
// and is not.
type NotTaken struct {
	ID, Step string
	// Words, unless "", is what that document says, with its Cure, once the step was taken twice for nothing: this one goes on
	// without it.
	Words, Cure string
	Err         error
}

func (n *NotTaken) Error() string { return n.Err.Error() }

func (n *NotTaken) Unwrap() error { return n.Err }

// notTaken has the step taken again, once, and what was refused waits for it, or until a document on its way is at rest. A
// second time that document says so where this one can do without it.
func (b *batch) notTaken(ctx context.Context, a *attempt, n NotTaken, refusal error) error {
	of, moving, err := b.store.Untake(ctx, n.ID, n.Step, a.needs)
	f := fault.Of(refusal)
	switch {
	case err == nil && moving:
		return fault.New(fault.Limited, f.Code, "%s It is looked at right now.", f.Detail).Do("Nothing; it goes on by itself.").By(refusal)
	case err != nil:
		return refusal
	case of == (Ref{}) && n.Words != "" && b.without(ctx, a, n):
		a.without = true
		return fault.New(fault.Limited, f.Code, "%s It goes on without.", f.Detail).Do("Nothing; it goes on by itself.").By(refusal)
	case of == (Ref{}):
		return refusal
	}
	a.again = true
	return fault.New(fault.Limited, f.Code, "%s It is taken again.", f.Detail).Do("Nothing; it goes on by itself.").By(refusal)
}

// without has the document whose step was answered as taken twice, and is not, say so, and tells whether it stood.
func (b *batch) without(ctx context.Context, a *attempt, n NotTaken) bool {
	known, err := b.store.Documents(context.WithoutCancel(ctx), a.needs)
	if err != nil {
		slog.DebugContext(ctx, "whose step was not taken was not read", "error", err)
		return false
	}
	for _, d := range known {
		if d.ZohoID == n.ID && d.Status == Synced && d.Done(n.Step) {
			return b.store.NotTaken(ctx, d, n.Step, n.Words, n.Cure) == nil
		}
	}
	return false
}

// effects adds the days on which open steps take effect. What only reads takes none, unless it names days.
func (b *batch) effects(days *rules.Days, steps []store.StepState, own string) {
	for _, step := range openSteps(steps) {
		on := step.Days
		if step.Method == http.MethodGet && len(on) == 0 {
			continue
		}
		if len(on) == 0 {
			on = []string{own}
		}
		days.Add(b.runner.money || step.Money, on...)
	}
}

// unlocked gives back the documents whose open steps may be taken; the others are held.
func (b *batch) unlocked(ctx context.Context, docs []store.Document) []store.Document {
	snapshot, err := b.Engine.rules(ctx)
	if err != nil {
		slog.DebugContext(ctx, "steps are taken without knowing the locked periods", "error", err)
		return docs
	}
	free := docs[:0:0]
	for _, d := range docs {
		var days rules.Days
		b.effects(&days, d.Steps, d.Day)
		if err := snapshot.Locks.Refuse(days); err != nil {
			out := b.failed(d, err, 0)
			b.settle(ctx, &out)
			continue
		}
		free = append(free, d)
	}
	return free
}
