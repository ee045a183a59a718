package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Steps that say whether a document is in use at the destination.
const (
	StepActive   = "active"
	StepInactive = "inactive"
	StepVoid     = store.VoidStep
	StepDraft    = store.DraftStep // it is left a draft; nothing is called for
)

// Told is the error of a step that the destination rightly does not take: the step counts as done,
// and people are told.
type Told Notice

func (t *Told) Error() string { return t.Code + ": " + t.Detail }

// retired reports that the steps taken out of use what they belong to.
func retired(name string) bool { return name == StepInactive || name == StepVoid }

// inState leaves a master active or inactive as it is, for a wish that is about its content alone.
func inState(steps []Step, inactive bool) []Step {
	kept := slices.Clone(steps)
	for i := range kept {
		if kept[i].Name == StepActive || kept[i].Name == StepInactive {
			kept[i] = Step{Name: StepActive, Implied: true}
			if inactive {
				kept[i].Name = StepInactive
			}
		}
	}
	return kept
}

// mergeSteps is the state of the wanted steps: done ones stay done, and the creation itself
// brings implied ones about. Steps no longer wanted are forgotten.
func mergeSteps(have []store.StepState, want []Step, created bool) []store.StepState {
	was := map[string]store.StepState{}
	for _, s := range have {
		was[s.Name] = s
	}
	merged := make([]store.StepState, len(want))
	for i, s := range want {
		merged[i] = store.StepState{Name: s.Name, Done: was[s.Name].Done || created && s.Implied || s.Name == StepDraft}
		if !merged[i].Done {
			merged[i].Call, _ = json.Marshal(s)
			merged[i].Otherwise = was[s.Name].Otherwise
		}
	}
	return merged
}

func (a *attempt) merged(created bool) []store.StepState {
	return mergeSteps(a.doc.Steps, a.plan.steps, created)
}

// wantSteps puts the wanted steps on the document. They are saved before one of them is taken, as its
// outcome is noted on them: whoever takes the document over must not take a step that is done again.
func (a *attempt) wantSteps() {
	want := a.merged(false)
	same := slices.EqualFunc(want, a.doc.Steps, func(x, y store.StepState) bool { return x.Name == y.Name && x.Done == y.Done })
	a.doc.Steps, a.unsaved = want, a.unsaved || !same
}

// openSteps are the wanted steps not yet done.
func openSteps(states []store.StepState) []Step {
	var open []Step
	for _, s := range states {
		var step Step
		if !s.Done && json.Unmarshal(s.Call, &step) == nil {
			open = append(open, step)
		}
	}
	return open
}

// gathers reports that the next step is better taken together with other documents'.
func (b *batch) gathers(a *attempt) bool {
	open := openSteps(a.doc.Steps)
	return len(open) > 0 && open[0].Bulk != ""
}

func (b *batch) gathered(a *attempt) *store.Outcome {
	at := b.store.Now().Add(b.opts.Gather)
	d := a.doc
	setFacts(&d, a.plan.facts)
	d.Status, d.Issue, d.Notices, d.Attempts, d.StepDue, d.Wakes = Syncing, store.Issue{}, a.told(), 0, true, a.plan.wakes
	return &store.Outcome{Document: d, Count: store.NotYet, Calls: a.calls, Answered: a.unsaved, Retry: &at}
}

// steps makes the open steps of one document, one call each. What happened before a call is saved
// before it; what happened last is saved with the end of the attempt.
func (b *batch) steps(ctx context.Context, a *attempt) error {
	ctx = b.errand(ctx, a)
	for _, step := range openSteps(a.doc.Steps) {
		if err := b.keep(ctx, a); err != nil {
			return err
		}
		if done, err := b.doneBefore(ctx, a, step); err != nil {
			return b.otherwise(ctx, a, step, err)
		} else if done {
			a.took(step)
			continue
		}
		if err := b.intends(ctx, a, intent{Step: &step}); err != nil {
			return err
		}
		a.calls, a.stepping = a.calls+1, true
		err := a.saw(step, b.runner.step(ctx, step, []string{a.doc.ZohoID}))
		told := (*Told)(nil)
		before, otherwise := b.tookBefore(ctx, a, step, err)
		switch {
		case notAsAsked(err) != nil:
			a.accepted = true
			return b.otherwise(ctx, a, step, err)
		case otherwise != nil:
			return b.otherwise(ctx, a, step, otherwise)
		case before:
		case errors.As(err, &told):
			a.found(Notice(*told))
		case err != nil:
			return b.asked(ctx, a, err)
		default:
			a.accepted = a.accepted || step.Method != http.MethodGet
			b.changed(a, step)
		}
		if before {
			a.learn(step.After)
		}
		a.took(step)
	}
	return nil
}

func notAsAsked(err error) (other *NotAsAsked) {
	errors.As(err, &other)
	return other
}

// otherwise notes of a step that it was taken, and not as it was asked: it stays open, and is held against what
// stands whenever it is tried again. What it moved of another record's money is read again. Any other end of a step
// is passed on.
func (b *batch) otherwise(ctx context.Context, a *attempt, step Step, err error) error {
	other := notAsAsked(err)
	if other == nil {
		return err
	}
	if i := slices.IndexFunc(a.doc.Steps, func(s store.StepState) bool { return s.Name == step.Name }); i >= 0 {
		a.doc.Steps[i].Otherwise = true
	}
	a.doc.Intent, a.unsaved, a.stepping = nil, true, false
	a.learn(other.Extra)
	b.changed(a, step)
	if err := b.keep(ctx, a); err != nil {
		return err
	}
	if step.From != nil {
		if err := b.store.Reread(context.WithoutCancel(ctx), *step.From); err != nil {
			return err
		}
	}
	return other.Err
}

// tookBefore reads whether a refused step had happened already, as with a document whose link was
// forgotten since, and whether it had happened otherwise.
func (b *batch) tookBefore(ctx context.Context, a *attempt, step Step, refusal error) (done bool, otherwise error) {
	told := (*Told)(nil)
	if refusal == nil || notAsAsked(refusal) != nil || !errors.As(refusal, &told) && !fault.Is(refusal, fault.Rejected) {
		return false, nil
	}
	a.calls++
	done, err := b.runner.stepDone(ctx, step, a.doc.ZohoID)
	if notAsAsked(err) != nil {
		otherwise = err
	}
	return err == nil && done, otherwise
}

// changed notes when a step changed what stands: whatever was read of it before says nothing of it any more. One that only
// looks changes nothing.
func (b *batch) changed(a *attempt, step Step) {
	if step.Method == http.MethodGet && len(step.Days) == 0 {
		return
	}
	at, _ := json.Marshal(map[string]time.Time{"moved_at": b.store.Now().UTC()})
	a.learn(at)
}

// took notes that a step has happened. One that is none of the document's own brought it back to
// life, and so undid the others.
func (a *attempt) took(step Step) {
	took(&a.doc, step.Name)
	a.doc.Intent, a.unsaved, a.stepping = nil, true, false
}

func took(d *store.Document, name string) {
	taken := store.StepState{Name: name, Done: true}
	if i := slices.IndexFunc(d.Steps, func(s store.StepState) bool { return s.Name == name }); i >= 0 {
		d.Steps[i] = taken
	} else {
		d.Steps = []store.StepState{taken}
	}
}

// resolveStep reads whether a step whose answer was lost has happened.
func (b *batch) resolveStep(ctx context.Context, a *attempt, step Step) error {
	a.calls++
	step.Sent = true
	done, err := b.runner.stepDone(ctx, step, a.doc.ZohoID)
	if err != nil {
		return b.otherwise(ctx, a, step, err)
	}
	a.doc.Intent = nil
	if !done {
		return nil
	}
	a.learn(step.After)
	b.changed(a, step)
	a.took(step)
	return b.keep(ctx, a)
}

// bulk takes the first open step of many documents in one call, then what remains one by one.
func (b *batch) bulk(ctx context.Context, docs []store.Document) {
	groups := map[string][]*attempt{}
	for _, d := range b.unlocked(ctx, b.resolve(ctx, docs)) {
		a := &attempt{doc: d, made: true} // it was written shortly before, in an attempt of its own
		if open := openSteps(d.Steps); len(open) > 0 {
			groups[open[0].Name] = append(groups[open[0].Name], a)
		} else {
			b.settle(ctx, b.finished(a))
		}
	}
	for _, group := range groups {
		b.bulkStep(ctx, group)
	}
}

func (b *batch) bulkStep(ctx context.Context, group []*attempt) {
	ctx = onErrand(ctx, group[0].doc)
	step := openSteps(group[0].doc.Steps)[0]
	first, w := group[0], b.watch(ctx, b.runner.ofStep(step.Name))
	probe, err := b.enter(ctx, w, first)
	if err != nil {
		b.settleEach(ctx, group, func(a *attempt) *store.Outcome { return b.ended(ctx, a, err) })
		return
	}
	if others := group[1:]; probe && len(others) > 0 {
		group = group[:1]
		defer b.bulkStep(ctx, others)
	}
	mine, err := b.intend(ctx, group, step)
	if err != nil || len(mine) == 0 {
		b.leave(ctx, w, first, nil)
		b.settleEach(ctx, group, func(a *attempt) *store.Outcome {
			if err == nil {
				return nil
			}
			return b.ended(ctx, a, err)
		})
		return
	}
	ids, together := make([]string, len(mine)), &leaving{b: b}
	var others []Ref
	for i, a := range mine {
		if i > 0 {
			others = append(others, a.doc.Ref)
		}
		ids[i], together.ids = a.doc.ZohoID, append(together.ids, a.doc.RowID)
		a.leaving, a.stepping = together, true
	}
	together.note()
	mine[0].calls++
	err = b.runner.step(OnErrand(ctx, Errand{Ref: mine[0].doc.Ref, Also: others, Lane: mine[0].doc.Lane, Leaving: together.leave}), step, ids)
	if !fault.Is(err, fault.Unknown) {
		for _, a := range mine {
			a.stepping = false
		}
	}
	first.accepted = err == nil
	if err != nil && len(mine) > 1 && (fault.Is(err, fault.Rejected) || fault.Is(err, fault.Held) || fault.Is(err, fault.NotFound)) {
		// One document spoils the call for all: take them one by one, so that only that one stops.
		b.leave(ctx, w, first, nil)
		b.settleEach(ctx, mine, func(a *attempt) *store.Outcome { return b.rest(ctx, a) })
		return
	}
	if err != nil {
		err = b.explained(ctx, mine[0], err)
	}
	b.leave(ctx, w, first, err)
	b.settleEach(ctx, mine, func(a *attempt) *store.Outcome {
		if err != nil {
			return b.ended(ctx, a, err)
		}
		b.changed(a, step)
		a.took(step)
		return b.rest(ctx, a)
	})
}

// intend saves the intent of a step for all and gives those that are still this worker's.
func (b *batch) intend(ctx context.Context, group []*attempt, step Step) ([]*attempt, error) {
	ids := make([]uint64, len(group))
	for i, a := range group {
		ids[i] = a.doc.RowID
	}
	held, err := b.store.SaveIntents(ctx, b.token, ids, intent{Step: &step}, b.opts.Lease)
	if err != nil {
		return nil, err
	}
	mine := group[:0:0]
	for _, a := range group {
		if held[a.doc.RowID] {
			mine = append(mine, a)
		}
	}
	return mine, nil
}

func (b *batch) settleEach(ctx context.Context, group []*attempt, end func(*attempt) *store.Outcome) {
	outcomes := make([]*store.Outcome, len(group))
	for i, a := range group {
		outcomes[i] = end(a)
	}
	b.settle(ctx, outcomes...)
}

// rest takes whatever steps are still open and finishes the document.
func (b *batch) rest(ctx context.Context, a *attempt) *store.Outcome {
	a.leaving, a.accepted = nil, false
	open := openSteps(a.doc.Steps)
	if len(open) == 0 {
		return b.finished(a)
	}
	of := b.runner.name
	if open[0].Bulk != "" {
		of = b.runner.ofStep(open[0].Name)
	}
	w := b.watch(ctx, of)
	if _, err := b.enter(ctx, w, a); err != nil {
		return b.ended(ctx, a, err)
	}
	err := b.steps(ctx, a)
	if err != nil {
		err = b.explained(ctx, a, err)
	}
	b.leave(ctx, w, a, err)
	if err != nil {
		return b.ended(ctx, a, err)
	}
	return b.finished(a)
}

// finished ends an attempt that only had steps to take; its facts were saved with the document.
func (b *batch) finished(a *attempt) *store.Outcome {
	d := a.doc
	d.Extra = whole(d.Extra)
	d.Status, d.Issue, d.Attempts, d.StepDue = Synced, store.Issue{}, 0, false
	d.Notices = append(d.Notices, a.plan.notices...)
	for _, s := range d.Steps {
		if retired(s.Name) {
			d.Status = Disabled
		}
	}
	return &store.Outcome{Document: d, Count: store.CountDone, Calls: a.calls, Synced: true, Changed: true, Freed: store.LetGo(a.doc.Extra),
		Event: fmt.Sprintf("Stands in Zoho Books as wanted (%s).", d.Title)}
}
