package rehearsal_test

// breakfast adds a service product to an order's first room, as the booking page does.
func (c clerk) breakfast(line, order, invoice, room, pieces, excl, incl string) {
	c.t.Helper()
	c.do("INSERT INTO {p}order_detail (id_order_detail, id_order, id_order_invoice, product_id, product_name, is_booking_product, product_quantity, total_price_tax_excl, total_price_tax_incl, id_tax_rules_group, tax_computation_method) VALUES ("+line+", "+order+", "+invoice+", 10, 'Breakfast', 0, "+pieces+", "+excl+", "+incl+", 1, 1)",
		"INSERT INTO {p}order_detail_tax (id_order_detail, id_tax) VALUES ("+line+", 1)",
		"INSERT INTO "+c.services()+" (id_product, id_order, id_order_detail, id_htl_booking_detail, total_price_tax_excl, total_price_tax_incl, quantity, date_add, date_upd) VALUES (10, "+order+", "+line+", "+room+", "+excl+", "+incl+", "+pieces+", NOW(), NOW())")
	if !c.older() {
		c.do("UPDATE {p}service_product_order_detail SET id_tax_rules_group = 1 WHERE id_order_detail = " + line)
	}
}

// beforeEdits makes order 56, invoiced and unpaid, of two rooms and breakfasts; and the columns of
// bookings that QloApps writes and nobody here reads.
func beforeEdits(c clerk) {
	c.t.Helper()
	c.do("ALTER TABLE {p}htl_booking_detail ADD COLUMN id_status INT NOT NULL DEFAULT 1, ADD COLUMN is_cancelled TINYINT NOT NULL DEFAULT 0")
	c.book("56", "ONEEDITED", "2", "909", "910")
	c.breakfast("562", "56", "0", "909", "2", "28", "29.12")
	c.cost("56", "268", "278.72")
	c.invoice("66", "56")
}

// editEvents change what order 56 holds, one piece after the other, and let its guest come and go.
func editEvents() []event {
	edited := func(total string) []turn {
		return []turn{
			none(newOrders, newInvoices, newPayments, creditNotes, "service-products.auto_update", "room-types.auto_update"),
			on(updates, "invoice:66 "+total+" sent open "+total),
		}
	}
	stays := func(set string) func(c clerk) {
		return func(c clerk) {
			c.t.Helper()
			c.do("UPDATE {p}htl_booking_detail SET " + set + ", date_upd = NOW() WHERE id = 909")
		}
	}
	return []event{
		{"a facility added", func(c clerk) {
			c.do("INSERT INTO {p}htl_booking_demands (id_booking_demand, id_htl_booking, name, total_price_tax_excl, total_price_tax_incl, id_tax_rules_group, tax_computation_method) VALUES (990, 909, 'Late departure', 32.43, 34.86, 2, 1)",
				"INSERT INTO {p}htl_booking_demands_tax (id_booking_demand, id_tax) VALUES (990, 2), (990, 3)")
			c.cost("56", "300.43", "313.58")
		}, edited("313.58")},
		{"a facility edited", func(c clerk) {
			c.do("UPDATE {p}htl_booking_demands SET total_price_tax_excl = 40, total_price_tax_incl = 43 WHERE id_booking_demand = 990")
			c.cost("56", "308", "321.72")
		}, edited("321.72")},
		{"a facility removed", func(c clerk) {
			c.do("DELETE FROM {p}htl_booking_demands_tax WHERE id_booking_demand = 990", "DELETE FROM {p}htl_booking_demands WHERE id_booking_demand = 990")
			c.cost("56", "268", "278.72")
		}, edited("278.72")},
		{"a service edited", func(c clerk) {
			c.do("UPDATE {p}order_detail SET product_quantity = 3, total_price_tax_excl = 42, total_price_tax_incl = 43.68 WHERE id_order_detail = 562",
				"UPDATE "+c.services()+" SET quantity = 3, total_price_tax_excl = 42, total_price_tax_incl = 43.68, date_upd = NOW() WHERE id_order_detail = 562")
			c.cost("56", "282", "293.28")
		}, edited("293.28")},
		{"a service removed", func(c clerk) {
			c.do("DELETE FROM "+c.services()+" WHERE id_order_detail = 562", "DELETE FROM {p}order_detail_tax WHERE id_order_detail = 562", "DELETE FROM {p}order_detail WHERE id_order_detail = 562")
			c.cost("56", "240", "249.6")
		}, edited("249.6")},
		{"a room added", func(c clerk) {
			c.do("INSERT INTO {p}htl_booking_detail (id, id_product, id_order, id_order_detail, id_hotel, date_from, date_to, check_in, check_out, total_price_tax_excl, total_price_tax_incl, hotel_name, room_type_name, room_num, adults, children, date_add, date_upd) SELECT 911, id_product, id_order, id_order_detail, id_hotel, date_from, date_to, check_in, check_out, 120, 124.8, hotel_name, room_type_name, '911', adults, children, NOW(), NOW() FROM {p}htl_booking_detail WHERE id = 909",
				"UPDATE {p}order_detail SET total_price_tax_excl = 360, total_price_tax_incl = 374.4 WHERE id_order_detail = 561")
			c.cost("56", "360", "374.4")
		}, edited("374.4")},
		{"one unpaid room canceled", func(c clerk) {
			c.ask("76", "56", "911", "3", "0", "")
			c.do("UPDATE {p}htl_booking_detail SET total_price_tax_excl = 0, total_price_tax_incl = 0, is_refunded = 1, is_cancelled = 1, date_upd = NOW() WHERE id = 911",
				"UPDATE {p}order_detail SET total_price_tax_excl = 240, total_price_tax_incl = 249.6 WHERE id_order_detail = 561")
			c.cost("56", "240", "249.6")
		}, edited("249.6")},
		{"a guest arrives", stays("id_status = 2, check_in = NOW()"), []turn{on("")}},
		{"a guest leaves", stays("id_status = 3, check_out = NOW()"), []turn{on("")}},
	}
}
