package flow

import (
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/ledger"
	"github.com/qlobooks/qlobooks/internal/rules"
)

// TestNoJournalIsMadeWhileARateIsUnknown holds it and names the document, until its rate is known.
func TestNoJournalIsMadeWhileARateIsUnknown(t *testing.T) {
	t.Parallel()

	account := "7"
	r := &rules.Rules{}
	r.Settings.Revenue.Enabled, r.Settings.Revenue.DeferredAccountID = true, &account
	_, err := mapJournal(ledger.Journal{Hotel: "1", Day: "2026-03-01", Unrated: []string{"INV-9"}}, engine.Link{}, nil, r)
	if f := fault.Of(err); f == nil || f.Kind != fault.Held || f.Code != "no_rate" || !strings.Contains(f.Detail, "INV-9") || f.RetryAfter <= 0 {
		t.Errorf("%+v", err)
	}
}
