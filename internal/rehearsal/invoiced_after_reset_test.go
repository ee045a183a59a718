package rehearsal_test

import "testing"

// TestMoneyThatIsFoundSettlesAnInvoiceThatIsNew: an order is invoiced between a reset of the links and the next sync. Its advance,
// and a payment that it shares with another order, are found, and settle the invoice without anybody's asking once more. Money
// that a person took off an invoice that is found stays so.
func TestMoneyThatIsFoundSettlesAnInvoiceThatIsNew(t *testing.T) {
	atOnce(t)
	d := opened(t, "newafter_")
	for n, order := range []string{"70", "71"} {
		d.book(order, "NEWAFTER1", "2", "9"+order)
		if n == 0 {
			d.invoice("8"+order, order)
		}
	}
	d.share("80", "150", [3]string{"70", "870", "100"})
	d.do("UPDATE {p}order_payment SET amount = 150 WHERE id_order_payment = 80", "INSERT INTO {p}order_payment_detail (id_order_payment_detail, id_order_payment, id_order, amount, date_add) VALUES (809, 80, 71, 50, NOW())", "UPDATE {p}orders SET total_paid_real = 50 WHERE id_order = 71")
	d.pay("81", "71", "0", "1", "1", "10.00", "10.00")
	for _, order := range []string{"70", "71"} {
		d.sync(order)
	}
	checkBooks(t, d.Stage, "paid", map[string]string{"invoice:870": "124.8 open 24.8", "payment:80": "150 open 50", "payment:81": "10 open 10"})
	d.book("72", "TAKENOFF1", "2", "972")
	d.invoice("872", "72")
	d.pay("82", "72", "872", "1", "1", "50.00", "50.00")
	d.stands("72", "paid", map[string]string{"invoice:872": "124.8 open 74.8"})
	d.must(d.Books.SettleByHand(d.find("payment:82").ID, nil))
	d.invoice("871", "71")
	d.must(d.Call(d.ctx, "POST", "/tools/reset", map[string]any{"scope": "links", "confirm": organization(d.ctx, t, d.Stage)}, nil))
	_, err := d.Start(d.ctx, "/records/orders/initialize", nil)
	d.must(err)
	_, err = d.Start(d.ctx, "/records/orders/sync", map[string]any{"ids": []string{"70", "71", "72"}, "confirm": true})
	d.must(err)
	settled(d.ctx, t, d.Stage)
	want := map[string]string{"invoice:870": "124.8 open 24.8", "invoice:871": "124.8 open 64.8", "payment:80": "150 open 0", "payment:81": "10 open 0", "invoice:872": "124.8 open 124.8", "payment:82": "50 open 50"}
	checkBooks(t, d.Stage, "invoiced since", want)
	d.Books.ForgetCalls()
	d.sync("71")
	for _, c := range d.Books.Calls() {
		if c.Writes() {
			t.Errorf("once more it took %s %s", c.Method, c.Path)
		}
	}
}
