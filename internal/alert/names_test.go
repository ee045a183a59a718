package alert_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/store"
)

// TestNoMessageNamesAnybody: neither a guest in a brake's sample, in an error or in a result, nor who began a run or asked for a test.
func TestNoMessageNamesAnybody(t *testing.T) {
	r := listen(t)
	w := setup(t, r, settings.Events...)
	w.now = w.now.Add(time.Second)
	brake := store.Brake{Limit: "brake_max_records", Allowed: "5", Wanted: "7", Sample: []string{"Zora Guest", "Yann Guest"}}
	begin := func(kind string) uint64 {
		run, err := w.store.StartRun(t.Context(), kind, "customers", kind, "Vera Clerk")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.store.ClaimRun(t.Context(), "worker", run.ID, time.Minute); err != nil {
			t.Fatal(err)
		}
		return run.ID
	}
	canceled := begin("tick")
	if err := w.store.BrakeRun(t.Context(), "worker", canceled, brake, nil); err != nil {
		t.Fatal(err)
	}
	w.work(t) // waiting: told as a brake
	if _, err := w.store.CancelRun(t.Context(), canceled); err != nil {
		t.Fatal(err)
	}
	if err := w.store.FinishRun(t.Context(), "worker", begin("sync"), 0, map[string]string{"of": "Zora Guest"}, `{"code":"setup_required","detail":"Zora Guest has none.","action":"Ask Zora Guest."}`); err != nil {
		t.Fatal(err)
	}
	w.work(t)
	if _, err := w.Test(t.Context(), "Vera Clerk"); err != nil {
		t.Fatal(err)
	}
	told := r.told()
	for _, event := range []string{"brake", "run_failed", "run_ended", "test"} {
		if !slices.Contains(told, event) {
			t.Errorf("%s is not told: %v", event, told)
		}
	}
	for _, body := range r.bodies {
		for _, name := range []string{"Guest", "Zora", "Yann", "Vera", "Clerk"} {
			if strings.Contains(body, name) {
				t.Errorf("%s is named: %s", name, body)
			}
		}
		var m struct {
			Event string
			Data  struct {
				Brake, Error map[string]string
				Run          any
			}
		}
		if err := json.Unmarshal([]byte(body), &m); err != nil {
			t.Fatal(err)
		}
		of := m.Data
		if run, ok := of.Run.(map[string]any); ok {
			text, _ := json.Marshal(run)
			of.Brake, of.Error = nil, nil
			if err := json.Unmarshal(text, &of); err != nil {
				t.Fatal(err)
			}
			if got := fields(run); got != "brake calls_used created_at done error failed finished_at held id kind section skipped started_at status total unchanged" {
				t.Errorf("run_ended has %s", got)
			}
		}
		if of.Brake != nil && (of.Brake["limit"] != "brake_max_records" || of.Brake["allowed"] != "5" || of.Brake["wanted"] != "7" || len(of.Brake) != 3) {
			t.Errorf("brake %v", of.Brake)
		}
		if of.Error != nil && (of.Error["code"] != "setup_required" || of.Error["title"] == "" || len(of.Error) != 2) {
			t.Errorf("error %v", of.Error)
		}
		if m.Event == "brake" && of.Brake == nil || m.Event == "run_failed" && of.Error == nil {
			t.Errorf("without its cause: %s", body)
		}
	}
}

// fields are the names of a message's fields, in order.
func fields(m map[string]any) string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}
