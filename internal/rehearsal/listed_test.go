package rehearsal_test

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestOneThingMayComeAsAListOfOne has Zoho Books answer as its documentation shows it: one sales order, one tax and one
// refund of a payment come as a list of one. What is made is known at once, changed, and given back once.
func TestOneThingMayComeAsAListOfOne(t *testing.T) {
	atOnce(t)
	d := opened(t, "listed_")
	d.Books.Prefer(func(p *books.Preferences) { p.Listed = true })
	d.must(d.Set(d.ctx, "orders", "auto_update_orders", true))
	c := d.clerk
	done := func(step string, keys ...string) {
		t.Helper()
		d.sync("73")
		for _, key := range keys {
			if code, state := d.issueOf(key); code != "" || state != "synced" {
				t.Errorf("%s: %s is %q %q", step, key, code, state)
			}
		}
	}
	c.book("73", "LISTED1", "2", "973")
	done("ordered", "sales_order:73")
	c.invoice("83", "73")
	c.pay("83", "73", "83", "1", "1", "50", "50")
	done("paid", "sales_order:73", "invoice:83", "payment:83")
	c.pay("84", "73", "83", "1", "1", "-20", "-20")
	done("given back", "payment:84")
	d.must(d.SetUp(d.ctx, "Operating account"))
	done("again", "sales_order:73", "invoice:83", "payment:83", "payment:84")
	checkBooks(t, d.Stage, "at the end", map[string]string{"sales_order:73": "124.8 invoiced", "invoice:83": "124.8 open 94.8", "payment:83": "50 open 0 back 20"})
}
