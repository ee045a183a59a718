package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/money"
)

// Seen is a source record as detection saw it.
type Seen struct {
	Listed
	// Print is equal exactly while the source is; the part before the colon names what it covers.
	// "" = the content counts no longer (an anonymized guest), only Retired does.
	Print   string
	Sum     string // over its rows, read before the print was; "" = not read
	Retired bool   // disabled, deleted or gone
	Active  bool   // a guest who is active; of other records Retired tells
	Gone    bool   // no row any more: nothing else of it is known
	Amount  *money.Decimal
	LastDay string
	// Quiet looks have no reason but a newer QloBooks: prints that cover something else are
	// taken over, not found.
	Quiet bool
}

// The news of a document: what of its source it was not queued for yet.
const (
	NewsContent = 1
	NewsState   = 2
)

// Adopt stores records as Initialize lists them: what stands in QloApps at that moment is no
// news. A record that was looked at before keeps what is known of it, so that no change is lost.
func (s *Store) Adopt(ctx context.Context, section string, list []Seen) error {
	_, err := s.see(ctx, section, list, true)
	return err
}

// See compares records with the last look at them, lists new ones, notes on their documents what
// is news, and names the records that really differ. It may be repeated.
func (s *Store) See(ctx context.Context, section string, list []Seen) (found []string, err error) {
	return s.see(ctx, section, list, false)
}

type knownRow struct {
	SourceID, SourcePrint, SourceSum string
	Retired, InScope                 bool
}

// sight is what one look means for a section's records.
type sight struct {
	write         []Seen // rows to store, complete
	rows          [][]any
	gone          []string
	found         []string
	content, flip []string // records whose documents have that news
	back          []string // records that changed and are not disabled now
	fresh         []string // records in scope whose documents were never queued
	linked        []string // records that were never looked at: what was tied to Zoho meanwhile may be older than they are
}

func (s *Store) see(ctx context.Context, section string, list []Seen, adopt bool) ([]string, error) {
	if len(list) == 0 {
		return nil, nil
	}
	// Mostly nothing is new, which needs no lock: it is as if this look had come before whoever writes now.
	w, err := s.judged(s.db.WithContext(ctx), section, list, adopt, "")
	if err == nil && w.nothing() {
		return nil, nil
	}
	err = s.tx(ctx, func(tx *gorm.DB) (err error) {
		if err = lockSeen(tx, section, list); err != nil {
			return err
		}
		if w, err = s.judged(tx, section, list, adopt, " ORDER BY source_id FOR UPDATE"); err != nil {
			return err
		}
		return s.saveSight(tx, section, w)
	})
	if err != nil {
		return nil, fmt.Errorf("store a look at %s: %w", section, err)
	}
	return w.found, nil
}

// judged reads what is known of the records and decides what the look at them means.
func (s *Store) judged(tx *gorm.DB, section string, list []Seen, adopt bool, lock string) (*sight, error) {
	known, err := readKnown(tx, section, list, lock)
	if err != nil {
		return nil, err
	}
	high, initialized, err := highest(tx, section)
	if err != nil {
		return nil, err
	}
	w := &sight{}
	for _, l := range list {
		if err := w.judge(section, l, known, adopt && !initialized, high, adopt, s.Now().Format(instant)); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// nothing tells that there is nothing to store: what is found, or news, is written or gone.
func (w *sight) nothing() bool { return len(w.write) == 0 && len(w.gone) == 0 }

// lockSeen locks the section when some of the records were not listed before.
func lockSeen(tx *gorm.DB, section string, list []Seen) error {
	var ids []string
	for _, l := range list {
		if !l.Gone {
			ids = append(ids, l.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return lockRecords(tx, section, ids)
}

func readKnown(tx *gorm.DB, section string, list []Seen, lock string) (map[string]knownRow, error) {
	ids := make([]string, len(list))
	for i, l := range list {
		ids[i] = l.ID
	}
	var rows []knownRow
	if err := tx.Raw("SELECT source_id, source_print, source_sum, retired, in_scope FROM qlobooks_records WHERE section = ? AND source_id IN ?"+lock, section, ids).Scan(&rows).Error; err != nil {
		return nil, err
	}
	known := make(map[string]knownRow, len(rows))
	for _, r := range rows {
		known[r.SourceID] = r
	}
	return known, nil
}

// highest is the highest id of a section when it was initialized; what lies above is new and in scope
// from the first, whoever lists it.
func highest(tx *gorm.DB, section string) (high uint64, initialized bool, err error) {
	var rows []struct {
		HighID      uint64
		Initialized bool
	}
	err = tx.Raw("SELECT high_id, initialized_at IS NOT NULL initialized FROM qlobooks_sections WHERE section = ?", section).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return 0, false, err
	}
	return rows[0].HighID, rows[0].Initialized, nil
}

// judge decides what a look at one record means. first says that its section is listed for the first time:
// then nothing is new.
func (w *sight) judge(section string, l Seen, known map[string]knownRow, first bool, high uint64, adopt bool, now string) error {
	k, old := known[l.ID]
	id, err := strconv.ParseUint(l.ID, 10, 64)
	if err != nil {
		return fmt.Errorf("id %q: %w", l.ID, err)
	}
	if l.Gone {
		if old && !k.Retired {
			w.gone, w.found = append(w.gone, l.ID), append(w.found, l.ID)
			w.turned(section, l.ID)
		}
		return nil
	}
	scope := k.InScope || !old && !first && id > high
	looked := old && k.SourcePrint != ""
	differs := looked && l.Print != "" && l.Print != k.SourcePrint && (!l.Quiet || shape(l.Print) == shape(k.SourcePrint))
	// Of a record that was only listed, a trace says that it changed since.
	differs = differs || old && !looked && !l.Quiet && l.Print != ""
	flips := old && l.Retired != k.Retired
	switch {
	case adopt && looked:
		// What changed since the last look is for the next tick to find.
		l.Print, l.Sum, l.Retired = k.SourcePrint, k.SourceSum, k.Retired
	case !old && (!adopt || scope):
		w.found = append(w.found, l.ID)
		if scope {
			w.fresh = append(w.fresh, l.ID)
		}
	case !adopt && (differs || flips):
		w.found = append(w.found, l.ID)
		if differs {
			w.content = append(w.content, l.ID)
		}
		if flips {
			w.turned(section, l.ID)
		}
		if (flips || l.Active) && !l.Retired {
			w.back = append(w.back, l.ID)
		}
	case old && !looked && !adopt:
		w.linked = append(w.linked, l.ID)
		if k.InScope {
			w.fresh = append(w.fresh, l.ID)
		}
	case looked && l.Sum == k.SourceSum && (l.Print == "" || l.Print == k.SourcePrint):
		return nil
	}
	if l.Print == "" { // kept, so that content counts again from where it was
		if l.Print = k.SourcePrint; l.Print == "" {
			l.Print = "-"
		}
	}
	w.write = append(w.write, l)
	w.rows = append(w.rows, []any{section, l.ID, id, now, scope, l.Print, l.Sum, l.Retired, l.Amount, orNull(l.LastDay)})
	return nil
}

// turned notes that a record was retired or came back. Orders are not retired at the destination:
// their documents are only looked at, so that they say that the order is gone.
func (w *sight) turned(section, id string) {
	if section == "orders" {
		w.content = append(w.content, id)
	} else {
		w.flip = append(w.flip, id)
	}
}

// shape is the part of a print that says what it covers.
func shape(print string) string {
	s, _, _ := strings.Cut(print, ":")
	return s
}

func (s *Store) saveSight(tx *gorm.DB, section string, w *sight) error {
	now := s.Now()
	listed := make([]Listed, len(w.write))
	ids := make([]string, len(w.write))
	for i, l := range w.write {
		listed[i], ids[i] = l.Listed, l.ID
	}
	if err := s.recounted(tx, section, ids, func() error { return storeSeen(tx, section, listed, w.rows, ids, now) }); err != nil {
		return err
	}
	docs, err := insertDocuments(tx, section, listed, now)
	if err != nil {
		return err
	}
	if err := saveNews(tx, section, w); err != nil {
		return err
	}
	if err := s.activeAgain(tx, section, w.back); err != nil {
		return fmt.Errorf("go on with what is active again of %s: %w", section, err)
	}
	if len(w.found) > 0 { // whoever keeps something of a record looks again, whatever is sent of it
		if err := tx.Exec("UPDATE qlobooks_records SET updated_at = ? WHERE section = ? AND source_id IN ?", now, section, w.found).Error; err != nil {
			return fmt.Errorf("note which of %s changed: %w", section, err)
		}
	}
	return s.refreshRecords(tx, docs, now)
}

// activeAgain goes on with what was left out, or held, because a guest or a currency was disabled, as when a filter
// changes: what waits for it follows. No switch is asked, as it was queued before.
func (s *Store) activeAgain(tx *gorm.DB, section string, recordIDs []string) error {
	if len(recordIDs) == 0 {
		return nil
	}
	which, args := "", []any{}
	switch section {
	case "customers":
		which, args = "SELECT DISTINCT d.id FROM qlobooks_record_documents t JOIN qlobooks_documents d ON d.id = t.document_id WHERE t.section = ? AND t.record_id IN ? AND d.status = 'skipped' AND d.issue_code = 'skipped_inactive'", []any{section, recordIDs}
	case "currencies": // those in another one that is disabled are held again, without a call
		which = "SELECT d.id FROM qlobooks_documents d WHERE d.status = 'held' AND d.issue_code = 'currency_disabled'"
	default: // the others are made inactive in Zoho Books, and keep no document waiting
		return nil
	}
	var ids []uint64
	if err := tx.Raw(which+" AND d.lease_owner IS NULL ORDER BY d.id", args...).Scan(&ids).Error; err != nil {
		return err
	}
	return s.queue(tx, 0, ids, want{lane: Live, again: true})
}

// storeSeen stores what lists show of records and what detection remembers of them.
func storeSeen(tx *gorm.DB, section string, listed []Listed, rows [][]any, ids []string, now time.Time) error {
	if len(listed) == 0 {
		return nil
	}
	if err := insertRecords(tx, section, listed, now); err != nil {
		return err
	}
	err := insert(tx, "INSERT INTO qlobooks_records (section, source_id, sort_id, updated_at, in_scope, source_print, source_sum, retired, amount, last_day)", rows,
		" ON DUPLICATE KEY UPDATE in_scope = GREATEST(in_scope, VALUES(in_scope)), source_print = VALUES(source_print), source_sum = VALUES(source_sum), retired = VALUES(retired), "+
			"amount = VALUES(amount), last_day = VALUES(last_day)")
	if err != nil {
		return err
	}
	if err := insertTerms(tx, section, listed); err != nil || section != "orders" {
		return err
	}
	// An order without documents has nothing else to tell its phase. One that has just been listed has none yet.
	return tx.Exec("UPDATE qlobooks_records r SET r.phase = IF(r.canceled, 'canceled', 'invoice_sync') WHERE r.section = ? AND r.source_id IN ? "+
		"AND NOT EXISTS (SELECT 1 FROM qlobooks_record_documents t WHERE t.section = r.section AND t.record_id = r.source_id)", section, ids).Error
}

const itsDocuments = "UPDATE qlobooks_documents d JOIN qlobooks_record_documents t ON t.document_id = d.id JOIN qlobooks_records r ON r.section = t.section AND r.source_id = t.record_id SET "

func saveNews(tx *gorm.DB, section string, w *sight) error {
	steps := []struct {
		ids  []string
		what string
	}{
		{w.content, itsDocuments + "d.news = d.news | 1 WHERE t.section = ? AND t.record_id IN ? AND (r.in_scope = 1 OR d.status <> 'not_synced' OR d.zoho_id <> '')"},
		{w.flip, itsDocuments + "d.news = d.news ^ 2 WHERE t.section = ? AND t.record_id IN ? AND (d.status <> 'not_synced' OR d.zoho_id <> '')"},
		{w.fresh, itsDocuments + "d.news = d.news | 1 WHERE t.section = ? AND t.record_id IN ? AND d.status = 'not_synced' AND d.zoho_id = ''"},
		{w.linked, itsDocuments + "d.news = d.news | 1 WHERE t.section = ? AND t.record_id IN ? AND d.zoho_id <> ''"},
		{w.gone, "UPDATE qlobooks_records SET retired = 1, source_sum = '' WHERE section = ? AND source_id IN ?"},
	}
	for _, step := range steps {
		if len(step.ids) == 0 {
			continue
		}
		if err := tx.Exec(step.what, section, step.ids).Error; err != nil {
			return err
		}
	}
	return nil
}

// RetireLate notes as news of a section's masters that they are disabled or gone, as the last look says, where
// they stand active: they were so before anybody wanted to follow it.
func (s *Store) RetireLate(ctx context.Context, section string) error {
	err := s.inSlices(ctx, func(tx *gorm.DB, after uint64) (uint64, error) {
		var list []uint64
		if err := tx.Raw("SELECT sort_id FROM qlobooks_records WHERE section = ? AND sort_id > ? ORDER BY sort_id LIMIT ?", section, after, filterSlice).Scan(&list).Error; err != nil || len(list) == 0 {
			return 0, err
		}
		return list[len(list)-1], tx.Exec(itsDocuments+"d.news = d.news | ? WHERE r.section = ? AND r.sort_id IN ? AND r.retired = 1 AND d.zoho_id <> '' AND d.status = 'synced'", NewsState, section, list).Error
	})
	if err != nil {
		return fmt.Errorf("note what of %s was disabled before: %w", section, err)
	}
	return nil
}

// enterScope notes that a person queued records: whatever of them was never queued is then
// wanted by the switches for new documents too.
func enterScope(tx *gorm.DB, section string, recordIDs []string) error {
	var entering []string
	if err := tx.Raw("SELECT source_id FROM qlobooks_records WHERE section = ? AND source_id IN ? AND in_scope = 0", section, recordIDs).Scan(&entering).Error; err != nil || len(entering) == 0 {
		return err
	}
	if err := tx.Exec("UPDATE qlobooks_records SET in_scope = 1 WHERE section = ? AND source_id IN ?", section, entering).Error; err != nil {
		return err
	}
	return saveNews(tx, section, &sight{fresh: entering})
}

// wantedNew notes as news whatever of the documents was never sent for a record in scope.
func wantedNew(tx *gorm.DB, documents []uint64) error {
	return tx.Exec(itsDocuments+"d.news = d.news | 1 WHERE d.id IN ? AND r.in_scope = 1 AND d.zoho_id = ''", documents).Error
}
