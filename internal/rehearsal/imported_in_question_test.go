package rehearsal_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestACauseAddsUpWhatIsInQuestion: of a payment that came in part, or was changed by a part, only that counts.
func TestACauseAddsUpWhatIsInQuestion(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "10", "14")
	less := received(t, s, "customer:7", "invoice:8", "100", "5", 2)
	advance := received(t, s, "customer:2", "", "60", "", 2)
	twice := received(t, s, "customer:2", "invoice:11", "50", "30", 2)
	inHotel(t, s.App.Config.MySQLDSN.Reveal(), "UPDATE qlo_orders SET total_paid_real = total_paid_tax_incl WHERE id_order = 14")
	brought(ctx, t, s, "new")
	reapplied(t, s, less, "invoice:8", "3", "")
	reapplied(t, s, advance, "", "", `,"amount":45`)
	list := brought(ctx, t, s, "new")
	for id, want := range map[string][2]string{less: {"payment_changed", "2.00"}, advance: {"unassigned", "45.00"}, twice: {"already_paid", "30.00"}} {
		p, g := list[id], inInbox(ctx, t, s, want[0])
		if p.Issue == nil || p.Issue.Code != want[0] {
			t.Errorf("%s is %s %+v", want[0], p.Status, p.Issue)
		}
		if len(g.AmountByCurrency) != 1 || g.AmountByCurrency[0].Amount != want[1] {
			t.Errorf("%s: %+v are in question, want %s", want[0], g.AmountByCurrency, want[1])
		}
	}
}

// TestTheCuresOfPaymentsCure: what is brought by another import offers that, what only a person can decide shows
// both versions, and asking for the cause again does what helps.
func TestTheCuresOfPaymentsCure(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "10")
	less := received(t, s, "customer:7", "invoice:8", "20", "20", 2)
	known := received(t, s, "customer:7", "invoice:8", "9", "4", 2)
	brought(ctx, t, s, "new")
	reapplied(t, s, less, "invoice:8", "15", "")
	reapplied(t, s, known, "invoice:8", "9", "")
	refuse := func(id string) {
		t.Helper()
		if err := s.Books.SetFaults(books.Rule{Method: "GET", Path: "/customerpayments/(" + id + "|" + known + ")$", Times: 99, Fault: books.FaultRefuse}); err != nil {
			t.Fatal(err)
		}
		brought(ctx, t, s, "new")
		if n := issueCount(ctx, t, s, "import_left"); n != 2 {
			t.Fatalf("%d were left", n)
		}
		if err := s.Books.SetFaults(); err != nil {
			t.Fatal(err)
		}
	}
	refuse(received(t, s, "customer:7", "invoice:8", "30", "30", 1))
	g := inInbox(ctx, t, s, "import_left")
	if len(g.Cures) == 0 || g.Cures[0].Path == nil || *g.Cures[0].Path != "/api/v1/payments/import" || g.Link != "/payments" { // in two states
		t.Fatalf("the cures of what was left are %+v, at %s", g.Cures, g.Link)
	}
	if len(g.AmountByCurrency) != 1 || g.AmountByCurrency[0].Amount != "35.00" {
		t.Errorf("%+v were left, want 30 and the 5 that are missing of 9", g.AmountByCurrency)
	}
	if run, err := s.Start(ctx, "/payments/import", g.Cures[0].Body.(map[string]any)); err != nil || run.Status != "done" {
		t.Fatalf("the cure ended with %+v %v", run, err)
	}
	if g := inInbox(ctx, t, s, "import_left"); g.Count != 0 {
		t.Errorf("%d are left after the cure", g.Count)
	}
	reapplied(t, s, known, "invoice:8", "8", "")
	refuse(received(t, s, "customer:7", "invoice:8", "10", "10", 1))
	if run, err := s.Start(ctx, "/issues/import_left/retry", nil); err != nil || run.Kind != "import" {
		t.Errorf("asked for again: %+v %v", run, err)
	}
	if g := inInbox(ctx, t, s, "import_left"); g.Count != 0 {
		t.Errorf("%d are left after it was asked for again", g.Count)
	}
	if g = inInbox(ctx, t, s, "payment_changed"); len(g.Cures) != 1 || g.Cures[0].Label != "Look at both versions" || g.Cures[0].Link == nil || *g.Cures[0].Link != "/payments?status=changed" {
		t.Errorf("the cures of what was changed are %+v", g.Cures)
	}
	if run, err := s.Start(ctx, "/issues/payment_changed/retry", nil); err != nil || run.Kind != "import" {
		t.Errorf("asked for again: %+v %v", run, err)
	}
	refused(ctx, t, s, http.MethodPost, "/issues/unassigned/retry", nil, "404", "Nothing waits")
	var list struct{ Items []wire.IssueGroup }
	if err := s.Call(ctx, http.MethodGet, "/issues", nil, &list); err != nil || len(list.Items) != 1 {
		t.Errorf("at the end there wait %+v %v", list.Items, err)
	}
}
