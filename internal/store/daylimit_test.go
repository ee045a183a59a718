package store_test

import (
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/store"
)

// TestWhatIsBeingTriedIsWokenForTheDayToo lets a document that waits for the day's calls be tried, and be refused once
// more, while a person says that there are calls again: it does not wait for the end of the day.
func TestWhatIsBeingTriedIsWokenForTheDayToo(t *testing.T) {
	s := setup(t)
	begin(t, s, "run", manyOrders(t, s, 1), nil)
	ref, tomorrow := store.Ref{Flow: "invoice", ID: "1"}, s.Now().Add(24*time.Hour)
	refused := func(d store.Document) {
		t.Helper()
		d.Status, d.Issue = store.Pending, store.Issue{Code: "daily_limit", Detail: "used up"}
		for _, err := range s.SettleAll("worker", []store.Outcome{{Document: d, Retry: &tomorrow}}) {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	tried := func() store.Document {
		t.Helper()
		docs, err := s.Claim(t.Context(), "worker", store.Queue{Flow: "invoice", Lane: store.Person}, 1, time.Minute)
		if err != nil || len(docs) != 1 {
			t.Fatalf("claimed %d: %v", len(docs), err)
		}
		return docs[0]
	}
	refused(tried())
	if n, err := s.WakeForDay(t.Context(), 3); n != 1 || err != nil {
		t.Fatalf("%d woken: %v", n, err)
	}
	d := tried()
	if waits, err := s.Standing(t.Context(), "daily_limit"); !waits || err != nil {
		t.Errorf("waits for the day: %v, %v", waits, err)
	}
	if n, err := s.WakeForDay(t.Context(), 3); n != 1 || err != nil {
		t.Errorf("%d woken: %v", n, err)
	}
	refused(d)
	found, err := s.Documents(t.Context(), []store.Ref{ref})
	if err != nil {
		t.Fatal(err)
	}
	if d := found[ref]; d.DueAt == nil || d.DueAt.After(s.Now()) {
		t.Errorf("it is due at %v", d.DueAt)
	}
}
