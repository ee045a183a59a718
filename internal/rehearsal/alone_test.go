package rehearsal_test

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestAListOfOneMayComeAsItsRow has Zoho Books show a list of one row as that row, as its documentation has the list of
// credit notes: what stands is found again after a reset, and nothing is made or given back twice.
func TestAListOfOneMayComeAsItsRow(t *testing.T) {
	atOnce(t)
	d := opened(t, "alone_")
	d.Books.Prefer(func(p *books.Preferences) { p.Alone = true })
	d.book("73", "ALONE1", "2", "973")
	d.invoice("83", "73")
	d.pay("83", "73", "83", "1", "1", "50", "50")
	d.pay("84", "73", "83", "1", "1", "-20", "-20")
	d.slip("93", "73", "973", "10", "10.4", "")
	stands := map[string]string{"sales_order:73": "124.8 invoiced", "invoice:83": "124.8 open 84.4", "payment:83": "50 open 0 back 20", "credit_note:93": "10.4 open 0"}
	d.sync("73")
	checkBooks(t, d.Stage, "posted", stands)
	d.saw("posted", "73", nil)
	n := len(d.Books.Snapshot())
	d.forgets()
	d.sync("73")
	rest(d.ctx, t, d.Stage, "found again", "73")
	for _, key := range []string{"sales_order:73", "invoice:83", "payment:83", "payment:84", "credit_note:93"} {
		if code, state := d.issueOf(key); code != "" || state != "synced" {
			t.Errorf("found again: %s is %q %q", key, code, state)
		}
	}
	checkBooks(t, d.Stage, "found again", stands)
	if now := len(d.Books.Snapshot()); now != n {
		t.Errorf("%d records stand, and %d stood", now, n)
	}
}
