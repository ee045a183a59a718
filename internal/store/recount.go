package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/money"
)

// Recount compares the counts with what they count and sets right what differs; it tells how many were
// wrong. Both are read at one moment and only the difference is written, so that it may run while
// everything goes on. It reads whole tables and belongs into the daily pass.
func (s *Store) Recount(ctx context.Context) (wrong int, err error) {
	if err := s.rememberStanding(ctx); err != nil {
		return 0, fmt.Errorf("look at what stands still: %w", err)
	}
	// One at a time, as two would both write the same difference. Nothing is read before the lock is
	// had: the first reading decides which moment the transaction sees.
	if err := s.exec(ctx, "INSERT IGNORE INTO qlobooks_facts (name, at) VALUES ('recounted', ?)", s.Now()).Error; err != nil {
		return 0, err
	}
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := tx.Exec("UPDATE qlobooks_facts SET at = ? WHERE name = 'recounted'", s.Now()).Error; err != nil {
			return err
		}
		differs := countChanges{}
		for _, add := range []func(*gorm.DB, countChanges) error{addRecords, addStanding, addCauses, addPosted, takeKept} {
			if err := add(tx, differs); err != nil {
				return err
			}
		}
		for _, c := range differs {
			if c.matters() {
				wrong++
			}
		}
		return s.change(tx, differs)
	}, &sql.TxOptions{Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return 0, fmt.Errorf("compare counts: %w", err)
	}
	return wrong, nil
}

// rememberStanding looks again at every document that stands still or is counted so.
func (s *Store) rememberStanding(ctx context.Context) error {
	return s.inSlices(ctx, func(tx *gorm.DB, after uint64) (uint64, error) {
		var ids []uint64
		if err := tx.Raw("SELECT id FROM qlobooks_documents WHERE id > ? AND (counted <> '' OR issue_code <> '') ORDER BY id LIMIT ?", after, filterSlice).Scan(&ids).Error; err != nil || len(ids) == 0 {
			return 0, err
		}
		return ids[len(ids)-1], s.refreshRecords(tx, ids, s.Now())
	})
}

// keptRow is one sum.
type keptRow struct {
	List, HotelID, Currency, Phase, State string
	At                                    time.Time
	N                                     int
	Total, Due, Amount                    money.Decimal
	Low, High                             *uint64
}

func (c countChanges) rows(query *gorm.DB, by int64) error {
	var rows []keptRow
	if err := query.Scan(&rows).Error; err != nil {
		return err
	}
	times := money.MustParse(fmt.Sprint(by))
	for _, r := range rows {
		d := c.of(countKey{r.List, r.At.UTC().Format(time.DateTime), r.HotelID, r.Currency, r.Phase, r.State})
		d.n += int(by) * r.N
		d.total, d.due, d.amount = d.total.Add(r.Total.Mul(times)), d.due.Add(r.Due.Mul(times)), d.amount.Add(r.Amount.Mul(times))
		if r.Low == nil || r.High == nil {
			continue
		}
		switch {
		case by > 0:
			d.low, d.high = *r.Low, *r.High
		case *r.Low <= d.low && *r.High >= d.high: // everything lies where it is looked for
			d.low, d.high = 0, 0
		}
	}
	return nil
}

func addRecords(tx *gorm.DB, differs countChanges) error {
	return differs.rows(tx.Raw("SELECT section list, CAST("+month+" AS DATETIME) at, hotel_id, currency, COALESCE(phase, '') phase, status state, COUNT(*) n, COALESCE(SUM(total), 0) total, COALESCE(SUM(due), 0) due, COALESCE(SUM(amount), 0) amount, "+
		"MIN(sort_id) low, MAX(sort_id) high FROM qlobooks_records GROUP BY 1, 2, 3, 4, 5, 6"), 1)
}

func addStanding(tx *gorm.DB, differs countChanges) error {
	var rows []struct {
		Counted string
		N       int
		Total   money.Decimal
	}
	if err := tx.Raw("SELECT counted, COUNT(*) n, SUM(COALESCE(counted_total, 0)) total FROM qlobooks_documents WHERE counted <> '' GROUP BY counted").Scan(&rows).Error; err != nil {
		return err
	}
	for _, r := range rows {
		differs.standing(r.Counted, r.N, r.Total)
	}
	return nil
}

func addCauses(tx *gorm.DB, differs countChanges) error {
	var rows []struct {
		Section, Causes string
		N               int
	}
	if err := tx.Raw("SELECT section, causes, COUNT(*) n FROM qlobooks_records WHERE causes <> '' GROUP BY section, causes").Scan(&rows).Error; err != nil {
		return err
	}
	for _, r := range rows {
		differs.causes(r.Section, r.Causes, r.N)
	}
	return nil
}

func addPosted(tx *gorm.DB, differs countChanges) error {
	return differs.rows(tx.Raw("SELECT '"+postedList+"' list, posted_at at, currency, COUNT(*) n, SUM(COALESCE(posted_total, 0)) total FROM qlobooks_documents WHERE posted_at IS NOT NULL GROUP BY posted_at, currency"), 1)
}

func takeKept(tx *gorm.DB, differs countChanges) error {
	table, args := kept(countColumns, "1 = 1")
	return differs.rows(tx.Raw("SELECT list, at, hotel_id, currency, phase, state, SUM(n) n, SUM(total) total, SUM(due) due, SUM(amount) amount, MIN(low) low, MAX(high) high FROM "+table+" GROUP BY 1, 2, 3, 4, 5, 6", args...), -1)
}
