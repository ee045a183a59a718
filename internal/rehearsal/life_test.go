package rehearsal_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	_ "github.com/go-sql-driver/mysql"
	"github.com/shopspring/decimal"

	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestTheLifeOfAnOrder follows one order from booking to the voucher that its slip becomes in the
// next; after every step Zoho's balance is what QloApps says is due.
func TestTheLifeOfAnOrder(t *testing.T) {
	atOnce(t)
	d := opened(t, "life_")
	ctx, s, c := d.ctx, d.Stage, d.clerk
	sync := func(step, order string, want map[string]string) {
		t.Helper()
		d.sync(order)
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
	sync("room canceled", "50", map[string]string{"invoice:60": "153.92 open 59.96"})
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
