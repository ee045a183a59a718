package engine

import (
	"context"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/store"
)

// before makes the call without which a standing document cannot be changed. It undoes what the
// document's steps did, so that they are taken again.
func (b *batch) before(ctx context.Context, a *attempt, step Step) error {
	if err := b.store.SaveIntent(ctx, b.token, a.doc.RowID, intent{Step: &step}, b.opts.Lease); err != nil {
		return err
	}
	a.calls++
	if err := b.runner.step(ctx, step, []string{a.doc.ZohoID}); err != nil {
		return err
	}
	a.doc.Steps, a.doc.Intent = []store.StepState{{Name: step.Name, Done: true}}, nil
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
	asleep, failed := b.asleep(ctx, a.masters)
	if failed != nil {
		return Answer{}, failed
	}
	if len(asleep) == 0 {
		return answer, err
	}
	for _, ref := range asleep {
		id, err := b.store.WakeMaster(ctx, ref, StepInactive, b.store.Now().Add(b.opts.Gather))
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
	return b.runner.send(ctx, call)
}

// asleep are the masters that are inactive at the destination by our doing, or on the way to that
// or from it. They are read at the refusal, as one may have been retired since the record was mapped.
func (b *batch) asleep(ctx context.Context, masters []Ref) ([]Ref, error) {
	known, err := b.store.Documents(ctx, masters)
	if err != nil {
		return nil, err
	}
	var refs []Ref
	for _, ref := range masters {
		if d := known[ref]; d.ZohoID != "" && (d.Has(StepInactive) || d.Has(StepActive) && !d.Done(StepActive)) {
			refs = append(refs, ref)
		}
	}
	return refs, nil
}

// mayBeAsleep reports a refusal that an inactive master can be the reason of; Zoho's code for it
// is not known for certain.
func mayBeAsleep(err error) bool {
	f := fault.Of(err)
	return f != nil && f.Kind == fault.Rejected && (f.Code == "zoho_record_inactive" || f.Code == "zoho_refused")
}
