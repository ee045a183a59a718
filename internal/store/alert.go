package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Alert is one message for whoever listens.
type Alert struct {
	ID       uint64
	Event    string
	At       time.Time
	Data     json.RawMessage
	Attempts int // this one included
}

// AddAlert stores a message. A second one about the same thing changes nothing.
func (s *Store) AddAlert(ctx context.Context, event, about string, data any) error {
	body, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("alert: %w", err)
	}
	now := s.Now()
	return s.exec(ctx, "INSERT IGNORE INTO qlobooks_alerts (event, about, at, data, due_at) VALUES (?, ?, ?, ?, ?)", event, about, now, string(body), now).Error
}

// TakeAlerts claims due messages for token until the lease ends; each attempt counts.
func (s *Store) TakeAlerts(ctx context.Context, token string, limit int, lease time.Duration) ([]Alert, error) {
	now := s.Now()
	res := s.exec(ctx, "UPDATE qlobooks_alerts SET lease_owner = ?, due_at = ?, attempts = attempts + 1 WHERE due_at <= ? ORDER BY id LIMIT ?", token, now.Add(lease), now, limit)
	if res.Error != nil || res.RowsAffected == 0 {
		return nil, res.Error
	}
	var rows []struct {
		ID       uint64
		Event    string
		At       time.Time
		Data     string
		Attempts int
	}
	if err := s.db.WithContext(ctx).Raw("SELECT id, event, at, data, attempts FROM qlobooks_alerts WHERE lease_owner = ? ORDER BY id", token).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read alerts: %w", err)
	}
	list := make([]Alert, len(rows))
	for i, r := range rows {
		list[i] = Alert{ID: r.ID, Event: r.Event, At: r.At, Data: json.RawMessage(r.Data), Attempts: r.Attempts}
	}
	return list, nil
}

// SettleAlert ends an attempt of token's: another one is made at again, none when it is nil.
func (s *Store) SettleAlert(ctx context.Context, token string, id uint64, again *time.Time) error {
	return s.exec(ctx, "UPDATE qlobooks_alerts SET due_at = ?, lease_owner = NULL WHERE id = ? AND lease_owner = ?", again, id, token).Error
}

// CleanAlerts forgets messages older than days.
func (s *Store) CleanAlerts(ctx context.Context, days int) error {
	return s.exec(ctx, "DELETE FROM qlobooks_alerts WHERE due_at IS NULL AND at < ?", s.Now().AddDate(0, 0, -days)).Error
}

// TroubledRuns lists runs that failed, or began and wait at a brake, since a moment.
func (s *Store) TroubledRuns(ctx context.Context, since time.Time) ([]Run, error) {
	var rows []runRow
	err := s.db.WithContext(ctx).Raw("SELECT "+runColumns+" FROM qlobooks_runs WHERE (status = 'failed' AND finished_at >= ?) OR (status = 'waiting' AND created_at >= ?) ORDER BY id LIMIT 100", since, since).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list troubled runs: %w", err)
	}
	list := make([]Run, len(rows))
	for i, r := range rows {
		list[i] = r.run()
	}
	return list, nil
}

// NewlyHeld counts, by cause, the documents that came to be held between two moments and still are.
func (s *Store) NewlyHeld(ctx context.Context, from, to time.Time) (map[string]int, error) {
	return counts(s.db.WithContext(ctx).Raw("SELECT d.issue_code status, COUNT(DISTINCT d.id) n FROM qlobooks_events e JOIN qlobooks_documents d ON d.flow = e.flow AND d.source_id = e.source_id "+
		"WHERE e.at >= ? AND e.at < ? AND e.action = 'held' AND d.status = 'held' GROUP BY d.issue_code", from, to))
}
