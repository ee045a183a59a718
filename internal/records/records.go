// Package records answers what people ask about records and documents, and takes their orders.
//
// It only reads and marks rows; the worker does what is marked. It speaks the API's words.
package records

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/runs"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Desk answers for records. Links builds addresses into both systems; it may be asked often.
type Desk struct {
	Store  *store.Store
	Engine *engine.Engine
	Links  func(ctx context.Context) (Links, error)
	// Retrying is told the causes for which documents waited that a person tries again; nil = nobody cares.
	Retrying func(ctx context.Context, codes []string) error
	// Imported tells of the payments that came from Zoho Books; nil = none do.
	Imported Imported
}

// Imported are the payments that came from Zoho Books.
type Imported interface {
	// Inbox groups what of them waits for a person, with how many came to wait on each of the last days.
	Inbox(ctx context.Context, days int, offset time.Duration) ([]wire.IssueGroup, error)
	// StartImport looks at them again.
	StartImport(ctx context.Context, scope, by string) (wire.Run, error)
	// Notices tells what a person should know of those that came to orders.
	Notices(ctx context.Context, orders []string) (map[string][]wire.Notice, error)
}

// Links builds addresses; both give "" when there is none.
type Links struct {
	Zoho    func(flow, zohoID string) string
	QloApps func(section, id string) string
}

// personal is up to how many chosen records a person is thought to wait for; more is history.
const personal = 50

var sectionFlows = map[string][]string{
	"orders": {"sales_order"}, "invoices": {"invoice", "cancellation"}, "payments": {"payment"}, "credit_notes": {"credit_note", "refund"},
}

// mainFlow is the flow whose document is the record's own.
var mainFlow = map[string]string{
	"hotels": "hotel", "room-types": "room_type", "service-products": "service_product", "customers": "customer", "currencies": "currency", "orders": "sales_order",
}

// List gives one page of a section.
func (d *Desk) List(ctx context.Context, section string, q wire.RecordQuery) (wire.RecordPage, error) {
	page := wire.RecordPage{Items: []wire.Record{}, Counts: map[string]int{}, NotListed: []wire.NotListed{}, Matching: wire.Matching{Status: map[string]int{}, Phase: map[string]wire.PhaseCount{}}}
	at, err := d.Store.Initialized(ctx, section)
	if err != nil || at == nil {
		return page, err
	}
	stamp := wire.At(*at)
	page.InitializedAt = &stamp
	query := storeQuery(section, q.RecordFilter)
	query.Sort, query.Descending, query.Limit = q.Sort, q.Descending, q.Limit
	if q.After != nil {
		query.After = &store.Position{Value: q.After.Value, ID: q.After.ID}
	}
	list, next, err := d.Store.Records(ctx, query)
	if err != nil {
		return page, err
	}
	if page.Items, err = d.shown(ctx, section, list); err != nil {
		return page, err
	}
	if next != nil {
		page.Next = &wire.Position{Value: next.Value, ID: next.ID}
	}
	if page.Counts, err = d.Store.RecordCounts(ctx, section); err != nil {
		return page, err
	}
	if page.Matching, err = d.matching(ctx, query); err != nil || q.After != nil {
		return page, err
	}
	page.NotListed, err = d.unlisted(ctx, section)
	return page, err
}

func storeQuery(section string, f wire.RecordFilter) store.RecordQuery {
	q := store.RecordQuery{Section: section, Q: strings.TrimSpace(f.Q), Statuses: f.Status, HotelID: f.Hotel, Currency: f.Currency, CustomerID: f.Customer, Issue: f.Issue, Draft: f.Draft, DayFrom: f.DateFrom, DayTo: f.DateTo}
	if f.Phase != "" {
		q.Phases = []string{f.Phase}
	}
	return q
}

func (d *Desk) shown(ctx context.Context, section string, list []store.Record) ([]wire.Record, error) {
	ids := make([]string, len(list))
	for i, r := range list {
		ids[i] = r.ID
	}
	docs, err := d.Store.ShownOf(ctx, section, ids)
	if err != nil {
		return nil, err
	}
	contacts, err := d.contacts(ctx, section, list)
	if err != nil {
		return nil, err
	}
	links, err := d.Links(ctx)
	if err != nil {
		return nil, err
	}
	told, err := d.told(ctx, section, ids)
	if err != nil {
		return nil, err
	}
	doubts, err := d.Store.DoubtsOf(ctx, section, ids)
	if err != nil {
		return nil, err
	}
	shown := make([]wire.Record, len(list))
	for i, r := range list {
		shown[i] = show(r, docs[r.ID], contactOf(r, contacts), links)
		doubtful(&shown[i], doubts[r.ID])
		shown[i].Notices = append(shown[i].Notices, told[r.ID]...)
	}
	return shown, nil
}

// told is what payments from Zoho Books make orders say.
func (d *Desk) told(ctx context.Context, section string, ids []string) (map[string][]wire.Notice, error) {
	if section != wire.Orders || d.Imported == nil {
		return nil, nil
	}
	return d.Imported.Notices(ctx, ids)
}

// contacts reads the contacts of the guests of listed orders at once.
func (d *Desk) contacts(ctx context.Context, section string, list []store.Record) (map[store.Ref]store.Document, error) {
	if section != wire.Orders {
		return nil, nil
	}
	var refs []store.Ref
	seen := map[string]bool{}
	for _, r := range list {
		for _, id := range []string{r.CustomerID, r.CustomerID + ":" + r.Currency} {
			if !seen[id] {
				seen[id] = true
				refs = append(refs, store.Ref{Flow: "customer", ID: id})
			}
		}
	}
	return d.Store.Documents(ctx, refs)
}

// contactOf is the contact that an order's documents name: the one in its currency, where there is
// one, as only guests who book in Zoho's base currency are named by their plain contact.
func contactOf(r store.Record, contacts map[store.Ref]store.Document) store.Document {
	if own := contacts[store.Ref{Flow: "customer", ID: r.CustomerID + ":" + r.Currency}]; own.ZohoID != "" {
		return own
	}
	return contacts[store.Ref{Flow: "customer", ID: r.CustomerID}]
}

// Get gives one record with its documents and history.
func (d *Desk) Get(ctx context.Context, section, id string) (wire.RecordDetail, error) {
	rec, docs, err := d.read(ctx, section, id)
	if err != nil {
		return wire.RecordDetail{}, err
	}
	shown, err := d.shown(ctx, section, []store.Record{rec})
	if err != nil {
		return wire.RecordDetail{}, err
	}
	links, err := d.Links(ctx)
	if err != nil {
		return wire.RecordDetail{}, err
	}
	detail := wire.RecordDetail{Record: shown[0], Documents: []wire.Document{}, History: []wire.HistoryEntry{}}
	refs := make([]store.Ref, len(docs))
	for i, doc := range docs {
		refs[i] = doc.Ref
		detail.Documents = append(detail.Documents, document(doc, links))
	}
	if err := d.applied(ctx, detail.Documents, docs, docs); err != nil {
		return wire.RecordDetail{}, err
	}
	events, err := d.Store.Events(ctx, refs, 100)
	if err != nil {
		return wire.RecordDetail{}, err
	}
	for _, e := range events {
		detail.History = append(detail.History, wire.HistoryEntry{At: wire.At(e.At), By: e.Actor, Flow: e.Ref.Flow, Event: e.Action, Detail: e.Detail})
	}
	return detail, nil
}

func (d *Desk) read(ctx context.Context, section, id string) (store.Record, []store.Document, error) {
	list, _, err := d.Store.Records(ctx, store.RecordQuery{Section: section, IDs: []string{id}, Limit: 1})
	if err != nil {
		return store.Record{}, nil, err
	}
	if len(list) == 0 {
		return store.Record{}, nil, fault.New(fault.NotFound, "unknown_record", "There is no record %s in %s.", id, section).
			Do("Initialize the section if the record is new.")
	}
	docs, err := d.Store.DocumentsOf(ctx, section, []string{id})
	return list[0], docs[id], err
}

// chosen reads one record on which somebody wants to act.
func (d *Desk) chosen(ctx context.Context, section, id string) (store.Record, []store.Document, error) {
	if err := d.initialized(ctx, section); err != nil {
		return store.Record{}, nil, err
	}
	return d.read(ctx, section, id)
}

// Initialize lists every source record of a section.
func (d *Desk) Initialize(ctx context.Context, section, by string) (wire.Run, error) {
	return d.ask(ctx, wish{action: "initialize", kind: runs.Initialize, section: section, request: struct{}{}, by: by})
}

// Sync queues the chosen records.
func (d *Desk) Sync(ctx context.Context, section string, sel wire.SyncRequest, by string) (wire.Run, error) {
	req, err := d.selection(ctx, section, sel)
	if err != nil {
		return wire.Run{}, err
	}
	if err := d.retrying(ctx, "refused_alike"); err != nil { // whoever asks may have cured what was refused
		return wire.Run{}, err
	}
	return d.ask(ctx, wish{action: "sync", kind: runs.Sync, section: section, request: req, confirmed: sel.Confirm, by: by})
}

// selection is what a run is asked for, of records that are all listed.
func (d *Desk) selection(ctx context.Context, section string, sel wire.SyncRequest) (runs.Request, error) {
	req := runs.Request{IDs: sel.IDs, All: sel.All, Lane: store.History}
	if err := d.initialized(ctx, section); err != nil {
		return req, err
	}
	if sel.Filter != nil {
		q := storeQuery(section, *sel.Filter)
		req.Filter = &q
	}
	if len(sel.IDs) > 0 {
		if err := d.known(ctx, section, sel.IDs); err != nil {
			return req, err
		}
		if len(sel.IDs) <= personal {
			req.Lane = store.Person
		}
	}
	for _, kind := range sel.Documents {
		req.Flows = append(req.Flows, sectionFlows[kind]...)
	}
	return req, nil
}

func (d *Desk) initialized(ctx context.Context, section string) error {
	at, err := d.Store.Initialized(ctx, section)
	if err == nil && at == nil {
		err = fault.New(fault.Conflict, "not_initialized", "This section has not been initialized yet.").Do("Use Initialize first; it asks Zoho Books nothing.")
	}
	return err
}

func (d *Desk) known(ctx context.Context, section string, ids []string) error {
	for len(ids) > 0 {
		n := min(200, len(ids))
		list, _, err := d.Store.Records(ctx, store.RecordQuery{Section: section, IDs: ids[:n], Limit: n})
		if err != nil {
			return err
		}
		found := map[string]bool{}
		for _, r := range list {
			found[r.ID] = true
		}
		for _, id := range ids[:n] {
			if !found[id] {
				return fault.New(fault.NotFound, "unknown_record", "There is no record %s in %s.", id, section).On("ids")
			}
		}
		ids = ids[n:]
	}
	return nil
}

// SyncOne queues one record, an order with all its documents.
func (d *Desk) SyncOne(ctx context.Context, section, id string, confirm bool, by string) (wire.Run, error) {
	_, docs, err := d.chosen(ctx, section, id)
	if err != nil {
		return wire.Run{}, err
	}
	return d.ask(ctx, wish{action: "sync", kind: runs.Sync, section: section, request: runs.Request{IDs: []string{id}, Lane: store.Person}, confirmed: confirm, ref: mainRef(section, docs), by: by})
}

// Retry queues those documents of a record again that did not get through.
func (d *Desk) Retry(ctx context.Context, section, id string, confirm bool, by string) (wire.Run, error) {
	_, docs, err := d.chosen(ctx, section, id)
	if err != nil {
		return wire.Run{}, err
	}
	var refs []store.Ref
	var codes []string
	for _, doc := range docs {
		if stuck(doc.Status) || waitsForDay(doc) {
			refs, codes = append(refs, doc.Ref), append(codes, doc.Issue.Code)
		}
	}
	if len(refs) == 0 {
		return wire.Run{}, fault.New(fault.Conflict, "nothing_to_retry", "Nothing of this record waits to be tried again.")
	}
	if err := d.retrying(ctx, codes...); err != nil {
		return wire.Run{}, err
	}
	return d.ask(ctx, wish{action: "retry", kind: runs.Sync, section: section, request: runs.Request{Refs: refs, Lane: store.Person}, confirmed: confirm, ref: mainRef(section, docs), by: by})
}

func (d *Desk) retrying(ctx context.Context, codes ...string) error {
	if d.Retrying == nil {
		return nil
	}
	return d.Retrying(ctx, codes)
}

// waitsForDay reports a document that goes on by itself when the day ends: a person may know that there
// are calls again before.
func waitsForDay(d store.Document) bool {
	return d.Status == store.Pending && d.Issue.Code == "daily_limit"
}

func stuck(s store.Status) bool {
	switch s {
	case store.Blocked, store.Held, store.Failed, store.Unknown, store.Rejected:
		return true
	default:
		return false
	}
}

// Skip takes the record's main document out of scope.
func (d *Desk) Skip(ctx context.Context, section, id, reason, by string) (wire.RecordDetail, error) {
	return d.setSkipped(ctx, section, id, true, reason, by)
}

// Unskip brings it back as not synced.
func (d *Desk) Unskip(ctx context.Context, section, id, by string) (wire.RecordDetail, error) {
	return d.setSkipped(ctx, section, id, false, "", by)
}

func (d *Desk) setSkipped(ctx context.Context, section, id string, skip bool, reason, by string) (wire.RecordDetail, error) {
	_, docs, err := d.chosen(ctx, section, id)
	if err != nil {
		return wire.RecordDetail{}, err
	}
	var refs []store.Ref
	for _, doc := range docs {
		if doc.Ref.Flow == mainFlow[section] || section == wire.Orders {
			refs = append(refs, doc.Ref)
		}
	}
	if err := d.skipRefs(ctx, refs, skip, reason, by); err != nil {
		return wire.RecordDetail{}, err
	}
	return d.Get(ctx, section, id)
}

func (d *Desk) skipRefs(ctx context.Context, refs []store.Ref, skip bool, reason, by string) error {
	action, detail := "unskip", ""
	if skip {
		action, detail = "skip", "Skipped by "+by
		if reason != "" {
			detail += ": " + reason
		}
	}
	changed, err := d.Store.SetSkipped(ctx, refs, skip, detail)
	if err != nil {
		return err
	}
	if changed == 0 && !skip {
		if err := d.filtered(ctx, refs); err != nil {
			return err
		}
	}
	if changed == 0 {
		return fault.New(fault.Conflict, "nothing_changed", "Nothing could be changed: it is being synchronized right now, or is already so.")
	}
	for _, ref := range refs {
		if err := d.Store.AddEvent(ctx, store.Event{Actor: by, Action: action, Ref: ref, Detail: reason}); err != nil {
			return err
		}
	}
	return nil
}

// filtered says which filter leaves documents out that somebody wants back: filters bind people too, and
// what one left out comes back by itself when it changes.
func (d *Desk) filtered(ctx context.Context, refs []store.Ref) error {
	by, err := d.Store.Filtered(ctx, refs)
	if err != nil {
		return err
	}
	for _, ref := range refs {
		if why, ok := by[ref]; ok {
			return fault.New(fault.Conflict, "filtered", "A filter leaves it out, and no person did: %s", why.Detail).Do(strings.TrimSpace(why.Action + " It then goes on by itself."))
		}
	}
	return nil
}

// notFound turns a missing row into the API's words.
func notFound(err error, format string, args ...any) error {
	if errors.Is(err, store.ErrNoRow) {
		return fault.New(fault.NotFound, "not_found", format, args...)
	}
	return err
}

// section of a flow, as pages name it.
func (d *Desk) sectionOf(flow string) (string, error) {
	section := d.Engine.Section(flow)
	if section == "" {
		return "", fault.New(fault.NotFound, "unknown_flow", "There is no flow %q; known are %s.", flow, strings.Join(d.Engine.Flows(), ", "))
	}
	return section, nil
}
