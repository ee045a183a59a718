// Package paymentimport brings payments to QloApps that were recorded in Zoho Books on invoices
// which QloBooks posted, each exactly once, and follows each from first sight to its end.
//
// A payment of ours never comes back: it carries our key or is linked. One that came from Zoho is
// never sent there again: its transaction id says where it is from, and its document is linked to
// the payment it came from. What Zoho Books adds to a payment is added in QloApps; what it takes
// away, and whatever is not certain, waits for a person with both versions.
//
// What stands in QloApps is always read there, over all orders, by the transaction id: our own tables
// may have been reset or be older than QloApps'.
package paymentimport

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/limit"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
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
	// Digits is how many decimals each currency has in Zoho Books.
	Digits func(ctx context.Context) (func(iso string) int32, error)
	// Locks are the periods that are closed in Zoho Books.
	Locks func(ctx context.Context) (rules.Locks, error)
	// Start queues a run of kind import.
	Start func(ctx context.Context, in wire.ImportRequest, by string) (wire.Run, error)
	// Relist shows orders as QloApps has them now.
	Relist func(ctx context.Context, orders []string) error
	URL    func(ctx context.Context) (func(flow, zohoID string) string, error)
}

// Writer gives an order its part of a payment; *qloapps.PaymentWriter is the real one.
type Writer interface {
	Add(ctx context.Context, p qloapps.NewPayment) (id string, added money.Decimal, err error)
}

// States of a payment of Zoho Books.
const (
	waiting   = "waiting"   // a person must look before anything more is written
	writing   = "writing"   // it belongs to orders, and may have been written
	imported  = "imported"  // QloApps has of it what Zoho Books says
	changed   = "changed"   // QloApps has more of it than Zoho Books: a person must look
	elsewhere = "elsewhere" // it settles nothing of QloApps'
	gone      = "gone"      // it was deleted in Zoho Books, and QloApps has nothing of it
)

// States are all of them.
var States = []string{waiting, writing, imported, changed, elsewhere, gone}

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
	// What could not be read or brought, and is tried again by the next run.
	Left      []left `json:"left,omitempty"`
	LeftCount int    `json:"left_count"`
}

// Run carries an import out. A fault of one payment, or of one list, keeps nothing else from coming: it is
// told in the result. The run fails when a list could not be read, or nothing can be until something is mended.
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
	j := &job{Service: s, books: books, choices: choices, zone: shop.Zone, all: in.Scope == "all", opened: map[string]bool{}, shown: map[string]bool{}}
	var before result // of a try that was broken off
	_ = json.Unmarshal(run.Result, &before)
	j.result.Imported = before.Imported
	err = j.resume(ctx)
	if err == nil {
		err = j.look(ctx)
	}
	j.tellLeft()
	j.result.Looked = len(j.opened)
	return j.result.Imported, j.result, err
}

// job is one run's work.
type job struct {
	*Service
	books   *zoho.Client
	choices settings.Payments
	zone    *time.Location
	all     bool
	opened  map[string]bool // payments read in this run
	shown   map[string]bool // payments that a list of this run showed
	left    []left
	silent  int // payments in a row that Zoho Books did not answer for
	result  result
}

// resume finishes what an earlier run or request had begun to write, and looks at what one had to leave.
func (j *job) resume(ctx context.Context) error {
	open, err := j.rows(ctx, "status = ? OR facts LIKE ? ORDER BY p.updated_at", writing, `%"again":true%`)
	if err != nil {
		return err
	}
	for _, p := range open {
		if err := j.take(ctx, p.ZohoID, &p, nil); err != nil {
			return err
		}
	}
	return nil
}
