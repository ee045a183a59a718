package sample

import (
	"context"
	"database/sql"
	"strings"
	"time"
)

// Rows as real hotels leave them: cut by columns, marked by QloApps itself, spoiled by its pages, left
// by upgrades, web services and bookings that broke off. Each kind has a name here, and what must
// become of it. They are added to a hotel made by Load or LoadOlder.

// odd is one kind: what is written as QloApps writes it, what was then done to it, and its verdicts.
type odd struct {
	name     string
	orders   []order
	payments []payment
	slips    []slip
	returns  []ret
	then     []string // {p} is the prefix
	cases    []Case
}

// AddOdd writes every kind of odd rows. Their ids begin at 200.
func AddOdd(ctx context.Context, db *sql.DB, prefix string, now time.Time, older bool) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "SET SESSION sql_mode = ''"); err != nil { // as QloApps connects: columns cut
		return err
	}
	w := &writer{ctx: ctx, conn: conn, prefix: prefix, now: now, older: older, details: 2000, bookings: 2000, demands: 2000, rules: 2000, first: map[int]place{}}
	for _, k := range append(odds(), others()...) {
		for _, o := range k.orders {
			w.order(o)
		}
		for _, p := range k.payments {
			w.payment(p)
		}
		for _, s := range k.slips {
			w.slip(s)
		}
		for _, r := range k.returns {
			w.ret(r)
		}
		for _, statement := range k.then {
			w.do(statement)
		}
	}
	return w.err
}

func (w *writer) do(statement string) {
	if w.err != nil {
		return
	}
	_, w.err = w.conn.ExecContext(w.ctx, strings.ReplaceAll(statement, "{p}", w.prefix))
}

// ExpectedOdd is what must become of them, by name, in both versions.
func ExpectedOdd() []Case {
	var cases []Case
	for _, k := range append(odds(), others()...) {
		for _, c := range k.cases {
			c.Name = k.name
			if c.Status == "" {
				c.Status = "synced"
			}
			if c.Currency == "" {
				c.Currency = "USD"
			}
			cases = append(cases, c)
		}
	}
	return cases
}

// plainly is a stay of two nights in the garden room, 249.60, invoiced.
func plainly(id, guest int, paid string) order {
	o := order{id: id, reference: oddReference(id), guest: guest, currency: "USD", ago: 12, stay: 40, state: 8, paid: paid, invoice: id, rooms: gardenFor(2)}
	return o
}

func oddReference(id int) string {
	return "LARKODD" + string(rune('A'+id/26%26)) + string(rune('A'+id%26))
}

// payingFor is a payment of one order on its invoice.
func payingFor(id, order int, amount string) payment {
	return payment{id: id, reference: oddReference(order), currency: "USD", method: "Card at desk", ago: 12, shares: []share{{order, order, amount}}}
}

func (o order) in(currency string) order { o.currency = currency; return o }
func (p payment) in(currency string) payment {
	p.currency = currency
	return p
}

func odds() []odd {
	uninvoiced := plainly(214, 2, "50.00")
	uninvoiced.state, uninvoiced.invoice = 1, 0
	sibling, broken := plainly(207, 3, "0"), plainly(227, 1, "0")
	sibling.reference = oddReference(206)
	broken.reference, broken.unfinished, broken.invoice = oddReference(226), true, 0
	second := plainly(204, 3, "249.60")
	second.reference = oddReference(203)
	two := plainly(223, 2, "0")
	two.rooms[0].rooms = 2
	villa := plainly(208, 4, "120000000").in("JPY")
	villa.rooms = []room{{product: 3, hotel: 2, name: "Lake View", price: "55813953.49", nights: 2, group: 2}}
	with := plainly(222, 3, "0")
	with.vouchers = []voucher{{name: "Credit of slip 221", fixed: "499.20", rule: 921}}
	unlike := plainly(230, 1, "0")
	unlike.vouchers = []voucher{{name: "Odd", fixed: "24.96"}}
	return []odd{
		{name: "a slip whose number its column cannot hold, given back in money",
			orders: []order{plainly(200, 1, "249.60")}, payments: []payment{payingFor(200, 200, "249.60")},
			slips: []slip{{id: 300, order: 200, ago: 8, excl: "120.00", incl: "124.80"}}, returns: []ret{{id: 300, order: 200, ago: 8, state: 3, amount: "124.80", mode: "Bank wire", transaction: "RF-200", kind: 2, made: 300}},
			cases: []Case{{Flow: "credit_note", ID: "300", Total: "124.80", Refunded: "124.80", Open: "0"}}},
		{name: "a slip that QloApps itself marks as unpaid by the customer",
			orders: []order{plainly(201, 2, "0")}, slips: []slip{{id: 301, order: 201, ago: 8, excl: "60.00", incl: "62.40"}},
			returns: []ret{{id: 301, order: 201, ago: 8, state: 3, amount: "62.40", mode: "Unpaid by customer", transaction: "-", kind: 2, made: 301}},
			cases:   []Case{{Flow: "credit_note", ID: "301", Total: "62.40", Open: "0"}, {Flow: "invoice", ID: "201", Total: "249.60", Open: "187.20"}}},
		{name: "money and a voucher in one request",
			orders: []order{plainly(202, 1, "249.60")}, payments: []payment{payingFor(202, 202, "249.60")},
			returns: []ret{{id: 302, order: 202, ago: 8, state: 3, amount: "62.40", mode: "Cash", kind: 1, made: 902}},
			cases:   []Case{{Flow: "refund", ID: "302", Status: "held", Code: "totals_differ"}, {Flow: "payment", ID: "202", Total: "249.60"}}},
		{name: "shares that come to more than was paid",
			orders: []order{plainly(203, 3, "249.60"), second}, payments: []payment{payingFor(203, 203, "249.60")},
			then:  []string{"INSERT INTO {p}order_payment_detail (id_order_payment_detail, id_order_payment, id_order, amount, date_add) SELECT 20399, 203, 204, amount, date_add FROM {p}order_payment_detail WHERE id_order_payment = 203"},
			cases: []Case{{Flow: "payment", ID: "203", Status: "held", Code: "shares_differ"}, {Flow: "invoice", ID: "204", Total: "249.60", Open: "249.60"}}},
		{name: "a payment without shares, of the only order of its reference",
			orders: []order{plainly(205, 1, "249.60")}, payments: []payment{payingFor(205, 205, "249.60")},
			then:  []string{"DELETE FROM {p}order_payment_detail WHERE id_order_payment = 205", "DELETE FROM {p}order_invoice_payment WHERE id_order_payment = 205"},
			cases: []Case{{Flow: "payment", ID: "205", Total: "249.60", Open: "0"}, {Flow: "invoice", ID: "205", Total: "249.60", Open: "0"}}},
		{name: "a payment without shares, of a cart of two orders",
			orders: []order{plainly(206, 3, "150.00"), sibling}, payments: []payment{payingFor(206, 206, "150.00")},
			then:  []string{"DELETE FROM {p}order_payment_detail WHERE id_order_payment = 206", "DELETE FROM {p}order_invoice_payment WHERE id_order_payment = 206"},
			cases: []Case{{Flow: "payment", ID: "206", Status: "held", Code: "shares_missing"}, {Flow: "invoice", ID: "206", Total: "249.60", Notice: "paid_differs", Open: "249.60"}}},
		{name: "a payment that its column cut",
			orders: []order{villa}, payments: []payment{payingFor(208, 208, "120000000").in("JPY")},
			cases: []Case{{Flow: "invoice", ID: "208", Total: "120000000", Currency: "JPY", Notice: "paid_differs", Open: "20000000"}, {Flow: "payment", ID: "208", Total: "100000000", Currency: "JPY", Notice: "paid_differs"}}},
		{name: "a method in another spelling",
			orders: []order{plainly(209, 2, "249.60")}, payments: []payment{payingFor(209, 209, "249.60")},
			then:  []string{"UPDATE {p}order_payment SET payment_method = 'CARD at Dèsk ' WHERE id_order_payment = 209"},
			cases: []Case{{Flow: "payment", ID: "209", Total: "249.60", Open: "0"}}},
		{name: "paid again after cash back",
			orders:   []order{plainly(210, 1, "249.60")},
			payments: []payment{payingFor(210, 210, "249.60"), payingFor(211, 210, "-20.00"), payingFor(212, 210, "20.00")},
			cases:    []Case{{Flow: "invoice", ID: "210", Total: "249.60", Open: "0"}, {Flow: "payment", ID: "211", Refunded: "20"}, {Flow: "payment", ID: "212", Total: "20", Open: "0"}}},
		{name: "the first of two compound taxes was edited, and has the newer id",
			orders: []order{{id: 213, reference: oddReference(213), guest: 1, currency: "USD", ago: 12, stay: 9, state: 2, paid: "0", invoice: 213, rooms: []room{{product: 4, hotel: 2, name: "Boathouse Loft", price: "99.99", nights: 3, group: 3}}}},
			then: []string{"INSERT INTO {p}tax (id_tax, rate, active, deleted) VALUES (90, 10, 1, 0)", "UPDATE {p}tax SET deleted = 1 WHERE id_tax = 4", "UPDATE {p}tax_rule SET id_tax = 90 WHERE id_tax = 4",
				"UPDATE {p}order_detail_tax SET id_tax = 90 WHERE id_tax = 4"},
			cases: []Case{{Flow: "invoice", ID: "213", Total: "346.47"}}},
		{name: "a deposit given back before any invoice",
			orders: []order{uninvoiced}, payments: []payment{{id: 214, reference: oddReference(214), currency: "USD", method: "Cash", ago: 12, shares: []share{{214, 0, "50.00"}}}},
			returns: []ret{{id: 314, order: 214, ago: 8, state: 3, amount: "50.00", mode: "Cash"}},
			cases:   []Case{{Flow: "refund", ID: "314", Refunded: "50"}, {Flow: "payment", ID: "214", Total: "50", Open: "0"}}},
		{name: "a mean rate that cannot be one, and a payment at the column's default",
			orders: []order{plainly(215, 2, "249.60").in("EUR")}, payments: []payment{payingFor(215, 215, "249.60").in("EUR")},
			then:  []string{"UPDATE {p}orders SET conversion_rate = 0.35 WHERE id_order = 215", "UPDATE {p}order_payment SET conversion_rate = 1 WHERE id_order_payment = 215"},
			cases: []Case{{Flow: "invoice", ID: "215", Total: "249.60", Currency: "EUR", Notice: "rate_replaced"}, {Flow: "payment", ID: "215", Total: "249.60", Currency: "EUR", Notice: "rate_replaced"}}},
		{name: "a payment whose rate is nothing",
			orders: []order{plainly(216, 2, "249.60").in("EUR")}, payments: []payment{payingFor(216, 216, "249.60").in("EUR")},
			then:  []string{"UPDATE {p}order_payment SET conversion_rate = 0 WHERE id_order_payment = 216"},
			cases: []Case{{Flow: "invoice", ID: "216", Total: "249.60", Currency: "EUR"}, {Flow: "payment", ID: "216", Status: "held", Code: "no_rate"}}},
		{name: "a tax that was raised after the sale, before the slip and an edit",
			orders:   []order{plainly(217, 1, "249.60"), plainly(218, 1, "0")},
			payments: []payment{payingFor(217, 217, "249.60")},
			slips:    []slip{{id: 317, order: 217, ago: 5, excl: "117.74", incl: "124.80"}},
			returns:  []ret{{id: 317, order: 217, ago: 5, state: 3, amount: "124.80", mode: "Cash", kind: 2, made: 317}},
			then: []string{"INSERT INTO {p}tax (id_tax, rate, active, deleted) VALUES (91, 4, 1, 1), (92, 6, 1, 0)", "INSERT INTO {p}tax_rules_group (id_tax_rules_group, name) VALUES (20, 'City')",
				"INSERT INTO {p}tax_rule (id_tax_rules_group, id_country, id_tax, behavior) VALUES (20, 21, 92, 0)",
				"UPDATE {p}order_detail SET id_tax_rules_group = 20, product_id = 77 WHERE id_order IN (217, 218)",
				"UPDATE {p}order_detail_tax x JOIN {p}order_detail d ON d.id_order_detail = x.id_order_detail SET x.id_tax = IF(d.id_order = 217, 91, 92) WHERE d.id_order IN (217, 218)"},
			cases: []Case{{Flow: "credit_note", ID: "317", Total: "124.80", Refunded: "124.80", Open: "0", Notice: "tax_differs"}, {Flow: "invoice", ID: "218", Total: "249.60"}}},
		{name: "rows without a date",
			orders:   []order{plainly(219, 2, "249.60"), plainly(220, 2, "249.60")},
			payments: []payment{payingFor(219, 219, "249.60"), payingFor(220, 220, "249.60")},
			slips:    []slip{{id: 320, order: 220, ago: 5, excl: "60.00", incl: "62.40"}},
			then: []string{"UPDATE {p}order_invoice SET date_add = '0000-00-00 00:00:00' WHERE id_order_invoice = 219", "UPDATE {p}order_payment SET date_add = '0000-00-00 00:00:00' WHERE id_order_payment = 220",
				"UPDATE {p}order_slip SET date_add = '0000-00-00 00:00:00' WHERE id_order_slip = 320"},
			cases: []Case{{Flow: "invoice", ID: "219", Status: "held", Code: "no_date"}, {Flow: "payment", ID: "219", Total: "249.60", Open: "249.60"}, {Flow: "payment", ID: "220", Status: "held", Code: "no_date"},
				{Flow: "credit_note", ID: "320", Status: "held", Code: "no_date"}, {Flow: "invoice", ID: "220", Total: "249.60", Open: "249.60"}}},
		{name: "a voucher larger than the order that it pays",
			orders: []order{plainly(221, 3, "499.20"), with}, payments: []payment{payingFor(221, 221, "499.20")},
			slips: []slip{{id: 321, order: 221, ago: 10, excl: "480.00", incl: "499.20", voucher: 921}},
			then: []string{"UPDATE {p}orders SET total_paid_tax_incl = 499.20, total_paid_tax_excl = 480 WHERE id_order = 221", "UPDATE {p}order_invoice SET total_paid_tax_incl = 499.20, total_paid_tax_excl = 480 WHERE id_order = 221",
				"UPDATE {p}order_detail SET total_price_tax_incl = 499.20, total_price_tax_excl = 480 WHERE id_order = 221", "UPDATE {p}htl_booking_detail SET total_price_tax_incl = 499.20, total_price_tax_excl = 480 WHERE id_order = 221",
				"UPDATE {p}orders SET total_paid_tax_incl = 0, total_paid_tax_excl = 0 WHERE id_order = 222", "UPDATE {p}order_invoice SET total_paid_tax_incl = 0, total_paid_tax_excl = 0 WHERE id_order = 222"},
			cases: []Case{{Flow: "invoice", ID: "222", Total: "249.60", Notice: "voucher_credit", Open: "0"}, {Flow: "credit_note", ID: "321", Total: "499.20", Open: "249.60"}}},
		{name: "order lines that a change of rooms spoiled",
			orders: []order{two}, then: []string{"UPDATE {p}order_detail SET total_price_tax_excl = 240, total_price_tax_incl = 249.60 WHERE id_order = 223 AND is_booking_product = 1"},
			cases: []Case{{Flow: "invoice", ID: "223", Total: "499.20"}}},
		{name: "an order left one edit behind its invoice",
			orders: []order{plainly(224, 2, "0")}, then: []string{"UPDATE {p}orders SET total_paid_tax_excl = 120, total_paid_tax_incl = 124.80 WHERE id_order = 224"},
			cases: []Case{{Flow: "invoice", ID: "224", Total: "249.60", Notice: "order_stale"}}},
		{name: "an order whose history is gone",
			orders: []order{plainly(225, 2, "0")}, then: []string{"DELETE FROM {p}order_history WHERE id_order = 225"},
			cases: []Case{{Flow: "invoice", ID: "225", Status: "held", Code: "order_incomplete"}}},
		{name: "a cart of which one order broke off",
			orders: []order{plainly(226, 1, "249.60"), broken}, payments: []payment{payingFor(226, 226, "249.60")}, then: []string{"UPDATE {p}order_payment SET amount = 499.20 WHERE id_order_payment = 226"},
			cases: []Case{{Flow: "payment", ID: "226", Status: "held", Code: "shares_differ"}, {Flow: "invoice", ID: "226", Total: "249.60", Open: "249.60"}}},
		{name: "one payment in another currency, on a day of another rate",
			orders: []order{plainly(228, 2, "287.60").in("EUR")}, payments: []payment{payingFor(228, 228, "249.60").in("EUR"), payingFor(229, 228, "40.00")},
			cases: []Case{{Flow: "payment", ID: "228", Total: "249.60", Currency: "EUR", Open: "0"}, {Flow: "payment", ID: "229", Total: "38", Currency: "EUR", Open: "38"}}},
		{name: "a discount whose tax no rate of the lines has",
			orders: []order{unlike}, then: []string{"UPDATE {p}order_cart_rule SET value_tax_excl = 10 WHERE id_order = 230", "UPDATE {p}orders SET total_paid_tax_excl = 230 WHERE id_order = 230", "UPDATE {p}order_invoice SET total_paid_tax_excl = 230 WHERE id_order = 230"},
			cases: []Case{{Flow: "invoice", ID: "230", Status: "held", Code: "totals_differ"}}},
		{name: "an invoice that was made twice",
			orders: []order{plainly(231, 1, "0")}, then: []string{"INSERT INTO {p}order_invoice (id_order_invoice, id_order, number, total_paid_tax_excl, total_paid_tax_incl, date_add) SELECT 331, id_order, 331, total_paid_tax_excl, total_paid_tax_incl, date_add FROM {p}order_invoice WHERE id_order_invoice = 231"},
			cases: []Case{{Flow: "invoice", ID: "231", Status: "held", Code: "invoices_do_not_add_up"}, {Flow: "invoice", ID: "331", Status: "held", Code: "invoices_do_not_add_up"}}},
		{name: "a currency whose row is gone",
			orders: []order{plainly(232, 2, "0")}, then: []string{"UPDATE {p}orders SET id_currency = 77 WHERE id_order = 232"},
			cases: []Case{{Flow: "invoice", ID: "232", Status: "held", Code: "currency_gone"}}},
		{name: "a slip with an amount in one of its two columns",
			orders: []order{plainly(233, 1, "0")}, slips: []slip{{id: 333, order: 233, ago: 5, excl: "60.00", incl: "62.40"}}, then: []string{"UPDATE {p}order_slip SET total_products_tax_excl = 0, total_products_tax_incl = 0 WHERE id_order_slip = 333"},
			cases: []Case{{Flow: "credit_note", ID: "333", Status: "held", Code: "totals_differ"}}},
		{name: "a refund request that is denied, and yet names how money was given back",
			orders: []order{plainly(234, 1, "249.60")}, payments: []payment{payingFor(234, 234, "249.60")}, returns: []ret{{id: 334, order: 234, ago: 5, state: 2, amount: "62.40", mode: "Cash"}},
			cases: []Case{{Flow: "refund", ID: "334", Status: "held", Code: "totals_differ"}}},
		{name: "a stay without days",
			orders: []order{plainly(235, 2, "0")}, then: []string{"UPDATE {p}htl_booking_detail SET date_from = '0000-00-00 00:00:00' WHERE id_order = 235"},
			cases: []Case{{Flow: "invoice", ID: "235", Total: "249.60"}}},
		{name: "an amount with tax that no rate makes, of a stay without days",
			orders: []order{plainly(236, 2, "0")},
			then: []string{"UPDATE {p}htl_booking_detail SET date_from = '0000-00-00 00:00:00', total_price_tax_incl = 280 WHERE id_order = 236", "UPDATE {p}order_detail SET total_price_tax_incl = 280 WHERE id_order = 236",
				"UPDATE {p}orders SET total_paid_tax_incl = 280 WHERE id_order = 236", "UPDATE {p}order_invoice SET total_paid_tax_incl = 280 WHERE id_order = 236"},
			cases: []Case{{Flow: "invoice", ID: "236", Status: "held", Code: "totals_differ"}}},
	}
}
