package flow

import (
	"context"
	"slices"

	"github.com/qlobooks/qlobooks/internal/bill"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// money that was given back without a credit slip becomes a credit note over what was returned,
// and its refund. Every other return makes no document of its own.
func refunds(load func(context.Context, []string) (map[string]qloapps.Refund, error), dest engine.Dest[zoho.CreditNote]) engine.Flow[qloapps.Refund, zoho.CreditNote] {
	return engine.Flow[qloapps.Refund, zoho.CreditNote]{Name: Refund, Section: "orders", Version: 1, Load: load, Needs: refundNeeds, Named: namedContact, Map: mapRefund, Rows: creditRows, Dest: dest, Revive: redraft()}
}

func refundNeeds(f qloapps.Refund, r *rules.Rules) []engine.Ref {
	if f.Order == nil {
		return nil
	}
	return creditNeeds(f.Order, r)
}

// moneyAlone reports money given back with neither a slip nor a voucher for it.
func moneyAlone(ret qloapps.Return) bool {
	became, _ := ret.Becomes()
	return became == qloapps.BecameMoney
}

// refundText decides whether money given back was changed after it was posted.
type refundText struct {
	Amount, Mode string
	Became       string `json:",omitempty"` // what it is since, where that is neither money alone nor a slip
}

// Called is what people call its parts.
func (refundText) Called() map[string]string {
	return map[string]string{"Amount": "the amount given back", "Mode": "the way in which it was given back", "Became": "what became of it"}
}

func mapRefund(f qloapps.Refund, self engine.Link, links engine.Links, r *rules.Rules) (engine.Mapped[zoho.CreditNote], error) {
	none := engine.Mapped[zoho.CreditNote]{}
	m := engine.Mapped[zoho.CreditNote]{CreateOnly: true, Compare: refundText{f.Amount.String(), f.PaymentMode, ""}}
	m.Facts = engine.Facts{Title: "Refund request " + f.ID, Date: qloapps.Day(f.Updated)}
	if became, contrary := f.Becomes(); became == qloapps.Contradicts && !self.Exists() {
		return none, contradicted(f.Return, f.Order.Currency, "Refund request "+f.ID, contrary)
	}
	went := gaveBefore(self) && becameSince(f.Return) == "" // it is looked for as what its slip's is
	if !moneyAlone(f.Return) && (!self.Exists() && !went || self.Retired()) {
		m.Nothing, m.Counts = true, self.LostIn != "" && self.LostIn == r.Org.ID // what stood before it became a slip is the slip's
		return m, nil
	}
	o := f.Order
	if o == nil {
		return none, fault.New(fault.Held, "order_incomplete", "Refund %s belongs to order %s, which QloApps no longer has.", f.ID, f.OrderID).Do("Record the refund by hand in Zoho Books, then use Skip here.")
	}
	if err := filterCredit(o, "Refund request "+f.ID, qloapps.Day(f.Updated), self, links, r); err != nil && !self.Exists() {
		return none, err
	}
	if otherCurrency(o, self) {
		return keptCredit(m.Facts.Title, o, self), standsUnused(m.Facts.Title, o, self, links)
	}
	if err := invoicedFirst(o, links); err != nil && !self.Exists() {
		return none, err
	}
	currency, err := documentCurrency(o.Currency, self, links, r)
	if err != nil {
		return none, err
	}
	if !moneyAlone(f.Return) {
		return refundBecame(m, f, self, currency.Precision, links, r)
	}
	total := money.RoundHalfUp(f.Amount, currency.Precision)
	if !total.IsPositive() { // less than the currency's smallest unit
		m.Nothing = true
		return m, nil
	}
	if fromThePayments(o, self, links) {
		return backWithoutInvoice(m, ref(Refund, f.ID), f.Return, o, o.Rate, self, currency.Precision, links, r)
	}
	if err := creditedWhole(o, "refund request "+f.ID, links); err != nil && !self.Exists() {
		return none, err
	}
	if c, exceeds := o.Exceeds(f.Return); exceeds && !self.Exists() && !self.Approved {
		return none, fault.New(fault.Held, c.Code, "%s", c.Words(o.Reference, o.Currency)).
			Do("Correct the requests in QloApps, then use Retry; or use Skip here. Release posts it all the same: a credit note, and its refund.")
	}
	c, err := refundCredit(f, total, currency.Precision, links, r)
	if err != nil {
		return none, err
	}
	rate, replaced, err := rateFor(self, o, o.Rate, "order "+o.Reference, r)
	if err != nil {
		return none, err
	}
	m.Notices = append(replaced, creditsDiffer(o)...)
	d, err := dimensionFor(o.HotelID, self, r)
	if err != nil {
		return none, err
	}
	if m.Doc, err = creditBody(ref(Refund, f.ID), o, c, qloapps.Day(f.Updated), rate, d, self, links, r); err != nil {
		return none, err
	}
	step, err := refundStep(ref(Refund, f.ID), f.Return, total, m.Doc.ExchangeRate, m.Doc.Date, self, r)
	m.Facts.Date, m.Facts.Own = m.Doc.Date, qloapps.Day(f.Updated)
	giveBack(&m, step, total, self)
	m.Steps, m.Facts.Taxes, m.Facts.Otherwise = opened(m.Steps, self), c.Totals.ByTax, c.Totals.Otherwise
	m.Facts.Currency, m.Facts.Total, m.Facts.Tax, m.Facts.HasTotal, m.Facts.Hotel = o.Currency, total, c.Totals.Tax, true, o.HotelName
	self.Ref = ref(Refund, f.ID)
	noted(&m, self, nil, nil, total, false, links)
	return m, err
}

// refundCredit makes lines of what was returned; they come to the money given back.
func refundCredit(f qloapps.Refund, total money.Decimal, precision int32, links engine.Links, r *rules.Rules) (bill.Credit, error) {
	var details []qloapps.ReturnDetail
	amounts := []money.Decimal{}
	sum := money.Zero
	marked := slices.ContainsFunc(f.Details, func(d qloapps.ReturnDetail) bool { return d.Done })
	for _, d := range f.Details {
		if d.Amount.IsPositive() && (d.Done || !marked) {
			details, amounts, sum = append(details, d), append(amounts, d.Amount), sum.Add(d.Amount)
		}
	}
	if len(details) == 0 || sum.Sub(f.Amount).Abs().GreaterThan(qloapps.Penny.Mul(money.Whole(len(details)))) {
		return bill.Credit{}, fault.New(fault.Held, "totals_differ", "%s %s were given back, but the returned rooms and services come to %s.", money.Words(total, f.Order.Currency), f.Order.Currency, money.Words(sum, f.Order.Currency)).
			Do("Check the refund request in QloApps, or record the refund by hand and use Skip here.")
	}
	var lines []bill.CreditLine
	for i, part := range money.Spread(amounts, precision) {
		line, set, err := bill.SoldAs(f.Order, details[i].DetailID, details[i].BookingID, money.Zero, details[i].Amount)
		if err != nil {
			return bill.Credit{}, err
		}
		l, err := bill.Given(line, set, "Refund of "+bill.Describe(line), part, itemsIn(links), r)
		if err != nil {
			return bill.Credit{}, err
		}
		lines = append(lines, l)
	}
	return bill.CreditOf(lines, total, precision, r)
}
