package rest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest"
	"github.com/qlobooks/qlobooks/docs"
	"github.com/qlobooks/qlobooks/internal/fault"
)

// TestOpenAPI holds the file and the routes together: neither has a path that the other lacks.
func TestOpenAPI(t *testing.T) {
	t.Parallel()

	var file struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]map[string]struct {
			ID       string           `json:"operationId"`
			Security []map[string]any `json:"security"`
		}
	}
	if err := json.Unmarshal(docs.OpenAPI, &file); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(file.OpenAPI, "3.") {
		t.Fatalf("openapi is %q", file.OpenAPI)
	}
	described := map[string]bool{}
	ids := map[string]bool{}
	for path, methods := range file.Paths {
		for method, op := range methods {
			name := strings.ToUpper(method) + " " + path
			described[name] = true
			if op.ID == "" || ids[op.ID] {
				t.Errorf("%s has the operation id %q, which is empty or taken", name, op.ID)
			}
			ids[op.ID] = true
			open := strings.HasSuffix(path, "z") || strings.HasSuffix(path, "/callback") || name == "POST /api/v1/session"
			if open == (len(op.Security) > 0) {
				t.Errorf("%s: security is described as %v", name, op.Security)
			}
		}
	}
	api, _ := setupAPI(nil)
	outside := regexp.MustCompile(`^(\w+ /(openapi\.json|docs.*|metrics|\*)|HEAD /(healthz|readyz))$`)
	parameter := regexp.MustCompile(`:(\w+)`)
	known, heads := maps.Clone(described), []string{}
	for _, r := range api.(*echo.Echo).Routes() {
		name := r.Method + " " + parameter.ReplaceAllString(r.Path, "{$1}")
		if r.Method == echo.RouteNotFound || outside.MatchString(name) {
			continue
		}
		if path, head := strings.CutPrefix(name, "HEAD "); head { // of what GET is described for
			heads = append(heads, "GET "+path)
			continue
		}
		if !described[name] {
			t.Errorf("%s is served but not described", name)
		}
		delete(described, name)
	}
	for _, name := range heads {
		if !known[name] {
			t.Errorf("HEAD is served beside %s, which is not described", name)
		}
	}
	delete(described, "GET /api/v1/records/{section}.csv") // answered by the route of the list
	for name := range described {
		t.Errorf("%s is described but not served", name)
	}
}

// TestRoles asks every route as every role; contract section 3.
func TestRoles(t *testing.T) {
	t.Parallel()

	const reason, all, none = `{"reason":"wrong guest"}`, `{"all":true}`, ""
	routes := []struct{ role, method, path, body string }{
		{"viewer", "GET", "/sign-ins", none}, {"viewer", "GET", "/profiles", none}, {"viewer", "GET", "/session", none}, {"viewer", "DELETE", "/session", none},
		{"admin", "GET", "/tokens", none}, {"admin", "POST", "/tokens", `{"name":"n","role":"viewer"}`}, {"admin", "DELETE", "/tokens/1", none}, {"admin", "POST", "/tokens/1/take-over", none},
		{"viewer", "GET", "/connection", none}, {"admin", "PUT", "/connection", `{"data_center":"eu"}`}, {"admin", "DELETE", "/connection", none},
		{"admin", "POST", "/connection/authorize", none}, {"admin", "POST", "/connection/refresh", none}, {"admin", "POST", "/connection/test", none},
		{"viewer", "GET", "/connection/organizations", none}, {"viewer", "GET", "/connection/budget", none},
		{"viewer", "GET", "/settings", none}, {"viewer", "GET", "/settings/orders", none}, {"admin", "PUT", "/settings/orders", `{}`},
		{"viewer", "GET", "/schedule", none}, {"accountant", "POST", "/schedule/run", `{"kind":"tick"}`}, {"admin", "POST", "/schedule/pause", none}, {"admin", "POST", "/schedule/resume", none},
		{"admin", "POST", "/setup", none}, {"viewer", "GET", "/alerts?limit=5", none}, {"admin", "POST", "/alerts/test", none},
		{"viewer", "GET", "/records/orders", none}, {"viewer", "GET", "/records/orders.csv", none}, {"viewer", "GET", "/records/orders/5", none},
		{"operator", "POST", "/records/orders/initialize", none}, {"operator", "POST", "/records/orders/sync", all},
		{"accountant", "POST", "/records/orders/mark-sent", all}, {"operator", "POST", "/records/orders/mark-sent/preview", all},
		{"operator", "POST", "/records/orders/5/sync", none}, {"operator", "POST", "/records/orders/5/retry", none},
		{"accountant", "POST", "/records/orders/5/skip", reason}, {"accountant", "POST", "/records/orders/5/unskip", none},
		{"viewer", "GET", "/documents/invoice/5", none}, {"operator", "POST", "/documents/invoice/5/sync", none}, {"operator", "POST", "/documents/invoice/5/retry", none},
		{"accountant", "POST", "/documents/invoice/5/skip", reason}, {"accountant", "POST", "/documents/invoice/5/unskip", none},
		{"viewer", "GET", "/runs", none}, {"viewer", "GET", "/runs/7", none}, {"operator", "POST", "/runs/7/cancel", none}, {"accountant", "POST", "/runs/7/release", reason},
		{"admin", "POST", "/runs/7/undo/preview", none}, {"admin", "POST", "/runs/7/undo", `{"reason":"why","confirm":"46"}`},
		{"viewer", "GET", "/mappings/taxes", none}, {"accountant", "PUT", "/mappings/taxes", `{"items":[]}`}, {"accountant", "POST", "/mappings/refresh", none},
		{"accountant", "POST", "/mappings/taxes/send-again", `{"source_id":"20","zoho_id":"1"}`},
		{"viewer", "GET", "/overview", none}, {"viewer", "GET", "/issues", none}, {"operator", "POST", "/issues/mapping_missing/retry", none}, {"accountant", "POST", "/issues/import_left/retry", none}, {"accountant", "POST", "/issues/mapping_missing/handled", reason}, {"viewer", "GET", "/runs/7/records", none},
	}
	roles := []string{"viewer", "operator", "accountant", "admin"}
	api, _ := setupAPI(nil)
	for _, r := range append(routes, bookRoutes...) {
		for i, role := range roles {
			got := call(t, api, role, r.method, "/api/v1"+r.path, r.body)
			if may := i >= slices.Index(roles, r.role); may != (got.Code < 300) || !may && got.problem.Code != "forbidden" {
				t.Errorf("%s %s as %s: %d %s", r.method, r.path, role, got.Code, got.Body)
			}
		}
		if got := call(t, api, "", r.method, "/api/v1"+r.path, r.body); got.Code != 401 || got.problem.Code != "unauthenticated" || got.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%s %s as nobody: %d %s", r.method, r.path, got.Code, got.Body)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()

	long := `{"ids":["` + strings.Repeat("9", 1<<20) + `"]}`
	tests := []struct {
		name, method, path, body string
		headers                  []string
		status                   int
		code                     string
		fields                   []string
	}{
		{name: "unknown section", method: "GET", path: "/records/bookings", status: 404, code: "not_found"},
		{name: "unknown mapping", method: "GET", path: "/mappings/rooms", status: 404, code: "not_found"},
		{name: "unknown settings section", method: "PUT", path: "/settings/rooms", body: "{}", status: 404, code: "not_found"},
		{name: "unknown path", method: "GET", path: "/nothing", status: 404, code: "not_found"},
		{name: "wrong method", method: "PATCH", path: "/connection", body: "{}", status: 405, code: "method_not_allowed"},
		{name: "a token nobody has", method: "GET", path: "/session", headers: []string{"Authorization", "Bearer qlb_x"}, status: 401, code: "invalid_token"},
		{name: "another scheme", method: "GET", path: "/session", headers: []string{"Authorization", "Basic abc"}, status: 401, code: "unauthenticated"},
		{name: "malformed JSON", method: "POST", path: "/records/orders/sync", body: `{"all":`, status: 400, code: "malformed"},
		{name: "text behind the body", method: "POST", path: "/records/orders/sync", body: `{"all":true} x`, status: 400, code: "malformed"},
		{name: "no body", method: "POST", path: "/records/orders/sync", status: 400, code: "malformed"},
		{name: "in another charset", method: "POST", path: "/records/orders/sync", body: `{"all":true}`, headers: []string{"Content-Type", "application/json; charset=utf-16"}, status: 415, code: "unsupported_media_type"},
		{name: "compressed", method: "POST", path: "/records/orders/sync", body: `{"all":true}`, headers: []string{"Content-Encoding", "gzip"}, status: 415, code: "unsupported_media_type"},
		{name: "another type", method: "POST", path: "/records/orders/sync", body: `{"all":true}`, headers: []string{"Content-Type", "text/plain"}, status: 415, code: "unsupported_media_type"},
		{name: "too large", method: "POST", path: "/records/orders/sync", body: long, status: 413, code: "body_too_large"},
		{name: "unknown field", method: "POST", path: "/records/orders/sync", body: `{"all":true,"everything":1}`, status: 422, code: "validation", fields: []string{"everything"}},
		{name: "unknown field inside", method: "POST", path: "/records/orders/sync", body: `{"filter":{"state":"held"}}`, status: 422, code: "validation", fields: []string{"filter.state"}},
		{name: "no way of choosing", method: "POST", path: "/records/orders/sync", body: `{"confirm":true}`, status: 422, code: "validation", fields: []string{"ids"}},
		{name: "two ways of choosing", method: "POST", path: "/records/orders/sync", body: `{"all":true,"ids":["1"]}`, status: 422, code: "validation", fields: []string{"ids"}},
		{name: "numbers as ids", method: "POST", path: "/records/orders/sync", body: `{"ids":[1]}`, status: 422, code: "validation", fields: []string{"ids[0]"}},
		{name: "documents of customers", method: "POST", path: "/records/customers/sync", body: `{"all":true,"documents":["invoices"]}`, status: 422, code: "validation", fields: []string{"documents[0]"}},
		{name: "unknown documents", method: "POST", path: "/records/orders/sync", body: `{"all":true,"documents":["invoice"]}`, status: 422, code: "validation", fields: []string{"documents[0]"}},
		{name: "skip without a reason", method: "POST", path: "/records/orders/1/skip", body: `{"reason":" "}`, status: 422, code: "validation", fields: []string{"reason"}},
		{name: "token without role", method: "POST", path: "/tokens", body: `{"name":"n"}`, status: 422, code: "validation", fields: []string{"role"}},
		{name: "mapping row twice", method: "PUT", path: "/mappings/taxes", body: `{"items":[{"source_id":"20","zoho_id":"1"},{"source_id":"20","zoho_id":null}]}`, status: 422, code: "validation", fields: []string{"items[1].source_id"}},
		{name: "mapping row without choice", method: "PUT", path: "/mappings/taxes", body: `{"items":[{"source_id":"20"}]}`, status: 422, code: "validation", fields: []string{"items[0].zoho_id"}},
		{name: "no kind to refresh", method: "POST", path: "/mappings/refresh", body: `{"kinds":[]}`, status: 422, code: "validation", fields: []string{"kinds"}},
		{name: "no document to sync", method: "POST", path: "/records/orders/sync", body: `{"all":true,"documents":[]}`, status: 422, code: "validation", fields: []string{"documents"}},
		{name: "two hotels", method: "GET", path: "/records/orders?hotel=1&hotel=2", status: 422, code: "validation", fields: []string{"hotel"}},
		{name: "an empty status", method: "GET", path: "/records/orders?status=", status: 422, code: "validation", fields: []string{"status"}},
		{name: "sorted by nothing", method: "GET", path: "/records/orders?sort=-", status: 422, code: "validation", fields: []string{"sort"}},
		{name: "a body that nobody reads", method: "POST", path: "/schedule/pause", body: `{"bogus":1}`, status: 422, code: "validation", fields: []string{"bogus"}},
		{name: "unknown kind to refresh", method: "POST", path: "/mappings/refresh", body: `{"kinds":["rooms"]}`, status: 422, code: "validation", fields: []string{"kinds[0]"}},
		{name: "limit, sort and state", method: "GET", path: "/records/orders?limit=201&sort=price&status=done", status: 422, code: "validation", fields: []string{"limit", "sort", "status"}},
		{name: "misspelt filter", method: "GET", path: "/records/orders?stauts=held", status: 422, code: "validation", fields: []string{"stauts"}},
		{name: "phase of customers", method: "GET", path: "/records/customers?phase=synced", status: 422, code: "validation", fields: []string{"phase"}},
		{name: "drafts of customers", method: "GET", path: "/records/customers?draft=true", status: 422, code: "validation", fields: []string{"draft"}},
		{name: "drafts of customers in a wish", method: "POST", path: "/records/customers/sync", body: `{"filter":{"draft":true}}`, status: 422, code: "validation", fields: []string{"filter.draft"}},
		{name: "a day that is none", method: "GET", path: "/records/orders?date_from=2026-02-30", status: 422, code: "validation", fields: []string{"date_from"}},
		{name: "a cursor that is none", method: "GET", path: "/records/orders?cursor=x", status: 422, code: "validation", fields: []string{"cursor"}},
		{name: "a run's day beyond all years", method: "GET", path: "/runs?from=1969-12-31&to=9999-12-31", status: 422, code: "validation", fields: []string{"from", "to"}},
		{name: "a call's day beyond all years", method: "GET", path: "/logs?from=0000-01-01&to=9999-12-31", status: 422, code: "validation", fields: []string{"from", "to"}},
		{name: "a moment beyond all years in UTC", method: "GET", path: "/audit?from=1970-01-01T00:00:00%2B01:00&to=9998-12-31T23:59:59-01:00", status: 422, code: "validation", fields: []string{"from", "to"}},
		{name: "an order's day beyond all years", method: "GET", path: "/records/orders?date_from=1969-12-31&date_to=9999-01-01", status: 422, code: "validation", fields: []string{"date_from", "date_to"}},
		{name: "a payment's day beyond all years", method: "GET", path: "/payments/imported?from=0001-01-01&to=9999-01-01", status: 422, code: "validation", fields: []string{"from", "to"}},
		{name: "payments of a currency that is none", method: "GET", path: "/payments/imported?currency=dollars", status: 422, code: "validation", fields: []string{"currency"}},
		{name: "statements of a currency that is none", method: "GET", path: "/payments/statements?currency=usd", status: 422, code: "validation", fields: []string{"currency"}},
		{name: "runs in an order that is none", method: "GET", path: "/runs?sort=-title", status: 422, code: "validation", fields: []string{"sort"}},
		{name: "orders of days turned round", method: "GET", path: "/records/orders?date_from=2026-03-02&date_to=2026-03-01", status: 422, code: "validation", fields: []string{"date_to"}},
		{name: "a wish of days turned round", method: "POST", path: "/records/orders/sync", body: `{"filter":{"date_from":"2026-03-02","date_to":"2026-03-01"}}`, status: 422, code: "validation", fields: []string{"filter.date_to"}},
		{name: "runs of days turned round", method: "GET", path: "/runs?from=2026-03-02&to=2026-03-01", status: 422, code: "validation", fields: []string{"to"}},
		{name: "calls of days turned round", method: "GET", path: "/logs?from=2026-03-03&to=2026-03-01", status: 422, code: "validation", fields: []string{"to"}},
		{name: "a history turned round", method: "GET", path: "/audit?from=2026-03-02T10:00:00Z&to=2026-03-02T09:59:59Z", status: 422, code: "validation", fields: []string{"to"}},
		{name: "unknown run state", method: "GET", path: "/runs?status=held", status: 422, code: "validation", fields: []string{"status"}},
	}
	api, w := setupAPI(nil)
	for _, tt := range tests {
		got := call(t, api, "admin", tt.method, "/api/v1"+tt.path, tt.body, tt.headers...)
		p := got.problem
		if got.Code != tt.status || p.Status != tt.status || p.Code != tt.code || p.Title == "" || p.Detail == "" || p.RequestID != got.Header().Get("X-Request-Id") {
			t.Errorf("%s: %d %s", tt.name, got.Code, got.Body)
		}
		var fields []string
		for _, e := range p.Errors {
			fields = append(fields, e.Field)
		}
		if !slices.Equal(fields, tt.fields) {
			t.Errorf("%s: fields %v, want %v", tt.name, fields, tt.fields)
		}
	}
	if len(w.asked) != 0 {
		t.Errorf("refused requests reached the services: %v", w.asked)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()

	tests := []struct {
		err    error
		status int
		code   string
	}{
		{fault.New(fault.NotFound, "unknown_record", "x"), 404, "unknown_record"},
		{fault.New(fault.Conflict, "not_initialized", "x"), 409, "not_initialized"},
		{fault.New(fault.Auth, "grant_revoked", "x"), 409, "grant_revoked"},
		{fault.New(fault.Invalid, "validation", "x").On("name"), 422, "validation"},
		{fault.New(fault.Unavailable, "unavailable", "x"), 503, "unavailable"},
		{fault.New(fault.Limited, "daily_limit", "x").After(1500 * time.Millisecond), 503, "daily_limit"},
		{fmt.Errorf("list tokens: %w", &net.OpError{Op: "dial", Err: errors.New("password")}), 503, "unavailable"},
		{fmt.Errorf("list tokens: %w", mysql.ErrInvalidConn), 503, "unavailable"},
		{errors.New("dial tcp 10.0.0.7: password rejected"), 500, "internal"},
	}
	for _, tt := range tests {
		api, w := setupAPI(nil)
		w.err = tt.err
		got := call(t, api, "viewer", "GET", "/api/v1/records/orders/1", "")
		if got.Code != tt.status || got.problem.Code != tt.code || strings.Contains(got.Body.String(), "password") {
			t.Errorf("%v: %d %s", tt.err, got.Code, got.Body)
		}
		if tt.code == "daily_limit" && got.Header().Get("Retry-After") != "2" {
			t.Errorf("Retry-After is %q", got.Header().Get("Retry-After"))
		}
		if tt.code == "validation" && (len(got.problem.Errors) != 1 || got.problem.Errors[0].Field != "name") {
			t.Errorf("field not named: %s", got.Body)
		}
	}
	api, w := setupAPI(nil)
	w.panics = true
	if got := call(t, api, "viewer", "GET", "/api/v1/overview", ""); got.Code != 500 || got.problem.Code != "internal" || strings.Contains(got.Body.String(), "secret inside") {
		t.Errorf("panic: %d %s", got.Code, got.Body)
	}
}

func TestThrottle(t *testing.T) {
	t.Parallel()

	api, _ := setupAPI(func(o *rest.Options) { o.RatePerSecond = 0.5 }) // a burst of one
	call(t, api, "viewer", "GET", "/api/v1/session", "")
	if got := call(t, api, "viewer", "GET", "/api/v1/session", ""); got.Code != http.StatusTooManyRequests || got.Header().Get("Retry-After") == "" {
		t.Errorf("second request: %d %s", got.Code, got.Body)
	}
	if got := call(t, api, "admin", "GET", "/api/v1/session", ""); got.Code != 200 {
		t.Errorf("another caller pays for it: %d", got.Code)
	}
	guess := []string{"Authorization", "Bearer qlb_guess"}
	call(t, api, "", "GET", "/api/v1/session", "", guess...)
	if got := call(t, api, "", "GET", "/api/v1/session", "", guess...); got.Code != http.StatusTooManyRequests {
		t.Errorf("guessing goes on: %d", got.Code)
	}
}
