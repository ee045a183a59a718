package rehearsal_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// TestABrakeIsReleasedWithAReasonThatIsKept stops a run that would change more than the brakes allow,
// and wants the audit trail to say who let it go on, why, and what it was about.
func TestABrakeIsReleasedWithAReasonThatIsKept(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := ready(ctx, t)
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	if err := s.Set(ctx, "limits", "brake_max_records", 2); err != nil {
		t.Fatal(err)
	}
	var run wire.Run
	if err := s.Call(ctx, http.MethodPost, "/records/hotels/sync", map[string]any{"all": true}, &run); err != nil {
		t.Fatal(err)
	}
	run = waits(ctx, t, s, run.ID)
	if run.Brake == nil || run.Brake.Limit != "brake_max_records" || run.Brake.Allowed != "2" || run.Brake.Wanted != "3" {
		t.Errorf("the brake says %+v", run.Brake)
	}
	var issues struct {
		Items []struct{ Code, Title, Detail string }
	}
	if err := s.Call(ctx, http.MethodGet, "/issues", nil, &issues); err != nil {
		t.Fatal(err)
	}
	if len(issues.Items) != 1 || issues.Items[0].Code != "brake" || !strings.HasPrefix(issues.Items[0].Title, "A run of Rehearsal wants to send 3 records, 2 are allowed") {
		t.Errorf("a person's own run waits, and the issues say %+v", issues.Items)
	}
	path := "/runs/" + run.ID + "/release"
	refused(ctx, t, s, http.MethodPost, path, map[string]any{}, "422", "reason")
	refused(ctx, t, s, http.MethodPost, path, map[string]any{"reason": " "}, "422", "reason")
	audit := func() (found []string) {
		t.Helper()
		var page struct {
			Items []struct{ By, Action, Detail string }
		}
		if err := s.Call(ctx, http.MethodGet, "/audit?limit=200", nil, &page); err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Items {
			if e.Action == "release_run" {
				found = append(found, e.By+": "+e.Detail)
			}
		}
		return found
	}
	if list := audit(); len(list) != 0 {
		t.Errorf("a refused release was written down: %v", list)
	}
	const reason = "The owner looked at the three hotels."
	if err := s.Call(ctx, http.MethodPost, path, map[string]any{"reason": reason}, nil); err != nil {
		t.Fatal(err)
	}
	if done, err := s.Wait(ctx, run.ID); err != nil || done.Total != 3 {
		t.Errorf("after its release: %+v %v", done, err)
	}
	refused(ctx, t, s, http.MethodPost, path, map[string]any{"reason": reason}, "409", "not_waiting")
	list := audit()
	if len(list) != 1 {
		t.Fatalf("the audit trail has %v", list)
	}
	for what, word := range map[string]string{"who": "Rehearsal: ", "which run": "Run " + run.ID, "why": reason, "what": "brake_max_records (3 wanted, 2 allowed)"} {
		if !strings.Contains(list[0], word) {
			t.Errorf("the audit trail does not say %s: %q", what, list[0])
		}
	}
}
