package qloapps

import (
	"context"

	"github.com/qlobooks/qlobooks/internal/money"
)

// Billed is what QloApps' invoices of one day in one currency add up to.
type Billed struct {
	Day, Currency string
	Amount        money.Decimal
}

// BilledOn adds up the invoice rows dated from one day to another in the shop's zone, both included. It
// is for people to look at: the documents themselves are made of the orders' lines.
func (r *Reader) BilledOn(ctx context.Context, from, to string) ([]Billed, error) {
	var sums []Billed
	err := r.query(ctx, &sums, "SELECT DATE_FORMAT(i.date_add, '%Y-%m-%d') day, COALESCE(UPPER(c.iso_code), '') currency, SUM(i.total_paid_tax_incl) amount FROM {p}order_invoice i "+
		"JOIN {p}orders o ON o.id_order = i.id_order LEFT JOIN {p}currency c ON c.id_currency = o.id_currency WHERE i.date_add >= ? AND i.date_add < ? + INTERVAL 1 DAY GROUP BY day, UPPER(c.iso_code) ORDER BY day, UPPER(c.iso_code)", from, to)
	return sums, err
}
