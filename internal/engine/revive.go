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

// sendReviving sends a call. When the destination refuses it while masters that it names were made
// inactive by us, these are made active for it. Each is first marked to be made inactive again,
// so that a crash in between leaves none active for ever.
func (b *batch) sendReviving(ctx context.Context, a *attempt, call Call) (Answer, error) {
	answer, err := b.runner.send(ctx, call)
	if !mayBeAsleep(err) || len(a.asleep) == 0 {
		return answer, err
	}
	for _, ref := range a.asleep {
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

// mayBeAsleep reports a refusal that an inactive master can be the reason of; Zoho's code for it
// is not known for certain.
func mayBeAsleep(err error) bool {
	f := fault.Of(err)
	return f != nil && f.Kind == fault.Rejected && (f.Code == "zoho_record_inactive" || f.Code == "zoho_refused")
}
