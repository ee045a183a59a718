package qloapps

import "context"

// Unlisted is what QloApps has of one kind and the lists do not show, for one reason.
type Unlisted struct {
	What, Because string
	Count         int
	First         string // the first of their ids
}

// uncounted is one kind and reason; query gives how many there are and the first of their ids.
type uncounted struct {
	what, because, query string
	hour                 int // how many of its arguments are the time an hour ago
}

const (
	orphaned   = " x WHERE NOT EXISTS (SELECT 1 FROM {p}orders o WHERE o.id_order = x.id_order)"
	ofUnlisted = " x JOIN {p}orders o ON o.id_order = x.id_order WHERE NOT " + listed

	// Of a payment p: an order has its reference; a share of it is of an order that there is; of one that is listed.
	// The table of shares has no key by payment, so that it is gone through once for all of them.
	namesOrder       = "EXISTS (SELECT 1 FROM {p}orders o WHERE {order_payment p.order_reference = orders o.reference})"
	sharedWith       = "p.id_order_payment IN (SELECT d.id_order_payment FROM {p}order_payment_detail d JOIN {p}orders o ON o.id_order = d.id_order)"
	sharedWithListed = "p.id_order_payment IN (SELECT d.id_order_payment FROM {p}order_payment_detail d JOIN {p}orders o ON o.id_order = d.id_order WHERE " + listed + ")"
)

// unlisted are all reasons for which a row that QloApps has is in no list of a section. Whatever is in
// none of them is listed.
var unlisted = map[string][]uncounted{
	"orders": {
		{"orders", "QloApps has not finished writing", "SELECT COUNT(*) n, COALESCE(MIN(o.id_order), 0) first FROM {p}orders o WHERE NOT " + finished + " AND " + writingSince, 1},
		{"orders", "writing broke off in QloApps, and nothing was invoiced or paid", "SELECT COUNT(*) n, COALESCE(MIN(o.id_order), 0) first FROM {p}orders o WHERE NOT " + finished + " AND NOT " + writingSince + " AND NOT " + hasMoney, 1},
		{"payments", "no order in QloApps has the reference or a share", "SELECT COUNT(*) n, COALESCE(MIN(p.id_order_payment), 0) first FROM {p}order_payment p WHERE NOT " + namesOrder + " AND NOT " + sharedWith, 0},
		{"payments", "their order is not listed", "SELECT COUNT(*) n, COALESCE(MIN(p.id_order_payment), 0) first FROM {p}order_payment p WHERE (" + namesOrder + " OR " + sharedWith + ") AND NOT " + sharedWithListed +
			" AND (" + sharedWith + " OR p.order_reference = '' OR NOT EXISTS (SELECT 1 FROM {p}orders o WHERE {order_payment p.order_reference = orders o.reference} AND " + listed + "))", 2},
		{"invoices", "the order is gone from QloApps", "SELECT COUNT(*) n, COALESCE(MIN(x.id_order_invoice), 0) first FROM {p}order_invoice" + orphaned, 0},
		{"invoices", "their order is not listed", "SELECT COUNT(*) n, COALESCE(MIN(x.id_order_invoice), 0) first FROM {p}order_invoice" + ofUnlisted, 1},
		{"credit slips", "the order is gone from QloApps", "SELECT COUNT(*) n, COALESCE(MIN(x.id_order_slip), 0) first FROM {p}order_slip" + orphaned, 0},
		{"credit slips", "their order is not listed", "SELECT COUNT(*) n, COALESCE(MIN(x.id_order_slip), 0) first FROM {p}order_slip" + ofUnlisted, 1},
		{"refund requests", "the order is gone from QloApps", "SELECT COUNT(*) n, COALESCE(MIN(x.id_order_return), 0) first FROM {p}order_return" + orphaned, 0},
		{"refund requests", "their order is not listed", "SELECT COUNT(*) n, COALESCE(MIN(x.id_order_return), 0) first FROM {p}order_return" + ofUnlisted, 1},
	},
	"customers": {{"customers", "deleted in QloApps, and named by no order", "SELECT COUNT(*) n, COALESCE(MIN(c.id_customer), 0) first FROM {p}customer c WHERE c.deleted <> 0 AND NOT EXISTS (SELECT 1 FROM {p}orders o WHERE o.id_customer = c.id_customer)", 0}},
	"currencies": {{"currencies", "deleted in QloApps, and used by no order or payment", "SELECT COUNT(*) n, COALESCE(MIN(c.id_currency), 0) first FROM {p}currency c WHERE c.deleted <> 0 " +
		"AND NOT EXISTS (SELECT 1 FROM {p}orders o WHERE o.id_currency = c.id_currency) AND NOT EXISTS (SELECT 1 FROM {p}order_payment p WHERE p.id_currency = c.id_currency)", 0}},
	"room-types": {{"room types", "tied to no hotel", "SELECT COUNT(*) n, COALESCE(MIN(p.id_product), 0) first FROM {p}product p WHERE p.booking_product = 1 AND NOT EXISTS (SELECT 1 FROM {p}htl_room_type t WHERE t.id_product = p.id_product)", 0}},
}

// Unlisted counts what QloApps has and a section's list does not show.
func (r *Reader) Unlisted(ctx context.Context, section string) ([]Unlisted, error) {
	shop, err := r.Shop(ctx)
	if err != nil {
		return nil, err
	}
	var list []Unlisted
	for _, u := range unlisted[section] {
		var args []any
		for range u.hour {
			args = append(args, r.hourAgo(shop))
		}
		var row struct {
			N     int
			First string
		}
		if err := r.query(ctx, &row, u.query, args...); err != nil {
			return nil, err
		}
		if row.N > 0 {
			list = append(list, Unlisted{What: u.what, Because: u.because, Count: row.N, First: row.First})
		}
	}
	return list, nil
}
