package flow

import (
	"slices"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/settlement"
)

// What becomes of an invoice is decided by what stands on it once the money that came or went with the same change has
// moved. An invoice waits for that only while it was sent: a sent one keeps no payment waiting, so that no two documents
// ever wait for each other. Where money comes later, or waited for a person, its documents wake the invoice.

// wasMarkedSent tells that an invoice takes money, so that its payments do not wait for it.
func wasMarkedSent(invoice engine.Link) bool {
	return invoice.Exists() && !invoice.Draft && !invoice.Retired() && slices.Contains(invoice.Done, sentStep.Name)
}

// moneyMoved waits for the order's payments that are on their way, received and given back.
func moneyMoved(o *qloapps.Order, invoice engine.Link, links engine.Links) error {
	return moved(o, invoice, links, func(qloapps.Share) bool { return true })
}

// backMoved waits for money that is about to go back out of the order's payments, which makes room on its invoices.
func backMoved(o *qloapps.Order, invoice engine.Link, links engine.Links) error {
	return moved(o, invoice, links, func(s qloapps.Share) bool { return s.Amount.IsNegative() })
}

func moved(o *qloapps.Order, invoice engine.Link, links engine.Links, counts func(qloapps.Share) bool) error {
	if !wasMarkedSent(invoice) {
		return nil
	}
	for _, s := range o.Shares {
		if !counts(s) {
			continue
		}
		if _, err := links.Settled(Payment, s.PaymentID); err != nil {
			return err
		}
	}
	return nil
}

// creditsMoved waits for the order's slips and requests, which lower its invoice. The invoice itself never does, as
// they wait for it.
func creditsMoved(o *qloapps.Order, invoice engine.Link, links engine.Links) error {
	if !wasMarkedSent(invoice) {
		return nil
	}
	for _, r := range append(slipsOf(o), returnsOf(o)...) {
		if _, err := links.Settled(r.Flow, r.ID); err != nil {
			return err
		}
	}
	return nil
}

func slipsOf(o *qloapps.Order) (refs []engine.Ref) {
	for _, id := range o.SlipIDs {
		refs = append(refs, ref(CreditNote, id))
	}
	return refs
}

// creditComes tells that a slip or request of the order is on its way that takes back a part of its invoice.
func creditComes(o *qloapps.Order, links engine.Links) bool {
	comes := slipsOf(o)
	for _, ret := range o.Returns {
		if moneyAlone(ret) {
			comes = append(comes, ref(Refund, ret.ID))
		}
	}
	return slices.ContainsFunc(comes, func(r engine.Ref) bool {
		link, err := links.Settled(r.Flow, r.ID)
		return err != nil && !link.Exists() && !links.Look(r.Flow, r.ID).Exists()
	})
}

// paidElsewhere tells that a share was paid, and is not in Zoho Books yet though it is to come there: it waits for a
// person, or nobody queued it.
func paidElsewhere(s qloapps.Share, payment engine.Link, r *rules.Rules) bool {
	switch payment.Status {
	case engine.Skipped, engine.Synced, engine.Disabled:
		return false
	case engine.NotSynced:
		p := r.Settings.Payments
		return p.ExportEnabled && len(p.AllowedMethods) == 0 && skippedBefore(qloapps.Day(s.Added), r) == nil
	default:
		return true
	}
}

// wakes are an order's invoices and their cancellations, for which money that went back makes room.
func (s *settling) wakes() (refs []engine.Ref) {
	for _, i := range s.Invoices {
		refs = append(refs, ref(Invoice, i.ID), ref(Cancellation, i.ID))
	}
	return refs
}

// roomFor waits for money that is about to go back where an invoice has less room than its vouchers are to pay.
func roomFor(more money.Decimal, i qloapps.Invoice, me engine.Link, total money.Decimal, precision int32, links engine.Links) error {
	if !more.IsPositive() || !wasMarkedSent(me) {
		return nil
	}
	s, err := settle(i.Order, asked{}, precision, self{links, ref(Invoice, i.ID), me})
	if err == nil && total.Sub(s.stand.On(i.ID)).Sub(s.stand.Others[i.ID]).GreaterThanOrEqual(more) {
		return nil
	}
	return backMoved(i.Order, me, links)
}

// changesFirst lets an invoice that is being looked at be changed before a new payment settles all of it: Zoho Books changes no
// paid invoice, and one that became dearer takes more. Only of an order that has nothing but payments, as nothing that its
// invoice may wait for waits for a payment then.
func (s *settling) changesFirst(mine []settlement.Move) error {
	if s.order.Canceled || slices.ContainsFunc(s.Rows, func(row settlement.Row) bool { return row.Sort != settlement.Paid }) {
		return nil
	}
	after := s.stand.With(mine...)
	for _, i := range s.Invoices {
		invoice := s.zoho[i.ID]
		moves := invoice.Status == engine.Pending || invoice.Status == engine.Syncing
		if moves && wasMarkedSent(invoice) && after.On(i.ID).GreaterThan(s.stand.On(i.ID)) && after.On(i.ID).GreaterThanOrEqual(i.Total) {
			if _, err := s.links.Settled(Invoice, i.ID); err != nil {
				return err
			}
		}
	}
	return nil
}
