package rehearsal_test

import (
	"net/http"
	"testing"
)

// TestWhatWasForgottenIsFoundAgain: after a reset of all links the next synchronization finds
// every document by its key, also those that are paid and that Zoho lets nobody write again.
func TestWhatWasForgottenIsFoundAgain(t *testing.T) {
	atOnce(t)
	ctx := t.Context()
	orders := []string{"1", "2", "21", "22", "25"}
	s := synced(ctx, t, orders...)
	before := len(s.Books.Snapshot())
	var conn struct {
		Organization string `json:"organization_id"`
	}
	if err := s.Call(ctx, http.MethodGet, "/connection", nil, &conn); err != nil {
		t.Fatal(err)
	}
	if err := s.Call(ctx, http.MethodPost, "/tools/reset", map[string]string{"scope": "links", "confirm": conn.Organization}, nil); err != nil {
		t.Fatal(err)
	}
	run, err := s.Start(ctx, "/records/orders/sync", map[string]any{"ids": orders, "confirm": true})
	if err != nil || run.Done != len(orders) {
		t.Errorf("after the reset: %+v, %v", run, err)
	}
	if after := len(s.Books.Snapshot()); after != before {
		t.Errorf("%d records stand in the books instead of %d", after, before)
	}
}
