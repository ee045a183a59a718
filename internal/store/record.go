package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"
)

// Phase is how far an order came; contract section 5.
type Phase string

const (
	PhaseCanceled Phase = "canceled"
	PhaseOrder    Phase = "order_sync"
	PhaseInvoice  Phase = "invoice_sync"
	PhasePayment  Phase = "payment_sync"
	PhaseSynced   Phase = "synced"
)

// Listed is a source record as Initialize stores it.
type Listed struct {
	ID         string
	Name       string
	Terms      []string
	Fields     map[string]string
	HotelID    string
	Currency   string
	CustomerID string
	Day        string
	Canceled   bool
	DueOpen    bool
	Doubts     []Doubt
	Documents  []Ref
}

// AddRecords stores listed records of a section with their documents. Records and documents
// that exist keep their state; only what lists show of them is refreshed.
func (s *Store) AddRecords(ctx context.Context, section string, list []Listed) error {
	if len(list) == 0 {
		return nil
	}
	return s.tx(ctx, func(tx *gorm.DB) error {
		now := s.Now()
		ids := make([]string, len(list))
		for i, l := range list {
			ids[i] = l.ID
		}
		if err := lockRecords(tx, section, ids); err != nil {
			return err
		}
		if err := s.recounted(tx, section, ids, func() error { return insertRecords(tx, section, list, now) }); err != nil {
			return err
		}
		if err := insertTerms(tx, section, list); err != nil {
			return err
		}
		documents, err := insertDocuments(tx, section, list, now)
		if err != nil {
			return err
		}
		return s.refreshRecords(tx, documents, now)
	})
}

func insertRecords(tx *gorm.DB, section string, list []Listed, now time.Time) error {
	rows := make([][]any, len(list))
	for i, l := range list {
		fields, err := json.Marshal(l.Fields)
		if err != nil {
			return fmt.Errorf("fields of %s %s: %w", section, l.ID, err)
		}
		sortID, err := strconv.ParseUint(l.ID, 10, 64)
		if err != nil {
			return fmt.Errorf("id of %s %q: %w", section, l.ID, err)
		}
		rows[i] = []any{section, l.ID, sortID, clip(l.Name, 255), firstPhase(section, l.Canceled), l.Canceled, l.DueOpen, l.HotelID, l.Currency, l.CustomerID, orNull(l.Day), string(fields), l.total(), l.due(), now}
	}
	err := insert(tx, "INSERT INTO qlobooks_records (section, source_id, sort_id, name, phase, canceled, due_open, hotel_id, currency, customer_id, day, fields, total, due, updated_at)", rows,
		" ON DUPLICATE KEY UPDATE name = VALUES(name), canceled = VALUES(canceled), due_open = VALUES(due_open), hotel_id = VALUES(hotel_id), currency = VALUES(currency), "+
			"customer_id = VALUES(customer_id), day = VALUES(day), fields = VALUES(fields), total = VALUES(total), due = VALUES(due)")
	if err != nil {
		return fmt.Errorf("store records of %s: %w", section, err)
	}
	return saveDoubts(tx, section, list, now)
}

// firstPhase is the phase of an order that has no document yet.
func firstPhase(section string, canceled bool) any {
	switch {
	case section != "orders":
		return nil
	case canceled:
		return string(PhaseCanceled)
	default:
		return string(PhaseInvoice)
	}
}

// longestTerm is up to how many characters a record is searched by.
const longestTerm = 96

func insertTerms(tx *gorm.DB, section string, list []Listed) error {
	var rows [][]any
	ids := make([]string, len(list))
	for i, l := range list {
		ids[i] = l.ID
		for _, term := range append([]string{l.Name}, l.Terms...) {
			if term != "" {
				rows = append(rows, []any{section, clip(Fold(term), longestTerm), l.ID})
			}
		}
	}
	if err := tx.Exec("DELETE FROM qlobooks_search WHERE section = ? AND source_id IN ?", section, ids).Error; err != nil {
		return err
	}
	return insert(tx, "INSERT IGNORE INTO qlobooks_search (section, term, source_id)", rows, "")
}

// insertDocuments adds missing document rows and ties all to their records; it returns their row ids.
func insertDocuments(tx *gorm.DB, section string, list []Listed, now time.Time) ([]uint64, error) {
	var rows, ties [][]any
	var refs []Ref
	for _, l := range list {
		for _, ref := range l.Documents {
			rows = append(rows, []any{ref.Flow, ref.ID, int(History), now, now})
			refs = append(refs, ref)
		}
	}
	if len(refs) == 0 {
		return nil, nil
	}
	if err := insert(tx, "INSERT IGNORE INTO qlobooks_documents (flow, source_id, lane, created_at, updated_at)", rows, ""); err != nil {
		return nil, fmt.Errorf("store documents of %s: %w", section, err)
	}
	var found []documentRow
	if err := tx.Raw("SELECT id, flow, source_id FROM qlobooks_documents WHERE (flow, source_id) IN ?", pairs(refs)).Scan(&found).Error; err != nil {
		return nil, err
	}
	rowID := map[Ref]uint64{}
	ids := make([]uint64, len(found))
	for i, f := range found {
		rowID[Ref{f.Flow, f.SourceID}] = f.ID
		ids[i] = f.ID
	}
	for _, l := range list {
		for _, ref := range l.Documents {
			ties = append(ties, []any{section, l.ID, rowID[ref]})
		}
	}
	if err := insert(tx, "INSERT IGNORE INTO qlobooks_record_documents (section, record_id, document_id)", ties, ""); err != nil {
		return nil, err
	}
	if section == "customers" {
		return ids, tieParts(tx, refs)
	}
	return ids, nil
}

// tieParts ties documents of parts of customers, such as a guest's contact in a second currency
// ("3:EUR"), that were made before the customers were listed.
func tieParts(tx *gorm.DB, refs []Ref) error {
	var parts []string
	var args []any
	for _, ref := range refs {
		parts, args = append(parts, "d.flow = ? AND d.source_id LIKE ?"), append(args, ref.Flow, ref.ID+":%")
	}
	var found []documentRow
	if err := tx.Raw("SELECT d.id, d.flow, d.source_id FROM qlobooks_documents d WHERE "+strings.Join(parts, " OR "), args...).Scan(&found).Error; err != nil {
		return fmt.Errorf("read documents of parts of customers: %w", err)
	}
	var ties [][]any
	for _, f := range found {
		whole, _, _ := strings.Cut(f.SourceID, ":")
		ties = append(ties, []any{"customers", whole, f.ID})
	}
	return insert(tx, "INSERT IGNORE INTO qlobooks_record_documents (section, record_id, document_id)", ties, "")
}

// tiePart ties a document of a part of a record to the records of the whole, so that it changes
// and retires with them.
func tiePart(tx *gorm.DB, ref Ref) error {
	whole, _, part := strings.Cut(ref.ID, ":")
	if !part {
		return nil
	}
	var rows []struct {
		Section, RecordID string
		ID                uint64
	}
	// Read before it is inserted, as an insert from a selection would lock what it selects.
	err := tx.Raw("SELECT t.section, t.record_id, d.id FROM qlobooks_documents d JOIN qlobooks_documents w ON w.flow = d.flow AND w.source_id = ? "+
		"JOIN qlobooks_record_documents t ON t.document_id = w.id WHERE d.flow = ? AND d.source_id = ?", whole, ref.Flow, ref.ID).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("read records of %s: %w", ref.Key(), err)
	}
	var ties [][]any
	for _, r := range rows {
		ties = append(ties, []any{r.Section, r.RecordID, r.ID})
	}
	return insert(tx, "INSERT IGNORE INTO qlobooks_record_documents (section, record_id, document_id)", ties, "")
}

// Initialized reads when a section was initialized first, nil if never.
func (s *Store) Initialized(ctx context.Context, section string) (*time.Time, error) {
	var at []*time.Time
	err := s.db.WithContext(ctx).Raw("SELECT initialized_at FROM qlobooks_sections WHERE section = ?", section).Scan(&at).Error
	if err != nil || len(at) == 0 {
		return nil, err
	}
	return at[0], nil
}

// MarkInitialized ends an Initialize; ids above highest are new from now on.
func (s *Store) MarkInitialized(ctx context.Context, section string, highest uint64) error {
	return s.db.WithContext(ctx).Exec("INSERT INTO qlobooks_sections (section, initialized_at, high_id) VALUES (?, ?, ?) "+
		"ON DUPLICATE KEY UPDATE initialized_at = COALESCE(initialized_at, VALUES(initialized_at)), high_id = GREATEST(high_id, VALUES(high_id))",
		section, s.Now(), highest).Error
}

// summary adds up the documents of one record.
type summary struct {
	canceled, dueOpen      bool
	seen                   map[Status]bool
	nothing                bool     // one rightly has no document
	causes                 []string // for which documents stand still
	orders, ordersOpen     int
	invoices, invoicesOpen int
	paymentsOpen           int
	synced                 *time.Time
	updated                time.Time // when the newest of them came to stand as it does
}

func (m *summary) add(flow string, status Status, code, zohoID string, synced *time.Time) {
	if m.seen == nil {
		m.seen = map[Status]bool{}
	}
	if status == Synced && zohoID == "" {
		m.nothing = true
	} else {
		m.seen[status] = true
	}
	if stands(status, code) && !slices.Contains(m.causes, code) {
		m.causes = append(m.causes, code)
	}
	if synced != nil && (m.synced == nil || synced.After(*m.synced)) {
		m.synced = synced
	}
	// A document that rightly has none at Zoho is no step; one that was left out is a step not taken.
	open := zohoID == "" && status != Synced && status != Disabled
	switch flow {
	case "sales_order":
		if code == "skipped_export_off" { // nobody wants sales orders
			return
		}
		m.orders++
		m.ordersOpen += one(open)
	case "invoice":
		m.invoices++
		m.invoicesOpen += one(open)
	case "payment":
		m.paymentsOpen += one(open)
	}
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// status is the worst of the documents; filtered ones count only when there is nothing else, and what
// rightly has no document when there is nothing at all.
func (m *summary) status() Status {
	for _, s := range Statuses {
		if m.seen[s] {
			return s
		}
	}
	if m.nothing {
		return Synced
	}
	return NotSynced
}

// standing are the causes for which its documents stand still, as they are kept with the record.
func (m *summary) standing() string {
	slices.Sort(m.causes)
	const most = 500
	text := strings.Join(m.causes, " ")
	for len(text) > most {
		text = text[:strings.LastIndexByte(text, ' ')]
	}
	return text
}

// phase is the first step not finished. Orders have a sales order document only while the
// settings want one.
func (m *summary) phase() Phase {
	switch {
	case m.canceled:
		return PhaseCanceled
	case m.ordersOpen > 0:
		return PhaseOrder
	case m.invoices == 0 || m.invoicesOpen > 0:
		return PhaseInvoice
	case m.paymentsOpen > 0 || m.dueOpen:
		return PhasePayment
	default:
		return PhaseSynced
	}
}

// Clip cuts text to a number of characters.
func Clip(s string, most int) string { return clip(s, most) }

func clip(s string, most int) string {
	s = strings.ToValidUTF8(s, noText)
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return string(runes[:most])
}
