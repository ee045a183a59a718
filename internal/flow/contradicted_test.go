package flow

import (
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/bill"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/qloapps"
)

// holds wants a document held for a cause whose words name what they must.
func holds(t *testing.T, what string, err error, code string, words ...string) {
	t.Helper()
	f := fault.Of(err)
	if f == nil || f.Kind != fault.Held || f.Code != code {
		t.Errorf("%s: %v, want held/%s", what, err, code)
		return
	}
	for _, word := range words {
		if !strings.Contains(f.Detail, word) {
			t.Errorf("%s: %q does not name %s", what, f.Detail, word)
		}
	}
}

// TestNothingIsDatedByTheClock holds each row without a date, also where dates decide what is sent.
func TestNothingIsDatedByTheClock(t *testing.T) {
	t.Parallel()
	start := "2026-01-01"
	for _, from := range []*string{nil, &start} {
		r := chosen()
		r.Settings.Orders.ExportFromDate = from
		links := books{done: done{ref(Invoice, "9"): m("232.10")}}
		i := stay()
		i.Date = time.Time{}
		_, err := mapInvoice(i, engine.Link{}, links, r)
		holds(t, "an invoice", err, "no_date", "#IN000004")
		o := stay().Order
		o.Added = time.Time{}
		_, err = mapSalesOrder(o, engine.Link{}, links, r)
		holds(t, "a sales order", err, "no_date", "BOOKINGXY")
		p := pay("100")
		p.Added = time.Time{}
		_, err = mapPayment(p, engine.Link{}, links, r)
		holds(t, "a payment", err, "no_date", "5")
		_, err = mapSlip(qloapps.Slip{ID: "3", OrderID: "7", Printed: "#CS000003", TotalIncl: m("10"), TotalExcl: m("10"), Order: stay().Order}, engine.Link{}, links, r)
		holds(t, "a slip", err, "no_date", "#CS000003")
	}
	i := stay()
	i.Date, i.Order.Canceled = time.Time{}, true
	if how, err := endOf(i, engine.Link{ID: "z-9", Status: engine.Synced, Day: "2026-05-04"}, engine.Link{}, done{}, chosen()); how != byVoid || err != nil {
		t.Errorf("a posted invoice that lost its date and was canceled: %q %v", how, err)
	}
}

// TestARateThatCannotBeOneIsReplaced posts at the first payment's rate, else the currency's own, and
// says both; no rate at all is named as what it is.
func TestARateThatCannotBeOneIsReplaced(t *testing.T) {
	t.Parallel()
	for _, x := range []struct{ order, payment, want string }{
		{"0.92", "0.95", "1.0869565217"}, {"0.35", "0.95", "1.0526315789"}, {"0.35", "1", "1.0869565217"}, {"1", "0", "1.0869565217"},
		{"-0.22", "0.95", "1.0526315789"}, {"-0.22", "0", "1.0869565217"}, // +200 at 0.92 and -190 at 0.98
	} {
		i := stay()
		i.Order.Currency, i.Order.Rate = "EUR", m(x.order)
		i.Order.Shares = []qloapps.Share{{ID: "1", PaymentID: "5", OrderID: "7", Amount: m("10"), Currency: "EUR", Rate: m(x.payment)}}
		got, err := mapInvoice(i, engine.Link{}, done{}, chosen())
		if err != nil || got.Doc.ExchangeRate == nil || got.Doc.ExchangeRate.String() != x.want {
			t.Errorf("order at %s, payment at %s: %v %v, want %s", x.order, x.payment, got.Doc.ExchangeRate, err, x.want)
			continue
		}
		told := false
		for _, n := range got.Notices {
			told = told || n.Code == "rate_replaced" && strings.Contains(n.Detail, x.order)
		}
		if told != (x.order != "0.92") {
			t.Errorf("order at %s: notices %v", x.order, got.Notices)
		}
	}
	p := pay("50")
	p.Currency, p.Rate, p.Orders["7"].Currency, p.Orders["7"].Rate = "EUR", m("0"), "EUR", m("0.92")
	p.Shares[0].Currency, p.Shares[0].Rate = "EUR", m("0")
	p.Orders["7"].Shares = p.Shares
	_, err := mapPayment(p, engine.Link{}, books{done: done{ref(Invoice, "9"): m("232.10")}}, chosen())
	holds(t, "a payment without a rate", err, "no_rate", "payment", "50.00 EUR")
}

// TestAPaymentIsNeverMoreThanWasPaid holds shares that do not come to the payment, and posts what was
// paid when a person releases it.
func TestAPaymentIsNeverMoreThanWasPaid(t *testing.T) {
	t.Parallel()
	links := books{done: done{ref(Invoice, "9"): m("232.10")}}
	for _, x := range []struct{ amount, written, gives, total string }{{"20", "58", "20", "20"}, {"208", "104", "104", "208"}} {
		p := pay(x.amount)
		p.Shares[0].Amount, p.Shares[0].Written = m(x.gives), m(x.written)
		p.Orders["7"].Shares = p.Shares
		_, err := mapPayment(p, engine.Link{}, links, chosen())
		holds(t, x.amount, err, "shares_differ", x.amount+".00", x.written+".00")
		got, err := mapPayment(p, engine.Link{Approved: true}, links, chosen())
		if err != nil || got.Doc.Amount.String() != x.total {
			t.Errorf("%s released: %s %v", x.amount, got.Doc.Amount, err)
		}
	}
	p := pay("150")
	p.Shares, p.OfReference = nil, []string{"7", "8"}
	_, err := mapPayment(p, engine.Link{}, links, chosen())
	holds(t, "no share and two orders", err, "shares_missing", "150.00", "7, 8")
}

// TestAnOrderThatCostsWithoutLines is held like its invoice: it was told as synced, and what stood of it became void.
func TestAnOrderThatCostsWithoutLines(t *testing.T) {
	t.Parallel()
	o := stay().Order
	o.Lines, o.Discounts, o.Invoices = nil, nil, nil
	_, err := mapSalesOrder(o, engine.Link{}, done{}, chosen())
	holds(t, "no lines", err, "totals_differ", "232.10", "no lines")
	_, err = mapSalesOrder(o, engine.Link{ID: "z-7", Status: engine.Synced, Day: "2026-05-04"}, done{}, chosen())
	holds(t, "its lines are gone", err, "totals_differ", "232.10")
	o.TotalIncl, o.TotalExcl = m("0"), m("0")
	if got, err := mapSalesOrder(o, engine.Link{}, done{}, chosen()); err != nil || !got.Nothing {
		t.Errorf("it costs nothing: %+v %v", got, err)
	}
}

// TestAnOrderNeverFinishedWaitsForAPerson has one door for all of it: its invoice.
func TestAnOrderNeverFinishedWaitsForAPerson(t *testing.T) {
	t.Parallel()
	i := stay()
	i.Order.Complete = false
	_, err := mapInvoice(i, engine.Link{}, done{}, chosen())
	holds(t, "being written", err, "order_incomplete", "has not finished")
	i.Order.Abandoned = true
	_, err = mapInvoice(i, engine.Link{}, done{}, chosen())
	if err == nil { // done says that the invoice stands
		_, err = mapInvoice(i, engine.Link{}, books{done: done{}, status: engine.NotSynced}, chosen())
	}
	holds(t, "never finished", err, "order_incomplete", "never finished", "232.10")
	if got, err := mapInvoice(i, engine.Link{Approved: true}, books{done: done{}, status: engine.Held}, chosen()); err != nil || got.Doc.Date == "" {
		t.Errorf("released: %+v %v", got.Doc, err)
	}
}

// TestAllSpellingsOfAnAllowedMethod lets through what the database takes for the same.
func TestAllSpellingsOfAnAllowedMethod(t *testing.T) {
	t.Parallel()
	for method, allowed := range map[string]bool{"pay at HOTEL": true, "Pay at hôtel ": true, "Pay at the hotel": false} {
		p, r := pay("50"), chosen()
		p.Method, r.Settings.Payments.AllowedMethods = method, []string{"Pay at hotel"}
		_, err := mapPayment(p, engine.Link{}, books{done: done{ref(Invoice, "9"): m("232.10")}}, r)
		if fault.Is(err, fault.Skipped) == allowed {
			t.Errorf("%q: %v", method, err)
		}
	}
}

// TestWhatContradictsItselfIsToldInItsCurrency shows the amount of a refund request, and of a line of no tax rate, with the
// decimals of the order's currency.
func TestWhatContradictsItselfIsToldInItsCurrency(t *testing.T) {
	t.Parallel()

	i, r := stay(), chosen()
	i.Order.Currency = "JPY"
	err := contradicted(qloapps.Return{ID: "4", Amount: m("3000"), PaymentMode: "Cash"}, i.Order.Currency, "Refund request 4", qloapps.NotFinished)
	if detail := fault.Of(err).Detail; !strings.Contains(detail, "that 3000 were given back") {
		t.Errorf("it says %q", detail)
	}
	_, err = bill.ChooseTaxes([]qloapps.Line{{Name: "Room", Excl: m("3000"), Incl: m("3333")}}, i.Order.Currency, r)
	if detail := fault.Of(err).Detail; !strings.Contains(detail, "(3000 without, 3333 with tax)") {
		t.Errorf("it says %q", detail)
	}
}
