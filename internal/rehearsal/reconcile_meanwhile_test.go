package rehearsal_test

import (
	"net/http"
	"testing"

	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestWhatIsSentWhileAListIsReadIsNotTakenForEdited has the list of invoices answered late, and an invoice made dearer and sent in
// between: what the list told is older, so neither the guest ledger nor the reconciliation goes by it.
func TestWhatIsSentWhileAListIsReadIsNotTakenForEdited(t *testing.T) {
	atOnce(t)
	h, before := quiet(t, "mwl_", "day")
	h.room("52", "62", 10, 20)
	h.passes(1)
	h.left(before, "120")
	h.clock.move(0, 1)
	h.must(h.Books.SetFaults(books.Rule{Method: "GET", Path: "/invoices$", Fault: books.FaultSlow, Delay: 8000}))
	var run rehearsal.Run
	h.must(h.Call(h.ctx, http.MethodPost, "/reconciliation/refresh", map[string]any{"from": h.today(-10), "to": h.today(0)}, &run))
	eventually(h.ctx, t, h.Stage, "somebody reads the list", func() bool {
		return one(t, h.Stage, "SELECT status FROM qlobooks_runs WHERE id = ?", run.ID) != "queued" // on a slow machine it may even have ended
	})
	h.do("UPDATE {p}order_detail SET total_price_tax_excl = 180, total_price_tax_incl = 187.2 WHERE id_order = 52", "UPDATE {p}htl_booking_detail SET total_price_tax_excl = 180, total_price_tax_incl = 187.2 WHERE id_order = 52")
	h.cost("52", "180", "187.2")
	h.must(h.Call(h.ctx, http.MethodPost, "/records/orders/52/sync", nil, nil))
	eventually(h.ctx, t, h.Stage, "the invoice is dearer", func() bool { return h.find("invoice:62").Total.String() == "187.2" })
	h.must(h.Books.SetFaults())
	if _, err := h.Wait(h.ctx, run.ID); err != nil {
		t.Fatal(err)
	}
	h.rests()
	h.passes(1)
	h.left(before, "180")
	h.agrees("", h.today(-1))
}
