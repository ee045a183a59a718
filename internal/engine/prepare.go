package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
)

// prepare loads and maps a batch with a number of queries that does not grow with it. Documents
// that could not be mapped are settled here; the others come back with their plan.
func (b *batch) prepare(ctx context.Context, docs []store.Document) ([]*attempt, error) {
	if len(docs) == 0 {
		return nil, nil
	}
	ids := make([]string, len(docs))
	owners := make([]string, len(docs))
	for i, d := range docs {
		ids[i], owners[i] = d.Ref.ID, d.Ref.Key()
	}
	records, err := b.runner.load(ctx, ids)
	if err != nil {
		return nil, err
	}
	found, needs, err := b.links(ctx, docs, records)
	if err != nil {
		return nil, err
	}
	awaited, err := b.awaited(ctx, docs)
	if err != nil {
		return nil, err
	}
	posted, unsure, unknown, err := b.posted(ctx, docs)
	if err != nil {
		return nil, err
	}
	if err := b.gave(ctx, docs, found, posted); err != nil {
		return nil, err
	}
	beside, err := b.beside(ctx, docs)
	if err != nil {
		return nil, err
	}
	var held map[string][]string
	if b.runner.space != "" {
		if held, err = b.store.NamesOf(ctx, b.runner.space, owners); err != nil {
			return nil, err
		}
	}
	var attempts []*attempt
	for _, d := range docs {
		record, ok := records[d.Ref.ID]
		if !ok && b.runner.gone != nil && d.ZohoID != "" {
			record, ok = b.runner.gone(d.Ref.ID), true
		}
		if !ok {
			b.settle(ctx, b.rowGone(ctx, d))
			continue
		}
		a := &attempt{doc: d, record: record, awaited: awaited[d.RowID], beside: beside[d.Ref], posted: posted[d.Ref], unsure: unsure && d.ZohoID == "", unknown: unknown}
		l := &linked{engine: b.Engine, found: found}
		if err := guard(func() error { return a.mapped(b, l, held[d.Ref.Key()]) }); err != nil {
			if out := b.unmapped(a.doc, err, l, needs[d.Ref]); !a.mayStand(b, err, out) {
				b.settle(ctx, out)
				continue
			}
		}
		a.needs = needs[d.Ref]
		a.mapAs = func(d store.Document) error {
			was := a.doc
			a.doc = d
			defer func() { a.doc = was }()
			return guard(func() error { return a.mapWith(b, l, held[d.Ref.Key()]) })
		}
		attempts = append(attempts, a)
	}
	return attempts, nil
}

// awaited tells which masters without a document others wait for, by row id.
func (b *batch) awaited(ctx context.Context, docs []store.Document) (map[uint64]bool, error) {
	var ids []uint64
	for _, d := range docs {
		if b.runner.master && d.ZohoID == "" && d.RowID != 0 {
			ids = append(ids, d.RowID)
		}
	}
	return b.store.Awaited(ctx, ids)
}

// links reads everything the records of a batch refer to.
func (b *batch) links(ctx context.Context, docs []store.Document, records map[string]any) (map[Ref]store.Document, map[Ref][]Ref, error) {
	needs := map[Ref][]Ref{}
	seen := map[Ref]bool{}
	var all []Ref
	for _, d := range docs {
		record, ok := records[d.Ref.ID]
		if !ok {
			continue
		}
		var refs, kin []Ref
		if err := guard(func() error { refs, kin = b.runner.needs(record, b.rules), b.runner.kin(record, b.rules); return nil }); err != nil {
			continue // mapping the record meets the same trouble and says so
		}
		needs[d.Ref] = refs
		for _, ref := range slices.Concat(refs, kin) {
			if !seen[ref] {
				seen[ref] = true
				all = append(all, ref)
			}
		}
	}
	found, err := b.store.Documents(ctx, all)
	if err != nil {
		return nil, nil, err
	}
	return found, needs, b.holders(ctx, docs, found)
}

// holders finds whose those documents are that others name by their ids at the destination.
func (b *batch) holders(ctx context.Context, docs []store.Document, found map[Ref]store.Document) error {
	if b.runner.named == nil {
		return nil
	}
	wanted := map[string][]string{} // ids by flow
	seen := map[Ref]bool{}          // whose they are is known already of most
	for ref, d := range maps.Clone(found) {
		if d.ZohoID != "" {
			holder := Holder(ref.Flow, d.ZohoID)
			seen[holder], found[holder] = true, d
		}
	}
	for _, d := range slices.Concat(docs, slices.Collect(maps.Values(found))) {
		for _, ref := range b.runner.named(d.Sent) {
			if !seen[ref] {
				seen[ref] = true
				wanted[ref.Flow] = append(wanted[ref.Flow], strings.TrimPrefix(ref.ID, holds))
			}
		}
	}
	for flow, ids := range wanted {
		holders, err := b.store.StandFor(ctx, flow, ids)
		if err != nil {
			return err
		}
		for id, d := range holders {
			found[Holder(flow, id)] = d
		}
	}
	return nil
}

// mapped maps a record. What was taken back stands no more: the record is mapped as if it had never been posted, and only
// where it is to have a document of its own, what stays void or inactive at the destination is brought back as that.
func (a *attempt) mapped(b *batch, links Links, held []string) error {
	if err := a.mapWith(b, links, held); err != nil {
		return err
	}
	back, aside := a.doc.Brought()
	if !aside || a.plan.nothing || a.plan.stands != "" {
		return nil
	}
	was := a.doc
	back.MadeAt = b.now()
	a.doc = back
	if revive := b.runner.revive; !b.runner.master && revive.Name != "" {
		a.doc.Fingerprint, a.plan.before = "", &revive
	} else if err := a.mapWith(b, links, held); err != nil {
		a.doc = was
		return err
	}
	a.aside = &was
	return nil
}

// kept is the document as it is saved at the end of an attempt: what was taken back stays so until something of it was
// brought back.
func (a *attempt) kept() store.Document {
	if a.aside == nil {
		return a.doc
	}
	d := *a.aside
	d.Intent, d.LateUntil = a.doc.Intent, a.doc.LateUntil
	return d
}

func (a *attempt) mapWith(b *batch, links Links, held []string) error {
	self := linkOf(a.doc)
	self.Awaited = a.awaited
	known := b.rules
	if a.doc.ZohoID != "" {
		known = known.Standing()
	}
	p, err := b.runner.plan(a.record, self, links, known)
	if err != nil {
		return err
	}
	if a.doc.ZohoID != "" {
		p.keep = p.keep || a.doc.KeepContent
		if a.doc.KeepState {
			p.steps = inState(p.steps, a.doc.Done(StepInactive))
		}
		if p.keep && a.doc.Day != "" {
			p.facts.Date = a.doc.Day // what is not written keeps the day that it bears, and locks ask for that one
		}
	}
	if a.doc.Paired && a.doc.Name != "" && len(p.names) > 0 {
		p.names = append(slices.Clone(p.names), a.doc.Name) // before it is refused under every other name, it keeps its own
	}
	a.plan = p
	a.name = heldName(p.names, held)
	if p.keep && a.doc.ZohoID != "" {
		a.print = a.doc.Fingerprint
		return nil
	}
	a.print, err = p.fingerprint(a.name)
	print, sure := told(p.version, a.doc.Fingerprint)
	switch {
	case print == "":
	case print == a.print || p.formerly(print):
		a.doc.Fingerprint = a.print // only the definition changed, if anything
	case p.chosen(a.doc.Sent) == print:
		a.print = a.doc.Fingerprint // only the mapping changed
	case !sure && err == nil && a.saysTheSame():
		a.doc.Fingerprint = a.print // by another definition
	}
	return err
}

// heldName is the candidate this record already owns: a suffix once given stays.
func heldName(candidates, held []string) string {
	for _, name := range candidates {
		for _, h := range held {
			if store.Fold(name) == h {
				return name
			}
		}
	}
	return ""
}

// unmapped ends an attempt whose mapping could not state a document. What it waits for is
// queued when it is a master, and watched in any case.
func (b *batch) unmapped(d store.Document, err error, l *linked, needs []Ref) *store.Outcome {
	out := b.failed(d, err, 0)
	kind := fault.KindOf(err)
	if kind == fault.Blocked || kind == fault.Skipped { // what is skipped with another comes back with it
		out.WaitOn = l.missing
	}
	if kind != fault.Blocked {
		return &out
	}
	if fault.Of(err).Code == Waiting && !l.stuck {
		out.Document.Issue.Code = ""
		out.Count = store.NotYet
		out.Event = ""
		out.Pull = b.absentMasters(l, needs)
	}
	return &out
}

// absentMasters are all masters a record needs that nobody has begun, so that they are made
// together instead of one after the other.
func (b *batch) absentMasters(l *linked, needs []Ref) []Ref {
	var absent []Ref
	for _, ref := range needs {
		r := b.Engine.named[ref.Flow]
		if d, ok := l.found[ref]; r != nil && r.master && (!ok || d.Unbegun()) {
			absent = append(absent, ref)
		}
	}
	return absent
}

// rowGone is gone, of one whose link was reset with what it stood for then, where that stands: nothing else would find it
// again.
func (b *batch) rowGone(ctx context.Context, d store.Document) *store.Outcome {
	was, err := b.stoodFor(ctx, d)
	if err != nil {
		return b.ended(ctx, &attempt{doc: d}, err)
	}
	if was.ZohoID == "" {
		return gone(d)
	}
	there, err := b.runner.others(b.errand(ctx, &attempt{doc: d}), Call{}, money.Zero, []string{was.ZohoID}, false)
	if err != nil {
		return b.ended(ctx, &attempt{doc: d, calls: 1}, err)
	}
	if len(there) > 0 {
		d = was
	}
	out := gone(d)
	out.Calls, out.Answered = 1, len(there) > 0
	return out
}

// stoodFor is a document without a link and without a row as it stood when the links were reset; without a link where it did
// not, or where what it did stands on another document, or for another one by now.
func (b *batch) stoodFor(ctx context.Context, d store.Document) (store.Document, error) {
	if d.ZohoID != "" || b.runner.others == nil || b.runner.master {
		return store.Document{}, nil
	}
	was, err := b.store.FormerLink(ctx, d.Ref)
	if err != nil || was.ZohoID == "" || gaveBack(was) {
		return store.Document{}, err
	}
	was.Ref = d.Ref
	if held, err := b.heldByAnother(ctx, was); held || err != nil {
		return store.Document{}, err
	}
	return d.As(was), nil
}

// gone ends an attempt whose source row no longer exists. What stands at the destination is
// never changed because of a missing row alone.
func gone(d store.Document) *store.Outcome {
	const code = "source_gone"
	out := store.Outcome{Document: d, Count: store.CountSkipped, Event: "Its row no longer exists in QloApps."}
	if d.ZohoID == "" {
		out.Document.Status = Skipped
		out.Document.Issue = store.Issue{Code: code, Detail: "Its row no longer exists in QloApps, and nothing of it stands in Zoho Books."}
		return &out
	}
	out.Document.Status = Synced
	out.Document.Issue = store.Issue{}
	out.Count = store.CountUnchanged
	out.Document.Notices = []Notice{{Code: code, Detail: "Its row no longer exists in QloApps. The document in Zoho Books was left as it is."}}
	return &out
}

// reserve gives attempts that need a display name the first one that is free. One that finds all
// taken stays without.
func (b *batch) reserve(ctx context.Context, attempts ...*attempt) error {
	nameless := map[string]*attempt{}
	candidates := map[string][]string{}
	for _, a := range attempts {
		if len(a.plan.names) > 0 && a.name == "" && a.writes() {
			key := a.doc.Ref.Key()
			nameless[key], candidates[key] = a, a.plan.names
		}
	}
	if len(candidates) == 0 {
		return nil
	}
	names, err := b.store.ReserveNames(ctx, b.runner.space, candidates)
	if err != nil {
		return err
	}
	for key, name := range names {
		a := nameless[key]
		if a.print, err = a.plan.fingerprint(name); err != nil {
			return fmt.Errorf("fingerprint with name: %w", err)
		}
		a.name = name
	}
	return nil
}

// writes reports that the document itself is made or changed, and not only steps of it are taken.
func (a *attempt) writes() bool {
	return !a.plan.nothing && a.plan.stands == "" && (a.doc.ZohoID == "" || a.doc.Fingerprint != a.print || a.plan.before != nil)
}

func (a *attempt) allNamesTaken() error {
	return fault.New(fault.Rejected, "name_taken", "Zoho Books already has other records under every name this one may have (%q and its variants).", a.plan.names[0]).
		Do("Rename the other record in Zoho Books, or pair this one with it.")
}
