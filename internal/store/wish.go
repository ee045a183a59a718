package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/money"
)

// Wish selects documents of one flow that the schedule wants queued. What a person skipped, and
// documents whose bulk steps are on their way, are never selected.
type Wish struct {
	Flow   string
	Linked bool // true: stands at Zoho; false: does not
	// News are the bits of which a document must carry one. 0 = it is enough that it was never
	// sent and nothing is at it (the daily pass).
	News    int
	InScope bool   // of a record that is new or was queued by a person
	From    string // of a record dated on or after this day; "" = any
	// KeepContent queues for the state alone, KeepState for the content alone.
	KeepContent, KeepState bool
}

// where is the condition on d, a document; r is one of its records.
func (w Wish) where() (string, []any) {
	cond, args := "d.flow = ? AND d.step_due = 0 AND d.issue_code <> 'skipped_by_person' AND d.undone_at IS NULL", []any{w.Flow}
	if w.News > 0 {
		var values []int
		for v := 1; v <= NewsContent|NewsState; v++ {
			if v&w.News > 0 {
				values = append(values, v)
			}
		}
		cond, args = cond+" AND d.news IN ?", append(args, values)
	} else {
		cond += " AND d.due_at IS NULL AND d.status IN ('not_synced', 'blocked', 'held', 'failed', 'skipped')"
	}
	if w.Linked {
		cond += " AND d.zoho_id <> ''"
	} else {
		cond += " AND d.zoho_id = ''"
	}
	if w.InScope {
		cond += " AND r.in_scope = 1"
	}
	if w.From != "" {
		cond, args = cond+" AND r.last_day >= ?", append(args, w.From)
	}
	return cond, args
}

const wished = " FROM qlobooks_documents d JOIN qlobooks_record_documents t ON t.document_id = d.id " +
	"JOIN qlobooks_records r ON r.section = t.section AND r.source_id = t.record_id WHERE "

// Measure is how much something would queue, for the brakes.
type Measure struct {
	Records int
	Voids   int           // invoices that are voided or credited, and orders whose sales order is
	Amount  money.Decimal // in the shop's default currency
	Sample  []string      // names of some of the records
}

// voids names what a document would take back: an invoice, which either is voided or gets a credit note; ” = a sales order, which
// is voided only where nothing was invoiced; NULL = nothing. oneOf counts that of a record.
const (
	voids = "IF(d.flow = 'cancellation' OR r.canceled = 1 AND d.flow IN ('sales_order', 'invoice') AND d.zoho_id <> '' AND d.status <> 'disabled', IF(d.flow = 'sales_order', '', d.source_id), NULL)"
	oneOf = "GREATEST(COUNT(DISTINCT NULLIF(voided, '')), MAX(voided IS NOT NULL))"
)

// MeasureWishes tells how much wishes select together.
func (s *Store) MeasureWishes(ctx context.Context, wishes []Wish) (Measure, error) {
	var parts []string
	var args []any
	for _, w := range wishes {
		cond, values := w.where()
		parts = append(parts, "SELECT r.section, r.source_id, COALESCE(r.amount, 0) amount, r.name, d.id document_id, "+voids+" voided"+wished+cond)
		args = append(args, values...)
	}
	if len(parts) == 0 {
		return Measure{}, nil
	}
	return s.measure(ctx, strings.Join(parts, " UNION "), args)
}

// MeasureRecords tells how much queueing everything that a query selects would be.
func (s *Store) MeasureRecords(ctx context.Context, q RecordQuery, flows []string) (Measure, error) {
	q, err := s.looked(ctx, q)
	if err != nil {
		return Measure{}, err
	}
	if len(flows) == 0 {
		if where, args, edges, ok := q.countedWhere(); ok && len(edges) == 0 {
			return s.measureKept(ctx, q, where, args)
		}
	}
	where, args := q.where()
	join := " FROM qlobooks_records r LEFT JOIN qlobooks_record_documents t ON t.section = r.section AND t.record_id = r.source_id LEFT JOIN qlobooks_documents d ON d.id = t.document_id WHERE "
	if len(flows) > 0 {
		where, args = where+" AND d.flow IN ?", append(args, flows)
	}
	return s.measure(ctx, "SELECT r.section, r.source_id, COALESCE(r.amount, 0) amount, r.name, d.id document_id, "+voids+" voided"+join+where, args)
}

// MeasureIssue tells how much queueing everything that stands still for a cause would be.
func (s *Store) MeasureIssue(ctx context.Context, code string) (Measure, error) {
	return s.measure(ctx, "SELECT r.section, r.source_id, COALESCE(r.amount, 0) amount, r.name, d.id document_id, "+voids+" voided FROM qlobooks_documents d "+
		"JOIN qlobooks_record_documents t ON t.document_id = d.id JOIN qlobooks_records r ON r.section = t.section AND r.source_id = t.record_id WHERE d.issue_code = ? AND d.status IN "+standing, []any{code})
}

// measureKept measures by the counts; only what would be voided is looked for among the documents.
func (s *Store) measureKept(ctx context.Context, q RecordQuery, where string, args []any) (Measure, error) {
	var sums struct {
		Records int
		Amount  money.Decimal
	}
	db := s.db.WithContext(ctx)
	table, values := kept("n, amount", where, args...)
	err := db.Raw("SELECT COALESCE(SUM(x.n), 0) records, COALESCE(SUM(x.amount), 0) amount FROM "+table, values...).Scan(&sums).Error
	m := Measure{Records: sums.Records, Amount: sums.Amount}
	if err != nil {
		return m, fmt.Errorf("measure what would be queued: %w", err)
	}
	if m.Records == 0 {
		return m, nil
	}
	records, values := q.where()
	if q.Section == "orders" {
		const of = "SELECT r.source_id record, " + voids + " voided FROM "
		rows := of + "qlobooks_records r JOIN qlobooks_record_documents t ON t.section = r.section AND t.record_id = r.source_id JOIN qlobooks_documents d ON d.id = t.document_id WHERE " + records + " AND r.phase = 'canceled' AND d.flow IN ('sales_order', 'invoice') UNION ALL " +
			of + "qlobooks_documents d JOIN qlobooks_record_documents t ON t.document_id = d.id JOIN qlobooks_records r ON r.section = t.section AND r.source_id = t.record_id WHERE d.flow = 'cancellation' AND " + records
		err := db.Raw("SELECT COALESCE(SUM(n), 0) FROM (SELECT "+oneOf+" n FROM ("+rows+") x GROUP BY record) y", append(slices.Clone(values), values...)...).Scan(&m.Voids).Error
		if err != nil {
			return m, fmt.Errorf("measure what would be voided: %w", err)
		}
	}
	return m, db.Raw("SELECT r.name FROM qlobooks_records r WHERE "+records+" ORDER BY r.sort_id LIMIT 5", values...).Scan(&m.Sample).Error
}

func (s *Store) measure(ctx context.Context, rows string, args []any) (Measure, error) {
	var sums struct {
		Records, Voids int
		Amount         money.Decimal
	}
	db := s.db.WithContext(ctx)
	err := db.Raw("SELECT COUNT(*) records, COALESCE(SUM(amount), 0) amount, COALESCE(SUM(voided), 0) voids FROM ("+
		"SELECT section, source_id, MAX(amount) amount, "+oneOf+" voided FROM ("+rows+") x GROUP BY section, source_id) y", args...).Scan(&sums).Error
	m := Measure{Records: sums.Records, Voids: sums.Voids, Amount: sums.Amount}
	if err != nil {
		return m, fmt.Errorf("measure what would be queued: %w", err)
	}
	if m.Records > 0 {
		err = db.Raw("SELECT DISTINCT name FROM ("+rows+") x LIMIT 5", args...).Scan(&m.Sample).Error
	}
	return m, err
}

// TakeWish queues up to limit documents that a wish selects, by id after the given one, as
// members of run, and tells where the next page begins; 0 = there is none. It takes what it
// queued off the news, so that repeating it queues nothing twice.
func (s *Store) TakeWish(ctx context.Context, run uint64, w Wish, lane Lane, after uint64, limit int) (next uint64, err error) {
	err = s.tx(ctx, func(tx *gorm.DB) error {
		next = 0
		cond, args := w.where()
		var ids []uint64
		if err := tx.Raw("SELECT DISTINCT d.id"+wished+cond+" AND d.id > ? ORDER BY d.id LIMIT ?", append(args, after, limit)...).Scan(&ids).Error; err != nil || len(ids) == 0 {
			return err
		}
		if len(ids) == limit {
			next = ids[len(ids)-1]
		}
		// Another pass may have taken some of them meanwhile; under lock that is seen.
		still := "d.news & ? <> 0"
		if w.News == 0 {
			still = "? = 0 AND d.due_at IS NULL"
		}
		var mine []uint64
		if err := tx.Raw("SELECT d.id FROM qlobooks_documents d WHERE d.id IN ? AND "+still+" ORDER BY d.id FOR UPDATE", ids, w.News).Scan(&mine).Error; err != nil {
			return err
		}
		return s.queue(tx, run, mine, wishOf(lane, w))
	})
	if err != nil {
		return 0, fmt.Errorf("queue %s: %w", w.Flow, err)
	}
	return next, nil
}

// RunSections tells how many records of each section are members of a run.
func (s *Store) RunSections(ctx context.Context, run uint64) (map[string]int, error) {
	var rows []struct {
		Section string
		N       int
	}
	err := s.db.WithContext(ctx).Raw("SELECT section, COUNT(DISTINCT record_id) n FROM qlobooks_run_documents WHERE run_id = ? GROUP BY section", run).Scan(&rows).Error
	n := map[string]int{}
	for _, r := range rows {
		if r.Section != "" {
			n[r.Section] = r.N
		}
	}
	return n, err
}
