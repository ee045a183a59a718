package engine

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/store"
)

// A call without an answer may still be done, also after whoever made it hung up. What has a key is
// repeated at once, as that changes nothing; what has none is looked for only when it can arrive no
// more, and is made again only if it is not there then. The same time passes before anything newer is
// sent, as a late call would overwrite it.

// patience bounds the note of when a call left: nobody else gets its place meanwhile.
const patience = 2 * time.Second

// leaving keeps the moment at which the call of one or more stored intents leaves true: between the
// note and the leaving at most slack may pass.
type leaving struct {
	b     *batch
	ids   []uint64
	mu    sync.Mutex
	noted time.Time
}

const slack = 2 * time.Second

// note is told that the intents were stored just now.
func (l *leaving) note() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.noted = l.b.store.Now()
}

// leave is called right before a call leaves. It may have waited for its turn for minutes, and the
// machine may have slept: then the documents may be somebody else's by now.
func (l *leaving) leave(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := l.b.store.Now(); now.Sub(l.noted) < slack && !now.Before(l.noted) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	now := l.b.store.Now()
	if err := l.b.store.LetGo(ctx, l.b.token, l.ids, l.b.opts.Lease); err != nil {
		if errors.Is(err, store.ErrLost) {
			return err
		}
		return fault.New(fault.Unavailable, "database_down", "The database did not take down in time that a call was to leave, so it was not made.").
			Do("It is tried again by itself.").By(err)
	}
	l.noted = now
	return nil
}

// errand is a context for the calls of one document.
func (b *batch) errand(ctx context.Context, a *attempt) context.Context {
	if a.leaving == nil {
		a.leaving = &leaving{b: b, ids: []uint64{a.doc.RowID}}
	}
	return context.WithValue(ctx, contextKey{}, Errand{Ref: a.doc.Ref, Lane: a.doc.Lane, Extra: a.doc.Extra, Leaving: a.leaving.leave})
}

// intends stores what is about to be called for.
func (b *batch) intends(ctx context.Context, a *attempt, what intent) error {
	if err := b.store.SaveIntent(ctx, b.token, a.doc.RowID, what, b.opts.Lease); err != nil {
		return err
	}
	if a.leaving != nil {
		a.leaving.note()
	}
	return nil
}

// withdrawn takes back the intent of a call that was given up before it left, as the process stops
// while it waits for its turn. What an earlier attempt called for is not taken back.
func (b *batch) withdrawn(ctx context.Context, a *attempt) {
	if a.unsaved {
		if err := b.keep(ctx, a); err != nil && !lost(err) {
			slog.WarnContext(ctx, "an answer could not be saved; its call is repeated", "key", a.doc.Ref.Key(), "error", err)
		}
		return
	}
	if a.resolving || a.leaving == nil || a.leaving.noted.IsZero() {
		return
	}
	if err := b.store.Withdraw(context.WithoutCancel(ctx), b.token, a.doc.RowID); err != nil {
		slog.DebugContext(ctx, "an intent whose call never left stays; it is looked for in vain", "key", a.doc.Ref.Key(), "error", err)
	}
}

// mayArrive is until when the call of a document's intent may still be done.
func (b *batch) mayArrive(d store.Document) *time.Time {
	if d.IntentAt == nil {
		return nil
	}
	until := d.IntentAt.Add(b.opts.Arrival)
	return &until
}

// late notes until when the call of the intent may still be done, before anything else is made of it.
func (b *batch) late(d *store.Document) {
	if until := b.mayArrive(*d); until != nil && (d.LateUntil == nil || until.After(*d.LateUntil)) {
		d.LateUntil = until
	}
}

// tooEarly puts a document off until its unanswered call can arrive no more; nil when it can not.
func (b *batch) tooEarly(d store.Document, until *time.Time) *store.Outcome {
	if until == nil || !until.After(b.store.Now()) {
		return nil
	}
	out := store.Outcome{Document: d, Retry: until, KeepHint: d.Intent != nil, Count: store.NotYet}
	out.Document.Status = Pending
	if d.Intent != nil {
		out.Document.Status = Unknown
		out.Document.Issue = store.Issue{Code: "outcome_unknown", Detail: "A call was sent to Zoho Books and its answer was lost. It may still be done, so it is waited for before anything is read or sent.",
			Action: "Nothing needs to be done: what became of it is found out by itself."}
	}
	return &out
}

// overtaken puts off what would be overwritten by an earlier call that may still arrive.
func (b *batch) overtaken(a *attempt) *store.Outcome {
	if !a.writes() && !retires(a.doc.Steps, a.plan.steps) {
		return nil
	}
	return b.tooEarly(a.doc, a.doc.LateUntil)
}

// retires reports that a step is still to be taken that takes the document out of use.
func retires(have []store.StepState, want []Step) bool {
	for _, s := range openSteps(mergeSteps(have, want, false)) {
		if retired(s.Name) {
			return true
		}
	}
	return false
}
