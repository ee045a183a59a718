package rehearsal_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestAnIDThatIsGivenTwiceOverwritesNothing has QloApps give the ids of a posted order to another one, of another guest,
// as it does after an older back-up of its database was put back: what was posted stays, and a person is told of both.
func TestAnIDThatIsGivenTwiceOverwritesNothing(t *testing.T) {
	atOnce(t)
	for name, at := range map[string]struct{ forgotten, sameDay, numbers bool }{"while the links stand": {}, "after the links were reset": {forgotten: true},
		"on the same day": {sameDay: true}, "on the same day, after the links were reset": {forgotten: true, sameDay: true},
		"numbered by Zoho Books, after the links were reset": {forgotten: true, numbers: true}, "numbered by Zoho Books, on the same day": {sameDay: true, numbers: true}, "numbered by Zoho Books, on the same day, after the links were reset": {forgotten: true, sameDay: true, numbers: true}} {
		t.Run(name, func(t *testing.T) {
			forgotten, earlier := at.forgotten, "3"
			if at.sameDay {
				earlier = "0"
			}
			letters := map[string]string{"52": "ONE", "53": "TWO", "54": "SIX"} // as QloApps writes references
			atOnce(t)
			d := opened(t, "twice_")
			if at.numbers {
				d.must(d.Set(d.ctx, "orders", "invoice_numbering", "zoho"))
			}
			for id, order := range map[string]string{"72": "52", "73": "53"} {
				d.book(order, "FORMER"+letters[order], "2", "9"+order)
				d.invoice(id, order)
			}
			d.pay("73", "53", "73", "1", "1", "124.80", "124.80")
			d.book("54", "UNBILLEDX", "2", "954")
			_, err := d.SyncAll(d.ctx)
			d.must(err)
			settled(d.ctx, t, d.Stage)
			keys := []string{"invoice:72", "invoice:73"}
			keys = append(keys, "sales_order:54")
			if !forgotten { // without a link, payments are looked for among those of their own guest
				keys = append(keys, "payment:73")
			}
			before := map[string]string{}
			for _, key := range keys {
				before[key] = string(d.find(key).Body)
			}

			for order, invoice := range map[string]string{"52": "72", "53": "73", "54": "0"} {
				d.do("UPDATE {p}orders SET reference = 'LATERA"+letters[order]+"', id_customer = 3, id_address_invoice = 103, date_add = date_add - INTERVAL "+earlier+" DAY, total_paid_tax_excl = 240, total_paid_tax_incl = 249.60, date_upd = NOW() WHERE id_order = "+order,
					"UPDATE {p}order_detail SET product_quantity = 2, total_price_tax_excl = 240, total_price_tax_incl = 249.60 WHERE id_order = "+order,
					"UPDATE {p}htl_booking_detail SET date_to = '2027-03-03', total_price_tax_excl = 240, total_price_tax_incl = 249.60 WHERE id_order = "+order,
					"UPDATE {p}order_invoice SET total_paid_tax_excl = 240, total_paid_tax_incl = 249.60, date_add = date_add - INTERVAL "+earlier+" DAY WHERE id_order_invoice = "+invoice)
			}
			d.do("UPDATE {p}order_payment SET order_reference = 'LATERA" + letters["53"] + "', date_add = date_add - INTERVAL " + earlier + " DAY WHERE id_order_payment = 73")
			d.pay("74", "52", "72", "1", "1", "60.00", "60.00")
			if forgotten {
				var c struct {
					ID string `json:"organization_id"`
				}
				d.must(d.Call(d.ctx, http.MethodGet, "/connection", nil, &c))
				d.must(d.Call(d.ctx, http.MethodPost, "/tools/reset", map[string]any{"scope": "links", "confirm": c.ID}, nil))
			}
			_, err = d.SyncAll(d.ctx)
			d.must(err)
			settled(d.ctx, t, d.Stage)
			for _, key := range keys {
				var doc rowShown
				flow, id, _ := strings.Cut(key, ":")
				d.must(d.Call(d.ctx, http.MethodGet, "/documents/"+flow+"/"+id, nil, &doc))
				if doc.Issue == nil || doc.Status != "rejected" || doc.Issue.Code != "changed_after_posting" {
					t.Errorf("%s is %s, %+v", key, doc.Status, doc.Issue)
				} else if at.numbers && forgotten && flow == "invoice" { // what Zoho Books numbers bears QloApps' number in the place of the order's reference
					if !strings.Contains(doc.Issue.Detail, "Wieliczko") || !strings.Contains(doc.Issue.Detail, "INV-") {
						t.Errorf("%s does not say whose it is: %s", key, doc.Issue.Detail)
					}
				} else if flow != "payment" && !(strings.Contains(doc.Issue.Detail, "FORMER") || strings.Contains(doc.Issue.Detail, "UNBILLED")) || !strings.Contains(doc.Issue.Detail, "LATER") {
					t.Errorf("%s does not name both orders: %s", key, doc.Issue.Detail)
				}
				if now := string(d.find(key).Body); now != before[key] {
					t.Errorf("%s was\n%s, is\n%s", key, before[key], now)
				}
			}
			if money := d.find("payment:74"); len(money.Applied) > 0 || money.Contact == d.find("invoice:72").Contact {
				t.Errorf("money of another order settles what was posted: %+v", money)
			}
			d.Books.ForgetCalls()
			_, err = d.SyncAll(d.ctx)
			d.must(err)
			for _, c := range d.Books.Calls() {
				if c.Writes() && (!forgotten || strings.Contains(c.Path, "/invoices")) {
					t.Errorf("what is refused is sent again: %v", c)
				}
			}
		})
	}
}

// TestWhatBearsTheNumberAsItsReferenceIsNoOtherOrders has invoices that stand on another day than QloApps', and whose
// reference is QloApps' number of them: one that was made by hand and paired, and ones that Zoho Books numbers and that
// bear the first open day. They are known again without their links and under another prefix, as no other order's.
func TestWhatBearsTheNumberAsItsReferenceIsNoOtherOrders(t *testing.T) {
	atOnce(t)
	d := opened(t, "ownnumber_")
	sold := func(order, invoice, day string) {
		t.Helper()
		d.book(order, "OWNNUM"+order, "2", "9"+order)
		d.invoice(invoice, order)
		d.do("UPDATE {p}order_invoice SET date_add = '" + day + " 10:00:00' WHERE id_order_invoice = " + invoice)
	}
	numbering := func(by string) {
		t.Helper()
		d.must(d.Set(d.ctx, "orders", "invoice_numbering", by))
	}
	dearer := func(order string) {
		t.Helper()
		d.do("UPDATE {p}order_detail SET total_price_tax_excl = 200, total_price_tax_incl = 208 WHERE id_order = "+order, "UPDATE {p}htl_booking_detail SET total_price_tax_excl = 200, total_price_tax_incl = 208 WHERE id_order = "+order)
		d.cost(order, "200", "208")
	}
	forget := func() {
		t.Helper()
		var c struct {
			ID string `json:"organization_id"`
		}
		d.must(d.Call(d.ctx, http.MethodGet, "/connection", nil, &c))
		d.must(d.Call(d.ctx, http.MethodPost, "/tools/reset", map[string]any{"scope": "links", "confirm": c.ID}, nil))
	}

	for _, path := range []string{"/records/customers/initialize", "/records/customers/2/sync"} {
		_, err := d.Start(d.ctx, path, nil)
		d.must(err)
	}
	sold("60", "70", "2026-05-04")
	byHand, err := d.Books.AddByHand("invoices", `{"customer_id":"`+standing(t, d.Stage, "customer:2").ID+`","invoice_number":"HAND-1","date":"2026-05-06","line_items":[{"name":"Room","rate":124.8,"quantity":1}]}`)
	d.must(err)
	d.must(d.Books.SetStatusByHand(byHand, "sent"))
	_, err = d.Start(d.ctx, "/records/orders/initialize", nil)
	d.must(err)
	d.must(d.Call(d.ctx, http.MethodPost, "/documents/invoice/70/pair", map[string]any{"zoho_id": byHand}, nil))
	d.sync("60")
	rest(d.ctx, t, d.Stage, "paired", "60")
	d.must(d.Call(d.ctx, http.MethodPost, "/documents/invoice/70/unpair", why, nil))
	d.pay("70", "60", "70", "1", "1", "24.80", "24.80")
	d.sync("60")
	rest(d.ctx, t, d.Stage, "unpaired and found", "60")
	checkBooks(t, d.Stage, "unpaired and found", map[string]string{"invoice:70": "124.8 open 100"})

	numbering("zoho")
	d.must(d.Set(d.ctx, "orders", "locked_period_policy", "first_open_day"))
	d.must(d.Books.SetLock("sales", "2026-05-31"))
	sold("61", "71", "2026-05-10")
	sold("62", "72", "2026-05-11")
	d.must(d.Call(d.ctx, http.MethodPost, "/connection/test", nil, nil))
	for _, order := range []string{"61", "62"} {
		d.sync(order)
		rest(d.ctx, t, d.Stage, "numbered there", order)
	}
	if r := d.find("invoice:71"); r.Date == "2026-05-10" || r.Reference != "#LK000071" {
		t.Fatalf("the invoice is of %s, its reference %q", r.Date, r.Reference)
	}
	d.must(d.Books.SetLock("sales", ""))
	d.must(d.Call(d.ctx, http.MethodPost, "/connection/test", nil, nil))
	numbering("qloapps")
	forget()
	d.pay("71", "61", "71", "1", "1", "24.80", "24.80")
	d.sync("61")
	rest(d.ctx, t, d.Stage, "numbered here and found", "61")
	checkBooks(t, d.Stage, "numbered here and found", map[string]string{"invoice:71": "124.8 open 100"})

	d.sync("62")
	d.do("UPDATE {p}configuration_lang SET value = '#NEW' WHERE id_configuration = (SELECT id_configuration FROM {p}configuration WHERE name = 'PS_INVOICE_PREFIX')")
	d.pay("72", "62", "72", "1", "1", "24.80", "24.80")
	d.sync("62")
	rest(d.ctx, t, d.Stage, "another prefix", "62")
	dearer("62")
	d.sync("62")
	rest(d.ctx, t, d.Stage, "another prefix and dearer", "62")
	checkBooks(t, d.Stage, "another prefix and dearer", map[string]string{"invoice:72": "208 open 183.2"})
	forget()
	d.sync("62")
	rest(d.ctx, t, d.Stage, "another prefix and found", "62")
	checkBooks(t, d.Stage, "another prefix and found", map[string]string{"invoice:72": "208 open 183.2"})
}
