package detect_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/runs"
	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/store"
)

func limit(n int) *int { return &n }

func brakeOf(t *testing.T, r store.Run) store.Brake {
	t.Helper()
	var b store.Brake
	if r.Status != store.RunWaiting || json.Unmarshal(r.Brake, &b) != nil {
		t.Fatalf("run %d is %s with the brake %s", r.ID, r.Status, r.Brake)
	}
	return b
}

const threeOrders = "UPDATE {p}orders SET total_paid_real = total_paid_real + 1, date_upd = '{now}' WHERE id_order IN (1, 2, 3)"

func TestATickThatWantsTooMuchQueuesNothing(t *testing.T) {
	amount := money.MustParse("100.00")
	for _, tt := range []struct {
		name  string
		limit func(l *settings.Limits)
		make  string
		brake store.Brake
	}{
		{"records", func(l *settings.Limits) { l.BrakeMaxRecords = limit(2) }, threeOrders, store.Brake{Limit: "brake_max_records", Allowed: "2", Wanted: "3"}},
		{"voids", func(l *settings.Limits) { l.BrakeMaxVoids = limit(0) }, "UPDATE {p}orders SET current_state = 4, date_upd = '{now}' WHERE id_order = 1", store.Brake{Limit: "brake_max_voids", Allowed: "0", Wanted: "1"}},
		{"voids of two orders", func(l *settings.Limits) { l.BrakeMaxVoids = limit(1) }, "UPDATE {p}orders SET current_state = 4, date_upd = '{now}' WHERE id_order IN (1, 2)", store.Brake{Limit: "brake_max_voids", Allowed: "1", Wanted: "2"}},
		{"amount", func(l *settings.Limits) { l.BrakeMaxAmount = &amount }, "UPDATE {p}orders SET total_paid_real = 0, date_upd = '{now}' WHERE id_order = 1", store.Brake{Limit: "brake_max_amount", Allowed: "100.00", Wanted: "374.40"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := sampleHotel(t)
			w.everything()
			updateOrders(&w.all)
			tt.limit(&w.all.Limits)
			w.sql(tt.make)
			run := w.run(runs.Tick, "", "first")
			got := brakeOf(t, run)
			if len(got.Sample) == 0 || got.Limit != tt.brake.Limit || got.Allowed != tt.brake.Allowed || got.Wanted != tt.brake.Wanted {
				t.Errorf("brake %+v, want %+v", got, tt.brake)
			}
			w.wantPending("waiting")

			// The next tick looks, but neither queues nor waits.
			w.later()
			if second := w.run(runs.Tick, "", "second"); second.Status != store.RunDone || *second.Total != 0 {
				t.Errorf("a second tick is %s", second.Status)
			}
			w.wantPending("still waiting")

			if ok, err := w.store.ReleaseRun(t.Context(), run.ID, store.Event{At: w.store.Now(), Actor: "a person", Action: "release_run", Detail: "it is right"}); err != nil || !ok {
				t.Fatal(ok, err)
			}
			w.ok(w.runner.Execute(t.Context(), run.ID))
			if len(w.pending()) == 0 {
				t.Error("released, but nothing is pending")
			}
			if ok, _ := w.store.ReleaseRun(t.Context(), run.ID, store.Event{At: w.store.Now(), Actor: "a person", Action: "release_run", Detail: "it is right"}); ok {
				t.Error("it could be released twice")
			}
		})
	}
}

func TestACanceledBrakeIsAskedAgain(t *testing.T) {
	w := sampleHotel(t)
	w.everything()
	updateOrders(&w.all)
	w.all.Limits.BrakeMaxRecords = limit(2)
	w.sql(threeOrders)
	run := w.run(runs.Tick, "", "first")
	brakeOf(t, run)
	if ok, err := w.store.CancelRun(t.Context(), run.ID); err != nil || !ok {
		t.Fatal(ok, err)
	}
	w.later()
	brakeOf(t, w.run(runs.Tick, "", "second"))
	w.all.Limits.BrakeMaxRecords = nil
	w.later()
	w.run(runs.Tick, "", "third")
	if len(w.pending()) < 6 {
		t.Errorf("with the brake off, pending are %v", w.pending())
	}
}

func TestAPersonPassesTheBrakeByConfirming(t *testing.T) {
	w := sampleHotel(t)
	w.initialize()
	w.all.Limits.BrakeMaxRecords = limit(3)
	req := runs.Request{All: true}
	brakeOf(t, w.run(runs.Sync, "orders", req))
	w.wantPending("waiting")
	if again := w.run(runs.Sync, "orders", req); again.Status != store.RunWaiting {
		t.Errorf("the same wish again is %s", again.Status)
	}
	// The same wish, confirmed, is the same run.
	run, err := w.store.StartReleased(t.Context(), runs.Sync, "orders", req, "a person")
	w.ok(err)
	w.ok(w.runner.Execute(t.Context(), run.ID))
	run, err = w.store.Run(t.Context(), run.ID)
	w.ok(err)
	if run.Status != store.RunRunning || fmt.Sprint(*run.Total) != w.one("SELECT COUNT(*) FROM qlobooks_records WHERE section = 'orders'") || len(w.pending()) < 60 {
		t.Errorf("confirmed: %s, %d records, %d documents", run.Status, *run.Total, len(w.pending()))
	}
	if n := w.one("SELECT COUNT(*) FROM qlobooks_runs WHERE kind = 'sync'"); n != "1" {
		t.Errorf("%s runs", n)
	}
	// Few records pass without a word.
	if few := w.run(runs.Sync, "hotels", req); few.Status != store.RunRunning {
		t.Errorf("three hotels: %s", few.Status)
	}
}

func TestDailyPassQueuesTheChosenKinds(t *testing.T) {
	w := sampleHotel(t)
	w.initialize()
	start := w.clock.AddDate(0, 0, -17).Format("2006-01-02") // orders 17 to 20 and the namesakes are younger
	w.all.Orders.ExportFromDate = &start
	w.wantFound("nothing chosen", w.pass(runs.Daily), nil)
	w.wantPending("nothing chosen")

	w.all.Schedule.Payments = true
	w.pass(runs.Daily)
	want := strings.Fields(w.one("SELECT GROUP_CONCAT(DISTINCT CONCAT('payment:', p.id_order_payment) SEPARATOR ' ') FROM {p}order_payment_detail p WHERE p.id_order IN "+
		"(SELECT o.id_order FROM {p}orders o WHERE o.date_add >= ? UNION SELECT d.id_order FROM {p}order_payment_detail d WHERE d.date_add >= ? UNION SELECT s.id_order FROM {p}order_slip s WHERE s.date_add >= ?"+
		" UNION SELECT r.id_order FROM {p}order_return r WHERE r.date_upd >= ?)", start, start, start, start))
	// Order 1 is older, but money was given back five days ago; nothing has happened to order 2 since.
	if !slices.Contains(want, "payment:1") || slices.Contains(want, "payment:2") {
		t.Fatalf("the sample has changed: %v", want)
	}
	w.wantPending("payments", want...)
	if lanes := w.one("SELECT GROUP_CONCAT(DISTINCT lane) FROM qlobooks_documents WHERE status = 'pending'"); lanes != "2" {
		t.Errorf("they wait in lane %s", lanes)
	}
	w.posted()
	w.pass(runs.Daily)
	w.wantPending("payments that stand")

	// What a person could do something about is tried again, what was rejected is not.
	w.sql("UPDATE qlobooks_documents SET zoho_id = '', status = 'held', issue_code = 'mapping_missing' WHERE flow = 'payment' AND source_id = '12';\n" +
		"UPDATE qlobooks_documents SET zoho_id = '', status = 'rejected', issue_code = 'zoho_refused' WHERE flow = 'payment' AND source_id = '13'")
	w.pass(runs.Daily)
	w.wantPending("a held payment", "payment:12")
	w.posted()

	w.all.Schedule.Payments, w.all.Schedule.Customers = false, true
	early := "2020-01-01"
	w.all.Orders.ExportFromDate = &early
	w.pass(runs.Daily)
	if got := w.pending(); len(got) < 15 || got[0] != "customer:1" {
		t.Errorf("customers: pending are %v", got)
	}
}

// TestDailyPassSeesWhatATickCannot sweeps a hotel that is too large for a tick.
func TestDailyPassSeesWhatATickCannot(t *testing.T) {
	w := sampleHotel(t)
	w.everything()
	w.detect.SweepPages = -1
	w.sql("UPDATE {p}order_payment SET payment_method = 'Cheque' WHERE id_order_payment = 1;\nDELETE FROM {p}orders WHERE id_order = 30")
	w.wantFound("a tick", w.tick(), nil)
	w.wantFound("the daily pass", w.pass(runs.Daily), orders(2))
	if retired := w.one("SELECT GROUP_CONCAT(source_id) FROM qlobooks_records WHERE section = 'orders' AND retired = 1"); retired != "30" {
		t.Errorf("gone are %s", retired)
	}
	w.wantPending("the daily pass with nothing chosen")
}
