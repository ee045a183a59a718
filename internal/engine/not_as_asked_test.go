package engine_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/store"
)

// steering is a shelf whose steps end as a test says.
type steering struct {
	*shelf
	ends  map[string]error // by the step's name
	taken []string
}

func (s *steering) Step(_ context.Context, step engine.Step, _ []string) error {
	s.taken = append(s.taken, step.Name)
	return s.ends[step.Name]
}

// noted is a desk with one credit note, which its creation opens, and the steps that follow.
func noted(t *testing.T, answered string, ends map[string]error, more ...engine.Step) (*desk, *steering) {
	t.Helper()
	d := newDesk(t)
	books := &steering{shelf: d.shelf, ends: ends}
	d.shelf.answered = answered
	load := func(_ context.Context, ids []string) (map[string]string, error) {
		return map[string]string{ids[0]: "one"}, nil
	}
	open := engine.Step{Name: "open", Method: "POST", Implied: true, Proof: &engine.Proof{Path: "/{id}", Field: "status", Any: []string{"open", "closed"}}}
	engine.Add(d.Engine, engine.Flow[string, page]{Name: "bill", Section: "orders", Version: 1, Load: load, Dest: books,
		Map: func(text string, _ engine.Link, _ engine.Links, _ *rules.Rules) (engine.Mapped[page], error) {
			total := money.MustParse("124.80")
			return engine.Mapped[page]{Doc: page{Text: text, Total: total}, CreateOnly: true, Steps: append([]engine.Step{open}, more...),
				Facts: engine.Facts{Title: "Note 1", Date: "2026-03-01", Currency: "USD", Total: total, HasTotal: true}}, nil
		}})
	d.add(t, "bill", "1")
	d.queue(t, store.Ref{Flow: "bill", ID: "1"})
	d.settle(t)
	return d, books
}

// TestACreditNoteIsOpenOnlyByItsStatus opens one whose answer shows no status, or another one.
func TestACreditNoteIsOpenOnlyByItsStatus(t *testing.T) {
	for answered, want := range map[string]int{"open": 0, "": 1, "draft": 1} {
		d, books := noted(t, answered, nil)
		if got := d.doc(t, "bill", "1"); got.Status != store.Synced || len(books.taken) != want {
			t.Errorf("answered %q: %s %+v, opened %d times, want %d", answered, got.Status, got.Issue, len(books.taken), want)
		}
	}
}

// TestAStepThatCameToSomethingElseIsNotRepeated rejects a note of which another amount went back than was asked.
func TestAStepThatCameToSomethingElseIsNotRepeated(t *testing.T) {
	refund := engine.Step{Name: "refund", Method: "POST", Money: true, Proof: &engine.Proof{Path: "/{id}/refunds", List: "refunds", Field: "reference", Value: "r"}}
	d, books := noted(t, "open", map[string]error{"refund": &engine.NotAsAsked{Extra: json.RawMessage(`{"doubt":true}`), Err: fault.New(fault.Rejected, "answer_differs", "5 went back instead of 50.").Do("Correct it.")}}, refund)
	got := d.doc(t, "bill", "1")
	if got.Status != store.Rejected || got.Issue.Code != "answer_differs" || string(got.Extra) != `{"doubt":true}` || !got.Done("refund") {
		t.Fatalf("%s %+v, extra %s, steps %+v", got.Status, got.Issue, got.Extra, got.Steps)
	}
	d.later(time.Hour)
	d.queue(t, store.Ref{Flow: "bill", ID: "1"})
	d.settle(t)
	if n := len(slices.DeleteFunc(slices.Clone(books.taken), func(s string) bool { return s != "refund" })); n != 1 {
		t.Errorf("the money went back %d times", n)
	}
}
