package qloapps

import (
	"context"
	"slices"

	"github.com/qlobooks/qlobooks/internal/money"
)

// An edited tax is a new row, the old one stays and is marked deleted; an order that is edited later
// gets rows of the new tax though its amounts stay at the old rate. So a line that fits nothing else
// is also tried with each single tax noted for it, and with the former taxes of its group or product,
// which lines of other orders still name; last of all with any former tax alone.

// formerRates adds these to lines that fit none of their candidates.
func (b *orderBatch) formerRates(ctx context.Context, ids []string, written map[string][]writtenRate) error {
	var lost []*Line
	var groups, products []string
	for _, id := range ids {
		o := b.orders[id]
		if o == nil {
			continue
		}
		for i := range o.Lines {
			l := &o.Lines[i]
			if l.sure() {
				continue
			}
			noted := written["d"+l.DetailID]
			if l.Kind == FacilityLine {
				noted = written["f"+l.ID]
			}
			for _, n := range noted {
				l.Rates = distinct(append(l.Rates, NewRateSet([]money.Decimal{n.rate}, false)))
			}
			if l.sure() {
				continue
			}
			lost = append(lost, l)
			groups = append(groups, b.groupsOfLine(l)...)
			if l.ProductID != "" {
				products = append(products, l.ProductID)
			}
		}
	}
	if len(lost) == 0 {
		return nil
	}
	former, err := b.formerSets(ctx, groups, products)
	if err != nil {
		return err
	}
	for _, l := range lost {
		for _, f := range former {
			if slices.Contains(b.groupsOfLine(l), f.group) || l.ProductID != "" && l.ProductID == f.product {
				l.Rates = distinct(append(l.Rates, f.set))
			}
		}
	}
	return b.deletedRates(ctx, lost)
}

// deletedRates adds to a line that still fits none of its candidates the one former tax that makes it to the cent: no
// line tells that tax any more where all that were sold with it were edited since. Of several nobody knows which.
func (b *orderBatch) deletedRates(ctx context.Context, lost []*Line) error {
	lost = slices.DeleteFunc(lost, func(l *Line) bool {
		_, fits := l.Set()
		return fits
	})
	if len(lost) == 0 {
		return nil
	}
	var rates []money.Decimal
	if err := b.query(ctx, &rates, "SELECT DISTINCT rate FROM {p}tax WHERE deleted = 1 AND rate > 0 ORDER BY rate"); err != nil {
		return err
	}
	for _, l := range lost {
		var makes []RateSet
		for _, rate := range rates {
			if set := NewRateSet([]money.Decimal{rate}, false); l.apart(set).LessThanOrEqual(money.Max(penny, l.Unit.Div(two))) {
				makes = append(makes, set)
			}
		}
		if len(makes) == 1 {
			l.Rates = distinct(append(l.Rates, makes[0]))
		}
	}
	return nil
}

func (b *orderBatch) groupsOfLine(l *Line) []string {
	d := b.details[l.DetailID]
	if l.Kind == FacilityLine || d == nil {
		return named(l.group)
	}
	return named(append(slices.Clone(d.serviceGroups), d.group, d.groupNow)...)
}

func named(groups ...string) []string {
	return slices.DeleteFunc(slices.Clone(groups), func(g string) bool { return noZero(g) == "" })
}

// formerSet is a rate set with a tax that is no longer there, and whose it was.
type formerSet struct {
	group, product string
	set            RateSet
}

// formerSets reads, from lines that were sold with taxes since deleted, what they were sold with.
func (b *orderBatch) formerSets(ctx context.Context, groups, products []string) ([]formerSet, error) {
	var rows []struct {
		ID, Grp, Product string
		Method           int
		Rate, Amount     money.Decimal
	}
	err := b.query(ctx, &rows, "SELECT d.id_order_detail id, d.id_tax_rules_group grp, d.product_id product, d.tax_computation_method method, t.rate, MAX(x.unit_amount) amount "+
		"FROM (SELECT MIN(o.id_order_detail) id FROM {p}tax f JOIN {p}order_detail_tax o ON o.id_tax = f.id_tax JOIN {p}order_detail e ON e.id_order_detail = o.id_order_detail "+
		"WHERE f.deleted = 1 AND (e.id_tax_rules_group IN ? OR e.product_id IN ?) GROUP BY f.id_tax, e.id_tax_rules_group, e.product_id) y "+
		"JOIN {p}order_detail d ON d.id_order_detail = y.id JOIN {p}order_detail_tax x ON x.id_order_detail = d.id_order_detail JOIN {p}tax t ON t.id_tax = x.id_tax "+
		"GROUP BY d.id_order_detail, d.id_tax_rules_group, d.product_id, d.tax_computation_method, x.id_tax, t.rate ORDER BY d.id_order_detail DESC, x.id_tax", orNone(groups), orNone(products))
	if err != nil {
		return nil, err
	}
	var out []formerSet
	for i := 0; i < len(rows); {
		first, noted := rows[i], []writtenRate{}
		for ; i < len(rows) && rows[i].ID == first.ID; i++ {
			n := writtenRate{rate: rows[i].Rate}
			if !n.rate.IsZero() {
				n.weight = rows[i].Amount.DivRound(n.rate, 12)
			}
			noted = append(noted, n)
			if len(noted) > 1 { // each alone, as a line that was edited names both the old and the new one
				out = append(out, formerSet{first.Grp, first.Product, NewRateSet([]money.Decimal{n.rate}, false)})
			}
		}
		if len(noted) > 1 {
			out = append(out, formerSet{first.Grp, first.Product, NewRateSet([]money.Decimal{noted[0].rate}, false)})
		}
		out = append(out, formerSet{first.Grp, first.Product, writtenSet(noted, first.Method == compoundMethod)})
	}
	return out, nil
}
