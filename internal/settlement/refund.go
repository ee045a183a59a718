package settlement

import (
	"slices"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// giveBack takes an amount from the unused credit of the order's payments, newest first, and then
// from the newest allocations, whose invoices are open again for it.
func (s *settling) giveBack(share qloapps.Share, amount money.Decimal) Move {
	m := Move{share: share}
	var lowered []allotment
	taken := func(from *Move, part money.Decimal) {
		amount = amount.Sub(part)
		if n := slices.IndexFunc(m.back, func(b GiveBack) bool { return b.PaymentID == from.share.PaymentID }); n >= 0 {
			m.back[n].Amount = m.back[n].Amount.Add(part)
			return
		}
		m.back = append(m.back, GiveBack{PaymentID: from.share.PaymentID, Amount: part})
	}
	for i := len(s.moves) - 1; i >= 0; i-- {
		if part := money.Min(amount, s.moves[i].spare); part.IsPositive() {
			s.moves[i].spare = s.moves[i].spare.Sub(part)
			taken(&s.moves[i], part)
		}
	}
	for i := len(s.moves) - 1; i >= 0; i-- {
		from := &s.moves[i]
		for n := len(from.applied) - 1; n >= 0; n-- {
			a := &from.applied[n]
			if part := money.Min(amount, a.AmountApplied.Decimal); part.IsPositive() {
				a.AmountApplied = money.N(a.AmountApplied.Sub(part))
				s.reopen(a.InvoiceID, part)
				taken(from, part)
				lowered = append(lowered, allotment{from.share.PaymentID, a.InvoiceID})
			}
		}
	}
	for n := range m.back {
		for _, a := range lowered {
			if a.paymentID == m.back[n].PaymentID && !slices.ContainsFunc(m.back[n].Kept, func(have zoho.Allocation) bool { return have.InvoiceID == a.invoiceID }) {
				m.back[n].Kept = append(m.back[n].Kept, zoho.Allocation{InvoiceID: a.invoiceID, AmountApplied: money.N(s.settles(a))})
			}
		}
	}
	m.missing = amount
	return m
}

// GivesBack is what each earlier payment gives back, for all orders that share it: one refund, which
// its reference tells from every other. enough tells that they have as much left.
func GivesBack(parts []Part, invoices Balances) (all []GiveBack, enough bool, err error) {
	for _, x := range parts {
		moved, err := x.replay(invoices)
		if err != nil {
			return nil, false, err
		}
		if moved.missing.IsPositive() || x.Amount.IsPositive() {
			return nil, false, nil
		}
		for _, back := range moved.back {
			if n := slices.IndexFunc(all, func(have GiveBack) bool { return have.PaymentID == back.PaymentID }); n >= 0 {
				all[n].Amount, all[n].Kept = all[n].Amount.Add(back.Amount), append(all[n].Kept, back.Kept...)
			} else {
				all = append(all, back)
			}
		}
	}
	return all, true, nil
}
