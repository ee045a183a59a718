package rehearsal_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestWhatWaitedForTheAccessGoesOnAlthoughTheConsentWasInterrupted gives access anew while one of the
// questions that follow a consent comes to nothing: the access is there, and nobody gives it twice.
func TestWhatWaitedForTheAccessGoesOnAlthoughTheConsentWasInterrupted(t *testing.T) {
	for name, path := range map[string]string{"the organizations are not told": "/organizations$", "the currencies are not told": "/settings/currencies$", "the fields are not told": "/settings/fields$"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			s := shutOut(ctx, t)
			if err := s.Books.SetFaults(books.Rule{Method: http.MethodGet, Path: path, Fault: books.FaultDropBefore}); err != nil {
				t.Fatal(err)
			}
			if err := s.Connect(ctx); err == nil {
				t.Fatal("the consent went well, although a question that follows it was not answered")
			}
			var connection struct{ Status string }
			if err := s.Call(ctx, http.MethodGet, "/connection", nil, &connection); err != nil || connection.Status != "connected" {
				t.Fatalf("the connection is %q, %v", connection.Status, err)
			}
			if err := s.Books.SetFaults(); err != nil {
				t.Fatal(err)
			}
			until(ctx, t, s, "hotel:1", "synced", "")
		})
	}
}
