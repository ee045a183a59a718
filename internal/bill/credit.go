package bill

import (
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/oracle"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Credit is what three flows make a credit note of: a slip, money returned without one, and a
// canceled invoice. Zoho takes neither discount nor adjustment there, so all of it is lines.
type Credit struct {
	Lines  []zoho.Line
	Totals oracle.Totals
}

// CreditOf takes the tax out of amounts that include it and adds an untaxed line for what rounding
// takes away, so that the total is exact. Where rounding would make the lines too dear, the
// dearest of them gives way, as no line may be negative.
func CreditOf(lines []CreditLine, total money.Decimal, precision int32, r *rules.Rules) (Credit, error) {
	d := oracle.Document{Precision: precision, TaxRounding: r.Org.TaxRounding}
	c := Credit{}
	dearest := 0
	for _, l := range lines {
		rate := l.Amount
		if !l.Net {
			rate = netOf(l.Amount, l.Taxes, precision)
		}
		if rate.IsZero() && l.Amount.IsZero() {
			continue
		}
		d.Lines = append(d.Lines, oracle.Line{Rate: rate, Quantity: money.One, Taxes: l.Taxes})
		c.Lines = append(c.Lines, l.Line)
		if last := len(d.Lines) - 1; rate.GreaterThan(d.Lines[dearest].Rate) {
			dearest = last
		}
	}
	c.Totals = oracle.Compute(d)
	missing := total.Sub(c.Totals.Total)
	for range 10 { // a unit less of the net takes at least a unit off the total
		if !missing.IsNegative() || len(d.Lines) == 0 || d.Lines[dearest].Rate.LessThanOrEqual(missing.Neg()) {
			break
		}
		d.Lines[dearest].Rate = d.Lines[dearest].Rate.Add(missing)
		c.Totals = oracle.Compute(d)
		missing = total.Sub(c.Totals.Total)
	}
	for n := range c.Lines {
		c.Lines[n].Rate, c.Lines[n].Quantity = money.N(d.Lines[n].Rate), money.N(money.One)
	}
	if !missing.IsZero() {
		line, err := roundingLine(missing, r)
		if err != nil {
			return c, err
		}
		c.Lines = append(c.Lines, line)
		d.Lines = append(d.Lines, oracle.Line{Rate: missing, Quantity: money.One})
		c.Totals = oracle.Compute(d)
	}
	return c, nil
}

// CreditLine is one thing given back: the line without its amount, and the amount with tax.
type CreditLine struct {
	Line   zoho.Line
	Amount money.Decimal
	Taxes  []oracle.Tax
	Net    bool // the amount is without tax
}

// roundingLine makes a document exact. It is untaxed.
func roundingLine(amount money.Decimal, r *rules.Rules) (zoho.Line, error) {
	line := zoho.Line{Rate: money.N(amount), Quantity: money.N(money.One), Description: zoho.Rounding}
	if tax, err := r.Mappings.Find(rules.Taxes, qloapps.Untaxed.Key); err == nil {
		taxed(&line, tax)
	} else if r.Org.TaxPerLine {
		return line, err
	}
	if item := r.Settings.Orders.RoundingItemID; item != nil && *item != "" {
		line.ItemID = *item
		return line, nil
	}
	line.Name = zoho.Rounding
	account, err := r.Mappings.Find(rules.Accounts, "line:other")
	line.AccountID = account.ZohoID
	return line, err
}

// SoldAs finds the line that an amount given back was sold as, and the rates with which it was sold:
// those of what was posted, whatever QloApps takes for it today. Only where that line is gone are
// these looked for among the rates of the order's other lines, by the net that QloApps says.
func SoldAs(o *qloapps.Order, detailID, bookingID string, excl, incl money.Decimal) (qloapps.Line, qloapps.RateSet, error) {
	line, found := o.SoldLine(detailID, bookingID)
	line = sameRate(o, line, excl, incl)
	if set, ok := line.Set(); ok && !(line.Incl.IsZero() && line.Excl.IsZero()) {
		return line, set, nil
	}
	candidates := line.Rates
	for _, l := range o.Lines {
		candidates = append(candidates[:len(candidates):len(candidates)], l.Rates...)
	}
	if excl.Equal(incl) { // QloApps takes no tax off what it no longer sells
		candidates = []qloapps.RateSet{qloapps.Untaxed}
	}
	if excl.IsZero() && incl.IsPositive() && len(line.Rates) > 0 { // QloApps keeps no net amount of a return
		return line, line.Rates[0], nil
	}
	set, ok := qloapps.Line{Excl: excl, Incl: incl, Quantity: money.One, Unit: line.Unit, Rates: candidates}.Set()
	if !ok && !found {
		return line, set, fault.New(fault.Held, "totals_differ", "What was given back (%s with tax) is no longer in order %s, so that the tax with which it was sold is not known.", money.Words(incl, o.Currency), o.Reference).
			Do("Make the credit note by hand in Zoho Books, then use Skip here.")
	}
	if !ok {
		return line, set, fault.New(fault.Held, "totals_differ", "The tax of what was given back (%s without, %s with tax) fits none of the order's tax rates.", money.Words(excl, o.Currency), money.Words(incl, o.Currency)).
			Do("Make the credit note by hand in Zoho Books, then use Skip here.")
	}
	return line, set, nil
}

// sameRate is the line of a service that was sold at the rate of what was given back, where it was sold at several and
// QloApps says the net.
func sameRate(o *qloapps.Order, line qloapps.Line, excl, incl money.Decimal) qloapps.Line {
	for _, l := range o.Lines {
		if line.Kind != qloapps.ServiceLine || l.Kind != line.Kind || l.DetailID != line.DetailID || excl.IsZero() {
			continue
		}
		if _, fits := (qloapps.Line{Excl: excl, Incl: incl, Unit: l.Unit, Rates: l.Rates}).Set(); fits {
			return l
		}
	}
	return line
}

// Given makes the line of a credit note for something that was sold.
func Given(l qloapps.Line, set qloapps.RateSet, words string, amount money.Decimal, items Items, r *rules.Rules) (CreditLine, error) {
	c := CreditLine{Amount: amount, Line: zoho.Line{Description: zoho.Clip(words, 2000)}}
	choice, err := r.Mappings.Find(rules.Taxes, set.Key)
	if err != nil && (set.Key != qloapps.Untaxed.Key || r.Org.TaxPerLine) {
		return c, err
	}
	if err == nil {
		taxed(&c.Line, choice)
		c.Taxes = TaxesOf(choice.ZohoID, set, r)
	}
	return c, nameLine(&c.Line, l, items, true, r)
}
