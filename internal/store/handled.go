package store

import (
	"context"
	"fmt"
	"time"
)

// Handled is what a person said about a cause: everything that stood still for it until then is dealt with.
type Handled struct {
	Code   string
	At     time.Time
	By     string
	Reason string
}

// HandledCauses gives them by code.
func (s *Store) HandledCauses(ctx context.Context) (map[string]Handled, error) {
	var rows []Handled
	err := s.db.WithContext(ctx).Raw("SELECT code, handled_at `at`, handled_by `by`, reason FROM qlobooks_handled").Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read handled causes: %w", err)
	}
	byCode := map[string]Handled{}
	for _, r := range rows {
		byCode[r.Code] = r
	}
	return byCode, nil
}

// Handle stores what a person said about a cause.
func (s *Store) Handle(ctx context.Context, h Handled) error {
	return s.db.WithContext(ctx).Exec("INSERT INTO qlobooks_handled (code, handled_at, handled_by, reason) VALUES (?, ?, ?, ?) "+
		"ON DUPLICATE KEY UPDATE handled_at = VALUES(handled_at), handled_by = VALUES(handled_by), reason = VALUES(reason)", h.Code, h.At, h.By, clip(h.Reason, 500)).Error
}

// passing are the causes that end by themselves, for which documents stay pending.
const passing = "('daily_limit', 'zoho_unavailable', 'token_pause', 'redis_unavailable', 'database_down')"

// Delayed groups what is queued and waits for the day's limit or an outage to end.
func (s *Store) Delayed(ctx context.Context) ([]IssueGroup, error) {
	var rows []IssueGroup
	err := s.db.WithContext(ctx).Raw("SELECT issue_code code, 'pending' status, COUNT(*) count, MIN(issue_detail) detail, MIN(issue_action) action, "+
		"MIN(COALESCE(issue_since, updated_at)) first, MAX(COALESCE(issue_since, updated_at)) last FROM qlobooks_documents WHERE issue_code IN "+passing+" AND status = 'pending' AND due_at > ? GROUP BY issue_code", s.Now()).Scan(&rows).Error
	return rows, err
}
