package engine_test

import (
	"context"
	"flag"
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/store"
)

// fate is what may happen to three notes that want one name, and three letters that need the first.
type fate struct {
	*desk
	t       *rapid.T
	workers sync.WaitGroup // dead to everybody else, and answered at the end
	changes int
	queued  map[store.Ref]bool
}

var fated = []store.Ref{{Flow: "note", ID: "1"}, {Flow: "note", ID: "2"}, {Flow: "note", ID: "3"}, {Flow: "letter", ID: "7"}, {Flow: "letter", ID: "8"}, {Flow: "letter", ID: "9"}}

// begin empties the desk.
func (f *fate) begin(ctx context.Context) {
	for _, table := range []string{"documents", "record_documents", "records", "search", "sections", "waits", "names", "runs", "run_documents", "events"} {
		f.must(f.store.Gorm().Exec("DELETE FROM qlobooks_" + table).Error)
	}
	fresh := newShelf()
	s := f.shelf
	s.pages, s.names, s.steps, s.refuse = fresh.pages, fresh.names, fresh.steps, fresh.refuse
	s.lose, s.loseSteps, s.hang = 0, 0, 0
	s.hung, s.freed = make(chan struct{}), make(chan struct{})
	bySection := map[string][]store.Listed{}
	for _, ref := range fated {
		f.texts[ref.ID] = "text " + ref.ID
		section := f.Section(ref.Flow)
		bySection[section] = append(bySection[section], store.Listed{ID: ref.ID, Name: ref.ID, Documents: []store.Ref{ref}})
	}
	for section, list := range bySection {
		f.must(f.store.AddRecords(ctx, section, list))
	}
}

func (f *fate) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *fate) draw() store.Ref { return rapid.SampledFrom(fated).Draw(f.t, "ref") }

func (f *fate) wish(ctx context.Context, refs ...store.Ref) {
	f.must(f.store.QueueRefs(ctx, 0, refs, store.Person))
	for _, ref := range refs {
		f.queued[ref] = true
	}
}

// work lets a worker do what is due, in at most so many rounds.
func (f *fate) work(ctx context.Context, rounds int) (rest int) {
	for range rounds {
		due, err := f.store.Due(ctx, f.Flows(), 100)
		f.must(err)
		if rest = len(due); rest == 0 {
			return 0
		}
		for q := range due {
			_, err := f.Work(ctx, q, nil)
			f.must(err)
		}
	}
	return rest
}

// die lets a worker do a write whose answer it does not live to see; without one it does what is due.
func (f *fate) die(ctx context.Context) {
	due, err := f.store.Due(ctx, f.Flows(), 100)
	f.must(err)
	for q := range due {
		f.shelf.set(func() { f.shelf.hang = 1 })
		done := make(chan struct{})
		f.workers.Go(func() {
			defer close(done)
			_, _ = f.Work(ctx, q, nil)
		})
		select {
		case <-f.shelf.hung:
		case <-done:
		}
		f.shelf.set(func() { f.shelf.hang = 0 })
	}
}

// TestWhateverHappensEveryRecordStandsOnce draws what happens to records, their calls and the
// workers, and counts what stands when the trouble is over.
func TestWhateverHappensEveryRecordStandsOnce(t *testing.T) {
	checks := "40"
	if testing.Short() {
		checks = "8"
	}
	if err := flag.Set("rapid.checks", checks); err != nil {
		t.Fatal(err)
	}
	d := newDesk(t)
	ctx := context.WithoutCancel(t.Context())
	rapid.Check(t, func(t *rapid.T) {
		f := &fate{desk: d, t: t, queued: map[store.Ref]bool{}}
		f.begin(ctx)
		happenings := map[string]func(){
			"wish": func() { f.wish(ctx, f.draw()) },
			"change": func() {
				ref := f.draw()
				f.changes++
				d.write(ref.ID, fmt.Sprintf("text %s, change %d", ref.ID, f.changes))
				f.wish(ctx, ref)
			},
			"lost answer": func() { d.shelf.set(func() { d.shelf.lose++ }) },
			"lost step":   func() { d.shelf.set(func() { d.shelf.loseSteps++ }) },
			"refusal": func() {
				kind := rapid.SampledFrom([]fault.Kind{fault.Rejected, fault.Held, fault.Unavailable, fault.Limited, fault.Unknown, fault.Auth}).Draw(t, "kind")
				key := f.draw().Key()
				d.shelf.set(func() { d.shelf.refuse[key] = fault.New(kind, "zoho_refused", "not now") })
			},
			"cure": func() {
				key := f.draw().Key()
				d.shelf.set(func() { delete(d.shelf.refuse, key) })
			},
			"work":  func() { f.work(ctx, 3) },
			"death": func() { f.die(ctx) },
			"time": func() {
				d.later(rapid.SampledFrom([]time.Duration{time.Second, 31 * time.Second, 20 * time.Minute}).Draw(t, "time"))
			},
		}
		names := []string{"wish", "change", "change", "lost answer", "lost step", "refusal", "cure", "work", "work", "work", "death", "time", "time"}
		func() {
			// Whatever failed, the dead come back, as they would spoil the next draw.
			defer func() { close(d.shelf.freed); f.workers.Wait() }()
			for range rapid.IntRange(5, 25).Draw(t, "happenings") {
				happenings[rapid.SampledFrom(names).Draw(t, "happening")]()
			}
			d.shelf.set(func() { d.shelf.refuse, d.shelf.lose, d.shelf.loseSteps = map[string]error{}, 0, 0 })
			if rapid.Bool().Draw(t, "the dead stay dead") {
				f.recover(ctx)
			}
		}()
		f.recover(ctx)
		for _, ref := range fated {
			// What is refused waits for a person, and keeps its intent while that leaves an outcome
			// unread; everything else has found its end by itself.
			got := f.look(ctx, ref)
			moving := got.Status == store.Pending || got.Status == store.Syncing || got.Status == store.Unknown || got.Status == store.Failed
			if moving || got.Intent != nil && got.Status != store.Held {
				t.Errorf("%s is stuck: %s %+v, intent %s", ref.Key(), got.Status, got.Issue, got.Intent)
			}
		}
		f.wish(ctx, fated...)
		f.recover(ctx)
		f.judge(ctx)
	})
}

// recover lets hours pass.
func (f *fate) recover(ctx context.Context) {
	for range 6 {
		f.later(time.Hour)
		if f.work(ctx, 20) > 0 {
			f.t.Fatal("the work does not end")
		}
	}
}

func (f *fate) look(ctx context.Context, ref store.Ref) store.Document {
	found, err := f.store.Documents(ctx, []store.Ref{ref})
	f.must(err)
	return found[ref]
}

// judge holds every record to its newest text, in one document of its own name.
func (f *fate) judge(ctx context.Context) {
	if len(f.shelf.pages) != len(fated) {
		f.t.Errorf("%d documents for %d records: %v", len(f.shelf.pages), len(fated), f.shelf.pages)
	}
	names := map[string]bool{}
	for _, ref := range fated {
		want := f.texts[ref.ID]
		if ref.Flow == "letter" {
			want += " to id-note:1"
			if n := f.shelf.steps["id-"+ref.Key()+" sent"]; n != 1 {
				f.t.Errorf("%s was sent %d times", ref.Key(), n)
			}
		}
		got := f.look(ctx, ref)
		if got.Status != store.Synced || got.Intent != nil || got.ZohoID != "id-"+ref.Key() || f.shelf.pages[ref.Key()] != want {
			f.t.Errorf("%s is %s %+v as %q, intent %s: %q, want %q", ref.Key(), got.Status, got.Issue, got.ZohoID, got.Intent, f.shelf.pages[ref.Key()], want)
		}
		if ref.Flow == "note" && names[got.Name] {
			f.t.Errorf("two notes are named %q", got.Name)
		}
		names[got.Name] = true
	}
}
