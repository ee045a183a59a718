// Package settlement computes which money of an order settles which of its invoices, what of it is
// unused, and which payments money given back is taken from.
//
// It is pure: an order's shares and its invoices' balances in, allocations and refunds out.
package settlement

import (
	"sort"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// settling replays, in QloApps' order, how the shares of one order settle its invoices and how
// money given back takes from them again.
type settling struct {
	order *qloapps.Order
	free  map[string]*Balance // by QloApps' invoice id; one that does not stand yet is missing
	moves []Move              // one for each share so far
}

// Balance is what an invoice in Zoho Books still takes before any of the order's payments.
type Balance struct {
	ID   string
	Left money.Decimal
}

// Balances gives the balances of an order's invoices by QloApps' id; one that does not stand yet is
// missing. Each time it gives new ones, as a settlement uses them up.
type Balances func(o *qloapps.Order) (map[string]*Balance, error)

// Move is what one share did.
type Move struct {
	share   qloapps.Share
	applied []zoho.Allocation
	spare   money.Decimal // settles nothing: the guest's credit
	waits   bool          // for an invoice that does not stand yet
	back    []GiveBack    // of a negative share: what it takes from which earlier one
	missing money.Decimal // of a negative share: more than was ever paid
}

// GiveBack is a part of an earlier payment that the guest got back.
type GiveBack struct {
	PaymentID string // QloApps' id of the earlier payment
	Amount    money.Decimal
	Kept      []zoho.Allocation // what stays of its allocations that must be lowered for it
}

// Allocate settles each order's invoices by its shares. settled tells that every invoice stands
// in Zoho, so that what is left over is more than was billed.
func Allocate(parts []Part, invoices Balances) (list []zoho.Allocation, settled bool, err error) {
	settled = true
	for _, x := range parts {
		m, err := x.replay(invoices)
		if err != nil {
			return nil, false, err
		}
		list = zoho.Merge(list, m.applied)
		settled = settled && !m.waits && len(x.Order.Invoices) > 0
	}
	return list, settled, nil
}

// replay goes through the order's shares up to this part's own and gives what that one does.
func (x Part) replay(invoices Balances) (Move, error) {
	free, err := invoices(x.Order)
	if err != nil {
		return Move{}, err
	}
	s := settling{order: x.Order, free: free}
	for i, share := range x.shares {
		s.play(share, x.amounts[i])
		if share.ID == x.Share.ID {
			break
		}
	}
	return s.moves[len(s.moves)-1], nil
}

func (s *settling) play(share qloapps.Share, amount money.Decimal) {
	if amount.IsNegative() {
		s.moves = append(s.moves, s.giveBack(share, amount.Neg()))
		return
	}
	m := Move{share: share}
	m.applied, m.spare, m.waits = s.take(share, amount)
	s.moves = append(s.moves, m)
}

// Settle uses the balances of an order's invoices up for those of its shares that count.
func Settle(o *qloapps.Order, free map[string]*Balance, shares []qloapps.Share, amounts []money.Decimal, counts func(qloapps.Share) bool) {
	s := settling{order: o, free: free}
	for i, share := range shares {
		if counts(share) {
			s.play(share, amounts[i])
		}
	}
}

// take settles one share from the balances: of the invoice QloApps names for it first, then of
// the others in turn. It stops at an invoice that does not stand yet, so that what was applied
// before stays right when it does.
func (s *settling) take(share qloapps.Share, amount money.Decimal) (applied []zoho.Allocation, spare money.Decimal, waits bool) {
	heads := append([]qloapps.InvoiceHead{}, s.order.Invoices...)
	sort.SliceStable(heads, func(i, j int) bool { return heads[i].ID == share.InvoiceID && heads[j].ID != share.InvoiceID })
	for _, head := range heads {
		b := s.free[head.ID]
		if b == nil {
			return applied, amount, true
		}
		if part := money.Min(amount, b.Left); part.IsPositive() {
			applied = append(applied, zoho.Allocation{InvoiceID: b.ID, AmountApplied: money.N(part)})
			amount, b.Left = amount.Sub(part), b.Left.Sub(part)
		}
	}
	return applied, amount, false
}

// allotment names what a payment gives to an invoice of the order.
type allotment struct{ paymentID, invoiceID string }

// settles is what stays of an allotment; a payment may have several shares in an order.
func (s *settling) settles(a allotment) money.Decimal {
	sum := money.Zero
	for _, m := range s.moves {
		for _, x := range m.applied {
			if m.share.PaymentID == a.paymentID && x.InvoiceID == a.invoiceID {
				sum = sum.Add(x.AmountApplied.Decimal)
			}
		}
	}
	return sum
}

func (s *settling) reopen(zohoID string, amount money.Decimal) {
	for _, b := range s.free {
		if b.ID == zohoID {
			b.Left = b.Left.Add(amount)
		}
	}
}
