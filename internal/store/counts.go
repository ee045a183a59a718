package store

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/money"
)

// What lists and the overview tell in numbers is kept, not counted: a count over a million records takes
// longer than a page. Whoever changes what is counted writes the difference in the same transaction, as
// a row of its own, so that the two cannot fall apart and no two transactions wait for each other. These
// rows are added up into the counts now and then; what is read is always the sum of both.

// The lists that are no sections.
const (
	standingList = "standing" // documents that stand still, by cause, currency and since when
	causesList   = "causes"   // records that show such a document, by section and cause
	postedList   = "posted"   // documents that reached Zoho, by currency and when for the last time
)

// nowhen is the time of what has none.
const nowhen = "1000-01-01 00:00:00"

// quarter is how finely times are counted: the offset of every time zone is a multiple of it.
const quarter = 15 * time.Minute

func quarterOf(t time.Time) string { return t.UTC().Truncate(quarter).Format(time.DateTime) }

// countKey is what is counted together.
type countKey struct{ list, at, hotel, currency, phase, state string }

// countChange is by how much a count changes. low and high are the lowest and highest ids that came.
type countChange struct {
	n                  int
	total, due, amount money.Decimal
	low, high          uint64
}

// matters reports that something changes. When one record leaves a count and another comes, the sum stays
// and the ids between which they lie do not.
func (c countChange) matters() bool {
	return c.n != 0 || !c.total.IsZero() || !c.due.IsZero() || !c.amount.IsZero() || c.low > 0 || c.high > 0
}

// countChanges gathers the changes of one transaction.
type countChanges map[countKey]*countChange

func (c countChanges) of(k countKey) *countChange {
	if c[k] == nil {
		c[k] = &countChange{}
	}
	return c[k]
}

const countColumns = "list, at, hotel_id, currency, phase, state, n, total, due, amount, low, high"

// change stores them; it belongs at the end of what they come from.
func (s *Store) change(tx *gorm.DB, changes countChanges) error {
	var rows [][]any
	for k, c := range changes {
		if c.matters() {
			rows = append(rows, []any{k.list, k.at, k.hotel, k.currency, k.phase, k.state, c.n, c.total, c.due, c.amount, orZero(c.low), orZero(c.high)})
		}
	}
	if err := insert(tx, "INSERT INTO qlobooks_count_changes ("+countColumns+")", rows, ""); err != nil {
		return fmt.Errorf("change counts: %w", err)
	}
	s.unfolded.Add(int64(len(rows)))
	return nil
}

func orZero(id uint64) any {
	if id == 0 {
		return nil
	}
	return id
}

// month is under which time a record is counted.
const month = "COALESCE(DATE_FORMAT(day, '%Y-%m-01 00:00:00'), '" + nowhen + "')"

// aside writes a sum over records, times by, as changes of their counts. The records must be locked.
func (s *Store) aside(tx *gorm.DB, by int, where string, args ...any) error {
	low, high := "NULL", "NULL"
	if by > 0 {
		low, high = "MIN(sort_id)", "MAX(sort_id)"
	}
	sum := func(column string) string { return fmt.Sprintf("%d * COALESCE(SUM(%s), 0)", by, column) }
	res := tx.Exec("INSERT INTO qlobooks_count_changes ("+countColumns+") SELECT section, "+month+", hotel_id, currency, COALESCE(phase, ''), status, "+
		fmt.Sprintf("%d * COUNT(*), ", by)+sum("total")+", "+sum("due")+", "+sum("amount")+", "+low+", "+high+" FROM qlobooks_records WHERE "+where+" GROUP BY 1, 2, 3, 4, 5, 6", args...)
	if res.Error != nil {
		return fmt.Errorf("change counts of records: %w", res.Error)
	}
	s.unfolded.Add(res.RowsAffected)
	return nil
}

// recounted does work that stores records or changes what they are counted by, status and phase of
// their documents apart, and keeps the counts right. The records that are there must be locked, and
// where some are not, their section.
func (s *Store) recounted(tx *gorm.DB, section string, ids []string, work func() error) error {
	if len(ids) == 0 {
		return work()
	}
	if err := s.aside(tx, -1, "section = ? AND source_id IN ?", section, ids); err != nil {
		return err
	}
	if err := work(); err != nil {
		return err
	}
	return s.aside(tx, 1, "section = ? AND source_id IN ?", section, ids)
}

// lockSection lets one transaction at a time store records that were not listed before, so that each is
// counted as new once.
func lockSection(tx *gorm.DB, section string) error {
	lock := func() (bool, error) {
		var found []string
		err := tx.Raw("SELECT section FROM qlobooks_sections WHERE section = ? FOR UPDATE", section).Scan(&found).Error
		return len(found) > 0, err
	}
	there, err := lock()
	if err == nil && !there {
		if err = tx.Exec("INSERT IGNORE INTO qlobooks_sections (section) VALUES (?)", section).Error; err == nil {
			_, err = lock()
		}
	}
	if err != nil {
		return fmt.Errorf("lock the list of %s: %w", section, err)
	}
	return nil
}

// lockRecords locks those of some records that are there, and their section when some are not.
func lockRecords(tx *gorm.DB, section string, ids []string) error {
	var n int
	if err := tx.Raw("SELECT COUNT(*) FROM qlobooks_records WHERE section = ? AND source_id IN ?", section, ids).Scan(&n).Error; err != nil {
		return err
	}
	if n < len(ids) {
		if err := lockSection(tx, section); err != nil {
			return err
		}
	}
	var locked []string
	return tx.Raw("SELECT source_id FROM qlobooks_records WHERE section = ? AND source_id IN ? ORDER BY source_id FOR UPDATE", section, ids).Scan(&locked).Error
}

const (
	foldAfter  = 300  // rows of changes that this process wrote
	foldAtMost = 2000 // rows at once
)

// Fold adds changes up into the counts. Both move in one transaction, so that what is read stays the same.
func (s *Store) Fold(ctx context.Context) error {
	for {
		var ids []uint64
		if err := s.db.WithContext(ctx).Raw("SELECT id FROM qlobooks_count_changes ORDER BY id LIMIT ?", foldAtMost).Scan(&ids).Error; err != nil || len(ids) == 0 {
			return err
		}
		if err := s.tx(ctx, func(tx *gorm.DB) error { return fold(tx, ids) }); err != nil {
			return fmt.Errorf("add up counts: %w", err)
		}
		if len(ids) < foldAtMost {
			return nil
		}
	}
}

func fold(tx *gorm.DB, ids []uint64) error {
	// What another process has added up meanwhile is gone when the lock is had.
	var mine []uint64
	if err := tx.Raw("SELECT id FROM qlobooks_count_changes WHERE id IN ? ORDER BY id FOR UPDATE", ids).Scan(&mine).Error; err != nil || len(mine) == 0 {
		return err
	}
	err := tx.Exec("INSERT INTO qlobooks_counts ("+countColumns+") SELECT list, at, hotel_id, currency, phase, state, SUM(n), SUM(total), SUM(due), SUM(amount), MIN(low), MAX(high) "+
		"FROM qlobooks_count_changes WHERE id IN ? GROUP BY list, at, hotel_id, currency, phase, state ORDER BY list, at, hotel_id, currency, phase, state "+
		"ON DUPLICATE KEY UPDATE n = qlobooks_counts.n + VALUES(n), total = qlobooks_counts.total + VALUES(total), due = qlobooks_counts.due + VALUES(due), amount = qlobooks_counts.amount + VALUES(amount), "+
		"low = LEAST(COALESCE(qlobooks_counts.low, VALUES(low)), COALESCE(VALUES(low), qlobooks_counts.low)), high = GREATEST(COALESCE(qlobooks_counts.high, VALUES(high)), COALESCE(VALUES(high), qlobooks_counts.high))", mine).Error
	if err != nil {
		return err
	}
	return tx.Exec("DELETE FROM qlobooks_count_changes WHERE id IN ?", mine).Error
}

// foldSoon adds changes up when this process has written many since it last did.
func (s *Store) foldSoon(ctx context.Context) {
	if n := s.unfolded.Load(); n < foldAfter || !s.unfolded.CompareAndSwap(n, 0) {
		return
	}
	if err := s.Fold(context.WithoutCancel(ctx)); err != nil {
		slog.DebugContext(ctx, "counts were not added up; they will be", "error", err)
	}
}

// kept is the counts of a list and what is still to be added to them, as a table x.
func kept(columns, where string, args ...any) (string, []any) {
	table := "(SELECT " + columns + " FROM qlobooks_counts WHERE " + where + " UNION ALL SELECT " + columns + " FROM qlobooks_count_changes WHERE " + where + ") x"
	return table, append(slices.Clone(args), args...)
}

// countedWhere is the part of the counts that tells what a query selects, and the days that lie in a
// month of which the query wants only a part. ok is false when counts cannot tell it.
func (q RecordQuery) countedWhere() (where string, args []any, edges [][2]string, ok bool) {
	if len(q.IDs) > 0 || q.Q != "" || q.CustomerID != "" || q.Issue != "" || q.Draft || q.Stands != nil {
		return "", nil, nil, false
	}
	conds, args := []string{"list = ?"}, []any{q.Section}
	add := func(cond string, value any) { conds, args = append(conds, cond), append(args, value) }
	if len(q.Statuses) > 0 {
		add("state IN ?", q.Statuses)
	}
	if len(q.Phases) > 0 {
		add("phase IN ?", q.Phases)
	}
	if q.HotelID != "" {
		add("hotel_id = ?", q.HotelID)
	}
	if q.Currency != "" {
		add("currency = ?", q.Currency)
	}
	first, last, edges, ok := wholeMonths(q.DayFrom, q.DayTo)
	if !ok {
		return "", nil, nil, false
	}
	if q.DayFrom != "" || q.DayTo != "" {
		add("at > ?", nowhen)
	}
	if first != "" {
		add("at >= ?", first)
	}
	if last != "" {
		add("at < ?", last)
	}
	return strings.Join(conds, " AND "), args, edges, true
}

// wholeMonths are the months from first to before last that lie whole between two days, and what
// remains of the days at both ends. "" is without end.
func wholeMonths(from, to string) (first, last string, edges [][2]string, ok bool) {
	day := func(t time.Time) string { return t.Format(time.DateOnly) }
	var begin, end time.Time // of whole months; end is not part of them
	var f, t time.Time
	var err error
	if from != "" {
		if f, err = time.Parse(time.DateOnly, from); err != nil {
			return "", "", nil, false
		}
		if begin = monthOf(f); begin.Before(f) {
			begin = begin.AddDate(0, 1, 0)
		}
		first = day(begin)
	}
	if to != "" {
		if t, err = time.Parse(time.DateOnly, to); err != nil {
			return "", "", nil, false
		}
		end = monthOf(t.AddDate(0, 0, 1)) // the last day of a month ends it
		last = day(end)
	}
	switch {
	case from != "" && to != "" && !begin.Before(end): // no whole month
		return nowhen, nowhen, [][2]string{{from, to}}, true
	}
	if from != "" && f.Before(begin) {
		edges = append(edges, [2]string{from, day(begin.AddDate(0, 0, -1))})
	}
	if to != "" && !end.After(t) {
		edges = append(edges, [2]string{day(end), to})
	}
	return first, last, edges, true
}

func monthOf(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC) }

// monthBegin and monthEnd are the first and last day of a day's month; what is no day stays as it is.
func monthBegin(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return monthOf(t).Format(time.DateOnly)
}

func monthEnd(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return monthOf(t).AddDate(0, 1, -1).Format(time.DateOnly)
}
