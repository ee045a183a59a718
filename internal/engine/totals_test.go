package engine_test

import (
	"context"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/store"
)

// TestAnotherTotalThanPredictedIsRejectedAndLookedAtAgain compares what the destination made of a
// document with the prediction, also when nothing has changed since.
func TestAnotherTotalThanPredictedIsRejectedAndLookedAtAgain(t *testing.T) {
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
			return engine.Mapped[page]{Doc: page{Text: text, Total: total}, Steps: []engine.Step{{Name: "sent"}},
				Facts: engine.Facts{Title: "Bill 1", Date: "2026-03-01", Currency: "USD", Total: total, HasTotal: true}}, nil
		}})
	bill := store.Ref{Flow: "bill", ID: "1"}
	d.add(t, "bill", "1")
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
		if err != nil || len(events) <= n || !strings.Contains(events[0].Detail, "124.81") || !strings.Contains(events[0].Detail, "124.8 ") {
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
