// Package undo takes back what a run posted: it judges document by document what may be taken back and how, and starts
// the run that does it. The calls themselves are the engine's.
package undo

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/runs"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Service answers for undoing runs. All fields are required.
type Service struct {
	Store *store.Store
	Locks func(ctx context.Context) (rules.Locks, error)
	// Organization is the id of the organization that is connected, or was last; "" = none yet.
	Organization func(ctx context.Context) (string, error)
	Section      func(flow string) string
	URL          func(ctx context.Context) (func(flow, zohoID string) string, error)
	Show         func(ctx context.Context, run store.Run) (wire.Run, error)
}

// Request is what a run of the kind undo was asked for.
type Request struct {
	Run    uint64 `json:"run"`
	Reason string `json:"reason"`
}

// undoable are the kinds of runs that post.
var undoable = []string{runs.Sync, runs.Tick, runs.Daily}

// source is the run that is to be undone.
func (s *Service) source(ctx context.Context, id string) (store.Run, error) {
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return store.Run{}, fault.New(fault.NotFound, "not_found", "There is no run %q.", id)
	}
	run, err := s.Store.Run(ctx, n)
	switch {
	case err == store.ErrNoRow:
		return run, fault.New(fault.NotFound, "not_found", "There is no run %s.", id)
	case err != nil:
		return run, err
	case !slices.Contains(undoable, run.Kind):
		return run, fault.New(fault.Conflict, "not_undoable", "Run %s posted nothing to Zoho Books, so there is nothing to undo.", id)
	case !run.Finished():
		return run, fault.New(fault.Conflict, "run_active", "Run %s has not ended yet.", id).Do("Wait until it has ended, or cancel it; then undo it.")
	}
	return run, nil
}

// judging is what a page of documents is judged by.
type judging struct {
	run   store.Run
	locks rules.Locks
}

func (s *Service) judging(ctx context.Context, run store.Run) (j judging, err error) {
	j.run = run
	j.locks, err = s.Locks(ctx)
	return j, err
}

// Judged is one document with what would become of it.
type judged struct {
	store.Undo
	left bool // the run did not make it, so undoing the run does not concern it
}

func (s *Service) page(ctx context.Context, j judging, after store.UndoPosition, limit int) (list []judged, next *store.UndoPosition, err error) {
	page, next, err := s.Store.PostedBy(ctx, j.run.ID, after, limit)
	if err != nil {
		return nil, nil, err
	}
	others, err := s.Store.StandingBeside(ctx, j.run.ID, page)
	if err != nil {
		return nil, nil, err
	}
	for _, d := range page {
		one := judged{Undo: store.Undo{Document: d, Way: wayOf(d.Document)}}
		one.Refused, one.left = j.judge(d, others[d.RowID])
		list = append(list, one)
	}
	return list, next, nil
}

// wayOf is how a document would be taken back, as far as is known without reading it.
func wayOf(d store.Document) string {
	switch {
	case d.ByRefund():
		return engine.UndoUnapply
	case d.Ref.Flow == "payment", d.Draft != store.NoDraft:
		return engine.UndoDelete
	case slices.Contains([]string{"sales_order", "invoice", "credit_note", "refund", "cancellation"}, d.Ref.Flow):
		return engine.UndoVoid
	default:
		return engine.UndoInactive
	}
}

func (j judging) judge(d store.PostedDocument, beside []store.Document) (why store.Issue, left bool) {
	refuse := func(err error) store.Issue {
		f := fault.Of(err)
		return store.Issue{Code: f.Code, Detail: f.Detail, Action: f.Action}
	}
	switch {
	case d.Ref.Flow == "currency", d.Ref.Flow == "revenue": // no posted journal is ever changed: the next one moves what was wrong
		return store.Issue{}, true
	case d.By == "": // it stood before the run, or a later one posted it
		return store.Issue{}, true
	case d.MadeAt == nil || d.Paired: // as imported payments, which came from there
		return refuse(fault.New(fault.Held, "stood_before", "It stood in Zoho Books before QloBooks posted it, or a person tied it by hand.").Do("Take it back in Zoho Books by hand if that is right.")), false
	case d.By != d.ZohoID: // a later run made it anew
		return store.Issue{}, true
	case !d.Idle || d.UndoRun != 0:
		return refuse(fault.New(fault.Held, "busy", "It is being synchronized or taken back right now, or the outcome of a call is still being found out.").Do("Undo the run again in a moment.")), false
	case slices.Contains([]string{"edited_in_zoho", "settled_otherwise", "invoice_voided_by_hand"}, d.Issue.Code):
		return d.Issue, false
	case destination.MovedByHand(d.Extra):
		return refuse(fault.New(fault.Held, "settled_otherwise", "Somebody moved its money in Zoho Books since it was posted.").Do("Decide first what becomes of the money, on the record's page; then undo the run again.")), false
	}
	var days rules.Days
	days.Add(d.Ref.Flow == "payment" || d.ByRefund(), d.Day)
	if err := j.locks.Refuse(days); err != nil {
		issue := refuse(err)
		issue.Action = "Unlock the period in Zoho Books, then undo the run again."
		return issue, false
	}
	for _, other := range beside {
		if words := standsOn(other, d.Document); words != "" {
			return refuse(fault.New(fault.Held, "stands_on_it", "%s, which another run posted.", words).Do("Undo that run first, then this one.")), false
		}
	}
	return store.Issue{}, false
}

// standsOn says how another document stands on one, "" when it does not.
func standsOn(other, on store.Document) string {
	switch {
	case on.Ref.Flow == "sales_order" && other.Ref.Flow == "invoice" && !other.Done(store.VoidStep):
		return other.Title + " was made of it"
	case on.Ref.Flow == "payment" && other.ByRefund() && other.ZohoID == on.ZohoID && other.RowID != on.RowID:
		return other.Title + " went back of it"
	case on.Ref.Flow == "invoice" && !other.ByRefund():
		kept := destination.KeptOf(engine.Link{Extra: other.Extra})
		if kept.Money != nil && kept.Money.Settles[on.ZohoID].IsPositive() {
			return other.Title + " settles it"
		}
	}
	return ""
}

// Plan gives a page of what an undo run is to do, for whoever carries it out.
func (s *Service) Plan(ctx context.Context, request json.RawMessage, after store.UndoPosition, limit int) ([]store.Undo, *store.UndoPosition, error) {
	var in Request
	if err := json.Unmarshal(request, &in); err != nil {
		return nil, nil, fmt.Errorf("request of an undo: %w", err)
	}
	run, err := s.Store.Run(ctx, in.Run)
	if err != nil {
		return nil, nil, err
	}
	j, err := s.judging(ctx, run)
	if err != nil {
		return nil, nil, err
	}
	page, next, err := s.page(ctx, j, after, limit)
	if err != nil {
		return nil, nil, err
	}
	var list []store.Undo
	for _, one := range page {
		if !one.left {
			list = append(list, one.Undo)
		}
	}
	return list, next, nil
}

// slice is how many documents are judged at once while they are counted.
const slice = 500

// Preview says document by document what undoing a run would take back. It calls nobody: each document is read and
// judged again right before it is taken back.
func (s *Service) Preview(ctx context.Context, id string, limit int, after *wire.Position) (wire.UndoPreview, error) {
	preview := wire.UndoPreview{Items: []wire.UndoItem{}}
	run, err := s.source(ctx, id)
	if err != nil {
		return preview, err
	}
	j, err := s.judging(ctx, run)
	if err != nil {
		return preview, err
	}
	url, err := s.URL(ctx)
	if err != nil {
		return preview, err
	}
	var from store.UndoPosition
	if after != nil {
		from = position(after.ID)
	} else if preview.Counts, preview.ByCurrency, err = s.count(ctx, j); err != nil {
		return preview, err
	}
	for from := &from; from != nil && len(preview.Items) < limit; {
		page, next, err := s.page(ctx, j, *from, limit-len(preview.Items))
		if err != nil {
			return preview, err
		}
		for _, one := range page {
			if !one.left {
				preview.Items = append(preview.Items, s.item(one, url))
			}
		}
		if from = next; next != nil {
			preview.Next = &wire.Position{ID: fmt.Sprintf("%d %d", next.Place, next.ID)}
		} else {
			preview.Next = nil
		}
	}
	return preview, nil
}

func position(text string) (p store.UndoPosition) {
	_, _ = fmt.Sscanf(text, "%d %d", &p.Place, &p.ID)
	return p
}

func (s *Service) item(one judged, url func(flow, zohoID string) string) wire.UndoItem {
	d := one.Document
	item := wire.UndoItem{Flow: d.Ref.Flow, SourceID: d.Ref.ID, Section: s.Section(d.Ref.Flow), Title: d.Title, ZohoNumber: wire.TextOrNull(d.Number), ZohoURL: wire.TextOrNull(url(d.Ref.Flow, d.ZohoID)),
		Date: wire.TextOrNull(d.Day), Currency: wire.TextOrNull(d.Currency), Way: one.Way}
	if d.Total != nil && d.Currency != "" {
		amount := money.Text(*d.Total)
		item.Total = &amount
	}
	if one.Refused.Code != "" {
		item.Issue = &wire.Issue{Code: one.Refused.Code, Title: fault.Explain(one.Refused.Code).Title, Detail: one.Refused.Detail, Action: one.Refused.Action}
	}
	return item
}

// count adds up all that would be taken back and refused, a slice at a time.
func (s *Service) count(ctx context.Context, j judging) (*wire.UndoCounts, []wire.UndoSum, error) {
	counts, sums := &wire.UndoCounts{}, map[[2]string]*wire.UndoSum{}
	amounts := map[[2]string]money.Decimal{}
	var order [][2]string
	for from := (&store.UndoPosition{}); from != nil; {
		page, next, err := s.page(ctx, j, *from, slice)
		if err != nil {
			return nil, nil, err
		}
		for _, one := range page {
			switch {
			case one.left:
				counts.Left++
				continue
			case one.Refused.Code != "":
				counts.Refused++
				continue
			}
			switch one.Way {
			case engine.UndoDelete:
				counts.Delete++
			case engine.UndoVoid:
				counts.Void++
			case engine.UndoUnapply:
				counts.Unapply++
			default:
				counts.Inactive++
			}
			d := one.Document
			if d.Currency == "" || d.Total == nil {
				continue
			}
			key := [2]string{d.Ref.Flow, d.Currency}
			if sums[key] == nil {
				sums[key] = &wire.UndoSum{Flow: d.Ref.Flow, Currency: d.Currency}
				order = append(order, key)
			}
			sums[key].Count++
			amounts[key] = amounts[key].Add(*d.Total)
		}
		from = next
	}
	list := []wire.UndoSum{}
	for _, key := range order {
		sums[key].Amount = money.Text(amounts[key])
		list = append(list, *sums[key])
	}
	return counts, list, nil
}

// Start begins the run that undoes another.
func (s *Service) Start(ctx context.Context, id string, in wire.UndoRequest, by string) (wire.Run, error) {
	organization, err := s.Organization(ctx)
	if err != nil {
		return wire.Run{}, err
	}
	if organization == "" || in.Confirm != wire.Yes && string(in.Confirm) != organization {
		return wire.Run{}, fault.New(fault.Invalid, "validation", "To confirm, repeat the id of the organization that is connected.").On("confirm")
	}
	source, err := s.source(ctx, id)
	if err != nil {
		return wire.Run{}, err
	}
	run, began, err := s.Store.StartRunAbout(ctx, source.ID, runs.Undo, source.Section, Request{Run: source.ID, Reason: in.Reason}, by) // one undo of a run at a time
	if err != nil {
		return wire.Run{}, err
	}
	if !began {
		return s.Show(ctx, run)
	}
	if err := s.Store.AddEvent(ctx, store.Event{Actor: by, Action: "undo_run", Detail: fmt.Sprintf("Run %d, by run %d: %s", source.ID, run.ID, in.Reason)}); err != nil {
		return wire.Run{}, err
	}
	return s.Show(ctx, run)
}
