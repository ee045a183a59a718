package crash

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/internal/crash/point"
	"github.com/qlobooks/qlobooks/internal/sample"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// open are the points at which nobody died yet, when there are few but those of scenes, which nobody comes to without.
func (p *plan) open() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var open []string
	others := 0
	for _, name := range p.order {
		if g := p.state[name]; !g.hit && g.tries < p.tries {
			open = append(open, name)
			if !slices.ContainsFunc(scenes, func(s scene) bool { return s.serves(name) }) {
				others++
			}
		}
	}
	if others > few {
		return nil
	}
	return open
}

// scarce reports a deed that meets a guest who left or a room that is closed, or that gives money back: few do, so
// some are kept for the time when only few points are left.
func (d *deed) scarce() bool {
	return d.back && d.order%3 == 0 || slices.ContainsFunc(d.wants, func(key string) bool { return strings.HasSuffix(key, " disabled") })
}

// early is how many scarce deeds are done before that, so that their points are known.
const early = 8

// spared reports that a scarce deed is not done yet; t.mu is held.
func (t *trial) spared(d *deed, all bool) bool {
	if all || !d.scarce() {
		return false
	}
	if t.scarcely < early || len(t.plan.open()) > 0 {
		t.scarcely++
		return false
	}
	return true
}

// scene brings about what happens seldom by itself, for the points that bear one of names, and gives workers
// something to do that comes to it: late in a trial there may be nothing else.
type scene struct {
	names []string
	begin func(t *trial, ctx context.Context) error
}

var scenes = []scene{
	{[]string{"/organizations", "/settings/currencies", "/settings/fields"}, func(t *trial, ctx context.Context) error { // it is read once an hour
		if err := t.hotelDoes(ctx, "UPDATE qlobooks_connection SET learned_at = learned_at - INTERVAL 1 DAY, learn_asked_at = NULL"); err != nil {
			return err
		}
		return t.refresh(ctx)
	}},
	{[]string{"/settings/taxes", "/settings/taxexemptions", "/chartofaccounts", "mapping.Replace", "store.ProbeNow", "store.wishAgain", "store.inSlices"}, func(t *trial, ctx context.Context) error { // lists are read for the mapping when somebody asks, and free what waited
		return t.refresh(ctx)
	}},
	{[]string{"store.RetryRun"}, func(t *trial, ctx context.Context) error { // a run that reads a list is broken off
		return t.refresh(ctx, books.Rule{Method: http.MethodGet, Path: "/settings/taxes$", Times: 1, Fault: books.FaultCommit500})
	}},
	{[]string{"store.KeepRun"}, func(t *trial, ctx context.Context) error { // a run waits long for one call
		return t.refresh(ctx, books.Rule{Method: http.MethodGet, Path: "/chartofaccounts$", Times: 1, Fault: books.FaultSlow, Delay: 1500})
	}},
	{[]string{"/refunds"}, func(t *trial, ctx context.Context) error { // money goes back, by the deeds that are kept, and no answer tells
		return t.strike(ctx, books.Rule{Method: http.MethodPost, Path: "/refunds$", Times: 2, Fault: books.FaultCommitDrop})
	}},
	{[]string{"store.Withdraw"}, func(t *trial, ctx context.Context) error { // a stop meets a call that waits for its turn
		if err := t.pace(ctx, 240); err != nil {
			return err
		}
		return t.paint(ctx, "room-types", "")
	}},
	{[]string{"/items"}, func(t *trial, ctx context.Context) error { return t.paint(ctx, "room-types", "") }},
	{[]string{"/contacts"}, func(t *trial, ctx context.Context) error { return t.paint(ctx, "customers", "") }},
	{[]string{"connection.Refused"}, func(t *trial, ctx context.Context) error { // for a moment everything is refused, to a fresh access too
		return t.refresh(ctx, books.Rule{Method: http.MethodGet, Path: "/settings/taxexemptions$|/organizations$", Times: 3, Fault: books.FaultTokenExpired})
	}},
	{[]string{"store.RefusedAlike", "store.AlikeOver"}, func(t *trial, ctx context.Context) error { // for a moment one right is missing
		if err := t.strike(ctx, books.Rule{Method: http.MethodPut, Path: "/items/[0-9]+$", Times: 4, Fault: books.FaultTokenExpired}); err != nil {
			return err
		}
		return t.paint(ctx, "room-types", "")
	}},
	{[]string{"connection.Accepted"}, func(t *trial, ctx context.Context) error { // who met the refusal is gone
		if err := t.hotelDoes(ctx, "UPDATE qlobooks_connection SET issue_code = 'token_pause'"); err != nil {
			return err
		}
		return t.refresh(ctx)
	}},
	{[]string{"store.PauseRun"}, func(t *trial, ctx context.Context) error { // the accounts server is away for a moment
		now := point.Fast(t.o.Speed, t.since)().UTC()
		if err := t.hotelDoes(ctx, "UPDATE qlobooks_connection SET access_expires_at = ?, no_answer_until = ?", now.Add(-time.Hour), now.Add(time.Duration(t.o.Speed)*3*time.Second)); err != nil {
			return err
		}
		return t.wish(ctx, "/payments/import", map[string]any{"scope": "all"})
	}},
	{[]string{"store.SetMarkOnce", "store.ReachUnknown"}, func(t *trial, ctx context.Context) error { // an installation is named once, and of another one Redis knows nothing
		if err := t.hotelDoes(ctx, "DELETE FROM qlobooks_marks WHERE name = 'installation'"); err != nil {
			return err
		}
		return t.paint(ctx, "room-types", "")
	}},
	{[]string{"/transactionlocks", "connection.Locks", "connection.Free", "connection.set"}, func(t *trial, ctx context.Context) error { // locks that nobody knows are new, and free what waited
		if err := t.hotelDoes(ctx, "UPDATE qlobooks_connection SET locks = NULL, locks_at = NULL"); err != nil {
			return err
		}
		return t.wish(ctx, "/schedule/run", map[string]any{"kind": "tick"})
	}},
	{[]string{"store.RetireLate", "store.inSlices"}, func(t *trial, ctx context.Context) error { // as if auto_delete had just been switched on
		if err := t.hotelDoes(ctx, "DELETE FROM qlobooks_marks WHERE name LIKE 'retires:%'"); err != nil {
			return err
		}
		return t.wish(ctx, "/schedule/run", map[string]any{"kind": "tick"})
	}},
}

// serves reports that a scene brings about what bears a name.
func (s scene) serves(point string) bool {
	return slices.ContainsFunc(s.names, func(name string) bool { return strings.Contains(point, name) })
}

// seek begins one of the scenes for the points that are left, each in its turn: one may keep another from being
// played. tried tells of which points a process that lives through it has tried in earnest; sought, that there is one.
func (t *trial) seek(ctx context.Context) (tried func(point string) bool, sought bool, err error) {
	open := t.plan.open()
	var wanted []scene
	for _, s := range scenes {
		if slices.ContainsFunc(open, s.serves) {
			wanted = append(wanted, s)
		}
	}
	if len(wanted) == 0 {
		return func(string) bool { return true }, false, nil
	}
	t.mu.Lock()
	t.played++
	now := wanted[t.played%len(wanted)]
	t.mu.Unlock()
	return func(point string) bool {
		return now.serves(point) || !slices.ContainsFunc(wanted, func(s scene) bool { return s.serves(point) })
	}, true, now.begin(t, ctx)
}

// rehearse plays every scene once, so that its points are known while there is work for those who are to die at them.
func (t *trial) rehearse(ctx context.Context) error {
	for _, s := range scenes {
		if err := s.begin(t, ctx); err != nil {
			return err
		}
		if err := t.idle(ctx); err != nil {
			return fmt.Errorf("the scene of %s: %w", s.names[0], err)
		}
	}
	return t.pace(ctx, unpaced)
}

// refresh has the lists of Zoho Books read of which the mapping chooses, while calls go wrong by more rules.
func (t *trial) refresh(ctx context.Context, rules ...books.Rule) error {
	if len(rules) > 0 {
		if err := t.strike(ctx, rules...); err != nil {
			return err
		}
	}
	return t.wish(ctx, "/mappings/refresh", map[string]any{"kinds": []string{"taxes", "accounts"}})
}

// pace sets how many calls a minute may see.
func (t *trial) pace(ctx context.Context, calls int) error {
	return patiently(ctx, 30*time.Second, func() error { return t.stage.Set(ctx, "limits", "calls_per_minute", calls) })
}

func (t *trial) hotelDoes(ctx context.Context, statement string, args ...any) error {
	return patiently(ctx, 30*time.Second, func() error {
		_, err := t.hotel.ExecContext(ctx, statement, args...)
		return err
	})
}

// paint renames the guests or rooms whose fate is to change and that have their new name already, and has
// that brought to Zoho Books: now and then an answer is lost, and what stands is read. name is that new name;
// without it another one is made.
func (t *trial) paint(ctx context.Context, section, name string) error {
	t.mu.Lock()
	if name == "" {
		t.coats++
		name = fmt.Sprintf("Coat %d of", t.coats)
	}
	waiting := map[string]bool{}
	for _, d := range t.deeds {
		waiting[d.section+" "+d.id] = true
	}
	var ids []string
	for _, o := range t.orders[:t.queued] {
		id, fate := fmt.Sprint(o.Product), fateOf(o.Product)
		if section == "customers" {
			id, fate = fmt.Sprint(o.Guest), t.guestFate(o.Guest)
			if !t.knownInDollars(o.Guest) {
				fate = stays
			}
		}
		if fate == changes && !waiting[section+" "+id] && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	t.mu.Unlock()
	if len(ids) == 0 {
		return nil
	}
	desk := sample.Desk{DB: t.hotel, Prefix: prefix, Now: point.Fast(t.o.Speed, t.since)}
	for _, id := range ids {
		rename := func() error { return desk.RenameRoomType(ctx, id, name+" "+id) }
		if section == "customers" {
			rename = func() error { return desk.Rename(ctx, id, name) }
		}
		if err := patiently(ctx, 30*time.Second, rename); err != nil {
			return err
		}
	}
	return t.wish(ctx, "/records/"+section+"/sync", map[string]any{"ids": ids, "confirm": true})
}
