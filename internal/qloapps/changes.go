package qloapps

import (
	"context"
	"fmt"
	"time"
)

// Trace is a table in which QloApps leaves a trace of a change, and how it is followed: by a date
// that rises with every change, or by ids that only grow.
type Trace struct {
	Name   string // stable
	Dated  bool
	table  string
	key    string // by which pages go on
	owner  string // column with the record's id; "" = found by owners
	where  string
	owners string // the records behind keys, where there is no column
}

// Traces lists what to follow for a section. What leaves no trace here is left to the sweep.
func (r *Reader) Traces(section string) []Trace {
	all := map[string][]Trace{
		"orders": {
			{Name: "orders", Dated: true, table: "orders", key: "id_order", owner: "id_order"},
			{Name: "order_slip", Dated: true, table: "order_slip", key: "id_order_slip", owner: "id_order"},
			{Name: "order_return", Dated: true, table: "order_return", key: "id_order_return", owner: "id_order"},
			{Name: "bookings", Dated: true, table: "htl_booking_detail", key: "id", owner: "id_order"},
			{Name: "services", Dated: true, table: r.services, key: r.serviceKey, owner: "id_order"},
			// Guests' addresses are never changed by QloApps while an order uses them, but through its API they are.
			{Name: "order_address", Dated: true, table: "address", key: "id_address", where: "id_customer > 0", owners: "SELECT id_order FROM {p}orders WHERE id_address_invoice IN ?"},
			{Name: "order_payment_detail", table: "order_payment_detail", key: "id_order_payment_detail", owner: "id_order"},
			{Name: "order_history", table: "order_history", key: "id_order_history", owner: "id_order"},
		},
		"customers": {
			{Name: "customer", Dated: true, table: "customer", key: "id_customer", owner: "id_customer"},
			{Name: "customer_address", Dated: true, table: "address", key: "id_address", owner: "id_customer", where: "id_customer > 0"},
			{Name: "guest_detail", Dated: true, table: "cart_customer_guest_detail", key: "id_customer_guest_detail", where: "id_cart = 0",
				owners: "SELECT c.id_customer FROM {p}customer c JOIN {p}cart_customer_guest_detail g ON {cart_customer_guest_detail g.email = customer c.email} WHERE g.id_customer_guest_detail IN ?"},
			{Name: "new_customer", table: "customer", key: "id_customer", owner: "id_customer"},
		},
	}
	var there []Trace
	for _, t := range all[section] {
		if r.has(t.table+"."+t.key) && (!t.Dated || r.has(t.table+".date_upd")) {
			there = append(there, t)
		}
	}
	return there
}

// Follow gives the records behind one page of a trace: rows with keys above after that were
// changed at or since a wall-clock time (dated traces), and where the next page begins, "" at the
// end. A page costs what lies between its keys, so that all pages together read the table once.
func (r *Reader) Follow(ctx context.Context, t Trace, since, after string, limit int) (ids []string, next string, err error) {
	owner := t.owner
	if owner == "" {
		owner = t.key
	}
	query, args := fmt.Sprintf("SELECT %s k, %s id FROM {p}%s WHERE %s > ?", t.key, owner, t.table, t.key), []any{from(after)}
	if t.Dated {
		query, args = query+" AND date_upd >= ?", append(args, since)
	}
	if t.where != "" {
		query += " AND " + t.where
	}
	var rows []struct{ K, ID string }
	if err := r.query(ctx, &rows, query+" ORDER BY "+t.key+" LIMIT ?", append(args, limit)...); err != nil {
		return nil, "", err
	}
	if len(rows) == 0 {
		return nil, "", nil
	}
	seen := map[string]bool{}
	for _, row := range rows {
		if !seen[row.ID] {
			seen[row.ID] = true
			ids = append(ids, row.ID)
		}
	}
	if t.owners != "" {
		keys := ids
		ids = nil
		if err := r.query(ctx, &ids, t.owners, keys); err != nil {
			return nil, "", err
		}
	}
	if len(rows) == limit {
		next = rows[len(rows)-1].K
	}
	return ids, next, nil
}

// Top is the highest key of a trace now.
func (r *Reader) Top(ctx context.Context, t Trace) (string, error) {
	return r.highest(ctx, t.table, t.key)
}

// Since is the earliest wall-clock text that a row written in the shop's zone since an instant can
// carry. At the end of summer time the clock goes back, so that it lies before the instant's own.
func Since(at, now time.Time, zone *time.Location) string {
	lowest := offset(at, zone)
	for t := at.In(zone); ; {
		_, end := t.ZoneBounds()
		if end.IsZero() || end.After(now) {
			break
		}
		t = end
		lowest = min(lowest, offset(t, zone))
	}
	return at.UTC().Add(time.Duration(lowest) * time.Second).Format(time.DateTime)
}

func offset(t time.Time, zone *time.Location) int {
	_, seconds := t.In(zone).Zone()
	return seconds
}

// ServerSince is Since for rows that the database server dates by its own zone, where that lies
// behind the shop's: it gives the earlier of both.
func (r *Reader) ServerSince(ctx context.Context, since string, now time.Time, zone *time.Location) (string, error) {
	var server *int
	err := r.query(ctx, &server, "SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), CONVERT_TZ(UTC_TIMESTAMP(), '+00:00', @@global.time_zone))")
	if err != nil || server == nil || *server >= offset(now, zone) {
		return since, err
	}
	at, err := time.Parse(time.DateTime, since)
	return at.Add(time.Duration(*server-offset(now, zone)) * time.Second).Format(time.DateTime), err
}
