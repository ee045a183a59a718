// Package reconcile compares what QloApps says, what was posted and what stands in Zoho Books,
// document by document.
//
// Refresh reads both sides for a range of days and keeps what it read; Get only compares what is
// kept, so that looking costs no call. What a person changed, deleted or doubled in Zoho Books
// shows without any call of ours having failed.
package reconcile

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/limit"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Service reconciles. All exported fields are required.
type Service struct {
	Store  *store.Store
	Engine *engine.Engine
	Hotel  *qloapps.Reader
	Books  func(ctx context.Context) (*zoho.Client, error)
	// Start queues a run of kind reconcile.
	Start func(ctx context.Context, days wire.DayRange, by string) (wire.Run, error)
	// Digits is how many decimals each currency has in Zoho Books, as they were known last: it makes no call.
	Digits func(ctx context.Context) (func(iso string) int32, error)
	// URL is where a document of a flow is shown in Zoho Books.
	URL func(ctx context.Context) (func(flow, zohoID string) string, error)
	// Zone is the hotel's, in which a month ends.
	Zone func(ctx context.Context) (*time.Location, error)

	whole sync.Map // paths of modules that can only be listed whole
}

// modules are the documents that move money, as Zoho lists them.
var modules = []zoho.Resource{zoho.Invoices, zoho.CreditNotes, zoho.CustomerPayments}

// longest is how many days one comparison covers at most.
const longest = 366

// Refresh reads both sides again, as a run.
func (s *Service) Refresh(ctx context.Context, days wire.DayRange, by string) (wire.Run, error) {
	if _, err := Days(days); err != nil {
		return wire.Run{}, err
	}
	return s.Start(ctx, days, by)
}

// Days lists the days of a range, both ends included; Invalid when there are none or too many.
func Days(r wire.DayRange) ([]string, error) {
	from, err := time.Parse(time.DateOnly, r.From)
	if err != nil {
		return nil, fault.New(fault.Invalid, "validation", "from must be a day as 2026-03-01.").On("from")
	}
	to, err := time.Parse(time.DateOnly, r.To)
	if err != nil || to.Before(from) {
		return nil, fault.New(fault.Invalid, "validation", "to must be a day as 2026-03-31, not before from.").On("to")
	}
	var days []string
	for d := from; !d.After(to); d = d.AddDate(0, 0, 1) {
		if days = append(days, d.Format(time.DateOnly)); len(days) > longest {
			return nil, fault.New(fault.Invalid, "validation", "The range is longer than %d days.", longest).On("to")
		}
	}
	return days, nil
}

// Run carries a refresh out, part by part. When the day's calls for it end, what was read stays, and
// the same run goes on from there; read says how far it came.
func (s *Service) Run(ctx context.Context, run store.Run) (int, any, error) {
	read := wire.ReadResult{Documents: map[string]int{}}
	var in wire.DayRange
	if err := json.Unmarshal(run.Request, &in); err != nil {
		return 0, nil, fmt.Errorf("request of run %d: %w", run.ID, err)
	}
	days, err := Days(in)
	if err != nil {
		return 0, nil, err
	}
	books, err := s.Books(ctx)
	if err != nil {
		return 0, nil, err
	}
	parts, err := s.parts(ctx, days, run.CreatedAt)
	if err != nil {
		return 0, nil, err
	}
	ctx = zoho.WithLane(ctx, limit.History)
	for _, p := range parts {
		if err := s.read(ctx, books, run.ID, p, &read); err != nil {
			read.ReadTo = wire.TextOrNull(dayBefore(p.days[0], in.From))
			return read.Documents["qloapps"], read, err
		}
	}
	read.ReadTo = &in.To
	return read.Documents["qloapps"], read, nil
}

// read reads both sides of one part and marks its days.
func (s *Service) read(ctx context.Context, books *zoho.Client, run uint64, p part, read *wire.ReadResult) error {
	began, whole := s.Store.Now(), true
	for _, r := range followed {
		listed, err := s.readOf(ctx, books, run, r, p, read)
		if err != nil {
			return err
		}
		whole = whole && listed
	}
	for days := p.days; len(days) > 0; {
		n := 1
		for n < len(days) && days[n][:7] == days[0][:7] {
			n++
		}
		k, err := s.readSource(ctx, wire.DayRange{From: days[0], To: days[n-1]})
		if err != nil {
			return err
		}
		read.Documents["qloapps"] += k
		days = days[n:]
	}
	if err := s.markDays(ctx, p.days, began, whole); err != nil {
		return err
	}
	if err := s.tellGone(ctx, run, p.dayRange()); err != nil {
		return err
	}
	if err := s.doubt(ctx, p.dayRange()); err != nil {
		return err
	}
	return s.checkRead(ctx, p.dayRange())
}

// uninvoiced tells of a sales order that no invoice of its order stands.
const uninvoiced = "NOT EXISTS (SELECT 1 FROM qlobooks_record_documents o JOIN qlobooks_record_documents t ON t.section = o.section AND t.record_id = o.record_id " +
	"JOIN qlobooks_documents i ON i.id = t.document_id WHERE o.document_id = qlobooks_documents.id AND i.flow = ? AND i.zoho_id <> '')"

// readOf reads one module of a part in Zoho Books; whole tells that all of it was listed. Sales orders are read where there
// are some to ask for, and where Zoho Books has that list: they are only read beside the others.
func (s *Service) readOf(ctx context.Context, books *zoho.Client, run uint64, r zoho.Resource, p part, read *wire.ReadResult) (whole bool, err error) {
	if !sums(r) {
		ours, err := s.ours(ctx, r, p.dayRange())
		if err != nil || len(ours) == 0 {
			return true, err
		}
		if _, whole, err = s.readPart(ctx, books, run, r, p); zoho.NotThere(err) {
			return true, nil
		}
		return whole, err
	}
	before, err := s.otherwise(ctx, r, p.dayRange())
	if err != nil {
		return false, err
	}
	if err := s.doubtTaxes(ctx, r, p.dayRange()); err != nil {
		return false, err
	}
	n, whole, err := s.readPart(ctx, books, run, r, p)
	read.Documents[r.List] += n
	if err != nil {
		return false, err
	}
	if err := s.readTaxes(ctx, books, r, p.dayRange()); err != nil {
		return false, err
	}
	return whole, s.tellOtherwise(ctx, r, p.dayRange(), before)
}

// dayBefore is the last day that was read; "" when that is before the first.
func dayBefore(day, first string) string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil || day <= first {
		return ""
	}
	return at.AddDate(0, 0, -1).Format(time.DateOnly)
}

// markDays says when days were read, and, when they were listed whole, that too.
func (s *Service) markDays(ctx context.Context, days []string, at time.Time, whole bool) error {
	set := "read_at = VALUES(read_at)"
	var listed any
	if whole {
		set, listed = set+", listed_at = VALUES(listed_at)", at
	}
	return s.db(ctx).Transaction(func(tx *gorm.DB) error {
		for _, d := range days {
			if err := tx.Exec("INSERT INTO qlobooks_reconciled_days (day, read_at, listed_at) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE "+set, d, at, listed).Error; err != nil {
				return fmt.Errorf("mark reconciled days: %w", err)
			}
		}
		return nil
	})
}

func (s *Service) db(ctx context.Context) *gorm.DB { return s.Store.Gorm().WithContext(ctx) }

// flowsOf are the flows whose documents stand in a module.
func (s *Service) flowsOf(r zoho.Resource) []string {
	var names []string
	for _, name := range s.Engine.Flows() {
		if at, ok := flow.Resource(name); ok && at.Path == r.Path {
			names = append(names, name)
		}
	}
	return names
}

// flows are all flows that are compared.
func (s *Service) flows() []string {
	var names []string
	for _, r := range modules {
		names = append(names, s.flowsOf(r)...)
	}
	return names
}

func moduleOf(name string) string {
	r, _ := flow.Resource(name)
	return r.List
}
