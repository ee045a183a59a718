package crash

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/internal/crash/point"
	"github.com/qlobooks/qlobooks/internal/sample"
)

// open are the points at which nobody died yet, when they are few.
func (p *plan) open() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var open []string
	for _, name := range p.order {
		if g := p.state[name]; !g.hit && g.tries < p.tries {
			open = append(open, name)
		}
	}
	if len(open) > few {
		return nil
	}
	return open
}

// scarce reports a deed that meets a guest who left or a room that is closed: few do, so some are kept
// for the time when only few points are left.
func (d *deed) scarce() bool {
	return slices.ContainsFunc(d.wants, func(key string) bool { return strings.HasSuffix(key, " disabled") })
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

// scene brings about what happens seldom by itself, for the points that bear one of names.
type scene struct {
	names []string
	begin func(t *trial, ctx context.Context) error
}

var scenes = []scene{
	{[]string{"/settings/", "/organizations"}, func(t *trial, ctx context.Context) error { // it is read once an hour
		return t.hotelDoes(ctx, "UPDATE qlobooks_connection SET learned_at = learned_at - INTERVAL 1 DAY")
	}},
	{[]string{"/settings/taxes", "/settings/taxexemptions", "/chartofaccounts"}, func(t *trial, ctx context.Context) error { // lists are read for the mapping when somebody asks
		return t.wish(ctx, "/mappings/refresh", map[string]any{"kinds": []string{"taxes", "accounts"}})
	}},
	{[]string{"store.Withdraw"}, func(t *trial, ctx context.Context) error { // a stop meets a call that waits for its turn
		if err := t.pace(ctx, 240); err != nil {
			return err
		}
		return t.paint(ctx, "room-types", "")
	}},
	{[]string{"/items"}, func(t *trial, ctx context.Context) error { return t.paint(ctx, "room-types", "") }},
	{[]string{"/contacts"}, func(t *trial, ctx context.Context) error { return t.paint(ctx, "customers", "") }},
	{[]string{"connection.Accepted"}, func(t *trial, ctx context.Context) error { // who met the refusal is gone
		return t.hotelDoes(ctx, "UPDATE qlobooks_connection SET issue_code = 'token_pause'")
	}},
	{[]string{"store.PauseRun"}, func(t *trial, ctx context.Context) error { // the accounts server is away for a moment
		now := point.Fast(t.o.Speed, t.since)().UTC()
		if err := t.hotelDoes(ctx, "UPDATE qlobooks_connection SET access_expires_at = ?, no_answer_until = ?", now.Add(-time.Hour), now.Add(time.Duration(t.o.Speed)*3*time.Second)); err != nil {
			return err
		}
		return t.wish(ctx, "/payments/import", map[string]any{"scope": "all"})
	}},
	{[]string{"store.RetireLate", "store.inSlices"}, func(t *trial, ctx context.Context) error { // as if auto_delete had just been switched on
		if err := t.hotelDoes(ctx, "DELETE FROM qlobooks_marks WHERE name LIKE 'retires:%'"); err != nil {
			return err
		}
		return t.wish(ctx, "/schedule/run", map[string]any{"kind": "tick"})
	}},
}

// seek begins the scenes for the points that are left.
func (t *trial) seek(ctx context.Context) error {
	open := t.plan.open()
	for _, s := range scenes {
		if slices.ContainsFunc(open, func(point string) bool {
			return slices.ContainsFunc(s.names, func(name string) bool { return strings.Contains(point, name) })
		}) {
			if err := s.begin(t, ctx); err != nil {
				return err
			}
		}
	}
	return nil
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
