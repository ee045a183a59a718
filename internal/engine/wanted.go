package engine

import (
	"context"

	"github.com/qlobooks/qlobooks/internal/store"
)

// Wanted is what a record should have at the destination, as a sync would find it now.
type Wanted struct {
	Document store.Document // as it is known
	Record   any            // nil: its row is gone at the source
	Facts    Facts
	Nothing  bool // rightly no document
	Changed  bool // it stands, and a sync would change it
	Err      error
}

// Wanted reads and maps records of a flow without changing or calling anything. The answer has
// every id.
func (e *Engine) Wanted(ctx context.Context, flow string, ids []string) (map[string]Wanted, error) {
	out := map[string]Wanted{}
	r := e.named[flow]
	if r == nil || len(ids) == 0 {
		return out, nil
	}
	snapshot, err := e.rules(ctx)
	if err != nil {
		return nil, err
	}
	b := &batch{Engine: e, runner: r, rules: snapshot}
	const part = 200
	for len(ids) > 0 {
		n := min(part, len(ids))
		if err := b.wanted(ctx, ids[:n], out); err != nil {
			return nil, err
		}
		ids = ids[n:]
	}
	return out, nil
}

func (b *batch) wanted(ctx context.Context, ids []string, out map[string]Wanted) error {
	refs, owners := make([]Ref, len(ids)), make([]string, len(ids))
	for i, id := range ids {
		refs[i] = Ref{Flow: b.runner.name, ID: id}
		owners[i] = refs[i].Key()
	}
	known, err := b.store.Documents(ctx, refs)
	if err != nil {
		return err
	}
	records, err := b.runner.load(ctx, ids)
	if err != nil {
		return err
	}
	docs := make([]store.Document, len(refs))
	for i, ref := range refs {
		docs[i] = known[ref]
		docs[i].Ref = ref
	}
	found, _, err := b.links(ctx, docs, records)
	if err != nil {
		return err
	}
	if err := b.gave(ctx, docs, found, nil); err != nil {
		return err
	}
	held := map[string][]string{}
	if b.runner.space != "" {
		if held, err = b.store.NamesOf(ctx, b.runner.space, owners); err != nil {
			return err
		}
	}
	for _, d := range docs {
		w := Wanted{Document: d}
		if record, ok := records[d.Ref.ID]; ok {
			a := &attempt{doc: d, record: record}
			w.Record = record
			w.Err = guard(func() error { return a.mapWith(b, &linked{engine: b.Engine, found: found}, held[d.Ref.Key()]) })
			w.Facts, w.Nothing = a.plan.facts, a.plan.nothing
			w.Changed = w.Err == nil && !w.Nothing && d.ZohoID != "" && d.Fingerprint != "" && d.Fingerprint != a.print
		}
		out[d.Ref.ID] = w
	}
	return nil
}
