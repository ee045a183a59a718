package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/internal/collate"
)

// Call is one line of the call log with its bodies, as long as they are kept.
type Call struct {
	CallLine
	ID uint64
}

// CallQuery selects calls; zero fields select everything.
type CallQuery struct {
	Q        string   // part of the address, or of a code
	Bodies   bool     // Q is looked for in what was sent and answered too
	Statuses []string // HTTP statuses, or ok and failed
	Flow     string
	Ref      string
	Run      uint64
	From, To time.Time // To is not included
	Oldest   bool      // first, instead of the newest
	Behind   uint64    // only those that follow this one
	Limit    int
}

type callRow struct {
	ID                       uint64
	At                       time.Time
	Ref, Method, Path        string
	Query                    *string
	Status                   int
	Code                     string
	Ms                       int64
	Request, Response, Error *string
}

func (r callRow) call() Call {
	return Call{ID: r.ID, CallLine: CallLine{At: r.At, Ref: r.Ref, Method: r.Method, Path: r.Path, Query: text(r.Query), Status: r.Status, Code: r.Code,
		Duration: time.Duration(r.Ms) * time.Millisecond, Request: text(r.Request), Response: text(r.Response), Error: text(r.Error)}}
}

// Calls lists calls without their bodies in the order of time.
func (s *Store) Calls(ctx context.Context, q CallQuery) ([]Call, error) {
	where, args := q.where()
	_, order := inTime(q.Oldest)
	var rows []callRow
	err := s.db.WithContext(ctx).Raw("SELECT c.id, c.at, c.ref, c.method, c.path, c.query, c.status, c.code, c.ms, c.error FROM qlobooks_calls c WHERE "+where+" ORDER BY c.id "+order+" LIMIT ?", append(args, q.Limit)...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list calls: %w", err)
	}
	list := make([]Call, len(rows))
	for i, r := range rows {
		list[i] = r.call()
	}
	return list, s.also(ctx, list)
}

// also tells for which other records each of the calls was made.
func (s *Store) also(ctx context.Context, list []Call) error {
	if len(list) == 0 {
		return nil
	}
	at, ids := map[uint64]int{}, make([]uint64, len(list))
	for i, c := range list {
		at[c.ID], ids[i] = i, c.ID
	}
	var rows []struct {
		CallID uint64
		Ref    string
	}
	if err := s.db.WithContext(ctx).Raw("SELECT call_id, ref FROM qlobooks_call_refs WHERE call_id IN ? ORDER BY call_id, ref", ids).Scan(&rows).Error; err != nil {
		return fmt.Errorf("read whom calls name: %w", err)
	}
	for _, r := range rows {
		list[at[r.CallID]].Also = append(list[at[r.CallID]].Also, r.Ref)
	}
	return nil
}

// CallCounts tells how many of the newest calls are ok and failed. Counting all of them would take
// longer than anybody waits.
func (s *Store) CallCounts(ctx context.Context) (map[string]int, error) {
	const newest = 10000
	return counts(s.db.WithContext(ctx).Raw("SELECT IF(error = '', 'ok', 'failed') status, COUNT(*) n FROM qlobooks_calls WHERE id > (SELECT GREATEST(CAST(COALESCE(MAX(id), 0) AS SIGNED) - ?, 0) FROM qlobooks_calls) GROUP BY IF(error = '', 'ok', 'failed')", newest))
}

// mostSearched is how many of the newest calls are searched: reading all of them would take longer than
// anybody waits. Older ones are found by how the record that they name begins.
const mostSearched = 50000

func (q CallQuery) where() (string, []any) {
	where, args := []string{"1 = 1"}, []any{}
	add := func(cond string, values ...any) { where, args = append(where, cond), append(args, values...) }
	if q.Behind > 0 {
		follows, _ := inTime(q.Oldest)
		add("c.id "+follows+" ?", q.Behind)
	}
	if q.Q != "" {
		part := "%" + ToTheLetter(q.Q) + "%"
		in, values := "n.path LIKE ? OR n.query LIKE ? OR n.ref LIKE ? OR n.error LIKE ? OR n.code = ?", []any{part, part, part, part, q.Q}
		if q.Bodies {
			in, values = in+" OR n.request LIKE ? OR n.response LIKE ?", append(values, part, part)
		}
		add("c.id IN (SELECT f.id FROM (SELECT n.id FROM qlobooks_calls n WHERE n.ref LIKE ? UNION SELECT a.call_id FROM qlobooks_call_refs a WHERE a.ref LIKE ? UNION "+
			"SELECT n.id FROM qlobooks_calls n WHERE n.id > (SELECT GREATEST(CAST(COALESCE(MAX(m.id), 0) AS SIGNED) - ?, 0) FROM qlobooks_calls m) AND ("+in+")) f)", append([]any{ToTheLetter(q.Q) + "%", ToTheLetter(q.Q) + "%", mostSearched}, values...)...)
	}
	if len(q.Statuses) > 0 {
		var any []string
		for _, status := range q.Statuses {
			switch status {
			case "ok":
				any = append(any, "c.error = ''")
			case "failed":
				any = append(any, "c.error <> ''")
			default:
				any, args = append(any, "c.status = ?"), append(args, status)
			}
		}
		where = append(where, "("+strings.Join(any, " OR ")+")")
	}
	if q.Flow != "" {
		add("c.ref LIKE ?", ToTheLetter(q.Flow)+":%")
	}
	if q.Ref != "" {
		add("c.id IN (SELECT f.id FROM (SELECT n.id FROM qlobooks_calls n WHERE n.ref = ? UNION SELECT a.call_id FROM qlobooks_call_refs a WHERE a.ref = ?) f)", q.Ref, q.Ref)
	}
	if q.Run > 0 {
		// The run's own calls, and those for its documents while it went on.
		add("(c.ref = ? OR EXISTS (SELECT 1 FROM qlobooks_runs r JOIN qlobooks_run_documents m ON m.run_id = r.id JOIN qlobooks_documents d ON d.id = m.document_id "+
			"WHERE r.id = ? AND (CONCAT(d.flow, ':', d.source_id) = c.ref OR CONCAT(d.flow, ':', d.source_id) IN (SELECT a.ref FROM qlobooks_call_refs a WHERE a.call_id = c.id)) AND c.at >= r.created_at AND c.at <= COALESCE(r.finished_at, c.at)))", "run:"+strconv.FormatUint(q.Run, 10), q.Run)
	}
	if !q.From.IsZero() {
		add("c.at >= ?", q.From.UTC())
	}
	if !q.To.IsZero() {
		add("c.at < ?", q.To.UTC())
	}
	return strings.Join(where, " AND "), args
}

// ToTheLetter keeps LIKE from reading signs of a text as its own.
func ToTheLetter(s string) string {
	return strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(s)
}

// CallsLately is what the log knows of the limits.
type CallsLately struct {
	Recent   map[string]time.Time // when the calls since a moment ended, by their ids
	Today    int                  // how many there were since a day began
	DayLimit int                  // calls a day, as the latest answer said; 0 = none did
	DayLeft  int                  // what was left of them today; -1 = none said today
}

// RecentCalls reads what the log knows of the calls since a moment and since a day began.
func (s *Store) RecentCalls(ctx context.Context, since, day time.Time) (CallsLately, error) {
	var rows []struct {
		ID uint64
		At time.Time
	}
	db := s.db.WithContext(ctx)
	if err := db.Raw("SELECT id, at FROM qlobooks_calls WHERE at >= ?", since.UTC()).Scan(&rows).Error; err != nil {
		return CallsLately{}, fmt.Errorf("read recent calls: %w", err)
	}
	l := CallsLately{Recent: make(map[string]time.Time, len(rows)), DayLeft: -1}
	for _, r := range rows {
		l.Recent[strconv.FormatUint(r.ID, 10)] = r.At
	}
	if err := db.Raw("SELECT COUNT(*) FROM qlobooks_calls WHERE at >= ?", day.UTC()).Scan(&l.Today).Error; err != nil {
		return l, fmt.Errorf("count today's calls: %w", err)
	}
	var told []struct {
		At       time.Time
		DayLimit int
		DayLeft  int
		After    int // calls since
	}
	const newest = 10000 // of calls that are searched for one
	err := db.Raw("SELECT c.at, c.day_limit, c.day_left, (SELECT COUNT(*) FROM qlobooks_calls n WHERE n.id > c.id) after FROM qlobooks_calls c WHERE c.day_limit IS NOT NULL "+
		"AND c.id > (SELECT GREATEST(CAST(COALESCE(MAX(id), 0) AS SIGNED) - ?, 0) FROM qlobooks_calls) ORDER BY c.id DESC LIMIT 1", newest).Scan(&told).Error
	if err != nil {
		return l, fmt.Errorf("read the day's limit: %w", err)
	}
	for _, t := range told {
		l.DayLimit = t.DayLimit
		if !t.At.Before(day) {
			l.DayLeft = max(0, t.DayLeft-t.After)
		}
	}
	return l, nil
}

// CallsLeftByHour reads what the last answer of each of a day's first hours said was left of the day's calls, by the
// number of the hour; one in which none said is not there.
func (s *Store) CallsLeftByHour(ctx context.Context, begun time.Time, hours int) (map[int]int, error) {
	if hours <= 0 {
		return map[int]int{}, nil
	}
	const last = "(SELECT ? hour, day_left FROM qlobooks_calls WHERE at >= ? AND at < ? AND day_left IS NOT NULL ORDER BY at DESC, id DESC LIMIT 1)"
	var args []any
	for hour := range hours {
		from := begun.Add(time.Duration(hour) * time.Hour).UTC()
		args = append(args, hour, from, from.Add(time.Hour))
	}
	var rows []struct{ Hour, DayLeft int }
	if err := s.db.WithContext(ctx).Raw(last+strings.Repeat(" UNION ALL "+last, hours-1), args...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the calls left by hour: %w", err)
	}
	left := make(map[int]int, len(rows))
	for _, r := range rows {
		left[r.Hour] = r.DayLeft
	}
	return left, nil
}

// Call reads one call with its bodies.
func (s *Store) Call(ctx context.Context, id uint64) (Call, error) {
	var rows []callRow
	err := s.db.WithContext(ctx).Raw("SELECT id, at, ref, method, path, query, status, code, ms, request, response, error FROM qlobooks_calls WHERE id = ?", id).Scan(&rows).Error
	if err != nil {
		return Call{}, fmt.Errorf("read call: %w", err)
	}
	if len(rows) == 0 {
		return Call{}, ErrNoRow
	}
	list := []Call{rows[0].call()}
	err = s.also(ctx, list)
	return list[0], err
}

// AuditQuery selects what people did; zero fields select everything.
type AuditQuery struct {
	Q, By, Action, Flow string
	From, To            time.Time
	Oldest              bool   // first, instead of the newest
	Behind              uint64 // only those that follow this one
	Limit               int
	Refused             bool // also sign-ins that were refused
}

// Itself is the actor of what QloBooks does of its own accord. selves are all such actors, which nobody may be named as.
const Itself = "QloBooks"

var selves = []string{Itself, "engine"}

// IsItself reports whether a name reads as one of QloBooks' own actors, as the database compares names.
func IsItself(name string) bool { return collate.Contains(selves, name) }

// Audit lists what people did in the order of time; what the engine did by itself is no part of it.
func (s *Store) Audit(ctx context.Context, q AuditQuery) ([]Event, error) {
	where, args := []string{"actor NOT IN ?"}, []any{selves}
	add := func(cond string, values ...any) { where, args = append(where, cond), append(args, values...) }
	follows, order := inTime(q.Oldest)
	if q.Behind > 0 {
		add("id "+follows+" ?", q.Behind)
	}
	if !q.Refused {
		add("action NOT IN ('sign_in_failed', 'sign_in_throttled')")
	}
	if q.Q != "" {
		part := "%" + ToTheLetter(q.Q) + "%"
		add("(detail LIKE ? OR actor LIKE ? OR CONCAT(flow, ':', source_id) = ?)", part, part, q.Q)
	}
	for cond, value := range map[string]string{"actor = ?": q.By, "action = ?": q.Action, "flow = ?": q.Flow} {
		if value != "" {
			add(cond, value)
		}
	}
	if !q.From.IsZero() {
		add("at >= ?", q.From.UTC())
	}
	if !q.To.IsZero() {
		add("at < ?", q.To.UTC())
	}
	var rows []struct {
		ID       uint64
		At       time.Time
		Actor    string
		Action   string
		Flow     string
		SourceID string
		Detail   *string
	}
	err := s.db.WithContext(ctx).Raw("SELECT id, at, actor, action, flow, source_id, detail FROM qlobooks_events WHERE "+strings.Join(where, " AND ")+" ORDER BY id "+order+" LIMIT ?", append(args, q.Limit)...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read audit trail: %w", err)
	}
	list := make([]Event, len(rows))
	for i, r := range rows {
		list[i] = Event{ID: r.ID, At: r.At, Actor: r.Actor, Action: r.Action, Ref: Ref{r.Flow, r.SourceID}}
		list[i].Detail, list[i].Changes = readDetail(text(r.Detail))
	}
	return list, nil
}

// sweep is how many rows one statement of the retention touches, so that nobody waits for it.
const sweep = 1000

// CleanLogs empties the bodies of calls older than bodyDays and deletes calls older than lineDays.
// The audit trail and the history of records stay.
func (s *Store) CleanLogs(ctx context.Context, bodyDays, lineDays int) (bodies, lines int, err error) {
	now := s.Now()
	var last uint64
	if err := s.db.WithContext(ctx).Raw("SELECT COALESCE(MAX(call_id), 0) FROM qlobooks_call_refs").Scan(&last).Error; err != nil {
		return 0, 0, fmt.Errorf("look for the newest call that names others: %w", err)
	}
	lines, err = s.inParts(ctx, "DELETE FROM qlobooks_calls WHERE at < ? ORDER BY at LIMIT ?", now.AddDate(0, 0, -lineDays))
	if err != nil {
		return 0, lines, fmt.Errorf("delete old calls: %w", err)
	}
	// Where no call is left at all, none of those seen before is; later ones may come meanwhile.
	var oldest uint64
	err = s.db.WithContext(ctx).Raw("SELECT COALESCE(MIN(id), ?) FROM qlobooks_calls", last+1).Scan(&oldest).Error
	if err == nil {
		_, err = s.inParts(ctx, "DELETE FROM qlobooks_call_refs WHERE call_id < ? ORDER BY call_id LIMIT ?", oldest)
	}
	if err != nil {
		return 0, lines, fmt.Errorf("delete whom old calls name: %w", err)
	}
	bodies, err = s.inParts(ctx, "UPDATE qlobooks_calls SET request = NULL, response = NULL WHERE at < ? AND (request IS NOT NULL OR response IS NOT NULL) ORDER BY at DESC LIMIT ?", now.AddDate(0, 0, -bodyDays))
	if err != nil {
		err = fmt.Errorf("empty old bodies: %w", err)
	}
	return bodies, lines, err
}

// inParts repeats a statement for what is before something, a number of rows at a time.
func (s *Store) inParts(ctx context.Context, statement string, before any) (int, error) {
	total := 0
	for {
		res := s.db.WithContext(ctx).Exec(statement, before, sweep)
		if res.Error != nil {
			return total, res.Error
		}
		total += int(res.RowsAffected)
		if res.RowsAffected < sweep {
			return total, nil
		}
	}
}
