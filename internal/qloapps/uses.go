package qloapps

import (
	"context"
	"slices"

	"github.com/qlobooks/qlobooks/internal/collate"
)

// How often what can be mapped is used: the rows of all orders that would take the choice.

// use is how many rows name something; "" = of nothing that is there any more.
type use struct {
	ID *string
	N  int
}

func usesOf(rows []use) map[string]int {
	by := map[string]int{}
	for _, u := range rows {
		by[noZero(deref(u.ID))] += u.N
	}
	return by
}

// ProductUses counts the order lines of each product.
func (r *Reader) ProductUses(ctx context.Context) (map[string]int, error) {
	var rows []use
	err := r.query(ctx, &rows, "SELECT product_id id, COUNT(*) n FROM {p}order_detail GROUP BY product_id")
	return usesOf(rows), err
}

// HotelUses counts the orders of each hotel, and as those of "" the ones that belong to none. An order whose
// address of taxation is no hotel's is of the one in which its rooms are.
func (r *Reader) HotelUses(ctx context.Context) (map[string]int, error) {
	var rows []use
	err := r.query(ctx, &rows, "SELECT hotel id, COUNT(*) n FROM (SELECT COALESCE(NULLIF(a.id_hotel, 0), b.hotel) hotel FROM {p}orders o LEFT JOIN {p}address a ON a.id_address = o.id_address_tax "+
		"LEFT JOIN (SELECT x.id_order, MIN(x.id_hotel) hotel FROM {p}htl_booking_detail x GROUP BY x.id_order) b ON b.id_order = o.id_order) y GROUP BY hotel")
	return usesOf(rows), err
}

// facilityUses counts the sold facilities by what they are sold as now, which is found by their names alone.
func (r *Reader) facilityUses(ctx context.Context) (map[string]int, error) {
	var rows []use
	err := r.query(ctx, &rows, "SELECT (SELECT MIN(g.id_global_demand) FROM {p}htl_room_type_global_demand_lang g WHERE {htl_booking_demands f.name = htl_room_type_global_demand_lang g.name}) id, f.n FROM "+
		"(SELECT name, COUNT(*) n FROM {p}htl_booking_demands GROUP BY name) f")
	return usesOf(rows), err
}

// GoneUses counts the order lines and sold facilities of which QloApps no longer has the product.
func (r *Reader) GoneUses(ctx context.Context) (int, error) {
	var rows []use
	if err := r.query(ctx, &rows, "SELECT NULL id, COUNT(*) n FROM {p}order_detail d LEFT JOIN {p}product p ON p.id_product = d.product_id WHERE "+productGone); err != nil {
		return 0, err
	}
	facilities, err := r.facilityUses(ctx)
	return usesOf(rows)[""] + facilities[""], err
}

// productGone is true of an order line d whose product p was deleted, or is sold as something else by now.
const productGone = "(p.id_product IS NULL OR (p.booking_product <> 0) <> (d.is_booking_product <> 0))"

// Facilities lists the extra demands that can be sold, and how often each was.
func (r *Reader) Facilities(ctx context.Context) ([]NamedUse, error) {
	shop, err := r.Shop(ctx)
	if err != nil {
		return nil, err
	}
	uses, err := r.facilityUses(ctx)
	if err != nil {
		return nil, err
	}
	var rows []NamedUse
	// A sold facility keeps only its name, by which its lines are found: the first of equal names serves for all.
	err = r.query(ctx, &rows, "SELECT g.id_global_demand id, COALESCE(l.name, '') name FROM {p}htl_room_type_global_demand g "+
		"LEFT JOIN {p}htl_room_type_global_demand_lang l ON l.id_global_demand = g.id_global_demand AND l.id_lang = ? ORDER BY g.id_global_demand", shop.LangID)
	seen := map[string]bool{}
	rows = slices.DeleteFunc(rows, func(f NamedUse) bool {
		key := collate.Key(f.Name)
		again := f.Name != "" && seen[key]
		seen[key] = true
		return again
	})
	for n := range rows {
		rows[n].UsedBy = uses[rows[n].ID]
	}
	return rows, err
}
