package rehearsal_test

import (
	"strings"
	"testing"
	"time"
)

// cancel ends an order as QloApps does when nothing was paid: amounts are set to 0.
func (c clerk) cancel(order string) {
	c.t.Helper()
	c.do("UPDATE {p}order_detail SET total_price_tax_excl = 0, total_price_tax_incl = 0 WHERE id_order = "+order, "UPDATE {p}htl_booking_detail SET total_price_tax_excl = 0, total_price_tax_incl = 0, is_refunded = 1, date_upd = NOW() WHERE id_order = "+order,
		"INSERT INTO {p}order_history (id_order, id_order_state, date_add) VALUES ("+order+", 4, NOW())", "UPDATE {p}orders SET current_state = 4 WHERE id_order = "+order)
	c.cost(order, "0", "0")
}

// TestCanceledOrders ends posted orders in every way the settings know.
func TestCanceledOrders(t *testing.T) {
	atOnce(t)
	d := opened(t, "end_")
	ctx, s, c := d.ctx, d.Stage, d.clerk
	status := func(key, status, code string) {
		t.Helper()
		until(ctx, t, s, key, status, code)
	}

	c.book("52", "ENDORDERD", "2", "910")
	d.sync("52")
	c.cancel("52")
	d.sync("52")
	if r := d.find("sales_order:52"); r.Status != "void" {
		t.Errorf("an order canceled before it was invoiced: its sales order is %q", r.Status)
	}

	c.book("53", "ENDVOIDED", "2", "911")
	c.invoice("63", "53")
	d.sync("53")
	c.cancel("53")
	d.sync("53")
	if r := d.find("invoice:63"); r.Status != "void" {
		t.Errorf("an unpaid invoice of this month is %q", r.Status)
	}
	status("invoice:63", "disabled", "")
	if r := d.find("cancellation:63"); r.Key != "" {
		t.Errorf("a void invoice was credited too: %+v", r)
	}

	if err := s.Set(ctx, "orders", "cancel_policy", "credit_note"); err != nil {
		t.Fatal(err)
	}
	c.book("54", "ENDCREDIT", "2", "912", "913")
	c.invoice("64", "54")
	d.sync("54")
	c.cancel("54")
	d.sync("54")
	if i, n := d.find("invoice:64"), d.find("cancellation:64"); !i.Balance.IsZero() || i.Status != "paid" || n.Total.String() != "249.6" || !n.Balance.IsZero() {
		t.Errorf("credited: invoice %s open %s, credit note %s open %s", i.Status, i.Balance, n.Total, n.Balance)
	}
	d.sync("54")

	c.book("55", "ENDPAIDDD", "2", "914")
	c.invoice("65", "55")
	c.pay("65", "55", "65", "1", "1", "50.00", "50.00")
	d.sync("55")
	c.do("INSERT INTO {p}order_history (id_order, id_order_state, date_add) VALUES (55, 4, NOW())", "UPDATE {p}orders SET current_state = 4 WHERE id_order = 55")
	d.sync("55")
	status("cancellation:65", "held", "paid_document")
	if i := d.find("invoice:65"); i.Balance.String() != "74.8" {
		t.Errorf("money on it: the invoice was touched, %s open", i.Balance)
	}

	if run, err := s.Start(ctx, "/documents/cancellation/65/release", map[string]string{"reason": "the guest gets all back"}); err != nil {
		t.Fatal(err)
	} else if _, err := s.Wait(ctx, run.ID); err != nil {
		t.Fatal(err)
	}
	if i, n := d.find("invoice:65"), d.find("cancellation:65"); !i.Balance.IsZero() || n.Total.String() != "124.8" || n.Balance.String() != "50" {
		t.Errorf("released: invoice open %s, credit note %s open %s", i.Balance, n.Total, n.Balance)
	}
	if _, err := s.Start(ctx, "/documents/cancellation/65/release", map[string]string{"reason": "again"}); err == nil {
		t.Error("it could be released twice")
	}

	c.book("56", "ENDCHEAPR", "2", "915")
	c.invoice("66", "56")
	c.pay("66", "56", "66", "1", "1", "124.80", "124.80")
	d.sync("56")
	c.do("UPDATE {p}order_detail SET total_price_tax_excl = 60, total_price_tax_incl = 62.4 WHERE id_order = 56", "UPDATE {p}htl_booking_detail SET total_price_tax_excl = 60, total_price_tax_incl = 62.4, date_upd = NOW() WHERE id_order = 56")
	c.cost("56", "60", "62.4")
	d.sync("56")
	status("invoice:66", "held", "overpaid_after_edit")
	if i := d.find("invoice:66"); i.Total.String() != "124.8" {
		t.Errorf("an edit below what was paid was sent: %s", i.Total)
	}
}

// TestAnInvoiceThatBearsTheFirstOpenDayIsVoided cancels the order of an invoice of a locked month that was posted on
// the first day of this one: it is unpaid, not locked and of this month.
func TestAnInvoiceThatBearsTheFirstOpenDayIsVoided(t *testing.T) {
	atOnce(t)
	d := opened(t, "frs_")
	now := time.Now().In(zoneOf(t, d.Stage))
	first := now.AddDate(0, 0, 1-now.Day())
	d.must(d.Set(d.ctx, "orders", "locked_period_policy", "first_open_day"))
	d.must(d.Books.SetLock("sales", first.AddDate(0, 0, -1).Format(time.DateOnly)))
	_, err := d.Start(d.ctx, "/mappings/refresh", nil)
	d.must(err)
	d.book("62", "FRSTOPEND", "2", "962")
	d.invoice("62", "62")
	old := first.AddDate(0, 0, -5).Format(time.DateOnly)
	d.do("UPDATE {p}orders SET date_add = '"+old+"' WHERE id_order = 62", "UPDATE {p}order_invoice SET date_add = '"+old+"' WHERE id_order = 62")
	d.sync("62")
	bears := func(when, status string) {
		t.Helper()
		if r := d.find("invoice:62"); r.Date != first.Format(time.DateOnly) || r.Status != status {
			t.Fatalf("%s: the invoice of %s is %q of %s", when, old, r.Status, r.Date)
		}
		var doc billed
		d.must(d.Call(d.ctx, "GET", "/documents/invoice/62", nil, &doc))
		if doc.Date == nil || *doc.Date != first.Format(time.DateOnly) || doc.Issue != nil {
			t.Errorf("%s: told as of %v with %+v", when, doc.Date, doc.Issue)
		}
	}
	bears("posted", "sent")
	d.cancel("62")
	d.sync("62")
	bears("canceled", "void")
	if r := d.find("cancellation:62"); r.Key != "" {
		t.Errorf("a credit note of %s stands beside the void invoice", r.Date)
	}
}

// TestMoneyEnteredOnACanceledInvoiceIsNamed has money entered in Zoho Books on the invoice of an order that is canceled
// before it came to QloApps: the money is named, nothing is voided, and what helps helps.
func TestMoneyEnteredOnACanceledInvoiceIsNamed(t *testing.T) {
	atOnce(t)
	d := opened(t, "enteredon_")
	var money string
	for _, order := range []string{"50", "51"} {
		d.book(order, "CANCELED"+order, "2", "9"+order)
		d.invoice("6"+order, order)
		d.sync(order)
		id, err := d.Books.AddByHand("customerpayments", `{"customer_id":"`+d.find("customer:2").ID+`","payment_mode":"cash","date":"`+d.find("invoice:6"+order).Date+`","amount":20,"invoices":[{"invoice_id":"`+d.find("invoice:6"+order).ID+`","amount_applied":20}]}`)
		d.must(err)
		if money == "" {
			money = id
		}
		d.cancel(order)
		d.sync(order)
		if code, detail := d.issueOf("invoice:6" + order); code != "paid_document" || !strings.Contains(detail, "20.00 USD of money or credit stand on its invoice") {
			t.Errorf("order %s: %q %q", order, code, detail)
		}
		checkBooks(t, d.Stage, "canceled", map[string]string{"invoice:6" + order: "124.8 open 104.8"})
	}
	d.must(d.Books.DeleteByHand(money))
	_, err := d.Start(d.ctx, "/documents/invoice/650/retry", nil)
	d.must(err)
	if r := d.find("invoice:650"); r.Status != "void" {
		t.Errorf("without the money the invoice is %s", r.Status)
	}
	d.must(d.Call(d.ctx, "POST", "/documents/invoice/651/skip", why, nil))
	d.sync("51")
	checkBooks(t, d.Stage, "kept as a fee", map[string]string{"invoice:651": "124.8 open 104.8"})
}
