package records

import (
	"cmp"
	"context"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/store"
)

// wish is a run that somebody asks for. ref is the one document that they pointed at, if any.
type wish struct {
	action, kind, section string
	request               any
	confirmed             bool
	ref                   store.Ref
	by                    string
	of                    string // what was chosen, in words; "" = the section
}

// ask starts a run and writes down who asked for it.
func (d *Desk) ask(ctx context.Context, w wish) (wire.Run, error) {
	run, err := d.start(ctx, w.kind, w.section, w.request, w.confirmed, w.by)
	if err != nil {
		return run, err
	}
	detail := "Run " + run.ID
	if w.ref == (store.Ref{}) {
		detail += ", " + cmp.Or(w.of, w.section)
	}
	return run, d.Store.AddEvent(ctx, store.Event{Actor: w.by, Action: w.action, Ref: w.ref, Detail: detail})
}

// start queues a run; a confirmed one passes the brakes.
func (d *Desk) start(ctx context.Context, kind, section string, request any, confirmed bool, by string) (wire.Run, error) {
	start := d.Store.StartRun
	if confirmed {
		start = d.Store.StartReleased
	}
	run, err := start(ctx, kind, section, request, by)
	if err != nil {
		return wire.Run{}, err
	}
	return ShowRun(run), nil
}
