package engine

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/store"
)

// A document that a run takes back is claimed like any other, and lives by the same lease, intents and waits. What is
// to be called for is read from what stands at the destination each time: after a call without an answer it is waited
// until that can arrive no more, and then read again, so that nothing is done twice and nothing is guessed.

// Withdrawer is a Dest whose documents can be taken back.
type Withdrawer interface {
	// Withdrawal reads what stands of a document and says what takes it back, in the order in which the destination
	// accepts it. A fault says why it must not be.
	Withdrawal(ctx context.Context, ask Withdrawing) (Withdrawal, error)
}

// Withdrawing is a document that is to be taken back.
type Withdrawing struct {
	Link Link
	Way  string
	// Tried says that a call that takes it back may have been done, though its answer was lost.
	Tried bool
	// Mine tells which invoices, by their ids at the destination, the same run takes back.
	Mine func(ctx context.Context, ids []string) (map[string]bool, error)
}

// Withdrawal is how a document is taken back.
type Withdrawal struct {
	Steps []Step
	Gone  bool // it is there no more
	Aside bool // it stays there, void or inactive, and comes back to life with the next sync
	Days  rules.Days
	Calls int // made to find that out
	// Extra is learned of a document that stays, as nothing settles anything any more.
	Extra json.RawMessage
}

// The ways in which documents are taken back.
const (
	UndoDelete   = "delete"
	UndoVoid     = "void"
	UndoInactive = "inactive"
	UndoUnapply  = "unapply" // money that went back: it stands on a payment, which stays
)

// split parts the documents that a run takes back from those that are synchronized.
func split(docs []store.Document) (undo, sync []store.Document) {
	for _, d := range docs {
		if d.UndoRun != 0 {
			undo = append(undo, d)
		} else {
			sync = append(sync, d)
		}
	}
	return undo, sync
}

// takeBack brings documents that runs take back to the end of an attempt.
func (b *batch) takeBack(ctx context.Context, docs []store.Document) {
	if len(docs) == 0 {
		return
	}
	ids := make([]uint64, len(docs))
	for i, d := range docs {
		ids[i] = d.RowID
	}
	before, err := b.store.Undoing(ctx, ids)
	if err != nil {
		b.failAll(ctx, docs, err)
		return
	}
	snapshot, err := b.Engine.rules(ctx)
	if err != nil {
		b.rules = nil
	}
	var group errgroup.Group
	group.SetLimit(b.opts.Concurrency)
	for _, d := range docs {
		group.Go(func() error {
			if ctx.Err() != nil || b.unsaved.Load() {
				return nil
			}
			a := &attempt{doc: d, resolving: d.Intent != nil} // what became of the call is read below
			var was intent
			if json.Unmarshal(d.Intent, &was) == nil && was.Step != nil {
				a.retiring = retiring(*was.Step)
			}
			var out *store.Outcome
			if failed := guard(func() error { out = b.takeBackOne(ctx, a, before[d.RowID], snapshot, err); return nil }); failed != nil {
				out = b.notTakenBack(ctx, a, before[d.RowID], failed)
			}
			b.settle(ctx, out)
			return nil
		})
	}
	_ = group.Wait()
}

func (b *batch) takeBackOne(ctx context.Context, a *attempt, was store.Undoing, snapshot *rules.Rules, err error) *store.Outcome {
	if err != nil {
		return b.notTakenBack(ctx, a, was, err)
	}
	if a.resolving {
		if out := b.tooEarly(a.doc, b.mayArrive(a.doc)); out != nil {
			return out
		}
	}
	if out := b.tooEarly(a.doc, a.doc.LateUntil); out != nil {
		return out
	}
	first, unsure, err := b.store.UndoBefore(ctx, a.doc.UndoRun, a.doc)
	if err != nil {
		return b.notTakenBack(ctx, a, was, err)
	}
	if unsure { // the run is still listing what it takes back
		at := b.store.Now().Add(b.opts.Gather)
		out := store.Outcome{Document: a.doc, Count: store.NotYet, Retry: &at, KeepHint: a.resolving}
		out.Document.Status, out.Document.Issue = Pending, store.Issue{}
		return &out
	}
	if len(first) > 0 {
		out := store.Outcome{Document: a.doc, Count: store.NotYet, WaitOn: first, KeepHint: a.resolving}
		out.Document.Status, out.Document.Issue = Blocked, store.Issue{}
		return &out
	}
	ctx = b.errand(ctx, a)
	w, err := b.withdraw(ctx, a, was, snapshot)
	if err != nil {
		return b.notTakenBack(ctx, a, was, err)
	}
	return b.takenBack(a, w)
}

// withdraw reads what stands, and makes the calls that take it back, each behind its intent.
func (b *batch) withdraw(ctx context.Context, a *attempt, was store.Undoing, snapshot *rules.Rules) (Withdrawal, error) {
	if b.runner.withdrawal == nil {
		return Withdrawal{}, fault.New(fault.Held, "undo_refused", "A %s is not taken back: what stands in Zoho Books for it is used by everything else.", b.runner.name).Do("Nothing.")
	}
	run := a.doc.UndoRun
	w, err := b.runner.withdrawal(ctx, Withdrawing{Link: linkOf(a.doc), Way: was.Way, Tried: a.resolving || halfUndone(a.doc.Extra), Mine: func(ctx context.Context, ids []string) (map[string]bool, error) {
		return b.store.InUndo(ctx, run, "invoice", ids)
	}})
	a.calls += w.Calls
	if err != nil {
		return w, err
	}
	if len(w.Steps) > 0 {
		if err := snapshot.Locks.Refuse(w.Days); err != nil {
			return w, err
		}
	}
	for _, step := range w.Steps {
		if err := b.intends(ctx, a, intent{Step: &step}); err != nil {
			return w, err
		}
		a.calls, a.stepping = a.calls+1, true
		err := b.runner.step(ctx, step, []string{a.doc.ZohoID})
		a.stepping = fault.Is(err, fault.Unknown)
		if err == nil || a.stepping {
			a.retiring = retiring(step)
		}
		if err == nil || fault.Is(err, fault.Rejected) || fault.Is(err, fault.NotFound) { // refused, it may have happened already
			err = b.away(ctx, a, step, err)
		}
		if err != nil {
			return w, b.undoRefused(err)
		}
		a.accepted = true
	}
	return w, nil
}

// away proves that a step took away what it was to take away: an answer that it went well is not believed. Where that
// cannot be read, it is read when the document is tried again.
func (b *batch) away(ctx context.Context, a *attempt, step Step, refusal error) error {
	a.calls++
	done, err := b.runner.stepDone(ctx, step, a.doc.ZohoID)
	if err == nil && !done {
		a.retiring = ""
	}
	switch {
	case err == nil && done:
		return nil
	case refusal != nil:
		return refusal
	case err != nil:
		a.accepted = true
		return err
	default:
		return fault.New(fault.Held, "undo_refused", "Zoho Books answered that it was taken back, and it stands there all the same.").
			Do("Look in Zoho Books what keeps it there and take it back by hand, or undo the run again.")
	}
}

// undoRefused says that the destination did not let a document be taken back, in its words.
func (b *batch) undoRefused(err error) error {
	f := fault.Of(err)
	if f == nil || f.Kind != fault.Rejected {
		return err
	}
	return fault.New(fault.Held, "undo_refused", "Zoho Books does not let it be taken back: %s", f.Detail).
		Do("Look in Zoho Books whether it is matched with a bank line, reconciled, locked or filed; undo that there, then undo the run again.").By(err)
}

// takenBack ends an attempt that took a document back.
func (b *batch) takenBack(a *attempt, w Withdrawal) *store.Outcome {
	d := a.doc
	said := "Taken back: deleted in Zoho Books."
	switch {
	case w.Gone:
		said = "Taken back: it was there no more in Zoho Books."
	case w.Aside && b.runner.master:
		said = "Taken back: inactive in Zoho Books."
		d.Steps = []store.StepState{{Name: StepInactive, Done: true}}
	case w.Aside:
		said = "Taken back: void in Zoho Books. It keeps its number, and the next sync brings it back."
		d.Steps = []store.StepState{{Name: StepVoid, Done: true}}
	case d.ByRefund():
		said = "Taken back: what went back of the payment was deleted in Zoho Books."
	}
	d.Extra, _ = learn(d.Extra, w.Extra)
	d.Status, d.Issue, d.Notices, d.Attempts, d.StepDue, d.LateUntil = NotSynced, store.Issue{}, nil, 0, false, nil
	return &store.Outcome{Document: d, Count: store.CountDone, Calls: a.calls, Event: said, Undo: &store.UndoEnd{Run: d.UndoRun, Aside: w.Aside && !w.Gone}}
}

// notTakenBack ends an attempt by a fault. What passes is tried again; for anything else the document reads as it did
// before, and the run says why.
func (b *batch) notTakenBack(ctx context.Context, a *attempt, was store.Undoing, err error) *store.Outcome {
	if lost(err) {
		return nil
	}
	if brokenOff(ctx, err) {
		b.withdrawn(ctx, a)
		return nil
	}
	out := b.failed(a.doc, err, a.calls)
	f := fault.Of(err)
	switch f.Kind {
	case fault.Internal, fault.Unavailable, fault.Limited, fault.Unknown:
		if out.KeepHint && a.leaving != nil && !a.leaving.noted.IsZero() && out.Retry != nil {
			if until := a.leaving.noted.Add(b.opts.Arrival); out.Retry.Before(until) {
				out.Retry = &until
			}
		}
		out.KeepHint = out.KeepHint || a.resolving
		if out.Document.Status == Held {
			out.Document.Status = Unknown
		}
		if a.accepted { // however this ends, what stands is read before anything of it is believed
			out.Document = beginUndone(out.Document, a.retiring)
		}
		return &out
	}
	d := a.doc
	d.Status, d.Issue = was.WasStatus, store.Issue{Code: was.WasCode, Detail: was.WasDetail, Action: was.WasAction}
	half := a.accepted || a.resolving || halfUndone(d.Extra)
	if half { // a part of it was or may have been taken back: what was, is to be looked for and done again by the next sync
		d.Status, d.Issue = Held, store.Issue{Code: "half_undone", Detail: "A part of it was or may have been taken back in Zoho Books, and then it went no further. " + f.Detail,
			Action: "Use Sync to have it as QloApps says, or undo the run again to take back the rest. " + f.Action}
		d = beginUndone(d, a.retiring)
	}
	d.Attempts = 0
	look := was.WasDue
	if half {
		look = nil
	}
	if d.Status == Blocked { // what it waited for may have come meanwhile, and nobody wakes it any more
		now := b.store.Now()
		d.Status, look = Pending, &now
	}
	return &store.Outcome{Document: d, Retry: look, Count: store.CountHeld, Calls: a.calls, Event: "Not taken back: " + f.Detail,
		Undo: &store.UndoEnd{Run: d.UndoRun, Refused: store.Issue{Code: f.Code, Detail: f.Detail, Action: f.Action}, Half: half}}
}

// goneHalf ends that a document was taken back half where the destination knows it no more, as it was deleted and that could
// not be read then; nil for any other. A person who asks for it has it made anew.
func (b *batch) goneHalf(ctx context.Context, a *attempt, err error) *store.Outcome {
	if !fault.Is(err, fault.NotFound) || !halfUndone(a.doc.Extra) || a.doc.ZohoID == "" || b.runner.current == nil {
		return nil
	}
	a.calls++
	if _, err := b.runner.current(b.errand(ctx, a), a.doc.ZohoID); !fault.Is(err, fault.NotFound) { // something else that it names is gone
		return nil
	}
	return b.takenBack(a, Withdrawal{Gone: true})
}

// beginUndone is a document of which a part was taken back: its money is in doubt, and its steps are to be taken again as far
// as they are not found done, until it stands as wanted. retiring is the step that ended it, where that was or may have been
// taken: it is brought back to life before anything else then.
func beginUndone(d store.Document, retiring string) store.Document {
	d.Steps, d.Found = standingSteps(d.Steps), true
	if retiring != "" {
		d.Steps = slices.DeleteFunc(d.Steps, func(s store.StepState) bool {
			return s.Name == "sent" || s.Name == "open" || s.Name == StepActive || s.Name == retiring
		})
		d.Steps = append(d.Steps, store.StepState{Name: retiring, Done: true})
	}
	d.Extra, _ = learn(d.Extra, json.RawMessage(`{"doubt":true,"half_undone":true}`))
	return d
}

// retiring is the step by which a document stands there no more, void or inactive, that a step of taking it back brings
// about; "" = it does not.
func retiring(step Step) string {
	switch {
	case strings.HasSuffix(step.Name, ":"+UndoVoid):
		return StepVoid
	case strings.HasSuffix(step.Name, ":"+UndoInactive):
		return StepInactive
	}
	return ""
}

// whole is what is kept of a document that stands as wanted.
func whole(extra json.RawMessage) json.RawMessage {
	if !halfUndone(extra) && !store.LetGo(extra) {
		return extra
	}
	kept, _ := learn(extra, json.RawMessage(`{"half_undone":null,"nothing":null}`))
	return kept
}

func halfUndone(extra json.RawMessage) bool {
	var kept struct {
		Half bool `json:"half_undone"`
	}
	return json.Unmarshal(extra, &kept) == nil && kept.Half
}

// standingSteps are a document's steps, of which those that move money are no longer believed to be done. They name what its
// money stands on.
func standingSteps(steps []store.StepState) (kept []store.StepState) {
	for _, s := range steps {
		switch s.Name {
		case "sent", "open", StepDraft, StepActive, StepInactive, StepVoid:
		default:
			s = store.StepState{Name: s.Name}
		}
		kept = append(kept, s)
	}
	return kept
}
