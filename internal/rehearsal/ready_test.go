package rehearsal_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/docs"
	"github.com/qlobooks/qlobooks/internal/access"
	"github.com/qlobooks/qlobooks/internal/await"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// TestReadyIsAWriteAndNoPing: what answers and takes no writes is not ready, and what only a person
// can mend is told and makes nothing unavailable.
func TestReadyIsAWriteAndNoPing(t *testing.T) {
	atOnce(t)
	s := opened(t, "rdy_").Stage
	ask := func() (int, wire.Health) {
		t.Helper()
		answer, err := http.Get(s.URL + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		var h wire.Health
		if err := json.NewDecoder(answer.Body).Decode(&h); err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, h
	}
	// The answer is new every two seconds, and the worker beats every few; both last.
	reads := func(name string, ok bool) (status int, h wire.Health) {
		t.Helper()
		err := await.Bounds{}.For(t.Context(), func() (bool, error) {
			status, h = ask()
			return h.Checks[name].OK == ok, nil
		})
		if err != nil {
			t.Fatalf("%s never became %v: %v, %+v", name, ok, err, h)
		}
		return status, h
	}
	status, h := reads("worker", true)
	if status != 200 || h.Status != "ok" || h.Checks["worker"].AgeS == nil || !h.Checks["grant"].OK || len(h.Checks) != 6 {
		t.Errorf("while all is well: %d %+v", status, h)
	}
	for _, name := range []string{"database", "schema", "redis", "secret_key"} {
		if !h.Checks[name].OK {
			t.Errorf("%s is not ready: %+v", name, h.Checks[name])
		}
	}
	db, err := s.App.SQL()
	if err != nil {
		t.Fatal(err)
	}
	for _, event := range []string{"INSERT", "UPDATE"} {
		if _, err := db.ExecContext(t.Context(), "CREATE TRIGGER refuse_"+event+" BEFORE "+event+" ON qlobooks_heartbeats FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'The server is running with --read-only'"); err != nil {
			t.Fatal(err)
		}
	}
	status, h = reads("database", false)
	if status != 503 || h.Status != "unavailable" || strings.Contains(h.Checks["database"].Detail, "SIGNAL") {
		t.Errorf("a database that takes no writes: %d %+v", status, h)
	}
}

// TestAViewerSpendsNoCall: whatever may be looked at costs the hotel none of its calls at Zoho Books, also hours after Zoho
// Books was asked last for what stands in the organization.
func TestAViewerSpendsNoCall(t *testing.T) {
	atOnce(t)
	h := newHouse(t, hotel(t, "vwr_"), "vwr_")
	_, token, err := h.App.Tokens.Create(h.ctx, "Viewer", access.Viewer, "test")
	if err != nil {
		t.Fatal(err)
	}
	var api struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(docs.OpenAPI, &api); err != nil {
		t.Fatal(err)
	}
	values := strings.NewReplacer("{section}", "orders", "{source_id}", "1", "{flow}", "invoice", "{id}", "1", "{kind}", "taxes", "{code}", "mapping_missing", "{month}", "2026-05", "{order_id}", "1", "{yyyy-mm}", "2026-05")
	for _, when := range []time.Duration{0, 3 * time.Hour, 48 * time.Hour} {
		h.clock.move(when, 1)
		h.Books.ForgetCalls()
		looked := 0
		for path, verbs := range api.Paths {
			if _, ok := verbs["get"]; !ok || strings.HasSuffix(path, "/events") || strings.HasSuffix(path, "/callback") {
				continue
			}
			address := h.URL + values.Replace(path)
			if strings.HasSuffix(path, "/reconciliation") || strings.HasSuffix(path, "/guest-ledger") {
				address += "?from=" + h.today(-20) + "&to=" + h.today(0) + "&month=" + h.today(0)[:7]
			}
			for range 3 {
				r, err := http.NewRequestWithContext(h.ctx, http.MethodGet, address, nil)
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("Authorization", "Bearer "+token)
				answer, err := http.DefaultClient.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				_ = answer.Body.Close()
				if answer.StatusCode < 300 {
					looked++
				}
				if calls := h.Books.Calls(); len(calls) > 0 {
					t.Errorf("%s later, %s: %d calls were spent, the first is %s %s", when, path, len(calls), calls[0].Method, calls[0].Path)
					h.Books.ForgetCalls()
				}
			}
		}
		if looked < 60 {
			t.Errorf("%s later only %d looks succeeded", when, looked)
		}
	}
}
