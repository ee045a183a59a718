package engine

import (
	"context"
	"time"

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
	wave    int    // how many such steps of others come before this document
}

// Forecast adds up what a sync would do.
type Forecast struct {
	Counts  map[store.Count]int
	Reasons map[store.Count]map[string]Reason // by code, of what is held, fails or is left out
	Sums    map[SumKey]Sum
	Overdue int // invoices whose due date has passed when they arrive
	Moved   int // new documents that take the first open day, as their own lies in a locked period
	calls   int
	bulk    map[wave]int // documents for each bulk step
}

// wave is one bulk step of a flow's documents. Those that wait for others' bulk steps come in a
// later wave, and so in a call of their own.
type wave struct {
	flow, step string
	number     int
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
	known    map[Ref]Foreseen       // the same, as it is told
	tasks    map[Ref]*task          // loaded, not yet foreseen
	busy     map[Ref]bool           // waited for right now
	trouble  error                  // of reading; it is no record's
}

// Preview begins one. selected tells which refs the sync itself covers; detail asks for calls.
func (e *Engine) Preview(ctx context.Context, selected func(ctx context.Context, refs []Ref) (map[Ref]bool, error), detail bool) *Preview {
	p := &Preview{engine: e, selected: selected, detail: detail, seen: bitset{}, pulled: map[Ref]bool{},
		Forecast: Forecast{Counts: map[store.Count]int{}, Reasons: map[store.Count]map[string]Reason{}, Sums: map[SumKey]Sum{}, bulk: map[wave]int{}}}
	p.rules, p.refused = e.rules(ctx)
	p.today = e.store.Now().Format(time.DateOnly)
	if p.rules != nil && p.rules.Zone != nil {
		p.today = e.store.Now().In(p.rules.Zone).Format(time.DateOnly)
	}
	return p
}

// Rules are those by which it foresees; nil when they could not be read.
func (p *Preview) Rules() *rules.Rules { return p.rules }

// Page foresees documents that the sync covers. A document given before is not counted again.
func (p *Preview) Page(ctx context.Context, docs []store.Document) ([]Foreseen, error) {
	p.ends, p.known, p.tasks, p.busy, p.trouble = map[Ref]store.Document{}, map[Ref]Foreseen{}, map[Ref]*task{}, map[Ref]bool{}, nil
	byFlow := map[string][]store.Document{}
	first, given := map[Ref]bool{}, map[Ref]bool{}
	for _, d := range docs {
		if !given[d.Ref] {
			given[d.Ref], first[d.Ref] = true, p.seen.add(d.RowID)
			byFlow[d.Ref.Flow] = append(byFlow[d.Ref.Flow], d)
		}
	}
	var all []Foreseen
	for _, r := range p.engine.flows {
		list, err := p.foresee(ctx, r, byFlow[r.name], false)
		if err != nil {
			return nil, err
		}
		for _, f := range list {
			if first[f.Before.Ref] {
				p.Forecast.add(f, p.today)
			}
		}
		all = append(all, list...)
	}
	return all, nil
}

// add counts a document that the sync covers.
func (f *Forecast) add(x Foreseen, today string) {
	f.Counts[x.Count.Shown()]++
	f.count(x)
	if x.Count == store.CountDone && !x.Nothing {
		key := SumKey{x.Before.Ref.Flow, x.Facts.Currency}
		sum := f.Sums[key]
		f.Sums[key] = Sum{sum.Count + 1, sum.Amount.Add(x.Facts.Total)}
		if x.Facts.Due != "" && x.Facts.Due < today && x.Facts.Total.IsPositive() && x.Before.ZohoID == "" {
			f.Overdue++
		}
		if x.Facts.Own != "" && x.Facts.Own < x.Facts.Date && x.Before.ZohoID == "" {
			f.Moved++
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
		f.bulk[wave{x.Before.Ref.Flow, x.bulk, x.wave}]++
	}
}
