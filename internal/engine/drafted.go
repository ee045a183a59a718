package engine

import (
	"context"
	"encoding/json"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/store"
)

// DraftLister is a destination that lists its drafts: which of the documents with these ids are among them. One that is not
// listed may be one all the same, as what was just made is not listed at once.
type DraftLister interface {
	Drafts(ctx context.Context, ids []string) (map[string]bool, error)
}

// mayBeSent reports a document that we left a draft, which a person may have sent at the destination since.
func (b *batch) mayBeSent(a *attempt) bool {
	return a.doc.Draft == store.AsDraft && a.doc.ZohoID != "" && b.runner.current != nil
}

// stillDrafts are those of several drafts of which nothing is new that the destination's own list has as drafts. One that
// it does not have so is looked at alone, as are all where the list cannot be read.
func (b *batch) stillDrafts(ctx context.Context, attempts []*attempt) map[*attempt]bool {
	if b.runner.drafts == nil {
		return nil
	}
	var idle []*attempt
	var ids []string
	var errand Errand
	for _, a := range attempts {
		if !b.mayBeSent(a) || !a.unchanged() || b.unread(a) != nil || !a.doc.Has(StepDraft) || a.doc.Has(StepVoid) {
			continue
		}
		if idle, ids = append(idle, a), append(ids, a.doc.ZohoID); len(idle) == 1 {
			errand = Errand{Ref: a.doc.Ref, Lane: a.doc.Lane, Since: b.began}
		} else {
			errand.Also = append(errand.Also, a.doc.Ref)
		}
	}
	if len(idle) < 2 {
		return nil
	}
	idle[0].calls++
	drafts, err := b.runner.drafts(OnErrand(ctx, errand), ids)
	if err != nil {
		return nil
	}
	still := map[*attempt]bool{}
	for _, a := range idle {
		still[a] = drafts[a.doc.ZohoID]
	}
	return still
}

// drafted looks once at a document that we left a draft before anything is done with it: a person may have sent
// it at the destination since, and then it is no draft any more and is mapped again as what it is. nil = it goes on.
func (b *batch) drafted(ctx context.Context, a *attempt) *store.Outcome {
	if !b.mayBeSent(a) {
		return nil
	}
	unchanged := a.unchanged()
	a.calls++
	stands, err := b.runner.current(ctx, a.doc.ZohoID)
	if fault.Is(err, fault.NotFound) && !unchanged {
		return nil // whoever changes it finds out
	}
	if err != nil {
		return b.ended(ctx, a, err)
	}
	var is struct {
		Status string `json:"status"`
	}
	if json.Unmarshal(stands, &is) == nil && is.Status != "" {
		a.otherwise(Answer{Status: is.Status}, a.plan.steps)
	}
	switch {
	case !a.doc.Has(StepDraft):
	case unchanged && !a.doc.Has(StepVoid):
		return &store.Outcome{Document: b.stillDraft(a), Calls: a.calls, Count: store.CountUnchanged, Synced: true}
	default:
		return nil
	}
	now := b.store.Now()
	out := store.Outcome{Document: a.doc, Retry: &now, Calls: a.calls, Count: store.NotYet, Synced: true, Changed: true} // what waits for it looks at once
	out.Document.Status, out.Document.Wakes = Pending, a.plan.wakes
	return &out
}

// stillDraft is a document of which nothing is to be done but that it is looked at.
func (b *batch) stillDraft(a *attempt) store.Document {
	d := a.asItStands()
	d.Issue, d.Attempts = store.Issue{}, 0
	return d
}
