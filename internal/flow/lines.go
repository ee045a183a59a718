package flow

import (
	"fmt"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/oracle"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// sold is a line of an order on its way to a Zoho line.
type sold struct {
	qloapps.Line
	set    qloapps.RateSet
	tax    rules.Choice
	taxes  []oracle.Tax
	amount money.Decimal // tax included, rounded cumulatively to the currency
}

// chooseTaxes finds each line's rate set and the Zoho tax that a person chose for it.
func chooseTaxes(lines []qloapps.Line, r *rules.Rules) ([]sold, error) {
	var out []sold
	for _, l := range lines {
		if l.Incl.IsZero() && l.Excl.IsZero() {
			continue
		}
		set, ok := rateSet(l)
		if !ok {
			return nil, untaxable(fault.New(fault.Held, "totals_differ", "The tax of «%s» (%s without, %s with tax) fits none of the hotel's tax rates.", l.Name, l.Excl, l.Incl).
				Do("Correct the line's price or tax in QloApps."), lines)
		}
		s := sold{Line: l, set: set}
		if set.Key != qloapps.Untaxed.Key {
			choice, err := r.Mappings.Find(rules.Taxes, set.Key)
			if err != nil {
				return nil, err
			}
			s.tax, s.taxes = choice, taxesOf(choice.ZohoID, set, r)
		} else if choice, err := r.Mappings.Find(rules.Taxes, set.Key); err == nil {
			s.tax, s.taxes = choice, taxesOf(choice.ZohoID, set, r)
		} else if r.Org.TaxPerLine {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// rateSet is the first of the line's candidates that makes its tax of its amounts: to the cent,
// else within what QloApps' rounding per unit and per room may add up to.
func rateSet(l qloapps.Line) (qloapps.RateSet, bool) {
	units := unity
	if l.Quantity.GreaterThan(units) {
		units = l.Quantity
	}
	for _, allowed := range []money.Decimal{penny, penny.Mul(units).Add(penny)} {
		for _, set := range l.Rates {
			if l.Excl.Mul(factor(set)).Sub(l.Incl).Abs().LessThanOrEqual(allowed) {
				return set, true
			}
		}
	}
	return qloapps.RateSet{}, false
}

var (
	unity   = money.MustParse("1")
	penny   = money.MustParse("0.01") // QloApps' own unit, whatever the currency
	percent = money.MustParse("0.01")
)

// factor is what an amount without tax is multiplied with to include it.
func factor(set qloapps.RateSet) money.Decimal {
	f := unity
	for _, rate := range set.Rates {
		if set.Compound {
			f = f.Mul(unity.Add(rate.Mul(percent)))
		} else {
			f = f.Add(rate.Mul(percent))
		}
	}
	return f
}

// taxesOf are the single taxes that Zoho will compute for the chosen tax or group; while they
// are unknown, QloApps' rates stand for them.
func taxesOf(zohoID string, set qloapps.RateSet, r *rules.Rules) []oracle.Tax {
	var taxes []oracle.Tax
	for _, part := range r.Mappings.Taxes[zohoID].Parts {
		if rate, err := money.Parse(part.Percent); err == nil {
			taxes = append(taxes, oracle.Tax{ID: part.ID, Percent: rate, Compound: part.Compound})
		}
	}
	if len(taxes) > 0 {
		return taxes
	}
	for i, rate := range set.Rates {
		taxes = append(taxes, oracle.Tax{ID: fmt.Sprintf("%s/%d", set.Key, i), Percent: rate, Compound: set.Compound && i > 0})
	}
	return taxes
}

// roundLines gives each line its amount with tax, rounded cumulatively; the last line that can
// bear it takes what is missing to whole.
func roundLines(lines []sold, whole money.Decimal, precision int32) {
	amounts := make([]money.Decimal, len(lines))
	for i, l := range lines {
		amounts[i] = l.Incl
	}
	missing := whole
	for i, part := range money.Spread(amounts, precision) {
		lines[i].amount = part
		missing = missing.Sub(part)
	}
	for i := len(lines) - 1; i >= 0; i-- {
		if lines[i].amount.Add(missing).IsPositive() {
			lines[i].amount = lines[i].amount.Add(missing)
			return
		}
	}
	for i := len(lines) - 1; i >= 0 && !missing.IsZero(); i-- { // no line alone can bear it
		part := minimum(lines[i].amount, missing.Neg())
		lines[i].amount, missing = lines[i].amount.Sub(part), missing.Add(part)
	}
}

// zohoLine is the line as it is sent: by quantity where that is exact, else once the amount.
func zohoLine(l sold, amount money.Decimal, precision int32, links engine.Links, r *rules.Rules) (zoho.Line, error) {
	line := zoho.Line{Rate: money.N(amount), Quantity: money.N(unity), Description: clip(describe(l.Line), 2000)}
	taxed(&line, l.tax)
	if q := l.Quantity; q.GreaterThan(unity) && q.IsInteger() {
		rate := amount.DivRound(q, precision)
		if rate.Mul(q).Equal(amount) {
			line.Rate, line.Quantity = money.N(rate), money.N(q)
		}
	}
	return line, nameLine(&line, l.Line, links, r)
}

// taxed puts a tax on a line, or the reason why it has none.
func taxed(line *zoho.Line, choice rules.Choice) {
	if choice.Detail == rules.Exemption {
		line.TaxExemptionID = choice.ZohoID
		return
	}
	line.TaxID = choice.ZohoID
}

// nameLine says what was sold: the item of the room type or service, the mapped item of a
// facility or of a deleted product, else a name and an income account.
func nameLine(line *zoho.Line, l qloapps.Line, links engine.Links, r *rules.Rules) error {
	if item := itemRef(l); item != nil {
		link, err := links.Of(item.Flow, item.ID)
		if err != nil {
			return err
		}
		line.ItemID = link.ID
		return nil
	}
	source := "line:other"
	if l.Kind == qloapps.FacilityLine && l.FacilityID != "" {
		source = "facility:" + l.FacilityID
	}
	if choice, err := r.Mappings.Find(rules.Items, source); err == nil {
		line.ItemID = choice.ZohoID
		return nil
	}
	line.Name = clip(l.Name, 100)
	if choice, err := r.Mappings.Find(rules.Accounts, source); err == nil {
		line.AccountID = choice.ZohoID
	}
	return nil
}

// itemRef is the item of a line's product, nil when the line has none.
func itemRef(l qloapps.Line) *engine.Ref {
	if l.ProductID == "" || l.ProductID == "0" || l.ProductGone || l.Kind == qloapps.FacilityLine {
		return nil
	}
	flow := RoomType
	if l.Kind == qloapps.ServiceLine {
		flow = ServiceProduct
	}
	item := ref(flow, l.ProductID)
	return &item
}

// itemRefs are the items of all lines that cost anything.
func itemRefs(lines []qloapps.Line) []engine.Ref {
	var refs []engine.Ref
	for _, l := range lines {
		if item := itemRef(l); item != nil && !(l.Incl.IsZero() && l.Excl.IsZero()) {
			refs = append(refs, *item)
		}
	}
	return refs
}

// describe tells a reader of the invoice what the line is: room, guests, stay.
func describe(l qloapps.Line) string {
	parts := []string{l.Name}
	if l.Kind == qloapps.RoomLine || l.Kind == qloapps.FacilityLine {
		if l.RoomNumber != "" {
			parts = append(parts, "room "+l.RoomNumber)
		}
		if l.Adults+l.Children > 0 {
			parts = append(parts, guests(l.Adults, l.Children))
		}
		if from, to := day(l.From), day(l.To); from != "" && to != "" {
			parts = append(parts, from+" to "+to)
		}
		if l.HotelName != "" {
			parts = append(parts, l.HotelName)
		}
	}
	return strings.Join(parts, ", ")
}

func guests(adults, children int) string {
	words := fmt.Sprintf("%d adults", adults)
	if adults == 1 {
		words = "1 adult"
	}
	switch children {
	case 0:
	case 1:
		words += " and 1 child"
	default:
		words += fmt.Sprintf(" and %d children", children)
	}
	return words
}
