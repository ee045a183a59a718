package flow

import (
	"context"
	"encoding/json"
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
	needs := append(buyer(i.Order, r), ref(SalesOrder, i.Order.ID), ref(Cancellation, i.ID))
	for _, head := range i.Order.Invoices {
		needs = append(needs, ref(Invoice, head.ID))
	}
	needs = append(needs, itemRefs(billed(i))...)
	return append(append(needs, voucherNeeds(i)...), settlers(i.Order)...)
}

// settlers are the documents of an order that may settle its invoices.
func settlers(o *qloapps.Order) []engine.Ref {
	var refs []engine.Ref
	seen := map[string]bool{}
	for _, s := range o.Shares {
		if !seen[s.PaymentID] {
			seen[s.PaymentID] = true
			refs = append(refs, ref(Payment, s.PaymentID))
		}
	}
	for _, id := range o.SlipIDs {
		refs = append(refs, ref(CreditNote, id))
	}
	return refs
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
	if !i.Order.Complete {
		return none, incomplete(i.Order)
	}
	filtered := filter(i, r)
	if filtered != nil && !self.Exists() {
		return none, filtered
	}
	if canceled(i) {
		return canceledInvoice(i, self, links, r), nil
	}
	discounts, t, err := owed(i)
	if err != nil {
		return none, err
	}
	currency, err := documentCurrency(i.Order.Currency, self, links, r)
	if err != nil {
		return none, err
	}
	lines, err := chooseTaxes(billed(i), r)
	if err != nil {
		return none, err
	}
	b, err := balanceBill(lines, discounts, t, currency.Precision, r)
	if err != nil {
		return none, err
	}
	var x *exclusive
	if r.Org.ExclusiveInvoices {
		if x, err = b.withoutTax(t, len(discounts) > 0, currency.Precision, r); err != nil {
			return none, err
		}
		b.totals, b.notices = x.totals, x.notices
	}
	if err := lowered(i, self, b.totals.Total, currency.Precision, links); err != nil {
		return none, err
	}
	doc, err := invoiced(i, self, b, x, currency.Precision, links, r)
	if err != nil {
		return none, err
	}
	credits, shown, err := voucherSteps(i, doc.Date, b.totals.Total, currency.Precision, links)
	if err != nil {
		return none, err
	}
	m := engine.Mapped[zoho.Invoice]{
		Doc: doc, Compare: comparable(doc, i), Keep: filtered != nil, Notices: slices.Concat(t.notices, b.notices, shown), Wakes: settlers(i.Order),
		Steps: append([]engine.Step{sentStep}, credits...),
		Facts: engine.Facts{Title: invoiceTitle(i), Date: doc.Date, Own: day(i.Date), Currency: i.Order.Currency, Total: b.totals.Total, Tax: b.totals.Tax, HasTotal: true, Due: doc.DueDate, Hotel: i.Order.HotelName},
	}
	if self.Retired() && filtered == nil { // it was void, and its order came back to life
		draft := statusStep(zoho.Invoices, "draft", "draft", false)
		m.Before = &draft
	}
	return m, nil
}

var sentStep = engine.Step{Name: "sent", Method: "POST", Path: "/invoices/{id}/status/sent", Bulk: "/invoices/status/sent", BulkParam: "invoice_ids",
	Proof: &engine.Proof{Path: "/invoices/{id}", Envelope: "invoice", Field: "status", Value: "draft", Not: true}}

// comparable is what decides whether an invoice must be sent again.
func comparable(doc zoho.Invoice, i qloapps.Invoice) zoho.Invoice {
	doc.ExchangeRate = nil                                  // QloApps overwrites it with every payment
	doc.Number, doc.ReferenceNumber = "", i.Order.Reference // a new prefix or setting changes nothing that stands
	doc.Lines = slices.Clone(doc.Lines)
	for n := range doc.Lines {
		doc.Lines[n].SalesOrderItemID = ""
	}
	return doc
}

// canceledInvoice voids the posted invoice of a canceled order, or leaves it to its cancellation.
func canceledInvoice(i qloapps.Invoice, self engine.Link, links engine.Links, r *rules.Rules) engine.Mapped[zoho.Invoice] {
	m := engine.Mapped[zoho.Invoice]{Facts: engine.Facts{Title: invoiceTitle(i), Date: day(i.Date), Total: self.Total, Currency: self.Currency, Hotel: i.Order.HotelName}}
	how, _ := endOf(i, self, links.Look(Cancellation, i.ID), links, r)
	if how == notThere {
		m.Nothing = true
		return m
	}
	m.Keep, m.Steps = true, []engine.Step{sentStep}
	if how == byVoid || how == voided {
		void := statusStep(zoho.Invoices, engine.StepVoid, "void", false)
		void.Bulk, void.BulkParam = "/invoices/status/void", "invoice_ids"
		m.Steps = append(m.Steps, void)
	}
	return m
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
	return fault.New(fault.Held, "overpaid_after_edit", "QloApps now bills %s %s, but %s %s of the invoice are settled in Zoho Books, which shows %s.", total, i.Order.Currency, settled, i.Order.Currency, self.Total).
		Do("Make a credit note for the difference in Zoho Books, or give the money back, then use Skip here.")
}

// owed is what the invoice comes to, and the discounts that lower it.
func owed(i qloapps.Invoice) ([]qloapps.Discount, truth, error) {
	t, err := truthOf(i)
	if err != nil {
		return nil, t, err
	}
	discounts, t := withoutVouchers(discountsOf(i), t)
	return discounts, t, nil
}

// costs reports that any line has an amount; QloApps sets those of canceled rooms to 0.
func costs(lines []qloapps.Line) bool {
	return slices.ContainsFunc(lines, func(l qloapps.Line) bool { return !l.Incl.IsZero() || !l.Excl.IsZero() })
}

// invoiced is the body of a balanced bill; x is the same with lines without tax, nil where these
// may include it.
func invoiced(i qloapps.Invoice, self engine.Link, b *bill, x *exclusive, precision int32, links engine.Links, r *rules.Rules) (zoho.Invoice, error) {
	bears := dated(day(i.Date), r.Locks.Paper(), self, r)
	doc := zoho.Invoice{Date: bears, DueDate: max(dueDate(i), bears), Notes: trueDay(day(i.Date), bears), InclusiveTax: x == nil, CustomFields: keyField(r, ref(Invoice, i.ID))}
	doc.Number, doc.ReferenceNumber = numbers(i, self, r)
	contact, err := contactOf(i.Order, self, links, r)
	if err != nil {
		return doc, err
	}
	doc.CustomerID = contact
	if x != nil {
		doc.Lines, err = x.zohoLines(b, precision, links, r)
		doc.Discount, doc.DiscountType, doc.DiscountBeforeTax = x.discounted()
		doc.Adjustment, doc.AdjustmentDescription = x.adjusted()
	} else {
		doc.Lines, err = b.zohoLines(precision, links, r)
		b.discountInto(&doc)
	}
	if err != nil {
		return doc, err
	}
	if err := orderLines(&doc, i, b, links); err != nil {
		return doc, err
	}
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

// orderLines ties each line to its line of the sales order, where one stands. A sales order on its
// way is waited for; without one the invoice is complete all the same.
func orderLines(doc *zoho.Invoice, i qloapps.Invoice, b *bill, links engine.Links) error {
	order, err := links.Settled(SalesOrder, i.Order.ID)
	if err != nil || !order.Exists() || order.Retired() {
		return err
	}
	var k kept
	_ = json.Unmarshal(order.Extra, &k)
	var sent zoho.SalesOrder
	_ = json.Unmarshal(order.Sent, &sent)
	if sent.CustomerID != "" && sent.CustomerID != doc.CustomerID {
		return nil // the order was frozen for another contact, as in another currency: Zoho ties nothing across
	}
	ids, ordered := map[string]string{}, map[string]money.Decimal{}
	n := 0
	for _, l := range i.Order.Lines {
		if l.Incl.IsZero() && l.Excl.IsZero() {
			continue
		}
		if n < len(k.LineIDs) {
			ids[string(l.Kind)+l.ID] = k.LineIDs[n]
		}
		if n < len(sent.Lines) {
			ordered[string(l.Kind)+l.ID] = sent.Lines[n].Quantity.Decimal
		}
		n++
	}
	if n != len(k.LineIDs) {
		return nil // the order was edited after its sales order was frozen
	}
	for n, l := range b.lines {
		key := string(l.Kind) + l.ID
		// A rate that is exact with tax but not without has nights here and one amount there, and no
		// more than what was ordered can be invoiced.
		if most, known := ordered[key]; !known || doc.Lines[n].Quantity.LessThanOrEqual(most) {
			doc.Lines[n].SalesOrderItemID = ids[key]
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
		if d := day(l.From); d != "" && (due == "" || d < due) {
			due = d
		}
	}
	return max(due, day(i.Date))
}

func (b *bill) zohoLines(precision int32, links engine.Links, r *rules.Rules) ([]zoho.Line, error) {
	lines := make([]zoho.Line, len(b.lines))
	for n, l := range b.lines {
		line, err := zohoLine(l, l.amount, precision, links, r)
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
