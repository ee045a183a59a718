package rehearsal_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// compared reads both sides of these days anew, waits until what that doubts was read again, and gives what
// differs of an order.
func (d desk) compared(order string) []wire.Difference {
	d.t.Helper()
	from, to := time.Now().AddDate(0, 0, -2).Format(time.DateOnly), time.Now().AddDate(0, 0, 2).Format(time.DateOnly)
	d.Books.ForgetCalls()
	_, err := d.Start(d.ctx, "/reconciliation/refresh", wire.DayRange{From: from, To: to})
	d.must(err)
	eventually(d.ctx, d.t, d.Stage, "what was doubted is read again", func() bool {
		var n int
		d.must(d.db.QueryRowContext(d.ctx, "SELECT COUNT(*) FROM qlobooks_documents WHERE due_at IS NOT NULL OR lease_owner IS NOT NULL").Scan(&n))
		return n == 0
	})
	for _, c := range d.Books.Calls() {
		if c.Writes() {
			d.t.Errorf("looking made %s %s", c.Method, c.Path)
		}
	}
	var found reconciliation
	d.must(d.Call(d.ctx, http.MethodGet, "/reconciliation?from="+from+"&to="+to, nil, &found))
	return slices.DeleteFunc(found.Differences, func(x wire.Difference) bool { return x.OrderID == nil || *x.OrderID != order })
}

// saw wants exactly these differences of an order, each as «key verb» with words that its detail has.
func (d desk) saw(step, order string, want map[string][]string) []wire.Difference {
	d.t.Helper()
	list := d.compared(order)
	for _, x := range list {
		key := x.Flow + ":" + x.SourceID + " " + x.Action.Verb
		words, wanted := want[key]
		if !wanted {
			d.t.Errorf("%s: %s differs: %s", step, key, x.Detail)
		}
		for _, word := range words {
			if !strings.Contains(x.Detail, word) {
				d.t.Errorf("%s: %s says nothing of %q: %s", step, key, word, x.Detail)
			}
		}
	}
	if len(list) != len(want) {
		d.t.Errorf("%s: %d differences, want %d", step, len(list), len(want))
	}
	return list
}

// cured takes the first cure of a list and wants the run of it to leave nothing behind.
func (d desk) cured(list []wire.Difference) {
	d.t.Helper()
	if len(list) == 0 || list[0].Action.Path == nil {
		d.t.Fatalf("there is no cure to take in %v", list)
	}
	body := map[string]any{"reason": "It was moved by mistake"}
	if verb := list[0].Action.Verb; verb == "sync" || verb == "retry" {
		body = map[string]any{"confirm": true}
	}
	run, err := d.Start(d.ctx, *list[0].Action.Path, body)
	d.must(err)
	if run.Failed+run.Held > 0 {
		d.t.Errorf("the cure of %s:%s ended with %+v", list[0].Flow, list[0].SourceID, run)
	}
	settled(d.ctx, d.t, d.Stage)
}

// TestMoneyMovedByHandIsSeenAskedAboutAndCured moves money in the books in every way a person can. No total
// changes; the reconciliation sees each, has what stands read again, asks, and its cure does what it says.
func TestMoneyMovedByHandIsSeenAskedAboutAndCured(t *testing.T) {
	atOnce(t)
	d := opened(t, "moved_")
	clean := func(step, order string, books map[string]string) {
		t.Helper()
		d.saw(step, order, nil)
		checkBooks(t, d.Stage, step, books)
	}
	sold := func(order, reference string, paid string) {
		t.Helper()
		d.book(order, reference, "2", "9"+order)
		d.invoice(order, order)
		d.pay(order, order, order, "1", "1", paid, paid)
	}

	sold("60", "UNAPPLIED", "124.80")
	sold("61", "ELSEWHERE", "100.00")
	d.book("62", "ANOTHERST", "2", "962")
	d.invoice("62", "62")
	sold("63", "OVERPAID1", "150.00")
	sold("64", "WITHASLIP", "24.80")
	d.slip("64", "64", "964", "48.08", "50.00", "")
	sold("65", "OPENSLIP1", "124.80")
	d.slip("65", "65", "965", "48.08", "50.00", "")
	sold("66", "REFUNDED1", "150.00")
	for order := 60; order <= 66; order++ {
		d.sync(fmt.Sprint(order))
		rest(d.ctx, t, d.Stage, "posted", fmt.Sprint(order))
		clean("posted", fmt.Sprint(order), nil)
	}
	id := func(key string) string { return standing(t, d.Stage, key).ID }

	d.must(d.Books.SettleByHand(id("payment:60"), nil))
	both := map[string][]string{"invoice:60 release": {"124.80 USD are open", "0.00 USD are due"}, "payment:60 release": {"124.80 of it settle invoice", "0.00 are unused", "124.80 are unused", "not done from here"}}
	list := d.saw("un-applied", "60", both)
	if code, _ := d.issueOf("payment:60"); code != "settled_otherwise" {
		t.Errorf("un-applied: the payment says %q", code)
	}
	d.saw("looked at again", "60", both)
	d.cured(list)
	clean("applied again", "60", map[string]string{"invoice:60": "124.8 open 0", "payment:60": "124.8 open 0"})

	d.must(d.Books.SettleByHand(id("payment:61"), map[string]string{id("invoice:62"): "100"}))
	list = d.saw("moved", "61", map[string][]string{"invoice:61 release": {"124.80 USD are open", "24.80 USD are due"}, "payment:61 release": {"100.00 of it settle invoice", "100.00 settle invoice"}})
	d.saw("moved here", "62", map[string][]string{"invoice:62 open": {"24.80 USD are open", "124.80 USD are due", "Nothing that was sent from here"}})
	d.cured(list)
	clean("moved back", "61", map[string]string{"invoice:61": "124.8 open 24.8", "invoice:62": "124.8 open 124.8", "payment:61": "100 open 0"})
	clean("moved away again", "62", nil)

	d.must(d.Books.SettleByHand(id("payment:63"), map[string]string{id("invoice:63"): "124.8", id("invoice:62"): "25.2"}))
	list = d.saw("credit used elsewhere", "63", map[string][]string{"payment:63 release": {"25.20 are unused", "25.20 of it settle invoice"}})
	d.cured(list)
	clean("credit is free again", "63", map[string]string{"payment:63": "150 open 25.2", "invoice:62": "124.8 open 124.8"})

	d.must(d.Books.SettleByHand(id("credit_note:64"), nil))
	list = d.saw("credit un-applied", "64", map[string][]string{"credit_note:64 release": {"50.00 of it settle invoice", "50.00 are unused"}})
	d.cured(list)
	clean("credit applied again", "64", map[string]string{"invoice:64": "124.8 open 50", "credit_note:64": "50 open 0"})

	d.must(d.Books.RefundByHand(id("credit_note:65"), "50"))
	list = d.saw("paid out by hand", "65", map[string][]string{"credit_note:65 release": {"50.00 are unused", "50.00 were given back"}})
	run, err := d.Start(d.ctx, *list[0].Action.Path, why)
	d.must(err)
	if run.Held != 1 {
		t.Errorf("what nobody can take back ended with %+v", run)
	}
	d.saw("nobody takes it back", "65", map[string][]string{"credit_note:65 release": {"nobody can take back from the guest"}})
	d.must(d.Call(d.ctx, "POST", "/documents/credit_note/65/skip", why, nil))
	clean("left as it stands", "65", map[string]string{"credit_note:65": "50 open 0 back 50"})

	d.must(d.Books.RefundByHand(id("payment:66"), "25.2"))
	d.saw("given back by hand", "66", map[string][]string{"payment:66 release": {"25.20 are unused", "25.20 were given back"}})
	d.pay("67", "66", "66", "1", "1", "-25.20", "-25.20")
	d.sync("66")
	d.must(d.Call(d.ctx, "POST", "/documents/payment/67/skip", why, nil))
	d.must(d.Call(d.ctx, "POST", "/documents/payment/66/skip", why, nil))
	clean("recorded in QloApps", "66", map[string]string{"payment:66": "150 open 0 back 25.2"})
}

// TestAVoucherTakenBackByHandIsAskedAbout un-applies by hand the credit that pays as a voucher.
func TestAVoucherTakenBackByHandIsAskedAbout(t *testing.T) {
	atOnce(t)
	d := opened(t, "vouchback_")
	d.book("72", "SLIPORDER", "2", "972")
	d.invoice("72", "72")
	d.pay("72", "72", "72", "1", "1", "124.80", "124.80")
	d.slip("72", "72", "972", "48.08", "50.00", "")
	d.do("INSERT INTO {p}cart_rule (id_cart_rule, code) VALUES (972, 'CS72C2O72')", "UPDATE {p}order_slip SET redeem_status = 2, id_cart_rule = 972, date_upd = NOW() WHERE id_order_slip = 72")
	d.sync("72")
	rest(d.ctx, t, d.Stage, "a voucher", "72")
	d.book("73", "USESVOUCH", "2", "973")
	d.do("INSERT INTO {p}order_cart_rule (id_order_cart_rule, id_order, id_cart_rule, id_order_invoice, name, value, value_tax_excl) VALUES (973, 73, 972, 73, 'Credit', 50, 48.08)")
	d.cost("73", "71.92", "74.8")
	d.invoice("73", "73")
	d.sync("73")
	rest(d.ctx, t, d.Stage, "used", "73")
	checkBooks(t, d.Stage, "used", map[string]string{"invoice:73": "124.8 open 74.8", "credit_note:72": "50 open 0"})
	d.saw("used", "72", nil)
	d.saw("used", "73", nil)
	d.appliedAsInBooks("used", "72", "73")
	d.must(d.Books.SettleByHand(standing(t, d.Stage, "credit_note:72").ID, nil))
	// While something else holds the invoice nothing is asked, and it is not taken for looked into.
	d.do("UPDATE qlobooks_documents SET status = 'held', issue_code = 'period_locked' WHERE flow = 'invoice' AND source_id = '73'")
	d.compared("73")
	d.do("UPDATE qlobooks_documents SET status = 'synced', issue_code = '' WHERE flow = 'invoice' AND source_id = '73'")
	list := d.saw("taken back", "73", map[string][]string{"invoice:73 release": {"50.00 of it settle invoice", "50.00 are unused"}})
	d.saw("taken back", "72", nil) // the invoice that misses it names it
	d.cured(list)
	d.saw("applied again", "72", nil)
	d.saw("applied again", "73", nil)
	checkBooks(t, d.Stage, "applied again", map[string]string{"invoice:73": "124.8 open 74.8", "credit_note:72": "50 open 0"})
}

// TestMoneyOnTheWrongInvoiceOfAnOrderIsSeen moves money between two invoices of one order, which are
// together open with what is due.
func TestMoneyOnTheWrongInvoiceOfAnOrderIsSeen(t *testing.T) {
	atOnce(t)
	d := opened(t, "wrongone_")
	d.book("70", "TWOBILLS1", "2", "970")
	d.invoice("70", "70")
	d.do("INSERT INTO {p}order_detail (id_order_detail, id_order, product_id, product_name, is_booking_product, product_quantity, total_price_tax_excl, total_price_tax_incl, id_tax_rules_group, tax_computation_method) VALUES (702, 70, 1, 'Garden Room', 1, 1, 120, 124.8, 1, 1)",
		"INSERT INTO {p}order_detail_tax (id_order_detail, id_tax) VALUES (702, 1)",
		"INSERT INTO {p}htl_booking_detail (id, id_product, id_order, id_order_detail, id_hotel, date_from, date_to, check_in, check_out, total_price_tax_excl, total_price_tax_incl, hotel_name, room_type_name, room_num, adults, children, date_add, date_upd) VALUES (971, 1, 70, 702, 1, '2027-03-01', '2027-03-02', '2027-03-01', '2027-03-02', 120, 124.8, 'Larkspur House', 'Garden Room', '971', 2, 0, NOW(), NOW())",
		"INSERT INTO {p}order_invoice (id_order_invoice, id_order, number, total_paid_tax_excl, total_paid_tax_incl, date_add) VALUES (71, 70, 71, 120, 124.8, NOW())",
		"UPDATE {p}order_detail SET id_order_invoice = 71 WHERE id_order_detail = 702",
		"UPDATE {p}orders SET total_paid_tax_excl = 240, total_paid_tax_incl = 249.6, date_upd = NOW() WHERE id_order = 70")
	d.pay("70", "70", "70", "1", "1", "100.00", "100.00")
	d.sync("70")
	rest(d.ctx, t, d.Stage, "posted", "70")
	checkBooks(t, d.Stage, "posted", map[string]string{"invoice:70": "124.8 open 24.8", "invoice:71": "124.8 open 124.8"})
	d.saw("posted", "70", nil)
	id := func(key string) string { return standing(t, d.Stage, key).ID }
	d.must(d.Books.SettleByHand(id("payment:70"), map[string]string{id("invoice:71"): "100"}))
	list := d.saw("on the wrong one", "70", map[string][]string{"invoice:70 release": {"124.80 USD of it are open in Zoho Books, where 24.80 USD should be"}, "invoice:71 release": {"24.80 USD"}, "payment:70 release": {"100.00 of it settle invoice"}})
	d.cured(list)
	d.saw("as QloApps has it", "70", nil)
	checkBooks(t, d.Stage, "as QloApps has it", map[string]string{"invoice:70": "124.8 open 24.8", "invoice:71": "124.8 open 124.8"})
}

// TestTaxByRateAndStatesAreCompared moves tax from one rate to another with the same sum, and makes a credit
// note a draft: no total tells either.
func TestTaxByRateAndStatesAreCompared(t *testing.T) {
	atOnce(t)
	d := opened(t, "rates_")
	d.book("60", "TWORATES1", "2", "960")
	d.invoice("60", "60")
	d.pay("60", "60", "60", "1", "1", "124.80", "124.80")
	d.slip("60", "60", "960", "48.08", "50.00", "")
	d.sync("60")
	rest(d.ctx, t, d.Stage, "posted", "60")
	d.saw("posted", "60", nil)
	note := standing(t, d.Stage, "credit_note:60")
	d.must(d.Books.SetStatusByHand(note.ID, "draft"))
	list := d.saw("a draft", "60", map[string][]string{"credit_note:60 recreate": {"It was opened from here, and is «draft» in Zoho Books."}})
	d.cured(list)
	d.saw("open again", "60", nil)
	if r := standing(t, d.Stage, "credit_note:60"); r.Status != "open" {
		t.Errorf("the credit note is %s", r.Status)
	}

	d.book("61", "TWORATES2", "2", "961")
	d.do("UPDATE {p}order_detail SET total_price_tax_excl = 100, total_price_tax_incl = 107.5, id_tax_rules_group = 2 WHERE id_order = 61", "UPDATE {p}htl_booking_detail SET total_price_tax_excl = 100, total_price_tax_incl = 107.5 WHERE id_order = 61",
		"DELETE FROM {p}order_detail_tax WHERE id_order_detail = 611", "INSERT INTO {p}order_detail_tax (id_order_detail, id_tax) VALUES (611, 2), (611, 3)")
	d.cost("61", "100", "107.5")
	d.invoice("61", "61")
	d.sync("61")
	rest(d.ctx, t, d.Stage, "posted", "61")
	d.saw("posted", "61", nil)
	var page struct {
		Choices []struct {
			ID     string `json:"zoho_id"`
			Name   string `json:"zoho_name"`
			Detail string
		}
	}
	d.must(d.Call(d.ctx, http.MethodGet, "/mappings/taxes", nil, &page))
	at := map[string]string{}
	for _, c := range page.Choices {
		at[strings.TrimSuffix(strings.TrimSpace(strings.TrimSuffix(c.Detail, "%")), ".0")] = c.ID
	}
	billed := standing(t, d.Stage, "invoice:61")
	var shown struct {
		Taxes []struct {
			ID     string      `json:"tax_id"`
			Amount json.Number `json:"tax_amount"`
		}
	}
	d.must(json.Unmarshal(billed.Body, &shown))
	for _, tax := range shown.Taxes {
		if amount, _ := tax.Amount.Float64(); amount == 5 {
			at["5"] = tax.ID // another one of the same rate is compound
		}
	}
	if at["5"] == "" || at["10"] == "" {
		t.Fatalf("the taxes are %+v, of the invoice %s", page.Choices, billed.Body)
	}
	d.must(d.Books.ChangeByHand(billed.ID, fmt.Sprintf(`{"is_inclusive_tax":false,"line_items":[{"name":"Room","rate":50,"quantity":1,"tax_id":%q},{"name":"Room","rate":50,"quantity":1,"tax_id":%q}]}`, at["5"], at["10"])))
	if now := standing(t, d.Stage, "invoice:61"); !now.Total.Equal(billed.Total) || !now.Tax.Equal(billed.Tax) {
		t.Fatalf("by hand it comes to %s with a tax of %s", now.Total, now.Tax)
	}
	d.do("UPDATE qlobooks_documents SET last_synced_at = last_synced_at - INTERVAL 1 MINUTE")
	list = d.saw("tax at another rate", "61", map[string][]string{"invoice:61 recreate": {"tax of 5.00 for", "where none is"}})
	d.cured(list)
	d.saw("as QloApps has it", "61", nil)
}
