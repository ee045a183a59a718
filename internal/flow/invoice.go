package flow

import (
	"context"
	"slices"

	"github.com/qlobooks/qlobooks/internal/bill"
	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// invoices become invoices with the same number, date, total and currency, marked as sent
// without mailing anybody. Their lines include tax, so that the total needs no rounding line.
func invoices(load func(context.Context, []string) (map[string]qloapps.Invoice, error), dest engine.Dest[zoho.Invoice]) engine.Flow[qloapps.Invoice, zoho.Invoice] {
	return engine.Flow[qloapps.Invoice, zoho.Invoice]{Name: Invoice, Section: "orders", Version: 1, Load: load, Needs: invoiceNeeds, Named: namedContact, Map: mapInvoice, Dest: dest, Edited: destination.Edited, Revive: redrafted}
}

func invoiceNeeds(i qloapps.Invoice, r *rules.Rules) []engine.Ref {
	needs := append(buyer(i.Order, r), ref(SalesOrder, i.Order.ID), ref(Cancellation, i.ID))
	for _, head := range i.Order.Invoices {
		needs = append(needs, ref(Invoice, head.ID))
	}
	needs = append(needs, itemRefs(bill.LinesOf(i))...)
	return slices.Concat(needs, voucherNeeds(i), settlers(i.Order), returnsOf(i.Order))
}

func mapInvoice(i qloapps.Invoice, self engine.Link, links engine.Links, r *rules.Rules) (engine.Mapped[zoho.Invoice], error) {
	none := engine.Mapped[zoho.Invoice]{}
	if err := unfinished(i.Order, "", self, links); err != nil {
		return none, err
	}
	if err := anotherOrder(i.Order, self, links); err != nil {
		return none, err
	}
	filtered := filter(i, r)
	if filtered != nil && !self.Exists() {
		return none, filtered
	}
	if canceled(i) {
		return canceledInvoice(i, self, links, r)
	}
	if filtered != nil && self.Retired() { // void it stands no more
		return none, filtered
	}
	if err := undated(invoiceTitle(i), qloapps.Day(i.Date)); err != nil && !self.Exists() {
		return none, err
	}
	if err := untraced(i, self); err != nil {
		return none, err
	}
	i.Alone = self.Approved
	discounts, t, err := bill.Owed(i)
	if err != nil {
		return none, err
	}
	currency, err := documentCurrency(i.Order.Currency, self, links, r)
	if err != nil {
		return none, err
	}
	lines, err := bill.ChooseTaxes(bill.LinesOf(i), i.Order.Currency, r)
	if err != nil {
		return none, err
	}
	b, err := bill.Balance(lines, discounts, t, currency.Precision, r)
	if err != nil && self.Exists() {
		if stands := standing(i, discounts, t, currency.Precision, self, r); stands != nil {
			b, r, err = stands, asStands(self, r), nil
		}
	}
	if err != nil {
		return none, err
	}
	var x *bill.Exclusive
	if r.Org.ExclusiveInvoices {
		if x, err = b.WithoutTax(t, len(discounts) > 0, currency.Precision, r); err != nil {
			return none, err
		}
		b.Totals, b.Notices = x.Totals, x.Notices
	}
	if err := lowered(i, self, b.Totals.Total, currency.Precision, links); err != nil {
		return none, err
	}
	doc, err := invoiced(i, self, b, x, currency.Precision, links, r)
	if err != nil {
		return none, err
	}
	rate, replaced, err := rateFor(self, i.Order, i.Order.Rate, "order "+i.Order.Reference, r)
	if err != nil {
		return none, err
	}
	doc.ExchangeRate = updateRate(self, i.Order.Currency, rate, r)
	var credits []engine.Step
	var shown []engine.Notice
	if !draft(self, r) { // no credit pays a draft
		if credits, shown, err = voucherSteps(i, self, doc.CustomerID, doc.Date, b.Totals.Total, currency.Precision, links, r); err != nil {
			return none, err
		}
	}
	m := engine.Mapped[zoho.Invoice]{
		Doc: doc, Compare: comparable(doc, i), Chosen: chosenOf(i, doc, b.Lines), Keep: filtered != nil, Notices: slices.Concat(told(t.Notices), told(b.Notices), shown, replaced, paidDiffers(asStanding(i.Order, links)), guestGone(i.Order)), Wakes: settlers(i.Order),
		Steps: append(postedAs(self, r), credits...),
		Facts: engine.Facts{Title: invoiceTitle(i), Date: doc.Date, Own: qloapps.Day(i.Date), Currency: i.Order.Currency, Total: b.Totals.Total, Tax: b.Totals.Tax, Taxes: b.Totals.ByTax, Otherwise: b.Totals.Otherwise, HasTotal: true, Due: doc.DueDate, Hotel: i.Order.HotelName},
	}
	m.Facts.Open = openOf(i, b.Totals.Total, self, currency.Precision, links)
	if self.Retired() { // it was void, and its order came back to life
		m.Before = &redrafted
	}
	return m, nil
}

// redrafted makes a void invoice a draft again, as which alone it can be changed.
var redrafted = statusStep(zoho.Invoices, "draft", "draft", false)

var sentStep = engine.Step{Name: "sent", Method: "POST", Path: "/invoices/{id}/status/sent", Bulk: "/invoices/status/sent", BulkParam: "invoice_ids",
	Proof: &engine.Proof{Path: "/invoices/{id}", Envelope: "invoice", Field: "status", Any: destination.Opened(zoho.Invoices)}}

// draftStep leaves an invoice the draft as which Zoho Books makes it.
var draftStep = engine.Step{Name: engine.StepDraft, Implied: true, Otherwise: &sentStep}

// postedAs begins the steps of an invoice: sent, or left a draft until a person marks it as sent. The setting
// is about new ones; what stands as the one is not made the other by it.
func postedAs(self engine.Link, r *rules.Rules) []engine.Step {
	if draft(self, r) {
		return []engine.Step{draftStep}
	}
	return []engine.Step{sentStep}
}

func draft(self engine.Link, r *rules.Rules) bool {
	return self.Draft || self.Retired() && slices.Contains(self.Steps, engine.StepDraft) || !self.Exists() && r.Settings.Orders.PostAs == "draft"
}

// canceledInvoice voids the posted invoice of a canceled order, or leaves it to its cancellation.
func canceledInvoice(i qloapps.Invoice, self engine.Link, links engine.Links, r *rules.Rules) (engine.Mapped[zoho.Invoice], error) {
	i = asBilled(i, self)
	m := engine.Mapped[zoho.Invoice]{Facts: engine.Facts{Title: invoiceTitle(i), Date: qloapps.Day(i.Date), Total: self.Total, Currency: self.Currency, Hotel: i.Order.HotelName}}
	how, err := endOf(i, self, links.Look(Cancellation, i.ID), links, r)
	switch how {
	case waits:
		return m, err
	case notThere:
		m.Nothing, m.Counts = true, true
		return m, nil
	}
	m.Keep, m.Steps = true, append(postedAs(self, r), doneSteps(self.Done, creditStep)...)
	if how == byVoid || how == voided {
		void := statusStep(zoho.Invoices, engine.StepVoid, "void", false)
		void.Bulk, void.BulkParam = "/invoices/status/void", "invoice_ids"
		m.Steps = append(m.Steps, void)
	}
	return m, nil
}

// standing is the bill of an invoice that was sent and stands as it would be posted today under any limit of rounding: a
// limit that was lowered since holds nothing. nil = it is no longer that, or was refused as a draft.
func standing(i qloapps.Invoice, discounts []qloapps.Discount, t bill.Due, precision int32, self engine.Link, r *rules.Rules) *bill.Bill {
	lines, err := bill.ChooseTaxes(bill.LinesOf(i), i.Order.Currency, r)
	if err != nil || !wasSent(self) {
		return nil
	}
	b, err := bill.Balance(lines, discounts, t, precision, asStands(self, r))
	tax := destination.KeptOf(self).Tax
	if err != nil || !b.Totals.Total.Equal(self.Total) || tax == nil || !b.Totals.Tax.Equal(*tax) {
		return nil
	}
	return b
}

// wasSent reports that a document came to stand as it was wanted, and was not left as a draft because it differs.
func wasSent(self engine.Link) bool {
	return self.Exists() && (slices.Contains(self.Done, sentStep.Name) || slices.Contains(self.Done, "open"))
}

// asStands are rules without a limit of rounding, for a document that stands.
func asStands(self engine.Link, r *rules.Rules) *rules.Rules {
	if !wasSent(self) {
		return r
	}
	all := *r
	all.Settings.Orders.RoundingLimit = 1_000_000
	return &all
}

// lowered holds an edit that would take an invoice below what has settled it.
func lowered(i qloapps.Invoice, self engine.Link, total money.Decimal, precision int32, links engine.Links) error {
	if !self.Exists() || self.Retired() || total.GreaterThanOrEqual(self.Total) {
		return nil
	}
	settled := settledOf(i.Order, i.ID, precision, links)
	if total.GreaterThanOrEqual(settled) {
		return nil
	}
	if err := backMoved(i.Order, self, links); err != nil {
		return err
	}
	return fault.New(fault.Held, "overpaid_after_edit", "QloApps now bills %s %s, but %s %s of the invoice are settled in Zoho Books, which shows %s.", money.Words(total, i.Order.Currency), i.Order.Currency, money.Words(settled, i.Order.Currency), i.Order.Currency, money.Words(self.Total, i.Order.Currency)).
		Do("Make a credit note for the difference in Zoho Books, or give the money back, then use Skip here.")
}

// filter says why the invoice is left out. One that was posted before stays as it stands.
func filter(i qloapps.Invoice, r *rules.Rules) error {
	if err := skippedHotel(i.Order.HotelID, i.Order.HotelName, r); err != nil {
		return err
	}
	return skippedBefore(qloapps.Day(i.Date), r)
}
