package sample

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// writer turns specs into rows. The first error stops it.
type writer struct {
	ctx    context.Context
	conn   *sql.Conn
	prefix string
	now    time.Time
	older  bool // writes as QloApps 1.6
	err    error

	details, bookings, demands, rules, taxes int
	first                                    map[int]place // of each order's first room
}

// place names a room's rows, whose order it is, and the rate of its currency.
type place struct {
	detail, booking, guest int
	rate                   string
}

func (w *writer) insert(table string, columns string, values ...any) {
	if w.err != nil {
		return
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(values)), ", ")
	if _, err := w.conn.ExecContext(w.ctx, "INSERT INTO "+w.prefix+table+" ("+columns+") VALUES ("+marks+")", values...); err != nil {
		w.err = fmt.Errorf("sample hotel: %s: %w", table, err)
	}
}

func (w *writer) day(ago int) time.Time { return w.now.AddDate(0, 0, -ago) }

func (w *writer) text(t time.Time) string { return t.Format(time.DateTime) }

func (w *writer) guest(g guest) {
	at := w.text(w.day(60))
	switch {
	case g.gone:
	case w.older:
		w.insert("customer", "id_customer, company, firstname, lastname, email, active, is_guest, deleted, date_add, date_upd", g.id, g.company, g.first, g.last, g.email, !g.inactive, g.guest, g.deleted, at, at)
		w.insert("cart_customer_guest_detail", "id_cart, firstname, lastname, email, phone, date_add, date_upd", 0, g.first, g.last, g.email, "555 0199", at, at)
	default:
		w.insert("customer", "id_customer, company, firstname, lastname, email, phone, active, is_guest, deleted, date_add, date_upd", g.id, g.company, g.first, g.last, g.email, "555 0199", !g.inactive, g.guest, g.deleted, at, at)
	}
	w.insert("address", "id_address, id_country, id_state, id_customer, company, lastname, firstname, address1, postcode, city, vat_number, date_add, date_upd, deleted", 100+g.id, 21, 1, g.id, g.company, g.last, g.first,
		fmt.Sprintf("%d Willow Street", g.id), "53711", "Madison", g.vat, at, at, g.deleted > 0)
}

// taxGroups are the rates by tax rules group, with QloApps' way of adding them up.
var taxGroups = map[int]struct {
	taxes  []int
	method int
	factor decimal.Decimal
}{
	0: {nil, 1, d("1")},
	1: {[]int{1}, 1, d("1.04")},
	2: {[]int{2, 3}, 1, d("1.075")},
	3: {[]int{4, 5}, 2, d("1.155")},
}

func d(text string) decimal.Decimal { return decimal.RequireFromString(text) }

var currencies = map[string]struct {
	id   int
	rate string
}{"USD": {1, "1"}, "EUR": {2, "0.91"}, "JPY": {3, "151.2"}}

var hotelNames = map[int]string{1: "Larkspur House", 2: "Larkspur Lakeside", 3: "Larkspur Old Mill"}

// order writes everything of an order but its payments. Totals are sums of what was written.
func (w *writer) order(o order) {
	excl, incl := decimal.Zero, decimal.Zero
	add := func(e, i decimal.Decimal) { excl, incl = excl.Add(e), incl.Add(i) }
	invoice := any(nil)
	if o.invoice > 0 {
		invoice = o.invoice
	}
	hotel := 1
	for _, r := range o.rooms {
		hotel = r.hotel
		w.roomDetail(o, r, invoice, add)
	}
	for _, s := range o.services {
		w.service(o, s, invoice, add)
	}
	for _, v := range o.vouchers {
		vi, ve := v.amounts(incl, excl)
		w.rules++
		rule := v.rule
		if rule == 0 {
			rule = w.rules
			w.insert("cart_rule", "id_cart_rule, code", rule, "LARK"+v.percent+v.fixed)
		}
		w.insert("order_cart_rule", "id_order_cart_rule, id_order, id_cart_rule, id_order_invoice, name, value, value_tax_excl", w.rules, o.id, rule, invoice, v.name, vi, ve)
		add(ve.Neg(), vi.Neg())
	}
	excl, incl = excl.Round(2), incl.Round(2)
	c := currencies[o.currency]
	at := w.text(w.day(o.ago))
	state := o.state
	w.insert("orders", "id_order, reference, id_customer, id_cart, id_currency, id_address_invoice, id_address_tax, current_state, payment, source, conversion_rate, total_paid_tax_incl, total_paid_tax_excl, total_paid_real, invoice_date, date_add, date_upd",
		o.id, o.reference, o.guest, o.id, c.id, 100+o.guest, hotel, state, "Desk", "Website", c.rate, incl, excl, o.paid, "0000-00-00 00:00:00", at, at)
	if !o.unfinished {
		w.insert("order_history", "id_order, id_order_state, date_add", o.id, state, at)
	}
	if o.invoice > 0 {
		stale := decimal.Zero
		if o.stale != "" {
			stale = d(o.stale)
		}
		w.insert("order_invoice", "id_order_invoice, id_order, number, total_paid_tax_excl, total_paid_tax_incl, date_add", o.invoice, o.id, o.invoice, excl.Sub(stale), incl.Sub(stale), at)
	}
}

// roomDetail writes one room type of an order: a booking for each room, rounded by itself.
func (w *writer) roomDetail(o order, r room, invoice any, add func(e, i decimal.Decimal)) {
	w.details++
	detail := w.details
	group := taxGroups[r.group]
	from := w.day(o.ago - o.stay)
	excl, incl := decimal.Zero, decimal.Zero
	for n := range max(r.rooms, 1) {
		e := d(r.price).Mul(decimal.NewFromInt(int64(r.nights))).Round(2)
		i := d(r.price).Mul(group.factor).Round(6).Mul(decimal.NewFromInt(int64(r.nights))).Round(2)
		excl, incl = excl.Add(e), incl.Add(i)
		w.bookings++
		if _, there := w.first[o.id]; !there {
			w.first[o.id] = place{detail, w.bookings, o.guest, currencies[o.currency].rate}
		}
		at := w.text(w.day(o.ago))
		w.insert("htl_booking_detail", "id, id_product, id_order, id_order_detail, id_hotel, date_from, date_to, check_in, check_out, total_price_tax_excl, total_price_tax_incl, hotel_name, room_type_name, room_num, adults, children, date_add, date_upd",
			w.bookings, r.product, o.id, detail, r.hotel, from.Format(time.DateOnly)+" 00:00:00", from.AddDate(0, 0, r.nights).Format(time.DateOnly)+" 00:00:00", "0000-00-00 00:00:00", "0000-00-00 00:00:00", e, i,
			hotelNames[r.hotel], r.name, fmt.Sprintf("%d0%d", r.hotel, n+1), 2, r.children, at, at)
		for _, f := range r.facilities {
			fg := taxGroups[f.group]
			fi := d(f.price).Mul(fg.factor).Round(2)
			w.demands++
			w.insert("htl_booking_demands", "id_booking_demand, id_htl_booking, name, total_price_tax_excl, total_price_tax_incl, id_tax_rules_group, tax_computation_method", w.demands, w.bookings, f.name, f.price, fi, f.group, fg.method)
			for _, tax := range fg.taxes {
				w.insert("htl_booking_demands_tax", "id_booking_demand, id_tax", w.demands, tax)
			}
			add(d(f.price), fi)
		}
	}
	w.detail(detail, o, invoice, r.product, r.name, true, r.nights*max(r.rooms, 1), excl, incl, r.group)
	add(excl, incl)
}

// service writes one service with up to six decimals, as QloApps 1.7 keeps it, or with two, as 1.6 does.
func (w *writer) service(o order, s service, invoice any, add func(e, i decimal.Decimal)) {
	w.details++
	group := taxGroups[s.group]
	quantity := decimal.NewFromInt(int64(s.quantity))
	places := int32(6)
	if w.older {
		places = 2
	}
	excl := d(s.price).Mul(quantity).Round(places)
	incl := d(s.price).Mul(group.factor).Round(6).Mul(quantity).Round(places)
	lineGroup := s.group
	if s.untraced {
		lineGroup = 0
	}
	w.detail(w.details, o, invoice, s.product, s.name, false, s.quantity, excl, incl, lineGroup)
	at := w.text(w.day(o.ago))
	add(excl, incl)
	if w.older {
		w.insert("htl_room_type_service_product_order_detail", "id_product, id_order, id_order_detail, id_htl_booking_detail, total_price_tax_excl, total_price_tax_incl, quantity, date_add, date_upd", s.product, o.id, w.details, w.first[o.id].booking, excl, incl, s.quantity, at, at)
		return
	}
	w.insert("service_product_order_detail", "id_product, id_order, id_order_detail, id_htl_booking_detail, id_tax_rules_group, total_price_tax_excl, total_price_tax_incl, quantity, date_add, date_upd", s.product, o.id, w.details, 0, s.group, excl, incl, s.quantity, at, at)
}

func (w *writer) detail(id int, o order, invoice any, product int, name string, booking bool, quantity int, excl, incl decimal.Decimal, group int) {
	w.insert("order_detail", "id_order_detail, id_order, id_order_invoice, product_id, product_name, is_booking_product, product_quantity, total_price_tax_excl, total_price_tax_incl, id_tax_rules_group, tax_computation_method",
		id, o.id, invoice, product, name, booking, quantity, excl, incl, group, taxGroups[group].method)
	for _, tax := range taxGroups[group].taxes {
		w.insert("order_detail_tax", "id_order_detail, id_tax", id, tax)
	}
}

// amounts of a voucher: a part of everything, or a fixed sum at the order's mean tax.
func (v voucher) amounts(incl, excl decimal.Decimal) (vi, ve decimal.Decimal) {
	if v.percent != "" {
		part := d(v.percent).Div(d("100"))
		return incl.Mul(part).Round(2), excl.Mul(part).Round(2)
	}
	vi = d(v.fixed)
	return vi, vi.Mul(excl).Div(incl).Round(2)
}

func (w *writer) payment(p payment) {
	c := currencies[p.currency]
	at := w.text(w.day(p.ago))
	total := decimal.Zero
	for _, s := range p.shares {
		total = total.Add(d(s.amount))
	}
	w.insert("order_payment", "id_order_payment, order_reference, id_currency, amount, payment_method, conversion_rate, transaction_id, date_add", p.id, p.reference, c.id, total, p.method, c.rate, p.transaction, at)
	for n, s := range p.shares {
		share := p.id*10 + n
		w.insert("order_payment_detail", "id_order_payment_detail, id_order_payment, id_order, amount, date_add", share, p.id, s.order, s.amount, at)
		if s.invoice > 0 {
			w.insert("order_invoice_payment", "id_order_invoice, id_order_payment, id_order_payment_detail, id_order", s.invoice, p.id, share, s.order)
		}
	}
}

// slip writes a credit slip over one room, in the currency and at the rate of today.
func (w *writer) slip(s slip) {
	at, room := w.text(w.day(s.ago)), w.first[s.order]
	status := 1
	if s.voucher > 0 {
		status = 2
		w.insert("cart_rule", "id_cart_rule, code", s.voucher, fmt.Sprintf("CS%dC%dO%d", s.id, room.guest, s.order))
	}
	w.insert("order_slip", "id_order_slip, conversion_rate, id_customer, id_order, total_products_tax_excl, total_products_tax_incl, amount, redeem_status, id_cart_rule, date_add, date_upd",
		s.id, room.rate, room.guest, s.order, s.excl, s.incl, s.incl, status, s.voucher, at, at)
	w.insert("order_slip_detail", "id_order_slip, id_order_detail, id_htl_booking, product_quantity, total_price_tax_excl, total_price_tax_incl", s.id, room.detail, room.booking, 1, s.excl, s.incl)
}

func (w *writer) ret(r ret) {
	at, room := w.text(w.day(r.ago)), w.first[r.order]
	w.insert("order_return", "id_order_return, id_order, state, id_transaction, payment_mode, refunded_amount, id_return_type, return_type, date_add, date_upd", r.id, r.order, r.state, r.transaction, r.mode, r.amount, r.made, r.kind, at, at)
	w.insert("order_return_detail", "id_order_return, id_htl_booking, refunded_amount, id_order_detail, id_customization, product_quantity", r.id, room.booking, r.amount, room.detail, r.state == 3, 1)
}
