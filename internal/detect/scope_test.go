package detect_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/runs"
	"github.com/qlobooks/qlobooks/internal/settings"
)

// newcomers make one new record of each section, by its id.
func newcomers() map[string]func(w *world, id string) (key string) {
	product := func(w *world, id, like string) {
		w.copyRow("product", "id_product = "+like, "id_product = "+id+", date_add = '{now}', date_upd = '{now}'")
		w.copyRow("product_shop", "id_product = "+like, "id_product = "+id)
		w.copyRow("product_lang", "id_product = "+like, "id_product = "+id)
	}
	return map[string]func(w *world, id string) string{
		"hotels": func(w *world, id string) string {
			w.copyRow("htl_branch_info", "id = 1", "id = "+id+", date_add = '{now}', date_upd = '{now}'")
			w.copyRow("htl_branch_info_lang", "id = 1", "id = "+id)
			return "hotel:" + id
		},
		"room-types": func(w *world, id string) string {
			product(w, id, w.room)
			w.copyRow("htl_room_type", "id_product = "+w.room, "id = "+id+", id_product = "+id)
			return "room_type:" + id
		},
		"service-products": func(w *world, id string) string { product(w, id, w.service); return "service_product:" + id },
		"customers": func(w *world, id string) string {
			w.copyRow("customer", "id_customer = 2", "id_customer = "+id+", date_add = '{now}', date_upd = '{now}'")
			return "customer:" + id
		},
		"currencies": func(w *world, id string) string {
			w.copyRow("currency", "id_currency = 2", "id_currency = "+id+", iso_code = CONCAT('X', "+id+")")
			w.copyRow("currency_shop", "id_currency = 2", "id_currency = "+id)
			return "currency:" + id
		},
		"orders": func(w *world, id string) string {
			w.copyRow("orders", "id_order = 1", "id_order = "+id+", reference = 'N"+id+"', date_add = '{now}', date_upd = '{now}'")
			w.sql("INSERT INTO {p}order_history (id_order, id_order_state, date_add) VALUES (" + id + ", 2, '{now}')")
			return "sales_order:" + id
		},
	}
}

// TestASectionNeverInitializedHasNoAutomaticWork leaves one section out at a time, with everything on
// that can be on. What is new in it stays unseen until the section is initialized; what is new
// after that is queued.
func TestASectionNeverInitializedHasNoAutomaticWork(t *testing.T) {
	for left, happen := range newcomers() {
		t.Run(left, func(t *testing.T) {
			w := sampleHotel(t)
			for _, section := range sections {
				if section != left {
					w.run(runs.Initialize, section, struct{}{})
				}
			}
			w.later()
			allOn(&w.all)
			early := "2020-01-01"
			w.all.Orders.ExportFromDate = &early
			s := &w.all.Schedule
			s.Enabled, s.Customers = true, left == "customers"
			s.Invoices, s.Payments, s.CreditNotes = left == "orders", left == "orders", left == "orders"
			happen(w, "90")
			w.wantFound("a tick", w.tick(), nil)
			w.wantFound("the daily pass", w.pass(runs.Daily), nil)
			w.wantPending("never initialized")
			if n := w.one("SELECT COUNT(*) FROM qlobooks_records WHERE section = ?", left); n != "0" {
				t.Errorf("%s records are listed", n)
			}

			w.run(runs.Initialize, left, struct{}{})
			w.later()
			key := happen(w, "91")
			w.wantFound("initialized", w.tick(), map[string]int{left: 1})
			w.wantPending("initialized", key)
		})
	}
}

// TestDailyPassOfInvoicesAndCreditNotes turns each kind on alone.
func TestDailyPassOfInvoicesAndCreditNotes(t *testing.T) {
	const young = "SELECT o.id_order FROM {p}orders o WHERE o.date_add >= ? UNION SELECT d.id_order FROM {p}order_payment_detail d WHERE d.date_add >= ? UNION SELECT s.id_order FROM {p}order_slip s WHERE s.date_add >= ?" +
		" UNION SELECT r.id_order FROM {p}order_return r WHERE r.date_upd >= ?"
	tests := []struct {
		name  string
		turn  func(s *settings.Schedule)
		since int // days
		wants []string
		has   string
		hasNo string
	}{
		{"invoices", func(s *settings.Schedule) { s.Invoices = true }, 17, []string{
			"SELECT GROUP_CONCAT('sales_order:', o.id_order SEPARATOR ' ') FROM {p}orders o WHERE EXISTS (SELECT 1 FROM {p}order_history h WHERE h.id_order = o.id_order) AND o.id_order IN (" + young + ")",
			"SELECT GROUP_CONCAT('invoice:', i.id_order_invoice SEPARATOR ' ') FROM {p}order_invoice i WHERE i.id_order IN (" + young + ")",
		}, "invoice:1", "invoice:2"},
		{"credit notes", func(s *settings.Schedule) { s.CreditNotes = true }, 400, []string{
			"SELECT GROUP_CONCAT('credit_note:', s.id_order_slip SEPARATOR ' ') FROM {p}order_slip s WHERE s.id_order IN (" + young + ")",
			"SELECT GROUP_CONCAT('refund:', r.id_order_return SEPARATOR ' ') FROM {p}order_return r WHERE r.id_order IN (" + young + ")",
		}, "credit_note:1", "refund:99"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := sampleHotel(t)
			w.initialize()
			start := w.clock.AddDate(0, 0, -tt.since).Format("2006-01-02")
			w.all.Orders.ExportFromDate = &start
			var want []string
			for _, query := range tt.wants {
				want = append(want, strings.Fields(w.one(query, start, start, start, start))...)
			}
			if !slices.Contains(want, tt.has) || slices.Contains(want, tt.hasNo) {
				t.Fatalf("the sample has changed: %v", want)
			}
			tt.turn(&w.all.Schedule)
			w.pass(runs.Daily)
			w.wantPending(tt.name, want...)
			w.posted()
			w.pass(runs.Daily)
			w.wantPending(tt.name + " that stand")

			// Changed ones are queued again, though the switches of the ticks are off.
			w.sql("UPDATE {p}orders SET total_paid_tax_incl = total_paid_tax_incl + 1, date_upd = '{now}' WHERE id_order = 1 OR id_order IN (SELECT id_order FROM {p}order_slip)")
			w.tick()
			w.wantPending("a tick with its switches off")
			w.pass(runs.Daily)
			if got := w.pending(); !slices.Contains(got, tt.has) {
				t.Errorf("changed: pending are %v, not %s", got, tt.has)
			}
		})
	}
}
