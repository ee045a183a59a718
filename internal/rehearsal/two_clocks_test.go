package rehearsal_test

import (
	"context"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestTaxThatAHandChangedIsReadByWhateverClock changes the tax of an invoice by hand right after it was sent, while the books'
// clock is ten minutes behind ours, and where they write moments in another form: no total tells, and it is seen.
func TestTaxThatAHandChangedIsReadByWhateverClock(t *testing.T) {
	atOnce(t)
	for name, tt := range map[string]struct {
		behind  time.Duration
		moments string
	}{"behind": {10 * time.Minute, ""}, "in another form": {0, "02 Jan 2006 15:04:05"}} {
		t.Run(name, func(t *testing.T) {
			atOnce(t)
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			dsn := hotelOf(t, "1.7", "clocks_")
			d := desk{clerk: newClerk(t, dsn, "clocks_"), ctx: ctx, Stage: openStage(ctx, t, rehearsal.Options{MySQL: dsn, Redis: privatetest.Redis(t), Every: soon, Engine: engine.Options{Gather: 2 * soon},
				Books: books.Options{PerMinute: 5000, PerDay: 50000, Clock: func() time.Time { return time.Now().Add(-tt.behind) }}})}
			d.must(d.Connect(ctx))
			d.must(d.SetUp(ctx, "Operating account"))
			d.must(d.Set(ctx, "limits", "calls_per_minute", 5000))
			d.Books.Prefer(func(p *books.Preferences) { p.Moments = tt.moments })
			d.book("70", "CLOCKSONE", "2", "970")
			d.invoice("80", "70")
			d.sync("70")
			rest(ctx, t, d.Stage, "sold", "70")
			d.must(d.Books.ChangeByHand(d.find("invoice:80").ID, `{"is_inclusive_tax":true,"line_items":[{"name":"Room","rate":124.8,"quantity":1}]}`))
			if r := d.find("invoice:80"); r.Total.String() != "124.8" || !r.Tax.IsZero() {
				t.Fatalf("by hand it comes to %s with a tax of %s", r.Total, r.Tax)
			}
			d.saw("without tax", "70", map[string][]string{"invoice:80 recreate": {"tax"}})
			d.saw("read again", "70", map[string][]string{"invoice:80 recreate": {"tax"}})
			for _, c := range d.Books.Calls() {
				if c.Path == "/invoices/"+d.find("invoice:80").ID {
					t.Error("it is read again, though nothing changed")
				}
			}
		})
	}
}
