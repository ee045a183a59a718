package paymentimport

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/store"
)

// ListImported gives one page, newest first.
func (s *Service) ListImported(ctx context.Context, q wire.ImportedQuery) (wire.ImportedPage, error) {
	page := wire.ImportedPage{Items: []wire.ImportedPayment{}, Counts: map[string]int{}}
	where, args := "1 = 1", []any{}
	if len(q.Status) > 0 {
		where, args = where+" AND status IN ?", append(args, q.Status)
	}
	if q.After != nil {
		where, args = where+" AND (day < ? OR day = ? AND zoho_id < ?)", append(args, q.After.Value, q.After.Value, q.After.ID)
	}
	list, err := s.rows(ctx, where+" ORDER BY day DESC, zoho_id DESC LIMIT ?", append(args, q.Limit+1)...)
	if err != nil {
		return page, err
	}
	if len(list) > q.Limit {
		list = list[:q.Limit]
		last := list[len(list)-1]
		page.Next = &wire.Position{Value: last.Day, ID: last.ZohoID}
	}
	url, err := s.URL(ctx)
	if err != nil {
		return page, err
	}
	for _, p := range list {
		page.Items = append(page.Items, show(p, url))
	}
	var counts []struct {
		Status string
		N      int
	}
	err = s.db(ctx).Raw("SELECT status, COUNT(*) n FROM qlobooks_imported_payments GROUP BY status").Scan(&counts).Error
	for _, c := range counts {
		page.Counts[c.Status] = c.N
	}
	return page, err
}

func show(p payment, url func(flow, zohoID string) string) wire.ImportedPayment {
	w := wire.ImportedPayment{ID: p.ZohoID, Number: p.Number, ZohoURL: wire.TextOrNull(url(flow.Payment, p.ZohoID)), Date: p.Day, Currency: p.Currency, Amount: amount(p.Amount), PaymentMode: p.Mode,
		Reference: p.Reference, Contact: p.Contact, Status: p.Status, Shares: []wire.ImportShare{}}
	for _, x := range p.Shares {
		w.Shares = append(w.Shares, wire.ImportShare{OrderID: x.OrderID, InvoiceID: x.InvoiceID, Amount: amount(x.Amount), PaymentID: x.PaymentID})
	}
	if p.Issue.Code != "" {
		w.Issue = &wire.Issue{Code: p.Issue.Code, Title: fault.Explain(p.Issue.Code).Title, Detail: p.Issue.Detail, Action: p.Issue.Action}
	}
	return w
}

// Assign writes a waiting payment to the order that a person names.
func (s *Service) Assign(ctx context.Context, id string, to wire.Assignment, by string) (wire.ImportedPayment, error) {
	none := wire.ImportedPayment{}
	p, err := s.one(ctx, id)
	if err != nil {
		return none, err
	}
	orders, err := s.Hotel.Orders(ctx, []string{to.OrderID})
	if err != nil {
		return none, err
	}
	o := orders[to.OrderID]
	switch {
	case o == nil:
		return none, fault.New(fault.Invalid, "validation", "QloApps has no order %s.", to.OrderID).On("order_id")
	case p.Currency != "" && o.Currency != p.Currency:
		return none, fault.New(fault.Conflict, "other_currency", "The payment is in %s, the order in %s.", p.Currency, o.Currency).Do("Enter it in QloApps by hand.").On("order_id")
	}
	x := share{OrderID: o.ID, Amount: p.Amount}
	if to.InvoiceID != nil {
		x.InvoiceID = *to.InvoiceID
		if !slices.ContainsFunc(o.Invoices, func(i qloapps.InvoiceHead) bool { return i.ID == x.InvoiceID }) {
			return none, fault.New(fault.Invalid, "validation", "Order %s has no invoice %s.", o.Reference, x.InvoiceID).On("invoice_id")
		}
	}
	p.Currency, p.Shares = o.Currency, []share{x}
	if err := s.claim(ctx, p, by); err != nil {
		return none, err
	}
	choices, err := s.Settings(ctx)
	if err != nil {
		return none, err
	}
	shop, err := s.Hotel.Shop(ctx)
	if err != nil {
		return none, err
	}
	if err := s.write(ctx, p, choices, shop.Zone); err != nil {
		return none, err
	}
	if err := s.Store.AddEvent(ctx, store.Event{Actor: by, Action: "assign", Detail: fmt.Sprintf("Assigned payment %s of Zoho Books to order %s.", p.ZohoID, o.Reference)}); err != nil {
		return none, err
	}
	if p, err = s.one(ctx, id); err != nil {
		return none, err
	}
	url, err := s.URL(ctx)
	return show(p, url), err
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

// claim makes a payment be written by this caller alone.
func (s *Service) claim(ctx context.Context, p payment, by string) error {
	shares, _ := json.Marshal(p.Shares)
	res := s.db(ctx).Exec("UPDATE qlobooks_imported_payments SET status = ?, currency = ?, shares = ?, assigned_by = ?, updated_at = ? WHERE zoho_id = ? AND status IN (?, ?)",
		writing, p.Currency, string(shares), by, s.Store.Now(), p.ZohoID, waiting, elsewhere)
	if res.Error != nil {
		return fmt.Errorf("assign payment %s: %w", p.ZohoID, res.Error)
	}
	if res.RowsAffected == 0 {
		return fault.New(fault.Conflict, "already_imported", "This payment stands in QloApps already, or is being written right now.")
	}
	return nil
}

// Statements adds up what was imported, by day or month.
func (s *Service) Statements(ctx context.Context) (wire.Statements, error) {
	choices, err := s.Settings(ctx)
	if err != nil {
		return wire.Statements{}, err
	}
	out := wire.Statements{Grouping: choices.StatementGrouping, Items: []wire.StatementLine{}}
	format := "%Y-%m-%d"
	if choices.StatementGrouping == "monthly" {
		format = "%Y-%m-01"
	}
	var rows []struct {
		Period, Currency, PaymentMode string
		Count                         int
		Amount                        money.Decimal
	}
	err = s.db(ctx).Raw("SELECT DATE_FORMAT(day, ?) period, currency, payment_mode, COUNT(*) count, SUM(amount) amount FROM qlobooks_imported_payments WHERE status = ? AND day IS NOT NULL "+
		"GROUP BY period, currency, payment_mode ORDER BY period DESC, currency, payment_mode LIMIT 1000", format, imported).Scan(&rows).Error
	for _, r := range rows {
		out.Items = append(out.Items, wire.StatementLine{Period: r.Period, Currency: r.Currency, PaymentMode: r.PaymentMode, Count: r.Count, Amount: amount(r.Amount)})
	}
	return out, err
}
