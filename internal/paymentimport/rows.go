package paymentimport

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/store"
)

// payment is one payment of Zoho Books as it is kept.
type payment struct {
	ZohoID, Number, Day, Currency string
	Amount                        money.Decimal
	Mode, Reference               string
	ContactID, Contact            string
	Shares                        []share
	Status                        string
	Issue                         store.Issue
	Modified                      string
}

// share is the part of a payment that belongs to one order.
type share struct {
	OrderID   string        `json:"order_id"`
	InvoiceID string        `json:"invoice_id"`
	Amount    money.Decimal `json:"amount"`
	PaymentID string        `json:"payment_id"` // of QloApps, once it is written
}

func (p *payment) wait(code, detail, action string) {
	p.Status, p.Issue = waiting, store.Issue{Code: code, Detail: detail, Action: action}
}

func (s *Service) db(ctx context.Context) *gorm.DB { return s.Store.Gorm().WithContext(ctx) }

const columns = "SELECT zoho_id, number, DATE_FORMAT(day, '%Y-%m-%d') day, currency, amount, payment_mode, reference, contact_id, contact, shares, status, issue_code, issue_detail, issue_action, modified FROM qlobooks_imported_payments WHERE "

func (s *Service) rows(ctx context.Context, where string, args ...any) ([]payment, error) {
	var rows []struct {
		ZohoID, Number           string
		Day                      *string
		Currency                 string
		Amount                   money.Decimal
		PaymentMode, Reference   string
		ContactID, Contact       string
		Shares                   *string
		Status, IssueCode        string
		IssueDetail, IssueAction *string
		Modified                 string
	}
	if err := s.db(ctx).Raw(columns+where, args...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read imported payments: %w", err)
	}
	list := make([]payment, len(rows))
	for i, r := range rows {
		list[i] = payment{ZohoID: r.ZohoID, Number: r.Number, Day: text(r.Day), Currency: r.Currency, Amount: r.Amount, Mode: r.PaymentMode, Reference: r.Reference, ContactID: r.ContactID, Contact: r.Contact,
			Status: r.Status, Issue: store.Issue{Code: r.IssueCode, Detail: text(r.IssueDetail), Action: text(r.IssueAction)}, Modified: r.Modified}
		_ = json.Unmarshal([]byte(text(r.Shares)), &list[i].Shares)
	}
	return list, nil
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// save keeps a payment as it was judged; false when somebody else is writing it or has.
func (s *Service) save(ctx context.Context, p payment) (bool, error) {
	shares, _ := json.Marshal(p.Shares)
	now := s.Store.Now()
	err := s.db(ctx).Exec("INSERT IGNORE INTO qlobooks_imported_payments (zoho_id, status, created_at, updated_at) VALUES (?, ?, ?, ?)", p.ZohoID, waiting, now, now).Error
	if err != nil {
		return false, fmt.Errorf("keep payment %s: %w", p.ZohoID, err)
	}
	res := s.db(ctx).Exec("UPDATE qlobooks_imported_payments SET number = ?, day = ?, currency = ?, amount = ?, payment_mode = ?, reference = ?, contact_id = ?, contact = ?, shares = ?, status = ?, "+
		"issue_code = ?, issue_detail = ?, issue_action = ?, modified = ?, updated_at = ? WHERE zoho_id = ? AND status IN (?, ?)",
		store.Clip(p.Number, 100), orNull(p.Day), p.Currency, p.Amount, store.Clip(p.Mode, 100), store.Clip(p.Reference, 100), p.ContactID, store.Clip(p.Contact, 200), string(shares), p.Status,
		p.Issue.Code, orNull(p.Issue.Detail), orNull(p.Issue.Action), p.Modified, now, p.ZohoID, waiting, elsewhere)
	return res.RowsAffected == 1, res.Error
}

// linked maps Zoho ids to the source ids of our documents of flows that stand there.
func (s *Service) linked(ctx context.Context, flows, ids []string) (map[string]string, error) {
	found := map[string]string{}
	if len(ids) == 0 {
		return found, nil
	}
	var rows []struct{ ZohoID, SourceID string }
	if err := s.db(ctx).Raw("SELECT zoho_id, source_id FROM qlobooks_documents WHERE flow IN ? AND zoho_id IN ? AND zoho_id <> ''", flows, ids).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read links: %w", err)
	}
	for _, r := range rows {
		found[r.ZohoID] = r.SourceID
	}
	return found, nil
}

// write adds a payment's shares to QloApps and links each to the payment it came from. Every step
// may have happened before: the transaction id finds what was written, the link says the same
// again.
func (s *Service) write(ctx context.Context, p payment, choices settings.Payments, zone *time.Location) error {
	var orders []string
	for i := range p.Shares {
		x := &p.Shares[i]
		id, _, err := s.Writer.Add(ctx, qloapps.NewPayment{OrderID: x.OrderID, InvoiceID: x.InvoiceID, Currency: p.Currency, Amount: x.Amount, Method: choices.ImportMethodLabel,
			TransactionID: flow.ImportMark + p.ZohoID, Day: p.Day, Now: s.Store.Now().In(zone)})
		if errors.Is(err, qloapps.ErrNoOrder) || fault.Is(err, fault.Conflict) || fault.Is(err, fault.Invalid) {
			return s.putBack(ctx, p, err)
		}
		if err != nil {
			return err
		}
		x.PaymentID = id
		ref := store.Ref{Flow: flow.Payment, ID: id}
		z := store.Standing{ZohoID: p.ZohoID, Number: p.Number, Day: p.Day, Currency: p.Currency, Total: &x.Amount}
		if err := s.Store.LinkImported(ctx, ref, z, fmt.Sprintf("Brought from Zoho Books to order %s: %s %s.", x.OrderID, amount(x.Amount), p.Currency)); err != nil {
			return err
		}
		orders = append(orders, x.OrderID)
	}
	shares, _ := json.Marshal(p.Shares)
	err := s.db(ctx).Exec("UPDATE qlobooks_imported_payments SET status = ?, shares = ?, issue_code = '', issue_detail = NULL, issue_action = NULL, updated_at = ? WHERE zoho_id = ?", imported, string(shares), s.Store.Now(), p.ZohoID).Error
	if err != nil {
		return fmt.Errorf("keep payment %s: %w", p.ZohoID, err)
	}
	return s.Relist(ctx, orders)
}

// putBack lets a person decide about a payment that QloApps cannot take as it is.
func (s *Service) putBack(ctx context.Context, p payment, cause error) error {
	f := fault.Of(cause)
	if errors.Is(cause, qloapps.ErrNoOrder) {
		f = fault.New(fault.Conflict, "unassigned", "QloApps no longer has the order.").Do("Assign it to another order, or leave it.")
	}
	err := s.db(ctx).Exec("UPDATE qlobooks_imported_payments SET status = ?, issue_code = ?, issue_detail = ?, issue_action = ?, updated_at = ? WHERE zoho_id = ?", waiting, f.Code, f.Detail, orNull(f.Action), s.Store.Now(), p.ZohoID).Error
	if err != nil {
		return fmt.Errorf("keep payment %s: %w", p.ZohoID, err)
	}
	return nil
}
