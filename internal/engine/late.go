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
	return OnErrand(ctx, Errand{Ref: a.doc.Ref, Lane: a.doc.Lane, Since: b.began, Again: a.doc.Attempts == 0 && a.doc.Issue.Code != "", Extra: a.doc.Extra, Leaving: a.leaving.leave})
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

// late notes until when the call of the intent may still be done, before anything else is made of it. One that
// can arrive no more changes nothing after the answer to its repetition.
func (b *batch) late(d *store.Document) {
	if until := b.mayArrive(*d); until != nil && until.After(b.store.Now()) && (d.LateUntil == nil || until.After(*d.LateUntil)) {
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

// overtaken puts off what would be overwritten by an earlier call that may still arrive: a newer version, what
// takes it out of use, and of money what moves it.
func (b *batch) overtaken(a *attempt) *store.Outcome {
	if !a.writes() && !retires(a.doc.Steps, a.plan.steps) && !b.moves(a) {
		return nil
	}
	return b.tooEarly(a.kept(), a.doc.LateUntil)
}

// moves reports an attempt that moves money of its own document.
func (b *batch) moves(a *attempt) bool {
	return b.runner.money && a.plan.stands == "" && a.doc.ZohoID != "" && len(openSteps(a.merged(false))) > 0
}

// afresh reads what is kept of a document once an unanswered call of it can arrive no more: it may have been done
// after the answer that is kept, and have made its lines anew. Then the document is mapped again; nil when
// nothing is to be read.
func (b *batch) afresh(ctx context.Context, a *attempt) *store.Outcome {
	if a.doc.LateUntil == nil || a.doc.ZohoID == "" || b.runner.reread == nil || a.plan.stands != "" || !a.writes() && !b.moves(a) && b.unread(a) == nil {
		return nil
	}
	if until := b.unread(a); until != nil && until.After(b.store.Now()) {
		return nil
	}
	a.calls++
	kept, err := b.runner.reread(ctx, a.doc.ZohoID)
	if err != nil && !fault.Is(err, fault.NotFound) { // of one that is gone its own call says so
		return b.ended(ctx, a, err)
	}
	a.doc.LateUntil = nil
	a.learn(kept)
	return b.mapAgain(a, false)
}

// unread is when the parts of a document, which others name, are to be read again as a late call may have made
// them anew; nil when they need not.
func (b *batch) unread(a *attempt) *time.Time {
	if !b.runner.parts || b.runner.reread == nil || a.doc.ZohoID == "" {
		return nil
	}
	return a.doc.LateUntil
}

// Late is the fault of a record that would move what an unanswered call of another may still overwrite.
func Late(of Link) error {
	return fault.New(fault.Limited, "outcome_unknown", "A call for %s was sent to Zoho Books and its answer was lost. It may still be done, so nothing of it is moved before that.", words(of.Ref)).
		Do("Nothing needs to be done: it goes on by itself.").After(max(of.Late, slack))
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
