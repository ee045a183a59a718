package engine_test

import (
	"context"
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/store"
)

// many adds notes and gives their refs.
func (d *desk) many(t *testing.T, n int) (refs []store.Ref) {
	t.Helper()
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprint(i + 1)
		refs = append(refs, store.Ref{Flow: "note", ID: ids[i]})
	}
	d.add(t, "note", ids...)
	return refs
}

func (d *desk) counted(t *testing.T, refs []store.Ref) map[string]int {
	t.Helper()
	n := map[string]int{}
	for _, ref := range refs {
		got := d.doc(t, ref.Flow, ref.ID)
		n[string(got.Status)+" "+got.Issue.Code]++
	}
	return n
}

// TestTheSameRefusalStopsAfterFive refuses every note alike, cures it, and has one tried.
func TestTheSameRefusalStopsAfterFive(t *testing.T) {
	d := newDesk(t)
	refs := d.many(t, 40)
	for _, ref := range refs {
		d.shelf.refuse[ref.Key()] = fault.New(fault.Rejected, "zoho_refused", "A field is missing.")
	}
	d.queue(t, refs...)
	d.settle(t)
	if n := d.counted(t, refs); d.shelf.calls != store.AlikeMost || n["rejected zoho_refused"] != 5 || n["held refused_alike"] != 35 {
		t.Fatalf("%d calls, %v", d.shelf.calls, n)
	}
	if got := d.doc(t, "note", "40"); got.Issue.Detail == "" || got.Issue.Action == "" || got.DueAt == nil {
		t.Errorf("%+v", got.Issue)
	}

	d.later(time.Minute)
	d.queue(t, refs[30:]...) // a person tries again, and nothing is cured
	d.settle(t)
	if d.shelf.calls != store.AlikeMost+1 {
		t.Errorf("%d calls after a vain try, want one more", d.shelf.calls)
	}

	clear(d.shelf.refuse)
	d.later(time.Minute)
	d.queue(t, refs[39])
	d.settle(t)
	if n := d.counted(t, refs); n["synced "] != 40 || d.shelf.calls != store.AlikeMost+1+40 {
		t.Errorf("after the cure %v, %d calls", n, d.shelf.calls)
	}
}

// TestWhatWasRefusedAlikeGoesOnByItself cures the cause without telling anybody.
func TestWhatWasRefusedAlikeGoesOnByItself(t *testing.T) {
	d := newDesk(t)
	refs := d.many(t, 12)
	for _, ref := range refs {
		d.shelf.refuse[ref.Key()] = fault.New(fault.Held, "module_missing", "No notes in this plan.").After(time.Hour)
	}
	d.queue(t, refs...)
	d.settle(t)
	if n := d.counted(t, refs); d.shelf.calls != store.AlikeMost || n["held module_missing"] != 12 {
		t.Fatalf("%d calls, %v", d.shelf.calls, n)
	}
	clear(d.shelf.refuse)
	for range 3 { // it may be at the second try of one, as waits differ
		d.later(time.Hour)
		d.settle(t)
	}
	if n := d.counted(t, refs); n["synced "] != 12 {
		t.Errorf("hours later %v", n)
	}
}

// TestRefusalsOfTheirOwnStopNothing has a few notes refused each for itself, and one in between taken.
func TestRefusalsOfTheirOwnStopNothing(t *testing.T) {
	d := newDesk(t)
	refs := d.many(t, 20)
	for i, ref := range refs[:10] {
		d.shelf.refuse[ref.Key()] = fault.New(fault.Rejected, "zoho_refused", "Number %d is wrong.", i)
	}
	d.queue(t, refs...)
	d.settle(t)
	if n := d.counted(t, refs); n["synced "] != 10 || n["rejected zoho_refused"] != 10 {
		t.Errorf("%v", n)
	}
}

// TestAnOutcomeThatCannotBeReadIsBounded answers every call with a page that says nothing, for days.
func TestAnOutcomeThatCannotBeReadIsBounded(t *testing.T) {
	d := newDesk(t)
	d.add(t, "note", "1")
	d.shelf.refuse["note:1"] = fault.New(fault.Unknown, "outcome_unknown", "A page.")
	d.queue(t, note)
	for range 12 {
		d.settle(t)
		d.later(16 * time.Minute)
	}
	got := d.doc(t, "note", "1")
	if got.Status != store.Held || got.Issue.Code != "outcome_unknown" || got.DueAt == nil || got.Intent == nil {
		t.Fatalf("%s %q until %v", got.Status, got.Issue.Code, got.DueAt)
	}
	before := d.shelf.calls
	for range 12 {
		d.settle(t)
		d.later(5 * time.Minute)
	}
	if made := d.shelf.calls - before; made > 2 {
		t.Errorf("%d calls in an hour", made)
	}
	clear(d.shelf.refuse)
	d.later(time.Hour)
	d.settle(t)
	if got := d.doc(t, "note", "1"); got.Status != store.Synced {
		t.Errorf("%s %q", got.Status, got.Issue.Code)
	}
}

// TestWhatCannotBeBookedIsNotCalledAgain lets no end of an attempt be saved, as on a full disk.
func TestWhatCannotBeBookedIsNotCalledAgain(t *testing.T) {
	d := newDesk(t)
	refs := d.many(t, 60)
	d.queue(t, refs...)
	db, err := d.store.SQL()
	if err != nil {
		t.Fatal(err)
	}
	exec := func(statement string) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	// A table that takes no rows is what is full.
	exec("CREATE TRIGGER full_disk BEFORE INSERT ON qlobooks_events FOR EACH ROW SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1114, MESSAGE_TEXT = 'The table is full'")
	q := store.Queue{Flow: "note", Lane: store.Person}
	if _, err := d.Work(t.Context(), q, nil); err != nil {
		t.Fatal(err)
	}
	made := d.shelf.calls
	for range 5 {
		d.later(time.Minute)
		if _, err := d.Work(t.Context(), q, nil); err == nil {
			t.Error("work goes on while nothing can be saved")
		}
	}
	if d.shelf.calls != made || made > 25 {
		t.Errorf("%d calls at first, %d in all", made, d.shelf.calls)
	}
	exec("DROP TRIGGER full_disk")
	for range 3 {
		d.later(time.Minute)
		d.settle(t)
	}
	if n := d.counted(t, refs); n["synced "] != 60 || len(d.shelf.pages) != 60 {
		t.Errorf("with room again: %v, %d pages", n, len(d.shelf.pages))
	}
}

// TestOnlyWhatIsTakenReleasesWhatWasRefusedAlike lets the one that is tried end for another reason: that says
// nothing of the others, so they go on waiting.
func TestOnlyWhatIsTakenReleasesWhatWasRefusedAlike(t *testing.T) {
	d := newDesk(t)
	refs := d.many(t, 20)
	for _, ref := range refs {
		d.shelf.refuse[ref.Key()] = fault.New(fault.Rejected, "zoho_refused", "A field is missing.")
	}
	d.queue(t, refs...)
	d.settle(t)
	waits := d.counted(t, refs)["held refused_alike"]
	for _, other := range []*fault.Error{fault.New(fault.Rejected, "paid_document", "Money stands on it."), fault.New(fault.Held, "period_locked", "Locked."), fault.New(fault.Rejected, "number_taken", "Taken.")} {
		d.shelf.refuse[refs[19].Key()] = other
		d.later(2 * time.Minute)
		before := d.shelf.calls
		d.queue(t, refs[19])
		d.settle(t)
		if n := d.counted(t, refs); n["held refused_alike"] != waits-1 || d.shelf.calls != before+1 {
			t.Fatalf("one that ended as %s: %v, %d calls", other.Code, n, d.shelf.calls-before)
		}
	}
	clear(d.shelf.refuse)
	d.later(2 * time.Minute)
	d.queue(t, refs[19])
	d.settle(t)
	if n := d.counted(t, refs); n["synced "] != 20 {
		t.Errorf("after the cure %v", n)
	}
}

// TestAStepThatIsRefusedAlikeStopsAfterFive refuses a step that many take in one call: it is tried for five
// of them alone, and the others, also those made later, wait without a call until one is taken.
func TestAStepThatIsRefusedAlikeStopsAfterFive(t *testing.T) {
	d := newDesk(t)
	d.add(t, "note", "1")
	var refs []store.Ref
	for n := range 30 {
		id := fmt.Sprint(n + 1)
		d.add(t, "letter", id)
		refs = append(refs, store.Ref{Flow: "letter", ID: id})
	}
	tried := 0
	d.shelf.during = func(context.Context) error {
		tried++
		return fault.New(fault.Rejected, "zoho_refused", "Mail is off.")
	}
	d.queue(t, refs[:20]...)
	d.settle(t)
	if n := d.counted(t, refs[:20]); tried != 1+store.AlikeMost || n["rejected zoho_refused"] != 5 || n["held refused_alike"] != 15 {
		t.Fatalf("tried %d times, %v", tried, n)
	}
	d.queue(t, refs[20:]...) // they are made, which proves nothing of the step
	d.settle(t)
	if n := d.counted(t, refs[20:]); tried != 1+store.AlikeMost || n["held refused_alike"] != 10 || len(d.shelf.pages) != 31 {
		t.Fatalf("tried %d times, %v", tried, n)
	}
	d.later(2 * time.Minute)
	d.queue(t, refs[10:]...) // a person tries again, and nothing is cured
	d.settle(t)
	if n := d.counted(t, refs); tried != 2+store.AlikeMost || n["held refused_alike"] != 24 {
		t.Fatalf("tried %d times, %v", tried, n)
	}
	d.shelf.during = func(context.Context) error { tried++; return nil }
	d.later(2 * time.Minute)
	d.queue(t, refs[29])
	d.settle(t)
	if n := d.counted(t, refs); n["synced "] != 30 {
		t.Errorf("after the cure %v", n)
	}
	for _, ref := range refs {
		if times := d.shelf.steps["id-"+ref.Key()+" sent"]; times != 1 {
			t.Errorf("%s was sent %d times", ref.Key(), times)
		}
	}
}

// TestWhateverIsRefusedAlikeStopsAfterFive counts each cause that may concern others, whatever its name and kind, and
// none that is about one record alone.
func TestWhateverIsRefusedAlikeStopsAfterFive(t *testing.T) {
	for _, tt := range []struct {
		kind   fault.Kind
		code   string
		alone  bool
		calls  int
		states map[string]int
	}{
		{fault.Blocked, "mapping_missing", false, 5, map[string]int{"blocked mapping_missing": 12}}, // a cause with a name of its own keeps it
		{fault.Rejected, "something_new", false, 5, map[string]int{"rejected something_new": 5, "held something_new": 7}},
		{fault.Rejected, "zoho_refused", false, 5, map[string]int{"rejected zoho_refused": 5, "held refused_alike": 7}},
		{fault.Rejected, "number_taken", true, 12, map[string]int{"rejected number_taken": 12}},
		{fault.Held, "awaits_approval", true, 12, map[string]int{"held awaits_approval": 12}},
		{fault.Held, "edited_in_zoho", true, 12, map[string]int{"held edited_in_zoho": 12}},
		{fault.Held, "zoho_record_inactive", true, 12, map[string]int{"held zoho_record_inactive": 12}},
	} {
		t.Run(string(tt.kind)+" "+tt.code, func(t *testing.T) {
			d := newDesk(t)
			refs := d.many(t, 12)
			for _, ref := range refs {
				d.shelf.refuse[ref.Key()] = fault.New(tt.kind, tt.code, "The same for all.").Do("Cure it.")
			}
			d.queue(t, refs...)
			d.settle(t)
			if n := d.counted(t, refs); d.shelf.calls != tt.calls || !maps.Equal(n, tt.states) {
				t.Fatalf("%d writes, want %d; %v, want %v", d.shelf.calls, tt.calls, n, tt.states)
			}
			if tt.alone {
				return
			}
			clear(d.shelf.refuse)
			if _, err := d.store.FreeIssue(t.Context(), []string{tt.code}, store.Live); err != nil {
				t.Fatal(err)
			}
			d.later(time.Hour)
			d.settle(t)
			if n := d.counted(t, refs); n["synced "] != len(refs) {
				t.Errorf("after the cure %v", n)
			}
		})
	}
}

// TestWhatOneDocumentNamesStopsNoOther lets documents name a tax that is gone. Its choice is cleared, and what names
// others is sent.
func TestWhatOneDocumentNamesStopsNoOther(t *testing.T) {
	d := newDesk(t)
	refs := d.many(t, 12)
	for _, ref := range refs[:10] {
		d.shelf.refuse[ref.Key()] = fault.New(fault.Blocked, "mapping_missing", "The tax that was chosen is gone.").Do("Choose another one.").By(&engine.OfOne{})
	}
	d.queue(t, refs...)
	d.settle(t)
	if n, want := d.counted(t, refs), map[string]int{"blocked mapping_missing": 10, "synced ": 2}; d.shelf.calls != 12 || !maps.Equal(n, want) {
		t.Errorf("%d writes, %v, want %v", d.shelf.calls, n, want)
	}
}
