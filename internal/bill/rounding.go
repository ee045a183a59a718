package bill

import (
	"fmt"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
)

// addsUp refuses to hide a wrong line in the last one: QloApps may round each line and the total,
// and anything more than that and the allowed difference is not rounding.
// Where QloApps works in coarser units than cents, each line and the total may be half a unit off.
func addsUp(lines []Line, whole money.Decimal, t Due, precision int32, r *rules.Rules) error {
	sum := money.Zero
	for _, l := range lines {
		sum = sum.Add(l.Incl)
	}
	allowed := money.Unit(precision).Mul(money.MustParse(fmt.Sprint(r.Settings.Orders.RoundingLimit + len(lines) + 1)))
	allowed = money.Max(allowed, t.own.Mul(money.Whole(len(lines)+1)).Div(money.Whole(2)))
	if whole.Sub(sum).Abs().LessThanOrEqual(allowed) {
		return nil
	}
	return fault.New(fault.Held, "totals_differ", "The lines come to %s, but the total and the discounts to %s.", money.Words(sum.Round(max(precision, 2)), t.Currency), money.Words(whole, t.Currency)).
		Do("Correct the order's rooms, services or discounts in QloApps, then use Retry; or make the document by hand in Zoho Books and use Skip here.")
}

// unit is the smallest amount in which both systems can agree on a tax: where Zoho counts finer
// than QloApps wrote its amounts, QloApps' own.
func (t Due) unit(precision int32) money.Decimal {
	if precision > 2 && t.Incl.Equal(t.Incl.Round(2)) && t.Excl.Equal(t.Excl.Round(2)) {
		return qloapps.Penny
	}
	return money.Unit(precision)
}

// roundLines gives each line its amount with tax, rounded cumulatively; the last line that costs something
// and can bear it takes what is missing to whole.
func roundLines(lines []Line, whole money.Decimal, precision int32) {
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
		if !lines[i].Incl.IsZero() && lines[i].amount.Add(missing).IsPositive() {
			lines[i].amount = lines[i].amount.Add(missing)
			return
		}
	}
	for i := len(lines) - 1; i >= 0 && !missing.IsZero(); i-- { // no line alone can bear it
		part := money.Min(lines[i].amount, missing.Neg())
		lines[i].amount, missing = lines[i].amount.Sub(part), missing.Add(part)
	}
}
