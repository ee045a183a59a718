package undo_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/store/storetest"
	"github.com/qlobooks/qlobooks/internal/undo"
)

func TestMain(m *testing.M) { privatetest.Main(m) }

// desk answers for undoing, over orders of which each has a sales order, an invoice and a payment.
type desk struct {
	undo.Service
	clock time.Time
	pool  *sql.DB
}

func open(t *testing.T, orders int) *desk {
	t.Helper()
	db := storetest.New(t)
	d := &desk{clock: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	d.Store = store.New(db, func() time.Time { d.clock = d.clock.Add(time.Second); return d.clock })
	d.Locks = func(context.Context) (l rules.Locks, err error) { return l, nil }
	d.URL = func(context.Context) (func(flow, zohoID string) string, error) {
		return func(string, string) string { return "" }, nil
	}
	d.Section = func(string) string { return "orders" }
	var list []store.Listed
	for n := range orders {
		id := strconv.Itoa(n + 1)
		list = append(list, store.Listed{ID: id, Name: id, Documents: []store.Ref{{Flow: "sales_order", ID: id}, {Flow: "invoice", ID: id}, {Flow: "payment", ID: id}}})
	}
	if err := d.Store.AddRecords(t.Context(), "orders", list); err != nil {
		t.Fatal(err)
	}
	var err error
	if d.pool, err = db.DB(); err != nil {
		t.Fatal(err)
	}
	return d
}

// run queues all orders by a run, of which documents end as judge says; "" = it is posted.
func (d *desk) run(t *testing.T, name string, judge func(ref store.Ref) store.Count) string {
	t.Helper()
	run, err := d.Store.StartRun(t.Context(), "sync", "orders", name, "a person")
	if err != nil {
		t.Fatal(err)
	}
	if mine, err := d.Store.ClaimRun(t.Context(), name, run.ID, time.Hour); err != nil || !mine {
		t.Fatal(mine, err)
	}
	ids, err := d.Store.RecordIDs(t.Context(), store.RecordQuery{Section: "orders", Limit: 5000})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Store.Queue(t.Context(), run.ID, "orders", ids, nil, store.Person); err != nil {
		t.Fatal(err)
	}
	if err := d.Store.ListedRun(t.Context(), name, run.ID, nil); err != nil {
		t.Fatal(err)
	}
	for _, flow := range []string{"sales_order", "invoice", "payment"} {
		docs, err := d.Store.Claim(t.Context(), name, store.Queue{Flow: flow, Lane: store.Person}, 5000, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		for _, doc := range docs {
			out := store.Outcome{Document: doc, Count: judge(doc.Ref), Event: "An attempt ended."}
			if out.Document.Status = store.Held; out.Count == store.CountDone || out.Count == store.CountUnchanged {
				out.Document.Status, out.Synced = store.Synced, true
				if out.Document.ZohoID == "" {
					out.Document.ZohoID, out.Document.MadeAt = fmt.Sprintf("z%d", doc.RowID), &d.clock
				}
			}
			if out.Count == store.CountFailed {
				out.Document.Status = store.Rejected
			}
			if err := d.Store.Settle(name, out); err != nil {
				t.Fatal(err)
			}
		}
	}
	return strconv.FormatUint(run.ID, 10)
}

func done(store.Ref) store.Count { return store.CountDone }

func (d *desk) foretold(t *testing.T, run string, limit int) (items []string, counts wire.UndoCounts) {
	t.Helper()
	for after := (*wire.Position)(nil); ; {
		p, err := d.Preview(t.Context(), run, limit, after)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range p.Items {
			word := i.Flow + ":" + i.SourceID
			if i.Issue != nil {
				word += " " + i.Issue.Code
			}
			items = append(items, word)
		}
		if p.Counts != nil {
			counts = *p.Counts
		}
		if after = p.Next; after == nil {
			return items, counts
		}
	}
}

// TestUndoingARunLeavesWhatALaterRunPosted: a run that was refused or held posted nothing, and the one that a person began
// after she had mended it did.
func TestUndoingARunLeavesWhatALaterRunPosted(t *testing.T) {
	t.Parallel()
	for _, count := range []store.Count{store.CountHeld, store.CountFailed, store.CountSkipped} {
		t.Run(string(count), func(t *testing.T) {
			t.Parallel()
			d := open(t, 2)
			first := d.run(t, "first", func(ref store.Ref) store.Count {
				if ref == (store.Ref{Flow: "payment", ID: "2"}) {
					return count
				}
				return store.CountDone
			})
			second := d.run(t, "second", func(ref store.Ref) store.Count {
				if ref == (store.Ref{Flow: "payment", ID: "2"}) {
					return store.CountDone
				}
				return store.CountUnchanged
			})
			items, counts := d.foretold(t, first, 100)
			if slices.Contains(items, "payment:2") || counts.Left != 1 || counts.Delete != 1 || counts.Void != 4 {
				t.Errorf("of the first run %q %+v", items, counts)
			}
			if items, counts = d.foretold(t, second, 100); !slices.Equal(items, []string{"payment:2"}) || counts.Left != 5 {
				t.Errorf("of the second run %q %+v", items, counts)
			}
		})
	}
}

// TestPagesOfAnUndoAreReadByTheirKeys: no page reads the whole run.
func TestPagesOfAnUndoAreReadByTheirKeys(t *testing.T) {
	t.Parallel()
	const orders, limit = 120, 5
	d := open(t, orders)
	run := d.run(t, "run", done)
	d.pool.SetMaxOpenConns(1)
	items, _ := d.foretold(t, run, limit)
	if len(items) != 3*orders || !slices.Equal(items[:2], []string{"payment:1", "payment:2"}) || items[orders] != "invoice:1" || items[2*orders] != "sales_order:1" {
		t.Fatalf("%d items: %s…", len(items), strings.Join(items[:min(3, len(items))], ", "))
	}
	read := func() (n int) {
		rows, err := d.pool.QueryContext(t.Context(), "SHOW SESSION STATUS LIKE 'Handler_read%'")
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			var value int
			if err := rows.Scan(&name, &value); err != nil {
				t.Fatal(err)
			}
			n += value
		}
		return n
	}
	run64, _ := strconv.ParseUint(run, 10, 64)
	before := read()
	page, _, err := d.Store.PostedBy(t.Context(), run64, store.UndoPosition{Place: 1, ID: 0}, limit)
	if err != nil || len(page) != limit {
		t.Fatal(len(page), err)
	}
	if n := read() - before; n >= 3*orders {
		t.Errorf("a page of %d documents read %d rows", limit, n)
	}
}
