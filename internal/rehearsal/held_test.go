package rehearsal_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// TestAHeldTotalIsShownOnBothSides takes an order whose discount has a tax that no split of it can
// have: nothing is posted, and the record and its preview show QloApps' lines, ours, what Zoho Books
// would come to, and what was wanted.
func TestAHeldTotalIsShownOnBothSides(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	dsn := hotel(t, "held_")
	s := stage(t, dsn)
	if err := s.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	c := newClerk(t, dsn, "held_")
	c.book("54", "NOTTOCENT", "2", "914")
	c.invoice("64", "54")
	c.do("INSERT INTO {p}order_cart_rule (id_order_cart_rule, id_order, id_cart_rule, id_order_invoice, name, value, value_tax_excl) VALUES (964, 54, 964, 64, 'Odd', 20.00, 10.00)")
	c.cost("54", "110", "104.8")
	if _, err := s.Start(ctx, "/records/orders/initialize", nil); err != nil {
		t.Fatal(err)
	}
	foreseen := preview(ctx, t, s, "/records/orders/54/preview", nil)
	if codes := heldOf(foreseen); codes["totals_differ"] != 2 { // the sales order and the invoice
		t.Errorf("the preview holds %v", codes)
	}
	if _, err := s.Start(ctx, "/records/orders/54/sync", nil); err != nil {
		t.Fatal(err)
	}
	until(ctx, t, s, "invoice:64", "held", "totals_differ")
	for _, r := range s.Books.Snapshot() {
		if r.Module == "invoices" || r.Module == "salesorders" {
			t.Errorf("%s stands", r.Key)
		}
	}

	var order struct {
		Documents []struct {
			Key   string
			Issue *wire.Issue
		}
	}
	if err := s.Call(ctx, http.MethodGet, "/records/orders/54", nil, &order); err != nil {
		t.Fatal(err)
	}
	for _, d := range order.Documents {
		if d.Key == "invoice:64" {
			bothSides(t, d.Issue)
		}
	}
}

// bothSides wants the comparison whole.
func bothSides(t *testing.T, issue *wire.Issue) {
	t.Helper()
	if issue == nil || issue.Comparison == nil {
		t.Fatalf("the cause is %+v", issue)
	}
	x := issue.Comparison
	if len(x.Lines) != 1 || x.Lines[0].QloAppsWithoutTax != "120" && !strings.HasPrefix(x.Lines[0].QloAppsWithoutTax, "120.") || !strings.HasPrefix(x.Lines[0].QloAppsWithTax, "124.8") || x.Lines[0].Amount == nil || !strings.HasPrefix(*x.Lines[0].Amount, "124.8") || x.Lines[0].Rates != "4" {
		t.Errorf("QloApps' line and ours: %+v", x.Lines)
	}
	if len(x.Discounts) != 1 || !strings.HasPrefix(x.Discounts[0].WithoutTax, "10") || !strings.HasPrefix(x.Discounts[0].WithTax, "20") {
		t.Errorf("discounts %+v", x.Discounts)
	}
	if !strings.HasPrefix(x.Wanted.Total, "104.8") || !strings.HasPrefix(x.Wanted.Tax, "-5.2") || x.Predicted == nil || !strings.HasPrefix(x.Predicted.Total, "104.8") || !strings.HasPrefix(x.Predicted.Tax, "4.0") {
		t.Errorf("wanted %+v, predicted %+v", x.Wanted, x.Predicted)
	}
	if len(x.Taxes) != 1 || x.Taxes[0].Percent != "4" || x.Taxes[0].Wanted == nil {
		t.Errorf("taxes %+v", x.Taxes)
	}
}
