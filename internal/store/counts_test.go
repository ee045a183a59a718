package store_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
)

// chaos does at random whatever changes records and documents. Each act may break off anywhere, as its
// process may be killed at any statement.
type chaos struct {
	*testing.T
	s   *store.Store
	rnd *rand.Rand
	run uint64
}

const chaosOrders = 40

func (c chaos) some() []string {
	ids := []string{}
	for range 1 + c.rnd.IntN(6) {
		ids = append(ids, fmt.Sprint(1+c.rnd.IntN(chaosOrders)))
	}
	return ids
}

func (c chaos) seen() []store.Seen {
	var list []store.Seen
	had := map[string]bool{}
	for _, id := range c.some() {
		if had[id] {
			continue
		}
		had[id] = true
		amount := money.MustParse(fmt.Sprint(c.rnd.IntN(50)))
		list = append(list, store.Seen{Print: fmt.Sprintf("a:%d", c.rnd.IntN(9)), Amount: &amount, Listed: store.Listed{ID: id, Name: "ORDER" + id, HotelID: fmt.Sprint(c.rnd.IntN(3)), Currency: []string{"EUR", "USD"}[c.rnd.IntN(2)],
			Day: []string{"", "2025-12-31", "2026-01-01", "2026-01-31", "2026-02-14"}[c.rnd.IntN(5)], Canceled: c.rnd.IntN(5) == 0, DueOpen: c.rnd.IntN(2) == 0,
			Fields:    map[string]string{"total": fmt.Sprintf("%d.10", c.rnd.IntN(90)), "paid": fmt.Sprint(c.rnd.IntN(90))},
			Documents: []store.Ref{{Flow: "sales_order", ID: id}, {Flow: "invoice", ID: id}, {Flow: "payment", ID: fmt.Sprint(c.rnd.IntN(chaosOrders / 2))}}[:c.rnd.IntN(4)]}})
	}
	return list
}

func (c chaos) ref() store.Ref {
	return store.Ref{Flow: []string{"sales_order", "invoice", "payment"}[c.rnd.IntN(3)], ID: fmt.Sprint(1 + c.rnd.IntN(chaosOrders))}
}

// settle ends attempts in all ways.
func (c chaos) settle(ctx context.Context) error {
	token := fmt.Sprint(c.rnd.Uint64())
	docs, err := c.s.Claim(ctx, token, store.Queue{Flow: c.ref().Flow, Lane: store.Person}, 5, time.Minute)
	if err != nil {
		return err
	}
	for _, d := range docs {
		total := money.MustParse(fmt.Sprint(c.rnd.IntN(99)))
		d.Status, d.Currency, d.Total, d.Issue = []store.Status{store.Synced, store.Held, store.Failed, store.Blocked, store.Rejected, store.Disabled}[c.rnd.IntN(6)], "EUR", &total, store.Issue{}
		out := store.Outcome{Document: d, Count: store.CountDone, Event: "something"}
		if d.Status == store.Synced || d.Status == store.Disabled {
			out.Synced, out.Changed, out.Document.ZohoID = true, true, fmt.Sprint("z", d.RowID)
		} else {
			out.Document.Issue.Code = []string{"totals_differ", "mapping_missing", "zoho_record_gone"}[c.rnd.IntN(3)]
		}
		if err := c.s.Settle(token, out); err != nil {
			return err
		}
	}
	return nil
}

func (c chaos) act(ctx context.Context) error {
	switch c.rnd.IntN(14) {
	case 0:
		return c.s.Adopt(ctx, "orders", c.seen())
	case 1, 2:
		_, err := c.s.See(ctx, "orders", c.seen())
		return err
	case 3, 4:
		return c.s.Queue(ctx, c.run, "orders", c.some(), nil, store.Person)
	case 5, 6, 7:
		return c.settle(ctx)
	case 8:
		_, err := c.s.FreeIssue(ctx, []string{"totals_differ", "mapping_missing"}, store.Person)
		return err
	case 9:
		_, err := c.s.SetSkipped(ctx, []store.Ref{c.ref()}, c.rnd.IntN(2) == 0, "")
		return err
	case 10:
		return c.s.Pair(ctx, []string{"invoice"}, []store.Pairing{{Ref: c.ref(), Zoho: store.Standing{ZohoID: fmt.Sprint("p", c.rnd.IntN(1000)), Currency: "USD"}}}, "a person")
	case 11:
		return c.s.Unpair(ctx, c.ref(), "", "a person")
	case 12:
		_, err := c.s.MarkGone(ctx, fmt.Sprint("z", 1+c.rnd.IntN(60)), []store.Ref{c.ref(), c.ref(), c.ref()}, "gone", "")
		return err
	default:
		if c.rnd.IntN(2) == 0 {
			return c.s.LeaveOut(ctx, "sales_order", store.Issue{Code: "skipped_export_off"})
		}
		return c.s.TakeIn(ctx, "orders", "sales_order", "skipped_export_off")
	}
}

// TestCountsAreWhatTheyCount whatever happens at once, and wherever it breaks off.
func TestCountsAreWhatTheyCount(t *testing.T) {
	t.Parallel()
	s := setup(t)
	run, err := s.StartRun(t.Context(), "sync", "orders", "chaos", "a person")
	if err != nil {
		t.Fatal(err)
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	var group sync.WaitGroup
	for who := range uint64(4) {
		group.Go(func() {
			c := chaos{T: t, s: s, rnd: rand.New(rand.NewPCG(seed, who)), run: run.ID}
			for range 60 {
				ctx, cancel := t.Context(), func() {}
				if c.rnd.IntN(3) == 0 { // killed at some statement
					ctx, cancel = context.WithTimeout(ctx, time.Duration(c.rnd.IntN(12000))*time.Microsecond)
				}
				err := c.act(ctx)
				cancel()
				if err != nil && ctx.Err() == nil && !errors.Is(err, store.ErrBusy) && !errors.Is(err, store.ErrNoRow) && !errors.Is(err, store.ErrLost) && !store.Passing(err) {
					t.Errorf("seed %d: %v", seed, err)
				}
			}
		})
	}
	group.Wait()
	if t.Failed() {
		return
	}
	right(t, s, "after everything")
	if err := s.Fold(t.Context()); err != nil {
		t.Fatal(err)
	}
	var left int
	if err := s.Gorm().Raw("SELECT COUNT(*) FROM qlobooks_count_changes").Scan(&left).Error; err != nil || left != 0 {
		t.Errorf("%d changes were not added up: %v", left, err)
	}
	right(t, s, "added up")
}

// right compares what is told with what is there.
func right(t *testing.T, s *store.Store, when string) {
	t.Helper()
	if wrong, err := s.Recount(t.Context()); err != nil || wrong != 0 {
		t.Errorf("%s: %d counts were wrong, %v", when, wrong, err)
	}
	told, err := s.RecordCounts(t.Context(), "orders")
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]int{}
	var rows []struct {
		Status string
		N      int
	}
	if err := s.Gorm().Raw("SELECT status, COUNT(*) n FROM qlobooks_records WHERE section = 'orders' GROUP BY status").Scan(&rows).Error; err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		there[r.Status] = r.N
	}
	if !maps.Equal(told, there) || len(there) == 0 {
		t.Errorf("%s: told are %v, there are %v", when, told, there)
	}
	issues, err := s.Issues(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range issues {
		var n int
		if err := s.Gorm().Raw("SELECT COUNT(*) FROM qlobooks_documents WHERE issue_code = ? AND status IN ('blocked', 'held', 'failed', 'unknown', 'rejected')", g.Code).Scan(&n).Error; err != nil || n != g.Count {
			t.Errorf("%s: for %s stand still %d, told are %d: %v", when, g.Code, n, g.Count, err)
		}
	}
}

// TestTheCheckRepairsCounts that something else than we spoilt.
func TestTheCheckRepairsCounts(t *testing.T) {
	t.Parallel()
	s := setup(t)
	ids := manyOrders(t, s, 30)
	begin(t, s, "run", ids, nil)
	hold(t, s, "mapping_missing")
	for _, spoil := range []string{
		"UPDATE qlobooks_counts SET n = n + 3 WHERE list = 'orders' LIMIT 1", "DELETE FROM qlobooks_counts", "DELETE FROM qlobooks_count_changes",
		"UPDATE qlobooks_records SET status = 'failed' WHERE source_id IN ('3', '4')", "UPDATE qlobooks_documents SET posted_at = '2026-01-01' WHERE id < 5",
	} {
		if err := s.Fold(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.Gorm().Exec(spoil).Error; err != nil {
			t.Fatal(err)
		}
		if spoil == "DELETE FROM qlobooks_count_changes" {
			continue // nothing was left in it
		}
		if wrong, err := s.Recount(t.Context()); err != nil || wrong == 0 {
			t.Errorf("%s: nothing was wrong, %v", spoil, err)
		}
		right(t, s, spoil)
	}
}
