package rehearsal_test

import (
	"context"
	"regexp"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sample"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestALostAnswerOfEveryStep loses the answer of every single step: money given back, credit
// applied, sent, opened, made void. Each is done once, and all amounts are those without faults.
func TestALostAnswerOfEveryStep(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	dsn := hotel(t, "step_")
	c, clock := newClerk(t, dsn, "step_"), newClock(time.Now().UTC())
	s := openStage(ctx, t, rehearsal.Options{MySQL: dsn, Redis: privatetest.Redis(t), Now: clock.now,
		Books: books.Options{PerMinute: 5000, PerDay: 50000, Clock: clock.now}, Engine: engine.Options{Gather: 5 * time.Second, Lease: 20 * time.Minute}})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.Connect(ctx))
	must(s.Set(ctx, "limits", "calls_per_minute", 5000))
	must(s.SetUp(ctx, "Operating account"))
	// settled waits until no document is on its way, an outcome not read, or an attempt to repeat.
	settled := func() {
		t.Helper()
		eventually(ctx, t, s, "all documents come to rest", func() bool {
			var n int
			must(c.db.QueryRowContext(ctx, "SELECT COUNT(*) FROM qlobooks_documents WHERE due_at IS NOT NULL OR lease_owner IS NOT NULL OR intent IS NOT NULL").Scan(&n))
			return n == 0
		})
	}
	steps := map[string]string{
		"refund of a credit note": `/creditnotes/\d+/refunds$`, "refund of a payment": `/customerpayments/\d+/refunds$`, "credit note applied": `/creditnotes/\d+/invoices$`,
		"credit taken": `/invoices/\d+/credits$`, "sent": `/invoices/status/sent$`, "order opened": `/salesorders/(\d+/)?status/open$`, "void": `/(salesorders|invoices)/(\d+/)?status/void$`,
	}
	var rules []books.Rule
	for _, path := range steps {
		rules = append(rules, books.Rule{Method: "POST", Path: path, Cycle: []books.Fault{books.FaultCommitDrop, books.FaultCommit500}})
	}
	must(s.Books.SetFaults(rules...))
	clock.move(0, 20)

	_, err := s.SyncAll(ctx)
	must(err)
	settled()
	result, err := s.Judge(ctx, sample.Expected())
	must(err)
	for _, wrong := range result.Wrong {
		t.Error(wrong)
	}

	// Two orders end after they were posted: one before its invoice, one after.
	sync := func(order string) {
		t.Helper()
		for _, path := range []string{"/records/orders/initialize", "/records/orders/" + order + "/sync"} {
			_, err := s.Start(ctx, path, nil)
			must(err)
		}
		settled()
	}
	c.book("52", "STEPORDER", "2", "910")
	c.book("53", "STEPVOIDD", "2", "911")
	c.invoice("63", "53")
	c.book("54", "STEPMONEY", "2", "912")
	c.invoice("64", "54")
	c.pay("64", "54", "64", "1", "1", "124.80", "124.80")
	for _, order := range []string{"52", "53", "54"} {
		sync(order)
	}
	c.cancel("52")
	c.cancel("53")
	c.pay("65", "54", "64", "1", "1", "-20.00", "-20.00")
	for _, order := range []string{"52", "53", "54"} {
		sync(order)
	}
	for key, want := range map[string]string{"sales_order:52": "void", "invoice:63": "void"} {
		if r := standing(t, s, key); r.Status != want {
			t.Errorf("%s is %s, should be %s", key, r.Status, want)
		}
	}
	checkBooks(t, s, "money given back", map[string]string{"invoice:64": "124.8 open 20", "payment:64": "124.8 open 0 back 20"})

	times := map[string]int{}
	for _, r := range s.Books.Snapshot() {
		for _, f := range r.Refunds {
			times[r.ID+" "+f.Reference]++
		}
	}
	for reference, n := range times {
		if n != 1 {
			t.Errorf("money was given back %d times as %s", n, reference)
		}
	}
	for name, path := range steps {
		pattern, lost, done := regexp.MustCompile(path), 0, map[string]int{}
		for _, call := range s.Books.Calls() {
			if call.Method == "POST" && pattern.MatchString(call.Path) {
				done[call.Path]++
				if call.Fault == string(books.FaultCommitDrop) || call.Fault == string(books.FaultCommit500) {
					lost++
				}
			}
		}
		if lost == 0 {
			t.Errorf("%s: no answer was lost: %v", name, done)
		}
		t.Logf("%s: %d answers lost", name, lost)
	}
}
