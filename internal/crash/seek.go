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

// seek brings about what is left to die at and happens seldom by itself: what is known of the
// organisation, which is read once an hour, is read again, and rooms are renamed and renamed back, until
// an answer about one is lost and it is read.
func (t *trial) seek(ctx context.Context) error {
	var settings, items bool
	for _, name := range t.plan.open() {
		settings = settings || strings.Contains(name, "/settings/") || strings.Contains(name, "/organizations")
		items = items || strings.Contains(name, "/items")
	}
	if settings {
		if err := patiently(ctx, 30*time.Second, func() error {
			_, err := t.hotel.ExecContext(ctx, "UPDATE qlobooks_connection SET learned_at = learned_at - INTERVAL 1 DAY")
			return err
		}); err != nil {
			return err
		}
	}
	if !items {
		return nil
	}
	t.mu.Lock()
	t.coats++
	coat := t.coats
	t.mu.Unlock()
	return t.paint(ctx, fmt.Sprintf("Coat %d of", coat))
}

// paint renames the rooms whose fate is to change and that stand under their new name already, and has
// that brought to Zoho Books.
func (t *trial) paint(ctx context.Context, name string) error {
	t.mu.Lock()
	waiting := map[string]bool{}
	for _, d := range t.deeds {
		waiting[d.section+" "+d.id] = true
	}
	var ids []string
	for _, o := range t.orders[:t.queued] {
		id := fmt.Sprint(o.Product)
		if fateOf(o.Product) == changes && !waiting["room-types "+id] && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	t.mu.Unlock()
	if len(ids) == 0 {
		return nil
	}
	desk := sample.Desk{DB: t.hotel, Prefix: prefix, Now: point.Fast(t.o.Speed, t.since)}
	for _, id := range ids {
		if err := patiently(ctx, 30*time.Second, func() error { return desk.RenameRoomType(ctx, id, name+" "+id) }); err != nil {
			return err
		}
	}
	return t.wish(ctx, "/records/room-types/sync", map[string]any{"ids": ids, "confirm": true})
}
