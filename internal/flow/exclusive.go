package flow

import (
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/oracle"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// rounding names what makes a document's total QloApps' own.
const rounding = "Rounding (QloApps)"

// exclusive is a document whose lines are without tax, as sales orders and credit notes have them.
type exclusive struct {
	rates      []money.Decimal // net amount of each line
	discount   money.Decimal   // of the whole document; zero with split
	split      []money.Decimal // of each line; nil with discount
	adjustment money.Decimal   // what is missing to the total
	totals     oracle.Totals
	notices    []engine.Notice
}

// withoutTax turns a balanced bill into one without tax in its lines. Its total is the same to the
// cent: what rounding takes away is the adjustment. Beyond the allowed difference of tax it is
// held, like a bill.
func (b *bill) withoutTax(t truth, discounted bool, precision int32, r *rules.Rules) (*exclusive, error) {
	x := &exclusive{rates: make([]money.Decimal, len(b.lines))}
	gross := b.split
	if gross == nil && !b.discount.IsZero() {
		amounts := make([]money.Decimal, len(b.lines))
		for i, l := range b.lines {
			amounts[i] = l.amount
		}
		gross = proportional(amounts, b.discount, precision)
	}
	var offs []money.Decimal
	for i, l := range b.lines {
		x.rates[i] = netOf(l.amount, l.taxes, precision)
		if gross != nil {
			offs = append(offs, netOf(gross[i], l.taxes, precision))
		}
	}
	if gross != nil {
		x.discountBy(offs, b.split == nil && b.oneSet())
	}
	document := x.document(b, precision, r)
	x.totals = oracle.Compute(document)
	x.adjustment = money.RoundHalfUp(t.incl, precision).Sub(x.totals.Total)
	document.Adjustment = x.adjustment
	x.totals = oracle.Compute(document)
	judged := &bill{lines: b.lines, totals: x.totals}
	err := judged.judge(t, discounted, t.unit(precision), r)
	if err != nil {
		err = judged.compared(err, nil, t)
	}
	x.notices = judged.notices
	return x, err
}

// discountBy keeps the discount whole where it is spread evenly, else line by line.
func (x *exclusive) discountBy(offs []money.Decimal, whole bool) {
	if !whole {
		x.split = offs
		return
	}
	for _, off := range offs {
		x.discount = x.discount.Add(off)
	}
}

// oneSet reports that all lines are taxed alike.
func (b *bill) oneSet() bool {
	for _, l := range b.lines {
		if l.set.Key != b.lines[0].set.Key {
			return false
		}
	}
	return true
}

func (x *exclusive) document(b *bill, precision int32, r *rules.Rules) oracle.Document {
	d := oracle.Document{Precision: precision, TaxRounding: r.Org.TaxRounding, Discount: x.discount}
	for i, l := range b.lines {
		line := oracle.Line{Rate: x.rates[i], Quantity: unity, Taxes: l.taxes}
		if x.split != nil {
			line.Discount = x.split[i]
		}
		d.Lines = append(d.Lines, line)
	}
	return d
}

// zohoLines are the lines as they are sent, with their discounts where each has its own.
func (x *exclusive) zohoLines(b *bill, precision int32, links engine.Links, r *rules.Rules) ([]zoho.Line, error) {
	lines := make([]zoho.Line, len(b.lines))
	for i, l := range b.lines {
		var err error
		if lines[i], err = zohoLine(l, x.rates[i], precision, links, r); err != nil {
			return nil, err
		}
		if x.split != nil && !x.split[i].IsZero() {
			off := money.N(x.split[i])
			lines[i].DiscountAmount = &off
		}
	}
	return lines, nil
}

// discounted are a document's fields about its discount.
func (x *exclusive) discounted() (whole *money.Number, kind string, beforeTax *bool) {
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

// adjusted are a document's fields about what is missing to its total.
func (x *exclusive) adjusted() (*money.Number, string) {
	if x.adjustment.IsZero() {
		return nil, ""
	}
	rest := money.N(x.adjustment)
	return &rest, rounding
}

// netOf takes the tax out of an amount that includes it.
func netOf(amount money.Decimal, taxes []oracle.Tax, precision int32) money.Decimal {
	sum := money.Zero
	for _, tax := range oracle.Exact(amount, taxes, true) {
		sum = sum.Add(tax)
	}
	return money.RoundHalfUp(amount.Sub(sum), precision)
}
