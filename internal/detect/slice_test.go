package detect_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/runs"
	"github.com/qlobooks/qlobooks/internal/store"
)

// shown is everything that lists show of records, and which documents they have.
func (w *world) shown(section string) map[string]string {
	w.Helper()
	rows, err := w.db.QueryContext(w.Context(), "SELECT r.source_id, CONCAT_WS('|', r.name, r.status, r.phase, r.canceled, r.hotel_id, r.currency, r.customer_id, r.day, r.retired, r.amount, r.last_day, r.total, r.due, "+
		"CONCAT_WS(',', JSON_UNQUOTE(JSON_EXTRACT(r.fields, '$.guest')), JSON_UNQUOTE(JSON_EXTRACT(r.fields, '$.hotel')), JSON_UNQUOTE(JSON_EXTRACT(r.fields, '$.room_types')), JSON_UNQUOTE(JSON_EXTRACT(r.fields, '$.check_in')), JSON_UNQUOTE(JSON_EXTRACT(r.fields, '$.check_out')), "+
		"JSON_UNQUOTE(JSON_EXTRACT(r.fields, '$.total')), JSON_UNQUOTE(JSON_EXTRACT(r.fields, '$.paid')), JSON_UNQUOTE(JSON_EXTRACT(r.fields, '$.order_state')), JSON_UNQUOTE(JSON_EXTRACT(r.fields, '$.source')), JSON_UNQUOTE(JSON_EXTRACT(r.fields, '$.email')), JSON_UNQUOTE(JSON_EXTRACT(r.fields, '$.name'))), "+
		"(SELECT GROUP_CONCAT(CONCAT(d.flow, ':', d.source_id) ORDER BY d.flow, d.source_id) FROM qlobooks_record_documents t JOIN qlobooks_documents d ON d.id = t.document_id WHERE t.section = r.section AND t.record_id = r.source_id), "+
		"(SELECT GROUP_CONCAT(s.term ORDER BY s.term) FROM qlobooks_search s WHERE s.section = r.section AND s.source_id = r.source_id)) "+
		"FROM qlobooks_records r WHERE r.section = ?", section)
	w.ok(err)
	defer rows.Close()
	list := map[string]string{}
	for rows.Next() {
		var id, text string
		w.ok(rows.Scan(&id, &text))
		list[id] = text
	}
	return list
}

// TestALongListIsListedAsAShortOne lists the sample hotel both ways: loaded record by record, and
// inside the database.
func TestALongListIsListedAsAShortOne(t *testing.T) {
	t.Parallel()
	loaded, inside := sampleHotel(t), sampleHotel(t)
	var length int // of names that are joined, whatever the server's default
	if err := loaded.theirs.Raw("SELECT LENGTH(GROUP_CONCAT(x.name)) FROM (SELECT REPEAT('a', 9000) name UNION ALL SELECT REPEAT('b', 9000)) x").Scan(&length).Error; err != nil || length != 18001 {
		t.Errorf("names of 18001 bytes are cut at %d, %v", length, err)
	}
	inside.detect.Short = 1
	loaded.initialize()
	inside.initialize()
	for _, section := range []string{"orders", "customers"} {
		want, got := loaded.shown(section), inside.shown(section)
		if len(want) < 5 || !slices.Equal(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got))) {
			t.Errorf("%s: listed are %v, want %v", section, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
		}
		for id, text := range want {
			if got[id] != text {
				t.Errorf("%s %s:\n got %s\nwant %s", section, id, got[id], text)
			}
		}
	}
	if n := inside.one("SELECT COUNT(*) FROM qlobooks_records WHERE section IN ('orders', 'customers') AND source_print <> '' AND retired = 0"); n != "0" {
		t.Errorf("%s records were looked at when they were listed", n)
	}
	for _, section := range []string{"orders", "customers"} {
		if a, b := loaded.one("SELECT high_id FROM qlobooks_sections WHERE section = ?", section), inside.one("SELECT high_id FROM qlobooks_sections WHERE section = ?", section); a != b {
			t.Errorf("the highest of %s is %s, want %s", section, b, a)
		}
	}
	// Listing again resets nothing and doubles nothing.
	inside.run(runs.Sync, "orders", runs.Request{IDs: []string{"1"}})
	before := inside.shown("orders")
	documents := inside.one("SELECT CONCAT(COUNT(*), ' ', SUM(version), ' ', SUM(status = 'pending')) FROM qlobooks_documents")
	inside.run(runs.Initialize, "orders", "again")
	if after := inside.shown("orders"); !maps.Equal(before, after) {
		t.Errorf("listed again, orders read %v, were %v", after, before)
	}
	if again := inside.one("SELECT CONCAT(COUNT(*), ' ', SUM(version), ' ', SUM(status = 'pending')) FROM qlobooks_documents"); again != documents {
		t.Errorf("listed again, documents are %s, were %s", again, documents)
	}
	if wrong, err := inside.store.Recount(t.Context()); err != nil || wrong != 0 {
		t.Errorf("%d counts are wrong after listing: %v", wrong, err)
	}
}

// TestALongListIsQueuedWholeAndLookedAtLater queues all of a long list, with what came since it was listed.
func TestALongListIsQueuedWholeAndLookedAtLater(t *testing.T) {
	t.Parallel()
	w := sampleHotel(t)
	w.detect.Short, w.runner.Few = 1, 1
	w.initialize()
	w.copyRow("order_payment", "id_order_payment = 1", "id_order_payment = 911, amount = 5")
	w.copyRow("order_payment_detail", "id_order = 1", "id_order_payment_detail = 9102, id_order_payment = 911, amount = 5")
	run := w.run(runs.Sync, "orders", runs.Request{All: true})
	pending := w.pending()
	if !slices.Contains(pending, "payment:911") {
		t.Errorf("a payment that came since is not queued: %v", pending)
	}
	if n := w.one("SELECT COUNT(*) FROM qlobooks_documents d JOIN qlobooks_record_documents t ON t.document_id = d.id WHERE t.section = 'orders' AND d.status <> 'pending'"); n != "0" {
		t.Errorf("%s documents of orders were left behind", n)
	}
	if fmt.Sprint(*run.Total) != w.one("SELECT COUNT(*) FROM qlobooks_records WHERE section = 'orders'") {
		t.Errorf("the run has %d records", *run.Total)
	}
	// A record is looked at before something of it is sent; what changes later is news.
	w.ok(w.detect.FirstLook(t.Context(), refsOf(pending)))
	if n := w.one("SELECT COUNT(*) FROM qlobooks_records WHERE section = 'orders' AND source_print = ''"); n != "0" {
		t.Errorf("%s orders were not looked at", n)
	}
	w.posted()
	updateOrders(&w.all)
	w.wantFound("nothing changed", w.tick(), nil)
	w.sql("UPDATE {p}order_detail SET product_name = 'Renamed without a trace' WHERE id_order = 1")
	w.wantFound("an order changed without a trace", w.tick(), orders(1))
	if got := w.pending(); !slices.Contains(got, "invoice:1") {
		t.Errorf("pending are %v", got)
	}
}

func refsOf(names []string) []store.Ref {
	refs := make([]store.Ref, len(names))
	for i, name := range names {
		flow, id, _ := strings.Cut(name, ":")
		refs[i] = store.Ref{Flow: flow, ID: id}
	}
	return refs
}

// TestAnOrderThatIsListedBetweenTicksIsPosted by the next one, whoever listed it: Initialize again, of a
// short list or a long one, or a wish for many orders.
func TestAnOrderThatIsListedBetweenTicksIsPosted(t *testing.T) {
	t.Parallel()
	w := sampleHotel(t)
	w.initialize()
	allOn(&w.all)
	order := newcomers()["orders"]
	for i, list := range []func(){
		func() { w.run(runs.Initialize, "orders", "again") },
		func() {
			w.detect.Short = 1
			w.run(runs.Initialize, "orders", "once more")
		},
		func() {
			w.runner.Few = 1
			w.run(runs.Sync, "orders", runs.Request{Filter: &store.RecordQuery{DayTo: "2026-11-24"}})
			w.posted()
		},
	} {
		id := fmt.Sprint(90 + i)
		key := order(w, id)
		list()
		if n := w.one("SELECT COUNT(*) FROM qlobooks_records WHERE section = 'orders' AND source_id = ?", id); n != "1" {
			t.Fatalf("order %s was not listed", id)
		}
		w.tick()
		if got := w.pending(); !slices.Contains(got, key) {
			t.Errorf("order %s, listed between ticks: pending are %v", id, got)
		}
		w.posted()
	}
}

// TestAWishForFewOfManyReadsThese and lists no others anew.
func TestAWishForFewOfManyReadsThese(t *testing.T) {
	t.Parallel()
	w := sampleHotel(t)
	w.detect.Short = 1
	w.initialize()
	newcomers()["orders"](w, "90")
	w.run(runs.Sync, "orders", runs.Request{Filter: &store.RecordQuery{Phases: []string{"canceled"}}})
	if got := w.one("SELECT CONCAT(SUM(phase = 'canceled' AND source_print = ''), ' ', SUM(source_id = '90'), ' ', SUM(phase = 'canceled') > 0) FROM qlobooks_records WHERE section = 'orders'"); got != "0 0 1" {
		t.Errorf("canceled that were not read, others that were listed, and any canceled: %s", got)
	}
}
