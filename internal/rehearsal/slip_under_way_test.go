package rehearsal_test

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestACanceledOrderWaitsForItsSlip cancels an order while it is open whether its credit slip came to stand: what becomes of
// the invoice is decided once that is known, and by itself.
func TestACanceledOrderWaitsForItsSlip(t *testing.T) {
	atOnce(t)
	d := opened(t, "slipway_")
	for order, tt := range map[string]struct {
		end                         books.Fault // what becomes of the slip's next calls
		invoice, note, code, cancel string
	}{
		"61": {books.FaultCommitDrop, "partially_paid", "synced", "", "held"},
		"62": {books.FaultRefuse, "void", "rejected", "zoho_refused", "synced"},
		"63": {"", "partially_paid", "synced", "", "held"},
	} {
		d.book(order, "SLIPWAY"+order, "2", "9"+order)
		d.invoice(order, order)
		d.sync(order)
		until(d.ctx, t, d.Stage, "invoice:"+order, "synced", "")
		d.must(d.Books.SetFaults(books.Rule{Path: "/creditnotes", Fault: books.FaultDropBefore}))
		d.slip(order, order, "9"+order, "20.00", "20.80", "")
		d.sync(order)
		eventually(d.ctx, t, d.Stage, "the slip's outcome is unknown", func() bool { return document(d.ctx, t, d.Stage, "credit_note:"+order).Status == "unknown" }, "credit_note:"+order)
		d.ended(order)
		d.sync(order)
		eventually(d.ctx, t, d.Stage, "the invoice was looked at", func() bool {
			return document(d.ctx, t, d.Stage, "invoice:"+order).Status != "pending" && document(d.ctx, t, d.Stage, "invoice:"+order).Status != "syncing"
		}, "invoice:"+order)
		if r := d.find("invoice:" + order); r.Status != "sent" {
			t.Errorf("%s: the invoice is %s while its slip is under way", order, r.Status)
		}
		switch tt.end {
		case "":
			d.must(d.Books.SetFaults())
		case books.FaultCommitDrop:
			d.must(d.Books.SetFaults(books.Rule{Path: "/creditnotes", Fault: tt.end, Times: 1}))
		default:
			d.must(d.Books.SetFaults(books.Rule{Path: "/creditnotes", Fault: tt.end}))
		}
		until(d.ctx, t, d.Stage, "credit_note:"+order, tt.note, tt.code)
		until(d.ctx, t, d.Stage, "cancellation:"+order, tt.cancel, map[bool]string{true: "paid_document"}[tt.cancel == "held"])
		d.must(d.Books.SetFaults())
		eventually(d.ctx, t, d.Stage, "invoice "+order+" is "+tt.invoice, func() bool { return d.find("invoice:"+order).Status == tt.invoice }, "invoice:"+order, "cancellation:"+order)
	}
}
