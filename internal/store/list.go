package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Record is a source record as lists show it.
type Record struct {
	Section, ID, Name string
	Status            Status
	Phase             Phase
	Fields            map[string]string
	HotelID, Currency string
	CustomerID        string
	Day               string
	SyncedAt          *time.Time
	UpdatedAt         time.Time
}

// RecordQuery selects records of one section; zero fields select everything.
type RecordQuery struct {
	Section        string
	IDs            []string
	Q              string // prefix of a search term or of a document's number in Zoho Books, or an exact id
	Statuses       []string
	Phases         []string
	HotelID        string
	Currency       string
	CustomerID     string
	Issue          string // code for which a document of the record stands still
	DayFrom, DayTo string
	Draft          bool    // only those of which a document is a draft
	Stands         *Stands // nil = whatever stands
	Sort           string  // source_id, name, last_synced_at, updated_at
	Descending     bool
	After          *Position // nil = from the beginning
	Limit          int
	few            []string // ids of all that Q finds, when these are few; nil = many, or not looked up
	caused         []string // ids of all that show the cause Issue, likewise
	standing       []string // ids among which all are that Stands selects, likewise
}

// Stands selects records by whether their document of a flow, or that of a part of them, has one in
// Zoho Books.
type Stands struct {
	Flow, Part string // Part is what the id of the part ends with behind the colon; "" = there are none
	Yes        bool
}

const (
	hasStanding = "(SELECT 1 FROM qlobooks_documents d WHERE d.flow = ? AND d.source_id IN (r.source_id, CONCAT(r.source_id, ':', ?)) AND d.zoho_id <> '' LIMIT 1)"
	byStanding  = "SELECT d.source_id FROM qlobooks_documents d WHERE d.flow = ? AND d.zoho_id "
)

const (
	byTerm   = "SELECT source_id FROM qlobooks_search WHERE section = ? AND term LIKE ?"
	byNumber = "SELECT t.record_id FROM qlobooks_documents n JOIN qlobooks_record_documents t ON t.document_id = n.id WHERE n.zoho_number LIKE ? AND t.section = ?"
	byCause  = "SELECT DISTINCT t.record_id FROM qlobooks_documents n JOIN qlobooks_record_documents t ON t.document_id = n.id WHERE n.issue_code = ? AND n.status IN " + standing + " AND t.section = ?"

	byDoubt = "SELECT d.record_id FROM qlobooks_doubts d WHERE d.code = ? AND d.section = ?"

	// Of many, each record is asked for itself in the order of the list, until a page is full. Written so,
	// no server makes a list of all first.
	hasTerm   = "(SELECT 1 FROM qlobooks_search s WHERE s.section = r.section AND s.source_id = r.source_id AND s.term LIKE ? LIMIT 1) IS NOT NULL"
	hasNumber = "(SELECT 1 FROM qlobooks_record_documents t JOIN qlobooks_documents n ON n.id = t.document_id WHERE t.section = r.section AND t.record_id = r.source_id AND n.zoho_number LIKE ? LIMIT 1) IS NOT NULL"
	hasCause  = "(SELECT 1 FROM qlobooks_record_documents t JOIN qlobooks_documents n ON n.id = t.document_id WHERE t.section = r.section AND t.record_id = r.source_id AND n.issue_code = ? AND n.status IN " + standing + " LIMIT 1) IS NOT NULL"
	hasDraft  = "r.source_id IN (SELECT t.record_id FROM qlobooks_documents n JOIN qlobooks_record_documents t ON t.document_id = n.id WHERE n.draft > 0 AND t.section = ?)"
	hasDoubt  = "(SELECT 1 FROM qlobooks_doubts d WHERE d.section = r.section AND d.record_id = r.source_id AND d.code = ? LIMIT 1) IS NOT NULL"
)

// patterns are what Q finds terms and numbers by. One or two digits are a number found whole, as they are
// the beginning of too many.
func (q RecordQuery) patterns() (term, number string) {
	term = ToTheLetter(clip(Fold(q.Q), longestTerm)) + "%"
	if len(q.Q) < 3 && strings.Trim(q.Q, "0123456789") == "" {
		return term, q.Q
	}
	return term, term
}

// fewest is up to how many found records are named by id.
const fewest = 3000

// looked looks up what Q finds. Few records are then read by their ids; to look for few among a
// million, record by record, takes seconds.
func (s *Store) looked(ctx context.Context, q RecordQuery) (RecordQuery, error) {
	if q.Issue != "" && q.caused == nil {
		caused := []string{}
		query, args := byCause, []any{q.Issue, q.Section}
		if doubtCodes[q.Issue] {
			query, args = query+" UNION "+byDoubt, append(args, q.Issue, q.Section)
		}
		if err := s.db.WithContext(ctx).Raw(query+" LIMIT ?", append(args, fewest+1)...).Scan(&caused).Error; err != nil {
			return q, fmt.Errorf("find records of a cause: %w", err)
		}
		if len(caused) <= fewest {
			q.caused = append([]string{""}, caused...) // one that is none, as a list must not be empty
		}
	}
	if q.Stands != nil && q.standing == nil {
		var ids []string
		which := map[bool]string{true: "> ''", false: "= ''"}[q.Stands.Yes]
		if err := s.db.WithContext(ctx).Raw(byStanding+which+" LIMIT ?", q.Stands.Flow, fewest+1).Scan(&ids).Error; err != nil {
			return q, fmt.Errorf("find what stands: %w", err)
		}
		if len(ids) <= fewest {
			q.standing = []string{""}
			for _, id := range ids {
				whole, _, _ := strings.Cut(id, ":")
				q.standing = append(q.standing, whole)
			}
		}
	}
	if q.Q == "" {
		return q, nil
	}
	term, number := q.patterns()
	few := []string{q.Q}
	for _, find := range []struct {
		query string
		args  []any
	}{{byTerm, []any{q.Section, term}}, {byNumber, []any{number, q.Section}}} {
		var found []string
		if err := s.db.WithContext(ctx).Raw(find.query+" LIMIT ?", append(find.args, fewest+1)...).Scan(&found).Error; err != nil {
			return q, fmt.Errorf("search records: %w", err)
		}
		if len(found) > fewest {
			return q, nil
		}
		few = append(few, found...)
	}
	q.few = few
	return q, nil
}

var sortColumns = map[string]string{"source_id": "r.sort_id", "name": "r.name", "last_synced_at": "r.last_synced_at", "updated_at": "r.updated_at"}

type recordRow struct {
	Section, SourceID, Name       string
	SortID                        uint64
	Status                        string
	Phase                         *string
	Fields                        *string
	HotelID, Currency, CustomerID string
	Day                           *time.Time
	LastSyncedAt                  *time.Time
	UpdatedAt                     time.Time
}

const recordColumns = "r.section, r.source_id, r.sort_id, r.name, r.status, r.phase, r.fields, r.hotel_id, r.currency, r.customer_id, r.day, r.last_synced_at, r.updated_at"

func (r recordRow) record() Record {
	rec := Record{Section: r.Section, ID: r.SourceID, Name: r.Name, Status: Status(r.Status), Phase: Phase(text(r.Phase)), HotelID: r.HotelID,
		Currency: r.Currency, CustomerID: r.CustomerID, SyncedAt: r.LastSyncedAt, UpdatedAt: r.UpdatedAt}
	if r.Day != nil {
		rec.Day = r.Day.Format(time.DateOnly)
	}
	_ = json.Unmarshal(rawJSON(r.Fields), &rec.Fields)
	return rec
}

// Position is where a keyset page ended: the sort value of its last row ("" for a missing one)
// and the id that breaks ties.
type Position struct{ Value, ID string }

const instant = "2006-01-02 15:04:05.000000"

// Records reads one page and where the next one begins, nil at the end.
func (s *Store) Records(ctx context.Context, q RecordQuery) ([]Record, *Position, error) {
	column := sortColumns[q.Sort]
	if column == "" {
		column = sortColumns["source_id"]
	}
	q, err := s.looked(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	where, args := q.where()
	if q.After != nil {
		more, moreArgs := after(column, q.Descending, *q.After)
		where, args = where+" AND "+more, append(args, moreArgs...)
	}
	dir := ""
	if q.Descending {
		dir = " DESC"
	}
	order := column + dir
	if column != sortColumns["source_id"] {
		order += ", r.sort_id" + dir
	}
	if q.Descending && q.After != nil && q.After.Value == "" { // only those without a value are left
		order = "r.sort_id" + dir
	}
	hint, bound, bounds, err := s.way(ctx, q, column)
	if err != nil {
		return nil, nil, err
	}
	var rows []recordRow
	err = s.db.WithContext(ctx).Raw("SELECT "+recordColumns+" FROM qlobooks_records r"+hint+" WHERE "+where+bound+" ORDER BY "+order+" LIMIT ?", append(append(args, bounds...), q.Limit+1)...).Scan(&rows).Error
	if err != nil {
		return nil, nil, fmt.Errorf("list records: %w", err)
	}
	var next *Position
	if len(rows) > q.Limit {
		rows = rows[:q.Limit]
		next = position(column, rows[len(rows)-1])
	}
	list := make([]Record, len(rows))
	for i, r := range rows {
		list[i] = r.record()
	}
	return list, next, nil
}

// RecordIDs reads the ids of one page in the order of the ids, behind After.
func (s *Store) RecordIDs(ctx context.Context, q RecordQuery) ([]string, error) {
	q.Sort, q.Descending = "source_id", false
	q, err := s.looked(ctx, q)
	if err != nil {
		return nil, err
	}
	where, args := q.where()
	if q.After != nil {
		where, args = where+" AND r.sort_id > ?", append(args, q.After.ID)
	}
	var ids []string
	if err := s.db.WithContext(ctx).Raw("SELECT r.source_id FROM qlobooks_records r WHERE "+where+" ORDER BY r.sort_id LIMIT ?", append(args, q.Limit)...).Scan(&ids).Error; err != nil {
		return nil, fmt.Errorf("list ids of records: %w", err)
	}
	return ids, nil
}

func (q RecordQuery) where() (string, []any) {
	where, args := []string{"r.section = ?"}, []any{q.Section}
	add := func(cond string, values ...any) { where, args = append(where, cond), append(args, values...) }
	if len(q.IDs) > 0 {
		add("r.source_id IN ?", q.IDs)
	}
	switch {
	case q.few != nil:
		add("r.source_id IN ?", q.few)
	case q.Q != "":
		prefix, number := q.patterns()
		add("(r.source_id = ? OR "+hasTerm+" OR "+hasNumber+")", q.Q, prefix, number)
	}
	if len(q.Statuses) > 0 {
		add("r.status IN ?", q.Statuses)
	}
	if len(q.Phases) > 0 {
		add("r.phase IN ?", q.Phases)
	}
	switch {
	case q.caused != nil:
		add("r.source_id IN ?", q.caused)
	case doubtCodes[q.Issue]:
		add("("+hasCause+" OR "+hasDoubt+")", q.Issue, q.Issue)
	case q.Issue != "":
		add(hasCause, q.Issue)
	}
	if q.Draft {
		add(hasDraft, q.Section)
	}
	if q.standing != nil {
		add("r.source_id IN ?", q.standing)
	}
	if q.Stands != nil {
		add(hasStanding+map[bool]string{true: " IS NOT NULL", false: " IS NULL"}[q.Stands.Yes], q.Stands.Flow, q.Stands.Part)
	}
	for cond, value := range map[string]string{"r.hotel_id = ?": q.HotelID, "r.currency = ?": q.Currency, "r.customer_id = ?": q.CustomerID, "r.day >= ?": q.DayFrom, "r.day <= ?": q.DayTo} {
		if value != "" {
			add(cond, value)
		}
	}
	return strings.Join(where, " AND "), args
}

// after is the keyset condition behind a position; NULL sorts before every value in MySQL.
func after(column string, desc bool, p Position) (string, []any) {
	op := ">"
	if desc {
		op = "<"
	}
	switch {
	case column == sortColumns["source_id"]:
		return "r.sort_id " + op + " ?", []any{p.ID}
	case column == sortColumns["name"]: // which is empty where a record has none, and never NULL
		return "(" + column + " " + op + " ? OR (" + column + " = ? AND r.sort_id " + op + " ?))", []any{p.Value, p.Value, p.ID}
	case p.Value == "" && desc:
		return "(" + column + " IS NULL AND r.sort_id < ?)", []any{p.ID}
	case p.Value == "":
		return "(" + column + " IS NOT NULL OR r.sort_id > ?)", []any{p.ID}
	case desc:
		return "(" + column + " < ? OR " + column + " IS NULL OR (" + column + " = ? AND r.sort_id < ?))", []any{p.Value, p.Value, p.ID}
	default:
		return "(" + column + " > ? OR (" + column + " = ? AND r.sort_id > ?))", []any{p.Value, p.Value, p.ID}
	}
}

func position(column string, last recordRow) *Position {
	p := &Position{ID: last.SourceID}
	switch column {
	case sortColumns["name"]:
		p.Value = last.Name
	case sortColumns["last_synced_at"]:
		if last.LastSyncedAt != nil {
			p.Value = last.LastSyncedAt.UTC().Format(instant)
		}
	case sortColumns["updated_at"]:
		p.Value = last.UpdatedAt.UTC().Format(instant)
	}
	return p
}

// RecordCounts tells how many records of the whole section are in each status.
func (s *Store) RecordCounts(ctx context.Context, section string) (map[string]int, error) {
	table, args := kept("state, n", "list = ?", section)
	return counts(s.db.WithContext(ctx).Raw("SELECT x.state status, SUM(x.n) n FROM "+table+" GROUP BY x.state HAVING SUM(x.n) > 0", args...))
}

// Larger reports a section of more than n records, by the counts that are kept.
func (s *Store) Larger(ctx context.Context, section string, n int) (bool, error) {
	counts, err := s.RecordCounts(ctx, section)
	all := 0
	for _, of := range counts {
		all += of
	}
	return all > n, err
}

// CountRecords tells how many records a query selects.
func (s *Store) CountRecords(ctx context.Context, q RecordQuery) (int, error) {
	q, err := s.looked(ctx, q)
	if err != nil {
		return 0, err
	}
	where, args := q.where()
	var n int
	err = s.db.WithContext(ctx).Raw("SELECT COUNT(*) FROM qlobooks_records r WHERE "+where, args...).Scan(&n).Error
	return n, err
}

// MoreThan reports that a query selects more than n records; it looks no further than that.
func (s *Store) MoreThan(ctx context.Context, q RecordQuery, n int) (bool, error) {
	q, err := s.looked(ctx, q)
	if err != nil {
		return false, err
	}
	where, args := q.where()
	var found int
	err = s.db.WithContext(ctx).Raw("SELECT COUNT(*) FROM (SELECT 1 FROM qlobooks_records r WHERE "+where+" LIMIT ?) x", append(args, n+1)...).Scan(&found).Error
	return found > n, err
}

// DocumentsOf reads the documents of records of one section, by record id, in a stable order.
func (s *Store) DocumentsOf(ctx context.Context, section string, recordIDs []string) (map[string][]Document, error) {
	return s.documentsOf(ctx, documentColumns, section, recordIDs)
}

// ShownOf is DocumentsOf for a list: without the bodies of calls and without proofs.
func (s *Store) ShownOf(ctx context.Context, section string, recordIDs []string) (map[string][]Document, error) {
	return s.documentsOf(ctx, shownColumns, section, recordIDs)
}

func (s *Store) documentsOf(ctx context.Context, columns, section string, recordIDs []string) (map[string][]Document, error) {
	result := map[string][]Document{}
	if len(recordIDs) == 0 {
		return result, nil
	}
	var rows []struct {
		RecordID string
		Row      documentRow `gorm:"embedded"`
	}
	err := s.db.WithContext(ctx).Raw("SELECT t.record_id, "+columns+" FROM qlobooks_record_documents t JOIN qlobooks_documents d ON d.id = t.document_id "+
		"WHERE t.section = ? AND t.record_id IN ? ORDER BY t.record_id, d.id", section, recordIDs).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read documents of records: %w", err)
	}
	for _, r := range rows {
		result[r.RecordID] = append(result[r.RecordID], r.Row.document())
	}
	return result, nil
}

// RecordsOf names the records that show a document, as section and id.
func (s *Store) RecordsOf(ctx context.Context, ref Ref) ([]Record, error) {
	var rows []recordRow
	err := s.db.WithContext(ctx).Raw("SELECT "+recordColumns+" FROM qlobooks_documents d JOIN qlobooks_record_documents t ON t.document_id = d.id "+
		"JOIN qlobooks_records r ON r.section = t.section AND r.source_id = t.record_id WHERE d.flow = ? AND d.source_id = ?", ref.Flow, ref.ID).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read records of a document: %w", err)
	}
	list := make([]Record, len(rows))
	for i, r := range rows {
		list[i] = r.record()
	}
	return list, nil
}

// ShownBy names for each of refs a record that shows it; what no record shows is absent.
func (s *Store) ShownBy(ctx context.Context, refs []Ref) (map[Ref]Record, error) {
	shown := map[Ref]Record{}
	if len(refs) == 0 {
		return shown, nil
	}
	var rows []struct {
		Flow, DocumentID, Section, SourceID, Name, HotelID string
		Fields                                             *string
	}
	err := s.db.WithContext(ctx).Raw("SELECT d.flow, d.source_id document_id, r.section, r.source_id, r.name, r.hotel_id, r.fields FROM qlobooks_documents d JOIN qlobooks_record_documents t ON t.document_id = d.id "+
		"JOIN qlobooks_records r ON r.section = t.section AND r.source_id = t.record_id WHERE (d.flow, d.source_id) IN ? ORDER BY r.sort_id DESC", pairs(refs)).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read what shows documents: %w", err)
	}
	for _, r := range rows { // the first of several wins
		rec := Record{Section: r.Section, ID: r.SourceID, Name: r.Name, HotelID: r.HotelID}
		_ = json.Unmarshal(rawJSON(r.Fields), &rec.Fields)
		shown[Ref{r.Flow, r.DocumentID}] = rec
	}
	return shown, nil
}

// Covered tells which of refs belong to records that a query selects, of the given flows only
// (none = all).
func (s *Store) Covered(ctx context.Context, q RecordQuery, flows []string, refs []Ref) (map[Ref]bool, error) {
	covered := map[Ref]bool{}
	q, err := s.looked(ctx, q)
	if err != nil {
		return nil, err
	}
	where, args := q.where()
	if len(flows) > 0 {
		where, args = where+" AND d.flow IN ?", append(args, flows)
	}
	const chunk = 500
	for len(refs) > 0 {
		n := min(chunk, len(refs))
		var rows []struct{ Flow, SourceID string }
		err := s.db.WithContext(ctx).Raw("SELECT DISTINCT d.flow, d.source_id FROM qlobooks_documents d JOIN qlobooks_record_documents t ON t.document_id = d.id "+
			"JOIN qlobooks_records r ON r.section = t.section AND r.source_id = t.record_id WHERE (d.flow, d.source_id) IN ? AND "+where, append([]any{pairs(refs[:n])}, args...)...).Scan(&rows).Error
		if err != nil {
			return nil, fmt.Errorf("read what a selection covers: %w", err)
		}
		for _, r := range rows {
			covered[Ref{r.Flow, r.SourceID}] = true
		}
		refs = refs[n:]
	}
	return covered, nil
}
