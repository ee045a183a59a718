package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// filterSlice is how many records one transaction of LeaveOut or TakeIn touches.
const filterSlice = 1000

// LeaveOut skips every document of a flow that never reached Zoho, because a setting leaves the
// whole flow out. Documents under way end by themselves. Since when one waits tells that somebody had queued it.
func (s *Store) LeaveOut(ctx context.Context, flow string, why Issue) error {
	return s.inSlices(ctx, func(tx *gorm.DB, after uint64) (uint64, error) {
		var ids []uint64
		err := tx.Raw("SELECT id FROM qlobooks_documents WHERE flow = ? AND id > ? AND zoho_id = '' AND lease_owner IS NULL AND intent IS NULL AND status <> 'skipped' ORDER BY id LIMIT ?", flow, after, filterSlice).Scan(&ids).Error
		if err != nil || len(ids) == 0 {
			return 0, err
		}
		err = tx.Exec("UPDATE qlobooks_documents SET issue_since = IF(status = 'not_synced', NULL, ?), status = 'skipped', due_at = NULL, version = version + 1, issue_code = ?, issue_detail = ?, issue_action = ?, updated_at = ? WHERE id IN ?",
			s.Now(), why.Code, why.Detail, why.Action, s.Now(), ids).Error
		if err != nil {
			return 0, err
		}
		return ids[len(ids)-1], s.ended(tx, ids, CountSkipped, s.Now())
	})
}

// LeaveOutEmpty gives those of some records that have no document, and were not canceled, the one of a flow that a
// setting leaves out, as they were queued: it says why nothing is sent of them, and comes back with TakeIn.
func (s *Store) LeaveOutEmpty(ctx context.Context, section string, recordIDs []string, flow string, why Issue) error {
	return s.tx(ctx, func(tx *gorm.DB) error {
		var empty []string
		err := tx.Raw("SELECT r.source_id FROM qlobooks_records r WHERE r.section = ? AND r.source_id IN ? AND r.canceled = 0 "+
			"AND NOT EXISTS (SELECT 1 FROM qlobooks_record_documents t WHERE t.section = r.section AND t.record_id = r.source_id) ORDER BY r.sort_id FOR UPDATE", section, recordIDs).Scan(&empty).Error
		if err != nil || len(empty) == 0 {
			return err
		}
		now := s.Now()
		err = tx.Exec("INSERT IGNORE INTO qlobooks_documents (flow, source_id, lane, status, issue_code, issue_detail, issue_action, issue_since, created_at, updated_at) SELECT ?, source_id, ?, 'skipped', ?, ?, ?, ?, ?, ? FROM qlobooks_records WHERE section = ? AND source_id IN ?",
			flow, int(History), why.Code, why.Detail, why.Action, now, now, now, section, empty).Error
		if err != nil {
			return fmt.Errorf("leave out documents of %s: %w", flow, err)
		}
		ids, err := tied(tx, section, flow, empty)
		if err != nil {
			return err
		}
		return s.refreshRecords(tx, ids, now)
	})
}

// tied ties records to their document of a flow, by record id, and names these documents.
func tied(tx *gorm.DB, section, flow string, recordIDs []string) (ids []uint64, err error) {
	err = tx.Exec("INSERT IGNORE INTO qlobooks_record_documents (section, record_id, document_id) SELECT r.section, r.source_id, d.id FROM qlobooks_records r "+
		"JOIN qlobooks_documents d ON d.flow = ? AND d.source_id = r.source_id WHERE r.section = ? AND r.source_id IN ?", flow, section, recordIDs).Error
	if err == nil {
		err = tx.Raw("SELECT id FROM qlobooks_documents WHERE flow = ? AND source_id IN ? ORDER BY id", flow, recordIDs).Scan(&ids).Error
	}
	return ids, err
}

// TakeIn is the way back: what LeaveOut skipped goes on if it had been queued, else it is not synced again; and
// records of the section that were listed meanwhile get their document.
func (s *Store) TakeIn(ctx context.Context, section, flow, code string) error {
	var complete bool
	err := s.db.WithContext(ctx).Raw("SELECT (SELECT COUNT(*) FROM qlobooks_documents WHERE flow = ? AND issue_code <> ?) >= (SELECT COUNT(*) FROM qlobooks_records WHERE section = ?)", flow, code, section).Scan(&complete).Error
	if err != nil || complete {
		return err
	}
	if err := s.addMissing(ctx, section, flow); err != nil {
		return err
	}
	return s.inSlices(ctx, func(tx *gorm.DB, after uint64) (uint64, error) {
		var rows []struct {
			ID     uint64
			Queued bool
		}
		err := tx.Raw("SELECT id, issue_since IS NOT NULL AND lease_owner IS NULL queued FROM qlobooks_documents WHERE flow = ? AND id > ? AND issue_code = ? AND status = 'skipped' ORDER BY id LIMIT ?", flow, after, code, filterSlice).Scan(&rows).Error
		if err != nil || len(rows) == 0 {
			return 0, err
		}
		ids, queued := make([]uint64, len(rows)), []uint64{}
		for i, r := range rows {
			if ids[i] = r.ID; r.Queued {
				queued = append(queued, r.ID)
			}
		}
		err = tx.Exec("UPDATE qlobooks_documents SET status = 'not_synced', issue_code = '', issue_detail = NULL, issue_action = NULL, updated_at = ? WHERE id IN ?", s.Now(), ids).Error
		if err != nil {
			return 0, err
		}
		if err := wantedNew(tx, ids); err != nil {
			return 0, err
		}
		if err := s.queue(tx, 0, queued, want{lane: History, again: true}); err != nil {
			return 0, err
		}
		return ids[len(ids)-1], s.refreshRecords(tx, ids, s.Now())
	})
}

// addMissing gives every record of a section that lacks one its document of a flow, by record id.
func (s *Store) addMissing(ctx context.Context, section, flow string) error {
	return s.inSlices(ctx, func(tx *gorm.DB, after uint64) (uint64, error) {
		var list []uint64
		if err := tx.Raw("SELECT sort_id FROM qlobooks_records WHERE section = ? AND sort_id > ? ORDER BY sort_id LIMIT ?", section, after, filterSlice).Scan(&list).Error; err != nil || len(list) == 0 {
			return 0, err
		}
		now := s.Now()
		err := tx.Exec("INSERT IGNORE INTO qlobooks_documents (flow, source_id, lane, created_at, updated_at) SELECT ?, source_id, ?, ?, ? FROM qlobooks_records WHERE section = ? AND sort_id IN ?",
			flow, int(History), now, now, section, list).Error
		if err != nil {
			return 0, fmt.Errorf("add documents of %s: %w", flow, err)
		}
		err = tx.Exec("INSERT IGNORE INTO qlobooks_record_documents (section, record_id, document_id) SELECT r.section, r.source_id, d.id FROM qlobooks_records r "+
			"JOIN qlobooks_documents d ON d.flow = ? AND d.source_id = r.source_id WHERE r.section = ? AND r.sort_id IN ?", flow, section, list).Error
		if err != nil {
			return 0, err
		}
		var ids []uint64
		err = tx.Raw("SELECT d.id FROM qlobooks_documents d WHERE d.flow = ? AND d.source_id IN ?", flow, list).Scan(&ids).Error
		if err != nil {
			return 0, err
		}
		if err := wantedNew(tx, ids); err != nil {
			return 0, err
		}
		return list[len(list)-1], s.refreshRecords(tx, ids, now)
	})
}

// inSlices repeats work behind the last id it returned until it returns 0, one transaction each.
func (s *Store) inSlices(ctx context.Context, work func(tx *gorm.DB, after uint64) (last uint64, err error)) error {
	var after uint64
	for {
		var last uint64
		err := s.tx(ctx, func(tx *gorm.DB) (err error) {
			last, err = work(tx, after)
			return err
		})
		if err != nil || last == 0 {
			return err
		}
		after = last
	}
}
