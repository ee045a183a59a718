package rehearsal_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/rehearsal"
)

// event is something that people do in QloApps. A tick with all switches off must change nothing
// in the books; then the switches are turned on one at a time, in this order, and each must change
// exactly what it says.
type event struct {
	name   string
	happen func(c clerk)
	on     []turn
}

// turn is a switch that is the only one on for one tick, and what that changes in the books: each
// record by key with what it is afterwards, "+" before what is new. Switches of which none may
// change anything are turned on together.
type turn struct {
	names string // "section.field", some with blanks between them, "" = all there are
	want  []string
}

func on(name string, want ...string) turn { return turn{name, want} }

func none(names ...string) turn { return turn{strings.Join(names, " "), nil} }

func everySwitch() []string {
	all := []string{"orders.auto_sync_new_orders", "orders.auto_update_orders", "orders.auto_sync_new_invoices", "orders.auto_sync_new_payments", "orders.auto_sync_credit_notes"}
	for _, section := range []string{"currencies", "hotels", "room-types", "service-products", "customers"} {
		for _, field := range []string{"auto_sync_new", "auto_update", "auto_delete"} {
			all = append(all, section+"."+field)
		}
	}
	return all
}

// theatre is a stage on which events happen.
type theatre struct {
	*testing.T
	ctx   context.Context
	stage *rehearsal.Stage
	clerk clerk
}

// TestEachSwitchChangesExactlyItsOwn lets every event happen in one hotel of each version, whose books
// are complete at the beginning.
func TestEachSwitchChangesExactlyItsOwn(t *testing.T) {
	atOnce(t)
	for version := range versions {
		t.Run(version, func(t *testing.T) {
			atOnce(t)
			th := openTheatre(t, hotelOf(t, version, "one_"), "one_")
			before(th.clerk)
			beforeEdits(th.clerk)
			th.complete()
			th.scheduleOn()
			th.play(slices.Concat(lateEvents(), orderEvents(), editEvents(), moneyEvents(), guestEvents(), masterEvents()))
		})
	}
}

func openTheatre(t *testing.T, dsn, prefix string) theatre {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return theatre{T: t, ctx: ctx, stage: stage(t, dsn), clerk: newClerk(t, dsn, prefix)}
}

func (th theatre) ok(err error) {
	th.Helper()
	if err != nil {
		th.Fatal(err)
	}
}

// complete brings everything into the books by hand.
func (th theatre) complete() {
	th.Helper()
	th.ok(th.stage.Connect(th.ctx))
	th.ok(th.stage.SetUp(th.ctx, "Operating account"))
	th.ok(th.stage.Set(th.ctx, "limits", "calls_per_minute", 5000))
	_, err := th.stage.SyncAll(th.ctx)
	th.ok(err)
	th.settle()
}

// scheduleOn turns the master switch on, with slots of a day: the tick of today's begins at once, and
// further ones are only those that are asked for.
func (th theatre) scheduleOn() {
	th.Helper()
	th.ok(th.stage.Set(th.ctx, "schedule", "interval_minutes", 1440))
	th.ok(th.stage.Set(th.ctx, "schedule", "enabled", true))
	th.until("the schedule's own tick", "SELECT COUNT(*) = 0 FROM qlobooks_runs WHERE kind = 'tick' AND status = 'done' AND started_by = 'Schedule'")
	th.settle()
}

func (th theatre) play(events []event) {
	th.Helper()
	have := th.books()
	for _, e := range events {
		e.happen(th.clerk)
		th.stage.Books.ForgetCalls()
		have = th.expect(have, e.name+", everything off", nil)
		for _, c := range th.stage.Books.Calls() {
			th.Errorf("%s, everything off: %s %s was called", e.name, c.Method, c.Path)
		}
		for _, s := range e.on {
			names, title := strings.Fields(s.names), s.names
			if s.names == "" {
				names, title = everySwitch(), "everything on"
			}
			th.set(names, true)
			have = th.expect(have, e.name+", "+title, s.want)
			th.set(names, false)
		}
	}
}

func (th theatre) set(names []string, value bool) {
	th.Helper()
	for _, name := range names {
		section, field, _ := strings.Cut(strings.ReplaceAll(name, "-", "_"), ".")
		th.ok(th.stage.Set(th.ctx, section, field, value))
	}
}

// expect lets a tick pass, compares what it changed and gives the books as they are then.
func (th theatre) expect(have map[string]state, when string, want []string) map[string]state {
	th.Helper()
	_, err := th.stage.Start(th.ctx, "/schedule/run", map[string]any{"kind": "tick"})
	th.ok(err)
	th.settle()
	now := th.books()
	got := changed(have, now)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		th.Errorf("%s: the books changed\n\t%s\nwant\n\t%s", when, strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
		var issues sql.NullString
		th.ok(th.clerk.db.QueryRowContext(th.ctx, "SELECT GROUP_CONCAT(flow, ':', source_id, ' ', status, ' ', issue_detail SEPARATOR '\n') FROM qlobooks_documents WHERE issue_code <> ''").Scan(&issues))
		th.Log(issues.String)
	}
	return now
}

// settle waits until nothing is due any more: a change may wake documents after the run.
func (th theatre) settle() {
	th.Helper()
	th.until("no document is due", "SELECT COUNT(*) FROM qlobooks_documents WHERE due_at IS NOT NULL OR lease_owner IS NOT NULL OR status IN ('pending', 'syncing')")
}

// until waits until a query answers 0.
func (th theatre) until(what, query string) {
	th.Helper()
	eventually(th.ctx, th.T, th.stage, what, func() bool {
		var n int
		th.ok(th.clerk.db.QueryRowContext(th.ctx, query).Scan(&n))
		return n == 0
	})
}

// state is a record of the books: all of it but its times, and the part that tables show.
type state struct{ all, shown string }

// books is everything that stands in the books, by key.
func (th theatre) books() map[string]state {
	th.Helper()
	all := map[string]state{}
	for code, rate := range th.stage.Books.Rates() {
		all["rate:"+code] = state{rate.String(), rate.String()}
	}
	for _, r := range th.stage.Books.Snapshot() {
		var body map[string]any
		th.ok(json.Unmarshal(r.Body, &body))
		shown := r.Total.String() + " " + r.Status
		r.Contact = ""
		switch r.Module {
		case "items":
			shown = r.Name + " " + r.Status
		case "contacts":
			address, _ := body["billing_address"].(map[string]any)
			city, _ := address["city"].(string)
			shown = strings.Join([]string{r.Name, city, r.Status}, " ")
		case "invoices":
			shown += " open " + r.Balance.String()
		case "creditnotes", "customerpayments":
			shown = r.Total.String() + " open " + r.Balance.String()
		}
		if r.Refunded.IsPositive() {
			shown += " back " + r.Refunded.String()
		}
		// Times say nothing, and what is shown of another record is that one's: a document has its id.
		for _, name := range []string{"created_time", "last_modified_time", "updated_time", "customer_name"} {
			delete(body, name)
		}
		rows, _ := body["invoices"].([]any)
		for _, row := range rows {
			delete(row.(map[string]any), "status")
			delete(row.(map[string]any), "balance")
		}
		r.Body, _ = json.Marshal(body)
		text, err := json.Marshal(r)
		th.ok(err)
		name := r.Key
		if name == "" {
			name = r.Module + " " + r.Name
		}
		if _, there := all[name]; there {
			th.Errorf("%s stands twice in the books", name)
		}
		all[name] = state{string(text), shown}
	}
	return all
}

func changed(was, is map[string]state) []string {
	var list []string
	for name, s := range is {
		old, there := was[name]
		switch {
		case !there:
			list = append(list, "+"+name+" "+s.shown)
		case old.all != s.all:
			list = append(list, name+" "+s.shown)
		}
	}
	for name := range was {
		if _, there := is[name]; !there {
			list = append(list, "-"+name)
		}
	}
	slices.Sort(list)
	return list
}
