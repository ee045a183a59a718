package qloapps

import "time"

// QloApps writes an order in about a second, its history row last, and a cart of several hotels makes
// all of its orders before it finishes the first. What is not finished after an hour never will be:
// its booking broke off, or its history was deleted. Then it holds nothing else up any longer, and
// where it has an invoice or a payment of its own, a person decides.

// patience is how long an order may be without a history row and yet be one that is being written.
const patience = time.Hour

// Each of these asks for one row by its key. Written so, a server cannot turn the question into a list of
// all rows that it might be about: some do, and read whole tables for a page of ids.
const (
	// finished is true of orders that QloApps has finished writing.
	finished = "(o.current_state <> 0 AND (SELECT 1 FROM {p}order_history h WHERE h.id_order = o.id_order LIMIT 1) IS NOT NULL)"
	// writingSince is true of orders touched since a wall-clock time, its one argument.
	writingSince = "GREATEST(o.date_add, o.date_upd) >= ?"
	// hasMoney is true of orders with an invoice, or a payment that is theirs; of one without shares, where no
	// order of its reference was finished, which of them it is nobody knows.
	hasMoney = "((SELECT 1 FROM {p}order_invoice i WHERE i.id_order = o.id_order LIMIT 1) IS NOT NULL OR (SELECT 1 FROM {p}order_invoice_payment y WHERE y.id_order = o.id_order LIMIT 1) IS NOT NULL " +
		"OR o.total_paid_real <> 0 OR (SELECT 1 FROM {p}order_payment y WHERE {orders o.reference = order_payment y.order_reference} LIMIT 1) IS NOT NULL " +
		"AND (SELECT 1 FROM {p}orders s WHERE s.reference = o.reference AND s.id_order <> o.id_order AND s.current_state <> 0 AND (SELECT 1 FROM {p}order_history g WHERE g.id_order = s.id_order LIMIT 1) IS NOT NULL LIMIT 1) IS NULL)"
	// listed is true of orders that lists show; its one argument is the time an hour ago.
	listed = "(" + finished + " OR NOT " + finished + " AND NOT " + writingSince + " AND " + hasMoney + ")"
	// namedCustomer is true of customers that lists show: not deleted, or named by an order.
	namedCustomer = "(k.deleted = 0 OR (SELECT 1 FROM {p}orders o WHERE o.id_customer = k.id_customer LIMIT 1) IS NOT NULL)"
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
