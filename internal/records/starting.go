package records

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/runs"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Starting computes how far an installation is on its way to work that goes on by itself. Nothing of it is
// remembered: each step says what stands now, so it may be left and taken up again at will.
type Starting struct {
	Store      *store.Store
	Connection func(ctx context.Context) (wire.Connection, error)
	// Prepared tells whether the key field stands on every module of Zoho Books.
	Prepared func(ctx context.Context) (bool, error)
	Mapping  func(ctx context.Context, kind string) (wire.MappingPage, error)
	Enabled  func(ctx context.Context) (bool, error) // the schedule
	Checks   func(ctx context.Context) map[string]wire.HealthCheck
	Hotel    func(ctx context.Context) (string, error) // QloApps in words
}

// mustBeMapped are the kinds without which a document waits. An item of its own for a facility may be
// chosen; without one its line bears a name and an account.
var mustBeMapped = []string{"taxes", "deposit-accounts", "payment-modes", "accounts"}

// Get gives the steps in their order; one is blocked while an earlier one that it needs is open.
func (g Starting) Get(ctx context.Context, health wire.OverviewHealth) (wire.Guide, error) {
	guide := wire.Guide{Steps: []wire.GuideStep{}}
	ready := true // everything that the next step needs
	add := func(step wire.GuideStep, needed bool) {
		if step.Checks == nil {
			step.Checks = []wire.GuideCheck{}
		}
		if !ready && step.State == "open" {
			step.State = "blocked"
		}
		if needed && step.State != "done" {
			ready = false
		}
		guide.Steps = append(guide.Steps, step)
	}
	add(g.check(ctx, health), false)
	for _, next := range []struct {
		of     func(ctx context.Context) (wire.GuideStep, error)
		needed bool
	}{{g.connect, true}, {g.setUp, true}, {g.mapping, false}, {g.rehearse, false}, {g.switchOn, false}} {
		step, err := next.of(ctx)
		if err != nil {
			return guide, err
		}
		add(step, next.needed)
	}
	return guide, nil
}

func step(key string, done bool, yes, no string) wire.GuideStep {
	s := wire.GuideStep{Key: key, State: "open", Detail: no, Link: "/start?step=" + key}
	if done {
		s.State, s.Detail = "done", yes
	}
	return s
}

func (g Starting) check(ctx context.Context, health wire.OverviewHealth) wire.GuideStep {
	var checks []wire.GuideCheck
	add := func(key string, ok bool, detail string) {
		state := "ok"
		if !ok {
			state = "needs_you"
		}
		checks = append(checks, wire.GuideCheck{Key: key, State: state, Detail: detail})
	}
	found := g.Checks(ctx)
	for _, name := range []string{"database", "redis"} {
		if c, ok := found[name]; ok {
			add(name, c.OK, strings.ToUpper(c.Detail[:1])+c.Detail[1:]+".")
		}
	}
	switch {
	case health.WorkerSeenAt == nil && !health.WorkerSilent:
		checks = append(checks, wire.GuideCheck{Key: "worker", State: "unchecked", Detail: "No worker tells yet that it lives."})
	case health.WorkerSilent:
		add("worker", false, "No worker has reported. Start one with «go run ./worker», or the worker's container.")
	default:
		add("worker", true, "A worker is alive.")
	}
	words, err := g.Hotel(ctx)
	if err != nil {
		words = "QloApps' tables cannot be read: " + err.Error()
	}
	add("qloapps", err == nil, words)
	bad := 0
	for _, c := range checks {
		if c.State == "needs_you" {
			bad++
		}
	}
	s := step("check", bad == 0, "Everything that QloBooks needs answers.", fmt.Sprintf("%d of %d parts do not answer.", bad, len(checks)))
	s.Checks = checks
	return s
}

func (g Starting) connect(ctx context.Context) (wire.GuideStep, error) {
	c, err := g.Connection(ctx)
	if err != nil {
		return wire.GuideStep{}, err
	}
	name := ""
	if c.OrganizationName != nil {
		name = *c.OrganizationName
	}
	no := "Zoho Books is not connected yet."
	if c.Status == "revoked" {
		no = "Zoho Books no longer accepts the access. Connect again."
	} else if c.Issue != nil && c.OrganizationID == nil && c.Status == "connected" {
		no = "Choose whose books these are."
	}
	return step("connect", (c.Status == "connected" || c.Status == "expired") && c.OrganizationID != nil, "Connected to "+name+".", no), nil
}

func (g Starting) setUp(ctx context.Context) (wire.GuideStep, error) {
	done, err := g.Prepared(ctx)
	return step("set_up", done, "Zoho Books is prepared.", "The key field and the taxes are not prepared in Zoho Books yet."), err
}

func (g Starting) mapping(ctx context.Context) (wire.GuideStep, error) {
	var checks []wire.GuideCheck
	open := 0
	for _, kind := range wire.MappingKinds {
		if kind == "tags" || kind == "locations" { // asked for where they are needed
			continue
		}
		page, err := g.Mapping(ctx, kind)
		if err != nil {
			return wire.GuideStep{}, err
		}
		n := 0
		if slices.Contains(mustBeMapped, kind) {
			n = len(Open(page))
		}
		open += n
		state, detail := "ok", "Nothing is missing."
		if n > 0 {
			state, detail = "needs_you", fmt.Sprintf("%d without a choice.", n)
		}
		checks = append(checks, wire.GuideCheck{Key: kind, State: state, Detail: detail})
	}
	s := step("map", open == 0, "Everything in use has its place in Zoho Books.", fmt.Sprintf("%d rows have no place in Zoho Books yet.", open))
	if open == 1 {
		s.Detail = "1 row has no place in Zoho Books yet."
	}
	s.Checks = checks
	return s, nil
}

// Open are the rows of a mapping that have neither a choice nor a default; untaxed lines need none.
func Open(page wire.MappingPage) []wire.MappingItem {
	for _, item := range page.Items {
		if item.IsDefault && item.ZohoID != nil {
			return nil
		}
	}
	var open []wire.MappingItem
	for _, item := range page.Items {
		if !item.IsDefault && item.ZohoID == nil && item.SourceID != "0" {
			open = append(open, item)
		}
	}
	return open
}

func (g Starting) rehearse(ctx context.Context) (wire.GuideStep, error) {
	list, err := g.Store.Runs(ctx, store.RunQuery{Kind: runs.Preview, Statuses: []string{string(store.RunDone)}, Limit: 1})
	done := len(list) > 0
	if err == nil && !done {
		list, err = g.Store.Runs(ctx, store.RunQuery{Kind: runs.Sync, Statuses: []string{string(store.RunDone)}, Limit: 1})
		done = len(list) > 0
	}
	return step("rehearse", done, "A preview showed what would be sent.", "Look at what would be sent before anything is."), err
}

func (g Starting) switchOn(ctx context.Context) (wire.GuideStep, error) {
	on, err := g.Enabled(ctx)
	if err != nil {
		return wire.GuideStep{}, err
	}
	chosen, err := g.Store.SettingsChangedAt(ctx, "schedule")
	yes := "The schedule is on."
	if !on {
		yes = "By hand: nothing is sent by itself."
	}
	return step("switch_on", on || !chosen.IsZero(), yes, "Nothing is sent by itself yet."), err
}
