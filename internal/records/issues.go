package records

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/runs"
	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Issues answers for everything that waits: documents by cause, runs at a brake, payments from Zoho Books
// that nobody has assigned, and what waits for a limit or an outage to end.
type Issues struct {
	*Desk
	Mapping  func(ctx context.Context, kind string) (wire.MappingPage, error)
	Settings func(ctx context.Context) (settings.All, error)
	Zone     func(ctx context.Context) (*time.Location, error)
	// Seen is when a worker last told that it lives, nil when none ever did; nil = nobody tells.
	Seen func(ctx context.Context) (*time.Time, error)
	// Closed are the closed months, with what changed since.
	Closed func(ctx context.Context) ([]wire.Period, error)
}

// issueDays is how many days the frequency of a cause is told for.
const issueDays = 14

// List gives what waits for a person first, then what goes on by itself.
func (i Issues) List(ctx context.Context) ([]wire.IssueGroup, error) {
	list, err := i.silent(ctx)
	if err != nil {
		return nil, err
	}
	for _, part := range []func(ctx context.Context) ([]wire.IssueGroup, error){i.brakes, i.drifted, i.documents, i.payments, i.delayed} {
		more, err := part(ctx)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, i.complete(ctx, list)
}

// complete adds what is told of every group: its days and who said that it is dealt with.
func (i Issues) complete(ctx context.Context, list []wire.IssueGroup) error {
	handled, err := i.Store.HandledCauses(ctx)
	if err != nil {
		return err
	}
	days, err := i.Store.IssueDays(ctx, issueDays, i.offset(ctx))
	if err != nil {
		return err
	}
	for n := range list {
		g := &list[n]
		if g.Days == nil {
			g.Days = make([]int, issueDays)
		}
		if g.Kind == "documents" && days[g.Code] != nil {
			g.Days = days[g.Code]
		}
		if h, ok := handled[g.Code]; ok && !apart(g.Kind) && (g.LastSeen == nil || !g.LastSeen.After(h.At)) {
			g.Handled = &wire.Handled{At: wire.At(h.At), By: h.By, Reason: h.Reason}
		}
	}
	return nil
}

// apart are the kinds of groups that want an answer of their own: nobody can say that they are dealt with.
func apart(kind string) bool { return slices.Contains([]string{"runs", "periods", "worker"}, kind) }

func (i Issues) offset(ctx context.Context) time.Duration {
	zone, err := i.Zone(ctx)
	if err != nil {
		return 0
	}
	_, seconds := i.Store.Now().In(zone).Zone()
	return time.Duration(seconds) * time.Second
}

// Waiting counts what waits for a person and was not dealt with.
func (i Issues) Waiting(ctx context.Context) (int, error) {
	groups, err := i.Store.Issues(ctx)
	if err != nil {
		return 0, err
	}
	handled, err := i.Store.HandledCauses(ctx)
	if err != nil {
		return 0, err
	}
	payments, err := i.payments(ctx)
	if err != nil {
		return 0, err
	}
	braked, err := i.Store.Runs(ctx, store.RunQuery{Statuses: []string{string(store.RunWaiting)}, Limit: 200})
	if err != nil {
		return 0, err
	}
	n := len(braked)
	quiet, err := i.silent(ctx)
	if err != nil {
		return 0, err
	}
	n += len(quiet)
	drifted, err := i.drifted(ctx)
	if err != nil {
		return 0, err
	}
	for _, g := range drifted {
		n += g.Count
	}
	add := func(code string, last time.Time, count int) {
		if h, ok := handled[code]; !ok || last.After(h.At) {
			n += count
		}
	}
	for _, g := range groups {
		if g.Last != nil {
			add(g.Code, *g.Last, g.Count)
		}
	}
	doubts, err := i.Store.Doubts(ctx)
	if err != nil {
		return 0, err
	}
	for _, g := range doubts {
		add(g.Code, *g.Last, g.Count)
	}
	for _, p := range payments {
		add(p.Code, p.LastSeen.Time, p.Count)
	}
	return n, nil
}

func group(kind, waitsFor, code string) wire.IssueGroup {
	words := fault.Explain(code)
	return wire.IssueGroup{Kind: kind, WaitsFor: waitsFor, Code: code, Title: words.Title, Explanation: words.Explanation, Action: words.Action,
		AmountByCurrency: []wire.CurrencyAmount{}, Sections: []wire.IssueSection{}, Cures: []wire.Cure{}}
}

// documents groups what stands still by cause.
func (i Issues) documents(ctx context.Context) ([]wire.IssueGroup, error) {
	groups, err := i.Store.Issues(ctx)
	if err != nil {
		return nil, err
	}
	amounts, err := i.Store.IssueAmounts(ctx)
	if err != nil {
		return nil, err
	}
	unmapped, err := i.Store.UnmappedAmounts(ctx)
	if err != nil {
		return nil, err
	}
	sections, err := i.Store.IssueSections(ctx)
	if err != nil {
		return nil, err
	}
	list := []wire.IssueGroup{}
	for _, g := range groups {
		w := group("documents", "you", g.Code)
		w.Count, w.FirstSeen, w.LastSeen = g.Count, instant(g.First), instant(g.Last)
		w.AmountByCurrency = byCurrency(amounts[g.Code], unmapped[g.Code])
		for _, x := range sections[g.Code] {
			w.Sections = append(w.Sections, wire.IssueSection{Section: x.Section, Count: x.Count, Link: "/synchronization/" + x.Section + "?issue=" + g.Code})
		}
		w.Link = "/synchronization/orders?issue=" + g.Code
		if len(w.Sections) > 0 {
			w.Link = w.Sections[0].Link
		}
		if w.Cures, err = i.cures(ctx, g.Code); err != nil {
			return nil, err
		}
		list = append(list, w)
	}
	return i.doubts(ctx, list)
}

// byCurrency adds sums up by currency.
func byCurrency(lists ...[]store.Sum) []wire.CurrencyAmount {
	out := []wire.CurrencyAmount{}
	by := map[string]money.Decimal{}
	for _, list := range lists {
		for _, s := range list {
			by[s.Currency] = by[s.Currency].Add(s.Amount)
		}
	}
	for _, currency := range slices.Sorted(maps.Keys(by)) {
		out = append(out, wire.CurrencyAmount{Currency: currency, Amount: money.Text(by[currency])})
	}
	return out
}

// silent is one group while no worker is heard of: everything waits for somebody to start one.
func (i Issues) silent(ctx context.Context) ([]wire.IssueGroup, error) {
	if i.Seen == nil {
		return nil, nil
	}
	seen, err := i.Seen(ctx)
	if err != nil || seen != nil && i.Store.Now().Sub(*seen) <= store.Silence {
		return nil, err
	}
	g := group("worker", "you", "worker_silent")
	g.Link = "/"
	if seen != nil {
		g.FirstSeen = wire.AtOrNull(*seen)
		g.LastSeen = g.FirstSeen
	}
	return []wire.IssueGroup{g}, nil
}

// brakes shows each run that waits for a person by itself: each wants an answer of its own.
func (i Issues) brakes(ctx context.Context) ([]wire.IssueGroup, error) {
	waiting, err := i.Store.Runs(ctx, store.RunQuery{Statuses: []string{string(store.RunWaiting)}, Limit: 20})
	if err != nil {
		return nil, err
	}
	var list []wire.IssueGroup
	for _, run := range waiting {
		w := ShowRun(run)
		g := group("runs", "you", "brake")
		g.Count, g.Link = 1, "/runs/"+w.ID
		g.FirstSeen = &w.CreatedAt
		g.LastSeen = g.FirstSeen
		if w.Brake != nil {
			g.Title = brakeSentence(*w.Brake, w.StartedBy)
		}
		g.Cures = []wire.Cure{opens("Look", g.Link), asks("Release", "/api/v1/runs/"+w.ID+"/release", nil, true), asks("Cancel the run", "/api/v1/runs/"+w.ID+"/cancel", nil, false)}
		list = append(list, g)
	}
	return list, nil
}

// brakeSentence says what a run wants in a person's words.
func brakeSentence(b wire.Brake, by string) string {
	whose := "A scheduled run"
	if by != store.Itself {
		whose = "A run of " + by
	}
	switch b.Limit {
	case "brake_max_voids":
		return fmt.Sprintf("%s wants to void or credit %s documents, %s are allowed", whose, b.Wanted, b.Allowed)
	case "brake_max_amount":
		return fmt.Sprintf("%s wants to send %s in QloApps' default currency, %s is allowed", whose, b.Wanted, b.Allowed)
	default:
		return fmt.Sprintf("%s wants to send %s records, %s allowed", whose, b.Wanted, isAre(b.Allowed))
	}
}

func isAre(count string) string {
	if count == "1" {
		return "1 is"
	}
	return count + " are"
}

// payments are the causes for which payments from Zoho Books wait for a person.
func (i Issues) payments(ctx context.Context) ([]wire.IssueGroup, error) {
	if i.Imported == nil {
		return nil, nil
	}
	list, err := i.Imported.Inbox(ctx, issueDays, i.offset(ctx))
	for n := range list {
		list[n].Kind, list[n].WaitsFor, list[n].Cures = "payments", "you", paymentCures(list[n].Code, list[n].Link)
	}
	return list, err
}

func (i Issues) delayed(ctx context.Context) ([]wire.IssueGroup, error) {
	rows, err := i.Store.Delayed(ctx)
	if err != nil {
		return nil, err
	}
	var list []wire.IssueGroup
	for _, d := range rows {
		g := group("documents", "time", d.Code)
		g.Count, g.FirstSeen, g.LastSeen, g.Link = d.Count, instant(d.First), instant(d.Last), "/synchronization/orders?status=pending"
		if d.Code == "daily_limit" {
			g.Cures = []wire.Cure{opens("Look at the limit", "/configuration/limits")}
		}
		list = append(list, g)
	}
	return list, nil
}

// Imports tells that nothing but payments from Zoho Books waits for a cause: asked for again, they are imported.
func (i Issues) Imports(ctx context.Context, code string) (bool, error) {
	waits, err := i.Store.Standing(ctx, code)
	if err != nil || waits {
		return false, err
	}
	list, err := i.payments(ctx)
	return slices.ContainsFunc(list, func(g wire.IssueGroup) bool { return g.Code == code }), err
}

// Retry queues every document that waits for one cause. Where only payments from Zoho Books wait for it, they
// are looked at by another import.
func (i Issues) Retry(ctx context.Context, code string, confirm bool, by string) (wire.Run, error) {
	imports, err := i.Imports(ctx, code)
	if err != nil {
		return wire.Run{}, err
	}
	if imports {
		return i.Imported.StartImport(ctx, "new", by)
	}
	waits, err := i.Store.Standing(ctx, code)
	if err != nil {
		return wire.Run{}, err
	}
	if !waits {
		return wire.Run{}, i.notRetried(ctx, code)
	}
	if err := i.retrying(ctx, code); err != nil {
		return wire.Run{}, err
	}
	return i.ask(ctx, wish{action: "retry", kind: runs.Sync, request: runs.Request{Issue: code, Lane: store.History}, confirmed: confirm, by: by, of: "everything that waits for " + code})
}

// notRetried says why nothing is queued for a cause for which no document stands still.
func (i Issues) notRetried(ctx context.Context, code string) error {
	list, err := i.List(ctx)
	if err != nil {
		return err
	}
	if n := slices.IndexFunc(list, func(g wire.IssueGroup) bool { return g.Code == code }); n >= 0 {
		return fault.New(fault.Conflict, "nothing_to_retry", "«%s» is no matter of sending something again: no document stands still for it.", list[n].Title).Do(list[n].Action)
	}
	return fault.New(fault.NotFound, "not_found", "Nothing waits for the cause %q.", code)
}

// Handle notes that a person has dealt with a cause. Its records stay as they are; they count again when
// another one comes to stand still for it.
func (i Issues) Handle(ctx context.Context, code, reason, by string) (wire.IssueGroup, error) {
	now := i.Store.Now()
	list, err := i.List(ctx)
	if err != nil {
		return wire.IssueGroup{}, err
	}
	for _, g := range list {
		if g.Code != code || apart(g.Kind) {
			continue
		}
		if err := i.Store.Handle(ctx, store.Handled{Code: code, At: now, By: by, Reason: reason}); err != nil {
			return g, err
		}
		if err := i.Store.AddEvent(ctx, store.Event{At: now, Actor: by, Action: "handled", Detail: fmt.Sprintf("%s (%d): %s", g.Title, g.Count, reason)}); err != nil {
			return g, err
		}
		g.Handled = &wire.Handled{At: wire.At(now), By: by, Reason: reason}
		return g, nil
	}
	return wire.IssueGroup{}, fault.New(fault.NotFound, "not_found", "Nothing waits for the cause %q.", code)
}
