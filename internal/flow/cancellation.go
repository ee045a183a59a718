package flow

import (
	"context"
	"encoding/json"

	"github.com/qlobooks/qlobooks/internal/bill"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/oracle"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// an invoice whose order was canceled and that is not voided is credited whole: over the document
// as it was posted, because QloApps has set its own amounts to 0.
func cancellations(load func(context.Context, []string) (map[string]qloapps.Invoice, error), dest engine.Dest[zoho.CreditNote]) engine.Flow[qloapps.Invoice, zoho.CreditNote] {
	return engine.Flow[qloapps.Invoice, zoho.CreditNote]{Name: Cancellation, Section: "orders", Version: 1, Load: load, Needs: cancellationNeeds, Named: namedContact, Map: mapCancellation, Dest: dest, Revive: redraft()}
}

func cancellationNeeds(i qloapps.Invoice, r *rules.Rules) []engine.Ref {
	needs := append(buyer(i.Order, r), ref(SalesOrder, i.Order.ID))
	for _, head := range i.Order.Invoices {
		needs = append(needs, ref(Invoice, head.ID))
	}
	needs = append(append(needs, settlers(i.Order)...), returnsOf(i.Order)...)
	for _, l := range i.Order.Lines { // QloApps has set their amounts to 0, but they were posted
		if item := itemRef(l); item != nil {
			needs = append(needs, *item)
		}
	}
	return needs
}

func mapCancellation(i qloapps.Invoice, self engine.Link, links engine.Links, r *rules.Rules) (engine.Mapped[zoho.CreditNote], error) {
	none := engine.Mapped[zoho.CreditNote]{}
	m := engine.Mapped[zoho.CreditNote]{Facts: engine.Facts{Title: "Cancellation of " + invoiceTitle(i), Date: canceledOn(i)}}
	posted, err := links.Settled(Invoice, i.ID)
	if err != nil {
		return none, err
	}
	if err := anotherOrder(i.Order, self, links); err != nil {
		return none, err
	}
	i = asBilled(i, posted)
	if canceled(i) && !self.Exists() {
		if err := creditsMoved(i.Order, posted, links); err != nil {
			return none, err
		}
	}
	how, err := endOf(i, posted, self, links, r)
	switch {
	case how == alive && self.Exists() && !self.Retired():
		return none, fault.New(fault.Held, "paid_document", "The order came back to life in QloApps after its invoice was credited.").Do("Void the credit note in Zoho Books, then use Skip here.")
	case how == asks, how == waits:
		return none, err
	case how == byVoid && posted.Status == engine.Synced: // a slip that was on its way kept it from that, and is not any more
		m.Nothing, m.Wakes = true, []engine.Ref{ref(Invoice, i.ID)}
		return m, nil
	case how != byCredit:
		m.Nothing = true
		return m, nil
	}
	currency, err := documentCurrency(i.Order.Currency, self, links, r)
	if err != nil {
		return none, err
	}
	c, err := mirrored(posted, currency.Precision, r)
	if err != nil {
		return none, err
	}
	if err := undated("The cancellation of "+invoiceTitle(i), canceledOn(i)); err != nil && !self.Exists() {
		return none, err
	}
	date := max(canceledOn(i), qloapps.Day(i.Date), posted.Day)
	rate, replaced, err := rateFor(self, i.Order, i.Order.Rate, "order "+i.Order.Reference, r)
	if err != nil {
		return none, err
	}
	d, err := dimensionTakenBack(posted, self, r)
	if err != nil {
		return none, err
	}
	if m.Doc, err = creditBody(ref(Cancellation, i.ID), i.Order, c, date, rate, d, self, links, r); err != nil {
		return none, err
	}
	if rate := postedRate(posted); m.Doc.ExchangeRate != nil && rate != nil {
		m.Doc.ExchangeRate, replaced = rate, nil
	}
	m.Notices = replaced
	m.Facts.Date, m.Facts.Own = m.Doc.Date, canceledOn(i)
	m.Doc.ReferenceNumber = zoho.Clip(posted.Number, 100)
	m.CreateOnly, m.Compare = true, i.ID
	m.Facts.Currency, m.Facts.Total, m.Facts.Tax, m.Facts.HasTotal, m.Facts.Hotel = i.Order.Currency, posted.Total, c.Totals.Tax, true, i.Order.HotelName
	self.Ref = ref(Cancellation, i.ID)
	whole := []credited{{i.ID, posted.Total}}
	var applied map[string]money.Decimal
	m.Steps, applied, _, err = applyRest(i.Order, whole, m.Doc.Date, posted.Total, currency.Precision, self, links)
	m.Steps, m.Facts.Taxes, m.Facts.Otherwise = opened(m.Steps, self), c.Totals.ByTax, c.Totals.Otherwise
	if err == nil {
		noted(&m, self, whole, applied, money.Zero, false, links)
	}
	return m, err
}

// mirrored is a credit over an invoice as it was posted.
func mirrored(posted engine.Link, precision int32, r *rules.Rules) (bill.Credit, error) {
	var sent zoho.Invoice
	if err := json.Unmarshal(posted.Sent, &sent); err != nil || len(sent.Lines) == 0 {
		return bill.Credit{}, fault.New(fault.Held, "totals_differ", "QloBooks does not know what was posted as invoice %s.", posted.Number).Do("Make the credit note by hand in Zoho Books, then use Skip here.")
	}
	amounts := make([]money.Decimal, len(sent.Lines))
	for n, l := range sent.Lines {
		amounts[n] = l.Rate.Mul(l.Quantity.Decimal)
		if l.DiscountAmount != nil {
			amounts[n] = amounts[n].Sub(l.DiscountAmount.Decimal)
		}
	}
	if sent.Discount != nil {
		for n, off := range oracle.Shares(amounts, sent.Discount.Decimal, precision) {
			amounts[n] = amounts[n].Sub(off)
		}
	}
	lines := make([]bill.CreditLine, len(sent.Lines))
	for n, l := range sent.Lines {
		lines[n] = bill.CreditLine{Amount: amounts[n], Net: !sent.InclusiveTax, Taxes: bill.TaxesOf(l.TaxID, qloapps.Untaxed, r),
			Line: zoho.Line{ItemID: l.ItemID, Name: l.Name, Description: l.Description, AccountID: l.AccountID, TaxID: l.TaxID, TaxExemptionID: l.TaxExemptionID}}
	}
	return bill.CreditOf(lines, posted.Total, precision, r)
}
