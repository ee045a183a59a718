package qloapps_test

import (
	"context"
	"database/sql"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/sample"
)

// hotel is the sample hotel with rows changed as hotels leave them.
type hotel struct {
	*qloapps.Reader
	t   *testing.T
	db  *sql.DB
	dsn string
}

func left(t *testing.T, older bool, changes ...string) hotel {
	t.Helper()
	dsn := privatetest.Database(t)
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	load := sample.Load
	if older {
		load = sample.LoadOlder
	}
	if err := load(t.Context(), db, "qlo_", time.Now()); err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, change := range append([]string{"SET SESSION sql_mode = ''"}, changes...) { // as QloApps connects
		if _, err := conn.ExecContext(t.Context(), change); err != nil {
			t.Fatalf("%s: %v", change, err)
		}
	}
	return hotel{open(t, dsn, ""), t, db, dsn}
}

func (h hotel) order(id string) *qloapps.Order {
	h.t.Helper()
	orders, err := h.Orders(h.t.Context(), []string{id})
	if err != nil || orders[id] == nil {
		h.t.Fatalf("order %s: %v", id, err)
	}
	return orders[id]
}

func (h hotel) payment(id string) qloapps.Payment {
	h.t.Helper()
	all, err := h.Payments(h.t.Context(), []string{id})
	if err != nil || all[id].ID == "" {
		h.t.Fatalf("payment %s: %v", id, err)
	}
	return all[id]
}

func (h hotel) slips(ids ...string) map[string]qloapps.Slip {
	h.t.Helper()
	all, err := h.Slips(h.t.Context(), ids)
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

func (h hotel) listed(list func(context.Context, string, int) ([]qloapps.Listing, error), id string) (l qloapps.Listing, there bool) {
	h.t.Helper()
	page, err := list(h.t.Context(), "", 1000)
	if err != nil {
		h.t.Fatal(err)
	}
	n := slices.IndexFunc(page, func(l qloapps.Listing) bool { return l.ID == id })
	if n < 0 {
		return l, false
	}
	return page[n], true
}

// terms are what an order is found by where a long list is stored inside the database.
func (h hotel) terms(id string) (terms []string) {
	h.t.Helper()
	n, _ := strconv.ParseUint(id, 10, 64)
	slice, err := h.SliceOf(h.t.Context(), "orders", n-1, n)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, s := range slice.Terms {
		rows, err := h.db.QueryContext(h.t.Context(), s.SQL, s.Args...)
		if err != nil {
			h.t.Fatal(err)
		}
		for rows.Next() {
			var term, order string
			if err := rows.Scan(&term, &order); err != nil {
				h.t.Fatal(err)
			}
			terms = append(terms, term)
		}
		if err := rows.Close(); err != nil {
			h.t.Fatal(err)
		}
	}
	return terms
}

// TestRowsAsHotelsLeaveThem reads each kind of row that contradicts another one, in both versions.
func TestRowsAsHotelsLeaveThem(t *testing.T) {
	for version, older := range map[string]bool{"1.7": false, "1.6": true} {
		t.Run(version, func(t *testing.T) {
			t.Run("the slip behind a column that stops at 255", func(t *testing.T) {
				h := left(t, older, "UPDATE qlo_order_slip SET id_order_slip = 300 WHERE id_order_slip = 1", "UPDATE qlo_order_slip_detail SET id_order_slip = 300 WHERE id_order_slip = 1",
					"UPDATE qlo_order_return SET id_return_type = 300 WHERE id_order_return = 1")
				o := h.order("21")
				if ret, repaid, contrary := o.Repaid("300"); !repaid || contrary != "" || ret.ID != "1" {
					t.Errorf("slip 300 was given back by %q: %v %s", ret.ID, repaid, contrary)
				}
				// One more over the same and of the same amount: nobody can tell which.
				h = left(t, older, "UPDATE qlo_order_slip SET id_order_slip = 300 WHERE id_order_slip = 1", "UPDATE qlo_order_slip_detail SET id_order_slip = 300 WHERE id_order_slip = 1",
					"UPDATE qlo_order_return SET id_return_type = 300 WHERE id_order_return = 1",
					"INSERT INTO qlo_order_slip (id_order_slip, conversion_rate, id_customer, id_order, total_products_tax_excl, total_products_tax_incl, amount, redeem_status, date_add, date_upd) SELECT 301, conversion_rate, id_customer, id_order, total_products_tax_excl, total_products_tax_incl, amount, 1, date_add, date_upd FROM qlo_order_slip WHERE id_order_slip = 300",
					"INSERT INTO qlo_order_slip_detail (id_order_slip, id_order_detail, id_htl_booking, product_quantity, total_price_tax_excl, total_price_tax_incl) SELECT 301, id_order_detail, id_htl_booking, product_quantity, total_price_tax_excl, total_price_tax_incl FROM qlo_order_slip_detail WHERE id_order_slip = 300")
				for _, slip := range []string{"300", "301"} {
					if _, repaid, contrary := h.order("21").Repaid(slip); repaid || contrary != qloapps.SeveralSlips {
						t.Errorf("slip %s of two: %v %q", slip, repaid, contrary)
					}
				}
			})
			t.Run("shares and their payment", func(t *testing.T) {
				h := left(t, older, "UPDATE qlo_order_payment_detail SET amount = 341.99 WHERE id_order_payment = 6", // both of its shares
					"DELETE FROM qlo_order_payment_detail WHERE id_order_payment = 3", "DELETE FROM qlo_order_invoice_payment WHERE id_order_payment = 3",
					"UPDATE qlo_order_payment_detail SET amount = 209.99 WHERE id_order_payment = 5",
					"UPDATE qlo_orders SET total_paid_real = 150000000 WHERE id_order = 16", "UPDATE qlo_order_payment SET amount = 150000000 WHERE id_order_payment = 11", "UPDATE qlo_order_payment_detail SET amount = 150000000 WHERE id_order_payment = 11")
				if p := h.payment("6"); !p.SharesDiffer() || p.Written().String() != "683.98" || !p.Shares[0].Amount.Add(p.Shares[1].Amount).Equal(p.Amount) {
					t.Errorf("payment 6 of %s has shares %+v", p.Amount, p.Shares)
				}
				if p := h.payment("3"); len(p.Shares) != 1 || p.Shares[0].OrderID != "2" || p.Shares[0].Amount.String() != "300" || p.SharesDiffer() {
					t.Errorf("payment 3 without a share has %+v", p.Shares)
				}
				if o := h.order("2"); len(o.Shares) != 3 || len(o.Contradictions) != 0 {
					t.Errorf("order 2 has %d shares, %+v", len(o.Shares), o.Contradictions)
				}
				if p := h.payment("5"); p.SharesDiffer() || !p.Shares[0].Amount.Equal(p.Amount) { // a cent: rounding
					t.Errorf("payment 5 of %s has shares %+v", p.Amount, p.Shares)
				}
				if c, differs := h.order("16").Contradicts(qloapps.PaidDiffers); !differs || c.Says.String() != "150000000" || c.Comes.String() != "99999999.99" {
					t.Errorf("what a column cut reads %v %+v", differs, c)
				}
				if l, _ := h.listed(h.ListOrders, "16"); !l.DueOpen {
					t.Error("an order whose payments do not come to what was paid reads settled")
				}
			})
			t.Run("a payment of two orders without shares", func(t *testing.T) {
				h := left(t, older, "DELETE FROM qlo_order_payment_detail WHERE id_order_payment = 6", "DELETE FROM qlo_order_invoice_payment WHERE id_order_payment = 6")
				if p := h.payment("6"); len(p.Shares) != 0 || !slices.Equal(p.OfReference, []string{"6", "7"}) {
					t.Errorf("payment 6 has %+v, is of %v", p.Shares, p.OfReference)
				}
				for _, id := range []string{"6", "7"} {
					if l, _ := h.listed(h.ListOrders, id); !slices.Contains(l.PaymentIDs, "6") {
						t.Errorf("order %s does not show it: %v", id, l.PaymentIDs)
					}
					if _, differs := h.order(id).Contradicts(qloapps.PaidDiffers); !differs {
						t.Errorf("order %s says nothing", id)
					}
				}
			})
			t.Run("a compound tax that was edited", func(t *testing.T) {
				edited := []string{"INSERT INTO qlo_tax (id_tax, rate, active, deleted) VALUES (90, 10, 1, 0)", "UPDATE qlo_tax SET deleted = 1 WHERE id_tax = 4", // the first of the group
					"UPDATE qlo_tax_rule SET id_tax = 90 WHERE id_tax = 4", "UPDATE qlo_order_detail_tax SET id_tax = 90 WHERE id_tax = 4"}
				left(t, older, edited...).inOrder("10*5", "5*10")
				// The group is gone: the amounts still tell which tax is reckoned on the other.
				left(t, older, append(edited, "DELETE FROM qlo_tax_rule WHERE id_tax_rules_group = 3",
					"UPDATE qlo_order_detail_tax x JOIN qlo_tax t ON t.id_tax = x.id_tax JOIN qlo_order_detail d ON d.id_order_detail = x.id_order_detail SET x.unit_amount = IF(t.rate = 10, 9.999, 5.49945) WHERE d.id_order = 8 AND d.is_booking_product = 1")...).inOrder("10*5", "5*10")
			})
			t.Run("order lines that QloApps spoiled", func(t *testing.T) {
				h := left(t, older, "UPDATE qlo_order_detail SET total_price_tax_excl = 122.84, total_price_tax_incl = 132.05 WHERE id_order = 3 AND is_booking_product = 1",
					"UPDATE qlo_order_detail SET total_price_tax_excl = 0, total_price_tax_incl = 0 WHERE id_order = 5 AND is_booking_product = 0") // as 1.6 does when one of several rooms is canceled
				if o := h.order("5"); !slices.ContainsFunc(o.Lines, func(l qloapps.Line) bool {
					return l.Name == "Sauna" && l.Incl.GreaterThan(l.Excl) && l.Excl.IsPositive()
				}) {
					t.Errorf("order 5 has no sauna any more: %+v", o.Lines)
				} else if _, differs := o.Contradicts(qloapps.LinesDiffer); differs {
					t.Errorf("order 5 has lines that do not come to %s", o.TotalIncl)
				}
				o := h.order("3")
				if _, differs := o.Contradicts(qloapps.LinesDiffer); differs || slices.ContainsFunc(o.Lines, func(l qloapps.Line) bool { return l.Kind == qloapps.OtherLine }) {
					t.Errorf("order 3 has %d lines that do not come to %s", len(o.Lines), o.TotalIncl)
				}
			})
			t.Run("order lines that QloApps spoiled, under a voucher larger than the order", func(t *testing.T) {
				voucher := []string{"INSERT INTO qlo_order_cart_rule (id_order_cart_rule, id_order, id_cart_rule, id_order_invoice, name, value, value_tax_excl) SELECT 900, 3, 900, id_order_invoice, 'V0C1O21', 5000, 5000 FROM qlo_order_invoice WHERE id_order = 3",
					"UPDATE qlo_order_slip SET redeem_status = 2, id_cart_rule = 900 WHERE id_order_slip = 1",
					"UPDATE qlo_orders SET total_paid_tax_excl = 0, total_paid_tax_incl = 0 WHERE id_order = 3", "UPDATE qlo_order_invoice SET total_paid_tax_excl = 0, total_paid_tax_incl = 0 WHERE id_order = 3"}
				want := left(t, older, voucher...).order("3").Lines
				h := left(t, older, append(voucher, "UPDATE qlo_order_detail SET total_price_tax_excl = 122.84, total_price_tax_incl = 132.05 WHERE id_order = 3 AND is_booking_product = 1")...)
				if o := h.order("3"); !sold(o.Lines).Equal(sold(want)) || len(o.Lines) != len(want) {
					t.Errorf("order 3 sold %s in %d lines, the spoiled one %s in %d", sold(want), len(want), sold(o.Lines), len(o.Lines))
				}
			})
			t.Run("what is left of a voucher whose code staff changed", func(t *testing.T) {
				used := func(id, rule, code, name string) []string {
					return []string{"INSERT INTO qlo_order_cart_rule (id_order_cart_rule, id_order, id_cart_rule, id_order_invoice, name, value, value_tax_excl) VALUES (" + id + ", 3, " + rule + ", 0, '" + name + "', 10, 10)",
						"REPLACE INTO qlo_cart_rule (id_cart_rule, code) VALUES (" + rule + ", '" + code + "')"}
				}
				turned := []string{"UPDATE qlo_order_slip SET redeem_status = 2, id_cart_rule = 900 WHERE id_order_slip = 1", "REPLACE INTO qlo_cart_rule (id_cart_rule, code) VALUES (900, 'GIFT')"}
				h := left(t, older, slices.Concat(turned, used("901", "901", "GIFT-2", "Gift"), used("902", "902", "gift-2-3", "Gift"), used("903", "903", "OTHER-2", "Voucher for credit slip #LK000001"), used("904", "904", "SUMMER-26", "Summer"), used("905", "905", "LOST-2", "Voucher for credit slip #LK000999"))...)
				got := map[string]string{}
				for _, d := range h.order("3").Discounts {
					if got[d.ID] = d.FromSlip; d.Untraced {
						got[d.ID] = "?"
					}
				}
				for id, want := range map[string]string{"901": "1", "902": "1", "903": "1", "904": "", "905": "?"} {
					if got[id] != want {
						t.Errorf("discount %s comes from slip %q, want %q", id, got[id], want)
					}
				}
			})
			t.Run("marks that are neither 0 nor 1, or nothing", func(t *testing.T) {
				h := left(t, older, "UPDATE qlo_currency SET active = 2", "UPDATE qlo_htl_branch_info SET active = 2", "UPDATE qlo_product SET active = 2", "UPDATE qlo_product_shop SET active = 2", "UPDATE qlo_customer SET active = 2, is_guest = 2 WHERE id_customer = 1",
					"UPDATE qlo_order_detail SET is_booking_product = 2 WHERE is_booking_product = 1", "UPDATE qlo_order_return_state SET refunded = 2 WHERE refunded = 1", "UPDATE qlo_order_return_state SET denied = 2 WHERE denied = 1", "UPDATE qlo_employee SET active = 2",
					"UPDATE qlo_currency SET deleted = 2 WHERE iso_code = 'JPY'")
				all, err := h.Currencies(t.Context(), nil)
				if err != nil || !all["1"].Active || all["1"].Deleted {
					t.Errorf("currency 1 is %+v, %v", all["1"], err)
				}
				hotels, err := h.Hotels(t.Context(), []string{"1"})
				if err != nil || !hotels["1"].Active {
					t.Errorf("hotel 1 is %+v, %v", hotels["1"], err)
				}
				products, err := h.RoomTypes(t.Context(), []string{"1", "2", "3", "4"})
				if err != nil || len(products) == 0 || !products["3"].Active {
					t.Errorf("room types are %+v, %v", products, err)
				}
				guests, err := h.Customers(t.Context(), []string{"1"})
				if err != nil || !guests["1"].Active || !guests["1"].Guest {
					t.Errorf("guest 1 is %+v, %v", guests["1"], err)
				}
				if o := h.order("3"); o.Lines[0].Kind != qloapps.RoomLine || o.Lines[0].ProductGone {
					t.Errorf("order 3 begins with %+v", o.Lines[0])
				}
				if o := h.order("21"); len(o.Returns) == 0 || !o.Returns[0].Refunded || o.Returns[0].Denied {
					t.Errorf("order 21 gave back %+v", o.Returns)
				}
				if _, _, err := h.EmployeeByID(t.Context(), "1"); err != nil {
					t.Error(err)
				}
			})
			t.Run("order lines that are gone", func(t *testing.T) {
				for _, gone := range []string{"is_booking_product = 1", "is_booking_product = 0", "1"} {
					for _, id := range []string{"3", "5"} {
						want := left(t, older).order(id)
						o := left(t, older, "DELETE FROM qlo_order_detail WHERE id_order = "+id+" AND "+gone).order(id)
						if _, differs := o.Contradicts(qloapps.LinesDiffer); differs || len(o.Lines) != len(want.Lines) {
							t.Errorf("order %s without lines where %s has %d of %d: %+v", id, gone, len(o.Lines), len(want.Lines), o.Contradictions)
							continue
						}
						for n, l := range o.Lines {
							at := slices.IndexFunc(want.Lines, func(w qloapps.Line) bool { return w.Kind == l.Kind && w.ID == l.ID })
							if at < 0 {
								t.Errorf("order %s has %+v", id, l)
								continue
							}
							w := want.Lines[at]
							set, fits := l.Set()
							if known, _ := w.Set(); !fits || set.Key != known.Key || l.Kind != w.Kind || l.Name != w.Name || l.ProductID != w.ProductID || l.ProductGone != w.ProductGone || !l.Quantity.Equal(w.Quantity) || !l.Incl.Equal(w.Incl) || l.RoomNumber != w.RoomNumber {
								t.Errorf("order %s without lines where %s, line %d is %+v at %s, want %+v at %s", id, gone, n, l, set.Key, w, known.Key)
							}
						}
					}
				}
			})
			t.Run("a tax that was edited, where rounding would let both pass", func(t *testing.T) {
				sauna := "id_order = 8 AND is_booking_product = 0"
				services := map[bool]string{false: "qlo_service_product_order_detail", true: "qlo_htl_room_type_service_product_order_detail"}[older]
				h := left(t, older, "UPDATE "+services+" SET total_price_tax_excl = 8, total_price_tax_incl = 8.32 WHERE id_order = 8", "UPDATE qlo_order_detail SET product_quantity = 4, total_price_tax_excl = 8, total_price_tax_incl = 8.32, id_tax_rules_group = 1 WHERE "+sauna,
					"INSERT INTO qlo_tax (id_tax, rate, active, deleted) VALUES (90, 4.5, 1, 0)", "UPDATE qlo_tax SET deleted = 1 WHERE id_tax = 1", "UPDATE qlo_tax_rule SET id_tax = 90 WHERE id_tax = 1",
					"DELETE x FROM qlo_order_detail_tax x JOIN qlo_order_detail d ON d.id_order_detail = x.id_order_detail WHERE "+sauna, "INSERT INTO qlo_order_detail_tax (id_order_detail, id_tax) SELECT id_order_detail, 90 FROM qlo_order_detail WHERE "+sauna)
				o := h.order("8")
				n := slices.IndexFunc(o.Lines, func(l qloapps.Line) bool { return l.Kind == qloapps.ServiceLine })
				if set, fits := o.Lines[n].Set(); !fits || set.Key != "4" {
					t.Errorf("the service is taxed %q (%v), want 4", set.Key, fits)
				}
			})
			t.Run("a former tax at which no other order was sold", func(t *testing.T) {
				edited := func(incl string, taxes ...string) *qloapps.Order {
					rows := []string{"INSERT INTO qlo_tax (id_tax, rate, active, deleted) VALUES (91, 6, 1, 0)", "INSERT INTO qlo_tax_rules_group (id_tax_rules_group, name) VALUES (9, 'Nine')", "INSERT INTO qlo_tax_rule (id_tax_rules_group, id_country, id_tax, behavior) VALUES (9, 21, 91, 0)",
						"UPDATE qlo_order_detail SET total_price_tax_excl = 120, total_price_tax_incl = " + incl + ", id_tax_rules_group = 9, product_id = 77 WHERE id_order = 16", "UPDATE qlo_htl_booking_detail SET total_price_tax_excl = 120, total_price_tax_incl = " + incl + " WHERE id_order = 16",
						"DELETE x FROM qlo_order_detail_tax x JOIN qlo_order_detail d ON d.id_order_detail = x.id_order_detail WHERE d.id_order = 16", "INSERT INTO qlo_order_detail_tax (id_order_detail, id_tax) SELECT id_order_detail, 91 FROM qlo_order_detail WHERE id_order = 16",
						"UPDATE qlo_orders SET total_paid_tax_excl = 120, total_paid_tax_incl = " + incl + " WHERE id_order = 16"}
					for n, rate := range taxes {
						rows = append(rows, fmt.Sprintf("INSERT INTO qlo_tax (id_tax, rate, active, deleted) VALUES (%d, %s, 1, 1)", 92+n, rate))
					}
					return left(t, older, rows...).order("16")
				}
				for name, tt := range map[string]struct {
					incl  string
					taxes []string
					want  string
				}{
					"the only one that makes it, twice":   {"125.4", []string{"4.5", "4.5", "9"}, "4.5"},
					"two of them make it":                 {"125.4", []string{"4.5", "4.503"}, ""},
					"within the rounding of a unit alone": {"125.42", []string{"4.5"}, ""},
				} {
					o := edited(tt.incl, tt.taxes...)
					if set, _ := o.Lines[0].Set(); set.Key != tt.want || len(o.Lines) != 1 {
						t.Errorf("%s: taxed %q, want %q", name, set.Key, tt.want)
					}
				}
			})
			t.Run("one service in rooms of two rates", func(t *testing.T) {
				services, group := "qlo_service_product_order_detail", ", id_tax_rules_group"
				if older {
					services, group = "qlo_htl_room_type_service_product_order_detail", ""
				}
				second := "INSERT INTO " + services + " (id_product, id_order, id_order_detail, id_htl_booking_detail, quantity, total_price_tax_excl, total_price_tax_incl, date_add, date_upd" + group + ") SELECT id_product, id_order, id_order_detail, id_htl_booking_detail, quantity, 19.99, 23.09, date_add, date_upd" + strings.Replace(group, "id_tax_rules_group", "3", 1) + " FROM " + services + " WHERE id_order = 8"
				dearer := []string{second, "UPDATE qlo_order_detail SET product_quantity = 2, total_price_tax_excl = total_price_tax_excl + 19.99, total_price_tax_incl = total_price_tax_incl + 23.09 WHERE id_order = 8 AND is_booking_product = 0",
					"UPDATE qlo_orders SET total_paid_tax_excl = total_paid_tax_excl + 19.99, total_paid_tax_incl = total_paid_tax_incl + 23.09 WHERE id_order = 8", "UPDATE qlo_order_invoice SET total_paid_tax_excl = total_paid_tax_excl + 19.99, total_paid_tax_incl = total_paid_tax_incl + 23.09 WHERE id_order = 8"}
				want := left(t, older).order("8")
				o := left(t, older, dearer...).order("8")
				got := map[string]string{}
				for _, l := range o.Lines {
					set, _ := l.Set()
					got[set.Key+" "+string(l.Kind)] = l.Excl.String() + " of " + l.Quantity.String()
				}
				if len(o.Lines) != 3 || got["5+2.5 service"] != "19.99 of 1" || got["10*5 service"] != "19.99 of 1" || !sold(o.Lines).Equal(sold(want.Lines).Add(m("23.09"))) || o.Lines[1].ID == o.Lines[2].ID {
					t.Errorf("order 8 has %v", got)
				}
				// Rows that do not add up to their line explain nothing, nor does one of a rate that nobody knows.
				for _, wrong := range []string{"UPDATE " + services + " SET total_price_tax_incl = 22.49 WHERE id_order = 8 AND total_price_tax_incl = 23.09", "UPDATE " + services + " SET total_price_tax_excl = 9.99, total_price_tax_incl = 10.74 WHERE id_order = 8 AND total_price_tax_incl < 23"} {
					if o := left(t, older, append(dearer, wrong)...).order("8"); len(o.Lines) != 2 {
						t.Errorf("order 8 has %d lines after %s", len(o.Lines), wrong)
					}
				}
			})
			t.Run("details of a slip under their other name", func(t *testing.T) {
				want := left(t, older).slips("1")["1"]
				h := left(t, older, "ALTER TABLE qlo_order_slip_detail ADD amount_tax_excl DECIMAL(10,2) NULL, ADD amount_tax_incl DECIMAL(10,2) NULL, MODIFY total_price_tax_excl DECIMAL(20,6) NULL, MODIFY total_price_tax_incl DECIMAL(20,6) NULL",
					"UPDATE qlo_order_slip_detail SET amount_tax_excl = total_price_tax_excl, amount_tax_incl = total_price_tax_incl, total_price_tax_excl = NULL, total_price_tax_incl = NULL")
				for n, d := range h.slips("1")["1"].Details {
					if w := want.Details[n]; !d.Incl.Equal(w.Incl.Round(2)) || !d.Excl.Equal(w.Excl.Round(2)) || !d.Incl.IsPositive() {
						t.Errorf("detail %d is %s / %s, want %s / %s", n, d.Excl, d.Incl, w.Excl, w.Incl)
					}
				}
			})
			t.Run("payments that the column would cut", func(t *testing.T) {
				h := left(t, older)
				w, err := qloapps.OpenPaymentWriter(h.dsn, h.Reader)
				if err != nil {
					t.Fatal(err)
				}
				defer w.Close()
				for amount, taken := range map[string]bool{"150000000": false, "100000000": false, "12.345": false, "99999999.99": true, "12.340": true} {
					_, added, err := w.Add(t.Context(), qloapps.NewPayment{OrderID: "16", Currency: "USD", Amount: m(amount), Whole: m(amount), Method: "Zoho", TransactionID: "zoho:" + amount, Now: time.Now()})
					if f := fault.Of(err); taken && (err != nil || !added.Equal(m(amount))) || !taken && (f == nil || f.Code != "amount_not_kept" || !strings.Contains(f.Detail, m(amount).String())) {
						t.Errorf("%s: %s added, %v", amount, added, err)
					}
				}
				var rows int
				if err := h.db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM qlo_order_payment WHERE transaction_id LIKE 'zoho:%'").Scan(&rows); err != nil || rows != 2 {
					t.Errorf("%d payments were written, %v", rows, err)
				}
			})
			t.Run("an order without history", func(t *testing.T) {
				now := time.Now()
				h := left(t, older, "DELETE FROM qlo_order_history WHERE id_order IN (1, 4)", "UPDATE qlo_orders SET total_paid_real = 0 WHERE id_order = 4")
				if _, there := h.listed(h.ListOrders, "1"); !there || !h.order("1").Abandoned || h.order("1").Complete {
					t.Errorf("one with an invoice, long ago: listed %v, %+v", there, h.order("1").Abandoned)
				}
				if _, there := h.listed(h.ListOrders, "4"); there {
					t.Error("one with neither invoice nor payment is listed")
				}
				h.At(func() time.Time { return now.AddDate(0, 0, -60) }) // it is being written
				if _, there := h.listed(h.ListOrders, "1"); there || h.order("1").Abandoned {
					t.Error("an order that is being written is listed")
				}
			})
			t.Run("methods in other spellings, and marks", func(t *testing.T) {
				h := left(t, older, "UPDATE qlo_order_payment SET payment_method = 'CARD at desk ' WHERE id_order_payment = 1", "UPDATE qlo_order_payment SET payment_method = 'card at désk' WHERE id_order_payment = 2",
					"UPDATE qlo_order_return SET payment_mode = 'Voucher' WHERE id_order_return = 7", "UPDATE qlo_order_return SET payment_mode = 'Unpaid by customer' WHERE id_order_return = 2")
				methods, err := h.PaymentMethods(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				var names []string
				for _, m := range methods {
					names = append(names, m.Method)
				}
				slices.Sort(names)
				if want := []string{"Bank wire", "Card at desk", "Card online", "Cash", "Free order"}; !slices.Equal(names, want) {
					t.Errorf("methods are %q, want %q", names, want)
				}
			})
			t.Run("codes of currencies in small letters, and payments of a day without shares", func(t *testing.T) {
				h := left(t, older, "UPDATE qlo_currency SET iso_code = LOWER(iso_code)", "UPDATE qlo_configuration SET value = 'US/Eastern' WHERE name = 'PS_TIMEZONE'", "DELETE FROM qlo_order_payment_detail WHERE id_order_payment IN (1, 6)", "DELETE FROM qlo_order_invoice_payment WHERE id_order_payment IN (1, 6)")
				if shop, err := h.Shop(t.Context()); err != nil || shop.DefaultCurrency != "USD" || shop.Zone.String() != "US/Eastern" {
					t.Errorf("the default currency is %q, the zone %v, %v", shop.DefaultCurrency, shop.Zone, err)
				}
				if l, _ := h.listed(h.ListOrders, "3"); l.Currency != "EUR" || h.order("3").Currency != "EUR" || h.payment("9").Currency != "JPY" {
					t.Errorf("order 3 is listed in %q, is in %q, payment 9 in %q", l.Currency, h.order("3").Currency, h.payment("9").Currency)
				}
				all, err := h.Currencies(t.Context(), nil)
				if err != nil || all["2"].ISO != "EUR" {
					t.Errorf("currency 2 is %+v, %v", all["2"], err)
				}
				for _, id := range []string{"1", "6"} { // without shares, of one order and of two: reconciliation tells both
					on := qloapps.Day(h.payment(id).Added)
					if ids, err := h.On(t.Context(), qloapps.DatedPayments, on, on); err != nil || !slices.Contains(ids, id) {
						t.Errorf("payment %s without shares is none of its day: %v %v", id, ids, err)
					}
				}
			})
			t.Run("what is configured for the shop alone, and for another one", func(t *testing.T) {
				of := func(shop, name, value string) string {
					return "INSERT INTO qlo_configuration (id_shop_group, id_shop, name, value) VALUES (NULL, " + shop + ", '" + name + "', '" + value + "')"
				}
				lang := func(shop, value string) []string {
					return []string{of(shop, "PS_INVOICE_PREFIX", ""), "INSERT INTO qlo_configuration_lang (id_configuration, id_lang, value) VALUES (LAST_INSERT_ID(), 1, '" + value + "')"}
				}
				h := left(t, older, slices.Concat([]string{of("2", "PS_TIMEZONE", "Asia/Tokyo"), of("1", "PS_TIMEZONE", "Europe/Rome")}, lang("2", "#TWO"), lang("1", "#ONE"))...)
				shop, err := h.Shop(t.Context())
				if err != nil || shop.Zone.String() != "Europe/Rome" || shop.InvoicePrefix["1"] != "#ONE" {
					t.Errorf("the zone is %v, numbers begin with %v, %v", shop.Zone, shop.InvoicePrefix, err)
				}
			})
			t.Run("orders of nobody", func(t *testing.T) {
				h := left(t, older, "UPDATE qlo_orders SET id_customer = 0 WHERE id_order IN (1, 3)", "UPDATE qlo_orders SET id_customer = 7777 WHERE id_order = 2")
				found, err := h.Customers(t.Context(), []string{qloapps.Nobody, "7777"})
				if of := found[qloapps.Nobody]; err != nil || !of.Gone || of.FirstName+of.LastName+of.Company+of.Address.Line1 != "" {
					t.Errorf("who is named by no order is %+v, %v", of, err)
				}
				if of := found["7777"]; !of.Gone || of.LastName == "" {
					t.Errorf("who is gone is %+v", of)
				}
			})
			t.Run("numbers of invoices by shop, group and language", func(t *testing.T) {
				prefix := func(group, shop, lang, value string) []string {
					return []string{"INSERT INTO qlo_configuration (id_shop_group, id_shop, name, value) VALUES (" + group + ", " + shop + ", 'PS_INVOICE_PREFIX', '')",
						"INSERT INTO qlo_configuration_lang (id_configuration, id_lang, value) VALUES (LAST_INSERT_ID(), " + lang + ", '" + value + "')"}
				}
				shops := slices.Concat([]string{"CREATE TABLE qlo_shop (id_shop INT UNSIGNED PRIMARY KEY, id_shop_group INT UNSIGNED NOT NULL)", "INSERT INTO qlo_shop VALUES (1, 1), (2, 1), (3, 2), (4, 3)",
					"ALTER TABLE qlo_orders ADD id_shop INT UNSIGNED NOT NULL DEFAULT 1", "UPDATE qlo_orders SET id_shop = 2 WHERE id_order = 2", "UPDATE qlo_orders SET id_shop = 3 WHERE id_order = 3", "UPDATE qlo_orders SET id_shop = 4 WHERE id_order = 5",
					"UPDATE qlo_orders SET id_shop = 2, id_lang = 2 WHERE id_order = 6"},
					prefix("NULL", "2", "1", "#TWO"), []string{"INSERT INTO qlo_configuration_lang (id_configuration, id_lang, value) SELECT MAX(id_configuration), 2, '#DUE' FROM qlo_configuration"}, prefix("2", "NULL", "1", "#GROUP"))
				several := "INSERT INTO qlo_configuration (name, value) VALUES ('PS_MULTISHOP_FEATURE_ACTIVE', '1')"
				for name, tt := range map[string]struct {
					rows []string
					want map[string]string
				}{
					"several shops":                  {append(slices.Clone(shops), several), map[string]string{"1": "#LK", "2": "#TWO", "3": "#GROUP", "5": "#LK", "6": "#DUE"}},
					"the shops are not in use":       {shops, map[string]string{"1": "#LK", "2": "#LK", "3": "#LK", "5": "#LK", "6": ""}},
					"several shops, with their year": {append(slices.Clone(shops), several, "INSERT INTO qlo_configuration (name, value) VALUES ('PS_INVOICE_USE_YEAR', '1'), ('PS_INVOICE_YEAR_POS', '1')"), map[string]string{"2": "#TWO"}},
				} {
					h := left(t, older, tt.rows...)
					for id, prefix := range tt.want {
						i := h.order(id).Invoices[0]
						want := prefix + fmt.Sprintf("%06s", i.Number)
						if strings.Contains(name, "year") {
							want = prefix + i.Date.Format("2006") + "/" + fmt.Sprintf("%06s", i.Number)
						}
						if i.Printed != want {
							t.Errorf("%s: the invoice of order %s is printed as %q, want %q", name, id, i.Printed, want)
						}
						if l, _ := h.listed(h.ListOrders, id); !slices.Contains(l.Search, i.Printed) {
							t.Errorf("%s: order %s is found by %q, not by %q", name, id, l.Search, i.Printed)
						}
						if terms := h.terms(id); !slices.Contains(terms, i.Printed) {
							t.Errorf("%s: in the long list order %s is found by %q, not by %q", name, id, terms, i.Printed)
						}
					}
				}
			})
			t.Run("numbers of slips and the years of invoices by shop and group", func(t *testing.T) {
				row := func(group, shop, name, value string) string {
					return "INSERT INTO qlo_configuration (id_shop_group, id_shop, name, value) VALUES (" + group + ", " + shop + ", '" + name + "', '" + value + "')"
				}
				in := func(lang, value string) string {
					return "INSERT INTO qlo_configuration_lang (id_configuration, id_lang, value) VALUES (LAST_INSERT_ID(), " + lang + ", '" + value + "')"
				}
				h := left(t, older, "CREATE TABLE qlo_shop (id_shop INT UNSIGNED PRIMARY KEY, id_shop_group INT UNSIGNED NOT NULL)", "INSERT INTO qlo_shop VALUES (1, 2), (2, 1), (3, 1)", "ALTER TABLE qlo_orders ADD id_shop INT UNSIGNED NOT NULL DEFAULT 1",
					"UPDATE qlo_orders SET id_shop = 2 WHERE id_order = 2 OR id_order = (SELECT id_order FROM qlo_order_slip WHERE id_order_slip = 1)", "UPDATE qlo_orders SET id_shop = 3 WHERE id_order = 3", row("NULL", "NULL", "PS_MULTISHOP_FEATURE_ACTIVE", "1"),
					row("NULL", "2", "PS_CREDIT_SLIP_PREFIX", ""), in("1", "SLIP2-"), row("1", "NULL", "PS_INVOICE_USE_YEAR", "1"), row("NULL", "2", "PS_INVOICE_YEAR_POS", "1"))
				if s := h.slips("1")["1"]; s.Printed != "SLIP2-000001" {
					t.Errorf("the slip of shop 2 is printed as %q", s.Printed)
				}
				for id, form := range map[string]string{"1": "%[1]s%06[2]s", "2": "%[1]s%[3]s/%06[2]s", "3": "%[1]s%06[2]s/%[3]s"} {
					i := h.order(id).Invoices[0]
					if want := fmt.Sprintf(form, "#LK", i.Number, i.Date.Format("2006")); i.Printed != want {
						t.Errorf("the invoice of order %s is printed as %q, want %q", id, i.Printed, want)
					}
					if terms := h.terms(id); !slices.Contains(terms, i.Printed) {
						t.Errorf("in the long list order %s is found by %q, not by %q", id, terms, i.Printed)
					}
				}
			})
			t.Run("dates without a day, a month or a year", func(t *testing.T) {
				date := func(id string) string {
					return "date_add = ELT(1 + " + id + " % 4, '2026-05-00 10:00:00', '2026-00-07 00:00:00', '0000-05-07 00:00:00', '0000-00-00 10:00:00')"
				}
				h := left(t, older, "UPDATE qlo_order_invoice SET "+date("id_order_invoice"), "UPDATE qlo_order_payment SET "+date("id_order_payment"), "UPDATE qlo_orders SET "+date("id_order"), "UPDATE qlo_order_slip SET "+date("id_order_slip"),
					"UPDATE qlo_htl_booking_detail SET date_from = '2026-05-00 00:00:00'", "UPDATE qlo_order_return SET date_upd = '2026-00-07 00:00:00'")
				for _, id := range []string{"1", "2", "3", "5"} {
					o, p := h.order(id), h.payment(id)
					if !o.Added.IsZero() || !o.Invoices[0].Date.IsZero() || !o.Lines[0].From.IsZero() || !p.Added.IsZero() {
						t.Errorf("order %s is of %v, invoiced %v, for %v, and payment %s of %v", id, o.Added, o.Invoices[0].Date, o.Lines[0].From, id, p.Added)
					}
				}
				if at, back := h.slips("1")["1"].Added, h.order("21").Returns[0].Updated; !at.IsZero() || !back.IsZero() {
					t.Errorf("slip 1 is of %v, given back %v", at, back)
				}
			})
			t.Run("shares that no payment of this amount has", func(t *testing.T) {
				h := left(t, older, "UPDATE qlo_order_payment SET amount = 0 WHERE id_order_payment = 1", "UPDATE qlo_order_payment SET amount = -58 WHERE id_order_payment = 2", "UPDATE qlo_order_payment SET amount = 200 WHERE id_order_payment = 6",
					"UPDATE qlo_order_payment_detail SET amount = -92.39 WHERE id_order_payment = 6 AND id_order = 7")
				for id, want := range map[string][]string{"1": {"0"}, "2": {"0"}, "6": {"200", "0"}} {
					p := h.payment(id)
					for n, share := range p.Shares {
						if !p.SharesDiffer() || share.Amount.String() != want[n] {
							t.Errorf("payment %s of %s gives %s to order %s", id, p.Amount, share.Amount, share.OrderID)
						}
					}
				}
			})
			t.Run("a currency that is gone", func(t *testing.T) {
				h := left(t, older, "DELETE FROM qlo_currency WHERE iso_code = 'JPY'")
				if l, there := h.listed(h.ListOrders, "12"); !there || l.Currency != "" || h.order("12").CurrencyGone == "" {
					t.Errorf("order 12 listed %v in %q", there, l.Currency)
				}
			})
		})
	}
}

// sold is what lines come to, tax included.
func sold(lines []qloapps.Line) (sum money.Decimal) {
	for _, l := range lines {
		sum = sum.Add(l.Incl)
	}
	return sum
}

// TestZonesAreInsideThePrograms knows the names that QloApps' installer writes, though newer hosts lack them
// and small images have no zones at all.
func TestZonesAreInsideThePrograms(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"US/Eastern", "US/Pacific", "Asia/Calcutta", "Asia/Katmandu", "Asia/Saigon", "America/Buenos_Aires", "Europe/Kiev", "Pacific/Ponape", "GB", "NZ"} {
		if _, err := time.LoadLocation(name); err != nil {
			t.Error(err)
		}
	}
	// What a host lacks cannot be taken away here, so that the database itself is looked for.
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "github.com/qlobooks/qlobooks/api", "github.com/qlobooks/qlobooks/worker").Output()
	if err != nil || !slices.Contains(strings.Fields(string(out)), "time/tzdata") {
		t.Errorf("the programs carry no zones: %v", err)
	}
}

// inOrder wants order 8's room, and the list of rates, to have a compound set in its order.
func (h hotel) inOrder(want, wrong string) {
	h.t.Helper()
	if got := h.order("8").Lines[0].Rates[0].Key; got != want {
		h.t.Errorf("the room is taxed %s, want %s", got, want)
	}
	uses, err := h.TaxRates(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	var keys []string
	for _, u := range uses {
		keys = append(keys, u.Key)
	}
	if !slices.Contains(keys, want) || slices.Contains(keys, wrong) {
		h.t.Errorf("rates to map are %v, want %s", keys, want)
	}
}

// TestARowOfAnotherOrdersLineReadsAlikeInEveryBatch: bookings, their facilities and services that name a line of
// another order say the same whether that order is read with them or not.
func TestARowOfAnotherOrdersLineReadsAlikeInEveryBatch(t *testing.T) {
	for _, other := range []string{"2", "4", "5", "16"} {
		h := left(t, false, "UPDATE qlo_htl_booking_detail SET id_order_detail = (SELECT MIN(id_order_detail) FROM qlo_order_detail WHERE id_order = "+other+" AND is_booking_product = 1) WHERE id_order = 3",
			"UPDATE qlo_service_product_order_detail SET id_order_detail = (SELECT MIN(id_order_detail) FROM qlo_order_detail WHERE id_order = "+other+") WHERE id_order = 1")
		pair := []string{"1", "3", other}
		together, err := h.LookAt(t.Context(), "orders", pair)
		if err != nil {
			t.Fatal(err)
		}
		all, err := h.Stays(t.Context(), pair)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for i, id := range pair {
			alone, err := h.LookAt(t.Context(), "orders", []string{id})
			if err != nil || len(alone) != 1 || alone[0].Print != together[i].Print {
				t.Errorf("order %s beside %s: %v, %+v", id, other, err, alone)
			}
			stays, err := h.Stays(t.Context(), []string{id})
			if err != nil {
				t.Fatal(err)
			}
			for line, of := range stays {
				if n++; line != "0" && len(all[line]) != len(of) {
					t.Errorf("line %s of order %s has %d stays, beside others %d", line, id, len(of), len(all[line]))
				}
			}
		}
		if n == 0 {
			t.Error("no stays")
		}
	}
}

// TestPartsOfASlipThatIsGoneMakeNone: a slip whose row was removed is gone, whatever is left of it.
func TestPartsOfASlipThatIsGoneMakeNone(t *testing.T) {
	h := left(t, false, "DELETE FROM qlo_order_slip WHERE id_order_slip = 1")
	if all := h.slips("1", "2"); len(all) != 1 || all["2"].Order == nil {
		t.Errorf("read are %+v", all)
	}
}
