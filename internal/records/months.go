package records

import (
	"context"
	"sync"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// Months tells what the reconciliation says of the last twelve months.
type Months struct {
	// Reconciled compares what was last read; it calls nobody.
	Reconciled func(ctx context.Context, q wire.ReconciliationQuery) (wire.Reconciliation, error)
	// Read is whether every day of a range was read, cheaply.
	Read func(ctx context.Context, days wire.DayRange) (bool, error)
	// Closed are the months that a person closed, as 2026-03; nil = nobody can.
	Closed func(ctx context.Context) (map[string]bool, error)
	Now    func() time.Time
	Kept   *KeptMonths
}

// KeptMonths remembers verdicts for a short while: comparing a month reads all of its documents.
type KeptMonths struct {
	mu   sync.Mutex
	said map[string]keptMonth
}

type keptMonth struct {
	at    time.Time
	month wire.OverviewMonth
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
	closed := map[string]bool{}
	if m.Closed != nil {
		var err error
		if closed, err = m.Closed(ctx); err != nil {
			return nil, err
		}
	}
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC).AddDate(0, 1-shownMonths, 0)
	for n := range shownMonths {
		begin := first.AddDate(0, n, 0)
		month, err := m.one(ctx, begin, now)
		if err != nil {
			return nil, err
		}
		if closed[month.Month] {
			month.State = "closed"
		}
		list = append(list, month)
	}
	return list, nil
}

func (m Months) one(ctx context.Context, begin, now time.Time) (wire.OverviewMonth, error) {
	month := wire.OverviewMonth{Month: begin.Format("2006-01"), State: "unread"}
	end := begin.AddDate(0, 1, -1)
	if today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC); end.After(today) {
		end = today // the days to come cannot be read yet
	}
	days := wire.DayRange{From: begin.Format(time.DateOnly), To: end.Format(time.DateOnly)}
	read, err := m.Read(ctx, days)
	if err != nil || !read {
		return month, err
	}
	if kept, ok := m.Kept.get(month.Month, m.Now()); ok {
		return kept, nil
	}
	found, err := m.Reconciled(ctx, wire.ReconciliationQuery{DayRange: days})
	if err != nil {
		return month, err
	}
	month.State, month.Differences = "agrees", len(found.Differences)
	if month.Differences > 0 {
		month.State = "differs"
	}
	m.Kept.put(month, m.Now())
	return month, nil
}

func (k *KeptMonths) get(month string, now time.Time) (wire.OverviewMonth, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	kept, ok := k.said[month]
	return kept.month, ok && now.Sub(kept.at) < keptFor
}

func (k *KeptMonths) put(month wire.OverviewMonth, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.said == nil {
		k.said = map[string]keptMonth{}
	}
	k.said[month.Month] = keptMonth{now, month}
}
