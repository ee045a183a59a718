package rehearsal_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
)

// TestEveryRunIsAcceptedAndEndsInWords also while nothing is connected: it fails as a run, where people look for it.
func TestEveryRunIsAcceptedAndEndsInWords(t *testing.T) {
	atOnce(t)
	ctx := t.Context()
	s := stage(t, hotel(t, "qlo_"))
	for path, in := range map[string]any{"/setup": nil, "/mappings/refresh": nil, "/pairing/customers/load": nil, "/payments/import": map[string]string{"scope": "new"},
		"/reconciliation/refresh": map[string]string{"from": "2026-09-01", "to": "2026-09-30"}} {
		var run wire.Run
		if err := s.Call(ctx, http.MethodPost, path, in, &run); err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if ended, _ := s.Wait(ctx, run.ID); ended.Status != "failed" || ended.Error == nil || ended.Error.Code != "not_connected" {
			t.Errorf("%s ended as %s: %+v", path, ended.Status, ended.Error)
		}
	}
	refused(ctx, t, s, http.MethodGet, "/records/orders.csv", nil, "409", "not_initialized")
	if err := s.Call(ctx, http.MethodPut, "/settings/limits", limitsWith(ctx, t, s, 30, 2000), nil); err != nil {
		t.Fatal(err)
	}
	var budget wire.Budget
	if err := s.Call(ctx, http.MethodGet, "/connection/budget", nil, &budget); err != nil || budget.Minute.Limit != 30 || budget.Day.Limit != 2000 || budget.Day.Source != "setting" || budget.Reserve != 400 {
		t.Errorf("the budget before anything is connected: %+v, %v", budget, err)
	}
}

func limitsWith(ctx context.Context, t *testing.T, s *rehearsal.Stage, minute, day int) map[string]any {
	t.Helper()
	var all map[string]map[string]any
	if err := s.Call(ctx, http.MethodGet, "/settings", nil, &all); err != nil {
		t.Fatal(err)
	}
	limits := all["limits"]
	limits["calls_per_minute"], limits["calls_per_day"] = minute, day
	return limits
}

// TestWhatAPersonAsksForMeetsTheBrakesWhateverTheDoor: everything of one cause, and a single document, which brings its
// order into the scope of the schedule. Numbers are found by their beginning.
func TestWhatAPersonAsksForMeetsTheBrakesWhateverTheDoor(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := ready(ctx, t)
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	var one wire.Run
	if err := s.Call(ctx, http.MethodPost, "/documents/invoice/5/sync", nil, &one); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Wait(ctx, one.ID); err != nil {
		t.Fatal(err)
	}
	var scope int
	if err := s.App.Store.Gorm().Raw("SELECT r.in_scope FROM qlobooks_records r JOIN qlobooks_record_documents t ON t.section = r.section AND t.record_id = r.source_id JOIN qlobooks_documents d ON d.id = t.document_id " +
		"WHERE r.section = 'orders' AND d.flow = 'invoice' AND d.source_id = '5'").Scan(&scope).Error; err != nil || scope != 1 {
		t.Errorf("the order of a document that a person asked for is not in scope: %d, %v", scope, err)
	}

	if err := s.App.Store.Gorm().Exec("UPDATE qlobooks_documents SET status = 'held', issue_code = 'precision', due_at = NULL, step_due = 0 WHERE flow = 'payment'").Error; err != nil {
		t.Fatal(err)
	}
	if err := s.Set(ctx, "limits", "brake_max_records", 2); err != nil {
		t.Fatal(err)
	}
	var run wire.Run
	if err := s.Call(ctx, http.MethodPost, "/issues/precision/retry", nil, &run); err != nil {
		t.Fatal(err)
	}
	run = waits(ctx, t, s, run.ID)
	if run.Brake == nil || run.Brake.Limit != "brake_max_records" || run.Brake.Allowed != "2" {
		t.Errorf("the brake says %+v", run.Brake)
	}
	if err := s.Call(ctx, http.MethodPost, "/runs/"+run.ID+"/cancel", nil, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Call(ctx, http.MethodPost, "/issues/precision/retry", map[string]bool{"confirm": true}, &run); err != nil {
		t.Fatal(err)
	}
	if ended, err := s.Wait(ctx, run.ID); err != nil || ended.Total < 3 {
		t.Errorf("confirmed, it ended as %+v, %v", ended, err)
	}
	var members wire.RunRecordPage
	if err := s.Call(ctx, http.MethodGet, "/runs/"+run.ID+"/records?limit=1", nil, &members); err != nil || sum(members.Counts) < 3 {
		t.Errorf("its records count %v, %v", members.Counts, err)
	}

	var number string
	if err := s.App.Store.Gorm().Raw("SELECT zoho_number FROM qlobooks_documents WHERE flow = 'payment' AND zoho_number REGEXP '^[0-9]{4,}$' LIMIT 1").Scan(&number).Error; err != nil {
		t.Fatal(err)
	}
	var found wire.RecordPage
	if err := s.Call(ctx, http.MethodGet, "/records/orders?q="+number[:len(number)-1], nil, &found); err != nil || len(found.Items) == 0 {
		t.Errorf("%s… finds %d orders, %v", number[:len(number)-1], len(found.Items), err)
	}
}
