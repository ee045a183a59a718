package store_test

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/store"
)

// TestWhoseDocumentsStand finds records by the ids of their documents: of what they stand for, before what they stood
// for until a person paired them anew, by whole ids of their own flow.
func TestWhoseDocumentsStand(t *testing.T) {
	t.Parallel()
	s := setup(t)
	orders(t, s, 2)
	for _, statement := range []string{
		"UPDATE qlobooks_documents SET zoho_id = CONCAT(flow, '-', source_id)",
		"UPDATE qlobooks_documents SET zoho_id = '460', former = '451 452' WHERE flow = 'payment' ORDER BY id LIMIT 1",
		"UPDATE qlobooks_documents SET zoho_id = '451' WHERE flow = 'invoice' ORDER BY id LIMIT 1",
	} {
		if err := s.Gorm().Exec(statement).Error; err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.StandFor(t.Context(), "payment", []string{"460", "451", "452", "45", "46", "", "nobody"})
	if err != nil || len(got) != 3 {
		t.Fatalf("%+v, %v", got, err)
	}
	for _, id := range []string{"460", "451", "452"} {
		if d := got[id]; d.Ref.Flow != "payment" || d.ZohoID != "460" {
			t.Errorf("%s is %s, which stands for %s", id, d.Ref.Key(), d.ZohoID)
		}
	}
	got, err = s.StandFor(t.Context(), "invoice", []string{"451", "460"})
	if d := got["451"]; err != nil || len(got) != 1 || d.Ref.Flow != "invoice" {
		t.Errorf("%+v, %v", got, err)
	}
	if none, err := s.StandFor(t.Context(), store.Ref{}.Flow, []string{"460"}); err != nil || len(none) != 0 {
		t.Errorf("of no flow: %+v, %v", none, err)
	}
}
