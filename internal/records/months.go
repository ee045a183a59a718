package records

import (
	"context"
	"sync"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/reconcile"
)

// Months tells what the reconciliation says of the last twelve months.
type Months struct {
	// Reconciled compares what was last read; it calls nobody.
	Reconciled func(ctx context.Context, q wire.ReconciliationQuery) (wire.Reconciliation, error)
	// Read is whether every day of a range was read, and by which reading, cheaply.
	Read func(ctx context.Context, days wire.DayRange) (reading string, complete bool, err error)
	// Closed are the months that a person closed, oldest first.
	Closed func(ctx context.Context) ([]wire.Period, error)
	Now    func() time.Time
	Kept   *KeptMonths
}

// KeptMonths remembers verdicts for a short while: comparing a month reads all of its documents.
type KeptMonths struct {
	mu   sync.Mutex
	said map[string]keptMonth
}

type keptMonth struct {
	at      time.Time
	reading string
	month   wire.Period
}

const (
	shownMonths = 12
	keptFor     = 2 * time.Minute
)

// Get gives the months up to the present one, oldest first.
func (m Months) Get(ctx context.Context, now time.Time) ([]wire.OverviewMonth, error) {
	list := []wire.OverviewMonth{}
	if m.Reconciled == nil {
		return list, nil
	}
	periods, err := m.Periods(ctx, now)
	if err != nil {
		return nil, err
	}
	for _, p := range periods[max(0, len(periods)-shownMonths):] {
		list = append(list, wire.OverviewMonth{Month: p.Month, State: p.State, Differences: p.Differences, Drifts: p.DriftCount})
	}
	return list, nil
}

// Periods gives the closed months and the last twelve, oldest first.
func (m Months) Periods(ctx context.Context, now time.Time) ([]wire.Period, error) {
	closed, err := m.Closed(ctx)
	if err != nil {
		return nil, err
	}
	list, at := []wire.Period{}, map[string]wire.Period{}
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC).AddDate(0, 1-shownMonths, 0)
	for _, p := range closed {
		if at[p.Month] = p; p.Month < first.Format("2006-01") {
			list = append(list, p)
		}
	}
	for n := range shownMonths {
		begin := first.AddDate(0, n, 0)
		if p, ok := at[begin.Format("2006-01")]; ok {
			list = append(list, p)
			continue
		}
		p, err := m.one(ctx, begin, now)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

func (m Months) one(ctx context.Context, begin, now time.Time) (wire.Period, error) {
	month := wire.Period{Month: begin.Format("2006-01"), State: "unread", Sums: []wire.PeriodSum{}, Accepted: []wire.PeriodAccepted{}, Drifts: []wire.PeriodDrift{}}
	end := begin.AddDate(0, 1, -1)
	if today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC); end.After(today) {
		end = today // the days to come cannot be read yet
	}
	days := wire.DayRange{From: begin.Format(time.DateOnly), To: end.Format(time.DateOnly)}
	reading, read, err := m.Read(ctx, days)
	if err != nil || !read {
		return month, err
	}
	if kept, ok := m.Kept.get(month.Month, reading, m.Now()); ok {
		return kept, nil
	}
	found, err := m.Reconciled(ctx, wire.ReconciliationQuery{DayRange: days})
	if err != nil {
		return month, err
	}
	month.State, month.Differences, month.Sums = "agrees", len(found.Differences), reconcile.SumsOf(found.Rows)
	if month.Differences > 0 {
		month.State = "differs"
	}
	m.Kept.put(month, reading, m.Now())
	return month, nil
}

func (k *KeptMonths) get(month, reading string, now time.Time) (wire.Period, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	kept, ok := k.said[month]
	return kept.month, ok && kept.reading == reading && now.Sub(kept.at) < keptFor
}

func (k *KeptMonths) put(month wire.Period, reading string, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.said == nil {
		k.said = map[string]keptMonth{}
	}
	k.said[month.Month] = keptMonth{now, reading, month}
}
