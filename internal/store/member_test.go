package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/store/storetest"
)

func TestMain(m *testing.M) { privatetest.Main(m) }

func setup(t *testing.T) *store.Store {
	t.Helper()
	db := storetest.New(t)
	return store.New(db, time.Now)
}

// orders stores n orders from 1, each with a sales order, an invoice and a payment; orders 1 and 2
// share payment 1.
func orders(t *testing.T, s *store.Store, n int) []string {
	t.Helper()
	var list []store.Seen
	var ids []string
	for i := 1; i <= n; i++ {
		id, payment := fmt.Sprint(i), fmt.Sprint(max(i, 2)-1)
		ids = append(ids, id)
		list = append(list, store.Seen{Print: "a:1", Listed: store.Listed{ID: id, Name: "ORDER" + id, Documents: []store.Ref{{Flow: "sales_order", ID: id}, {Flow: "invoice", ID: id}, {Flow: "payment", ID: payment}}}})
	}
	if err := s.Adopt(t.Context(), "orders", list); err != nil {
		t.Fatal(err)
	}
	return ids
}

// begin starts a run over records and lists it.
func begin(t *testing.T, s *store.Store, name string, ids, flows []string) uint64 {
	t.Helper()
	run, err := s.StartRun(t.Context(), "sync", "orders", name, "a person")
	if err != nil {
		t.Fatal(err)
	}
	if mine, err := s.ClaimRun(t.Context(), name, run.ID, time.Minute); err != nil || !mine {
		t.Fatal(mine, err)
	}
	if err := s.Queue(t.Context(), run.ID, "orders", ids, flows, store.Person); err != nil {
		t.Fatal(err)
	}
	if err := s.ListedRun(t.Context(), name, run.ID, nil); err != nil {
		t.Fatal(err)
	}
	return run.ID
}

// end ends the attempts of all due documents of a flow, counted as judge says.
func end(t *testing.T, s *store.Store, flow string, judge func(id string) store.Count) {
	t.Helper()
	docs, err := s.Claim(t.Context(), flow, store.Queue{Flow: flow, Lane: store.Person}, 100, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range docs {
		d.Status = store.Synced
		if err := s.Settle(flow, store.Outcome{Document: d, Count: judge(d.Ref.ID), Calls: 1}); err != nil {
			t.Fatal(err)
		}
	}
}

func always(c store.Count) func(string) store.Count { return func(string) store.Count { return c } }

func TestARunCountsEachRecordOnceByItsWorst(t *testing.T) {
	s := setup(t)
	ids := orders(t, s, 5)
	run := begin(t, s, "run", ids, nil)
	read := func() store.Run {
		r, err := s.Run(t.Context(), run)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if got := read(); *got.Total != 5 || got.Status != store.RunRunning {
		t.Fatalf("%+v", got)
	}
	end(t, s, "sales_order", always(store.CountUnchanged))
	end(t, s, "invoice", func(id string) store.Count {
		return map[string]store.Count{"1": store.CountDone, "2": store.CountFailed, "3": store.CountHeld, "4": store.CountSkipped, "5": store.CountUnchanged}[id]
	})
	if got := read(); got.Done+got.Failed+got.Held+got.Unchanged+got.Skipped != 0 {
		t.Fatalf("counted before the last document: %+v", got)
	}
	// Payment 1 is of orders 1 and 2.
	end(t, s, "payment", always(store.CountUnchanged))
	got := read()
	if got.Status != store.RunDone || got.Done != 1 || got.Failed != 1 || got.Held != 1 || got.Unchanged != 2 || got.Skipped != 0 || got.CallsUsed != 14 {
		t.Errorf("%+v", got)
	}
}

func TestARunOverOneKindCountsOrdersWithoutIt(t *testing.T) {
	s := setup(t)
	ids := orders(t, s, 2)
	if err := s.Adopt(t.Context(), "orders", []store.Seen{{Print: "a:1", Listed: store.Listed{ID: "8", Name: "NODOCS"}}, {Print: "a:1", Listed: store.Listed{ID: "9", Name: "NOINVOICE", Documents: []store.Ref{{Flow: "sales_order", ID: "9"}}}}}); err != nil {
		t.Fatal(err)
	}
	run := begin(t, s, "run", append(ids, "8", "9"), []string{"invoice"})
	end(t, s, "invoice", always(store.CountDone))
	got, err := s.Run(t.Context(), run)
	if err != nil || got.Status != store.RunDone || *got.Total != 4 || got.Done != 3 || got.Skipped != 1 {
		t.Errorf("%+v %v", got, err)
	}
	again := begin(t, s, "again", []string{"8"}, nil)
	if got, err := s.Run(t.Context(), again); err != nil || got.Status != store.RunDone || got.Unchanged != 1 {
		t.Errorf("an order with nothing to send, again: %+v %v", got, err)
	}
}

// TestARecordThatGetsAFurtherDocumentCountsOnce ends a record's first document before the run has
// listed its second, as with a tick that queues flow by flow.
func TestARecordThatGetsAFurtherDocumentCountsOnce(t *testing.T) {
	s := setup(t)
	ids := orders(t, s, 3)
	run, err := s.StartRun(t.Context(), "tick", "", "tick", "Schedule")
	if err != nil {
		t.Fatal(err)
	}
	if mine, err := s.ClaimRun(t.Context(), "tick", run.ID, time.Minute); err != nil || !mine {
		t.Fatal(mine, err)
	}
	queue := map[string]func() error{
		"sales_order": func() error {
			return s.Queue(t.Context(), run.ID, "orders", ids, []string{"sales_order"}, store.Person)
		},
		"invoice": func() error {
			return s.QueueRefs(t.Context(), run.ID, []store.Ref{{Flow: "invoice", ID: "1"}, {Flow: "invoice", ID: "2"}}, store.Person)
		},
		"payment": func() error {
			return s.Queue(t.Context(), run.ID, "orders", ids[:1], []string{"payment"}, store.Person)
		},
	}
	for _, step := range []struct {
		flow         string
		how          store.Count
		done, failed int
	}{{"sales_order", store.CountDone, 3, 0}, {"invoice", store.CountFailed, 1, 2}, {"payment", store.CountDone, 1, 2}} {
		for range 2 { // a run that is taken over does so again
			if err := queue[step.flow](); err != nil {
				t.Fatal(err)
			}
		}
		end(t, s, step.flow, always(step.how))
		if got, err := s.Run(t.Context(), run.ID); err != nil || got.Done != step.done || got.Failed != step.failed {
			t.Errorf("after the %s: %+v %v", step.flow, got, err)
		}
	}
	if err := s.ListedRun(t.Context(), "tick", run.ID, nil); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Run(t.Context(), run.ID); err != nil || got.Status != store.RunDone || *got.Total != 3 || got.Done+got.Failed != 3 {
		t.Errorf("%+v %v", got, err)
	}
}

// TestDocumentsThatEndAtOnceAreAllCounted races the last documents of each order.
func TestDocumentsThatEndAtOnceAreAllCounted(t *testing.T) {
	s := setup(t)
	ids := orders(t, s, 40)
	first, second := begin(t, s, "first", ids, nil), begin(t, s, "second", ids[:20], nil)
	var wait sync.WaitGroup
	for _, flow := range []string{"sales_order", "invoice", "payment"} {
		wait.Go(func() { end(t, s, flow, always(store.CountDone)) })
	}
	wait.Wait()
	for id, want := range map[uint64]int{first: 40, second: 20} {
		if got, err := s.Run(t.Context(), id); err != nil || got.Status != store.RunDone || got.Done != want {
			t.Errorf("%+v %v", got, err)
		}
	}
}

func TestASlotIsGivenAwayOnce(t *testing.T) {
	s := setup(t)
	slot := time.Date(2026, 11, 25, 15, 5, 0, 0, time.UTC)
	var mu sync.Mutex
	var taken []uint64
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			run, err := s.TakeSlot(t.Context(), "tick", slot, "15:05", "Schedule")
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if run != nil {
				taken = append(taken, run.ID)
			}
		})
	}
	wait.Wait()
	if len(taken) != 1 {
		t.Fatalf("taken by %v", taken)
	}
	// While that run has its own work before it, the next slot starts none, and is over.
	for _, next := range []time.Time{slot.Add(5 * time.Minute), slot.Add(5 * time.Minute)} {
		if run, err := s.TakeSlot(t.Context(), "tick", next, "15:10", "Schedule"); err != nil || run != nil {
			t.Errorf("the next slot: %+v, %v", run, err)
		}
	}
	// What it queued is sent long after its own work: that holds up nothing.
	if mine, err := s.ClaimRun(t.Context(), "tick", taken[0], time.Minute); err != nil || !mine {
		t.Fatal(mine, err)
	}
	if err := s.Queue(t.Context(), taken[0], "orders", orders(t, s, 1), nil, store.Live); err != nil {
		t.Fatal(err)
	}
	if err := s.ListedRun(t.Context(), "tick", taken[0], nil); err != nil {
		t.Fatal(err)
	}
	if run, err := s.Run(t.Context(), taken[0]); err != nil || run.Status != store.RunRunning {
		t.Fatalf("the first run: %+v, %v", run, err)
	}
	if run, err := s.TakeSlot(t.Context(), "tick", slot.Add(10*time.Minute), "15:15", "Schedule"); err != nil || run == nil || run.ID == taken[0] {
		t.Errorf("the slot after its own work: %+v, %v", run, err)
	}
}
