package sample

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/shopspring/decimal"
)

// Paid is one of many like orders: a stay, invoiced and paid in full by one payment. Its id is also
// that of its invoice and of its payment.
type Paid struct {
	ID    int
	Guest int
	Total string
}

// Crowd says how many paid orders are added, over how many guests and room types of their own.
// All ids begin at First.
type Crowd struct{ First, Orders, Guests, RoomTypes int }

// AddPaid adds a crowd to a hotel made by Load. No two of its orders have the same total.
func AddPaid(ctx context.Context, db *sql.DB, prefix string, now time.Time, c Crowd) ([]Paid, error) {
	list := make([]Paid, c.Orders)
	err := c.add(ctx, db, prefix, now, func(w *writer) {
		for i := range list {
			o := c.order(i)
			o.state, o.paid, o.invoice = 2, o.cost().String(), o.id
			w.order(o)
			w.payment(o.payment(o.cost()))
			list[i] = Paid{ID: o.id, Guest: o.guest, Total: o.cost().String()}
		}
	})
	return list, err
}

// add writes the guests and room types of a crowd, and its orders by write, in one transaction.
func (c Crowd) add(ctx context.Context, db *sql.DB, prefix string, now time.Time, write func(w *writer)) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	for _, statement := range []string{"SET SESSION sql_mode = ''", "BEGIN"} {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	w := &writer{ctx: ctx, conn: conn, prefix: prefix, now: now, details: c.First, bookings: c.First, demands: c.First, rules: c.First, first: map[int]place{}}
	for g := range c.Guests {
		w.guest(guest{id: c.First + g, first: "Guest", last: Words(c.First + g), email: fmt.Sprintf("guest%d@many.example", c.First+g)})
	}
	for r := range c.RoomTypes {
		w.roomType(c.First+r, "Room "+Words(c.First+r))
	}
	write(w)
	if w.err != nil {
		return w.err
	}
	_, err = conn.ExecContext(ctx, "COMMIT")
	return err
}

// order is the i-th of a crowd: one room for one night, at a price of its own. Guests and room
// types come up one after the other, so that late orders need new ones too.
func (c Crowd) order(i int) order {
	id, product := c.First+i, 1
	if c.RoomTypes > 0 {
		product = c.First + i*c.RoomTypes/c.Orders
	}
	return order{id: id, reference: fmt.Sprintf("M%08d", id), guest: c.First + i*c.Guests/c.Orders, currency: "USD", ago: 1 + i%20, stay: 2, state: 1, paid: "0",
		rooms: []room{{product: product, hotel: 1, name: "Garden Room", price: decimal.New(int64(8000+id), -2).String(), nights: 1, rooms: 1, group: 1}}}
}

// cost is what the only room of an order of a crowd costs with tax.
func (o order) cost() decimal.Decimal {
	r := o.rooms[0]
	return d(r.price).Mul(taxGroups[r.group].factor).Round(6).Mul(decimal.NewFromInt(int64(r.nights))).Round(2)
}

// payment pays an order of a crowd on its invoice, if it has one.
func (o order) payment(amount decimal.Decimal) payment {
	return payment{id: o.id, reference: o.reference, currency: o.currency, method: "Card at desk", ago: o.ago, shares: []share{{o.id, o.invoice, amount.String()}}}
}

func (w *writer) roomType(id int, name string) {
	at := w.text(w.day(60))
	w.insert("product", "id_product, id_tax_rules_group, price, active, booking_product, date_add, date_upd", id, 1, 120, 1, 1, at, at)
	w.insert("product_shop", "id_product, id_shop, id_tax_rules_group, price, active, date_upd", id, 1, 1, 120, 1, at)
	w.insert("product_lang", "id_product, id_shop, id_lang, name", id, 1, 1, name)
	w.insert("htl_room_type", "id, id_product, id_hotel", id, id, 1)
}

// Words spells a number in letters, as names hold no digits.
func Words(n int) string {
	name := []byte{}
	for ; n > 0; n /= 26 {
		name = append(name, byte('a'+n%26))
	}
	name[0] -= 'a' - 'A'
	return string(name)
}
