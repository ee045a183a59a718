package rehearsal_test

import (
	"context"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestHowTaxesAreRoundedIsLearnedFromAnswers posts to an organization that rounds the tax of each line, which it tells with
// its documents alone, or with nothing but their totals. What was reckoned otherwise before that was known goes on by itself,
// and what comes later is right at once, also after the organization was read anew.
func TestHowTaxesAreRoundedIsLearnedFromAnswers(t *testing.T) {
	for name, untold := range map[string]bool{"told": false, "shown": true} {
		t.Run(name, func(t *testing.T) { roundedByLine(t, untold) })
	}
}

func roundedByLine(t *testing.T, untold bool) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	dsn := hotelOf(t, "1.7", "rnd_")
	d := desk{clerk: newClerk(t, dsn, "rnd_"), ctx: ctx}
	d.Stage = openStage(t.Context(), t, rehearsal.Options{MySQL: dsn, Redis: privatetest.Redis(t), Every: soon, Engine: engine.Options{Gather: 2 * soon},
		Books: books.Options{PerMinute: 5000, PerDay: 50000, TaxRounding: "item_level", UntoldRounding: untold}})
	d.must(d.Connect(ctx))
	d.must(d.SetUp(ctx, "Operating account"))
	d.must(d.Set(ctx, "limits", "calls_per_minute", 5000))
	// two rooms at 10.07, one a cent more for the sum: 4 % are 0.81 of both together, and twice 0.40 line by line.
	cheap := func(order string, rooms ...string) {
		d.book(order, "ROUNDED"+order, "2", rooms...)
		for _, room := range rooms {
			d.do("UPDATE {p}htl_booking_detail SET total_price_tax_excl = 10.07, total_price_tax_incl = 10.4728 WHERE id = " + room)
		}
		d.do("UPDATE {p}order_detail SET total_price_tax_excl = 20.14, total_price_tax_incl = 20.9456 WHERE id_order = " + order)
		d.cost(order, "20.14", "20.95")
	}
	start := func(order string) {
		for _, path := range []string{"/records/orders/initialize", "/records/orders/" + order + "/sync"} {
			_, err := d.Start(ctx, path, nil)
			d.must(err)
		}
	}
	cheap("75", "975", "976")
	start("75")
	eventually(ctx, t, d.Stage, "what was reckoned otherwise is sent again", func() bool {
		inHotel(t, dsn, "UPDATE qlobooks_documents SET due_at = UTC_TIMESTAMP(6) WHERE flow = 'sales_order' AND source_id = '75' AND due_at IS NOT NULL")
		return document(ctx, t, d.Stage, "sales_order:75").Status == "synced"
	}, "sales_order:75")
	// it may have been sent again before anybody could look: what was told stands in its history.
	if history := d.History("sales_order:75"); strings.Count(history, " held ") != 1 || !strings.Contains(history, "total of 20.94") || !strings.Contains(history, "item level") {
		t.Errorf("reckoned otherwise, the sales order went\n%s", history)
	}
	cheap("76", "977", "978")
	d.invoice("86", "76")
	d.must(d.SetUp(ctx, "Operating account")) // the organization is read anew, and does not tell
	start("76")
	for _, key := range []string{"sales_order:76", "invoice:86"} {
		if code, detail := d.issueOf(key); code != "" || detail != "synced" {
			t.Errorf("%s is %q %q", key, code, detail)
		}
	}
	checkBooks(t, d.Stage, "at the end", map[string]string{"sales_order:75": "20.95 open", "sales_order:76": "20.95 invoiced", "invoice:86": "20.95 open 20.95"})
}
