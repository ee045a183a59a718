package engine_test

import (
	"cmp"
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/store"
)

// TestTheDatabaseFailsAtEveryStatement lets the connection break at the first statement of a life,
// then at the second, and so on until the life runs through: before the statement is carried out, after,
// and for good, as if the worker had died there. Whatever that interrupts, the next pass ends with
// every document exactly once. The short form takes one way of losing it for each life, and every fourth
// statement.
func TestTheDatabaseFailsAtEveryStatement(t *testing.T) {
	room, stay, letter := store.Ref{Flow: "room", ID: "70"}, store.Ref{Flow: "stay", ID: "1"}, store.Ref{Flow: "letter", ID: "7"}
	type ends map[store.Ref]end
	for k, life := range []struct {
		name   string
		before func(d *desk) // what stands already, what changes, and what is to go wrong at the destination
		wishes []store.Ref
		want   ends
		steps  map[string]int
		calls  int // without trouble
	}{
		{
			name: "a letter pulls its note and is sent in bulk", wishes: []store.Ref{letter},
			want: ends{note: {page: "text 1"}, letter: {page: "text 7 to id-note:1"}}, steps: map[string]int{"id-letter:7 sent": 1}, calls: 3,
		},
		{
			name: "a change", before: func(d *desk) { d.made(note); d.write("1", "better") }, wishes: []store.Ref{note},
			want: ends{note: {page: "better"}}, calls: 1,
		},
		{
			name: "nothing changed", before: func(d *desk) { d.made(note) }, wishes: []store.Ref{note},
			want: ends{note: {page: "text 1"}},
		},
		{
			name: "an answer is lost", before: func(d *desk) { d.shelf.lose = 1 }, wishes: []store.Ref{note},
			want: ends{note: {page: "text 1"}}, calls: 2,
		},
		{
			name: "the answer of a step is lost", before: func(d *desk) { d.shelf.loseSteps = 1 }, wishes: []store.Ref{letter},
			want: ends{note: {page: "text 1"}, letter: {page: "text 7 to id-note:1"}}, steps: map[string]int{"id-letter:7 sent": 1}, calls: 3,
		},
		{
			name: "somebody else has the name", before: func(d *desk) { d.shelf.names["Same name"] = "somebody else's" }, wishes: []store.Ref{note},
			want: ends{note: {page: "text 1"}}, calls: 2,
		},
		{
			name: "a void document comes back to life", wishes: []store.Ref{stay},
			before: func(d *desk) {
				d.made(room)
				d.made(stay)
				d.write("1", "void")
				d.made(stay)
				d.write("1", "booked")
			},
			want: ends{room: {page: "room"}, stay: {page: "booked"}}, steps: map[string]int{"id-stay:1 void": 1, "id-stay:1 draft": 1, "id-stay:1 sent": 2}, calls: 3,
		},
		{
			name: "money goes back from another's document", before: func(d *desk) { d.made(room); d.write("1", "on id-stay:9") }, wishes: []store.Ref{stay},
			want: ends{room: {page: "room"}, stay: {id: "id-stay:9"}}, steps: map[string]int{"id-stay:9 back": 1}, calls: 1,
		},
		{
			name: "a document is owed on a retired master", wishes: []store.Ref{stay},
			before: func(d *desk) {
				d.write("70", "closed")
				d.made(room)
				d.shelf.asleep = "id-room:70"
			},
			want: ends{room: {page: "room", status: store.Disabled}, stay: {page: "text 1"}}, steps: map[string]int{"id-stay:1 sent": 1}, calls: 5,
		},
		{
			name: "a row is gone, and its master is retired", before: func(d *desk) { d.made(room); delete(d.texts, "70") }, wishes: []store.Ref{room},
			want: ends{room: {page: "room", status: store.Disabled}}, steps: map[string]int{"id-room:70 inactive": 1}, calls: 1,
		},
	} {
		t.Run(life.name, func(t *testing.T) {
			t.Parallel()
			d := lives(t)
			database := privatetest.Fail(d.store.Gorm())
			step, losses := 1, privatetest.Losses
			if testing.Short() {
				step, losses = 4, losses[k%len(losses):][:1]
			}
			for _, how := range losses {
				reached := true
				for n := 1 + k%step; reached; n += step {
					at := fmt.Sprintf("statement %d, %s", n, how)
					d.empty(t)
					if life.before != nil {
						life.before(d)
					}
					if err := d.wish(life.wishes...); err != nil {
						t.Fatal(err)
					}
					calls := d.shelf.calls
					database.Arm(n, how)
					_ = d.pass(t.Context())
					reached = database.Disarm()
					for ref := range life.want {
						if got := d.doc(t, ref.Flow, ref.ID); d.shelf.forgotten(got) {
							t.Errorf("%s: %s stands, but its row is %s and asks for nothing", at, ref.Key(), got.Status)
						}
					}
					for range 4 {
						d.later(time.Hour)
						if err := d.pass(t.Context()); err != nil {
							t.Fatalf("%s: the next pass ends with %v", at, err)
						}
					}
					pages := 0
					for ref, want := range life.want {
						got := d.doc(t, ref.Flow, ref.ID)
						if want.page != "" {
							pages++
						}
						if got.Status != cmp.Or(want.status, store.Synced) || got.ZohoID != cmp.Or(want.id, "id-"+ref.Key()) || got.Intent != nil || d.shelf.pages[ref.Key()] != want.page {
							t.Errorf("%s: %s is %s %+v as %q, intent %s: %q", at, ref.Key(), got.Status, got.Issue, got.ZohoID, got.Intent, d.shelf.pages[ref.Key()])
						}
					}
					if len(d.shelf.pages) != pages {
						t.Errorf("%s: %d documents, want %d: %v", at, len(d.shelf.pages), pages, d.shelf.pages)
					}
					for step, times := range life.steps {
						if d.shelf.steps[step] != times {
							t.Errorf("%s: step %s was taken %d times, want %d", at, step, d.shelf.steps[step], times)
						}
					}
					if calls = d.shelf.calls - calls; calls < life.calls || calls > life.calls+2 {
						t.Errorf("%s: %d calls, want %d and at most two more to find out", at, calls, life.calls)
					}
				}
			}
		})
	}
}

// end is how a record is to stand: by default synced, as the document of its own key.
type end struct {
	page   string // "" where it makes no document of its own
	status store.Status
	id     string
}

// forgotten tells that a document stands which its row neither knows nor is going to ask for.
func (s *shelf) forgotten(d store.Document) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, stands := s.pages[d.Ref.Key()]
	resting := d.Status == store.Synced || d.Status == store.Disabled || d.Status == store.Rejected || d.Status == store.Skipped || d.Status == store.NotSynced
	return stands && d.ZohoID == "" && resting
}

// empty gives the desk an empty database, source and shelf.
func (d *desk) empty(t *testing.T) {
	t.Helper()
	for _, table := range []string{"documents", "record_documents", "records", "search", "sections", "waits", "names", "runs", "run_documents", "events"} {
		if err := d.store.Gorm().Exec("DELETE FROM qlobooks_" + table).Error; err != nil {
			t.Fatal(err)
		}
	}
	fresh := newShelf()
	s := d.shelf
	s.pages, s.names, s.steps, s.refuse, s.inactive = fresh.pages, fresh.names, fresh.steps, fresh.refuse, fresh.inactive
	s.lose, s.loseSteps, s.asleep, s.calls = 0, 0, "", 0
	d.texts = map[string]string{}
	for flow, ids := range map[string][]string{"note": {"1"}, "letter": {"7"}, "room": {"70"}, "stay": {"1"}} {
		d.add(t, flow, ids...)
	}
}

// wish queues documents as a person does.
func (d *desk) wish(refs ...store.Ref) error {
	return d.store.QueueRefs(context.Background(), 0, refs, store.Person)
}

// made has a document made without trouble.
func (d *desk) made(ref store.Ref) {
	if err := d.wish(ref); err != nil {
		panic(err)
	}
	if err := d.pass(context.Background()); err != nil {
		panic(err)
	}
}

// pass works until nothing is due, or until the database fails.
func (d *desk) pass(ctx context.Context) error {
	for range 50 {
		due, err := d.store.Due(ctx, d.Flows(), 100)
		if err != nil || len(due) == 0 {
			return err
		}
		for q := range due {
			if _, err := d.Work(ctx, q, nil); err != nil {
				return err
			}
		}
	}
	return fault.New(fault.Internal, "endless", "The work does not end.")
}
