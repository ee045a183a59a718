package flow

import (
	"sort"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
)

// compared adds both computations to a fault that says that they differ.
func (b *bill) compared(err error, discounts []qloapps.Discount, t truth) error {
	f := fault.Of(err)
	if f == nil || f.Code != "totals_differ" {
		return err
	}
	c := engine.Comparison{Currency: t.currency, Wanted: engine.ComparedTotals{Total: t.incl, Tax: t.incl.Sub(t.excl)}, Lines: []engine.ComparedLine{}, Discounts: []engine.ComparedDiscount{}}
	computed := len(b.totals.Lines) > 0
	for n, l := range b.lines {
		line := comparedLine(l.Line, l.set.Key)
		if computed {
			line.Amount = &l.amount
			if b.split != nil {
				line.Discount = &b.split[n]
			}
		}
		c.Lines = append(c.Lines, line)
	}
	for _, d := range discounts {
		c.Discounts = append(c.Discounts, engine.ComparedDiscount{Name: d.Name, Excl: d.Excl, Incl: d.Incl})
	}
	if computed {
		c.Predicted = &engine.ComparedTotals{Total: b.totals.Total, Tax: b.totals.Tax}
		c.Taxes = b.comparedTaxes(c.Wanted.Tax, len(discounts) > 0)
	}
	return f.Show(c)
}

// comparedTaxes shows each single tax in both systems.
func (b *bill) comparedTaxes(whole money.Decimal, discounted bool) []engine.ComparedTax {
	own := b.ownTaxes(whole, discounted)
	seen := map[string]bool{}
	var list []engine.ComparedTax
	for _, l := range b.lines {
		for _, tax := range l.taxes {
			if seen[tax.ID] {
				continue
			}
			seen[tax.ID] = true
			row := engine.ComparedTax{Percent: tax.Percent, Compound: tax.Compound, Predicted: b.totals.ByTax[tax.ID]}
			if wanted, ok := own[tax.ID]; ok {
				wanted = wanted.Round(6)
				row.Wanted = &wanted
			}
			list = append(list, row)
		}
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].Percent.LessThan(list[j].Percent) })
	return list
}

func comparedLine(l qloapps.Line, rates string) engine.ComparedLine {
	return engine.ComparedLine{Name: l.Name, Quantity: l.Quantity, Excl: l.Excl, Incl: l.Incl, Rates: rates}
}

// untaxable adds QloApps' lines to the fault that says that the tax of one fits no rate.
func untaxable(err *fault.Error, lines []qloapps.Line) error {
	c := engine.Comparison{Lines: []engine.ComparedLine{}, Discounts: []engine.ComparedDiscount{}}
	for _, l := range lines {
		rates := ""
		if set, ok := rateSet(l); ok {
			rates = set.Key
		}
		c.Lines = append(c.Lines, comparedLine(l, rates))
		c.Wanted.Total, c.Wanted.Tax = c.Wanted.Total.Add(l.Incl), c.Wanted.Tax.Add(l.Incl.Sub(l.Excl))
	}
	return err.Show(c)
}
