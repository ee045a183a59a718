package qloapps

import "time"

// QloApps writes an order in about a second, its history row last, and a cart of several hotels makes
// all of its orders before it finishes the first. What is not finished after an hour never will be:
// its booking broke off, or its history was deleted. Then it holds nothing else up any longer, and
// where it has an invoice or a payment of its own, a person decides.

// patience is how long an order may be without a history row and yet be one that is being written.
const patience = time.Hour

const (
	// finished is true of orders that QloApps has finished writing.
	finished = "(o.current_state <> 0 AND EXISTS (SELECT 1 FROM {p}order_history h WHERE h.id_order = o.id_order))"
	// writingSince is true of orders touched since a wall-clock time, its one argument.
	writingSince = "GREATEST(o.date_add, o.date_upd) >= ?"
	// hasMoney is true of orders with an invoice, or a payment that is theirs.
	hasMoney = "(EXISTS (SELECT 1 FROM {p}order_invoice i WHERE i.id_order = o.id_order) OR EXISTS (SELECT 1 FROM {p}order_invoice_payment y WHERE y.id_order = o.id_order) " +
		"OR o.total_paid_real <> 0 OR o.id_order IN (SELECT y.id_order FROM {p}order_payment_detail y) OR EXISTS (SELECT 1 FROM {p}order_payment y WHERE y.order_reference = o.reference) " +
		"AND NOT EXISTS (SELECT 1 FROM {p}orders s WHERE s.reference = o.reference AND s.id_order <> o.id_order))"
	// listed is true of orders that lists show; its one argument is the time an hour ago.
	listed = "(" + finished + " OR NOT " + finished + " AND NOT " + writingSince + " AND " + hasMoney + ")"
)

// At makes the reader ask another clock than the machine's how late it is.
func (r *Reader) At(clock func() time.Time) { r.clock = clock }

// hourAgo is the wall-clock time before which an unfinished order was touched for the last time when
// nobody writes it any more.
func (r *Reader) hourAgo(shop Shop) string {
	now := time.Now
	if r.clock != nil {
		now = r.clock
	}
	return now().Add(-patience).In(shop.Zone).Format(time.DateTime)
}
