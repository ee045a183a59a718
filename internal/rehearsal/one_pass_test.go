package rehearsal_test

import (
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// ended cancels an order and keeps its amounts, as QloApps does with one that was paid.
func (c clerk) ended(order string) {
	c.t.Helper()
	c.do("UPDATE {p}orders SET current_state = 4, date_upd = NOW() WHERE id_order = "+order, "INSERT INTO {p}order_history (id_order, id_order_state, date_add) VALUES ("+order+", 4, NOW())")
}

// cheaper is what a booking of one room costs from now on.
func (c clerk) cheaper(order, excl, incl string) {
	c.t.Helper()
	c.do("UPDATE {p}order_detail SET total_price_tax_excl = "+excl+", total_price_tax_incl = "+incl+" WHERE id_order = "+order, "UPDATE {p}htl_booking_detail SET total_price_tax_excl = "+excl+", total_price_tax_incl = "+incl+", date_upd = NOW() WHERE id_order = "+order)
	c.cost(order, excl, incl)
}

// TestAnInvoiceIsDecidedByMoneyOfTheSamePass lets money come or go together with the change that it belongs to: what becomes
// of the invoice is decided by what stands on it then, not by what stood before.
func TestAnInvoiceIsDecidedByMoneyOfTheSamePass(t *testing.T) {
	atOnce(t)
	d := opened(t, "onepass_")
	sync := func(order string) { d.sync(order); settled(d.ctx, t, d.Stage) }
	status := func(key, status, code string) { t.Helper(); until(d.ctx, t, d.Stage, key, status, code) }
	sold := func(order string, paid bool) {
		d.book(order, "ONEPASS"+order, "2", "9"+order)
		d.invoice(order, order)
		if paid {
			d.pay(order+"0", order, order, "1", "1", "124.80", "124.80")
		}
		sync(order)
	}
	back := func(order, amount string) { d.pay(order+"1", order, order, "1", "1", amount, amount) }
	void := func(order string) {
		t.Helper()
		status("invoice:"+order, "disabled", "")
		if r := d.find("invoice:" + order); r.Status != "void" {
			t.Errorf("invoice %s is %s", order, r.Status)
		}
		status("cancellation:"+order, "synced", "")
	}

	sold("61", false)
	d.pay("610", "61", "61", "1", "1", "124.80", "124.80")
	d.ended("61")
	sync("61")
	status("cancellation:61", "held", "paid_document")
	checkBooks(t, d.Stage, "paid and canceled", map[string]string{"invoice:61": "124.8 open 0", "payment:610": "124.8 open 0"})

	sold("60", true)
	back("60", "-124.80")
	d.ended("60")
	sync("60")
	void("60")

	sold("62", true)
	d.ended("62")
	sync("62")
	status("cancellation:62", "held", "paid_document")
	back("62", "-124.80")
	sync("62")
	void("62")

	sold("63", true)
	d.cheaper("63", "0", "0")
	back("63", "-124.80")
	sync("63")
	void("63")

	sold("64", true)
	d.cheaper("64", "100", "104")
	back("64", "-20.80")
	sync("64")
	status("invoice:64", "synced", "")
	checkBooks(t, d.Stage, "cheaper, and the difference given back", map[string]string{"invoice:64": "104 open 0", "payment:640": "124.8 open 0 back 20.8"})

	// The refund is refused once: what waits for it goes on when it is through, though nothing else asks for it.
	for _, order := range []string{"65", "66"} {
		sold(order, true)
	}
	d.must(d.Books.SetFaults(books.Rule{Method: "POST", Path: "/refunds", Times: 2, Fault: books.FaultRefuse}))
	d.cheaper("65", "100", "104")
	back("65", "-20.80")
	sync("65")
	status("invoice:65", "held", "overpaid_after_edit")
	back("66", "-124.80")
	d.ended("66")
	sync("66")
	status("cancellation:66", "held", "paid_document")
	_, err := d.Start(d.ctx, "/issues/negative_payment/retry", nil)
	d.must(err)
	void("66")
	status("invoice:65", "synced", "")
	checkBooks(t, d.Stage, "given back at last", map[string]string{"invoice:65": "104 open 0", "payment:650": "124.8 open 0 back 20.8"})

	// The payment is refused: its money is on no invoice, and was paid all the same.
	sold("67", false)
	d.pay("670", "67", "67", "1", "1", "124.80", "124.80")
	d.must(d.Books.SetFaults(books.Rule{Method: "PUT", Path: "/customerpayments", Fault: books.FaultRefuse}))
	d.ended("67")
	sync("67")
	status("cancellation:67", "held", "paid_document")
	if r := d.find("invoice:67"); r.Status == "void" {
		t.Error("an invoice was voided whose money waits")
	}
	d.must(d.Books.SetFaults())

	sold("68", false)
	d.slip("68", "68", "968", "120.00", "124.80", "")
	d.ended("68")
	sync("68")
	status("credit_note:68", "synced", "")
	status("cancellation:68", "synced", "")
	checkBooks(t, d.Stage, "credited whole and canceled", map[string]string{"invoice:68": "124.8 open 0", "credit_note:68": "124.8 open 0"})
}

// TestAVoucherWaitsForTheRoomItPays uses a slip's voucher in a paid order while as much goes back to the guest.
func TestAVoucherWaitsForTheRoomItPays(t *testing.T) {
	atOnce(t)
	d := opened(t, "vroom_")
	sync := func(order string) { d.sync(order); settled(d.ctx, t, d.Stage) }
	for n, refused := range []bool{false, true} {
		giver, order := []string{"77", "78"}[n], []string{"63", "64"}[n]
		d.book(giver, "SLIPGIV"+giver, "2", "9"+giver)
		d.invoice(giver, giver)
		d.slip(giver, giver, "9"+giver, "48.08", "50.00", "")
		d.do("INSERT INTO {p}cart_rule (id_cart_rule, code) VALUES (9"+giver+", 'CS"+giver+"C2O"+giver+"')", "UPDATE {p}order_slip SET redeem_status = 2, id_cart_rule = 9"+giver+", date_upd = NOW() WHERE id_order_slip = "+giver)
		sync(giver)
		d.book(order, "VROOM0"+order, "2", "9"+order)
		d.invoice(order, order)
		d.pay(order+"0", order, order, "1", "1", "124.80", "124.80")
		sync(order)
		d.do("INSERT INTO {p}order_cart_rule (id_order_cart_rule, id_order, id_cart_rule, id_order_invoice, name, value, value_tax_excl) VALUES (9" + giver + ", " + order + ", 9" + giver + ", " + order + ", 'Credit', 50, 48.08)")
		d.cost(order, "71.92", "74.8")
		d.pay(order+"1", order, order, "1", "1", "-50.00", "-50.00")
		if refused {
			d.must(d.Books.SetFaults(books.Rule{Method: "POST", Path: "/refunds", Fault: books.FaultRefuse}))
		}
		sync(order)
		if refused {
			d.must(d.Books.SetFaults())
			_, err := d.Start(d.ctx, "/issues/negative_payment/retry", nil)
			d.must(err)
			settled(d.ctx, t, d.Stage)
		}
		step := map[bool]string{false: "at once", true: "given back later"}[refused]
		eventually(d.ctx, t, d.Stage, "the voucher pays "+step, func() bool {
			return d.find("invoice:"+order).Balance.IsZero() && d.find("credit_note:"+giver).Balance.IsZero()
		}, "invoice:"+order, "payment:"+order+"1")
		rest(d.ctx, t, d.Stage, step, order)
		checkBooks(t, d.Stage, step, map[string]string{"invoice:" + order: "124.8 open 0", "payment:" + order + "0": "124.8 open 0 back 50", "credit_note:" + giver: "50 open 0"})
		checkDue(t, d.ctx, d.clerk, d.Stage, step, order)
		if n := d.notices("invoice:" + order); strings.Contains(n["overpaid"], "guest's credit") {
			t.Errorf("%s: the invoice tells %v", step, n)
		}
	}
}
