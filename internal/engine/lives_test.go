package engine_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/await"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/store"
)

// lives is a desk with two flows more: rooms, which can be retired, and stays, which name room 70.
// A stay's text is what it wants: "void" ends it, "on X" stands on another document.
func lives(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t)
	load := func(_ context.Context, ids []string) (map[string]string, error) {
		found := map[string]string{}
		for _, id := range ids {
			if text, ok := d.texts[id]; ok {
				found[id] = text
			}
		}
		return found, nil
	}
	engine.Add(d.Engine, engine.Flow[string, page]{Name: "room", Section: "room-types", Version: 1, Master: true, Load: load, Dest: d.shelf,
		Gone: func(string) string { return "closed" }, Revive: engine.Step{Name: engine.StepActive},
		Map: func(text string, _ engine.Link, _ engine.Links, _ *rules.Rules) (engine.Mapped[page], error) {
			m := engine.Mapped[page]{Doc: page{Text: "room"}, Keep: text == "closed", Steps: []engine.Step{{Name: engine.StepActive, Implied: true}}}
			if text == "closed" {
				m.Steps = []engine.Step{{Name: engine.StepInactive}}
			}
			return m, nil
		}})
	engine.Add(d.Engine, engine.Flow[string, page]{Name: "stay", Section: "orders", Version: 1, Load: load, Dest: d.shelf,
		Needs: func(string, *rules.Rules) []engine.Ref { return []engine.Ref{{Flow: "room", ID: "70"}} },
		Map: func(text string, self engine.Link, links engine.Links, _ *rules.Rules) (engine.Mapped[page], error) {
			if _, err := links.Of("room", "70"); err != nil {
				return engine.Mapped[page]{}, err
			}
			m := engine.Mapped[page]{Doc: page{Text: text}, Steps: []engine.Step{{Name: "sent", Proof: &engine.Proof{}}}, Wakes: []engine.Ref{{Flow: "stay", ID: "80"}}}
			if on, ok := strings.CutPrefix(text, "on "); ok {
				m.Stands, m.CreateOnly, m.Compare, m.Steps = on, true, text, []engine.Step{{Name: "back"}}
			}
			switch {
			case text == "void":
				m.Keep, m.Steps = true, append(m.Steps, engine.Step{Name: engine.StepVoid})
			case self.Retired():
				m.Before = &engine.Step{Name: "draft"}
			}
			return m, nil
		}})
	engine.Add(d.Engine, engine.Flow[string, page]{Name: "bill", Section: "orders", Version: 1, Load: load, Dest: d.shelf,
		Map: func(text string, _ engine.Link, _ engine.Links, _ *rules.Rules) (engine.Mapped[page], error) {
			return engine.Mapped[page]{Doc: page{Text: text}, CreateOnly: true}, nil
		}})
	engine.Add(d.Engine, engine.Flow[string, page]{Name: "ward", Section: "hotels", Version: 1, Master: true, Load: load, Dest: d.shelf,
		Map: func(text string, _ engine.Link, _ engine.Links, _ *rules.Rules) (engine.Mapped[page], error) {
			content, closed := strings.CutSuffix(text, ", closed")
			m := engine.Mapped[page]{Doc: page{Text: content}, Steps: []engine.Step{{Name: engine.StepActive, Implied: true}}}
			if closed {
				m.Steps = []engine.Step{{Name: engine.StepInactive}}
			}
			return m, nil
		}})
	return d
}

func (d *desk) want(t *testing.T, flow, id, text string) {
	t.Helper()
	d.texts[id] = text
	d.add(t, flow, id)
	d.queue(t, store.Ref{Flow: flow, ID: id})
	d.settle(t)
}

func TestAVoidDocumentComesBackToLife(t *testing.T) {
	d := lives(t)
	d.want(t, "room", "70", "open")
	d.want(t, "stay", "1", "booked")
	d.want(t, "stay", "1", "void")
	if got := d.doc(t, "stay", "1"); got.Status != store.Disabled || d.shelf.steps["id-stay:1 void"] != 1 || d.shelf.pages["stay:1"] != "booked" {
		t.Fatalf("%s %v %v", got.Status, d.shelf.steps, d.shelf.pages)
	}
	d.want(t, "stay", "1", "void")
	d.want(t, "stay", "1", "booked")
	got := d.doc(t, "stay", "1")
	if got.Status != store.Synced || d.shelf.steps["id-stay:1 draft"] != 1 || d.shelf.steps["id-stay:1 sent"] != 2 || d.shelf.steps["id-stay:1 void"] != 1 {
		t.Errorf("%s %v", got.Status, d.shelf.steps)
	}
	calls := d.shelf.calls
	d.want(t, "stay", "1", "booked")
	if d.shelf.calls != calls {
		t.Error("a revived document is not at rest")
	}
}

func TestStepsOnAnothersDocumentAreTakenOnce(t *testing.T) {
	d := lives(t)
	d.want(t, "room", "70", "open")
	d.want(t, "stay", "1", "on id-stay:9")
	d.want(t, "stay", "1", "on id-stay:9")
	if n := d.shelf.steps["id-stay:9 back"]; n != 1 || len(d.shelf.pages) != 1 {
		t.Fatalf("taken %d times, %v", n, d.shelf.pages)
	}
	d.want(t, "stay", "1", "on id-stay:8")
	if got := d.doc(t, "stay", "1"); got.Status != store.Rejected || got.Issue.Code != "changed_after_posting" || d.shelf.steps["id-stay:8 back"] != 0 {
		t.Errorf("%+v %v", got.Issue, d.shelf.steps)
	}
}

// TestAStepIsNotTakenAgainWhenItsTakerDied lets the process end after the destination took a step and
// before anything was saved of it.
func TestAStepIsNotTakenAgainWhenItsTakerDied(t *testing.T) {
	for text, step := range map[string]string{"on id-stay:9": "id-stay:9 back", "booked": "id-stay:1 sent", "void": "id-stay:1 void"} {
		d := lives(t)
		d.want(t, "room", "70", "open")
		if text == "void" {
			d.want(t, "stay", "1", "booked")
		}
		d.shelf.dieSteps = 1
		d.want(t, "stay", "1", text)
		for range 2 {
			d.later(2 * time.Minute)
			d.settle(t)
		}
		if n := d.shelf.steps[step]; n != 1 {
			t.Errorf("%q: %s was taken %d times", text, step, n)
		}
		if got := d.doc(t, "stay", "1"); got.Status != store.Synced && got.Status != store.Disabled || got.ZohoID != step[:len("id-stay:0")] || got.Intent != nil {
			t.Errorf("%q: %s %q %+v", text, got.Status, got.ZohoID, got.Issue)
		}
	}
}

func TestAChangeMapsAgainWhoDependsOnIt(t *testing.T) {
	d := lives(t)
	d.want(t, "room", "70", "open")
	d.want(t, "stay", "80", "waiter")
	d.texts["80"] = "waiter, changed meanwhile"
	d.want(t, "stay", "1", "booked")
	if d.shelf.pages["stay:80"] != "waiter, changed meanwhile" {
		t.Errorf("the dependent document was not mapped again: %v", d.shelf.pages)
	}
	d.texts["80"] = "changed again"
	d.want(t, "stay", "1", "booked")
	if d.shelf.pages["stay:80"] == "changed again" {
		t.Error("an unchanged document woke another one")
	}
}

func TestAMasterWithoutARowIsRetired(t *testing.T) {
	d := lives(t)
	d.want(t, "room", "70", "open")
	delete(d.texts, "70")
	d.queue(t, store.Ref{Flow: "room", ID: "70"})
	d.settle(t)
	if got := d.doc(t, "room", "70"); got.Status != store.Disabled || d.shelf.steps["id-room:70 inactive"] != 1 || d.shelf.pages["room:70"] != "room" {
		t.Errorf("%s %v", got.Status, d.shelf.steps)
	}
}

// TestADocumentOwedOnARetiredMaster makes the master active for the call and inactive again after.
func TestADocumentOwedOnARetiredMaster(t *testing.T) {
	d := lives(t)
	d.want(t, "room", "70", "closed")
	if got := d.doc(t, "room", "70"); got.Status != store.Disabled {
		t.Fatal(got.Status)
	}
	d.shelf.asleep = "id-room:70"
	d.want(t, "stay", "1", "still owed")
	if got := d.doc(t, "stay", "1"); got.Status != store.Synced || d.shelf.steps["id-room:70 active"] != 1 {
		t.Fatalf("%s %+v %v", got.Status, got.Issue, d.shelf.steps)
	}
	d.later(2 * time.Minute)
	d.settle(t)
	if got := d.doc(t, "room", "70"); got.Status != store.Disabled || d.shelf.steps["id-room:70 inactive"] != 2 {
		t.Errorf("the master was left active: %s %v", got.Status, d.shelf.steps)
	}
	d.shelf.refuse["stay:2"] = fault.New(fault.Rejected, "number_taken", "taken")
	d.want(t, "stay", "2", "refused for another cause")
	if d.shelf.steps["id-room:70 active"] != 1 {
		t.Error("a master was made active for a refusal that has another cause")
	}
}

// under lets a document be mapped and its call begin, does what happens meanwhile, and lets it go on.
func (d *desk) under(t *testing.T, id string, meanwhile func()) {
	t.Helper()
	d.shelf.entered, d.shelf.wait = make(chan struct{}, 9), make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		d.want(t, "stay", id, "still owed")
	}()
	<-d.shelf.entered
	meanwhile()
	close(d.shelf.wait)
	<-ended
	if got := d.doc(t, "stay", id); got.Status != store.Synced || d.shelf.steps["id-room:70 active"] != 1 {
		t.Errorf("%s %+v %v", got.Status, got.Issue, d.shelf.steps)
	}
	d.later(2 * time.Minute)
	d.settle(t)
	if got := d.doc(t, "room", "70"); got.Status != store.Disabled || d.shelf.steps["id-room:70 inactive"] != 2 {
		t.Errorf("the master was left active: %s %v", got.Status, d.shelf.steps)
	}
}

// TestAMasterThatIsMarkedOnlyIsMadeActiveAllTheSame has another document mark the retired master, and
// die before it makes it active.
func TestAMasterThatIsMarkedOnlyIsMadeActiveAllTheSame(t *testing.T) {
	d := lives(t)
	d.want(t, "room", "70", "closed")
	d.shelf.asleep = "id-room:70"
	d.under(t, "1", func() {
		if _, err := d.store.WakeMaster(t.Context(), store.Ref{Flow: "room", ID: "70"}, engine.StepInactive, d.now().Add(time.Minute)); err != nil {
			t.Error(err)
		}
	})
}

// TestAMasterThatIsRetiredMeanwhileIsMadeActive retires a master between the mapping of a document
// that names it and the call.
func TestAMasterThatIsRetiredMeanwhileIsMadeActive(t *testing.T) {
	d := lives(t)
	d.want(t, "room", "70", "open")
	d.under(t, "1", func() {
		d.write("70", "closed")
		d.queue(t, store.Ref{Flow: "room", ID: "70"})
		d.settle(t)
		d.shelf.set(func() { d.shelf.asleep = "id-room:70" })
	})
}

// TestAWishForStateOrContentAlone changes only what it is about.
func TestAWishForStateOrContentAlone(t *testing.T) {
	for _, tt := range []struct {
		column, status, page string
		inactive             int
	}{
		{"keep_content", "disabled", "text 3", 1},
		{"keep_state", "synced", "changed", 0},
	} {
		t.Run(tt.column, func(t *testing.T) {
			d := lives(t)
			d.want(t, "ward", "3", "text 3")
			d.texts["3"] = "changed, closed"
			d.queue(t, store.Ref{Flow: "ward", ID: "3"})
			if err := d.store.Gorm().Exec("UPDATE qlobooks_documents SET " + tt.column + " = 1 WHERE flow = 'ward'").Error; err != nil {
				t.Fatal(err)
			}
			d.settle(t)
			if got := d.doc(t, "ward", "3"); string(got.Status) != tt.status || d.shelf.pages["ward:3"] != tt.page || d.shelf.steps["id-ward:3 inactive"] != tt.inactive {
				t.Errorf("%s, %v, %v", got.Status, d.shelf.pages, d.shelf.steps)
			}
		})
	}
}

// TestAMasterThatIsJustBeingRetiredIsWaitedFor has a document refused when its master was made inactive
// and nothing is saved of that yet.
func TestAMasterThatIsJustBeingRetiredIsWaitedFor(t *testing.T) {
	d := lives(t)
	d.want(t, "room", "70", "open")
	d.write("70", "closed")
	d.shelf.during = func(context.Context) error {
		d.shelf.set(func() {
			d.shelf.during, d.shelf.asleep = nil, "id-room:70"
			d.shelf.steps["id-room:70 inactive"]++
		})
		d.write("1", "still owed")
		d.add(t, "stay", "1")
		d.queue(t, store.Ref{Flow: "stay", ID: "1"})
		if _, err := d.Work(t.Context(), store.Queue{Flow: "stay", Lane: store.Person}, nil); err != nil {
			t.Error(err)
		}
		if got := d.doc(t, "stay", "1"); !got.Moving() {
			t.Errorf("meanwhile: %s %+v", got.Status, got.Issue)
		}
		return fault.New(fault.Unknown, "outcome_unknown", "lost")
	}
	d.queue(t, store.Ref{Flow: "room", ID: "70"})
	d.settle(t)
	for range 3 {
		d.later(2 * time.Minute)
		d.settle(t)
	}
	if got := d.doc(t, "stay", "1"); got.Status != store.Synced {
		t.Errorf("%s %+v", got.Status, got.Issue)
	}
	if got := d.doc(t, "room", "70"); got.Status != store.Disabled {
		t.Errorf("the master was left %s: %v", got.Status, d.shelf.steps)
	}
}

// TestNoCallIsMadeWhenTheLeaseRanOut lets more than a lease pass while a step is being taken, as when
// the database was away or the machine asleep: the step is left to whoever claims the document next.
func TestNoCallIsMadeWhenTheLeaseRanOut(t *testing.T) {
	d := lives(t)
	d.want(t, "room", "70", "open")
	broken := false
	d.shelf.during = func(ctx context.Context) error {
		if broken {
			return nil
		}
		broken = true
		d.later(time.Minute)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(await.Hang):
			t.Error("nobody was told that the lease ran out")
			return errors.New("too late")
		}
	}
	d.want(t, "stay", "1", "booked")
	d.later(time.Minute)
	d.settle(t)
	if got := d.doc(t, "stay", "1"); got.Status != store.Synced || d.shelf.steps["id-stay:1 sent"] != 1 || got.Intent != nil {
		t.Errorf("%s %+v %v", got.Status, got.Issue, d.shelf.steps)
	}
}
