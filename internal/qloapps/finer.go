package qloapps

import (
	"context"

	"github.com/qlobooks/qlobooks/internal/money"
)

// QloApps' pages spoil order_detail now and then: moving a guest to a room of another type leaves one
// room's amount for all that stay, and on 1.6 canceling one room sets the services of all to nothing.
// Bookings, rows of services and facilities stay right and add up to the total. Where they do and the
// order's lines do not, lines are made of them. Under a discount larger than all that was sold any lines
// come to the total, which is nothing: there the finer rows are believed as soon as they say otherwise.

// finer replaces the lines of such orders.
func (b *orderBatch) finer(ctx context.Context, ids []string) error {
	var spoilt []string
	for _, id := range ids {
		if o := b.orders[id]; o != nil && len(o.Lines) > 0 && (!o.addsUp(o.Lines) || o.overdrawn()) {
			spoilt = append(spoilt, id)
		}
	}
	if len(spoilt) == 0 {
		return nil
	}
	services, err := b.serviceSums(ctx, spoilt)
	if err != nil {
		return err
	}
	for _, id := range spoilt {
		o := b.orders[id]
		if lines := b.finerLines(o, services); o.addsUp(lines) && !o.sameSum(lines) {
			o.Lines = lines
			roomsFirst(o.Lines)
		}
	}
	return nil
}

// addsUp reports that lines less discounts come to what the order costs, or to what its only invoice
// says where QloApps left the order behind.
func (o *Order) addsUp(lines []Line) bool {
	excl, incl := o.come(lines)
	if o.near(incl, o.TotalIncl, len(lines)) && o.near(excl, o.TotalExcl, len(lines)) {
		return true
	}
	return len(o.Invoices) == 1 && o.near(incl, o.Invoices[0].TotalIncl, len(lines)) && o.near(excl, o.Invoices[0].TotalExcl, len(lines))
}

// come is what lines and the order's discounts come to; QloApps lets no total fall below nothing.
func (o *Order) come(lines []Line) (excl, incl money.Decimal) {
	excl, incl = o.bare(lines)
	return atLeastNothing(excl), atLeastNothing(incl)
}

// overdrawn reports that discounts take off more than the lines come to, so that these prove nothing.
func (o *Order) overdrawn() bool {
	excl, incl := o.bare(o.Lines)
	return excl.IsNegative() || incl.IsNegative()
}

// sameSum reports that lines come to what the order's own do.
func (o *Order) sameSum(lines []Line) bool {
	excl, incl := o.bare(o.Lines)
	e, i := o.bare(lines)
	n := max(len(lines), len(o.Lines))
	return o.near(e, excl, n) && o.near(i, incl, n)
}

func (o *Order) bare(lines []Line) (excl, incl money.Decimal) {
	for _, l := range lines {
		excl, incl = excl.Add(l.Excl), incl.Add(l.Incl)
	}
	for _, d := range o.Discounts {
		excl, incl = excl.Sub(d.Excl), incl.Sub(d.Incl)
	}
	return excl, incl
}

func atLeastNothing(d money.Decimal) money.Decimal {
	if d.IsNegative() {
		return money.Zero
	}
	return d
}

// near reports that two sums over n lines are apart by no more than their rounding.
func (o *Order) near(a, b money.Decimal, n int) bool {
	unit := penny
	if o.Unit.GreaterThan(unit) {
		unit = o.Unit
	}
	return a.Sub(b).Abs().LessThanOrEqual(unit.Mul(decimalOf(int64(n + 1))))
}

// serviceSum is what the rows of services say of one order line.
type serviceSum struct{ quantity, excl, incl money.Decimal }

func (b *orderBatch) serviceSums(ctx context.Context, orderIDs []string) (map[string]serviceSum, error) {
	var rows []struct {
		IDOrderDetail        string
		Quantity, Excl, Incl money.Decimal
	}
	err := b.query(ctx, &rows, "SELECT id_order_detail, SUM(quantity) quantity, SUM(total_price_tax_excl) excl, SUM(total_price_tax_incl) incl FROM {p}"+b.services+" WHERE id_order IN ? GROUP BY id_order_detail", orderIDs)
	sums := map[string]serviceSum{}
	for _, x := range rows {
		sums[x.IDOrderDetail] = serviceSum{x.Quantity, x.Excl, x.Incl}
	}
	return sums, err
}

// finerLines are an order's lines made of its bookings, rows of services and facilities.
func (b *orderBatch) finerLines(o *Order, services map[string]serviceSum) []Line {
	var lines []Line
	roomed := map[string]bool{}
	for _, l := range o.Lines {
		d := b.details[l.DetailID]
		switch {
		case l.Kind == FacilityLine || d == nil:
			lines = append(lines, l)
		case l.Kind == ServiceLine:
			if s, ok := services[l.DetailID]; ok {
				l.Excl, l.Incl = s.excl, s.incl
			}
			lines = append(lines, l)
		case len(d.rooms) == 0:
			lines = append(lines, l)
		case !roomed[d.id]:
			roomed[d.id] = true
			lines = append(lines, d.rooms...)
		}
	}
	return lines
}
