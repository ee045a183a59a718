package paymentimport

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/store"
)

// write gives each order its part in QloApps, then judges the payment again by what stands there. Every
// step may have happened before: the writer adds only what is missing, the link says the same again.
func (s *Service) write(ctx context.Context, p *payment, has []share) (wrote bool, err error) {
	choices, err := s.Settings(ctx)
	if err != nil {
		return false, err
	}
	shop, err := s.Hotel.Shop(ctx)
	if err != nil {
		return false, err
	}
	var refused error // by one order, which keeps nothing from the others
	for _, x := range has {
		_, added, err := s.Writer.Add(ctx, s.rowOf(*p, x, choices.ImportMethodLabel, shop.Zone))
		switch {
		case errors.Is(err, qloapps.ErrNoOrder):
			refused = fault.New(fault.Conflict, "unassigned", "QloApps no longer has order %s.", x.OrderID).Do("Assign it to another order, or leave it.")
			continue
		case fault.Is(err, fault.Conflict), fault.Is(err, fault.Invalid):
			refused = err
			continue
		case fault.Is(err, fault.Held):
			return wrote, errors.Join(err, s.putBack(ctx, p, writing, p.lacks(has), err))
		case err != nil:
			return wrote, err
		}
		wrote = wrote || added.IsPositive()
	}
	standing, err := s.Hotel.ImportedShares(ctx, []string{p.ZohoID})
	if err != nil {
		return wrote, err
	}
	p.Standing = sharesOf(standing[p.ZohoID])
	if err := s.link(ctx, *p); err != nil { // until it is linked it is being written
		return wrote, err
	}
	if _, err := s.judge(ctx, p); err != nil {
		return wrote, err
	}
	if err := s.overpaid(ctx, p); err != nil {
		return wrote, err
	}
	if refused != nil {
		return wrote, s.putBack(ctx, p, waiting, p.lacks(has), refused)
	}
	_, err = s.save(ctx, p)
	return wrote, err
}

func (s *Service) rowOf(p payment, x share, label string, zone *time.Location) qloapps.NewPayment {
	return qloapps.NewPayment{OrderID: x.OrderID, InvoiceID: x.InvoiceID, Currency: p.Currency, Amount: x.Amount, Whole: p.Amount, Method: label,
		TransactionID: qloapps.ImportMark + p.ZohoID, Day: p.Day, Now: s.Store.Now().In(zone)}
}

// overpaid notes what of a payment an order received beyond what it costs.
func (s *Service) overpaid(ctx context.Context, p *payment) error {
	orders, err := s.orders(ctx, p.Standing)
	if err != nil {
		return err
	}
	digits, err := s.Digits(ctx)
	if err != nil {
		return err
	}
	p.Overpaid = nil
	for _, x := range together(p.Standing) {
		o := orders[x.OrderID]
		if o == nil {
			continue
		}
		if more := least(due(o, digits).Neg(), x.Amount); more.GreaterThan(cent) {
			p.Overpaid = append(p.Overpaid, share{OrderID: x.OrderID, Amount: more})
		}
	}
	return nil
}

// putBack keeps why QloApps does not take some of a payment as it is.
func (s *Service) putBack(ctx context.Context, p *payment, status string, question money.Decimal, cause error) error {
	f := fault.Of(cause)
	p.question, p.Status, p.Issue = question, status, store.Issue{Code: f.Code, Detail: f.Detail, Action: f.Action}
	_, err := s.save(ctx, p)
	return err
}

// link ties what stands in QloApps to the payment it came from, and shows its orders as they are now.
func (s *Service) link(ctx context.Context, p payment) error {
	if len(p.Standing) == 0 {
		return nil
	}
	var ids []string
	if err := s.db(ctx).Raw("SELECT source_id FROM qlobooks_documents WHERE flow = ? AND zoho_id = ?", flow.Payment, p.ZohoID).Scan(&ids).Error; err != nil {
		return fmt.Errorf("read links of payment %s: %w", p.ZohoID, err)
	}
	linked := map[string]bool{}
	for _, id := range ids {
		linked[id] = true
	}
	var orders []string
	var made []store.Ref
	for _, x := range p.Standing {
		if x.OrderID != "" {
			orders = append(orders, x.OrderID)
		}
		if linked[x.PaymentID] {
			continue
		}
		z := store.Standing{ZohoID: p.ZohoID, Number: p.Number, Day: p.Day, Currency: p.Currency, Total: &x.Amount}
		ref := store.Ref{Flow: flow.Payment, ID: x.PaymentID}
		if err := s.Store.LinkImported(ctx, ref, z, fmt.Sprintf("Brought from Zoho Books to order %s: %s %s.", x.OrderID, money.Words(x.Amount, p.Currency), p.Currency)); err != nil {
			return err
		}
		made = append(made, ref)
	}
	if err := s.Linked(ctx, made); err != nil {
		return err
	}
	return s.Relist(ctx, orders)
}
