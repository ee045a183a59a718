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
	first, n, guests := c.First, c.Orders, c.Guests
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	for _, statement := range []string{"SET SESSION sql_mode = ''", "BEGIN"} {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return nil, err
		}
	}
	w := &writer{ctx: ctx, conn: conn, prefix: prefix, now: now, details: first, bookings: first, demands: first, first: map[int]place{}}
	for g := range guests {
		w.guest(guest{id: first + g, first: "Guest", last: words(first + g), email: fmt.Sprintf("guest%d@many.example", first+g)})
	}
	for r := range c.RoomTypes {
		w.roomType(first+r, "Room "+words(first+r))
	}
	list := make([]Paid, n)
	for i := range n {
		// Guests and room types come up one after the other, so that late orders need new ones too.
		id, who, product := first+i, first+i*guests/n, 1
		if c.RoomTypes > 0 {
			product = first + i*c.RoomTypes/n
		}
		price := decimal.New(int64(8000+id), -2)
		total := price.Mul(taxGroups[1].factor).Round(2).String()
		reference := fmt.Sprintf("M%08d", id)
		ago := 1 + i%20
		w.order(order{id: id, reference: reference, guest: who, currency: "USD", ago: ago, stay: 2, state: 2, paid: total, invoice: id,
			rooms: []room{{product: product, hotel: 1, name: "Garden Room", price: price.String(), nights: 1, rooms: 1, group: 1}}})
		w.payment(payment{id: id, reference: reference, currency: "USD", method: "Card at desk", ago: ago, shares: []share{{id, id, total}}})
		list[i] = Paid{ID: id, Guest: who, Total: total}
	}
	if w.err != nil {
		return nil, w.err
	}
	_, err = conn.ExecContext(ctx, "COMMIT")
	return list, err
}

func (w *writer) roomType(id int, name string) {
	at := w.text(w.day(60))
	w.insert("product", "id_product, id_tax_rules_group, price, active, booking_product, date_add, date_upd", id, 1, 120, 1, 1, at, at)
	w.insert("product_shop", "id_product, id_shop, id_tax_rules_group, price, active, date_upd", id, 1, 1, 120, 1, at)
	w.insert("product_lang", "id_product, id_shop, id_lang, name", id, 1, 1, name)
	w.insert("htl_room_type", "id, id_product, id_hotel", id, id, 1)
}

// words spells a number in letters, as names hold no digits.
func words(n int) string {
	name := []byte{}
	for ; n > 0; n /= 26 {
		name = append(name, byte('a'+n%26))
	}
	name[0] -= 'a' - 'A'
	return string(name)
}
