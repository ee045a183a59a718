package rehearsal_test

import (
	"strings"
	"testing"
)

// TestACreditUsedElsewhereIsAskedAbout has a person use a slip's credit for another guest's invoice in Zoho Books, of
// which nothing tells: only when its voucher is used, or used for more, Zoho Books refuses. Then both sides are read,
// what people did stays, and a person is asked with both in words, and told what really helps.
func TestACreditUsedElsewhereIsAskedAbout(t *testing.T) {
	atOnce(t)
	d := opened(t, "elsewhere_")
	id := func(key string) string { return standing(t, d.Stage, key).ID }
	for _, order := range []string{"70", "71", "77"} {
		d.book(order, "GIVES"+order, "2", "9"+order)
		d.invoice(order, order)
		d.sync(order)
		rest(d.ctx, t, d.Stage, "billed", order)
	}
	for _, order := range []string{"70", "71"} {
		d.slip(order, order, "9"+order, "120.00", "124.80", "")
		d.do("INSERT INTO {p}cart_rule (id_cart_rule, code) VALUES (9"+order+", 'CS"+order+"C2O"+order+"')", "UPDATE {p}order_slip SET redeem_status = 2, id_cart_rule = 9"+order+", date_upd = NOW() WHERE id_order_slip = "+order)
		d.sync(order)
		rest(d.ctx, t, d.Stage, "a voucher", order)
	}
	use := func(order, voucher, excl, incl string) {
		t.Helper()
		d.do("INSERT INTO {p}order_cart_rule (id_order_cart_rule, id_order, id_cart_rule, id_order_invoice, name, value, value_tax_excl) VALUES (9" + order + ", " + order + ", 9" + voucher + ", " + order + ", 'Credit', " + incl + ", " + excl + ")")
	}
	asked := func(step, key string, words ...string) {
		t.Helper()
		code, detail := d.issueOf(key)
		for _, w := range words {
			if code != "settled_otherwise" || !strings.Contains(detail, w) {
				t.Errorf("%s: %q %q, want %q", step, code, detail, w)
			}
		}
	}
	cured := func(key, note string, settles map[string]string) {
		t.Helper()
		if action := document(d.ctx, t, d.Stage, key).Issue.Action; strings.Contains(action, "Release") || !strings.Contains(action, "then use Retry") {
			t.Errorf("%s: people are told to %q", key, action)
		}
		d.must(d.Books.SettleByHand(id(note), settles))
		_, err := d.Start(d.ctx, "/issues/settled_otherwise/retry", nil)
		d.must(err)
	}

	d.must(d.Books.SettleByHand(id("credit_note:70"), map[string]string{id("invoice:77"): "124.8"}))
	d.book("75", "USESVOUCH", "2", "975")
	use("75", "70", "10", "10.4")
	d.cost("75", "110", "114.4")
	d.invoice("75", "75")
	d.sync("75")
	asked("all of it is used elsewhere", "invoice:75", "10.4", "124.8")
	checkBooks(t, d.Stage, "all of it is used elsewhere", map[string]string{"invoice:75": "124.8 open 124.8", "invoice:77": "124.8 open 0", "credit_note:70": "124.8 open 0"})
	cured("invoice:75", "credit_note:70", map[string]string{id("invoice:77"): "114.4"})
	rest(d.ctx, t, d.Stage, "taken off", "75")
	checkBooks(t, d.Stage, "taken off", map[string]string{"invoice:75": "124.8 open 114.4", "invoice:77": "124.8 open 10.4", "credit_note:70": "124.8 open 0"})

	d.book("76", "USESMORE", "2", "976")
	use("76", "71", "10", "10.4")
	d.cost("76", "110", "114.4")
	d.invoice("76", "76")
	d.sync("76")
	rest(d.ctx, t, d.Stage, "a part is used", "76")
	d.must(d.Books.SettleByHand(id("credit_note:71"), map[string]string{id("invoice:76"): "10.4", id("invoice:77"): "10.4", id("invoice:71"): "90"}))
	d.do("UPDATE {p}order_cart_rule SET value = 52, value_tax_excl = 50 WHERE id_order_cart_rule = 976")
	d.cost("76", "70", "72.8")
	d.sync("76")
	asked("the rest is used elsewhere", "invoice:76", "52")
	checkBooks(t, d.Stage, "the rest is used elsewhere", map[string]string{"invoice:77": "124.8 open 0", "invoice:71": "124.8 open 34.8"})
	cured("invoice:76", "credit_note:71", map[string]string{id("invoice:76"): "10.4", id("invoice:71"): "10.4"})
	rest(d.ctx, t, d.Stage, "more, taken off", "76")
	checkBooks(t, d.Stage, "more, taken off", map[string]string{"invoice:76": "124.8 open 72.8", "credit_note:71": "124.8 open 62.4"})
}
