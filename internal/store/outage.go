package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// silence is how long nothing succeeded before that counts as an outage.
const silence = 20 * time.Second

// awayCodes are the causes that an outage gives to documents, whatever it was that was away.
var awayCodes = []string{"zoho_unavailable", "redis_unavailable", "database_down", "token_pause", "outcome_unknown", "internal"}

// Succeeded notes that a call went well. When nothing did for a while, everything that failed in that
// while is tried again now, however long the waits that it gathered, and so are runs that it broke off; what fails by itself while others
// succeed keeps its waits.
func (s *Store) Succeeded(ctx context.Context) (woken int, err error) {
	err = s.tx(ctx, func(tx *gorm.DB) error {
		now := s.Now()
		var before []struct{ At time.Time }
		if err := tx.Raw("SELECT at FROM qlobooks_facts WHERE name = 'succeeded' FOR UPDATE").Scan(&before).Error; err != nil {
			return err
		}
		if err := tx.Exec("INSERT INTO qlobooks_facts (name, at) VALUES ('succeeded', ?) ON DUPLICATE KEY UPDATE at = VALUES(at)", now).Error; err != nil {
			return err
		}
		if len(before) == 0 || now.Sub(before[0].At) < silence {
			return nil
		}
		res := tx.Exec("UPDATE qlobooks_documents SET due_at = ? WHERE issue_code IN ? AND (status IN ('failed', 'unknown') OR status = 'pending' OR status = 'held' AND issue_code = 'outcome_unknown') AND due_at > ? AND lease_owner IS NULL AND updated_at >= ?",
			now, awayCodes, now, before[0].At)
		woken = int(res.RowsAffected)
		if res.Error != nil {
			return res.Error
		}
		return tx.Exec("UPDATE qlobooks_runs SET lease_until = ? WHERE status = 'running' AND listed = 0 AND tries > 0 AND lease_owner IS NULL AND lease_until > ?", s.moment(), s.moment()).Error
	})
	if err != nil {
		return 0, fmt.Errorf("note that a call went well: %w", err)
	}
	return woken, nil
}

// CanSave tries whether the end of an attempt could be saved, and leaves nothing behind.
func (s *Store) CanSave(ctx context.Context) error {
	tx := s.db.WithContext(ctx).Begin()
	if tx.Error != nil {
		return tx.Error
	}
	defer tx.Rollback()
	return addEvent(tx, Event{At: s.Now(), Actor: Itself, Action: "try", Detail: "Whether it can be saved."})
}

// LocksAsked is the fact that a person had the locked periods read anew.
const LocksAsked = "locks_asked"

// Note keeps that something happens now.
func (s *Store) Note(ctx context.Context, fact string) error {
	return s.exec(ctx, "INSERT INTO qlobooks_facts (name, at) VALUES (?, ?) ON DUPLICATE KEY UPDATE at = VALUES(at)", fact, s.Now()).Error
}

// NotedSince reports that something happened after a moment.
func (s *Store) NotedSince(ctx context.Context, fact string, since time.Time) (bool, error) {
	var n int
	err := s.db.WithContext(ctx).Raw("SELECT COUNT(*) FROM qlobooks_facts WHERE name = ? AND at >= ?", fact, since).Scan(&n).Error
	return n > 0, err
}
