package qloapps_test

import (
	"context"
	"encoding/json"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/qloapps"
)

// TestATableOfAnotherCollationReadsAlike gives each table in turn the collation that another program made it
// with: all of QloApps is listed and read as before.
func TestATableOfAnotherCollationReadsAlike(t *testing.T) {
	for version, older := range map[string]bool{"1.7": false, "1.6": true} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			h := left(t, older, invisible...)
			was := h.everything()
			tables := qloapps.TablesOf(version)
			if older { // what it has alike is read alike
				tables = []string{"cart_customer_guest_detail", "customer"}
			}
			for _, table := range tables {
				if h.ids("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'qlo_" + table + "'")[0] == "0" {
					continue
				}
				h.do("ALTER TABLE qlo_" + table + " CONVERT TO CHARACTER SET utf8 COLLATE utf8_unicode_ci")
				for name, is := range (hotel{open(t, h.dsn, ""), t, h.db, h.dsn}).everything() {
					if was[name] != is {
						t.Errorf("%s: %s reads\n%.300s\nnot\n%.300s", table, name, is, was[name])
					}
				}
				h.do("ALTER TABLE qlo_" + table + " CONVERT TO CHARACTER SET utf8 COLLATE utf8_general_ci")
			}
		})
	}
}

// TestCollationsThatDifferSinceTheStart are told as what they are, not as a database that does not answer.
func TestCollationsThatDifferSinceTheStart(t *testing.T) {
	h := left(t, false)
	h.do("ALTER TABLE qlo_order_payment CONVERT TO CHARACTER SET utf8 COLLATE utf8_unicode_ci")
	if _, err := h.Orders(t.Context(), []string{"1"}); fault.Of(err) == nil || fault.Of(err).Code != "collations_differ" {
		t.Errorf("a table that was changed while QloBooks ran: %v", err)
	}
}

// TestWhatIsMissingSinceTheStart is named, and not told as a database that does not answer: trying again mends nothing.
func TestWhatIsMissingSinceTheStart(t *testing.T) {
	h := left(t, false)
	for _, x := range []struct{ change, back, named string }{
		{"ALTER TABLE qlo_order_slip CHANGE redeem_status was_redeemed INT", "ALTER TABLE qlo_order_slip CHANGE was_redeemed redeem_status INT", "redeem_status"},
		{"RENAME TABLE qlo_order_slip TO qlo_was_slip", "RENAME TABLE qlo_was_slip TO qlo_order_slip", "table qlo_order_slip"},
	} {
		h.do(x.change)
		_, err := h.Slips(t.Context(), []string{"1"})
		if f := fault.Of(err); f == nil || f.Code != "qloapps_differs" || f.Kind != fault.Held || !strings.Contains(f.Detail, x.named) || !strings.Contains(f.Action, "start QloBooks anew") {
			t.Errorf("%s: %v", x.change, err)
		}
		h.do(x.back)
	}
}

func (h hotel) do(statement string) {
	h.t.Helper()
	if _, err := h.db.ExecContext(h.t.Context(), statement); err != nil {
		h.t.Fatalf("%s: %v", statement, err)
	}
}

// everything is what each question about the hotel is answered by.
func (h hotel) everything() map[string]string {
	h.t.Helper()
	now := time.Now()
	h.At(func() time.Time { return now })
	out := map[string]string{}
	note := func(name string, answer any, err error) {
		h.t.Helper()
		if err != nil {
			h.t.Errorf("%s: %v: %v", name, err, fault.Of(err).Cause)
		}
		body, err := json.Marshal(answer)
		if err != nil {
			h.t.Fatal(err)
		}
		out[name] = string(body)
	}
	of := func(query string) []string {
		return h.ids(strings.Replace(query, "SELECT id", "SELECT DISTINCT id", 1))
	}
	ctx := h.t.Context()
	ask(note, "orders", h.Orders, ctx, of("SELECT id_order FROM qlo_orders"))
	ask(note, "invoices", h.Invoices, ctx, of("SELECT id_order_invoice FROM qlo_order_invoice"))
	ask(note, "payments", h.Payments, ctx, of("SELECT id_order_payment FROM qlo_order_payment"))
	ask(note, "slips", h.Slips, ctx, of("SELECT id_order_slip FROM qlo_order_slip"))
	ask(note, "refunds", h.Refunds, ctx, of("SELECT id_order_return FROM qlo_order_return"))
	ask(note, "customers", h.Customers, ctx, of("SELECT id_customer FROM qlo_orders"))
	ask(note, "hotels", h.Hotels, ctx, of("SELECT id FROM qlo_htl_branch_info"))
	ask(note, "room types", h.RoomTypes, ctx, of("SELECT id_product FROM qlo_product"))
	ask(note, "services", h.ServiceProducts, ctx, of("SELECT id_product FROM qlo_product"))
	ask(note, "currencies", h.Currencies, ctx, nil)
	ask(note, "stays", h.Stays, ctx, of("SELECT id_order FROM qlo_orders"))
	ask(note, "imported", h.ImportedPayments, ctx, of("SELECT id_order_payment FROM qlo_order_payment"))
	ask(note, "imported shares", h.ImportedShares, ctx, []string{"7", "460000000000001"})
	ask(note, "employees", h.EmployeesByEmail, ctx, "admin@hotel.example")
	for _, section := range []string{"hotels", "room-types", "service-products", "currencies", "customers", "orders"} {
		page, err := h.LookPage(ctx, section, "", 1000)
		note("look at "+section, page, err)
		counted, err := h.Unlisted(ctx, section)
		note("unlisted "+section, counted, err)
		for _, trace := range h.Traces(section) {
			ids, _, err := h.Follow(ctx, trace, "2001-01-01 00:00:00", "", 1000)
			sort.Strings(ids)
			note("trace "+trace.Name, ids, err)
		}
	}
	for name, list := range map[string]func(context.Context, string, int) ([]qloapps.Listing, error){
		"hotels": h.ListHotels, "room types": h.ListRoomTypes, "services": h.ListServiceProducts, "currencies": h.ListCurrencies, "customers": h.ListCustomers, "orders": h.ListOrders} {
		page, err := list(ctx, "", 1000)
		note("list of "+name, page, err)
	}
	for _, kind := range []qloapps.Dated{qloapps.DatedInvoices, qloapps.DatedPayments, qloapps.DatedSlips, qloapps.DatedReturns} {
		ids, err := h.On(ctx, kind, "2001-01-01", "2099-01-01")
		note("days of "+string(kind), ids, err)
	}
	shop, err := h.Shop(ctx)
	note("shop", shop, err)
	rates, err := h.TaxRates(ctx)
	note("tax rates", rates, err)
	methods, err := h.PaymentMethods(ctx)
	note("payment methods", methods, err)
	facilities, err := h.Facilities(ctx)
	note("facilities", facilities, err)
	billed, err := h.BilledOn(ctx, "2001-01-01", "2099-01-01")
	note("billed", billed, err)
	gone, err := h.GoneCustomers(ctx, "", 1000)
	note("gone customers", gone, err)
	for _, section := range []string{"orders", "customers"} {
		slice, err := h.SliceOf(ctx, section, 0, 1_000_000)
		note("slice of "+section, slice.Last, err)
		all := map[string][]qloapps.Selection{"records": {slice.Records}, "listed": {slice.Listed}, "terms": slice.Terms}
		for flow, list := range slice.Documents {
			all[flow] = list
		}
		for name, list := range all {
			for _, s := range list {
				if name == "terms" { // as they are stored
					s.SQL = "SELECT LOWER(TRIM(x.term)) term, x.id FROM (" + s.SQL + ") x WHERE x.term <> ''"
				}
				rows, err := h.selected(s)
				note("slice of "+section+", "+name, rows, err)
			}
		}
	}
	return out
}

// ask notes what a loader answers.
func ask[Q, A any](note func(string, any, error), name string, load func(context.Context, Q) (A, error), ctx context.Context, about Q) {
	answer, err := load(ctx, about)
	note(name, answer, err)
}

// selected are the rows of a selection, sorted.
func (h hotel) selected(s qloapps.Selection) (list []string, err error) {
	rows, err := h.db.QueryContext(h.t.Context(), s.SQL, s.Args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		texts := make([]*string, len(columns))
		into := make([]any, len(columns))
		for i := range texts {
			into[i] = &texts[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		body, err := json.Marshal(texts)
		if err != nil {
			return nil, err
		}
		list = append(list, string(body))
	}
	slices.Sort(list)
	return list, rows.Err()
}
