package books

import "github.com/shopspring/decimal"

var (
	hundred = decimal.NewFromInt(100)
	unity   = decimal.NewFromInt(1)
)

// taxPart is one single tax of a line.
type taxPart struct {
	ID, Name string
	Percent  decimal.Decimal
	Compound bool
}

// sum is a document as the arithmetic sees it. Discount is entity level, before tax.
type sum struct {
	Precision            int32
	ItemRounding         bool // tax is rounded per line instead of per tax of the document
	Inclusive            bool
	Lines                []sumLine
	Discount             decimal.Decimal
	Shipping, Adjustment decimal.Decimal
}

type sumLine struct {
	Rate, Quantity decimal.Decimal
	Discount       decimal.Decimal // item level, an amount
	Taxes          []taxPart
}

// totals are what comes of it.
type totals struct {
	Lines    []decimal.Decimal // amount of each line, rounded
	SubTotal decimal.Decimal
	ByTax    map[string]decimal.Decimal
	Tax      decimal.Decimal
	Total    decimal.Decimal
}

func (c sum) compute() totals {
	t := totals{ByTax: map[string]decimal.Decimal{}}
	amounts := make([]decimal.Decimal, len(c.Lines))
	before := decimal.Zero
	for i, l := range c.Lines {
		amount := l.Rate.Mul(l.Quantity).Round(c.Precision)
		t.Lines = append(t.Lines, amount)
		amounts[i] = amount.Sub(l.Discount.Round(c.Precision))
		before = before.Add(amounts[i])
	}
	discount := c.Discount.Round(c.Precision)
	taxed := spread(amounts, discount, before, c.Precision)
	exact := map[string]decimal.Decimal{}
	for i, l := range c.Lines {
		for id, tax := range c.lineTax(taxed[i], l.Taxes) {
			if c.ItemRounding {
				tax = tax.Round(c.Precision)
			}
			exact[id] = exact[id].Add(tax)
		}
	}
	for id, tax := range exact {
		t.ByTax[id] = tax.Round(c.Precision)
		t.Tax = t.Tax.Add(t.ByTax[id])
	}
	t.SubTotal = before
	t.Total = before.Sub(discount).Add(c.Shipping).Add(c.Adjustment)
	if c.Inclusive {
		t.SubTotal = before.Sub(t.Tax)
	} else {
		t.Total = t.Total.Add(t.Tax)
	}
	return t
}

// spread subtracts each line's share of the discount; the last line that is not zero takes
// what is left.
func spread(amounts []decimal.Decimal, discount, whole decimal.Decimal, precision int32) []decimal.Decimal {
	out := append([]decimal.Decimal{}, amounts...)
	if discount.IsZero() || whole.IsZero() {
		return out
	}
	last := -1
	for i, a := range amounts {
		if !a.IsZero() {
			last = i
		}
	}
	left := discount
	for i, a := range amounts {
		share := left
		if i != last {
			share = discount.Mul(a).Div(whole).Round(precision)
		}
		if a.IsZero() {
			continue
		}
		out[i] = a.Sub(share)
		left = left.Sub(share)
	}
	return out
}

// lineTax is the exact tax of one line by tax id. A compound tax is taken on the amount with
// the simple taxes.
func (c sum) lineTax(amount decimal.Decimal, taxes []taxPart) map[string]decimal.Decimal {
	simple := decimal.Zero
	compound := decimal.Zero
	for _, x := range taxes {
		if x.Compound {
			compound = compound.Add(x.Percent.Div(hundred))
		} else {
			simple = simple.Add(x.Percent.Div(hundred))
		}
	}
	net := amount
	if c.Inclusive {
		net = amount.DivRound(unity.Add(simple).Mul(unity.Add(compound)), 20)
	}
	out := map[string]decimal.Decimal{}
	for _, x := range taxes {
		base := net
		if x.Compound {
			base = net.Mul(unity.Add(simple))
		}
		out[x.ID] = out[x.ID].Add(base.Mul(x.Percent).Div(hundred))
	}
	return out
}
