package rehearsal_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestContactsStayThoughTheirListEndsTooEarly reads 450 contacts, then has Zoho Books say after the first
// page that no other follows, then refuse the second one for good: what is known of the others stays, and one
// that is really gone is forgotten.
func TestContactsStayThoughTheirListEndsTooEarly(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "10")
	ids := make([]string, 450)
	for n := range ids {
		id, err := s.Books.AddByHand("contacts", fmt.Sprintf(`{"contact_name":"Somebody %d","contact_type":"customer"}`, n))
		if err != nil {
			t.Fatal(err)
		}
		ids[n] = id
	}
	load := func() (run rehearsal.Run, err error) {
		t.Helper()
		return s.Start(ctx, "/pairing/customers/load", nil)
	}
	known := func(n int) bool {
		t.Helper()
		var found struct{ Items []struct{ Name string } }
		if err := s.Call(ctx, http.MethodGet, "/pairing/contacts?q="+ids[n], nil, &found); err != nil {
			t.Fatal(err)
		}
		return len(found.Items) == 1
	}
	if run, err := load(); err != nil || run.Total < 450 || !known(0) || !known(449) {
		t.Fatalf("%+v %v", run, err)
	}
	if err := s.Books.DeleteByHand(ids[7]); err != nil {
		t.Fatal(err)
	}
	if err := s.Books.SetFaults(books.Rule{Method: "GET", Path: "/contacts$", Times: 1, Fault: books.FaultListEnds}); err != nil {
		t.Fatal(err)
	}
	if run, err := load(); err != nil || run.Status != "done" || run.Total != 200 {
		t.Errorf("a list that ended early: %+v %v", run, err)
	}
	if known(7) || !known(8) || !known(300) || !known(449) {
		t.Errorf("of four contacts are known %v %v %v %v", known(7), known(8), known(300), known(449))
	}

	if err := s.Books.SetFaults(books.Rule{Method: "GET", Path: "/contacts$", Call: 2, Fault: books.FaultCommit500},
		books.Rule{Method: "GET", Path: "/contacts$", Call: 2, Fault: books.FaultRefuse}); err != nil {
		t.Fatal(err)
	}
	if run, _ := load(); run.Status != "failed" || run.Total != 200 || run.Error == nil {
		t.Errorf("a list that broke off for good: %+v", run)
	}
	if !known(8) || !known(300) || !known(449) {
		t.Error("contacts were forgotten though their list was not read")
	}
}
