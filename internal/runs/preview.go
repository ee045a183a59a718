package runs

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
)

// mostShown is how many documents a preview of one record shows.
const mostShown = 200

// preview foresees what a sync of the same request would do. It keeps nothing between slices, so
// that after a crash it begins again.
func (r *Runner) preview(ctx context.Context, token string, run store.Run) (int, any, error) {
	var req Request
	if err := json.Unmarshal(run.Request, &req); err != nil {
		return 0, nil, fmt.Errorf("request of run %d: %w", run.ID, err)
	}
	var shown []wire.PreviewDocument
	p := r.Engine.Preview(ctx, r.covers(run, req), req.Detail)
	counted := map[store.Count]int{}
	var invoiced *string
	look := func(docs []store.Document, records []members) error {
		list, err := p.Page(ctx, docs)
		if err != nil {
			return err
		}
		ends, made := map[store.Ref]store.Count{}, map[store.Ref]bool{}
		for _, f := range list {
			ends[f.Before.Ref] = f.Count
			made[f.Before.Ref] = f.Before.Ref.Flow == "invoice" && f.Count == store.CountDone && !f.Nothing && f.Before.ZohoID == ""
		}
		for _, m := range records {
			counted[m.count(ends)]++
			if invoiced == nil && m.id != "" && slices.ContainsFunc(m.refs, func(ref store.Ref) bool { return made[ref] }) {
				invoiced = &m.id
			}
		}
		for _, f := range list {
			if req.Detail && len(shown) < mostShown {
				shown = append(shown, r.show(ctx, run, f))
			}
		}
		return r.move(ctx, token, run, "")
	}
	if err := r.previewed(ctx, run, req, look); err != nil {
		return 0, nil, err
	}
	result, err := r.result(ctx, p.Forecast, req.Lane)
	result.Locked = locked(p)
	result.Invoiced = invoiced
	result.Documents, result.Count = shown, counted[store.CountDone]
	result.Records = wire.RecordCounts{Done: counted[store.CountDone], Failed: counted[store.CountFailed], Held: counted[store.CountHeld], Unchanged: counted[store.CountUnchanged], Skipped: counted[store.CountSkipped]}
	for _, n := range counted {
		result.Records.Total += n
	}
	return result.Records.Total, result, err
}

// members are a record's documents that are asked for. empty says how a record without any counts.
type members struct {
	id    string // "" where documents were chosen
	refs  []store.Ref
	empty store.Count
}

// count is how a run counts the record: by the worst of its documents.
func (m members) count(ends map[store.Ref]store.Count) store.Count {
	for _, worst := range []store.Count{store.CountFailed, store.CountHeld, store.CountDone, store.CountUnchanged, store.CountSkipped, store.CountEmpty, store.CountEmptyAgain} {
		for _, ref := range m.refs {
			if ends[ref] == worst {
				return worst.Shown()
			}
		}
	}
	return m.empty
}

func (r *Runner) previewed(ctx context.Context, run store.Run, req Request, look func([]store.Document, []members) error) error {
	if len(req.Refs) > 0 {
		found, err := r.Store.Documents(ctx, req.Refs)
		if err != nil {
			return err
		}
		docs := make([]store.Document, 0, len(found))
		byRecord := map[string]*members{}
		var records []*members
		for _, d := range found {
			docs = append(docs, d)
			shownBy, err := r.Store.RecordsOf(ctx, d.Ref)
			if err != nil {
				return err
			}
			if len(shownBy) == 0 {
				shownBy = []store.Record{{ID: d.Ref.Key()}}
			}
			for _, rec := range shownBy {
				key := rec.Section + " " + rec.ID
				if byRecord[key] == nil {
					byRecord[key] = &members{}
					records = append(records, byRecord[key])
				}
				byRecord[key].refs = append(byRecord[key].refs, d.Ref)
			}
		}
		sort.Slice(docs, func(i, j int) bool { return docs[i].RowID < docs[j].RowID })
		list := make([]members, len(records))
		for i, m := range records {
			list[i] = *m
		}
		return look(docs, list)
	}
	wanted := map[string]bool{}
	for _, flow := range req.Flows {
		wanted[flow] = true
	}
	return r.walk(ctx, run, req, "", func(page []store.Record) error {
		ids, err := r.relist(ctx, run.Section, page)
		if err != nil {
			return err
		}
		byRecord, err := r.Store.DocumentsOf(ctx, run.Section, ids)
		if err != nil {
			return err
		}
		var docs []store.Document
		records := make([]members, len(page))
		for i, rec := range page {
			records[i].id, records[i].empty = rec.ID, emptyCount(rec, len(byRecord[rec.ID]))
			for _, d := range byRecord[rec.ID] {
				if len(wanted) == 0 || wanted[d.Ref.Flow] {
					docs, records[i].refs = append(docs, d), append(records[i].refs, d.Ref)
				}
			}
		}
		return look(docs, records)
	})
}

// emptyCount is how a record counts of which no document is asked for: it has some, but others; it
// has none and is as synchronized as it can be, for the first time or again.
func emptyCount(rec store.Record, documents int) store.Count {
	switch {
	case documents > 0:
		return store.CountSkipped
	case rec.Status == store.Synced:
		return store.CountUnchanged
	default:
		return store.CountDone
	}
}

// covers tells which documents the sync itself would queue.
func (r *Runner) covers(run store.Run, req Request) func(ctx context.Context, refs []store.Ref) (map[store.Ref]bool, error) {
	if len(req.Refs) > 0 {
		covered := map[store.Ref]bool{}
		for _, ref := range req.Refs {
			covered[ref] = true
		}
		return func(context.Context, []store.Ref) (map[store.Ref]bool, error) { return covered, nil }
	}
	return func(ctx context.Context, refs []store.Ref) (map[store.Ref]bool, error) {
		return r.Store.Covered(ctx, req.Query(run.Section), req.Flows, refs)
	}
}

func (r *Runner) result(ctx context.Context, f engine.Forecast, lane store.Lane) (wire.Preview, error) {
	out := wire.Preview{DocumentCount: f.Counts[store.CountDone], DocumentsUnchanged: f.Counts[store.CountUnchanged], Calls: f.Calls(), Overdue: f.Overdue,
		ByCurrency: []wire.CurrencyAmount{}, ByFlow: []wire.FlowAmount{}, Held: reasons(f, store.CountHeld), Failed: reasons(f, store.CountFailed), Skipped: reasons(f, store.CountSkipped)}
	all := map[string]money.Decimal{}
	for key, sum := range f.Sums {
		row := wire.FlowAmount{Flow: key.Flow, Count: sum.Count, Currency: wire.TextOrNull(key.Currency)}
		if key.Currency != "" {
			row.Amount = wire.TextOrNull(money.Text(sum.Amount))
			all[key.Currency] = all[key.Currency].Add(sum.Amount)
		}
		out.ByFlow = append(out.ByFlow, row)
	}
	sort.Slice(out.ByFlow, func(i, j int) bool { return flowKey(out.ByFlow[i]) < flowKey(out.ByFlow[j]) })
	for currency, amount := range all {
		out.ByCurrency = append(out.ByCurrency, wire.CurrencyAmount{Currency: currency, Amount: money.Text(amount)})
	}
	sort.Slice(out.ByCurrency, func(i, j int) bool { return out.ByCurrency[i].Currency < out.ByCurrency[j].Currency })
	takes, err := r.Takes(ctx, out.Calls, lane)
	out.Hours = math.Ceil(takes.Hours()*100) / 100
	return out, err
}

// locked says what closed periods do to the documents.
func locked(p *engine.Preview) *wire.PreviewLocked {
	r := p.Rules()
	if r == nil {
		return nil
	}
	return &wire.PreviewLocked{Locks: r.Locks.Show(), Policy: r.Settings.Orders.LockedPeriodPolicy,
		Held: p.Forecast.Reasons[store.CountHeld]["period_locked"].Count, Moved: p.Forecast.Moved}
}

func flowKey(f wire.FlowAmount) string {
	if f.Currency == nil {
		return f.Flow
	}
	return f.Flow + " " + *f.Currency
}

func reasons(f engine.Forecast, count store.Count) []wire.CodeCount {
	list := []wire.CodeCount{}
	for code, reason := range f.Reasons[count] {
		list = append(list, wire.CodeCount{Code: code, Count: reason.Count, Detail: reason.Detail})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Code < list[j].Code })
	return list
}

// show is one document of a preview, beside what stands in Zoho Books now. That costs a call for
// a document that would be changed; when it cannot be read, the rest is shown without it.
func (r *Runner) show(ctx context.Context, run store.Run, f engine.Foreseen) wire.PreviewDocument {
	ref := f.Before.Ref
	w := wire.PreviewDocument{Flow: ref.Flow, SourceID: ref.ID, Key: ref.Key(), Title: f.Facts.Title, Status: string(f.Status), Action: action(f),
		Date: wire.TextOrNull(f.Facts.Date), Currency: wire.TextOrNull(f.Facts.Currency), Notices: []wire.Notice{}, Differences: []string{}, Steps: append([]string{}, f.Steps...)}
	if f.Facts.Currency != "" {
		w.Total, w.Tax = wire.TextOrNull(money.Text(f.Facts.Total)), wire.TextOrNull(money.Text(f.Facts.Tax))
	}
	if w.Title == "" {
		w.Title = f.Before.Title
	}
	if f.Issue.Code != "" || f.Issue.Detail != "" {
		w.Issue = &wire.Issue{Code: f.Issue.Code, Title: fault.Explain(f.Issue.Code).Title, Detail: f.Issue.Detail, Action: f.Issue.Action, Comparison: wire.CompareJSON(f.Issue.Proof)}
	}
	for _, n := range f.Notices {
		w.Notices = append(w.Notices, wire.Notice{Code: n.Code, Detail: n.Detail})
	}
	if f.Call != nil {
		w.Body = f.Call.Body
	}
	if f.Before.ZohoID == "" || f.Count == store.CountUnchanged {
		return w
	}
	f.Before.Lane = store.Person
	stands, err := r.Engine.Current(ctx, f.Before)
	if err == nil {
		err = r.Store.RunCalls(ctx, run.ID, 1)
	}
	if err != nil {
		w.Notices = append(w.Notices, wire.Notice{Code: "zoho_unavailable", Detail: "What stands in Zoho Books could not be read: " + fault.Of(err).Detail})
		return w
	}
	w.Stands, w.Differences = stands, append(w.Differences, engine.Differences(w.Body, stands)...)
	return w
}

func action(f engine.Foreseen) string {
	switch {
	case f.Call != nil && f.Call.Key != "":
		return "create"
	case f.Call != nil:
		return "update"
	case len(f.Steps) > 0:
		return "steps"
	default:
		return "nothing"
	}
}
