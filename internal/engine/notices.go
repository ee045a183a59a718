package engine

import (
	"slices"

	"github.com/qlobooks/qlobooks/internal/store"
)

// found notes what a call showed.
func (a *attempt) found(notices ...Notice) {
	for _, n := range notices {
		n.Found = true
		a.plan.notices = append(a.plan.notices, n)
	}
}

// foundOut are notices that only calls told before it was kept where each came from.
var foundOut = []string{edited, "field_not_taken", "rate_not_taken", "settled_otherwise"}

// asPosted are notices of how a document was posted, which stays so whatever its record says by now.
var asPosted = []string{"rate_replaced", "rate_shortened"}

// toldNow are the notices of a document that stands as wanted: as its record and those beside it tell them now, and what
// calls found out of it.
func (a *attempt) toldNow() []Notice {
	var kept []Notice
	for _, n := range a.doc.Notices {
		if n.Code != store.Renumbered && (n.Found || slices.Contains(foundOut, n.Code) || slices.Contains(asPosted, n.Code)) {
			kept = append(kept, n)
		}
	}
	now := slices.DeleteFunc(slices.Clone(a.told()), func(n Notice) bool {
		return slices.Contains(asPosted, n.Code) || slices.ContainsFunc(kept, func(k Notice) bool { return k.Code == n.Code })
	})
	return append(now, kept...)
}

// renewed is how an attempt ends without a call whose document stands as wanted, and is told of otherwise than before: the
// rows beside its own were changed, or it was read just now. nil where nothing is told otherwise.
func (b *batch) renewed(a *attempt) *store.Outcome {
	now := a.toldNow()
	if slices.Contains(a.doc.Wakes, a.doc.Ref) {
		out := b.synced(a)
		out.Document.Notices = now
		return out
	}
	if slices.Equal(now, a.doc.Notices) {
		return nil
	}
	d := a.asItStands()
	d.Issue, d.Notices, d.Attempts = store.Issue{}, now, 0
	return &store.Outcome{Document: d, Synced: true, Count: store.CountUnchanged}
}
