package engine

import (
	"context"
	"encoding/json"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/store"
)

// awaiting looks once at a document that waited for somebody at the destination when it was last tried: as long
// as its status says so, nothing of it is sent or settled. nil = it goes on.
func (b *batch) awaiting(ctx context.Context, a *attempt) *store.Outcome {
	if a.doc.Issue.Code != awaits || a.doc.ZohoID == "" || a.plan.stands != "" || b.runner.current == nil {
		return nil
	}
	a.calls++
	stands, err := b.runner.current(ctx, a.doc.ZohoID)
	if fault.Is(err, fault.NotFound) {
		return nil // whoever changes it finds out
	}
	if err != nil {
		return b.ended(ctx, a, err)
	}
	var is struct {
		Status string `json:"status"`
	}
	if json.Unmarshal(stands, &is) != nil || is.Status == "" {
		return nil
	}
	if err := waits(Answer{Status: is.Status}, a.plan.steps); err != nil {
		return b.ended(ctx, a, err)
	}
	for _, step := range a.plan.steps { // an approval may have done it
		if p := step.Proof; p != nil && p.ofStatus() && p.Proves(is.Status, p.Value) {
			took(&a.doc, step.Name)
			a.unsaved = true
		}
	}
	return nil
}

// goneYet looks once at a document that is not sent again and which did not exist at the destination any more when it was
// last tried: it stays so while that is so. What is sent finds that out by itself. nil = it goes on.
func (b *batch) goneYet(ctx context.Context, a *attempt) *store.Outcome {
	if !a.doc.WasGone() || a.writes() || a.plan.stands != "" || b.runner.current == nil {
		return nil
	}
	a.calls++
	if _, err := b.runner.current(ctx, a.doc.ZohoID); err != nil {
		return b.ended(ctx, a, err)
	}
	a.learn(json.RawMessage(`{"was_gone":null}`))
	return nil
}
