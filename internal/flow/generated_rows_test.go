package flow

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/sample"
)

// TestGeneratedOrdersAreReadToTheSameCents writes bookings as rows of either version of QloApps, reads them as the
// product does, and judges what was read: what is posted, what is held, and why.
func TestGeneratedOrdersAreReadToTheSameCents(t *testing.T) {
	t.Parallel()

	orders := 400
	if testing.Short() {
		orders = 100
	}
	if text := os.Getenv("QLOBOOKS_ORDERS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		orders = max(orders, n/20)
	}
	for n, version := range []string{"1.6", "1.7"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			places := map[string]int32{"1.6": 2, "1.7": 6}[version]
			w := writer{dice: rand.New(rand.NewPCG(11, uint64(places))), places: places, odd: 12}
			list := make([]booking, orders/2)
			for k := range list {
				list[k] = w.booking()
			}
			throughRows(t, version, list)
			generated(t, roundings[n], len(list), w.odd, func(k int) booking { return list[k] })
		})
	}
}

// throughRows writes bookings, and what they were edited to, as rows and has each of them mean what is read of these.
func throughRows(t *testing.T, version string, list []booking) {
	t.Helper()
	dsn := privatetest.Database(t)
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	load := sample.Load
	if version == "1.6" {
		load = sample.LoadOlder
	}
	if err := load(t.Context(), db, "qlo_", arrival); err != nil {
		t.Fatal(err)
	}
	rows := tableRows{services: "service_product_order_detail", grouped: true, into: map[string][]string{}}
	if version == "1.6" {
		rows.services, rows.grouped = "htl_room_type_service_product_order_detail", false
	}
	rows.masters()
	var ids []string
	for k := range list {
		list[k].order = fmt.Sprint(1000 + 2*k)
		rows.booking(list[k])
		ids = append(ids, list[k].order)
		later := list[k].Later
		if later != nil && !slices.ContainsFunc(later.Lines, room) { // whose facilities were they?
			list[k].Later, later = nil, nil
		}
		if later != nil {
			later.order = fmt.Sprint(1001 + 2*k)
			rows.booking(*later)
			ids = append(ids, later.order)
		}
	}
	if err := rows.write(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	read, err := reader(t, dsn).Orders(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	for k := range list {
		list[k].meaning(t, read)
		if list[k].Later != nil {
			list[k].Later.meaning(t, read)
		}
	}
}

// meaning has a booking be what was read of its rows, under the ids that a judgement gives.
func (b *booking) meaning(t *testing.T, read map[string]*qloapps.Order) {
	t.Helper()
	o := read[b.order]
	if o == nil || len(o.Lines) != len(b.Lines) || len(o.Invoices) != 1 || len(o.Discounts) != len(b.Discounts) {
		t.Fatalf("of order %s was read: %+v, written was %s", b.order, o, b)
	}
	lines := make([]qloapps.Line, len(b.Lines))
	for _, l := range o.Lines {
		n, err := strconv.Atoi(strings.TrimPrefix(l.ID, b.order))
		if err != nil || n < 1 || n > len(lines) || string(l.Kind) != b.Lines[n-1].Kind || !l.Incl.Equal(m(b.Lines[n-1].Incl)) {
			t.Fatalf("order %s was written as %s, and has the line %+v", b.order, b, l)
		}
		l.InvoiceID = "1"
		lines[n-1] = l
	}
	for n := range o.Discounts {
		o.Discounts[n].InvoiceID = "1"
	}
	o.ID, o.CustomerID, o.Lines, o.Invoices[0].ID, b.read = "1", "1", lines, "1", o
}

// again is an order whose rows may be changed without the first.
func again(o *qloapps.Order) *qloapps.Order {
	x := *o
	x.Lines, x.Discounts, x.Invoices, x.Contradictions = slices.Clone(o.Lines), slices.Clone(o.Discounts), slices.Clone(o.Invoices), slices.Clone(o.Contradictions)
	for n := range x.Lines {
		x.Lines[n].Rates = slices.Clone(o.Lines[n].Rates)
	}
	return &x
}

func room(l item) bool { return l.Kind == string(qloapps.RoomLine) }

// tableRows are the values to be written into each table, which is named with its columns.
type tableRows struct {
	services string // the table of a version, and whether its rows name a tax group
	grouped  bool
	into     map[string][]string
}

func (r tableRows) add(table string, values ...any) {
	texts := make([]string, len(values))
	for n, v := range values {
		texts[n] = "'" + fmt.Sprint(v) + "'"
	}
	r.into[table] = append(r.into[table], "("+strings.Join(texts, ", ")+")")
}

func (r tableRows) write(ctx context.Context, db *sql.DB) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "SET SESSION sql_mode = ''"); err != nil { // as QloApps connects
		return err
	}
	for table, rows := range r.into {
		for part := range slices.Chunk(rows, 2000) {
			if _, err := conn.ExecContext(ctx, "REPLACE INTO qlo_"+table+" VALUES "+strings.Join(part, ", ")); err != nil {
				return fmt.Errorf("%s: %w", table, err)
			}
		}
	}
	return nil
}

// Ids of the currencies and, from these on, of the taxes and groups of each rate key.
var currencyIDs = map[string]int{"USD": 1, "EUR": 2, "JPY": 3, "KWD": 6}

const firstTax, firstGroup = 100, 100

// masters are the currencies, taxes and services that the bookings use.
func (r tableRows) masters() {
	for iso, id := range currencyIDs {
		r.add("currency (id_currency, name, iso_code, conversion_rate, deleted, active)", id, iso, iso, ownRates[iso], 0, 1)
		r.add("currency_shop (id_currency, id_shop, conversion_rate)", id, 1, ownRates[iso])
	}
	for n, key := range rateKeys {
		r.add("tax_rules_group (id_tax_rules_group, name)", firstGroup+n, key)
		behavior := 0
		if s := set(key); len(s.Rates) > 1 {
			behavior = 1
			if s.Compound {
				behavior = 2
			}
		}
		for part, rate := range set(key).Rates {
			r.add("tax (id_tax, rate)", firstTax+10*n+part, rate)
			r.add("tax_rule (id_tax_rules_group, id_country, id_tax, behavior)", firstGroup+n, 21, firstTax+10*n+part, behavior)
		}
	}
	for n := range 60 {
		r.add("product (id_product, id_tax_rules_group, price, active, booking_product, date_add, date_upd)", 20+n, 0, 10, 1, 0, arrival.Format(time.DateTime), arrival.Format(time.DateTime))
	}
}

// groupOf is the tax group of a rate key, 0 of none.
func groupOf(key string) int {
	if n := slices.Index(rateKeys, key); n >= 0 {
		return firstGroup + n
	}
	return 0
}

// taxed is the group of a rate key with QloApps' method, and notes the taxes of a line's row.
func (r tableRows) taxed(table, key string, id any, unit money.Decimal) (group, method int) {
	n := slices.Index(rateKeys, key)
	if n < 0 {
		return 0, 1
	}
	s := set(key)
	for part, rate := range s.Rates {
		amount := unit.Mul(rate).Mul(m("0.01"))
		if s.Compound {
			unit = unit.Add(amount)
		}
		r.add(table, id, firstTax+10*n+part, amount.Round(6))
	}
	if s.Compound {
		return groupOf(key), 2
	}
	return groupOf(key), 1
}

// booking writes an order as QloApps does: one line of all rooms of a type, each a booking with its facilities.
func (r tableRows) booking(b booking) {
	i, at, id := b.invoice(), arrival.Format(time.DateTime), func(n int) string { return b.order + fmt.Sprintf("%02d", n+1) }
	o := i.Order
	r.add("orders (id_order, reference, id_customer, id_cart, id_currency, id_address_invoice, id_address_tax, current_state, payment, source, conversion_rate, total_paid_tax_incl, total_paid_tax_excl, total_paid_real, invoice_date, date_add, date_upd)",
		b.order, "GENR"+b.order, 1, b.order, currencyIDs[b.Currency], 101, 1, 2, "Desk", "Website", o.Rate, o.TotalIncl, o.TotalExcl, 0, at, at, at)
	r.add("order_history (id_order, id_order_state, date_add)", b.order, 2, at)
	r.add("order_invoice (id_order_invoice, id_order, number, total_paid_tax_excl, total_paid_tax_incl, date_add)", b.order, b.order, b.order, o.TotalExcl, o.TotalIncl, at)
	detail := func(id, productID string, booked int, lines []qloapps.Line, key string) {
		quantity, excl, incl := money.Zero, money.Zero, money.Zero
		for _, l := range lines {
			quantity, excl, incl = quantity.Add(l.Quantity), excl.Add(l.Excl), incl.Add(l.Incl)
		}
		group, method := r.taxed("order_detail_tax (id_order_detail, id_tax, unit_amount)", key, id, excl.DivRound(quantity, 6))
		r.add("order_detail (id_order_detail, id_order, id_order_invoice, product_id, product_name, is_booking_product, product_quantity, total_price_tax_excl, total_price_tax_incl, id_tax_rules_group, tax_computation_method)",
			id, b.order, b.order, productID, "Sold", booked, quantity, excl, incl, group, method)
	}
	rooms, first, last := map[string][]qloapps.Line{}, map[string]int{}, id(max(0, slices.IndexFunc(b.Lines, room)))
	for n, l := range o.Lines {
		switch key := b.Lines[n].Rate; l.Kind {
		case qloapps.RoomLine:
			if _, there := first[l.ProductID]; !there {
				first[l.ProductID] = n
			}
			rooms[l.ProductID], last = append(rooms[l.ProductID], l), id(n)
			r.add("htl_booking_detail (id, id_product, id_order, id_order_detail, id_hotel, date_from, date_to, total_price_tax_excl, total_price_tax_incl, hotel_name, room_type_name, room_num, adults, children)",
				id(n), l.ProductID, b.order, id(first[l.ProductID]), 1, l.From.Format(time.DateTime), l.To.Format(time.DateTime), l.Excl, l.Incl, "Larkspur House", "Room", n, 2, 0)
		case qloapps.FacilityLine:
			group, method := r.taxed("htl_booking_demands_tax (id_booking_demand, id_tax, unit_amount)", key, id(n), l.Excl)
			r.add("htl_booking_demands (id_booking_demand, id_htl_booking, name, total_price_tax_excl, total_price_tax_incl, id_tax_rules_group, tax_computation_method)", id(n), last, "Crib", l.Excl, l.Incl, group, method)
		default:
			detail(id(n), l.ProductID, 0, []qloapps.Line{l}, key)
			columns, values := "", []any{l.ProductID, b.order, id(n), 0, l.Excl, l.Incl, l.Quantity}
			if r.grouped {
				columns, values = ", id_tax_rules_group", append(values, groupOf(key))
			}
			r.add(r.services+" (id_product, id_order, id_order_detail, id_htl_booking_detail, total_price_tax_excl, total_price_tax_incl, quantity"+columns+")", values...)
		}
	}
	for productID, lines := range rooms {
		detail(id(first[productID]), productID, 1, lines, b.Lines[first[productID]].Rate)
	}
	for n, d := range o.Discounts {
		r.add("cart_rule (id_cart_rule, code, reduction_product)", id(n), "WEEKEND"+id(n), "0"+d.ProductID)
		r.add("order_cart_rule (id_order_cart_rule, id_order, id_cart_rule, id_order_invoice, name, value, value_tax_excl)", id(n), b.order, id(n), b.order, "Weekend", d.Incl, d.Excl)
	}
}
