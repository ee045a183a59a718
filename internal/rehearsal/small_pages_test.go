package rehearsal_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestPagesMayBeSmallerThanWasAsked has Zoho Books give lists in pages of three, whatever is asked, and tell how many rows
// a page has and not whether another follows: a list is read to its end, also where its last page is a full one.
func TestPagesMayBeSmallerThanWasAsked(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := ready(ctx, t)
	s.Books.Prefer(func(p *books.Preferences) { p.Pages = 3 })
	stand := 0
	for _, n := range []int{4, 2} {
		stand += n
		for i := range n {
			if _, err := s.Books.AddByHand("contacts", fmt.Sprintf(`{"contact_name":"Guest %d of %d","contact_type":"customer"}`, i, n)); err != nil {
				t.Fatal(err)
			}
		}
		if run, err := s.Start(ctx, "/pairing/customers/load", nil); err != nil || run.Total != stand {
			t.Errorf("contacts read: %+v %v, want %d", run, err, stand)
		}
	}
}
