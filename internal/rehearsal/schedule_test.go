package rehearsal_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestATickBringsAChangeToTheBooks switches one thing on, changes two in QloApps, and compares the
// books' whole state.
func TestATickBringsAChangeToTheBooks(t *testing.T) {
	d := opened(t, "lark_")
	ctx, s, db, must := d.ctx, d.Stage, d.db, d.must
	_, err := s.SyncAll(ctx)
	must(err)
	tick := func() (found, queued map[string]int) {
		t.Helper()
		run, err := s.Start(ctx, "/schedule/run", map[string]any{"kind": "tick"})
		must(err)
		var result struct{ Found, Queued map[string]int }
		must(json.Unmarshal(run.Result, &result))
		return result.Found, result.Queued
	}
	before := s.Books.Snapshot()
	s.Books.ForgetCalls()
	if found, queued := tick(); sum(found)+sum(queued) > 0 {
		t.Errorf("a tick without a change found %v and queued %v", found, queued)
	}
	if calls := s.Books.Calls(); len(calls) > 0 {
		t.Errorf("a tick without a change made %d calls: %v", len(calls), calls)
	}
	for _, change := range []string{"UPDATE lark_htl_branch_info_lang SET hotel_name = 'Larkspur Renamed' WHERE id = 1",
		"UPDATE lark_customer SET lastname = 'Renamed', date_upd = date_upd WHERE id_customer = 1"} {
		if _, err := db.ExecContext(ctx, change); err != nil {
			t.Fatal(err)
		}
	}
	if found, queued := tick(); found["hotels"] != 1 || found["customers"] != 1 || sum(queued) > 0 {
		t.Errorf("with the switches off a tick found %v and queued %v", found, queued)
	}
	if got := differing(before, s.Books.Snapshot()); len(got) > 0 {
		t.Errorf("with the switches off the books changed: %v", got)
	}
	must(s.Set(ctx, "hotels", "auto_update", true))
	if _, queued := tick(); queued["hotels"] != 1 || sum(queued) != 1 {
		t.Errorf("with hotels switched on a tick queued %v", queued)
	}
	if got := differing(before, s.Books.Snapshot()); !slices.Equal(got, []string{"hotel:1"}) {
		t.Errorf("with hotels switched on the books changed: %v", got)
	}
	var schedule struct {
		Enabled bool
		LastRun *struct{ Kind, Status string } `json:"last_run"`
	}
	must(s.Call(ctx, http.MethodGet, "/schedule", nil, &schedule))
	if schedule.Enabled || schedule.LastRun == nil || schedule.LastRun.Kind != "tick" || schedule.LastRun.Status != "done" {
		t.Errorf("the schedule shows %+v", schedule)
	}
}

func sum(n map[string]int) int {
	total := 0
	for _, v := range n {
		total += v
	}
	return total
}

// differing names the records of the books that are not the same in both.
func differing(a, b []books.Record) []string {
	text := func(list []books.Record) map[string]string {
		m := map[string]string{}
		for _, r := range list {
			body, _ := json.Marshal(r)
			m[r.Module+r.Key+r.Name] = r.Key + string(body)
		}
		return m
	}
	was, is := text(a), text(b)
	var keys []string
	for _, r := range b {
		if id := r.Module + r.Key + r.Name; was[id] != is[id] {
			keys = append(keys, r.Key)
		}
	}
	return keys
}
