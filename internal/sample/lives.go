package sample

import (
	"context"
	"database/sql"
	"time"

	"github.com/shopspring/decimal"
)

// Life is what becomes of one order of a crowd: how it stands at first, and what its staff does to
// it later.
type Life string

// Lives of orders. All but Withdrawn and Deposit are invoiced at first.
const (
	Settled     Life = "settled"      // paid in full
	Edited      Life = "edited"       // unpaid, and then the room costs 10.00 more
	Voided      Life = "voided"       // unpaid, of today, and then canceled
	Credited    Life = "credited"     // unpaid, of an earlier month, and then canceled
	Withdrawn   Life = "withdrawn"    // only booked, and then canceled
	Deposit     Life = "deposit"      // booked with an advance of 50.00, and then invoiced
	Wired       Life = "wired"        // paid; half of the room is credited on a slip and given back
	HalfPaid    Life = "half_paid"    // 40.00 paid; half of the room is credited on a slip
	Kept        Life = "kept"         // paid; half of the room is credited on a slip
	Returned    Life = "returned"     // paid; half of the room is given back without a slip
	CashBack    Life = "cash_back"    // paid; 20.00 of it are given back as a negative payment
	VoucherMade Life = "voucher_made" // paid, credited whole on a slip, and that turned into a voucher
	VoucherUsed Life = "voucher_used" // two nights, paid by the voucher of the order before and by card
	PaidThere   Life = "paid_there"   // unpaid, and then paid in Zoho Books
)

// lives is what the orders of a crowd live, over and over. Halves of rooms are given back far apart,
// as a guest's next order costs a cent more, and its half often the same.
var lives = []Life{Settled, Wired, Edited, Settled, Voided, Credited, Kept, Withdrawn, Deposit, Settled, HalfPaid, Settled, Settled, CashBack, Returned, VoucherMade, VoucherUsed, PaidThere, Edited, Settled}

// Lived is one order of a crowd and its life. Its invoice, payment and slip have its own id where
// they are there at first.
type Lived struct {
	ID, Guest, Product int
	Life               Life
	Currency, Date     string
	Total              decimal.Decimal // with tax, as first written and without any voucher
}

// Half is what half of the order's room costs.
func (l Lived) Half() decimal.Decimal { return l.Total.Div(decimal.NewFromInt(2)).Round(2) }

// AddLives adds a crowd of all lives to a hotel made by Load, a third of them in euros. No two of
// its orders have the same total.
func AddLives(ctx context.Context, db *sql.DB, prefix string, now time.Time, c Crowd) ([]Lived, error) {
	list := make([]Lived, c.Orders)
	err := c.add(ctx, db, prefix, now, func(w *writer) {
		for i := range list {
			o, life := c.order(i), lives[i%len(lives)]
			if i/len(lives)%3 == 1 {
				o.currency = "EUR"
			}
			switch {
			case life == VoucherMade && i == c.Orders-1:
				life = Settled // nobody comes to use it
			case life == VoucherUsed:
				o.guest, o.ago = list[i-1].Guest, 1
			case life == VoucherMade:
				o.ago = 10
			case life == Voided:
				o.ago = 0
			case life == Credited:
				o.ago = 45
			}
			before := decimal.Zero
			if i > 0 {
				before = list[i-1].Total
			}
			list[i] = Lived{ID: o.id, Guest: o.guest, Product: o.rooms[0].product, Life: life, Currency: o.currency, Date: w.day(o.ago).Format(time.DateOnly), Total: w.live(o, life, before)}
		}
	})
	return list, err
}

// live writes an order as it stands at first, and gives its total. before is that of the order
// before it.
func (w *writer) live(o order, life Life, before decimal.Decimal) decimal.Decimal {
	paid := decimal.Zero
	switch life {
	case Settled, Wired, Kept, Returned, CashBack, VoucherMade:
		paid = o.cost()
	case HalfPaid:
		paid = d("40")
	case Deposit:
		paid = d("50")
	case VoucherUsed:
		o.rooms[0].nights = 2
		o.vouchers = []voucher{{name: "Credit slip", fixed: before.String(), rule: o.id - 1}}
		paid = o.cost().Sub(before)
	}
	if life != Withdrawn && life != Deposit {
		o.invoice = o.id
	}
	o.paid, o.state = paid.String(), 8
	w.order(o)
	if paid.IsPositive() {
		w.payment(o.payment(paid))
	}
	if life == VoucherMade {
		w.slip(slip{id: o.id, order: o.id, ago: o.ago - 1, excl: o.rooms[0].price, incl: paid.String(), voucher: o.id})
		w.ret(ret{id: o.id, order: o.id, ago: o.ago - 1, state: 3, amount: paid.String(), kind: 2, made: o.id})
	}
	return o.cost()
}
