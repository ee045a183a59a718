package rehearsal_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	_ "github.com/go-sql-driver/mysql"
	"github.com/shopspring/decimal"

	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

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

// TestTheLifeOfAnOrder follows one order from booking to the voucher that its slip becomes in the
// next; after every step Zoho's balance is what QloApps says is due.
func TestTheLifeOfAnOrder(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	dsn := hotel(t, "life_")
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s := stage(t, dsn)
	if err := s.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	if err := s.Set(ctx, "limits", "calls_per_minute", 5000); err != nil {
		t.Fatal(err)
	}
	c := clerk{t, db, "life_"}
	sync := func(step, order string, want map[string]string) {
		t.Helper()
		for _, path := range []string{"/records/orders/initialize", "/records/orders/" + order + "/sync"} {
			run, err := s.Start(ctx, path, nil)
			if err == nil {
				_, err = s.Wait(ctx, run.ID)
			}
			if err != nil {
				t.Fatalf("%s: %v", step, err)
			}
		}
		rest(ctx, t, s, step, order)
		checkBooks(t, s, step, want)
		checkDue(t, ctx, c, s, step, order)
	}

	c.book("50", "LIFEFIRST", "2", "901", "902")
	sync("booked", "50", map[string]string{"sales_order:50": "249.6 open"})
	c.pay("60", "50", "0", "1", "1", "50.00", "50.00")
	sync("deposit", "50", map[string]string{"payment:60": "50 open 50"})
	c.invoice("60", "50")
	sync("invoiced", "50", map[string]string{"invoice:60": "249.6 open 199.6", "payment:60": "50 open 0", "sales_order:50": "249.6 invoiced"})
	c.pay("61", "50", "60", "2", "0.91", "40.00", "43.96")
	sync("second payment in another currency", "50", map[string]string{"payment:61": "43.96 open 0", "invoice:60": "249.6 open 155.64"})
	c.do("INSERT INTO {p}order_detail (id_order_detail, id_order, id_order_invoice, product_id, product_name, is_booking_product, product_quantity, total_price_tax_excl, total_price_tax_incl, id_tax_rules_group, tax_computation_method) VALUES (502, 50, 60, 10, 'Breakfast', 0, 2, 28, 29.12, 1, 1)",
		"INSERT INTO {p}order_detail_tax (id_order_detail, id_tax) VALUES (502, 1)")
	c.cost("50", "268", "278.72")
	sync("service added", "50", map[string]string{"invoice:60": "278.72 open 184.76"})
	c.do("DELETE FROM {p}htl_booking_detail WHERE id = 902", "UPDATE {p}order_detail SET total_price_tax_excl = 120, total_price_tax_incl = 124.8 WHERE id_order_detail = 501")
	c.cost("50", "148", "153.92")
	sync("room cancelled", "50", map[string]string{"invoice:60": "153.92 open 59.96"})
	c.pay("62", "50", "60", "1", "1", "59.96", "59.96")
	sync("paid", "50", map[string]string{"invoice:60": "153.92 open 0"})
	c.slip("50", "50", "901", "60.00", "62.40", "")
	sync("slip", "50", map[string]string{"credit_note:50": "62.4 open 62.4", "invoice:60": "153.92 open 0"})
	c.slip("51", "50", "901", "20.00", "20.80", "Cash")
	sync("refund", "50", map[string]string{"credit_note:51": "20.8 open 0 back 20.8"})
	c.do("UPDATE {p}order_slip SET redeem_status = 2, id_cart_rule = 950, date_upd = NOW() WHERE id_order_slip = 50", "INSERT INTO {p}cart_rule (id_cart_rule, code) VALUES (950, 'CS50C2O50')")
	sync("slip made a voucher", "50", map[string]string{"credit_note:50": "62.4 open 62.4"})
	c.book("51", "LIFENEXTT", "2", "903")
	c.do("INSERT INTO {p}order_cart_rule (id_order_cart_rule, id_order, id_cart_rule, id_order_invoice, name, value, value_tax_excl) VALUES (950, 51, 950, 61, 'Credit', 62.40, 60.00)")
	c.cost("51", "60", "62.4")
	c.invoice("61", "51")
	sync("voucher used in the next order", "51", map[string]string{"invoice:61": "124.8 open 62.4", "credit_note:50": "62.4 open 0"})
	c.pay("63", "51", "61", "1", "1", "62.40", "62.40")
	sync("next order paid", "51", map[string]string{"invoice:61": "124.8 open 0"})
	sync("nothing more to do", "50", map[string]string{"invoice:60": "153.92 open 0", "payment:60": "50 open 0"})
}

// checkBooks compares records by key with "total status" or "total open rest [back refunded]".
func checkBooks(t *testing.T, s *rehearsal.Stage, step string, want map[string]string) {
	t.Helper()
	found := map[string]books.Record{}
	for _, r := range s.Books.Snapshot() {
		if r.Key != "" {
			found[r.Key] = r
		}
	}
	for key, text := range want {
		r := found[key]
		have := r.Total.String() + " open " + r.Balance.String()
		if r.Module == "salesorders" {
			have = r.Total.String() + " " + r.Status
		}
		if r.Refunded.IsPositive() {
			have += " back " + r.Refunded.String()
		}
		if have != text {
			t.Errorf("%s: %s is %q, should be %q", step, key, have, text)
		}
	}
}

// rest asks for an order until everything of it is at rest, as a change may have woken a document
// that has nothing to do.
func rest(ctx context.Context, t *testing.T, s *rehearsal.Stage, step, order string) {
	t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		var rec struct {
			Status    string
			Documents []shownDocument
		}
		if err := s.Call(ctx, "GET", "/records/orders/"+order, nil, &rec); err != nil {
			t.Fatal(err)
		}
		if rec.Status == "synced" {
			return
		}
		if rec.Status != "pending" && rec.Status != "syncing" {
			t.Fatalf("%s: order %s is %s: %+v", step, order, rec.Status, rec.Documents)
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s: order %s does not come to rest", step, order)
		case <-tick.C:
		}
	}
}

type shownDocument struct {
	Key, Status string
	Issue       *struct{ Code, Detail string }
}

// checkDue compares Zoho's balance of the order's invoice with QloApps' amount due.
func checkDue(t *testing.T, ctx context.Context, c clerk, s *rehearsal.Stage, step, order string) {
	t.Helper()
	var invoice sql.NullString
	var due string
	if err := c.db.QueryRowContext(ctx, strings.ReplaceAll("SELECT (SELECT id_order_invoice FROM {p}order_invoice i WHERE i.id_order = o.id_order), total_paid_tax_incl - total_paid_real FROM {p}orders o WHERE id_order = "+order, "{p}", c.p)).Scan(&invoice, &due); err != nil {
		t.Fatal(err)
	}
	for _, r := range s.Books.Snapshot() {
		if invoice.Valid && r.Key == "invoice:"+invoice.String && !r.Balance.Equal(decimal.RequireFromString(due)) {
			t.Errorf("%s: Zoho shows %s open, QloApps %s due", step, r.Balance, due)
		}
	}
}
