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
	ends   map[string]error // by the step's name
	taken  []string
	proofs map[string]proof // what stands of a step
	held   []string         // steps that were held against all that was asked
}

type proof struct {
	done bool
	err  error
}

func (s *steering) StepDone(_ context.Context, step engine.Step, _ string) (bool, error) {
	if step.Sent {
		s.held = append(s.held, step.Name)
	}
	return s.proofs[step.Name].done, s.proofs[step.Name].err
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

// TestAStepThatCameToSomethingElseStaysSo rejects a note of which another amount went back than was asked. Tried
// again, it is held against what stands: as long as that is something else it stays rejected and is not repeated;
// put right it is done, and what it brings about is learned; deleted there it is done again.
func TestAStepThatCameToSomethingElseStaysSo(t *testing.T) {
	refund := engine.Step{Name: "refund", Method: "POST", Money: true, Proof: &engine.Proof{Path: "/{id}/refunds", List: "refunds", Field: "reference", Value: "r"}, After: json.RawMessage(`{"back":"50"}`)}
	other := &engine.NotAsAsked{Extra: json.RawMessage(`{"doubt":true}`), Err: fault.New(fault.Rejected, "answer_differs", "5 went back instead of 50.").Do("Correct it.")}
	for name, tt := range map[string]struct {
		stands proof
		status store.Status
		taken  int
		extra  string
	}{
		"it stands as it was":   {proof{err: other}, store.Rejected, 1, `{"doubt":true}`},
		"it was put right":      {proof{done: true}, store.Synced, 1, `{"back":"50","doubt":true}`},
		"it was deleted":        {proof{}, store.Synced, 2, `{"back":"50","doubt":true}`},
		"it cannot be read now": {proof{err: fault.New(fault.Rejected, "zoho_refused", "No.").Do("Look.")}, store.Rejected, 1, `{"doubt":true}`},
	} {
		t.Run(name, func(t *testing.T) {
			d, books := noted(t, "open", map[string]error{"refund": other}, refund)
			got := d.doc(t, "bill", "1")
			if got.Status != store.Rejected || got.Issue.Code != "answer_differs" || learnedOf(t, got) != `{"doubt":true}` || got.Done("refund") || got.Intent != nil {
				t.Fatalf("%s %+v, extra %s, steps %+v", got.Status, got.Issue, got.Extra, got.Steps)
			}
			delete(books.ends, "refund")
			books.proofs = map[string]proof{"refund": tt.stands}
			for range 2 {
				d.later(time.Hour)
				d.queue(t, store.Ref{Flow: "bill", ID: "1"})
				d.settle(t)
			}
			if n := len(slices.DeleteFunc(slices.Clone(books.taken), func(s string) bool { return s != "refund" })); n != tt.taken {
				t.Errorf("the money went back %d times", n)
			}
			if got = d.doc(t, "bill", "1"); got.Status != tt.status || learnedOf(t, got) != tt.extra || got.Done("refund") != (tt.status == store.Synced) {
				t.Errorf("%s %+v, extra %s, steps %+v", got.Status, got.Issue, got.Extra, got.Steps)
			}
			if !slices.Contains(books.held, "refund") {
				t.Error("what stands was not held against all that was asked")
			}
		})
	}
}

// learnedOf is what was learned of a document, but for when its steps changed it last, which must be there.
func learnedOf(t *testing.T, d store.Document) string {
	t.Helper()
	var extra map[string]any
	if err := json.Unmarshal(d.Extra, &extra); err != nil || extra["moved_at"] == nil {
		t.Errorf("extra %s does not tell when what stands was changed: %v", d.Extra, err)
	}
	delete(extra, "moved_at")
	rest, _ := json.Marshal(extra)
	return string(rest)
}

// TestALostStepThatCameToSomethingElseIsToldSo loses the answer of a refund that came to something else.
func TestALostStepThatCameToSomethingElseIsToldSo(t *testing.T) {
	refund := engine.Step{Name: "refund", Method: "POST", Money: true, Proof: &engine.Proof{Path: "/{id}/refunds", List: "refunds", Field: "reference", Value: "r"}}
	lost := fault.New(fault.Unknown, "outcome_unknown", "No answer.").Do("Nothing.")
	d, books := noted(t, "open", map[string]error{"refund": lost}, refund)
	delete(books.ends, "refund")
	books.proofs = map[string]proof{"refund": {err: &engine.NotAsAsked{Err: fault.New(fault.Rejected, "answer_differs", "5 went back instead of 50.").Do("Correct it.")}}}
	for range 2 {
		d.later(time.Hour)
		d.queue(t, store.Ref{Flow: "bill", ID: "1"})
		d.settle(t)
		if got := d.doc(t, "bill", "1"); got.Status != store.Rejected || got.Issue.Code != "answer_differs" || got.Done("refund") || got.Intent != nil {
			t.Fatalf("%s %+v, steps %+v", got.Status, got.Issue, got.Steps)
		}
	}
	if n := len(slices.DeleteFunc(books.taken, func(s string) bool { return s != "refund" })); n != 1 || !slices.Contains(books.held, "refund") {
		t.Errorf("the money went back %d times, held against %v", n, books.held)
	}
}

// TestARefusedStepThatStandsOtherwiseIsToldSo refuses what went back already, and otherwise.
func TestARefusedStepThatStandsOtherwiseIsToldSo(t *testing.T) {
	refund := engine.Step{Name: "refund", Method: "POST", Money: true, Proof: &engine.Proof{Path: "/{id}/refunds", List: "refunds", Field: "reference", Value: "r"}}
	d, books := noted(t, "open", map[string]error{"refund": fault.New(fault.Rejected, "zoho_refused", "No.").Do("Look.")}, refund)
	books.proofs = map[string]proof{"refund": {err: &engine.NotAsAsked{Err: fault.New(fault.Rejected, "answer_differs", "5 went back instead of 50.").Do("Correct it.")}}}
	d.later(time.Hour)
	d.queue(t, store.Ref{Flow: "bill", ID: "1"})
	d.settle(t)
	if got := d.doc(t, "bill", "1"); got.Status != store.Rejected || got.Issue.Code != "answer_differs" || got.Done("refund") {
		t.Errorf("%s %+v, steps %+v", got.Status, got.Issue, got.Steps)
	}
}

// TestWhoseMoneyAStepMovedOtherwiseIsReadAgain moves money of another document, which is put in doubt and mapped
// again.
func TestWhoseMoneyAStepMovedOtherwiseIsReadAgain(t *testing.T) {
	from := store.Ref{Flow: "shelf", ID: "7"}
	refund := engine.Step{Name: "refund", Method: "POST", Money: true, From: &from, Proof: &engine.Proof{Path: "/{id}/refunds", List: "refunds", Field: "reference", Value: "r"}}
	d, _ := noted(t, "open", map[string]error{"refund": &engine.NotAsAsked{Err: fault.New(fault.Rejected, "answer_differs", "5 went back instead of 50.").Do("Correct it.")}}, refund)
	if err := d.store.LinkImported(t.Context(), from, store.Standing{ZohoID: "z7", Number: "7", Day: "2026-03-01", Currency: "USD"}, "It came from there."); err != nil {
		t.Fatal(err)
	}
	d.later(time.Hour)
	d.queue(t, store.Ref{Flow: "bill", ID: "1"})
	d.settle(t)
	if got := d.doc(t, "shelf", "7"); string(got.Extra) != `{"doubt":true}` || got.DueAt == nil {
		t.Errorf("extra %s, due %v", got.Extra, got.DueAt)
	}
}
