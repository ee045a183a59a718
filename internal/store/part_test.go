package store_test

import (
	"slices"
	"testing"

	"github.com/qlobooks/qlobooks/internal/store"
)

// TestADocumentOfAPartBelongsToTheWhole makes contacts in other currencies before and after their
// guest is listed.
func TestADocumentOfAPartBelongsToTheWhole(t *testing.T) {
	s := setup(t)
	made := func(id string) {
		t.Helper()
		if err := s.LinkImported(t.Context(), store.Ref{Flow: "customer", ID: id}, store.Standing{ZohoID: "z" + id}, ""); err != nil {
			t.Fatal(err)
		}
	}
	made("3:EUR")
	made("33:EUR")
	guest := store.Seen{Print: "a:1", Listed: store.Listed{ID: "3", Name: "Guest", Documents: []store.Ref{{Flow: "customer", ID: "3"}}}}
	if err := s.Adopt(t.Context(), "customers", []store.Seen{guest}); err != nil {
		t.Fatal(err)
	}
	made("3:JPY")
	docs, err := s.DocumentsOf(t.Context(), "customers", []string{"3", "33"})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, d := range docs["3"] {
		ids = append(ids, d.Ref.ID)
	}
	slices.Sort(ids)
	if !slices.Equal(ids, []string{"3", "3:EUR", "3:JPY"}) || len(docs["33"]) > 0 {
		t.Errorf("guest 3 has %v, guest 33 has %v", ids, docs["33"])
	}
}
