package engine_test

import (
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/store"
)

// forget loses a document's link, as a reset does.
func (d *desk) forget(t *testing.T, trace bool) {
	t.Helper()
	if _, err := d.store.Forget(t.Context(), false, true, false, store.Event{Actor: "somebody", Action: "reset"}); err != nil {
		t.Fatal(err)
	}
	if !trace { // a back-up was put back: the history goes with it
		if err := d.store.Gorm().Exec("DELETE FROM qlobooks_events").Error; err != nil {
			t.Fatal(err)
		}
	}
}

// TestAStepOfAFoundDocumentIsLookedForFirst forgets the link of a document whose step was taken: the
// step has no key, so taking it again would do it twice.
func TestAStepOfAFoundDocumentIsLookedForFirst(t *testing.T) {
	for _, trace := range []bool{true, false} {
		d := lives(t)
		d.want(t, "room", "70", "open")
		d.want(t, "stay", "1", "booked")
		if d.shelf.looks != 0 {
			t.Fatalf("a step of a document that was just made was looked for %d times", d.shelf.looks)
		}
		d.forget(t, trace)
		d.want(t, "room", "70", "open")
		d.want(t, "stay", "1", "booked")
		if got := d.doc(t, "stay", "1"); got.Status != store.Synced || !got.Found || d.shelf.steps["id-stay:1 sent"] != 1 {
			t.Errorf("history %v: %s, taken %d times", trace, got.Status, d.shelf.steps["id-stay:1 sent"])
		}
	}
}

// TestAStepIsLookedForWhenItsAttemptDidNotMakeTheDocument takes the answer of the creation from the
// database, where a back-up may have put an older state back.
func TestAStepIsLookedForWhenItsAttemptDidNotMakeTheDocument(t *testing.T) {
	d := lives(t)
	d.want(t, "room", "70", "open")
	d.want(t, "stay", "1", "booked")
	if err := d.store.Gorm().Exec(`UPDATE qlobooks_documents SET steps = '[{"name":"sent","done":false,"call":{"name":"sent","method":"","path":"","proof":{"path":"","field":"","value":""}}}]', last_synced_at = NULL WHERE flow = 'stay'`).Error; err != nil {
		t.Fatal(err)
	}
	d.want(t, "stay", "1", "booked")
	if got := d.doc(t, "stay", "1"); got.Status != store.Synced || d.shelf.steps["id-stay:1 sent"] != 1 {
		t.Errorf("%s, taken %d times", got.Status, d.shelf.steps["id-stay:1 sent"])
	}
}

// TestWhatIsNeverChangedIsTakenAsItStands loses the link of a document that people changed since: it is
// not written anew, neither after a reset nor once something was found that the history does not tell of.
func TestWhatIsNeverChangedIsTakenAsItStands(t *testing.T) {
	for _, trace := range []bool{true, false} {
		d := lives(t)
		d.want(t, "bill", "1", "paid")
		d.want(t, "bill", "2", "paid")
		d.forget(t, trace)
		if !trace { // the first that is found tells that the links are older than the books
			d.want(t, "bill", "2", "paid")
		}
		d.shelf.pages["bill:1"] = "paid, moved by hand"
		calls := d.shelf.calls
		d.want(t, "bill", "1", "paid")
		if got := d.doc(t, "bill", "1"); got.Status != store.Synced || got.ZohoID != "id-bill:1" || d.shelf.pages["bill:1"] != "paid, moved by hand" || d.shelf.calls != calls {
			t.Errorf("history %v: %s, and %q stands after %d calls", trace, got.Status, d.shelf.pages["bill:1"], d.shelf.calls-calls)
		}
		d.later(time.Hour)
		d.want(t, "bill", "1", "paid")
		if got := d.doc(t, "bill", "1"); got.Status != store.Synced {
			t.Errorf("history %v: at the next look it is %s %s", trace, got.Status, got.Issue.Code)
		}
	}
}
