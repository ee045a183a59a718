package store_test

import (
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/await"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/store/storetest"
)

// TestARunEndsThoughWhatItsRecordsWaitForFails has an invoice fail again and again while its payment
// waits for it, and a credit note for the payment.
func TestARunEndsThoughWhatItsRecordsWaitForFails(t *testing.T) {
	s := setup(t)
	order := store.Seen{Print: "a:1", Listed: store.Listed{ID: "1", Name: "ONE", Documents: []store.Ref{{Flow: "invoice", ID: "1"}, {Flow: "payment", ID: "1"}, {Flow: "credit_note", ID: "1"}}}}
	if err := s.Adopt(t.Context(), "orders", []store.Seen{order}); err != nil {
		t.Fatal(err)
	}
	run := begin(t, s, "run", []string{"1"}, nil)
	attempt := func(flow string, o store.Outcome) {
		t.Helper()
		docs, err := s.Claim(t.Context(), flow, store.Queue{Flow: flow, Lane: store.Person}, 10, time.Minute)
		if err != nil || len(docs) != 1 {
			t.Fatalf("%s: %d claimed, %v", flow, len(docs), err)
		}
		d := docs[0]
		d.Status, d.Issue = o.Document.Status, o.Document.Issue
		o.Document = d
		if err := s.Settle(flow, o); err != nil {
			t.Fatal(err)
		}
	}
	waits := func(flow, on string) {
		t.Helper()
		attempt(flow, store.Outcome{Document: store.Document{Status: store.Blocked}, WaitOn: []store.Ref{{Flow: on, ID: "1"}}})
	}
	// The credit note comes first and waits for the payment, which waits for the invoice.
	waits("credit_note", "payment")
	waits("payment", "invoice")
	if r, err := s.Run(t.Context(), run); err != nil || r.Status != store.RunRunning {
		t.Fatalf("the run is %s while its invoice was not even begun, %v", r.Status, err)
	}
	later := s.Now().Add(time.Hour)
	attempt("invoice", store.Outcome{Document: store.Document{Status: store.Failed, Issue: store.Issue{Code: "zoho_unavailable"}}, Count: store.CountFailed, Retry: &later})
	waits("payment", "invoice")
	if r, err := s.Run(t.Context(), run); err != nil || r.Status != store.RunDone || r.Failed != 1 {
		t.Errorf("the run is %s: %d failed, %d held of 1, %v", r.Status, r.Failed, r.Held, err)
	}
}

// TestWhatIsBeingMadeIsMappedAgain: a payment read its invoice as it was, and is still on its way for the first time when the
// invoice's new total is answered.
func TestWhatIsBeingMadeIsMappedAgain(t *testing.T) {
	s := setup(t)
	ids := orders(t, s, 1)
	begin(t, s, "run", ids, nil)
	claim := func(flow string) store.Document {
		t.Helper()
		docs, err := s.Claim(t.Context(), flow, store.Queue{Flow: flow, Lane: store.Person}, 10, time.Minute)
		if err != nil || len(docs) != 1 {
			t.Fatalf("%s: %d claimed, %v", flow, len(docs), err)
		}
		return docs[0]
	}
	payment, invoice := claim("payment"), claim("invoice")
	invoice.Status, invoice.ZohoID, invoice.Wakes = store.Synced, "1", []store.Ref{payment.Ref}
	payment.Status, payment.ZohoID = store.Synced, "2"
	for _, d := range []store.Document{invoice, payment} {
		if err := s.Settle(d.Ref.Flow, store.Outcome{Document: d, Count: store.CountDone, Synced: true, Changed: true}); err != nil {
			t.Fatal(err)
		}
	}
	claim("payment")
}

// TestNobodyWaitsForWhoWaitsForHim has two payments come to wait for each other, as one saw the other being worked on, and
// three: one of them is looked at once more soon.
func TestNobodyWaitsForWhoWaitsForHim(t *testing.T) {
	for _, flows := range [][]string{{"payment", "credit_note"}, {"payment", "credit_note", "invoice"}} {
		var later time.Duration
		s := store.New(storetest.New(t), func() time.Time { return time.Now().Add(later) })
		order := store.Seen{Print: "a:1", Listed: store.Listed{ID: "1", Name: "ONE"}}
		for _, flow := range flows {
			order.Documents = append(order.Documents, store.Ref{Flow: flow, ID: "1"})
		}
		if err := s.Adopt(t.Context(), "orders", []store.Seen{order}); err != nil {
			t.Fatal(err)
		}
		run := begin(t, s, "run", []string{"1"}, nil)
		claimed := map[string]store.Document{}
		claim := func(flow string) {
			t.Helper()
			docs, err := s.Claim(t.Context(), flow, store.Queue{Flow: flow, Lane: store.Person}, 10, time.Minute)
			if err != nil || len(docs) != 1 {
				t.Fatalf("%s: %d claimed, %v", flow, len(docs), err)
			}
			claimed[flow] = docs[0]
		}
		for _, flow := range flows {
			claim(flow)
		}
		for n, flow := range flows {
			d := claimed[flow]
			d.Status, d.Issue = store.Blocked, store.Issue{}
			if err := s.Settle(flow, store.Outcome{Document: d, WaitOn: []store.Ref{{Flow: flows[(n+1)%len(flows)], ID: "1"}}}); err != nil {
				t.Fatal(err)
			}
		}
		later = time.Minute
		last := flows[len(flows)-2] // it waits for the one that ended last
		claim(last)
		d := claimed[last]
		d.Status = store.Synced
		if err := s.Settle(last, store.Outcome{Document: d, Count: store.CountDone, Calls: 1}); err != nil {
			t.Fatal(err)
		}
		for range len(flows) {
			for _, flow := range flows {
				end(t, s, flow, always(store.CountDone))
			}
		}
		if r, err := s.Run(t.Context(), run); err != nil || r.Status != store.RunDone {
			t.Errorf("%v: the run is %s, %v", flows, r.Status, err)
		}
	}
}

// TestAMemberIsCountedWhenItsBulkStepEndsWhileItIsQueued holds a queueing up after it added its members
// and lets a bulk step of one of them end in that moment.
func TestAMemberIsCountedWhenItsBulkStepEndsWhileItIsQueued(t *testing.T) {
	s, ctx := setup(t), t.Context()
	ids := orders(t, s, 3)
	begin(t, s, "zero", ids, nil)
	for _, flow := range []string{"sales_order", "invoice", "payment"} {
		end(t, s, flow, always(store.CountDone))
	}
	begin(t, s, "first", ids[:1], []string{"invoice"}) // its invoice now waits for its bulk step
	docs, err := s.Claim(ctx, "writer", store.Queue{Flow: "invoice", Lane: store.Person}, 10, time.Minute)
	if err != nil || len(docs) != 1 {
		t.Fatal(len(docs), err)
	}
	d, now := docs[0], s.Now()
	d.Status, d.StepDue, d.ZohoID = store.Syncing, true, "z1"
	if err := s.Settle("writer", store.Outcome{Document: d, Count: store.NotYet, Retry: &now}); err != nil {
		t.Fatal(err)
	}
	bulk, err := s.Claim(ctx, "bulk", store.Queue{Flow: "invoice", Lane: store.Person, StepDue: true}, 10, time.Minute)
	if err != nil || len(bulk) != 1 {
		t.Fatal(len(bulk), err)
	}
	pool, err := s.SQL()
	if err != nil {
		t.Fatal(err)
	}
	tx, err := pool.BeginTx(ctx, nil) // somebody holds the last document's row
	if err != nil {
		t.Fatal(err)
	}
	var last uint64
	if err := tx.QueryRow("SELECT MAX(id) FROM qlobooks_documents").Scan(&last); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec("UPDATE qlobooks_documents SET title = 'held' WHERE id = ?", last); err != nil {
		t.Fatal(err)
	}
	// waiting waits until so many statements wait for a row.
	waiting := func(n int) {
		t.Helper()
		// InnoDB shows this list anew only to who has not looked for a tenth of a second.
		err := await.Bounds{Every: 200 * time.Millisecond}.For(ctx, func() (bool, error) {
			var now int
			err := pool.QueryRow("SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT' AND trx_mysql_thread_id IN (SELECT id FROM information_schema.processlist WHERE db = DATABASE())").Scan(&now)
			return now >= n, err
		})
		if err != nil {
			t.Fatalf("in vain: %d statements wait for a row: %v", n, err)
		}
	}
	var run uint64
	queued := make(chan struct{})
	go func() { defer close(queued); run = begin(t, s, "all", ids, nil) }()
	waiting(1)
	settled := make(chan error, 1)
	go func() {
		d := bulk[0]
		d.Status, d.StepDue = store.Synced, false
		settled <- s.Settle("bulk", store.Outcome{Document: d, Count: store.CountDone, Synced: true})
	}()
	select {
	case err := <-settled: // it got through: the window is open
		settled <- err
	case <-time.After(300 * time.Millisecond):
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	<-queued
	if err := <-settled; err != nil {
		t.Fatal(err)
	}
	for range 20 { // everything that is due ends
		for _, flow := range []string{"sales_order", "invoice", "payment"} {
			end(t, s, flow, always(store.CountUnchanged))
		}
	}
	if r, err := s.Run(ctx, run); err != nil || r.Status != store.RunDone {
		t.Errorf("the run is %s: %d done, %d unchanged of 3, %v", r.Status, r.Done, r.Unchanged, err)
	}
}

// TestAFailedRunKeepsWhatItCounted: the last try of a run may fail before it comes to what was counted before.
func TestAFailedRunKeepsWhatItCounted(t *testing.T) {
	t.Parallel()
	s := setup(t)
	for problem, want := range map[string]int{"Zoho Books could not be reached.": 200, "": 0} {
		run, err := s.StartRun(t.Context(), "pairing", "customers", problem, "a person")
		if err != nil {
			t.Fatal(err)
		}
		if mine, err := s.ClaimRun(t.Context(), "me", run.ID, time.Minute); err != nil || !mine {
			t.Fatal(mine, err)
		}
		if err := s.RunProgress(t.Context(), run.ID, 200, 200, map[string]int{"contacts": 200}); err != nil {
			t.Fatal(err)
		}
		if err := s.FinishRun(t.Context(), "me", run.ID, 0, nil, problem); err != nil {
			t.Fatal(err)
		}
		if run, err = s.Run(t.Context(), run.ID); err != nil || run.Total == nil || *run.Total != want || run.Done != want || (len(run.Result) > 0) != (problem != "") {
			t.Errorf("ended with %q it counts %d, want %d, %s: %v", problem, run.Done, want, run.Result, err)
		}
	}
}
