package rehearsal_test

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestStatusesMayHaveCapitals has Zoho Books write each status as people read it. What is made is opened, sent, settled
// and made void as with the words of the documentation, a payment that came is one, and nothing waits for an approval.
func TestStatusesMayHaveCapitals(t *testing.T) {
	atOnce(t)
	d := opened(t, "capitals_")
	d.Books.Prefer(func(p *books.Preferences) { p.Capitals = true })
	d.must(d.Set(d.ctx, "orders", "auto_update_orders", true))
	d.book("73", "CAPITALS1", "2", "973")
	d.book("74", "CAPITALS2", "2", "974")
	d.invoice("83", "73")
	d.invoice("84", "74")
	d.pay("83", "73", "83", "1", "1", "124.80", "124.80")
	d.slip("93", "73", "973", "40", "41.60", "")
	d.sync("73")
	d.sync("74")
	step := func(step string, books map[string]string) {
		t.Helper()
		for key := range books {
			if code, state := d.issueOf(key); code != "" || state != "synced" && state != "disabled" {
				t.Errorf("%s: %s is %q %q", step, key, code, state)
			}
		}
		checkBooks(t, d.Stage, step, books)
		d.saw(step, "73", nil)
		d.saw(step, "74", nil)
	}
	step("posted", map[string]string{"sales_order:73": "124.8 invoiced", "invoice:83": "124.8 open 0", "payment:83": "124.8 open 0", "credit_note:93": "41.6 open 41.6", "invoice:84": "124.8 open 124.8"})
	d.cancel("74")
	d.sync("74")
	rest(d.ctx, t, d.Stage, "canceled", "74")
	if r := d.find("invoice:84"); r.Status != "void" {
		t.Errorf("the invoice of the canceled order is %s", r.Status)
	}
	d.saw("canceled", "74", nil)
}
