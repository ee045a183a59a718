package rehearsal_test

import "testing"

// invoiced posts orders, and then their invoices.
func (d desk) invoiced(reference string, orders ...string) {
	d.t.Helper()
	for _, order := range orders {
		d.book(order, reference+order, "2", "9"+order)
		d.again(order)
		d.invoice(order, order)
		d.again(order)
	}
}

// TestASalesOrderThatWasInvoicedIsFoundAsItStands: an order was made dearer once it was invoiced, and its sales order stayed
// as it was; so it does after the links were reset.
func TestASalesOrderThatWasInvoicedIsFoundAsItStands(t *testing.T) {
	atOnce(t)
	d := opened(t, "sofound_")
	orders := []string{"50", "52"}
	d.invoiced("SOFOUND", orders...)
	d.cheaper("50", "150", "156")
	for _, order := range orders {
		d.again(order)
	}
	want := map[string]string{"sales_order:50": "124.8 invoiced", "sales_order:52": "124.8 invoiced", "invoice:50": "156 open 156"}
	checkBooks(t, d.Stage, "changed", want)
	before := len(d.Books.Calls())
	d.forgets()
	for range 2 {
		for _, order := range orders {
			d.again(order)
		}
		for _, key := range []string{"sales_order:50", "sales_order:52"} {
			d.reads("found", map[string]string{key: "synced, invoiced"})
		}
		checkBooks(t, d.Stage, "found", want)
	}
	for _, c := range d.Books.Calls()[before:] {
		if c.Writes() && c.Status >= 400 {
			t.Errorf("%s %s was refused", c.Method, c.Path)
		}
	}
}

// TestASalesOrderOfAnotherGuestOrCurrencyIsFoundByItsFormerID: the order was given to another guest, or another currency, once it was
// invoiced, and the links were reset since. Zoho's list is asked for the contact of today and shows no sales order; the id
// that it had does.
func TestASalesOrderOfAnotherGuestOrCurrencyIsFoundByItsFormerID(t *testing.T) {
	atOnce(t)
	d := opened(t, "sofformer_")
	orders := []string{"50", "52"}
	d.invoiced("SOFORMER", orders...)
	want := map[string]string{"sales_order:50": "124.8 invoiced", "sales_order:52": "124.8 invoiced", "invoice:50": "124.8 open 124.8", "invoice:52": "124.8 open 124.8"}
	checkBooks(t, d.Stage, "posted", want)
	ids := map[string]string{}
	for _, order := range orders {
		ids[order] = d.find("sales_order:" + order).ID
	}
	d.do("UPDATE {p}orders SET id_customer = 1 WHERE id_order = 50", "UPDATE {p}orders SET id_currency = 2, conversion_rate = 0.91 WHERE id_order = 52")
	for range 2 { // as often as it is reset
		d.forgets()
	}
	before := len(d.Books.Calls())
	for range 2 {
		for _, order := range orders {
			d.again(order)
			d.reads("found", map[string]string{"sales_order:" + order: "synced, invoiced", "invoice:" + order: "synced, sent"})
			if is := d.find("sales_order:" + order).ID; is != ids[order] {
				t.Errorf("sales order %s is %s, was %s", order, is, ids[order])
			}
		}
	}
	for _, c := range d.Books.Calls()[before:] {
		if c.Writes() && c.Path == "/salesorders" {
			t.Errorf("%s %s was called, %d", c.Method, c.Path, c.Status)
		}
	}
}
