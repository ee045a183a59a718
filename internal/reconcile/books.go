package reconcile

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// readModule reads one module's documents of a range of days, a page of 200 at a time. A document
// of ours that the list does not show is asked for by its id: only Zoho's own word makes it gone,
// as lists lag and dates can be moved.
func (s *Service) readModule(ctx context.Context, books *zoho.Client, run uint64, r zoho.Resource, days wire.DayRange) (int, error) {
	posted, err := s.ours(ctx, r, days)
	if err != nil {
		return 0, err
	}
	asked := s.Store.Now()
	rows, err := list(ctx, books, r, days)
	if err != nil {
		return 0, err
	}
	if err := s.completeKeys(ctx, books, r, rows); err != nil {
		return 0, err
	}
	for _, rec := range rows {
		if err := s.keep(ctx, run, r, rec, false, asked); err != nil {
			return 0, err
		}
		delete(posted, rec.ID)
	}
	for id := range posted {
		asked := s.Store.Now()
		rec, err := books.Get(ctx, r, id)
		gone := fault.Is(err, fault.NotFound)
		if err != nil && !gone {
			return 0, err
		}
		if gone {
			rec = zoho.Record{ID: id}
		}
		if err := s.keep(ctx, run, r, rec, gone, asked); err != nil {
			return 0, err
		}
	}
	// What nobody's record names and the list no longer shows has never been ours to miss.
	err = s.db(ctx).Exec("DELETE FROM qlobooks_zoho_documents WHERE module = ? AND day BETWEEN ? AND ? AND run_id <> ? AND NOT EXISTS "+
		"(SELECT 1 FROM qlobooks_documents d WHERE d.flow IN ? AND d.zoho_id = qlobooks_zoho_documents.zoho_id)", r.List, days.From, days.To, run, s.flowsOf(r)).Error
	return len(rows), err
}

// ours are the Zoho ids of those of our documents of a range that are asked for where no list shows them: of sales orders
// those that have no invoice yet, but for what was made within the hour. Once an invoice stands, the sales order has had its
// say, and is anybody's to delete.
func (s *Service) ours(ctx context.Context, r zoho.Resource, days wire.DayRange) (map[string]bool, error) {
	if sums(r) {
		return s.linked(ctx, r, "day BETWEEN ? AND ?", days.From, days.To)
	}
	return s.linked(ctx, r, "status = 'synced' AND COALESCE(made_at, '1970-01-01') < ? AND day BETWEEN ? AND ? AND "+uninvoiced, s.Store.Now().Add(-settled), days.From, days.To, flow.Invoice)
}

// linked are the Zoho ids of our documents that a condition selects.
func (s *Service) linked(ctx context.Context, r zoho.Resource, where string, args ...any) (map[string]bool, error) {
	var ids []string
	err := s.db(ctx).Raw("SELECT zoho_id FROM qlobooks_documents WHERE flow IN ? AND zoho_id <> '' AND (flow = 'payment' OR COALESCE(steps, '') NOT LIKE '%giveback:%') AND "+where, append([]any{s.flowsOf(r)}, args...)...).Scan(&ids).Error
	linked := map[string]bool{}
	for _, id := range ids {
		linked[id] = true
	}
	return linked, err
}

// list reads the rows of a range. Zoho may ignore a filter that its documentation does not name,
// so rows are checked; where they come newest day first, an unfiltered list ends early.
func list(ctx context.Context, books *zoho.Client, r zoho.Resource, days wire.DayRange) ([]zoho.Record, error) {
	filter := url.Values{"date_start": {days.From}, "date_end": {days.To}, "sort_column": {"date"}, "sort_order": {"D"}}
	var kept []zoho.Record
	seen := map[string]bool{}
	var order zoho.Downward
	for raw, err := range books.Rows(ctx, r.Path, r.List, filter) {
		if err != nil {
			return nil, err
		}
		rec, err := r.Row(raw, books.KeyFieldOf(r))
		if err != nil {
			continue
		}
		if rec, err = whole(ctx, books, r, rec); fault.Is(err, fault.NotFound) {
			continue // deleted since it was listed
		} else if err != nil {
			return nil, err
		}
		day := factsOf(rec).Day
		if order.Past(day, days.From) {
			break
		}
		if day >= days.From && day <= days.To && !seen[rec.ID] {
			seen[rec.ID] = true
			kept = append(kept, rec)
		}
	}
	return kept, nil
}

// whole is a row of a list, or the document read alone where the row does not tell what is compared: what is not told is
// neither nothing nor another day's.
func whole(ctx context.Context, books *zoho.Client, r zoho.Resource, rec zoho.Record) (zoho.Record, error) {
	tells := func() bool {
		return rec.HasTotal && rec.Currency != "" && factsOf(rec).Day != "" && (rec.Status != "" || r.Path == zoho.CustomerPayments.Path)
	}
	if tells() {
		return rec, nil
	}
	rec, err := books.Get(ctx, r, rec.ID)
	if err == nil && !tells() {
		err = zoho.Unread(http.MethodGet, fmt.Errorf("answer for %s/%s lacks its total, currency, date or status", r.Path, rec.ID))
	}
	return rec, err
}

// completeKeys reads the keys that a list left out, where nobody knows whose the document is.
// One row with a key shows that the list carries keys, and the others then have none.
func (s *Service) completeKeys(ctx context.Context, books *zoho.Client, r zoho.Resource, rows []zoho.Record) error {
	if !sums(r) {
		return nil
	}
	var ids []string
	for _, rec := range rows {
		if rec.Key != "" {
			return nil
		}
		ids = append(ids, rec.ID)
	}
	if len(ids) == 0 {
		return nil
	}
	linked, err := s.linked(ctx, r, "zoho_id IN ?", ids)
	if err != nil {
		return err
	}
	known, err := s.modified(ctx, r)
	if err != nil {
		return err
	}
	for i, rec := range rows {
		if linked[rec.ID] || known[rec.ID] == factsOf(rec).Modified && known[rec.ID] != "" {
			continue
		}
		full, err := books.Get(ctx, r, rec.ID)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		rows[i].Key = full.Key
	}
	return nil
}

// modified tells when the copies of unlinked documents were changed last, as Zoho wrote it.
func (s *Service) modified(ctx context.Context, r zoho.Resource) (map[string]string, error) {
	var rows []struct{ ZohoID, Modified string }
	err := s.db(ctx).Raw("SELECT zoho_id, modified FROM qlobooks_zoho_documents WHERE module = ? AND doc_key = ''", r.List).Scan(&rows).Error
	known := map[string]string{}
	for _, row := range rows {
		known[row.ZohoID] = row.Modified
	}
	return known, err
}

// facts are what a copy keeps beside the record.
type facts struct {
	Day, Modified, Contact, Reference, Mode, Account string
}

func factsOf(rec zoho.Record) facts {
	var raw struct {
		Date      zoho.Day  `json:"date"`
		Modified  zoho.Text `json:"last_modified_time"`
		Updated   zoho.Text `json:"updated_time"`
		Contact   zoho.Text `json:"customer_id"`
		Reference zoho.Text `json:"reference_number"`
		Mode      zoho.Text `json:"payment_mode"`
		Account   zoho.Text `json:"account_id"`
	}
	_ = json.Unmarshal(rec.Raw, &raw)
	if raw.Modified == "" {
		raw.Modified = raw.Updated
	}
	if !zoho.IsDay(string(raw.Date)) { // no day of any document
		raw.Date = ""
	}
	return facts{string(raw.Date), string(raw.Modified), string(raw.Contact), string(raw.Reference), string(raw.Mode), string(raw.Account)}
}

// keep stores the copy of one document, as it was seen when it was asked for: what is sent while the answer is on its way is
// newer than that. The key once read stays: not every list shows it.
func (s *Service) keep(ctx context.Context, run uint64, r zoho.Resource, rec zoho.Record, gone bool, asked time.Time) error {
	f := factsOf(rec)
	if gone {
		err := s.db(ctx).Exec("INSERT INTO qlobooks_zoho_documents (module, zoho_id, gone, run_id, seen_at) VALUES (?, ?, 1, ?, ?) ON DUPLICATE KEY UPDATE gone = 1, run_id = VALUES(run_id), seen_at = VALUES(seen_at)", r.List, rec.ID, run, asked).Error
		return wrap(err)
	}
	var day any
	if f.Day != "" {
		day = f.Day
	}
	var balance any
	if rec.HasBalance {
		balance = rec.Balance.Decimal
	}
	err := s.db(ctx).Exec("INSERT INTO qlobooks_zoho_documents (module, zoho_id, doc_key, number, status, contact_id, reference, payment_mode, account_id, day, currency, total, balance, modified, gone, run_id, seen_at) "+
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?) ON DUPLICATE KEY UPDATE doc_key = IF(VALUES(doc_key) = '', doc_key, VALUES(doc_key)), number = VALUES(number), status = VALUES(status), contact_id = VALUES(contact_id), "+
		"reference = VALUES(reference), payment_mode = VALUES(payment_mode), account_id = VALUES(account_id), day = VALUES(day), currency = VALUES(currency), total = VALUES(total), balance = VALUES(balance), modified = VALUES(modified), gone = 0, run_id = VALUES(run_id), seen_at = VALUES(seen_at)",
		r.List, rec.ID, rec.Key, store.Clip(rec.Number, 255), store.Clip(rec.Status, 24), f.Contact, store.Clip(f.Reference, 255), store.Clip(f.Mode, 255), store.Clip(f.Account, 32), day, store.Clip(rec.Currency, 3), rec.Total, balance, store.Clip(f.Modified, 40), run, asked).Error
	return wrap(err)
}

func wrap(err error) error {
	if err != nil {
		return fmt.Errorf("keep what Zoho Books shows: %w", err)
	}
	return nil
}
