package engine

import (
	"context"
	"encoding/json"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Foreseen is what a sync would do with one document.
type Foreseen struct {
	Before  store.Document // as it stands now
	Status  Status         // as it would stand then
	Issue   store.Issue
	Count   store.Count // how a run would count it
	Facts   Facts
	Nothing bool // rightly no document
	Notices []Notice
	Call    *Call    // the exact call for the document itself; nil when none is made or details were not asked for
	Steps   []string // calls that follow
	calls   int
	bulk    string // the step that is taken together with other documents'
}

// Forecast adds up what a sync would do.
type Forecast struct {
	Counts  map[store.Count]int
	Reasons map[store.Count]map[string]Reason // by code, of what is held, fails or is left out
	Sums    map[SumKey]Sum
	Overdue int // invoices whose due date has passed when they arrive
	calls   int
	bulk    map[string]int // documents for each bulk step
}

// Reason is how many documents stand still for one cause, and what the first of them says.
type Reason struct {
	Count  int
	Detail string
}

// SumKey and Sum are documents that would be sent, by flow and currency ("" for masters).
type SumKey struct{ Flow, Currency string }

// Sum is a number of documents and their amount.
type Sum struct {
	Count  int
	Amount money.Decimal
}

// Calls is how many calls the sync would make; a bulk step takes up to 100 documents at once.
func (f *Forecast) Calls() int {
	n := f.calls
	for _, documents := range f.bulk {
		n += (documents + bulkSize - 1) / bulkSize
	}
	return n
}

// Preview foresees a sync page by page. It maps as a sync does, and takes for granted that what
// the same sync would make stands; it sends and saves nothing. Memory does not grow with the
// number of documents, but for one bit of each and the masters nobody has listed.
type Preview struct {
	Forecast Forecast
	engine   *Engine
	rules    *rules.Rules
	refused  error // nothing can be sent at all
	selected func(ctx context.Context, refs []Ref) (map[Ref]bool, error)
	detail   bool
	today    string
	seen     bitset
	pulled   map[Ref]bool           // absent masters without a row, already counted
	ends     map[Ref]store.Document // how documents of this page, and what they need, would end
}

// Preview begins one. selected tells which refs the sync itself covers; detail asks for calls.
func (e *Engine) Preview(ctx context.Context, selected func(ctx context.Context, refs []Ref) (map[Ref]bool, error), detail bool) *Preview {
	p := &Preview{engine: e, selected: selected, detail: detail, seen: bitset{}, pulled: map[Ref]bool{},
		Forecast: Forecast{Counts: map[store.Count]int{}, Reasons: map[store.Count]map[string]Reason{}, Sums: map[SumKey]Sum{}, bulk: map[string]int{}}}
	p.rules, p.refused = e.rules(ctx)
	p.today = e.store.Now().Format(time.DateOnly)
	if p.rules != nil && p.rules.Zone != nil {
		p.today = e.store.Now().In(p.rules.Zone).Format(time.DateOnly)
	}
	return p
}

// Page foresees documents that the sync covers. A document given before is left out.
func (p *Preview) Page(ctx context.Context, docs []store.Document) ([]Foreseen, error) {
	p.ends = map[Ref]store.Document{}
	byFlow := map[string][]store.Document{}
	for _, d := range docs {
		if p.seen.add(d.RowID) {
			byFlow[d.Ref.Flow] = append(byFlow[d.Ref.Flow], d)
		}
	}
	var all []Foreseen
	for _, r := range p.engine.flows {
		list, err := p.foresee(ctx, r, byFlow[r.name])
		if err != nil {
			return nil, err
		}
		for _, f := range list {
			p.Forecast.add(f, p.today)
		}
		all = append(all, list...)
	}
	return all, nil
}

// add counts a document that the sync covers.
func (f *Forecast) add(x Foreseen, today string) {
	f.Counts[x.Count]++
	f.count(x)
	if x.Count == store.CountDone && !x.Nothing {
		key := SumKey{x.Before.Ref.Flow, x.Facts.Currency}
		sum := f.Sums[key]
		f.Sums[key] = Sum{sum.Count + 1, sum.Amount.Add(x.Facts.Total)}
		if x.Facts.Due != "" && x.Facts.Due < today && x.Facts.Total.IsPositive() && x.Before.ZohoID == "" {
			f.Overdue++
		}
		return
	}
	if x.Issue.Code == "" {
		return
	}
	if f.Reasons[x.Count] == nil {
		f.Reasons[x.Count] = map[string]Reason{}
	}
	reason := f.Reasons[x.Count][x.Issue.Code]
	if reason.Count == 0 {
		reason.Detail = x.Issue.Detail
	}
	reason.Count++
	f.Reasons[x.Count][x.Issue.Code] = reason
}

// count adds the calls of a document.
func (f *Forecast) count(x Foreseen) {
	f.calls += x.calls
	if x.bulk != "" {
		f.bulk[x.Before.Ref.Flow+" "+x.bulk]++
	}
}

// foresee maps documents of one flow, after whatever they refer to.
func (p *Preview) foresee(ctx context.Context, r *runner, docs []store.Document) ([]Foreseen, error) {
	if len(docs) == 0 {
		return nil, nil
	}
	b := &batch{Engine: p.engine, runner: r, rules: p.rules}
	list := make([]Foreseen, 0, len(docs))
	var open []store.Document
	for _, d := range docs {
		switch {
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
	ids := make([]string, len(open))
	for i, d := range open {
		ids[i] = d.Ref.ID
	}
	records, err := r.load(ctx, ids)
	if err != nil {
		return nil, err
	}
	found, needs, err := b.links(ctx, open, records)
	if err != nil {
		return nil, err
	}
	absent, err := p.await(ctx, found, needs)
	if err != nil {
		return nil, err
	}
	names, err := p.names(ctx, r, open)
	if err != nil {
		return nil, err
	}
	for _, d := range open {
		record, ok := records[d.Ref.ID]
		if !ok {
			out := gone(d)
			list = append(list, p.end(Foreseen{Before: d, Status: out.Document.Status, Issue: out.Document.Issue, Count: out.Count, Notices: out.Document.Notices}, out.Document))
			continue
		}
		a := &attempt{doc: d, record: record}
		a.resolved()
		l := &asking{linked: linked{engine: p.engine, found: found}, absent: absent}
		var x Foreseen
		err := guard(func() error { return a.mapWith(b, l, names[d.Ref.Key()]) })
		if err == nil {
			x, err = p.planned(ctx, b, a)
		}
		if err != nil {
			x = p.stopped(b, d, err)
			x.calls = a.calls
		}
		if l.asked {
			p.pull(absent, needs[d.Ref])
		}
		list = append(list, x)
	}
	return list, nil
}

func (p *Preview) names(ctx context.Context, r *runner, docs []store.Document) (map[string][]string, error) {
	if r.space == "" {
		return nil, nil
	}
	owners := make([]string, len(docs))
	for i, d := range docs {
		owners[i] = d.Ref.Key()
	}
	return p.engine.store.NamesOf(ctx, r.space, owners)
}

// await foresees what documents need and what does not stand yet but will: what the same sync
// covers, what is on its way already, and masters that are made when needed, which it returns.
// found then holds how these would end.
func (p *Preview) await(ctx context.Context, found map[Ref]store.Document, needs map[Ref][]Ref) (map[Ref]Foreseen, error) {
	absent := map[Ref]Foreseen{}
	open := p.open(found, needs)
	if len(open) == 0 {
		return absent, nil
	}
	selected, err := p.selected(ctx, open)
	if err != nil {
		return nil, err
	}
	byFlow := map[string][]store.Document{}
	for _, ref := range open {
		d, ok := found[ref]
		if !ok {
			d = store.Document{Ref: ref, Status: NotSynced}
		}
		if pulled := p.engine.named[ref.Flow].master && d.Status == NotSynced; selected[ref] || d.Moving() || pulled {
			byFlow[ref.Flow] = append(byFlow[ref.Flow], d)
		}
	}
	for _, r := range p.engine.flows {
		list, err := p.foresee(ctx, r, byFlow[r.name])
		if err != nil {
			return nil, err
		}
		for _, f := range list {
			ref := f.Before.Ref
			found[ref] = p.ends[ref]
			if r.master && f.Before.Status == NotSynced && !selected[ref] {
				absent[ref] = f
			}
		}
	}
	return absent, nil
}

// open are the needed documents that do not stand and were not foreseen yet.
func (p *Preview) open(found map[Ref]store.Document, needs map[Ref][]Ref) []Ref {
	var open []Ref
	asked := map[Ref]bool{}
	for _, refs := range needs {
		for _, ref := range refs {
			if asked[ref] {
				continue
			}
			asked[ref] = true
			if end, ok := p.ends[ref]; ok {
				found[ref] = end
			} else if !found[ref].Usable() && p.engine.named[ref.Flow] != nil {
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

// asking notices that a mapping asked for a master that is still to be made.
type asking struct {
	linked
	absent map[Ref]Foreseen
	asked  bool
}

func (l *asking) Of(flow, id string) (Link, error) {
	if _, ok := l.absent[Ref{Flow: flow, ID: id}]; ok {
		l.asked = true
	}
	return l.linked.Of(flow, id)
}

// end remembers how a document would end, for those that refer to it.
func (p *Preview) end(f Foreseen, d store.Document) Foreseen {
	d.Status, d.Issue = f.Status, f.Issue
	if p.ends == nil {
		p.ends = map[Ref]store.Document{}
	}
	p.ends[d.Ref] = d
	return f
}

func (p *Preview) stopped(b *batch, d store.Document, err error) Foreseen {
	out := b.failed(d, err, 0)
	if fault.Of(err).Code == waiting {
		out.Document.Issue.Code = ""
	}
	return p.end(Foreseen{Before: d, Status: out.Document.Status, Issue: out.Document.Issue, Count: out.Count}, out.Document)
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
		setFacts(&a.doc, was.Facts)
	}
	a.doc.Intent = nil
}

// planned is how a mapped document would end: as work.go and write.go end it.
func (p *Preview) planned(ctx context.Context, b *batch, a *attempt) (Foreseen, error) {
	f := Foreseen{Before: a.doc, Facts: a.plan.facts, Notices: a.plan.notices, Status: Synced, Count: store.CountDone}
	d := a.doc
	switch {
	case a.plan.nothing:
		f.Nothing = true
		setFacts(&d, a.plan.facts)
		f.calls = a.calls
		return p.end(f, d), nil
	case a.unchanged() && a.calls == 0:
		f.Status, f.Count = a.finalStatus(), store.CountUnchanged
		return p.end(f, d), nil
	}
	created := d.ZohoID == ""
	if !created && a.plan.createOnly && d.Fingerprint != a.print {
		return f, b.changedAfterPosting(a)
	}
	if err := b.locked(a); err != nil {
		return f, err
	}
	if created || d.Fingerprint != a.print {
		if err := p.draft(ctx, b, a, &f); err != nil {
			return f, err
		}
		a.calls++
		if created {
			d.ZohoID = placeholder(d.Ref)
		}
	}
	for i, step := range openSteps(mergeSteps(a.doc.Steps, a.plan.steps, created)) {
		f.Steps = append(f.Steps, step.Name)
		if i == 0 && step.Bulk != "" {
			f.bulk = step.Name
		} else {
			a.calls++
		}
	}
	f.calls, f.Status = a.calls, a.finalStatus()
	if a.calls == 0 && f.bulk == "" {
		f.Count = store.CountUnchanged
	}
	setFacts(&d, a.plan.facts)
	d.Steps, d.StepDue = nil, false
	return p.end(f, d), nil
}

// draft states the exact call, with the name the document would get.
func (p *Preview) draft(ctx context.Context, b *batch, a *attempt, f *Foreseen) error {
	if !p.detail {
		return nil
	}
	if a.name == "" && len(a.plan.names) > 0 {
		owners, err := p.engine.store.OwnersOf(ctx, b.runner.space, a.plan.names)
		if err != nil {
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
