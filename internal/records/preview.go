package records

import (
	"context"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/runs"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Preview tells what a sync of the chosen records would do.
func (d *Desk) Preview(ctx context.Context, section string, sel wire.SyncRequest, by string) (wire.Run, error) {
	req, err := d.selection(ctx, section, sel)
	if err != nil {
		return wire.Run{}, err
	}
	return d.ask(ctx, wish{action: "preview", kind: runs.Preview, section: section, request: req, by: by})
}

// PreviewOne tells what a sync of one record would do, document by document.
func (d *Desk) PreviewOne(ctx context.Context, section, id, by string) (wire.Run, error) {
	_, docs, err := d.chosen(ctx, section, id)
	if err != nil {
		return wire.Run{}, err
	}
	return d.ask(ctx, wish{action: "preview", kind: runs.Preview, section: section, request: runs.Request{IDs: []string{id}, Lane: store.Person, Detail: true}, ref: mainRef(section, docs), by: by})
}

// Preview tells what a sync of one document would do.
func (d Documents) Preview(ctx context.Context, flow, id, by string) (wire.Run, error) {
	doc, err := d.find(ctx, flow, id)
	if err != nil {
		return wire.Run{}, err
	}
	return d.ask(ctx, wish{action: "preview", kind: runs.Preview, section: d.Engine.Section(flow), request: runs.Request{Refs: []store.Ref{doc.Ref}, Lane: store.Person, Detail: true}, ref: doc.Ref, by: by})
}
