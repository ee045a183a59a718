package paymentimport

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
)

func (s *Service) db(ctx context.Context) *gorm.DB { return s.Store.Gorm().WithContext(ctx) }

const columns = "SELECT zoho_id, number, DATE_FORMAT(day, '%Y-%m-%d') day, currency, amount, payment_mode, reference, contact_id, contact, shares, facts, status, issue_code, issue_detail, issue_action, modified, assigned_by, accepted, version, updated_at, issue_since, issue_amount FROM qlobooks_imported_payments p WHERE "

// rows reads payments with what stands of each in QloApps, as it was last read there.
func (s *Service) rows(ctx context.Context, where string, args ...any) ([]payment, error) {
	var rows []struct {
		ZohoID, Number           string
		Day                      *string
		Currency                 string
		Amount                   money.Decimal
		PaymentMode, Reference   string
		ContactID, Contact       string
		Shares, Facts            *string
		Status, IssueCode        string
		IssueDetail, IssueAction *string
		Modified, AssignedBy     string
		Accepted                 string
		Version                  int
		UpdatedAt                time.Time
		IssueSince               *time.Time
		IssueAmount              *money.Decimal
	}
	if err := s.db(ctx).Raw(columns+where, args...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read imported payments: %w", err)
	}
	list, ids := make([]payment, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ZohoID
		list[i] = payment{ZohoID: r.ZohoID, Number: r.Number, Day: text(r.Day), Currency: r.Currency, Amount: r.Amount, Mode: r.PaymentMode, Reference: r.Reference, ContactID: r.ContactID, Contact: r.Contact,
			Status: r.Status, Issue: store.Issue{Code: r.IssueCode, Detail: text(r.IssueDetail), Action: text(r.IssueAction)}, Modified: r.Modified, AssignedBy: r.AssignedBy, Accepted: r.Accepted, version: r.Version, at: r.UpdatedAt, known: true}
		if r.Status == writing && r.IssueCode == "" && s.Store.Now().Sub(r.UpdatedAt) > mostWriting {
			list[i].Issue = store.Issue{Code: brokenOff, Detail: "It was being written to QloApps when the program ended.", Action: "It goes on with the next tick or import; Assign goes on at once."}
		}
		if r.Facts != nil {
			_ = json.Unmarshal([]byte(*r.Facts), &list[i].kept)
		} else if r.AssignedBy != "" { // kept by a version that did not follow payments
			_ = json.Unmarshal([]byte(text(r.Shares)), &list[i].Assigned)
			list[i].Confirmed = true
		}
	}
	if err := s.addStanding(ctx, list, ids); err != nil {
		return nil, err
	}
	for i, r := range rows {
		if r.IssueAmount != nil {
			list[i].question = *r.IssueAmount
		}
		if list[i].Issue.Code != "" {
			list[i].asked, list[i].since = list[i].fingerprint(), r.UpdatedAt
			if r.IssueSince != nil {
				list[i].since = *r.IssueSince
			}
		}
	}
	return list, nil
}

func (s *Service) addStanding(ctx context.Context, list []payment, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	var rows []struct {
		ZohoID, PaymentID, OrderID, InvoiceID string
		Amount                                money.Decimal
		Day                                   *string
	}
	if err := s.db(ctx).Raw("SELECT zoho_id, payment_id, order_id, invoice_id, amount, DATE_FORMAT(day, '%Y-%m-%d') day FROM qlobooks_imported_shares WHERE zoho_id IN ? ORDER BY zoho_id, payment_id + 0, order_id + 0", ids).Scan(&rows).Error; err != nil {
		return fmt.Errorf("read parts of imported payments: %w", err)
	}
	by := map[string][]share{}
	for _, r := range rows {
		by[r.ZohoID] = append(by[r.ZohoID], share{PaymentID: r.PaymentID, OrderID: r.OrderID, InvoiceID: r.InvoiceID, Amount: r.Amount, Day: text(r.Day)})
	}
	for i := range list {
		list[i].Standing = by[list[i].ZohoID]
	}
	return nil
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

// save keeps a payment as it was judged; false when somebody else has changed it since it was read.
func (s *Service) save(ctx context.Context, p *payment) (bool, error) {
	facts, err := json.Marshal(p.kept)
	if err != nil {
		return false, fmt.Errorf("keep payment %s: %w", p.ZohoID, err)
	}
	mine := false
	err = s.db(ctx).Transaction(func(tx *gorm.DB) error {
		now := s.Store.Now()
		p.waits(now)
		var since any
		if p.Issue.Code != "" {
			since = p.since
		}
		if !p.known {
			if err := tx.Exec("INSERT IGNORE INTO qlobooks_imported_payments (zoho_id, status, created_at, updated_at) VALUES (?, ?, ?, ?)", p.ZohoID, waiting, now, now).Error; err != nil {
				return err
			}
		}
		res := tx.Exec("UPDATE qlobooks_imported_payments SET number = ?, day = ?, currency = ?, amount = ?, payment_mode = ?, reference = ?, contact_id = ?, contact = IF("+store.OfErased("?")+", '', ?), facts = ?, status = ?, "+
			"issue_code = ?, issue_detail = ?, issue_action = ?, issue_since = ?, issue_amount = ?, modified = ?, assigned_by = ?, accepted = ?, version = version + 1, updated_at = ? WHERE zoho_id = ? AND version = ?",
			store.Clip(p.Number, 255), orNull(p.Day), p.Currency, p.Amount, store.Clip(p.Mode, 255), store.Clip(p.Reference, 255), p.ContactID, p.ContactID, store.Clip(p.Contact, 200), string(facts), p.Status,
			p.Issue.Code, orNull(p.Issue.Detail), orNull(p.Issue.Action), since, p.question, p.Modified, store.Clip(p.AssignedBy, 128), p.Accepted, now, p.ZohoID, p.version)
		if res.Error != nil || res.RowsAffected != 1 {
			return res.Error
		}
		mine = true
		if err := keepStrange(tx, *p); err != nil {
			return err
		}
		return keepStanding(tx, *p)
	})
	if err != nil {
		return false, fmt.Errorf("keep payment %s: %w", p.ZohoID, err)
	}
	if mine {
		p.version, p.known = p.version+1, true
	}
	return mine, nil
}

// keepStrange names the invoices of a payment that nothing of QloApps is linked to, so that it is looked at
// again when one of them is.
func keepStrange(tx *gorm.DB, p payment) error {
	if err := tx.Exec("DELETE FROM qlobooks_imported_strange WHERE zoho_id = ?", p.ZohoID).Error; err != nil {
		return err
	}
	for _, id := range p.Strange {
		if err := tx.Exec("INSERT IGNORE INTO qlobooks_imported_strange (zoho_id, invoice_id) VALUES (?, ?)", p.ZohoID, id).Error; err != nil {
			return err
		}
	}
	return nil
}

// drop takes off the list what is nothing to bring, as long as QloApps has nothing of it.
func (s *Service) drop(ctx context.Context, p payment) error {
	if !p.known || len(p.Standing) > 0 && !p.Unread {
		return nil
	}
	return s.db(ctx).Exec("DELETE FROM qlobooks_imported_payments WHERE zoho_id = ? AND version = ?", p.ZohoID, p.version).Error
}

// paired are those of some payments that a person tied to one which the desk had entered.
func (s *Service) paired(ctx context.Context, ids []string) (map[string]bool, error) {
	var found []string
	if err := s.db(ctx).Raw("SELECT zoho_id FROM qlobooks_documents WHERE flow = ? AND zoho_id IN ? AND paired = 1", flow.Payment, ids).Scan(&found).Error; err != nil {
		return nil, fmt.Errorf("read paired payments: %w", err)
	}
	tied := map[string]bool{}
	for _, id := range found {
		tied[id] = true
	}
	return tied, nil
}

// keepStanding replaces what was known to stand in QloApps by what stands there now.
func keepStanding(tx *gorm.DB, p payment) error {
	if err := tx.Exec("DELETE FROM qlobooks_imported_shares WHERE zoho_id = ?", p.ZohoID).Error; err != nil {
		return err
	}
	for _, x := range p.Standing {
		if err := tx.Exec("INSERT INTO qlobooks_imported_shares (zoho_id, payment_id, order_id, invoice_id, amount, day) VALUES (?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE amount = amount + VALUES(amount)",
			p.ZohoID, x.PaymentID, x.OrderID, x.InvoiceID, x.Amount, orNull(orText(x.Day, p.Day))).Error; err != nil {
			return err
		}
	}
	return nil
}

// linked maps Zoho ids to the source ids of our documents of a flow that stand there.
func (s *Service) linked(ctx context.Context, flow string, ids []string) (map[string]string, error) {
	found := map[string]string{}
	if len(ids) == 0 {
		return found, nil
	}
	var rows []struct{ ZohoID, SourceID string }
	if err := s.db(ctx).Raw("SELECT zoho_id, source_id FROM qlobooks_documents WHERE flow = ? AND zoho_id IN ? AND zoho_id <> ''", flow, ids).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read links: %w", err)
	}
	for _, r := range rows {
		found[r.ZohoID] = r.SourceID
	}
	return found, nil
}

// databaseNow is the time by which calls are waited for: the database's, never a process' own.
func (s *Service) databaseNow(ctx context.Context) (time.Time, error) {
	var at time.Time
	err := s.db(ctx).Raw("SELECT UTC_TIMESTAMP(6)").Row().Scan(&at)
	return at.UTC(), err
}

// Seen tells which payments of Zoho Books an import has seen there, or was about to write.
func (s *Service) Seen(ctx context.Context, zohoIDs []string) (map[string]bool, error) {
	var ids []string
	err := s.db(ctx).Raw("SELECT zoho_id FROM qlobooks_imported_payments WHERE zoho_id IN ?", zohoIDs).Scan(&ids).Error
	if err != nil {
		return nil, fmt.Errorf("read which payments of Zoho Books are known: %w", err)
	}
	known := map[string]bool{}
	for _, id := range ids {
		known[id] = true
	}
	return known, nil
}
