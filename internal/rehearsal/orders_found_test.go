package rehearsal_test

import "testing"

// TestASalesOrderThatWasInvoicedIsFoundAsItStands: an order was made dearer once it was invoiced, and its sales order stayed
// as it was; so it does after the links were reset.
func TestASalesOrderThatWasInvoicedIsFoundAsItStands(t *testing.T) {
	atOnce(t)
	d := opened(t, "sofound_")
	orders := []string{"50", "52"}
	for _, order := range orders {
		d.book(order, "SOFOUND"+order, "2", "9"+order)
		d.again(order)
		d.invoice(order, order)
		d.again(order)
	}
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
