package flow

import (
	"maps"
	"slices"

	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/settlement"
)

// What QloApps says went back of an order is told to whoever reads what did: of a refund that was posted for a row
// which is gone since, or says less, a person is told that.

// says is what the rows of orders say went back. A row that is left out of the settlement is there all the same: as much
// as most is believed of it.
func says(orders []*settling, most money.Decimal) destination.Says {
	list, cash := destination.Says{}, destination.Says{}
	for _, s := range orders {
		inRows(s.order, list, most)
		for _, row := range s.Rows {
			if row.Sort == settlement.Cash {
				cash[row.Key] = cash[row.Key].Add(row.Amount)
			}
		}
	}
	maps.Copy(list, cash)
	return list
}

// inRows names all of an order's rows by which money may have gone back.
func inRows(o *qloapps.Order, list destination.Says, most money.Decimal) {
	for _, x := range o.Shares {
		if x.AsWritten().IsNegative() {
			list[ref(Payment, x.PaymentID).Key()] = most
		}
	}
	for _, ret := range o.Returns {
		list[ref(Refund, ret.ID).Key()] = most
	}
	for _, id := range o.SlipIDs {
		list[ref(CreditNote, id).Key()] = most
	}
}

// rowsElsewhere names the rows of a payment's orders that are none of its parts, as those of an ignored hotel.
func rowsElsewhere(p qloapps.Payment, parts []settlement.Part, most money.Decimal) destination.Says {
	list := destination.Says{}
	for id, o := range p.Orders {
		if !slices.ContainsFunc(parts, func(x settlement.Part) bool { return x.Order.ID == id }) {
			inRows(o, list, most)
		}
	}
	return list
}

// saysOfAll is what the rows of orders say went back of a payment, where all that it is for are among them; else nil, as
// other orders may say more.
func saysOfAll(orders []*settling, source string, total money.Decimal) destination.Says {
	sum := money.Zero
	for _, s := range orders {
		sum = sum.Add(s.shares(source))
	}
	if !sum.Equal(total) {
		return nil
	}
	return says(orders, total)
}
