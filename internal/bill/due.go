package bill

import (
	"fmt"
	"slices"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
)

// LinesOf are the lines of one invoice: all of the order's when it has only this one.
func LinesOf(i qloapps.Invoice) []qloapps.Line {
	if len(i.Order.Invoices) == 1 {
		return i.Order.Lines
	}
	var lines []qloapps.Line
	for _, l := range i.Order.Lines {
		if l.InvoiceID == i.ID {
			lines = append(lines, l)
		}
	}
	return lines
}

// Owed is what the invoice comes to, and the discounts that lower it.
func Owed(i qloapps.Invoice) ([]qloapps.Discount, Due, error) {
	t, err := DueOf(i)
	if err != nil {
		return nil, t, err
	}
	discounts, t := WithoutVouchers(DiscountsOf(i), LinesOf(i), t)
	return discounts, t, nil
}

// Costs reports that any line has an amount; QloApps sets those of canceled rooms to 0.
func Costs(lines []qloapps.Line) bool {
	return slices.ContainsFunc(lines, func(l qloapps.Line) bool { return !l.Incl.IsZero() || !l.Excl.IsZero() })
}

// Due is what the invoice must come to.
type Due struct {
	Incl, Excl money.Decimal
	Currency   string
	Notices    []Notice

	own    money.Decimal // QloApps' unit where that is not a cent; else zero
	before money.Decimal // what the order's invoices before it come to: all are rounded together
}

// total is what the document comes to in a currency of so many decimals; with the order's other invoices it
// comes to what the order does.
func (t Due) total(precision int32) money.Decimal {
	return money.Spread([]money.Decimal{t.before, t.Incl}, precision)[1]
}

// cost is an amount as QloApps rounds what an order costs: in the shop's decimals, whatever the currency.
func (t Due) cost(amount money.Decimal) money.Decimal {
	unit := qloapps.Penny
	if t.own.IsPositive() {
		unit = t.own
	}
	return money.RoundHalfUp(amount, -unit.Exponent())
}

// DueOf takes the order's totals for its only invoice, as QloApps lets invoice rows go
// stale; several invoices have totals of their own and must add up to the order.
func DueOf(i qloapps.Invoice) (Due, error) {
	o := i.Order
	if len(o.Invoices) == 1 {
		return OfOrder(o), nil
	}
	sum, before := money.Zero, money.Zero
	for _, head := range o.Invoices {
		if head.ID == i.ID && !i.Alone {
			before = sum
		}
		sum = sum.Add(head.TotalIncl)
	}
	if !i.Alone && sum.Sub(o.TotalIncl).Abs().GreaterThan(qloapps.Penny) {
		return Due{}, fault.New(fault.Held, "invoices_do_not_add_up", "The %d invoices of the order add up to %s %s, the order costs %s %s.", len(o.Invoices), money.Words(sum, o.Currency), o.Currency, money.Words(o.TotalIncl, o.Currency), o.Currency).
			Do("Correct the invoices in QloApps, then use Retry. Or use Release on each that is right, which posts it as its own row says, and Skip on the others.")
	}
	return Due{Incl: i.TotalIncl, Excl: i.TotalExcl, Currency: o.Currency, own: o.Unit, before: before}, nil
}

// OfOrder is what a whole order comes to. Where QloApps left its totals one edit behind, so that its
// lines come to the row of its only invoice and not to them, that row is the truth.
func OfOrder(o *qloapps.Order) Due {
	t := Due{Incl: o.TotalIncl, Excl: o.TotalExcl, Currency: o.Currency, own: o.Unit}
	if len(o.Invoices) != 1 {
		return t
	}
	row := o.Invoices[0]
	switch {
	case o.Behind():
		t.Incl, t.Excl = row.TotalIncl, row.TotalExcl
		t.Notices = []Notice{{Code: qloapps.OrderIsBehind, Detail: fmt.Sprintf("QloApps' order says %s %s, but its lines come to its invoice, %s %s. The invoice's total was posted.", money.Words(o.TotalIncl, o.Currency), o.Currency, money.Words(row.TotalIncl, o.Currency), o.Currency)}}
	case row.TotalIncl.Sub(o.TotalIncl).Abs().GreaterThan(qloapps.Penny):
		t.Notices = []Notice{{Code: qloapps.InvoiceIsBehind, Detail: fmt.Sprintf("QloApps' invoice row says %s %s, the order itself %s %s. The order's total was posted.", money.Words(money.RoundHalfUp(row.TotalIncl, 2), o.Currency), o.Currency, money.Words(o.TotalIncl, o.Currency), o.Currency)}}
	}
	return t
}

// DiscountsOf are the discounts of one invoice: all of the order's when it has only this one.
func DiscountsOf(i qloapps.Invoice) []qloapps.Discount {
	var list []qloapps.Discount
	for _, d := range i.Order.Discounts {
		if (len(i.Order.Invoices) == 1 || d.InvoiceID == i.ID) && !ofNothing(d) {
			list = append(list, d)
		}
	}
	return list
}

// ofNothing reports a discount that takes off less than the smallest amount that QloApps keeps of one.
func ofNothing(d qloapps.Discount) bool {
	return money.RoundHalfUp(d.Incl, 2).IsZero() && money.RoundHalfUp(d.Excl, 2).IsZero()
}
