package paymentimport

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/limit"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Assign gives what is unused of a payment to the order that a person names: in QloApps, and in Zoho
// Books, where the order's invoice stands and takes it. The payment is read first, so that nothing is
// written that no longer stands there. More than the order owes, or another guest's order, is asked
// about once and done when the person confirms it.
func (s *Service) Assign(ctx context.Context, id string, to wire.Assignment, by string) (wire.ImportedPayment, error) {
	none := wire.ImportedPayment{}
	p, err := s.one(ctx, id)
	if err != nil {
		return none, err
	}
	begun := p.Status == writing
	if begun && s.Store.Now().Sub(p.at) < mostWriting {
		return none, beingWritten()
	}
	o, err := s.orderOf(ctx, p, to)
	if err != nil {
		return none, err
	}
	books, err := s.Books(ctx)
	if err != nil {
		return none, err
	}
	ctx = zoho.WithLane(ctx, limit.Person)
	ours, err := s.readBoth(ctx, books, &p)
	switch {
	case err != nil:
		return none, err
	case ours:
		if err := s.drop(ctx, p); err != nil {
			return none, err
		}
		return none, fault.New(fault.Conflict, "came_from_qloapps", "This payment stands in QloApps already: it was posted from there, or paired with one that the desk entered.")
	case p.Gone:
		return none, s.refuseGone(ctx, &p)
	}
	if p.NotCome != "" {
		return none, fault.New(fault.Conflict, "nothing_unused", "This payment of %s %s is no money in Zoho Books, where it is «%s».", money.Words(p.Amount, p.Currency), p.Currency, p.NotCome).Do("Record it there as paid first, if it is.")
	}
	p.Again, p.Unread = false, false
	gives := of(p.Assigned, o.ID)
	if !begun || !gives.IsPositive() { // else it goes on where it was broken off
		if gives, err = give(&p, o, to); err != nil {
			return none, err
		}
		if err := qloapps.NotKept(of(p.Assigned, o.ID), o.Currency); err != nil {
			return none, err
		}
		if err := s.ask(ctx, p, o, gives, to.Confirm); err != nil {
			return none, err
		}
	}
	p.question = gives
	p.Status, p.Issue, p.AssignedBy, p.Confirmed, p.Accepted = writing, store.Issue{}, by, true, ""
	mine, err := s.save(ctx, &p)
	if err != nil {
		return none, err
	}
	if !mine {
		return none, beingWritten()
	}
	ctx = limit.Unhurried(context.WithoutCancel(ctx)) // what was begun does not end with the caller's patience
	if err := s.finish(ctx, books, &p); err != nil {
		return none, err
	}
	if err := s.Store.AddEvent(ctx, store.Event{Actor: by, Action: "assign", Detail: fmt.Sprintf("Assigned %s %s of payment %s of Zoho Books to order %s.", money.Words(gives, o.Currency), o.Currency, p.ZohoID, o.Reference)}); err != nil {
		return none, err
	}
	return s.shown(ctx, id)
}

func beingWritten() error {
	return fault.New(fault.Conflict, "already_imported", "This payment stands in QloApps already, or is being written right now.")
}

// finish applies in Zoho Books what a person assigned, and writes it to QloApps.
func (s *Service) finish(ctx context.Context, books *zoho.Client, p *payment) error {
	if err := s.settleOpen(ctx, books, p); err != nil {
		return err
	}
	has, err := s.judge(ctx, p)
	if err != nil {
		return err
	}
	if mine, err := s.save(ctx, p); err != nil || !mine {
		return err
	}
	if _, err := s.write(ctx, p, has); err != nil {
		return err
	}
	return s.link(ctx, *p)
}

// orderOf is the order that a person named, if the payment can be its at all.
func (s *Service) orderOf(ctx context.Context, p payment, to wire.Assignment) (*qloapps.Order, error) {
	orders, err := s.Hotel.Orders(ctx, []string{to.OrderID})
	if err != nil {
		return nil, err
	}
	o := orders[to.OrderID]
	switch {
	case o == nil:
		return nil, fault.New(fault.Invalid, "validation", "QloApps has no order %s.", to.OrderID).On("order_id")
	case p.Currency != "" && o.Currency != p.Currency:
		return nil, fault.New(fault.Conflict, "other_currency", "The payment is in %s, the order in %s.", p.Currency, o.Currency).Do("Enter it in QloApps by hand.").On("order_id")
	case to.InvoiceID != nil && !slices.ContainsFunc(o.Invoices, func(i qloapps.InvoiceHead) bool { return i.ID == *to.InvoiceID }):
		return nil, fault.New(fault.Invalid, "validation", "Order %s has no invoice %s.", o.Reference, *to.InvoiceID).On("invoice_id")
	}
	return o, nil
}

// refuseGone keeps that a payment was deleted in Zoho Books, and says so.
func (s *Service) refuseGone(ctx context.Context, p *payment) error {
	if _, err := s.judge(ctx, p); err != nil {
		return err
	}
	if _, err := s.save(ctx, p); err != nil {
		return err
	}
	return fault.New(fault.Conflict, "payment_gone", "This payment of %s %s no longer stands in Zoho Books: it was deleted there.", money.Words(p.Amount, p.Currency), p.Currency).Do("Nothing: it is taken off the list.")
}

// give adds an order to those that a payment was assigned to, and tells how much it gets now: what the
// payment settles of it in Zoho Books and QloApps lacks, else all that is unused and not another's.
func give(p *payment, o *qloapps.Order, to wire.Assignment) (money.Decimal, error) {
	has, settled := of(p.Standing, o.ID), of(p.Applied, o.ID)
	gives := settled.Sub(has)
	if !gives.GreaterThan(cent) {
		plan := planOf(*p)
		free := p.Unused.Sub(sum(plan.Open))
		for _, x := range plan.Over { // it has that of what is unused already
			if x.OrderID == o.ID {
				free = free.Sub(x.Has.Sub(x.Want))
			}
		}
		if !free.GreaterThan(cent) {
			if len(p.Standing) > 0 {
				return gives, beingWritten()
			}
			return gives, fault.New(fault.Conflict, "nothing_unused", "Nothing of this payment of %s %s is unused in Zoho Books.", money.Words(p.Amount, p.Currency), p.Currency).Do("Look there what it settles.")
		}
		gives = free
	}
	p.TakenBack = slices.DeleteFunc(p.TakenBack, func(s share) bool { return s.OrderID == o.ID }) // it is meant to stand again
	x := share{OrderID: o.ID, Amount: has.Add(gives)}
	if to.InvoiceID != nil {
		x.InvoiceID = *to.InvoiceID
	}
	p.Currency = o.Currency
	p.Assigned = append(slices.DeleteFunc(p.Assigned, func(s share) bool { return s.OrderID == o.ID }), x)
	return gives, nil
}

// ask refuses what a person may not have meant, with both sides, until it is confirmed.
func (s *Service) ask(ctx context.Context, p payment, o *qloapps.Order, gives money.Decimal, confirmed bool) error {
	if confirmed {
		return nil
	}
	var code string
	var words []string
	owner, guest, err := s.guests(ctx, p, o)
	if err != nil {
		return err
	}
	if !owner {
		code, words = "other_guest", append(words, fmt.Sprintf("The payment is of %s in Zoho Books, order %s of %s.", orText(p.Contact, "another contact"), o.Reference, guest))
	}
	digits, err := s.Digits(ctx)
	if err != nil {
		return err
	}
	if more := gives.Sub(due(o, digits)); more.GreaterThan(cent) {
		code = orText(code, "overpaid")
		words = append(words, fmt.Sprintf("Order %s owes %s %s, and %s %s of the payment would go to it: %s more.", o.Reference, money.Words(positive(due(o, digits)), o.Currency), o.Currency, money.Words(gives, o.Currency), o.Currency, amount(more)))
		wrong, err := s.wrongOn(ctx, p.ZohoID, o.ID)
		if err != nil {
			return err
		}
		if wrong != "" {
			words = append(words, strings.TrimSpace(wrong))
		}
	}
	if code == "" {
		return nil
	}
	return fault.New(fault.Conflict, code, "%s", strings.Join(words, " ")).Do("Confirm it if that is meant, or choose another order.").On("order_id")
}

func positive(d money.Decimal) money.Decimal {
	if d.IsNegative() {
		return money.Zero
	}
	return d
}

func orText(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// guests tells whether a payment's contact is the guest of an order, and who that is.
func (s *Service) guests(ctx context.Context, p payment, o *qloapps.Order) (same bool, guest string, err error) {
	linked, err := s.linked(ctx, flow.Customer, []string{p.ContactID})
	if err != nil {
		return false, "", err
	}
	customer, _, _ := strings.Cut(linked[p.ContactID], ":")
	customers, err := s.Hotel.Customers(ctx, []string{o.CustomerID})
	c := customers[o.CustomerID]
	return customer != "" && customer == o.CustomerID, orText(strings.TrimSpace(c.FirstName+" "+c.LastName), "guest "+o.CustomerID), err
}

func (s *Service) one(ctx context.Context, id string) (payment, error) {
	found, err := s.rows(ctx, "zoho_id = ?", id)
	if err == nil && len(found) == 0 {
		err = fault.New(fault.NotFound, "not_found", "There is no payment %s among those read from Zoho Books.", id)
	}
	if err != nil {
		return payment{}, err
	}
	return found[0], nil
}

// Handled leaves a payment that waits as it is, on a person's word. It comes back when either side
// changes.
func (s *Service) Handled(ctx context.Context, id, reason, by string) (wire.ImportedPayment, error) {
	none := wire.ImportedPayment{}
	p, err := s.one(ctx, id)
	if err != nil {
		return none, err
	}
	if p.Status != waiting && p.Status != changed {
		return none, fault.New(fault.Conflict, "nothing_waits", "Nothing about this payment waits for a person.")
	}
	code := p.Issue.Code
	p.Accepted = p.fingerprint()
	p.Status, p.Issue = elsewhere, store.Issue{}
	if len(p.Standing) > 0 {
		p.Status = imported
	}
	mine, err := s.save(ctx, &p)
	if err != nil {
		return none, err
	}
	if !mine {
		return none, beingWritten()
	}
	if err := s.Store.AddEvent(ctx, store.Event{Actor: by, Action: "handled", Detail: fmt.Sprintf("Left payment %s of Zoho Books as it is (%s): %s", p.ZohoID, code, reason)}); err != nil {
		return none, err
	}
	return s.shown(ctx, id)
}
