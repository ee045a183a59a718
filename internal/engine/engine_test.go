package engine_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/store/storetest"
)

func TestMain(m *testing.M) { privatetest.Main(m) }

// page is what the tests' flow writes.
type page struct {
	Name  string
	Text  string
	Total money.Decimal
}

// shelf is a destination with the strictness that matters: keyed writes, unique names, answers
// that get lost.
type shelf struct {
	mu        sync.Mutex
	pages     map[string]string // key → text
	names     map[string]string // name → key
	steps     map[string]int    // id and step → times
	calls     int
	lose      int // so many writes are done but their answers lost
	refuse    map[string]error
	entered   chan struct{}                   // told of every write that has begun, when there is something to wait for
	wait      chan struct{}                   // nil, or what a write that has begun waits for
	hang      int                             // so many writes are done and answered only when nobody waits any more
	hung      chan struct{}                   // told when one of them is done
	freed     chan struct{}                   // closed when they are answered
	wrong     bool                            // totals come to something else than what was sent
	blind     error                           // why nothing can be searched
	spoiled   string                          // id of a document with which no step is taken
	spoils    error                           // why not; nil = it is refused
	answered  string                          // status that writes are answered with
	taxes     map[string]money.Decimal        // what they are answered with for each tax, without their sum
	stands    money.Decimal                   // total of what is found
	loseSteps int                             // so many steps are taken but their answers lost
	dieSteps  int                             // so many are taken, and the process does not live to see it
	during    func(ctx context.Context) error // nil, or what happens when a step is to be taken
	lateSends int                             // so many writes are done only when they arrive, and nobody gets their answer
	lateSteps int                             // the same of steps
	coming    []func()                        // what has not arrived yet
	looks     int                             // how often a step was looked for
	turn      func(ctx context.Context) error // nil, or what happens while a step waits for its turn
	extra     string                          // what is to be kept of an answer
	asleep    string                          // id of a master without which nothing is written while it is inactive
	inactive  map[string]bool
}

// set changes what the shelf is told to do, while workers may be writing to it.
func (s *shelf) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func newShelf() *shelf {
	return &shelf{pages: map[string]string{}, names: map[string]string{}, steps: map[string]int{}, refuse: map[string]error{}, inactive: map[string]bool{}}
}

func (s *shelf) Draft(key string, known engine.Link, p page) (engine.Call, error) {
	body, _ := json.Marshal(p)
	if known.Exists() {
		return engine.Call{Method: "PUT", Path: known.ID, Body: body}, nil
	}
	return engine.Call{Method: "PUT", Key: key, Body: body}, nil
}

func (s *shelf) Send(_ context.Context, c engine.Call) (engine.Answer, error) {
	if s.wait != nil {
		s.entered <- struct{}{}
		<-s.wait
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	var p page
	_ = json.Unmarshal(c.Body, &p)
	key := c.Key
	if key == "" {
		key = c.Path[3:]
	}
	if err := s.refuse[key]; err != nil {
		return engine.Answer{}, err
	}
	if s.lateSends > 0 {
		s.lateSends--
		s.coming = append(s.coming, func() { s.pages[key], s.names[p.Name] = p.Text, key })
		return engine.Answer{}, fault.New(fault.Unknown, "outcome_unknown", "lost")
	}
	if s.inactive[s.asleep] {
		return engine.Answer{}, fault.New(fault.Rejected, "zoho_refused", "a record is inactive")
	}
	if owner := s.names[p.Name]; p.Name != "" && owner != "" && owner != key {
		return engine.Answer{}, fault.New(fault.Rejected, "name_taken", "taken")
	}
	_, stood := s.pages[key]
	s.pages[key], s.names[p.Name] = p.Text, key
	if s.hang > 0 {
		s.hang--
		s.mu.Unlock()
		s.hung <- struct{}{}
		<-s.freed
		s.mu.Lock()
		return engine.Answer{ID: "id-" + key, Number: p.Name, Total: p.Total}, nil
	}
	if s.lose > 0 {
		s.lose--
		return engine.Answer{}, fault.New(fault.Unknown, "outcome_unknown", "lost")
	}
	answer := engine.Answer{ID: "id-" + key, Number: p.Name, Total: p.Total, Made: !stood, Status: s.answered, Taxes: s.taxes}
	if s.extra != "" {
		answer.Extra = json.RawMessage(s.extra)
	}
	if s.wrong {
		answer.Total = answer.Total.Add(money.Unit(2))
	}
	return answer, nil
}

func (s *shelf) Find(_ context.Context, key string, _ engine.Call) (engine.Answer, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.blind != nil {
		return engine.Answer{}, false, s.blind
	}
	_, there := s.pages[key]
	return engine.Answer{ID: "id-" + key, Total: s.stands}, there, nil
}

func (s *shelf) Step(ctx context.Context, step engine.Step, ids []string) error {
	if s.turn != nil {
		if err := s.turn(ctx); err != nil {
			return err
		}
	}
	if errand, ok := engine.ErrandOf(ctx); ok && errand.Leaving != nil {
		if err := errand.Leaving(ctx); err != nil {
			return err
		}
	}
	if s.during != nil {
		if err := s.during(ctx); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	if slices.Contains(ids, s.spoiled) {
		if s.spoils != nil {
			return s.spoils
		}
		return fault.New(fault.Rejected, "zoho_refused", "one of them is refused")
	}
	if s.lateSteps > 0 {
		s.lateSteps--
		s.coming = append(s.coming, func() { s.steps[ids[0]+" "+step.Name]++ })
		return fault.New(fault.Unknown, "outcome_unknown", "lost")
	}
	for _, id := range ids {
		s.steps[id+" "+step.Name]++
		if step.Name == engine.StepActive || step.Name == engine.StepInactive {
			s.inactive[id] = step.Name == engine.StepInactive
		}
	}
	if s.dieSteps > 0 {
		s.dieSteps--
		return store.ErrLost
	}
	if s.loseSteps > 0 {
		s.loseSteps--
		return fault.New(fault.Unknown, "outcome_unknown", "lost")
	}
	return nil
}

func (s *shelf) StepDone(_ context.Context, step engine.Step, id string) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.looks++
	return s.steps[id+" "+step.Name] > 0, nil
}

// arrive does what was late.
func (s *shelf) arrive() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, done := range s.coming {
		done()
	}
	s.coming = nil
}

// desk is an engine over a real database with two flows: notes, and letters that need a note.
type desk struct {
	*engine.Engine
	store *store.Store
	shelf *shelf
	mu    sync.Mutex
	texts map[string]string
	clock time.Time
	held  error
	asked func() // nil, or what happens when the rules are read
	locks rules.Locks
}

// now goes on by a moment whenever it is asked, as a real clock does.
func (d *desk) now() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.clock = d.clock.Add(time.Microsecond)
	return d.clock
}

func (d *desk) later(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.clock = d.clock.Add(by)
}

// write changes the source's row, while workers may be reading it.
func (d *desk) write(id, text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.texts[id] = text
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	db := storetest.New(t)
	d := &desk{shelf: newShelf(), texts: map[string]string{}, clock: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	d.store = store.New(db, d.now)
	d.Engine = engine.New(d.store, func(context.Context) (*rules.Rules, error) {
		if d.asked != nil {
			d.asked()
		}
		return &rules.Rules{Locks: d.locks}, d.held
	}, engine.Options{})
	load := func(_ context.Context, ids []string) (map[string]string, error) {
		found := map[string]string{}
		d.mu.Lock()
		defer d.mu.Unlock()
		for _, id := range ids {
			if text, ok := d.texts[id]; ok {
				found[id] = text
			}
		}
		return found, nil
	}
	engine.Add(d.Engine, engine.Flow[string, page]{Name: "note", Section: "hotels", Version: 1, Master: true, NameSpace: "note", Load: load, Dest: d.shelf,
		Map: func(text string, self engine.Link, _ engine.Links, _ *rules.Rules) (engine.Mapped[page], error) {
			if text == "panic" {
				panic("a mapping stumbles")
			}
			return engine.Mapped[page]{Doc: page{Text: text}, Names: []string{"Same name", "Same name (" + self.Ref.ID + ")"}, SetName: func(p *page, name string) { p.Name = name }}, nil
		}})
	engine.Add(d.Engine, engine.Flow[string, page]{Name: "letter", Section: "orders", Version: 1, Load: load, Dest: d.shelf,
		Needs: func(string, *rules.Rules) []engine.Ref { return []engine.Ref{{Flow: "note", ID: "1"}} },
		Map: func(text string, _ engine.Link, links engine.Links, _ *rules.Rules) (engine.Mapped[page], error) {
			note, err := links.Of("note", "1")
			if err != nil {
				return engine.Mapped[page]{}, err
			}
			return engine.Mapped[page]{Doc: page{Text: text + " to " + note.ID}, Steps: []engine.Step{{Name: "sent", Bulk: "/sent", BulkParam: "ids"}}}, nil
		}})
	return d
}

func (d *desk) add(t *testing.T, flow string, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if _, ok := d.texts[id]; !ok {
			d.texts[id] = "text " + id
		}
	}
	var list []store.Listed
	for _, id := range ids {
		list = append(list, store.Listed{ID: id, Name: id, Documents: []store.Ref{{Flow: flow, ID: id}}})
	}
	if err := d.store.AddRecords(t.Context(), d.Section(flow), list); err != nil {
		t.Fatal(err)
	}
}

func (d *desk) queue(t *testing.T, refs ...store.Ref) {
	t.Helper()
	if err := d.store.QueueRefs(t.Context(), 0, refs, store.Person); err != nil {
		t.Fatal(err)
	}
}

// settle works until nothing is due.
func (d *desk) settle(t *testing.T) {
	t.Helper()
	for range 50 {
		due, err := d.store.Due(t.Context(), d.Flows(), 100)
		if err != nil {
			t.Fatal(err)
		}
		if len(due) == 0 {
			return
		}
		for q := range due {
			if _, err := d.Work(t.Context(), q, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Fatal("the work does not end")
}

func (d *desk) doc(t *testing.T, flow, id string) store.Document {
	t.Helper()
	ref := store.Ref{Flow: flow, ID: id}
	found, err := d.store.Documents(t.Context(), []store.Ref{ref})
	if err != nil {
		t.Fatal(err)
	}
	return found[ref]
}

func TestAnUnchangedRecordCostsNoCall(t *testing.T) {
	d := newDesk(t)
	d.add(t, "note", "1")
	d.queue(t, store.Ref{Flow: "note", ID: "1"})
	d.settle(t)
	if got := d.doc(t, "note", "1"); got.Status != store.Synced || got.ZohoID != "id-note:1" {
		t.Fatalf("%+v", got)
	}
	d.queue(t, store.Ref{Flow: "note", ID: "1"})
	d.settle(t)
	if d.shelf.calls != 1 {
		t.Errorf("%d calls for an unchanged record, want 1 in all", d.shelf.calls)
	}
	d.texts["1"] = "another text"
	d.queue(t, store.Ref{Flow: "note", ID: "1"})
	d.settle(t)
	if d.shelf.calls != 2 || d.shelf.pages["note:1"] != "another text" {
		t.Errorf("a change was not sent: %d calls, %v", d.shelf.calls, d.shelf.pages)
	}
}

func TestALostAnswerIsResolvedToOneDocument(t *testing.T) {
	d := newDesk(t)
	d.add(t, "note", "1")
	d.shelf.lose = 1
	d.queue(t, store.Ref{Flow: "note", ID: "1"})
	d.settle(t)
	if got := d.doc(t, "note", "1"); got.Status != store.Unknown || got.Intent == nil {
		t.Fatalf("a lost answer is shown as %s", got.Status)
	}
	d.texts["1"] = "changed while unknown"
	d.later(time.Minute)
	d.settle(t)
	got := d.doc(t, "note", "1")
	if got.Status != store.Synced || got.Intent != nil || len(d.shelf.pages) != 1 || d.shelf.pages["note:1"] != "changed while unknown" {
		t.Errorf("%s %v", got.Status, d.shelf.pages)
	}
}

func TestADeadWorkersDocumentIsTakenOverAndItsCallRepeated(t *testing.T) {
	d := newDesk(t)
	d.add(t, "note", "1")
	d.queue(t, store.Ref{Flow: "note", ID: "1"})
	q := store.Queue{Flow: "note", Lane: store.Person}
	docs, err := d.store.Claim(t.Context(), "dead", q, 10, 30*time.Second)
	if err != nil || len(docs) != 1 {
		t.Fatal(docs, err)
	}
	// The dead worker saved its intent, called, and never saved the answer.
	call, _ := d.shelf.Draft("note:1", engine.Link{}, page{Name: "Same name", Text: "text 1"})
	if err := d.store.SaveIntent(t.Context(), "dead", docs[0].RowID, map[string]any{"call": call, "name": "Same name"}, 30*time.Second); err != nil {
		t.Fatal(err)
	}
	if _, err := d.shelf.Send(t.Context(), call); err != nil {
		t.Fatal(err)
	}
	if n, _ := d.Work(t.Context(), q, nil); n != 0 {
		t.Fatal("a leased document was claimed twice")
	}
	d.later(31 * time.Second)
	d.settle(t)
	if got := d.doc(t, "note", "1"); got.ZohoID == "" || got.Intent != nil {
		t.Errorf("the call was not repeated at once: %s %q", got.Status, got.ZohoID)
	}
	d.later(store.Arrival)
	d.settle(t)
	if got := d.doc(t, "note", "1"); got.Status != store.Synced || len(d.shelf.pages) != 1 {
		t.Errorf("%s %v", got.Status, d.shelf.pages)
	}
	if err := d.store.Settle("dead", store.Outcome{Document: docs[0]}); err != store.ErrLost {
		t.Errorf("the dead worker could still save: %v", err)
	}
}

func TestNamesakesGetNamesOfTheirOwn(t *testing.T) {
	d := newDesk(t)
	d.shelf.names["Same name"] = "somebody else's"
	var refs []store.Ref
	for n := range 10 {
		id := fmt.Sprint(n + 1)
		d.add(t, "note", id)
		refs = append(refs, store.Ref{Flow: "note", ID: id})
	}
	d.queue(t, refs...)
	d.settle(t)
	for _, ref := range refs {
		got := d.doc(t, "note", ref.ID)
		if want := "Same name (" + ref.ID + ")"; got.Status != store.Synced || got.Name != want {
			t.Errorf("%s is %s, named %q, want %q", ref.Key(), got.Status, got.Name, want)
		}
	}
	before := d.shelf.calls
	d.queue(t, refs...)
	d.settle(t)
	if d.shelf.calls != before {
		t.Errorf("suffixes did not stay: %d calls more", d.shelf.calls-before)
	}
}

func TestALetterPullsItsNoteAndIsSentInBulk(t *testing.T) {
	d := newDesk(t)
	d.texts["1"] = "the note"
	d.add(t, "letter", "7", "8", "9")
	run, err := d.store.StartRun(t.Context(), "sync", "orders", "all", "a person")
	if err != nil {
		t.Fatal(err)
	}
	if mine, err := d.store.ClaimRun(t.Context(), "me", run.ID, time.Minute); err != nil || !mine {
		t.Fatal(mine, err)
	}
	if err := d.store.Queue(t.Context(), run.ID, "orders", []string{"7", "8", "9"}, nil, store.Person); err != nil {
		t.Fatal(err)
	}
	if err := d.store.ListedRun(t.Context(), "me", run.ID, nil); err != nil {
		t.Fatal(err)
	}
	d.settle(t)
	for _, id := range []string{"7", "8", "9"} {
		if got := d.doc(t, "letter", id); got.Status != store.Synced || d.shelf.steps["id-letter:"+id+" sent"] != 1 {
			t.Errorf("letter %s: %s, steps %v", id, got.Status, d.shelf.steps)
		}
	}
	if d.shelf.calls != 5 {
		t.Errorf("%d calls, want one note, three letters, one for all that are sent", d.shelf.calls)
	}
	ended, err := d.store.Run(t.Context(), run.ID)
	if err != nil || ended.Status != store.RunDone || ended.Done != 3 || *ended.Total != 3 {
		t.Errorf("%+v %v", ended, err)
	}
}

func TestOnePoisonedRecordStopsNoOther(t *testing.T) {
	d := newDesk(t)
	d.texts["1"], d.texts["2"] = "panic", "fine"
	d.add(t, "note", "1", "2", "3")
	d.shelf.refuse["note:3"] = fault.New(fault.Rejected, "zoho_refused", "no")
	d.queue(t, store.Ref{Flow: "note", ID: "1"}, store.Ref{Flow: "note", ID: "2"}, store.Ref{Flow: "note", ID: "3"})
	d.settle(t)
	for id, want := range map[string]store.Status{"1": store.Failed, "2": store.Synced, "3": store.Rejected} {
		if got := d.doc(t, "note", id); got.Status != want {
			t.Errorf("note %s is %s, want %s", id, got.Status, want)
		}
	}
}

func TestFiftyWishesAtOnceMakeOneDocument(t *testing.T) {
	d := newDesk(t)
	d.add(t, "note", "1")
	var group sync.WaitGroup
	for range 50 {
		group.Add(2)
		go func() {
			defer group.Done()
			_ = d.store.QueueRefs(context.WithoutCancel(t.Context()), 0, []store.Ref{{Flow: "note", ID: "1"}}, store.Person)
		}()
		go func() {
			defer group.Done()
			_, _ = d.Work(context.WithoutCancel(t.Context()), store.Queue{Flow: "note", Lane: store.Person}, nil)
		}()
	}
	group.Wait()
	d.settle(t)
	if got := d.doc(t, "note", "1"); got.Status != store.Synced || len(d.shelf.pages) != 1 || d.shelf.calls != 1 {
		t.Errorf("%s, %d documents, %d calls", got.Status, len(d.shelf.pages), d.shelf.calls)
	}
}

func TestAWishDuringTheCallIsNotLost(t *testing.T) {
	d := newDesk(t)
	d.add(t, "note", "1")
	ref := store.Ref{Flow: "note", ID: "1"}
	d.queue(t, ref)
	d.shelf.entered, d.shelf.wait = make(chan struct{}), make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = d.Work(context.WithoutCancel(t.Context()), store.Queue{Flow: "note", Lane: store.Person}, nil)
	}()
	<-d.shelf.entered
	d.write("1", "newer")
	d.queue(t, ref)
	d.shelf.wait <- struct{}{}
	<-done
	d.shelf.wait = nil
	if d.shelf.pages["note:1"] != "text 1" {
		t.Fatalf("the call carried %q", d.shelf.pages["note:1"])
	}
	d.settle(t)
	if got := d.doc(t, "note", "1"); d.shelf.pages["note:1"] != "newer" || d.shelf.calls != 2 || got.Status != store.Synced {
		t.Errorf("the newer text was lost: %v after %d calls, %s", d.shelf.pages, d.shelf.calls, got.Status)
	}
}

func TestWithoutConnectionRecordsWaitAndAreFreed(t *testing.T) {
	d := newDesk(t)
	d.add(t, "note", "1")
	d.held = fault.New(fault.Held, "not_connected", "not connected")
	d.queue(t, store.Ref{Flow: "note", ID: "1"})
	d.settle(t)
	if got := d.doc(t, "note", "1"); got.Status != store.Held || got.Issue.Code != "not_connected" {
		t.Fatalf("%s %+v", got.Status, got.Issue)
	}
	d.held = nil
	if n, err := d.store.FreeIssue(t.Context(), []string{"not_connected"}, store.Live); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	d.settle(t)
	if got := d.doc(t, "note", "1"); got.Status != store.Synced {
		t.Errorf("%s %+v", got.Status, got.Issue)
	}
}
