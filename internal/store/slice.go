package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
)

// Selection is a statement that selects, with its arguments.
type Selection struct {
	SQL  string
	Args []any
}

// Slice is a part of a long list that is stored inside the database: all records of a section with ids
// above After and up to Last. The selections stand for QloApps' tables, which lie in the same schema.
type Slice struct {
	Section     string
	After, Last uint64
	// Records selects id, name, canceled, due_open, hotel_id, currency, customer_id, day, fields, total,
	// due, retired, amount, last_day.
	Records Selection
	// Listed selects the ids of Records, Terms select term and id: what a record is searched by.
	Listed Selection
	Terms  []Selection
	// Documents select record and id by flow; flows in the order in which they are stored.
	Flows     []string
	Documents map[string][]Selection
}

// ListSlice stores what Slice selects, as Adopt stores records that were loaded: what stands in QloApps at
// that moment is no news, and what is known of a record stays. It is not looked at: it has no print yet. It
// tells how many records the slice holds, and the highest of them.
func (s *Store) ListSlice(ctx context.Context, l Slice) (listed int, highest uint64, err error) {
	var held struct {
		Listed  int
		Highest uint64
	}
	err = s.tx(ctx, func(tx *gorm.DB) error {
		if err := lockSection(tx, l.Section); err != nil {
			return err
		}
		var there int // locked, so that nobody changes what is counted of them
		if err := tx.Raw("SELECT COUNT(*) FROM qlobooks_records WHERE section = ? AND sort_id > ? AND sort_id <= ? FOR UPDATE", l.Section, l.After, l.Last).Scan(&there).Error; err != nil {
			return err
		}
		const within = "section = ? AND sort_id > ? AND sort_id <= ?"
		if there > 0 {
			if err := s.aside(tx, -1, within, l.Section, l.After, l.Last); err != nil {
				return err
			}
		}
		now := s.Now()
		if err := sliceRecords(tx, l, there > 0, now); err != nil {
			return err
		}
		if err := sliceDocuments(tx, l, now); err != nil {
			return err
		}
		if err := sliceParts(tx, l); err != nil {
			return err
		}
		if err := slicePhases(tx, l); err != nil {
			return err
		}
		if err := s.aside(tx, 1, within, l.Section, l.After, l.Last); err != nil {
			return err
		}
		if err := s.sliceBegun(tx, l, now); err != nil {
			return err
		}
		return tx.Raw("SELECT COUNT(*) listed, COALESCE(MAX(sort_id), 0) highest FROM qlobooks_records WHERE "+within, l.Section, l.After, l.Last).Scan(&held).Error
	})
	if err != nil {
		return 0, 0, fmt.Errorf("list %s from %d to %d: %w", l.Section, l.After, l.Last, err)
	}
	return held.Listed, held.Highest, nil
}

// sliceRecords stores records. What came since the section was initialized is in scope from the first, as
// it is when a look lists it; of what is known, the scope stays, and of what was looked at the judgement
// of that look.
func sliceRecords(tx *gorm.DB, l Slice, again bool, now time.Time) error {
	high, initialized, err := highest(tx, l.Section)
	if err != nil {
		return err
	}
	phase := "NULL"
	if l.Section == "orders" {
		phase = "IF(x.canceled, '" + string(PhaseCanceled) + "', '" + string(PhaseInvoice) + "')"
	}
	err = tx.Exec("INSERT INTO qlobooks_records (section, source_id, sort_id, name, phase, canceled, due_open, hotel_id, currency, customer_id, day, fields, total, due, updated_at, retired, amount, last_day, in_scope) "+
		"SELECT ?, x.id, x.id, LEFT(x.name, 255), "+phase+", x.canceled, x.due_open, x.hotel_id, x.currency, x.customer_id, x.day, x.fields, x.total, x.due, ?, x.retired, x.amount, x.last_day, ? AND x.id > ? FROM ("+l.Records.SQL+") x "+
		"ON DUPLICATE KEY UPDATE name = VALUES(name), canceled = VALUES(canceled), due_open = IF(qlobooks_records.source_print = '', VALUES(due_open), qlobooks_records.due_open), hotel_id = VALUES(hotel_id), currency = VALUES(currency), customer_id = VALUES(customer_id), "+
		"day = VALUES(day), fields = VALUES(fields), total = VALUES(total), due = VALUES(due), retired = IF(qlobooks_records.source_print = '', VALUES(retired), qlobooks_records.retired), amount = VALUES(amount), last_day = VALUES(last_day)",
		append([]any{l.Section, now, initialized, high}, l.Records.Args...)...).Error
	if err != nil {
		return fmt.Errorf("store records: %w", err)
	}
	return sliceTerms(tx, l, again)
}

// sliceTerms stores what records are searched by. Where some were listed before, what they were searched by
// is forgotten first; what is gone from QloApps is found as before.
func sliceTerms(tx *gorm.DB, l Slice, again bool) error {
	if again {
		err := tx.Exec("DELETE s FROM ("+l.Listed.SQL+") x STRAIGHT_JOIN qlobooks_search s ON s.section = ? AND s.source_id = CAST(x.id AS CHAR)", append(append([]any{}, l.Listed.Args...), l.Section)...).Error
		if err != nil {
			return fmt.Errorf("forget search terms: %w", err)
		}
	}
	for _, terms := range l.Terms {
		err := tx.Exec("INSERT IGNORE INTO qlobooks_search (section, term, source_id) SELECT ?, LEFT(LOWER(TRIM(x.term)), 96), x.id FROM ("+terms.SQL+") x WHERE x.term <> ''", append([]any{l.Section}, terms.Args...)...).Error
		if err != nil {
			return fmt.Errorf("store search terms: %w", err)
		}
	}
	return nil
}

// sliceDocuments adds missing documents of listed records and ties all to them.
func sliceDocuments(tx *gorm.DB, l Slice, now time.Time) error {
	const mine = " x JOIN qlobooks_records r ON r.section = ? AND r.sort_id = x.record "
	for _, flow := range l.Flows {
		for _, of := range l.Documents[flow] {
			err := tx.Exec("INSERT IGNORE INTO qlobooks_documents (flow, source_id, lane, created_at, updated_at) SELECT ?, x.id, ?, ?, ? FROM ("+of.SQL+")"+mine+
				"LEFT JOIN qlobooks_documents d ON d.flow = ? AND d.source_id = CAST(x.id AS CHAR) WHERE d.id IS NULL", append(append([]any{flow, int(History), now, now}, of.Args...), l.Section, flow)...).Error
			if err != nil {
				return fmt.Errorf("store documents of %s: %w", flow, err)
			}
			err = tx.Exec("INSERT IGNORE INTO qlobooks_record_documents (section, record_id, document_id) SELECT r.section, r.source_id, d.id FROM ("+of.SQL+")"+mine+
				"JOIN qlobooks_documents d ON d.flow = ? AND d.source_id = CAST(x.id AS CHAR)", append(append([]any{}, of.Args...), l.Section, flow)...).Error
			if err != nil {
				return fmt.Errorf("tie documents of %s: %w", flow, err)
			}
		}
	}
	return nil
}

// sliceParts ties documents of parts of customers, such as a guest's contact in a second currency, that
// were made before the customers were listed.
func sliceParts(tx *gorm.DB, l Slice) error {
	if l.Section != "customers" {
		return nil
	}
	var parts []struct {
		ID       uint64
		SourceID string
	}
	// Read before it is inserted, as an insert from a selection would lock what it selects.
	err := tx.Raw("SELECT d.id, r.source_id FROM qlobooks_documents d STRAIGHT_JOIN qlobooks_records r ON r.section = ? AND r.source_id = SUBSTRING_INDEX(d.source_id, ':', 1) "+
		"WHERE d.flow = 'customer' AND d.source_id LIKE '%:%' AND r.sort_id > ? AND r.sort_id <= ?", l.Section, l.After, l.Last).Scan(&parts).Error
	if err != nil {
		return fmt.Errorf("read documents of parts of customers: %w", err)
	}
	var ties [][]any
	for _, p := range parts {
		ties = append(ties, []any{l.Section, p.SourceID, p.ID})
	}
	for page := range slices.Chunk(ties, filterSlice) {
		if err := insert(tx, "INSERT IGNORE INTO qlobooks_record_documents (section, record_id, document_id)", page, ""); err != nil {
			return fmt.Errorf("tie documents of parts of customers: %w", err)
		}
	}
	return nil
}

// slicePhases tells the phase of orders of which nothing was begun, or that have no document; a sales
// order is the first step where there is one.
func slicePhases(tx *gorm.DB, l Slice) error {
	if l.Section != "orders" {
		return nil
	}
	return tx.Exec("UPDATE qlobooks_records r LEFT JOIN qlobooks_record_documents t ON t.section = r.section AND t.record_id = r.source_id AND t.document_id = "+
		"(SELECT d.id FROM qlobooks_documents d WHERE d.flow = 'sales_order' AND d.source_id = r.source_id AND d.issue_code <> 'skipped_export_off') "+
		"SET r.phase = IF(r.canceled, ?, IF(t.document_id IS NULL, ?, ?)) WHERE r.section = ? AND r.sort_id > ? AND r.sort_id <= ? AND (r.status = 'not_synced' OR "+
		"NOT EXISTS (SELECT 1 FROM qlobooks_record_documents n WHERE n.section = r.section AND n.record_id = r.source_id))",
		string(PhaseCanceled), string(PhaseInvoice), string(PhaseOrder), l.Section, l.After, l.Last).Error
}

// sliceBegun shows the records as their documents are, where something of these was begun before.
func (s *Store) sliceBegun(tx *gorm.DB, l Slice, now time.Time) error {
	var ids []uint64
	err := tx.Raw("SELECT DISTINCT d.id FROM qlobooks_records r JOIN qlobooks_record_documents t ON t.section = r.section AND t.record_id = r.source_id JOIN qlobooks_documents d ON d.id = t.document_id "+
		"WHERE r.section = ? AND r.sort_id > ? AND r.sort_id <= ? AND (d.status <> 'not_synced' OR d.zoho_id <> '' OR r.status <> 'not_synced')", l.Section, l.After, l.Last).Scan(&ids).Error
	if err != nil {
		return err
	}
	for len(ids) > 0 {
		n := min(filterSlice, len(ids))
		if err := s.refreshRecords(tx, ids[:n], now); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}
