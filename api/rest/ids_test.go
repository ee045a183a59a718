package rest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/docs"
)

// otherSpellings are what a database's collation, or its reading of numbers, takes for id 1.
var otherSpellings = []string{"01", "00", "01:EUR", "１", "1 ", " 1", "1abc", "+1", "-1", "1.0", "0x1", "1:eur", "1:ＥＵＲ", "1%00", "١", "¹", "1/", "1'--", strings.Repeat("1", 21), "1\u200b"}

// TestAnIDHasOneSpelling asks every route that takes an id for other spellings of one: there is nothing
// at any of them, and no service is asked. Filters and bodies refuse them as well.
func TestAnIDHasOneSpelling(t *testing.T) {
	t.Parallel()
	api, w := setupAPI(nil)
	fill := map[string]string{":section": "orders", ":flow": "invoice", ":kind": "taxes", ":code": "totals_differ"}
	asked := 0
	for _, r := range api.(*echo.Echo).Routes() {
		if !strings.HasPrefix(r.Path, "/api/v1/") || !strings.Contains(r.Path, ":source_id") && !strings.Contains(r.Path, ":order_id") && !strings.Contains(r.Path, ":id") {
			continue
		}
		path := r.Path
		for name, value := range fill {
			path = strings.ReplaceAll(path, name, value)
		}
		for _, id := range otherSpellings {
			at := regexp.MustCompile(`:(source_|order_)?id`).ReplaceAllLiteralString(path, url.PathEscape(id))
			if got := call(t, api, "admin", r.Method, at, `{"reason":"x","zoho_id":"1","order_id":"1"}`); got.Code != 404 && got.Code != 405 {
				t.Errorf("%s %s: %d %s", r.Method, at, got.Code, got.Body)
			}
			asked++
		}
	}
	if asked < 300 {
		t.Fatalf("only %d requests were made", asked)
	}
	for _, path := range []string{"/records/orders?hotel=%s", "/records/orders?customer=%s", "/records/orders.csv?hotel=%s", "/reconciliation?from=2026-03-01&to=2026-03-01&hotel=%s", "/payments/imported?hotel=%s", "/payments/imported?customer=%s", "/payments/statements?hotel=%s", "/logs?run=%s"} {
		for _, id := range []string{"01", "１", "1abc", "1:eur", "١"} {
			if got := call(t, api, "admin", "GET", "/api/v1"+fmt.Sprintf(path, url.QueryEscape(id)), ""); got.Code != 422 {
				t.Errorf("%s with %s: %d %s", path, id, got.Code, got.Body)
			}
		}
	}
	for _, body := range []string{`{"ids":["１"]}`, `{"ids":["1abc"]}`, `{"filter":{"hotel":"１"}}`, `{"filter":{"customer":"1x"}}`} {
		for _, verb := range []string{"sync", "preview"} {
			if got := call(t, api, "admin", "POST", "/api/v1/records/orders/"+verb, body); got.Code != 422 {
				t.Errorf("%s %s: %d %s", verb, body, got.Code, got.Body)
			}
		}
	}
	if len(w.asked) != 0 {
		t.Errorf("services were asked %v", w.asked)
	}
	if got := call(t, api, "operator", "POST", "/api/v1/records/customers/sync", `{"ids":["12:EUR","3","3","12:EUR"]}`); got.Code != 202 || strings.Join(w.sel.IDs, " ") != "12:EUR 3" {
		t.Errorf("naming one twice: %d %v", got.Code, w.sel.IDs)
	}
}

// TestEveryTextAndListHasAnEnd holds the description to it: whatever a body may carry has a length, and
// what is longer than that is 422 with the place named.
func TestEveryTextAndListHasAnEnd(t *testing.T) {
	t.Parallel()
	type schema struct {
		Ref        string            `json:"$ref"`
		Type       string            `json:"type"`
		Format     string            `json:"format"`
		Enum       []any             `json:"enum"`
		MaxLength  *int              `json:"maxLength"`
		MaxItems   *int              `json:"maxItems"`
		Properties map[string]schema `json:"properties"`
		Items      *schema           `json:"items"`
		AllOf      []schema          `json:"allOf"`
	}
	var file struct {
		Paths map[string]map[string]struct {
			RequestBody struct {
				Ref     string `json:"$ref"`
				Content map[string]struct{ Schema schema }
			} `json:"requestBody"`
		}
		Components struct{ Schemas map[string]schema }
	}
	if err := json.Unmarshal(docs.OpenAPI, &file); err != nil {
		t.Fatal(err)
	}
	looked := 0
	var look func(at string, s schema)
	look = func(at string, s schema) {
		if s.Ref != "" {
			look(at, file.Components.Schemas[s.Ref[strings.LastIndex(s.Ref, "/")+1:]])
			return
		}
		for _, part := range s.AllOf {
			look(at, part)
		}
		for name, p := range s.Properties {
			look(at+"."+name, p)
		}
		switch {
		case s.Type == "array":
			if s.MaxItems == nil {
				t.Errorf("%s may have any number of items", at)
			}
			look(at+"[]", *s.Items)
		case s.Type == "string" && s.MaxLength == nil && len(s.Enum) == 0 && s.Format != "date":
			t.Errorf("%s may be of any length", at)
		}
		looked++
	}
	for path, operations := range file.Paths {
		for method, op := range operations {
			for kind, content := range op.RequestBody.Content {
				if kind == "application/json" {
					look(method+" "+path, content.Schema)
				}
			}
		}
	}
	look("settings", file.Components.Schemas["Settings"])
	if looked < 80 {
		t.Errorf("only %d fields were looked at", looked)
	}

	api, w := setupAPI(nil)
	long := func(n int) string { return strings.Repeat("x", n) }
	many := func(item string, n int) string {
		return "[" + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + "]"
	}
	for _, c := range []struct{ method, path, body, field string }{
		{"PUT", "/connection", `{"data_center":"eu","client_secret":"` + long(100_000) + `"}`, "client_secret"},
		{"PUT", "/connection", `{"data_center":"custom","token_domain":"https://` + long(3000) + `"}`, "token_domain"},
		{"POST", "/tokens", `{"role":"viewer","name":"` + long(500) + `"}`, "name"},
		{"POST", "/session", `{"email":"` + long(300) + `@x","password":"x"}`, "email"},
		{"POST", "/records/orders/1/skip", `{"reason":"` + long(600) + `"}`, "reason"},
		{"POST", "/records/orders/sync", `{"ids":` + many(`"1"`, 150_000) + `}`, "ids"},
		{"POST", "/records/orders/sync", `{"filter":{"q":"` + long(300) + `"}}`, "filter.q"},
		{"POST", "/records/orders/sync", `{"filter":{"status":` + many(`"held"`, 100_000) + `}}`, "filter.status"},
		{"POST", "/records/orders/sync", `{"filter":{"status":"` + long(100_000) + `"}}`, "filter.status"},
		{"PUT", "/mappings/taxes", `{"items":` + many(`{"source_id":"20","zoho_id":"1"}`, 20_000) + `}`, "items"},
		{"PUT", "/mappings/taxes", `{"items":[{"source_id":"` + long(300) + `","zoho_id":"1"}]}`, "items[0].source_id"},
		{"GET", "/logs?q=" + long(2000), "", "q"}, {"GET", "/audit?by=" + long(2000), "", "by"}, {"GET", "/records/orders?" + strings.Repeat("status=held&", 60), "", "status"},
	} {
		got := call(t, api, "admin", c.method, "/api/v1"+c.path, c.body)
		if got.Code != 422 || len(got.problem.Errors) != 1 || got.problem.Errors[0].Field != c.field || got.Body.Len() > 2000 {
			t.Errorf("%s %s: %d %.300s", c.method, c.path[:min(40, len(c.path))], got.Code, got.Body)
		}
	}
	if len(w.asked) != 0 {
		t.Errorf("services were asked %v", w.asked)
	}
	if got := call(t, api, "admin", "POST", "/api/v1/records/orders/sync", `{"ids":`+many(`"x"`, 20_000)+`}`); got.Code != 422 || len(got.problem.Errors) != 100 || got.Body.Len() > 30_000 {
		t.Errorf("20 000 wrong ids are answered with %d errors in %d bytes", len(got.problem.Errors), got.Body.Len())
	}
	file4 := "customer_id,zoho_contact_id\n" + strings.Repeat("x,y\n", 1_000_000)
	if got := call(t, api, "admin", "POST", "/api/v1/pairing/customers.csv", file4, "Content-Type", "text/csv"); got.Code != 422 || got.Body.Len() > 20_000 || !strings.Contains(got.Body.String(), `"and 999900 more"`) {
		t.Errorf("a file of wrong lines is answered %d with %d bytes", got.Code, got.Body.Len())
	}
}

// TestTheWebhooksAddressIsTheAdminsOnly, as receivers put secrets into theirs.
func TestTheWebhooksAddressIsTheAdminsOnly(t *testing.T) {
	t.Parallel()
	api, _ := setupAPI(nil)
	for _, role := range []string{"viewer", "operator", "accountant", "admin"} {
		for _, path := range []string{"/api/v1/settings", "/api/v1/settings/alerts"} {
			got := call(t, api, role, "GET", path, "")
			if told := strings.Contains(got.Body.String(), "SECRETPATH"); got.Code != 200 || told != (role == "admin") || !strings.Contains(got.Body.String(), "https://hooks.example.com/") {
				t.Errorf("%s of %s: %d %s", path, role, got.Code, got.Body)
			}
		}
	}
}

// TestMetricsAreNotForStrangers at the port that is open to them.
func TestMetricsAreNotForStrangers(t *testing.T) {
	t.Parallel()
	api, _ := setupAPI(withMetrics)
	if got := call(t, api, "", "GET", "/metrics", ""); got.Code != 401 || strings.Contains(got.Body.String(), "numbers") {
		t.Errorf("a stranger: %d %s", got.Code, got.Body)
	}
	if got := call(t, api, "viewer", "GET", "/metrics", ""); got.Code != 200 || got.Body.String() != "numbers" || got.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("a viewer: %d %s", got.Code, got.Body)
	}
}

// TestACellIsNeverAFormula for whichever sign a country's spreadsheet separates fields with.
func TestACellIsNeverAFormula(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"=1+1": `"'=1+1"`, "+1 2": `"'+1 2"`, "-x": `"'-x"`, "@SUM(1)": `"'@SUM(1)"`, "\t=1": `"'` + "\t" + `'=1"`, "\r=1": `"'` + "\r" + `'=1"`, "\n=1+1": `"'` + "\n" + `'=1+1"`,
		"＝1": `"'＝1"`, "＋1": `"'＋1"`, "－1": `"'－1"`, "＠x": `"'＠x"`, "  =1": `"'  =1"`, "\u00a0=1": "\"'\u00a0=1\"", "\u200b=1": "\"'\u200b=1\"",
		";=1+1": `"';'=1+1"`, "a;=1+1;b": `"'a;'=1+1;b"`, "a\n@x": `"'a` + "\n" + `'@x"`, `"=1`: `"'""=1"`,
		"-12.50": `"-12.50"`, "Łódź, 2": `"Łódź, 2"`, "a = b": `"a = b"`, `say "no"`: `"say ""no"""`, "2026-03-01": `"2026-03-01"`,
	} {
		api, w := setupAPI(nil)
		w.name = name
		got := call(t, api, "viewer", "GET", "/api/v1/records/orders.csv", "")
		if got.Code != http.StatusOK || !strings.Contains(got.Body.String(), "\n\"1\","+want+",") {
			t.Errorf("%q stands as\n%s", name, got.Body)
		}
	}
}

// TestSharedFilesAreCompressedOnce: strangers may ask for them at any pace.
func TestSharedFilesAreCompressedOnce(t *testing.T) {
	api, _ := setupAPI(nil)
	ask := func() { call(t, api, "", "GET", "/openapi.json", "", "Accept-Encoding", "gzip") }
	ask()
	if cost := testing.AllocsPerRun(5, ask); cost > 400 {
		t.Errorf("asking again allocates %v times", cost)
	}
	first := call(t, api, "", "GET", "/openapi.json", "", "Accept-Encoding", "gzip")
	if first.Header().Get("Content-Encoding") != "gzip" || first.Header().Get("Vary") == "" {
		t.Errorf("headers %v", first.Header())
	}
}

// TestAnIDIsReadHoweverAClientEncodesIt asks for ids with a colon as clients write them that encode every part of a path:
// it is the same id, once, and an encoded slash makes no other path of it.
func TestAnIDIsReadHoweverAClientEncodesIt(t *testing.T) {
	t.Parallel()
	api, _ := setupAPI(nil)
	for _, at := range []string{"/documents/customer/3:EUR", "/documents/customer/3%3AEUR", "/documents/customer/3%3aEUR", "/documents/revenue/1%3A2026%2D03%2D01", "/records/room%2Dtypes/5", "/mappings/payment%2Dmodes"} {
		if got := call(t, api, "admin", "GET", "/api/v1"+at, ""); got.Code != 200 {
			t.Errorf("%s: %d %s", at, got.Code, got.Body)
		}
	}
	for _, at := range []string{"/documents/customer/3%253AEUR", "/documents/invoice/1%2F2", "/records/orders%2F1", "/documents/invoice/1%2Fsync", "/documents/invoice/%2531"} {
		if got := call(t, api, "admin", "GET", "/api/v1"+at, ""); got.Code != 404 {
			t.Errorf("%s: %d %s", at, got.Code, got.Body)
		}
	}
}

// TestHeadAnswersAsGetDoes asks for the head of everything that is read: the same status, and nothing where reading does
// something or never ends.
func TestHeadAnswersAsGetDoes(t *testing.T) {
	t.Parallel()
	api, _ := setupAPI(nil)
	for _, at := range []string{"/runs", "/runs/7", "/records/orders", "/records/orders?limit=0", "/records/orders/01", "/settings", "/nowhere"} {
		get, head := call(t, api, "admin", "GET", "/api/v1"+at, ""), call(t, api, "admin", "HEAD", "/api/v1"+at, "")
		if get.Code != head.Code || get.Header().Get("Content-Type") != head.Header().Get("Content-Type") {
			t.Errorf("%s: %d, its head %d", at, get.Code, head.Code)
		}
	}
	if head := call(t, api, "", "HEAD", "/api/v1/runs", ""); head.Code != 401 {
		t.Errorf("without credentials the head is %d", head.Code)
	}
	for _, at := range []string{"/connection/callback", "/events", "/runs/7/events"} {
		if head := call(t, api, "admin", "HEAD", "/api/v1"+at, ""); head.Code != 405 && head.Code != 404 {
			t.Errorf("the head of %s is %d", at, head.Code)
		}
	}
}
