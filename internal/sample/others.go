package sample

import (
	"fmt"
	"strings"
)

// Other instances of the kinds of odd rows: another column that cuts, another pair of figures that
// contradict each other, another row that is gone. Their ids begin at 400.

// sums writes what an order and its only invoice say that it costs.
func sums(order int, excl, incl string) []string {
	set := fmt.Sprintf(" SET total_paid_tax_excl = %s, total_paid_tax_incl = %s WHERE id_order = %d", excl, incl, order)
	return []string{"UPDATE {p}orders" + set, "UPDATE {p}order_invoice" + set}
}

// priced writes what the only room of an order costs, in its line and in its booking.
func priced(order int, excl, incl string) []string {
	set := fmt.Sprintf(" SET total_price_tax_excl = %s, total_price_tax_incl = %s WHERE id_order = %d", excl, incl, order)
	return []string{"UPDATE {p}order_detail" + set + " AND is_booking_product = 1", "UPDATE {p}htl_booking_detail" + set}
}

// taxedBy gives an order's room a tax group of its own, with other tax rows.
func taxedBy(order, group, method int, taxes ...int) []string {
	list := []string{fmt.Sprintf("UPDATE {p}order_detail SET id_tax_rules_group = %d, tax_computation_method = %d, product_id = 77 WHERE id_order = %d", group, method, order),
		fmt.Sprintf("DELETE x FROM {p}order_detail_tax x JOIN {p}order_detail d ON d.id_order_detail = x.id_order_detail WHERE d.id_order = %d", order)}
	for _, tax := range taxes {
		list = append(list, fmt.Sprintf("INSERT INTO {p}order_detail_tax (id_order_detail, id_tax) SELECT id_order_detail, %d FROM {p}order_detail WHERE id_order = %d", tax, order))
	}
	return list
}

func flat(lists ...[]string) (all []string) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

func (o order) of(guest int) order           { o.guest = guest; return o }
func (o order) with(s ...service) order      { o.services = s; return o }
func (o order) less(v ...voucher) order      { o.vouchers = v; return o }
func (o order) referring(other int) order    { o.reference = oddReference(other); return o }
func (o order) facing(f ...facility) order   { o.rooms[0].facilities = f; return o }
func (p payment) by(method string) payment   { p.method = method; return p }
func (p payment) shared(s ...share) payment  { p.shares = append(p.shares, s...); return p }
func (p payment) beforeInvoice() payment     { p.shares[0].invoice = 0; return p }
func invoiceOf(id string, total string) Case { return Case{Flow: "invoice", ID: id, Total: total} }
func paymentOf(id string, total string) Case { return Case{Flow: "payment", ID: id, Total: total} }
func noteOf(id string, total string) Case    { return Case{Flow: "credit_note", ID: id, Total: total} }
func refundOf(id string) Case                { return Case{Flow: "refund", ID: id} }
func (c Case) held(code string) Case         { c.Status, c.Code, c.Total = "held", code, ""; return c }
func (c Case) open(amount string) Case       { c.Open = amount; return c }
func (c Case) back(amount string) Case       { c.Refunded = amount; return c }
func (c Case) in(currency string) Case       { c.Currency = currency; return c }
func (c Case) noting(code string) Case       { c.Notice = code; return c }
func slipOf(id, order int, incl string) slip {
	return slip{id: id, order: order, ago: 8, excl: d(incl).Div(d("1.04")).Round(2).String(), incl: incl}
}
func (s slip) as(rule int) slip     { s.voucher = rule; return s }
func (s slip) net(excl string) slip { s.excl = excl; return s }
func askedBack(id, order int, amount, mode string) ret {
	return ret{id: id, order: order, ago: 8, state: 3, amount: amount, mode: mode}
}
func (r ret) onSlip(slip int) ret { r.kind, r.made = 2, slip; return r }

func yen(id int, paid string) order {
	o := plainly(id, 4, paid).in("JPY")
	o.rooms = []room{{product: 3, hotel: 2, name: "Lake View", price: "5000", nights: 2, group: 2}}
	return o
}

func deposited(id int, paid string) order {
	o := plainly(id, 2, paid)
	o.state, o.invoice = 1, 0
	return o
}

// others are these instances by kind.
func others() (list []odd) {
	for _, part := range [][]odd{cut(), shared(), undatedRows(), goneRows(), marked(), vouchers(), negative(), twice(), otherCurrencies(), otherTaxes(), contradicting()} {
		list = append(list, part...)
	}
	return list
}

func cut() []odd {
	villa := yen(400, "0")
	villa.rooms[0].price = "55813953.49"
	long := payingFor(404, 404, "249.60").by(strings.Repeat("Überweisung nach Rechnung", 10) + "fünf.")
	return []odd{
		{name: "a slip that its narrower column cut", orders: []order{villa}, slips: []slip{slipOf(400, 400, "120000000").net("111627906.98")},
			cases: []Case{noteOf("400", "120000000").in("JPY").noting("slip_differs").open("0"), invoiceOf("400", "120000000").in("JPY").open("0")}},
		{name: "a request that names another order's slip", orders: []order{plainly(401, 1, "249.60")}, payments: []payment{payingFor(401, 401, "249.60")},
			slips: []slip{slipOf(401, 401, "124.80")}, returns: []ret{askedBack(401, 401, "124.80", "Cash").onSlip(1)},
			cases: []Case{noteOf("401", "124.80").back("124.80").open("0")}},
		{name: "slip 255 itself beside one that its column cannot hold", orders: []order{plainly(402, 1, "249.60")}, payments: []payment{payingFor(402, 402, "249.60")},
			slips: []slip{slipOf(255, 402, "62.40"), slipOf(402, 402, "124.80")}, returns: []ret{askedBack(402, 402, "62.40", "Cash").onSlip(255), askedBack(403, 402, "124.80", "Bank wire").onSlip(402)},
			cases: []Case{noteOf("255", "62.40").back("62.40").open("0"), noteOf("402", "124.80").back("124.80").open("0")}},
		{name: "a method as long as its column", orders: []order{plainly(404, 2, "249.60")}, payments: []payment{long},
			cases: []Case{paymentOf("404", "249.60").open("0")}},
		{name: "a payment without a method", orders: []order{plainly(405, 2, "249.60")}, payments: []payment{payingFor(405, 405, "249.60").by("")},
			cases: []Case{paymentOf("405", "249.60").open("0")}},
	}
}

func shared() []odd {
	gone := "INSERT INTO {p}order_payment_detail (id_order_payment_detail, id_order_payment, id_order, amount, date_add) SELECT 40699, 406, 99999, 100, date_add FROM {p}order_payment_detail WHERE id_order_payment = 406"
	return []odd{
		{name: "a payment in two shares of one order", orders: []order{plainly(403, 1, "249.60")}, payments: []payment{payingFor(403, 403, "124.80").shared(share{403, 0, "124.80"})},
			cases: []Case{paymentOf("403", "249.60").open("0"), invoiceOf("403", "249.60").open("0")}},
		{name: "a share of an order that is gone", orders: []order{plainly(406, 1, "249.60")}, payments: []payment{payingFor(406, 406, "249.60")}, then: []string{gone, "UPDATE {p}order_payment SET amount = 349.60 WHERE id_order_payment = 406"},
			cases: []Case{paymentOf("406", "").held("order_incomplete"), invoiceOf("406", "249.60").open("249.60")}},
		{name: "a payment whose only share is of an order that is gone", orders: []order{plainly(409, 1, "249.60")}, payments: []payment{payingFor(409, 409, "249.60")}, then: []string{"UPDATE {p}order_payment_detail SET id_order = 99998 WHERE id_order_payment = 409", "DELETE FROM {p}order_invoice_payment WHERE id_order_payment = 409"},
			cases: []Case{paymentOf("409", "").held("order_incomplete"), invoiceOf("409", "249.60").noting("paid_differs").open("249.60")}},
		{name: "a payment of nothing with a share", orders: []order{plainly(407, 2, "58")}, payments: []payment{payingFor(407, 407, "58")}, then: []string{"UPDATE {p}order_payment SET amount = 0 WHERE id_order_payment = 407"},
			cases: []Case{paymentOf("407", "").held("shares_differ"), invoiceOf("407", "249.60").open("249.60")}},
		{name: "a payment of the other sign than its share", orders: []order{plainly(408, 2, "58")}, payments: []payment{payingFor(408, 408, "58")}, then: []string{"UPDATE {p}order_payment SET amount = -58 WHERE id_order_payment = 408"},
			cases: []Case{paymentOf("408", "").held("shares_differ"), invoiceOf("408", "249.60").open("249.60")}},
		{name: "one payment entered twice", orders: []order{plainly(410, 1, "499.20")}, payments: []payment{payingFor(410, 410, "249.60"), payingFor(411, 410, "249.60")},
			cases: []Case{paymentOf("410", "249.60").open("0"), paymentOf("411", "249.60").open("249.60").noting("overpaid"), invoiceOf("410", "249.60").open("0")}},
		{name: "one payment entered twice, and counted once", orders: []order{plainly(412, 1, "124.80")}, payments: []payment{payingFor(412, 412, "124.80"), payingFor(413, 412, "124.80")},
			cases: []Case{paymentOf("412", "124.80").open("0").noting("paid_differs"), paymentOf("413", "124.80").open("0").noting("paid_differs"), invoiceOf("412", "249.60").open("0").noting("paid_differs")}},
		{name: "two payments in another currency that do not come to what was paid", orders: []order{plainly(414, 2, "300")},
			payments: []payment{payingFor(414, 414, "100"), payingFor(415, 414, "50").in("EUR"), payingFor(416, 414, "60").in("EUR")},
			cases:    []Case{paymentOf("414", "100").open("0"), paymentOf("415", "").held("paid_differs"), paymentOf("416", "").held("paid_differs"), invoiceOf("414", "249.60").open("149.60")}},
	}
}

func undatedRows() []odd {
	never := "'0000-00-00 00:00:00'"
	return []odd{
		{name: "money back without a date", orders: []order{plainly(420, 1, "249.60")}, payments: []payment{payingFor(420, 420, "249.60")}, returns: []ret{askedBack(420, 420, "62.40", "Cash")},
			then: []string{"UPDATE {p}order_return SET date_upd = " + never + " WHERE id_order_return = 420"}, cases: []Case{refundOf("420").held("no_date")}},
		{name: "a request without a date, of a slip that has one", orders: []order{plainly(421, 1, "249.60")}, payments: []payment{payingFor(421, 421, "249.60")}, slips: []slip{slipOf(421, 421, "62.40")},
			returns: []ret{askedBack(421, 421, "62.40", "Cash").onSlip(421)}, then: []string{"UPDATE {p}order_return SET date_upd = " + never + " WHERE id_order_return = 421"},
			cases: []Case{noteOf("421", "").held("no_date")}},
		{name: "an order without a date", orders: []order{plainly(422, 2, "0")}, then: []string{"UPDATE {p}orders SET date_add = " + never + " WHERE id_order = 422"},
			cases: []Case{{Flow: "sales_order", ID: "422", Status: "held", Code: "no_date"}, invoiceOf("422", "249.60")}},
		{name: "cash back without a date", orders: []order{plainly(423, 2, "229.60")}, payments: []payment{payingFor(423, 423, "249.60"), payingFor(424, 423, "-20")}, then: []string{"UPDATE {p}order_payment SET date_add = " + never + " WHERE id_order_payment = 424"},
			cases: []Case{paymentOf("423", "249.60").open("20"), paymentOf("424", "").held("no_date"), invoiceOf("423", "249.60").open("20")}},
		{name: "a date without a day", orders: []order{plainly(425, 2, "0")}, then: []string{"UPDATE {p}order_invoice SET date_add = '2026-05-00 00:00:00' WHERE id_order = 425"},
			cases: []Case{invoiceOf("425", "").held("no_date")}},
	}
}

func goneRows() []odd {
	return []odd{
		{name: "the hotel of an order is gone", orders: []order{plainly(426, 2, "0")}, then: []string{"UPDATE {p}orders SET id_address_tax = 9999 WHERE id_order = 426", "UPDATE {p}htl_booking_detail SET id_hotel = 77, hotel_name = 'Gone Inn' WHERE id_order = 426"},
			cases: []Case{invoiceOf("426", "249.60")}},
		{name: "the state of an order is gone", orders: []order{plainly(427, 2, "0")}, then: []string{"UPDATE {p}orders SET current_state = 99 WHERE id_order = 427"}, cases: []Case{invoiceOf("427", "249.60")}},
		{name: "the state of a request is gone", orders: []order{plainly(428, 1, "249.60")}, payments: []payment{payingFor(428, 428, "249.60")}, returns: []ret{{id: 428, order: 428, ago: 8, state: 9, amount: "62.40", mode: "Cash"}},
			cases: []Case{refundOf("428").held("totals_differ")}},
		{name: "taxes and their group are gone", orders: []order{plainly(429, 2, "0")}, then: flat(taxedBy(429, 88, 1, 999), priced(429, "240", "257.28"), sums(429, "240", "257.28")),
			cases: []Case{invoiceOf("429", "").held("totals_differ")}},
		{name: "the language of an order is gone", orders: []order{plainly(430, 2, "0")}, then: []string{"UPDATE {p}orders SET id_lang = 7 WHERE id_order = 430"}, cases: []Case{invoiceOf("430", "249.60")}},
		{name: "the currency of a payment is gone", orders: []order{plainly(431, 2, "249.60")}, payments: []payment{payingFor(431, 431, "227.14")}, then: []string{"UPDATE {p}order_payment SET id_currency = 88, conversion_rate = 0.91 WHERE id_order_payment = 431"},
			cases: []Case{paymentOf("431", "249.60").open("0")}},
		{name: "bookings are gone", orders: []order{plainly(432, 2, "0")}, then: []string{"DELETE FROM {p}htl_booking_detail WHERE id_order = 432"}, cases: []Case{invoiceOf("432", "249.60")}},
		{name: "a guest with two addresses", orders: []order{plainly(433, 2, "0")}, then: []string{"INSERT INTO {p}address (id_address, id_country, id_customer, alias, lastname, firstname, address1, city, date_add, date_upd) SELECT 9433, id_country, id_customer, alias, lastname, firstname, address1, city, date_add, date_upd FROM {p}address WHERE id_address = 102"},
			cases: []Case{invoiceOf("433", "249.60")}},
		{name: "guest and address are gone", orders: []order{plainly(434, 2, "0")}, then: []string{"UPDATE {p}orders SET id_customer = 7777, id_address_invoice = 7777 WHERE id_order = 434"},
			cases: []Case{invoiceOf("434", "249.60")}},
		{name: "an order of nobody", orders: []order{plainly(435, 2, "249.60")}, payments: []payment{payingFor(435, 435, "249.60")}, then: []string{"UPDATE {p}orders SET id_customer = 0 WHERE id_order = 435"},
			cases: []Case{invoiceOf("435", "249.60").open("0"), paymentOf("435", "249.60").open("0")}},
	}
}

func marked() []odd {
	paid := func(id int) (o []order, p []payment) {
		return []order{plainly(id, 1, "249.60")}, []payment{payingFor(id, id, "249.60")}
	}
	one := func(name string, id int, r ret, cases ...Case) odd {
		o, p := paid(id)
		return odd{name: name, orders: o, payments: p, returns: []ret{r}, cases: cases}
	}
	nothing := func(id string) Case { return refundOf(id) }
	other := askedBack(444, 444, "62.40", "Cash")
	other.kind = 3
	unsaid := askedBack(445, 445, "62.40", "")
	unsaid.transaction = "RF-445"
	negative := askedBack(446, 446, "-62.40", "Cash")
	return []odd{
		one("marked as a voucher, of no kind", 440, askedBack(440, 440, "62.40", "Voucher"), nothing("440")),
		one("marked as unpaid, of no kind", 441, askedBack(441, 441, "62.40", "Unpaid by customer"), nothing("441")),
		one("a method of blanks", 442, askedBack(442, 442, "62.40", "   "), nothing("442")),
		one("a mark in another spelling is a method", 443, askedBack(443, 443, "62.40", "voucher"), refundOf("443").total("62.40").back("62.40").open("0")),
		one("a request of a kind that QloApps does not have", 444, other, refundOf("444").held("totals_differ")),
		one("only a transaction tells of money", 445, unsaid, nothing("445")),
		one("a negative amount given back", 446, negative, refundOf("446").held("totals_differ")),
		{name: "more given back than the slip", orders: []order{plainly(447, 1, "249.60")}, payments: []payment{payingFor(447, 447, "249.60")}, slips: []slip{slipOf(147, 447, "62.40")}, returns: []ret{askedBack(447, 447, "70", "Cash").onSlip(147)},
			cases: []Case{noteOf("147", "").held("totals_differ")}},
		{name: "less given back than the slip, of an order that owes", orders: []order{plainly(448, 1, "200")}, payments: []payment{payingFor(448, 448, "200")}, slips: []slip{slipOf(148, 448, "124.80")}, returns: []ret{askedBack(448, 448, "100", "Cash").onSlip(148)},
			cases: []Case{noteOf("148", "124.80").back("100").open("0"), invoiceOf("448", "249.60").open("24.80")}},
	}
}

func (c Case) total(amount string) Case { c.Total = amount; return c }

func vouchers() []odd {
	cot := facility{"Cot", "11.45", 0}
	source, first, second, third := plainly(450, 3, "499.20"), plainly(451, 3, "0").facing(cot).less(voucher{name: "Spring 10 %", percent: "10"}, voucher{name: "Credit of slip 450", fixed: "499.20", rule: 950}), plainly(452, 3, "0").less(voucher{name: "Rest", fixed: "264.26", rule: 951}), plainly(453, 3, "234.94").less(voucher{name: "Rest of the rest", fixed: "14.66", rule: 952})
	left := func(rule int, code string) string {
		return fmt.Sprintf("INSERT INTO {p}cart_rule (id_cart_rule, code) VALUES (%d, '%s')", rule, code)
	}
	yens, used := yen(456, "10750"), yen(457, "0").less(voucher{name: "Credit of slip 456", fixed: "1000.40", rule: 956})
	return []odd{
		{name: "a voucher larger than an order with facilities and a discount, its rest, and the rest of that", orders: []order{source, first, second, third}, payments: []payment{payingFor(450, 450, "499.20"), payingFor(453, 453, "234.94")},
			slips: []slip{slipOf(450, 450, "499.20").as(950)}, then: flat(priced(450, "480", "499.20"), sums(450, "480", "499.20"), sums(451, "0", "0"), sums(452, "0", "0"), []string{left(951, "CS450C3O450-2"), left(952, "CS450C3O450-2-2")}),
			cases: []Case{invoiceOf("451", "234.94").noting("voucher_credit").open("0"), invoiceOf("452", "249.60").noting("voucher_credit").open("0"), invoiceOf("453", "249.60").noting("voucher_credit").open("0"), paymentOf("453", "234.94").open("0"), noteOf("450", "499.20").open("0")}},
		{name: "what is left of a slip's voucher, of which the row is gone", orders: []order{plainly(458, 3, "499.20"), plainly(459, 3, "149.60").less(voucher{name: "Voucher for credit slip #RE000458", fixed: "100", rule: 958})}, payments: []payment{payingFor(458, 458, "499.20"), payingFor(459, 459, "149.60")},
			slips: []slip{slipOf(458, 458, "249.60").as(957)}, then: flat(priced(458, "480", "499.20"), sums(458, "480", "499.20"), []string{"DELETE FROM {p}cart_rule WHERE id_cart_rule = 958"}),
			cases: []Case{invoiceOf("459", "249.60").noting("voucher_credit").open("0"), paymentOf("459", "149.60").open("0"), noteOf("458", "249.60").open("149.60")}},
		{name: "what is left of a slip's voucher, of which row and slip are gone", orders: []order{plainly(449, 2, "149.60").less(voucher{name: "Voucher for credit slip #RE000399", fixed: "100", rule: 959})}, payments: []payment{payingFor(449, 449, "149.60")},
			then:  []string{"DELETE FROM {p}cart_rule WHERE id_cart_rule = 959"},
			cases: []Case{invoiceOf("449", "").held("totals_differ"), paymentOf("449", "149.60").open("149.60")}},
		{name: "a voucher that another guest used", orders: []order{plainly(454, 3, "249.60"), plainly(455, 2, "124.80").less(voucher{name: "Credit of slip 454", fixed: "124.80", rule: 954})}, payments: []payment{payingFor(454, 454, "249.60"), payingFor(455, 455, "124.80")},
			slips: []slip{slipOf(454, 454, "124.80").as(954)},
			cases: []Case{noteOf("454", "124.80").open("124.80"), invoiceOf("455", "").held("totals_differ"), paymentOf("455", "124.80").open("124.80")}},
		{name: "a voucher in a currency without decimals", orders: []order{yens, used}, payments: []payment{payingFor(456, 456, "10750").in("JPY")}, slips: []slip{slipOf(456, 456, "1000.40").net("930.60").as(956)},
			cases: []Case{noteOf("456", "1000").in("JPY").open("0"), invoiceOf("457", "10750").in("JPY").noting("voucher_credit").open("9750")}},
	}
}

func negative() []odd {
	one := deposited(463, "70")
	return []odd{
		{name: "a negative slip", orders: []order{plainly(460, 1, "249.60")}, payments: []payment{payingFor(460, 460, "249.60")}, slips: []slip{slipOf(460, 460, "-62.40")},
			cases: []Case{noteOf("460", "").held("totals_differ"), invoiceOf("460", "249.60").open("0")}},
		{name: "a service with a negative price", orders: []order{plainly(461, 1, "0").with(service{product: 10, name: "Sorry", price: "-20", quantity: 1, group: 1})},
			cases: []Case{invoiceOf("461", "228.80").open("228.80")}},
		{name: "a negative discount", orders: []order{plainly(462, 1, "0").less(voucher{name: "Late fee", fixed: "-10"})}, cases: []Case{invoiceOf("462", "").held("totals_differ")}},
		{name: "cash back before any invoice", orders: []order{one}, payments: []payment{payingFor(463, 463, "100").beforeInvoice(), payingFor(464, 463, "-30").beforeInvoice()},
			cases: []Case{paymentOf("463", "100").open("70"), paymentOf("464", "").back("30")}},
		{name: "cash back of what nobody paid", orders: []order{plainly(465, 1, "-20")}, payments: []payment{payingFor(465, 465, "-20")},
			cases: []Case{paymentOf("465", "").held("negative_payment"), invoiceOf("465", "249.60").open("249.60")}},
		{name: "a facility with a negative price", orders: []order{plainly(466, 1, "0").facing(facility{"Cot", "-11.45", 0})}, cases: []Case{invoiceOf("466", "238.15").open("238.15")}},
	}
}

func twice() []odd {
	again := plainly(471, 2, "0")
	return []odd{
		{name: "two invoices with one number", orders: []order{plainly(470, 1, "0"), again}, then: []string{"UPDATE {p}order_invoice SET number = 470 WHERE id_order = 471"}}, // one of them stands, and the other is refused: which one is chance
		{name: "tax rows written twice", orders: []order{plainly(472, 2, "0")}, then: []string{"INSERT INTO {p}order_detail_tax SELECT x.* FROM {p}order_detail_tax x JOIN {p}order_detail d ON d.id_order_detail = x.id_order_detail WHERE d.id_order = 472"},
			cases: []Case{invoiceOf("472", "249.60")}},
		{name: "bookings written twice", orders: []order{plainly(473, 2, "0")}, then: []string{"INSERT INTO {p}htl_booking_detail SELECT 9473, id_product, id_order, id_order_detail, id_hotel, date_from, date_to, check_in, check_out, total_price_tax_excl, total_price_tax_incl, hotel_name, room_type_name, room_num, adults, children, is_refunded, date_add, date_upd FROM {p}htl_booking_detail WHERE id_order = 473"},
			cases: []Case{invoiceOf("473", "249.60")}},
		{name: "two invoices without a number", orders: []order{plainly(474, 2, "0"), plainly(475, 2, "0")}, then: []string{"UPDATE {p}order_invoice SET number = 0 WHERE id_order IN (474, 475)"},
			cases: []Case{invoiceOf("474", "249.60"), invoiceOf("475", "249.60")}},
		{name: "two invoices that add up", orders: []order{plainly(476, 2, "214.56").with(service{product: 10, name: "Breakfast", price: "14", quantity: 1, group: 1})}, payments: []payment{payingFor(476, 476, "200"), payingFor(477, 476, "14.56")},
			then: []string{"INSERT INTO {p}order_invoice (id_order_invoice, id_order, number, total_paid_tax_excl, total_paid_tax_incl, date_add) SELECT 477, id_order, 477, 14, 14.56, date_add FROM {p}order_invoice WHERE id_order_invoice = 476",
				"UPDATE {p}order_invoice SET total_paid_tax_excl = 240, total_paid_tax_incl = 249.60 WHERE id_order_invoice = 476", "UPDATE {p}order_detail SET id_order_invoice = 477 WHERE id_order = 476 AND is_booking_product = 0", "UPDATE {p}order_invoice_payment SET id_order_invoice = 477 WHERE id_order_payment = 477"},
			cases: []Case{invoiceOf("476", "249.60").open("49.60"), invoiceOf("477", "14.56").open("0"), paymentOf("476", "200").open("0"), paymentOf("477", "14.56").open("0")}},
		{name: "a slip of one of two invoices", orders: []order{plainly(478, 2, "0").with(service{product: 10, name: "Breakfast", price: "14", quantity: 1, group: 1})}, slips: []slip{slipOf(478, 478, "62.40")},
			then: []string{"INSERT INTO {p}order_invoice (id_order_invoice, id_order, number, total_paid_tax_excl, total_paid_tax_incl, date_add) SELECT 479, id_order, 479, 240, 249.60, date_add FROM {p}order_invoice WHERE id_order_invoice = 478",
				"UPDATE {p}order_invoice SET total_paid_tax_excl = 14, total_paid_tax_incl = 14.56 WHERE id_order_invoice = 478", "UPDATE {p}order_detail SET id_order_invoice = 479 WHERE id_order = 478 AND is_booking_product = 1"},
			cases: []Case{invoiceOf("478", "14.56").open("14.56"), invoiceOf("479", "249.60").open("187.20"), noteOf("478", "62.40").open("0")}},
		{name: "a slip over both invoices of an order", orders: []order{plainly(494, 2, "249.60").with(service{product: 10, name: "Breakfast", price: "14", quantity: 1, group: 1})}, payments: []payment{payingFor(494, 494, "249.60")}, slips: []slip{slipOf(494, 494, "62.40")},
			then: []string{"INSERT INTO {p}order_invoice (id_order_invoice, id_order, number, total_paid_tax_excl, total_paid_tax_incl, date_add) SELECT 495, id_order, 495, 14, 14.56, date_add FROM {p}order_invoice WHERE id_order_invoice = 494",
				"UPDATE {p}order_invoice SET total_paid_tax_excl = 240, total_paid_tax_incl = 249.60 WHERE id_order_invoice = 494", "UPDATE {p}order_detail SET id_order_invoice = 495 WHERE id_order = 494 AND is_booking_product = 0",
				"INSERT INTO {p}order_slip_detail (id_order_slip, id_order_detail, product_quantity, total_price_tax_excl, total_price_tax_incl) SELECT 494, id_order_detail, 1, 10, 10.40 FROM {p}order_detail WHERE id_order = 494 AND is_booking_product = 0",
				"UPDATE {p}order_slip SET total_products_tax_excl = 70, total_products_tax_incl = 72.80, amount = 72.80 WHERE id_order_slip = 494"},
			cases: []Case{invoiceOf("494", "249.60").open("0"), invoiceOf("495", "14.56").open("4.16"), noteOf("494", "72.80").open("62.40"), paymentOf("494", "249.60").open("0")}},
	}
}

func otherCurrencies() []odd {
	dinar := plainly(486, 2, "124.81").in("EUR")
	euro := "INSERT INTO {p}currency (id_currency, name, iso_code, conversion_rate, deleted, active) VALUES (20, 'Euro', 'EUR', 0.5, 1, 0)"
	return []odd{
		{name: "an order's rate of exactly one", orders: []order{plainly(480, 2, "0").in("EUR")}, then: []string{"UPDATE {p}orders SET conversion_rate = 1 WHERE id_order = 480"}, cases: []Case{invoiceOf("480", "249.60").in("EUR").noting("rate_replaced")}},
		{name: "an order's rate of nothing, its payment at a rate", orders: []order{plainly(481, 2, "249.60").in("EUR")}, payments: []payment{payingFor(481, 481, "249.60").in("EUR")}, then: []string{"UPDATE {p}orders SET conversion_rate = 0 WHERE id_order = 481"},
			cases: []Case{invoiceOf("481", "").held("no_rate"), paymentOf("481", "249.60").in("EUR").open("249.60")}},
		{name: "a slip's rate that cannot be one, and one of nothing", orders: []order{plainly(482, 2, "0").in("EUR")}, slips: []slip{slipOf(482, 482, "62.40"), slipOf(483, 482, "31.20")}, then: []string{"UPDATE {p}order_slip SET conversion_rate = IF(id_order_slip = 482, 0.3, 0) WHERE id_order = 482"},
			cases: []Case{noteOf("482", "62.40").in("EUR").noting("rate_replaced"), noteOf("483", "").held("no_rate")}},
		{name: "a former row of a currency", orders: []order{plainly(484, 2, "0").in("EUR")}, then: []string{euro, "UPDATE {p}orders SET id_currency = 20, conversion_rate = 0.5 WHERE id_order = 484"}, cases: []Case{invoiceOf("484", "249.60").in("EUR").noting("rate_replaced")}},
		{name: "a currency of three decimals", orders: []order{dinar}, payments: []payment{payingFor(486, 486, "124.81").in("EUR")}, then: []string{"INSERT INTO {p}currency (id_currency, name, iso_code, conversion_rate, deleted, active) VALUES (21, 'Dinar', 'KWD', 0.31, 0, 1)", "UPDATE {p}orders SET id_currency = 21, conversion_rate = 0.31 WHERE id_order = 486", "UPDATE {p}order_payment SET id_currency = 21, conversion_rate = 0.31 WHERE id_order_payment = 486"},
			cases: []Case{invoiceOf("486", "249.60").in("KWD").open("124.79"), paymentOf("486", "124.81").in("KWD").open("0")}},
		{name: "parts of a yen in three payments", orders: []order{yen(487, "10750")}, payments: []payment{payingFor(487, 487, "3333.33").in("JPY"), payingFor(488, 487, "3333.33").in("JPY"), payingFor(489, 487, "4083.34").in("JPY")},
			cases: []Case{paymentOf("487", "3333").in("JPY"), paymentOf("488", "3334").in("JPY"), paymentOf("489", "4083").in("JPY"), invoiceOf("487", "10750").in("JPY").open("0")}},
		{name: "a slip of parts of a yen, wired back", orders: []order{yen(490, "10750")}, payments: []payment{payingFor(490, 490, "10750").in("JPY")}, slips: []slip{slipOf(490, 490, "62.40").net("58.05")}, returns: []ret{askedBack(490, 490, "62.40", "Cash").onSlip(490)},
			cases: []Case{noteOf("490", "62").in("JPY").back("62").open("0")}},
		{name: "less than a yen given back", orders: []order{yen(491, "10749.60")}, payments: []payment{payingFor(491, 491, "10750").in("JPY"), payingFor(492, 491, "-0.40").in("JPY")},
			cases: []Case{paymentOf("491", "10750").in("JPY").open("0"), paymentOf("492", "").in("JPY"), invoiceOf("491", "10750").in("JPY").open("0")}},
	}
}

func otherTaxes() []odd {
	return []odd{
		{name: "a tax deleted and made again at the same rate", orders: []order{plainly(500, 2, "0")}, then: flat([]string{"INSERT INTO {p}tax (id_tax, rate, active, deleted) VALUES (93, 4, 0, 1)"}, taxedBy(500, 1, 1, 93)), cases: []Case{invoiceOf("500", "249.60")}},
		{name: "a tax of nothing", orders: []order{plainly(501, 2, "0")}, then: flat([]string{"INSERT INTO {p}tax (id_tax, rate, active, deleted) VALUES (94, 0, 1, 0)"}, taxedBy(501, 1, 1, 94), priced(501, "240", "240"), sums(501, "240", "240")), cases: []Case{invoiceOf("501", "240")}},
		{name: "a rate of three decimals", orders: []order{plainly(502, 2, "0")}, then: flat([]string{"INSERT INTO {p}tax (id_tax, rate, active, deleted) VALUES (95, 6.125, 1, 0)"}, taxedBy(502, 0, 1, 95), priced(502, "240", "254.70"), sums(502, "240", "254.70")), cases: []Case{invoiceOf("502", "254.70")}},
		{name: "two compound taxes of one rate", orders: []order{plainly(503, 2, "0")}, then: flat([]string{"INSERT INTO {p}tax (id_tax, rate, active, deleted) VALUES (96, 5, 1, 0), (97, 5, 1, 0)"}, taxedBy(503, 0, 2, 96, 97), priced(503, "240", "264.60"), sums(503, "240", "264.60")), cases: []Case{invoiceOf("503", "264.60")}},
		{name: "three compound taxes", orders: []order{plainly(504, 2, "0")}, then: flat([]string{"INSERT INTO {p}tax (id_tax, rate, active, deleted) VALUES (98, 10, 1, 0), (99, 5, 1, 0), (100, 2, 1, 0)"}, taxedBy(504, 0, 2, 98, 99, 100),
			[]string{"UPDATE {p}order_detail_tax x JOIN {p}order_detail d ON d.id_order_detail = x.id_order_detail SET x.unit_amount = CASE x.id_tax WHEN 98 THEN 24 WHEN 99 THEN 13.2 ELSE 5.544 END WHERE d.id_order = 504"}, priced(504, "240", "282.74"), sums(504, "240", "282.74")), cases: []Case{invoiceOf("504", "").held("totals_differ")}},
		{name: "amounts rounded in the total alone", orders: []order{plainly(505, 2, "0").with(service{product: 10, name: "Breakfast", price: "14.123457", quantity: 1, group: 1})},
			then:  flat(priced(505, "240.666667", "250.293334"), []string{"UPDATE {p}order_detail SET total_price_tax_excl = 14.123457, total_price_tax_incl = 14.688395 WHERE id_order = 505 AND is_booking_product = 0"}, sums(505, "254.79", "264.98")),
			cases: []Case{invoiceOf("505", "264.98")}},
		{name: "a tax that was switched off between lines and total", orders: []order{plainly(506, 2, "0")}, then: sums(506, "249.60", "249.60"), cases: []Case{invoiceOf("506", "").held("totals_differ")}},
		{name: "more without tax than with it", orders: []order{plainly(507, 2, "0")}, then: flat(priced(507, "249.60", "240"), sums(507, "249.60", "240")), cases: []Case{invoiceOf("507", "").held("totals_differ")}},
		{name: "nothing but tax", orders: []order{plainly(508, 2, "0")}, then: flat(priced(508, "0", "9.60"), sums(508, "0", "9.60")), cases: []Case{invoiceOf("508", "").held("totals_differ")}},
	}
}

func contradicting() []odd {
	return []odd{
		{name: "a discount whose row is gone", orders: []order{plainly(510, 2, "0").less(voucher{name: "Spring 10 %", percent: "10"})}, then: []string{"DELETE FROM {p}order_cart_rule WHERE id_order = 510"}, cases: []Case{invoiceOf("510", "").held("totals_differ")}},
		{name: "an order that costs nothing, with lines and an invoice that do not", orders: []order{plainly(511, 2, "0")}, then: []string{"UPDATE {p}orders SET total_paid_tax_excl = 0, total_paid_tax_incl = 0 WHERE id_order = 511"}, cases: []Case{invoiceOf("511", "249.60").noting("order_stale")}},
		{name: "an invoice over nothing, of an order that costs something", orders: []order{plainly(512, 2, "0")}, then: []string{"UPDATE {p}order_invoice SET total_paid_tax_excl = 0, total_paid_tax_incl = 0 WHERE id_order = 512"}, cases: []Case{invoiceOf("512", "249.60").noting("invoice_stale")}},
		{name: "a slip whose parts do not come to it", orders: []order{plainly(513, 1, "0")}, slips: []slip{slipOf(513, 513, "124.80")}, then: []string{"UPDATE {p}order_slip_detail SET total_price_tax_excl = 60, total_price_tax_incl = 62.40 WHERE id_order_slip = 513"}, cases: []Case{noteOf("513", "").held("totals_differ")}},
		{name: "a slip with more without tax than with it", orders: []order{plainly(514, 1, "0")}, slips: []slip{slipOf(514, 514, "124.80").net("130")}, cases: []Case{noteOf("514", "124.80").noting("tax_differs").open("0")}},
		{name: "a discount of more than the order", orders: []order{plainly(515, 1, "0").less(voucher{name: "Too much", fixed: "300"})}, then: sums(515, "0", "0"), cases: []Case{invoiceOf("515", "0")}},
		{name: "one request for money entered twice", orders: []order{plainly(518, 1, "249.60")}, payments: []payment{payingFor(518, 518, "249.60")}, returns: []ret{askedBack(518, 518, "249.60", "Cash"), askedBack(519, 518, "249.60", "Cash")},
			cases: []Case{refundOf("518").total("249.60").back("249.60").open("0").noting("slips_exceed"), refundOf("519").held("slips_exceed")}},
		{name: "money back beside a slip, over more than was billed", orders: []order{plainly(520, 1, "249.60")}, payments: []payment{payingFor(520, 520, "249.60")}, slips: []slip{slipOf(520, 520, "62.40")}, returns: []ret{askedBack(520, 520, "249.60", "Cash")},
			cases: []Case{noteOf("520", "62.40").noting("slips_exceed").open("62.40"), refundOf("520").held("slips_exceed")}},
		{name: "slips over more than was billed", orders: []order{plainly(516, 1, "249.60")}, payments: []payment{payingFor(516, 516, "249.60")}, slips: []slip{slipOf(516, 516, "249.60"), slipOf(517, 516, "62.40")}, cases: []Case{noteOf("516", "249.60").noting("slips_exceed").open("249.60"), noteOf("517", "62.40").noting("slips_exceed").open("62.40")}},
	}
}
