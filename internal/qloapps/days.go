package qloapps

import (
	"context"
	"fmt"
	"time"
)

// Day is a calendar day as QloApps wrote it, "2026-11-28"; "" of none.
func Day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// Earlier tells which of two ids QloApps gave first: it counts them up.
func Earlier(a, b string) bool { return len(a) < len(b) || len(a) == len(b) && a < b }

// Dated are the kinds of rows that have a day.
type Dated string

const (
	DatedInvoices Dated = "invoice"
	DatedPayments Dated = "payment"
	DatedSlips    Dated = "slip"
	DatedReturns  Dated = "return" // refunds of money without a slip
)

var dated = map[Dated]string{
	DatedInvoices: "SELECT i.id_order_invoice FROM {p}order_invoice i JOIN {p}orders o ON o.id_order = i.id_order WHERE i.date_add >= ? AND i.date_add < ? + INTERVAL 1 DAY ORDER BY i.id_order_invoice",
	DatedPayments: "SELECT p.id_order_payment FROM {p}order_payment p WHERE p.date_add >= ? AND p.date_add < ? + INTERVAL 1 DAY AND (EXISTS (SELECT 1 FROM {p}orders o WHERE {order_payment p.order_reference = orders o.reference}) OR EXISTS (SELECT 1 FROM {p}order_payment_detail d JOIN {p}orders o ON o.id_order = d.id_order WHERE d.id_order_payment = p.id_order_payment)) ORDER BY p.id_order_payment",
	DatedSlips:    "SELECT s.id_order_slip FROM {p}order_slip s JOIN {p}orders o ON o.id_order = s.id_order WHERE s.date_add >= ? AND s.date_add < ? + INTERVAL 1 DAY ORDER BY s.id_order_slip",
	DatedReturns: "SELECT r.id_order_return FROM {p}order_return r JOIN {p}orders o ON o.id_order = r.id_order WHERE r.date_upd >= ? AND r.date_upd < ? + INTERVAL 1 DAY AND r.return_type = 0 AND r.refunded_amount > 0 " +
		"AND COALESCE(r.payment_mode, '') <> '' ORDER BY r.id_order_return",
}

// On names the rows of a kind whose day, in the shop's zone, lies between from and to, both included.
func (r *Reader) On(ctx context.Context, kind Dated, from, to string) ([]string, error) {
	statement, ok := dated[kind]
	if !ok {
		return nil, fmt.Errorf("rows of kind %q have no day", kind)
	}
	var ids []string
	err := r.query(ctx, &ids, statement, from, to)
	return ids, err
}
