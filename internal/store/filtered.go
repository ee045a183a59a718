package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// filters are the causes for which a setting leaves documents out; a person's own word is none of them.
var filters = []string{"skipped_hotel", "skipped_inactive", "skipped_method", "skipped_export_off", "skipped_before_date", "before_export_invoice"}

// Reach is what a changed filter concerns.
type Reach struct {
	Codes  []string // causes for which the filter leaves documents out
	Flows  []string // only documents of these flows; nil = all
	Hotels []string // and what else of these hotels' orders stands still
	// Standing says that documents of Flows that stand still for another cause are looked at too, as the
	// filter may leave them out now.
	Standing bool
	// Refused says the same of those that Zoho Books refused or that failed, so that nobody is asked about
	// what is left out. Before, unless empty, are only those of them dated before that day, or not at all.
	Refused bool
	Before  string
}

// Refilter maps again what a filter left out, and what it may leave out now: each goes on, or stops for the
// filter. It tells how many documents that are. Nothing that stands in Zoho Books is touched.
func (s *Store) Refilter(ctx context.Context, r Reach) (int, error) {
	if err := s.wishAgain(ctx); err != nil {
		return 0, err
	}
	total := 0
	for _, code := range r.Codes {
		n, err := s.requeue(ctx, "d.issue_code = ? AND d.status = 'skipped'", []any{code}, r.Flows)
		total += n
		if err != nil {
			return total, err
		}
	}
	if r.Standing || len(r.Hotels) > 0 {
		where, args := "d.status IN ('blocked', 'held') AND d.zoho_id = ''", []any{}
		if len(r.Hotels) > 0 {
			where = "d.status IN ('blocked', 'held', 'failed', 'rejected') AND d.zoho_id = ''" + " AND EXISTS (SELECT 1 FROM qlobooks_record_documents t JOIN qlobooks_records o ON o.section = t.section AND o.source_id = t.record_id WHERE t.document_id = d.id AND t.section = 'orders' AND o.hotel_id IN ?)"
			args = append(args, r.Hotels)
		}
		n, err := s.requeue(ctx, where, args, r.Flows)
		total += n
		if err != nil {
			return total, err
		}
	}
	if r.Refused {
		where, args := "d.status IN ('failed', 'rejected') AND d.zoho_id = ''", []any{}
		if r.Before != "" {
			where, args = where+" AND (d.day IS NULL OR d.day < ?)", append(args, r.Before)
		}
		n, err := s.requeue(ctx, where, args, r.Flows)
		total += n
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

// requeue gives idle documents another try, slice by slice behind a row id.
func (s *Store) requeue(ctx context.Context, where string, args []any, flows []string) (total int, err error) {
	if len(flows) > 0 {
		where, args = where+" AND d.flow IN ?", append(args, flows)
	}
	err = s.inSlices(ctx, func(tx *gorm.DB, after uint64) (uint64, error) {
		var ids []uint64
		if err := tx.Raw("SELECT d.id FROM qlobooks_documents d WHERE "+where+" AND d.id > ? AND d.lease_owner IS NULL ORDER BY d.id LIMIT ?", append(append([]any{}, args...), after, freeSlice)...).Scan(&ids).Error; err != nil || len(ids) == 0 {
			return 0, err
		}
		total += len(ids)
		return ids[len(ids)-1], s.queue(tx, 0, ids, want{lane: History, again: true})
	})
	if err != nil {
		return total, fmt.Errorf("look at what a filter leaves out: %w", err)
	}
	return total, nil
}

// Filtered tells for which filter documents are left out; those that are not are not named.
func (s *Store) Filtered(ctx context.Context, refs []Ref) (map[Ref]Issue, error) {
	found, err := s.Documents(ctx, refs)
	if err != nil {
		return nil, err
	}
	by := map[Ref]Issue{}
	for ref, d := range found {
		if d.Status == Skipped && d.Issue.Code != "skipped_by_person" {
			by[ref] = d.Issue
		}
	}
	return by, nil
}
