package engine_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/store"
)

// given is a stay that gives something back on document 9, which has no key: "id-stay:9 back".
func given(t *testing.T) *desk {
	t.Helper()
	d := lives(t)
	d.want(t, "room", "70", "open")
	d.shelf.lateSteps = 1
	d.want(t, "stay", "1", "on id-stay:9")
	if got := d.doc(t, "stay", "1"); got.Status != store.Unknown || got.Intent == nil {
		t.Fatalf("a step without an answer is shown as %s", got.Status)
	}
	return d
}

// TestAStepWithoutAnAnswerIsNotRepeatedWhileItMayArrive has the first call of a step done late by the
// other side: whatever is wished meanwhile, it is neither looked for nor made again before it can
// arrive no more.
func TestAStepWithoutAnAnswerIsNotRepeatedWhileItMayArrive(t *testing.T) {
	d := given(t)
	for range 8 { // until 40 seconds after it left
		d.later(5 * time.Second)
		d.queue(t, store.Ref{Flow: "stay", ID: "1"})
		d.settle(t)
		if got := d.doc(t, "stay", "1"); got.Status != store.Unknown || d.shelf.looks != 0 || d.shelf.steps["id-stay:9 back"] != 0 {
			t.Fatalf("%s, looked for %d times, taken %d times", got.Status, d.shelf.looks, d.shelf.steps["id-stay:9 back"])
		}
	}
	d.shelf.arrive()
	d.later(5 * time.Second)
	d.settle(t)
	if got := d.doc(t, "stay", "1"); got.Status != store.Synced || got.Intent != nil || d.shelf.steps["id-stay:9 back"] != 1 {
		t.Errorf("%s, taken %d times", got.Status, d.shelf.steps["id-stay:9 back"])
	}
}

// TestAStepThatNeverArrivedIsTakenThen makes the call again when it is certain that it was not done.
func TestAStepThatNeverArrivedIsTakenThen(t *testing.T) {
	d := given(t)
	d.shelf.coming = nil
	d.later(store.Arrival)
	d.settle(t)
	if got := d.doc(t, "stay", "1"); got.Status != store.Synced || d.shelf.steps["id-stay:9 back"] != 1 || d.shelf.looks != 1 {
		t.Errorf("%s, taken %d times, looked for %d times", got.Status, d.shelf.steps["id-stay:9 back"], d.shelf.looks)
	}
}

// TestABulkStepWithoutAnAnswerIsNotRepeatedWhileItMayArrive is the same for many documents in one call.
func TestABulkStepWithoutAnAnswerIsNotRepeatedWhileItMayArrive(t *testing.T) {
	d := newDesk(t)
	d.add(t, "note", "1")
	d.add(t, "letter", "1")
	d.shelf.lateSteps = 1
	d.queue(t, store.Ref{Flow: "letter", ID: "1"})
	d.settle(t)
	if got := d.doc(t, "letter", "1"); got.Status != store.Unknown {
		t.Fatalf("a step without an answer is shown as %s", got.Status)
	}
	for range 8 {
		d.later(5 * time.Second)
		d.settle(t)
		if d.shelf.looks != 0 || d.shelf.steps["id-letter:1 sent"] != 0 {
			t.Fatalf("looked for %d times, taken %d times", d.shelf.looks, d.shelf.steps["id-letter:1 sent"])
		}
	}
	d.shelf.arrive()
	d.later(store.Arrival)
	d.settle(t)
	if got := d.doc(t, "letter", "1"); got.Status != store.Synced || d.shelf.steps["id-letter:1 sent"] != 1 {
		t.Errorf("%s, taken %d times", got.Status, d.shelf.steps["id-letter:1 sent"])
	}
}

// TestTheWaitBeginsWhenTheCallLeaves lets a step wait for its turn among the limited calls, and its
// taker die afterwards.
func TestTheWaitBeginsWhenTheCallLeaves(t *testing.T) {
	d := lives(t)
	d.want(t, "room", "70", "open")
	began := d.now()
	d.shelf.turn = func(context.Context) error { d.later(15 * time.Second); return nil }
	d.shelf.dieSteps = 1
	d.want(t, "stay", "1", "on id-stay:9")
	d.shelf.turn = nil
	if got := d.doc(t, "stay", "1"); got.IntentAt == nil || got.IntentAt.Sub(began) < 15*time.Second {
		t.Fatalf("the call is taken to have left at %v, begun at %v", got.IntentAt, began)
	}
	d.later(store.Arrival - 10*time.Second)
	d.settle(t)
	if d.shelf.looks != 0 {
		t.Fatal("it was looked for while it could arrive")
	}
	d.later(10 * time.Second)
	d.settle(t)
	if got := d.doc(t, "stay", "1"); got.Status != store.Synced || d.shelf.steps["id-stay:9 back"] != 1 {
		t.Errorf("%s, taken %d times", got.Status, d.shelf.steps["id-stay:9 back"])
	}
}

// TestACallThatIsNotLetGoLeavesNoTrace stops the process while a call waits for its turn: nothing was
// sent, so nothing is waited for, counted or shown.
func TestACallThatIsNotLetGoLeavesNoTrace(t *testing.T) {
	d := lives(t)
	d.want(t, "room", "70", "open")
	ctx, stop := context.WithCancel(t.Context())
	d.shelf.turn = func(ctx context.Context) error { stop(); return ctx.Err() }
	d.texts["1"] = "on id-stay:9"
	d.add(t, "stay", "1")
	d.queue(t, store.Ref{Flow: "stay", ID: "1"})
	if _, err := d.Work(ctx, store.Queue{Flow: "stay", Lane: store.Person}, nil); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if got := d.doc(t, "stay", "1"); got.Status != store.Pending || got.Intent != nil || got.Attempts != 0 || got.Issue.Code != "" {
		t.Fatalf("%s %+v, %d attempts, intent %s", got.Status, got.Issue, got.Attempts, got.Intent)
	}
	d.shelf.turn = nil
	d.settle(t)
	if got := d.doc(t, "stay", "1"); got.Status != store.Synced || d.shelf.steps["id-stay:9 back"] != 1 || d.shelf.looks != 0 {
		t.Errorf("%s, taken %d times, looked for %d times", got.Status, d.shelf.steps["id-stay:9 back"], d.shelf.looks)
	}
}

// TestACallThatHasLeftIsWaitedForWhenTheProcessStops lets the answer come after the stop: it is saved.
func TestACallThatHasLeftIsWaitedForWhenTheProcessStops(t *testing.T) {
	for text, want := range map[string]string{"on id-stay:9": "id-stay:9 back", "booked": ""} {
		d := lives(t)
		d.want(t, "room", "70", "open")
		ctx, stop := context.WithCancel(t.Context())
		if want != "" {
			d.shelf.during = func(context.Context) error { stop(); return nil }
		} else {
			d.shelf.entered, d.shelf.wait = make(chan struct{}, 9), make(chan struct{})
			go func() { <-d.shelf.entered; stop(); close(d.shelf.wait) }()
		}
		d.texts["1"] = text
		d.add(t, "stay", "1")
		d.queue(t, store.Ref{Flow: "stay", ID: "1"})
		if _, err := d.Work(ctx, store.Queue{Flow: "stay", Lane: store.Person}, nil); err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if got := d.doc(t, "stay", "1"); got.ZohoID == "" || got.Intent != nil || got.Issue.Code != "" {
			t.Errorf("%q: %s %q %+v", text, got.Status, got.ZohoID, got.Issue)
		}
		stop()
	}
}

// TestNothingNewerIsSentWhileAnEarlierCallMayArrive has a write done late by the other side, after it was
// repeated with success and its record changed.
func TestNothingNewerIsSentWhileAnEarlierCallMayArrive(t *testing.T) {
	d := newDesk(t)
	d.add(t, "note", "1")
	d.shelf.lateSends = 1
	d.queue(t, note)
	d.settle(t)
	d.later(6 * time.Second)
	d.settle(t)
	if got := d.doc(t, "note", "1"); got.Status != store.Synced || d.shelf.calls != 2 {
		t.Fatalf("what has a key was not repeated at once: %s, %d calls", got.Status, d.shelf.calls)
	}
	d.write("1", "renamed")
	d.later(20 * time.Second)
	d.queue(t, note)
	d.settle(t)
	if got := d.doc(t, "note", "1"); got.Status != store.Pending || d.shelf.calls != 2 || d.shelf.pages["note:1"] != "text 1" {
		t.Fatalf("%s after %d calls: %v", got.Status, d.shelf.calls, d.shelf.pages)
	}
	d.shelf.arrive() // 36 seconds after it left
	d.later(store.Arrival)
	d.settle(t)
	if got := d.doc(t, "note", "1"); got.Status != store.Synced || d.shelf.pages["note:1"] != "renamed" {
		t.Errorf("%s, and %v stands", got.Status, d.shelf.pages)
	}
}

// TestWhatAStopBreaksOffIsNoFault stops the process while the rules are read: what was claimed is given
// back as it was.
func TestWhatAStopBreaksOffIsNoFault(t *testing.T) {
	d := newDesk(t)
	d.add(t, "note", "1")
	d.queue(t, note)
	ctx, stop := context.WithCancel(t.Context())
	d.asked = stop
	d.held = fault.New(fault.Unavailable, "database_down", "QloApps' database could not be read.").By(context.Canceled)
	if _, err := d.Work(ctx, store.Queue{Flow: "note", Lane: store.Person}, nil); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if got := d.doc(t, "note", "1"); got.Status != store.Pending || got.Attempts != 0 || got.Issue.Code != "" || got.DueAt == nil {
		t.Errorf("%s %+v, %d attempts", got.Status, got.Issue, got.Attempts)
	}
}

// TestWhatALateCallMadeAnewIsReadBeforeItIsNamed repeats a call whose first is done after that: the lines of the
// document are others then. They are read before an update names them, and where other documents name them,
// as soon as the first call can arrive no more.
func TestWhatALateCallMadeAnewIsReadBeforeItIsNamed(t *testing.T) {
	l := newLedger(t)
	order := store.Ref{Flow: "order", ID: "1"}
	l.add(t, "order", "1")
	l.shelf.extra, l.reread = `{"lines":["first"]}`, `{"lines":["second"]}`
	for _, ref := range []store.Ref{bill, order} {
		l.shelf.lateSends = 1
		l.queue(t, ref)
		l.settle(t)
		l.later(6 * time.Second)
		l.settle(t)
		if got := l.doc(t, ref.Flow, "1"); got.Status != store.Synced || string(got.Extra) != `{"lines":["first"]}` || got.LateUntil == nil {
			t.Fatalf("%s repeated: %s %s, late until %v", ref.Key(), got.Status, got.Extra, got.LateUntil)
		}
		l.queue(t, ref) // whatever is wished meanwhile, it is not forgotten
		l.settle(t)
		l.shelf.arrive()
	}
	if got := l.doc(t, "order", "1"); got.DueAt == nil || !got.DueAt.Equal(*got.LateUntil) {
		t.Errorf("the order's lines are read again at %v", got.DueAt)
	}
	calls := l.shelf.calls
	l.later(store.Arrival)
	l.settle(t)
	if got := l.doc(t, "order", "1"); got.Status != store.Synced || string(got.Extra) != `{"lines":["second"]}` || got.LateUntil != nil || got.DueAt != nil || l.shelf.calls != calls {
		t.Errorf("the order's lines: %s %s, late until %v, due at %v, %d calls", got.Status, got.Extra, got.LateUntil, got.DueAt, l.shelf.calls-calls)
	}
	l.shelf.extra = ""
	l.write("1", "better")
	if got := l.try(t); got.Status != store.Synced || l.drafted != `{"lines":["second"]}` || got.LateUntil != nil {
		t.Errorf("the bill: %s, drafted with %s, late until %v", got.Status, l.drafted, got.LateUntil)
	}
	l.reread = `{"lines":["never read"]}`
	l.write("1", "best")
	if l.try(t); l.drafted != `{"lines":["second"]}` {
		t.Errorf("without a late call it is drafted with %s", l.drafted)
	}
}

// TestMoneyMovesOnlyWhenItsFirstCallCanArriveNoMore repeats the call for a payment whose first is on its way, and
// then wants its money moved: a late call would put it back.
func TestMoneyMovesOnlyWhenItsFirstCallCanArriveNoMore(t *testing.T) {
	l := newLedger(t)
	cash := store.Ref{Flow: "cash", ID: "1"}
	l.add(t, "cash", "1")
	l.shelf.extra, l.reread = `{"money":"as sent"}`, `{"money":"as it stands"}`
	l.shelf.lateSends = 1
	l.queue(t, cash)
	l.settle(t)
	l.later(6 * time.Second)
	l.settle(t)
	is(t, "repeated", l.doc(t, "cash", "1"), store.Synced, "")
	l.write("1", "moved")
	l.queue(t, cash)
	l.settle(t)
	if got := l.doc(t, "cash", "1"); got.Status != store.Pending || l.shelf.steps["id-cash:1 moves"] != 0 {
		t.Fatalf("%s, moved %d times while the first call may arrive", got.Status, l.shelf.steps["id-cash:1 moves"])
	}
	l.shelf.arrive()
	l.later(store.Arrival)
	due, err := l.store.Due(t.Context(), l.Flows(), 100)
	if err != nil || len(due) != 1 {
		t.Fatalf("due are %v, %v", due, err)
	}
	for q := range due {
		if _, err := l.Work(t.Context(), q, nil); err != nil {
			t.Fatal(err)
		}
	}
	if got := l.doc(t, "cash", "1"); string(got.Extra) != `{"money":"as it stands","written":"as it was"}` || l.shelf.steps["id-cash:1 moves"] != 0 {
		t.Errorf("before it is mapped anew %s is known of it, moved %d times", got.Extra, l.shelf.steps["id-cash:1 moves"])
	}
	l.settle(t)
	if got := l.doc(t, "cash", "1"); got.Status != store.Synced || l.shelf.steps["id-cash:1 moves"] != 1 {
		t.Errorf("%s, moved %d times", got.Status, l.shelf.steps["id-cash:1 moves"])
	}
}
