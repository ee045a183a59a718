package engine_test

import (
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/store"
)

var note = store.Ref{Flow: "note", ID: "1"}

// unknown is a note whose write was done without an answer.
func unknown(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t)
	d.add(t, "note", "1")
	d.shelf.lose = 1
	d.queue(t, note)
	d.settle(t)
	if got := d.doc(t, "note", "1"); got.Status != store.Unknown {
		t.Fatalf("a lost answer is shown as %s", got.Status)
	}
	return d
}

func (d *desk) again(t *testing.T) store.Document {
	t.Helper()
	d.later(time.Hour)
	d.settle(t)
	return d.doc(t, "note", "1")
}

// TestARefusedRepeatIsReadInstead takes every way in which an unknown outcome may turn out when the
// repeated call is refused.
func TestARefusedRepeatIsReadInstead(t *testing.T) {
	for _, kind := range []fault.Kind{fault.Rejected, fault.Held, fault.NotFound, fault.Blocked} {
		d := unknown(t)
		d.shelf.refuse["note:1"] = fault.New(kind, "zoho_refused", "not now")
		if got := d.again(t); got.Status != store.Synced || got.ZohoID != "id-note:1" || got.Intent != nil {
			t.Errorf("%s, although it stands: %s %q", kind, got.Status, got.ZohoID)
		}

		d = unknown(t)
		delete(d.shelf.pages, "note:1") // it was never done
		d.shelf.refuse["note:1"] = fault.New(kind, "zoho_refused", "not now")
		if got := d.again(t); got.Status == store.Unknown || got.Status == store.Synced || got.Issue.Code != "zoho_refused" {
			t.Errorf("%s, and it does not stand: %s %+v", kind, got.Status, got.Issue)
		}
		delete(d.shelf.refuse, "note:1")
		d.queue(t, note)
		if got := d.again(t); got.Status != store.Synced || len(d.shelf.pages) != 1 {
			t.Errorf("%s, after its cause is gone: %s %v", kind, got.Status, d.shelf.pages)
		}
	}
}

// TestAnOutcomeThatCannotBeReadStaysUnknown keeps the intent while the repeat or the search gives no
// answer, whatever is wished meanwhile.
func TestAnOutcomeThatCannotBeReadStaysUnknown(t *testing.T) {
	lost := fault.New(fault.Unknown, "outcome_unknown", "lost")
	for name, prepare := range map[string]func(d *desk){
		"the repeat is lost, too": func(d *desk) { d.shelf.refuse["note:1"] = lost },
		"Zoho is down":            func(d *desk) { d.shelf.refuse["note:1"] = fault.New(fault.Unavailable, "zoho_unavailable", "down") },
		"the day is used up":      func(d *desk) { d.shelf.refuse["note:1"] = fault.New(fault.Limited, "daily_limit", "used up") },
		"the grant is gone":       func(d *desk) { d.shelf.refuse["note:1"] = fault.New(fault.Auth, "grant_revoked", "gone") },
		"too many to look through": func(d *desk) {
			d.shelf.refuse["note:1"], d.shelf.blind = fault.New(fault.Rejected, "zoho_refused", "no"), lost
		},
		"the search is interrupted": func(d *desk) {
			d.shelf.refuse["note:1"], d.shelf.blind = fault.New(fault.Rejected, "zoho_refused", "no"), fault.New(fault.Unavailable, "zoho_unavailable", "down")
		},
	} {
		d := unknown(t)
		prepare(d)
		d.texts["1"] = "changed meanwhile"
		d.queue(t, note)
		if got := d.again(t); got.Intent == nil || got.ZohoID != "" || got.Status == store.Synced {
			t.Errorf("%s: %s, id %q", name, got.Status, got.ZohoID)
		}
		d.shelf.blind = nil
		delete(d.shelf.refuse, "note:1")
		d.queue(t, note)
		if got := d.again(t); got.Status != store.Synced || len(d.shelf.pages) != 1 || d.shelf.pages["note:1"] != "changed meanwhile" {
			t.Errorf("%s, then not: %s %+v %v", name, got.Status, got.Issue, d.shelf.pages)
		}
	}
}

// TestAnUpdateThatIsRefusedChangedNothing maps anew when the repeat of a lost update is refused.
func TestAnUpdateThatIsRefusedChangedNothing(t *testing.T) {
	d := newDesk(t)
	d.add(t, "note", "1")
	d.queue(t, note)
	d.settle(t)
	d.texts["1"] = "better"
	d.shelf.lose = 1
	d.queue(t, note)
	d.settle(t)
	if got := d.doc(t, "note", "1"); got.Status != store.Unknown {
		t.Fatalf("a lost update is shown as %s", got.Status)
	}
	d.shelf.refuse["note:1"] = fault.New(fault.Rejected, "paid_document", "settled")
	if got := d.again(t); got.Status != store.Rejected || got.Issue.Code != "paid_document" {
		t.Errorf("%s %+v", got.Status, got.Issue)
	}
	delete(d.shelf.refuse, "note:1")
	d.queue(t, note)
	if got := d.again(t); got.Status != store.Synced || d.shelf.pages["note:1"] != "better" {
		t.Errorf("%s %v", got.Status, d.shelf.pages)
	}
}

// TestAnIntentOfNobodyIsMappedAnew survives what no version of the product wrote.
func TestAnIntentOfNobodyIsMappedAnew(t *testing.T) {
	for _, intent := range []any{"not an intent", map[string]any{}, []int{1}} {
		d := newDesk(t)
		d.add(t, "note", "1")
		d.queue(t, note)
		docs, err := d.store.Claim(t.Context(), "other", store.Queue{Flow: "note", Lane: store.Person}, 1, time.Second)
		if err != nil || len(docs) != 1 {
			t.Fatal(docs, err)
		}
		if err := d.store.SaveIntent(t.Context(), "other", docs[0].RowID, intent, time.Second); err != nil {
			t.Fatal(err)
		}
		if got := d.again(t); got.Status != store.Synced || d.shelf.calls != 1 {
			t.Errorf("%v: %s, %d calls", intent, got.Status, d.shelf.calls)
		}
	}
}

// TestABulkStepThatOneSpoilsIsTakenOneByOne stops only the letter that is refused or gone, and resolves a
// step whose answer was lost without taking it twice.
func TestABulkStepThatOneSpoilsIsTakenOneByOne(t *testing.T) {
	for name, why := range map[string]error{"refused": fault.New(fault.Rejected, "zoho_refused", "one of them is refused"), "gone": fault.New(fault.NotFound, "zoho_record_gone", "one of them is gone")} {
		t.Run(name, func(t *testing.T) { oneSpoils(t, why) })
	}
}

func oneSpoils(t *testing.T, why error) {
	d := newDesk(t)
	d.shelf.spoils = why
	d.add(t, "note", "1")
	d.add(t, "letter", "1", "2", "3")
	d.shelf.spoiled = "id-letter:2"
	d.queue(t, store.Ref{Flow: "letter", ID: "1"}, store.Ref{Flow: "letter", ID: "2"}, store.Ref{Flow: "letter", ID: "3"})
	d.settle(t)
	d.later(time.Minute)
	d.settle(t)
	for id, want := range map[string]store.Status{"1": store.Synced, "2": store.Rejected, "3": store.Synced} {
		if got := d.doc(t, "letter", id); got.Status != want {
			t.Errorf("letter %s is %s, want %s", id, got.Status, want)
		}
	}
	d.shelf.spoiled, d.shelf.loseSteps = "", 1
	if fault.Is(why, fault.NotFound) {
		return // what is gone is made again or paired, which is another story
	}
	d.queue(t, store.Ref{Flow: "letter", ID: "2"})
	d.settle(t)
	d.later(time.Hour)
	d.settle(t)
	if got := d.doc(t, "letter", "2"); got.Status != store.Synced || d.shelf.steps["id-letter:2 sent"] != 1 {
		t.Errorf("%s, sent %d times", got.Status, d.shelf.steps["id-letter:2 sent"])
	}
}
