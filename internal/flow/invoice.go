package flow

import (
	"context"
	"fmt"
	"slices"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/oracle"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// invoices become invoices with the same number, date, total and currency, marked as sent
// without mailing anybody. Their lines include tax, so that the total needs no rounding line.
func invoices(load func(context.Context, []string) (map[string]qloapps.Invoice, error), dest engine.Dest[zoho.Invoice]) engine.Flow[qloapps.Invoice, zoho.Invoice] {
	return engine.Flow[qloapps.Invoice, zoho.Invoice]{Name: Invoice, Section: "orders", Version: 1, Load: load, Needs: invoiceNeeds, Map: mapInvoice, Dest: dest}
}

func invoiceNeeds(i qloapps.Invoice, r *rules.Rules) []engine.Ref {
	needs := []engine.Ref{contactRef(i.Order.CustomerID, i.Order.Currency, r)}
	for _, l := range billed(i) {
		if item := itemRef(l); item != nil && !(l.Incl.IsZero() && l.Excl.IsZero()) {
			needs = append(needs, *item)
		}
	}
	return needs
}

// billed are the lines of one invoice: all of the order's when it has only this one.
func billed(i qloapps.Invoice) []qloapps.Line {
	if len(i.Order.Invoices) == 1 {
		return i.Order.Lines
	}
	var lines []qloapps.Line
	for _, l := range i.Order.Lines {
		if l.InvoiceID == i.ID {
			lines = append(lines, l)
		}
	}
	return lines
}

func mapInvoice(i qloapps.Invoice, self engine.Link, links engine.Links, r *rules.Rules) (engine.Mapped[zoho.Invoice], error) {
	none := engine.Mapped[zoho.Invoice]{}
	if err := refused(i, self); err != nil {
		return none, err
	}
	filtered := filter(i, r)
	if filtered != nil && !self.Exists() {
		return none, filtered
	}
	nothing := engine.Mapped[zoho.Invoice]{Nothing: true, Facts: engine.Facts{Title: invoiceTitle(i), Date: day(i.Date)}}
	if i.Order.Canceled {
		return nothing, nil
	}
	t, err := truthOf(i)
	if err != nil {
		return none, err
	}
	if t.incl.IsZero() && !costs(billed(i)) {
		return nothing, nil
	}
	currency, err := currencyOf(i.Order.Currency, r)
	if err != nil {
		return none, err
	}
	lines, err := chooseTaxes(billed(i), r)
	if err != nil {
		return none, err
	}
	b, err := balanceBill(lines, discountsOf(i), t, currency.Precision, r)
	if err != nil {
		return none, err
	}
	doc, err := invoiced(i, self, b, currency.Precision, links, r)
	if err != nil {
		return none, err
	}
	compare := doc
	compare.ExchangeRate = nil                                      // QloApps overwrites it with every payment
	compare.Number, compare.ReferenceNumber = "", i.Order.Reference // a new prefix or setting changes nothing that stands
	return engine.Mapped[zoho.Invoice]{
		Doc: doc, Compare: compare, Keep: filtered != nil, Notices: append(t.notices, b.notices...),
		Steps: []engine.Step{{Name: "sent", Method: "POST", Path: "/invoices/{id}/status/sent", Bulk: "/invoices/status/sent", BulkParam: "invoice_ids"}},
		Facts: engine.Facts{Title: invoiceTitle(i), Date: doc.Date, Currency: i.Order.Currency, Total: b.totals.Total, Tax: b.totals.Tax, HasTotal: true, Due: doc.DueDate, Hotel: i.Order.HotelName},
	}, nil
}

// costs reports that any line has an amount; QloApps sets those of canceled rooms to 0.
func costs(lines []qloapps.Line) bool {
	return slices.ContainsFunc(lines, func(l qloapps.Line) bool { return !l.Incl.IsZero() || !l.Excl.IsZero() })
}

// invoiced is the body of a balanced bill.
func invoiced(i qloapps.Invoice, self engine.Link, b *bill, precision int32, links engine.Links, r *rules.Rules) (zoho.Invoice, error) {
	bears := dated(day(i.Date), self, r)
	doc := zoho.Invoice{Date: bears, DueDate: max(dueDate(i), bears), Notes: trueDay(day(i.Date), bears), InclusiveTax: true, CustomFields: keyField(r, ref(Invoice, i.ID))}
	doc.Number, doc.ReferenceNumber = numbers(i, self, r)
	who := contactRef(i.Order.CustomerID, i.Order.Currency, r)
	contact, err := links.Of(who.Flow, who.ID)
	if err != nil {
		return doc, err
	}
	doc.CustomerID = contact.ID
	if doc.Lines, err = b.zohoLines(precision, links, r); err != nil {
		return doc, err
	}
	b.discountInto(&doc)
	doc.ExchangeRate, err = exchangeRate(i.Order.Currency, i.Order.Rate, r)
	return doc, err
}

func invoiceTitle(i qloapps.Invoice) string {
	if i.Printed != "" {
		return "Invoice " + i.Printed
	}
	return "Invoice of order " + i.Order.Reference
}

// numbers are the invoice's number, "" when Zoho gives it, and its reference. What was decided at
// first posting stays, whatever the setting says now.
func numbers(i qloapps.Invoice, self engine.Link, r *rules.Rules) (number, reference string) {
	own := r.Settings.Orders.InvoiceNumbering != "zoho"
	if self.Exists() {
		own = self.Number == i.Printed
	}
	if own || i.Printed == "" {
		return i.Printed, clip(i.Order.Reference, 100)
	}
	return "", i.Printed
}

// refused says why a person must look before this invoice is written.
func refused(i qloapps.Invoice, self engine.Link) error {
	o := i.Order
	if !o.Complete {
		return fault.New(fault.Held, "order_incomplete", "QloApps has not finished writing order %s.", o.Reference).Do("Nothing; sync it again when QloApps shows the order.")
	}
	if self.Exists() && (o.Canceled || !costs(billed(i))) {
		return fault.New(fault.Held, "paid_document", "The order was canceled in QloApps after this invoice was posted.").Do("Void the invoice in Zoho Books or make a credit note, then use Skip here.")
	}
	for _, d := range discountsOf(i) {
		if d.FromSlip != "" {
			return fault.New(fault.Held, "totals_differ", "A voucher made from credit slip %s pays part of this invoice.", d.FromSlip).Do("Post this invoice by hand, then use Skip here.")
		}
	}
	return nil
}

// filter says why the invoice is left out. One that was posted before stays as it stands.
func filter(i qloapps.Invoice, r *rules.Rules) error {
	if err := skippedHotel(i.Order.HotelID, i.Order.HotelName, r); err != nil {
		return err
	}
	return skippedBefore(day(i.Date), r)
}

// truth is what the invoice must come to.
type truth struct {
	incl, excl money.Decimal
	currency   string
	notices    []engine.Notice
}

// truthOf takes the order's totals for its only invoice, as QloApps lets invoice rows go
// stale; several invoices have totals of their own and must add up to the order.
func truthOf(i qloapps.Invoice) (truth, error) {
	o := i.Order
	if len(o.Invoices) == 1 {
		t := truth{incl: o.TotalIncl, excl: o.TotalExcl, currency: o.Currency}
		if i.TotalIncl.Sub(o.TotalIncl).Abs().GreaterThan(penny) {
			t.notices = []engine.Notice{{Code: "invoice_stale", Detail: fmt.Sprintf("QloApps' invoice row says %s %s, the order itself %s %s. The order's total was posted.", i.TotalIncl, o.Currency, o.TotalIncl, o.Currency)}}
		}
		return t, nil
	}
	sum := money.Zero
	for _, head := range o.Invoices {
		sum = sum.Add(head.TotalIncl)
	}
	if sum.Sub(o.TotalIncl).Abs().GreaterThan(penny) {
		return truth{}, fault.New(fault.Held, "invoices_do_not_add_up", "The %d invoices of the order add up to %s %s, the order costs %s %s.", len(o.Invoices), sum, o.Currency, o.TotalIncl, o.Currency).
			Do("Correct the invoices in QloApps.")
	}
	return truth{incl: i.TotalIncl, excl: i.TotalExcl, currency: o.Currency}, nil
}

func discountsOf(i qloapps.Invoice) []qloapps.Discount {
	if len(i.Order.Invoices) == 1 {
		return i.Order.Discounts
	}
	var list []qloapps.Discount
	for _, d := range i.Order.Discounts {
		if d.InvoiceID == i.ID {
			list = append(list, d)
		}
	}
	return list
}

// dueDate is the first check-in, not before the invoice.
func dueDate(i qloapps.Invoice) string {
	due := ""
	for _, l := range i.Order.Lines {
		if d := day(l.From); l.Kind == qloapps.RoomLine && d != "" && (due == "" || d < due) {
			due = d
		}
	}
	return max(due, day(i.Date))
}

func (b *bill) zohoLines(precision int32, links engine.Links, r *rules.Rules) ([]zoho.Line, error) {
	lines := make([]zoho.Line, len(b.lines))
	for n, l := range b.lines {
		line, err := zohoLine(l, precision, links, r)
		if err != nil {
			return nil, err
		}
		if b.split != nil {
			share := money.N(b.split[n])
			line.DiscountAmount = &share
		}
		lines[n] = line
	}
	return lines, nil
}

func (b *bill) discountInto(doc *zoho.Invoice) {
	if b.discount.IsZero() {
		return
	}
	before := true
	doc.DiscountBeforeTax = &before
	doc.DiscountType = "item_level"
	if b.split == nil {
		whole := money.N(b.discount)
		doc.Discount, doc.DiscountType = &whole, "entity_level"
	}
}

func (b *bill) document(precision int32, r *rules.Rules) oracle.Document {
	d := oracle.Document{Precision: precision, TaxRounding: r.Org.TaxRounding, Inclusive: true}
	for n, l := range b.lines {
		line := oracle.Line{Rate: l.amount, Quantity: unity, Taxes: l.taxes}
		if b.split != nil {
			line.Discount = b.split[n]
		}
		d.Lines = append(d.Lines, line)
	}
	if b.split == nil {
		d.Discount = b.discount
	}
	return d
}
