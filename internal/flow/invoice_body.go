package flow

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/qlobooks/qlobooks/internal/bill"
	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

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

// chosenOf compares an invoice with the choices of the mapping that it was sent with.
func chosenOf(i qloapps.Invoice, doc zoho.Invoice, sold []bill.Line) func(json.RawMessage) any {
	return func(sent json.RawMessage) any {
		var was zoho.Invoice
		if json.Unmarshal(sent, &was) != nil || len(was.Lines) != len(doc.Lines) {
			return nil
		}
		with := comparable(doc, i)
		chosenLines(with.Lines, was.Lines, sold)
		return with
	}
}

// chosenLines gives lines what of the mapping those that stand were sent with: the tax, and the item or
// account of what is none of QloApps' products.
func chosenLines(lines, stand []zoho.Line, sold []bill.Line) {
	for n := range lines {
		lines[n].TaxID, lines[n].TaxExemptionID = stand[n].TaxID, stand[n].TaxExemptionID
		if n < len(sold) && itemRef(sold[n].Line) == nil {
			lines[n].ItemID, lines[n].Name, lines[n].AccountID = stand[n].ItemID, stand[n].Name, stand[n].AccountID
		}
	}
}

// invoiced is the body of a balanced bill; x is the same with lines without tax, nil where these
// may include it.
func invoiced(i qloapps.Invoice, self engine.Link, b *bill.Bill, x *bill.Exclusive, precision int32, links engine.Links, r *rules.Rules) (zoho.Invoice, error) {
	bears := dated(qloapps.Day(i.Date), r.Locks.Paper(), self, r)
	doc := zoho.Invoice{Date: bears, DueDate: max(dueDate(i), bears), Notes: trueDay(qloapps.Day(i.Date), bears), InclusiveTax: x == nil, CustomFields: keyField(r, ref(Invoice, i.ID))}
	doc.Number, doc.ReferenceNumber = numbers(i, self, r)
	contact, err := contactOf(i.Order, self, links, r)
	if err != nil {
		return doc, err
	}
	doc.CustomerID = contact
	if x != nil {
		doc.Lines, err = x.ZohoLines(b, precision, itemsIn(links), true, r)
		doc.Discount, doc.DiscountType, doc.DiscountBeforeTax = x.Discounted()
		doc.Adjustment, doc.AdjustmentDescription = x.Adjusted()
	} else {
		doc.Lines, err = b.ZohoLines(precision, itemsIn(links), r)
		b.DiscountInto(&doc)
	}
	if err != nil {
		return doc, err
	}
	d, err := dimensionFor(i.Order.HotelID, self, r)
	if err != nil {
		return doc, err
	}
	doc.Tags, doc.LocationID = d.on(doc.Lines)
	return doc, orderLines(&doc, i, b, links)
}

func invoiceTitle(i qloapps.Invoice) string {
	if i.Printed != "" {
		return "Invoice " + i.Printed
	}
	return "Invoice of order " + i.Order.Reference
}

// numbers are the invoice's number, "" when Zoho gives it, and its reference. What was decided at
// first posting stays, whatever the setting or QloApps' prefix says now.
func numbers(i qloapps.Invoice, self engine.Link, r *rules.Rules) (number, reference string) {
	own := r.Settings.Orders.InvoiceNumbering != "zoho"
	if self.Exists() {
		own = self.Number == i.Printed
		var sent zoho.Invoice
		if _ = json.Unmarshal(self.Sent, &sent); sent.ReferenceNumber != "" {
			return self.Number, sent.ReferenceNumber
		}
	}
	if own || i.Printed == "" {
		return i.Printed, zoho.Clip(i.Order.Reference, 100)
	}
	return "", i.Printed
}

// orderLines ties each line to its line of the sales order, where one stands. A sales order on its
// way is waited for; without one the invoice is complete all the same.
func orderLines(doc *zoho.Invoice, i qloapps.Invoice, b *bill.Bill, links engine.Links) error {
	order, err := links.Settled(SalesOrder, i.Order.ID)
	if err != nil || !order.Exists() || order.Retired() {
		return err
	}
	if order.Unread {
		return engine.Late(order)
	}
	if slices.Contains(order.Steps, "open") && !slices.Contains(order.Done, "open") {
		return nil // it waits for somebody in Zoho Books, which ties nothing to an order that is not open
	}
	var k destination.Kept
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
	for n, l := range b.Lines {
		key := string(l.Kind) + l.ID
		// A rate that is exact with tax but not without has nights here and one amount there, and no
		// more than what was ordered can be invoiced.
		if most, known := ordered[key]; !known || doc.Lines[n].Quantity.LessThanOrEqual(most) {
			doc.Lines[n].SalesOrderItemID = ids[key]
		}
	}
	return nil
}

// dueDate is the first check-in of what is billed, not before the invoice: a canceled room, which QloApps sets to nothing,
// counts only where nothing that costs has a day.
func dueDate(i qloapps.Invoice) string {
	billed, whole := "", ""
	for _, l := range i.Order.Lines {
		d := qloapps.Day(l.From)
		whole = sooner(whole, d)
		if !l.Incl.IsZero() || !l.Excl.IsZero() {
			billed = sooner(billed, d)
		}
	}
	return max(cmp.Or(billed, whole), qloapps.Day(i.Date))
}

// sooner is the first of two days; "" is none.
func sooner(a, b string) string {
	if a == "" || b != "" && b < a {
		return b
	}
	return a
}
