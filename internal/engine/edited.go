package engine

import (
	"context"
	"encoding/json"

	"github.com/qlobooks/qlobooks/internal/fault"
)

// Edited says in words which amounts of a document stand otherwise at the destination than they were last
// seen, "" when none does. An update would undo what somebody did there, so a person is asked.
type Edited func(known Link, stands json.RawMessage) string

// watched reports an update of a document whose amounts were seen to stand as they were sent. One that is
// sent anew on a person's word is not asked about again.
func (a *attempt) watched(r *runner) bool {
	return r.edited != nil && r.current != nil && a.doc.ZohoID != "" && a.doc.Fingerprint != "" && a.doc.Total != nil && !a.overwrites()
}

// overwrites reports that a person, asked about what was changed there, chose to send it all the same.
func (a *attempt) overwrites() bool { return a.doc.Approved && a.doc.Issue.Code == edited }

// edited asks a person before an update rewrites amounts that somebody changed at the destination. Released,
// the update is sent, and the next one is asked about anew.
func (b *batch) edited(ctx context.Context, a *attempt) error {
	if b.runner.edited != nil && a.overwrites() {
		a.doc.Approved = false
		return b.store.Unapprove(ctx, a.doc.RowID)
	}
	if !a.watched(b.runner) {
		return nil
	}
	a.calls++
	stands, err := b.runner.current(ctx, a.doc.ZohoID)
	if fault.Is(err, fault.NotFound) {
		return nil // the update itself says so
	}
	if err != nil {
		return err
	}
	words := b.runner.edited(linkOf(a.doc), stands)
	if words == "" {
		return nil
	}
	f := a.plan.facts
	return fault.New(fault.Held, edited, "Somebody changed it in Zoho Books: %s QloApps now says %s %s.", words, f.Total, f.Currency).
		Do("Use Release to send it as QloApps has it, or Skip to leave it as it stands in Zoho Books.")
}
