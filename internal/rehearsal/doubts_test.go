package rehearsal_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// issueOf is what the list of issues says of a code; nil = nothing.
func issueGroup(d desk, code string) *wire.IssueGroup {
	d.t.Helper()
	var page struct{ Items []wire.IssueGroup }
	d.must(d.Call(d.ctx, http.MethodGet, "/issues", nil, &page))
	if n := slices.IndexFunc(page.Items, func(g wire.IssueGroup) bool { return g.Code == code }); n >= 0 {
		return &page.Items[n]
	}
	return nil
}

func waitsForMe(d desk) (n int) {
	d.t.Helper()
	var o struct {
		Waiting int `json:"waiting_for_me"`
	}
	d.must(d.Call(d.ctx, http.MethodGet, "/overview", nil, &o))
	return o.Waiting
}

// TestAContradictionIsAnIssueOfItsOrder shows both figures on the order and among the issues, with the
// way to it, until somebody has dealt with it or the rows agree again.
func TestAContradictionIsAnIssueOfItsOrder(t *testing.T) {
	atOnce(t)
	d := opened(t, "dbt_")
	d.do("UPDATE {p}orders SET total_paid_real = total_paid_real + 10.00, date_upd = NOW() WHERE id_order = 2")
	d.sync("2")
	settled(d.ctx, t, d.Stage)
	until(d.ctx, t, d.Stage, "invoice:2", "synced", "")
	type row struct {
		ID      string `json:"source_id"`
		Status  string
		Phase   string
		Issue   *struct{ Code, Detail, Action string }
		Notices []struct{ Code string }
	}
	var order row
	d.must(d.Call(d.ctx, http.MethodGet, "/records/orders/2", nil, &order))
	if order.Status != "synced" || order.Phase == "synced" || order.Issue == nil || order.Issue.Code != "paid_differs" || !strings.Contains(order.Issue.Detail, "781.68") || !strings.Contains(order.Issue.Detail, "771.68") || order.Issue.Action == "" {
		t.Errorf("the order reads %+v %+v", order, order.Issue)
	}
	before := waitsForMe(d)
	refused(d.ctx, t, d.Stage, http.MethodPost, "/issues/paid_differs/retry", nil, "409", "Correct the payments in QloApps")
	g := issueGroup(d, "paid_differs")
	if g == nil || g.Count != 1 || g.WaitsFor != "you" || len(g.AmountByCurrency) != 1 || g.AmountByCurrency[0] != (wire.CurrencyAmount{Currency: "USD", Amount: "10.00"}) || len(g.Cures) == 0 || before == 0 {
		t.Fatalf("the issue is %+v, %d wait", g, before)
	}
	var page struct{ Items []row }
	d.must(d.Call(d.ctx, http.MethodGet, "/records/orders?issue=paid_differs", nil, &page))
	if len(page.Items) != 1 || page.Items[0].ID != "2" {
		t.Errorf("its orders are %+v", page.Items)
	}
	d.must(d.Call(d.ctx, http.MethodPost, "/issues/paid_differs/handled", map[string]any{"reason": "the bank has it"}, nil))
	if g := issueGroup(d, "paid_differs"); g == nil || g.Handled == nil || waitsForMe(d) != before-1 {
		t.Errorf("dealt with: %+v, %d wait", g, waitsForMe(d))
	}
	d.do("UPDATE {p}orders SET total_paid_real = total_paid_real + 5.00, date_upd = NOW() WHERE id_order = 2")
	d.sync("2")
	if g := issueGroup(d, "paid_differs"); g == nil || g.Handled != nil || waitsForMe(d) != before {
		t.Errorf("it differs by more than a person saw: %+v, %d wait", g, waitsForMe(d))
	}
	d.do("UPDATE {p}orders SET total_paid_real = total_paid_real - 5.00, date_upd = NOW() WHERE id_order = 2")
	d.do("UPDATE {p}orders SET total_paid_real = total_paid_real - 10.00, date_upd = NOW() WHERE id_order = 2")
	d.sync("2")
	if g := issueGroup(d, "paid_differs"); g != nil {
		t.Errorf("its rows agree, and it is still an issue: %+v", g)
	}
	d.must(d.Call(d.ctx, http.MethodGet, "/records/orders/2", nil, &order))
	if order.Phase != "synced" {
		t.Errorf("its rows agree, and it reads %s", order.Phase)
	}
}

// TestNothingIsInvisible counts what QloApps has and no list shows, with the reason.
func TestNothingIsInvisible(t *testing.T) {
	atOnce(t)
	d := opened(t, "inv_")
	d.do("INSERT INTO {p}order_payment (id_order_payment, order_reference, id_currency, amount, payment_method, conversion_rate, date_add) VALUES (501, 'NOBODYYYY', 1, 10, 'Cash', 1, NOW()), (502, NULL, 1, 10, 'Cash', 1, NOW())",
		"INSERT INTO {p}order_payment_detail (id_order_payment_detail, id_order_payment, id_order, amount, date_add) VALUES (5020, 502, 9999, 10, NOW())",
		"INSERT INTO {p}order_invoice (id_order_invoice, id_order, number, total_paid_tax_excl, total_paid_tax_incl, date_add) VALUES (601, 9999, 601, 10, 10, NOW())",
		"INSERT INTO {p}customer (id_customer, firstname, lastname, email, active, is_guest, deleted, date_add, date_upd) VALUES (701, 'Gone', 'Long', 'gone@guests.example', 1, 0, 1, NOW(), NOW())")
	want := map[string][]string{
		"orders":     {"1 orders, because writing broke off in QloApps, and nothing was invoiced or paid: 13", "2 payments, because no order in QloApps has the reference or a share: 501", "1 invoices, because the order is gone from QloApps: 601"},
		"customers":  {"1 customers, because deleted in QloApps, and named by no order: 701"},
		"currencies": {"1 currencies, because deleted in QloApps, and used by no order or payment: 5"},
		"room-types": nil, "service-products": nil, "hotels": nil,
	}
	for section, lines := range want {
		_, err := d.Start(d.ctx, "/records/"+section+"/initialize", nil)
		d.must(err)
		var page wire.RecordPage
		d.must(d.Call(d.ctx, http.MethodGet, "/records/"+section, nil, &page))
		var got []string
		for _, u := range page.NotListed {
			got = append(got, fmt.Sprintf("%d %s, because %s: %s", u.Count, u.What, u.Because, u.First))
		}
		if !slices.Equal(got, lines) {
			t.Errorf("%s: not listed are %q, want %q", section, got, lines)
		}
	}
	// One whose only share names an order that is not listed is not, either.
	d.do("INSERT INTO {p}order_payment_detail (id_order_payment_detail, id_order_payment, id_order, amount, date_add) VALUES (5010, 501, 13, 10, NOW())")
	_, err := d.Start(d.ctx, "/records/orders/initialize", nil)
	d.must(err)
	var page wire.RecordPage
	d.must(d.Call(d.ctx, http.MethodGet, "/records/orders", nil, &page))
	if len(page.NotListed) != 4 || page.NotListed[1].First != "502" || page.NotListed[2].First != "501" || page.NotListed[2].Because != "their order is not listed" {
		t.Errorf("order 13 has a payment: not listed %+v", page.NotListed)
	}
}

// TestANumberGivenTwice names the other document of QloApps, not a stranger in Zoho Books.
func TestANumberGivenTwice(t *testing.T) {
	atOnce(t)
	d := opened(t, "two_")
	for _, order := range []string{"70", "71"} {
		d.book(order, "TWICE00"+order, "2", "9"+order)
		d.invoice("8"+order, order)
	}
	d.do("UPDATE {p}order_invoice SET number = 870 WHERE id_order_invoice = 871")
	d.sync("70")
	rest(d.ctx, t, d.Stage, "the first", "70")
	d.sync("71")
	until(d.ctx, t, d.Stage, "invoice:871", "rejected", "number_taken")
	if cause := document(d.ctx, t, d.Stage, "invoice:871").Issue; !strings.Contains(cause.Detail, "invoice:870") || !strings.Contains(cause.Detail, "TWICE0070") || cause.Action == "" {
		t.Errorf("the cause is %+v", cause)
	}
}

// TestInvoicesThatDoNotAddUpAreReleasedOneByOne posts the one that is right as its own row says.
func TestInvoicesThatDoNotAddUpAreReleasedOneByOne(t *testing.T) {
	atOnce(t)
	d := opened(t, "add_")
	d.book("72", "DOUBLED72", "2", "972")
	d.invoice("872", "72")
	d.do("INSERT INTO {p}order_invoice (id_order_invoice, id_order, number, total_paid_tax_excl, total_paid_tax_incl, date_add) SELECT 873, id_order, 873, total_paid_tax_excl, total_paid_tax_incl, date_add FROM {p}order_invoice WHERE id_order_invoice = 872")
	d.pay("872", "72", "872", "1", "1", "124.80", "124.80")
	d.sync("72")
	until(d.ctx, t, d.Stage, "invoice:872", "held", "invoices_do_not_add_up")
	until(d.ctx, t, d.Stage, "invoice:873", "held", "invoices_do_not_add_up")
	var doc struct{ Releasable bool }
	d.must(d.Call(d.ctx, http.MethodGet, "/documents/invoice/872", nil, &doc))
	if !doc.Releasable {
		t.Error("nobody can release it")
	}
	d.must(d.Call(d.ctx, http.MethodPost, "/documents/invoice/872/release", map[string]any{"reason": "the right one"}, nil))
	d.must(d.Call(d.ctx, http.MethodPost, "/documents/invoice/873/skip", map[string]any{"reason": "made twice"}, nil))
	until(d.ctx, t, d.Stage, "invoice:872", "synced", "")
	eventually(d.ctx, t, d.Stage, "the payment settles it", func() bool { r := d.find("invoice:872"); return r.Total.String() == "124.8" && r.Balance.IsZero() }, "invoice:872", "payment:872")
}
