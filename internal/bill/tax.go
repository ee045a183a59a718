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

// ownTaxes is QloApps' tax by Zoho's single taxes: a line's tax is divided among the taxes of
// its group as these divide it. It is empty when a discount mixes rate sets, as QloApps does
// not say then how much of each tax it took away.
func (b *Bill) ownTaxes(whole money.Decimal, discounted bool) map[string]money.Decimal {
	own := map[string]money.Decimal{}
	for _, l := range b.Lines {
		if discounted && l.Set.Key != b.Lines[0].Set.Key {
			return nil
		}
		divide(own, l.Incl.Sub(l.Excl), l.taxes)
	}
	if discounted {
		own = map[string]money.Decimal{}
		divide(own, whole, b.Lines[0].taxes)
	}
	return own
}

// divide adds tax to own in proportion to what each of taxes makes of one unit.
func divide(own map[string]money.Decimal, tax money.Decimal, taxes []oracle.Tax) {
	weights, sum := oracle.Exact(money.One, taxes, false), money.Zero
	for _, w := range weights {
		sum = sum.Add(w)
	}
	for id, w := range weights {
		if !sum.IsZero() {
			own[id] = own[id].Add(tax.Mul(w).DivRound(sum, 20))
		}
	}
}

// netOf takes the tax out of an amount that includes it.
func netOf(amount money.Decimal, taxes []oracle.Tax, precision int32) money.Decimal {
	sum := money.Zero
	for _, tax := range oracle.Exact(amount, taxes, true) {
		sum = sum.Add(tax)
	}
	return money.RoundHalfUp(amount.Sub(sum), precision)
}

// ChooseTaxes finds each line's rate set and the Zoho tax that a person chose for it; currency is that of the order.
func ChooseTaxes(lines []qloapps.Line, currency string, r *rules.Rules) ([]Line, error) {
	var out []Line
	for _, l := range lines {
		if l.Incl.IsZero() && l.Excl.IsZero() {
			continue
		}
		set, ok := l.Set()
		if !ok {
			return nil, untaxable(fault.New(fault.Held, "totals_differ", "The tax of «%s» (%s without, %s with tax) fits none of the hotel's tax rates.", l.Name, money.Words(l.Excl, currency), money.Words(l.Incl, currency)).
				Do("Correct the line's price or tax in QloApps."), lines)
		}
		s := Line{Line: l, Set: set}
		if set.Key != qloapps.Untaxed.Key {
			choice, err := r.Mappings.Find(rules.Taxes, set.Key)
			if err != nil {
				return nil, err
			}
			s.tax, s.taxes = choice, TaxesOf(choice.ZohoID, set, r)
		} else if choice, err := r.Mappings.Find(rules.Taxes, set.Key); err == nil {
			s.tax, s.taxes = choice, TaxesOf(choice.ZohoID, set, r)
		} else if r.Org.TaxPerLine {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// TaxesOf are the single taxes that Zoho will compute for the chosen tax or group; while they
// are unknown, QloApps' rates stand for them.
func TaxesOf(zohoID string, set qloapps.RateSet, r *rules.Rules) []oracle.Tax {
	var taxes []oracle.Tax
	for _, part := range r.Mappings.Taxes[zohoID].Parts {
		rate, err := money.Parse(part.Percent)
		if err != nil { // not told, so what the whole comes to is not known
			taxes = nil
			break
		}
		taxes = append(taxes, oracle.Tax{ID: part.ID, Percent: rate, Compound: part.Compound})
	}
	if len(taxes) > 0 {
		return taxes
	}
	for i, rate := range set.Rates {
		taxes = append(taxes, oracle.Tax{ID: fmt.Sprintf("%s/%d", set.Key, i), Percent: rate, Compound: set.Compound && i > 0})
	}
	return taxes
}

// taxed puts a tax on a line, or the reason why it has none.
func taxed(line *zoho.Line, choice rules.Choice) {
	if choice.Detail == rules.Exemption {
		line.TaxExemptionID = choice.ZohoID
		return
	}
	line.TaxID = choice.ZohoID
}
