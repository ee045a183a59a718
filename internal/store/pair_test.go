package store_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/store/storetest"
)

// settling is a store with documents by their id, all linked; it gives how to read one.
func settling(t *testing.T, refs ...store.Ref) (s *store.Store, exec func(string, ...any), read func(store.Ref) store.Document) {
	t.Helper()
	s = store.New(storetest.New(t), time.Now)
	exec = func(query string, args ...any) {
		t.Helper()
		if err := s.Gorm().Exec(query, args...).Error; err != nil {
			t.Fatal(err)
		}
	}
	for _, ref := range refs {
		if err := s.Ensure(t.Context(), ref); err != nil {
			t.Fatal(err)
		}
		exec("UPDATE qlobooks_documents SET zoho_id = CONCAT('z', source_id), status = 'synced' WHERE flow = ? AND source_id = ?", ref.Flow, ref.ID)
	}
	return s, exec, func(ref store.Ref) store.Document {
		t.Helper()
		docs, err := s.Documents(t.Context(), []store.Ref{ref})
		if err != nil {
			t.Fatal(err)
		}
		return docs[ref]
	}
}

// TestADoubtIsTakenBackByNobodyButALook doubts payments in every state: those at rest are doubted, those of which
// nobody knows yet how they end are named, and those about which a person decided are let be.
func TestADoubtIsTakenBackByNobodyButALook(t *testing.T) {
	t.Parallel()

	var refs []store.Ref
	for _, id := range []string{"rests", "syncing", "failed", "locked", "skipped", "asked"} {
		refs = append(refs, store.Ref{Flow: "payment", ID: id})
	}
	s, exec, read := settling(t, refs...)
	exec("UPDATE qlobooks_documents SET status = 'syncing', lease_owner = 'w', lease_until = '2030-01-01' WHERE source_id = 'syncing'")
	exec("UPDATE qlobooks_documents SET status = source_id WHERE source_id IN ('failed', 'skipped')")
	exec("UPDATE qlobooks_documents SET status = 'held', issue_code = IF(source_id = 'asked', 'settled_otherwise', 'period_locked') WHERE source_id IN ('locked', 'asked')")
	pending, err := s.Doubt(t.Context(), refs, store.History)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, ref := range pending {
		ids = append(ids, ref.ID)
	}
	if slices.Sort(ids); !slices.Equal(ids, []string{"failed", "locked", "syncing"}) {
		t.Errorf("to be doubted again are %v", ids)
	}
	for _, ref := range refs {
		if got := read(ref); (string(got.Extra) == `{"doubt":true,"seen":true}`) != (ref.ID == "rests") || (got.DueAt != nil) != (ref.ID == "rests") {
			t.Errorf("%s is kept with %s, due at %v", ref.ID, got.Extra, got.DueAt)
		}
	}
}

// TestWhatIsReopenedIsLookedForFirst forgets the steps of an invoice: they may stand all the same.
func TestWhatIsReopenedIsLookedForFirst(t *testing.T) {
	t.Parallel()

	invoice := store.Ref{Flow: "invoice", ID: "1"}
	s, exec, read := settling(t, invoice)
	exec(`UPDATE qlobooks_documents SET steps = '[{"name":"credit:7","done":true}]', extra = '{"credits":{"7":"5"}}'`)
	if err := s.Reopen(t.Context(), invoice, true, json.RawMessage(`{"line_ids":["1"]}`), "Changed by hand", "Ada"); err != nil {
		t.Fatal(err)
	}
	if got := read(invoice); string(got.Extra) != `{"doubt":true,"line_ids":["1"]}` || !got.Found || got.Done("credit:7") {
		t.Errorf("kept with %s, found %t, steps %+v", got.Extra, got.Found, got.Steps)
	}
}
