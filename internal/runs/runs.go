// Package runs carries out what people start: list a section, queue records, set Zoho up,
// fetch what can be mapped.
//
// A run is a row. Whoever claims it works in slices and moves its cursor after each, so that a
// run whose worker dies goes on where it was. A run that only queues documents ends when the
// first attempt of the last of them has ended; the engine counts that.
package runs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/statement"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Kinds of runs; contract section 4.
const (
	Initialize     = "initialize"
	Sync           = "sync"
	Preview        = "preview"
	Setup          = "setup"
	MappingRefresh = "mapping_refresh"
	Tick           = "tick"
	Daily          = "daily"
	Reconcile      = "reconcile"
	Pairing        = "pairing"
	Import         = "import"
	Undo           = "undo"
)

const (
	lease = 25 * time.Second // as of documents: a dead worker's run is taken over within 30
	// longestPause is how long a run that waits for calls is left alone: the limit may be raised meanwhile.
	longestPause = 10 * time.Minute
	slice        = 200
	many         = 500 // records that are queued at once without being read
	// listed records are read at once: QloApps' tables without an index are read whole each time.
	listed = 1000

	orders = "orders" // the section whose records have documents of several flows
)

// Detector looks at source records: as Initialize lists them, as a person's wish needs them, and
// for the schedule.
type Detector interface {
	// Begin is called before a section is listed.
	Begin(ctx context.Context, section string) error
	// Adopt stores one page of a list.
	Adopt(ctx context.Context, section string, looks []qloapps.Look) error
	// CountUnlisted counts what QloApps has and a list of the section does not show.
	CountUnlisted(ctx context.Context, section string) error
	// Long reports that a section's records are listed inside the database, and List lists a part of
	// them behind an id: it tells where the next begins, 0 at the end, how many it holds, and the highest.
	Long(ctx context.Context, section string) (bool, error)
	List(ctx context.Context, section string, after uint64) (next uint64, listed int, highest uint64, err error)
	// Refresh looks at orders again, as an invoice or a payment may have come since.
	Refresh(ctx context.Context, section string, ids []string) error
	// Tick and Daily give their result; a *store.Braked error when they would queue too much. move
	// stores how far they came, an error of it must be passed on.
	Tick(ctx context.Context, run store.Run, move func(cursor string) error) (any, error)
	Daily(ctx context.Context, run store.Run, move func(cursor string) error) (any, error)
}

// Task is the work of a run that has no members; it returns the run's result.
type Task func(ctx context.Context, run store.Run) (total int, result any, err error)

// Runner carries runs out. All fields but Few are required.
type Runner struct {
	Store *store.Store
	// Page reads a section's source records by id, ascending, after one.
	Page   func(ctx context.Context, section, after string, limit int) ([]qloapps.Look, error)
	Detect Detector
	// Exceeds is the brake that something would exceed, nil if none.
	Exceeds func(ctx context.Context, m store.Measure) (*store.Brake, error)
	Tasks   map[string]Task // by kind
	// Few is up to how many orders of a long list a wish reads one by one; 0 = 500.
	Few    int
	Engine *engine.Engine
	// Empty says of those of some records that have no document which setting leaves it out; nil = none does.
	Empty func(ctx context.Context, section string, ids []string) error
	// Undone gives a page of what a run of the kind undo is to take back, and where the next begins.
	Undone func(ctx context.Context, request json.RawMessage, after store.UndoPosition, limit int) ([]store.Undo, *store.UndoPosition, error)
	// Takes is how long calls of a lane will take at the present budget.
	Takes func(ctx context.Context, calls int, lane store.Lane) (time.Duration, error)
}

// errStopped says that the run was canceled or belongs to another worker now.
var errStopped = errors.New("the run was stopped")

// Execute does the work of one run, if nobody else has it.
func (r *Runner) Execute(ctx context.Context, id uint64) error {
	token := uuid.NewString()
	mine, err := r.Store.ClaimRun(ctx, token, id, lease)
	if err != nil || !mine {
		return err
	}
	run, err := r.Store.Run(ctx, id)
	if err != nil {
		return err
	}
	stop := r.keep(ctx, token, run)
	total, result, err := r.work(ctx, token, run)
	stop()
	var braked *store.Braked
	switch {
	case errors.Is(err, errStopped), ctx.Err() != nil:
		return nil
	case statement.Passing(err) && !ofZoho(err):
		return err // somebody goes on from the cursor when the lease has ended
	case errors.As(err, &braked):
		slog.InfoContext(ctx, "run waits at a brake", "run", id, "kind", run.Kind, "limit", braked.Brake.Limit)
		return r.Store.BrakeRun(ctx, token, id, braked.Brake, result)
	case run.Kind == Reconcile && fault.Is(err, fault.Limited):
		slog.InfoContext(ctx, "run waits for the calls of another day", "run", id, "kind", run.Kind)
		return r.Store.PauseRun(ctx, token, id, result, min(max(fault.Of(err).RetryAfter, lease), longestPause))
	case r.Tasks[run.Kind] != nil && accessWaits(err):
		slog.InfoContext(ctx, "run waits for an access that Zoho takes", "run", id, "kind", run.Kind, "error", err)
		return r.Store.PauseRun(ctx, token, id, result, min(max(fault.Of(err).RetryAfter, lease), longestPause))
	case err != nil && comesBack(run, err) > 0 && r.again(run, err) == 0:
		pause := comesBack(run, err)
		slog.InfoContext(ctx, "run goes on when Zoho Books answers again", "run", id, "kind", run.Kind, "pause", pause, "error", err)
		return r.Store.RetryRun(ctx, token, id, result, pause)
	case err != nil && r.again(run, err) > 0:
		pause := r.again(run, err)
		slog.InfoContext(ctx, "run is tried again", "run", id, "kind", run.Kind, "pause", pause, "error", err)
		return r.Store.RetryRun(ctx, token, id, result, pause)
	case err != nil:
		f := fault.Of(err)
		slog.WarnContext(ctx, "run failed", "run", id, "kind", run.Kind, "error", err)
		return r.Store.FinishRun(ctx, token, id, total, result, problem(f))
	case run.Kind == Sync, run.Kind == Tick, run.Kind == Daily, run.Kind == Undo:
		return r.Store.ListedRun(ctx, token, id, result)
	default:
		return r.Store.FinishRun(ctx, token, id, total, result, "")
	}
}

// pauses are how long a run that reads Zoho Books is left alone after each try that Zoho, or the way there,
// broke off. What it read stays; after the last try it ends and says so.
var pauses = []time.Duration{2 * time.Second, 5 * time.Second, 15 * time.Second}

// again is how long to wait before a run is tried again; 0 = it is over. A task may be repeated as a whole,
// which costs no more than reading.
func (r *Runner) again(run store.Run, err error) time.Duration {
	if r.Tasks[run.Kind] == nil || run.Tries >= len(pauses) {
		return 0
	}
	switch f := fault.Of(err); f.Kind {
	case fault.Unavailable, fault.Unknown, fault.Limited:
		if f.RetryAfter > time.Minute { // a person is told instead of kept waiting
			return 0
		}
		return max(pauses[run.Tries], f.RetryAfter)
	case fault.Held: // a right that is missing for a moment
		if f.Code != zoho.ModuleMissing || f.RetryAfter > time.Minute {
			return 0
		}
		return max(pauses[run.Tries], f.RetryAfter)
	default:
		return 0
	}
}

// comesBack is how long an import that nobody waits for is left alone while Zoho Books, or the way there, is away;
// 0 = it is over. It does not end by that, as no other would come before the next day: it is tried every minute,
// after a quarter of an hour less often, and at once when another call goes well after an outage.
func comesBack(run store.Run, err error) time.Duration {
	if run.Kind != Import || run.StartedBy != store.Itself {
		return 0
	}
	const often, every = 20, 45 * time.Second
	switch f := fault.Of(err); f.Kind {
	case fault.Unavailable, fault.Unknown, fault.Limited:
		if run.Tries >= often {
			return longestPause
		}
		return min(max(f.RetryAfter, every), longestPause)
	default:
		return 0
	}
}

// accessWaits reports that Zoho does not take, or give, an access at the moment. That ends no run: it goes
// on when Zoho does. Only the accounts server's own word, which names no time, ends it.
func accessWaits(err error) bool {
	f := fault.Of(err)
	switch {
	case f == nil:
		return false
	case f.Kind == fault.Limited:
		return f.Code == zoho.RefusedCode || f.Code == "zoho_unavailable" // of the accounts server
	default:
		return f.Kind == fault.Auth && f.RetryAfter > 0 && f.RetryAfter <= time.Minute
	}
}

// ofZoho reports that it was Zoho Books, or the way there, that did not answer: the run ends and says so.
func ofZoho(err error) bool {
	switch f := fault.Of(err); f.Code {
	case "outcome_unknown", "zoho_unavailable", "token_pause", "minute_limit", "redis_unavailable":
		return true
	default:
		return f.Kind == fault.Unknown
	}
}

// problem is why a run failed. What is tried again by itself for a record is not for a run.
func problem(f *fault.Error) string {
	if f.Kind == fault.Unavailable || f.Kind == fault.Unknown || f.Kind == fault.Limited {
		again := *f
		again.Action, f = "Start it again in a few minutes.", &again
	}
	b, _ := json.Marshal(store.Issue{Code: f.Code, Detail: f.Detail, Action: f.Action})
	return string(b)
}

// look is how often a run looks at its lease.
const look = 250 * time.Millisecond

// keep renews the lease while a slice or a call takes long, by the clock that the lease is measured with.
func (r *Runner) keep(ctx context.Context, token string, run store.Run) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(look)
		defer tick.Stop()
		since := r.Store.Now()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if now := r.Store.Now(); now.Sub(since) >= lease/4 && r.Store.KeepRun(ctx, token, run.ID, lease) == nil {
					since = now
				}
			}
		}
	}()
	return func() { cancel(); <-done }
}

func (r *Runner) work(ctx context.Context, token string, run store.Run) (int, any, error) {
	switch run.Kind {
	case Initialize:
		total, err := r.initialize(ctx, token, run)
		return total, nil, err
	case Sync:
		return 0, nil, r.queue(ctx, token, run)
	case Preview:
		return r.preview(ctx, token, run)
	case Undo:
		return 0, run.Request, r.undo(ctx, token, run)
	case Tick, Daily:
		pass := r.Detect.Tick
		if run.Kind == Daily {
			pass = r.Detect.Daily
		}
		result, err := pass(ctx, run, func(cursor string) error { return r.move(ctx, token, run, cursor) })
		return 0, result, err
	}
	task := r.Tasks[run.Kind]
	if task == nil {
		return 0, nil, fault.New(fault.Invalid, "unknown_run", "There is no run of kind %q.", run.Kind)
	}
	return task(ctx, run)
}

// listing is how far Initialize came.
type listing struct {
	After   string `json:"after"`
	Total   int    `json:"total"`
	Highest uint64 `json:"highest"`
}

// initialize lists every source record of a section without asking Zoho anything.
func (r *Runner) initialize(ctx context.Context, token string, run store.Run) (int, error) {
	progress := listing{}
	if run.Cursor != "" {
		if err := json.Unmarshal([]byte(run.Cursor), &progress); err != nil {
			return 0, fmt.Errorf("cursor of run %d: %w", run.ID, err)
		}
	}
	if err := r.Detect.Begin(ctx, run.Section); err != nil {
		return 0, err
	}
	long, err := r.Detect.Long(ctx, run.Section)
	if err != nil {
		return 0, err
	}
	list := r.listPage
	if long {
		list = r.listSlice
	}
	for {
		more, err := list(ctx, run, &progress)
		if err != nil {
			return 0, err
		}
		if !more {
			if err := r.Detect.CountUnlisted(ctx, run.Section); err != nil {
				return 0, err
			}
			return progress.Total, r.Store.MarkInitialized(ctx, run.Section, progress.Highest)
		}
		at, _ := json.Marshal(progress)
		if err := r.move(ctx, token, run, string(at)); err != nil {
			return 0, err
		}
	}
}

// listPage loads and looks at a page of records.
func (r *Runner) listPage(ctx context.Context, run store.Run, at *listing) (more bool, err error) {
	page, err := r.Page(ctx, run.Section, at.After, listed)
	if err != nil || len(page) == 0 {
		return false, err
	}
	if err := r.Detect.Adopt(ctx, run.Section, page); err != nil {
		return false, err
	}
	at.After = page[len(page)-1].ID
	at.Total += len(page)
	at.Highest, _ = strconv.ParseUint(at.After, 10, 64)
	return true, nil
}

// listSlice lists a part of a long section without loading it.
func (r *Runner) listSlice(ctx context.Context, run store.Run, at *listing) (more bool, err error) {
	after, _ := strconv.ParseUint(at.After, 10, 64)
	next, n, highest, err := r.Detect.List(ctx, run.Section, after)
	if err != nil {
		return false, err
	}
	at.After = strconv.FormatUint(next, 10)
	at.Total += n
	at.Highest = max(at.Highest, highest)
	return next > 0, nil
}

func (r *Runner) move(ctx context.Context, token string, run store.Run, cursor string) error {
	mine, err := r.Store.RenewRun(ctx, token, run.ID, cursor, lease)
	if err == nil && !mine {
		return errStopped
	}
	return err
}

// listingAnew is the beginning of a run's cursor while its section is listed anew.
const listingAnew = "list:"
