package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// want is how documents are queued.
type want struct {
	lane Lane
	// news are the bits that this queueing carries to the destination.
	news                   int
	keepContent, keepState bool
	// again leaves what was wanted before as it is: the same wish gets another try.
	again bool
}

func everything(lane Lane) want { return want{lane: lane, news: NewsContent | NewsState} }

func wishOf(lane Lane, w Wish) want {
	all := everything(lane)
	all.keepContent, all.keepState = w.KeepContent, w.KeepState
	if w.KeepContent {
		all.news = NewsState
	}
	if w.KeepState {
		all.news = NewsContent
	}
	return all
}

// Queue marks the documents of records pending because a person wants them, of the given flows
// only (none = all), and makes the records members of run. From then on the records are in the
// scope of the schedule. What a person skipped stays skipped and is counted so.
func (s *Store) Queue(ctx context.Context, run uint64, section string, recordIDs, flows []string, lane Lane) error {
	if len(recordIDs) == 0 {
		return nil
	}
	return s.tx(ctx, func(tx *gorm.DB) error {
		if err := enterScope(tx, section, recordIDs); err != nil {
			return fmt.Errorf("take records into scope: %w", err)
		}
		var ids []uint64
		query, args := "SELECT DISTINCT t.document_id FROM qlobooks_record_documents t JOIN qlobooks_documents d ON d.id = t.document_id WHERE t.section = ? AND t.record_id IN ?", []any{section, recordIDs}
		if len(flows) > 0 {
			query, args = query+" AND d.flow IN ?", append(args, flows)
		}
		if err := tx.Raw(query+" ORDER BY t.document_id", args...).Scan(&ids).Error; err != nil {
			return fmt.Errorf("find documents to queue: %w", err)
		}
		if err := lockDocuments(tx, ids); err != nil {
			return err
		}
		if err := addMembers(tx, run, section, recordIDs, ids); err != nil {
			return err
		}
		if err := s.settleEmpty(tx, section, recordIDs); err != nil {
			return fmt.Errorf("settle empty records: %w", err)
		}
		return s.queue(tx, run, ids, everything(lane))
	})
}

// settleEmpty shows records that have nothing to send as synchronized as they can be.
func (s *Store) settleEmpty(tx *gorm.DB, section string, recordIDs []string) error {
	var empty []string
	err := tx.Raw("SELECT r.source_id FROM qlobooks_records r WHERE r.section = ? AND r.source_id IN ? "+
		"AND NOT EXISTS (SELECT 1 FROM qlobooks_record_documents t WHERE t.section = r.section AND t.record_id = r.source_id) ORDER BY r.source_id FOR UPDATE", section, recordIDs).Scan(&empty).Error
	if err != nil || len(empty) == 0 {
		return err
	}
	return s.recounted(tx, section, empty, func() error {
		return tx.Exec("UPDATE qlobooks_records SET status = 'synced', last_synced_at = ? WHERE section = ? AND source_id IN ?", s.Now(), section, empty).Error
	})
}

// QueueRefs marks single documents pending because a person wants them, and makes them members of run (0 = of
// none). From then on their records are in the scope of the schedule.
func (s *Store) QueueRefs(ctx context.Context, run uint64, refs []Ref, lane Lane) error {
	return s.tx(ctx, func(tx *gorm.DB) error {
		var ids []uint64
		if err := tx.Raw("SELECT id FROM qlobooks_documents WHERE (flow, source_id) IN ? ORDER BY id", pairs(refs)).Scan(&ids).Error; err != nil || len(ids) == 0 {
			return err
		}
		var wanted []struct{ Section, RecordID string }
		if err := tx.Raw("SELECT section, record_id FROM qlobooks_record_documents WHERE document_id IN ?", ids).Scan(&wanted).Error; err != nil {
			return err
		}
		for section, records := range bySection(wanted) {
			if err := enterScope(tx, section, records); err != nil {
				return fmt.Errorf("take records into scope: %w", err)
			}
		}
		return s.queue(tx, run, ids, everything(lane))
	})
}

func bySection(rows []struct{ Section, RecordID string }) map[string][]string {
	sections := map[string][]string{}
	for _, r := range rows {
		sections[r.Section] = append(sections[r.Section], r.RecordID)
	}
	return sections
}

func (s *Store) queue(tx *gorm.DB, run uint64, ids []uint64, w want) error {
	if len(ids) == 0 {
		return nil
	}
	now := s.Now()
	if err := lockDocuments(tx, ids); err != nil {
		return err
	}
	if err := addMemberDocuments(tx, run, ids); err != nil {
		return err
	}
	if err := s.countSkipped(tx, run, ids, now); err != nil {
		return err
	}
	// A narrow wish never narrows a wider one that waits or is being worked on. MySQL assigns from
	// left to right.
	set := "keep_content = IF(due_at IS NULL AND lease_owner IS NULL, @c, keep_content AND @c), keep_state = IF(due_at IS NULL AND lease_owner IS NULL, @s, keep_state AND @s), " +
		"news_taken = IF(status = 'pending', news_taken, 0) | (news & @n), news = news & (3 - @n), undone_at = NULL, "
	if w.again {
		set = ""
	}
	// what it was comes back when the run is canceled before anybody looks
	set += "stood_due = IF(status = 'pending', stood_due, due_at), stood = IF(status = 'pending', stood, IF(lease_owner IS NULL, status, '')), "
	err := tx.Exec("UPDATE qlobooks_documents SET "+set+"version = version + 1, lane = IF(status = 'pending', LEAST(lane, @lane), @lane), due_at = @now, attempts = 0, status = IF(lease_owner IS NULL, 'pending', status) "+
		"WHERE id IN @ids AND step_due = 0 AND issue_code <> 'skipped_by_person'",
		map[string]any{"c": w.keepContent, "s": w.keepState, "n": w.news, "lane": int(w.lane), "now": now, "ids": ids}).Error
	if err != nil {
		return fmt.Errorf("queue documents: %w", err)
	}
	return s.refreshRecords(tx, ids, now)
}

// lockDocuments keeps documents from ending an attempt before the transaction does: a member that is
// added meanwhile would be seen by nobody who counts, and its run never end.
func lockDocuments(tx *gorm.DB, ids []uint64) error {
	if len(ids) == 0 {
		return nil
	}
	var locked []uint64
	if err := tx.Raw("SELECT id FROM qlobooks_documents WHERE id IN ? ORDER BY id FOR UPDATE", ids).Scan(&locked).Error; err != nil {
		return fmt.Errorf("lock documents to queue: %w", err)
	}
	return nil
}

func (s *Store) countSkipped(tx *gorm.DB, run uint64, ids []uint64, now time.Time) error {
	if run == 0 {
		return nil
	}
	var skipped []uint64
	if err := tx.Raw("SELECT id FROM qlobooks_documents WHERE id IN ? AND issue_code = 'skipped_by_person'", ids).Scan(&skipped).Error; err != nil || len(skipped) == 0 {
		return err
	}
	return count(tx, skipped, CountSkipped, now)
}

// UseUnskip is what brings back a document that a person skipped.
const UseUnskip = "Use Unskip to bring it back."

// SetSkipped takes documents out of scope by a person's wish, or back in (as not synced, or to be looked at
// where what stands is not what was wanted), and with
// them what was skipped because it belongs to them. Documents under way keep going.
func (s *Store) SetSkipped(ctx context.Context, refs []Ref, skip bool, reason string) (int, error) {
	changed := 0
	err := s.tx(ctx, func(tx *gorm.DB) error {
		now := s.Now()
		var ids []uint64
		which := " AND (undo_run = 0 OR intent IS NULL)" // what is being taken back right now is
		if !skip {                                       // what stands still otherwise goes on waiting
			which = " AND issue_code = 'skipped_by_person'"
		}
		if err := tx.Raw("SELECT id FROM qlobooks_documents WHERE (flow, source_id) IN ? AND lease_owner IS NULL AND step_due = 0"+which+" ORDER BY id FOR UPDATE", pairs(refs)).Scan(&ids).Error; err != nil || len(ids) == 0 {
			return err
		}
		if skip {
			if err := s.leaveUndo(tx, ids, now); err != nil {
				return err
			}
		}
		query, args := "UPDATE qlobooks_documents SET extra = IF(status = 'rejected' AND issue_code IN ('"+gone+"', '"+voided+"'), JSON_SET(COALESCE(extra, '{}'), '$.nothing', issue_code), extra), status = 'skipped', due_at = NULL, version = version + 1, issue_code = 'skipped_by_person', issue_detail = ?, issue_action = ?, updated_at = ? "+
			"WHERE id IN ? AND step_due = 0", []any{reason, UseUnskip, now, ids}
		if !skip {
			for next := ids; len(next) > 0; ids = append(ids, next...) {
				on := next
				next = nil
				if err := tx.Raw("SELECT DISTINCT w.waiter_id FROM qlobooks_waits w JOIN qlobooks_documents d ON d.id = w.waiter_id WHERE w.on_id IN ? AND w.waiter_id NOT IN ? AND d.issue_code = 'skipped_by_person' AND d.lease_owner IS NULL", on, ids).Scan(&next).Error; err != nil {
					return err
				}
			}
			query, args = "UPDATE qlobooks_documents d SET due_at = IF(zoho_id <> '' AND "+unfinished+", ?, NULL), version = version + 1, status = IF(zoho_id = '', 'not_synced', 'synced'), issue_code = '', issue_detail = NULL, issue_action = NULL, updated_at = ? "+
				"WHERE id IN ? AND issue_code = 'skipped_by_person'", []any{now, now, ids}
		}
		res := tx.Exec(query, args...)
		changed = int(res.RowsAffected)
		if res.Error != nil {
			return res.Error
		}
		if err := tx.Exec("DELETE FROM qlobooks_waits WHERE waiter_id IN ?", ids).Error; err != nil {
			return err
		}
		if !skip {
			return s.refreshRecords(tx, ids, now)
		}
		woken, err := wake(tx, ids, now)
		if err != nil {
			return err
		}
		return s.ended(tx, ids, CountSkipped, now, woken...)
	})
	return changed, err
}

// Approve notes that a person chose to go on with a document where the rules ask.
func (s *Store) Approve(ctx context.Context, ref Ref) error {
	return s.db.WithContext(ctx).Exec("UPDATE qlobooks_documents SET approved = 1 WHERE flow = ? AND source_id = ?", ref.Flow, ref.ID).Error
}

// Unapprove takes that back, as something else is asked.
func (s *Store) Unapprove(ctx context.Context, id uint64) error {
	return s.exec(ctx, "UPDATE qlobooks_documents SET approved = 0 WHERE id = ?", id).Error
}
