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
// A row of order_detail may also be gone, and its bookings and services not.

// finer replaces the lines of such orders.
func (b *orderBatch) finer(ctx context.Context, ids []string) error {
	var spoilt []string
	for _, id := range ids {
		if o := b.orders[id]; o != nil && (!o.addsUp(o.Lines) || o.overdrawn()) {
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
	var lost []string
	for _, id := range spoilt {
		o := b.orders[id]
		if lines := b.finerLines(o, services); o.addsUp(lines) && !o.sameSum(lines) {
			o.Lines = lines
			roomsFirst(o.Lines)
		} else if !o.addsUp(o.Lines) {
			lost = append(lost, id)
		}
	}
	if len(lost) == 0 {
		return nil
	}
	if err := b.lostServices(ctx, lost); err != nil {
		return err
	}
	if err := b.nameOrphans(ctx, lost); err != nil {
		return err
	}
	for _, id := range lost {
		o := b.orders[id]
		if lines := append(b.finerLines(o, services), b.orphans[id]...); o.addsUp(lines) {
			o.Lines = lines
			roomsFirst(o.Lines)
			o.at(b.orphans[id])
		}
	}
	return nil
}

// at names the hotel of an order by its rooms, where nothing else does.
func (o *Order) at(rooms []Line) {
	for _, l := range rooms {
		if o.HotelID == "" {
			o.HotelID, o.HotelName = l.HotelID, l.HotelName
		}
	}
}

// lostServices adds what was sold by rows of services whose order line is gone.
func (b *orderBatch) lostServices(ctx context.Context, ids []string) error {
	var rows []struct {
		IDOrder, IDOrderDetail, IDProduct, Name, Grp string
		Quantity, Excl, Incl                         money.Decimal
	}
	group := "0"
	if b.serviceGroup {
		group = "MAX(s.id_tax_rules_group)"
	}
	err := b.query(ctx, &rows, "SELECT s.id_order, "+ownDetail("s")+" id_order_detail, s.id_product, COALESCE(MAX(l.name), '') name, "+group+" grp, SUM(s.quantity) quantity, SUM(s.total_price_tax_excl) excl, SUM(s.total_price_tax_incl) incl FROM {p}"+b.services+" s "+
		"LEFT JOIN {p}product_lang l ON l.id_product = s.id_product AND l.id_shop = ? AND l.id_lang = ? WHERE s.id_order IN ? AND NOT EXISTS (SELECT 1 FROM {p}order_detail d WHERE d.id_order_detail = s.id_order_detail AND d.id_order = s.id_order) "+
		"GROUP BY s.id_order, s.id_order_detail, s.id_product ORDER BY s.id_order, s.id_order_detail, s.id_product", b.shop.ShopID, b.shop.LangID, ids)
	for _, x := range rows {
		d := detail{id: noZero(x.IDOrderDetail), productID: x.IDProduct, name: x.Name, quantity: x.Quantity, excl: x.Excl, incl: x.Incl, unit: b.orders[x.IDOrder].Unit}
		l := d.line(ServiceLine)
		l.group = noZero(x.Grp)
		b.orphans[x.IDOrder] = append(b.orphans[x.IDOrder], l)
	}
	return err
}

// nameOrphans says of lines without an order line whether their product is still there, and its tax group.
func (b *orderBatch) nameOrphans(ctx context.Context, ids []string) error {
	products := map[string]string{}
	for _, id := range ids {
		for _, l := range b.orphans[id] {
			products[l.ProductID] = l.ProductID
		}
	}
	var rows []struct {
		ID      string
		Booking bool
		Grp     *string
	}
	err := b.query(ctx, &rows, "SELECT id_product id, booking_product <> 0 booking, id_tax_rules_group grp FROM {p}product WHERE id_product IN ?", orNone(values(products)))
	for _, id := range ids {
		for n := range b.orphans[id] {
			l := &b.orphans[id][n]
			l.ProductGone = true
			for _, x := range rows {
				if x.ID == l.ProductID && x.Booking == (l.Kind == RoomLine) {
					l.ProductGone = false
					if l.group == "" {
						l.group = noZero(deref(x.Grp))
					}
				}
			}
		}
	}
	return err
}

// addsUp reports that lines less discounts come to what the order costs, or to what its only invoice
// says where QloApps left the order behind.
func (o *Order) addsUp(lines []Line) bool {
	if o.comesTo(lines, o.TotalExcl, o.TotalIncl) {
		return true
	}
	return len(o.Invoices) == 1 && o.comesTo(lines, o.Invoices[0].TotalExcl, o.Invoices[0].TotalIncl)
}

// comesTo reports that lines and the order's discounts come to a total, within rounding. QloApps lets none fall below
// nothing, and of a voucher larger than what was sold it uses nothing for facilities, which then stay due.
func (o *Order) comesTo(lines []Line, excl, incl money.Decimal) bool {
	for _, sum := range o.comes(lines) {
		if o.near(sum.incl, incl, len(lines)) && o.near(sum.excl, excl, len(lines)) {
			return true
		}
	}
	return false
}

// sum is an amount without and with tax.
type sum struct{ excl, incl money.Decimal }

// comes are what lines and the order's discounts may come to: the second where a voucher is larger than all but the
// facilities.
func (o *Order) comes(lines []Line) []sum {
	excl, incl := o.bare(lines)
	list := []sum{{atLeastNothing(excl), atLeastNothing(incl)}}
	var due sum
	for _, l := range lines {
		if l.Kind == FacilityLine {
			due.excl, due.incl = due.excl.Add(l.Excl), due.incl.Add(l.Incl)
		}
	}
	if incl.LessThan(due.incl) {
		list = append(list, sum{due.excl.Add(atLeastNothing(excl.Sub(due.excl))), due.incl})
	}
	return list
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
	err := b.query(ctx, &rows, "SELECT "+ownDetail("s")+" id_order_detail, SUM(s.quantity) quantity, SUM(s.total_price_tax_excl) excl, SUM(s.total_price_tax_incl) incl FROM {p}"+b.services+" s WHERE s.id_order IN ? GROUP BY s.id_order, s.id_order_detail", orderIDs)
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
