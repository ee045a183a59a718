package store_test

import (
	"slices"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/store"
)

// TestACanceledRunLeavesEverythingAsItWas: what was queued and not begun is what it was before, with its cause
// and the time at which it is looked at again.
func TestACanceledRunLeavesEverythingAsItWas(t *testing.T) {
	t.Parallel()
	s := setup(t)
	ids := orders(t, s, 1)
	exec := func(statement string, args ...any) {
		t.Helper()
		if err := s.Gorm().Exec(statement, args...).Error; err != nil {
			t.Fatal(err)
		}
	}
	look := s.Now().Add(time.Hour).UTC().Truncate(time.Second)
	states := func() (list []string) {
		if err := s.Gorm().Raw("SELECT CONCAT_WS(' ', flow, status, issue_code, due_at IS NOT NULL) FROM qlobooks_documents ORDER BY id").Scan(&list).Error; err != nil {
			t.Fatal(err)
		}
		return list
	}
	exec("UPDATE qlobooks_documents SET status = 'synced', zoho_id = CONCAT('z', id), fingerprint = 'f', due_at = NULL")
	exec("UPDATE qlobooks_documents SET status = 'rejected', fingerprint = '', issue_code = 'totals_differ' WHERE flow = 'invoice'")
	exec("UPDATE qlobooks_documents SET status = 'held', issue_code = 'awaits_approval', due_at = ? WHERE flow = 'payment'", look)
	before := states()
	for _, name := range []string{"first", "second"} {
		run := begin(t, s, name, ids, nil)
		if _, err := s.CancelRun(t.Context(), run); err != nil {
			t.Fatal(err)
		}
	}
	if after := states(); len(before) < 2 || !slices.Equal(after, before) {
		t.Errorf("%q, before the runs %q", after, before)
	}
	var record string
	if err := s.Gorm().Raw("SELECT status FROM qlobooks_records WHERE section = 'orders' AND source_id = '1'").Scan(&record).Error; err != nil || record != "rejected" {
		t.Errorf("the record is %q %v", record, err)
	}
	var due time.Time
	if err := s.Gorm().Raw("SELECT due_at FROM qlobooks_documents WHERE flow = 'payment'").Scan(&due).Error; err != nil || !due.Equal(look) {
		t.Errorf("looked at again at %v, want %v: %v", due, look, err)
	}
}

// TestWhatWasWokenIsLookedAtThoughItsRunIsCanceled: a document that waits for another is queued by a run, the other one
// comes, and the run is canceled. Nobody would wake it a second time.
func TestWhatWasWokenIsLookedAtThoughItsRunIsCanceled(t *testing.T) {
	t.Parallel()
	s := setup(t)
	ids := orders(t, s, 1)
	exec := func(statement string, args ...any) {
		t.Helper()
		if err := s.Gorm().Exec(statement, args...).Error; err != nil {
			t.Fatal(err)
		}
	}
	exec("UPDATE qlobooks_documents SET status = 'synced', zoho_id = CONCAT('z', id), fingerprint = 'f', due_at = NULL")
	exec("UPDATE qlobooks_documents SET status = 'blocked', zoho_id = '', fingerprint = '' WHERE flow = 'payment'")
	exec("INSERT INTO qlobooks_waits (waiter_id, on_id) SELECT p.id, i.id FROM qlobooks_documents p JOIN qlobooks_documents i ON i.flow = 'invoice' WHERE p.flow = 'payment'")
	run := begin(t, s, "run", ids, []string{"invoice", "payment"})
	end(t, s, "invoice", func(string) store.Count { return store.CountDone })
	if _, err := s.CancelRun(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	var waits []struct {
		Status string
		Due    bool
	}
	if err := s.Gorm().Raw("SELECT status, due_at IS NOT NULL due FROM qlobooks_documents WHERE flow = 'payment'").Scan(&waits).Error; err != nil || len(waits) != 1 || waits[0].Status != "blocked" || !waits[0].Due {
		t.Errorf("%+v %v", waits, err)
	}
}

// TestUnskipLooksAtWhatStandsOtherwise: what was refused before it was skipped is not taken for synchronized.
func TestUnskipLooksAtWhatStandsOtherwise(t *testing.T) {
	t.Parallel()
	s := setup(t)
	orders(t, s, 1)
	ref := []store.Ref{{Flow: "invoice", ID: "1"}}
	if err := s.Gorm().Exec("UPDATE qlobooks_documents SET status = 'rejected', zoho_id = 'z', fingerprint = '', issue_code = 'totals_differ' WHERE flow = 'invoice'").Error; err != nil {
		t.Fatal(err)
	}
	for _, skip := range []bool{true, false} {
		if n, err := s.SetSkipped(t.Context(), ref, skip, "leave it"); err != nil || n != 1 {
			t.Fatalf("%d changed: %v", n, err)
		}
	}
	var due bool
	if err := s.Gorm().Raw("SELECT due_at IS NOT NULL FROM qlobooks_documents WHERE flow = 'invoice'").Scan(&due).Error; err != nil || !due {
		t.Errorf("due: %v %v", due, err)
	}
}

// TestWhatIsGatheredIsNotSkipped: a document that waits for its part of a call for many goes on, and is not counted.
func TestWhatIsGatheredIsNotSkipped(t *testing.T) {
	t.Parallel()
	s := setup(t)
	run := begin(t, s, "run", orders(t, s, 1), []string{"invoice"})
	if err := s.Gorm().Exec("UPDATE qlobooks_documents SET status = 'syncing', step_due = 1, zoho_id = 'z' WHERE flow = 'invoice'").Error; err != nil {
		t.Fatal(err)
	}
	n, err := s.SetSkipped(t.Context(), []store.Ref{{Flow: "invoice", ID: "1"}}, true, "x")
	if err != nil || n != 0 {
		t.Errorf("%d changed: %v", n, err)
	}
	if r, err := s.Run(t.Context(), run); err != nil || r.Skipped != 0 {
		t.Errorf("%d counted as skipped: %v", r.Skipped, err)
	}
}

// TestRecordsWithoutANameAreListedOnce goes through a list by name, page by page, both ways.
func TestRecordsWithoutANameAreListedOnce(t *testing.T) {
	t.Parallel()
	s := setup(t)
	orders(t, s, 5)
	if err := s.Gorm().Exec("UPDATE qlobooks_records SET name = '' WHERE source_id IN ('1', '2', '4')").Error; err != nil {
		t.Fatal(err)
	}
	for _, descending := range []bool{false, true} {
		q := store.RecordQuery{Section: "orders", Sort: "name", Descending: descending, Limit: 1}
		seen := map[string]int{}
		for page := 0; page < 10; page++ {
			list, next, err := s.Records(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range list {
				seen[r.ID]++
			}
			if next == nil {
				break
			}
			q.After = next
		}
		for _, id := range []string{"1", "2", "3", "4", "5"} {
			if seen[id] != 1 {
				t.Errorf("descending %v: record %s comes %d times: %v", descending, id, seen[id], seen)
			}
		}
	}
}

// TestAWordThatComesLaterReleasesTheRunUnderWay: who asks for the same again and confirms is not stopped.
func TestAWordThatComesLaterReleasesTheRunUnderWay(t *testing.T) {
	t.Parallel()
	s := setup(t)
	request := map[string]any{"all": true}
	first, err := s.StartRun(t.Context(), "sync", "orders", request, "Ana")
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.StartReleased(t.Context(), "sync", "orders", request, "Ana")
	if err != nil || again.ID != first.ID || !again.Released {
		t.Errorf("run %d, then %d released %v: %v", first.ID, again.ID, again.Released, err)
	}
}

// TestWhatIsPostedInPartGoesOnThoughItsRunIsCanceled: an invoice was made and its next step met a limit. Canceling the
// run must not call that done: nothing would ever send it.
func TestWhatIsPostedInPartGoesOnThoughItsRunIsCanceled(t *testing.T) {
	t.Parallel()
	for name, made := range map[string]func(d *store.Document){
		"a step is open": func(d *store.Document) { d.Fingerprint, d.Steps = "f", []store.StepState{{Name: "sent"}} },
		"it differs":     func(d *store.Document) { d.Fingerprint = "" },
		"the last of two steps": func(d *store.Document) {
			d.Fingerprint, d.Steps = "f", []store.StepState{{Name: "sent", Done: true}, {Name: "refund"}}
		},
	} {
		s := setup(t)
		run := begin(t, s, "run", orders(t, s, 1), []string{"invoice"})
		docs, err := s.Claim(t.Context(), "w", store.Queue{Flow: "invoice", Lane: store.Person}, 100, time.Minute)
		if err != nil || len(docs) != 1 {
			t.Fatal(docs, err)
		}
		at := s.Now().Add(time.Minute)
		docs[0].Status, docs[0].ZohoID, docs[0].Issue = store.Pending, "z1", store.Issue{Code: "zoho_limit", Detail: "Too many calls."}
		made(&docs[0])
		if err := s.Settle("w", store.Outcome{Document: docs[0], Count: store.NotYet, Calls: 2, Retry: &at}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.CancelRun(t.Context(), run); err != nil {
			t.Fatal(err)
		}
		var got struct {
			Status string
			Due    bool
		}
		if err := s.Gorm().Raw("SELECT status, due_at IS NOT NULL due FROM qlobooks_documents WHERE flow = 'invoice'").Scan(&got).Error; err != nil || got.Status != "pending" || !got.Due {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
}

// TestARunEndsWithTheOneThatIsCanceled: one run has counted a document that another one queued again. When the other
// is canceled nothing moves any more, and nobody else would end the first.
func TestARunEndsWithTheOneThatIsCanceled(t *testing.T) {
	t.Parallel()
	s := setup(t)
	ids := orders(t, s, 2)
	first := begin(t, s, "first", ids, []string{"invoice"})
	claimed, err := s.Claim(t.Context(), "w", store.Queue{Flow: "invoice", Lane: store.Person}, 100, time.Minute)
	if err != nil || len(claimed) != 2 {
		t.Fatal(claimed, err)
	}
	done := func(d store.Document) {
		t.Helper()
		d.Status, d.ZohoID, d.Fingerprint = store.Synced, "z"+d.Ref.ID, "f"
		if err := s.Settle("w", store.Outcome{Document: d, Count: store.CountDone, Calls: 1}); err != nil {
			t.Fatal(err)
		}
	}
	done(claimed[0])
	second := begin(t, s, "second", []string{claimed[0].Ref.ID}, []string{"invoice"})
	done(claimed[1])
	if run, err := s.Run(t.Context(), first); err != nil || run.Finished() {
		t.Fatalf("the first run is over while what it has still moves: %+v %v", run, err)
	}
	if _, err := s.CancelRun(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	if run, err := s.Run(t.Context(), first); err != nil || run.Status != store.RunDone {
		t.Errorf("%s %v", run.Status, err)
	}
}

// TestWhatWasUnfinishedIsLookedAtWhenItsOrganizationComesBack: only what stood as wanted reads so again.
func TestWhatWasUnfinishedIsLookedAtWhenItsOrganizationComesBack(t *testing.T) {
	t.Parallel()
	s := setup(t)
	orders(t, s, 2)
	exec := func(statement string, args ...any) {
		t.Helper()
		if err := s.Gorm().Exec(statement, args...).Error; err != nil {
			t.Fatal(err)
		}
	}
	none := func(*gorm.DB, map[string]string) (map[string]string, error) { return nil, nil }
	move := func(organization string) {
		t.Helper()
		if err := s.MoveTo(t.Context(), organization, none); err != nil {
			t.Fatal(err)
		}
	}
	move("A")
	exec("UPDATE qlobooks_documents SET status = 'synced', zoho_id = CONCAT('z', id), fingerprint = 'f', due_at = NULL")
	exec("UPDATE qlobooks_documents SET status = 'rejected', fingerprint = '', issue_code = 'totals_differ' WHERE flow = 'invoice' AND source_id = '1'")
	exec("UPDATE qlobooks_documents SET status = 'held', issue_code = 'period_locked' WHERE flow = 'invoice' AND source_id = '2'")
	exec("UPDATE qlobooks_documents SET status = 'pending', stood = '', steps = '[{\"name\":\"open\",\"done\":false}]' WHERE flow = 'sales_order' AND source_id = '1'")
	exec("UPDATE qlobooks_documents SET status = 'pending', stood = 'synced' WHERE flow = 'sales_order' AND source_id = '2'")
	exec("UPDATE qlobooks_documents SET status = 'not_synced' WHERE flow = 'payment'")
	if _, err := s.Forget(t.Context(), false, true, false, store.Event{Actor: "a person", Action: "reset"}); err != nil {
		t.Fatal(err)
	}
	move("B")
	move("A")
	var got []string
	if err := s.Gorm().Raw("SELECT CONCAT_WS(' ', flow, source_id, status, due_at IS NOT NULL, zoho_id <> '') FROM qlobooks_documents ORDER BY flow, source_id").Scan(&got).Error; err != nil {
		t.Fatal(err)
	}
	want := []string{"invoice 1 pending 1 1", "invoice 2 pending 1 1", "payment 1 not_synced 0 1", "sales_order 1 pending 1 1", "sales_order 2 synced 0 1"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
