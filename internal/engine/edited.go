package engine

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
)

// Edited says in words which amounts of a document stand otherwise at the destination than they were last
// seen, "" when none does, and what is kept of how it stands. An update would undo what somebody did there, so a person is
// asked; until one is sent, that is what the books have.
type Edited func(known Link, stands json.RawMessage) (words string, seen any)

// watched reports an update of a document whose amounts were seen to stand as they were sent.
func (a *attempt) watched(r *runner) bool {
	return r.edited != nil && r.current != nil && a.doc.ZohoID != "" && a.doc.Fingerprint != "" && a.doc.Total != nil
}

// askedEdit is the name under which it is kept in which words a person was asked about what was changed at the
// destination.
const askedEdit = "edited"

// standsAs is the name under which it is kept how it was seen to stand.
const standsAs = "stands"

// seenAs is how something was seen to stand, and when.
type seenAs struct {
	At time.Time `json:"at"`
	As any       `json:"as"`
}

// overwrites reports that a person, asked about exactly this, chose to send it all the same. Her word holds
// until an update was answered, whatever stops it before.
func (a *attempt) overwrites(words string) bool {
	asked, known := a.askedEdit()
	return a.doc.Approved && (known && asked == words || !known && a.doc.Issue.Code == edited) // asked by a former version
}

func (a *attempt) askedEdit() (words string, known bool) {
	var kept map[string]json.RawMessage
	_ = json.Unmarshal(a.doc.Extra, &kept)
	return words, len(kept[askedEdit]) > 0 && json.Unmarshal(kept[askedEdit], &words) == nil
}

// edited asks a person before an update rewrites amounts that somebody changed at the destination. Released,
// the update is sent, and the next one is asked about anew.
func (b *batch) edited(ctx context.Context, a *attempt) error {
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
	words, seen := b.runner.edited(linkOf(a.doc), stands)
	if words == "" || a.overwrites(words) {
		return nil // what is answered now is how it stands
	}
	asked, _ := json.Marshal(map[string]any{askedEdit: words, standsAs: seenAs{b.store.Now(), seen}})
	a.learn(asked)
	a.asks = true
	f := a.plan.facts
	return b.asked(ctx, a, fault.New(fault.Held, edited, "Somebody changed it in Zoho Books: %s QloApps now says %s %s.", words, money.Words(f.Total, f.Currency), f.Currency).
		Do("Use Release to send it as QloApps has it, or Skip to leave it as it stands in Zoho Books."))
}

// updated takes back what a person said to an update that is answered now: the next is asked about anew.
func (b *batch) updated(a *attempt) {
	_, asked := a.askedEdit()
	if asked {
		a.learn(json.RawMessage(`{"` + askedEdit + `":null,"` + standsAs + `":null}`))
	}
	if !a.doc.Approved || !asked && a.doc.Issue.Code != edited {
		return
	}
	a.doc.Approved = false
	if err := b.store.Unapprove(context.Background(), a.doc.RowID); err != nil { // without what she was asked it says nothing of an update
		slog.Warn("a release that was used could not be taken back", "key", a.doc.Ref.Key(), "error", err)
	}
}
