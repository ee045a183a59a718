package rehearsal_test

import "testing"

// TestWhatIsGoneOfADocumentThatIsFoundIsSaid takes the discount of an order away after its sales order, or invoice, was posted with
// a rounding, and forgets the links: what stands is changed as one whose link was never lost, and keeps nothing of before.
func TestWhatIsGoneOfADocumentThatIsFoundIsSaid(t *testing.T) {
	atOnce(t)
	d := opened(t, "saidgone_")
	for _, order := range []string{"70", "71"} {
		d.book(order, "SAIDGONE"+order[1:], "2", "9"+order)
		d.do("INSERT INTO {p}order_cart_rule (id_order_cart_rule, id_order, id_cart_rule, id_order_invoice, name, value, value_tax_excl) VALUES (9" + order + ", " + order + ", 9" + order + ", 0, 'Discount', 10.00, 9.61)")
		d.cost(order, "110.39", "114.8")
	}
	d.invoice("81", "71")
	d.stands("70", "with a discount", map[string]string{"sales_order:70": "114.8 open"})
	d.stands("71", "with a discount", map[string]string{"invoice:81": "114.8 open 114.8"})
	d.do("DELETE FROM {p}order_cart_rule WHERE id_order IN (70, 71)")
	d.cost("70", "120", "124.8")
	d.cost("71", "120", "124.8")
	d.must(d.Call(d.ctx, "POST", "/tools/reset", map[string]any{"scope": "links", "confirm": organization(d.ctx, t, d.Stage)}, nil))
	d.stands("70", "without it", map[string]string{"sales_order:70": "124.8 open"})
	d.stands("71", "without it", map[string]string{"invoice:81": "124.8 open 124.8"})
}
