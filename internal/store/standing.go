package store

import (
	"context"
	"fmt"
	"time"

	"github.com/qlobooks/qlobooks/internal/money"
)

// IssueGroup is all documents that stand still for one cause.
type IssueGroup struct {
	Code  string
	Count int
	First *time.Time // when the first of them came to stand still
	Last  *time.Time
}

// standing are the states in which a document waits for its cause to be cured.
const standing = "('blocked', 'held', 'failed', 'unknown', 'rejected')"

// Issues groups what waits for a person by cause, most frequent first. How many there are is kept; when
// the first and the last came is at the ends of a key.
func (s *Store) Issues(ctx context.Context) ([]IssueGroup, error) {
	var rows []IssueGroup
	table, args := kept("state, n", "list = ?", standingList)
	if err := s.db.WithContext(ctx).Raw("SELECT x.state code, SUM(x.n) count FROM "+table+" GROUP BY x.state HAVING SUM(x.n) > 0 ORDER BY count DESC, code", args...).Scan(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	codes := make([]string, len(rows))
	for i, r := range rows {
		codes[i] = r.Code
	}
	var spans []struct {
		Code        string
		First, Last *time.Time
	}
	err := s.db.WithContext(ctx).Raw("SELECT issue_code code, status, MIN(issue_since) first, MAX(issue_since) last FROM qlobooks_documents WHERE issue_code IN ? AND status IN "+standing+" GROUP BY issue_code, status", codes).Scan(&spans).Error
	if err != nil {
		return nil, fmt.Errorf("read since when documents stand still: %w", err)
	}
	for _, span := range spans {
		for i := range rows {
			if r := &rows[i]; r.Code == span.Code {
				if r.First == nil || span.First != nil && span.First.Before(*r.First) {
					r.First = span.First
				}
				if r.Last == nil || span.Last != nil && span.Last.After(*r.Last) {
					r.Last = span.Last
				}
			}
		}
	}
	return rows, nil
}

// Sum is a number of documents with their amount in one currency.
type Sum struct {
	Code     string
	Currency string
	Count    int
	Amount   money.Decimal
}

// IssueAmounts adds up what stands still, by cause and currency.
func (s *Store) IssueAmounts(ctx context.Context) (map[string][]Sum, error) {
	var rows []Sum
	table, args := kept("state, currency, n, total", "list = ? AND currency <> ''", standingList)
	err := s.db.WithContext(ctx).Raw("SELECT x.state code, x.currency, SUM(x.n) count, SUM(x.total) amount FROM "+table+" GROUP BY x.state, x.currency HAVING SUM(x.n) > 0 ORDER BY x.currency", args...).Scan(&rows).Error
	byCode := map[string][]Sum{}
	for _, r := range rows {
		byCode[r.Code] = append(byCode[r.Code], r)
	}
	return byCode, err
}

// IssueSection is how many records of a section show a document that stands still for a cause.
type IssueSection struct {
	Code, Section string
	Count         int
}

// IssueSections counts the records that show what stands still, by cause, most first.
func (s *Store) IssueSections(ctx context.Context) (map[string][]IssueSection, error) {
	var rows []IssueSection
	table, args := kept("state, phase, n", "list = ?", causesList)
	err := s.db.WithContext(ctx).Raw("SELECT x.state code, x.phase section, SUM(x.n) count FROM "+table+" GROUP BY x.state, x.phase HAVING SUM(x.n) > 0 ORDER BY count DESC, section", args...).Scan(&rows).Error
	byCode := map[string][]IssueSection{}
	for _, r := range rows {
		byCode[r.Code] = append(byCode[r.Code], r)
	}
	return byCode, err
}

// IssueDays counts by cause how many documents came to stand still on each of the days up to now, the
// oldest first. A day begins at midnight of the zone that is offset east of UTC.
func (s *Store) IssueDays(ctx context.Context, days int, offset time.Duration) (map[string][]int, error) {
	var rows []struct {
		Code   string
		SeenOn time.Time
		N      int
	}
	today := s.Now().UTC().Add(offset).Truncate(24 * time.Hour)
	first := today.AddDate(0, 0, 1-days)
	table, args := kept("state, at, n", "list = ? AND at >= ?", standingList, first.Add(-offset).Format(time.DateTime))
	err := s.db.WithContext(ctx).Raw("SELECT x.state code, DATE(DATE_ADD(x.at, INTERVAL ? SECOND)) seen_on, SUM(x.n) n FROM "+table+" GROUP BY x.state, seen_on", append([]any{int(offset.Seconds())}, args...)...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("count causes by day: %w", err)
	}
	byCode := map[string][]int{}
	for _, r := range rows {
		if byCode[r.Code] == nil {
			byCode[r.Code] = make([]int, days)
		}
		if at := int(r.SeenOn.UTC().Truncate(24*time.Hour).Sub(first).Hours() / 24); at >= 0 && at < days {
			byCode[r.Code][at] = r.N
		}
	}
	return byCode, nil
}
