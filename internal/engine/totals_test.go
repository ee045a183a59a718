package engine_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/store"
)

// TestAnotherTotalThanPredictedIsRejectedAndLookedAtAgain compares what the destination made of a
// document with the prediction, also when nothing has changed since.
func TestAnotherTotalThanPredictedIsRejectedAndLookedAtAgain(t *testing.T) {
	d, bill := billed(t, "one", false)
	d.shelf.wrong = true
	for n := range 2 {
		d.queue(t, bill)
		d.settle(t)
		got := d.doc(t, "bill", "1")
		if got.Status != store.Rejected || got.Issue.Code != "totals_differ" || got.ZohoID != "id-bill:1" || got.Fingerprint != "" || got.Intent != nil {
			t.Fatalf("%s %+v, id %q, fingerprint %q, intent %s", got.Status, got.Issue, got.ZohoID, got.Fingerprint, got.Intent)
		}
		if d.shelf.calls != n+1 || d.shelf.steps["id-bill:1 sent"] != 0 {
			t.Errorf("%d calls, want %d and none that sends it: %v", d.shelf.calls, n+1, d.shelf.steps)
		}
		events, err := d.store.Events(t.Context(), []store.Ref{bill}, 10)
		if err != nil || len(events) <= n || !strings.Contains(events[0].Detail, "124.81") || !strings.Contains(events[0].Detail, "124.80 ") {
			t.Errorf("its history says %+v, %v", events, err)
		}
	}
	d.shelf.wrong = false
	d.queue(t, bill)
	d.settle(t)
	if got := d.doc(t, "bill", "1"); got.Status != store.Synced || got.Fingerprint == "" || len(d.shelf.pages) != 1 || d.shelf.steps["id-bill:1 sent"] != 1 {
		t.Errorf("%s %+v, %v", got.Status, got.Issue, d.shelf.pages)
	}
}

// billed is a desk with one bill of 124.80 USD, tax 4.80, that is sent after it was made.
func billed(t *testing.T, text string, createOnly bool) (*desk, store.Ref) {
	t.Helper()
	d := newDesk(t)
	load := func(_ context.Context, ids []string) (map[string]string, error) {
		found := map[string]string{}
		for _, id := range ids {
			found[id] = d.texts[id]
		}
		return found, nil
	}
	engine.Add(d.Engine, engine.Flow[string, page]{Name: "bill", Section: "orders", Version: 1, Load: load, Dest: d.shelf,
		Map: func(text string, _ engine.Link, _ engine.Links, _ *rules.Rules) (engine.Mapped[page], error) {
			total := money.MustParse("124.80")
			return engine.Mapped[page]{Doc: page{Text: text, Total: total}, CreateOnly: createOnly,
				Steps: []engine.Step{{Name: "sent", Proof: &engine.Proof{Path: "/{id}", Field: "status", Any: []string{"sent", "paid"}}}},
				Facts: engine.Facts{Title: "Bill 1", Date: "2026-03-01", Currency: "USD", Total: total, Tax: money.MustParse("4.80"), HasTotal: true}}, nil
		}})
	d.add(t, "bill", "1")
	d.texts["1"] = text
	return d, store.Ref{Flow: "bill", ID: "1"}
}

// TestAnUpdateThatWaitsForApprovalIsSentAgain changes what was sent: the answer shows a status in which
// nobody may use it, so it neither counts as sent nor reads synced an hour later without a look.
func TestAnUpdateThatWaitsForApprovalIsSentAgain(t *testing.T) {
	for _, status := range []string{"pending_approval", "draft"} {
		d, bill := billed(t, "one", false)
		d.shelf.answered = "draft"
		d.queue(t, bill)
		d.settle(t)
		if got := d.doc(t, "bill", "1"); got.Status != store.Synced || d.shelf.steps["id-bill:1 sent"] != 1 {
			t.Fatalf("%s %+v, sent %d times", got.Status, got.Issue, d.shelf.steps["id-bill:1 sent"])
		}
		d.texts["1"], d.shelf.answered = "another", status
		d.queue(t, bill)
		d.settle(t)
		if got := d.doc(t, "bill", "1"); status == "pending_approval" && (got.Status != store.Held || got.Issue.Code != "awaits_approval") {
			t.Errorf("%s: %s %+v", status, got.Status, got.Issue)
		}
		d.later(2 * time.Hour)
		d.settle(t)
		if got := d.doc(t, "bill", "1"); got.Status != store.Synced || d.shelf.steps["id-bill:1 sent"] != 2 {
			t.Errorf("%s: %s %+v, sent %d times", status, got.Status, got.Issue, d.shelf.steps["id-bill:1 sent"])
		}
	}
}

// TestWhatIsNeverChangedIsLookedAtOnceItIsPutRight takes a document that came out otherwise, and that is
// never sent again, for this record's as soon as it stands as it should.
func TestWhatIsNeverChangedIsLookedAtOnceItIsPutRight(t *testing.T) {
	d, bill := billed(t, "one", true)
	d.shelf.wrong = true
	for _, stands := range []string{"", "124.81", "124.80"} {
		if stands != "" {
			d.shelf.stands = money.MustParse(stands)
		}
		d.queue(t, bill)
		d.settle(t)
		got := d.doc(t, "bill", "1")
		if right := stands == "124.80"; right != (got.Status == store.Synced) || !right && got.Issue.Code != "totals_differ" || len(d.shelf.pages) != 1 {
			t.Errorf("stands with %s: %s %+v", stands, got.Status, got.Issue)
		}
	}
}

// TestTaxesAreComparedWithoutTheirSum holds an answer that shows each tax and not what they come to.
func TestTaxesAreComparedWithoutTheirSum(t *testing.T) {
	for tax, want := range map[string]store.Status{"4.80": store.Synced, "9.60": store.Rejected} {
		d, bill := billed(t, "one", false)
		d.shelf.taxes = map[string]money.Decimal{"t": money.MustParse(tax)}
		d.queue(t, bill)
		d.settle(t)
		if got := d.doc(t, "bill", "1"); got.Status != want {
			t.Errorf("tax %s: %s %+v", tax, got.Status, got.Issue)
		}
	}
}
