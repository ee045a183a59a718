package rehearsal_test

import (
	"strings"
	"testing"
)

// paidIn adds a payment in some currency, with one share for each pair of order and amount, whatever they come to.
func (c clerk) paidIn(id, order, currency, rate, amount string, shares ...[2]string) {
	c.t.Helper()
	c.do("INSERT INTO {p}order_payment (id_order_payment, order_reference, id_currency, amount, payment_method, conversion_rate, transaction_id, date_add) SELECT " + id + ", reference, " + currency + ", " + amount + ", 'Cash', " + rate + ", '', NOW() FROM {p}orders WHERE id_order = " + order)
	for n, s := range shares {
		detail := id + string(rune('0'+n))
		c.do("INSERT INTO {p}order_payment_detail (id_order_payment_detail, id_order_payment, id_order, amount, date_add) VALUES (" + detail + ", " + id + ", " + s[0] + ", " + s[1] + ", NOW())")
	}
}

// TestReleaseSendsAllThatWasPaid releases payments of which shares tell a part or nothing, in the order's currency and in
// another one, received and given back: what was paid is in the books to the cent, or the reason why not.
func TestReleaseSendsAllThatWasPaid(t *testing.T) {
	atOnce(t)
	d := opened(t, "relrest_")
	sync := func(order string) { d.sync(order); settled(d.ctx, t, d.Stage) }
	released := func(id, code string) {
		t.Helper()
		if have, detail := d.issueOf("payment:" + id); have != code {
			t.Fatalf("payment %s reads %q %q, want %q", id, have, detail, code)
		}
		_, err := d.Start(d.ctx, "/documents/payment/"+id+"/release", why)
		d.must(err)
		settled(d.ctx, t, d.Stage)
	}
	sold := func(order, reference string) { d.book(order, reference, "2", "9"+order); d.invoice(order, order) }

	sold("70", "FOREIGN01")
	sold("71", "FOREIGN01")
	d.paidIn("70", "70", "2", "0.91", "50")
	sync("70")
	released("70", "shares_missing")
	checkBooks(t, d.Stage, "no share, in another currency", map[string]string{"payment:70": "54.95 open 54.95", "invoice:70": "124.8 open 124.8"})
	sync("70")
	checkBooks(t, d.Stage, "no share, again", map[string]string{"payment:70": "54.95 open 54.95"})

	sold("72", "FOREIGN02")
	d.paidIn("72", "72", "2", "0.91", "50", [2]string{"72", "20"})
	d.do("UPDATE {p}orders SET total_paid_real = 54.95 WHERE id_order = 72")
	sync("72")
	released("72", "shares_differ")
	for _, step := range []string{"a share of a part", "a share of a part, again"} {
		checkBooks(t, d.Stage, step, map[string]string{"payment:72": "54.95 open 32.97", "invoice:72": "124.8 open 102.82"})
		sync("72")
	}

	sold("74", "NORATE001")
	sold("75", "NORATE001")
	d.paidIn("74", "74", "2", "0", "50")
	sync("74")
	released("74", "shares_missing")
	if code, detail := d.issueOf("payment:74"); code != "no_rate" || !strings.Contains(detail, "50") {
		t.Errorf("without a rate: %q %q", code, detail)
	}

	sold("73", "BACKPART1")
	d.pay("730", "73", "73", "1", "1", "124.80", "124.80")
	sync("73")
	d.paidIn("731", "73", "1", "1", "-100", [2]string{"73", "-40"})
	d.do("UPDATE {p}orders SET total_paid_real = 24.80 WHERE id_order = 73")
	sync("73")
	released("731", "shares_differ")
	for _, step := range []string{"all went back", "all went back, again"} {
		checkBooks(t, d.Stage, step, map[string]string{"payment:730": "124.8 open 0 back 100", "invoice:73": "124.8 open 100"})
		sync("73")
		for _, id := range []string{"730", "731"} {
			if code, detail := d.issueOf("payment:" + id); code != "" {
				t.Errorf("%s: payment %s reads %q %q", step, id, code, detail)
			}
		}
	}
	d.pay("732", "73", "73", "1", "1", "30.00", "30.00")
	sync("73")
	checkBooks(t, d.Stage, "paid again", map[string]string{"payment:730": "124.8 open 0 back 100", "payment:732": "30 open 0", "invoice:73": "124.8 open 70"})

	sold("76", "BACKPART2")
	d.pay("760", "76", "76", "1", "1", "62.40", "62.40")
	sync("76")
	d.paidIn("761", "76", "1", "1", "-100", [2]string{"76", "-40"})
	sync("76")
	released("761", "shares_differ")
	if code, detail := d.issueOf("payment:761"); code != "negative_payment" || !strings.Contains(detail, "100") || !strings.Contains(detail, "62.4") {
		t.Errorf("more than there is: %q %q", code, detail)
	}
	checkBooks(t, d.Stage, "more than there is", map[string]string{"payment:760": "62.4 open 0"})
}
