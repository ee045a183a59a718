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

// TestARefusedAccessEndsNoRun lets Zoho Books refuse one fresh access after another while it is read: the
// runs go on by themselves, nobody is asked to connect again, and the connection stands.
func TestARefusedAccessEndsNoRun(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "10")
	received(t, s, "customer:7", "invoice:8", "20", "20", 2)
	for path, body := range map[string]any{"/payments/import": map[string]any{"scope": "new"}, "/pairing/customers/load": nil} {
		if err := s.Books.SetFaults(books.Rule{Times: 3, Fault: books.FaultTokenExpired}); err != nil { // and the look whether it is everything
			t.Fatal(err)
		}
		if run, err := s.Start(ctx, path, body); err != nil || run.Status != "done" || run.Total == 0 {
			t.Errorf("%s: %+v %v", path, run, err)
		}
	}
	if got := len(importedPayments(ctx, t, s)); got != 1 {
		t.Errorf("%d payments came", got)
	}
	var connection struct {
		Status string
		Issue  *struct{ Code string }
	}
	if err := s.Call(ctx, "GET", "/connection", nil, &connection); err != nil || connection.Status != "connected" || connection.Issue != nil {
		t.Errorf("the connection is %+v %v", connection, err)
	}
}

// TestOnePaymentThatCannotBeBroughtKeepsNoOtherFromComing refuses single payments, then a whole list: what else
// there is comes in the same run, and the rest is named, counted, and comes once it can.
func TestOnePaymentThatCannotBeBroughtKeepsNoOtherFromComing(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "10")
	known := received(t, s, "customer:7", "invoice:8", "9", "4", 2)
	brought(ctx, t, s, "new")
	reapplied(t, s, known, "invoice:8", "9", "")
	broken, refused := received(t, s, "customer:7", "invoice:8", "20", "20", 1), received(t, s, "customer:7", "invoice:8", "30", "30", 1)
	fine, old := received(t, s, "customer:7", "invoice:8", "5", "5", 2), received(t, s, "customer:7", "invoice:8", "6", "6", 90)
	if err := s.Books.SetFaults(books.Rule{Method: "GET", Path: "/customerpayments/(" + broken + "|" + known + ")$", Times: 99, Fault: books.FaultHTML},
		books.Rule{Method: "GET", Path: "/customerpayments/" + refused + "$", Times: 99, Fault: books.FaultRefuse}); err != nil {
		t.Fatal(err)
	}
	run, err := s.Start(ctx, "/payments/import", map[string]any{"scope": "new"})
	if err != nil || run.Status != "done" || run.Total != 2 || !strings.Contains(string(run.Result), `"left_count":3`) || !strings.Contains(string(run.Result), refused) || !strings.Contains(run.Sentence, "3 left") {
		t.Errorf("with three that cannot be read: %+v %s %v", run, run.Result, err)
	}
	list := importedPayments(ctx, t, s)
	for id, want := range map[string][3]string{broken: {"waiting", "import_left", "0.00"}, refused: {"waiting", "import_left", "0.00"}, known: {"imported", "import_left", "4.00"}, fine: {"imported", "", "5.00"}, old: {"imported", "", "6.00"}} {
		code := ""
		if i := list[id].Issue; i != nil {
			code = i.Code
		}
		if got := [3]string{list[id].Status, code, inQloApps(t, s, id)}; got != want {
			t.Errorf("payment %s is %v, want %v", id, got, want)
		}
	}
	if n := issueCount(ctx, t, s, "import_left"); n != 3 {
		t.Errorf("%d are told to have been left", n)
	}
	if err := s.Books.SetFaults(); err != nil {
		t.Fatal(err)
	}
	list = brought(ctx, t, s, "new")
	for id, want := range map[string]string{broken: "20.00", refused: "30.00", known: "9.00"} {
		if got := inQloApps(t, s, id); got != want || list[id].Status != "imported" || list[id].Issue != nil {
			t.Errorf("afterwards QloApps has %s of %s, want %s: %+v", got, id, want, list[id])
		}
	}

	// A list that is refused hides no other, and what it would have shown comes with the next look.
	late, today := received(t, s, "customer:7", "invoice:8", "7", "", 90), received(t, s, "customer:7", "invoice:8", "8", "8", 1)
	if err := s.Books.SetFaults(books.Rule{Method: "GET", Path: "/invoices$", Times: 99, Fault: books.FaultRefuse}); err != nil {
		t.Fatal(err)
	}
	reapplied(t, s, old, "invoice:8", "5", `,"amount":5`) // seen by its invoice alone
	if run, err := s.Start(ctx, "/payments/import", map[string]any{"scope": "new"}); err == nil {
		t.Errorf("a list could not be read: %+v", run)
	}
	if got := inQloApps(t, s, today); got != "8.00" || importedPayments(ctx, t, s)[late].Status != "waiting" {
		t.Errorf("of today QloApps has %s, late is %+v", got, importedPayments(ctx, t, s)[late])
	}
	if err := s.Books.SetFaults(); err != nil {
		t.Fatal(err)
	}
	if p := brought(ctx, t, s, "new")[old]; p.Status != "changed" {
		t.Errorf("what only the list shows: %+v", p)
	}
}
