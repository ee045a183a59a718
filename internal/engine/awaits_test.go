package engine_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/store"
)

// approving is a shelf whose documents stand in a status that others change.
type approving struct {
	*shelf
	status string
	reads  int
}

func (r *approving) Current(context.Context, string) (json.RawMessage, error) {
	r.reads++
	return json.RawMessage(`{"status":"` + r.status + `"}`), nil
}

func (r *approving) Step(ctx context.Context, step engine.Step, ids []string) error {
	r.calls++
	if r.status == "pending_approval" {
		return engine.Awaits(r.status)
	}
	return r.shelf.Step(ctx, step, ids)
}

// TestWhatAwaitsApprovalIsOnlyRead looks once an hour at a bill that somebody must approve, and calls for nothing
// else; approved, it is sent by itself. One that the approval has sent is not sent again.
func TestWhatAwaitsApprovalIsOnlyRead(t *testing.T) {
	for approved, sent := range map[string]int{"approved": 1, "sent": 0} {
		t.Run(approved, func(t *testing.T) {
			d := newDesk(t)
			books := &approving{shelf: d.shelf, status: "pending_approval"}
			d.shelf.answered = "pending_approval"
			text := "one"
			load := func(_ context.Context, ids []string) (map[string]string, error) {
				return map[string]string{ids[0]: text}, nil
			}
			engine.Add(d.Engine, engine.Flow[string, page]{Name: "bill", Section: "orders", Version: 1, Load: load, Dest: books,
				Map: func(text string, _ engine.Link, _ engine.Links, _ *rules.Rules) (engine.Mapped[page], error) {
					total := money.MustParse("124.80")
					return engine.Mapped[page]{Doc: page{Text: text, Total: total},
						Steps: []engine.Step{{Name: "sent", Method: "POST", Proof: &engine.Proof{Path: "/{id}", Field: "status", Any: []string{"sent", "paid"}}}},
						Facts: engine.Facts{Title: "Bill 1", Date: "2026-03-01", Currency: "USD", Total: total, HasTotal: true}}, nil
				}})
			d.add(t, "bill", "1")
			bill := store.Ref{Flow: "bill", ID: "1"}
			d.queue(t, bill)
			d.settle(t)
			waits := func(calls, reads int) {
				t.Helper()
				if got := d.doc(t, "bill", "1"); got.Status != store.Held || got.Issue.Code != "awaits_approval" || got.DueAt == nil || d.shelf.calls != calls || books.reads != reads {
					t.Fatalf("%s %+v, %d calls, %d reads, want %d and %d", got.Status, got.Issue, d.shelf.calls, books.reads, calls, reads)
				}
			}
			waits(1, 0)
			for n := range 3 {
				d.later(time.Hour + time.Minute)
				d.settle(t)
				waits(1, n+1)
			}
			text = "changed meanwhile" // nothing is written before it is approved
			d.queue(t, bill)
			d.settle(t)
			waits(1, 4)
			text, books.status, d.shelf.answered = "one", approved, approved
			d.later(time.Hour + time.Minute)
			d.settle(t)
			if got := d.doc(t, "bill", "1"); got.Status != store.Synced || got.Issue.Code != "" || d.shelf.steps["id-bill:1 sent"] != sent {
				t.Errorf("approved: %s %+v, sent %d times", got.Status, got.Issue, d.shelf.steps["id-bill:1 sent"])
			}
		})
	}
}
