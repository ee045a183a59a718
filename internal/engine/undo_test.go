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
	return revivable(t, engine.Step{}, ids...)
}

// revivable is a bindery whose void documents can be changed after a step.
func revivable(t *testing.T, revive engine.Step, ids ...string) (*desk, *binding) {
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
	engine.Add(d.Engine, engine.Flow[string, page]{Name: "bond", Section: "orders", Version: 1, Load: load, Dest: b, Revive: revive,
		Map: func(text string, _ engine.Link, _ engine.Links, _ *rules.Rules) (engine.Mapped[page], error) {
			return engine.Mapped[page]{Doc: page{Text: text}, CreateOnly: revive.Name != "", Nothing: text == "nothing"}, nil
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
	if got.UndoRun != 0 || got.Status != store.Held || got.Issue.Code != "half_undone" || !got.Found {
		t.Errorf("%s %+v of run %d: what may have been taken back is believed to stand", got.Status, got.Issue, got.UndoRun)
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

// TestOnlyAPersonsWishSendsAnewWhatIsTakenBack lets something come while a document is made void: what is woken because
// others came to an end, and what a schedule would queue, stay away; what a person asks for is sent anew at once.
func TestOnlyAPersonsWishSendsAnewWhatIsTakenBack(t *testing.T) {
	for name, tt := range map[string]struct {
		comes func(t *testing.T, d *desk) error
		anew  bool
	}{
		"something is set free": {func(t *testing.T, d *desk) error {
			_, err := d.store.FreeIssue(t.Context(), []string{"mapping_missing"}, store.Live)
			return err
		}, false},
		"a schedule's pass": {func(t *testing.T, d *desk) error {
			if err := d.store.Gorm().Exec("UPDATE qlobooks_documents SET news = 3").Error; err != nil {
				return err
			}
			_, err := d.store.TakeWish(t.Context(), 0, store.Wish{Flow: "bond", Linked: true, News: store.NewsContent}, store.Live, 0, 10)
			return err
		}, false},
		"a person asks for it": {func(t *testing.T, d *desk) error {
			return d.store.QueueRefs(t.Context(), 0, []store.Ref{{Flow: "bond", ID: "1"}}, store.Person)
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			d, _ := bindery(t, "1")
			came := false
			d.shelf.during = func(context.Context) error {
				if came {
					return nil
				}
				came = true
				return tt.comes(t, d)
			}
			d.undo(t, "1")
			d.settle(t)
			d.later(time.Hour)
			d.settle(t)
			if got := d.doc(t, "bond", "1"); (got.ZohoID != "") != tt.anew || !tt.anew && got.Status != store.NotSynced || !came {
				t.Errorf("%s %q: sent anew, want %t", got.Status, got.ZohoID, tt.anew)
			}
		})
	}
}

// TestWhatAPersonDecidesAboutIsNotTakenBack lets a person decide about a document before the undo comes to it: it is left, the
// run ends, and nothing of it is taken back later on.
func TestWhatAPersonDecidesAboutIsNotTakenBack(t *testing.T) {
	ref := store.Ref{Flow: "bond", ID: "1"}
	for name, decides := range map[string]func(t *testing.T, d *desk) error{
		"skips it": func(t *testing.T, d *desk) error {
			_, err := d.store.SetSkipped(t.Context(), []store.Ref{ref}, true, "by hand")
			return err
		},
		"unpairs it": func(t *testing.T, d *desk) error { return d.store.Unpair(t.Context(), ref, "wrong", "a person") },
		"pairs it": func(t *testing.T, d *desk) error {
			return d.store.Pair(t.Context(), []string{"bond"}, []store.Pairing{{Ref: ref, Zoho: store.Standing{ZohoID: "another"}}}, "a person")
		},
		"has it made anew": func(t *testing.T, d *desk) error {
			return d.store.Reopen(t.Context(), ref, false, nil, "again", "a person")
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, _ := bindery(t, "1", "2")
			run := d.undo(t, "1")
			if err := decides(t, d); err != nil {
				t.Fatal(err)
			}
			if r, err := d.store.Run(t.Context(), run); err != nil || r.Status != store.RunDone || r.Held+r.Skipped != 1 {
				t.Errorf("the run is %s with %d held: %v", r.Status, r.Held, err)
			}
			var left string
			if err := d.store.Gorm().Raw("SELECT CONCAT(state, ' ', code) FROM qlobooks_undo WHERE run_id = ?", run).Scan(&left).Error; err != nil || left != "refused left_by_person" {
				t.Errorf("the undo says %q: %v", left, err)
			}
			if got := d.doc(t, "bond", "1"); got.UndoRun != 0 {
				t.Errorf("it is still being taken back: %s %q", got.Status, got.ZohoID)
			}
			if _, err := d.store.SetSkipped(t.Context(), []store.Ref{ref}, false, ""); err != nil {
				t.Fatal(err)
			}
			d.queue(t, ref)
			d.settle(t)
			if n := d.shelf.steps["id-bond:1 undo:void"] + d.shelf.steps["another undo:void"]; n != 0 {
				t.Errorf("it is taken back all the same")
			}
		})
	}
}

// TestWhatIsBroughtBackIsBroughtUpToDate sends again what was taken back and changed since, and breaks off at each call: it
// is the same document, as it is wanted now, though documents of its kind are never changed while they stand.
func TestWhatIsBroughtBackIsBroughtUpToDate(t *testing.T) {
	for name, breaks := range map[string]func(d *desk){
		"nothing breaks off":                 func(*desk) {},
		"its update is refused for now":      func(d *desk) { d.shelf.refuse["bond:1"] = fault.New(fault.Unavailable, "zoho_unavailable", "away") },
		"the answer to its update is lost":   func(d *desk) { d.shelf.lose = 1 },
		"the answer to what revives it is":   func(d *desk) { d.shelf.loseSteps = 1 },
		"its worker dies when it is revived": func(d *desk) { d.shelf.dieSteps = 1 },
	} {
		t.Run(name, func(t *testing.T) {
			d, _ := revivable(t, engine.Step{Name: "draft", Proof: &engine.Proof{}}, "1")
			d.undo(t, "1")
			d.settle(t)
			d.texts["1"] = "corrected"
			breaks(d)
			d.queue(t, store.Ref{Flow: "bond", ID: "1"})
			d.settle(t)
			clear(d.shelf.refuse)
			for range 3 {
				d.later(10 * time.Minute)
				d.settle(t)
			}
			got := d.doc(t, "bond", "1")
			if got.Status != store.Synced || got.ZohoID != "id-bond:1" || d.shelf.pages["bond:1"] != "corrected" || len(d.shelf.pages) != 1 {
				t.Errorf("%s %q %+v, in the books %v", got.Status, got.ZohoID, got.Issue, d.shelf.pages)
			}
			if d.shelf.steps["id-bond:1 draft"] == 0 {
				t.Error("a void document was changed")
			}
		})
	}
}

// TestWhatIsWantedNoMoreStaysTakenBack: nothing is called for, and what is put aside can come back later.
func TestWhatIsWantedNoMoreStaysTakenBack(t *testing.T) {
	d, _ := revivable(t, engine.Step{Name: "draft", Proof: &engine.Proof{}}, "1")
	d.undo(t, "1")
	d.settle(t)
	calls := d.shelf.calls
	d.want(t, "bond", "1", "nothing")
	if got := d.doc(t, "bond", "1"); got.Status != store.Synced || got.ZohoID != "" || d.shelf.calls != calls {
		t.Errorf("%s %q after %d calls", got.Status, got.ZohoID, d.shelf.calls-calls)
	}
	d.want(t, "bond", "1", "wanted again")
	if got := d.doc(t, "bond", "1"); got.ZohoID != "id-bond:1" || d.shelf.pages["bond:1"] != "wanted again" {
		t.Errorf("%s %q, in the books %v", got.Status, got.ZohoID, d.shelf.pages)
	}
}
