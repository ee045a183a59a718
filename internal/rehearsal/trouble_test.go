package rehearsal_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// ready is a stage with the sample hotel, connected and set up, with hotels listed.
func ready(ctx context.Context, t *testing.T) *rehearsal.Stage {
	t.Helper()
	s := stage(t, hotel(t, "qlo_"))
	if err := s.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.Set(ctx, "limits", "calls_per_minute", 5000); err != nil {
		t.Fatal(err)
	}
	for _, section := range rehearsal.Sections {
		if _, err := s.Start(ctx, "/records/"+section+"/initialize", nil); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// TestWhatIsMissingHoldsRecordsUntilItIsThere goes from nothing set up to a posted invoice, each
// cause being named and cured by a person.
func TestWhatIsMissingHoldsRecordsUntilItIsThere(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := ready(ctx, t)
	if _, err := s.Start(ctx, "/records/orders/1/sync", nil); err != nil {
		t.Fatal(err)
	}
	until(ctx, t, s, "invoice:1", "held", "setup_required")
	if _, err := s.Start(ctx, "/setup", map[string]any{"create_taxes": false}); err != nil {
		t.Fatal(err)
	}
	until(ctx, t, s, "invoice:1", "blocked", "mapping_missing")
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	until(ctx, t, s, "invoice:1", "synced", "")
	until(ctx, t, s, "payment:1", "synced", "")
}

// shutOut is a stage whose grant was taken away, with a hotel that waits for another one.
func shutOut(ctx context.Context, t *testing.T) *rehearsal.Stage {
	t.Helper()
	s := ready(ctx, t)
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	s.Books.RevokeAll()
	if _, err := s.Start(ctx, "/records/hotels/1/sync", nil); err != nil {
		t.Fatal(err)
	}
	until(ctx, t, s, "hotel:1", "held", "grant_revoked")
	return s
}

// TestARevokedGrantMakesRecordsWait takes the grant away in Zoho's account settings.
func TestARevokedGrantMakesRecordsWait(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := shutOut(ctx, t)
	var connection struct{ Status string }
	if err := s.Call(ctx, http.MethodGet, "/connection", nil, &connection); err != nil || connection.Status != "revoked" {
		t.Errorf("the connection is %q, %v", connection.Status, err)
	}
	if err := s.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	until(ctx, t, s, "hotel:1", "synced", "")
}

// TestFaultsOfZohoNeverDouble loses answers, breaks connections and refuses calls while the whole
// sample is synchronized.
func TestFaultsOfZohoNeverDouble(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := ready(ctx, t)
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	if err := s.Books.SetFaults(
		books.Rule{Method: "PUT", Every: 7, Times: 4, Fault: books.FaultCommitDrop},
		books.Rule{Method: "PUT", Every: 11, Times: 3, Fault: books.FaultCommit500},
		books.Rule{Method: "PUT", Every: 13, Times: 2, Fault: books.FaultTruncated},
		books.Rule{Method: "POST", Path: "status/sent", Times: 1, Fault: books.FaultCommitDrop},
	); err != nil {
		t.Fatal(err)
	}
	for _, section := range []string{"customers", "orders"} {
		if _, err := s.Start(ctx, "/records/"+section+"/sync", map[string]any{"all": true, "confirm": true}); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"invoice:1", "invoice:3", "invoice:30", "invoice:39", "payment:6", "payment:39"} {
		until(ctx, t, s, key, "synced", "")
	}
	seen := map[string]int{}
	for _, r := range s.Books.Snapshot() {
		if r.Key != "" {
			seen[r.Key]++
		}
	}
	for key, n := range seen {
		if n != 1 {
			t.Errorf("%s stands %d times", key, n)
		}
	}
}
