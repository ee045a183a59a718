package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/money"
)

// A document counts as posted when it reached Zoho for the last time: who asks for everything since a
// moment, a day's or a month's beginning, then finds each once.

// countPosted counts documents whose attempts have changed something at Zoho now.
func countPosted(tx *gorm.DB, ids []uint64, now time.Time, changes countChanges) error {
	if len(ids) == 0 {
		return nil
	}
	if err := countUnposted(tx, ids, changes); err != nil {
		return err
	}
	at := quarterOf(now)
	if err := tx.Exec("UPDATE qlobooks_documents SET posted_at = ?, posted_total = IF(flow = 'invoice', COALESCE(total, 0), 0) WHERE id IN ?", at, ids).Error; err != nil {
		return fmt.Errorf("note what was posted: %w", err)
	}
	return postings(tx, ids, 1, changes)
}

// countUnposted takes documents out of the count, as nothing of them stands at Zoho any more or they
// come in again.
func countUnposted(tx *gorm.DB, ids []uint64, changes countChanges) error {
	return postings(tx, ids, -1, changes)
}

func postings(tx *gorm.DB, ids []uint64, by int, changes countChanges) error {
	var rows []struct {
		Currency string
		At       time.Time
		N        int
		Total    money.Decimal
	}
	err := tx.Raw("SELECT currency, posted_at at, COUNT(*) n, SUM(COALESCE(posted_total, 0)) total FROM qlobooks_documents WHERE id IN ? AND posted_at IS NOT NULL GROUP BY currency, posted_at", ids).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("read what was posted: %w", err)
	}
	for _, r := range rows {
		c := changes.of(countKey{list: postedList, at: quarterOf(r.At), currency: r.Currency})
		c.n += by * r.N
		if by < 0 {
			r.Total = r.Total.Neg()
		}
		c.total = c.total.Add(r.Total)
	}
	return nil
}

// PostedSince adds up what reached Zoho since a moment, by currency: a quarter of an hour. A document
// that was only found unchanged since then was posted before.
func (s *Store) PostedSince(ctx context.Context, since time.Time) ([]Sum, error) {
	var rows []Sum
	table, args := kept("currency, n, total", "list = ? AND at >= ?", postedList, quarterOf(since))
	err := s.db.WithContext(ctx).Raw("SELECT x.currency, SUM(x.n) count, SUM(x.total) amount FROM "+table+" GROUP BY x.currency HAVING SUM(x.n) > 0", args...).Scan(&rows).Error
	return rows, err
}
