package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/qlobooks/qlobooks/internal/money"
)

// PhaseSum is how many orders stand at a phase, and their amounts in one currency.
type PhaseSum struct {
	Phase, Currency string
	Count           int
	Total, Due      money.Decimal // Due is what QloApps still wants of them
}

// Matching counts what a query selects: by status whatever its own statuses, and of orders by phase
// and currency whatever its own phases. So each count says what choosing it would show. What counts are
// kept of is added up from these; of the rest, what its own keys find is counted. What a search or a cause
// finds too much of is not counted: both are nil.
func (s *Store) Matching(ctx context.Context, q RecordQuery) (map[string]int, []PhaseSum, error) {
	q, err := s.looked(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	if q.many() {
		return nil, nil, nil
	}
	anyStatus, anyPhase := q, q
	anyStatus.Statuses, anyPhase.Phases = nil, nil
	statuses := map[string]int{}
	err = s.parts(anyStatus, func(table string, args []any) error {
		found, err := counts(s.db.WithContext(ctx).Raw("SELECT x.status, SUM(x.n) n FROM "+table+" GROUP BY x.status HAVING SUM(x.n) > 0", args...))
		for status, n := range found {
			statuses[status] += n
		}
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("count records by status: %w", err)
	}
	if q.Section != "orders" {
		return statuses, nil, nil
	}
	phases, err := s.Phases(ctx, anyPhase)
	return statuses, phases, err
}

// Phases adds up what a query selects, by phase and currency.
func (s *Store) Phases(ctx context.Context, q RecordQuery) ([]PhaseSum, error) {
	type key struct{ phase, currency string }
	sums := map[key]PhaseSum{}
	err := s.parts(q, func(table string, args []any) error {
		var found []PhaseSum
		err := s.db.WithContext(ctx).Raw("SELECT x.phase, x.currency, SUM(x.n) count, SUM(x.total) total, SUM(x.due) due FROM "+table+" WHERE x.phase <> '' GROUP BY x.phase, x.currency HAVING SUM(x.n) > 0", args...).Scan(&found).Error
		for _, f := range found {
			sum := sums[key{f.Phase, f.Currency}]
			f.Count, f.Total, f.Due = f.Count+sum.Count, f.Total.Add(sum.Total), f.Due.Add(sum.Due)
			sums[key{f.Phase, f.Currency}] = f
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("add up orders by phase: %w", err)
	}
	list := slices.Collect(maps.Values(sums))
	slices.SortFunc(list, func(a, b PhaseSum) int {
		return cmp.Or(cmp.Compare(a.Phase, b.Phase), cmp.Compare(a.Currency, b.Currency))
	})
	return list, nil
}

// parts gives tables x that together hold what a query selects, with columns status, phase, currency, n,
// total and due: what is counted, and of the months of which only a part is wanted the records themselves.
func (s *Store) parts(q RecordQuery, take func(table string, args []any) error) error {
	const columns = "state status, phase, currency, n, total, due"
	where, args, edges, ok := q.countedWhere()
	if ok {
		if err := take(kept(columns, where, args...)); err != nil {
			return err
		}
		for _, edge := range edges {
			part := q
			part.DayFrom, part.DayTo = edge[0], edge[1]
			if err := take(part.records()); err != nil {
				return err
			}
		}
		return nil
	}
	return take(q.records())
}

// records is what a query selects, as a table x of counts; days are read by their own key.
func (q RecordQuery) records() (string, []any) {
	from := "qlobooks_records r"
	if q.dated() && q.Q == "" && q.CustomerID == "" && q.Issue == "" && len(q.IDs) == 0 {
		from += " FORCE INDEX (by_day)"
	}
	where, values := q.where()
	return "(SELECT r.status, COALESCE(r.phase, '') phase, r.currency, COUNT(*) n, COALESCE(SUM(r.total), 0) total, COALESCE(SUM(r.due), 0) due FROM " + from + " WHERE " + where + " GROUP BY r.status, r.phase, r.currency) x", values
}

// many reports that a search or a cause finds so much that it takes too long to count it.
func (q RecordQuery) many() bool {
	return q.Q != "" && q.few == nil || q.Issue != "" && q.caused == nil
}

// total is what the list says the order costs; nil when it says no amount.
func (l Listed) total() *money.Decimal {
	return l.amount("total")
}

// due is what of the total is not paid yet; nothing is wanted of a canceled order.
func (l Listed) due() *money.Decimal {
	total, paid := l.amount("total"), l.amount("paid")
	if total == nil || paid == nil {
		return nil
	}
	due := total.Sub(*paid)
	if due.IsNegative() || l.Canceled {
		due = money.Decimal{}
	}
	return &due
}

func (l Listed) amount(field string) *money.Decimal {
	amount, err := money.Parse(l.Fields[field])
	if err != nil {
		return nil
	}
	return &amount
}
