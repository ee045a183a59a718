package sample

type guest struct {
	id                               int
	first, last, email, company, vat string
	inactive, guest, gone            bool
	deleted                          int
}

type order struct {
	id         int
	reference  string
	guest      int
	currency   string
	ago        int // days before now at which it was made
	stay       int // days after that at which the stay begins
	state      int
	paid       string
	invoice    int
	stale      string // how far the invoice row lies below the order
	unfinished bool
	rooms      []room
	services   []service
	vouchers   []voucher
}

type room struct {
	product, hotel int
	name           string
	price          string // per night, tax excluded, in the order's currency
	nights, rooms  int
	children       int
	group          int
	facilities     []facility
}

type facility struct {
	name, price string
	group       int
}

type service struct {
	product  int
	name     string
	price    string
	quantity int
	group    int
	untraced bool // QloApps wrote no tax rows for it
}

type voucher struct {
	name, percent, fixed string
	rule                 int // id_cart_rule; 0 = a rule of its own
}

// slip is a credit slip over a part of an order's first room.
type slip struct {
	id, order, ago int
	excl, incl     string
	voucher        int // id_cart_rule it was turned into; 0 = none
}

// ret is a refund request for an order's first room.
type ret struct {
	id, order, ago    int
	state             int // 1 pending, 2 denied, 3 completed
	amount            string
	mode, transaction string // how money was given back; "" = not
	kind, made        int    // 1 a voucher, 2 a credit slip, and its id
}

type payment struct {
	id                          int
	reference, currency, method string
	transaction                 string
	ago                         int
	shares                      []share
}

type share struct {
	order, invoice int
	amount         string
}

var guests = append([]guest{
	{id: 1, first: "Nora", last: "Castellan", email: "nora@guests.example"},
	{id: 2, first: "Tomasz", last: "Wieliczko", email: "tw@guests.example"},
	{id: 3, first: "Ingrid", last: "Solberg", email: "office@solberg.example", company: "Solberg Shipping", vat: "NO 912 345 678"},
	{id: 4, first: "Haruto", last: "Kisaragi", email: "hk@guests.example"},
	{id: 5, first: "Milo", last: "Brandt", email: "anonymous-5@larkspur_anonymous.com", deleted: 2},
	{id: 6, first: "Petra", last: "Vogel", email: "petra@guests.example", inactive: true},
	{id: 7, first: "Owen", last: "Fairfax", email: "owen@guests.example", guest: true},
	{id: 8, first: "Lucia", last: "Marchetti", email: "lost@guests.example", gone: true},
}, namesakes()...)

// namesakes are ten guests of one name, who must become ten contacts.
func namesakes() []guest {
	var list []guest
	for n := range 10 {
		list = append(list, guest{id: 20 + n, first: "Alex", last: "Morgan", email: "alex@guests.example"})
	}
	return list
}

var garden = room{product: 1, hotel: 1, name: "Garden Room", price: "120", nights: 2, rooms: 1, group: 1}

func gardenFor(nights int) []room { r := garden; r.nights = nights; return []room{r} }

var orders = append([]order{
	{id: 1, reference: "LARKPLAIN", guest: 1, currency: "USD", ago: 40, stay: 3, state: 2, paid: "354.40", invoice: 1, rooms: gardenFor(3)},
	{id: 2, reference: "LARKTHREE", guest: 2, currency: "USD", ago: 38, stay: 10, state: 2, paid: "771.68", invoice: 2, rooms: []room{{product: 2, hotel: 1, name: "Tower Suite", price: "185.5", nights: 4, group: 1}}},
	{id: 3, reference: "LARKMIXED", guest: 3, currency: "EUR", ago: 36, stay: 5, state: 2, paid: "0", invoice: 3,
		rooms:    []room{{product: 3, hotel: 2, name: "Lake View", price: "122.841667", nights: 3, rooms: 2, children: 1, group: 2, facilities: []facility{{"Late departure", "29.51", 2}, {"Cot", "10.42", 0}}}},
		services: []service{{product: 11, name: "Sauna", price: "18.184803", quantity: 4, group: 2}, {product: 12, name: "Parking", price: "6.505044", quantity: 6, group: 0}, {product: 13, name: "Resort fee", price: "9.301292", quantity: 6, group: 2, untraced: true}},
		vouchers: []voucher{{name: "Autumn 10 %", percent: "10"}}},
	{id: 4, reference: "LARKCANCL", guest: 1, currency: "USD", ago: 35, stay: 6, state: 4, paid: "0", rooms: gardenFor(2)},
	{id: 5, reference: "LARKFIXED", guest: 2, currency: "USD", ago: 34, stay: 8, state: 8, paid: "210.00", invoice: 4, rooms: gardenFor(2), services: []service{{product: 11, name: "Sauna", price: "19.9833", quantity: 3, group: 2}}, vouchers: []voucher{{name: "Sorry", fixed: "25.00"}}},
	{id: 6, reference: "LARKSPLIT", guest: 3, currency: "USD", ago: 33, stay: 12, state: 2, paid: "249.60", invoice: 5, rooms: gardenFor(2)},
	{id: 7, reference: "LARKSPLIT", guest: 3, currency: "USD", ago: 33, stay: 14, state: 8, paid: "92.39", invoice: 6, rooms: []room{{product: 3, hotel: 2, name: "Lake View", price: "134.99", nights: 1, group: 2}}},
	{id: 8, reference: "LARKCOMPD", guest: 1, currency: "USD", ago: 30, stay: 9, state: 2, paid: "0", invoice: 7, rooms: []room{{product: 4, hotel: 2, name: "Boathouse Loft", price: "99.99", nights: 3, group: 3}}, services: []service{{product: 11, name: "Sauna", price: "19.99", quantity: 1, group: 2}}},
	{id: 9, reference: "LARKUNPAI", guest: 2, currency: "EUR", ago: 28, stay: 20, state: 1, paid: "0", rooms: []room{{product: 3, hotel: 2, name: "Lake View", price: "122.84", nights: 2, group: 2}}, vouchers: []voucher{{name: "Spring 5 %", percent: "5"}}},
	{id: 10, reference: "LARKADVAN", guest: 7, currency: "USD", ago: 26, stay: 30, state: 8, paid: "49.92", invoice: 8, rooms: gardenFor(2)},
	{id: 11, reference: "LARKSTALE", guest: 2, currency: "USD", ago: 24, stay: 15, state: 8, paid: "100.00", invoice: 9, stale: "21.4965", rooms: gardenFor(2), services: []service{{product: 11, name: "Sauna", price: "19.9967", quantity: 1, group: 2}}},
	{id: 12, reference: "LARKYENNN", guest: 4, currency: "JPY", ago: 22, stay: 11, state: 8, paid: "34826.96", invoice: 10, rooms: []room{{product: 3, hotel: 2, name: "Lake View", price: "21598.11", nights: 3, group: 2}}},
	{id: 13, reference: "LARKHALFW", guest: 1, currency: "USD", ago: 1, stay: 4, state: 2, paid: "0", unfinished: true, rooms: gardenFor(1)},
	{id: 14, reference: "LARKCENTT", guest: 2, currency: "USD", ago: 20, stay: 5, state: 2, paid: "0", invoice: 11, rooms: []room{{product: 3, hotel: 2, name: "Lake View", price: "33.35", nights: 1, rooms: 3, group: 2}}},
	{id: 15, reference: "LARKFREEE", guest: 6, currency: "USD", ago: 19, stay: 3, state: 2, paid: "0.00", invoice: 12, rooms: gardenFor(1), vouchers: []voucher{{name: "Prize draw", percent: "100"}}},
	{id: 16, reference: "LARKOVERP", guest: 1, currency: "USD", ago: 18, stay: 2, state: 2, paid: "260.00", invoice: 13, rooms: gardenFor(2)},
	{id: 17, reference: "LARKLOSTT", guest: 8, currency: "USD", ago: 17, stay: 6, state: 2, paid: "124.80", invoice: 14, rooms: gardenFor(1)},
	{id: 18, reference: "LARKGONEP", guest: 5, currency: "USD", ago: 16, stay: 4, state: 2, paid: "0", invoice: 15, rooms: gardenFor(1), services: []service{{product: 99, name: "Boat trip (no longer offered)", price: "55", quantity: 1, group: 1}}},
	{id: 19, reference: "LARKDEPOS", guest: 2, currency: "USD", ago: 15, stay: 40, state: 1, paid: "50.00", rooms: gardenFor(2)},
	{id: 20, reference: "LARKEUROS", guest: 1, currency: "USD", ago: 14, stay: 7, state: 8, paid: "154.95", invoice: 16, rooms: gardenFor(2)},
	{id: 21, reference: "LARKWIRED", guest: 1, currency: "USD", ago: 12, stay: 2, state: 2, paid: "249.60", invoice: 17, rooms: gardenFor(2)},
	{id: 22, reference: "LARKOPENN", guest: 2, currency: "USD", ago: 12, stay: 3, state: 8, paid: "100.00", invoice: 18, rooms: gardenFor(2)},
	{id: 23, reference: "LARKTURND", guest: 3, currency: "USD", ago: 11, stay: 1, state: 5, paid: "249.60", invoice: 19, rooms: gardenFor(2)},
	{id: 24, reference: "LARKVOUCH", guest: 3, currency: "USD", ago: 6, stay: 4, state: 2, paid: "124.80", invoice: 20, rooms: gardenFor(3), vouchers: []voucher{{name: "Credit of slip 3", fixed: "249.60", rule: 900}}},
	{id: 25, reference: "LARKCASHB", guest: 2, currency: "USD", ago: 11, stay: 2, state: 2, paid: "124.80", invoice: 21, rooms: gardenFor(1)},
	{id: 26, reference: "LARKASKED", guest: 1, currency: "USD", ago: 9, stay: 5, state: 2, paid: "124.80", invoice: 22, rooms: gardenFor(1)},
}, namesakeOrders()...)

func namesakeOrders() []order {
	var list []order
	for n := range 10 {
		list = append(list, order{id: 30 + n, reference: "LARKALEX" + string(rune('A'+n)), guest: 20 + n, currency: "USD", ago: 10 - n%5, stay: 2, state: 2, paid: "124.80", invoice: 30 + n, rooms: gardenFor(1)})
	}
	return list
}

var payments = append([]payment{
	{id: 1, reference: "LARKPLAIN", currency: "USD", method: "Card at desk", ago: 40, shares: []share{{1, 1, "374.40"}}},
	{id: 2, reference: "LARKTHREE", currency: "USD", method: "Card at desk", ago: 38, shares: []share{{2, 2, "200.00"}}},
	{id: 3, reference: "LARKTHREE", currency: "USD", method: "Cash", ago: 30, shares: []share{{2, 2, "300.00"}}},
	{id: 4, reference: "LARKTHREE", currency: "USD", method: "Bank wire", transaction: "WIRE-77", ago: 29, shares: []share{{2, 2, "271.68"}}},
	{id: 5, reference: "LARKFIXED", currency: "USD", method: "Cash", ago: 34, shares: []share{{5, 4, "210.00"}}},
	{id: 6, reference: "LARKSPLIT", currency: "USD", method: "Bank wire", transaction: "SPLIT-2", ago: 33, shares: []share{{6, 5, "249.60"}, {7, 6, "92.39"}}},
	{id: 7, reference: "LARKADVAN", currency: "USD", method: "Card online", ago: 26, shares: []share{{10, 8, "49.92"}}},
	{id: 8, reference: "LARKSTALE", currency: "USD", method: "Cash", ago: 24, shares: []share{{11, 9, "100.00"}}},
	{id: 9, reference: "LARKYENNN", currency: "JPY", method: "Card online", ago: 22, shares: []share{{12, 10, "34826.96"}}},
	{id: 10, reference: "LARKFREEE", currency: "USD", method: "Free order", ago: 19, shares: []share{{15, 12, "0.00"}}},
	{id: 11, reference: "LARKOVERP", currency: "USD", method: "Cash", ago: 18, shares: []share{{16, 13, "260.00"}}},
	{id: 12, reference: "LARKLOSTT", currency: "USD", method: "Card at desk", ago: 17, shares: []share{{17, 14, "124.80"}}},
	{id: 13, reference: "LARKDEPOS", currency: "USD", method: "Bank wire", transaction: "DEP-9", ago: 15, shares: []share{{19, 0, "50.00"}}},
	{id: 14, reference: "LARKEUROS", currency: "USD", method: "Card at desk", ago: 14, shares: []share{{20, 16, "100.00"}}},
	{id: 15, reference: "LARKEUROS", currency: "EUR", method: "Card at desk", ago: 13, shares: []share{{20, 16, "50.00"}}},
	{id: 16, reference: "LARKPLAIN", currency: "USD", method: "Cash", ago: 5, shares: []share{{1, 1, "-20.00"}}},
	{id: 17, reference: "LARKWIRED", currency: "USD", method: "Bank wire", transaction: "WIRE-90", ago: 12, shares: []share{{21, 17, "249.60"}}},
	{id: 18, reference: "LARKOPENN", currency: "USD", method: "Cash", ago: 12, shares: []share{{22, 18, "100.00"}}},
	{id: 19, reference: "LARKTURND", currency: "USD", method: "Card at desk", ago: 11, shares: []share{{23, 19, "249.60"}}},
	{id: 20, reference: "LARKVOUCH", currency: "USD", method: "Card at desk", ago: 6, shares: []share{{24, 20, "124.80"}}},
	{id: 21, reference: "LARKCASHB", currency: "USD", method: "Cash", ago: 11, shares: []share{{25, 21, "124.80"}}},
	{id: 22, reference: "LARKASKED", currency: "USD", method: "Card at desk", ago: 9, shares: []share{{26, 22, "124.80"}}},
}, namesakePayments()...)

var slips = []slip{
	{id: 1, order: 21, ago: 8, excl: "120.00", incl: "124.80"},
	{id: 2, order: 22, ago: 8, excl: "60.00", incl: "62.40"},
	{id: 3, order: 23, ago: 7, excl: "240.00", incl: "249.60", voucher: 900},
	{id: 4, order: 26, ago: 5, excl: "30.00", incl: "31.20"},
}

var returns = []ret{
	{id: 1, order: 21, ago: 8, state: 3, amount: "124.80", mode: "Bank wire", transaction: "RF-21", kind: 2, made: 1},
	{id: 2, order: 22, ago: 8, state: 3, amount: "62.40", kind: 2, made: 2},
	{id: 3, order: 23, ago: 7, state: 3, amount: "249.60", kind: 2, made: 3},
	{id: 4, order: 25, ago: 7, state: 3, amount: "62.40", mode: "Cash"},
	{id: 5, order: 26, ago: 7, state: 2, amount: "0"},
	{id: 6, order: 26, ago: 6, state: 1, amount: "0"},
	{id: 7, order: 26, ago: 6, state: 3, amount: "50.00", kind: 1, made: 901},
}

func namesakePayments() []payment {
	var list []payment
	for n := range 10 {
		list = append(list, payment{id: 30 + n, reference: "LARKALEX" + string(rune('A'+n)), currency: "USD", method: "Card at desk", ago: 10 - n%5, shares: []share{{30 + n, 30 + n, "124.80"}}})
	}
	return list
}
