package rehearsal_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestWhatStandsUnderALockStays edits and then cancels an order whose invoice was locked after it was
// posted: the edit waits, and the cancellation is a credit note of an open day that settles it.
func TestWhatStandsUnderALockStays(t *testing.T) {
	atOnce(t)
	d := opened(t, "lock_")
	ctx, s, c := d.ctx, d.Stage, d.clerk
	sync := func() { t.Helper(); d.sync("54") }

	c.book("54", "LOCKEDDAY", "2", "914")
	c.invoice("64", "54")
	c.do("UPDATE {p}order_invoice SET date_add = NOW() - INTERVAL 3 DAY WHERE id_order_invoice = 64")
	sync()
	posted := d.find("invoice:64")
	if posted.Key == "" {
		t.Fatal("the invoice was not posted")
	}
	s.Books.SetLockDate(time.Now().AddDate(0, 0, -2).Format(time.DateOnly))
	if err := s.Call(ctx, http.MethodPost, "/connection/test", nil, nil); err != nil {
		t.Fatal(err)
	}

	c.do("INSERT INTO {p}order_cart_rule (id_order_cart_rule, id_order, id_cart_rule, id_order_invoice, name, value, value_tax_excl) VALUES (964, 54, 964, 64, 'Late', 10.40, 10.00)")
	c.cost("54", "110", "114.4")
	sync()
	until(ctx, t, s, "invoice:64", "held", "period_locked")
	if now := d.find("invoice:64"); !now.Total.Equal(posted.Total) {
		t.Errorf("an invoice of a locked day was changed from %s to %s", posted.Total, now.Total)
	}

	c.cancel("54")
	sync()
	until(ctx, t, s, "cancellation:64", "synced", "")
	note, invoice := d.find("cancellation:64"), d.find("invoice:64")
	if !note.Total.Equal(posted.Total) || note.Date <= posted.Date || invoice.Status == "void" || !invoice.Balance.IsZero() {
		t.Errorf("after the cancellation the note is %+v and the invoice %+v", note, invoice)
	}
	refusedNothing(t, s)
}

// TestALockedInvoiceIsNotSettled has Zoho Books refuse that credit notes and advances settle an invoice whose own day is
// locked, though theirs is open. That is told as what it is, and goes on by itself once the period is open.
func TestALockedInvoiceIsNotSettled(t *testing.T) {
	atOnce(t)
	d := opened(t, "either_")
	d.Books.Prefer(func(p *books.Preferences) { p.EitherDay = true })
	d.book("54", "EITHER1", "2", "914")
	d.invoice("64", "54")
	d.do("UPDATE {p}order_invoice SET date_add = NOW() - INTERVAL 3 DAY WHERE id_order_invoice = 64")
	d.sync("54")
	lock := func(day string) {
		t.Helper()
		d.Books.SetLockDate(day)
		d.must(d.Call(d.ctx, http.MethodPost, "/connection/test", nil, nil))
	}
	lock(time.Now().AddDate(0, 0, -2).Format(time.DateOnly))
	d.cancel("54")
	d.sync("54")
	until(d.ctx, t, d.Stage, "cancellation:64", "held", "period_locked")
	lock("")
	until(d.ctx, t, d.Stage, "cancellation:64", "synced", "")
	if note, invoice := d.find("cancellation:64"), d.find("invoice:64"); !note.Total.Equal(invoice.Total) || !invoice.Balance.IsZero() {
		t.Errorf("after the lock the note is %+v and the invoice %+v", note, invoice)
	}
}
