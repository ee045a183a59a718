package engine_test

import (
	"context"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/store"
)

// binding is a shelf whose documents can be taken back: each is made void, as the destination does with what counted.
type binding struct {
	*shelf
	asked *[]engine.Withdrawing
	says  func(ask engine.Withdrawing) (engine.Withdrawal, error) // nil = it is made void
}

// void takes a document back as long as it is not void; one that is void, and not by a call of ours, is somebody's.
func (b *binding) void(ask engine.Withdrawing) (engine.Withdrawal, error) {
	w := engine.Withdrawal{Aside: true}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch void := b.steps[ask.Link.ID+" undo:void"] > 0; {
	case void && !ask.Tried:
		return w, fault.New(fault.Held, "edited_in_zoho", "it was made void there")
	case !void:
		w.Steps = []engine.Step{{Name: "undo:void", Proof: &engine.Proof{}}}
	}
	return w, nil
}

func (b *binding) Withdrawal(_ context.Context, ask engine.Withdrawing) (engine.Withdrawal, error) {
	*b.asked = append(*b.asked, ask)
	if b.says != nil {
		return b.says(ask)
	}
	return b.void(ask)
}

// bindery is a desk with documents of the flow "bond", which stand and can be taken back, and the run that posted them.
func bindery(t *testing.T, ids ...string) (*desk, *binding) {
	t.Helper()
	d := newDesk(t)
	b := &binding{shelf: d.shelf, asked: new([]engine.Withdrawing)}
	load := func(_ context.Context, ids []string) (map[string]string, error) {
		found := map[string]string{}
		for _, id := range ids {
			found[id] = d.texts[id]
		}
		return found, nil
	}
	engine.Add(d.Engine, engine.Flow[string, page]{Name: "bond", Section: "orders", Version: 1, Load: load, Dest: b,
		Map: func(text string, _ engine.Link, _ engine.Links, _ *rules.Rules) (engine.Mapped[page], error) {
			return engine.Mapped[page]{Doc: page{Text: text}}, nil
		}})
	d.add(t, "bond", ids...)
	var refs []store.Ref
	for _, id := range ids {
		refs = append(refs, store.Ref{Flow: "bond", ID: id})
	}
	d.queue(t, refs...)
	d.settle(t)
	return d, b
}

// undo begins a run that takes documents back.
func (d *desk) undo(t *testing.T, ids ...string) uint64 {
	t.Helper()
	run, err := d.store.StartRun(t.Context(), "undo", "orders", ids, "a person")
	if err != nil {
		t.Fatal(err)
	}
	if mine, err := d.store.ClaimRun(t.Context(), "lister", run.ID, time.Minute); err != nil || !mine {
		t.Fatal(mine, err)
	}
	var list []store.Undo
	for at, id := range ids {
		list = append(list, store.Undo{Way: engine.UndoVoid, Document: store.PostedDocument{Document: d.doc(t, "bond", id), Place: at}})
	}
	if err := d.store.QueueUndo(t.Context(), run.ID, list); err != nil {
		t.Fatal(err)
	}
	if err := d.store.ListedRun(t.Context(), "lister", run.ID, nil); err != nil {
		t.Fatal(err)
	}
	return run.ID
}

// TestALostVoidIsOurOwn loses the answer to the call that makes a document void, and then lets something come between
// that and the look at it: the void is still known for our own.
func TestALostVoidIsOurOwn(t *testing.T) {
	for name, between := range map[string]func(d *desk){
		"nothing":                  func(*desk) {},
		"the rules cannot be read": func(d *desk) { d.held = fault.New(fault.Unavailable, "database_down", "away") },
	} {
		t.Run(name, func(t *testing.T) {
			d, _ := bindery(t, "1")
			d.shelf.loseSteps = 1
			d.undo(t, "1")
			d.settle(t)
			if got := d.doc(t, "bond", "1"); got.Status != store.Unknown || got.Intent == nil {
				t.Fatalf("%s %+v", got.Status, got.Issue)
			}
			between(d)
			d.later(5 * time.Minute)
			d.settle(t)
			d.held = nil
			d.later(5 * time.Minute)
			d.settle(t)
			if got := d.doc(t, "bond", "1"); got.Status != store.NotSynced || got.ZohoID != "" || got.UndoRun != 0 {
				t.Errorf("%s %q %+v", got.Status, got.ZohoID, got.Issue)
			}
			if n := d.shelf.steps["id-bond:1 undo:void"]; n != 1 {
				t.Errorf("made void %d times", n)
			}
		})
	}
}

// TestWhatWaitsMidwayKeepsItsLostCall: a document that has to wait for another one, after its call was lost, still knows
// of the call.
func TestWhatWaitsMidwayKeepsItsLostCall(t *testing.T) {
	d, _ := bindery(t, "1", "2")
	if err := d.store.Gorm().Exec("UPDATE qlobooks_record_documents SET record_id = '1'").Error; err != nil {
		t.Fatal(err)
	}
	d.undo(t, "1", "2")
	exec := func(statement string, args ...any) {
		t.Helper()
		if err := d.store.Gorm().Exec(statement, args...).Error; err != nil {
			t.Fatal(err)
		}
	}
	// the second was called for, its answer lost, before the first came to need taking back
	exec(`UPDATE qlobooks_documents SET intent = '{"step":{"Name":"undo:void"}}', status = 'unknown' WHERE flow = 'bond' AND source_id = '2'`)
	d.shelf.steps["id-bond:2 undo:void"] = 1
	exec("UPDATE qlobooks_documents SET due_at = due_at + INTERVAL 10 MINUTE WHERE flow = 'bond' AND source_id = '1'")
	d.later(5 * time.Minute)
	d.settle(t)
	if got := d.doc(t, "bond", "2"); got.Status != store.Blocked || got.Intent == nil {
		t.Errorf("%s, and its call is forgotten: %v", got.Status, got.Intent == nil)
	}
	d.later(10 * time.Minute)
	d.settle(t)
	if got := d.doc(t, "bond", "2"); got.Status != store.NotSynced || got.ZohoID != "" {
		t.Errorf("%s %q %+v", got.Status, got.ZohoID, got.Issue)
	}
}

// TestARefusalAfterALostCallLeavesDoubt: what was called for may have been done, so that the next sync looks first.
func TestARefusalAfterALostCallLeavesDoubt(t *testing.T) {
	d, b := bindery(t, "1")
	d.shelf.loseSteps = 1
	d.undo(t, "1")
	d.settle(t)
	b.says = func(engine.Withdrawing) (engine.Withdrawal, error) {
		return engine.Withdrawal{}, fault.New(fault.Held, "period_locked", "locked meanwhile")
	}
	d.later(5 * time.Minute)
	d.settle(t)
	got := d.doc(t, "bond", "1")
	if got.UndoRun != 0 || got.Status != store.Synced || !got.Found {
		t.Errorf("%s of run %d: what may have been taken back is believed to stand", got.Status, got.UndoRun)
	}
}

// TestWhatWasBlockedIsLookedAtAfterTheUndo: what it waited for may have come while it was being taken back.
func TestWhatWasBlockedIsLookedAtAfterTheUndo(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, d *desk, run uint64){
		"refused": func(*testing.T, *desk, uint64) {},
		"canceled": func(t *testing.T, d *desk, run uint64) {
			if _, err := d.store.CancelRun(t.Context(), run); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, b := bindery(t, "1")
			if err := d.store.Gorm().Exec("UPDATE qlobooks_documents SET status = 'blocked', issue_code = 'mapping_missing' WHERE flow = 'bond'").Error; err != nil {
				t.Fatal(err)
			}
			b.says = func(engine.Withdrawing) (engine.Withdrawal, error) {
				return engine.Withdrawal{}, fault.New(fault.Held, "period_locked", "locked")
			}
			end(t, d, d.undo(t, "1"))
			d.settle(t)
			if got := d.doc(t, "bond", "1"); got.Status != store.Synced || got.Issue.Code != "" || got.UndoRun != 0 {
				t.Errorf("%s %+v, of run %d", got.Status, got.Issue, got.UndoRun)
			}
		})
	}
}

// TestACanceledUndoEndsWhatItBegan: a document of which a part was taken back is taken back, and the others stay.
func TestACanceledUndoEndsWhatItBegan(t *testing.T) {
	d, b := bindery(t, "1", "2")
	away := true
	b.says = func(ask engine.Withdrawing) (engine.Withdrawal, error) {
		w := engine.Withdrawal{Aside: true}
		for _, name := range []string{"undo:unapply:7", "undo:void"} {
			if d.shelf.steps[ask.Link.ID+" "+name] == 0 {
				w.Steps = append(w.Steps, engine.Step{Name: name, Proof: &engine.Proof{}})
			}
		}
		return w, nil
	}
	d.shelf.during = func(context.Context) error {
		if away && d.shelf.steps["id-bond:1 undo:unapply:7"] > 0 {
			return fault.New(fault.Limited, "minute_limit", "enough for now")
		}
		return nil
	}
	run := d.undo(t, "1", "2")
	if err := d.store.Gorm().Exec("UPDATE qlobooks_documents SET due_at = due_at + INTERVAL 10 MINUTE WHERE flow = 'bond' AND source_id = '2'").Error; err != nil {
		t.Fatal(err)
	}
	d.settle(t)
	if _, err := d.store.CancelRun(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	away = false
	d.later(time.Hour)
	d.settle(t)
	if got := d.doc(t, "bond", "1"); got.ZohoID != "" || d.shelf.steps["id-bond:1 undo:void"] != 1 {
		t.Errorf("half of it is left: %s %q %v", got.Status, got.ZohoID, d.shelf.steps)
	}
	if got := d.doc(t, "bond", "2"); got.ZohoID == "" || got.UndoRun != 0 {
		t.Errorf("the other one is taken back too: %s %q", got.Status, got.ZohoID)
	}
}
