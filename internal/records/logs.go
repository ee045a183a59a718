package records

import (
	"context"
	"strconv"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Logs answers for the calls to Zoho Books and for what people did.
type Logs struct{ Store *store.Store }

// Calls gives one page in the order of time.
func (l Logs) Calls(ctx context.Context, q wire.LogQuery) (wire.LogPage, error) {
	page := wire.LogPage{Items: []wire.LogLine{}}
	query := store.CallQuery{Q: q.Q, Bodies: q.Bodies, Statuses: q.Status, Flow: q.Flow, Ref: q.Ref, From: q.From, To: q.To, Oldest: q.Oldest, Behind: behind(q.After), Limit: q.Limit + 1}
	query.Run, _ = strconv.ParseUint(q.Run, 10, 64)
	list, err := l.Store.Calls(ctx, query)
	if err != nil {
		return page, err
	}
	if len(list) > q.Limit {
		list = list[:q.Limit]
		page.Next = &wire.Position{ID: strconv.FormatUint(list[len(list)-1].ID, 10)}
	}
	var refs []store.Ref
	for _, c := range list {
		refs = append(refs, store.ParseKey(c.CallLine.Ref))
	}
	shown, err := l.Store.ShownBy(ctx, refs)
	if err != nil {
		return page, err
	}
	for i, c := range list {
		line := logLine(c)
		line.Record = recordLink(shown, refs[i])
		page.Items = append(page.Items, line)
	}
	page.Counts, err = l.Store.CallCounts(ctx)
	return page, err
}

// recordLink names the record that shows a document; nil when none does.
func recordLink(shown map[store.Ref]store.Record, ref store.Ref) *wire.RecordLink {
	r, ok := shown[ref]
	if !ok {
		return nil
	}
	return &wire.RecordLink{Section: r.Section, SourceID: r.ID, Name: r.Name}
}

func behind(at *wire.Position) uint64 {
	if at == nil {
		return 0
	}
	id, _ := strconv.ParseUint(at.ID, 10, 64)
	return id
}

func logLine(c store.Call) wire.LogLine {
	also := c.Also
	if also == nil {
		also = []string{}
	}
	return wire.LogLine{Also: also, ID: strconv.FormatUint(c.ID, 10), At: wire.At(c.At), Ref: c.CallLine.Ref, Method: c.Method, Path: c.Path, Query: c.Query, Status: c.Status, Code: c.Code, MS: int(c.Duration.Milliseconds()), Error: c.Error}
}

// Call gives one call with its bodies.
func (l Logs) Call(ctx context.Context, id string) (wire.LogDetail, error) {
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return wire.LogDetail{}, fault.New(fault.NotFound, "not_found", "There is no call %q.", id)
	}
	c, err := l.Store.Call(ctx, n)
	if err != nil {
		return wire.LogDetail{}, notFound(err, "There is no call %s.", id)
	}
	line, ref := logLine(c), store.ParseKey(c.CallLine.Ref)
	shown, err := l.Store.ShownBy(ctx, []store.Ref{ref})
	if err != nil {
		return wire.LogDetail{}, err
	}
	line.Record = recordLink(shown, ref)
	return wire.LogDetail{LogLine: line, Request: wire.TextOrNull(c.Request), Response: wire.TextOrNull(c.Response)}, nil
}

// Audit gives one page of what people did in the order of time.
func (l Logs) Audit(ctx context.Context, q wire.AuditQuery) (wire.AuditPage, error) {
	page := wire.AuditPage{Items: []wire.AuditEntry{}, Counts: map[string]int{}}
	list, err := l.Store.Audit(ctx, store.AuditQuery{Q: q.Q, By: q.By, Action: q.Action, Flow: q.Flow, From: q.From, To: q.To, Oldest: q.Oldest, Behind: behind(q.After), Limit: q.Limit + 1, Refused: q.Refused})
	if err != nil {
		return page, err
	}
	if len(list) > q.Limit {
		list = list[:q.Limit]
		page.Next = &wire.Position{ID: strconv.FormatUint(list[len(list)-1].ID, 10)}
	}
	var refs []store.Ref
	for _, e := range list {
		refs = append(refs, e.Ref)
	}
	shown, err := l.Store.ShownBy(ctx, refs)
	if err != nil {
		return page, err
	}
	for _, e := range list {
		entry := wire.AuditEntry{ID: strconv.FormatUint(e.ID, 10), At: wire.At(e.At), By: e.Actor, Action: e.Action, Flow: e.Ref.Flow, SourceID: e.Ref.ID, Detail: e.Detail,
			Changes: []wire.Change{}, Record: recordLink(shown, e.Ref)}
		for _, c := range e.Changes {
			entry.Changes = append(entry.Changes, wire.Change(c))
		}
		page.Items = append(page.Items, entry)
	}
	return page, nil
}

// Tools forgets what QloBooks knows.
type Tools struct {
	Store *store.Store
	// MappingsForgotten is told that they were, for what is kept equal to them.
	MappingsForgotten func(ctx context.Context, by string) error
	// Organization is the id of the organization that is connected, or was last; "" = none yet.
	Organization func(ctx context.Context) (string, error)
}

// ResetPreview counts what Reset would forget.
func (t Tools) ResetPreview(ctx context.Context, scope string) (wire.ResetResult, error) {
	counts, err := t.Store.Forgettable(ctx, scope != "links", scope != "mappings", scope == "all")
	return wire.ResetResult{Forgotten: counts}, err
}

// Reset forgets mappings, links, or all.
func (t Tools) Reset(ctx context.Context, in wire.ResetRequest, by string) (wire.ResetResult, error) {
	id, err := t.Organization(ctx)
	if err != nil {
		return wire.ResetResult{}, err
	}
	if id == "" || in.Confirm != id {
		return wire.ResetResult{}, fault.New(fault.Invalid, "validation", "To confirm, repeat the id of the organization that is connected.").On("confirm")
	}
	event := store.Event{Actor: by, Action: "reset", Detail: "Forgot " + in.Scope + " of organization " + id + "."}
	forgotten, err := t.Store.Forget(ctx, in.Scope != "links", in.Scope != "mappings", in.Scope == "all", event)
	if err == nil && in.Scope != "links" && t.MappingsForgotten != nil {
		err = t.MappingsForgotten(context.WithoutCancel(ctx), by)
	}
	return wire.ResetResult{Forgotten: forgotten}, err
}
