package qloapps_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/qloapps"
)

// invisible are rows that no list of their section shows, or that are hard to place: each is to be listed or
// counted, never neither.
var invisible = []string{
	"INSERT INTO qlo_order_invoice (id_order_invoice, id_order, number, total_paid_tax_excl, total_paid_tax_incl, date_add) SELECT 9001, 99999, 901, 10, 10, NOW() FROM DUAL",
	"INSERT INTO qlo_order_slip (id_order_slip, conversion_rate, id_customer, id_order, amount, date_add, date_upd) VALUES (9001, 1, 1, 99999, 10, NOW(), NOW())",
	"INSERT INTO qlo_order_return (id_order_return, id_order, state, refunded_amount, date_add, date_upd) VALUES (9001, 99999, 3, 10, NOW(), NOW())",
	"INSERT INTO qlo_order_payment (id_order_payment, order_reference, id_currency, amount, payment_method, conversion_rate, date_add) VALUES (9001, 'NOBODYSSS', 1, 10, 'Cash', 1, NOW()), (9002, '', 1, 10, 'Cash', 1, NOW()), (9003, NULL, 1, 10, 'Cash', 1, NOW())",
	// Two orders of a cart that broke off, and its payment without a share.
	broken(9001, "BROKENTWO", "1, 2", 40), broken(9002, "BROKENTWO", "1, 2", 40),
	"INSERT INTO qlo_order_payment (id_order_payment, order_reference, id_currency, amount, payment_method, conversion_rate, date_add) VALUES (9004, 'BROKENTWO', 1, 10, 'Cash', 1, NOW())",
	// One that broke off with nothing but a slip and a request.
	broken(9003, "BROKENONE", "1", 40),
	"INSERT INTO qlo_order_slip (id_order_slip, conversion_rate, id_customer, id_order, amount, date_add, date_upd) VALUES (9003, 1, 1, 9003, 10, NOW(), NOW())",
	"INSERT INTO qlo_order_return (id_order_return, id_order, state, refunded_amount, date_add, date_upd) VALUES (9003, 9003, 1, 0, NOW(), NOW())",
	// One beside a finished order of its reference, with a share of its own and nothing else.
	"UPDATE qlo_orders SET reference = 'BROKENSIB' WHERE id_order = 1", broken(9004, "BROKENSIB", "1", 40),
	"INSERT INTO qlo_order_payment (id_order_payment, order_reference, id_currency, amount, payment_method, conversion_rate, date_add) VALUES (9005, 'BROKENSIB', 1, 10, 'Cash', 1, NOW())",
	"INSERT INTO qlo_order_payment_detail (id_order_payment_detail, id_order_payment, id_order, amount, date_add) VALUES (9005, 9005, 9004, 10, NOW())",
	// One that is being written, with all that it may have so far.
	broken(9005, "WRITINGXX", "1", 0),
	"INSERT INTO qlo_order_invoice (id_order_invoice, id_order, number, total_paid_tax_excl, total_paid_tax_incl, date_add) VALUES (9005, 9005, 905, 10, 10, NOW())",
	"INSERT INTO qlo_order_payment (id_order_payment, order_reference, id_currency, amount, payment_method, conversion_rate, date_add) VALUES (9006, 'WRITINGXX', 1, 10, 'Cash', 1, NOW()), (9007, 'WRITINGXX', 1, 10, 'Cash', 1, NOW())",
	"INSERT INTO qlo_order_payment_detail (id_order_payment_detail, id_order_payment, id_order, amount, date_add) VALUES (9006, 9006, 9005, 10, NOW())",
	// Masters of another shop, without a name, a hotel or an order.
	"INSERT INTO qlo_customer (id_customer, firstname, lastname, email, deleted, date_add, date_upd) VALUES (9001, 'Banned', 'Guest', 'b@g.example', 1, NOW(), NOW())",
	"INSERT INTO qlo_currency (id_currency, name, iso_code, conversion_rate, deleted, active) VALUES (91, 'Franc', 'CHF', 0.9, 1, 1), (92, 'Krona', 'SEK', 9, 0, 0)",
	"INSERT INTO qlo_product (id_product, id_tax_rules_group, price, active, booking_product, date_add, date_upd) VALUES (9001, 1, 10, 1, 1, NOW(), NOW()), (9002, 1, 10, 1, 0, NOW(), NOW())",
	"INSERT INTO qlo_product_shop (id_product, id_shop, id_tax_rules_group, price, active, date_upd) VALUES (9001, 2, 1, 10, 1, NOW()), (9002, 2, 1, 10, 0, NOW())",
	"INSERT INTO qlo_product_lang (id_product, id_shop, id_lang, name) VALUES (9002, 2, 7, 'Of another shop')",
	"INSERT INTO qlo_htl_branch_info (id, email, active, date_add, date_upd) VALUES (91, 'h@h.example', 0, NOW(), NOW())",
}

// broken is an order without a history row that was last touched some days ago.
func broken(id int, reference, of string, daysAgo int) string {
	at := "NOW()"
	if daysAgo > 0 {
		at = fmt.Sprintf("NOW() - INTERVAL %d DAY", daysAgo)
	}
	return fmt.Sprintf("INSERT INTO qlo_orders (id_order, reference, id_customer, id_cart, id_currency, id_address_invoice, id_address_tax, current_state, payment, conversion_rate, total_paid_tax_incl, total_paid_tax_excl, total_paid_real, invoice_date, date_add, date_upd) "+
		"VALUES (%d, '%s', 1, %d, 1, 0, 0, 0, '%s', 1, 10, 10, 0, 0, %s, %s)", id, reference, id, of, at, at)
}

// TestNothingIsInvisible: whatever QloApps has of a section is listed, or counted in a reason why not.
func TestNothingIsInvisible(t *testing.T) {
	for version, older := range map[string]bool{"1.7": false, "1.6": true} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			h := left(t, older, invisible...)
			h.At(time.Now)
			listings := map[string]func(context.Context, string, int) ([]qloapps.Listing, error){"orders": h.ListOrders, "customers": h.ListCustomers, "currencies": h.ListCurrencies, "hotels": h.ListHotels, "room-types": h.ListRoomTypes, "service-products": h.ListServiceProducts}
			listed := map[string]map[string]bool{}
			mark := func(what string, ids ...string) {
				if listed[what] == nil {
					listed[what] = map[string]bool{}
				}
				for _, id := range ids {
					listed[what][id] = true
				}
			}
			unlisted := map[string]int{}
			for section, list := range listings {
				for _, l := range all(t, list) {
					mark(names[section], l.ID)
					mark("payments", l.PaymentIDs...)
					mark("invoices", l.InvoiceIDs...)
					mark("credit slips", l.SlipIDs...)
					mark("refund requests", l.ReturnIDs...)
				}
				counted, err := h.Unlisted(t.Context(), section)
				if err != nil {
					t.Fatal(err)
				}
				for _, u := range counted {
					if u.First == "0" || listed[u.What][u.First] {
						t.Errorf("%s %s are not listed because %s, and are", u.What, u.First, u.Because)
					}
					unlisted[u.What] += u.Count
				}
			}
			for what, rows := range tables {
				var missing []string
				ids := h.ids(rows)
				for _, id := range ids {
					if !listed[what][id] {
						missing = append(missing, id)
					}
				}
				if len(ids) == 0 || len(missing) != unlisted[what] {
					t.Errorf("of %d %s these are in no list: %v, and %d are counted", len(ids), what, missing, unlisted[what])
				}
			}
			for _, id := range []string{"9001", "9002"} { // a person decides about the payment
				if !listed["orders"][id] || !listed["payments"]["9004"] {
					t.Errorf("order %s of a cart that broke off with a payment is in no list", id)
				}
			}
		})
	}
}

var names = map[string]string{"orders": "orders", "customers": "customers", "currencies": "currencies", "hotels": "hotels", "room-types": "room types", "service-products": "services"}

var tables = map[string]string{
	"orders": "SELECT id_order FROM qlo_orders", "payments": "SELECT id_order_payment FROM qlo_order_payment", "invoices": "SELECT id_order_invoice FROM qlo_order_invoice",
	"credit slips": "SELECT id_order_slip FROM qlo_order_slip", "refund requests": "SELECT id_order_return FROM qlo_order_return", "customers": "SELECT id_customer FROM qlo_customer", "currencies": "SELECT id_currency FROM qlo_currency",
	"hotels": "SELECT id FROM qlo_htl_branch_info", "room types": "SELECT id_product FROM qlo_product WHERE booking_product = 1", "services": "SELECT id_product FROM qlo_product WHERE booking_product = 0",
}

func (h hotel) ids(query string) (ids []string) {
	h.t.Helper()
	rows, err := h.db.QueryContext(h.t.Context(), query)
	if err != nil {
		h.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			h.t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}
