package rehearsal_test

import (
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestASilentAnswerAboutAPaymentIsNotBelieved has the books make payments without saying what they settle: what
// stands is read once, and only where something was to be settled. One that settles nothing there is asked about.
func TestASilentAnswerAboutAPaymentIsNotBelieved(t *testing.T) {
	atOnce(t)
	d := opened(t, "silentpay_")
	paid := func(order string, settles map[string]string, silent ...string) (reads int) {
		d.book(order, "STAYOF"+order, "2", "9"+order)
		d.invoice(order, order)
		d.sync(order)
		rest(d.ctx, t, d.Stage, "sold", order)
		d.Books.Prefer(func(p *books.Preferences) {
			p.PaymentsSettle, p.Silent = settles, map[string][]string{"customerpayments": silent}
		})
		d.pay(order, order, order, "1", "1", "124.80", "124.80")
		before := len(d.Books.Calls())
		d.sync(order)
		d.Books.Prefer(func(p *books.Preferences) { p.PaymentsSettle, p.Silent = nil, nil })
		for _, c := range d.Books.Calls()[before:] {
			if c.Method == "GET" && strings.HasPrefix(c.Path, "/customerpayments/") {
				reads++
			}
		}
		return reads
	}
	for order, silent := range map[string][]string{"70": {"invoices", "unused_amount"}, "71": {"invoices"}} {
		if reads := paid(order, nil, silent...); reads != 1 {
			t.Errorf("a payment whose answer lacks %v was read %d times", silent, reads)
		}
		if code, detail := d.issueOf("payment:" + order); code != "" || detail != "synced" {
			t.Errorf("settled as asked: %q %q", code, detail)
		}
		checkBooks(t, d.Stage, "settled as asked", map[string]string{"invoice:" + order: "124.8 open 0", "payment:" + order: "124.8 open 0"})
	}
	for order, silent := range map[string][]string{"72": {"invoices", "unused_amount"}, "73": {"invoices"}} {
		paid(order, map[string]string{}, silent...)
		if code, detail := d.issueOf("payment:" + order); code != "settled_otherwise" || !strings.Contains(detail, "By QloApps 124.80 of it settle invoice") || !strings.Contains(detail, "stands otherwise: 124.80 are unused") {
			t.Errorf("settles nothing, without %v: %q %q", silent, code, detail)
		}
	}
	if reads := paid("74", nil, "unused_amount"); reads != 0 { // as Zoho Books documents its answers
		t.Errorf("a payment whose answer tells what it settles was read %d times", reads)
	}
}
