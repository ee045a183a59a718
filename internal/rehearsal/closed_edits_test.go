package rehearsal_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/await"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// edit makes order 10 dearer in QloApps, and gives its invoice.
func (c closing) edit() string {
	c.t.Helper()
	inHotel(c.t, c.App.Config.MySQLDSN.Reveal(),
		"UPDATE qlo_order_detail SET total_price_tax_excl = 360, total_price_tax_incl = 374.4 WHERE id_order = 10",
		"UPDATE qlo_htl_booking_detail SET total_price_tax_excl = 360, total_price_tax_incl = 374.4 WHERE id_order = 10",
		"UPDATE qlo_orders SET total_paid_tax_excl = 360, total_paid_tax_incl = 374.4, total_paid_real = total_paid_real + 124.8 WHERE id_order = 10",
		"UPDATE qlo_order_invoice SET total_paid_tax_excl = 360, total_paid_tax_incl = 374.4 WHERE id_order = 10")
	return one(c.t, c.Stage, "SELECT i.source_id FROM qlobooks_documents i JOIN qlobooks_record_documents t ON t.document_id = i.id WHERE i.flow = 'invoice' AND i.day BETWEEN ? AND ? AND t.section = 'orders' AND t.record_id = '10'", c.from, c.to)
}

// TestAnEditAfterClosingIsFoundThoughNothingIsSent edits an order of a closed month in QloApps while every switch is
// off: a look at QloApps tells it, nobody reads the month again.
func TestAnEditAfterClosingIsFoundThoughNothingIsSent(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := closingHotel(ctx, t)
	c.read()
	c.start("/schedule/run", map[string]any{"kind": "tick"}) // what is only listed is looked at first
	for _, table := range []string{"records", "documents"} { // all of it was posted long before
		inHotel(t, c.App.Config.MySQLDSN.Reveal(), "UPDATE qlobooks_"+table+" SET updated_at = updated_at - INTERVAL 1 DAY, last_synced_at = last_synced_at - INTERVAL 1 DAY")
	}
	if _, err := c.close(signed); err != nil {
		t.Fatal(err)
	}
	c.drifted()
	looks := func() string {
		return one(t, c.Stage, "SELECT CONCAT(status, ' ', phase) FROM qlobooks_records WHERE section = 'orders' AND source_id = '10'")
	}
	before := looks()
	invoice := c.edit()
	c.start("/schedule/run", map[string]any{"kind": "tick"})
	if after := looks(); after != before {
		t.Fatalf("it looked %s, and now %s", before, after)
	}
	if words := c.drifted("invoice:" + invoice)["invoice:"+invoice]; !strings.Contains(words, "|249.60|374.40|USD|QloApps: 374.40 instead of 249.60.") {
		t.Errorf("the edit is told as %s", words)
	}
}

// TestAnEditWhileAMonthIsBeingSignedIsFound has the look at closed months, which goes on for another month, pass by an
// edit before the signature is stored: what was changed since the look that was signed is named all the same.
func TestAnEditWhileAMonthIsBeingSignedIsFound(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	clock := newClock(time.Now().UTC())
	c := closingAt(ctx, t, rehearsal.Options{Now: clock.now, Books: books.Options{Clock: clock.now}})
	before := c
	first, err := time.Parse(time.DateOnly, c.from)
	c.must(err)
	before.month, before.from, before.to = first.AddDate(0, -4, 0).Format("2006-01"), first.AddDate(0, -4, 0).Format(time.DateOnly), first.AddDate(0, -3, -1).Format(time.DateOnly)
	before.read()
	if _, err := before.close(signed); err != nil {
		t.Fatal(err)
	}
	c.read()
	c.start("/schedule/run", map[string]any{"kind": "tick"})

	db, err := sql.Open("mysql", c.App.Config.MySQLDSN.Reveal())
	c.must(err)
	defer db.Close()
	tx, err := db.BeginTx(ctx, nil)
	c.must(err)
	_, err = tx.ExecContext(ctx, "INSERT INTO qlobooks_periods (organization_id, month, closed_at, closed_by, reason, sums, accepted) VALUES (?, ?, NOW(), '', '', '[]', '[]')", organization(ctx, t, c.Stage), c.month)
	c.must(err)
	done := make(chan error, 1)
	go func() { _, err := c.close(signed); done <- err }()
	wait := func(query string, args ...any) {
		t.Helper()
		c.must(await.Bounds{Moved: c.Moved}.For(ctx, func() (bool, error) { return one(t, c.Stage, query, args...) != "0", nil }))
	}
	wait("SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE 'INSERT INTO qlobooks_periods %'")
	invoice := c.edit()
	c.start("/schedule/run", map[string]any{"kind": "tick"})
	clock.move(time.Minute, 1)
	wait("SELECT COUNT(*) FROM qlobooks_marks m JOIN qlobooks_records r ON r.section = 'orders' AND r.source_id = '10' WHERE m.name = 'closed_updated_at' AND m.value >= DATE_FORMAT(r.updated_at, '%Y-%m-%dT%H:%i:%s.%f')")
	c.must(tx.Rollback())
	c.must(<-done)
	if words := c.drifted("invoice:" + invoice)["invoice:"+invoice]; !strings.Contains(words, "QloApps: 374.40 instead of 249.60.") {
		t.Errorf("the edit is told as %s", words)
	}
}
