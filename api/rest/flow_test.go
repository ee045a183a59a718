package rest_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/qlobooks/qlobooks/api/rest"
	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
)

func TestPagesFollowTheCursor(t *testing.T) {
	t.Parallel()

	for sort, want := range map[string]string{"": "54321", "source_id": "12345"} {
		api, _ := setupAPI(nil)
		seen, cursor := "", ""
		for range 3 {
			q := url.Values{"limit": {"2"}}
			if sort != "" {
				q.Set("sort", sort)
			}
			if cursor != "" {
				q.Set("cursor", cursor)
			}
			got := call(t, api, "viewer", "GET", "/api/v1/records/orders?"+q.Encode(), "")
			var page wire.RecordPage
			if err := json.Unmarshal(got.Body.Bytes(), &page); err != nil {
				t.Fatalf("%v: %s", err, got.Body)
			}
			for _, r := range page.Items {
				seen += r.SourceID
			}
			if page.NextCursor == nil {
				break
			}
			cursor = *page.NextCursor
		}
		if seen != want {
			t.Errorf("sort %q shows %s, want %s", sort, seen, want)
		}
		got := call(t, api, "viewer", "GET", "/api/v1/records/orders?sort=name&cursor="+cursor, "")
		if got.Code != 422 || got.problem.Errors[0].Field != "cursor" {
			t.Errorf("a cursor of another sort: %d %s", got.Code, got.Body)
		}
	}
}

// TestWhatServicesAreAsked follows values from the request to the service.
func TestWhatServicesAreAsked(t *testing.T) {
	t.Parallel()

	api, w := setupAPI(nil)
	call(t, api, "viewer", "GET", "/api/v1/records/orders?sort=-name&q=%20Ada%20&status=held&status=failed&phase=invoice_sync&hotel=3&currency=EUR&date_from=2026-01-01&date_to=2026-01-31&customer=9", "")
	q := w.query
	if q.Sort != "name" || !q.Descending || q.Limit != 50 || q.Q != "Ada" || !slices.Equal(q.Status, []string{"held", "failed"}) ||
		q.Phase != "invoice_sync" || q.Hotel != "3" || q.Currency != "EUR" || q.DateFrom != "2026-01-01" || q.DateTo != "2026-01-31" || q.Customer != "9" {
		t.Errorf("query %+v", q)
	}
	call(t, api, "operator", "POST", "/api/v1/records/orders/sync", `{"filter":{"status":["failed"]},"documents":["invoices"],"confirm":true}`)
	if s := w.sel; s.All || s.IDs != nil || s.Filter.Status[0] != "failed" || s.Documents[0] != "invoices" || !s.Confirm || w.by != "the operator" {
		t.Errorf("selection %+v by %q", s, w.by)
	}
	call(t, api, "operator", "POST", "/api/v1/records/orders/sync", `{"filter":{"status":"held"}}`)
	if s := w.sel; !slices.Equal(s.Filter.Status, []string{"held"}) {
		t.Errorf("a status alone: %+v", s.Filter)
	}
	call(t, api, "admin", "PUT", "/api/v1/connection", `{"data_center":"custom","token_domain":"http://127.0.0.1:1","client_id":"c","organization_id":null}`)
	if c := w.conn; c.DataCenter != "custom" || c.TokenDomain != "http://127.0.0.1:1" || c.ClientSecret != nil || c.UseOwnApplication != nil {
		t.Errorf("connection %+v", c)
	}
	call(t, api, "accountant", "PUT", "/api/v1/mappings/taxes", `{"items":[{"source_id":"5+2.5","zoho_id":"460000000012345"},{"source_id":"0","zoho_id":null}]}`)
	if r := w.rows; len(r) != 2 || *r[0].ZohoID != "460000000012345" || r[1].ZohoID != nil {
		t.Errorf("rows %+v", r)
	}
	call(t, api, "operator", "POST", "/api/v1/documents/customer/3:EUR/sync", "")
	call(t, api, "operator", "POST", "/api/v1/records/hotels/2/sync", `{"confirm":true}`)
	call(t, api, "accountant", "POST", "/api/v1/mappings/refresh", "")
	for _, want := range []string{"sync document customer 3:EUR", "sync one hotels 2 true", "refresh mappings items accounts taxes payment-modes deposit-accounts tags locations"} {
		if !slices.Contains(w.asked, want) {
			t.Errorf("never asked %q: %v", want, w.asked)
		}
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()

	tests := []struct{ name, role, method, path, body, want string }{
		{"instants are UTC", "viewer", "GET", "/runs/7", "", `"created_at":"2026-03-01T09:00:00Z"`},
		{"what is missing is null", "viewer", "GET", "/runs/7", "", `"eta":null`},
		{"before Initialize", "viewer", "GET", "/records/hotels", "", `"initialized_at":null`},
		{"no counts are an empty object", "viewer", "GET", "/runs", "", `{"items":[],"next_cursor":null,"counts":{}}`},
		{"calls have counts", "viewer", "GET", "/logs", "", `"counts":{}`},
		{"the audit has counts like every list", "viewer", "GET", "/audit", "", `"counts":{}`},
		{"no issues are an empty list", "viewer", "GET", "/issues", "", `{"items":[]}`},
		{"a column", "viewer", "GET", "/records/hotels", "", `"fields":{"total":{"text":"1.00","url":null}}`},
		{"a token's caller", "operator", "GET", "/session", "", `{"name":"the operator","email":null,"role":"operator","csrf_token":null,"employee_id":null}`},
		{"a new token is shown once", "admin", "POST", "/tokens", `{"name":"n","role":"viewer"}`, `"token":"qlb_secret"`},
		{"settings by section", "viewer", "GET", "/settings", "", `"orders":{"auto_sync_new_orders":false`},
		{"one section", "viewer", "GET", "/settings/schedule", "", `{"enabled":false,"interval_minutes":5,"launch_time":null,`},
		{"nothing runs by itself", "viewer", "GET", "/schedule", "", `"running":false,"last_run":null,"next_run_at":null`},
	}
	api, w := setupAPI(nil)
	for _, tt := range tests {
		if got := call(t, api, tt.role, tt.method, "/api/v1"+tt.path, tt.body); !strings.Contains(got.Body.String(), tt.want) {
			t.Errorf("%s: %s lacks %s", tt.name, got.Body, tt.want)
		}
	}
	for _, path := range []string{"/settings", "/settings/alerts"} {
		if got := call(t, api, "admin", "GET", "/api/v1"+path, ""); strings.Contains(got.Body.String(), "hook-secret") {
			t.Errorf("%s shows a secret", path)
		}
	}
	if got := call(t, api, "admin", "PUT", "/api/v1/settings/logs", `{"body_days":1,"line_days":2}`); got.Code != 200 || w.body != `{"body_days":1,"line_days":2}` {
		t.Errorf("put settings: %d, stored %s", got.Code, w.body)
	}
	if got := call(t, api, "operator", "POST", "/api/v1/records/hotels/initialize", ""); got.Code != 202 {
		t.Errorf("a run is answered with %d", got.Code)
	}
}

func TestCallback(t *testing.T) {
	t.Parallel()

	const back = "/api/v1/connection/callback?state=s&code=c&location=eu&accounts-server=https%3A%2F%2Faccounts.zoho.eu"
	api, w := setupAPI(nil)
	got := call(t, api, "", "GET", back, "")
	if got.Code != 303 || got.Header().Get("Location") != "https://books.example.com/configuration?connected=1" {
		t.Errorf("granted: %d to %s", got.Code, got.Header().Get("Location"))
	}
	if w.back != (wire.CallbackAnswer{State: "s", Code: "c", Location: "eu", AccountsServer: "https://accounts.zoho.eu"}) {
		t.Errorf("asked %+v", w.back)
	}
	if got := call(t, api, "", "GET", back, "", "Accept", "application/json"); got.Code != 200 || !strings.Contains(got.Body.String(), `"status":"connected"`) {
		t.Errorf("granted as JSON: %d %s", got.Code, got.Body)
	}
	w.err = fault.New(fault.Conflict, "state_expired", "x")
	if got := call(t, api, "", "GET", back, ""); got.Code != 303 || got.Header().Get("Location") != "https://books.example.com/configuration?error=state_expired" {
		t.Errorf("refused: %d to %s", got.Code, got.Header().Get("Location"))
	}
	if got := call(t, api, "", "GET", back, "", "Accept", "application/json"); got.Code != 409 || got.problem.Code != "state_expired" {
		t.Errorf("refused as JSON: %d %s", got.Code, got.Body)
	}
}

func TestPagesBesideTheAPI(t *testing.T) {
	t.Parallel()

	spa := fstest.MapFS{
		"index.html":       {Data: []byte("<title>QloBooks</title>")},
		"assets/app.js":    {Data: []byte("go()")},
		".gitkeep":         {Data: []byte("x")},
		"assets/app.d.css": {Data: []byte("a{}")},

		"docs/swagger-ui-bundle.js": {Data: []byte("var SwaggerUIBundle")},
	}
	api, _ := setupAPI(func(o *rest.Options) {
		o.SPA = spa
		o.Ready = func(context.Context) map[string]wire.HealthCheck {
			return map[string]wire.HealthCheck{"redis": {Vital: true, Detail: "refused"}, "worker": {Detail: "silent"}}
		}
	})
	page := []string{"Accept", "text/html"}
	tests := []struct {
		name, method, path string
		headers            []string
		status             int
		has, kind, cache   string
	}{
		{"start page", "GET", "/", page, 200, "QloBooks", "text/html; charset=utf-8", "no-cache"},
		{"a page of the interface", "GET", "/synchronization/orders?status=held", page, 200, "QloBooks", "text/html; charset=utf-8", "no-cache"},
		{"an asset", "GET", "/assets/app.js", nil, 200, "go()", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		{"an asset that is gone", "GET", "/assets/old.js", page, 404, "", "application/problem+json", "no-store"},
		{"data that does not exist", "GET", "/orders.json", nil, 404, "", "application/problem+json", "no-store"},
		{"an API path is never the start page", "GET", "/api/v1/nothing", page, 404, "", "application/problem+json", "no-store"},
		{"hidden files", "GET", "/.gitkeep", nil, 404, "", "application/problem+json", "no-store"},
		{"posting to a page", "POST", "/synchronization", page, 405, "", "application/problem+json", "no-store"},
		{"the description", "GET", "/openapi.json", nil, 200, `"openapi": "3.`, "application/json", "no-cache"},
		{"the description for people", "GET", "/docs", nil, 200, "/docs/start.js", "text/html; charset=UTF-8", ""},
		{"its program", "GET", "/docs/swagger-ui-bundle.js", nil, 200, "SwaggerUI", "text/javascript; charset=utf-8", ""},
		{"other files of it", "GET", "/docs/swagger-ui-bundle.js.map", nil, 404, "", "application/problem+json", "no-store"},
		{"alive", "GET", "/healthz", nil, 200, `"status":"ok"`, "application/json", ""},
		{"not ready", "GET", "/readyz", nil, 503, `"detail":"refused"`, "application/json", ""},
	}
	for _, tt := range tests {
		got := call(t, api, "", tt.method, tt.path, "", tt.headers...)
		if got.Code != tt.status || got.Header().Get("Content-Type") != tt.kind || !strings.Contains(got.Body.String(), tt.has) || got.Header().Get("Cache-Control") != tt.cache {
			t.Errorf("%s: %d %v", tt.name, got.Code, got.Header())
		}
		if h := got.Header(); !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'self'") || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", tt.name, h)
		}
	}
	plain := call(t, api, "", "GET", "/openapi.json", "").Body.Len()
	if got := call(t, api, "", "GET", "/openapi.json", "", "Accept-Encoding", "gzip"); got.Header().Get("Content-Encoding") != "gzip" || got.Body.Len() > plain/10 {
		t.Errorf("the description is sent in %d bytes as %q", got.Body.Len(), got.Header().Get("Content-Encoding"))
	}
	without, _ := setupAPI(nil)
	if got := call(t, without, "", "GET", "/docs", ""); got.Code != 200 || !strings.Contains(got.Body.String(), "/openapi.json") {
		t.Errorf("without an interface the description is %d %s", got.Code, got.Body)
	}
	if got := call(t, without, "", "GET", "/", "", page...); got.Code != 404 {
		t.Errorf("without an interface: %d", got.Code)
	}
}

func TestOtherOrigins(t *testing.T) {
	t.Parallel()

	api, _ := setupAPI(func(o *rest.Options) { o.CORSOrigins = []string{"https://spa.example.com"} })
	for origin, want := range map[string]string{"https://spa.example.com": "https://spa.example.com", "https://evil.example.com": ""} {
		got := call(t, api, "", "OPTIONS", "/api/v1/runs", "", "Origin", origin, "Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "authorization")
		if allowed := got.Header().Get("Access-Control-Allow-Origin"); allowed != want {
			t.Errorf("%s: allowed %q", origin, allowed)
		}
	}
}

// TestForwardedAddresses: a stranger cannot slip past the throttle by naming other addresses,
// unless it is the proxy that we trust.
func TestForwardedAddresses(t *testing.T) {
	t.Parallel()

	for trusted, want := range map[string]int{"": 429, "192.0.2.0/24": 401} { // httptest calls from 192.0.2.1
		api, _ := setupAPI(func(o *rest.Options) {
			o.RatePerSecond = 0.5
			if trusted != "" {
				o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix(trusted)}
			}
		})
		call(t, api, "", "GET", "/api/v1/runs", "", "X-Forwarded-For", "198.51.100.1")
		if got := call(t, api, "", "GET", "/api/v1/runs", "", "X-Forwarded-For", "198.51.100.2"); got.Code != want {
			t.Errorf("trusting %q: %d, want %d", trusted, got.Code, want)
		}
	}
}

// TestRunEvents reads a stream over a real connection until the run has ended.
func TestRunEvents(t *testing.T) {
	t.Parallel()

	api, w := setupAPI(func(o *rest.Options) { o.StreamEvery = time.Millisecond })
	ended := aRun
	ended.Status, ended.Done = "done", 2
	half := aRun
	half.Done = 1
	w.runs = []wire.Run{aRun, aRun, half, half, ended}
	address, stop := serve(t, api)
	defer stop()

	r, _ := http.NewRequest("GET", address+"/api/v1/runs/7/events", nil)
	r.Header.Set("Authorization", "Bearer qlb_viewer")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if kind := answer.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatalf("content type %q", kind)
	}
	var done []int
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			var run wire.Run
			if err := json.Unmarshal([]byte(data), &run); err != nil {
				t.Fatal(err)
			}
			done = append(done, run.Done)
		}
	}
	if !slices.Equal(done, []int{0, 1, 2}) {
		t.Errorf("events told %v done, want each change once", done)
	}
}

// TestStopWithOpenStream: an open stream does not hold the server up.
func TestStopWithOpenStream(t *testing.T) {
	t.Parallel()

	api, _ := setupAPI(nil)
	address, stop := serve(t, api)
	r, _ := http.NewRequest("GET", address+"/api/v1/runs/7/events", nil)
	r.Header.Set("Authorization", "Bearer qlb_viewer")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if line, err := bufio.NewReader(answer.Body).ReadString('\n'); err != nil || line != "event: run\n" {
		t.Fatalf("first line %q, %v", line, err)
	}
	start := time.Now()
	if err := stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
	if took := time.Since(start); took > grace/2 {
		t.Errorf("stopping took %v", took)
	}
}

// grace is how long a server waits for answers under way before it ends.
const grace = time.Minute

func serve(t *testing.T, api http.Handler) (address string, stop func() error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- rest.Serve(ctx, l, api, grace) }()
	return "http://" + l.Addr().String(), func() error { cancel(); return <-ended }
}

// TestACursorIsReadLikeAnyInput: whoever writes one gets no other type of value into a statement.
func TestACursorIsReadLikeAnyInput(t *testing.T) {
	t.Parallel()

	api, w := setupAPI(nil)
	for _, c := range []struct {
		path, sort string
		good, bad  []string
	}{
		{"/records/customers", "-source_id", []string{`"v":"","i":"12:EUR"`}, []string{`"v":"","i":"x"`, `"v":"","i":"01"`, `"v":"5","i":"5"`, `"v":"","i":"1' OR 1"`}},
		{"/records/orders", "name", []string{`"v":"Łódź","i":"5"`, `"v":"","i":"5"`}, []string{`"v":"a\u0000","i":"5"`, `"v":"a","i":"b"`}},
		{"/records/orders", "-updated_at", []string{`"v":"2026-03-01 09:00:00.000000","i":"5"`}, []string{`"v":"yesterday","i":"5"`, `"v":"9999-12-31 23:59:59.000000","i":"5"`, `"v":"2026-03-01","i":"5"`}},
		{"/records/orders", "last_synced_at", []string{`"v":"","i":"5"`}, []string{`"v":"0","i":"5"`}},
		{"/runs", "", []string{`"v":"","i":"7"`}, []string{`"v":"","i":"seven"`, `"v":"2026-03-01","i":"7"`}},
		{"/logs", "", []string{`"v":"","i":"7"`}, []string{`"v":"","i":"-7"`}},
		{"/audit", "", []string{`"v":"","i":"7"`}, []string{`"v":"","i":"7 "`}},
		{"/pairing/customers", "", []string{`"v":"","i":"7"`}, []string{`"v":"","i":"seven"`}},
		{"/payments/imported", "", []string{`"v":"2026-03-01","i":"7"`, `"v":"","i":"7"`}, []string{`"v":"today","i":"7"`, `"v":"2026-03-01","i":"x"`}},
		{"/payments/statements", "", []string{`"v":"2026-03-01","i":"EUR Bank wire"`, `"v":"2026-03-01","i":" "`}, []string{`"v":"today","i":"EUR Cash"`, `"v":"2026-03-01","i":"EUR"`, `"v":"2026-03-01","i":"EUR a\u0000"`}},
		{"/runs/7/records", "", []string{`"v":"","i":"orders 5"`, `"v":"","i":"room-types 5"`}, []string{`"v":"","i":"5"`, `"v":"","i":"orders x"`}},
	} {
		ask := func(at string) answer {
			cursor := base64.RawURLEncoding.EncodeToString([]byte(`{` + at + `,"s":"` + c.sort + `"}`))
			query := url.Values{"cursor": {cursor}}
			if c.sort != "" {
				query.Set("sort", c.sort)
			}
			return call(t, api, "viewer", "GET", "/api/v1"+c.path+"?"+query.Encode(), "")
		}
		for _, at := range c.good {
			if got := ask(at); got.Code != 200 {
				t.Errorf("%s by %q from %s: %d %s", c.path, c.sort, at, got.Code, got.Body)
			}
		}
		w.asked = nil
		for _, at := range c.bad {
			if got := ask(at); got.Code != 422 || got.problem.Errors[0].Field != "cursor" || len(w.asked) > 0 {
				t.Errorf("%s by %q from %s: %d %s, asked %v", c.path, c.sort, at, got.Code, got.Body, w.asked)
			}
		}
	}
}
