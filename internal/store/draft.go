package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// Draft says whether a document stands in Zoho Books as a draft, because the settings want it so.
type Draft int

const (
	NoDraft  Draft = iota
	AsDraft        // it is in no ledger until a person marks it as sent
	ToBeSent       // a person has; it is a draft until that is done
)

// DraftStep is the step of a document that its creation leaves a draft.
const DraftStep = "as_draft"

// asDraft keeps what is chosen of a document that is a draft by its steps, and takes it off any other.
const asDraft = "draft = IF(?, GREATEST(draft, 1), 0)"

// VoidStep is the step that makes a document void.
const VoidStep = "void"

// isDraft reports that its steps leave it a draft; void it is none any more.
func (d Document) isDraft() bool { return d.Has(DraftStep) && !d.Done(VoidStep) }

// QueueDrafts marks those documents of records that are drafts, or of refs alone, as to be sent, and queues
// them and what waits for them as members of run. It tells how many are drafts.
func (s *Store) QueueDrafts(ctx context.Context, run uint64, section string, recordIDs []string, refs []Ref, lane Lane) (int, error) {
	sent := 0
	err := s.tx(ctx, func(tx *gorm.DB) error {
		var ids []uint64
		query, args := "SELECT DISTINCT d.id FROM qlobooks_record_documents t JOIN qlobooks_documents d ON d.id = t.document_id WHERE t.section = ? AND t.record_id IN ? AND d.draft > 0 ORDER BY d.id", []any{section, recordIDs}
		if len(refs) > 0 {
			query, args = "SELECT id FROM qlobooks_documents WHERE (flow, source_id) IN ? AND draft > 0 ORDER BY id", []any{pairs(refs)}
		} else if len(recordIDs) == 0 {
			return nil
		}
		if err := tx.Raw(query, args...).Scan(&ids).Error; err != nil || len(ids) == 0 {
			return err
		}
		if err := lockDocuments(tx, ids); err != nil {
			return err
		}
		if err := tx.Exec("UPDATE qlobooks_documents SET draft = 2 WHERE id IN ? AND draft > 0", ids).Error; err != nil {
			return fmt.Errorf("mark drafts as to be sent: %w", err)
		}
		sent = len(ids)
		return s.queue(tx, run, ids, everything(lane))
	})
	return sent, err
}

// CountDrafts tells how many documents of what a query selects are drafts, and of how many records.
func (s *Store) CountDrafts(ctx context.Context, q RecordQuery) (records, documents int, err error) {
	q.Draft = true
	q, err = s.looked(ctx, q)
	if err != nil {
		return 0, 0, err
	}
	where, args := q.where()
	var n struct{ Records, Documents int }
	err = s.db.WithContext(ctx).Raw("SELECT COUNT(DISTINCT r.source_id) records, COUNT(DISTINCT d.id) documents FROM qlobooks_records r "+
		"JOIN qlobooks_record_documents t ON t.section = r.section AND t.record_id = r.source_id JOIN qlobooks_documents d ON d.id = t.document_id WHERE d.draft > 0 AND "+where, args...).Scan(&n).Error
	if err != nil {
		return 0, 0, fmt.Errorf("count drafts: %w", err)
	}
	return n.Records, n.Documents, nil
}
