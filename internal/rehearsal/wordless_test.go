package rehearsal_test

import (
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestAnAnswerWithoutContentSaysThatItWasDone has Zoho Books answer what has no record to show with HTTP 204 and nothing:
// it was done, and nothing is read to find that out.
func TestAnAnswerWithoutContentSaysThatItWasDone(t *testing.T) {
	atOnce(t)
	d := opened(t, "wordless_")
	d.Books.Prefer(func(p *books.Preferences) { p.Wordless = true })
	done := func(step, order string, keys ...string) {
		t.Helper()
		before := len(d.Books.Calls())
		d.sync(order)
		for _, c := range d.Books.Calls()[before:] {
			if c.Method == "GET" && len(strings.Split(c.Path, "/")) > 2 {
				t.Errorf("%s: %s %s was called to find out", step, c.Method, c.Path)
			}
		}
		for _, key := range keys {
			if code, detail := d.issueOf(key); code != "" || detail != "synced" {
				t.Errorf("%s: %s is %q %q", step, key, code, detail)
			}
		}
	}

	d.book("70", "WORDLESS1", "2", "970")
	d.invoice("80", "70")
	d.pay("80", "70", "80", "1", "1", "50", "50")
	done("sent and paid", "70", "sales_order:70", "invoice:80", "payment:80")
	checkBooks(t, d.Stage, "sent and paid", map[string]string{"sales_order:70": "124.8 invoiced", "invoice:80": "124.8 open 74.8", "payment:80": "50 open 0"})
	d.slip("95", "70", "970", "10", "10.4", "")
	done("credited", "70", "credit_note:95")
	checkBooks(t, d.Stage, "credited", map[string]string{"invoice:80": "124.8 open 64.4", "credit_note:95": "10.4 open 0"})

	d.must(d.Set(d.ctx, "orders", "auto_update_orders", true))
	d.book("71", "WORDLESS2", "2", "971")
	d.invoice("81", "71")
	done("to be canceled", "71", "sales_order:71", "invoice:81")
	d.cancel("71")
	done("canceled", "71")
	if is := d.find("invoice:81").Status; is != "void" {
		t.Errorf("the canceled invoice is %s", is)
	}
}
