package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/money"
)

// Doubt is something that a record's rows in QloApps say twice and differently, though its documents
// may stand: a person decides which is true.
type Doubt struct {
	Code     string
	Detail   string // with both figures
	Currency string
	Apart    money.Decimal
}

// Codes of doubts. Other causes are those of documents, of which a list finds its records faster.
const (
	PaidDiffers = "paid_differs"
	SlipsExceed = "slips_exceed"
)

var doubtCodes = map[string]bool{PaidDiffers: true, SlipsExceed: true}

// saveDoubts makes the doubts of listed records those of their rows now. One that is as before keeps
// since when it has been there.
func saveDoubts(tx *gorm.DB, section string, list []Listed, now time.Time) error {
	if section != "orders" {
		return nil
	}
	ids := make([]string, len(list))
	var rows [][]any
	for i, l := range list {
		ids[i] = l.ID
		for _, d := range l.Doubts {
			rows = append(rows, []any{section, l.ID, d.Code, clip(d.Detail, 500), d.Currency, d.Apart, now})
		}
	}
	// Most orders have none, and rows that are not there are not locked.
	var had []struct{ RecordID, Code string }
	if err := tx.Raw("SELECT record_id, code FROM qlobooks_doubts WHERE section = ? AND record_id IN ?", section, ids).Scan(&had).Error; err != nil {
		return fmt.Errorf("read doubts: %w", err)
	}
	have := map[[2]string]bool{}
	for _, r := range rows {
		have[[2]string{r[1].(string), r[2].(string)}] = true
	}
	for _, h := range had {
		if have[[2]string{h.RecordID, h.Code}] {
			continue
		}
		if err := tx.Exec("DELETE FROM qlobooks_doubts WHERE section = ? AND record_id = ? AND code = ?", section, h.RecordID, h.Code).Error; err != nil {
			return fmt.Errorf("end a doubt: %w", err)
		}
	}
	// What differs by another amount is one that nobody has seen yet. MySQL assigns from left to right.
	return insert(tx, "INSERT INTO qlobooks_doubts (section, record_id, code, detail, currency, apart, since)", rows,
		" ON DUPLICATE KEY UPDATE since = IF(currency = VALUES(currency) AND apart = VALUES(apart), since, VALUES(since)), detail = VALUES(detail), currency = VALUES(currency), apart = VALUES(apart)")
}

// DoubtsOf reads the doubts of records, by record id.
func (s *Store) DoubtsOf(ctx context.Context, section string, ids []string) (map[string][]Doubt, error) {
	byID := map[string][]Doubt{}
	if len(ids) == 0 || section != "orders" {
		return byID, nil
	}
	var rows []struct {
		RecordID string
		Doubt    `gorm:"embedded"`
	}
	err := s.db.WithContext(ctx).Raw("SELECT record_id, code, detail, currency, apart FROM qlobooks_doubts WHERE section = ? AND record_id IN ? ORDER BY record_id, code", section, ids).Scan(&rows).Error
	for _, r := range rows {
		byID[r.RecordID] = append(byID[r.RecordID], r.Doubt)
	}
	return byID, err
}

// DoubtGroup is how many records have a doubt, and by how much their figures differ.
type DoubtGroup struct {
	IssueGroup
	Amounts []Sum
}

// Doubts groups all doubts by code.
func (s *Store) Doubts(ctx context.Context) ([]DoubtGroup, error) {
	var rows []struct {
		Code, Currency string
		Count          int
		Amount         money.Decimal
		First, Last    *time.Time
	}
	err := s.db.WithContext(ctx).Raw("SELECT code, currency, COUNT(*) count, SUM(apart) amount, MIN(since) first, MAX(since) last FROM qlobooks_doubts GROUP BY code, currency ORDER BY code, currency").Scan(&rows).Error
	var list []DoubtGroup
	for _, r := range rows {
		if n := len(list); n == 0 || list[n-1].Code != r.Code {
			list = append(list, DoubtGroup{IssueGroup: IssueGroup{Code: r.Code, First: r.First, Last: r.Last}})
		}
		g := &list[len(list)-1]
		g.Count += r.Count
		g.Amounts = append(g.Amounts, Sum{Code: r.Code, Currency: r.Currency, Count: r.Count, Amount: r.Amount})
		if r.First.Before(*g.First) {
			g.First = r.First
		}
		if r.Last.After(*g.Last) {
			g.Last = r.Last
		}
	}
	return list, err
}

// Unlisted is what QloApps has of one kind and no list shows, for one reason.
type Unlisted struct {
	What, Because string
	N             int    `gorm:"column:n"`
	First         string `gorm:"column:first_id"` // the first of their ids
	At            time.Time
}

// SetUnlisted makes what no list of a section shows that which was counted now.
func (s *Store) SetUnlisted(ctx context.Context, section string, list []Unlisted) error {
	return s.tx(ctx, func(tx *gorm.DB) error {
		if err := tx.Exec("DELETE FROM qlobooks_unlisted WHERE section = ?", section).Error; err != nil {
			return fmt.Errorf("forget what was not listed: %w", err)
		}
		var rows [][]any
		for i, u := range list {
			rows = append(rows, []any{section, i, clip(u.What, 40), clip(u.Because, 200), u.N, u.First, s.Now()})
		}
		return insert(tx, "INSERT INTO qlobooks_unlisted (section, place, what, because, n, first_id, counted_at)", rows, "")
	})
}

// Unlisted reads what no list of a section shows.
func (s *Store) Unlisted(ctx context.Context, section string) ([]Unlisted, error) {
	var rows []Unlisted
	err := s.db.WithContext(ctx).Raw("SELECT what, because, n, first_id, counted_at `at` FROM qlobooks_unlisted WHERE section = ? ORDER BY place", section).Scan(&rows).Error
	return rows, err
}
