package rehearsal_test

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestAnAnswerMayBeginWithAMark has Zoho Books, and the server that gives access, begin each answer with the mark of its
// byte order, as some proxies do: it is read as if it had none.
func TestAnAnswerMayBeginWithAMark(t *testing.T) {
	atOnce(t)
	d := opened(t, "marked_")
	d.Books.Prefer(func(p *books.Preferences) { p.Marked = true })
	d.must(d.Connect(d.ctx))
	d.must(d.SetUp(d.ctx, "Operating account"))
	d.book("73", "MARKED1", "2", "973")
	d.invoice("83", "73")
	d.pay("83", "73", "83", "1", "1", "50", "50")
	d.sync("73")
	checkBooks(t, d.Stage, "posted", map[string]string{"sales_order:73": "124.8 invoiced", "invoice:83": "124.8 open 74.8", "payment:83": "50 open 0"})
	d.saw("posted", "73", nil)
}
