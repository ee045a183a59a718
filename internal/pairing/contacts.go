package pairing

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"time"
	"unicode"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/limit"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// contact is what is kept of a contact of Zoho Books: no more than suggestions need.
type contact struct {
	ZohoID, Name, Company, Email, Phone string
	Currency, Status, DocKey            string
	NameFold, MailFold, Digits          string
}

// LoadContacts reads the customers of Zoho Books as the work of a run, 200 a call. Each page is kept as it
// is read: a run that is broken off goes on behind the last one.
func (s *Service) LoadContacts(ctx context.Context, run store.Run) (int, any, error) {
	books, err := s.Books(ctx)
	if err != nil {
		return 0, nil, err
	}
	mark := fmt.Sprintf("pairing:%d", run.ID)
	read, err := s.Store.Mark(ctx, mark)
	if err != nil {
		return 0, nil, err
	}
	page, _ := strconv.Atoi(read)
	total, err := s.kept(ctx, run.ID)
	if err != nil {
		return 0, nil, err
	}
	filter := url.Values{"contact_type": {"customer"}, "sort_column": {"created_time"}, "sort_order": {"A"}}
	for rows, err := range books.Pages(zoho.WithLane(ctx, limit.History), zoho.Contacts.Path, zoho.Contacts.List, filter, page+1) {
		if err != nil {
			return total, map[string]int{"contacts": total}, err
		}
		var list []contact
		for _, raw := range rows {
			if c, ok := contactOf(raw, books.KeyFieldOf(zoho.Contacts)); ok {
				list = append(list, c)
			}
		}
		if err := s.keepContacts(ctx, run.ID, list); err != nil {
			return total, nil, err
		}
		page++
		if err := s.Store.SetMark(ctx, mark, strconv.Itoa(page)); err != nil {
			return total, nil, err
		}
		total += len(list)
		if err := s.Store.RunProgress(ctx, run.ID, total, total, map[string]int{"contacts": total}); err != nil {
			return total, nil, err
		}
	}
	if total, err = s.kept(ctx, run.ID); err != nil {
		return total, nil, err
	}
	// The list is read in the order in which contacts were made. Those made before its first or after its last
	// one may be missing because it ended too early: they are kept, as nothing says that they are gone.
	var ends struct{ First, Last string }
	const made = "LPAD(zoho_id, 32, '0')"
	if err := s.db(ctx).Raw("SELECT COALESCE(MIN("+made+"), '') first, COALESCE(MAX("+made+"), '') last FROM qlobooks_zoho_contacts WHERE run_id = ?", run.ID).Scan(&ends).Error; err != nil {
		return total, nil, err
	}
	if err := s.db(ctx).Exec("DELETE FROM qlobooks_zoho_contacts WHERE run_id <> ? AND "+made+" BETWEEN ? AND ?", run.ID, ends.First, ends.Last).Error; err != nil {
		return total, nil, err
	}
	return total, map[string]int{"contacts": total}, s.db(ctx).Exec("DELETE FROM qlobooks_marks WHERE name = ?", mark).Error
}

// kept is how many contacts a run has read.
func (s *Service) kept(ctx context.Context, run uint64) (n int, err error) {
	err = s.db(ctx).Raw("SELECT COUNT(*) FROM qlobooks_zoho_contacts WHERE run_id = ?", run).Scan(&n).Error
	return n, err
}

// contactOf reads one row of the list; vendors are left out.
func contactOf(raw json.RawMessage, keyField string) (contact, bool) {
	rec, err := zoho.Contacts.Row(raw, keyField)
	if err != nil {
		return contact{}, false
	}
	var row struct {
		Kind    zoho.Text `json:"contact_type"`
		Company zoho.Text `json:"company_name"`
		Email   zoho.Text `json:"email"`
		Phone   zoho.Text `json:"phone"`
		Mobile  zoho.Text `json:"mobile"`
	}
	_ = json.Unmarshal(raw, &row)
	if row.Kind != "" && row.Kind != "customer" {
		return contact{}, false
	}
	phone := string(row.Phone)
	if phone == "" {
		phone = string(row.Mobile)
	}
	return contact{ZohoID: rec.ID, Name: rec.Name, Company: string(row.Company), Email: string(row.Email), Phone: phone, Currency: rec.Currency, Status: rec.Status, DocKey: rec.Key,
		NameFold: store.Fold(rec.Name), MailFold: store.Fold(string(row.Email)), Digits: digits(phone)}, true
}

// digits are the last nine of a phone number, which are the same with and without country code, in the
// digits of whatever script; fewer than six say nothing.
func digits(phone string) string {
	var only []rune
	for _, c := range phone {
		if n := digit(c); n >= 0 {
			only = append(only, '0'+n)
		}
	}
	if len(only) < 6 {
		return ""
	}
	return string(only[max(0, len(only)-9):])
}

// digit is what a digit stands for, -1 of any other letter. In each script the ten follow one another from nought on.
func digit(c rune) rune {
	for _, r := range unicode.Nd.R16 {
		if c >= rune(r.Lo) && c <= rune(r.Hi) {
			return (c - rune(r.Lo)) % 10
		}
	}
	for _, r := range unicode.Nd.R32 {
		if c >= rune(r.Lo) && c <= rune(r.Hi) {
			return (c - rune(r.Lo)) % 10
		}
	}
	return -1
}

func (s *Service) keepContacts(ctx context.Context, run uint64, list []contact) error {
	ids := []string{""}
	for _, c := range list {
		ids = append(ids, c.ZohoID)
	}
	err := s.db(ctx).Transaction(func(tx *gorm.DB) error {
		for _, c := range list {
			err := tx.Exec("REPLACE INTO qlobooks_zoho_contacts (zoho_id, name, company, email, phone, currency, status, doc_key, name_fold, mail_fold, digits, run_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
				c.ZohoID, store.Clip(c.Name, 200), store.Clip(c.Company, 200), store.Clip(c.Email, 200), store.Clip(c.Phone, 60), store.Clip(c.Currency, 3), store.Clip(c.Status, 20), c.DocKey, c.NameFold, c.MailFold, c.Digits, run).Error
			if err != nil {
				return err
			}
		}
		return tx.Exec("DELETE FROM qlobooks_zoho_contacts WHERE run_id = ? AND zoho_id IN ? AND "+store.OfErased("qlobooks_zoho_contacts.zoho_id"), run, ids).Error
	})
	if err != nil {
		return fmt.Errorf("keep contacts: %w", err)
	}
	return nil
}

func (s *Service) db(ctx context.Context) *gorm.DB { return s.Store.Gorm().WithContext(ctx) }

const contactColumns = "SELECT zoho_id, name, company, email, phone, currency, status, doc_key, name_fold, mail_fold, digits FROM qlobooks_zoho_contacts WHERE "

// loadedAt is when the contacts were read last; nil = never.
func (s *Service) loadedAt(ctx context.Context) (*time.Time, error) {
	done, err := s.Store.Runs(ctx, store.RunQuery{Kind: "pairing", Statuses: []string{string(store.RunDone)}, Limit: 1})
	if err != nil || len(done) == 0 {
		return nil, err
	}
	return done[0].FinishedAt, nil
}
