package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// CancelRun stops a run: what was not begun is no longer wanted by it, and is what it was before, with its cause
// and the time at which it is looked at again. Its records show that.
// Documents that other runs want, and attempts under way, go on. It works in slices; asked again for a
// run that was canceled before, it ends what an earlier call had left.
func (s *Store) CancelRun(ctx context.Context, id uint64) (bool, error) {
	res := s.exec(ctx, "UPDATE qlobooks_runs SET status = 'canceled', active_sum = NULL, finished_at = ?, lease_owner = NULL, lease_until = NULL WHERE id = ? AND status IN ('queued', 'waiting', 'running')", s.Now(), id)
	if res.Error != nil {
		return false, fmt.Errorf("cancel run: %w", res.Error)
	}
	// Half a cancellation would leave documents wanted by nobody, so it ends though the caller went away.
	return res.RowsAffected == 1, s.inSlices(context.WithoutCancel(ctx), func(tx *gorm.DB, after uint64) (uint64, error) {
		return s.unwant(tx, id, after)
	})
}

// unfinished documents d were posted in part: what was sent last was not answered as wanted, or steps are still to be
// done. They are at rest only when that has come to its end.
const unfinished = `(d.fingerprint = '' OR d.steps LIKE '%"done":false%')`

// unwant takes the wish of a canceled run off one slice of its documents.
func (s *Store) unwant(tx *gorm.DB, run, after uint64) (last uint64, err error) {
	var members []uint64
	err = tx.Raw("SELECT DISTINCT m.document_id FROM qlobooks_run_documents m JOIN qlobooks_runs r ON r.id = m.run_id WHERE m.run_id = ? AND r.status = 'canceled' AND m.document_id > ? AND m.outcome = '' ORDER BY m.document_id LIMIT ?", run, after, filterSlice).Scan(&members).Error
	if err != nil || len(members) == 0 {
		return 0, err
	}
	err = tx.Exec("UPDATE qlobooks_documents d SET d.due_at = d.stood_due, d.status = IF(d.stood <> '', d.stood, IF(d.zoho_id = '', 'not_synced', 'synced')), d.issue_code = IF(d.stood <> '', d.issue_code, ''), d.issue_detail = IF(d.stood <> '', d.issue_detail, NULL), d.issue_action = IF(d.stood <> '', d.issue_action, NULL), d.issue_proof = IF(d.stood <> '', d.issue_proof, NULL), d.news = d.news | d.news_taken "+
		"WHERE d.id IN ? AND d.undo_run = 0 AND d.status = 'pending' AND d.lease_owner IS NULL AND d.intent IS NULL AND d.step_due = 0 AND NOT (d.stood = '' AND d.zoho_id <> '' AND "+unfinished+") AND NOT EXISTS (SELECT 1 FROM qlobooks_run_documents o JOIN qlobooks_runs r ON r.id = o.run_id "+
		"WHERE o.document_id = d.id AND o.run_id <> ? AND o.outcome = '' AND r.status IN ('queued', 'running'))", members, run).Error
	if err != nil {
		return 0, fmt.Errorf("take the wish of a canceled run back: %w", err)
	}
	if err := cancelUndo(tx, run, members, s.Now()); err != nil {
		return 0, err
	}
	others, err := runningWith(tx, members) // a run whose last document came to rest just now ends with it
	if err != nil {
		return 0, err
	}
	if err := finish(tx, others, s.Now()); err != nil {
		return 0, err
	}
	return members[len(members)-1], s.refreshRecords(tx, members, s.Now())
}
