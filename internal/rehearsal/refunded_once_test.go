package rehearsal_test

import (
	"strings"
	"testing"
)

// wentBack are the calls that gave money back out of payments and credit notes.
func (d desk) wentBack() (list []string) {
	d.t.Helper()
	for _, c := range d.Books.Calls() {
		if c.Method == "POST" && strings.HasSuffix(c.Path, "/refunds") && c.Status < 300 {
			list = append(list, c.Path)
		}
	}
	return list
}

// TestMoneyGoesBackOnceThoughItsPaymentWasEnteredAnew: payments of which money went back are deleted in QloApps and entered
// again, and the links are reset, or a back-up is put back that knows nothing of the money. It stands on the payment whose
// row is gone, and is found there. Where somebody deleted it there, it goes back anew, once. Of the payments that were entered
// again a person says that they are other ones.
func TestMoneyGoesBackOnceThoughItsPaymentWasEnteredAnew(t *testing.T) {
	atOnce(t)
	d := opened(t, "backonce_")
	orders := []string{"70", "71", "72", "73", "74"}
	for _, n := range orders { // 74 with nothing entered anew
		d.book(n, "BACKONC"+n, "2", "9"+n)
		if n != "71" { // a deposit
			d.invoice("8"+n, n)
		}
		invoice := map[bool]string{true: "0", false: "8" + n}[n == "71"]
		d.pay("1"+n, n, invoice, "1", "1", "100.00", "100.00")
		if n == "72" { // posted before the back-up
			d.sync(n)
			d.do("CREATE TABLE backup_documents AS SELECT * FROM qlobooks_documents")
		}
		d.pay("2"+n, n, invoice, "1", "1", "-20.00", "-20.00")
		d.sync(n)
		rest(d.ctx, t, d.Stage, "given back", n)
		d.unpaid("1"+n, n, "100.00")
		if n != "74" {
			d.pay("3"+n, n, invoice, "1", "1", "100.00", "100.00")
		}
	}
	first := d.wentBack()
	if len(first) != len(orders) {
		t.Fatalf("there went back %v", first)
	}
	d.must(d.Books.ChangeRefundByHand(d.find("payment:173").ID, "payment:273", nil)) // deleted
	d.must(d.Call(d.ctx, "POST", "/tools/reset", map[string]any{"scope": "links", "confirm": organization(d.ctx, t, d.Stage)}, nil))
	for _, n := range orders {
		if n == "72" {
			continue
		}
		d.sync(n)
		if n != "74" {
			d.another("payment:3" + n)
		}
		d.sync(n)
		if code, detail := d.issueOf("payment:2" + n); code != "" || detail != "synced" {
			t.Errorf("the cash back of order %s is %s %s", n, code, detail)
		}
	}
	d.do("DELETE FROM qlobooks_documents", "DELETE FROM qlobooks_former_links", "INSERT INTO qlobooks_documents SELECT * FROM backup_documents")
	d.sync("72")
	d.another("payment:372")
	d.sync("72")
	checkBooks(t, d.Stage, "found again", map[string]string{"payment:170": "100 open 0 back 20", "payment:370": "100 open 55.2", "payment:171": "100 open 80 back 20", "payment:371": "100 open 100",
		"payment:172": "100 open 0 back 20", "payment:372": "100 open 55.2", "payment:173": "100 open 20", "payment:373": "100 open 35.2 back 20", "payment:174": "100 open 0 back 20"})
	if back := d.wentBack(); len(back) != len(first)+1 {
		t.Errorf("there went back %v", back)
	}
}

// TestMoneyOfADepositGoesBackOnce: money went back from the payments of an order without an invoice; the links are reset,
// and the order is invoiced. It is not credited and given back once more.
func TestMoneyOfADepositGoesBackOnce(t *testing.T) {
	atOnce(t)
	d := opened(t, "depositonce_")
	d.book("73", "NOINVOICE", "2", "973")
	d.pay("87", "73", "0", "1", "1", "50.00", "50.00")
	d.do("INSERT INTO {p}order_return (id_order_return, id_order, state, payment_mode, refunded_amount, id_return_type, return_type, id_transaction, date_add, date_upd) VALUES (90, 73, 3, 'Cash', 50, 0, 0, 'RF-1', NOW(), NOW())",
		"INSERT INTO {p}order_return_detail (id_order_return, id_htl_booking, refunded_amount, id_order_detail, id_customization) VALUES (90, 973, 50, 731, 1)")
	d.book("74", "NOINVOIC2", "2", "974")
	d.pay("88", "74", "0", "1", "1", "50.00", "50.00")
	d.slip("81", "74", "974", "48.08", "50.00", "Cash")
	for _, order := range []string{"73", "74"} {
		d.sync(order)
		rest(d.ctx, t, d.Stage, "given back", order)
		d.invoice("1"+order, order)
	}
	d.must(d.Call(d.ctx, "POST", "/tools/reset", map[string]any{"scope": "links", "confirm": organization(d.ctx, t, d.Stage)}, nil))
	for order, key := range map[string]string{"73": "refund:90", "74": "credit_note:81"} {
		d.sync(order)
		rest(d.ctx, t, d.Stage, "invoiced since", order)
		if told := d.notices(key)["refunded_uninvoiced"]; !strings.Contains(told, "50.00 USD") {
			t.Errorf("%s, invoiced since: %v", key, d.notices(key))
		}
		if r := d.find(key); r.Key != "" {
			t.Errorf("%s stands with %s", key, r.Total)
		}
	}
	checkBooks(t, d.Stage, "invoiced since", map[string]string{"payment:87": "50 open 0 back 50", "payment:88": "50 open 0 back 50", "invoice:173": "124.8 open 124.8", "invoice:174": "124.8 open 124.8"})
	if back := d.wentBack(); len(back) != 2 {
		t.Errorf("there went back %v", back)
	}
}

// TestARequestThatBecameASlipGoesBackOnce: money went back by requests, of a credit note and of the payments of an order
// without an invoice; the links are reset, and QloApps writes slips into the requests. What stands is the slips'.
func TestARequestThatBecameASlipGoesBackOnce(t *testing.T) {
	atOnce(t)
	d := opened(t, "becameonce_")
	for order, invoice := range map[string]string{"73": "73", "74": "0"} {
		d.book(order, "BECAME0"+order, "2", "9"+order)
		if invoice != "0" {
			d.invoice(invoice, order)
		}
		d.pay("1"+order, order, invoice, "1", "1", "124.80", "124.80")
		d.asked(order)
		d.sync(order)
		rest(d.ctx, t, d.Stage, "given back", order)
		d.slipped(order, "48.08", "50.00")
		d.do("UPDATE {p}order_return SET return_type = 2, id_return_type = " + order + ", date_upd = NOW() WHERE id_order_return = " + order)
	}
	want := map[string]string{"refund:73": "50 open 0 back 50", "payment:174": "124.8 open 74.8 back 50"}
	checkBooks(t, d.Stage, "given back", want)
	d.must(d.Call(d.ctx, "POST", "/tools/reset", map[string]any{"scope": "links", "confirm": organization(d.ctx, t, d.Stage)}, nil))
	for _, order := range []string{"73", "74"} {
		for range 2 {
			d.sync(order)
		}
		if r := d.find("credit_note:" + order); r.Key != "" {
			t.Errorf("credit note %s stands beside the request's with %s", order, r.Total)
		}
		for _, key := range []string{"refund:" + order, "credit_note:" + order} {
			if code, detail := d.issueOf(key); code != "" || detail != "synced" {
				t.Errorf("%s is %s %s", key, code, detail)
			}
		}
	}
	checkBooks(t, d.Stage, "a slip since", want)
	if back := d.wentBack(); len(back) != 2 {
		t.Errorf("there went back %v", back)
	}
}
