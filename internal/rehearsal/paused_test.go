package rehearsal_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestAPauseIsToldToWhoAsks: while Zoho Books has blocked the organization for a minute, requests that would call it are
// answered at once with words instead of being kept until the server hangs up on them.
func TestAPauseIsToldToWhoAsks(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := contrary(ctx, t, hotel(t, "pau_"), books.Options{})
	if err := s.Books.SetFaults(books.Rule{Path: "/settings/taxes", Times: 1, Fault: books.Fault429Minute}); err != nil {
		t.Fatal(err)
	}
	var test struct {
		Items []struct{ Check, State, Detail string }
	}
	if err := s.Call(ctx, http.MethodPost, "/connection/test", nil, &test); err != nil {
		t.Fatalf("the test of the connection during a pause: %v", err)
	}
	states := map[string]string{}
	for _, c := range test.Items {
		states[c.Check] = c.State
	}
	if states["token"] != "ok" || states["organization"] != "ok" || states["taxes"] != "unchecked" || states["deposit_account"] != "unchecked" || states["lock_dates"] != "unchecked" {
		t.Errorf("checked during a pause: %+v", test.Items)
	}
}
