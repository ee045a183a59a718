package rehearsal_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// standsAs is everything of a record of the books that must be the same after it was undone and sent again. A payment's
// number is of Zoho's series, and a payment cannot be void, so that alone is new.
func standsAs(r books.Record) string {
	number := r.Name
	if r.Module == "customerpayments" {
		number = ""
	}
	return fmt.Sprintf("%s %s %s %s %s %s open %s back %s settles %d", r.Module, number, r.Status, r.Date, r.Currency, r.Total, r.Balance, r.Refunded, len(r.Applied))
}

func allStand(t *testing.T, s *rehearsal.Stage) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, r := range s.Books.Snapshot() {
		if _, twice := all[r.Key]; twice {
			t.Errorf("%s stands twice", r.Key)
		}
		all[r.Key] = standsAs(r)
	}
	return all
}

// organization is the id that dangerous acts are confirmed with.
func organization(ctx context.Context, t *testing.T, s *rehearsal.Stage) string {
	t.Helper()
	var c struct {
		ID string `json:"organization_id"`
	}
	if err := s.Call(ctx, http.MethodGet, "/connection", nil, &c); err != nil {
		t.Fatal(err)
	}
	return c.ID
}

func undoPreview(ctx context.Context, t *testing.T, s *rehearsal.Stage, run string) (all wire.UndoPreview) {
	t.Helper()
	for cursor := ""; ; {
		var p wire.UndoPreview
		if err := s.Call(ctx, http.MethodPost, "/runs/"+run+"/undo/preview?limit=7"+cursor, nil, &p); err != nil {
			t.Fatal(err)
		}
		if p.Counts != nil {
			all.Counts, all.ByCurrency = p.Counts, p.ByCurrency
		}
		all.Items = append(all.Items, p.Items...)
		if p.NextCursor == nil {
			return all
		}
		cursor = "&cursor=" + *p.NextCursor
	}
}

// TestARunUndoneAndSentAgainEndsWithTheSame takes everything back that the orders of a hotel came to, while answers are
// lost, and sends it again: the sample hotel's, and those of the dumps, where they are there.
func TestARunUndoneAndSentAgainEndsWithTheSame(t *testing.T) {
	atOnce(t)
	t.Run("sample", func(t *testing.T) {
		atOnce(t)
		undoneAndSentAgain(t, hotel(t, "undo_"), func(context.Context, *rehearsal.Stage) {})
	})
	for _, version := range []string{"1.7", "1.6.1"} {
		t.Run(version, func(t *testing.T) {
			atOnce(t)
			dsn, there := privatetest.Dump(t, version)
			if !there {
				t.Logf("no dump of %s beside the repository", version)
				return
			}
			undoneAndSentAgain(t, dsn, func(ctx context.Context, s *rehearsal.Stage) { mapWires(ctx, t, s) })
		})
	}
}

func undoneAndSentAgain(t *testing.T, dsn string, chosen func(context.Context, *rehearsal.Stage)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	clock := newClock(time.Now().UTC())
	s := openStage(ctx, t, rehearsal.Options{MySQL: dsn, Redis: privatetest.Redis(t), Now: clock.now, Every: soon,
		Books: books.Options{PerMinute: 5000, PerDay: 50000, Clock: clock.now}, Engine: engine.Options{Gather: 2 * soon, Lease: 20 * time.Minute}})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.Connect(ctx))
	must(s.Set(ctx, "limits", "calls_per_minute", 5000))
	must(s.SetUp(ctx, "Operating account"))
	chosen(ctx, s)
	done, err := s.SyncAll(ctx)
	must(err)
	before := allStand(t, s)
	run := done["orders"].ID

	preview := undoPreview(ctx, t, s, run)
	place := map[string]int{"unapply": 0, "delete payment": 1, "void credit_note": 2, "void refund": 2, "void cancellation": 2, "void invoice": 3, "void sales_order": 4}
	at, ways, seen := 0, map[string]int{}, map[string]bool{}
	for _, i := range preview.Items {
		if i.Issue != nil {
			t.Errorf("%s:%s is refused: %+v", i.Flow, i.SourceID, *i.Issue)
		}
		if key := i.Flow + ":" + i.SourceID; seen[key] {
			t.Errorf("%s is listed twice", key)
		} else {
			seen[key] = true
		}
		kind := i.Way
		if kind != "unapply" {
			kind += " " + i.Flow
		}
		here, known := place[kind]
		if !known || here < at {
			t.Errorf("%s %s:%s comes after place %d", i.Way, i.Flow, i.SourceID, at)
		}
		at = max(at, here)
		ways[i.Way]++
	}
	if want := (wire.UndoCounts{Delete: ways["delete"], Void: ways["void"], Unapply: ways["unapply"]}); *preview.Counts != want || at != 4 {
		t.Errorf("counted %+v, listed %+v", *preview.Counts, want)
	}
	summed := map[string]int{}
	for _, sum := range preview.ByCurrency {
		summed[sum.Flow] += sum.Count
	}
	payments, invoices := 0, 0
	for _, r := range s.Books.Snapshot() {
		switch r.Module {
		case "customerpayments":
			payments++
		case "invoices":
			invoices++
		}
	}
	if ways["delete"] != payments || summed["payment"] != payments+ways["unapply"] || summed["invoice"] != invoices {
		t.Errorf("%d payments and %d invoices stand, foretold %v, added up %v", payments, invoices, ways, summed)
	}
	refused(ctx, t, s, http.MethodPost, "/runs/"+run+"/undo", map[string]any{"reason": "A wrong tax", "confirm": "1"}, "422", "confirm")
	refused(ctx, t, s, http.MethodPost, "/runs/"+run+"/undo", map[string]any{"reason": " ", "confirm": organization(ctx, t, s)}, "422", "reason")

	must(s.Books.SetFaults(
		books.Rule{Method: "DELETE", Path: `/(customerpayments|creditnotes|invoices)/`, Cycle: []books.Fault{books.FaultCommitDrop, books.FaultDropBefore, books.FaultCommit500}},
		books.Rule{Method: "POST", Path: `/status/void$`, Cycle: []books.Fault{books.FaultCommitDrop, books.FaultDropBefore, books.FaultCommit500}},
	))
	clock.move(0, 20)
	undone, err := s.Start(ctx, "/runs/"+run+"/undo", map[string]any{"reason": "A wrong tax", "confirm": organization(ctx, t, s)})
	must(err)
	t.Logf("%+v", undone)
	atRest(ctx, t, s)
	for _, r := range s.Books.Snapshot() {
		switch {
		case r.Module == "customerpayments":
			t.Errorf("%s still stands", r.Key)
		case slices.Contains([]string{"invoices", "salesorders", "creditnotes"}, r.Module) && r.Status != "void":
			t.Errorf("%s is %s", r.Key, r.Status)
		}
	}
	if n := one(t, s, "SELECT COUNT(*) FROM qlobooks_documents WHERE undo_run <> 0"); n != "0" {
		t.Errorf("%s documents are still being taken back", n)
	}
	if n := one(t, s, "SELECT COUNT(*) FROM qlobooks_documents WHERE zoho_id <> '' AND flow IN ('sales_order', 'invoice', 'payment', 'credit_note', 'refund', 'cancellation')"); n != "0" {
		t.Errorf("%s links are left", n)
	}
	if why := one(t, s, "SELECT detail FROM qlobooks_events WHERE action = 'undo_run'"); !strings.Contains(why, "A wrong tax") {
		t.Errorf("the audit says %q", why)
	}

	must(s.Books.SetFaults())
	clock.move(0, 1)
	again, err := s.Start(ctx, "/records/orders/sync", map[string]any{"all": true, "confirm": true})
	must(err)
	t.Logf("%+v", again)
	atRest(ctx, t, s)
	if why := one(t, s, "SELECT GROUP_CONCAT(CONCAT_WS(' ', flow, source_id, issue_code, issue_detail) SEPARATOR '; ') FROM qlobooks_documents WHERE status NOT IN ('synced', 'skipped', 'disabled')"); why != "" {
		t.Logf("what is not synced: %s", why)
	}
	after := allStand(t, s)
	for _, key := range slices.Sorted(maps.Keys(before)) {
		if before[key] != after[key] {
			t.Errorf("%s\n  was %s\n  is  %s", key, before[key], after[key])
		}
	}
	if len(after) != len(before) {
		t.Errorf("%d records stood, %d stand", len(before), len(after))
	}
}

// atRest waits until nothing is on its way.
func atRest(ctx context.Context, t *testing.T, s *rehearsal.Stage) {
	t.Helper()
	eventually(ctx, t, s, "all documents come to rest", func() bool {
		return one(t, s, "SELECT COUNT(*) FROM qlobooks_documents WHERE due_at IS NOT NULL OR lease_owner IS NOT NULL OR intent IS NOT NULL") == "0"
	})
}

// TestWhatPeopleTouchedIsNotTakenBack leaves a payment that is matched with the bank, its invoice, and an invoice that
// somebody changed, as they stand, and takes everything else back.
func TestWhatPeopleTouchedIsNotTakenBack(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := stage(t, hotel(t, "left_"))
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.Connect(ctx))
	must(s.Set(ctx, "limits", "calls_per_minute", 5000))
	must(s.SetUp(ctx, "Operating account"))
	done, err := s.SyncAll(ctx)
	must(err)
	keys, totals := map[string]string{}, map[string]decimal.Decimal{}
	for _, r := range s.Books.Snapshot() {
		keys[r.ID], totals[r.ID] = r.Key, r.Total
	}
	var matched, under, edited string
	for _, r := range s.Books.Snapshot() {
		if matched == "" && r.Module == "customerpayments" && len(r.Applied) == 1 && r.Refunded.IsZero() && r.Balance.IsZero() {
			for invoice := range r.Applied {
				if totals[invoice].Equal(r.Total) { // it alone settles the invoice
					matched, under = r.Key, keys[invoice]
				}
			}
			if matched == "" {
				continue
			}
			must(s.Books.MatchByHand(r.ID))
		}
	}
	for _, r := range s.Books.Snapshot() {
		if edited == "" && r.Module == "invoices" && r.Status != "void" && r.Key != under && r.Balance.Equal(r.Total) {
			edited = r.Key
			must(s.Books.ChangeByHand(r.ID, `{"adjustment":1,"adjustment_description":"Minibar"}`))
		}
	}
	if matched == "" || under == "" || edited == "" {
		t.Fatalf("the sample has no such documents: %q %q %q", matched, under, edited)
	}
	before := allStand(t, s)
	run, err := s.Start(ctx, "/runs/"+done["orders"].ID+"/undo", map[string]any{"reason": "A wrong tax", "confirm": organization(ctx, t, s)})
	must(err)
	atRest(ctx, t, s)
	after := allStand(t, s)
	for key, code := range map[string]string{matched: "undo_refused", under: "stands_on_it", edited: "edited_in_zoho"} {
		flow, id, _ := strings.Cut(key, ":")
		if before[key] != after[key] {
			t.Errorf("%s\n  was %s\n  is  %s", key, before[key], after[key])
		}
		if got := one(t, s, "SELECT CONCAT(u.state, ' ', u.code, ' ', d.status, ' ', d.undo_run) FROM qlobooks_undo u JOIN qlobooks_documents d ON d.id = u.document_id WHERE u.run_id = ? AND d.flow = ? AND d.source_id = ?", run.ID, flow, id); got != "refused "+code+" synced 0" {
			t.Errorf("%s: %s, should be refused for %s and read as before", key, got, code)
		}
	}
	for key, is := range after {
		left := key == matched || key == under || key == edited || strings.Contains(is, "salesorders")
		if strings.HasPrefix(is, "customerpayments") && !left || strings.HasPrefix(is, "invoices") && !left && !strings.Contains(is, " void ") {
			t.Errorf("%s still stands: %s", key, is)
		}
	}
	if run.Held != 2 && run.Held != 3 {
		t.Errorf("%d records are counted as left: %+v", run.Held, run)
	}
}

// TestAnUndoThatIsCanceledEndsWhatItBegan cancels the run while the call for one document is on its way: that one is taken
// back, and every other stands and reads as before.
func TestAnUndoThatIsCanceledEndsWhatItBegan(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "1", "10")
	before := allStand(t, s)
	if err := s.Books.SetFaults(books.Rule{Method: "DELETE", Path: "/customerpayments/", Fault: books.FaultLate}); err != nil {
		t.Fatal(err)
	}
	source := one(t, s, "SELECT MAX(m.run_id) FROM qlobooks_run_documents m JOIN qlobooks_documents d ON d.id = m.document_id JOIN qlobooks_runs r ON r.id = m.run_id WHERE d.flow = 'payment' AND r.kind = 'sync'")
	var run rehearsal.Run
	if err := s.Call(ctx, http.MethodPost, "/runs/"+source+"/undo", map[string]any{"reason": "A wrong tax", "confirm": organization(ctx, t, s)}, &run); err != nil {
		t.Fatal(err)
	}
	eventually(ctx, t, s, "something is taken back", func() bool { return s.Books.Late() > 0 })
	if err := s.Call(ctx, http.MethodPost, "/runs/"+run.ID+"/cancel", nil, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Books.SetFaults(); err != nil {
		t.Fatal(err)
	}
	s.Books.GoOn()
	atRest(ctx, t, s)
	if n := one(t, s, "SELECT COUNT(*) FROM qlobooks_documents WHERE undo_run <> 0"); n != "0" {
		t.Errorf("%s documents are still being taken back", n)
	}
	after, gone := allStand(t, s), 0
	for key, was := range before {
		flow, id, _ := strings.Cut(key, ":")
		taken := one(t, s, "SELECT COUNT(*) FROM qlobooks_undo u JOIN qlobooks_documents d ON d.id = u.document_id WHERE u.state = 'taken_back' AND d.flow = ? AND d.source_id = ?", flow, id) == "1"
		_, stands := after[key]
		switch {
		case flow == "payment" && taken && !stands:
			gone++
		case taken || !stands || flow == "sales_order" && after[key] != was:
			t.Errorf("%s (taken back: %t)\n  was %s\n  is  %s", key, taken, was, after[key])
		}
	}
	if gone == 0 {
		t.Error("what was on its way is not taken back")
	}
}

// TestARunOfMastersUndoneAndSentAgain makes contacts inactive, which the next sync brings back as the same ones.
func TestARunOfMastersUndoneAndSentAgain(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := ready(ctx, t)
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	run, err := s.Start(ctx, "/records/customers/sync", map[string]any{"all": true, "confirm": true})
	if err != nil {
		t.Fatal(err)
	}
	atRest(ctx, t, s)
	contacts := func() (ids map[string]string) {
		ids = map[string]string{}
		for _, r := range s.Books.Snapshot() {
			if r.Module == "contacts" {
				ids[r.Key] = r.ID + " " + r.Status
			}
		}
		return ids
	}
	before := contacts()
	if p := undoPreview(ctx, t, s, run.ID); len(before) == 0 || p.Counts.Inactive != len(before) {
		t.Errorf("%d contacts stand, foretold %+v", len(before), *p.Counts)
	}
	if _, err := s.Start(ctx, "/runs/"+run.ID+"/undo", map[string]any{"reason": "The wrong names", "confirm": organization(ctx, t, s)}); err != nil {
		t.Fatal(err)
	}
	atRest(ctx, t, s)
	for key, is := range contacts() {
		if !strings.HasSuffix(is, " inactive") {
			t.Errorf("%s is %s", key, is)
		}
	}
	if n := one(t, s, "SELECT COUNT(*) FROM qlobooks_documents WHERE zoho_id <> '' AND flow = 'customer'"); n != "0" {
		t.Errorf("%s links are left", n)
	}
	if _, err := s.Start(ctx, "/records/customers/sync", map[string]any{"all": true, "confirm": true}); err != nil {
		t.Fatal(err)
	}
	atRest(ctx, t, s)
	if after := contacts(); !maps.Equal(after, before) {
		t.Errorf("%v, before %v", after, before)
	}
}

// TestNothingBuildsOnWhatComesBackToLife sends again what was undone and holds up the invoice where it is a draft and not
// sent: its payment waits until it is, as Zoho Books takes none for a draft.
func TestNothingBuildsOnWhatComesBackToLife(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "1")
	before := allStand(t, s)
	source := one(t, s, "SELECT MAX(id) FROM qlobooks_runs WHERE kind = 'sync'")
	if _, err := s.Start(ctx, "/runs/"+source+"/undo", map[string]any{"reason": "A wrong tax", "confirm": organization(ctx, t, s)}); err != nil {
		t.Fatal(err)
	}
	if err := s.Books.SetFaults(books.Rule{Method: "PUT", Path: "/invoices/", Fault: books.FaultLate}); err != nil {
		t.Fatal(err)
	}
	var run rehearsal.Run
	if err := s.Call(ctx, http.MethodPost, "/records/orders/sync", map[string]any{"ids": []string{"1"}, "confirm": true}, &run); err != nil {
		t.Fatal(err)
	}
	eventually(ctx, t, s, "the invoice is on its way", func() bool { return s.Books.Late() > 0 })
	var is shown
	eventually(ctx, t, s, "its payment was looked at", func() bool {
		is = document(ctx, t, s, "payment:1")
		return !slices.Contains([]string{"not_synced", "pending", "syncing"}, is.Status)
	}, "payment:1")
	if is.Status != "blocked" {
		t.Errorf("the payment of a draft is %s: %+v", is.Status, is.Issue)
	}
	if err := s.Books.SetFaults(); err != nil {
		t.Fatal(err)
	}
	s.Books.GoOn()
	atRest(ctx, t, s)
	if after := allStand(t, s); !maps.Equal(before, after) {
		t.Errorf("before %v\nafter  %v", before, after)
	}
}
