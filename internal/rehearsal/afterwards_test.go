package rehearsal_test

import (
	"strings"
	"testing"
)

// TestWhatWasPostedIsNotRewritten changes payments and slips that stand: each is rejected and tells
// both versions, and the books stay as they are. Vouchers and what is left of them lead to one slip.
func TestWhatWasPostedIsNotRewritten(t *testing.T) {
	atOnce(t)
	d := opened(t, "past_")
	ctx, s, c := d.ctx, d.Stage, d.clerk
	books := func(step string, want map[string]string) { t.Helper(); checkBooks(t, s, step, want) }

	// A slip's voucher pays a whole order; what is left of it is a new voucher, used in a third one.
	c.book("50", "PASTFIRST", "2", "901", "902")
	c.invoice("60", "50")
	c.pay("60", "50", "60", "1", "1", "249.60", "249.60")
	c.slip("50", "50", "901", "200.00", "208.00", "")
	c.do("UPDATE {p}order_slip SET redeem_status = 2, id_cart_rule = 950 WHERE id_order_slip = 50", "INSERT INTO {p}cart_rule (id_cart_rule, code) VALUES (950, 'CS50C2O50'), (951, 'CS50C2O50-1')")
	d.sync("50")
	rest(ctx, t, s, "voucher", "50")
	books("voucher", map[string]string{"credit_note:50": "208 open 208", "invoice:60": "249.6 open 0"})
	for _, next := range []struct{ order, invoice, room, rule, excl, incl, left, leftIncl, stands, credit string }{
		{"51", "61", "903", "950", "120", "124.80", "0", "0", "124.8 open 0", "208 open 83.2"},
		{"52", "62", "904", "951", "80", "83.20", "40", "41.6", "124.8 open 41.6", "208 open 0"},
	} {
		c.book(next.order, "PASTNEXT"+next.order[1:], "2", next.room)
		c.do("INSERT INTO {p}order_cart_rule (id_order_cart_rule, id_order, id_cart_rule, id_order_invoice, name, value, value_tax_excl) VALUES (" + next.rule + ", " + next.order + ", " + next.rule + ", " + next.invoice + ", 'Credit', " + next.incl + ", " + next.excl + ")")
		c.cost(next.order, next.left, next.leftIncl)
		c.invoice(next.invoice, next.order)
		d.sync(next.order)
		rest(ctx, t, s, "voucher "+next.rule, next.order)
		books("voucher "+next.rule, map[string]string{"invoice:" + next.invoice: next.stands, "credit_note:50": next.credit})
	}

	// Rows edited after they were posted.
	c.book("53", "PASTFORTH", "2", "905", "906")
	c.invoice("63", "53")
	c.pay("61", "53", "63", "1", "1", "50.00", "50.00")
	c.pay("62", "53", "63", "1", "1", "20.00", "20.00")
	c.pay("63", "53", "63", "2", "0.91", "10.00", "10.99")
	c.pay("64", "53", "63", "1", "1", "5.00", "5.00")
	c.pay("65", "53", "63", "1", "1", "3.00", "3.00")
	c.slip("51", "53", "905", "20.00", "20.80", "")
	c.slip("52", "53", "905", "10.00", "10.40", "")
	d.sync("53")
	rest(ctx, t, s, "before the edits", "53")
	stands := map[string]string{"payment:61": "50 open 0", "payment:62": "20 open 0", "payment:63": "10.99 open 0", "payment:64": "5 open 0", "payment:65": "3 open 0", "credit_note:51": "20.8 open 0", "credit_note:52": "10.4 open 0", "invoice:63": "249.6 open 129.41"}
	books("before the edits", stands)
	c.do("UPDATE {p}order_payment SET transaction_id = 'WIRE-2' WHERE id_order_payment IN (64, 65)", "UPDATE qlobooks_documents SET extra = NULL WHERE flow = 'payment' AND source_id = '65'", // posted before it was kept how it was written
		"UPDATE {p}order_payment SET amount = 60 WHERE id_order_payment = 61", "UPDATE {p}order_payment_detail SET amount = 60 WHERE id_order_payment = 61",
		"UPDATE {p}order_payment SET payment_method = 'Cheque' WHERE id_order_payment = 62",
		"UPDATE {p}order_payment SET amount = 15 WHERE id_order_payment = 63", "UPDATE {p}order_payment_detail SET amount = 15 WHERE id_order_payment = 63",
		"UPDATE {p}order_slip SET total_products_tax_excl = 30, total_products_tax_incl = 31.2, amount = 31.2, date_upd = NOW() WHERE id_order_slip = 51", "UPDATE {p}order_slip_detail SET total_price_tax_excl = 30, total_price_tax_incl = 31.2 WHERE id_order_slip = 51",
		"UPDATE {p}order_slip SET total_products_tax_excl = 9.9, date_upd = NOW() WHERE id_order_slip = 52",
		"UPDATE {p}orders SET total_paid_real = 104.48, date_upd = NOW() WHERE id_order = 53")
	d.sync("53")
	for key, versions := range map[string][]string{"payment:61": {", 50.00 USD of", ", 60.00 USD of", "the amount was «50», is «60»; the share of an order was «53: 50», is «53: 60»."}, "payment:62": {"by Cash", "by Cheque", "the payment method was «Cash», is «Cheque»."},
		"payment:63": {"of 10.00 EUR", "of 15.00 EUR"}, "payment:64": {"it is still «Payment by Cash", "What differs: the transaction id was nothing, is «WIRE-2»."}, "payment:65": {"reference was «PASTFORTH», is «WIRE-2»."},
		"credit_note:51": {"20.80 USD", "31.20 USD"}, "credit_note:52": {"10.40 USD", "the amount without tax was «10», is «9.9»."}} {
		until(ctx, t, s, key, "rejected", "changed_after_posting")
		told := document(ctx, t, s, key).Issue.Detail
		for _, v := range versions {
			if !strings.Contains(told, v) {
				t.Errorf("%s does not tell %q: %s", key, v, told)
			}
		}
	}
	books("after the edits", stands)

	// A currency is disabled; what the schedule finds in it waits for a person's word.
	for _, field := range []string{"auto_sync_new_orders", "auto_sync_new_invoices"} {
		d.must(s.Set(ctx, "orders", field, true))
	}
	c.book("54", "PASTEUROS", "2", "907")
	c.do("UPDATE {p}orders SET id_currency = 2, conversion_rate = 0.91 WHERE id_order = 54", "UPDATE {p}currency SET active = 0 WHERE id_currency = 2")
	_, err := s.Start(ctx, "/schedule/run", map[string]any{"kind": "tick"})
	d.must(err)
	until(ctx, t, s, "sales_order:54", "held", "currency_disabled")
	_, err = s.Start(ctx, "/records/orders/54/sync", nil)
	d.must(err)
	until(ctx, t, s, "sales_order:54", "synced", "")
	books("a person's word", map[string]string{"sales_order:54": "124.8 open"})
}
