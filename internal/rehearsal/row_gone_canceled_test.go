package rehearsal_test

import (
	"strings"
	"testing"
)

// TestACanceledOrderWhoseMoneyQloAppsForgot: the row of a payment that was sent is deleted, and its order canceled. What stands on
// the invoice came from here, so nobody is told that it did not.
func TestACanceledOrderWhoseMoneyQloAppsForgot(t *testing.T) {
	atOnce(t)
	d := opened(t, "forgot_")
	d.book("70", "FORGOTTEN", "2", "970")
	d.invoice("80", "70")
	d.pay("80", "70", "80", "1", "1", "124.80", "124.80")
	d.stands("70", "paid", map[string]string{"invoice:80": "124.8 open 0"})
	d.do("DELETE FROM {p}order_payment WHERE id_order_payment = 80", "DELETE FROM {p}order_payment_detail WHERE id_order_payment = 80", "DELETE FROM {p}order_invoice_payment WHERE id_order_payment = 80",
		"UPDATE {p}orders SET total_paid_real = 0, current_state = 4, date_upd = NOW() WHERE id_order = 70", "INSERT INTO {p}order_history (id_order, id_order_state, date_add) VALUES (70, 4, NOW())")
	d.sync("70")
	if code, detail := d.issueOf("invoice:80"); code != "paid_document" || strings.Contains(detail, "did not come from here") || !strings.Contains(detail, "124.80 USD of money or credit stand on its invoice in Zoho Books of which QloApps does not tell") {
		t.Errorf("%q %q", code, detail)
	}
}
