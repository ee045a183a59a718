package flow

import (
	"cmp"
	"slices"

	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
)

// ending is what becomes of a posted invoice whose order was canceled. The flows invoice and
// cancellation both ask endOf, so that exactly one of them acts.
type ending string

const (
	alive    ending = ""         // the order goes on
	waits    ending = "waits"    // money of it is on its way
	byVoid   ending = "void"     // the invoice flow voids it
	byCredit ending = "credit"   // the cancellation flow credits it
	voided   ending = "voided"   // it is void already
	asks     ending = "asks"     // a person decides
	notThere ending = "notthere" // nothing was posted
	free     ending = "free"     // it bills nothing, or all of it was credited, and stands: there is nothing to credit
)

// endOf decides how a canceled order's invoice ends. posted is the invoice's link, credited that
// of its cancellation.
func endOf(i qloapps.Invoice, posted, credited engine.Link, links engine.Links, r *rules.Rules) (ending, error) {
	how, err := endBy(i, posted, credited, links, r)
	if how == byCredit && !credited.Exists() && !posted.Total.IsPositive() {
		how = free
	}
	return how, err
}

func endBy(i qloapps.Invoice, posted, credited engine.Link, links engine.Links, r *rules.Rules) (ending, error) {
	policy := r.Settings.Orders.CancelPolicy
	switch {
	case !canceled(i):
		return alive, nil
	case credited.Exists():
		return byCredit, nil
	case !posted.Exists():
		return notThere, nil
	case posted.Retired():
		return voided, nil
	case credited.LostIn != "" && credited.LostIn == r.Org.ID: // it stood before the links were reset: nothing is decided anew
		return byCredit, nil
	case posted.Draft && (policy != "hold" || credited.Approved): // it is in no ledger, and takes no money
		return byVoid, nil
	case posted.Draft:
		return asks, fault.New(fault.Held, "paid_document", "The order was canceled in QloApps; the settings say that a person decides what becomes of its invoice, which is a draft in Zoho Books.").
			Do("Use Release here to have the draft voided, or Skip to let it stand.")
	}
	if err := moneyMoved(i.Order, posted, links); err != nil {
		return waits, err
	}
	switch {
	case creditedOf(i, posted, links).GreaterThanOrEqual(money.Max(posted.Total, money.Unit(6))): // all of it was taken back already
		return free, nil
	case creditedOf(i, posted, links).IsPositive():
		code := "paid_document"
		if credited.Approved { // a person decided, and still no credit note over all may be made
			code = "overpaid_after_edit"
		}
		return asks, fault.New(fault.Held, code, "The order was canceled in QloApps, and credit notes of its slips and refunds already take back %s of the %s %s of its invoice in Zoho Books: a credit note over all of it would give that back twice.", money.Words(creditedOf(i, posted, links), i.Order.Currency), money.Words(posted.Total, i.Order.Currency), i.Order.Currency).
			Do("Make a credit note over the rest, if any, by hand in Zoho Books, then use Skip here.")
	case credited.Approved:
		return byCredit, nil
	case paidFor(i, posted, links, r).IsPositive(), voucherOn(posted), creditComes(i.Order, links):
		return asks, fault.New(fault.Held, "paid_document", "The order was canceled in QloApps, but money or credit stands on its invoice in Zoho Books, or is to come there.").
			Do("Use Release here for a credit note over the whole invoice, or Skip to keep the money as a fee.")
	case policy == "hold":
		return asks, fault.New(fault.Held, "paid_document", "The order was canceled in QloApps; the settings say that a person decides what becomes of its invoice.").
			Do("Use Release here for a credit note over the whole invoice, or Skip to let the invoice stand.")
	case policy == "credit_note" || month(cmp.Or(posted.Day, qloapps.Day(i.Date))) != month(r.Today) || r.Locks.Paper().Closed(max(posted.Day, qloapps.Day(i.Date))):
		return byCredit, nil
	default:
		return byVoid, nil
	}
}

// month of a day, "" of none.
func month(day string) string { return day[:min(len(day), len("2006-01"))] }

// canceled reports that the invoice bills nothing any more.
func canceled(i qloapps.Invoice) bool { return i.Order.Over(i.InvoiceHead) }

// canceledOn is the day on which an invoice came to bill nothing: of the history row that canceled its order, or
// of the change that set its lines to 0; "" where QloApps does not tell.
func canceledOn(i qloapps.Invoice) string {
	if i.Order.Canceled {
		return qloapps.Day(i.Order.CanceledAt)
	}
	return qloapps.Day(i.Order.Updated)
}

// paidFor is what payments of the order that stand in Zoho put on its invoices, money given back
// taken off, and what was paid and is still to come there, in the order's currency. What one of them comes to in it may not be certain: then it is
// what that comes to alone, as no other is known to have gone against it.
func paidFor(i qloapps.Invoice, posted engine.Link, links engine.Links, r *rules.Rules) money.Decimal {
	if len(i.Order.Invoices) > 1 {
		return paidOf(i, posted, links, r)
	}
	sum, uncertain := money.Zero, money.Zero
	shares := postedShares(i.Order.Shares, i.Order, links)
	for n, w := range i.Order.Worths(shares) {
		switch {
		case !comes(shares[n], w, links, r):
		case w.Doubt:
			uncertain = money.Max(uncertain, w.Amount)
		default:
			sum = sum.Add(w.Amount)
		}
	}
	return money.Max(sum, uncertain)
}

// comes tells that a share stands in Zoho Books, or is money received that is still to come there. What went back counts
// once all of it did.
func comes(s qloapps.Share, w qloapps.Worth, links engine.Links, r *rules.Rules) bool {
	link := links.Look(Payment, s.PaymentID)
	if w.Amount.IsNegative() {
		return wentBack(link)
	}
	return link.Exists() || w.Amount.IsPositive() && paidElsewhere(s, link, r)
}

// paidOf is what payments settle of one of several invoices, as their links tell, else what shares say is for it.
func paidOf(i qloapps.Invoice, posted engine.Link, links engine.Links, r *rules.Rules) money.Decimal {
	sum, told := money.Zero, map[string]bool{}
	for n, w := range i.Order.Worths(postedShares(i.Order.Shares, i.Order, links)) {
		share := i.Order.Shares[n]
		link := links.Look(Payment, share.PaymentID)
		if !comes(share, w, links, r) {
			continue
		}
		settles, _, known := moneyOf(link)
		known = known && link.Exists()
		switch {
		case known && !told[share.PaymentID]:
			sum, told[share.PaymentID] = sum.Add(settles[posted.ID]), true
		case !known && (share.InvoiceID == "" || share.InvoiceID == i.ID):
			sum = sum.Add(w.Amount)
		}
	}
	return sum
}

// creditedOf is what credit notes of the order's slips and refunds took back of its posted invoice, whether they
// settle it, were paid out or are open: to void it would leave them without what they take back, and to credit
// it whole would give that part back twice. A voucher's credit is there for another invoice.
func creditedOf(i qloapps.Invoice, posted engine.Link, links engine.Links) money.Decimal {
	sum := money.Zero
	part := !i.Order.Canceled && len(i.Order.Invoices) > 1 // the order goes on, and with it what slips of its other invoices took back
	for _, id := range i.Order.SlipIDs {
		note := links.Look(CreditNote, id)
		if part || slices.Contains(i.Order.TurnedSlips, id) {
			sum = sum.Add(notedOn(note, posted.ID))
			continue
		}
		sum = sum.Add(takenBack(i, note, links))
	}
	for _, r := range returnsOf(i.Order) {
		if part {
			continue
		}
		sum = sum.Add(takenBack(i, links.Look(r.Flow, r.ID), links))
	}
	return sum
}

// takenBack is what a credit note is over, less what it settles of the order's other invoices.
func takenBack(i qloapps.Invoice, note engine.Link, links engine.Links) money.Decimal {
	if !note.Exists() || note.Retired() || tookFromPayments(note) {
		return money.Zero
	}
	sum := note.Total
	for _, head := range i.Order.Invoices {
		if len(i.Order.Invoices) > 1 && head.ID != i.ID {
			sum = sum.Sub(notedOn(note, links.Look(Invoice, head.ID).ID))
		}
	}
	return money.Max(sum, money.Zero)
}

// creditedWhole holds what a slip or refund would take back once more: all invoices of its order that bill
// something were credited whole.
func creditedWhole(o *qloapps.Order, what string, links engine.Links) error {
	number := ""
	for _, i := range o.Invoices {
		if !o.Over(i) { // it bills something again
			return nil
		}
		note := links.Look(Cancellation, i.ID)
		if note.Exists() {
			number = note.Number
		} else if !billsNothing(links.Look(Invoice, i.ID)) {
			return nil
		}
	}
	if number == "" {
		return nil
	}
	return fault.New(fault.Held, "totals_differ", "Order %s was canceled, and credit note %s took back all that was billed, so that %s would take it back twice.", o.Reference, number, what).
		Do("Give the money back out of that credit note in Zoho Books by hand, then use Skip here.")
}

// voucherOn reports that the credit of vouchers settles a part of a posted invoice: to void it would free that
// without a word.
func voucherOn(posted engine.Link) bool {
	v := vouchers{me: posted, kept: destination.KeptOf(posted)}
	return len(v.standing()) > 0
}
