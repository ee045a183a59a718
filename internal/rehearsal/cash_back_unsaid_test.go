package rehearsal_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// unpaid deletes a payment of one order as a person does in QloApps' database.
func (c clerk) unpaid(id, order, own string) {
	c.t.Helper()
	c.do("DELETE FROM {p}order_payment WHERE id_order_payment = "+id, "DELETE FROM {p}order_payment_detail WHERE id_order_payment = "+id, "DELETE FROM {p}order_invoice_payment WHERE id_order_payment = "+id,
		"UPDATE {p}orders SET total_paid_real = total_paid_real - "+own+", date_upd = NOW() WHERE id_order = "+order)
}

// lowered changes what a payment of one order is over.
func (c clerk) lowered(id, order, amount, by string) {
	c.t.Helper()
	c.do("UPDATE {p}order_payment SET amount = "+amount+" WHERE id_order_payment = "+id, "UPDATE {p}order_payment_detail SET amount = "+amount+" WHERE id_order_payment = "+id,
		"UPDATE {p}orders SET total_paid_real = total_paid_real + "+by+", date_upd = NOW() WHERE id_order = "+order)
}

// TestCashBackThatQloAppsSaysNoMore deletes and lowers money given back after it was posted. The payment that gave it says
// so with both figures, nothing is taken back or given back by itself, and it is put right by what it says helps.
func TestCashBackThatQloAppsSaysNoMore(t *testing.T) {
	atOnce(t)
	d := opened(t, "unsaid_")
	says := func(step, key string, words ...string) {
		t.Helper()
		code, detail := d.issueOf(key)
		if code != "changed_after_posting" || strings.Contains(detail, "not done from here") {
			t.Errorf("%s: %s is %s %s", step, key, code, detail)
		}
		for _, w := range words {
			if !strings.Contains(detail, w) {
				t.Errorf("%s: %s says nothing of %q: %s", step, key, w, detail)
			}
		}
		if err := d.Call(d.ctx, "POST", "/documents/"+strings.Replace(key, ":", "/", 1)+"/release", map[string]any{"reason": "As QloApps says"}, nil); err == nil {
			t.Errorf("%s: %s can be released, which does nothing", step, key)
		}
	}
	byHand := func(key, refund string, fields map[string]any) {
		t.Helper()
		d.must(d.Books.ChangeRefundByHand(d.find(key).ID, refund, fields))
	}

	// What it came from settles too little.
	d.book("70", "CASHGONE1", "2", "970")
	d.invoice("80", "70")
	d.pay("80", "70", "80", "1", "1", "124.80", "124.80")
	d.pay("81", "70", "80", "1", "1", "-30", "-30")
	d.pay("82", "70", "80", "1", "1", "-10", "-10")
	d.sync("70")
	checkBooks(t, d.Stage, "given back", map[string]string{"invoice:80": "124.8 open 40", "payment:80": "124.8 open 0 back 40"})
	d.unpaid("81", "70", "-30")
	for _, step := range []string{"deleted", "once more"} {
		d.sync("70")
		says(step, "payment:80", "QloApps no longer has the cash back of 30.00 USD (payment 81)", "«payment:81»", " on 2", "By QloApps 114.80 of it settle", "84.80 ", "40.00 were given back")
		checkBooks(t, d.Stage, step, map[string]string{"invoice:80": "124.8 open 40", "payment:80": "124.8 open 0 back 40"})
	}
	byHand("payment:80", "payment:81", nil)
	d.sync("70")
	checkBooks(t, d.Stage, "the refund is deleted", map[string]string{"invoice:80": "124.8 open 10", "payment:80": "124.8 open 0 back 10"})
	d.reads("the refund is deleted", map[string]string{"payment:80": "synced, paid back 10"})

	d.lowered("82", "70", "-6", "4")
	d.sync("70")
	says("lowered", "payment:80", "QloApps says 6.00 USD for the cash back (payment 82) of which 10.00 USD were posted", "By QloApps 118.80 of it settle", "114.80 ", "10.00 were given back")
	says("lowered", "payment:82", ", -10.00 USD of", ", -6.00 USD of")
	byHand("payment:80", "payment:82", map[string]any{"amount": json.Number("6")})
	d.sync("70")
	checkBooks(t, d.Stage, "the refund is corrected", map[string]string{"invoice:80": "124.8 open 6", "payment:80": "124.8 open 0 back 6"})
	d.reads("the refund is corrected", map[string]string{"payment:80": "synced, paid back 6"})

	// Nothing is missing anywhere, and more went back than is said.
	d.book("71", "CASHGONE2", "2", "971")
	d.invoice("81", "71")
	d.pay("710", "71", "81", "1", "1", "174.80", "174.80")
	d.pay("711", "71", "81", "1", "1", "-30", "-30")
	d.sync("71")
	d.unpaid("711", "71", "-30")
	d.sync("71")
	d.saw("deleted, of what was unused", "71", map[string][]string{"payment:710 sync": {"payment 711", "50.00 are unused", "20.00 are unused"}, "payment:711 open": nil})
	says("deleted, of what was unused", "payment:710", "QloApps no longer has the cash back of 30.00 USD")
	d.pay("712", "71", "81", "1", "1", "-20", "-20")
	d.sync("71")
	checkBooks(t, d.Stage, "entered anew", map[string]string{"invoice:81": "124.8 open 0", "payment:710": "174.8 open 20 back 30"})

	// Deleted and entered anew over less before anybody looked.
	d.book("72", "CASHGONE3", "2", "972")
	d.invoice("82", "72")
	d.pay("720", "72", "82", "1", "1", "174.80", "174.80")
	d.pay("721", "72", "82", "1", "1", "-30", "-30")
	d.sync("72")
	d.unpaid("721", "72", "-30")
	d.pay("722", "72", "82", "1", "1", "-20", "-20")
	d.sync("72")
	checkBooks(t, d.Stage, "another in its place", map[string]string{"payment:720": "174.8 open 20 back 30"})
	if code, detail := d.issueOf("payment:722"); code != "settled_otherwise" || !strings.Contains(detail, "30.00 was given back of it in Zoho Books") || !strings.Contains(detail, "payment 721") {
		t.Errorf("the one in its place is %s %s", code, detail)
	}
	byHand("payment:720", "payment:721", nil)
	d.sync("72")
	checkBooks(t, d.Stage, "the former is deleted", map[string]string{"payment:720": "174.8 open 30 back 20"})
}
