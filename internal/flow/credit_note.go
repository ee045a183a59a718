package flow

import (
	"context"
	"strings"

	"github.com/qlobooks/qlobooks/internal/bill"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// credit slips become credit notes. Money that was given back is a refund of the note; the rest
// settles the order's invoice up to its balance and then stays open. Once posted they stay.
func creditNotes(load func(context.Context, []string) (map[string]qloapps.Slip, error), dest engine.Dest[zoho.CreditNote]) engine.Flow[qloapps.Slip, zoho.CreditNote] {
	return engine.Flow[qloapps.Slip, zoho.CreditNote]{Name: CreditNote, Section: "orders", Version: 1, Load: load, Needs: slipNeeds, Map: mapSlip, Dest: dest}
}

func slipNeeds(s qloapps.Slip, r *rules.Rules) []engine.Ref {
	if s.Order == nil {
		return nil
	}
	return creditNeeds(s.Order, r)
}

func mapSlip(s qloapps.Slip, self engine.Link, links engine.Links, r *rules.Rules) (engine.Mapped[zoho.CreditNote], error) {
	none := engine.Mapped[zoho.CreditNote]{}
	o := s.Order
	if o == nil {
		return none, fault.New(fault.Held, "order_incomplete", "Credit slip %s belongs to order %s, which QloApps no longer has.", s.ID, s.OrderID).Do("Make the credit note by hand in Zoho Books, then use Skip here.")
	}
	if err := filterCredit(o, qloapps.Day(s.Added), r); err != nil && !self.Exists() {
		return none, err
	}
	if err := invoicedFirst(o, links); err != nil && !self.Exists() {
		return none, err
	}
	currency, err := documentCurrency(o.Currency, self, links, r)
	if err != nil {
		return none, err
	}
	if ret, paid := moneyReturned(s); paid && fromThePayments(o, self) {
		m := engine.Mapped[zoho.CreditNote]{CreateOnly: true, Compare: slipAsWritten(s)}
		m.Facts = engine.Facts{Title: "Credit slip " + s.Printed, Date: qloapps.Day(s.Added)}
		return backWithoutInvoice(m, ref(CreditNote, s.ID), ret, o, s.Rate, self, currency.Precision, links, r)
	}
	if fromThePayments(o, self) {
		return none, notInvoiced(o)
	}
	total := money.RoundHalfUp(s.TotalIncl, currency.Precision)
	m := engine.Mapped[zoho.CreditNote]{CreateOnly: true, Compare: slipAsWritten(s)}
	m.Facts = engine.Facts{Title: "Credit slip " + s.Printed, Date: qloapps.Day(s.Added), Currency: o.Currency, Total: total, HasTotal: true, Hotel: o.HotelName}
	if !total.IsPositive() {
		m.Nothing = true
		return m, nil
	}
	c, err := slipCredit(s, total, currency.Precision, links, r)
	if err != nil {
		return none, err
	}
	m.Facts.Tax, m.Facts.Taxes = c.Totals.Tax, c.Totals.ByTax
	if m.Doc, err = creditBody(ref(CreditNote, s.ID), o, c, qloapps.Day(s.Added), s.Rate, self, links, r); err != nil {
		return none, err
	}
	m.Facts.Date, m.Facts.Own = m.Doc.Date, qloapps.Day(s.Added)
	if r.Settings.Orders.InvoiceNumbering == "zoho" {
		m.Doc.ReferenceNumber = s.Printed
	} else {
		m.Doc.Number = s.Printed
	}
	err = slipSteps(&m, s, currency.Precision, self, links, r)
	m.Steps = opened(m.Steps, self)
	return m, err
}

// slipSteps say what becomes of the credit.
func slipSteps(m *engine.Mapped[zoho.CreditNote], s qloapps.Slip, precision int32, self engine.Link, links engine.Links, r *rules.Rules) error {
	rest, voucher := m.Facts.Total, s.VoucherCartRuleID != ""
	if ret, ok := moneyReturned(s); ok {
		if voucher {
			return fault.New(fault.Held, "totals_differ", "The amount of credit slip %s was given back and also turned into a voucher.", s.Printed).
				Do("Decide in QloApps which of the two is true, and make the credit note by hand.")
		}
		amount := money.RoundHalfUp(ret.Amount, precision)
		if amount.GreaterThan(rest) {
			return fault.New(fault.Held, "totals_differ", "%s %s were given back, but credit slip %s is over %s.", amount, s.Order.Currency, s.Printed, rest).
				Do("Correct the refund in QloApps, or make the credit note by hand and use Skip here.")
		}
		step, err := refundStep(ref(CreditNote, s.ID), ret, amount, m.Doc.ExchangeRate, m.Doc.Date, r)
		if err != nil {
			return err
		}
		m.Steps, rest = append(m.Steps, step), rest.Sub(amount)
	}
	if voucher { // it settles the invoice in which the voucher is used
		rest = money.Zero
	}
	invoice := ""
	if len(s.Order.Invoices) == 1 {
		invoice = s.Order.Invoices[0].ID
	}
	self.Ref = ref(CreditNote, s.ID)
	steps, applied, wakes, err := applyRest(s.Order, invoice, m.Doc.Date, rest, precision, self, links)
	m.Steps, m.Facts.Applied, m.Wakes = append(m.Steps, steps...), applied, append(m.Wakes, wakes...)
	return err
}

// moneyReturned is the return in which the slip's amount was given back in money.
func moneyReturned(s qloapps.Slip) (qloapps.Return, bool) {
	for _, ret := range s.Order.Returns {
		if ret.SlipID == s.ID && ret.PaymentMode != "" && ret.Amount.IsPositive() && !ret.Denied {
			return ret, true
		}
	}
	return qloapps.Return{}, false
}

// slipCredit makes lines of what the slip gives back; they come to its total.
func slipCredit(s qloapps.Slip, total money.Decimal, precision int32, links engine.Links, r *rules.Rules) (bill.Credit, error) {
	var lines []bill.CreditLine
	amounts := make([]money.Decimal, len(s.Details))
	for i, d := range s.Details {
		amounts[i] = d.Incl
	}
	left := total
	for i, part := range money.Spread(amounts, precision) {
		d := s.Details[i]
		line, set, err := bill.SoldAs(s.Order, d.DetailID, d.BookingID, d.Excl, d.Incl)
		if err != nil {
			return bill.Credit{}, err
		}
		left = left.Sub(part)
		l, err := bill.Given(line, set, slipWords(d), part, itemsIn(links), r)
		if err != nil {
			return bill.Credit{}, err
		}
		lines = append(lines, l)
	}
	if left.Abs().GreaterThan(money.Unit(precision).Mul(bill.Limit(r))) || len(lines) == 0 {
		return bill.Credit{}, fault.New(fault.Held, "totals_differ", "The lines of credit slip %s come to %s, the slip itself to %s %s.", s.Printed, total.Sub(left), total, s.Order.Currency).
			Do("Check the slip in QloApps, or make the credit note by hand and use Skip here.")
	}
	return bill.CreditOf(lines, total, precision, r), nil
}

func slipWords(d qloapps.SlipDetail) string {
	parts := nonEmpty("Refund of "+d.Name, roomWord(d.RoomNumber))
	if from, to := qloapps.Day(d.From), qloapps.Day(d.To); from != "" && to != "" {
		parts = append(parts, from+" to "+to)
	}
	return strings.Join(parts, ", ")
}

func roomWord(number string) string {
	if number == "" {
		return ""
	}
	return "room " + number
}

// slipAsWritten decides whether a slip was changed after it was posted.
func slipAsWritten(s qloapps.Slip) any {
	var details []string
	for _, d := range s.Details {
		details = append(details, d.DetailID+": "+d.Excl.String()+" "+d.Incl.String())
	}
	return struct {
		Customer, Excl, Incl, Date string
		Details                    []string
	}{s.CustomerID, s.TotalExcl.String(), s.TotalIncl.String(), qloapps.Day(s.Added), details}
}
