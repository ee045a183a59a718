package engine

import (
	"context"
	"encoding/json"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/store"
)

// drafted looks once at a document that we left a draft before anything is done with it: a person may have sent
// it at the destination since, and then it is no draft any more and is mapped again as what it is. nil = it goes on.
func (b *batch) drafted(ctx context.Context, a *attempt) *store.Outcome {
	if a.doc.Draft != store.AsDraft || a.doc.ZohoID == "" || b.runner.current == nil || !a.writes() && len(openSteps(a.merged(false))) == 0 {
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
	a.otherwise(Answer{Status: is.Status}, a.plan.steps)
	if a.doc.Has(StepDraft) {
		return nil
	}
	now := b.store.Now()
	out := store.Outcome{Document: a.doc, Retry: &now, Calls: a.calls, Count: store.NotYet, Changed: true}
	out.Document.Status = Pending
	return &out
}
