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

// Service reconciles. All fields are required.
type Service struct {
	Store  *store.Store
	Engine *engine.Engine
	Hotel  *qloapps.Reader
	Books  func(ctx context.Context) (*zoho.Client, error)
	// Start queues a run of kind reconcile.
	Start func(ctx context.Context, days wire.DayRange, by string) (wire.Run, error)
	// URL is where a document of a flow is shown in Zoho Books.
	URL func(ctx context.Context) (func(flow, zohoID string) string, error)
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
	if _, err := s.Books(ctx); err != nil {
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

// Run carries a refresh out, month by month, so that what was read stays when the day's calls end.
func (s *Service) Run(ctx context.Context, run store.Run) (int, any, error) {
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
	ctx = zoho.WithLane(ctx, limit.History)
	read := map[string]int{}
	total := 0
	for len(days) > 0 {
		n := 1
		for n < len(days) && days[n][:7] == days[0][:7] {
			n++
		}
		part := wire.DayRange{From: days[0], To: days[n-1]}
		for _, r := range modules {
			k, err := s.readModule(ctx, books, run.ID, r, part)
			read[r.List] += k
			if err != nil {
				return total, read, err
			}
		}
		k, err := s.readSource(ctx, part)
		if err != nil {
			return total, read, err
		}
		total += k
		read["qloapps"] += k
		if err := s.markDays(ctx, days[:n]); err != nil {
			return total, read, err
		}
		days = days[n:]
	}
	return total, read, nil
}

func (s *Service) markDays(ctx context.Context, days []string) error {
	now := s.Store.Now()
	return s.db(ctx).Transaction(func(tx *gorm.DB) error {
		for _, d := range days {
			if err := tx.Exec("INSERT INTO qlobooks_reconciled_days (day, read_at) VALUES (?, ?) ON DUPLICATE KEY UPDATE read_at = VALUES(read_at)", d, now).Error; err != nil {
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
