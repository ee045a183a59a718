package rehearsal_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"
)

// told is what of the overview and the issues this test reads.
type told struct {
	WaitingForMe int `json:"waiting_for_me"`
	Health       struct {
		State       string
		WaitingRuns int `json:"waiting_runs"`
	}
	Orders map[string]struct {
		Count   int
		Amounts []struct{ Currency, Total, Due string }
	}
	Days   []struct{ Day, Currency, Invoices, Payments, Source string }
	Months []struct{ Month, State string }
	Guide  struct {
		Steps []struct{ Key, State, Detail string }
	}
}

func (o told) step(key string) string {
	for _, s := range o.Guide.Steps {
		if s.Key == key {
			return s.State
		}
	}
	return "?"
}

type waiting struct {
	Items []struct {
		Code, Kind, Title, Link string
		WaitsFor                string `json:"waits_for"`
		Count                   int
		FirstSeen               *string `json:"first_seen"`
		Days                    []int
		Handled                 *struct{ By, Reason string }
		Cures                   []struct {
			Label              string
			Link, Method, Path *string
		}
	}
}

// TestWhatWaitsForAPersonIsSaidOnTheFirstPage walks the guide by the API, lets a run stop at a brake, and
// holds the overview and the issues to saying so, with what can be done.
func TestWhatWaitsForAPersonIsSaidOnTheFirstPage(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := ready(ctx, t)
	look := func() (o told, w waiting) {
		t.Helper()
		if err := s.Call(ctx, http.MethodGet, "/overview", nil, &o); err != nil {
			t.Fatal(err)
		}
		if err := s.Call(ctx, http.MethodGet, "/issues", nil, &w); err != nil {
			t.Fatal(err)
		}
		return o, w
	}
	o, _ := look()
	if len(o.Guide.Steps) != 6 || o.step("connect") != "done" || o.step("set_up") != "open" || o.step("map") != "blocked" || o.step("switch_on") != "blocked" {
		t.Errorf("before the set-up the guide says %+v", o.Guide.Steps)
	}
	if o.Health.State == "on_time" || len(o.Months) != 12 || o.Months[11].State != "unread" {
		t.Errorf("before anything: %+v %+v", o.Health, o.Months)
	}
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	if o, _ = look(); o.step("set_up") != "done" || o.step("map") != "done" || o.step("rehearse") != "open" || o.step("switch_on") != "open" {
		t.Errorf("after the set-up the guide says %+v", o.Guide.Steps)
	}
	before, _ := look()
	if err := s.Set(ctx, "limits", "brake_max_records", 1); err != nil {
		t.Fatal(err)
	}
	var run struct{ ID string }
	if err := s.Call(ctx, http.MethodPost, "/records/hotels/sync", map[string]any{"all": true}, &run); err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	var shown struct{ Status, Title, Sentence string }
	for shown.Status != "waiting" {
		if shown.Status == "done" || ctx.Err() != nil {
			t.Fatalf("no brake stopped it: %+v", shown)
		}
		<-tick.C
		if err := s.Call(ctx, http.MethodGet, "/runs/"+run.ID, nil, &shown); err != nil {
			t.Fatal(err)
		}
	}
	if shown.Title == "" || !strings.Contains(shown.Sentence, "Waits for you") {
		t.Errorf("the run calls itself %+v", shown)
	}
	after, issues := look()
	if after.WaitingForMe != before.WaitingForMe+1 || after.Health.WaitingRuns != 1 {
		t.Errorf("%d wait for me, %d did before; %+v", after.WaitingForMe, before.WaitingForMe, after.Health)
	}
	first := issues.Items[0]
	if first.Kind != "runs" || first.Code != "brake" || first.Link != "/runs/"+run.ID || !strings.Contains(first.Title, "1 is allowed") || len(first.Cures) != 3 || first.Cures[1].Path == nil || *first.Cures[1].Path != "/api/v1/runs/"+run.ID+"/release" {
		t.Errorf("what waits first is %+v", first)
	}
	if err := s.Call(ctx, http.MethodPost, "/runs/"+run.ID+"/cancel", nil, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Set(ctx, "limits", "brake_max_records", 500); err != nil {
		t.Fatal(err)
	}

	if err := s.Set(ctx, "currencies", "multi_currency", false); err != nil { // holds the orders in foreign currencies
		t.Fatal(err)
	}
	if _, err := s.SyncAll(ctx); err != nil {
		t.Fatal(err)
	}
	before, issues = look()
	posted := 0
	for _, d := range before.Days {
		if d.Invoices != "0.00" && d.Invoices == d.Source {
			posted++
		}
	}
	if posted == 0 {
		t.Errorf("no day is posted as QloApps billed it: %+v", before.Days)
	}
	for _, i := range issues.Items {
		if i.Kind == "documents" && (i.FirstSeen == nil || len(i.Days) != 14 || len(i.Cures) == 0) {
			t.Errorf("%s is not told since when, how often and how to cure it: %+v", i.Code, i)
		}
	}

	code, count := "", 0
	for _, i := range issues.Items {
		if i.Kind == "documents" {
			code, count = i.Code, i.Count
		}
	}
	if code == "" {
		t.Fatal("the sample hotel has no open cause")
	}
	refused(ctx, t, s, http.MethodPost, "/issues/"+code+"/handled", map[string]any{"reason": ""}, "422", "reason")
	refused(ctx, t, s, http.MethodPost, "/issues/no_such_cause/handled", map[string]any{"reason": "why"}, "404", "not_found")
	if err := s.Call(ctx, http.MethodPost, "/issues/"+code+"/handled", map[string]any{"reason": "The owner knows."}, nil); err != nil {
		t.Fatal(err)
	}
	after, issues = look()
	if after.WaitingForMe != before.WaitingForMe-count {
		t.Errorf("%d wait for me after %d were dealt with of %d", after.WaitingForMe, count, before.WaitingForMe)
	}
	for _, i := range issues.Items {
		if i.Code == code && (i.Handled == nil || i.Handled.Reason != "The owner knows.") {
			t.Errorf("%s is not shown as dealt with: %+v", code, i)
		}
	}
}

// TestARunNamesItsRecords reads the timeline by its filters, and a run's own records by their outcome.
func TestARunNamesItsRecords(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := ready(ctx, t)
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	ends, err := s.SyncAll(ctx)
	if err != nil {
		t.Fatal(err)
	}
	type page struct {
		Items []struct {
			ID, Title, Sentence, Kind string
			Name, Outcome, Section    string
		}
		NextCursor *string `json:"next_cursor"`
	}
	read := func(path string) (p page) {
		t.Helper()
		if err := s.Call(ctx, http.MethodGet, path, nil, &p); err != nil {
			t.Fatal(err)
		}
		return p
	}
	run := ends["orders"]
	total := map[string]int{}
	for path := "/runs/" + run.ID + "/records?limit=5"; ; {
		p := read(path)
		for _, item := range p.Items {
			total[item.Outcome]++
			if item.Name == "" || item.Section != "orders" {
				t.Errorf("a record of the run is shown as %+v", item)
			}
		}
		if p.NextCursor == nil {
			break
		}
		path = "/runs/" + run.ID + "/records?limit=5&cursor=" + *p.NextCursor
	}
	if total["done"] != run.Done || total["held"] != run.Held || total["failed"] != run.Failed || total["unchanged"] != run.Unchanged || total["skipped"] != run.Skipped {
		t.Errorf("the run counts %+v, its records end %v", run, total)
	}
	if run.Held > 0 {
		if p := read("/runs/" + run.ID + "/records?limit=200&outcome=held"); len(p.Items) != run.Held {
			t.Errorf("%d of its records are held, %d are shown", run.Held, len(p.Items))
		}
	}
	for query, want := range map[string]bool{"kind=sync": true, "kind=preview&kind=tick": false, "by=Nobody": false, "by=Rehearsal": true, "from=2001-01-01": true, "to=2001-01-01": false, "outcome=done": true} {
		p := read("/runs?limit=200&" + query)
		if found := len(p.Items) > 0; found != want {
			t.Errorf("%s finds %d runs", query, len(p.Items))
		}
		for _, item := range p.Items {
			if item.Title == "" || item.Sentence == "" {
				t.Errorf("a run says nothing of itself: %+v", item)
			}
		}
	}
}
