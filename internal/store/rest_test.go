package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
)

// TestARunEndsWhenItsLastDocumentIsTakenAway without an attempt, in whichever way.
func TestARunEndsWhenItsLastDocumentIsTakenAway(t *testing.T) {
	t.Parallel()
	s := setup(t)
	total := money.MustParse("5")
	ways := []struct {
		what  string
		as    store.Count
		takes func(ref store.Ref) error
	}{
		{"a setting leaves it out", store.CountSkipped, func(ref store.Ref) error {
			return s.LeaveOut(t.Context(), ref.Flow, store.Issue{Code: "skipped_export_off"})
		}},
		{"a person pairs it", store.CountUnchanged, func(ref store.Ref) error {
			return s.Pair(t.Context(), []string{ref.Flow}, []store.Pairing{{Ref: ref, Zoho: store.Standing{ZohoID: "z" + ref.ID}}}, "a person")
		}},
		{"a person unpairs it", store.CountSkipped, func(ref store.Ref) error { return s.Unpair(t.Context(), ref, "", "a person") }},
		{"it is made anew later", store.CountSkipped, func(ref store.Ref) error { return s.Anew(t.Context(), ref, "", "a person") }},
		{"a person skips it", store.CountSkipped, func(ref store.Ref) error {
			_, err := s.SetSkipped(t.Context(), []store.Ref{ref}, true, "")
			return err
		}},
		{"it came from Zoho", store.CountDone, func(ref store.Ref) error {
			return s.LinkImported(t.Context(), ref, store.Standing{ZohoID: "i" + ref.ID, Currency: "EUR", Total: &total}, "")
		}},
	}
	for i, way := range ways {
		id := fmt.Sprint(i + 1)
		ref := store.Ref{Flow: "invoice", ID: id}
		if err := s.Adopt(t.Context(), "orders", []store.Seen{{Print: "a:1", Listed: store.Listed{ID: id, Name: "ORDER" + id, Documents: []store.Ref{ref}}}}); err != nil {
			t.Fatal(err)
		}
		run := begin(t, s, "run"+id, []string{id}, nil)
		if err := way.takes(ref); err != nil {
			t.Fatalf("%s: %v", way.what, err)
		}
		got, err := s.Run(t.Context(), run)
		if err != nil || got.Status != store.RunDone || map[store.Count]int{store.CountSkipped: got.Skipped, store.CountUnchanged: got.Unchanged, store.CountDone: got.Done}[way.as] != 1 {
			t.Errorf("%s: %+v, %v", way.what, got, err)
		}
	}
	right(t, s, "taken away")
}

// TestARunEndsWhenWhatItMappedAgainIsGone from Zoho Books.
func TestARunEndsWhenWhatItMappedAgainIsGone(t *testing.T) {
	t.Parallel()
	s := setup(t)
	ids := manyOrders(t, s, 1)
	run := begin(t, s, "run", ids, nil)
	// Its attempt has ended, something that it depends on changed, and it is due once more.
	if err := s.Gorm().Exec("UPDATE qlobooks_documents SET status = 'synced', zoho_id = 'z1', due_at = ?", time.Now().UTC()).Error; err != nil {
		t.Fatal(err)
	}
	if _, err := s.MarkGone(t.Context(), "z1", []store.Ref{{Flow: "invoice", ID: "1"}}, "gone", ""); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Run(t.Context(), run); err != nil || got.Status != store.RunDone || got.Failed != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

// waitsFor has the invoice of one order wait for that of another.
func waitsFor(t *testing.T, s *store.Store, waiter, on string) {
	t.Helper()
	for _, statement := range []string{
		"INSERT INTO qlobooks_waits (waiter_id, on_id) SELECT w.id, o.id FROM qlobooks_documents w JOIN qlobooks_documents o ON o.flow = 'invoice' AND o.source_id = '" + on + "' WHERE w.flow = 'invoice' AND w.source_id = '" + waiter + "'",
		"UPDATE qlobooks_documents SET status = 'blocked' WHERE flow = 'invoice' AND source_id = '" + waiter + "'",
	} {
		if err := s.Gorm().Exec(statement).Error; err != nil {
			t.Fatal(err)
		}
	}
}

// TestWhoIsWokenShowsIt: one order leaves the list of what is pending and another comes into it, in one
// transaction. Its count stays, and that one is found in it.
func TestWhoIsWokenShowsIt(t *testing.T) {
	t.Parallel()
	s := setup(t)
	ids := manyOrders(t, s, 20)
	begin(t, s, "run", ids[9:10], nil)
	waitsFor(t, s, "5", "10")
	end(t, s, "invoice", always(store.CountDone))
	if got := status(t, s); got["pending"] != 1 || got["synced"] != 1 {
		t.Errorf("orders read %v", got)
	}
	list, _, err := s.Records(t.Context(), store.RecordQuery{Section: "orders", Statuses: []string{"pending"}, Limit: 10})
	if err != nil || len(list) != 1 || list[0].ID != "5" {
		t.Errorf("pending are %+v, %v", list, err)
	}
	right(t, s, "woken")
	// An import lets go on as well.
	waitsFor(t, s, "7", "8")
	total := money.MustParse("5")
	if err := s.LinkImported(t.Context(), store.Ref{Flow: "invoice", ID: "8"}, store.Standing{ZohoID: "i8", Currency: "EUR", Total: &total}, ""); err != nil {
		t.Fatal(err)
	}
	if got := status(t, s); got["pending"] != 2 || got["synced"] != 2 {
		t.Errorf("after an import orders read %v", got)
	}
	right(t, s, "imported")
}
