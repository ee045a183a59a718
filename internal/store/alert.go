package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
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

// EndAlerts gives up what waits but was made before a moment, or tells of an event that is none of events
// any more: it is not for whoever listens now. What is being sent is left to its sender.
func (s *Store) EndAlerts(ctx context.Context, events []string, before time.Time) error {
	return s.exec(ctx, "UPDATE qlobooks_alerts SET due_at = NULL, lease_owner = NULL, outcome = ?, taken = 0 WHERE due_at IS NOT NULL AND (lease_owner IS NULL OR due_at <= ?) AND (at < ? OR event NOT IN ?)",
		"it waited longer than a day, or the alerts were saved anew meanwhile", s.Now(), before, events).Error
}

// TakeAlerts claims due messages for token until the lease ends, those of the events named last behind all
// others; each attempt counts.
func (s *Store) TakeAlerts(ctx context.Context, token string, limit int, lease time.Duration, last ...string) ([]Alert, error) {
	now := s.Now()
	res := s.exec(ctx, "UPDATE qlobooks_alerts SET lease_owner = ?, due_at = ?, attempts = attempts + 1 WHERE due_at <= ? ORDER BY event IN ?, id LIMIT ?", token, now.Add(lease), now, append(last, ""), limit)
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
	if err := s.db.WithContext(ctx).Raw("SELECT id, event, at, data, attempts FROM qlobooks_alerts WHERE lease_owner = ? ORDER BY event IN ?, id", token, append(last, "")).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read alerts: %w", err)
	}
	list := make([]Alert, len(rows))
	for i, r := range rows {
		list[i] = Alert{ID: r.ID, Event: r.Event, At: r.At, Data: json.RawMessage(r.Data), Attempts: r.Attempts}
	}
	return list, nil
}

// Attempt is how one try to deliver a message ended.
type Attempt struct {
	Answer  int        // HTTP status, 0 = none
	Outcome string     // in words; "" = taken
	Again   *time.Time // when it is tried again; nil = never
}

// SettleAlert ends an attempt of token's.
func (s *Store) SettleAlert(ctx context.Context, token string, id uint64, a Attempt) error {
	return s.exec(ctx, "UPDATE qlobooks_alerts SET due_at = ?, lease_owner = NULL, tried_at = ?, answer = NULLIF(?, 0), outcome = ?, taken = ? WHERE id = ? AND lease_owner = ?",
		a.Again, s.Now(), a.Answer, cut(a.Outcome, 200), a.Outcome == "", id, token).Error
}

// PutOffAlerts gives back what token claimed and did not try: it is due at another moment, and no attempt counts.
func (s *Store) PutOffAlerts(ctx context.Context, token string, until time.Time) error {
	return s.exec(ctx, "UPDATE qlobooks_alerts SET due_at = ?, lease_owner = NULL, attempts = attempts - 1 WHERE lease_owner = ?", until, token).Error
}

// AddTried stores a message that was tried at once, and will not be again. It gives its id, under which
// the message is to be sent.
func (s *Store) AddTried(ctx context.Context, event, about string, data any) (Alert, string, error) {
	body, err := json.Marshal(data)
	if err != nil {
		return Alert{}, "", fmt.Errorf("alert: %w", err)
	}
	now := s.Now()
	// Nobody else takes it while it is tried here: it is due by no time.
	err = s.exec(ctx, "INSERT INTO qlobooks_alerts (event, about, at, data, attempts, lease_owner) VALUES (?, ?, ?, ?, 1, ?)", event, about, now, string(body), about).Error
	if err != nil {
		return Alert{}, "", err
	}
	var ids []uint64
	err = s.db.WithContext(ctx).Raw("SELECT id FROM qlobooks_alerts WHERE event = ? AND about = ?", event, about).Scan(&ids).Error
	if err != nil || len(ids) == 0 {
		return Alert{}, "", fmt.Errorf("read the new alert: %w", err)
	}
	return Alert{ID: ids[0], Event: event, At: now, Data: body, Attempts: 1}, about, nil
}

// Delivery is a message and what became of it.
type Delivery struct {
	ID        uint64
	Event     string
	At        time.Time
	Data      string
	Attempts  int
	DueAt     *time.Time
	TriedAt   *time.Time
	Answer    int
	Outcome   string
	Taken     bool // at the last attempt
	LeaseHeld bool
}

// Deliveries are messages, newest first, before one of them; 0 = from the newest.
func (s *Store) Deliveries(ctx context.Context, before uint64, limit int) ([]Delivery, error) {
	if before == 0 {
		before = 1 << 63
	}
	var rows []Delivery
	err := s.db.WithContext(ctx).Raw("SELECT id, event, at, data, attempts, due_at, tried_at, COALESCE(answer, 0) answer, outcome, COALESCE(taken, 0) taken, lease_owner IS NOT NULL lease_held FROM qlobooks_alerts WHERE id < ? ORDER BY id DESC LIMIT ?", before, limit).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	return rows, nil
}

// Told reports that something was told of before.
func (s *Store) Told(ctx context.Context, event, about string) (bool, error) {
	var n int
	err := s.db.WithContext(ctx).Raw("SELECT COUNT(*) FROM qlobooks_alerts WHERE event = ? AND about = ?", event, about).Scan(&n).Error
	return n > 0, err
}

// cut keeps as many characters as a column takes, and bytes that are no text as a sign of such.
func cut(text string, most int) string {
	text = strings.ToValidUTF8(text, noText)
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}
	return text
}

// CleanAlerts forgets messages older than days, whatever became of them.
func (s *Store) CleanAlerts(ctx context.Context, days int) error {
	return s.exec(ctx, "DELETE FROM qlobooks_alerts WHERE at < ?", s.Now().AddDate(0, 0, -days)).Error
}

// TroubledRuns lists runs that failed, or began and wait at a brake, since a moment, and that no message
// of these events tells of yet.
func (s *Store) TroubledRuns(ctx context.Context, failed, waiting string, since time.Time) ([]Run, error) {
	return s.untoldRuns(ctx, "(status = 'failed' AND finished_at >= ?"+untold+") OR (status = 'waiting' AND created_at >= ?"+untold+")", since, failed, since, waiting)
}

// EndedRuns lists runs of a kind that ended since a moment and that no message of an event tells of yet;
// "" = of every kind.
func (s *Store) EndedRuns(ctx context.Context, event, kind string, since time.Time) ([]Run, error) {
	where, args := "status IN ('done', 'failed', 'canceled') AND finished_at >= ?"+untold, []any{since, event}
	if kind != "" {
		where, args = where+" AND kind = ? AND status = 'done'", append(args, kind)
	}
	return s.untoldRuns(ctx, where, args...)
}

const untold = " AND NOT EXISTS (SELECT 1 FROM qlobooks_alerts a WHERE a.event = ? AND a.about = CAST(qlobooks_runs.id AS CHAR) COLLATE utf8mb4_bin)"

func (s *Store) untoldRuns(ctx context.Context, where string, args ...any) ([]Run, error) {
	var rows []runRow
	if err := s.db.WithContext(ctx).Raw("SELECT "+runColumns+" FROM qlobooks_runs WHERE "+where+" ORDER BY id LIMIT 100", args...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("list runs to tell of: %w", err)
	}
	list := make([]Run, len(rows))
	for i, r := range rows {
		list[i] = r.run()
	}
	return list, nil
}

// ToldUntil is up to which moment an event was told; zero when it never was.
func (s *Store) ToldUntil(ctx context.Context, event string) (time.Time, error) {
	var at []time.Time
	err := s.db.WithContext(ctx).Raw("SELECT at FROM qlobooks_facts WHERE name = ?", "told_"+event).Scan(&at).Error
	if err != nil || len(at) == 0 {
		return time.Time{}, err
	}
	return at[0], nil
}

// TellUntil notes it; it never goes back.
func (s *Store) TellUntil(ctx context.Context, event string, at time.Time) error {
	return s.exec(ctx, "INSERT INTO qlobooks_facts (name, at) VALUES (?, ?) ON DUPLICATE KEY UPDATE at = GREATEST(at, VALUES(at))", "told_"+event, at).Error
}

// ChangedBetween gives the newest changes of records between two moments, most at most, and how many more
// there are.
func (s *Store) ChangedBetween(ctx context.Context, from, to time.Time, most int) (list []RecordChange, more int, err error) {
	for _, section := range wire.Sections {
		var rows []RecordChange
		if err := s.db.WithContext(ctx).Raw("SELECT section, source_id, status, COALESCE(phase, '') phase, updated_at FROM qlobooks_records WHERE section = ? AND updated_at >= ? AND updated_at < ? ORDER BY updated_at DESC LIMIT ?",
			section, from.UTC(), to.UTC(), most).Scan(&rows).Error; err != nil {
			return nil, 0, fmt.Errorf("read changed records: %w", err)
		}
		list = append(list, rows...)
		if len(rows) == most {
			var n int
			if err := s.db.WithContext(ctx).Raw("SELECT COUNT(*) FROM qlobooks_records WHERE section = ? AND updated_at >= ? AND updated_at < ?", section, from.UTC(), to.UTC()).Scan(&n).Error; err != nil {
				return nil, 0, fmt.Errorf("count changed records: %w", err)
			}
			more += n - most
		}
	}
	slices.SortFunc(list, func(a, b RecordChange) int { return a.UpdatedAt.Compare(b.UpdatedAt) })
	if over := len(list) - most; over > 0 {
		list, more = list[over:], more+over
	}
	return list, more, nil
}

// NewlyHeld counts, by cause, the documents that came to be held between two moments and still are.
func (s *Store) NewlyHeld(ctx context.Context, from, to time.Time) (map[string]int, error) {
	return counts(s.db.WithContext(ctx).Raw("SELECT d.issue_code status, COUNT(DISTINCT d.id) n FROM qlobooks_events e JOIN qlobooks_documents d ON d.flow = e.flow AND d.source_id = e.source_id "+
		"WHERE e.at >= ? AND e.at < ? AND e.action = 'held' AND d.status = 'held' GROUP BY d.issue_code", from, to))
}
