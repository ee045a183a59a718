package qloapps

import (
	"context"

	"github.com/qlobooks/qlobooks/internal/money"
)

// Billed is what one of QloApps' invoices comes to.
type Billed struct {
	ID, Day, Currency string
	Amount            money.Decimal
}

// BilledOn reads what invoices come to that are dated from one day to another in the shop's zone, both included, as QloApps
// keeps it: of an order with one invoice what the order comes to, of one with several what each row does. It is for people
// to look at: the documents themselves are made of the orders' lines.
func (r *Reader) BilledOn(ctx context.Context, from, to string) ([]Billed, error) {
	var list []Billed
	err := r.query(ctx, &list, "SELECT CAST(i.id_order_invoice AS CHAR) id, DATE_FORMAT(i.date_add, '%Y-%m-%d') day, COALESCE(UPPER(c.iso_code), '') currency, "+
		"IF((SELECT COUNT(*) FROM {p}order_invoice n WHERE n.id_order = i.id_order) = 1, o.total_paid_tax_incl, i.total_paid_tax_incl) amount FROM {p}order_invoice i "+
		"JOIN {p}orders o ON o.id_order = i.id_order LEFT JOIN {p}currency c ON c.id_currency = o.id_currency WHERE i.date_add >= ? AND i.date_add < ? + INTERVAL 1 DAY ORDER BY i.date_add, i.id_order_invoice", from, to)
	return list, err
}
