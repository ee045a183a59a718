package flow

import (
	"slices"
	"testing"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// TestMoneyThatGoesBackTwiceIsHeld credits no order with more than it was billed: of two requests over all of it the
// first is posted and tells both figures, the second waits for a person; so does one beside a slip.
func TestMoneyThatGoesBackTwiceIsHeld(t *testing.T) {
	t.Parallel()
	links := books{done: done{ref(Invoice, "9"): m("232.10")}}
	whole := func(id string) qloapps.Refund {
		f := returned("211.00")
		f.ID = id
		second := f.Return
		second.ID = "5"
		f.Order.TotalPaid, f.Order.Returns = m("232.10"), []qloapps.Return{f.Return, second}
		f.Order.Returns[0].ID = "4"
		f.Order.Check()
		return f
	}
	got, err := mapRefund(whole("4"), engine.Link{}, links, chosen())
	if err != nil || got.Doc.Date == "" || !slices.ContainsFunc(got.Notices, func(n engine.Notice) bool { return n.Code == "slips_exceed" }) {
		t.Errorf("the first: %+v %v", got.Notices, err)
	}
	_, err = mapRefund(whole("5"), engine.Link{}, links, chosen())
	holds(t, "the second", err, "slips_exceed", "422.00", "232.10")
	if got, err := mapRefund(whole("5"), engine.Link{Approved: true}, links, chosen()); err != nil || got.Doc.Date == "" {
		t.Errorf("the second, released: %v", err)
	}
	if got, err := mapRefund(whole("5"), engine.Link{ID: "z-5", Status: engine.Synced}, links, chosen()); err != nil || got.Doc.Date == "" {
		t.Errorf("the second, posted before: %v", err)
	}
	beside := returned("211.00")
	beside.Order.Slipped = m("50.00")
	beside.Order.Check()
	_, err = mapRefund(beside, engine.Link{}, links, chosen())
	holds(t, "beside a slip", err, "slips_exceed", "261.00", "232.10")
}

// TestWhatRoundsToNothingGoesNowhere gives no 0.00 back: Zoho Books refuses it, and the note with it.
func TestWhatRoundsToNothingGoesNowhere(t *testing.T) {
	t.Parallel()
	note := func(links engine.Links) (engine.Mapped[zoho.CreditNote], error) {
		o := stay().Order
		o.Lines[0].DetailID = "1"
		o.Returns = []qloapps.Return{{ID: "4", Kind: qloapps.ReturnSlip, SlipID: "3", Refunded: true, PaymentMode: "Cash", Amount: m("0.004"), Updated: noon}}
		s := qloapps.Slip{ID: "3", OrderID: "7", Printed: "#CS000003", TotalExcl: m("100"), TotalIncl: m("105.50"), Rate: m("1"), Added: noon, Order: o,
			Details: []qloapps.SlipDetail{{DetailID: "1", Name: "Garden Room", Quantity: m("1"), Excl: m("100"), Incl: m("105.50")}}}
		return mapSlip(s, engine.Link{}, links, chosen())
	}
	got, err := note(books{done: done{ref(Invoice, "9"): m("232.10")}})
	if err != nil || got.Doc.Date == "" || slices.ContainsFunc(got.Steps, func(s engine.Step) bool { return s.Money }) {
		t.Errorf("of a note: %+v %v", got.Steps, err)
	}
	if got, err := note(books{done: done{}, status: engine.Synced}); err != nil || !got.Nothing {
		t.Errorf("of the payments: %+v %v", got.Steps, err)
	}
}

// TestAnInvoiceOfNothingTakesNoRounding: what a slip is over beyond its lines lowers an invoice of which it gives something
// back, whichever of its lines comes last.
func TestAnInvoiceOfNothingTakesNoRounding(t *testing.T) {
	t.Parallel()

	o := stay().Order
	o.Invoices = []qloapps.InvoiceHead{{ID: "8"}, {ID: "9"}}
	o.Lines = []qloapps.Line{{Kind: qloapps.ServiceLine, DetailID: "1", InvoiceID: "8"}, {Kind: qloapps.ServiceLine, DetailID: "2", InvoiceID: "9"}}
	s := qloapps.Slip{ID: "3", Order: o, TotalIncl: m("10.01"), Details: []qloapps.SlipDetail{{DetailID: "1", Incl: m("10")}, {DetailID: "2"}}}
	if list := invoicesOfSlip(s, 2); len(list) != 1 || list[0].invoice != "8" || !list[0].most.Equal(m("10.01")) {
		t.Errorf("it lowers %v", list)
	}
}
