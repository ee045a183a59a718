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
	// Shown is Digits as they were known last; it makes no call.
	Shown func(ctx context.Context) (func(iso string) int32, error)
	// Locks are the periods that are closed in Zoho Books.
	Locks func(ctx context.Context) (rules.Locks, error)
	// Start queues a run of kind import.
	Start func(ctx context.Context, in wire.ImportRequest, by string) (wire.Run, error)
	// Relist shows orders as QloApps has them now.
	Relist func(ctx context.Context, orders []string) error
	// Linked is told which payments QloApps was given.
	Linked func(ctx context.Context, refs []store.Ref) error
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

const (
	// mostWriting is how long a payment is being written at most, unless it was broken off.
	mostWriting = time.Minute
	// brokenOff is the code of one of which that is known.
	brokenOff = "import_broken_off"
)

// States are all of them.
var States = []string{waiting, writing, imported, changed, elsewhere, gone}

// StartImport queues an import. Without a connection it fails as a run, where people look for it.
func (s *Service) StartImport(ctx context.Context, scope, by string) (wire.Run, error) {
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
	j, err := s.begin(ctx)
	if err != nil {
		return 0, nil, err
	}
	j.all = in.Scope == "all"
	ctx = zoho.WithLane(ctx, limit.Live)
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

func (s *Service) begin(ctx context.Context) (*job, error) {
	books, err := s.Books(ctx)
	if err != nil {
		return nil, err
	}
	choices, err := s.Settings(ctx)
	if err != nil {
		return nil, err
	}
	shop, err := s.Hotel.Shop(ctx)
	if err != nil {
		return nil, err
	}
	return &job{Service: s, books: books, choices: choices, zone: shop.Zone, opened: map[string]bool{}, shown: map[string]bool{}}, nil
}

// Resume finishes what was broken off while it was being written. Where nothing was, it makes no call.
func (s *Service) Resume(ctx context.Context) error {
	list, err := s.rows(ctx, "status = ? AND issue_code IN ? AND updated_at < ? ORDER BY p.updated_at LIMIT ?", writing, []string{"", brokenOff}, s.Store.Now().Add(-mostWriting), mostAgain)
	if err != nil || len(list) == 0 {
		return err
	}
	j, err := s.begin(ctx)
	if err != nil {
		return err
	}
	ctx = zoho.WithLane(ctx, limit.Live)
	for i := range list {
		if err := j.take(ctx, list[i].ZohoID, &list[i], nil); err != nil {
			return err
		}
	}
	return nil
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
