package rehearsal_test

import (
	"context"
	"database/sql"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "github.com/go-sql-driver/mysql"
	"github.com/shopspring/decimal"

	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// desk is a hotel at work: a clerk who writes in QloApps, and the product between that and the books.
type desk struct {
	clerk
	*rehearsal.Stage
	ctx context.Context
}

// opened is a sample hotel of its own, connected and set up.
func opened(t *testing.T, prefix string) desk {
	t.Helper()
	return openedAs(t, "1.7", prefix)
}

func openedAs(t *testing.T, version, prefix string) desk {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	dsn := hotelOf(t, version, prefix)
	d := desk{clerk: newClerk(t, dsn, prefix), Stage: stage(t, dsn), ctx: ctx}
	d.must(d.Connect(ctx))
	d.must(d.SetUp(ctx, "Operating account"))
	d.must(d.Set(ctx, "limits", "calls_per_minute", 5000))
	return d
}

// find is the record of the books with this key, or one without a key.
func (d desk) find(key string) books.Record {
	for _, r := range d.Books.Snapshot() {
		if r.Key == key {
			return r
		}
	}
	return books.Record{}
}

// newClerk connects as QloApps does, by the clock of the hotel's zone: where the server's day is another one, nothing is
// dated into a day, or a month, that the hotel has not come to.
func newClerk(t *testing.T, dsn, prefix string) clerk {
	t.Helper()
	place := placeOf(t, dsn, prefix)
	sign := "?"
	if strings.Contains(dsn, "?") {
		sign = "&"
	}
	db, err := sql.Open("mysql", dsn+sign+"sql_mode=''&time_zone="+url.QueryEscape("'"+time.Now().In(place).Format("-07:00")+"'"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return clerk{t, db, prefix}
}

// noonOf is the next noon in the hotel of a schema: a test that begins then and lets hours pass sees no day end by itself.
func noonOf(t *testing.T, dsn, prefix string) time.Time {
	t.Helper()
	now := time.Now().In(placeOf(t, dsn, prefix))
	noon := time.Date(now.Year(), now.Month(), now.Day(), 12, 0, 0, 0, now.Location())
	if noon.Before(now) {
		noon = noon.AddDate(0, 0, 1)
	}
	return noon.UTC()
}

// placeOf is the zone of the hotel in a schema.
func placeOf(t *testing.T, dsn, prefix string) *time.Location {
	t.Helper()
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var zone string
	if err := db.QueryRowContext(t.Context(), "SELECT value FROM "+prefix+"configuration WHERE name = 'PS_TIMEZONE' LIMIT 1").Scan(&zone); err != nil {
		t.Fatal(err)
	}
	place, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return place
}

func (d desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// sync lists the orders anew, syncs one with all its documents, and waits until what that woke has come to rest too.
func (d desk) sync(order string) {
	d.t.Helper()
	for _, path := range []string{"/records/orders/initialize", "/records/orders/" + order + "/sync"} {
		_, err := d.Start(d.ctx, path, nil)
		d.must(err)
	}
	settled(d.ctx, d.t, d.Stage)
}

// stands syncs an order, waits until all of it is at rest, and compares what stands in the books then.
func (d desk) stands(order, step string, want map[string]string) {
	d.t.Helper()
	d.sync(order)
	rest(d.ctx, d.t, d.Stage, step, order)
	checkBooks(d.t, d.Stage, step, want)
}

// clerk writes into QloApps' tables as its pages do.
type clerk struct {
	t  *testing.T
	db *sql.DB
	p  string
}

func (c clerk) do(statements ...string) {
	c.t.Helper()
	for _, statement := range statements {
		if _, err := c.db.ExecContext(c.t.Context(), strings.ReplaceAll(statement, "{p}", c.p)); err != nil {
			c.t.Fatalf("%v: %s", err, statement)
		}
	}
}

// older tells that the hotel is kept in the tables of QloApps 1.6.
func (c clerk) older() bool {
	c.t.Helper()
	var n int
	if err := c.db.QueryRowContext(c.t.Context(), "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?", c.p+"cart_customer_guest_detail").Scan(&n); err != nil {
		c.t.Fatal(err)
	}
	return n > 0
}

// services is the table of service products that orders hold.
func (c clerk) services() string {
	c.t.Helper()
	if c.older() {
		return "{p}htl_room_type_service_product_order_detail"
	}
	return "{p}service_product_order_detail"
}

// pay adds a payment of one order with what Order::addOrderPayment writes besides.
func (c clerk) pay(id, order, invoice, currency, rate, amount, own string) {
	c.t.Helper()
	c.do("INSERT INTO {p}order_payment (id_order_payment, order_reference, id_currency, amount, payment_method, conversion_rate, transaction_id, date_add) SELECT "+id+", reference, "+currency+", "+amount+", 'Cash', "+rate+", '', NOW() FROM {p}orders WHERE id_order = "+order,
		"INSERT INTO {p}order_payment_detail (id_order_payment_detail, id_order_payment, id_order, amount, date_add) VALUES ("+id+"0, "+id+", "+order+", "+amount+", NOW())",
		"INSERT INTO {p}order_invoice_payment SELECT "+invoice+", "+id+", "+id+"0, "+order+" FROM DUAL WHERE "+invoice+" > 0",
		"UPDATE {p}orders SET total_paid_real = total_paid_real + "+own+", date_upd = NOW() WHERE id_order = "+order)
}

func (c clerk) cost(order, excl, incl string) {
	c.t.Helper()
	c.do("UPDATE {p}orders SET total_paid_tax_excl = "+excl+", total_paid_tax_incl = "+incl+", date_upd = NOW() WHERE id_order = "+order,
		"UPDATE {p}order_invoice SET total_paid_tax_excl = "+excl+", total_paid_tax_incl = "+incl+" WHERE id_order = "+order)
}

// book writes a finished booking of n rooms for one night at 120.00 and 4 %.
func (c clerk) book(order, reference, guest string, rooms ...string) {
	c.t.Helper()
	n := decimal.NewFromInt(int64(len(rooms)))
	excl, incl := n.Mul(decimal.RequireFromString("120")).String(), n.Mul(decimal.RequireFromString("124.8")).String()
	c.do("INSERT INTO {p}orders (id_order, reference, id_customer, id_cart, id_currency, id_address_invoice, id_address_tax, current_state, payment, source, conversion_rate, total_paid_tax_incl, total_paid_tax_excl, total_paid_real, invoice_date, date_add, date_upd) VALUES ("+order+", '"+reference+"', "+guest+", "+order+", 1, 10"+guest+", 1, 1, 'Cash', 'Website', 1, "+incl+", "+excl+", 0, '2026-01-01', NOW(), NOW())",
		"INSERT INTO {p}order_detail (id_order_detail, id_order, product_id, product_name, is_booking_product, product_quantity, total_price_tax_excl, total_price_tax_incl, id_tax_rules_group, tax_computation_method) VALUES ("+order+"1, "+order+", 1, 'Garden Room', 1, 1, "+excl+", "+incl+", 1, 1)",
		"INSERT INTO {p}order_detail_tax (id_order_detail, id_tax) VALUES ("+order+"1, 1)",
		"INSERT INTO {p}order_history (id_order, id_order_state, date_add) VALUES ("+order+", 1, NOW())")
	for _, room := range rooms {
		c.do("INSERT INTO {p}htl_booking_detail (id, id_product, id_order, id_order_detail, id_hotel, date_from, date_to, check_in, check_out, total_price_tax_excl, total_price_tax_incl, hotel_name, room_type_name, room_num, adults, children, date_add, date_upd) VALUES (" + room + ", 1, " + order + ", " + order + "1, 1, '2027-03-01', '2027-03-02', '2027-03-01', '2027-03-02', 120, 124.8, 'Larkspur House', 'Garden Room', '" + room + "', 2, 0, NOW(), NOW())")
	}
}

func (c clerk) invoice(id, order string) {
	c.t.Helper()
	c.do("INSERT INTO {p}order_invoice (id_order_invoice, id_order, number, total_paid_tax_excl, total_paid_tax_incl, date_add) SELECT "+id+", id_order, "+id+", total_paid_tax_excl, total_paid_tax_incl, NOW() FROM {p}orders WHERE id_order = "+order,
		"UPDATE {p}order_detail SET id_order_invoice = "+id+" WHERE id_order = "+order, "UPDATE {p}orders SET current_state = 8, date_upd = NOW() WHERE id_order = "+order,
		"INSERT INTO {p}order_history (id_order, id_order_state, date_add) VALUES ("+order+", 8, NOW())")
}

// slip gives a part of an order's first room back on a credit slip; mode says how, "" = not in money.
func (c clerk) slip(id, order, room, excl, incl, mode string) {
	c.t.Helper()
	c.do("INSERT INTO {p}order_slip (id_order_slip, conversion_rate, id_customer, id_order, total_products_tax_excl, total_products_tax_incl, amount, redeem_status, date_add, date_upd) SELECT "+id+", 1, id_customer, id_order, "+excl+", "+incl+", "+incl+", 1, NOW(), NOW() FROM {p}orders WHERE id_order = "+order,
		"INSERT INTO {p}order_slip_detail (id_order_slip, id_order_detail, id_htl_booking, product_quantity, total_price_tax_excl, total_price_tax_incl) VALUES ("+id+", "+order+"1, "+room+", 1, "+excl+", "+incl+")",
		"INSERT INTO {p}order_return (id_order_return, id_order, state, payment_mode, refunded_amount, id_return_type, return_type, date_add, date_upd) VALUES ("+id+", "+order+", 3, '"+mode+"', "+incl+", "+id+", 2, NOW(), NOW())",
		"INSERT INTO {p}order_return_detail (id_order_return, id_htl_booking, refunded_amount, id_order_detail, id_customization) VALUES ("+id+", "+room+", "+incl+", "+order+"1, 1)")
}

// share adds a payment of several orders of one reference: amounts by order and invoice.
func (c clerk) share(id, total string, shares ...[3]string) {
	c.t.Helper()
	c.do("INSERT INTO {p}order_payment (id_order_payment, order_reference, id_currency, amount, payment_method, conversion_rate, transaction_id, date_add) SELECT " + id + ", reference, 1, " + total + ", 'Cash', 1, '', NOW() FROM {p}orders WHERE id_order = " + shares[0][0])
	for n, s := range shares {
		detail := id + strconv.Itoa(n)
		c.do("INSERT INTO {p}order_payment_detail (id_order_payment_detail, id_order_payment, id_order, amount, date_add) VALUES ("+detail+", "+id+", "+s[0]+", "+s[2]+", NOW())",
			"INSERT INTO {p}order_invoice_payment VALUES ("+s[1]+", "+id+", "+detail+", "+s[0]+")",
			"UPDATE {p}orders SET total_paid_real = total_paid_real + "+s[2]+", date_upd = NOW() WHERE id_order = "+s[0])
	}
}
