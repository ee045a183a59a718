package flow

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// A slip or money given back on an order without an invoice in the books takes back no revenue, as none was posted: the
// money goes back from the order's payments.

// uninvoiced is money given back on an order of which no revenue stands.
type uninvoiced struct {
	record engine.Ref
	qloapps.Return
}

// withoutInvoice are those of an order.
func withoutInvoice(o *qloapps.Order, links engine.Links) (list []uninvoiced) {
	for _, ret := range o.Returns {
		record, gives := giver(ret, links)
		if !gives {
			continue
		}
		link := links.Look(record.Flow, record.ID)
		if tookFromPayments(link) { // nobody takes it back from the guest, whatever the request says since
			ret.Amount = link.Total
		}
		if fromThePayments(o, link, links) {
			list = append(list, uninvoiced{record, ret})
		}
	}
	return list
}

// fromThePayments tells that what a record gives back comes out of the order's payments: QloApps made no
// invoice, or none of them bills anything in the books. What was decided when it was first done stays.
func fromThePayments(o *qloapps.Order, link engine.Link, links engine.Links) bool {
	if tookFromPayments(link) || gaveBefore(link) {
		return true
	}
	return !link.Exists() && !slices.ContainsFunc(o.Invoices, func(i qloapps.InvoiceHead) bool { return !billsNothing(links.Look(Invoice, i.ID)) })
}

// tookFromPayments tells that a record gives money back out of payments, or is about to; it has no document of its own.
func tookFromPayments(link engine.Link) bool {
	return slices.ContainsFunc(slices.Concat(link.Done, link.Steps), func(name string) bool { return strings.HasPrefix(name, destination.GiveBackStep) })
}

// gaveBefore tells that a record gave money back out of payments before its link was lost, unless it was looked for since and
// is not there.
func gaveBefore(link engine.Link) bool {
	return !link.Exists() && !destination.KeptOf(link).Looked && slices.ContainsFunc(link.Gave, func(name string) bool { return !strings.HasSuffix(name, ":") })
}

// wentBack tells that all of the money that a record gives back out of payments did.
func wentBack(link engine.Link) bool {
	back := doneSteps(link.Done, destination.GiveBackStep)
	return len(back) > 0 && len(back) >= len(doneSteps(link.Steps, destination.GiveBackStep))
}

// billsNothing tells that an invoice is void, or rightly without a document.
func billsNothing(invoice engine.Link) bool {
	return invoice.Retired() || !invoice.Exists() && invoice.Status == engine.Synced
}

// slipPaid reports a return whose slip was paid out.
func slipPaid(ret qloapps.Return) bool {
	became, _ := ret.Becomes()
	return became == qloapps.BecameSlip
}

// backWithoutInvoice maps money given back on an order that has no invoice.
func backWithoutInvoice(m engine.Mapped[zoho.CreditNote], record engine.Ref, ret qloapps.Return, o *qloapps.Order, own money.Decimal, me engine.Link, precision int32, links engine.Links, r *rules.Rules) (engine.Mapped[zoho.CreditNote], error) {
	amount := money.RoundHalfUp(ret.Amount, precision)
	m.Facts.Currency, m.Facts.Total, m.Facts.HasTotal, m.Facts.Hotel = o.Currency, amount, false, o.HotelName
	if !amount.IsPositive() { // less than the currency's smallest unit
		m.Nothing = true
		return m, nil
	}
	rate, replaced, err := rateFor(me, o, own, "order "+o.Reference, r)
	if err != nil {
		return m, err
	}
	m.Notices = slices.Concat(m.Notices, replaced, billedSince(o, amount, me, links))
	if err := undated("Refund request "+ret.ID, qloapps.Day(ret.Updated)); err != nil && !tookFromPayments(me) {
		return m, err
	}
	day := cmp.Or(qloapps.Day(ret.Updated), m.Facts.Date) // one that lost its date once it had gone back
	c := cash{record: record, amount: amount, method: ret.PaymentMode, day: day, orders: []asking{{order: o}},
		refund: zoho.Refund{Date: day, Description: zoho.Clip(ret.TransactionID, 500), ExchangeRate: rate}}
	return fromPayments(m, c, me, precision, links, r)
}

// billedSince tells of money that went back from the payments of an order that was invoiced afterwards: the invoice bills
// all of it, and no credit note takes that part back.
func billedSince(o *qloapps.Order, amount money.Decimal, me engine.Link, links engine.Links) []engine.Notice {
	for _, i := range o.Invoices {
		if invoice := links.Look(Invoice, i.ID); tookFromPayments(me) && invoice.Exists() && !billsNothing(invoice) {
			return []engine.Notice{{Code: "refunded_uninvoiced", Detail: fmt.Sprintf("%s %s went back from the payments of order %s before it was invoiced. Invoice %s bills the whole of it, so as much more is open there than QloApps says.",
				money.Words(amount, o.Currency), o.Currency, o.Reference, invoice.Number)}}
		}
	}
	return nil
}

// notInvoiced holds a slip without money until there is an invoice that it can lower.
func notInvoiced(o *qloapps.Order) error {
	if len(o.Invoices) > 0 {
		return fault.New(fault.Blocked, "not_queued", "No invoice of order %s bills anything in Zoho Books, as the order was canceled before one was posted or its invoice is void: there is no revenue that this credit slip could take back.", o.Reference).
			Do("Use Skip here. If the guest is to have the money all the same, give it back from the payment in Zoho Books by hand.")
	}
	return fault.New(fault.Blocked, "not_queued", "Order %s has no invoice yet, so there is nothing that this credit slip could lower.", o.Reference).
		Do("Nothing; it goes on when QloApps invoices the order. If that never happens, use Skip here.")
}
