package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
)

// Stepped reads the documents of a flow of which something was sent in a span of time and that have taken one of steps, the
// earliest first, at most limit. next is the time up to which all are told.
func (s *Store) Stepped(ctx context.Context, flow string, steps []string, since, until time.Time, limit int) (list []Document, next time.Time, err error) {
	var sent []struct {
		SourceID string
		At       time.Time
	}
	err = s.db.WithContext(ctx).Raw("SELECT source_id, MAX(at) at FROM qlobooks_events WHERE at > ? AND at <= ? AND flow = ? AND action IN ('synced', 'disabled') GROUP BY source_id ORDER BY at, source_id LIMIT ?", since, until, flow, limit).Scan(&sent).Error
	if err != nil {
		return nil, until, fmt.Errorf("read what was sent: %w", err)
	}
	if next = until; len(sent) == limit {
		next = sent[limit-1].At
	}
	for part := range slices.Chunk(sent, 500) {
		ids := make([]string, len(part))
		for n, e := range part {
			ids[n] = e.SourceID
		}
		var rows []documentRow
		err := s.db.WithContext(ctx).Raw("SELECT "+documentColumns+" FROM qlobooks_documents d WHERE d.flow = ? AND d.source_id IN ? AND d.zoho_id <> '' AND d.status IN ('synced', 'disabled') ORDER BY d.id", flow, ids).Scan(&rows).Error
		if err != nil {
			return nil, until, fmt.Errorf("read what was sent: %w", err)
		}
		for _, d := range documents(rows) {
			if slices.ContainsFunc(steps, d.Done) {
				list = append(list, d)
			}
		}
	}
	return list, next, nil
}

// differs is the code of what stands at Zoho otherwise than it was asked for.
const differs = "answer_differs"

// NotTaken forgets that a document at rest had taken a step, which is not so at Zoho, and says so. What was begun of it
// since it was read stays as it is.
func (s *Store) NotTaken(ctx context.Context, d Document, step, detail, action string) error {
	return s.tx(ctx, func(tx *gorm.DB) error {
		var ids []uint64
		err := tx.Raw("SELECT id FROM qlobooks_documents WHERE id = ? AND version = ? AND status = ? AND zoho_id = ? AND lease_owner IS NULL AND intent IS NULL AND undo_run = 0 FOR UPDATE", d.RowID, d.Version, d.Status, d.ZohoID).Scan(&ids).Error
		if err != nil || len(ids) == 0 {
			return err
		}
		now, steps := s.Now(), slices.Clone(d.Steps)
		for n := range steps {
			if steps[n].Name == step {
				steps[n] = StepState{Name: step}
			}
		}
		err = tx.Exec("UPDATE qlobooks_documents SET steps = ?, status = 'rejected', due_at = NULL, issue_since = "+since+", issue_code = ?, issue_detail = ?, issue_action = ?, issue_proof = NULL, version = version + 1, updated_at = ? WHERE id = ?",
			jsonOrNull(steps), differs, differs, now, differs, detail, action, now, d.RowID).Error
		if err != nil {
			return fmt.Errorf("say what was not taken: %w", err)
		}
		if err := addEvent(tx, Event{At: now, Actor: "engine", Action: "rejected", Ref: d.Ref, Detail: detail}); err != nil {
			return err
		}
		return s.ended(tx, ids, CountFailed, now)
	})
}
