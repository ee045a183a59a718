package qloapps

import (
	"context"

	"github.com/qlobooks/qlobooks/internal/money"
)

// A service that is sold in rooms of several rates is one order line all the same, and no rate makes its tax. Its rows
// of services tell what was sold at which.

// serviceRow is what one row of services says of its order line.
type serviceRow struct {
	quantity, excl, incl money.Decimal
	group                string
}

// splitServices makes of each service line whose tax no candidate makes a line for each rate of its rows, where these add
// up to it.
func (b *orderBatch) splitServices(ctx context.Context, ids []string, groups map[string][]taxRule) error {
	var orders, details []string
	for _, id := range ids {
		if o := b.orders[id]; o != nil {
			for _, l := range o.Lines {
				if _, fits := l.Set(); l.Kind == ServiceLine && !fits && noZero(l.DetailID) != "" {
					orders, details = append(orders, id), append(details, l.DetailID)
				}
			}
		}
	}
	if len(orders) == 0 {
		return nil
	}
	rows, err := b.serviceRows(ctx, orders, details)
	if err != nil {
		return err
	}
	for _, id := range orders {
		o := b.orders[id]
		var lines []Line
		for _, l := range o.Lines {
			lines = append(lines, l.split(o, rows, groups, b.taxAddress[id])...)
		}
		o.Lines = lines
	}
	return nil
}

func (b *orderBatch) serviceRows(ctx context.Context, orders, details []string) (map[string][]serviceRow, error) {
	var rows []struct {
		IDOrderDetail, Grp   string
		Quantity, Excl, Incl money.Decimal
	}
	group := "0"
	if b.serviceGroup {
		group = "s.id_tax_rules_group"
	}
	err := b.query(ctx, &rows, "SELECT s.id_order_detail, "+group+" grp, s.quantity, s.total_price_tax_excl excl, s.total_price_tax_incl incl FROM {p}"+b.services+" s JOIN {p}order_detail d ON d.id_order_detail = s.id_order_detail AND d.id_order = s.id_order "+
		"WHERE s.id_order IN ? AND s.id_order_detail IN ? ORDER BY s."+b.serviceKey, orders, details)
	byLine := map[string][]serviceRow{}
	for _, x := range rows {
		byLine[x.IDOrderDetail] = append(byLine[x.IDOrderDetail], serviceRow{x.Quantity, x.Excl, x.Incl, noZero(x.Grp)})
	}
	return byLine, err
}

// split makes a line of each rate of a service's rows; it stays as it is where it needs none, or they do not explain it.
func (l Line) split(o *Order, all map[string][]serviceRow, groups map[string][]taxRule, at taxPlace) []Line {
	rows := all[l.DetailID]
	if _, fits := l.Set(); l.Kind != ServiceLine || fits || len(rows) < 2 {
		return []Line{l}
	}
	var parts []Line
	byRate := map[string]int{}
	quantity, excl, incl := money.Zero, money.Zero, money.Zero
	for _, row := range rows {
		quantity, excl, incl = quantity.Add(row.quantity), excl.Add(row.excl), incl.Add(row.incl)
		part := l
		part.Quantity, part.Excl, part.Incl = row.quantity, row.excl, row.incl
		switch {
		case row.excl.Equal(row.incl):
			part.Rates = []RateSet{Untaxed}
		case row.group != "":
			part.Rates = distinct(append([]RateSet{resolve(groups[row.group], at)}, l.Rates...))
		}
		set, fits := part.Set()
		if !fits {
			return []Line{l}
		}
		n, there := byRate[set.Key]
		if !there {
			byRate[set.Key] = len(parts)
			part.ID, part.Rates = l.ID+"/"+set.Key, []RateSet{set}
			parts = append(parts, part)
			continue
		}
		parts[n].Quantity, parts[n].Excl, parts[n].Incl = parts[n].Quantity.Add(row.quantity), parts[n].Excl.Add(row.excl), parts[n].Incl.Add(row.incl)
	}
	if len(parts) < 2 || !o.near(excl, l.Excl, len(rows)) || !o.near(incl, l.Incl, len(rows)) {
		return []Line{l}
	}
	for n := range parts {
		if !quantity.Equal(l.Quantity) { // units by nights, which rows do not count
			parts[n].Quantity = one
		}
	}
	return parts
}
