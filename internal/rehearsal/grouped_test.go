package rehearsal_test

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestAmountsMayBeTextsWithCommas has Zoho Books write each amount as a text with its thousands set off. What is posted,
// applied and given back is known from the answers, and nothing is sent again.
func TestAmountsMayBeTextsWithCommas(t *testing.T) {
	atOnce(t)
	d := opened(t, "grouped_")
	d.Books.Prefer(func(p *books.Preferences) { p.Grouped = true })
	d.book("73", "GROUPED1", "2", "973")
	d.do("UPDATE {p}order_detail SET total_price_tax_excl = 12000, total_price_tax_incl = 12480 WHERE id_order = 73",
		"UPDATE {p}htl_booking_detail SET total_price_tax_excl = 12000, total_price_tax_incl = 12480 WHERE id_order = 73")
	d.cost("73", "12000", "12480")
	d.invoice("83", "73")
	d.pay("83", "73", "83", "1", "1", "11480.00", "11480.00")
	d.pay("84", "73", "83", "1", "1", "-1200.00", "-1200.00")
	d.slip("93", "73", "973", "1500", "1560.00", "")
	d.sync("73")
	for _, key := range []string{"sales_order:73", "invoice:83", "payment:83", "payment:84", "credit_note:93"} {
		if code, state := d.issueOf(key); code != "" || state != "synced" {
			t.Errorf("%s is %q %q", key, code, state)
		}
	}
	checkBooks(t, d.Stage, "posted", map[string]string{"sales_order:73": "12480 invoiced", "invoice:83": "12480 open 640", "payment:83": "11480 open 0 back 1200", "credit_note:93": "1560 open 0"})
	d.Books.ForgetCalls()
	d.sync("73")
	if more := d.Books.Calls(); len(more) != 0 {
		t.Errorf("%d calls are made for what stands: %+v", len(more), more)
	}
}
