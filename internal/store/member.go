package store

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
)

// A run counts records. Its members are pairs of a document and a record that shows it; a record
// is counted once, when the first attempt of its last document has ended, by the worst of them.

// worstFirst ranks how documents ended, as a record counts by the worst.
var worstFirst = []Count{CountFailed, CountHeld, CountDone, CountUnchanged, CountSkipped, CountEmpty, CountEmptyAgain}

// addMembers makes records members of a run with those of their documents that are queued. An
// order that has nothing to send is done at once; one of which only other documents were asked is
// skipped.
func addMembers(tx *gorm.DB, run uint64, section string, recordIDs []string, documents []uint64) error {
	if run == 0 {
		return nil
	}
	if len(documents) > 0 {
		err := reopen(tx, run, "SELECT DISTINCT t.section, t.record_id FROM qlobooks_record_documents t LEFT JOIN qlobooks_run_documents m ON m.run_id = ? AND m.document_id = t.document_id AND m.section = t.section AND m.record_id = t.record_id "+
			"WHERE t.section = ? AND t.record_id IN ? AND t.document_id IN ? AND m.run_id IS NULL", run, section, recordIDs, documents)
		if err != nil {
			return err
		}
		err = tx.Exec("INSERT IGNORE INTO qlobooks_run_documents (run_id, document_id, section, record_id) "+
			"SELECT ?, document_id, section, record_id FROM qlobooks_record_documents WHERE section = ? AND record_id IN ? AND document_id IN ?", run, section, recordIDs, documents).Error
		if err != nil {
			return fmt.Errorf("add members to run: %w", err)
		}
	}
	for _, empty := range []struct {
		outcome Count
		are     string
	}{{CountUnchanged, "r.status = 'synced' AND NOT EXISTS"}, {CountDone, "r.status <> 'synced' AND NOT EXISTS"}, {CountSkipped, "EXISTS"}} {
		res := tx.Exec("INSERT IGNORE INTO qlobooks_run_documents (run_id, document_id, section, record_id, outcome) SELECT ?, 0, r.section, r.source_id, ? FROM qlobooks_records r "+
			"WHERE r.section = ? AND r.source_id IN ? AND "+empty.are+" (SELECT 1 FROM qlobooks_record_documents t WHERE t.section = r.section AND t.record_id = r.source_id) "+
			"AND NOT EXISTS (SELECT 1 FROM qlobooks_run_documents m WHERE m.run_id = ? AND m.section = r.section AND m.record_id = r.source_id)",
			run, string(empty.outcome), section, recordIDs, run)
		if res.Error != nil {
			return fmt.Errorf("add empty members to run: %w", res.Error)
		}
		if res.RowsAffected == 0 {
			continue
		}
		column := string(empty.outcome)
		if err := tx.Exec("UPDATE qlobooks_runs SET "+column+" = "+column+" + ? WHERE id = ?", res.RowsAffected, run).Error; err != nil {
			return err
		}
	}
	return nil
}

// addMemberDocuments makes documents members of a run for every record that shows them, unless
// they are so already.
func addMemberDocuments(tx *gorm.DB, run uint64, ids []uint64) error {
	if run == 0 {
		return nil
	}
	var absent []uint64
	if err := tx.Raw("SELECT d.id FROM qlobooks_documents d LEFT JOIN qlobooks_run_documents m ON m.run_id = ? AND m.document_id = d.id WHERE d.id IN ? AND m.run_id IS NULL", run, ids).Scan(&absent).Error; err != nil || len(absent) == 0 {
		return err
	}
	if err := reopen(tx, run, "SELECT DISTINCT section, record_id FROM qlobooks_record_documents WHERE document_id IN ?", absent); err != nil {
		return err
	}
	err := tx.Exec("INSERT IGNORE INTO qlobooks_run_documents (run_id, document_id, section, record_id) SELECT ?, d.id, COALESCE(t.section, ''), COALESCE(t.record_id, CONCAT(d.flow, ':', d.source_id)) "+
		"FROM qlobooks_documents d LEFT JOIN qlobooks_record_documents t ON t.document_id = d.id WHERE d.id IN ?", run, absent).Error
	if err != nil {
		return fmt.Errorf("add members to run: %w", err)
	}
	return nil
}

// reopen takes back the count of records that had ended in a run and get a further document there: a
// tick queues flow by flow, and a run that is taken over lists again what it had listed, with what
// came since. The run is locked, so that no record ends meanwhile.
func reopen(tx *gorm.DB, run uint64, records string, args ...any) error {
	var locked []uint64
	if err := tx.Raw("SELECT id FROM qlobooks_runs WHERE id = ? FOR UPDATE", run).Scan(&locked).Error; err != nil {
		return fmt.Errorf("lock run: %w", err)
	}
	var again []struct{ Section, RecordID string }
	if err := tx.Raw(records, args...).Scan(&again).Error; err != nil || len(again) == 0 {
		return err
	}
	pairs := make([][]any, len(again))
	for i, r := range again {
		pairs[i] = []any{run, r.Section, r.RecordID}
	}
	return countRecords(tx, pairs, -1)
}

// count records one way in which the first attempt of documents ended.
func count(tx *gorm.DB, ids []uint64, outcome Count, now time.Time) error {
	list := make([]tally, len(ids))
	for i, id := range ids {
		list[i] = tally{id: id, outcome: outcome}
	}
	return countAll(tx, list, now)
}

// linked notes, before the link itself is saved, which runs brought a document the link that is new to it: those that
// asked for it and whose attempt has not ended, else the one that asked for it last.
func linked(exec func(statement string, args ...any) *gorm.DB, token string, d Document) error {
	if d.ZohoID == "" || d.ZohoID == d.claimed {
		return nil
	}
	const set = "UPDATE qlobooks_run_documents SET zoho_id = ? WHERE document_id = ? AND EXISTS (SELECT 1 FROM qlobooks_documents d WHERE d.id = ? AND d.zoho_id <> ? AND d.lease_owner = ?) "
	args := []any{d.ZohoID, d.RowID, d.RowID, d.ZohoID, token}
	res := exec(set+"AND outcome = ''", args...)
	if res.Error == nil && res.RowsAffected == 0 {
		res = exec(set+"AND outcome <> '' AND EXISTS (SELECT 1 FROM qlobooks_runs r WHERE r.id = run_id AND r.kind <> 'undo') ORDER BY run_id DESC LIMIT 1", args...)
	}
	if res.Error != nil {
		return fmt.Errorf("note which run posted %s: %w", d.Ref.Key(), res.Error)
	}
	return nil
}

// tally is how one document's attempt counts for the runs it belongs to.
type tally struct {
	id      uint64
	outcome Count
	calls   int
}

// countAll records how the first attempts of documents ended in every run they are members of. Of
// a document that is still on its way (NotYet) only the calls count.
func countAll(tx *gorm.DB, list []tally, now time.Time) error {
	byID := map[uint64]tally{}
	var ids, all []uint64
	for _, t := range list {
		all = append(all, t.id)
		if t.outcome != NotYet || t.calls > 0 {
			byID[t.id] = t
			ids = append(ids, t.id)
		}
	}
	if len(all) == 0 {
		return nil
	}
	var members []struct {
		RunID, DocumentID uint64
		Section, RecordID string
	}
	if len(ids) > 0 {
		if err := tx.Raw("SELECT run_id, document_id, section, record_id FROM qlobooks_run_documents WHERE document_id IN ? AND outcome = ''", ids).Scan(&members).Error; err != nil {
			return fmt.Errorf("find runs of documents: %w", err)
		}
	}
	runs, err := runningWith(tx, all)
	if err != nil {
		return err
	}
	calls := map[uint64]int{}
	for _, run := range runs {
		calls[run] = 0
	}
	closed := map[Count][]uint64{}
	counted, recorded := map[[2]uint64]bool{}, map[[3]string]bool{}
	var records [][]any
	for _, m := range members {
		if _, seen := calls[m.RunID]; !seen {
			runs, calls[m.RunID] = append(runs, m.RunID), 0
		}
		t := byID[m.DocumentID]
		if pair := [2]uint64{m.RunID, m.DocumentID}; !counted[pair] {
			counted[pair] = true
			calls[m.RunID] += t.calls
		}
		if t.outcome == NotYet {
			continue
		}
		closed[t.outcome] = append(closed[t.outcome], t.id)
		if at := [3]string{fmt.Sprint(m.RunID), m.Section, m.RecordID}; !recorded[at] {
			recorded[at] = true
			records = append(records, []any{m.RunID, m.Section, m.RecordID})
		}
	}
	// This also locks the runs, so that of two documents that end at once the second sees the first; in
	// the order of their ids everywhere, against deadlocks.
	slices.Sort(runs)
	for _, run := range runs {
		if err := tx.Exec("UPDATE qlobooks_runs SET calls_used = calls_used + ? WHERE id = ?", calls[run], run).Error; err != nil {
			return fmt.Errorf("count calls of runs: %w", err)
		}
	}
	if len(records) == 0 {
		return finish(tx, runs, now)
	}
	for outcome, documents := range closed {
		if err := tx.Exec("UPDATE qlobooks_run_documents SET outcome = ? WHERE run_id IN ? AND document_id IN ? AND outcome = ''", string(outcome), runs, documents).Error; err != nil {
			return err
		}
	}
	if err := countRecords(tx, records, 1); err != nil {
		return err
	}
	return finish(tx, runs, now)
}

// ended shows and counts documents that came to rest without an attempt: a person paired them, a setting
// leaves them out. Runs that had queued them do not wait for them. also are documents to be shown anew.
func (s *Store) ended(tx *gorm.DB, ids []uint64, as Count, now time.Time, also ...uint64) error {
	if err := count(tx, ids, as, now); err != nil {
		return err
	}
	return s.refreshRecords(tx, append(slices.Clone(ids), also...), now)
}

// countRecords counts those of the records whose last document has ended, by = 1, or takes their
// count back, by = -1.
func countRecords(tx *gorm.DB, records [][]any, by int) error {
	var ended []struct {
		RunID uint64
		Worst int
		N     int
	}
	err := tx.Raw("SELECT run_id, worst, COUNT(*) n FROM (SELECT run_id, MIN(FIELD(outcome, 'failed', 'held', 'done', 'unchanged', 'skipped', 'empty', 'empty_again')) worst FROM qlobooks_run_documents WHERE (run_id, section, record_id) IN ? "+
		"GROUP BY run_id, section, record_id HAVING SUM(outcome = '') = 0) x GROUP BY run_id, worst ORDER BY run_id", records).Scan(&ended).Error
	if err != nil {
		return fmt.Errorf("find ended records: %w", err)
	}
	for _, e := range ended {
		column := string(worstFirst[e.Worst-1].Shown())
		if err := tx.Exec("UPDATE qlobooks_runs SET "+column+" = "+column+" + ? WHERE id = ?", by*e.N, e.RunID).Error; err != nil {
			return fmt.Errorf("count run: %w", err)
		}
	}
	return nil
}

// runningWith are the runs under way that have documents among their members, counted or not.
func runningWith(tx *gorm.DB, documents []uint64) (runs []uint64, err error) {
	err = tx.Raw("SELECT r.id FROM qlobooks_runs r WHERE r.status = 'running' AND r.listed = 1 AND EXISTS (SELECT 1 FROM qlobooks_run_documents m WHERE m.run_id = r.id AND m.document_id IN ?)", documents).Scan(&runs).Error
	if err != nil {
		return nil, fmt.Errorf("find running runs of documents: %w", err)
	}
	return runs, nil
}

// finish ends those of the runs of which every record was counted and nothing can move by itself any
// more: a payment that was counted may be mapped again, as its invoice has just come to stand. What
// failed is tried again without the run.
func finish(tx *gorm.DB, runs []uint64, now time.Time) error {
	if len(runs) == 0 {
		return nil
	}
	var over []uint64
	err := tx.Raw("SELECT r.id FROM qlobooks_runs r WHERE r.id IN ? AND r.listed = 1 AND r.status = 'running' "+
		"AND NOT EXISTS (SELECT 1 FROM qlobooks_run_documents m WHERE m.run_id = r.id AND m.outcome = '')", runs).Scan(&over).Error
	if err != nil || len(over) == 0 {
		return err
	}
	var moving []uint64
	err = tx.Raw("SELECT DISTINCT m.run_id FROM qlobooks_run_documents m JOIN qlobooks_documents d ON d.id = m.document_id "+
		"WHERE m.run_id IN ? AND (d.status IN ('pending', 'syncing') OR d.status = 'synced' AND d.due_at IS NOT NULL)", over).Scan(&moving).Error
	if err != nil {
		return fmt.Errorf("find what of runs still moves: %w", err)
	}
	over = slices.DeleteFunc(over, func(run uint64) bool { return slices.Contains(moving, run) })
	if len(over) == 0 {
		return nil
	}
	return tx.Exec("UPDATE qlobooks_runs SET status = 'done', active_sum = NULL, finished_at = ? WHERE id IN ? AND status = 'running'", now, over).Error
}
