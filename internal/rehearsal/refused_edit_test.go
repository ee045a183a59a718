package rehearsal_test

import (
	"strings"
	"testing"
)

// TestAnEditThatWasRefusedIsNotWhatStands: a paid invoice whose order became dearer is refused, and its order canceled
// afterwards. What is said and credited is what stands in Zoho Books, not what was refused.
func TestAnEditThatWasRefusedIsNotWhatStands(t *testing.T) {
	atOnce(t)
	d := opened(t, "refused_")
	d.book("70", "REFUSED01", "2", "970")
	d.invoice("80", "70")
	d.pay("80", "70", "80", "1", "1", "124.80", "124.80")
	d.stands("70", "paid", map[string]string{"invoice:80": "124.8 open 0"})
	d.do("UPDATE {p}order_detail SET total_price_tax_excl = 160, total_price_tax_incl = 166.4 WHERE id_order_detail = 701", "UPDATE {p}htl_booking_detail SET total_price_tax_excl = 160, total_price_tax_incl = 166.4 WHERE id = 970")
	d.cost("70", "160", "166.4")
	d.sync("70")
	if code, detail := d.issueOf("invoice:80"); code != "paid_document" {
		t.Errorf("dearer: %q %q", code, detail)
	}
	d.must(d.Call(d.ctx, "POST", "/tools/reset", map[string]any{"scope": "links", "confirm": organization(d.ctx, t, d.Stage)}, nil))
	d.sync("70")
	if code, detail := d.issueOf("invoice:80"); code != "paid_document" {
		t.Errorf("found again: %q %q", code, detail)
	}
	d.do("UPDATE {p}orders SET current_state = 4, date_upd = NOW() WHERE id_order = 70", "INSERT INTO {p}order_history (id_order, id_order_state, date_add) VALUES (70, 4, NOW())")
	d.sync("70")
	var doc struct{ Status, Total string }
	d.must(d.Call(d.ctx, "GET", "/documents/invoice/80", nil, &doc))
	if doc.Total != "124.80" {
		t.Errorf("canceled: the invoice is %+v", doc)
	}
	code, detail := d.issueOf("cancellation:80")
	if code != "paid_document" || strings.Contains(detail, "166.40") {
		t.Errorf("canceled: %q %q", code, detail)
	}
	_, err := d.Start(d.ctx, "/documents/cancellation/80/release", why)
	d.must(err)
	rest(d.ctx, t, d.Stage, "credited", "70")
	checkBooks(t, d.Stage, "credited", map[string]string{"invoice:80": "124.8 open 0", "cancellation:80": "124.8 open 124.8"})
}
