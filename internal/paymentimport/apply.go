package paymentimport

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// arrives is how long after it was sent an application may still arrive: the call's time limit and a
// margin.
const arrives = 40 * time.Second

// settleOpen applies in Zoho Books what a person assigned and is unused there, as far as the order's
// invoices stand and take it. What they do not take stays open, with the reason, and is tried again
// when the payment is looked at next.
//
// An application carries no key. It is sent after an intent with the database's time was kept, and
// not again before it must have arrived; what the payment then settles says whether it did. The
// payment must have been read before.
func (s *Service) settleOpen(ctx context.Context, books *zoho.Client, p *payment) error {
	if p.Sending != nil {
		if now, err := s.databaseNow(ctx); err != nil || now.Before(p.Sending.At.Add(arrives)) {
			return err
		}
		p.Sending = nil
		if _, err := s.readBoth(ctx, books, p); err != nil { // after that moment
			return err
		}
	}
	p.Refusal = ""
	for _, open := range planOf(*p).Open {
		if open.ByHand {
			continue
		}
		invoices, err := s.invoicesOf(ctx, open)
		if err != nil {
			return err
		}
		for _, id := range invoices {
			if !open.Amount.GreaterThan(cent) {
				break
			}
			took, err := s.apply(ctx, books, p, open, id)
			if err != nil {
				return err
			}
			open.Amount = open.Amount.Sub(took)
			if p.Sending != nil {
				return nil
			}
		}
	}
	return nil
}

// invoicesOf are the Zoho ids of the invoice that a share is meant for, or of all its order's.
func (s *Service) invoicesOf(ctx context.Context, x share) ([]string, error) {
	docs, err := s.Store.DocumentsOf(ctx, "orders", []string{x.OrderID})
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, d := range docs[x.OrderID] {
		if d.Ref.Flow == flow.Invoice && d.ZohoID != "" && (x.InvoiceID == "" || x.InvoiceID == d.Ref.ID) {
			ids = append(ids, d.ZohoID)
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// apply settles an invoice with what is open of a share, and tells how much that was. A refusal is
// kept with the payment.
func (s *Service) apply(ctx context.Context, books *zoho.Client, p *payment, open share, invoiceID string) (money.Decimal, error) {
	rec, err := books.Get(ctx, zoho.Invoices, invoiceID)
	if fault.Is(err, fault.NotFound) {
		return money.Zero, nil
	}
	if err != nil {
		return money.Zero, s.refused(p, err)
	}
	f := factsOf(rec.Raw)
	takes := least(least(open.Amount, p.Unused), rec.Balance.Decimal)
	switch {
	case rec.Status == "void" || rec.Status == "draft" || !takes.GreaterThan(cent):
		return money.Zero, nil
	case f.Contact != p.ContactID:
		p.Refusal = "Invoice " + rec.Number + " is of another contact in Zoho Books."
		return money.Zero, nil
	}
	locks, err := s.Locks(ctx)
	if err != nil {
		return money.Zero, s.refused(p, err)
	}
	if day := max(f.Day, p.Day); locks.Money().Closed(day) || locks.Paper().Closed(day) {
		p.Refusal = "It concerns " + day + ", a day that is locked in Zoho Books."
		return money.Zero, nil
	}
	at, err := s.databaseNow(ctx)
	if err != nil {
		return money.Zero, err
	}
	p.Sending = &sending{InvoiceID: invoiceID, At: at}
	mine, err := s.save(ctx, p)
	if err != nil {
		return money.Zero, err
	}
	if !mine {
		return money.Zero, beingWritten()
	}
	body, err := json.Marshal(map[string]any{"invoice_payments": []map[string]any{{"payment_id": p.ZohoID, "amount_applied": money.N(takes)}}})
	if err != nil {
		return money.Zero, fmt.Errorf("application of payment %s: %w", p.ZohoID, err)
	}
	if _, err = books.Do(ctx, zoho.Request{Method: http.MethodPost, Path: zoho.Invoices.Path + "/" + invoiceID + "/credits", Body: body}); fault.Is(err, fault.Unknown) {
		return money.Zero, nil // looked for later
	}
	p.Sending = nil
	if err != nil {
		return money.Zero, s.refused(p, err)
	}
	p.Unused = p.Unused.Sub(takes)
	x := share{OrderID: open.OrderID, Amount: takes, ZohoID: invoiceID, Number: rec.Number}
	if source, err := s.linked(ctx, flow.Invoice, []string{invoiceID}); err == nil {
		x.InvoiceID = source[invoiceID]
	}
	p.Applied = append(p.Applied, x)
	p.use()
	return takes, nil
}

// refused keeps in Zoho Books' words why a payment is not applied. It is no reason to keep the money
// from QloApps.
func (s *Service) refused(p *payment, err error) error {
	f := fault.Of(err)
	if f.Kind == fault.Internal {
		return err
	}
	p.Refusal = f.Detail
	return nil
}
