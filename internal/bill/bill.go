// Package bill computes what a document comes to: its lines and their taxes, discounts, vouchers and
// rounding, and what Zoho Books would make of it, compared with QloApps' own total and tax.
//
// It is pure: rows and rules in, lines and totals out.
package bill

import (
	"fmt"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/oracle"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Bill is a document whose prediction was found to be right.
type Bill struct {
	Lines    []Line
	discount money.Decimal
	split    []money.Decimal // item-level discounts; nil when the document's one discount will do
	Totals   oracle.Totals
	Notices  []Notice
}

// Notice is something a person should know of a document that is right.
type Notice struct{ Code, Detail string }

// Balance rounds the lines to the exact total and finds a split of the discount whose tax is
// QloApps'. Beyond the allowed difference the document is held with both computations.
func Balance(lines []Line, discounts []qloapps.Discount, t Due, precision int32, r *rules.Rules) (*Bill, error) {
	b := &Bill{Lines: lines}
	if err := b.balance(discounts, t, precision, r); err != nil {
		return nil, b.compared(err, discounts, t)
	}
	return b, nil
}

func (b *Bill) balance(discounts []qloapps.Discount, t Due, precision int32, r *rules.Rules) error {
	lines := b.Lines
	unit, total := money.Unit(precision), t.total(precision)
	if total.IsNegative() {
		return fault.New(fault.Held, "totals_differ", "QloApps' total is %s %s, less than nothing: Zoho Books has no such document.", money.Words(total, t.Currency), t.Currency).
			Do("Correct the order in QloApps, then use Retry; or make a credit note for it in Zoho Books by hand and use Skip here.")
	}
	goods, goodsTax := money.Zero, money.Zero
	for _, l := range lines {
		goods, goodsTax = goods.Add(l.Incl), goodsTax.Add(l.Incl.Sub(l.Excl))
	}
	off, offTax := money.Zero, money.Zero
	for _, d := range discounts {
		off, offTax = off.Add(d.Incl), offTax.Add(d.Incl.Sub(d.Excl))
	}
	if off.IsNegative() {
		return fault.New(fault.Held, "totals_differ", "The discounts come to %s %s, which would make the document dearer: Zoho Books has no such discount.", money.Words(off, t.Currency), t.Currency).
			Do("Correct the discount in QloApps, and sell a service for what is charged beside the price; or make the document by hand in Zoho Books and use Skip here.")
	}
	if off.GreaterThan(goods) { // QloApps lets no total fall below zero
		off, offTax = goods, goodsTax
	}
	b.discount = money.RoundHalfUp(off, precision)
	if len(lines) == 0 {
		return fault.New(fault.Held, "totals_differ", "The document costs %s %s but has no lines.", money.Words(t.Incl, t.Currency), t.Currency).
			Do("Correct the order in QloApps, then use Retry; or make the document by hand in Zoho Books and use Skip here.")
	}
	if err := addsUp(lines, total.Add(b.discount), t, precision, r); err != nil {
		return err
	}
	roundLines(lines, total.Add(b.discount), precision)
	b.split = ownSplit(lines, discounts, b.discount, precision)
	b.Totals = oracle.Compute(b.document(precision, r))
	if !b.discount.IsZero() {
		b.closeGap(offTax, unit, precision, r)
	}
	if !b.Totals.Total.Equal(total) {
		return fault.New(fault.Held, "totals_differ", "QloApps' total is %s %s, Zoho Books would compute %s.", money.Words(total, t.Currency), t.Currency, money.Words(b.Totals.Total, t.Currency)).
			Do("Correct the order's lines in QloApps, then use Retry; or make the document by hand in Zoho Books and use Skip here.")
	}
	err := b.judge(t, len(discounts) > 0, t.unit(precision), r)
	if f := fault.Of(err); f != nil && len(discounts) > 0 {
		return b.ofDiscounts(f, goodsTax, offTax, t.Currency, precision, r)
	}
	return err
}

// ofDiscounts says so where both systems agree better on the tax of the lines than on that of the
// discounts: QloApps may have computed it over lines that are gone, or at another rate.
func (b *Bill) ofDiscounts(f *fault.Error, goodsTax, offTax money.Decimal, currency string, precision int32, r *rules.Rules) error {
	plain := *b
	plain.discount, plain.split = money.Zero, nil
	full := oracle.Compute(plain.document(precision, r)).Tax
	can, ofLines := full.Sub(b.Totals.Tax), full.Sub(goodsTax).Abs()
	if ofLines.GreaterThan(money.Unit(precision).Mul(money.Whole(len(b.Lines)+1))) || offTax.Sub(can).Abs().LessThanOrEqual(ofLines) {
		return f
	}
	f.Detail += fmt.Sprintf(" It is the tax of the discounts: QloApps takes %s off with them, from these lines it is %s, %s apart.", money.Words(offTax, currency), money.Words(can, currency), money.Words(offTax.Sub(can).Abs(), currency))
	return f.Do("Enter the discount anew in QloApps, or raise the allowed rounding difference; or make the invoice by hand in Zoho Books and use Skip here.")
}

// Limit is how many smallest units QloApps' tax and Zoho Books' may differ by, as the settings say.
func Limit(r *rules.Rules) money.Decimal { return money.Whole(r.Settings.Orders.RoundingLimit) }

// judge compares the predicted tax with QloApps', in all and tax by tax. One unit per tax is
// silent, a little more is a notice, beyond the limit the document is held.
func (b *Bill) judge(t Due, discounted bool, unit money.Decimal, r *rules.Rules) error {
	wanted := t.Incl.Sub(t.Excl)
	worst := b.Totals.Tax.Sub(wanted).Abs()
	silent := worst.LessThanOrEqual(unit.Mul(money.Whole(max(1, len(b.Totals.ByTax)))))
	for id, own := range b.ownTaxes(wanted, discounted) {
		off := b.Totals.ByTax[id].Sub(own).Abs()
		silent = silent && off.LessThanOrEqual(unit)
		worst = money.Max(worst, off)
	}
	limit := unit.Mul(Limit(r))
	if t.own.GreaterThan(unit) { // QloApps' own rounding is no error of its lines
		limit = t.own.Mul(Limit(r))
	}
	words := fmt.Sprintf("QloApps computes a tax of %s %s, Zoho Books one of %s, both of a total of %s.", money.Words(wanted, t.Currency), t.Currency, money.Words(b.Totals.Tax, t.Currency), money.Words(b.Totals.Total, t.Currency))
	switch {
	case worst.LessThan(unit), silent && limit.IsPositive():
		return nil
	case worst.LessThanOrEqual(limit):
		b.Notices = append(b.Notices, Notice{Code: "tax_differs", Detail: words})
		return nil
	default:
		return fault.New(fault.Held, "totals_differ", "%s", words).Do("Correct the order in QloApps, check the tax mapping, or raise the allowed rounding difference.")
	}
}

// ZohoLines are the lines as they are sent, tax included, each with its part of a discount that was split.
func (b *Bill) ZohoLines(precision int32, items Items, r *rules.Rules) ([]zoho.Line, error) {
	lines := make([]zoho.Line, len(b.Lines))
	for n, l := range b.Lines {
		line, err := zohoLine(l, l.amount, precision, items, true, r)
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

// DiscountInto fills in the fields of an invoice about its discount.
func (b *Bill) DiscountInto(doc *zoho.Invoice) {
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

func (b *Bill) document(precision int32, r *rules.Rules) oracle.Document {
	d := oracle.Document{Precision: precision, TaxRounding: r.Org.TaxRounding, Inclusive: true}
	for n, l := range b.Lines {
		line := oracle.Line{Rate: l.amount, Quantity: money.One, Taxes: l.taxes}
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
