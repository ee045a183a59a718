package rehearsal_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// TestWhatAnImportSettledIsNoDifferenceUntilItIsRead closes a month, has a payment of it entered in Zoho Books, and imports that:
// it is new, and what was open when its invoice was read is less by now on both sides.
func TestWhatAnImportSettledIsNoDifferenceUntilItIsRead(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := closingHotel(ctx, t)
	c.read()
	_, err := c.close(signed)
	c.must(err)
	id := ""
	for _, invoice := range strings.Split(one(t, c.Stage, "SELECT GROUP_CONCAT(source_id) FROM qlobooks_documents WHERE flow = 'invoice' AND status = 'synced' AND currency = 'USD' AND day BETWEEN ? AND ?", c.from, c.to), ",") {
		contact := one(t, c.Stage, "SELECT JSON_UNQUOTE(JSON_EXTRACT(sent, '$.customer_id')) FROM qlobooks_documents WHERE flow = 'invoice' AND source_id = ?", invoice)
		body := fmt.Sprintf(`{"customer_id":%q,"payment_mode":"cash","amount":5,"date":%q,"invoices":[{"invoice_id":%q,"amount_applied":5}]}`, contact, c.to, standing(t, c.Stage, "invoice:"+invoice).ID)
		if id, err = c.Books.AddByHand("customerpayments", body); err == nil { // of those that are paid none takes it
			break
		}
	}
	if err != nil {
		t.Fatal("no invoice of the month is open")
	}
	c.must(c.Set(ctx, "payments", "import_enabled", true))
	c.start("/payments/import", map[string]any{"scope": "all"})
	settled(ctx, t, c.Stage)
	c.start("/schedule/run", map[string]any{"kind": "tick"})
	payment := one(t, c.Stage, "SELECT source_id FROM qlobooks_documents WHERE flow = 'payment' AND zoho_id = ?", id)
	for _, when := range []string{"imported", "read again"} {
		words := c.drifted("payment:" + payment)["payment:"+payment]
		if !strings.Contains(words, "|-|5.00|USD|QloApps, Posted and Zoho Books: new, 5.00 USD of "+c.to) {
			t.Errorf("%s, the payment is told as %s", when, words)
		}
		c.read()
	}
}
