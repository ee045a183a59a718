package rehearsal_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestNothingThatAViewerReadsCostsACall asks for everything that a viewer may read, as the API describes it, again and again:
// nothing of it reaches Zoho Books, and nothing is refused for what was asked.
func TestNothingThatAViewerReadsCostsACall(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := ready(ctx, t)
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Start(ctx, "/records/orders/1/sync", nil); err != nil {
		t.Fatal(err)
	}
	settled(ctx, t, s)
	first := time.Now().AddDate(0, 0, -60).Format(time.DateOnly)
	if err := s.Set(ctx, "revenue", "from", first); err != nil { // so that there is a guest ledger
		t.Fatal(err)
	}
	if _, err := s.Start(ctx, "/schedule/run", map[string]any{"kind": "tick"}); err != nil {
		t.Fatal(err)
	}
	settled(ctx, t, s)
	var token struct{ Token string }
	if err := s.Call(ctx, http.MethodPost, "/tokens", map[string]any{"name": "Script", "role": "viewer"}, &token); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile("../../docs/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Paths map[string]map[string]struct {
			Parameters []struct {
				Name, In string
				Required bool
			}
			Responses map[string]struct{ Content map[string]any }
		}
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	s.Books.ForgetCalls()
	read := 0
	names := strings.NewReplacer("{section}", "orders", "{source_id}", "1", "{flow}", "invoice", "{kind}", "taxes", "{id}", "1", "{order_id}", "1", "{code}", "mapping_missing")
	asked := map[string]string{"month": time.Now().Format("2006-01"), "from": first, "to": time.Now().Format(time.DateOnly), "pattern": "{name}"}
	for path, operations := range file.Paths {
		get, there := operations["get"]
		_, streams := get.Responses["200"].Content["text/event-stream"]
		if !there || streams || strings.HasSuffix(path, "/callback") {
			continue
		}
		query := url.Values{}
		for _, p := range get.Parameters {
			if p.In == "query" && p.Required {
				query.Set(p.Name, asked[p.Name])
			}
		}
		for range 3 {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+names.Replace(strings.Replace(path, "/settings/{section}", "/settings/orders", 1))+"?"+query.Encode(), nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer "+token.Token)
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode >= 500 || strings.Contains(path, "/guest-ledger") && resp.StatusCode != http.StatusOK || slices.Contains([]int{http.StatusBadRequest, http.StatusUnprocessableEntity}, resp.StatusCode) {
				t.Errorf("%s?%s: %d", path, query.Encode(), resp.StatusCode)
			}
			if resp.StatusCode == http.StatusOK {
				read++
			}
		}
	}
	if read < 60 {
		t.Errorf("only %d answers were read", read)
	}
	if calls := s.Books.Calls(); len(calls) > 0 {
		t.Errorf("reading cost %d calls, the first of %s", len(calls), calls[0].Path)
	}
}
