package flow

import (
	"encoding/json"
	"strings"

	"github.com/qlobooks/qlobooks/internal/bill"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// creditBody is a credit note without its number.
func creditBody(key engine.Ref, o *qloapps.Order, c bill.Credit, date string, own money.Decimal, self engine.Link, links engine.Links, r *rules.Rules) (zoho.CreditNote, error) {
	bears := dated(date, r.Locks.Paper(), self, r)
	doc := zoho.CreditNote{Date: bears, Notes: trueDay(date, bears), ReferenceNumber: zoho.Clip(o.Reference, 100), Lines: c.Lines, CustomFields: keyField(r, key)}
	contact, err := contactOf(o, self, links, r)
	if err != nil {
		return doc, err
	}
	doc.CustomerID = contact
	doc.ExchangeRate, err = exchangeRate(o.Currency, own, r)
	return doc, err
}

// refundStep gives money back from a credit note; the step is known again by its reference.
func refundStep(key engine.Ref, ret qloapps.Return, amount money.Decimal, rate *money.Number, date string, r *rules.Rules) (engine.Step, error) {
	account, err := r.Mappings.Find(rules.DepositAccounts, ret.PaymentMode)
	if err != nil {
		return engine.Step{}, err
	}
	own := qloapps.Day(ret.Updated)
	bears, concerns := max(date, own), own
	if movable(account) {
		bears = dated(bears, r.Locks.Money(), engine.Link{}, r)
		concerns = bears
	}
	body, err := json.Marshal(zoho.Refund{Date: bears, Amount: money.N(amount), Account: account.ZohoID, Mode: zoho.Clip(paymentMode(ret.PaymentMode, r), 50),
		Reference: key.Key(), Description: zoho.Clip(strings.Join(nonEmpty(ret.TransactionID, trueDay(own, bears)), "; "), 500), ExchangeRate: rate})
	path := zoho.CreditNotes.Path + "/{id}/refunds"
	return engine.Step{Name: "refund", Method: "POST", Path: path, Body: body, Money: true, Days: []string{concerns},
		Proof: &engine.Proof{Path: path, List: "creditnote_refunds", Field: "reference_number", Value: key.Key()}}, err
}

// applyNote settles an invoice from a credit note.
func applyNote(own string, invoice engine.Link, amount money.Decimal) engine.Step {
	invoiceID := invoice.ID
	body, _ := json.Marshal(map[string]any{"invoices": []zoho.Allocation{{InvoiceID: invoiceID, AmountApplied: money.N(amount)}}})
	return engine.Step{Name: "apply:" + invoiceID, Method: "POST", Path: zoho.CreditNotes.Path + "/{id}/invoices", Body: body, Days: []string{max(own, invoice.Day)},
		Proof: &engine.Proof{Path: zoho.CreditNotes.Path + "/{id}", Envelope: zoho.CreditNotes.Envelope, List: "invoices", Field: "invoice_id", Value: invoiceID}}
}

// applyRest settles the order's invoice with what of a credit note was not given back, up to the
// invoice's balance. It waits for the order's payments, which come first.
func applyRest(o *qloapps.Order, own string, rest money.Decimal, precision int32, self engine.Link, links engine.Links) (steps []engine.Step, applied money.Decimal, err error) {
	if !rest.IsPositive() || len(o.Invoices) != 1 {
		return nil, money.Zero, nil
	}
	invoice := links.Look(Invoice, o.Invoices[0].ID)
	for _, s := range o.Shares {
		if _, err := links.Settled(Payment, s.PaymentID); err != nil {
			return nil, money.Zero, err
		}
	}
	for _, id := range o.SlipIDs { // an earlier slip takes its part first
		if self.Ref.Flow == CreditNote && !qloapps.Earlier(id, self.Ref.ID) {
			continue
		}
		if _, err := links.Settled(CreditNote, id); err != nil {
			return nil, money.Zero, err
		}
	}
	if _, err := links.Settled(Invoice, o.Invoices[0].ID); err != nil {
		return nil, money.Zero, err
	}
	if !invoice.Exists() || invoice.Retired() {
		return nil, money.Zero, nil
	}
	balance := invoice.Total.Sub(settledOf(o, o.Invoices[0].ID, precision, links)).Add(self.Applied)
	applied = money.Min(rest, balance)
	if self.Exists() && self.Applied.IsPositive() {
		applied = self.Applied // once applied it stays
	}
	if !applied.IsPositive() {
		return nil, money.Zero, nil
	}
	return []engine.Step{applyNote(own, invoice, applied)}, applied, nil
}

func creditNeeds(o *qloapps.Order, r *rules.Rules) []engine.Ref {
	needs := append(buyer(o, r), itemRefs(o.Lines)...)
	for _, i := range o.Invoices {
		needs = append(needs, ref(Invoice, i.ID), ref(Cancellation, i.ID))
	}
	return append(append(needs, ref(SalesOrder, o.ID)), settlers(o)...)
}

func filterCredit(o *qloapps.Order, date string, r *rules.Rules) error {
	if !o.Complete {
		return incomplete(o)
	}
	if err := skippedHotel(o.HotelID, o.HotelName, r); err != nil {
		return err
	}
	return skippedBefore(date, r)
}
