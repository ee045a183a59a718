package engine

import (
	"context"
	"log/slog"

	"github.com/qlobooks/qlobooks/internal/store"
)

// locked holds an attempt that would write into a locked period: a new document dated there, or
// any change of one that stands there.
func (b *batch) locked(a *attempt) error {
	created := a.doc.ZohoID == ""
	var days []string
	if created || a.doc.Fingerprint != a.print {
		days = append(days, a.doc.Day, a.plan.facts.Date)
		if created {
			days = []string{a.plan.facts.Date}
		}
	}
	for _, step := range openSteps(mergeSteps(a.doc.Steps, a.plan.steps, created)) {
		days = append(days, effect(step, a.doc.Day)...)
	}
	return b.rules.Locks.Refuse(days...)
}

// effect is the days on which a step takes effect.
func effect(step Step, own string) []string {
	if len(step.Days) > 0 {
		return step.Days
	}
	return []string{own}
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
		var days []string
		for _, step := range openSteps(d.Steps) {
			days = append(days, effect(step, d.Day)...)
		}
		if err := snapshot.Locks.Refuse(days...); err != nil {
			out := b.failed(d, err, 0)
			b.settle(ctx, &out)
			continue
		}
		free = append(free, d)
	}
	return free
}
