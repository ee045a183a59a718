package records

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/runs"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Documents answers for single documents.
type Documents struct{ *Desk }

// Get gives one document.
func (d Documents) Get(ctx context.Context, flow, id string) (wire.Document, error) {
	doc, err := d.find(ctx, flow, id)
	if err != nil {
		return wire.Document{}, err
	}
	links, err := d.Links(ctx)
	if err != nil {
		return wire.Document{}, err
	}
	all, err := d.around(ctx, doc.Ref)
	if err != nil {
		return wire.Document{}, err
	}
	shown := []wire.Document{document(doc, links)}
	err = d.applied(ctx, shown, []store.Document{doc}, all)
	return shown[0], err
}

// around are the documents of the order that shows one of them.
func (d Documents) around(ctx context.Context, ref store.Ref) ([]store.Document, error) {
	shows, err := d.Store.RecordsOf(ctx, ref)
	if err != nil {
		return nil, err
	}
	for _, r := range shows {
		if r.Section == wire.Orders {
			all, err := d.Store.DocumentsOf(ctx, r.Section, []string{r.ID})
			return all[r.ID], err
		}
	}
	return nil, nil
}

func (d Documents) find(ctx context.Context, flow, id string) (store.Document, error) {
	if _, err := d.sectionOf(flow); err != nil {
		return store.Document{}, err
	}
	ref := store.Ref{Flow: flow, ID: id}
	found, err := d.Store.Documents(ctx, []store.Ref{ref})
	if err != nil {
		return store.Document{}, err
	}
	doc, ok := found[ref]
	if !ok {
		return store.Document{}, fault.New(fault.NotFound, "unknown_document", "QloBooks knows no %s %s.", flow, id)
	}
	return doc, nil
}

// Sync queues one document.
func (d Documents) Sync(ctx context.Context, flow, id string, confirm bool, by string) (wire.Run, error) {
	doc, err := d.find(ctx, flow, id)
	if err != nil {
		return wire.Run{}, err
	}
	return d.queue(ctx, "sync", doc.Ref, confirm, by)
}

func (d Documents) queue(ctx context.Context, action string, ref store.Ref, confirm bool, by string) (wire.Run, error) {
	return d.ask(ctx, wish{action: action, kind: runs.Sync, section: d.Engine.Section(ref.Flow), request: runs.Request{Refs: []store.Ref{ref}, Lane: store.Person}, confirmed: confirm, ref: ref, by: by})
}

// Retry queues one document that did not get through.
func (d Documents) Retry(ctx context.Context, flow, id string, confirm bool, by string) (wire.Run, error) {
	doc, err := d.find(ctx, flow, id)
	if err != nil {
		return wire.Run{}, err
	}
	if !stuck(doc.Status) && !waitsForDay(doc) {
		return wire.Run{}, fault.New(fault.Conflict, "nothing_to_retry", "This document does not wait to be tried again.")
	}
	if err := d.retrying(ctx, doc.Issue.Code); err != nil {
		return wire.Run{}, err
	}
	return d.queue(ctx, "retry", doc.Ref, confirm, by)
}

// Skip takes one document out of scope.
func (d Documents) Skip(ctx context.Context, flow, id, reason, by string) (wire.Document, error) {
	return d.set(ctx, flow, id, true, reason, by)
}

// Unskip brings it back.
func (d Documents) Unskip(ctx context.Context, flow, id, by string) (wire.Document, error) {
	return d.set(ctx, flow, id, false, "", by)
}

// asked are the causes about which a person decides, by flow.
var asked = map[string][]string{
	"sales_order":  {"order_incomplete", "edited_in_zoho"},
	"invoice":      {"order_incomplete", "settled_otherwise", "invoices_do_not_add_up", "edited_in_zoho"},
	"payment":      {"before_export_invoice", "shares_differ", "shares_missing", "order_incomplete", "settled_otherwise", "entered_anew"},
	"credit_note":  {"order_incomplete", "settled_otherwise", "entered_anew"},
	"refund":       {"order_incomplete", "settled_otherwise", "slips_exceed", "entered_anew"},
	"cancellation": {"paid_document", "settled_otherwise"},
}

// releasable reports that a document's cause asks a person.
func releasable(d store.Document) bool { return slices.Contains(asked[d.Ref.Flow], d.Issue.Code) }

// Release goes on with a document about which the rules ask a person.
func (d Documents) Release(ctx context.Context, flow, id, reason, by string) (wire.Run, error) {
	doc, err := d.find(ctx, flow, id)
	if err != nil {
		return wire.Run{}, err
	}
	if !releasable(doc) {
		return wire.Run{}, fault.New(fault.Conflict, "nothing_to_release", "Nothing is asked about this document that Release could answer.")
	}
	if err := d.Store.Approve(ctx, doc.Ref); err != nil {
		return wire.Run{}, err
	}
	if err := d.Store.AddEvent(ctx, store.Event{Actor: by, Action: "release", Ref: doc.Ref, Detail: reason}); err != nil {
		return wire.Run{}, err
	}
	refs := []store.Ref{doc.Ref}
	if doc.Ref.Flow == "cancellation" { // what is decided may be the invoice's to do: a draft is voided
		refs = append(refs, store.Ref{Flow: "invoice", ID: doc.Ref.ID})
	}
	return d.start(ctx, runs.Sync, d.Engine.Section(flow), runs.Request{Refs: refs, Lane: store.Person}, true, by)
}

func (d Documents) set(ctx context.Context, flow, id string, skip bool, reason, by string) (wire.Document, error) {
	doc, err := d.find(ctx, flow, id)
	if err != nil {
		return wire.Document{}, err
	}
	if err := d.skipRefs(ctx, []store.Ref{doc.Ref}, skip, reason, by); err != nil {
		return wire.Document{}, err
	}
	return d.Get(ctx, flow, id)
}

// Runs answers for runs.
type Runs struct {
	*store.Store
	Ends Ends
	// Zone is the hotel's, in which the days of a filter begin; nil = UTC.
	Zone func(ctx context.Context) (*time.Location, error)
}

// List gives one page, newest first.
func (r Runs) List(ctx context.Context, q wire.RunQuery) (wire.RunPage, error) {
	page := wire.RunPage{Items: []wire.Run{}}
	filter := store.RunQuery{Statuses: q.Status, Kinds: q.Kind, By: q.By, Outcome: q.Outcome, Search: q.Q, Oldest: q.Oldest, Limit: q.Limit + 1}
	if err := r.between(ctx, q, &filter); err != nil {
		return page, err
	}
	if q.After != nil {
		filter.Behind, _ = strconv.ParseUint(q.After.ID, 10, 64)
	}
	list, err := r.Store.Runs(ctx, filter)
	if err != nil {
		return page, err
	}
	if len(list) > q.Limit {
		list = list[:q.Limit]
		page.Next = &wire.Position{ID: strconv.FormatUint(list[len(list)-1].ID, 10)}
	}
	for _, run := range list {
		page.Items = append(page.Items, r.Ends.Show(ctx, run))
	}
	if err := r.name(ctx, page.Items, list); err != nil {
		return page, err
	}
	page.Counts, err = r.RunCounts(ctx)
	return page, err
}

// Get gives one run.
func (r Runs) Get(ctx context.Context, id string) (wire.Run, error) {
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return wire.Run{}, fault.New(fault.NotFound, "not_found", "There is no run %q.", id)
	}
	run, err := r.Run(ctx, n)
	if err != nil {
		return wire.Run{}, notFound(err, "There is no run %s.", id)
	}
	shown := []wire.Run{r.Ends.Show(ctx, run)}
	err = r.name(ctx, shown, []store.Run{run})
	return shown[0], err
}

// Cancel stops what has not started.
func (r Runs) Cancel(ctx context.Context, id, by string) (wire.Run, error) {
	if _, err := r.Get(ctx, id); err != nil {
		return wire.Run{}, err
	}
	n, _ := strconv.ParseUint(id, 10, 64)
	changed, err := r.CancelRun(ctx, n)
	if err != nil {
		return wire.Run{}, err
	}
	if !changed {
		return wire.Run{}, fault.New(fault.Conflict, "run_ended", "Run %s has already ended.", id)
	}
	if err := r.AddEvent(ctx, store.Event{Actor: by, Action: "cancel_run", Detail: "Run " + id}); err != nil {
		return wire.Run{}, err
	}
	return r.Get(ctx, id)
}

// Release lets a waiting run pass its brake, on somebody's word.
func (r Runs) Release(ctx context.Context, id, reason, by string) (wire.Run, error) {
	run, err := r.Get(ctx, id)
	if err != nil {
		return run, err
	}
	detail := "Run " + id + ": " + reason
	if run.Brake != nil {
		detail = "Run " + id + " passed " + run.Brake.Limit + " (" + run.Brake.Wanted + " wanted, " + run.Brake.Allowed + " allowed): " + reason
	}
	n, _ := strconv.ParseUint(id, 10, 64)
	released, err := r.ReleaseRun(ctx, n, store.Event{At: r.Now(), Actor: by, Action: "release_run", Detail: detail})
	if err != nil {
		return run, err
	}
	if !released {
		return run, fault.New(fault.Conflict, "not_waiting", "Run %s does not wait at a brake.", id)
	}
	return r.Get(ctx, id)
}
