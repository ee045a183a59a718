package runs

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/qlobooks/qlobooks/internal/store"
)

// Request is what a sync run was asked for: exactly one of IDs, All, Filter, Refs and Issue.
type Request struct {
	IDs    []string           `json:"ids,omitempty"`
	All    bool               `json:"all,omitempty"`
	Filter *store.RecordQuery `json:"filter,omitempty"`
	Refs   []store.Ref        `json:"refs,omitempty"`  // single documents
	Issue  string             `json:"issue,omitempty"` // everything that stands still for this cause
	Flows  []string           `json:"flows,omitempty"`
	Send   bool               `json:"send,omitempty"` // drafts alone, to be marked as sent
	Lane   store.Lane         `json:"lane"`
	Detail bool               `json:"detail,omitempty"` // of a preview: show every document
}

// queue marks the asked documents pending, slice by slice in the order of their ids. Orders are
// read again first, as an invoice or a payment may have come since they were listed: chosen ones are
// looked at, all of a long list are listed anew inside the database.
func (r *Runner) queue(ctx context.Context, token string, run store.Run) error {
	var req Request
	if err := json.Unmarshal(run.Request, &req); err != nil {
		return fmt.Errorf("request of run %d: %w", run.ID, err)
	}
	if req.Send {
		return r.send(ctx, token, run, req)
	}
	if len(req.Refs) > 0 {
		return r.Store.QueueRefs(ctx, run.ID, req.Refs, req.Lane)
	}
	if req.Issue != "" {
		return r.queueIssue(ctx, token, run, req)
	}
	if run.Cursor == "" {
		if err := r.brake(ctx, run, req.Query(run.Section), req.Flows); err != nil {
			return err
		}
	}
	anew, err := r.anew(ctx, run, req)
	if err != nil {
		return err
	}
	if anew {
		return r.queueAnew(ctx, token, run, req)
	}
	return r.walk(ctx, run, req, run.Cursor, func(page []store.Record) error {
		ids, err := r.relist(ctx, run.Section, page)
		if err != nil {
			return err
		}
		if err := r.queueRecords(ctx, run, req, ids); err != nil {
			return err
		}
		return r.move(ctx, token, run, page[len(page)-1].ID)
	})
}

// queueRecords queues what is asked of some records.
func (r *Runner) queueRecords(ctx context.Context, run store.Run, req Request, ids []string) error {
	if r.Empty != nil {
		if err := r.Empty(ctx, run.Section, ids); err != nil {
			return err
		}
	}
	return r.Store.Queue(ctx, run.ID, run.Section, ids, req.Flows, req.Lane)
}

// send queues the drafts among what is asked, to be marked as sent.
func (r *Runner) send(ctx context.Context, token string, run store.Run, req Request) error {
	if len(req.Refs) > 0 {
		_, err := r.Store.QueueDrafts(ctx, run.ID, run.Section, nil, req.Refs, req.Lane)
		return err
	}
	if run.Cursor == "" {
		if err := r.brake(ctx, run, req.Query(run.Section), nil); err != nil {
			return err
		}
	}
	return r.walk(ctx, run, req, run.Cursor, func(page []store.Record) error {
		ids := make([]string, len(page))
		for i, rec := range page {
			ids[i] = rec.ID
		}
		if _, err := r.Store.QueueDrafts(ctx, run.ID, run.Section, ids, nil, req.Lane); err != nil {
			return err
		}
		return r.move(ctx, token, run, page[len(page)-1].ID)
	})
}

// anew reports that a wish is for so many orders that all are listed anew, instead of these being read one
// by one. A run that is taken over while it lists goes on with that.
func (r *Runner) anew(ctx context.Context, run store.Run, req Request) (bool, error) {
	switch {
	case run.Section != orders || len(req.IDs) > 0:
		return false, nil
	case strings.HasPrefix(run.Cursor, listingAnew):
		return true, nil
	}
	long, err := r.Detect.Long(ctx, run.Section)
	if err != nil || !long {
		return false, err
	}
	most := many
	if r.Few > 0 {
		most = r.Few
	}
	return r.Store.MoreThan(ctx, req.Query(run.Section), most)
}

// queueAnew lists all of a long section, then queues what is asked of it by its ids alone. A record is
// loaded when a document of it is about to be sent.
func (r *Runner) queueAnew(ctx context.Context, token string, run store.Run, req Request) error {
	cursor := run.Cursor
	if at, lists := strings.CutPrefix(cursor, listingAnew); lists || cursor == "" {
		after, _ := strconv.ParseUint(at, 10, 64)
		for {
			next, _, _, err := r.Detect.List(ctx, run.Section, after)
			if err != nil {
				return err
			}
			if next == 0 {
				break
			}
			after = next
			if err := r.move(ctx, token, run, listingAnew+strconv.FormatUint(after, 10)); err != nil {
				return err
			}
		}
		cursor = "0"
	}
	query := req.Query(run.Section)
	query.Limit = many
	for {
		query.After = &store.Position{ID: cursor}
		ids, err := r.Store.RecordIDs(ctx, query)
		if err != nil || len(ids) == 0 {
			return err
		}
		if err := r.queueRecords(ctx, run, req, ids); err != nil {
			return err
		}
		cursor = ids[len(ids)-1]
		if err := r.move(ctx, token, run, cursor); err != nil {
			return err
		}
	}
}

// undo queues what another run posted to be taken back, a page at a time in the order in which Zoho Books accepts it.
func (r *Runner) undo(ctx context.Context, token string, run store.Run) error {
	var after store.UndoPosition
	if run.Cursor != "" {
		if err := json.Unmarshal([]byte(run.Cursor), &after); err != nil {
			return fmt.Errorf("cursor of run %d: %w", run.ID, err)
		}
	}
	for {
		list, next, err := r.Undone(ctx, run.Request, after, slice)
		if err != nil {
			return err
		}
		if err := r.Store.QueueUndo(ctx, run.ID, list); err != nil || next == nil {
			return err
		}
		after = *next
		at, _ := json.Marshal(after)
		if err := r.move(ctx, token, run, string(at)); err != nil {
			return err
		}
	}
}

// queueIssue queues all that stands still for a cause, however much it is, slice by slice.
func (r *Runner) queueIssue(ctx context.Context, token string, run store.Run, req Request) error {
	after, _ := strconv.ParseUint(run.Cursor, 10, 64)
	if run.Cursor == "" && !run.Released {
		m, err := r.Store.MeasureIssue(ctx, req.Issue)
		if err == nil {
			err = r.passes(ctx, m)
		}
		if err != nil {
			return err
		}
	}
	for {
		last, err := r.Store.QueueIssue(ctx, run.ID, req.Issue, after, req.Lane)
		if err != nil || last == 0 {
			return err
		}
		if err := r.move(ctx, token, run, strconv.FormatUint(last, 10)); err != nil {
			return err
		}
		after = last
	}
}

// Query selects the records a request names, a page at a time in the order of their ids.
func (req Request) Query(section string) store.RecordQuery {
	query := store.RecordQuery{}
	if req.Filter != nil {
		query = *req.Filter
	}
	query.Section, query.Sort, query.Descending, query.Limit = section, "source_id", false, slice
	if len(req.IDs) > 0 {
		query.IDs = req.IDs
	}
	return query
}

// walk goes through the records a request names.
func (r *Runner) walk(ctx context.Context, run store.Run, req Request, after string, each func(page []store.Record) error) error {
	query := req.Query(run.Section)
	if after != "" {
		query.After = &store.Position{ID: after}
	}
	for {
		page, next, err := r.Store.Records(ctx, query)
		if err != nil || len(page) == 0 {
			return err
		}
		if err := each(page); err != nil || next == nil {
			return err
		}
		query.After = next
	}
}

// relist reads orders again as lists show them, with the documents that came since.
func (r *Runner) relist(ctx context.Context, section string, page []store.Record) ([]string, error) {
	ids := make([]string, len(page))
	for i, rec := range page {
		ids[i] = rec.ID
	}
	if section != orders {
		return ids, nil
	}
	return ids, r.Detect.Refresh(ctx, section, ids)
}

// brake stops a person's wish that is beyond the limits and was sent without «confirm».
func (r *Runner) brake(ctx context.Context, run store.Run, query store.RecordQuery, flows []string) error {
	if run.Released {
		return nil
	}
	m, err := r.Store.MeasureRecords(ctx, query, flows)
	if err != nil {
		return err
	}
	return r.passes(ctx, m)
}

// passes is a store.Braked where so much waits for a person.
func (r *Runner) passes(ctx context.Context, m store.Measure) error {
	b, err := r.Exceeds(ctx, m)
	if err == nil && b != nil {
		err = &store.Braked{Brake: *b}
	}
	return err
}
