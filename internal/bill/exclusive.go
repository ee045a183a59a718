package bill

import (
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/oracle"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Exclusive is a document whose lines are without tax, as sales orders and credit notes have them.
type Exclusive struct {
	rates      []money.Decimal // net amount of each line
	discount   money.Decimal   // of the whole document; zero with split
	split      []money.Decimal // of each line; nil with discount
	adjustment money.Decimal   // what is missing to the total
	Totals     oracle.Totals
	Notices    []Notice
}

// WithoutTax turns a balanced bill into one without tax in its lines. Its total is the same to the
// cent: what rounding takes away is the adjustment. Beyond the allowed difference of tax it is
// held, like a bill.
func (b *Bill) WithoutTax(t Due, discounted bool, precision int32, r *rules.Rules) (*Exclusive, error) {
	x := &Exclusive{rates: make([]money.Decimal, len(b.Lines))}
	gross := b.split
	if gross == nil && !b.discount.IsZero() {
		amounts := make([]money.Decimal, len(b.Lines))
		for i, l := range b.Lines {
			amounts[i] = l.amount
		}
		gross = proportional(amounts, b.discount, precision)
	}
	var offs []money.Decimal
	for i, l := range b.Lines {
		x.rates[i] = netOf(l.amount, l.taxes, precision)
		if gross != nil {
			offs = append(offs, netOf(gross[i], l.taxes, precision))
		}
	}
	if gross != nil {
		x.discountBy(offs, b.split == nil && b.oneSet())
	}
	document := x.document(b, precision, r)
	x.Totals = oracle.Compute(document)
	x.adjustment = t.total(precision).Sub(x.Totals.Total)
	document.Adjustment = x.adjustment
	x.Totals = oracle.Compute(document)
	judged := &Bill{Lines: b.Lines, Totals: x.Totals}
	err := judged.judge(t, discounted, t.unit(precision), r)
	if err != nil {
		err = judged.compared(err, nil, t)
	}
	x.Notices = judged.Notices
	return x, err
}

// discountBy keeps the discount whole where it is spread evenly, else line by line.
func (x *Exclusive) discountBy(offs []money.Decimal, whole bool) {
	if !whole {
		x.split = offs
		return
	}
	for _, off := range offs {
		x.discount = x.discount.Add(off)
	}
}

// oneSet reports that all lines are taxed alike.
func (b *Bill) oneSet() bool {
	for _, l := range b.Lines {
		if l.Set.Key != b.Lines[0].Set.Key {
			return false
		}
	}
	return true
}

func (x *Exclusive) document(b *Bill, precision int32, r *rules.Rules) oracle.Document {
	d := oracle.Document{Precision: precision, TaxRounding: r.Org.TaxRounding, Discount: x.discount}
	for i, l := range b.Lines {
		line := oracle.Line{Rate: x.rates[i], Quantity: money.One, Taxes: l.taxes}
		if x.split != nil {
			line.Discount = x.split[i]
		}
		d.Lines = append(d.Lines, line)
	}
	return d
}

// ZohoLines are the lines as they are sent, with their discounts where each has its own. accounts = the
// document takes income accounts of what has no item, which a sales order does not.
func (x *Exclusive) ZohoLines(b *Bill, precision int32, items Items, accounts bool, r *rules.Rules) ([]zoho.Line, error) {
	lines := make([]zoho.Line, len(b.Lines))
	for i, l := range b.Lines {
		var err error
		if lines[i], err = zohoLine(l, x.rates[i], precision, items, accounts, r); err != nil {
			return nil, err
		}
		if x.split != nil && !x.split[i].IsZero() {
			off := money.N(x.split[i])
			lines[i].DiscountAmount = &off
		}
	}
	return lines, nil
}

// Discounted are a document's fields about its discount.
func (x *Exclusive) Discounted() (whole *money.Number, kind string, beforeTax *bool) {
	before := true
	switch {
	case x.split != nil:
		return nil, "item_level", &before
	case !x.discount.IsZero():
		off := money.N(x.discount)
		return &off, "entity_level", &before
	default:
		return nil, "", nil
	}
}

// Adjusted are a document's fields about what is missing to its total.
func (x *Exclusive) Adjusted() (*money.Number, string) {
	if x.adjustment.IsZero() {
		return nil, ""
	}
	rest := money.N(x.adjustment)
	return &rest, zoho.Rounding
}
