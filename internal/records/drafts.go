package records

import (
	"context"
	"slices"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/runs"
	"github.com/qlobooks/qlobooks/internal/store"
)

// MarkSent sends the drafts of chosen orders.
func (d *Desk) MarkSent(ctx context.Context, sel wire.SyncRequest, by string) (wire.Run, error) {
	sel.Documents = nil
	req, err := d.selection(ctx, wire.Orders, sel)
	if err != nil {
		return wire.Run{}, err
	}
	w := wish{action: "mark_sent", kind: runs.Sync, section: wire.Orders, request: req, confirmed: sel.Confirm, by: by, of: "drafts"}
	if len(req.IDs) == 1 {
		_, docs, err := d.read(ctx, wire.Orders, req.IDs[0])
		if err != nil {
			return wire.Run{}, err
		}
		n := slices.IndexFunc(docs, func(doc store.Document) bool { return doc.Draft != store.NoDraft })
		if n < 0 {
			return wire.Run{}, noDraft()
		}
		w.ref = docs[n].Ref
	}
	if req.Filter == nil {
		req.Filter = &store.RecordQuery{}
	}
	req.Filter.Draft, req.Send = true, true
	w.request = req
	return d.ask(ctx, w)
}

// Drafts counts the drafts of chosen orders, for whoever is about to mark them as sent.
func (d *Desk) Drafts(ctx context.Context, sel wire.SyncRequest) (wire.DraftCount, error) {
	sel.Documents = nil
	req, err := d.selection(ctx, wire.Orders, sel)
	if err != nil {
		return wire.DraftCount{}, err
	}
	orders, documents, err := d.Store.CountDrafts(ctx, req.Query(wire.Orders))
	return wire.DraftCount{Orders: orders, Documents: documents}, err
}

// MarkSent sends one draft.
func (d Documents) MarkSent(ctx context.Context, flow, id, by string) (wire.Run, error) {
	doc, err := d.find(ctx, flow, id)
	if err != nil {
		return wire.Run{}, err
	}
	if doc.Draft == store.NoDraft {
		return wire.Run{}, noDraft()
	}
	return d.ask(ctx, wish{action: "mark_sent", kind: runs.Sync, section: d.Engine.Section(flow), request: runs.Request{Refs: []store.Ref{doc.Ref}, Send: true, Lane: store.Person}, confirmed: true, ref: doc.Ref, by: by})
}

func noDraft() error {
	return fault.New(fault.Conflict, "no_draft", "No document of it stands in Zoho Books as a draft that could be sent.")
}

// drafted reports that one of the documents is a draft.
func drafted(docs []store.Document) bool {
	return slices.ContainsFunc(docs, func(d store.Document) bool { return d.Draft != store.NoDraft })
}
