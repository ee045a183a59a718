package rehearsal_test

// guest adds a customer with an address of the id that book uses.
func (c clerk) guest(id, first, last string) {
	c.t.Helper()
	c.do("INSERT INTO {p}customer (id_customer, company, firstname, lastname, email, date_add, date_upd) VALUES ("+id+", '', '"+first+"', '"+last+"', '"+first+"@guests.example', NOW(), NOW())",
		"INSERT INTO {p}address (id_address, id_country, id_state, id_customer, lastname, firstname, address1, postcode, city, date_add, date_upd) VALUES (10"+id+", 21, 1, "+id+", '"+last+"', '"+first+"', '7 Reed Lane', '53711', 'Madison', NOW(), NOW())")
	if c.older() {
		c.do("INSERT INTO {p}cart_customer_guest_detail (id_cart, firstname, lastname, email, date_add, date_upd) SELECT 0, firstname, lastname, email, NOW(), NOW() FROM {p}customer WHERE id_customer = " + id)
	}
	c.phone(id, "555 0142")
}

// phone changes a guest's number where the version keeps it.
func (c clerk) phone(id, number string) {
	c.t.Helper()
	if c.older() {
		c.do("UPDATE {p}cart_customer_guest_detail SET phone = '"+number+"', date_upd = NOW() WHERE id_cart = 0 AND email = (SELECT email FROM {p}customer WHERE id_customer = "+id+")",
			"UPDATE {p}customer SET date_upd = NOW() WHERE id_customer = "+id)
		return
	}
	c.do("UPDATE {p}customer SET phone = '" + number + "', date_upd = NOW() WHERE id_customer = " + id)
}

// only expects that one switch of a section acts, and the other two do not.
func only(section, field string, want ...string) []turn {
	var others []string
	for _, other := range []string{"auto_sync_new", "auto_update", "auto_delete"} {
		if other != field {
			others = append(others, section+"."+other)
		}
	}
	return []turn{none(others...), on(section+"."+field, want...)}
}

// lateEvents are masters that were disabled before anybody switched their retiring on.
func lateEvents() []event {
	return []event{{"nothing, though masters were disabled before", func(clerk) {}, []turn{
		none("customers.auto_update", "room-types.auto_update", "hotels.auto_delete", "currencies.auto_delete", "service-products.auto_delete"),
		on("customers.auto_delete", "customer:5 Customer 5  inactive", "customer:8 Lucia Marchetti Madison inactive"),
		on("room-types.auto_delete", "room_type:5 Mill Room inactive"),
		on(""), // once
	}}}
}

func guestEvents() []event {
	said := func(statements ...string) func(c clerk) { return func(c clerk) { c.t.Helper(); c.do(statements...) } }
	const s = "customers"
	return []event{
		{"a new guest", func(c clerk) { c.guest("61", "Odile", "Garnier") }, only(s, "auto_sync_new", "+customer:61 Odile Garnier Madison active")},
		{"a guest's phone", func(c clerk) { c.phone("61", "555 0187") }, only(s, "auto_update", "customer:61 Odile Garnier Madison active")},
		{"a guest edited", said("UPDATE {p}customer SET lastname = 'Renamed', date_upd = NOW() WHERE id_customer = 2"),
			only(s, "auto_update", "customer:2 Tomasz Renamed Madison active", "customer:2:EUR Tomasz Renamed (EUR) Madison active")},
		{"an address replaced", said("INSERT INTO {p}address (id_address, id_country, id_state, id_customer, lastname, firstname, address1, postcode, city, date_add, date_upd) VALUES (300, 21, 1, 2, 'Renamed', 'Tomasz', '1 Far Road', '55105', 'Elsewhere', NOW(), NOW())",
			"UPDATE {p}address SET deleted = 1, date_upd = NOW() WHERE id_address = 102"),
			only(s, "auto_update", "customer:2 Tomasz Renamed Elsewhere active", "customer:2:EUR Tomasz Renamed (EUR) Elsewhere active")},
		{"an unused address edited", said("UPDATE {p}address SET city = 'Verona', date_upd = NOW() WHERE id_customer = 61"),
			only(s, "auto_update", "customer:61 Odile Garnier Verona active")},
		{"a guest switched off", said("UPDATE {p}customer SET active = 0, date_upd = NOW() WHERE id_customer = 2"), []turn{on("")}},
		{"a guest banned and renamed", said("UPDATE {p}customer SET deleted = 1, lastname = 'Gone', date_upd = NOW() WHERE id_customer = 2", "UPDATE {p}address SET deleted = 1, date_upd = NOW() WHERE id_customer = 2"),
			only(s, "auto_delete", "customer:2 Tomasz Renamed Elsewhere inactive", "customer:2:EUR Tomasz Renamed (EUR) Elsewhere inactive")},
		{"a guest let in again", said("UPDATE {p}customer SET deleted = 0, lastname = 'Renamed', date_upd = NOW() WHERE id_customer = 2", "UPDATE {p}address SET deleted = 0, date_upd = NOW() WHERE id_address = 300"),
			only(s, "auto_delete", "customer:2 Tomasz Renamed Elsewhere active", "customer:2:EUR Tomasz Renamed (EUR) Elsewhere active")},
		{"a guest anonymized", said("UPDATE {p}customer SET deleted = 2, firstname = 'Anonymous', lastname = 'Anonymous', email = 'anonymous-60@x_anonymous.com', date_upd = NOW() WHERE id_customer = 60"),
			only(s, "auto_delete", "customer:60 Vera Lindqvist Madison inactive")},
		{"a guest removed", said("DELETE FROM {p}customer WHERE id_customer = 61", "DELETE FROM {p}address WHERE id_customer = 61"),
			only(s, "auto_delete", "customer:61 Odile Garnier Verona inactive")},
	}
}

func masterEvents() []event {
	said := func(statements ...string) func(c clerk) { return func(c clerk) { c.t.Helper(); c.do(statements...) } }
	product := func(id, set string) func(c clerk) {
		return said("UPDATE {p}product SET "+set+", date_upd = NOW() WHERE id_product = "+id, "UPDATE {p}product_shop SET "+set+", date_upd = NOW() WHERE id_product = "+id)
	}
	name := func(id, name string) func(c clerk) {
		return said("UPDATE {p}product_lang SET name = '"+name+"' WHERE id_product = "+id, "UPDATE {p}product SET date_upd = NOW() WHERE id_product = "+id, "UPDATE {p}product_shop SET date_upd = NOW() WHERE id_product = "+id)
	}
	add := func(id, booking, name string) func(c clerk) {
		return said("INSERT INTO {p}product VALUES ("+id+", 1, 45, 1, "+booking+", NOW(), NOW())", "INSERT INTO {p}product_shop VALUES ("+id+", 1, 1, 45, 1, NOW())", "INSERT INTO {p}product_lang VALUES ("+id+", 1, 1, '"+name+"')",
			"INSERT INTO {p}htl_room_type SELECT "+id+", "+id+", 1 FROM DUAL WHERE "+booking+" = 1")
	}
	remove := func(id string) func(c clerk) {
		return said("DELETE FROM {p}product WHERE id_product = "+id, "DELETE FROM {p}product_shop WHERE id_product = "+id, "DELETE FROM {p}product_lang WHERE id_product = "+id, "DELETE FROM {p}htl_room_type WHERE id_product = "+id)
	}
	return []event{
		{"a new currency", said("INSERT INTO {p}currency VALUES (6, 'Franc', 'CHF', 0.8, 0, 1)", "INSERT INTO {p}currency_shop VALUES (6, 1, 0.8)"), only("currencies", "auto_sync_new", "+rate:CHF 1.25")},
		{"a currency's rate", said("UPDATE {p}currency SET conversion_rate = 0.625 WHERE id_currency = 6", "UPDATE {p}currency_shop SET conversion_rate = 0.625 WHERE id_currency = 6"), only("currencies", "auto_update", "rate:CHF 1.6")},
		{"a currency disabled", said("UPDATE {p}currency SET active = 0 WHERE id_currency = 6"), only("currencies", "auto_delete")},
		{"a currency deleted", said("UPDATE {p}currency SET deleted = 1 WHERE id_currency = 6"), []turn{on("")}},

		{"a new hotel", said("INSERT INTO {p}htl_branch_info VALUES (4, 'new@larkspur.example', 1, NOW(), NOW())", "INSERT INTO {p}htl_branch_info_lang VALUES (4, 1, 'Larkspur Hill')"), only("hotels", "auto_sync_new", "+hotel:4 Larkspur Hill active")},
		{"a hotel saved", said("UPDATE {p}htl_branch_info SET date_upd = NOW() WHERE id = 4", "UPDATE {p}htl_branch_info_lang SET hotel_name = 'Larkspur Top' WHERE id = 4", "UPDATE {p}address SET date_upd = NOW() WHERE id_hotel = 4"),
			only("hotels", "auto_update", "hotel:4 Larkspur Top active")},
		{"a hotel disabled with its rooms", said("UPDATE {p}htl_branch_info SET active = 0, date_upd = NOW() WHERE id = 2",
			"UPDATE {p}product SET active = 0, date_upd = NOW() WHERE id_product IN (3, 4)", "UPDATE {p}product_shop SET active = 0, date_upd = NOW() WHERE id_product IN (3, 4)"),
			append(only("hotels", "auto_delete", "hotel:2 Larkspur Lakeside inactive"), only("room-types", "auto_delete", "room_type:3 Lake View inactive", "room_type:4 Boathouse Loft inactive")...)},
		{"a disabled hotel saved", said("UPDATE {p}htl_branch_info SET date_upd = NOW() WHERE id = 2", "UPDATE {p}htl_branch_info_lang SET hotel_name = 'Larkspur Shore' WHERE id = 2"), only("hotels", "auto_update", "hotel:2 Larkspur Shore inactive")},
		{"a hotel enabled", said("UPDATE {p}htl_branch_info SET active = 1, date_upd = NOW() WHERE id = 2"), only("hotels", "auto_delete", "hotel:2 Larkspur Shore active")},
		{"a hotel deleted", said("DELETE FROM {p}htl_branch_info WHERE id = 4", "DELETE FROM {p}htl_branch_info_lang WHERE id = 4"), only("hotels", "auto_delete", "hotel:4 Larkspur Top inactive")},

		{"a new room type", add("50", "1", "Attic Room"), only("room-types", "auto_sync_new", "+room_type:50 Attic Room active")},
		{"a room type saved", name("50", "Attic Chamber"), only("room-types", "auto_update", "room_type:50 Attic Chamber active")},
		{"a disabled room type saved", name("3", "Lake Room"), only("room-types", "auto_update", "room_type:3 Lake Room inactive")},
		{"a room type enabled and renamed", func(c clerk) { product("3", "active = 1")(c); name("3", "Lake View")(c) }, []turn{
			on("room-types.auto_update", "room_type:3 Lake View inactive"),
			on("room-types.auto_delete", "room_type:3 Lake View active"),
		}},
		{"a room type disabled and renamed", func(c clerk) { product("50", "active = 0")(c); name("50", "Attic Room")(c) }, []turn{
			on("room-types.auto_update", "room_type:50 Attic Room active"),
			on("room-types.auto_delete", "room_type:50 Attic Room inactive"),
		}},
		{"a room type deleted", remove("4"), []turn{on("")}}, // its item is inactive already
		{"another room type deleted", remove("2"), only("room-types", "auto_delete", "room_type:2 Tower Suite inactive")},

		{"a new service", add("51", "0", "Yoga"), only("service-products", "auto_sync_new", "+service_product:51 Yoga active")},
		{"a service's price", product("51", "price = 50"), only("service-products", "auto_update", "service_product:51 Yoga active")},
		{"a service switched off", product("51", "active = 0"), only("service-products", "auto_delete", "service_product:51 Yoga inactive")},
		{"a service switched on", product("51", "active = 1"), only("service-products", "auto_delete", "service_product:51 Yoga active")},
		{"a service deleted", remove("51"), only("service-products", "auto_delete", "service_product:51 Yoga inactive")},

		{"a tax edited", said("INSERT INTO {p}tax (id_tax, rate) VALUES (9, 9.9)", "UPDATE {p}tax_rule SET id_tax = 9 WHERE id_tax = 1", "UPDATE {p}tax SET deleted = 1 WHERE id_tax = 1",
			"INSERT INTO {p}tax_rules_group (id_tax_rules_group, name) VALUES (4, 'Wisconsin rooms')", "UPDATE {p}product SET id_tax_rules_group = 4 WHERE id_tax_rules_group = 1",
			"UPDATE {p}product_shop SET id_tax_rules_group = 4 WHERE id_tax_rules_group = 1"), []turn{on("")}},
	}
}
