package detect_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	driver "github.com/go-sql-driver/mysql"
	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/detect"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/runs"
	"github.com/qlobooks/qlobooks/internal/sample"
	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/store/storetest"
)

func TestMain(m *testing.M) { privatetest.Main(m) }

// world is a hotel with its detector and a clock of its own. Nobody sends anything: documents
// that were queued stay pending until posted says that they stand at Zoho.
type world struct {
	*testing.T
	dsn    string
	db     *sql.Conn // as QloApps: no sql_mode, wall-clock times
	store  *store.Store
	hotel  *qloapps.Reader
	detect *detect.Detector
	runner *runs.Runner
	all    settings.All
	clock  time.Time
	shop   qloapps.Shop
	theirs *gorm.DB // the handle of hotel

	room, service string
}

var sections = []string{"hotels", "room-types", "service-products", "customers", "currencies", "orders"}

// begin is the clock of every world at its beginning: a morning far from changes of the clock.
var begin = time.Date(2026, 11, 25, 15, 0, 0, 0, time.UTC)

func sampleHotel(t *testing.T) *world {
	t.Helper()
	dsn := privatetest.Database(t)
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := sample.Load(t.Context(), db, "lark_", begin.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	return open(t, dsn)
}

func open(t *testing.T, dsn string) *world {
	t.Helper()
	w := &world{T: t, dsn: dsn, clock: begin, all: settings.Default()}
	w.all.Limits.BrakeMaxRecords, w.all.Limits.BrakeMaxVoids = nil, nil
	now := func() time.Time { return w.clock }
	ours := storetest.Open(t, dsn)
	theirs, err := qloapps.Connect(dsn)
	w.ok(err)
	if pool, err := theirs.DB(); err == nil {
		t.Cleanup(func() { _ = pool.Close() })
	}
	w.theirs = theirs
	w.hotel, err = qloapps.Open(t.Context(), theirs, "")
	w.ok(err)
	w.shop, err = w.hotel.Shop(t.Context())
	w.ok(err)
	w.store = store.New(ours, now)
	w.detect = &detect.Detector{Store: w.store, Hotel: w.hotel, Settings: func(context.Context) (settings.All, error) { return w.all, nil }, Documents: documents, Flows: flows}
	w.runner = &runs.Runner{Store: w.store, Page: w.hotel.LookPage, Detect: w.detect,
		Exceeds: func(_ context.Context, m store.Measure) (*store.Brake, error) {
			return detect.Exceeded(m, w.all.Limits), nil
		}}
	c, err := driver.ParseDSN(dsn)
	w.ok(err)
	c.Params = map[string]string{"sql_mode": "''"}
	connector, err := driver.NewConnector(c)
	w.ok(err)
	qlo := sql.OpenDB(connector)
	t.Cleanup(func() { _ = qlo.Close() })
	w.db, err = qlo.Conn(t.Context())
	w.ok(err)
	w.room = w.one("SELECT MIN(id_product) FROM {p}htl_room_type")
	w.service = w.one("SELECT MIN(id_product) FROM {p}product WHERE booking_product = 0")
	return w
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// documents are all kinds that an order may become, whatever flows there are.
func documents(_ context.Context, section string) (func(qloapps.Listing) []store.Ref, error) {
	return func(l qloapps.Listing) []store.Ref {
		if flow := masters[section]; flow != "" {
			return []store.Ref{{Flow: flow, ID: l.ID}}
		}
		refs := []store.Ref{{Flow: "sales_order", ID: l.ID}}
		for flow, ids := range map[string][]string{"invoice": l.InvoiceIDs, "payment": l.PaymentIDs, "credit_note": l.SlipIDs, "refund": l.ReturnIDs} {
			for _, id := range ids {
				refs = append(refs, store.Ref{Flow: flow, ID: id})
			}
		}
		return refs
	}, nil
}

var masters = map[string]string{"hotels": "hotel", "room-types": "room_type", "service-products": "service_product", "customers": "customer", "currencies": "currency"}

func flows(_ context.Context, section string) ([]string, error) {
	if flow := masters[section]; flow != "" {
		return []string{flow}, nil
	}
	return []string{"sales_order", "invoice", "payment", "credit_note", "refund"}, nil
}

// fill replaces {p} by the table prefix, {now} by the wall clock of the shop, {room} and {service}
// by the ids of a room type and a service.
func (w *world) fill(text string) string {
	return strings.NewReplacer("{p}", w.shop.Prefix, "{now}", w.wall(), "{room}", w.room, "{service}", w.service).Replace(text)
}

// sql runs statements as QloApps would, separated by semicolons at line ends.
func (w *world) sql(statements string) {
	w.Helper()
	for _, statement := range strings.Split(w.fill(statements), ";\n") {
		if statement = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(statement), ";")); statement == "" {
			continue
		}
		if _, err := w.db.ExecContext(w.Context(), statement); err != nil {
			w.Fatalf("%s: %v", statement, err)
		}
	}
}

func (w *world) wall() string { return w.clock.In(w.shop.Zone).Format(time.DateTime) }

// one reads a single value.
func (w *world) one(query string, args ...any) string {
	w.Helper()
	var value sql.NullString
	if err := w.db.QueryRowContext(w.Context(), strings.ReplaceAll(query, "{p}", w.shop.Prefix), args...).Scan(&value); err != nil {
		w.Fatalf("%s: %v", query, err)
	}
	return value.String
}

// copyRow inserts a row like an existing one, with some columns set.
func (w *world) copyRow(table, where, set string) {
	w.Helper()
	w.sql("DROP TEMPORARY TABLE IF EXISTS copied;\nCREATE TEMPORARY TABLE copied AS SELECT * FROM {p}" + table + " WHERE " + where + " LIMIT 1;\nUPDATE copied SET " + set +
		";\nINSERT INTO {p}" + table + " SELECT * FROM copied;\nDROP TEMPORARY TABLE copied")
}

// run carries a run out and gives it as it then is.
func (w *world) run(kind, section string, request any) store.Run {
	w.Helper()
	run, err := w.store.StartRun(w.Context(), kind, section, request, "a person")
	w.ok(err)
	w.ok(w.runner.Execute(w.Context(), run.ID))
	run, err = w.store.Run(w.Context(), run.ID)
	w.ok(err)
	if run.Status == store.RunFailed {
		w.Fatalf("%s of %s failed: %s", kind, section, run.Error)
	}
	return run
}

func (w *world) initialize() {
	w.Helper()
	for _, section := range sections {
		w.run(runs.Initialize, section, struct{}{})
	}
	w.later()
}

// everything is what a person synchronized and what stands at Zoho since.
func (w *world) everything() {
	w.Helper()
	w.initialize()
	for _, section := range sections {
		w.run(runs.Sync, section, runs.Request{All: true})
	}
	w.posted()
}

// posted lets every document that is pending stand at Zoho, retired masters inactive, and forgets all news.
func (w *world) posted() {
	w.Helper()
	w.sql("UPDATE qlobooks_documents SET zoho_id = IF(status = 'pending' OR zoho_id <> '', CONCAT('z', id), ''), status = IF(zoho_id = '', 'not_synced', 'synced'), due_at = NULL, news = 0, keep_content = 0, keep_state = 0;\n" +
		"UPDATE qlobooks_documents d JOIN qlobooks_record_documents t ON t.document_id = d.id JOIN qlobooks_records r ON r.section = t.section AND r.source_id = t.record_id SET d.status = 'disabled' WHERE r.section <> 'orders' AND r.retired = 1 AND d.zoho_id <> '';\n" +
		"UPDATE qlobooks_runs SET status = 'done', active_sum = NULL WHERE status = 'running'")
}

func (w *world) later() { w.clock = w.clock.Add(5 * time.Minute) }

// tick lets one tick pass and gives its result.
func (w *world) tick() detect.Result { return w.pass(runs.Tick) }

func (w *world) pass(kind string) detect.Result {
	w.Helper()
	run := w.run(kind, "", map[string]string{"slot": w.clock.String()})
	var result detect.Result
	w.ok(json.Unmarshal(run.Result, &result))
	w.later()
	return result
}

// pending names the documents that wait to be sent, marked when only a part of them is.
func (w *world) pending() []string {
	w.Helper()
	rows, err := w.db.QueryContext(w.Context(), "SELECT CONCAT(flow, ':', source_id, IF(keep_content, ' state', ''), IF(keep_state, ' content', '')) FROM qlobooks_documents WHERE status = 'pending' AND due_at IS NOT NULL")
	w.ok(err)
	defer rows.Close()
	list := []string{}
	for rows.Next() {
		var name string
		w.ok(rows.Scan(&name))
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// wantPending compares with a list of names.
func (w *world) wantPending(when string, want ...string) {
	w.Helper()
	slices.Sort(want)
	if got := w.pending(); !slices.Equal(got, append([]string{}, want...)) {
		w.Errorf("%s: pending are %v, want %v", when, got, want)
	}
}

// wantFound compares what a pass found with what it should, by section; absent means none.
func (w *world) wantFound(when string, got detect.Result, want map[string]int) {
	w.Helper()
	found := maps.Clone(got.Found)
	maps.DeleteFunc(found, func(_ string, n int) bool { return n == 0 })
	if want == nil {
		want = map[string]int{}
	}
	if !maps.Equal(found, want) {
		w.Errorf("%s: found %v, want %v", when, found, want)
	}
}
