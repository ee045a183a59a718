package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// RunStatus is the life of a run.
type RunStatus string

const (
	RunQueued   RunStatus = "queued"
	RunWaiting  RunStatus = "waiting"
	RunRunning  RunStatus = "running"
	RunDone     RunStatus = "done"
	RunFailed   RunStatus = "failed"
	RunCanceled RunStatus = "canceled"
)

// Run is one thing somebody started, with its progress.
type Run struct {
	ID                                     uint64
	Kind, Section                          string
	Request                                json.RawMessage
	Status                                 RunStatus
	Cursor                                 string
	Listed                                 bool
	Total                                  *int
	Done, Failed, Held, Unchanged, Skipped int
	CallsUsed                              int
	Tries                                  int // that were broken off by what passes
	Brake                                  json.RawMessage
	Released                               bool // a person let it pass the brakes
	Result                                 json.RawMessage
	Error                                  string
	StartedBy                              string
	CreatedAt                              time.Time
	StartedAt, FinishedAt                  *time.Time
}

// Finished reports that nothing of the run will change any more.
func (r Run) Finished() bool {
	return r.Status == RunDone || r.Status == RunFailed || r.Status == RunCanceled
}

type runRow struct {
	ID                                     uint64
	Kind, Section                          string
	Request                                string
	Status                                 string
	CursorAt                               string
	Listed                                 bool
	Total                                  *int
	Done, Failed, Held, Unchanged, Skipped int
	CallsUsed, Tries                       int
	Brake, Result, Error                   *string
	Released                               bool
	StartedBy                              string
	CreatedAt                              time.Time
	StartedAt, FinishedAt                  *time.Time
}

const runColumns = "id, kind, section, request, status, cursor_at, listed, total, done, failed, held, unchanged, skipped, calls_used, tries, brake, released, result, error, " +
	"started_by, created_at, started_at, finished_at"

func (r runRow) run() Run {
	return Run{
		ID: r.ID, Kind: r.Kind, Section: r.Section, Request: json.RawMessage(r.Request), Status: RunStatus(r.Status), Cursor: r.CursorAt, Listed: r.Listed,
		Total: r.Total, Done: r.Done, Failed: r.Failed, Held: r.Held, Unchanged: r.Unchanged, Skipped: r.Skipped, CallsUsed: r.CallsUsed, Tries: r.Tries,
		Brake: rawJSON(r.Brake), Released: r.Released, Result: rawJSON(r.Result), Error: text(r.Error), StartedBy: r.StartedBy, CreatedAt: r.CreatedAt, StartedAt: r.StartedAt, FinishedAt: r.FinishedAt,
	}
}

// StartRun queues a run. A second identical request while one is unfinished gives that one.
func (s *Store) StartRun(ctx context.Context, kind, section string, request any, by string) (Run, error) {
	run, _, err := startRun(s.db.WithContext(ctx), kind, section, request, request, by, s.Now(), false)
	return run, err
}

// StartRunAbout is StartRun where a second request about the same thing while one is unfinished gives that one, however they
// differ otherwise; began is false then.
func (s *Store) StartRunAbout(ctx context.Context, about any, kind, section string, request any, by string) (run Run, began bool, err error) {
	return startRun(s.db.WithContext(ctx), kind, section, about, request, by, s.Now(), false)
}

// StartReleased is StartRun for a request that a person lets pass the brakes; a run of it that
// waits at one goes on.
func (s *Store) StartReleased(ctx context.Context, kind, section string, request any, by string) (Run, error) {
	run, _, err := startRun(s.db.WithContext(ctx), kind, section, request, request, by, s.Now(), true)
	if err != nil || run.Released || run.Finished() {
		return run, err
	}
	// the same request was made before without the word: it may be on its way to the brake
	if err := s.exec(ctx, "UPDATE qlobooks_runs SET released = 1 WHERE id = ? AND status IN ('queued', 'running')", run.ID).Error; err != nil {
		return run, fmt.Errorf("release a run: %w", err)
	}
	if run, err = s.Run(ctx, run.ID); err != nil || run.Status != RunWaiting {
		return run, err
	}
	e := Event{At: s.Now(), Actor: by, Action: "release_run", Detail: fmt.Sprintf("Run %d: asked for again and confirmed.", run.ID)}
	if _, err := s.ReleaseRun(ctx, run.ID, e); err != nil {
		return run, err
	}
	return s.Run(ctx, run.ID)
}

func startRun(db *gorm.DB, kind, section string, about, request any, by string, now time.Time, released bool) (run Run, began bool, err error) {
	body, err := json.Marshal(request)
	if err != nil {
		return Run{}, false, fmt.Errorf("run request: %w", err)
	}
	same, err := json.Marshal(about)
	if err != nil {
		return Run{}, false, fmt.Errorf("what a run is about: %w", err)
	}
	hash := sha256.Sum256([]byte(kind + "\n" + section + "\n" + string(same)))
	sum := hex.EncodeToString(hash[:])
	res := db.Exec("INSERT IGNORE INTO qlobooks_runs (kind, section, request, request_sum, active_sum, status, released, started_by, created_at) VALUES (?, ?, ?, ?, ?, 'queued', ?, ?, ?)",
		kind, section, string(body), sum, sum, released, by, now)
	if res.Error != nil {
		return Run{}, false, fmt.Errorf("start run: %w", res.Error)
	}
	var row runRow
	if err := db.Raw("SELECT "+runColumns+" FROM qlobooks_runs WHERE request_sum = ? ORDER BY active_sum IS NULL, id DESC LIMIT 1", sum).Scan(&row).Error; err != nil {
		return Run{}, false, fmt.Errorf("read started run: %w", err)
	}
	return row.run(), res.RowsAffected > 0, nil
}

// ErrNoRow says that what was asked for by id does not exist.
var ErrNoRow = errors.New("no such row")

// Run reads one run.
func (s *Store) Run(ctx context.Context, id uint64) (Run, error) {
	var rows []runRow
	if err := s.db.WithContext(ctx).Raw("SELECT "+runColumns+" FROM qlobooks_runs WHERE id = ?", id).Scan(&rows).Error; err != nil {
		return Run{}, fmt.Errorf("read run: %w", err)
	}
	if len(rows) == 0 {
		return Run{}, ErrNoRow
	}
	return rows[0].run(), nil
}

// RunQuery selects runs; zero fields select everything.
type RunQuery struct {
	Statuses []string
	Kind     string
	Kinds    []string   // any of these
	By       string     // who started it
	From, To *time.Time // created from the first moment up to before the second
	Outcome  string     // with records that ended so: done, unchanged, skipped, held, failed
	Search   string     // their id, or how what they do, its section, or the name of who started them begins
	Oldest   bool       // first, instead of the newest
	Behind   uint64     // only those that follow this one
	Limit    int
}

// outcomes are the columns that count how a run's records ended.
var outcomes = map[string]bool{"done": true, "unchanged": true, "skipped": true, "held": true, "failed": true}

// inTime is how what follows in a list compares, and how the list is sorted: from the oldest on, or from the newest.
func inTime(oldest bool) (follows, order string) {
	if oldest {
		return ">", "ASC"
	}
	return "<", "DESC"
}

// Runs lists runs in the order of time.
func (s *Store) Runs(ctx context.Context, q RunQuery) ([]Run, error) {
	follows, order := inTime(q.Oldest)
	query, args := "SELECT "+runColumns+" FROM qlobooks_runs WHERE (? = 0 OR id "+follows+" ?)", []any{q.Behind, q.Behind}
	if q.Search != "" {
		query += " AND (CAST(id AS CHAR) = ? OR LEFT(kind, CHAR_LENGTH(?)) = ? OR LEFT(section, CHAR_LENGTH(?)) = ? OR LOWER(LEFT(started_by, CHAR_LENGTH(?))) = LOWER(?))"
		for range 7 {
			args = append(args, q.Search)
		}
	}
	if len(q.Statuses) > 0 {
		query, args = query+" AND status IN ?", append(args, q.Statuses)
	}
	if q.Kind != "" {
		query, args = query+" AND kind = ?", append(args, q.Kind)
	}
	if len(q.Kinds) > 0 {
		query, args = query+" AND kind IN ?", append(args, q.Kinds)
	}
	if q.By != "" {
		query, args = query+" AND started_by = ?", append(args, q.By)
	}
	if q.From != nil {
		query, args = query+" AND created_at >= ?", append(args, *q.From)
	}
	if q.To != nil {
		query, args = query+" AND created_at < ?", append(args, *q.To)
	}
	if outcomes[q.Outcome] {
		query += " AND " + q.Outcome + " > 0"
	}
	var rows []runRow
	if err := s.db.WithContext(ctx).Raw(query+" ORDER BY id "+order+" LIMIT ?", append(args, q.Limit)...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	list := make([]Run, len(rows))
	for i, r := range rows {
		list[i] = r.run()
	}
	return list, nil
}

// RunCounts tells how many runs there are in each status.
func (s *Store) RunCounts(ctx context.Context) (map[string]int, error) {
	return counts(s.db.WithContext(ctx).Raw("SELECT status, COUNT(*) n FROM qlobooks_runs GROUP BY status"))
}

func counts(query *gorm.DB) (map[string]int, error) {
	var rows []struct {
		Status string
		N      int
	}
	if err := query.Scan(&rows).Error; err != nil {
		return nil, err
	}
	result := map[string]int{}
	for _, r := range rows {
		result[r.Status] = r.N
	}
	return result, nil
}

// OpenRuns lists runs whose own work (listing, setting up, fetching) is still to be done by
// somebody: queued ones, and running ones whose worker has gone.
func (s *Store) OpenRuns(ctx context.Context, limit int) ([]uint64, error) {
	var ids []uint64
	err := s.db.WithContext(ctx).Raw("SELECT id FROM qlobooks_runs WHERE status IN ('queued', 'running') AND listed = 0 AND (lease_until IS NULL OR lease_until < ?) ORDER BY id LIMIT ?",
		s.moment(), limit).Scan(&ids).Error
	return ids, err
}

// ClaimRun takes the work of a run for token; false when somebody else has it or it is over.
func (s *Store) ClaimRun(ctx context.Context, token string, id uint64, lease time.Duration) (bool, error) {
	now := s.moment()
	res := s.exec(ctx, "UPDATE qlobooks_runs SET lease_owner = ?, lease_until = ?, status = 'running', started_at = COALESCE(started_at, ?) "+
		"WHERE id = ? AND listed = 0 AND status IN ('queued', 'running') AND (lease_until IS NULL OR lease_until < ?)", token, s.after(lease), now, id, now)
	return res.RowsAffected == 1, res.Error
}

// RenewRun keeps a run and moves its cursor; false when the run was taken over or canceled.
func (s *Store) RenewRun(ctx context.Context, token string, id uint64, cursor string, lease time.Duration) (bool, error) {
	db := s.db.WithContext(ctx)
	res := s.exec(ctx, "UPDATE qlobooks_runs SET lease_until = ?, cursor_at = ? WHERE id = ? AND lease_owner = ? AND status = 'running'", s.after(lease), cursor, id, token)
	if res.Error != nil || res.RowsAffected == 1 {
		return res.Error == nil, res.Error
	}
	var mine int // a row that already reads so is not counted as affected
	err := db.Raw("SELECT COUNT(*) FROM qlobooks_runs WHERE id = ? AND lease_owner = ? AND status = 'running'", id, token).Scan(&mine).Error
	return mine == 1, err
}

// FinishRun ends a run that has no members, or could not work at all (problem not empty). One that failed keeps
// what was counted before, as its last try may not have come so far.
func (s *Store) FinishRun(ctx context.Context, token string, id uint64, total int, result any, problem string) error {
	status, failed := RunDone, problem != ""
	if failed {
		status = RunFailed
	}
	body, err := resultText(result)
	if err != nil {
		return err
	}
	return s.exec(ctx, "UPDATE qlobooks_runs SET status = ?, active_sum = NULL, listed = 1, total = IF(?, GREATEST(total, ?), ?), done = IF(?, GREATEST(done, ?), ?), result = IF(?, COALESCE(?, result), ?), error = ?, finished_at = ?, "+
		"lease_owner = NULL, lease_until = NULL WHERE id = ? AND lease_owner = ? AND status = 'running'",
		string(status), failed, total, total, failed, total, total, failed, body, body, orNull(problem), s.Now(), id, token).Error
}

func resultText(result any) (any, error) {
	if result == nil {
		return nil, nil
	}
	b, err := json.Marshal(result)
	if err != nil {
		return nil, fmt.Errorf("run result: %w", err)
	}
	return string(b), nil
}

// ListedRun says that every member of a run is known; the run ends when the last record of it is
// counted. result may be nil.
func (s *Store) ListedRun(ctx context.Context, token string, id uint64, result any) error {
	body, err := resultText(result)
	if err != nil {
		return err
	}
	return s.tx(ctx, func(tx *gorm.DB) error {
		err := tx.Exec("UPDATE qlobooks_runs SET listed = 1, total = (SELECT COUNT(DISTINCT section, record_id) FROM qlobooks_run_documents WHERE run_id = ?), result = ?, lease_owner = NULL, lease_until = NULL "+
			"WHERE id = ? AND lease_owner = ? AND status = 'running'", id, body, id, token).Error
		if err != nil {
			return fmt.Errorf("list run: %w", err)
		}
		return finish(tx, []uint64{id}, s.Now())
	})
}

// KeepRun renews a run's lease without moving its cursor.
func (s *Store) KeepRun(ctx context.Context, token string, id uint64, lease time.Duration) error {
	return s.exec(ctx, "UPDATE qlobooks_runs SET lease_until = ? WHERE id = ? AND lease_owner = ?", s.after(lease), id, token).Error
}

// PauseRun leaves a run for a while with what it has done so far; then any worker goes on with it.
func (s *Store) PauseRun(ctx context.Context, token string, id uint64, result any, pause time.Duration) error {
	body, err := resultText(result)
	if err != nil {
		return err
	}
	return s.exec(ctx, "UPDATE qlobooks_runs SET result = ?, lease_until = ? WHERE id = ? AND lease_owner = ? AND status = 'running'", body, s.after(pause), id, token).Error
}

// RetryRun is PauseRun after a try that was broken off by what passes. Nobody has the run meanwhile, so that it may
// go on before its time.
func (s *Store) RetryRun(ctx context.Context, token string, id uint64, result any, pause time.Duration) error {
	body, err := resultText(result)
	if err != nil {
		return err
	}
	return s.exec(ctx, "UPDATE qlobooks_runs SET tries = tries + 1, result = COALESCE(?, result), lease_owner = NULL, lease_until = ? WHERE id = ? AND lease_owner = ? AND status = 'running'", body, s.after(pause), id, token).Error
}

// RunProgress shows how far a run that has no members has come.
func (s *Store) RunProgress(ctx context.Context, id uint64, total, done int, result any) error {
	body, err := resultText(result)
	if err != nil {
		return err
	}
	return s.exec(ctx, "UPDATE qlobooks_runs SET total = ?, done = ?, result = ? WHERE id = ? AND status = 'running'", total, done, body, id).Error
}

// RunCalls adds calls that a run itself made.
func (s *Store) RunCalls(ctx context.Context, id uint64, calls int) error {
	return s.db.WithContext(ctx).Exec("UPDATE qlobooks_runs SET calls_used = calls_used + ? WHERE id = ?", calls, id).Error
}
