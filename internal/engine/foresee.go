package engine

import (
	"context"
	"encoding/json"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/store"
)

// task is a loaded document that waits to be foreseen.
type task struct {
	batch  *batch
	doc    store.Document
	record any
	there  bool // its row exists
	// awaited tells that another document needs it.
	awaited bool
	found   map[Ref]store.Document
	needs   []Ref
	names   []string
	absent  map[Ref]Foreseen
	beside  []store.Document
}

// foresee loads documents of one flow, foresees the earlier flows that they need, and then each
// of them, unless another asked for it first. needed tells that others need them.
func (p *Preview) foresee(ctx context.Context, r *runner, docs []store.Document, needed bool) ([]Foreseen, error) {
	if len(docs) == 0 {
		return nil, nil
	}
	b := &batch{Engine: p.engine, runner: r, rules: p.rules}
	list := make([]Foreseen, 0, len(docs))
	var open []store.Document
	for _, d := range docs {
		done, known := p.known[d.Ref]
		switch {
		case known:
			list = append(list, done)
		case d.Issue.Code == "skipped_by_person":
			list = append(list, p.end(Foreseen{Before: d, Status: Skipped, Issue: d.Issue, Count: store.CountSkipped}, d))
		case p.refused != nil:
			list = append(list, p.stopped(b, d, p.refused))
		default:
			open = append(open, d)
		}
	}
	if len(open) == 0 {
		return list, nil
	}
	if err := p.load(ctx, b, open, needed); err != nil {
		return nil, err
	}
	for _, d := range open {
		if err := p.reach(ctx, d.Ref); err != nil {
			return nil, err
		}
		list = append(list, p.known[d.Ref])
	}
	return list, nil
}

// load makes a task of each document.
func (p *Preview) load(ctx context.Context, b *batch, docs []store.Document, needed bool) error {
	ids := make([]string, len(docs))
	owners := make([]string, len(docs))
	for i, d := range docs {
		ids[i], owners[i] = d.Ref.ID, d.Ref.Key()
	}
	records, err := b.runner.load(ctx, ids)
	if err != nil {
		return err
	}
	for _, d := range docs {
		if _, ok := records[d.Ref.ID]; !ok && b.runner.gone != nil && d.ZohoID != "" {
			records[d.Ref.ID] = b.runner.gone(d.Ref.ID)
		}
	}
	found, needs, err := b.links(ctx, docs, records)
	if err != nil {
		return err
	}
	if err := b.gave(ctx, docs, found, nil); err != nil {
		return err
	}
	beside, err := b.beside(ctx, docs)
	if err != nil {
		return err
	}
	absent, err := p.await(ctx, b.runner, found, needs)
	if err != nil {
		return err
	}
	awaited, err := b.awaited(ctx, docs)
	if err != nil {
		return err
	}
	var held map[string][]string
	if b.runner.space != "" {
		if held, err = p.engine.store.NamesOf(ctx, b.runner.space, owners); err != nil {
			return err
		}
	}
	for _, d := range docs {
		record, there := records[d.Ref.ID]
		p.tasks[d.Ref] = &task{batch: b, doc: d, record: record, there: there, awaited: needed || awaited[d.RowID], beside: beside[d.Ref], found: found, needs: needs[d.Ref], names: held[d.Ref.Key()], absent: absent}
	}
	return nil
}

// reach foresees one loaded document. One that is being foreseen already, because it and another
// ask for each other, is left as it stands.
func (p *Preview) reach(ctx context.Context, ref Ref) error {
	t := p.tasks[ref]
	if t == nil {
		return nil
	}
	delete(p.tasks, ref)
	d := t.doc
	if !t.there {
		was, err := t.batch.stoodFor(ctx, d)
		if err != nil {
			return err
		}
		out := gone(d)
		if was.ZohoID != "" {
			out = gone(was)
		}
		p.end(Foreseen{Before: d, Status: out.Document.Status, Issue: out.Document.Issue, Count: out.Count, Notices: out.Document.Notices}, out.Document)
		return nil
	}
	a := &attempt{doc: d, record: t.record, awaited: t.awaited, beside: t.beside}
	a.resolved()
	l := &asking{linked: linked{engine: p.engine, found: t.found}, preview: p, absent: t.absent, ctx: ctx}
	err := guard(func() error { return a.mapped(t.batch, l, t.names) })
	if err == nil && p.trouble == nil {
		_, err = p.planned(ctx, t.batch, a, l.wave)
	}
	if p.trouble != nil {
		return p.trouble
	}
	if err != nil {
		x := p.stopped(t.batch, d, err)
		x.calls = a.calls
		p.known[ref] = x
	}
	if l.asked {
		p.pull(t.absent, t.needs)
	}
	return nil
}

// await foresees what documents need of earlier flows and what does not stand yet but will: what
// the same sync covers, what is on its way already, and masters that are made when needed, which
// it returns. found then holds how these would end. Later flows are foreseen when a mapping
// waits for them.
func (p *Preview) await(ctx context.Context, r *runner, found map[Ref]store.Document, needs map[Ref][]Ref) (map[Ref]Foreseen, error) {
	absent := map[Ref]Foreseen{}
	byFlow, covered, err := p.coming(ctx, p.earlier(r, found, needs), found)
	if err != nil {
		return nil, err
	}
	for _, before := range p.engine.flows {
		list, err := p.foresee(ctx, before, byFlow[before.name], true)
		if err != nil {
			return nil, err
		}
		for _, f := range list {
			ref := f.Before.Ref
			found[ref] = p.ends[ref]
			if before.master && f.Before.Unbegun() && !covered[ref] {
				absent[ref] = f
			}
		}
	}
	return absent, nil
}

// coming are those of refs that will be worked on, by flow, and which of them the sync covers.
func (p *Preview) coming(ctx context.Context, refs []Ref, found map[Ref]store.Document) (map[string][]store.Document, map[Ref]bool, error) {
	byFlow := map[string][]store.Document{}
	if len(refs) == 0 {
		return byFlow, nil, nil
	}
	covered, err := p.selected(ctx, refs)
	if err != nil {
		return nil, nil, err
	}
	for _, ref := range refs {
		d, ok := found[ref]
		if !ok {
			d = store.Document{Ref: ref, Status: NotSynced}
		}
		pulled := p.engine.named[ref.Flow].master && d.Unbegun()
		if covered[ref] && ok || d.Moving() || pulled {
			byFlow[ref.Flow] = append(byFlow[ref.Flow], d)
		}
	}
	return byFlow, covered, nil
}

// earlier are the needed documents of flows before r that do not stand and were not foreseen yet.
func (p *Preview) earlier(r *runner, found map[Ref]store.Document, needs map[Ref][]Ref) []Ref {
	before := map[string]bool{}
	for _, flow := range p.engine.flows {
		if flow == r {
			break
		}
		before[flow.name] = true
	}
	var open []Ref
	asked := map[Ref]bool{}
	for _, refs := range needs {
		for _, ref := range refs {
			if asked[ref] || !before[ref.Flow] {
				continue
			}
			asked[ref] = true
			if end, ok := p.ends[ref]; ok {
				found[ref] = end
			} else if !found[ref].Usable() {
				open = append(open, ref)
			}
		}
	}
	return open
}

// pull counts the calls for absent masters, each once.
func (p *Preview) pull(absent map[Ref]Foreseen, needs []Ref) {
	for _, ref := range needs {
		f, ok := absent[ref]
		if !ok || p.pulled[ref] {
			continue
		}
		if f.Before.RowID == 0 {
			p.pulled[ref] = true
		} else if !p.seen.add(f.Before.RowID) {
			continue
		}
		p.Forecast.count(f)
	}
}

// asking answers a mapping's links with how others would end, and foresees those that it waits
// for. It notices that a master is asked for which is still to be made.
type asking struct {
	linked
	preview *Preview
	absent  map[Ref]Foreseen
	asked   bool
	wave    int
	ctx     context.Context
}

func (l *asking) Of(flow, id string) (Link, error) {
	if _, ok := l.absent[Ref{Flow: flow, ID: id}]; ok {
		l.asked = true
	}
	l.wait(Ref{Flow: flow, ID: id})
	return l.linked.Of(flow, id)
}

func (l *asking) Settled(flow, id string) (Link, error) {
	l.wait(Ref{Flow: flow, ID: id})
	return l.linked.Settled(flow, id)
}

func (l *asking) Look(flow, id string) Link {
	ref := Ref{Flow: flow, ID: id}
	if end, ok := l.preview.ends[ref]; ok {
		l.found[ref] = end
		l.wave = max(l.wave, l.preview.known[ref].after())
	}
	return l.linked.Look(flow, id)
}

// wait foresees what the mapping waits for.
func (l *asking) wait(ref Ref) {
	p := l.preview
	if p.trouble != nil {
		return
	}
	if _, ended := p.ends[ref]; !ended && !p.busy[ref] {
		p.busy[ref] = true
		p.trouble = p.foreseeOne(l.ctx, ref, l)
		delete(p.busy, ref)
	}
	if end, ok := p.ends[ref]; ok {
		l.found[ref] = end
		l.wave = max(l.wave, p.known[ref].after())
	}
}

// after is the wave of documents that wait for this one.
func (f Foreseen) after() int {
	if f.bulk == "" {
		return f.wave
	}
	return f.wave + 1
}

func (p *Preview) foreseeOne(ctx context.Context, ref Ref, l *asking) error {
	if p.tasks[ref] != nil {
		return p.reach(ctx, ref)
	}
	r := p.engine.named[ref.Flow]
	if d, ok := l.found[ref]; r == nil || !ok && !r.master || d.Usable() && !d.Moving() {
		return nil
	}
	byFlow, covered, err := p.coming(ctx, []Ref{ref}, l.found)
	if err != nil {
		return err
	}
	list, err := p.foresee(ctx, r, byFlow[ref.Flow], true)
	for _, f := range list {
		if r.master && f.Before.Unbegun() && !covered[ref] {
			l.absent[ref], l.asked = f, true
		}
	}
	return err
}

// end remembers how a document would end, for those that refer to it.
func (p *Preview) end(f Foreseen, d store.Document) Foreseen {
	d.Status, d.Issue, d.DueAt = f.Status, f.Issue, nil
	if d.Draft == store.NoDraft && d.Has(StepDraft) {
		d.Draft = store.AsDraft
	}
	p.ends[d.Ref], p.known[d.Ref] = d, f
	return f
}

func (p *Preview) stopped(b *batch, d store.Document, err error) Foreseen {
	out := b.failed(d, err, 0)
	if fault.Of(err).Code == Waiting {
		out.Document.Issue.Code = ""
	}
	x := p.end(Foreseen{Before: d, Status: out.Document.Status, Issue: out.Document.Issue, Count: out.Count}, out.Document)
	ends := p.ends[d.Ref]
	ends.DueAt = out.Retry // tried again by itself, so that others wait for it
	p.ends[d.Ref] = ends
	return x
}

// resolved pretends that the outcome of an earlier attempt was found out, as a sync does first.
func (a *attempt) resolved() {
	var was intent
	if a.doc.Intent == nil || json.Unmarshal(a.doc.Intent, &was) != nil {
		return
	}
	a.calls++
	if was.Call != nil {
		created := a.doc.ZohoID == ""
		if created {
			a.doc.ZohoID = placeholder(a.doc.Ref)
		}
		a.doc.Fingerprint, a.doc.Name, a.doc.Steps = was.Fingerprint, was.Name, mergeSteps(a.doc.Steps, was.Steps, created)
		a.doc.Sent = was.sent()
		setFacts(&a.doc, was.Facts)
	}
	a.doc.Intent = nil
}

// planned is how a mapped document would end: as work.go and write.go end it.
func (p *Preview) planned(ctx context.Context, b *batch, a *attempt, wave int) (Foreseen, error) {
	f := Foreseen{wave: wave, Before: a.kept(), Facts: a.plan.facts, Notices: a.told(), Status: Synced, Count: store.CountDone}
	d := a.doc
	switch {
	case a.plan.nothing:
		f.Nothing, f.calls, f.Status, f.Count = true, a.calls, a.finalStatus(), store.CountEmpty
		if a.doc.SyncedAt != nil {
			f.Count = store.CountEmptyAgain
		}
		setFacts(&d, a.plan.facts)
		d.Extra = a.withoutDocument()
		return p.end(f, d), nil
	case a.unchanged() && a.calls == 0:
		f.Status, f.Count = a.finalStatus(), store.CountUnchanged
		return p.end(f, d), nil
	case d.ZohoID != "" && a.plan.createOnly && d.Fingerprint != a.print && a.plan.before == nil:
		return f, b.changedAfterPosting(a)
	}
	if err := b.locked(a); err != nil {
		return f, err
	}
	if anew, err := b.gone(ctx, a); err != nil {
		p.trouble = err
		return f, err
	} else if len(anew) > 0 && a.plan.stands == "" {
		var others []Other
		for _, d := range anew {
			others = append(others, Other{ID: d.ZohoID, Key: d.Ref.Key(), Number: d.Number})
		}
		return f, b.sameOne(a, others)
	}
	steps, err := p.put(ctx, b, a, &d, &f)
	if err != nil {
		return f, err
	}
	for i, step := range openSteps(steps) {
		f.Steps = append(f.Steps, step.Name)
		if i == 0 && step.Bulk != "" {
			f.bulk = step.Name
		} else {
			a.calls += max(step.Calls, 1)
		}
	}
	f.calls, f.Status = a.calls, a.finalStatus()
	if a.calls == 0 && f.bulk == "" {
		f.Count = store.CountUnchanged
	}
	setFacts(&d, a.plan.facts)
	d.StepDue, d.Steps = false, steps
	for i := range d.Steps {
		d.Steps[i] = store.StepState{Name: d.Steps[i].Name, Done: true}
	}
	return p.end(f, d), nil
}

// put counts the call for the document itself, as far as one is made, and gives the steps then.
func (p *Preview) put(ctx context.Context, b *batch, a *attempt, d *store.Document, f *Foreseen) ([]store.StepState, error) {
	created := d.ZohoID == ""
	switch {
	case a.plan.stands != "":
		d.ZohoID = a.plan.stands
		return mergeSteps(d.Steps, a.plan.steps, false), nil
	case !created && d.Fingerprint == a.print && a.plan.before == nil:
		return mergeSteps(d.Steps, a.plan.steps, false), nil
	}
	if !created && a.plan.before != nil {
		f.Steps = append(f.Steps, a.plan.before.Name)
		a.calls++
		d.Steps = []store.StepState{{Name: a.plan.before.Name, Done: true}}
	}
	if !created && (a.plan.look || a.watched(b.runner)) {
		a.calls++
	}
	if err := p.draft(ctx, b, a, f); err != nil {
		return nil, err
	}
	a.calls++
	if created {
		d.ZohoID, d.Sent = placeholder(d.Ref), json.RawMessage("{}") // ours, whatever it says
	}
	return mergeSteps(d.Steps, a.plan.steps, created), nil
}

// draft states the exact call, with the name the document would get.
func (p *Preview) draft(ctx context.Context, b *batch, a *attempt, f *Foreseen) error {
	if !p.detail {
		return nil
	}
	if a.name == "" && len(a.plan.names) > 0 {
		owners, err := p.engine.store.OwnersOf(ctx, b.runner.space, a.plan.names)
		if err != nil {
			p.trouble = err
			return err
		}
		for _, name := range a.plan.names {
			if owner := owners[store.Fold(name)]; owner == "" || owner == a.doc.Ref.Key() {
				a.name = name
				break
			}
		}
	}
	call, err := a.plan.draft(a.doc.Ref.Key(), linkOf(a.doc), a.name)
	f.Call = &call
	return err
}

// placeholder stands for an id that Zoho has not given yet.
func placeholder(ref Ref) string { return "new:" + ref.Key() }
