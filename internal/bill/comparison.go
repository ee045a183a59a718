package bill

import (
	"sort"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
)

// compared adds both computations to a fault that says that they differ.
func (b *Bill) compared(err error, discounts []qloapps.Discount, t Due) error {
	f := fault.Of(err)
	if f == nil || f.Code != "totals_differ" {
		return err
	}
	c := Comparison{Currency: t.Currency, Wanted: ComparedTotals{Total: t.Incl, Tax: t.Incl.Sub(t.Excl)}, Lines: []ComparedLine{}, Discounts: []ComparedDiscount{}}
	computed := len(b.Totals.Lines) > 0
	for n, l := range b.Lines {
		line := comparedLine(l.Line, l.Set.Key)
		if computed {
			line.Amount = &l.amount
			if b.split != nil {
				line.Discount = &b.split[n]
			}
		}
		c.Lines = append(c.Lines, line)
	}
	for _, d := range discounts {
		c.Discounts = append(c.Discounts, ComparedDiscount{Name: d.Name, Excl: d.Excl, Incl: d.Incl})
	}
	if computed {
		c.Predicted = &ComparedTotals{Total: b.Totals.Total, Tax: b.Totals.Tax}
		c.Taxes = b.comparedTaxes(c.Wanted.Tax, len(discounts) > 0)
	}
	return f.Show(c)
}

// comparedTaxes shows each single tax in both systems.
func (b *Bill) comparedTaxes(whole money.Decimal, discounted bool) []ComparedTax {
	own := b.ownTaxes(whole, discounted)
	seen := map[string]bool{}
	var list []ComparedTax
	for _, l := range b.Lines {
		for _, tax := range l.taxes {
			if seen[tax.ID] {
				continue
			}
			seen[tax.ID] = true
			row := ComparedTax{Percent: tax.Percent, Compound: tax.Compound, Predicted: b.Totals.ByTax[tax.ID]}
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

func comparedLine(l qloapps.Line, rates string) ComparedLine {
	return ComparedLine{Name: l.Name, Quantity: l.Quantity, Excl: l.Excl, Incl: l.Incl, Rates: rates}
}

// untaxable adds QloApps' lines to the fault that says that the tax of one fits no rate.
func untaxable(err *fault.Error, lines []qloapps.Line) error {
	c := Comparison{Lines: []ComparedLine{}, Discounts: []ComparedDiscount{}}
	for _, l := range lines {
		rates := ""
		if set, ok := l.Set(); ok {
			rates = set.Key
		}
		c.Lines = append(c.Lines, comparedLine(l, rates))
		c.Wanted.Total, c.Wanted.Tax = c.Wanted.Total.Add(l.Incl), c.Wanted.Tax.Add(l.Incl.Sub(l.Excl))
	}
	return err.Show(c)
}

// Comparison shows side by side what QloApps computed of a document and what Zoho Books would,
// when both differ too much to post it. It is the proof of a fault.
type Comparison struct {
	Currency  string             `json:"currency"`
	Lines     []ComparedLine     `json:"lines"`
	Discounts []ComparedDiscount `json:"discounts"`
	// Wanted is QloApps' total and tax, Predicted what Zoho Books would make of the lines as sent;
	// nil when it did not come to that.
	Wanted    ComparedTotals  `json:"wanted"`
	Predicted *ComparedTotals `json:"predicted"`
	// Taxes are the single taxes of the lines, smallest rate first; none when it did not come to that.
	Taxes []ComparedTax `json:"taxes"`
}

// ComparedTax is one single tax in both systems.
type ComparedTax struct {
	Percent  money.Decimal `json:"percent"`
	Compound bool          `json:"compound"`
	// QloApps' share; nil when a discount over several rates leaves it open.
	Wanted    *money.Decimal `json:"wanted"`
	Predicted money.Decimal  `json:"predicted"`
}

// ComparedLine is one line in both systems.
type ComparedLine struct {
	Name     string        `json:"name"`
	Quantity money.Decimal `json:"quantity"`
	Excl     money.Decimal `json:"qloapps_without_tax"`
	Incl     money.Decimal `json:"qloapps_with_tax"`
	Rates    string        `json:"rates"` // "5+2.5"; "" when none fits
	// Amount with tax and discount as they would be sent; nil when it did not come to that.
	Amount   *money.Decimal `json:"amount"`
	Discount *money.Decimal `json:"discount"`
}

// ComparedDiscount is one discount of QloApps'.
type ComparedDiscount struct {
	Name string        `json:"name"`
	Excl money.Decimal `json:"without_tax"`
	Incl money.Decimal `json:"with_tax"`
}

// ComparedTotals are a document's.
type ComparedTotals struct {
	Total money.Decimal `json:"total"`
	Tax   money.Decimal `json:"tax"`
}
