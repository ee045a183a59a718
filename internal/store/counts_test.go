package store_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/statement"
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
		if c.rnd.IntN(4) == 0 { // it waits for others
			d.Status, d.Issue = store.Blocked, store.Issue{}
			if err := c.s.Settle(token, store.Outcome{Document: d, WaitOn: []store.Ref{c.ref(), c.ref()}, Pull: []store.Ref{{Flow: "customer", ID: fmt.Sprint(c.rnd.IntN(5))}}}); err != nil {
				return err
			}
			continue
		}
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

// slice lists some orders inside the database.
func (c chaos) slice() store.Slice {
	after := uint64(c.rnd.IntN(chaosOrders))
	l := store.Slice{Section: "orders", After: after, Last: after + uint64(c.rnd.IntN(12)), Flows: []string{"invoice", "payment"}, Documents: map[string][]store.Selection{}}
	records := map[string]string{}
	var listed, terms, invoices, payments []string
	for id := l.After + 1; id <= l.Last; id++ {
		if c.rnd.IntN(4) == 0 {
			continue
		}
		records[fmt.Sprint(id)] = fmt.Sprintf("SELECT %d id, 'ORDER%d' name, %d canceled, %d due_open, '%d' hotel_id, '%s' currency, '7' customer_id, '2026-0%d-01' day, '{}' fields, %d.10 total, %d due, 0 retired, %d amount, '2026-03-01' last_day",
			id, id, c.rnd.IntN(5)/4, c.rnd.IntN(2), c.rnd.IntN(3), []string{"EUR", "USD"}[c.rnd.IntN(2)], 1+c.rnd.IntN(3), c.rnd.IntN(90), c.rnd.IntN(90), c.rnd.IntN(50))
		listed = append(listed, fmt.Sprintf("SELECT %d id", id))
		terms = append(terms, fmt.Sprintf("SELECT 'term%d' term, %d id", c.rnd.IntN(9), id))
		invoices = append(invoices, fmt.Sprintf("SELECT %d record, %d id", id, id))
		payments = append(payments, fmt.Sprintf("SELECT %d record, %d id", id, c.rnd.IntN(chaosOrders/2)))
	}
	either := func(list []string, none string) store.Selection {
		if len(list) == 0 {
			return store.Selection{SQL: none}
		}
		return store.Selection{SQL: strings.Join(list, " UNION ALL ")}
	}
	l.Records = either(slices.Sorted(maps.Values(records)), "SELECT 1 id, '' name, 0 canceled, 0 due_open, '' hotel_id, '' currency, '' customer_id, NULL day, '{}' fields, 0 total, 0 due, 0 retired, 0 amount, NULL last_day FROM qlobooks_sections WHERE 1 = 0")
	const nobody = " FROM qlobooks_sections WHERE 1 = 0"
	l.Listed, l.Terms = either(listed, "SELECT 1 id"+nobody), []store.Selection{either(terms, "SELECT '' term, 1 id"+nobody)}
	l.Documents["invoice"], l.Documents["payment"] = []store.Selection{either(invoices, "SELECT 1 record, 1 id"+nobody)}, []store.Selection{either(payments, "SELECT 1 record, 1 id"+nobody)}
	return l
}

func (c chaos) act(ctx context.Context) error {
	switch c.rnd.IntN(17) {
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
	case 13:
		total := money.MustParse(fmt.Sprint(c.rnd.IntN(99)))
		return c.s.LinkImported(ctx, c.ref(), store.Standing{ZohoID: fmt.Sprint("i", c.rnd.IntN(1000)), Currency: "USD", Day: "2026-02-03", Total: &total}, "imported")
	case 14, 15:
		_, _, err := c.s.ListSlice(ctx, c.slice())
		return err
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
				if err != nil && ctx.Err() == nil && !errors.Is(err, store.ErrBusy) && !errors.Is(err, store.ErrNoRow) && !errors.Is(err, store.ErrLost) && !statement.Passing(err) {
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

// compare counts by other statements than the product's what the counts are of, and asks whether every
// record shows the worst of its documents.
func compare(t *testing.T, s *store.Store, when string) {
	t.Helper()
	const told = "(SELECT list, at, hotel_id, currency, phase, state, n, total, due, low, high FROM qlobooks_counts UNION ALL SELECT list, at, hotel_id, currency, phase, state, n, total, due, low, high FROM qlobooks_count_changes) k"
	list := func(query string) map[string]bool {
		var rows []string
		if err := s.Gorm().Raw(query).Scan(&rows).Error; err != nil {
			t.Fatal(err)
		}
		found := map[string]bool{}
		for _, r := range rows {
			found[r] = true
		}
		return found
	}
	same := func(what, there, counted string) {
		a, b := list(there), list(counted)
		if !maps.Equal(a, b) {
			t.Errorf("%s: %s: there are %v, told are %v", when, what, slices.Sorted(maps.Keys(a)), slices.Sorted(maps.Keys(b)))
		}
	}
	same("records", "SELECT CONCAT_WS('/', section, COALESCE(DATE_FORMAT(day, '%Y-%m'), '1000-01'), hotel_id, currency, COALESCE(phase, ''), status, COUNT(*), CAST(COALESCE(SUM(total), 0) AS DECIMAL(30,2)), CAST(COALESCE(SUM(due), 0) AS DECIMAL(30,2))) FROM qlobooks_records GROUP BY section, DATE_FORMAT(day, '%Y-%m'), hotel_id, currency, phase, status",
		"SELECT CONCAT_WS('/', list, DATE_FORMAT(at, '%Y-%m'), hotel_id, currency, phase, state, SUM(n), CAST(SUM(total) AS DECIMAL(30,2)), CAST(SUM(due) AS DECIMAL(30,2))) FROM "+told+" WHERE list NOT IN ('standing', 'causes', 'posted') GROUP BY list, at, hotel_id, currency, phase, state HAVING SUM(n) <> 0")
	const still = " d.issue_code <> '' AND d.status IN ('blocked', 'held', 'failed', 'unknown', 'rejected')"
	same("what stands still", "SELECT CONCAT_WS('/', d.issue_code, d.currency, COUNT(*), CAST(SUM(COALESCE(d.total, 0)) AS DECIMAL(30,2))) FROM qlobooks_documents d WHERE"+still+" GROUP BY d.issue_code, d.currency",
		"SELECT CONCAT_WS('/', state, currency, SUM(n), CAST(SUM(total) AS DECIMAL(30,2))) FROM "+told+" WHERE list = 'standing' GROUP BY state, currency HAVING SUM(n) <> 0")
	same("records by cause", "SELECT CONCAT_WS('/', t.section, d.issue_code, COUNT(DISTINCT t.record_id)) FROM qlobooks_documents d JOIN qlobooks_record_documents t ON t.document_id = d.id JOIN qlobooks_records r ON r.section = t.section AND r.source_id = t.record_id WHERE"+still+" GROUP BY t.section, d.issue_code",
		"SELECT CONCAT_WS('/', phase, state, SUM(n)) FROM "+told+" WHERE list = 'causes' GROUP BY phase, state HAVING SUM(n) <> 0")
	same("what was posted", "SELECT CONCAT_WS('/', currency, posted_at, COUNT(*), CAST(SUM(COALESCE(posted_total, 0)) AS DECIMAL(30,2))) FROM qlobooks_documents WHERE posted_at IS NOT NULL GROUP BY currency, posted_at",
		"SELECT CONCAT_WS('/', currency, at, SUM(n), CAST(SUM(total) AS DECIMAL(30,2))) FROM "+told+" WHERE list = 'posted' GROUP BY currency, at HAVING SUM(n) <> 0")
	if outside := list("SELECT CONCAT_WS('/', r.section, r.source_id) FROM qlobooks_records r JOIN (SELECT list, at, hotel_id, currency, phase, state, MIN(low) low, MAX(high) high FROM " + told + " GROUP BY list, at, hotel_id, currency, phase, state) k " +
		"ON k.list = r.section AND k.at = COALESCE(DATE_FORMAT(r.day, '%Y-%m-01'), '1000-01-01') AND k.hotel_id = r.hotel_id AND k.currency = r.currency AND k.phase = COALESCE(r.phase, '') AND k.state = r.status WHERE NOT COALESCE(r.sort_id BETWEEN k.low AND k.high, 0)"); len(outside) > 0 {
		t.Errorf("%s: lists do not look for %v", when, slices.Sorted(maps.Keys(outside)))
	}
	var shown []struct{ Section, SourceID, Status, Documents string }
	if err := s.Gorm().Raw("SELECT r.section, r.source_id, r.status, GROUP_CONCAT(DISTINCT d.status) documents FROM qlobooks_records r JOIN qlobooks_record_documents t ON t.section = r.section AND t.record_id = r.source_id JOIN qlobooks_documents d ON d.id = t.document_id GROUP BY r.section, r.source_id, r.status").Scan(&shown).Error; err != nil {
		t.Fatal(err)
	}
	for _, r := range shown {
		// What is claimed at this moment is pending for everybody else.
		has := strings.Split(strings.ReplaceAll(r.Documents, "syncing", "pending"), ",")
		worst := ""
		for _, status := range []string{"rejected", "unknown", "held", "failed", "blocked", "pending", "not_synced", "synced", "disabled", "skipped"} {
			if worst == "" && slices.Contains(has, status) {
				worst = status
			}
		}
		if got := strings.ReplaceAll(r.Status, "syncing", "pending"); got != worst {
			t.Errorf("%s: %s %s reads %s, its documents are %s", when, r.Section, r.SourceID, got, r.Documents)
		}
	}
}

// right compares what is told with what is there.
func right(t *testing.T, s *store.Store, when string) {
	t.Helper()
	compare(t, s, when) // before Recount sets anything right
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
