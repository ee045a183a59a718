package detect_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/detect"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/runs"
	"github.com/qlobooks/qlobooks/internal/store"
)

// TestADailyPassThatCannotBeginTheImportTellsThatBesideWhatItDid is for a hotel that is not connected when the hour
// comes: what the pass found and queued stands, and why no payments come is told.
func TestADailyPassThatCannotBeginTheImportTellsThatBesideWhatItDid(t *testing.T) {
	w := sampleHotel(t)
	w.everything()
	allOn(&w.all)
	w.all.Schedule.Payments, w.all.Payments.ImportEnabled = true, true
	w.detect.Import = func(context.Context, store.Run) error {
		return fault.New(fault.Held, "not_connected", "QloBooks is not connected to Zoho Books.").Do("Connect on the Configuration page.")
	}
	w.sql("UPDATE {p}htl_branch_info_lang SET hotel_name = CONCAT(hotel_name, '!')")
	run := w.run(runs.Daily, "", map[string]string{"slot": "1"})
	var result detect.Result
	w.ok(json.Unmarshal(run.Result, &result))
	if result.Found["hotels"] != 3 || result.Import == nil || result.Import.Code != "not_connected" || result.Import.Action == "" {
		t.Errorf("told is %s", run.Result)
	}
}

// TestAScheduledImportComesBackAfterAnOutage breaks one off as often as an outage of an hour does. One that a person
// asked for ends and says so.
func TestAScheduledImportComesBackAfterAnOutage(t *testing.T) {
	w := sampleHotel(t)
	away := fault.New(fault.Unavailable, "zoho_unavailable", "Zoho Books does not answer properly.")
	trouble := error(away)
	w.runner.Tasks = map[string]runs.Task{runs.Import: func(context.Context, store.Run) (int, any, error) { return 0, nil, trouble }}
	execute := func(id uint64) store.Run {
		t.Helper()
		w.ok(w.runner.Execute(t.Context(), id))
		run, err := w.store.Run(t.Context(), id)
		w.ok(err)
		return run
	}
	start := func(by string) uint64 {
		t.Helper()
		run, err := w.store.StartRun(t.Context(), runs.Import, "", map[string]string{"scope": "new", "by": by}, by)
		w.ok(err)
		return run.ID
	}
	asked := start("a person")
	for range 10 {
		if run := execute(asked); run.Status == store.RunFailed {
			break
		}
		w.clock = w.clock.Add(time.Minute)
	}
	if run := execute(asked); run.Status != store.RunFailed {
		t.Errorf("what a person asked for is %s", run.Status)
	}

	scheduled := start("QloBooks")
	for n := range 60 {
		trouble = []error{away, errors.Join(away.After(2 * time.Hour)), fault.New(fault.Unknown, "outcome_unknown", "No answer came.")}[n%3]
		if run := execute(scheduled); run.Status != store.RunRunning {
			t.Fatalf("after %d tries the scheduled one is %s: %s", n+1, run.Status, run.Error)
		}
		w.clock = w.clock.Add(time.Minute)
	}
	trouble = nil
	_, err := w.store.Succeeded(t.Context())
	w.ok(err)
	w.clock = w.clock.Add(time.Second)
	if _, err := w.store.Succeeded(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.clock = w.clock.Add(time.Minute)
	if _, err := w.store.Succeeded(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.clock = w.clock.Add(time.Second)
	if run := execute(scheduled); run.Status != store.RunDone {
		t.Errorf("once Zoho Books answers it is %s", run.Status)
	}
}
