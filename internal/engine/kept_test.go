package engine_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
)

// keeps sets what is kept of the bill.
func (l *ledger) keeps(t *testing.T, extra string) {
	t.Helper()
	if err := l.store.Gorm().Exec("UPDATE qlobooks_documents SET extra = ? WHERE flow = 'bill'", extra).Error; err != nil {
		t.Fatal(err)
	}
}

// kept holds what is kept of the bill to fields; "" = it is not kept.
func (l *ledger) kept(t *testing.T, when string, want map[string]string) {
	t.Helper()
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(l.doc(t, "bill", "1").Extra, &fields)
	for name, value := range want {
		if string(fields[name]) != value {
			t.Errorf("%s %s is kept as %s, want %s", when, name, fields[name], value)
		}
	}
}

// TestWhatAnAnswerDoesNotTellStaysKept updates a document whose money is in doubt: the doubt, and what it uses of
// others, outlive the answer, and each step adds only what it says.
func TestWhatAnAnswerDoesNotTellStaysKept(t *testing.T) {
	l := newLedger(t)
	l.shelf.extra = `{"lines":["1"]}`
	is(t, "made", l.try(t), store.Synced, "")
	l.keeps(t, `{"lines":["1"],"doubt":true,"credits":{"7":"5"}}`)
	l.shelf.extra = `{"lines":["2"]}`
	l.write("1", "better")
	is(t, "updated", l.try(t), store.Synced, "")
	l.kept(t, "after an update", map[string]string{"lines": `["2"]`, "doubt": "true", "credits": `{"7":"5"}`})
	l.steps(engine.Step{Name: "eight", After: json.RawMessage(`{"credits/8":"3"}`)}, engine.Step{Name: "seven", After: json.RawMessage(`{"credits/7":"4"}`)}, engine.Step{Name: "sure", After: json.RawMessage(`{"doubt":null}`)})
	is(t, "with steps", l.try(t), store.Synced, "")
	l.kept(t, "after steps", map[string]string{"lines": `["2"]`, "doubt": "", "credits": `{"7":"4","8":"3"}`})

	l.write("1", "best")
	l.keeps(t, `{"doubt":true}`)
	l.shelf.lose = 1
	is(t, "lost", l.try(t), store.Unknown, "outcome_unknown")
	l.later(store.Arrival)
	l.settle(t)
	l.kept(t, "after a lost answer", map[string]string{"lines": `["2"]`, "doubt": "true"})
}

// TestAReleaseHoldsUntilTheUpdateIsAnswered lets a person release what somebody changed there, and troubles come
// in between: she is not asked again about the same, but about another change, and about the next.
func TestAReleaseHoldsUntilTheUpdateIsAnswered(t *testing.T) {
	l := newLedger(t)
	l.mapped = func(text string, _ engine.Link, _ engine.Links) (engine.Mapped[page], error) {
		return engine.Mapped[page]{Doc: page{Text: text}, Facts: engine.Facts{Date: "2026-02-10", Currency: "EUR", Total: money.Zero, HasTotal: true}}, nil
	}
	there := "60 there."
	l.edited = func(_ engine.Link, stands json.RawMessage) (string, any) { return string(stands), nil }
	l.stands = func(string) (json.RawMessage, error) { return json.RawMessage(there), nil }
	release := func() {
		t.Helper()
		if err := l.store.Approve(t.Context(), bill); err != nil {
			t.Fatal(err)
		}
	}
	is(t, "made", l.try(t), store.Synced, "")
	l.write("1", "better")
	is(t, "edited there", l.try(t), store.Held, "edited_in_zoho")
	release()
	l.shelf.refuse["bill:1"] = fault.New(fault.Unavailable, "zoho_unavailable", "down")
	is(t, "released while Zoho is away", l.try(t), store.Failed, "zoho_unavailable")
	l.later(time.Hour)
	l.settle(t)
	is(t, "still away", l.doc(t, "bill", "1"), store.Failed, "zoho_unavailable")
	delete(l.shelf.refuse, "bill:1")
	l.later(time.Hour)
	l.settle(t)
	if got := l.doc(t, "bill", "1"); got.Status != store.Synced || got.Approved || l.shelf.pages["bill:1"] != "better" {
		t.Errorf("back again: %s %+v, released %t, %v", got.Status, got.Issue, got.Approved, l.shelf.pages)
	}
	l.write("1", "best")
	is(t, "edited again", l.try(t), store.Held, "edited_in_zoho")
	release()
	there = "70 there."
	is(t, "edited otherwise since", l.try(t), store.Held, "edited_in_zoho")
	is(t, "not released for that", l.try(t), store.Held, "edited_in_zoho")
	release()
	l.shelf.lose = 1
	is(t, "its answer is lost", l.try(t), store.Unknown, "outcome_unknown")
	l.later(store.Arrival)
	l.settle(t)
	if got := l.doc(t, "bill", "1"); got.Status != store.Synced || got.Approved || l.shelf.pages["bill:1"] != "best" {
		t.Errorf("found: %s %+v, released %t, %v", got.Status, got.Issue, got.Approved, l.shelf.pages)
	}
}
