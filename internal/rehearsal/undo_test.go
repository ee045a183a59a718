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
	type page struct {
		Items []struct {
			Flow     string
			SourceID string `json:"source_id"`
			Way      string
			Issue    *wire.Issue
		}
		Counts     *wire.UndoCounts
		ByCurrency []wire.UndoSum `json:"by_currency"`
		NextCursor *string        `json:"next_cursor"`
	}
	for cursor := ""; ; {
		var p page
		if err := s.Call(ctx, http.MethodPost, "/runs/"+run+"/undo/preview?limit=7"+cursor, nil, &p); err != nil {
			t.Fatal(err)
		}
		if p.Counts != nil {
			all.Counts, all.ByCurrency = p.Counts, p.ByCurrency
		}
		for _, i := range p.Items {
			all.Items = append(all.Items, wire.UndoItem{Flow: i.Flow, SourceID: i.SourceID, Way: i.Way, Issue: i.Issue})
		}
		if p.NextCursor == nil {
			return all
		}
		cursor = "&cursor=" + *p.NextCursor
	}
}

// TestARunUndoneAndSentAgainEndsWithTheSame takes everything back that the sample hotel's orders came to, while answers are
// lost, and sends it again.
func TestARunUndoneAndSentAgainEndsWithTheSame(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	clock := newClock(time.Now().UTC())
	s := openStage(ctx, t, rehearsal.Options{MySQL: hotel(t, "undo_"), Redis: privatetest.Redis(t), Now: clock.now, Every: soon,
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
	done, err := s.SyncAll(ctx)
	must(err)
	before := allStand(t, s)
	run := done["orders"].ID

	preview := undoPreview(ctx, t, s, run)
	t.Logf("%+v %+v", *preview.Counts, preview.ByCurrency)
	order := []string{}
	for _, i := range preview.Items {
		if i.Issue != nil {
			t.Errorf("%s:%s is refused: %+v", i.Flow, i.SourceID, *i.Issue)
		}
		if len(order) == 0 || order[len(order)-1] != i.Way+" "+i.Flow {
			order = append(order, i.Way+" "+i.Flow)
		}
	}
	t.Log(order)
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
