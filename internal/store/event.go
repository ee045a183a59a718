package store

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
)

// Event is one line of the history of a record or of the audit trail. Detail is a sentence, Changes
// is what was one thing before and another after.
type Event struct {
	ID     uint64
	At     time.Time
	Actor  string
	Action string
	Ref    Ref
	Detail string

	Changes []Change
}

// Change is one value that somebody changed. It must hold no secret.
type Change struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// detailOf is how a sentence and the changes are stored: these stand behind the last line break.
func detailOf(e Event) (string, error) {
	if len(e.Changes) == 0 {
		return e.Detail, nil
	}
	body, err := json.Marshal(e.Changes)
	return e.Detail + "\n" + string(body), err
}

// readDetail takes both apart again; a line that is no list of changes is part of the words.
func readDetail(stored string) (string, []Change) {
	at := strings.LastIndexByte(stored, '\n')
	var changes []Change
	if at < 0 || !strings.HasPrefix(stored[at+1:], `[{"field":`) || json.Unmarshal([]byte(stored[at+1:]), &changes) != nil {
		return stored, nil
	}
	return stored[:at], changes
}

// AddEvent writes one line.
func (s *Store) AddEvent(ctx context.Context, e Event) error {
	if e.At.IsZero() {
		e.At = s.Now()
	}
	return addEvent(s.db.WithContext(ctx), e)
}

func addEvent(tx *gorm.DB, e Event) error {
	detail, err := detailOf(e)
	if err != nil {
		return fmt.Errorf("add event: %w", err)
	}
	err = tx.Exec("INSERT INTO qlobooks_events (at, actor, action, flow, source_id, detail) VALUES (?, ?, ?, ?, ?, ?)",
		e.At, e.Actor, e.Action, e.Ref.Flow, e.Ref.ID, orNull(detail)).Error
	if err != nil {
		return fmt.Errorf("add event: %w", err)
	}
	return nil
}

// Events lists what happened to refs, newest first.
func (s *Store) Events(ctx context.Context, refs []Ref, limit int) ([]Event, error) {
	if len(refs) == 0 {
		return nil, nil
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
	err := s.db.WithContext(ctx).Raw("SELECT id, at, actor, action, flow, source_id, detail FROM qlobooks_events WHERE (flow, source_id) IN ? ORDER BY id DESC LIMIT ?",
		pairs(refs), limit).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	list := make([]Event, len(rows))
	for i, r := range rows {
		list[i] = Event{ID: r.ID, At: r.At, Actor: r.Actor, Action: r.Action, Ref: Ref{r.Flow, r.SourceID}, Detail: text(r.Detail)}
	}
	return list, nil
}

// CallLine is one call to Zoho as the log keeps it, without secrets.
type CallLine struct {
	At                       time.Time
	Ref, Method, Path, Query string
	Also                     []string // other records for which it was made
	Status                   int
	Code                     string
	Duration                 time.Duration
	Request, Response        string
	Error                    string
	DayLimit, DayLeft        *int // of calls, as the answer's headers said; nil if they did not
}

// noText stands for bytes that are no text.
const noText = "\uFFFD"

// AddCall writes one line of the call log. What came from outside may be written in any alphabet's bytes, as the page of
// a proxy is; bytes that are no text are shown as such, for the database takes none.
func (s *Store) AddCall(c CallLine) error {
	const most = 500
	c.Error = c.Error[:min(len(c.Error), most)]
	for _, text := range []*string{&c.Path, &c.Query, &c.Code, &c.Request, &c.Response, &c.Error} {
		*text = strings.ToValidUTF8(*text, noText)
	}
	return s.calls.do(c)[0]
}

func (s *Store) addCalls(list []CallLine) []error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if len(list) > 1 { // one that names others is written alone, as they name its id
		alone := slices.IndexFunc(list, func(c CallLine) bool { return len(c.Also) > 0 })
		if alone >= 0 {
			return slices.Concat(s.addCalls(list[:alone]), s.addCalls(list[alone:alone+1]), s.addCalls(list[alone+1:]))
		}
	}
	if len(list) == 0 {
		return nil
	}
	rows := make([][]any, len(list))
	for i, c := range list {
		rows[i] = []any{c.At, c.Ref, c.Method, c.Path, orNull(c.Query), c.Status, c.Code, min(max(c.Duration.Milliseconds(), 0), math.MaxUint32), orNull(c.Request), orNull(c.Response), c.Error, c.DayLimit, c.DayLeft}
	}
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := insert(tx, "INSERT INTO qlobooks_calls (at, ref, method, path, query, status, code, ms, request, response, error, day_limit, day_left)", rows, ""); err != nil || len(list[0].Also) == 0 {
			return err
		}
		var id uint64
		if err := tx.Raw("SELECT LAST_INSERT_ID()").Scan(&id).Error; err != nil {
			return err
		}
		var refs [][]any
		for _, ref := range list[0].Also {
			refs = append(refs, []any{id, ref})
		}
		return insert(tx, "INSERT IGNORE INTO qlobooks_call_refs (call_id, ref)", refs, "")
	})
	errs := make([]error, len(list))
	for i := range errs {
		if errs[i] = err; err != nil && len(list) > 1 { // together they may be too long for the server
			errs[i] = s.addCalls(list[i : i+1])[0]
		}
	}
	return errs
}

// CountCalls tells a run how many calls were made in its name.
func (s *Store) CountCalls(ctx context.Context, run uint64, ref string) error {
	return s.db.WithContext(ctx).Exec("UPDATE qlobooks_runs SET calls_used = (SELECT COUNT(*) FROM qlobooks_calls WHERE ref = ?) WHERE id = ?", ref, run).Error
}
