package flow

import (
	"maps"

	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// An order that is not paid may change its currency in QloApps. Its sales order and invoice follow where Zoho Books lets
// them; what is never rewritten stays in the former currency, and Zoho Books ties nothing across two of them.

// otherCurrency reports that a document stands in another currency than its order has now.
func otherCurrency(o *qloapps.Order, link engine.Link) bool {
	return link.Exists() && link.Currency != "" && link.Currency != o.Currency
}

// asBilled is an invoice in whose currency its order is, whatever that became since: what takes it back is in that one.
func asBilled(i qloapps.Invoice, posted engine.Link) qloapps.Invoice {
	if otherCurrency(i.Order, posted) {
		o := *i.Order
		o.Currency, i.Order = posted.Currency, &o
	}
	return i
}

// keptCredit leaves a credit note as it stands.
func keptCredit(title string, o *qloapps.Order, self engine.Link) engine.Mapped[zoho.CreditNote] {
	m := engine.Mapped[zoho.CreditNote]{Keep: true, CreateOnly: true}
	m.Facts = engine.Facts{Title: title, Date: self.Day, Currency: self.Currency, Total: self.Total, Applied: self.Applied, Hotel: o.HotelName}
	for _, name := range self.Done {
		m.Steps = append(m.Steps, engine.Step{Name: name})
	}
	return m
}

// standsUnused asks for a person where a payment or credit note stands in its order's former currency with something
// that is unused, and the order has no invoice in that currency which it could settle.
func standsUnused(title string, o *qloapps.Order, self engine.Link, links engine.Links) error {
	left := self.Total
	settles, back, known := moneyOf(self)
	if !known {
		left = left.Sub(self.Applied)
	}
	stays := false
	settles = maps.Clone(settles)
	for _, i := range o.Invoices {
		invoice := links.Look(Invoice, i.ID)
		stays = stays || invoice.Exists() && !invoice.Retired() && invoice.Currency == self.Currency
		if invoice.Currency != self.Currency { // it was taken off, or the invoice could not have followed
			delete(settles, invoice.ID)
		}
	}
	for _, part := range settles {
		left = left.Sub(part)
	}
	for _, part := range back {
		left = left.Sub(part)
	}
	if stays || !left.IsPositive() || destination.KeptOf(self).Took != nil {
		return nil
	}
	return fault.New(fault.Rejected, "changed_after_posting", "Order %s changed its currency after «%s» was posted: %s %s stand in Zoho Books, of which %s %s are unused; QloApps' order is in %s now, and Zoho Books lets nothing of it settle an invoice in another currency.",
		o.Reference, title, money.Words(self.Total, self.Currency), self.Currency, money.Words(left, self.Currency), self.Currency, o.Currency).
		Do("Delete it in Zoho Books, then use Recreate here, so that it is posted in " + o.Currency + "; or settle the invoice in Zoho Books by hand and use Skip here.")
}
