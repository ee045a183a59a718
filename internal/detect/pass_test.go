package detect_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/detect"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/runs"
	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/store"
)

// allOn turns every automatic switch on.
func allOn(a *settings.All) {
	auto := settings.Auto{AutoSyncNew: true, AutoUpdate: true, AutoDelete: true}
	a.Currencies.Auto, a.Customers.Auto, a.Hotels.Auto, a.RoomTypes, a.ServiceProducts = auto, auto, auto, auto, auto
	for _, turn := range []func(*settings.All){updateOrders, newOrders, newInvoices, newPayments, creditNotes} {
		turn(a)
	}
}

func TestAHundredTicksWithoutAChangeDoNothing(t *testing.T) {
	t.Parallel()
	ticks := 100
	if testing.Short() {
		ticks = 10
	}
	w := sampleHotel(t)
	w.everything()
	allOn(&w.all)
	state := "SELECT CONCAT(SUM(version), ' ', SUM(news), ' ', COUNT(*)) FROM qlobooks_documents"
	before := w.one(state)
	began := time.Now()
	for range ticks {
		w.wantFound("an idle tick", w.tick(), nil)
	}
	t.Logf("an idle tick of the sample hotel takes %s", time.Since(began)/time.Duration(ticks))
	w.wantPending("after the idle ticks")
	if after := w.one(state); after != before {
		t.Errorf("documents %s, were %s", after, before)
	}
}

// TestWhatWasDisabledBeforeTheSwitchWasOn is retired by the first tick after it, once, and by the switch of its
// own kind.
func TestWhatWasDisabledBeforeTheSwitchWasOn(t *testing.T) {
	t.Parallel()
	w := sampleHotel(t)
	w.sql("UPDATE {p}product SET active = 0 WHERE id_product = {service};\nUPDATE {p}product_shop SET active = 0 WHERE id_product = {service}") // of every other kind the sample has one
	w.everything()
	w.sql("UPDATE qlobooks_documents SET status = 'synced' WHERE status = 'disabled'") // sent while nobody followed it
	w.all.RoomTypes.AutoUpdate = true
	w.tick()
	w.wantPending("another switch")
	w.all.RoomTypes.AutoDelete = true
	w.wantFound("nothing changed", w.tick(), nil)
	w.wantPending("the switch is on", "room_type:5")
	w.sql("UPDATE qlobooks_documents SET status = 'synced', due_at = NULL WHERE status = 'pending'") // a person made it active again
	w.tick()
	w.wantPending("once")
	w.all.RoomTypes.AutoDelete, w.all.Customers.AutoDelete = false, true
	w.tick()
	w.wantPending("of guests", "customer:5 state", "customer:8 state") // anonymized, and gone
	for _, other := range []struct {
		auto *settings.Auto
		want []string
	}{
		{&w.all.Hotels.Auto, []string{"hotel:3 state"}},
		{&w.all.ServiceProducts, []string{"service_product:" + w.service + " state"}},
		{&w.all.Currencies.Auto, []string{"currency:4 state"}},
	} {
		w.sql("UPDATE qlobooks_documents SET status = 'synced', due_at = NULL WHERE status = 'pending'")
		other.auto.AutoDelete = true
		w.tick()
		w.wantPending("its own switch alone", other.want...)
	}
}

func TestInitializeIsNoNewsButWhatFollowsIs(t *testing.T) {
	w := sampleHotel(t)
	allOn(&w.all)
	w.initialize()
	w.wantFound("after Initialize", w.tick(), nil)
	w.wantPending("history is nobody's wish")

	// An old order that nobody asked for may change as it likes.
	w.sql("UPDATE {p}orders SET total_paid_tax_incl = 1, date_upd = '{now}' WHERE id_order = 1")
	w.copyRow("order_payment_detail", "id_order = 1", "id_order_payment_detail = 9101, id_order_payment = 2, amount = 1")
	w.wantFound("an old order changed", w.tick(), orders(1))
	w.wantPending("an old order changed")

	// A person asks for one kind of its documents: from then on it is in scope.
	w.run(runs.Sync, "orders", runs.Request{IDs: []string{"1"}, Flows: []string{"invoice"}})
	w.wantPending("a person's wish", "invoice:1")
	w.posted()
	w.copyRow("order_payment", "id_order_payment = 1", "id_order_payment = 911, amount = 5")
	w.copyRow("order_payment_detail", "id_order = 1", "id_order_payment_detail = 9102, id_order_payment = 911, amount = 5")
	w.wantFound("a payment of an order in scope", w.tick(), orders(1))
	if got := w.pending(); !slices.Contains(got, "payment:911") || !slices.Contains(got, "invoice:1") {
		t.Errorf("pending are %v", got)
	}
}

func TestNewIsAboveTheHighestIDWhateverItsDate(t *testing.T) {
	w := sampleHotel(t)
	w.initialize()
	newOrders(&w.all)
	book := func(id int) {
		w.copyRow("orders", "id_order = 1", fmt.Sprintf("id_order = %d, reference = 'X%d', date_add = '2020-01-01 00:00:00', date_upd = '2020-01-01 00:00:00'", id, id))
		w.sql(fmt.Sprintf("INSERT INTO {p}order_history (id_order, id_order_state, date_add) VALUES (%d, 2, '2020-01-01 00:00:00')", id))
	}
	gap := w.one("SELECT MIN(o.id_order) + 1 FROM {p}orders o LEFT JOIN {p}orders n ON n.id_order = o.id_order + 1 WHERE n.id_order IS NULL")
	between, err := strconv.Atoi(gap)
	w.ok(err)
	book(between)
	book(900)
	w.wantFound("two orders", w.tick(), orders(2))
	w.wantPending("two orders", "sales_order:900")
	if n := w.one("SELECT COUNT(*) FROM qlobooks_records WHERE section = 'orders' AND source_id IN (?, '900') AND status IN ('not_synced', 'pending')", gap); n != "2" {
		t.Errorf("%s of two orders are listed", n)
	}
}

func TestTimes(t *testing.T) {
	touch := "UPDATE {p}orders SET total_paid_real = total_paid_real + 1, date_upd = '%s' WHERE id_order = 1"
	tests := []struct {
		name string
		make func(w *world)
	}{
		{"a second that was already looked at", func(w *world) {
			at := w.wall()
			w.tick()
			w.sql(fmt.Sprintf(touch, at))
		}},
		{"PHP's clock is nine minutes behind", func(w *world) {
			w.sql(fmt.Sprintf(touch, w.clock.Add(-9*time.Minute).In(w.shop.Zone).Format(time.DateTime)))
		}},
		{"the hour that is repeated at the end of summer time", func(w *world) {
			w.clock = time.Date(2027, 11, 7, 6, 55, 0, 0, time.UTC) // 01:55 in Chicago, and 01:00 again five minutes later
			w.tick()
			w.clock = time.Date(2027, 11, 7, 7, 10, 0, 0, time.UTC)
			if w.wall() != "2027-11-07 01:10:00" {
				w.Fatalf("the clock shows %s", w.wall())
			}
			w.sql(fmt.Sprintf(touch, w.wall()))
		}},
		{"QloBooks was down for a week", func(w *world) {
			w.sql(fmt.Sprintf(touch, w.wall()))
			w.clock = w.clock.AddDate(0, 0, 7)
		}},
		{"a row dated tomorrow changes twice", func(w *world) {
			tomorrow := w.clock.AddDate(0, 0, 1).Format(time.DateTime)
			w.sql(fmt.Sprintf(touch, tomorrow))
			w.wantFound("the first change", w.tick(), orders(1))
			w.wantFound("no change", w.tick(), nil)
			w.sql(fmt.Sprintf(touch, tomorrow))
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := sampleHotel(t)
			w.sql("UPDATE {p}configuration SET value = 'America/Chicago' WHERE name = 'PS_TIMEZONE'")
			var err error
			w.shop, err = w.hotel.Shop(t.Context())
			w.ok(err)
			w.detect.SweepPages = -1
			w.everything()
			w.tick()
			tt.make(w)
			w.wantFound(tt.name, w.tick(), orders(1))
			w.wantFound("no change", w.tick(), nil)
		})
	}
}

func TestAServerBehindTheShopsZoneIsFollowed(t *testing.T) {
	w := sampleHotel(t)
	w.sql("UPDATE {p}configuration SET value = 'Asia/Tokyo' WHERE name = 'PS_TIMEZONE'")
	w.everything()
	w.detect.SweepPages = -1
	w.tick()
	// A statement of QloApps that uses NOW(), on a server in UTC.
	w.sql("UPDATE {p}customer SET active = 1 - active, date_upd = '" + w.clock.UTC().Format(time.DateTime) + "' WHERE id_customer = 2")
	w.wantFound("a guest dated by the server", w.tick(), map[string]int{"customers": 1})
}

func TestSinceIsTheEarliestTheClockCanHaveShown(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) time.Time {
		v, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, tt := range []struct{ name, from, now, want string }{
		{"an ordinary morning", "2026-11-25T15:00:00Z", "2026-11-25T15:05:00Z", "2026-11-25 10:00:00"},
		{"over the end of summer time", "2026-11-01T05:55:00Z", "2026-11-01T06:05:00Z", "2026-11-01 00:55:00"},
		{"over its beginning", "2026-03-08T06:55:00Z", "2026-03-08T07:05:00Z", "2026-03-08 01:55:00"},
		{"over a whole year", "2026-07-01T12:00:00Z", "2027-07-01T12:00:00Z", "2026-07-01 07:00:00"},
	} {
		if got := qloapps.Since(at(tt.from), at(tt.now), zone); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestWhatAPersonSkippedStaysSkipped(t *testing.T) {
	w := sampleHotel(t)
	w.everything()
	allOn(&w.all)
	if n, err := w.store.SetSkipped(t.Context(), []store.Ref{{Flow: "invoice", ID: "1"}}, true, "no"); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	w.sql("UPDATE {p}orders SET total_paid_tax_incl = total_paid_tax_incl + 1, date_upd = '{now}' WHERE id_order = 1")
	w.tick()
	if got := w.pending(); slices.Contains(got, "invoice:1") || !slices.Contains(got, "sales_order:1") {
		t.Errorf("pending are %v", got)
	}
}

func TestAHeldDocumentOfAChangedOrderIsTriedAgain(t *testing.T) {
	w := sampleHotel(t)
	w.everything()
	w.sql("UPDATE qlobooks_documents SET status = 'held', zoho_id = '', issue_code = 'totals_differ' WHERE flow = 'invoice' AND source_id = '1'")
	newInvoices(&w.all)
	w.tick()
	w.wantPending("nothing changed")
	w.sql("UPDATE {p}orders SET total_paid_tax_incl = total_paid_tax_incl + 1, date_upd = '{now}' WHERE id_order = 1")
	w.tick()
	w.wantPending("the order changed", "invoice:1")
}

func TestACanceledRunGivesItsNewsBack(t *testing.T) {
	w := sampleHotel(t)
	w.everything()
	updateHotels(&w.all)
	w.sql("UPDATE {p}htl_branch_info_lang SET hotel_name = 'Renamed' WHERE id = 1")
	w.tick()
	w.wantPending("renamed", "hotel:1 content")
	list, err := w.store.Runs(t.Context(), store.RunQuery{Kind: runs.Tick, Limit: 1})
	w.ok(err)
	if ok, err := w.store.CancelRun(t.Context(), list[0].ID); err != nil || !ok {
		t.Fatal(ok, err)
	}
	w.wantPending("canceled")
	w.wantFound("the next tick", w.tick(), nil)
	w.wantPending("the next tick", "hotel:1 content")
}

func TestATickGoesOnWhereItsWorkerDied(t *testing.T) {
	w := sampleHotel(t)
	w.everything()
	allOn(&w.all)
	died := errors.New("the worker died")
	for steps := 1; ; steps++ {
		w.sql("UPDATE {p}htl_branch_info_lang SET hotel_name = CONCAT(hotel_name, '!');\nUPDATE {p}orders SET total_paid_real = total_paid_real + 1, date_upd = '{now}' WHERE id_order IN (1, 2)")
		versions := w.one("SELECT SUM(version) FROM qlobooks_documents")
		run, err := w.store.StartRun(t.Context(), runs.Tick, "", steps, "a person")
		w.ok(err)
		if mine, err := w.store.ClaimRun(t.Context(), "dead", run.ID, time.Minute); err != nil || !mine {
			t.Fatal(mine, err)
		}
		left := steps
		_, err = w.detect.Tick(t.Context(), run, func(cursor string) error {
			if left--; left < 0 {
				return died
			}
			_, err := w.store.RenewRun(t.Context(), "dead", run.ID, cursor, time.Minute)
			return err
		})
		if err == nil {
			if steps < 10 {
				t.Errorf("a tick has only %d steps", steps)
			}
			return
		}
		if !errors.Is(err, died) {
			t.Fatal(err)
		}
		w.clock = w.clock.Add(2 * time.Minute)
		w.ok(w.runner.Execute(t.Context(), run.ID))
		run, err = w.store.Run(t.Context(), run.ID)
		w.ok(err)
		var result detect.Result
		w.ok(json.Unmarshal(run.Result, &result))
		if result.Queued["orders"] != 2 || result.Queued["hotels"] != 3 {
			t.Errorf("died after %d steps: %s", steps, run.Result)
		}
		pending := len(w.pending())
		if got, want := w.one("SELECT SUM(version) FROM qlobooks_documents"), w.one("SELECT ? + ?", versions, pending); strings.TrimSuffix(want, ".0") != got && want != got {
			t.Errorf("died after %d steps: versions add up to %s, want %s", steps, got, want)
		}
		w.posted()
	}
}

func TestTicksAtOnceQueueOnce(t *testing.T) {
	w := sampleHotel(t)
	w.everything()
	allOn(&w.all)
	w.sql("UPDATE {p}htl_branch_info_lang SET hotel_name = CONCAT(hotel_name, '!');\nUPDATE {p}orders SET total_paid_real = total_paid_real + 1, date_upd = '{now}' WHERE id_order < 10")
	var wait sync.WaitGroup
	for n := range 4 {
		run, err := w.store.StartRun(t.Context(), runs.Tick, "", n, "a person")
		w.ok(err)
		wait.Go(func() {
			if err := w.runner.Execute(context.WithoutCancel(t.Context()), run.ID); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if failed := w.one("SELECT GROUP_CONCAT(error) FROM qlobooks_runs WHERE status = 'failed'"); failed != "" {
		t.Errorf("failed: %s", failed)
	}
	if len(w.pending()) < 12 {
		t.Errorf("pending are %v", w.pending())
	}
	if twice := w.one("SELECT COUNT(*) FROM qlobooks_documents WHERE status = 'pending' AND version > 2"); twice != "0" {
		t.Errorf("%s documents were queued twice", twice)
	}
}
