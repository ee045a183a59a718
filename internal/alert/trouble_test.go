package alert_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/alert"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/store"
)

// told are the events of all messages, in order.
func (r *receiver) told() []string {
	var list []string
	for _, h := range r.heads {
		list = append(list, h.Get(alert.EventHeader))
	}
	return list
}

// TestTroubleOfTheWholeIsToldOnceEachTime: a silent worker, a schedule that does not run.
func TestTroubleOfTheWholeIsToldOnceEachTime(t *testing.T) {
	r := listen(t)
	w := setup(t, r, settings.WorkerSilent, settings.ScheduleStopped)
	health := wire.OverviewHealth{State: "on_time"}
	w.Health = func(context.Context) (wire.OverviewHealth, error) { return health, nil }
	w.work(t)
	health = wire.OverviewHealth{State: "stopped", WorkerSilent: true, QueuedRuns: 3}
	w.work(t)
	w.work(t)
	if err := w.store.Beat(t.Context(), "p", store.WorkerBeat); err != nil { // it came back, and is silent again
		t.Fatal(err)
	}
	w.work(t)
	w.work(t)
	last := wire.At(w.now.Add(-time.Hour))
	for _, quiet := range []wire.OverviewHealth{
		{State: "off", LastTickAt: &last},                              // switched off by a person
		{State: "stopped", LastTickAt: &last, Down: []string{"redis"}}, // Redis did not answer once; the schedule is in time
	} {
		health = quiet
		w.work(t)
		if got := r.told(); len(got) != 2 {
			t.Fatalf("told %v of %+v", got, quiet)
		}
	}
	health = wire.OverviewHealth{State: "stopped", Overdue: true, LastTickAt: &last}
	w.work(t)
	w.work(t)
	if got := strings.Join(r.told(), " "); got != "worker_silent worker_silent schedule_stopped" {
		t.Fatalf("told %s", got)
	}
	if !strings.Contains(r.bodies[0], `"queued_runs":3`) || !strings.Contains(r.bodies[0], "Start a worker") || !strings.Contains(r.bodies[2], `"last_tick_at":"2026-03-02T08:01:00Z"`) {
		t.Errorf("told %v", r.bodies)
	}
}

// TestDifferencesAndManyFailuresAreTold, once each, and nothing where there is nothing.
func TestDifferencesAndManyFailuresAreTold(t *testing.T) {
	r := listen(t)
	w := setup(t, r, settings.Differs, settings.ManyFailures)
	found := map[string]int{"2026-02-01": 0, "2026-02-02": 4}
	looks := 0
	w.Differences = func(_ context.Context, days wire.DayRange) (int, error) { looks++; return found[days.From], nil }
	w.now = w.now.Add(time.Second)
	for _, day := range []string{"2026-02-01", "2026-02-02"} {
		w.end(t, "reconcile", map[string]string{"from": day, "to": day})
	}
	w.work(t)
	w.work(t)
	if len(r.bodies) != 1 || !strings.Contains(r.bodies[0], `"differences":4`) || !strings.Contains(r.bodies[0], "/reconciliation?from=2026-02-02") || looks != 2 {
		t.Errorf("told %v after %d looks", r.bodies, looks)
	}
	for n, status := range []store.Status{store.Failed, store.Rejected} {
		for i := range 10 {
			w.count(t, fmt.Sprint(n, i), status)
		}
	}
	w.work(t)
	if len(r.bodies) != 1 {
		t.Errorf("told of 20: %v", r.bodies)
	}
	w.count(t, "one more", store.Failed)
	w.work(t)
	w.work(t)
	if len(r.bodies) != 2 || !strings.Contains(r.bodies[1], `"failed":11,`) || !strings.Contains(r.bodies[1], `"rejected":10,`) {
		t.Errorf("told of 21: %v", r.bodies)
	}
}

// drift closes a month and finds documents of it otherwise.
func (w *world) drift(t *testing.T, month string, ids ...string) {
	t.Helper()
	organization, err := w.store.Belongs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p := store.Period{Month: month, ClosedAt: w.now, ClosedBy: "Ada", Reason: "Agreed.", Sums: []byte("[]"), Accepted: []byte("[]")}
	if err := w.store.ClosePeriod(t.Context(), organization, p, nil, nil, store.Event{At: w.now, Actor: "Ada", Action: "close_month"}); err != nil && !errors.Is(err, store.ErrClosed) {
		t.Fatal(err)
	}
	var list []store.Drift
	for _, id := range ids {
		list = append(list, store.Drift{Ref: store.Ref{Flow: "invoice", ID: id}, Title: "Invoice of Zora Guest", Detail: "Zoho Books: gone."})
	}
	if err := w.store.SaveDrifts(t.Context(), organization, month, list); err != nil {
		t.Fatal(err)
	}
}

// TestAClosedMonthThatChangedIsTold, once for what is known, again for more, and nothing of a month as it was agreed.
func TestAClosedMonthThatChangedIsTold(t *testing.T) {
	r := listen(t)
	w := setup(t, r, settings.MonthDrifted)
	w.now = w.now.Add(time.Second)
	w.drift(t, "2026-01")
	w.drift(t, "2026-02", "7", "8")
	w.work(t)
	w.now = w.now.Add(time.Minute)
	w.drift(t, "2026-02", "7", "8") // seen again as it was
	w.work(t)
	if len(r.bodies) != 1 || !strings.Contains(r.bodies[0], `"month":"2026-02"`) || !strings.Contains(r.bodies[0], `"documents":2`) || !strings.Contains(r.bodies[0], "/reconciliation?from=2026-02-01\\u0026to=2026-02-28") || strings.Contains(r.bodies[0], "Guest") {
		t.Fatalf("told %v", r.bodies)
	}
	w.now = w.now.Add(time.Minute)
	w.drift(t, "2026-02", "7", "8", "9")
	w.work(t)
	w.work(t)
	if len(r.bodies) != 2 || !strings.Contains(r.bodies[1], `"documents":3`) {
		t.Errorf("told %v", r.bodies)
	}
}

// end makes a run that ended just now.
func (w *world) end(t *testing.T, kind string, request any) store.Run {
	t.Helper()
	run, err := w.store.StartRun(t.Context(), kind, "", request, "Ada")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.ClaimRun(t.Context(), "worker", run.ID, time.Minute); err != nil {
		t.Fatal(err)
	}
	if err := w.store.FinishRun(t.Context(), "worker", run.ID, 7, map[string]int{"x": 1}, ""); err != nil {
		t.Fatal(err)
	}
	return run
}

// count adds a record in a state to what is counted.
func (w *world) count(t *testing.T, id string, status store.Status) {
	t.Helper()
	if err := w.db.Exec("INSERT INTO qlobooks_count_changes (list, at, hotel_id, currency, phase, state, n, total, due, amount) VALUES ('orders', '1000-01-01', '', '', '', ?, 1, 0, 0, 0)", status).Error; err != nil {
		t.Fatal(id, err)
	}
}

// TestToolsAreToldOfRunsAndRecords: each run that ended once, and the records of each minute once.
func TestToolsAreToldOfRunsAndRecords(t *testing.T) {
	r := listen(t)
	w := setup(t, r, settings.RunEnded, settings.RecordsChanged)
	w.now = w.now.Add(time.Second)
	run := w.end(t, "sync", 1)
	var seen []store.Seen
	for i := range 501 {
		seen = append(seen, store.Seen{Print: "a:1", Listed: store.Listed{ID: fmt.Sprint(i + 1), Name: "ORDER"}})
	}
	if err := w.store.Adopt(t.Context(), "orders", seen); err != nil {
		t.Fatal(err)
	}
	w.work(t)
	w.work(t)
	if len(r.bodies) != 1 || !strings.Contains(r.bodies[0], fmt.Sprintf(`"run":{"id":"%d"`, run.ID)) || strings.Contains(r.bodies[0], `"x":1`) {
		t.Fatalf("told %v", r.bodies)
	}
	w.now = w.now.Add(70 * time.Second)
	w.work(t)
	w.now = w.now.Add(70 * time.Second)
	w.work(t)
	if len(r.bodies) != 2 || !slices.Equal(r.told(), []string{"run_ended", "records_changed"}) {
		t.Fatalf("told %v", r.told())
	}
	if got := strings.Count(r.bodies[1], `"section":"orders"`); got != 500 || !strings.Contains(r.bodies[1], `"more":1`) {
		t.Errorf("%d records: %.300s", got, r.bodies[1])
	}
	if h := r.heads[1]; h.Get(alert.SignatureHeader) != alert.Sign([]byte(r.bodies[1]), key) {
		t.Error("unsigned")
	}
}

// TestATestMessageTellsWhatBecameOfIt, and every message is listed with its outcome.
func TestATestMessageTellsWhatBecameOfIt(t *testing.T) {
	r := listen(t)
	w := setup(t, r, settings.RunFailed)
	sent, err := w.Test(t.Context(), "Ada")
	if err != nil || sent.State != "delivered" || sent.Event != "test" || sent.Answer == nil || *sent.Answer != http.StatusNoContent || len(r.bodies) != 1 || r.heads[0].Get(alert.SignatureHeader) != alert.Sign([]byte(r.bodies[0]), key) || r.heads[0].Get(alert.IDHeader) != sent.ID {
		t.Fatalf("%+v %v %v", sent, err, r.heads)
	}
	r.status = http.StatusTeapot
	if sent, err = w.Test(t.Context(), "Ada"); err != nil || sent.State != "given_up" || sent.Outcome == nil || !strings.Contains(*sent.Outcome, "418") || *sent.Answer != 418 {
		t.Errorf("refused: %+v %v", sent, err)
	}
	w.now = w.now.Add(time.Minute)
	w.fail(t, "setup")
	w.work(t)
	if len(r.bodies) != 3 {
		t.Errorf("a test was tried again: %v", r.told())
	}
	page, err := w.Deliveries(t.Context(), 2, nil)
	if err != nil || len(page.Items) != 2 || page.Items[0].State != "waiting" || page.Items[0].NextTryAt == nil || page.Items[0].Event != "run_failed" || page.Next == nil {
		t.Fatalf("page %+v %v", page, err)
	}
	if page, err = w.Deliveries(t.Context(), 2, page.Next); err != nil || len(page.Items) != 1 || page.Items[0].State != "delivered" || page.Next != nil {
		t.Errorf("second page %+v %v", page, err)
	}
	r.Close()
	if sent, err = w.Test(t.Context(), "Ada"); err != nil || sent.State != "given_up" || sent.Answer != nil || strings.Contains(*sent.Outcome, "/hook") {
		t.Errorf("nobody there: %+v %v", sent, err)
	}
	body := []byte(`{"webhook_url":null,"events":[]}`)
	if err := w.Settings.Put(t.Context(), "alerts", body, "", "Ada"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Test(t.Context(), "Ada"); fault.Of(err).Code != "no_webhook" {
		t.Errorf("without an address: %v", err)
	}
}
