package detect_test

import (
	"slices"
	"testing"

	"github.com/qlobooks/qlobooks/internal/detect"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/settings"
)

// on is a switch and the documents that it must queue, when it is the only one that is on.
type on struct {
	name string
	turn func(all *settings.All)
	want []string // flow:id; "orders" stands for all linked documents of the case's order
}

// change is one row of what can happen in QloApps: what it does to the database, what one tick
// must find, and what each switch must then queue.
type change struct {
	name  string
	make  func(w *world)
	found map[string]int
	swept bool // leaves no trace by date or id: only the sweep sees it
	order string
	on    []on
}

var (
	updateOrders    = func(a *settings.All) { a.Orders.AutoUpdateOrders = true }
	newOrders       = func(a *settings.All) { a.Orders.AutoSyncNewOrders = true }
	newInvoices     = func(a *settings.All) { a.Orders.AutoSyncNewInvoices = true }
	newPayments     = func(a *settings.All) { a.Orders.AutoSyncNewPayments = true }
	creditNotes     = func(a *settings.All) { a.Orders.AutoSyncCreditNotes = true }
	newCustomers    = func(a *settings.All) { a.Customers.AutoSyncNew = true }
	updateCustomers = func(a *settings.All) { a.Customers.AutoUpdate = true }
	deleteCustomers = func(a *settings.All) { a.Customers.AutoDelete = true }
	updateCurrency  = func(a *settings.All) { a.Currencies.AutoUpdate = true }
	deleteCurrency  = func(a *settings.All) { a.Currencies.AutoDelete = true }
	updateHotels    = func(a *settings.All) { a.Hotels.AutoUpdate = true }
	deleteHotels    = func(a *settings.All) { a.Hotels.AutoDelete = true }
	updateRooms     = func(a *settings.All) { a.RoomTypes.AutoUpdate = true }
	deleteRooms     = func(a *settings.All) { a.RoomTypes.AutoDelete = true }
	updateServices  = func(a *settings.All) { a.ServiceProducts.AutoUpdate = true }
	deleteServices  = func(a *settings.All) { a.ServiceProducts.AutoDelete = true }
)

func orders(n int) map[string]int { return map[string]int{"orders": n} }

// changes are written as QloApps 1.6 and 1.7 write them. Ids that exist in the sample hotel and in
// both real ones: orders 1 and 2 invoiced as 1 and 2, guest 2, currency 2, hotel 1.
func changes() []change {
	said := func(statements string) func(w *world) { return func(w *world) { w.sql(statements) } }
	all := []on{{"auto_update_orders", updateOrders, []string{"orders"}}}
	return []change{
		{name: "booking, half written", make: func(w *world) {
			w.copyRow("orders", "id_order = 1", "id_order = 900, reference = 'NEWORDERX', current_state = 0, total_paid_real = 0, date_add = '{now}', date_upd = '{now}'")
			w.copyRow("order_detail", "id_order = 1", "id_order_detail = 9000, id_order = 900, id_order_invoice = 0")
			w.copyRow("htl_booking_detail", "id_order = 1", "id = 9000, id_order = 900, id_order_detail = 9000, date_add = '{now}', date_upd = '{now}'")
		}},
		{name: "booking, complete", make: said("UPDATE {p}orders SET current_state = 1, date_upd = '{now}' WHERE id_order = 900;\n" +
			"INSERT INTO {p}order_history (id_order, id_order_state, date_add) VALUES (900, 1, '{now}')"),
			found: orders(1), on: []on{{"auto_sync_new_invoices", newInvoices, nil}, {"auto_update_orders", updateOrders, nil}, {"auto_sync_new_orders", newOrders, []string{"sales_order:900"}}}},
		{name: "payment", order: "1", make: func(w *world) {
			w.copyRow("order_payment", "id_order_payment = 1", "id_order_payment = 910, amount = 5, date_add = '{now}'")
			w.copyRow("order_payment_detail", "id_order = 1", "id_order_payment_detail = 9100, id_order_payment = 910, amount = 5, date_add = '{now}'")
			w.sql("UPDATE {p}orders SET total_paid_real = total_paid_real + 5, conversion_rate = conversion_rate, date_upd = '{now}' WHERE id_order = 1")
		}, found: orders(1), on: []on{{"auto_sync_new_invoices", newInvoices, nil}, {"auto_sync_new_payments", newPayments, []string{"payment:910"}}}},
		{name: "state", order: "1", make: said("UPDATE {p}orders SET current_state = 3, date_upd = '{now}' WHERE id_order = 1;\nINSERT INTO {p}order_history (id_order, id_order_state, date_add) VALUES (1, 3, '{now}')"),
			found: orders(1), on: append([]on{{"the others", func(a *settings.All) {
				newOrders(a)
				newInvoices(a)
				newPayments(a)
				creditNotes(a)
			}, nil}}, all...)},
		{name: "discount", order: "1", make: func(w *world) {
			w.copyRow("order_cart_rule", "1", "id_order_cart_rule = 920, id_order = 1, id_cart_rule = 920, value = 10, value_tax_excl = 9")
			w.sql("UPDATE {p}orders SET total_paid_tax_incl = total_paid_tax_incl - 10, total_paid_tax_excl = total_paid_tax_excl - 9, date_upd = '{now}' WHERE id_order = 1;\n" +
				"UPDATE {p}order_invoice SET total_paid_tax_incl = total_paid_tax_incl - 10, total_paid_tax_excl = total_paid_tax_excl - 9 WHERE id_order = 1")
		}, found: orders(1), on: all},
		{name: "discount removed", order: "1", make: said("DELETE FROM {p}order_cart_rule WHERE id_order_cart_rule = 920;\nUPDATE {p}orders SET total_paid_tax_incl = total_paid_tax_incl + 10, total_paid_tax_excl = total_paid_tax_excl + 9, date_upd = '{now}' WHERE id_order = 1"),
			found: orders(1), on: all},
		{name: "room edited", order: "2", make: said("UPDATE {p}htl_booking_detail SET total_price_tax_incl = total_price_tax_incl + 1, date_upd = '{now}' WHERE id_order = 2 LIMIT 1;\n" +
			"UPDATE {p}orders SET total_paid_tax_incl = total_paid_tax_incl + 1, date_upd = '{now}' WHERE id_order = 2;\nUPDATE {p}order_detail SET total_price_tax_incl = total_price_tax_incl + 1 WHERE id_order = 2 LIMIT 1"),
			found: orders(1), on: all},
		{name: "unpaid room canceled", order: "900", make: said("UPDATE {p}htl_booking_detail SET total_price_tax_incl = 0, total_price_tax_excl = 0, is_refunded = 1, date_upd = '{now}' WHERE id_order = 900;\n" +
			"UPDATE {p}order_detail SET total_price_tax_incl = 0, total_price_tax_excl = 0 WHERE id_order = 900;\nUPDATE {p}orders SET total_paid_tax_incl = 0, total_paid_tax_excl = 0, date_upd = '{now}' WHERE id_order = 900"),
			found: orders(1), on: all},
		{name: "refund with slip", order: "1", make: func(w *world) {
			w.sql("INSERT INTO {p}order_slip (id_order_slip, id_order, id_customer, conversion_rate, total_products_tax_excl, total_products_tax_incl, amount, redeem_status, date_add, date_upd) " +
				"SELECT 930, id_order, id_customer, 1, 10, 10.4, 10.4, 1, '{now}', '{now}' FROM {p}orders WHERE id_order = 1;\n" +
				"INSERT INTO {p}order_slip_detail (id_order_slip, id_order_detail, id_htl_booking, product_quantity, total_price_tax_excl, total_price_tax_incl) SELECT 930, MIN(id_order_detail), 1, 1, 10, 10.4 FROM {p}order_detail WHERE id_order = 1;\n" +
				"INSERT INTO {p}order_return (id_order_return, id_order, state, payment_mode, id_transaction, refunded_amount, return_type, id_return_type, date_add, date_upd) VALUES (930, 1, 3, 'Cash', '', 10.4, 2, 930, '{now}', '{now}');\n" +
				"UPDATE {p}htl_booking_detail SET is_refunded = 1, date_upd = '{now}' WHERE id_order = 1 LIMIT 1")
		}, found: orders(1), on: []on{{"auto_sync_new_payments", newPayments, nil}, {"auto_sync_credit_notes", creditNotes, []string{"credit_note:930", "refund:930"}}}},
		{name: "slip made a voucher", order: "1", make: said("UPDATE {p}order_slip SET redeem_status = 2, id_cart_rule = 999, date_upd = '{now}' WHERE id_order_slip = 930"), found: orders(1), on: all},
		{name: "invoice made by hand", order: "900", make: func(w *world) {
			w.copyRow("order_invoice", "id_order = 1", "id_order_invoice = 940, id_order = 900, number = 940, date_add = '{now}'")
			w.sql("UPDATE {p}order_detail SET id_order_invoice = 940 WHERE id_order = 900;\nUPDATE {p}orders SET date_upd = '{now}' WHERE id_order = 900")
		}, found: orders(1), on: []on{{"auto_sync_new_orders", newOrders, nil}, {"auto_sync_new_invoices", newInvoices, []string{"invoice:940"}}}},
		{name: "check-in", make: said("UPDATE {p}htl_booking_detail SET check_in = '{now}', date_upd = '{now}' WHERE id_order = 1")},
		{name: "payment edited through the API", order: "1", swept: true, make: said("UPDATE {p}order_payment SET payment_method = 'Cheque' WHERE id_order_payment = 1"), found: orders(1), on: all},
		{name: "slip edited through the API", order: "1", swept: true, make: said("UPDATE {p}order_slip_detail SET total_price_tax_excl = total_price_tax_excl + 1 WHERE id_order_slip = 930"), found: orders(1), on: all},
		{name: "tax of a line", order: "1", swept: true, make: said("DELETE FROM {p}order_detail_tax WHERE id_order_detail IN (SELECT id_order_detail FROM {p}order_detail WHERE id_order = 1)"), found: orders(1), on: all},

		{name: "guest edited", make: said("UPDATE {p}customer SET lastname = 'Renamed', date_upd = '{now}' WHERE id_customer = 2"), found: map[string]int{"customers": 1},
			on: []on{{"auto_delete", deleteCustomers, nil}, {"auto_sync_new", newCustomers, nil}, {"auto_update", updateCustomers, []string{"customer:2 content"}}}},
		{name: "address replaced", make: func(w *world) {
			w.copyRow("address", "id_customer = 2 AND deleted = 0", "id_address = 9500, city = 'Elsewhere', date_add = '{now}', date_upd = '{now}'")
			w.sql("UPDATE {p}address SET deleted = 1, date_upd = '{now}' WHERE id_customer = 2 AND id_address <> 9500")
		}, found: map[string]int{"customers": 1}, on: []on{{"auto_update", updateCustomers, []string{"customer:2 content"}}}},
		{name: "guest switched off, dated by a server five hours ahead", make: said("UPDATE {p}customer SET active = 1 - active, date_upd = '{now}' + INTERVAL 5 HOUR WHERE id_customer = 2"), found: map[string]int{"customers": 1},
			on: []on{{"auto_update", updateCustomers, []string{"customer:2 content"}}}},
		{name: "guest switched on, dated by a server eight hours behind", swept: true, make: said("UPDATE {p}customer SET active = 1 - active, date_upd = '{now}' - INTERVAL 8 HOUR WHERE id_customer = 2"), found: map[string]int{"customers": 1},
			on: []on{{"auto_update", updateCustomers, []string{"customer:2 content"}}}},
		{name: "new guest", make: func(w *world) {
			w.copyRow("customer", "id_customer = 2", "id_customer = 960, email = 'new@guests.example', date_add = '{now}', date_upd = '{now}'")
		}, found: map[string]int{"customers": 1}, on: []on{{"auto_update", updateCustomers, nil}, {"auto_sync_new", newCustomers, []string{"customer:960"}}}},
		{name: "guest banned", make: said("UPDATE {p}customer SET deleted = 1, date_upd = '{now}' WHERE id_customer = 2;\nUPDATE {p}address SET deleted = 1, date_upd = '{now}' WHERE id_customer = 2"), found: map[string]int{"customers": 1},
			on: []on{{"auto_update", updateCustomers, nil}, {"auto_delete", deleteCustomers, []string{"customer:2 state"}}}},
		{name: "guest anonymized", make: said("UPDATE {p}customer SET deleted = 2, email = 'anonymous-960@x_anonymous.com', date_upd = '{now}' WHERE id_customer = 960"), found: map[string]int{"customers": 1},
			on: []on{{"auto_update", updateCustomers, nil}, {"auto_delete", deleteCustomers, []string{"customer:960 state"}}}},
		{name: "banned guest let in again", make: said("UPDATE {p}customer SET deleted = 0, date_upd = '{now}' WHERE id_customer = 960"), found: map[string]int{"customers": 1},
			on: []on{{"auto_delete", deleteCustomers, []string{"customer:960 state"}}}},
		{name: "guest removed", swept: true, make: said("DELETE FROM {p}customer WHERE id_customer = 960"), found: map[string]int{"customers": 1},
			on: []on{{"auto_update", updateCustomers, nil}, {"auto_delete", deleteCustomers, []string{"customer:960 state"}}}},

		{name: "rate of a currency", make: said("UPDATE {p}currency SET conversion_rate = 0.93 WHERE id_currency = 2;\nUPDATE {p}currency_shop SET conversion_rate = 0.93 WHERE id_currency = 2"), found: map[string]int{"currencies": 1},
			on: []on{{"auto_delete", deleteCurrency, nil}, {"auto_update", updateCurrency, []string{"currency:2 content"}}}},
		{name: "currency disabled", make: said("UPDATE {p}currency SET active = 0 WHERE id_currency = 2"), found: map[string]int{"currencies": 1},
			on: []on{{"auto_update", updateCurrency, nil}, {"auto_delete", deleteCurrency, []string{"currency:2 state"}}}},
		{name: "currency enabled with another rate", make: said("UPDATE {p}currency SET active = 1 WHERE id_currency = 2;\nUPDATE {p}currency_shop SET conversion_rate = 0.94 WHERE id_currency = 2"), found: map[string]int{"currencies": 1},
			on: []on{{"both", func(a *settings.All) { updateCurrency(a); deleteCurrency(a) }, []string{"currency:2"}}}},
		{name: "hotel saved", make: said("UPDATE {p}htl_branch_info_lang SET hotel_name = 'Renamed' WHERE id = 1;\nUPDATE {p}htl_branch_info SET date_upd = '{now}' WHERE id = 1;\nUPDATE {p}address SET date_upd = '{now}' WHERE id_hotel = 1"), found: map[string]int{"hotels": 1},
			on: []on{{"auto_update", updateHotels, []string{"hotel:1 content"}}}},
		{name: "hotel disabled and renamed", make: said("UPDATE {p}htl_branch_info SET active = 0, date_upd = '{now}' WHERE id = 1;\nUPDATE {p}htl_branch_info_lang SET hotel_name = 'Renamed again' WHERE id = 1"), found: map[string]int{"hotels": 1},
			on: []on{{"auto_delete", deleteHotels, []string{"hotel:1 state"}}, {"auto_update", updateHotels, []string{"hotel:1 content"}}}},
		{name: "room type saved", make: said("UPDATE {p}product_lang SET name = 'Renamed' WHERE id_product = {room};\nUPDATE {p}product SET date_upd = '{now}' WHERE id_product = {room}"), found: map[string]int{"room-types": 1},
			on: []on{{"auto_update", updateRooms, []string{"room_type:{room} content"}}}},
		{name: "room type switched off", make: said("UPDATE {p}product SET active = 0, date_upd = '{now}' WHERE id_product = {room};\nUPDATE {p}product_shop SET active = 0, date_upd = '{now}' WHERE id_product = {room}"), found: map[string]int{"room-types": 1},
			on: []on{{"auto_update", updateRooms, nil}, {"auto_delete", deleteRooms, []string{"room_type:{room} state"}}}},
		{name: "room type switched on", make: said("UPDATE {p}product SET active = 1, date_upd = '{now}' WHERE id_product = {room};\nUPDATE {p}product_shop SET active = 1, date_upd = '{now}' WHERE id_product = {room}"), found: map[string]int{"room-types": 1},
			on: []on{{"auto_delete", deleteRooms, []string{"room_type:{room} state"}}}},
		{name: "price of a service", make: said("UPDATE {p}product SET price = price + 1, date_upd = '{now}' WHERE id_product = {service};\nUPDATE {p}product_shop SET price = price + 1, date_upd = '{now}' WHERE id_product = {service}"), found: map[string]int{"service-products": 1},
			on: []on{{"auto_update", updateServices, []string{"service_product:{service} content"}}}},
		{name: "tax edited", make: func(w *world) {
			w.copyRow("tax", "id_tax = (SELECT MIN(id_tax) FROM {p}order_detail_tax)", "id_tax = 9700, rate = 9.9")
			w.sql("UPDATE {p}tax_rule SET id_tax = 9700;\nUPDATE {p}tax SET deleted = 1 WHERE id_tax = (SELECT MIN(id_tax) FROM {p}order_detail_tax)")
		}},
		{name: "service removed", make: said("DELETE FROM {p}product WHERE id_product = {service};\nDELETE FROM {p}product_shop WHERE id_product = {service};\nDELETE FROM {p}product_lang WHERE id_product = {service}"), found: map[string]int{"service-products": 1},
			on: []on{{"auto_update", updateServices, nil}, {"auto_delete", deleteServices, []string{"service_product:{service} state"}}}},
		{name: "hotel removed", make: said("DELETE FROM {p}htl_branch_info WHERE id = 2;\nDELETE FROM {p}htl_branch_info_lang WHERE id = 2"), found: map[string]int{"hotels": 1},
			on: []on{{"auto_update", updateHotels, nil}, {"auto_delete", deleteHotels, []string{"hotel:2 state"}}}},
		{name: "order removed", order: "900", swept: true, make: said("DELETE FROM {p}orders WHERE id_order = 900;\nDELETE FROM {p}order_detail WHERE id_order = 900;\nDELETE FROM {p}order_history WHERE id_order = 900;\nDELETE FROM {p}order_invoice WHERE id_order = 900"), found: orders(1), on: all},
	}
}

func TestEveryChangeIsFound(t *testing.T) {
	t.Run("sample", func(t *testing.T) { t.Parallel(); holdChanges(t, sampleHotel(t)) })
	if testing.Short() {
		return
	}
	for _, version := range []string{"1.7", "1.6.1"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			dsn, there := privatetest.Dump(t, version)
			if !there {
				t.Logf("no dump of %s beside the repository", version)
				return
			}
			holdChanges(t, open(t, dsn))
		})
	}
}

func holdChanges(t *testing.T, w *world) {
	w.everything()
	w.wantFound("after Initialize", w.tick(), nil)
	w.wantPending("after Initialize")
	for _, c := range changes() {
		off := w.all
		w.clock = w.clock.Add(2 * detect.Overlap)
		w.tick() // earlier changes are out of sight from here on
		c.make(w)
		w.clock = w.clock.Add(3e9)
		w.detect.SweepPages = -1
		traced := w.tick()
		w.detect.SweepPages = 0
		if c.swept {
			w.wantFound(c.name+", without the sweep", traced, nil)
			traced = w.tick()
		}
		w.wantFound(c.name, traced, c.found)
		w.wantPending(c.name + ", everything off")
		for i, s := range c.on {
			if testing.Short() && i < len(c.on)-1 { // the last of them takes what the others leave
				continue
			}
			s.turn(&w.all)
			w.wantFound(c.name+", again", w.tick(), nil)
			w.wantPending(c.name+", "+s.name, w.named(c.order, s.want)...)
			if !testing.Short() {
				w.tick()
			}
			w.wantPending(c.name+", "+s.name+", once more", w.named(c.order, s.want)...)
			w.all = off
			w.sql("UPDATE qlobooks_documents SET status = IF(news > 0, status, 'synced'), zoho_id = CONCAT('z', id), due_at = NULL WHERE status = 'pending'")
		}
		w.posted()
	}
	if failed := w.one("SELECT COUNT(*) FROM qlobooks_runs WHERE status = 'failed'"); failed != "0" {
		t.Errorf("%s runs failed", failed)
	}
}

// named gives the documents that a case means.
func (w *world) named(order string, want []string) []string {
	w.Helper()
	if !slices.Equal(want, []string{"orders"}) {
		var list []string
		for _, name := range want {
			list = append(list, w.fill(name))
		}
		return list
	}
	rows, err := w.db.QueryContext(w.Context(), "SELECT CONCAT(d.flow, ':', d.source_id) FROM qlobooks_record_documents t JOIN qlobooks_documents d ON d.id = t.document_id WHERE t.section = 'orders' AND t.record_id = ? AND d.zoho_id <> ''", order)
	w.ok(err)
	defer rows.Close()
	var list []string
	for rows.Next() {
		var name string
		w.ok(rows.Scan(&name))
		list = append(list, name)
	}
	return list
}
