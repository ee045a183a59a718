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

// TestRunsOfTheSameMomentAreToldApart syncs an order, and once more when it was paid, while the clock stands: undoing the
// later run takes back the payment alone, undoing the earlier one the rest.
func TestRunsOfTheSameMomentAreToldApart(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	dsn, clock := hotel(t, "moment_"), newClock(time.Now().UTC())
	s := openStage(ctx, t, rehearsal.Options{MySQL: dsn, Redis: privatetest.Redis(t), Now: clock.now, Every: soon,
		Books: books.Options{PerMinute: 5000, PerDay: 50000, Clock: clock.now}, Engine: engine.Options{Gather: 2 * soon, Lease: 20 * time.Minute}})
	d := desk{clerk: newClerk(t, dsn, "moment_"), Stage: s, ctx: ctx}
	d.must(d.Connect(ctx))
	d.must(d.Set(ctx, "limits", "calls_per_minute", 5000))
	d.must(d.SetUp(ctx, "Operating account"))
	clock.move(0, 0)
	d.book("50", "MOMENTS50", "2", "950")
	first := d.posted("50")
	d.pay("50", "50", "0", "1", "1", "124.80", "124.80")
	later := d.posted("50")
	d.reads("posted", map[string]string{"sales_order:50": "synced, open", "payment:50": "synced, paid"})
	for run, left := range map[string]int{first: 0, later: 1} {
		if p := undoPreview(ctx, t, s, run); p.Counts.Left != left || len(p.Items) != 1 {
			t.Errorf("of run %s %+v %+v", run, *p.Counts, p.Items)
		}
	}
	d.undo(later)
	d.reads("the later one undone", map[string]string{"sales_order:50": "synced, open", "payment:50": "not_synced, not there"})
	d.undo(first)
	d.reads("both undone", map[string]string{"sales_order:50": "not_synced, void", "payment:50": "not_synced, not there"})
}
