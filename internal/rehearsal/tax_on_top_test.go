package rehearsal_test

import (
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestTaxOnTopIsLearnedFromTheAnswer posts to an edition that knows no lines that include tax and does not refuse them: the
// tax comes on top, and the answer says so. The first invoice goes on by itself with lines without tax, and the next is
// right at once.
func TestTaxOnTopIsLearnedFromTheAnswer(t *testing.T) {
	atOnce(t)
	d := opened(t, "ontop_")
	d.Books.Prefer(func(p *books.Preferences) { p.TaxOnTop = true })
	start := func(order string) {
		t.Helper()
		for _, path := range []string{"/records/orders/initialize", "/records/orders/" + order + "/sync"} {
			_, err := d.Start(d.ctx, path, nil)
			d.must(err)
		}
	}
	d.book("73", "ONTOP1", "2", "973")
	d.invoice("83", "73")
	start("73")
	eventually(d.ctx, t, d.Stage, "it is sent again with lines without tax", func() bool {
		d.do("UPDATE qlobooks_documents SET due_at = UTC_TIMESTAMP(6) WHERE flow = 'invoice' AND source_id = '83' AND due_at IS NOT NULL")
		return document(d.ctx, t, d.Stage, "invoice:83").Status == "synced"
	}, "invoice:83")
	// it may have been sent again before anybody could look: what was told stands in its history.
	if history := d.History("invoice:83"); strings.Count(history, " held ") != 1 || !strings.Contains(history, "total of 129.79") || !strings.Contains(history, "on top") {
		t.Errorf("with the tax on top, the invoice went\n%s", history)
	}
	d.book("74", "ONTOP2", "2", "974")
	d.invoice("84", "74")
	d.pay("84", "74", "84", "1", "1", "124.80", "124.80")
	start("74")
	for _, key := range []string{"sales_order:74", "invoice:84", "payment:84"} {
		if code, detail := d.issueOf(key); code != "" || detail != "synced" {
			t.Errorf("%s is %q %q", key, code, detail)
		}
	}
	checkBooks(t, d.Stage, "at the end", map[string]string{"sales_order:73": "124.8 invoiced", "invoice:83": "124.8 open 124.8", "sales_order:74": "124.8 invoiced", "invoice:84": "124.8 open 0"})
	d.saw("at the end", "73", nil)
}
