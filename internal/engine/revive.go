package engine

import (
	"context"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/store"
)

// before makes the call without which a standing document cannot be changed. It undoes what the
// document's steps did, so that they are taken again; until they are, nothing may build on it.
func (b *batch) before(ctx context.Context, a *attempt, step Step) error {
	if err := b.intends(ctx, a, intent{Step: &step}); err != nil {
		return err
	}
	a.calls, a.stepping = a.calls+1, true
	err := b.runner.step(ctx, step, []string{a.doc.ZohoID})
	if err != nil && (a.aside != nil || halfUndone(a.doc.Extra)) {
		if done, _ := b.tookBefore(ctx, a, step, err); done { // by an attempt that came no further
			err = nil
		}
	}
	if err != nil {
		return err
	}
	a.stepping = false
	a.learn(step.After)
	a.doc.Steps, a.doc.Intent = mergeSteps([]store.StepState{{Name: step.Name, Done: true}}, a.plan.steps, false), nil
	if a.aside != nil { // what stands there now is what was taken back: it is brought up to date first
		return nil
	}
	return b.store.SaveAnswer(context.WithoutCancel(ctx), b.token, a.doc)
}

// sendReviving sends a call. When the destination refuses it while masters that it names are, or may
// be, inactive by our doing, these are made active for it. Each is first marked to be made inactive
// again, so that a crash in between leaves none active for ever. Making active what already is
// does no harm, and another document that marked it may not have come further.
func (b *batch) sendReviving(ctx context.Context, a *attempt, call Call) (Answer, error) {
	answer, err := b.runner.send(ctx, call)
	if !mayBeAsleep(err) {
		return answer, err
	}
	asleep, failed := b.asleep(ctx, a.needs)
	if failed != nil {
		return Answer{}, failed
	}
	if len(asleep) == 0 {
		return answer, err
	}
	for _, ref := range asleep {
		id, err := b.store.WakeMaster(ctx, ref, StepInactive, b.store.Now().Add(awake*b.opts.Gather))
		if err != nil {
			return Answer{}, err
		}
		a.calls++
		master := b.named[ref.Flow]
		if err := master.step(ctx, master.revive, []string{id}); err != nil {
			return Answer{}, err
		}
	}
	a.calls++
	answer, err = b.runner.send(ctx, call)
	if f := fault.Of(err); f != nil && f.Code == "zoho_record_inactive" { // the call's turn came so late that they were retired again
		err = fault.New(fault.Unavailable, f.Code, "%s", f.Detail).Do("It is tried again by itself.").By(err)
	}
	return answer, err
}

// awake is how many times the time of gathering a master stays active for a call, which may have to
// wait for its turn.
const awake = 2

// asleep are the needed masters that are inactive at the destination by our doing, or on the way to that
// or from it. They are read at the refusal, as one may have been retired since the record was mapped.
func (b *batch) asleep(ctx context.Context, needs []Ref) ([]Ref, error) {
	known, err := b.store.Documents(ctx, needs)
	if err != nil {
		return nil, err
	}
	var refs []Ref
	for _, ref := range needs {
		if r := b.named[ref.Flow]; r == nil || r == b.runner || !r.master {
			continue
		}
		switch d := known[ref]; {
		case d.ZohoID == "":
		case d.Has(StepInactive), d.Has(StepActive) && !d.Done(StepActive):
			refs = append(refs, ref)
		case d.Moving(): // its call may have been made, and is not saved yet
			return nil, busy(ref)
		}
	}
	return refs, nil
}

func busy(ref Ref) error {
	return fault.New(fault.Unavailable, "zoho_record_inactive", "The document names %s, which is being changed in Zoho Books right now.", words(ref)).Do("It is tried again by itself.")
}

// mayBeAsleep reports a refusal that an inactive master can be the reason of; Zoho's code for it
// is not known for certain.
func mayBeAsleep(err error) bool {
	f := fault.Of(err)
	return f != nil && f.Kind == fault.Rejected && (f.Code == "zoho_record_inactive" || f.Code == "zoho_refused")
}
