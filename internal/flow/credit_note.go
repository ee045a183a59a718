package flow

import (
	"context"
	"fmt"
	"slices"
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
	return engine.Flow[qloapps.Slip, zoho.CreditNote]{Name: CreditNote, Section: "orders", Version: 1, Load: load, Needs: slipNeeds, Named: namedContact, Map: mapSlip, Rows: creditRows, Dest: dest, Revive: redraft()}
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
	err := filterCredit(o, "Credit slip "+s.Printed, qloapps.Day(s.Added), self, links, r)
	if creditsNothing(s) && !self.Exists() && !fault.Is(err, fault.Skipped) {
		return engine.Mapped[zoho.CreditNote]{CreateOnly: true, Nothing: true, Compare: slipAsWritten(s, ""), Formerly: formerSlips(s),
			Facts: engine.Facts{Title: "Credit slip " + s.Printed, Date: qloapps.Day(s.Added), Currency: o.Currency, HasTotal: true, Hotel: o.HotelName}}, nil
	}
	if err != nil && !self.Exists() {
		return none, err
	}
	if otherCurrency(o, self) {
		return keptCredit("Credit slip "+s.Printed, o, self), standsUnused("Credit slip "+s.Printed, o, self, links)
	}
	if err := invoicedFirst(o, links); err != nil && !self.Exists() {
		return none, err
	}
	currency, err := documentCurrency(o.Currency, self, links, r)
	if err != nil {
		return none, err
	}
	ret, paid, err := moneyReturned(s, self)
	if err != nil {
		return none, err
	}
	before, posted, err := wentBefore(s, links)
	if err != nil {
		return none, err
	}
	if posted.Exists() {
		m := engine.Mapped[zoho.CreditNote]{CreateOnly: true, Compare: slipAsWritten(s, ""), Formerly: formerSlips(s)}
		m.Facts = engine.Facts{Title: "Credit slip " + s.Printed, Date: qloapps.Day(s.Added)}
		return alreadyWent(m, s, before, posted, self, currency.Precision)
	}
	if paid && fromThePayments(o, self, links) {
		m := engine.Mapped[zoho.CreditNote]{CreateOnly: true, Compare: slipAsWritten(s, ""), Formerly: formerSlips(s)}
		m.Facts = engine.Facts{Title: "Credit slip " + s.Printed, Date: qloapps.Day(s.Added)}
		return backWithoutInvoice(m, ref(CreditNote, s.ID), ret, o, s.Rate, self, currency.Precision, links, r)
	}
	if fromThePayments(o, self, links) {
		return none, notInvoiced(o)
	}
	if err := creditedWhole(o, "credit slip "+s.Printed, links); err != nil && !self.Exists() {
		return none, err
	}
	total := money.RoundHalfUp(s.TotalIncl, currency.Precision)
	m := engine.Mapped[zoho.CreditNote]{CreateOnly: true, Compare: slipAsWritten(s, ""), Formerly: formerSlips(s)}
	m.Facts = engine.Facts{Title: "Credit slip " + s.Printed, Date: qloapps.Day(s.Added), Currency: o.Currency, Total: total, HasTotal: true, Hotel: o.HotelName}
	if !total.IsPositive() {
		if s.TotalIncl.IsNegative() && !self.Exists() {
			return none, fault.New(fault.Held, "totals_differ", "Credit slip %s is over %s %s, and a slip gives back nothing that is less than nothing.", s.Printed, money.Words(s.TotalIncl, o.Currency), o.Currency).
				Do("Correct the slip in QloApps' database, then use Retry; or use Skip here.")
		}
		if s.Amount.IsPositive() && !self.Exists() {
			return none, fault.New(fault.Held, "totals_differ", "Credit slip %s is over %s %s in one column and over %s in another.", s.Printed, money.Words(s.TotalIncl, o.Currency), o.Currency, money.Words(s.Amount, o.Currency)).
				Do("Correct the slip in QloApps' database, then use Retry; or make the credit note by hand in Zoho Books and use Skip here.")
		}
		m.Nothing = true
		return m, nil
	}
	c, differs, err := slipCredit(s, total, currency.Precision, links, asStands(self, r))
	if err != nil {
		return none, err
	}
	rate, replaced, err := rateFor(self, o, s.Rate, "credit slip "+s.Printed, r)
	if err != nil {
		return none, err
	}
	m.Notices = slices.Concat(differs, replaced, slipDoubts(s), guestGone(s.Order))
	m.Facts.Tax, m.Facts.Taxes, m.Facts.Otherwise = c.Totals.Tax, c.Totals.ByTax, c.Totals.Otherwise
	d, err := dimensionFor(o.HotelID, self, r)
	if err != nil {
		return none, err
	}
	if m.Doc, err = creditBody(ref(CreditNote, s.ID), o, c, qloapps.Day(s.Added), rate, d, self, links, r); err != nil {
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
	rest, voucher, back := m.Facts.Total, s.VoucherCartRuleID != "", money.Zero
	ret, repaid, err := moneyReturned(s, self)
	if err != nil {
		return err
	}
	if repaid {
		amount := money.RoundHalfUp(ret.Amount, precision)
		if amount.GreaterThan(rest) {
			return fault.New(fault.Held, "totals_differ", "%s %s were given back, but credit slip %s is over %s.", money.Words(amount, s.Order.Currency), s.Order.Currency, s.Printed, money.Words(rest, s.Order.Currency)).
				Do("Correct the refund in QloApps, or make the credit note by hand and use Skip here.")
		}
		if amount.IsPositive() { // not less than the currency's smallest unit
			step, err := refundStep(ref(CreditNote, s.ID), ret, amount, m.Doc.ExchangeRate, m.Doc.Date, self, r)
			if err != nil {
				return err
			}
			giveBack(m, step, amount, self)
		}
		rest, back = rest.Sub(amount), amount
	}
	if voucher { // it settles the invoice in which the voucher is used
		rest = money.Zero
	}
	parts := invoicesOfSlip(s, precision)
	self.Ref = ref(CreditNote, s.ID)
	steps, applied, wakes, err := applyRest(s.Order, parts, m.Doc.Date, rest, precision, self, links)
	m.Steps, m.Wakes = append(m.Steps, steps...), append(m.Wakes, wakes...)
	if err == nil {
		noted(m, self, parts, applied, back, voucher, links)
	}
	return err
}

// invoicesOfSlip are the invoices that a slip's credit lowers, each by what it billed of that: the order's only one, else
// those of the order lines that are given back. What of a slip no invoice tells, as of a room that is no longer in the
// order, lowers whichever of the order's takes it.
func invoicesOfSlip(s qloapps.Slip, precision int32) (list []credited) {
	o := s.Order
	total := money.RoundHalfUp(s.TotalIncl, precision)
	if len(o.Invoices) == 1 {
		return []credited{{o.Invoices[0].ID, total}}
	}
	amounts := make([]money.Decimal, len(s.Details))
	for n, d := range s.Details {
		amounts[n] = d.Incl
	}
	of, last, untold := map[string]money.Decimal{}, "", money.Zero
	for n, part := range money.Spread(amounts, precision) {
		total = total.Sub(part)
		line, found := o.SoldLine(s.Details[n].DetailID, s.Details[n].BookingID)
		if !found || !slices.ContainsFunc(o.Invoices, func(i qloapps.InvoiceHead) bool { return i.ID == line.InvoiceID }) {
			untold = untold.Add(part)
			continue
		}
		of[line.InvoiceID] = of[line.InvoiceID].Add(part)
		if !amounts[n].IsZero() {
			last = line.InvoiceID
		}
	}
	if of[last] = of[last].Add(total); last == "" { // the slip's own rounding
		untold = untold.Add(total)
	}
	for _, i := range o.Invoices {
		if most := of[i.ID].Add(untold); most.IsPositive() {
			list = append(list, credited{i.ID, most})
		}
	}
	return list
}

// moneyReturned is the request in which the slip's amount was given back in money. Requests that
// contradict each other hold a slip that was not posted yet; one that is made a voucher beside its money
// pays twice, also where it stands.
func moneyReturned(s qloapps.Slip, self engine.Link) (ret qloapps.Return, found bool, err error) {
	ret, found, contrary := s.Order.Repaid(s.ID)
	if contrary == "" && found && s.VoucherCartRuleID != "" {
		contrary = qloapps.SlipTurnedVoucher
	}
	if contrary != "" && (!self.Exists() || contrary == qloapps.SlipTurnedVoucher) {
		return ret, false, contradicted(ret, s.Order.Currency, "Credit slip "+s.Printed, contrary)
	}
	return ret, found && contrary == "", nil
}

// slipCredit makes lines of what the slip gives back; they come to its total.
// differs tells of a tax that QloApps computed on it by the rates of another day.
func slipCredit(s qloapps.Slip, total money.Decimal, precision int32, links engine.Links, r *rules.Rules) (c bill.Credit, differs []engine.Notice, err error) {
	var lines []bill.CreditLine
	net := money.Zero
	amounts := make([]money.Decimal, len(s.Details))
	for i, d := range s.Details {
		amounts[i] = d.Incl
	}
	left := total
	for i, part := range money.Spread(amounts, precision) {
		d := s.Details[i]
		line, set, err := bill.SoldAs(s.Order, d.DetailID, d.BookingID, d.Excl, d.Incl)
		if err != nil {
			return c, nil, err
		}
		left = left.Sub(part)
		net = net.Add(d.Incl.DivRound(set.Factor(), 6))
		l, err := bill.Given(line, set, slipWords(d), part, itemsIn(links), r)
		if err != nil {
			return c, nil, err
		}
		lines = append(lines, l)
	}
	if left.Abs().GreaterThan(money.Unit(precision).Mul(bill.Limit(r))) || len(lines) == 0 {
		return c, nil, fault.New(fault.Held, "totals_differ", "The lines of credit slip %s come to %s, the slip itself to %s %s.", s.Printed, money.Words(total.Sub(left), s.Order.Currency), money.Words(total, s.Order.Currency), s.Order.Currency).
			Do("Check the slip in QloApps, or make the credit note by hand and use Skip here.")
	}
	if unit := money.Max(qloapps.Penny, s.Order.Unit).Mul(money.Whole(len(lines) + 1)); net.Sub(s.TotalExcl).Abs().GreaterThan(unit) {
		differs = []engine.Notice{{Code: "tax_differs", Detail: fmt.Sprintf("QloApps' credit slip says %s %s without tax, at the rates with which it was sold it is %s. The tax of the sale was taken back.", money.Words(s.TotalExcl, s.Order.Currency), s.Order.Currency, money.Words(net.Round(2), s.Order.Currency))}}
	}
	c, err = bill.CreditOf(lines, total, precision, r)
	return c, differs, err
}

// slipDoubts tells what the slip's rows say twice and differently.
func slipDoubts(s qloapps.Slip) []engine.Notice {
	var list []engine.Notice
	if s.Amount.IsPositive() && s.Amount.Sub(s.TotalIncl).Abs().GreaterThan(qloapps.Penny) {
		list = append(list, engine.Notice{Code: "slip_differs", Detail: fmt.Sprintf("QloApps' credit slip says %s %s in one column and %s in another, which holds less. %s was posted.", money.Words(s.TotalIncl, s.Order.Currency), s.Order.Currency, money.Words(s.Amount, s.Order.Currency), money.Words(s.TotalIncl, s.Order.Currency))})
	}
	return append(list, creditsDiffer(s.Order)...)
}

func slipWords(d qloapps.SlipDetail) string {
	name := d.Name
	if name == "" {
		name = "a room that is no longer in the order"
	}
	parts := nonEmpty("Refund of "+name, roomWord(d.RoomNumber))
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

// slipAsWritten decides whether a slip, or how much of it went back in money, was changed after it was posted.
func slipAsWritten(s qloapps.Slip, customer string) any {
	return slipWritten(s, customer, paidBack(s))
}

// creditsNothing reports a slip of 0.00 in every column, of which no money went back.
func creditsNothing(s qloapps.Slip) bool {
	_, found, contrary := s.Order.Repaid(s.ID)
	return !found && contrary == "" && s.TotalIncl.IsZero() && s.TotalExcl.IsZero() && s.Amount.IsZero()
}

// paidBack is what went back of a slip in money, "" where nothing did.
func paidBack(s qloapps.Slip) string {
	ret, found, contrary := s.Order.Repaid(s.ID)
	if !found || contrary != "" {
		return ""
	}
	return ret.Amount.String()
}

func slipWritten(s qloapps.Slip, customer, back string) any {
	var details []string
	for _, d := range s.Details {
		details = append(details, d.DetailID+": "+d.Excl.String()+" "+d.Incl.String())
	}
	return slipText{customer, s.TotalExcl.String(), s.TotalIncl.String(), qloapps.Day(s.Added), details, back}
}

type slipText struct {
	Customer         string `json:",omitempty"` // in former versions
	Excl, Incl, Date string
	Details          []string
	Back             string `json:",omitempty"`
}

// Called is what people call the parts of a slip.
func (slipText) Called() map[string]string {
	return map[string]string{"Excl": "the amount without tax", "Incl": "the amount with tax", "Date": "the day", "Details": "without and with tax, the order line", "Back": "the money given back"}
}

// formerSlips are slipAsWritten as it was before the customer stopped to count, and before anything went back: money
// may go back of a slip that stands, once.
func formerSlips(s qloapps.Slip) []any {
	list := []any{slipWritten(s, "", "")}
	for _, customer := range append([]string{s.CustomerID, s.Order.CustomerID}, s.Order.Customers...) {
		list = append(list, slipWritten(s, customer, ""))
	}
	return list
}
