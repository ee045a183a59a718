// Package oracle predicts to the cent what Zoho Books will compute of a document, so that
// nothing is posted whose total would be wrong.
//
// It is the strict reading of Zoho's arithmetic, written on its own; the rehearsal server has
// another implementation, and both are held to the same golden cases.
package oracle

import (
	"github.com/shopspring/decimal"

	"github.com/qlobooks/qlobooks/internal/money"
)

// Tax is one single tax of a line; a compound one is taken on the amount with the simple ones.
type Tax struct {
	ID       string
	Percent  money.Decimal
	Compound bool
}

// Line is one line. Discount is an amount, used with item-level discounts only.
type Line struct {
	Rate, Quantity money.Decimal
	Discount       money.Decimal
	Taxes          []Tax
}

// Document is what would be sent. Discount is of the whole document, before tax.
type Document struct {
	Precision   int32  // decimals of the currency in Zoho Books
	TaxRounding string // entity_level, item_level
	Inclusive   bool
	Lines       []Line
	Discount    money.Decimal
	Shipping    money.Decimal
	Adjustment  money.Decimal
}

// Totals are what Zoho Books makes of it.
type Totals struct {
	Lines    []money.Decimal // rate times quantity of each line, rounded
	SubTotal money.Decimal
	ByTax    map[string]money.Decimal
	Tax      money.Decimal
	Total    money.Decimal
	// Otherwise is the total of the same document where taxes are rounded in the other of the two ways.
	Otherwise money.Decimal
}

var (
	one     = decimal.NewFromInt(1)
	hundred = decimal.NewFromInt(100)
)

// digits keeps exact taxes far beyond any rounding.
const digits = 24

// Compute predicts the totals.
func Compute(d Document) Totals {
	t := Totals{ByTax: map[string]money.Decimal{}}
	net := make([]money.Decimal, len(d.Lines))
	sum := money.Zero
	for i, l := range d.Lines {
		amount := money.RoundHalfUp(l.Rate.Mul(l.Quantity), d.Precision)
		t.Lines = append(t.Lines, amount)
		net[i] = amount.Sub(money.RoundHalfUp(l.Discount, d.Precision))
		sum = sum.Add(net[i])
	}
	discount := money.RoundHalfUp(d.Discount, d.Precision)
	for i, share := range Shares(net, discount, d.Precision) {
		net[i] = net[i].Sub(share)
	}
	whole, byLine := map[string]money.Decimal{}, map[string]money.Decimal{} // the sum rounded once, and a sum of rounded ones
	for i, l := range d.Lines {
		for id, tax := range Exact(net[i], l.Taxes, d.Inclusive) {
			whole[id] = whole[id].Add(tax)
			byLine[id] = byLine[id].Add(money.RoundHalfUp(tax, d.Precision))
		}
	}
	other := money.Zero
	for id, tax := range whole {
		one, two := money.RoundHalfUp(tax, d.Precision), byLine[id]
		if d.TaxRounding == "item_level" {
			one, two = two, one
		}
		t.ByTax[id], t.Tax, other = one, t.Tax.Add(one), other.Add(two)
	}
	t.SubTotal = sum
	t.Total = sum.Sub(discount).Add(d.Shipping).Add(d.Adjustment)
	t.Otherwise = t.Total
	if d.Inclusive {
		t.SubTotal = sum.Sub(t.Tax)
	} else {
		t.Total, t.Otherwise = t.Total.Add(t.Tax), t.Otherwise.Add(other)
	}
	return t
}

// Shares splits a discount over amounts in proportion, each rounded; the last amount that is
// not zero takes what is left.
func Shares(amounts []money.Decimal, discount money.Decimal, precision int32) []money.Decimal {
	shares := make([]money.Decimal, len(amounts))
	sum, last := money.Zero, -1
	for i, a := range amounts {
		sum = sum.Add(a)
		if !a.IsZero() {
			last = i
		}
	}
	if discount.IsZero() || sum.IsZero() {
		return shares
	}
	left := discount
	for i, a := range amounts {
		switch {
		case i == last:
			shares[i] = left
		case !a.IsZero():
			shares[i] = money.RoundHalfUp(discount.Mul(a).DivRound(sum, digits), precision)
			left = left.Sub(shares[i])
		}
	}
	return shares
}

// Exact gives the unrounded taxes of one amount by tax id; an inclusive amount contains them.
func Exact(amount money.Decimal, taxes []Tax, inclusive bool) map[string]money.Decimal {
	simple, compound := money.Zero, money.Zero
	for _, t := range taxes {
		if t.Compound {
			compound = compound.Add(t.Percent)
		} else {
			simple = simple.Add(t.Percent)
		}
	}
	withSimple := one.Add(simple.Div(hundred))
	if inclusive {
		amount = amount.DivRound(withSimple.Mul(one.Add(compound.Div(hundred))), digits)
	}
	out := map[string]money.Decimal{}
	for _, t := range taxes {
		base := amount
		if t.Compound {
			base = amount.Mul(withSimple)
		}
		out[t.ID] = out[t.ID].Add(base.Mul(t.Percent).Div(hundred))
	}
	return out
}
