package store

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/money"
)

// shownRecord is a record as it shows, and as it is counted, before its documents are looked at.
type shownRecord struct {
	Section, SourceID  string
	SortID             uint64
	Canceled, DueOpen  bool
	Status, Phase      string
	HotelID, Currency  string
	At                 string
	Total, Due, Amount money.Decimal
	Causes             string
	LastSyncedAt       *time.Time
	UpdatedAt          time.Time
}

func (r shownRecord) count(changes countChanges, by int, status, phase string) {
	c := changes.of(countKey{r.Section, r.At, r.HotelID, r.Currency, phase, status})
	times := money.MustParse(fmt.Sprint(by))
	c.n += by
	c.total, c.due, c.amount = c.total.Add(r.Total.Mul(times)), c.due.Add(r.Due.Mul(times)), c.amount.Add(r.Amount.Mul(times))
	if by > 0 {
		c.high = max(c.high, r.SortID)
		if c.low == 0 || r.SortID < c.low {
			c.low = r.SortID
		}
	}
}

// as stands for a time that stays as it is: records that differ only in it are saved together.
const as = "as it is"

func sameTime(a, b *time.Time) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Equal(*b)
}

type recordKey struct{ section, id string }

// refreshRecords recomputes status and phase of every record that shows one of the documents, and
// counts documents and records as they now are. A record is never older than what it shows: whoever asks
// which records changed finds those of which a document stands otherwise, though they look the same.
func (s *Store) refreshRecords(tx *gorm.DB, documentIDs []uint64, now time.Time) error {
	if len(documentIDs) == 0 {
		return nil
	}
	changes := countChanges{}
	records, err := lockShown(tx, documentIDs)
	if err != nil {
		return err
	}
	states, order, err := summaries(tx, documentIDs, records)
	if err != nil {
		return err
	}
	// Records that come to look alike are saved together.
	type look struct {
		section, status, phase, synced, causes string
		newer                                  bool
	}
	alike := map[look][]string{}
	last := map[look]*time.Time{}
	for _, key := range order {
		state := states[key]
		l := look{section: key.section, status: string(state.status()), causes: state.standing()}
		if key.section == "orders" {
			l.phase = string(state.phase())
		}
		was := records[key]
		switch {
		case sameTime(was.LastSyncedAt, state.synced):
			l.synced = as
		case state.synced != nil:
			l.synced = state.synced.Format(time.RFC3339Nano)
		}
		moved := l.status != was.Status || l.phase != was.Phase
		if l.newer = moved || state.updated.After(was.UpdatedAt); l.synced == as && !l.newer && l.causes == was.Causes {
			continue
		}
		alike[l], last[l] = append(alike[l], key.id), state.synced
		if moved {
			was.count(changes, -1, was.Status, was.Phase)
			was.count(changes, 1, l.status, l.phase)
		}
		changes.causes(key.section, was.Causes, -1)
		changes.causes(key.section, l.causes, 1)
	}
	for l, ids := range alike {
		slices.Sort(ids)
		set, args := "status = ?, phase = ?, causes = ?", []any{l.status, orNull(l.phase), l.causes}
		if l.newer {
			set, args = set+", updated_at = ?", append(args, now)
		}
		if l.synced != as {
			set, args = set+", last_synced_at = ?", append(args, last[l])
		}
		err := tx.Exec("UPDATE qlobooks_records SET "+set+" WHERE section = ? AND source_id IN ?", append(args, l.section, ids)...).Error
		if err != nil {
			return fmt.Errorf("refresh records: %w", err)
		}
	}
	if err := countStanding(tx, documentIDs, changes); err != nil {
		return err
	}
	return s.change(tx, changes)
}

// causes counts a record under each cause for which a document of it stands still.
func (c countChanges) causes(section, causes string, by int) {
	for _, code := range strings.Fields(causes) {
		c.of(countKey{list: causesList, at: nowhen, phase: section, state: code}).n += by
	}
}

// lockShown locks the records that show documents. Whoever settles another document of the same record
// waits here, and then reads what was saved.
func lockShown(tx *gorm.DB, documentIDs []uint64) (map[recordKey]shownRecord, error) {
	var rows []shownRecord
	err := tx.Raw("SELECT r.section, r.source_id, r.sort_id, r.canceled, r.due_open, r.status, COALESCE(r.phase, '') phase, r.hotel_id, r.currency, "+month+" at, COALESCE(r.total, 0) total, COALESCE(r.due, 0) due, COALESCE(r.amount, 0) amount, r.causes, r.last_synced_at, r.updated_at "+
		"FROM qlobooks_records r JOIN qlobooks_record_documents t ON t.section = r.section AND t.record_id = r.source_id WHERE t.document_id IN ? ORDER BY r.section, r.source_id FOR UPDATE", documentIDs).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("lock records: %w", err)
	}
	records := make(map[recordKey]shownRecord, len(rows))
	for _, r := range rows {
		records[recordKey{r.Section, r.SourceID}] = r
	}
	return records, nil
}

// summaries adds up all documents of the records that show some of them.
func summaries(tx *gorm.DB, documentIDs []uint64, records map[recordKey]shownRecord) (map[recordKey]*summary, []recordKey, error) {
	var rows []struct {
		Section, RecordID string
		Flow, Status      string
		IssueCode, ZohoID string
		LastSyncedAt      *time.Time
		UpdatedAt         time.Time
	}
	err := tx.Raw("SELECT DISTINCT t.section, t.record_id, d.flow, d.source_id, d.status, d.issue_code, d.zoho_id, d.last_synced_at, d.updated_at "+
		"FROM qlobooks_record_documents m JOIN qlobooks_record_documents t ON t.section = m.section AND t.record_id = m.record_id "+
		"JOIN qlobooks_documents d ON d.id = t.document_id WHERE m.document_id IN ?", documentIDs).Scan(&rows).Error
	if err != nil {
		return nil, nil, fmt.Errorf("read documents of records: %w", err)
	}
	states := map[recordKey]*summary{}
	var order []recordKey
	for _, row := range rows {
		key := recordKey{row.Section, row.RecordID}
		r, there := records[key]
		if !there {
			continue
		}
		state := states[key]
		if state == nil {
			state = &summary{canceled: r.Canceled, dueOpen: r.DueOpen}
			states[key] = state
			order = append(order, key)
		}
		state.add(row.Flow, Status(row.Status), row.IssueCode, row.ZohoID, row.LastSyncedAt)
		if row.UpdatedAt.After(state.updated) {
			state.updated = row.UpdatedAt
		}
	}
	return states, order, nil
}

// stands reports that a document waits for its cause to be cured.
func stands(status Status, code string) bool {
	switch status {
	case Blocked, Held, Failed, Unknown, Rejected:
		return code != ""
	default:
		return false
	}
}

// countStanding counts documents by the cause for which they stand still. Each remembers under what it
// is counted, so that no path on which it changes can be forgotten.
func countStanding(tx *gorm.DB, ids []uint64, changes countChanges) error {
	var rows []struct {
		ID                          uint64
		Status, IssueCode, Currency string
		Since                       *time.Time
		Total, CountedTotal         money.Decimal
		Counted                     string
	}
	err := tx.Raw("SELECT id, status, issue_code, currency, COALESCE(issue_since, updated_at) since, COALESCE(total, 0) total, counted, COALESCE(counted_total, 0) counted_total FROM qlobooks_documents "+
		"WHERE id IN ? AND (counted <> '' OR issue_code <> '' AND status IN "+standing+")", ids).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("read what stands still: %w", err)
	}
	moved := map[string][]uint64{}
	for _, d := range rows {
		under := ""
		if stands(Status(d.Status), d.IssueCode) && d.Since != nil {
			under = d.IssueCode + "|" + d.Currency + "|" + quarterOf(*d.Since)
		}
		if under == d.Counted && (under == "" || d.Total.Equal(d.CountedTotal)) {
			continue
		}
		moved[under] = append(moved[under], d.ID)
		changes.standing(d.Counted, -1, d.CountedTotal)
		changes.standing(under, 1, d.Total)
	}
	for under, ids := range moved {
		if err := tx.Exec("UPDATE qlobooks_documents SET counted = ?, counted_total = IF(? = '', NULL, COALESCE(total, 0)) WHERE id IN ?", under, under, ids).Error; err != nil {
			return fmt.Errorf("note what stands still: %w", err)
		}
	}
	return nil
}

func (c countChanges) standing(under string, by int, total money.Decimal) {
	parts := strings.Split(under, "|")
	if len(parts) != 3 {
		return
	}
	change := c.of(countKey{list: standingList, state: parts[0], currency: parts[1], at: parts[2]})
	change.n += by
	if by < 0 {
		total = total.Neg()
	}
	change.total = change.total.Add(total)
}
