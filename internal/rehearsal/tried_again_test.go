package rehearsal_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestARunThatReadsIsTriedAgain lets Zoho Books fail one call of each run that reads it: the run goes on
// by itself, and what was read is not read again.
func TestARunThatReadsIsTriedAgain(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "10")
	for n := range 450 {
		if _, err := s.Books.AddByHand("contacts", fmt.Sprintf(`{"contact_name":"Somebody %d","contact_type":"customer"}`, n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Books.SetFaults(books.Rule{Method: "GET", Path: "/contacts$", Call: 2, Fault: books.FaultCommit500},
		books.Rule{Method: "GET", Path: "/chartofaccounts$", Times: 1, Fault: books.FaultHTML},
		books.Rule{Method: "GET", Path: "/customerpayments$", Times: 1, Fault: books.FaultDropBefore}); err != nil {
		t.Fatal(err)
	}
	s.Books.ForgetCalls()
	run, err := s.Start(ctx, "/pairing/customers/load", nil)
	if err != nil || run.Total < 450 {
		t.Errorf("the contacts: %+v %v", run, err)
	}
	pages := 0
	for _, c := range s.Books.Calls() {
		if strings.HasSuffix(c.Path, "/contacts") {
			pages++
		}
	}
	if pages != 4 {
		t.Errorf("three pages took %d calls with one that failed", pages)
	}
	if run, err := s.Start(ctx, "/mappings/refresh", map[string]any{"kinds": []string{"accounts"}}); err != nil || run.Total != 1 {
		t.Errorf("the accounts: %+v %v", run, err)
	}
	received(t, s, "customer:7", "invoice:8", "20", "20", 2)
	if run, err := s.Start(ctx, "/payments/import", map[string]any{"scope": "new"}); err != nil || run.Total != 1 {
		t.Errorf("the payments: %+v %v", run, err)
	}
}
