// Package paymentimport brings payments to QloApps that were recorded in Zoho Books on invoices
// which QloBooks posted, each exactly once.
//
// A payment of ours never comes back: it carries our key or is linked. One that came from Zoho is
// never sent there again: its transaction id says where it is from, and its document is linked to
// the payment it came from. Whatever is not certain waits for a person.
package paymentimport

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/limit"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Service imports. All fields are required.
type Service struct {
	Store    *store.Store
	Hotel    *qloapps.Reader
	Writer   Writer
	Books    func(ctx context.Context) (*zoho.Client, error)
	Settings func(ctx context.Context) (settings.Payments, error)
	// Start queues a run of kind import.
	Start func(ctx context.Context, in wire.ImportRequest, by string) (wire.Run, error)
	// Relist shows orders as QloApps has them now.
	Relist func(ctx context.Context, orders []string) error
	URL    func(ctx context.Context) (func(flow, zohoID string) string, error)
}

// Writer adds a payment to QloApps once; *qloapps.PaymentWriter is the real one.
type Writer interface {
	Add(ctx context.Context, p qloapps.NewPayment) (id string, existed bool, err error)
}

// States of a payment of Zoho Books.
const (
	waiting   = "waiting"   // a person must look
	writing   = "writing"   // it belongs to orders, and may have been written
	imported  = "imported"  // it stands in QloApps
	elsewhere = "elsewhere" // it settles nothing of QloApps'
)

// lookback is how many days before today a payment may be dated and still count as new.
const lookback = 45

// StartImport queues an import.
func (s *Service) StartImport(ctx context.Context, scope, by string) (wire.Run, error) {
	if _, err := s.Books(ctx); err != nil {
		return wire.Run{}, err
	}
	return s.Start(ctx, wire.ImportRequest{Scope: scope}, by)
}

// result is what a run answers.
type result struct {
	Looked   int `json:"looked"`
	Imported int `json:"imported"`
	Waiting  int `json:"waiting"`
}

// Run carries an import out.
func (s *Service) Run(ctx context.Context, run store.Run) (int, any, error) {
	var in wire.ImportRequest
	if err := json.Unmarshal(run.Request, &in); err != nil {
		return 0, nil, fmt.Errorf("request of run %d: %w", run.ID, err)
	}
	books, err := s.Books(ctx)
	if err != nil {
		return 0, nil, err
	}
	choices, err := s.Settings(ctx)
	if err != nil {
		return 0, nil, err
	}
	shop, err := s.Hotel.Shop(ctx)
	if err != nil {
		return 0, nil, err
	}
	ctx = zoho.WithLane(ctx, limit.Live)
	j := &job{Service: s, books: books, choices: choices, zone: shop.Zone, all: in.Scope == "all"}
	if err := j.resume(ctx); err != nil {
		return 0, j.result, err
	}
	err = j.look(ctx)
	return j.result.Imported, j.result, err
}

// job is one run's work.
type job struct {
	*Service
	books   *zoho.Client
	choices settings.Payments
	zone    *time.Location
	all     bool
	result  result
}

// from is the first day whose payments are looked at; "" = all.
func (j *job) from() string {
	first := ""
	if j.choices.ImportFromDate != nil {
		first = *j.choices.ImportFromDate
	}
	if recent := j.Store.Now().In(j.zone).AddDate(0, 0, -lookback).Format(time.DateOnly); !j.all && recent > first {
		return recent
	}
	return first
}

// resume finishes what an earlier run or request had begun to write.
func (j *job) resume(ctx context.Context) error {
	open, err := j.rows(ctx, "status = ?", writing)
	if err != nil {
		return err
	}
	for _, p := range open {
		if err := j.write(ctx, p, j.choices, j.zone); err != nil {
			return err
		}
		j.result.Imported++
	}
	return nil
}

// look goes through Zoho's list, newest first, and opens what may be new.
func (j *job) look(ctx context.Context) error {
	first := j.from()
	filter := url.Values{"sort_column": {"date"}, "sort_order": {"D"}}
	if first != "" {
		filter.Set("date_start", first)
	}
	key := j.books.KeyFieldOf(zoho.CustomerPayments)
	var page []zoho.Record
	flush := func() error {
		err := j.page(ctx, page)
		page = page[:0]
		return err
	}
	for raw, err := range j.books.Rows(ctx, zoho.CustomerPayments.Path, zoho.CustomerPayments.List, filter) {
		if err != nil {
			return err
		}
		rec, err := zoho.CustomerPayments.Row(raw, key)
		if err != nil || rec.Key != "" || factsOf(rec.Raw).Day < first {
			continue
		}
		if page = append(page, rec); len(page) == 200 {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

func (j *job) page(ctx context.Context, page []zoho.Record) error {
	if len(page) == 0 {
		return nil
	}
	ids := make([]string, len(page))
	for i, rec := range page {
		ids[i] = rec.ID
	}
	ours, err := j.linked(ctx, []string{flow.Payment}, ids)
	if err != nil {
		return err
	}
	known, err := j.rows(ctx, "zoho_id IN ?", ids)
	if err != nil {
		return err
	}
	seen := map[string]payment{}
	for _, p := range known {
		seen[p.ZohoID] = p
	}
	for _, rec := range page {
		p, there := seen[rec.ID]
		unchanged := there && p.Modified == factsOf(rec.Raw).Modified
		if ours[rec.ID] != "" || there && p.Status == imported || unchanged && p.Status == elsewhere && !j.all {
			continue
		}
		j.result.Looked++
		if err := j.open(ctx, rec.ID); err != nil {
			return err
		}
	}
	return nil
}

// facts are what an answer says beside the record.
type facts struct {
	Day, Modified, Contact, ContactName, Reference, Mode string
	Applied                                              []applied
}

type applied struct {
	ID     zoho.Text   `json:"invoice_id"`
	Amount zoho.Amount `json:"amount_applied"`
}

func factsOf(raw json.RawMessage) facts {
	var f struct {
		Date      zoho.Text `json:"date"`
		Modified  zoho.Text `json:"last_modified_time"`
		Updated   zoho.Text `json:"updated_time"` // what details call it
		Contact   zoho.Text `json:"customer_id"`
		Name      zoho.Text `json:"customer_name"`
		Reference zoho.Text `json:"reference_number"`
		Mode      zoho.Text `json:"payment_mode"`
		Invoices  []applied `json:"invoices"`
	}
	_ = json.Unmarshal(raw, &f)
	if f.Modified == "" {
		f.Modified = f.Updated
	}
	return facts{string(f.Date), string(f.Modified), string(f.Contact), string(f.Name), string(f.Reference), string(f.Mode), f.Invoices}
}
