package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/money"
)

// Period is a month that a person closed.
type Period struct {
	Month          string // as 2026-03
	ClosedAt       time.Time
	ClosedBy       string
	Reason         string
	Sums, Accepted json.RawMessage
}

// PeriodDocument is one document as it was agreed when its month was closed.
type PeriodDocument struct {
	Ref            Ref
	ZohoID, Number string
	Title, OrderID string
	Day, Currency  string
	Total          money.Decimal
	Sides          json.RawMessage
}

// Drift is one document of a closed month that is not as it was agreed.
type Drift struct {
	Month          string
	Ref            Ref
	DoubleID       string // of a second document in Zoho Books
	ZohoID, Number string
	Title, OrderID string
	Day, Currency  string
	Was, IsNow     *money.Decimal // nil: it was not there, or is not any more
	Detail         string
	SeenAt         time.Time
}

// ErrClosed says that somebody else closed the month first.
var ErrClosed = errors.New("the month is closed")

// Periods are the closed months of an organization, oldest first.
func (s *Store) Periods(ctx context.Context, organization string) ([]Period, error) {
	var rows []struct {
		Month            string
		ClosedAt         time.Time
		ClosedBy, Reason string
		Sums, Accepted   string
	}
	err := s.db.WithContext(ctx).Raw("SELECT month, closed_at, closed_by, reason, sums, accepted FROM qlobooks_periods WHERE organization_id = ? ORDER BY month", organization).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read closed months: %w", err)
	}
	list := make([]Period, len(rows))
	for i, r := range rows {
		list[i] = Period{Month: r.Month, ClosedAt: r.ClosedAt, ClosedBy: r.ClosedBy, Reason: r.Reason, Sums: json.RawMessage(r.Sums), Accepted: json.RawMessage(r.Accepted)}
	}
	return list, nil
}

// ClosePeriod keeps a month as it was agreed; ErrClosed when it is closed already. watch are the marks of who looks at closed
// months, and where they must go on at the latest.
func (s *Store) ClosePeriod(ctx context.Context, organization string, p Period, docs []PeriodDocument, watch map[string]string, e Event) error {
	err := s.tx(ctx, func(tx *gorm.DB) error {
		err := tx.Exec("INSERT INTO qlobooks_periods (organization_id, month, closed_at, closed_by, reason, sums, accepted) VALUES (?, ?, ?, ?, ?, ?, ?)",
			organization, p.Month, p.ClosedAt, clip(p.ClosedBy, 128), clip(p.Reason, 500), string(p.Sums), string(p.Accepted)).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return ErrClosed
		}
		if err != nil {
			return err
		}
		for part := range slices.Chunk(docs, 500) {
			rows := make([][]any, len(part))
			for i, d := range part {
				rows[i] = []any{organization, p.Month, d.Ref.Flow, d.Ref.ID, d.ZohoID, clip(d.Number, longestNumber), clip(d.Title, longestTitle), d.OrderID, orNull(d.Day), d.Currency, d.Total, string(d.Sides)}
			}
			if err := insert(tx, "INSERT INTO qlobooks_period_documents (organization_id, month, flow, source_id, zoho_id, number, title, order_id, day, currency, total, sides)", rows, ""); err != nil {
				return err
			}
		}
		for _, name := range slices.Sorted(maps.Keys(watch)) {
			if err := lowerMark(tx, name, watch[name]); err != nil {
				return err
			}
		}
		return addEvent(tx, e)
	})
	if err != nil && !errors.Is(err, ErrClosed) {
		return fmt.Errorf("close a month: %w", err)
	}
	return err
}

// ReopenPeriod forgets what was agreed; false when the month is not closed.
func (s *Store) ReopenPeriod(ctx context.Context, organization, month string, e Event) (was bool, err error) {
	err = s.tx(ctx, func(tx *gorm.DB) error {
		res := tx.Exec("DELETE FROM qlobooks_periods WHERE organization_id = ? AND month = ?", organization, month)
		if was = res.RowsAffected > 0; res.Error != nil || !was {
			return res.Error
		}
		for _, table := range []string{"qlobooks_period_documents", "qlobooks_period_drifts"} {
			if err := tx.Exec("DELETE FROM "+table+" WHERE organization_id = ? AND month = ?", organization, month).Error; err != nil {
				return err
			}
		}
		return addEvent(tx, e)
	})
	if err != nil {
		return false, fmt.Errorf("open a month again: %w", err)
	}
	return was, nil
}

// PeriodDocuments are the documents of a closed month as they were agreed.
func (s *Store) PeriodDocuments(ctx context.Context, organization, month string) (map[Ref]PeriodDocument, error) {
	var rows []struct {
		Flow, SourceID, ZohoID, Number, Title, OrderID string
		Day                                            *string
		Currency                                       string
		Total                                          money.Decimal
		Sides                                          string
	}
	err := s.db.WithContext(ctx).Raw("SELECT flow, source_id, zoho_id, number, title, order_id, DATE_FORMAT(day, '%Y-%m-%d') day, currency, total, sides FROM qlobooks_period_documents WHERE organization_id = ? AND month = ?", organization, month).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read a closed month: %w", err)
	}
	found := map[Ref]PeriodDocument{}
	for _, r := range rows {
		d := PeriodDocument{Ref: Ref{r.Flow, r.SourceID}, ZohoID: r.ZohoID, Number: r.Number, Title: r.Title, OrderID: r.OrderID, Currency: r.Currency, Total: r.Total, Sides: json.RawMessage(r.Sides)}
		if r.Day != nil {
			d.Day = *r.Day
		}
		found[d.Ref] = d
	}
	return found, nil
}

// PeriodRefs names the documents that were agreed in the closed months of a range of days.
func (s *Store) PeriodRefs(ctx context.Context, organization, from, to string) ([]Ref, error) {
	var rows []struct{ Flow, SourceID string }
	err := s.db.WithContext(ctx).Raw("SELECT flow, source_id FROM qlobooks_period_documents WHERE organization_id = ? AND month BETWEEN ? AND ? AND day BETWEEN ? AND ?", organization, from[:7], to[:7], from, to).Scan(&rows).Error
	refs := make([]Ref, len(rows))
	for i, r := range rows {
		refs[i] = Ref{r.Flow, r.SourceID}
	}
	return refs, err
}

// Drifts are what is not as it was agreed in the closed months of an organization, the oldest document first.
func (s *Store) Drifts(ctx context.Context, organization string) ([]Drift, error) {
	var rows []struct {
		Month, Flow, SourceID, DoubleID, ZohoID, Number, Title, OrderID string
		Day                                                             *string
		Currency                                                        string
		Was, IsNow                                                      *money.Decimal
		Detail                                                          string
		SeenAt                                                          time.Time
	}
	err := s.db.WithContext(ctx).Raw("SELECT month, flow, source_id, double_id, zoho_id, number, title, order_id, DATE_FORMAT(day, '%Y-%m-%d') day, currency, was, is_now, detail, seen_at FROM qlobooks_period_drifts "+
		"WHERE organization_id = ? ORDER BY month, qlobooks_period_drifts.day, flow, source_id, double_id", organization).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read what changed after closing: %w", err)
	}
	list := make([]Drift, len(rows))
	for i, r := range rows {
		list[i] = Drift{Month: r.Month, Ref: Ref{r.Flow, r.SourceID}, DoubleID: r.DoubleID, ZohoID: r.ZohoID, Number: r.Number, Title: r.Title, OrderID: r.OrderID, Currency: r.Currency, Was: r.Was, IsNow: r.IsNow, Detail: r.Detail, SeenAt: r.SeenAt}
		if r.Day != nil {
			list[i].Day = *r.Day
		}
	}
	return list, nil
}

// DriftedMonth is a closed month of which documents are not as they were agreed.
type DriftedMonth struct {
	Month     string
	Last      string // its last day
	Documents int
	SeenAt    time.Time // the last of them
}

// DriftedSince are the closed months of an organization in which something came to be otherwise since a moment.
func (s *Store) DriftedSince(ctx context.Context, organization string, since time.Time) ([]DriftedMonth, error) {
	var months []DriftedMonth
	err := s.db.WithContext(ctx).Raw("SELECT month, DATE_FORMAT(LAST_DAY(CONCAT(month, '-01')), '%Y-%m-%d') last, COUNT(DISTINCT flow, source_id) documents, MAX(seen_at) seen_at FROM qlobooks_period_drifts "+
		"WHERE organization_id = ? GROUP BY month HAVING MAX(seen_at) >= ? ORDER BY month", organization, since.UTC()).Scan(&months).Error
	if err != nil {
		return nil, fmt.Errorf("read closed months that changed: %w", err)
	}
	return months, nil
}

// SaveDrifts replaces what is known to be otherwise in a closed month. What was known as it is keeps its time; a month
// that was opened meanwhile has none.
func (s *Store) SaveDrifts(ctx context.Context, organization, month string, list []Drift) error {
	err := s.tx(ctx, func(tx *gorm.DB) error {
		var closed []string
		if err := tx.Raw("SELECT month FROM qlobooks_periods WHERE organization_id = ? AND month = ? FOR UPDATE", organization, month).Scan(&closed).Error; err != nil || len(closed) == 0 {
			return err
		}
		var known []struct{ Flow, SourceID, DoubleID string }
		if err := tx.Raw("SELECT flow, source_id, double_id FROM qlobooks_period_drifts WHERE organization_id = ? AND month = ?", organization, month).Scan(&known).Error; err != nil {
			return err
		}
		stays := map[[3]string]bool{}
		for _, d := range list {
			stays[[3]string{d.Ref.Flow, d.Ref.ID, d.DoubleID}] = true
		}
		for _, k := range known {
			if stays[[3]string{k.Flow, k.SourceID, k.DoubleID}] {
				continue
			}
			if err := tx.Exec("DELETE FROM qlobooks_period_drifts WHERE organization_id = ? AND month = ? AND flow = ? AND source_id = ? AND double_id = ?", organization, month, k.Flow, k.SourceID, k.DoubleID).Error; err != nil {
				return err
			}
		}
		for part := range slices.Chunk(list, 500) {
			rows := make([][]any, len(part))
			for i, d := range part {
				rows[i] = []any{organization, month, d.Ref.Flow, d.Ref.ID, d.DoubleID, d.ZohoID, clip(d.Number, longestNumber), clip(d.Title, longestTitle), d.OrderID, orNull(d.Day), d.Currency, d.Was, d.IsNow, clip(d.Detail, longestWords), s.Now()}
			}
			err := insert(tx, "INSERT INTO qlobooks_period_drifts (organization_id, month, flow, source_id, double_id, zoho_id, number, title, order_id, day, currency, was, is_now, detail, seen_at)", rows,
				" ON DUPLICATE KEY UPDATE seen_at = IF(detail = VALUES(detail), seen_at, VALUES(seen_at)), zoho_id = VALUES(zoho_id), number = VALUES(number), title = VALUES(title), order_id = VALUES(order_id), "+
					"day = VALUES(day), currency = VALUES(currency), was = VALUES(was), is_now = VALUES(is_now), detail = VALUES(detail)")
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep what changed after closing: %w", err)
	}
	return nil
}
