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

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Kinds of runs; contract section 4.
const (
	Initialize     = "initialize"
	Sync           = "sync"
	Setup          = "setup"
	MappingRefresh = "mapping_refresh"
)

const (
	lease = 60 * time.Second
	slice = 200
)

// Lister reads a section's source records as lists show them.
type Lister struct {
	Page func(ctx context.Context, after string, limit int) ([]qloapps.Listing, error) // by id, ascending
	ByID func(ctx context.Context, ids []string) ([]qloapps.Listing, error)
}

// Task is the work of a run that has no members; it returns the run's result.
type Task func(ctx context.Context, run store.Run) (total int, result any, err error)

// Runner carries runs out. All fields are required.
type Runner struct {
	Store   *store.Store
	Listers map[string]Lister // by section
	// Documents names what a listed record may become in Zoho Books.
	Documents func(ctx context.Context, section string, l qloapps.Listing) ([]store.Ref, error)
	Tasks     map[string]Task // by kind
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
	switch {
	case errors.Is(err, errStopped), ctx.Err() != nil:
		return nil
	case store.Passing(err):
		return err // somebody goes on from the cursor when the lease has ended
	case err != nil:
		f := fault.Of(err)
		slog.WarnContext(ctx, "run failed", "run", id, "kind", run.Kind, "error", err)
		return r.Store.FinishRun(ctx, token, id, 0, result, problem(f))
	case run.Kind == Sync:
		return r.Store.ListedRun(ctx, token, id)
	default:
		return r.Store.FinishRun(ctx, token, id, total, result, "")
	}
}

func problem(f *fault.Error) string {
	b, _ := json.Marshal(store.Issue{Code: f.Code, Detail: f.Detail, Action: f.Action})
	return string(b)
}

// keep renews the lease while a slice or a call takes long.
func (r *Runner) keep(ctx context.Context, token string, run store.Run) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(lease / 4)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				_ = r.Store.KeepRun(ctx, token, run.ID, lease)
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
	}
	task := r.Tasks[run.Kind]
	if task == nil {
		return 0, nil, fault.New(fault.Invalid, "unknown_run", "There is no run of kind %q.", run.Kind)
	}
	return task(ctx, run)
}

// initialize lists every source record of a section without asking Zoho anything.
func (r *Runner) initialize(ctx context.Context, token string, run store.Run) (int, error) {
	lister, ok := r.Listers[run.Section]
	if !ok {
		return 0, fault.New(fault.Invalid, "unknown_section", "There is no section %q.", run.Section)
	}
	progress := struct {
		After   string `json:"after"`
		Total   int    `json:"total"`
		Highest uint64 `json:"highest"`
	}{}
	if run.Cursor != "" {
		if err := json.Unmarshal([]byte(run.Cursor), &progress); err != nil {
			return 0, fmt.Errorf("cursor of run %d: %w", run.ID, err)
		}
	}
	for {
		page, err := lister.Page(ctx, progress.After, slice)
		if err != nil {
			return 0, err
		}
		if len(page) == 0 {
			return progress.Total, r.Store.MarkInitialized(ctx, run.Section, progress.Highest)
		}
		if err := r.store(ctx, run.Section, page); err != nil {
			return 0, err
		}
		progress.After = page[len(page)-1].ID
		progress.Total += len(page)
		progress.Highest, _ = strconv.ParseUint(progress.After, 10, 64)
		at, _ := json.Marshal(progress)
		if err := r.move(ctx, token, run, string(at)); err != nil {
			return 0, err
		}
	}
}

func (r *Runner) store(ctx context.Context, section string, page []qloapps.Listing) error {
	list := make([]store.Listed, len(page))
	for i, l := range page {
		refs, err := r.Documents(ctx, section, l)
		if err != nil {
			return err
		}
		list[i] = store.Listed{ID: l.ID, Name: l.Name, Terms: l.Search, Fields: l.Fields, HotelID: l.HotelID, Currency: l.Currency,
			CustomerID: l.CustomerID, Day: l.Date, Canceled: l.Canceled, DueOpen: l.DueOpen, Documents: refs}
	}
	return r.Store.AddRecords(ctx, section, list)
}

func (r *Runner) move(ctx context.Context, token string, run store.Run, cursor string) error {
	mine, err := r.Store.RenewRun(ctx, token, run.ID, cursor, lease)
	if err == nil && !mine {
		return errStopped
	}
	return err
}

// Request is what a sync run was asked for: exactly one of IDs, All, Filter and Refs.
type Request struct {
	IDs    []string           `json:"ids,omitempty"`
	All    bool               `json:"all,omitempty"`
	Filter *store.RecordQuery `json:"filter,omitempty"`
	Refs   []store.Ref        `json:"refs,omitempty"` // single documents
	Flows  []string           `json:"flows,omitempty"`
	Lane   store.Lane         `json:"lane"`
}

// queue marks the asked documents pending, slice by slice in the order of their ids. Orders are
// read again first, as an invoice or a payment may have come since they were listed.
func (r *Runner) queue(ctx context.Context, token string, run store.Run) error {
	var req Request
	if err := json.Unmarshal(run.Request, &req); err != nil {
		return fmt.Errorf("request of run %d: %w", run.ID, err)
	}
	if len(req.Refs) > 0 {
		return r.Store.QueueRefs(ctx, run.ID, req.Refs, req.Lane)
	}
	query := store.RecordQuery{}
	if req.Filter != nil {
		query = *req.Filter
	}
	query.Section, query.Sort, query.Descending, query.Limit = run.Section, "source_id", false, slice
	if len(req.IDs) > 0 {
		query.IDs = req.IDs
	}
	if run.Cursor != "" {
		query.After = &store.Position{ID: run.Cursor}
	}
	for {
		page, next, err := r.Store.Records(ctx, query)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			return nil
		}
		if err := r.queuePage(ctx, run, req, page); err != nil {
			return err
		}
		if err := r.move(ctx, token, run, page[len(page)-1].ID); err != nil {
			return err
		}
		if next == nil {
			return nil
		}
		query.After = next
	}
}

func (r *Runner) queuePage(ctx context.Context, run store.Run, req Request, page []store.Record) error {
	ids := make([]string, len(page))
	for i, rec := range page {
		ids[i] = rec.ID
	}
	if lister := r.Listers[run.Section]; lister.ByID != nil {
		fresh, err := lister.ByID(ctx, ids)
		if err != nil {
			return err
		}
		if err := r.store(ctx, run.Section, fresh); err != nil {
			return err
		}
	}
	return r.Store.Queue(ctx, run.ID, run.Section, ids, req.Flows, req.Lane)
}
