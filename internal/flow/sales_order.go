package flow

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/qlobooks/qlobooks/internal/bill"
	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// orders become open sales orders of the same total. Their lines are without tax. Once an invoice
// stands, a sales order that stands is history and stays as it is, as Zoho freezes what is
// invoiced. One that is wanted only then is made all the same: every order has one.
func salesOrders(load func(context.Context, []string) (map[string]*qloapps.Order, error), dest engine.Dest[zoho.SalesOrder]) engine.Flow[*qloapps.Order, zoho.SalesOrder] {
	return engine.Flow[*qloapps.Order, zoho.SalesOrder]{Name: SalesOrder, Section: "orders", Version: 1, Parts: true, Load: load, Needs: salesOrderNeeds, Named: namedContact, Map: mapSalesOrder, Dest: dest, Edited: destination.Edited, Revive: openStep(zoho.SalesOrders)}
}

func salesOrderNeeds(o *qloapps.Order, r *rules.Rules) []engine.Ref {
	needs := append(buyer(o, r), itemRefs(o.Lines)...)
	for _, i := range o.Invoices {
		needs = append(needs, ref(Invoice, i.ID))
	}
	return append(needs, settlers(o)...)
}

func mapSalesOrder(o *qloapps.Order, self engine.Link, links engine.Links, r *rules.Rules) (engine.Mapped[zoho.SalesOrder], error) {
	none := engine.Mapped[zoho.SalesOrder]{}
	if err := unfinished(o, "sales order", self, links); err != nil {
		return none, err
	}
	if err := anotherOrder(o, self, links); err != nil {
		return none, err
	}
	filtered, over := filterSalesOrder(o, r), o.Canceled || costsNothing(o)
	if filtered != nil && (!self.Exists() || self.Retired() && !over) { // void it stands no more
		return none, filtered
	}
	m := engine.Mapped[zoho.SalesOrder]{Facts: engine.Facts{Title: "Sales order of " + o.Reference, Date: qloapps.Day(o.Added)}}
	switch {
	case over && !self.Exists():
		if o.Canceled { // whether one that stands all the same becomes void
			for _, i := range o.Invoices {
				if _, err := links.Settled(Invoice, i.ID); err != nil {
					return none, err
				}
			}
		}
		m.Nothing, m.Counts = true, o.Canceled
		return m, nil
	case over, stoodRight(self) && !self.Retired() && (invoiceStands(o, links) || invoiceStood(o, links, r) || filtered != nil):
		m.Keep, m.Facts.Total, m.Facts.Currency = true, self.Total, self.Currency
		m.Steps = salesOrderSteps(over && (self.Retired() || !invoiceStands(o, links)))
		return m, nil
	}
	if err := undated("Order "+o.Reference, qloapps.Day(o.Added)); err != nil && !self.Exists() {
		return none, err
	}
	currency, err := documentCurrency(o.Currency, self, links, r)
	if err != nil {
		return none, err
	}
	x, sold, lines, err := orderedWithoutTax(o, currency.Precision, links, r)
	if err != nil {
		return none, err
	}
	if m.Doc, err = ordered(o, self, x, lines, links, r); err != nil {
		return none, err
	}
	rate, replaced, err := rateFor(self, o, o.Rate, "order "+o.Reference, r)
	if err != nil {
		return none, err
	}
	m.Doc.ExchangeRate = updateRate(self, o.Currency, rate, r)
	m.Facts.Date, m.Facts.Own = m.Doc.Date, qloapps.Day(o.Added)
	compare := m.Doc
	compare.ExchangeRate = nil
	m.Chosen = func(sent json.RawMessage) any {
		var was zoho.SalesOrder
		if json.Unmarshal(sent, &was) != nil || len(was.Lines) != len(compare.Lines) {
			return nil
		}
		with := compare
		with.Lines = slices.Clone(compare.Lines)
		chosenLines(with.Lines, was.Lines, sold)
		return with
	}
	m.Compare, m.Steps, m.Notices = compare, salesOrderSteps(false), slices.Concat(told(x.Notices), replaced, guestGone(o))
	m.Facts.Taxes, m.Facts.Otherwise = x.Totals.ByTax, x.Totals.Otherwise
	m.Facts.Currency, m.Facts.Total, m.Facts.Tax, m.Facts.HasTotal, m.Facts.Hotel = o.Currency, x.Totals.Total, x.Totals.Tax, true, o.HotelName
	if self.Retired() { // it was void and is wanted again
		m.Before = &salesOrderSteps(false)[0]
	}
	return m, nil
}

// stoodRight reports that a sales order stood as it was wanted, and was not left as a draft because it differs.
func stoodRight(self engine.Link) bool {
	return self.Exists() && (!slices.Contains(self.Steps, "open") || slices.Contains(self.Done, "open"))
}

// costsNothing reports an order of which nothing is left, as QloApps sets the lines of canceled rooms to 0. One that
// has a total and no line at all is none: its lines are lost.
func costsNothing(o *qloapps.Order) bool {
	return !bill.Costs(o.Lines) && (len(o.Lines) > 0 || !bill.OfOrder(o).Incl.IsPositive())
}

func salesOrderSteps(void bool) []engine.Step {
	steps := []engine.Step{openStep(zoho.SalesOrders)}
	if void {
		steps = append(steps, statusStep(zoho.SalesOrders, engine.StepVoid, "void", false))
	}
	return steps
}

func filterSalesOrder(o *qloapps.Order, r *rules.Rules) error {
	if !r.Settings.Orders.CreateSalesOrders {
		return fault.New(fault.Skipped, "skipped_export_off", "Sales orders are not sent to Zoho Books.").Do("Switch «Create sales orders» on in Configuration, Orders.")
	}
	if err := skippedHotel(o.HotelID, o.HotelName, r); err != nil {
		return err
	}
	return skippedBefore(qloapps.Day(o.Added), r)
}

// orderedWithoutTax balances the whole order and takes the tax out of its lines.
func orderedWithoutTax(o *qloapps.Order, precision int32, links engine.Links, r *rules.Rules) (*bill.Exclusive, []bill.Line, []zoho.Line, error) {
	sold, err := bill.ChooseTaxes(o.Lines, o.Currency, r)
	if err != nil {
		return nil, nil, nil, err
	}
	discounts, t := bill.WithoutVouchers(o.Discounts, o.Lines, bill.OfOrder(o))
	b, err := bill.Balance(sold, discounts, t, precision, r)
	if err != nil {
		return nil, nil, nil, err
	}
	x, err := b.WithoutTax(t, len(discounts) > 0, precision, r)
	if err != nil {
		return nil, nil, nil, err
	}
	lines, err := x.ZohoLines(b, precision, itemsIn(links), false, r)
	return x, b.Lines, lines, err
}

// ordered is the body of a sales order. Its number is of Zoho's series, as QloApps prints none.
func ordered(o *qloapps.Order, self engine.Link, x *bill.Exclusive, lines []zoho.Line, links engine.Links, r *rules.Rules) (zoho.SalesOrder, error) {
	bears := dated(qloapps.Day(o.Added), r.Locks.Paper(), self, r)
	doc := zoho.SalesOrder{Date: bears, Notes: trueDay(qloapps.Day(o.Added), bears), ReferenceNumber: zoho.Clip(o.Reference, 100), Lines: lines, CustomFields: keyField(r, ref(SalesOrder, o.ID))}
	contact, err := contactOf(o, self, links, r)
	if err != nil {
		return doc, err
	}
	doc.CustomerID = contact
	doc.Discount, doc.DiscountType, doc.DiscountBeforeTax = x.Discounted()
	doc.Adjustment, doc.AdjustmentDescription = x.Adjusted()
	d, err := dimensionFor(o.HotelID, self, r)
	doc.Tags, doc.LocationID = d.on(doc.Lines)
	return doc, err
}
