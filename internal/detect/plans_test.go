package detect_test

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/indexes"
	"github.com/qlobooks/qlobooks/internal/paymentimport"
	"github.com/qlobooks/qlobooks/internal/runs"
	"github.com/qlobooks/qlobooks/internal/sample"
	"github.com/qlobooks/qlobooks/internal/store"
)

// recorder keeps the statements that a handle runs, complete with their values.
type recorder struct {
	logger.Interface
	on         bool
	statements []string
}

func (r *recorder) LogMode(logger.LogLevel) logger.Interface { return r }

func (r *recorder) Trace(_ context.Context, _ time.Time, statement func() (string, int64), _ error) {
	if r.on {
		text, _ := statement()
		r.statements = append(r.statements, text)
	}
}

func record(db *gorm.DB) *recorder {
	r := &recorder{Interface: logger.Discard}
	db.Logger = r
	return r
}

// large are the tables that grow with the hotel. unkeyed of them have no key that we could use.
var (
	large = map[string]bool{}
	named = regexp.MustCompile(`(?i)\b(?:FROM|JOIN|UPDATE)\s+([a-z_]+)(?:\s+(?:AS\s+)?([a-z]+))?`)
)

func init() {
	for _, name := range []string{"qlobooks_records", "qlobooks_documents", "qlobooks_record_documents", "qlobooks_search", "qlobooks_events", "qlobooks_run_documents", "qlobooks_calls", "qlobooks_imported_payments",
		"lark_orders", "lark_order_detail", "lark_order_detail_tax", "lark_order_history", "lark_order_invoice", "lark_order_invoice_payment", "lark_order_payment", "lark_order_payment_detail", "lark_order_slip", "lark_customer", "lark_address",
		"lark_htl_booking_detail", "lark_htl_booking_demands", "lark_service_product_order_detail"} {
		large[name] = true
	}
}

// largeAliases are the names under which a statement knows large tables.
func largeAliases(statement string) map[string]string {
	aliases := map[string]string{}
	for _, m := range named.FindAllStringSubmatch(statement, -1) {
		if table := strings.ToLower(m[1]); large[table] {
			aliases[table] = table
			if m[2] != "" {
				aliases[m[2]] = table
			}
		}
	}
	return aliases
}

// plan explains a statement and names what reads a large table whole or sorts a section.
func (w *world) plan(statement string) (bad []string) {
	w.Helper()
	rows, err := w.db.QueryContext(w.Context(), "EXPLAIN "+statement)
	if err != nil {
		w.Fatalf("EXPLAIN %s: %v", statement, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	w.ok(err)
	aliases := largeAliases(statement)
	for rows.Next() {
		values := make([]sql.NullString, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		w.ok(rows.Scan(into...))
		line := map[string]string{}
		for i, c := range columns {
			line[strings.ToLower(c)] = values[i].String
		}
		n, _ := strconv.Atoi(line["rows"])
		table := aliases[line["table"]]
		if table == "" || n <= planned/4 {
			continue
		}
		if line["type"] == "ALL" || line["type"] == "index" {
			bad = append(bad, fmt.Sprintf("reads %s whole (%s, %d rows)", table, line["type"], n))
		}
		if strings.Contains(line["extra"], "filesort") {
			bad = append(bad, fmt.Sprintf("sorts %s (%d rows, %s)", table, n, line["extra"]))
		}
	}
	return bad
}

// byState counts payments of Zoho Books, of which a hotel has few, by the key of their states alone.
const byState = "SELECT status, COUNT(*) n FROM qlobooks_imported_payments GROUP BY status"

// planned is how many orders the hotel of the plans has: enough for the server to prefer keys.
const planned = 3000

// TestNoPageReadsATableWhole runs everything that people and ticks ask for over some thousand orders and
// has the server explain every statement of it.
func TestNoPageReadsATableWhole(t *testing.T) {
	w := sampleHotel(t)
	pool, err := w.store.SQL()
	w.ok(err)
	_, err = sample.AddPaid(t.Context(), pool, "lark_", begin, sample.Crowd{First: 1000, Orders: planned, Guests: planned / 2})
	w.ok(err)
	missing, err := indexes.Missing(t.Context(), pool, "lark_")
	w.ok(err)
	w.ok(indexes.Apply(t.Context(), pool, missing, func(indexes.Change) {}))
	w.initialize()
	w.run(runs.Sync, "orders", runs.Request{All: true})
	w.ok(w.store.Fold(t.Context()))
	// As after some months: most stand, some wait for a cause.
	w.sql("UPDATE qlobooks_runs SET status = 'done', active_sum = NULL WHERE status = 'running';\n" +
		"UPDATE qlobooks_documents SET status = 'synced', zoho_id = CONCAT('z', id), due_at = NULL, zoho_number = CONCAT('IN', source_id), last_synced_at = '2026-11-25', day = '2026-11-20', currency = 'USD', total = 5, posted_at = '2026-11-25', posted_total = 5;\n" +
		"UPDATE qlobooks_documents SET status = 'held', issue_code = 'totals_differ', issue_since = '2026-11-25', zoho_id = '' WHERE id % 29 = 0")
	if _, err := w.store.Recount(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.ok(w.store.Fold(t.Context()))
	for _, table := range []string{"qlobooks_records", "qlobooks_documents", "qlobooks_record_documents", "qlobooks_search", "qlobooks_counts", "lark_orders", "lark_customer", "lark_order_payment"} {
		w.sql("OPTIMIZE TABLE " + table) // and not only ANALYZE: entries of keys that changes left behind count in the figures until they are cleared away
	}
	ours, theirs := record(w.store.Gorm()), record(w.theirs)
	w.detect.Short = 1000    // a long list, that is
	w.detect.SweepPages = -1 // a page of the sweep is a large part of this hotel; its sums are asked for below
	ask := func(what string, do func() error) {
		t.Helper()
		ours.statements, theirs.statements = nil, nil
		ours.on, theirs.on = true, true
		err := do()
		ours.on, theirs.on = false, false
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		seen := map[string]bool{}
		for _, statement := range append(slices.Clone(ours.statements), theirs.statements...) {
			verb, _, _ := strings.Cut(strings.TrimSpace(statement), " ")
			if seen[statement] || statement == byState || !slices.Contains([]string{"SELECT", "UPDATE", "DELETE"}, verb) {
				continue
			}
			seen[statement] = true
			for _, bad := range w.plan(statement) {
				t.Errorf("%s %s:\n%.1500s", what, bad, statement)
			}
		}
		if len(seen) == 0 {
			t.Errorf("%s asked nothing", what)
		}
	}
	for name, q := range planQueries() {
		q.Section, q.Limit = "orders", 50
		first := q
		ask("the list of "+name, func() error {
			_, next, err := w.store.Records(t.Context(), q)
			if err == nil && next != nil {
				q.After = next
				_, _, err = w.store.Records(t.Context(), q)
			}
			return err
		})
		if q.Sort == "source_id" && q.Descending {
			ask("the counts of "+name, func() error { _, _, err := w.store.Matching(t.Context(), first); return err })
		}
	}
	for _, sort := range []string{"", "name"} {
		for _, down := range []bool{false, true} {
			for what, stands := range map[string]*store.Stands{"all guests": nil, "guests to pair": {Flow: flow.Customer, Part: "EUR"}, "paired guests": {Flow: flow.Customer, Part: "EUR", Yes: true}} {
				q := store.RecordQuery{Section: "customers", Sort: sort, Descending: down, Stands: stands, Limit: 50}
				ask(fmt.Sprintf("the list of %s by %q, descending %t", what, sort, down), func() error {
					_, next, err := w.store.Records(t.Context(), q)
					if err == nil && next != nil {
						q.After = next
						_, _, err = w.store.Records(t.Context(), q)
					}
					return err
				})
			}
		}
	}
	ctx := t.Context()
	w.sql("INSERT INTO qlobooks_calls (at, ref, method, path, status, ms) SELECT created_at, CONCAT('invoice:', id), 'GET', '/invoices', 200, 9 FROM qlobooks_documents;\n" +
		"INSERT INTO qlobooks_imported_payments (zoho_id, number, day, currency, amount, status, created_at, updated_at) SELECT 1000 + id, id, IF(id % 9, DATE('2026-01-01') + INTERVAL id % 300 DAY, NULL), 'USD', 5, 'imported', created_at, created_at FROM qlobooks_documents;\n" +
		"INSERT INTO qlobooks_events (at, actor, action) SELECT created_at, 'Maren', 'pair' FROM qlobooks_documents;\n" +
		"OPTIMIZE TABLE qlobooks_calls;\nOPTIMIZE TABLE qlobooks_events;\nOPTIMIZE TABLE qlobooks_imported_payments")
	payments := &paymentimport.Service{Store: w.store, URL: func(context.Context) (func(flow, zohoID string) string, error) {
		return func(string, string) string { return "" }, nil
	}}
	for _, oldest := range []bool{false, true} {
		order := map[bool]string{false: "the newest", true: "the oldest"}[oldest]
		ask(order+" calls", func() error {
			list, err := w.store.Calls(ctx, store.CallQuery{Oldest: oldest, Limit: 50})
			if err == nil {
				_, err = w.store.Calls(ctx, store.CallQuery{Oldest: oldest, Behind: list[49].ID, Limit: 50})
			}
			return err
		})
		ask(order+" of what people did", func() error {
			list, err := w.store.Audit(ctx, store.AuditQuery{Oldest: oldest, Limit: 50})
			if err == nil {
				_, err = w.store.Audit(ctx, store.AuditQuery{Oldest: oldest, Behind: list[49].ID, Limit: 50})
			}
			return err
		})
		ask(order+" payments of Zoho Books", func() error {
			page, err := payments.ListImported(ctx, wire.ImportedQuery{Oldest: oldest, Limit: 50, PaymentFilter: wire.PaymentFilter{AnyMode: true}})
			if err == nil {
				_, err = payments.ListImported(ctx, wire.ImportedQuery{Oldest: oldest, After: page.Next, Limit: 50, PaymentFilter: wire.PaymentFilter{AnyMode: true}})
			}
			return err
		})
	}
	for what, do := range map[string]func() error{
		"counts of a section": func() error { _, err := w.store.RecordCounts(ctx, "orders"); return err },
		"the brake of a whole wish": func() error {
			_, err := w.store.MeasureRecords(ctx, store.RecordQuery{Section: "hotels"}, nil)
			return err
		},
		"causes":             func() error { _, err := w.store.Issues(ctx); return err },
		"amounts of causes":  func() error { _, err := w.store.IssueAmounts(ctx); return err },
		"sections of causes": func() error { _, err := w.store.IssueSections(ctx); return err },
		"days of causes":     func() error { _, err := w.store.IssueDays(ctx, 14, 0); return err },
		"what is delayed":    func() error { _, err := w.store.Delayed(ctx); return err },
		"posted today":       func() error { _, err := w.store.PostedSince(ctx, begin.AddDate(0, 0, -1)); return err },
		"orders of the month": func() error {
			_, err := w.store.Phases(ctx, store.RecordQuery{Section: "orders", DayFrom: "2026-11-01", DayTo: "2026-11-30"})
			return err
		},
		"what is due": func() error { _, err := w.store.Due(ctx, []string{"invoice", "payment"}, 100); return err },
		"a claim": func() error {
			_, err := w.store.Claim(ctx, "x", store.Queue{Flow: "invoice"}, 25, time.Minute)
			return err
		},
		"a retry of a cause": func() error { _, err := w.store.QueueIssue(ctx, 0, "totals_differ", 0, store.Person); return err },
		"what was never looked at": func() error {
			_, err := w.store.Unlooked(ctx, []store.Ref{{Flow: "invoice", ID: "1"}, {Flow: "payment", ID: "2"}})
			return err
		},
		"documents of a page":          func() error { _, err := w.store.ShownOf(ctx, "orders", []string{"1", "2", "3"}); return err },
		"whether a cause has anything": func() error { _, err := w.store.Standing(ctx, "totals_differ"); return err },
		"the load of some orders":      func() error { _, err := w.hotel.Orders(ctx, []string{"1", "2", "1100", "1200"}); return err },
		"a look at some orders":        func() error { _, err := w.hotel.LookAt(ctx, "orders", []string{"1", "2", "1100", "1200"}); return err },
		"ids of the sweep of orders":   func() error { _, err := w.hotel.SweepIDs(ctx, "orders", "2000", 100); return err },
		"ids of the sweep of guests":   func() error { _, err := w.hotel.SweepIDs(ctx, "customers", "2000", 100); return err },
		"a page to queue": func() error {
			return w.store.Queue(ctx, 0, "orders", []string{"1001", "1002", "1003"}, nil, store.Person)
		},
		"sums of some orders": func() error {
			_, err := w.hotel.Sums(ctx, "orders", []string{"1", "2", "1100", "1200"}, true)
			return err
		},
		"an idle tick": func() error { w.tick(); return nil },
	} {
		if what == "an idle tick" || strings.HasPrefix(what, "a look") { // the first in a process goes through some tables once
			w.ok(do())
		}
		ask(what, do)
	}
}

func planQueries() map[string]store.RecordQuery {
	list := map[string]store.RecordQuery{}
	filters := map[string]store.RecordQuery{
		"everything": {}, "one status": {Statuses: []string{"held"}}, "a status without any": {Statuses: []string{"rejected"}}, "one phase": {Phases: []string{"payment_sync"}}, "a phase without any": {Phases: []string{"canceled"}},
		"a hotel": {HotelID: "1"}, "a hotel without any": {HotelID: "77"}, "a currency": {Currency: "USD"}, "a currency without any": {Currency: "JPY"}, "a guest": {CustomerID: "1003"}, "some days": {DayFrom: "2026-11-10", DayTo: "2026-11-12"},
		"days long ago": {DayFrom: "2017-01-01", DayTo: "2017-01-31"}, "a cause": {Issue: "totals_differ"}, "a reference": {Q: "M00001234"}, "a number": {Q: "IN1234"}, "an id": {Q: "1234"},
	}
	for name, f := range filters {
		for _, sort := range []string{"source_id", "name", "last_synced_at", "updated_at"} {
			for _, down := range []bool{true, false} {
				q := f
				q.Sort, q.Descending = sort, down
				list[fmt.Sprintf("%s by %s, descending %t", name, sort, down)] = q
			}
		}
	}
	return list
}
