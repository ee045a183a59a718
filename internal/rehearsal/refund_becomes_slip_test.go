package rehearsal_test

import (
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// asked enters a refund request of the order's first room as QloApps saves it first: given back in cash, of no kind, with no slip.
func (c clerk) asked(order string) {
	c.t.Helper()
	c.do("INSERT INTO {p}order_return (id_order_return, id_order, state, payment_mode, refunded_amount, id_return_type, return_type, date_add, date_upd) VALUES ("+order+", "+order+", 3, 'Cash', 50, 0, 0, NOW(), NOW())",
		"INSERT INTO {p}order_return_detail (id_order_return, id_htl_booking, refunded_amount, id_order_detail, id_customization) VALUES ("+order+", 9"+order+", 50, "+order+"1, 1)")
}

// slipped makes the slip of a request, which does not name it yet.
func (c clerk) slipped(order, excl, incl string) {
	c.t.Helper()
	c.do("INSERT INTO {p}order_slip (id_order_slip, conversion_rate, id_customer, id_order, total_products_tax_excl, total_products_tax_incl, amount, redeem_status, date_add, date_upd) SELECT "+order+", 1, id_customer, id_order, "+excl+", "+incl+", "+incl+", 1, NOW(), NOW() FROM {p}orders WHERE id_order = "+order,
		"INSERT INTO {p}order_slip_detail (id_order_slip, id_order_detail, id_htl_booking, product_quantity, total_price_tax_excl, total_price_tax_incl) VALUES ("+order+", "+order+"1, 9"+order+", 1, "+excl+", "+incl+")")
}

// TestARequestThatIsReadWhileItIsWrittenGoesBackOnce: QloApps saves that money was given back, mails the guest, and only
// then makes the slip and writes it into the request. What was posted meanwhile is the slip's; nothing goes back twice.
func TestARequestThatIsReadWhileItIsWrittenGoesBackOnce(t *testing.T) {
	atOnce(t)
	d := opened(t, "reqslip_")
	d.must(d.Set(d.ctx, "orders", "cancel_policy", "credit_note"))
	sync := func(order string) { d.sync(order); settled(d.ctx, t, d.Stage) }
	named := func(order string) {
		d.do("UPDATE {p}order_return SET return_type = 2, id_return_type = " + order + ", date_upd = NOW() WHERE id_order_return = " + order)
	}
	sold := func(order, reference string) {
		d.book(order, reference, "2", "9"+order)
		d.invoice(order, order)
		d.pay(order+"0", order, order, "1", "1", "124.80", "124.80")
		d.asked(order)
		sync(order)
	}
	none := func(step, key string) {
		t.Helper()
		if r := d.find(key); r.Key != "" {
			t.Errorf("%s: %s stands beside the refund's: %+v", step, key, r)
		}
	}
	reads := func(step, key, code string, words ...string) {
		t.Helper()
		have, detail := d.issueOf(key)
		if have != code {
			t.Errorf("%s: %s reads %q %q, want %q", step, key, have, detail, code)
		}
		for _, w := range words {
			if !strings.Contains(detail, w) {
				t.Errorf("%s: %s does not say %q: %s", step, key, w, detail)
			}
		}
	}

	sold("63", "SLIPLATER")
	d.slipped("63", "48.08", "50")
	named("63")
	for _, step := range []string{"named", "named, again"} {
		sync("63")
		rest(d.ctx, t, d.Stage, step, "63")
		none(step, "credit_note:63")
		checkBooks(t, d.Stage, step, map[string]string{"refund:63": "50 open 0 back 50", "invoice:63": "124.8 open 0", "payment:630": "124.8 open 0"})
	}
	if n := d.notices("credit_note:63"); !strings.Contains(n["refunded_before_slip"], "over 50.00 USD, is that of the slip") {
		t.Errorf("the slip does not tell what stands for it: %v", n)
	}
	d.do("UPDATE {p}orders SET current_state = 4, date_upd = NOW() WHERE id_order = 63", "INSERT INTO {p}order_history (id_order, id_order_state, date_add) VALUES (63, 4, NOW())")
	sync("63")
	reads("canceled", "cancellation:63", "paid_document", "already take back 50.00 ")

	d.book("64", "DEPOSLIP1", "2", "964")
	d.pay("640", "64", "0", "1", "1", "120.00", "120.00")
	d.asked("64")
	sync("64")
	d.slipped("64", "48.08", "50")
	named("64")
	for _, step := range []string{"of a deposit", "of a deposit, again"} {
		sync("64")
		rest(d.ctx, t, d.Stage, step, "64")
		none(step, "credit_note:64")
		checkBooks(t, d.Stage, step, map[string]string{"payment:640": "120 open 70 back 50"})
	}
	d.invoice("64", "64")
	sync("64")
	checkBooks(t, d.Stage, "of a deposit, invoiced", map[string]string{"payment:640": "120 open 0 back 50", "invoice:64": "124.8 open 54.8"})
	none("of a deposit, invoiced", "credit_note:64")
	reads("of a deposit, invoiced", "credit_note:64", "", "synced")

	sold("65", "SLIPBESID")
	d.slipped("65", "48.08", "50")
	sync("65")
	none("beside", "credit_note:65")
	reads("beside", "credit_note:65", "totals_differ", "Refund request 65", "over 50.00 ")
	reads("beside", "refund:65", "", "synced")
	named("65")
	sync("65")
	rest(d.ctx, t, d.Stage, "named since", "65")
	none("named since", "credit_note:65")
	checkBooks(t, d.Stage, "named since", map[string]string{"refund:65": "50 open 0 back 50"})

	sold("66", "SLIPOTHER")
	d.slipped("66", "57.69", "60")
	named("66")
	sync("66")
	none("over more", "credit_note:66")
	reads("over more", "credit_note:66", "totals_differ", "over 60.00 ", "over 50.00 ")
	checkBooks(t, d.Stage, "over more", map[string]string{"refund:66": "50 open 0 back 50"})

	for order, change := range map[string]string{"67": "state = 2", "68": "state = 1", "69": "return_type = 1, id_return_type = 5", "70": "return_type = 1, payment_mode = 'Voucher'", "71": "refunded_amount = 0"} {
		sold(order, "CHANGED"+order)
		d.do("UPDATE {p}order_return SET " + change + ", date_upd = NOW() WHERE id_order_return = " + order)
		sync(order)
		reads(change, "refund:"+order, "changed_after_posting", "«Refund request "+order+"», 50.00 USD")
		checkBooks(t, d.Stage, change, map[string]string{"refund:" + order: "50 open 0 back 50"})
	}
}

// TestARefundThatWentHalfIsTheSlipsWhole: the request's credit note stands and its money does not, when QloApps makes the
// slip of it. The money goes back of that credit note.
func TestARefundThatWentHalfIsTheSlipsWhole(t *testing.T) {
	atOnce(t)
	d := opened(t, "halfslip_")
	d.book("63", "HALFWAY01", "2", "963")
	d.invoice("63", "63")
	d.pay("630", "63", "63", "1", "1", "124.80", "124.80")
	d.sync("63")
	d.must(d.Books.SetFaults(books.Rule{Method: "POST", Path: "/refunds", Fault: books.FaultRefuse}))
	d.asked("63")
	d.sync("63")
	settled(d.ctx, t, d.Stage)
	checkBooks(t, d.Stage, "half way", map[string]string{"refund:63": "50 open 50"})
	d.must(d.Books.SetFaults())
	d.slipped("63", "48.08", "50")
	d.do("UPDATE {p}order_return SET return_type = 2, id_return_type = 63, date_upd = NOW() WHERE id_order_return = 63")
	d.sync("63")
	rest(d.ctx, t, d.Stage, "whole", "63")
	checkBooks(t, d.Stage, "whole", map[string]string{"refund:63": "50 open 0 back 50"})
	if r := d.find("credit_note:63"); r.Key != "" {
		t.Errorf("the slip stands as well: %+v", r)
	}

	d.book("64", "HALFWAY02", "2", "964")
	d.pay("640", "64", "0", "1", "1", "120.00", "120.00")
	d.sync("64")
	d.must(d.Books.SetFaults(books.Rule{Method: "POST", Path: "/refunds", Fault: books.FaultRefuse}))
	d.asked("64")
	d.sync("64")
	settled(d.ctx, t, d.Stage)
	checkBooks(t, d.Stage, "of a deposit, half way", map[string]string{"payment:640": "120 open 120"})
	d.must(d.Books.SetFaults())
	d.sync("64")
	rest(d.ctx, t, d.Stage, "of a deposit, whole", "64")
	checkBooks(t, d.Stage, "of a deposit, whole", map[string]string{"payment:640": "120 open 70 back 50"})
}
