package records

import (
	"context"
	"strings"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/runs"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Linker ties documents to what stands in Zoho Books; *pairing.Service is the real one.
type Linker interface {
	Pair(ctx context.Context, ref store.Ref, zohoID, by string) error
	Unpair(ctx context.Context, ref store.Ref, reason, by string) error
	// Recreate names what must be queued after it.
	Recreate(ctx context.Context, ref store.Ref, reason, by string) ([]store.Ref, error)
	Take(ctx context.Context, ref store.Ref, reason, by string) error
}

// LinkDesk answers for the ties between records and Zoho Books.
type LinkDesk struct {
	*Desk
	Linker Linker
}

// mainDocument is the one that a record's own verbs mean: of an order its sales order, else its
// first invoice; of a guest the contact in Zoho's base currency, else the first that stands.
func mainDocument(section string, docs []store.Document) *store.Document {
	for _, name := range []string{mainFlow[section], "invoice"} {
		var whole, part *store.Document
		for i, d := range docs {
			switch {
			case d.Ref.Flow != name:
			case strings.Contains(d.Ref.ID, ":"):
				if part == nil && d.ZohoID != "" {
					part = &docs[i]
				}
			case whole == nil:
				whole = &docs[i]
			}
		}
		if whole != nil && whole.ZohoID == "" && part != nil {
			return part
		}
		if whole != nil {
			return whole
		}
	}
	return nil
}

// mainRef names the main document; zero when the record has none.
func mainRef(section string, docs []store.Document) store.Ref {
	if main := mainDocument(section, docs); main != nil {
		return main.Ref
	}
	return store.Ref{}
}

func (d LinkDesk) main(ctx context.Context, section, id string) (store.Ref, error) {
	_, docs, err := d.chosen(ctx, section, id)
	if err != nil {
		return store.Ref{}, err
	}
	main := mainDocument(section, docs)
	if main == nil {
		return store.Ref{}, fault.New(fault.Conflict, "no_document", "This record has no document of its own that could stand in Zoho Books.")
	}
	return main.Ref, nil
}

// PairRecord ties a record's main document to a Zoho record.
func (d LinkDesk) PairRecord(ctx context.Context, section, id, zohoID, by string) (wire.RecordDetail, error) {
	ref, err := d.main(ctx, section, id)
	if err == nil {
		ref.ID, _, _ = strings.Cut(ref.ID, ":") // the contact's currency decides which of a guest's it is
		err = d.Linker.Pair(ctx, ref, zohoID, by)
	}
	if err != nil {
		return wire.RecordDetail{}, err
	}
	return d.Desk.Get(ctx, section, id)
}

// UnpairRecord forgets the link of a record's main document.
func (d LinkDesk) UnpairRecord(ctx context.Context, section, id, reason, by string) (wire.RecordDetail, error) {
	ref, err := d.main(ctx, section, id)
	if err == nil {
		err = d.Linker.Unpair(ctx, ref, reason, by)
	}
	if err != nil {
		return wire.RecordDetail{}, err
	}
	return d.Desk.Get(ctx, section, id)
}

// RecreateRecord makes a record's main document stand in Zoho Books again.
func (d LinkDesk) RecreateRecord(ctx context.Context, section, id, reason, by string) (wire.Run, error) {
	ref, err := d.main(ctx, section, id)
	if err != nil {
		return wire.Run{}, err
	}
	return d.recreate(ctx, ref, reason, by)
}

func (d LinkDesk) recreate(ctx context.Context, ref store.Ref, reason, by string) (wire.Run, error) {
	refs, err := d.Linker.Recreate(ctx, ref, reason, by)
	if err != nil {
		return wire.Run{}, err
	}
	return d.start(ctx, runs.Sync, d.Engine.Section(ref.Flow), runs.Request{Refs: refs, Lane: store.Person}, true, by)
}

func (d LinkDesk) known(ctx context.Context, flow, id string) (store.Ref, error) {
	doc, err := Documents{d.Desk}.find(ctx, flow, id)
	return doc.Ref, err
}

// PairDocument ties one document to a Zoho record.
func (d LinkDesk) PairDocument(ctx context.Context, flow, id, zohoID, by string) (wire.Document, error) {
	ref, err := d.known(ctx, flow, id)
	if err == nil {
		err = d.Linker.Pair(ctx, ref, zohoID, by)
	}
	if err != nil {
		return wire.Document{}, err
	}
	return Documents{d.Desk}.Get(ctx, flow, id)
}

// UnpairDocument forgets the link of one document.
func (d LinkDesk) UnpairDocument(ctx context.Context, flow, id, reason, by string) (wire.Document, error) {
	ref, err := d.known(ctx, flow, id)
	if err == nil {
		err = d.Linker.Unpair(ctx, ref, reason, by)
	}
	if err != nil {
		return wire.Document{}, err
	}
	return Documents{d.Desk}.Get(ctx, flow, id)
}

// RecreateDocument makes one document stand in Zoho Books again.
func (d LinkDesk) RecreateDocument(ctx context.Context, flow, id, reason, by string) (wire.Run, error) {
	ref, err := d.known(ctx, flow, id)
	if err != nil {
		return wire.Run{}, err
	}
	return d.recreate(ctx, ref, reason, by)
}

// TakeChange takes over what people changed of one document in Zoho Books without moving an amount.
func (d LinkDesk) TakeChange(ctx context.Context, flow, id, reason, by string) (wire.Document, error) {
	ref, err := d.known(ctx, flow, id)
	if err == nil {
		err = d.Linker.Take(ctx, ref, reason, by)
	}
	if err != nil {
		return wire.Document{}, err
	}
	return Documents{d.Desk}.Get(ctx, flow, id)
}
