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
// finds very much of is counted once for all who ask within some seconds.
func (s *Store) Matching(ctx context.Context, q RecordQuery) (map[string]int, []PhaseSum, error) {
	q, err := s.looked(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	if q.many() {
		return s.matchingMany(ctx, q)
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

// cell is how many records of a section read alike.
type cell struct {
	Status, Phase, Currency string
	N                       int
	Total, Due              money.Decimal
}

// matchingMany counts what a search or a cause finds very much of: from what finds it to the records, in
// one statement.
func (s *Store) matchingMany(ctx context.Context, q RecordQuery) (map[string]int, []PhaseSum, error) {
	cells, err := s.cells(ctx, q)
	if err != nil {
		return nil, nil, fmt.Errorf("count what is found: %w", err)
	}
	statuses, sums := map[string]int{}, map[[2]string]PhaseSum{}
	for _, c := range cells {
		if len(q.Phases) == 0 || slices.Contains(q.Phases, c.Phase) {
			statuses[c.Status] += c.N
		}
		if c.Phase != "" && (len(q.Statuses) == 0 || slices.Contains(q.Statuses, c.Status)) {
			key := [2]string{c.Phase, c.Currency}
			sum := sums[key]
			sums[key] = PhaseSum{c.Phase, c.Currency, sum.Count + c.N, sum.Total.Add(c.Total), sum.Due.Add(c.Due)}
		}
	}
	if q.Section != "orders" {
		return statuses, nil, nil
	}
	return statuses, sortedSums(slices.Collect(maps.Values(sums))), nil
}

func (s *Store) cells(ctx context.Context, q RecordQuery) ([]cell, error) {
	q.Statuses, q.Phases = nil, nil
	question := fmt.Sprintf("%q", []string{q.Section, Fold(q.Q), q.Issue, q.HotelID, q.Currency, q.CustomerID, q.DayFrom, q.DayTo, fmt.Sprint(q.IDs, q.Draft)})
	return s.manyCounted.Get(ctx, question, func(ctx context.Context) (cells []cell, err error) {
		from, args := q.found()
		rest := q
		if rest.few == nil {
			rest.Q = ""
		}
		if rest.caused == nil {
			rest.Issue = ""
		}
		where, values := rest.where()
		err = s.db.WithContext(ctx).Raw("SELECT r.status, COALESCE(r.phase, '') phase, r.currency, COUNT(*) n, COALESCE(SUM(r.total), 0) total, COALESCE(SUM(r.due), 0) due FROM "+from+" WHERE "+where+" GROUP BY r.status, r.phase, r.currency", append(args, values...)...).Scan(&cells).Error
		return cells, err
	})
}

// found is the records r that a search, a cause or both find very many of, by the ids that these name.
func (q RecordQuery) found() (from string, args []any) {
	var lists []string
	if q.Q != "" && q.few == nil {
		term, number := q.patterns()
		lists = append(lists, "SELECT CAST(s.source_id AS UNSIGNED) id FROM qlobooks_search s WHERE s.section = ? AND s.term LIKE ? "+
			"UNION SELECT CAST(t.record_id AS UNSIGNED) FROM qlobooks_documents n JOIN qlobooks_record_documents t ON t.document_id = n.id WHERE n.zoho_number LIKE ? AND t.section = ? "+
			"UNION SELECT r.sort_id FROM qlobooks_records r WHERE r.section = ? AND r.source_id = ?")
		args = append(args, q.Section, term, number, q.Section, q.Section, q.Q)
	}
	if q.Issue != "" && q.caused == nil {
		query := "SELECT CAST(t.record_id AS UNSIGNED) id FROM qlobooks_documents n JOIN qlobooks_record_documents t ON t.document_id = n.id WHERE n.issue_code = ? AND n.status IN " + standing + " AND t.section = ?"
		args = append(args, q.Issue, q.Section)
		if doubtCodes[q.Issue] {
			query, args = query+" UNION SELECT CAST(d.record_id AS UNSIGNED) FROM qlobooks_doubts d WHERE d.code = ? AND d.section = ?", append(args, q.Issue, q.Section)
		}
		lists = append(lists, "SELECT DISTINCT id FROM ("+query+") y")
	}
	for i, list := range lists {
		if i > 0 {
			from += " JOIN "
		}
		from += fmt.Sprintf("(%s) x%d", list, i)
		if i > 0 {
			from += " ON x1.id = x0.id"
		}
	}
	return from + " STRAIGHT_JOIN qlobooks_records r ON r.sort_id = x0.id", args
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
	return sortedSums(slices.Collect(maps.Values(sums))), nil
}

func sortedSums(list []PhaseSum) []PhaseSum {
	slices.SortFunc(list, func(a, b PhaseSum) int {
		return cmp.Or(cmp.Compare(a.Phase, b.Phase), cmp.Compare(a.Currency, b.Currency))
	})
	return list
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
	if q.dated() && q.Q == "" && q.CustomerID == "" && q.Issue == "" && !q.Draft && len(q.IDs) == 0 {
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
