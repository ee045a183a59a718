package sample

import (
	"context"
	"fmt"
)

// master is what a page of QloApps for a short list writes: a new record, another name (of a
// currency another rate), and the end of it.
type master struct {
	next              string // gives the id of a new record
	add, edit, retire []string
}

func one(statements ...string) []string { return statements }

// product is a page of the catalog; kind is 1 for room types.
func product(kind, name, other string) master {
	m := master{
		next: "SELECT MAX(id_product) + 1 FROM {p}product",
		add: one("INSERT INTO {p}product VALUES ({id}, 1, 45, 1, "+kind+", '{now}', '{now}')", "INSERT INTO {p}product_shop VALUES ({id}, 1, 1, 45, 1, '{now}')", "INSERT INTO {p}product_lang VALUES ({id}, 1, 1, '"+name+"')",
			"INSERT INTO {p}htl_room_type SELECT {id}, {id}, 1 FROM DUAL WHERE "+kind+" = 1"),
		edit: one("UPDATE {p}product_lang SET name = '"+other+"' WHERE id_product = {id}", "UPDATE {p}product SET date_upd = '{now}' WHERE id_product = {id}", "UPDATE {p}product_shop SET date_upd = '{now}' WHERE id_product = {id}"),
	}
	m.retire = one("UPDATE {p}product SET active = 0, date_upd = '{now}' WHERE id_product = {id}", "UPDATE {p}product_shop SET active = 0, date_upd = '{now}' WHERE id_product = {id}")
	return m
}

var mastersBySection = map[string]master{
	"hotels": {
		next:   "SELECT MAX(id) + 1 FROM {p}htl_branch_info",
		add:    one("INSERT INTO {p}htl_branch_info VALUES ({id}, 'hill@larkspur.example', 1, '{now}', '{now}')", "INSERT INTO {p}htl_branch_info_lang VALUES ({id}, 1, 'Larkspur Hill')"),
		edit:   one("UPDATE {p}htl_branch_info SET date_upd = '{now}' WHERE id = {id}", "UPDATE {p}htl_branch_info_lang SET hotel_name = 'Larkspur Top' WHERE id = {id}"),
		retire: one("UPDATE {p}htl_branch_info SET active = 0, date_upd = '{now}' WHERE id = {id}"),
	},
	"room-types":       product("1", "Attic Room", "Attic Chamber"),
	"service-products": product("0", "Yoga", "Evening Yoga"),
	"customers": {
		next: "SELECT MAX(id_customer) + 1 FROM {p}customer",
		add: one("INSERT INTO {p}customer (id_customer, company, firstname, lastname, email, date_add, date_upd) VALUES ({id}, '', 'Odile', 'Garnier', 'odile{id}@guests.example', '{now}', '{now}')",
			"INSERT INTO {p}address (id_address, id_country, id_state, id_customer, lastname, firstname, address1, postcode, city, date_add, date_upd) VALUES (5000 + {id}, 21, 1, {id}, 'Garnier', 'Odile', '7 Reed Lane', '53711', 'Madison', '{now}', '{now}')"),
		edit:   one("UPDATE {p}customer SET lastname = 'Brunet', date_upd = '{now}' WHERE id_customer = {id}"),
		retire: one("UPDATE {p}customer SET deleted = 1, date_upd = '{now}' WHERE id_customer = {id}"),
	},
	"currencies": {
		next:   "SELECT MAX(id_currency) + 1 FROM {p}currency",
		add:    one("INSERT INTO {p}currency VALUES ({id}, 'Swiss Franc', 'CHF', 0.8, 0, 1)", "INSERT INTO {p}currency_shop VALUES ({id}, 1, 0.8)"),
		edit:   one("UPDATE {p}currency SET conversion_rate = 0.625 WHERE id_currency = {id}", "UPDATE {p}currency_shop SET conversion_rate = 0.625 WHERE id_currency = {id}"),
		retire: one("UPDATE {p}currency SET active = 0 WHERE id_currency = {id}"),
	},
}

// Add writes a new record of a short list or a new guest, and gives its id.
func (d Desk) Add(ctx context.Context, section string) (int, error) {
	m, known := mastersBySection[section]
	if !known {
		return 0, ErrNotNow
	}
	var id int
	err := d.write(ctx, func(do doer) error {
		if err := do.one(&id, m.next); err != nil {
			return err
		}
		return do.all(fmt.Sprint(id), m.add...)
	})
	return id, err
}

// Edit gives a record another name, a currency another rate.
func (d Desk) Edit(ctx context.Context, section, id string) error {
	return d.change(ctx, id, mastersBySection[section].edit)
}

// Retire disables a record, or bans a guest.
func (d Desk) Retire(ctx context.Context, section, id string) error {
	return d.change(ctx, id, mastersBySection[section].retire)
}

func (d Desk) change(ctx context.Context, id string, statements []string) error {
	if len(statements) == 0 {
		return ErrNotNow
	}
	return d.write(ctx, func(do doer) error { return do.all(id, statements...) })
}
