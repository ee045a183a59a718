package flow

import (
	"encoding/json"
	"slices"
	"sort"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// settling replays, in QloApps' order, how the shares of one order settle its invoices and how
// money given back takes from them again.
type settling struct {
	order *qloapps.Order
	free  map[string]*balance // by QloApps' invoice id; one that does not stand yet is missing
	moves []move              // one for each share so far
}

// balance is what an invoice in Zoho still takes.
type balance struct {
	id   string
	left money.Decimal
}

// move is what one share did.
type move struct {
	share   qloapps.Share
	applied []zoho.Allocation
	spare   money.Decimal // settles nothing: the guest's credit
	waits   bool          // for an invoice that does not stand yet
	back    []giveBack    // of a negative share: what it takes from which earlier one
	missing money.Decimal // of a negative share: more than was ever paid
}

// giveBack is a part of an earlier payment that the guest got back.
type giveBack struct {
	paymentID string // QloApps' id of the earlier payment
	amount    money.Decimal
	kept      []zoho.Allocation // what stays of its allocations that must be lowered for it
}

// allocate settles each order's invoices by its shares. settled tells that every invoice stands
// in Zoho, so that what is left over is more than was billed.
func allocate(parts []part, precision int32, links engine.Links) (list []zoho.Allocation, settled bool, err error) {
	settled = true
	for _, x := range parts {
		m, err := x.replay(precision, links)
		if err != nil {
			return nil, false, err
		}
		list = merge(list, m.applied)
		settled = settled && !m.waits && len(x.order.Invoices) > 0
	}
	return list, settled, nil
}

// replay goes through the order's shares up to this part's own and gives what that one does.
func (x part) replay(precision int32, links engine.Links) (move, error) {
	free, err := balances(x.order, precision, links)
	if err != nil {
		return move{}, err
	}
	s := settling{order: x.order, free: free}
	for i, share := range x.shares {
		s.play(share, x.amounts[i])
		if share.ID == x.share.ID {
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
	m := move{share: share}
	m.applied, m.spare, m.waits = s.take(share, amount)
	s.moves = append(s.moves, m)
}

// merge adds up what two shares give to one invoice, as Zoho takes each invoice once.
func merge(list, more []zoho.Allocation) []zoho.Allocation {
	for _, a := range more {
		at := slices.IndexFunc(list, func(have zoho.Allocation) bool { return have.InvoiceID == a.InvoiceID })
		if at < 0 {
			list = append(list, a)
			continue
		}
		list[at].AmountApplied = money.N(list[at].AmountApplied.Add(a.AmountApplied.Decimal))
	}
	return list
}

// balances are those of an order's invoices before any payment: vouchers made from slips and
// credit notes already took their part. One that is held or refused has none yet: the bank has
// the money, which is applied when the invoice stands. Of one that rightly has no document, or a
// void one, nothing is left.
func balances(o *qloapps.Order, precision int32, links engine.Links) (map[string]*balance, error) {
	free := map[string]*balance{}
	for _, head := range o.Invoices {
		link := links.Look(Invoice, head.ID)
		switch {
		case link.Retired():
			free[head.ID] = &balance{id: link.ID}
		case link.Exists(), link.Status != engine.Held && link.Status != engine.Rejected && link.Status != engine.Synced:
			invoice, err := links.Of(Invoice, head.ID)
			if err != nil {
				return nil, err
			}
			left := invoice.Total.Sub(voucherShare(o, head, precision, links)).Sub(credited(o, head.ID, links))
			free[head.ID] = &balance{id: invoice.ID, left: left}
		case link.Status == engine.Synced:
			free[head.ID] = &balance{}
		}
	}
	return free, nil
}

// credited is what credit notes of the order have settled of one of its invoices. They settle the
// first invoice that has a balance; an order with several leaves them open.
func credited(o *qloapps.Order, invoiceID string, links engine.Links) money.Decimal {
	sum := links.Look(Cancellation, invoiceID).Applied
	if len(o.Invoices) != 1 {
		return sum
	}
	for _, id := range o.SlipIDs {
		sum = sum.Add(links.Look(CreditNote, id).Applied)
	}
	return sum
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
		if part := minimum(amount, b.left); part.IsPositive() {
			applied = append(applied, zoho.Allocation{InvoiceID: b.id, AmountApplied: money.N(part)})
			amount, b.left = amount.Sub(part), b.left.Sub(part)
		}
	}
	return applied, amount, false
}

// giveBack takes an amount from the unused credit of the order's payments, newest first, and then
// from the newest allocations, whose invoices are open again for it.
func (s *settling) giveBack(share qloapps.Share, amount money.Decimal) move {
	m := move{share: share}
	var lowered []allotment
	taken := func(from *move, part money.Decimal) {
		amount = amount.Sub(part)
		if n := slices.IndexFunc(m.back, func(b giveBack) bool { return b.paymentID == from.share.PaymentID }); n >= 0 {
			m.back[n].amount = m.back[n].amount.Add(part)
			return
		}
		m.back = append(m.back, giveBack{paymentID: from.share.PaymentID, amount: part})
	}
	for i := len(s.moves) - 1; i >= 0; i-- {
		if part := minimum(amount, s.moves[i].spare); part.IsPositive() {
			s.moves[i].spare = s.moves[i].spare.Sub(part)
			taken(&s.moves[i], part)
		}
	}
	for i := len(s.moves) - 1; i >= 0; i-- {
		from := &s.moves[i]
		for n := len(from.applied) - 1; n >= 0; n-- {
			a := &from.applied[n]
			if part := minimum(amount, a.AmountApplied.Decimal); part.IsPositive() {
				a.AmountApplied = money.N(a.AmountApplied.Sub(part))
				s.reopen(a.InvoiceID, part)
				taken(from, part)
				lowered = append(lowered, allotment{from.share.PaymentID, a.InvoiceID})
			}
		}
	}
	for n := range m.back {
		for _, a := range lowered {
			if a.paymentID == m.back[n].paymentID && !slices.ContainsFunc(m.back[n].kept, func(have zoho.Allocation) bool { return have.InvoiceID == a.invoiceID }) {
				m.back[n].kept = append(m.back[n].kept, zoho.Allocation{InvoiceID: a.invoiceID, AmountApplied: money.N(s.settles(a))})
			}
		}
	}
	m.missing = amount
	return m
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
		if b.id == zohoID {
			b.left = b.left.Add(amount)
		}
	}
}

// settledOf is what stands against an invoice in Zoho: payments posted so far, credit notes and
// vouchers made from slips.
func settledOf(o *qloapps.Order, invoiceID string, precision int32, links engine.Links) money.Decimal {
	link := links.Look(Invoice, invoiceID)
	free, err := balances(o, precision, links)
	if err != nil || free[invoiceID] == nil {
		return money.Zero
	}
	shares, amounts, err := converted(o, o.Shares, precision)
	if err != nil {
		return money.Zero
	}
	s := settling{order: o, free: free}
	for i, share := range shares {
		if links.Look(Payment, share.PaymentID).Exists() {
			s.play(share, amounts[i])
		}
	}
	return link.Total.Sub(free[invoiceID].left)
}

// applySteps settle invoices from a payment. An invoice named when the payment was made is settled
// by that alone; what is added later is a step of its own, named by the sum reached, so that no
// step is ever taken for two amounts.
func applySteps(list []zoho.Allocation, done []string) []engine.Step {
	var steps []engine.Step
	for _, a := range list {
		prefix := "apply:" + a.InvoiceID + ":"
		reached := money.Zero
		for _, name := range done {
			if sum, ok := strings.CutPrefix(name, prefix); ok {
				steps = append(steps, engine.Step{Name: name, Implied: true})
				if to, err := money.Parse(sum); err == nil && to.GreaterThan(reached) {
					reached = to
				}
			}
		}
		more := a.AmountApplied.Sub(reached)
		if !more.IsPositive() {
			continue
		}
		body, _ := json.Marshal(map[string]any{"invoice_payments": []map[string]any{{"payment_id": "{id}", "amount_applied": money.N(more)}}})
		steps = append(steps, engine.Step{Name: prefix + a.AmountApplied.String(), Method: "POST", Path: "/invoices/" + a.InvoiceID + "/credits", Body: body, Implied: true,
			Proof: &engine.Proof{Path: zoho.CustomerPayments.Path + "/{id}", Envelope: zoho.CustomerPayments.Envelope, List: "invoices", Field: "invoice_id", Value: a.InvoiceID,
				Sum: "amount_applied", Reach: a.AmountApplied.String()}})
	}
	return steps
}
