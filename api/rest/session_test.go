package rest_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest"
	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/access"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/secret"
)

// sessions takes a role's name for a password, and «cookie of» a role for a cookie.
type sessions struct{ *world }

func (s sessions) SignIn(ctx context.Context, email string, password secret.String) (access.NewSession, error) {
	if !access.Role(password).Valid() {
		return access.NewSession{}, fault.New(fault.Forbidden, "wrong_credentials", "No.")
	}
	cookie := "cookie-of-" + password
	who, err := s.Authenticate(ctx, cookie)
	return access.NewSession{Caller: who, Cookie: cookie}, err
}

func (s sessions) Authenticate(_ context.Context, cookie secret.String) (access.Caller, error) {
	role := access.Role(strings.TrimPrefix(cookie.Reveal(), "cookie-of-"))
	if !role.Valid() {
		return access.Caller{}, fault.New(fault.Forbidden, "session_ended", "The session has ended.")
	}
	return access.Caller{Kind: access.BySession, ID: "session of " + string(role), Name: "Ada", Email: "ada@example.com", Employee: "7", Role: role}, nil
}

func (s sessions) BrowserOf(kept secret.String, email string) string {
	if kept == s.KnownBrowser(email) {
		return "known"
	}
	return ""
}

func (s sessions) KnownBrowser(email string) secret.String {
	return secret.String("known-as-" + access.Account(email))
}

func (s sessions) End(_ context.Context, who access.Caller, everywhere bool) error {
	return s.ask("end " + who.ID + " " + strconv.FormatBool(everywhere))
}

// changes gives what a test sends.
type changes struct {
	after  string
	events chan wire.Event
}

func (c *changes) Listen(_ context.Context, after string) (string, <-chan wire.Event) {
	c.after = after
	return "100", c.events
}

func cookieOf(role string) string { return "__Host-qlobooks_session=cookie-of-" + role }

func csrfOf(role string) string { return access.CSRFToken(secret.String("cookie-of-" + role)) }

func TestSignInAndOut(t *testing.T) {
	t.Parallel()

	for public, secure := range map[string]bool{"https://books.example.com": true, "http://localhost:8080": false} {
		name := "qlobooks_session"
		if secure {
			name = "__Host-" + name
		}
		api, w := setupAPI(func(o *rest.Options) { o.PublicURL = public })
		got := call(t, api, "", "POST", "/api/v1/session", `{"email":"ada@example.com","password":"accountant"}`)
		var session wire.Session
		if err := json.Unmarshal(got.Body.Bytes(), &session); err != nil || got.Code != 200 {
			t.Fatalf("%d %s", got.Code, got.Body)
		}
		if session.Name != "Ada" || *session.Email != "ada@example.com" || session.Role != "accountant" || *session.CSRFToken != csrfOf("accountant") {
			t.Errorf("session %s", got.Body)
		}
		cookie := got.Result().Cookies()[0]
		if cookie.Name != name || cookie.Value != "cookie-of-accountant" || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Secure != secure || cookie.MaxAge != 7*24*3600 {
			t.Errorf("%s sets %+v", public, cookie)
		}
		if strings.Contains(got.Body.String(), cookie.Value) || got.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("the cookie's secret is shown or may be kept: %s", got.Body)
		}
		mine := name + "=cookie-of-accountant"
		again := call(t, api, "", "GET", "/api/v1/session", "", "Cookie", mine)
		if again.Body.String() != got.Body.String() {
			t.Errorf("GET answers %s, POST %s", again.Body, got.Body)
		}
		for query, want := range map[string]string{"": "end session of accountant false", "?everywhere=1": "end session of accountant true"} {
			out := call(t, api, "", "DELETE", "/api/v1/session"+query, "", "Cookie", mine, "X-CSRF-Token", csrfOf("accountant"))
			if out.Code != 204 || !slices.Contains(w.asked, want) || out.Result().Cookies()[0].MaxAge >= 0 {
				t.Errorf("sign out %s: %d %v %v", query, out.Code, w.asked, out.Header())
			}
		}
	}
	api, w := setupAPI(nil)
	if got := call(t, api, "viewer", "DELETE", "/api/v1/session?everywhere=1", ""); got.Code != 204 || len(w.asked) != 0 {
		t.Errorf("a token signs out: %d %v", got.Code, w.asked)
	}
	if got := call(t, api, "viewer", "DELETE", "/api/v1/session?everywhere=yes", ""); got.Code != 422 {
		t.Errorf("everywhere=yes: %d", got.Code)
	}
}

func TestWrongSignIn(t *testing.T) {
	t.Parallel()

	api, _ := setupAPI(nil)
	tests := []struct {
		name, body string
		headers    []string
		status     int
		code       string
	}{
		{"wrong password", `{"email":"ada@example.com","password":"guess"}`, nil, 401, "wrong_credentials"},
		{"no password", `{"email":"ada@example.com"}`, nil, 422, "validation"},
		{"another field", `{"email":"a","password":"admin","remember":true}`, nil, 422, "validation"},
		{"a form of another site", `{"email":"a","password":"admin"}`, []string{"Content-Type", "text/plain"}, 415, "unsupported_media_type"},
	}
	for _, tt := range tests {
		got := call(t, api, "", "POST", "/api/v1/session", tt.body, tt.headers...)
		if got.Code != tt.status || got.problem.Code != tt.code || len(got.Result().Cookies()) != 0 || strings.Contains(got.Body.String(), "guess") {
			t.Errorf("%s: %d %s", tt.name, got.Code, got.Body)
		}
	}
	without := &world{}
	services := services(without)
	services.Sessions = nil
	off := rest.New(services, rest.Options{PublicURL: "http://localhost", RatePerSecond: -1})
	if got := call(t, off, "", "POST", "/api/v1/session", `{"email":"a","password":"admin"}`); got.Code != 409 || got.problem.Code != "sign_in_off" {
		t.Errorf("without the cookie key: %d %s", got.Code, got.Body)
	}
	if got := call(t, off, "", "GET", "/api/v1/session", "", "Cookie", cookieOf("admin")); got.Code != 401 {
		t.Errorf("a cookie without the cookie key: %d %s", got.Code, got.Body)
	}
}

// TestSignInIsThrottled by address and by e-mail, each on its own.
func TestSignInIsThrottled(t *testing.T) {
	t.Parallel()

	const plenty = 1000 // of any other request
	try := func(api http.Handler, ip, email string) answer {
		return call(t, api, "", "POST", "/api/v1/session", `{"email":"`+email+`","password":"guess"}`, "X-Forwarded-For", ip)
	}
	trusting := func(o *rest.Options) {
		o.RatePerSecond = plenty
		o.TrustedProxies = append(o.TrustedProxies, netip.MustParsePrefix("192.0.2.0/24")) // httptest calls from there
	}
	api, _ := setupAPI(trusting)
	for n := range 10 {
		if got := try(api, "198.51.100."+strconv.Itoa(n), "ada@example.com"); got.Code != 401 {
			t.Fatalf("attempt %d: %d", n, got.Code)
		}
	}
	got := try(api, "198.51.100.99", " ADA@example.com")
	if got.Code != 429 || got.problem.Code != "too_many_requests" || got.Header().Get("Retry-After") != "30" {
		t.Errorf("an address tried from everywhere: %d %s", got.Code, got.Body)
	}
	if got := try(api, "198.51.100.99", "bob@example.com"); got.Code != 401 {
		t.Errorf("somebody else pays for it: %d", got.Code)
	}

	api, _ = setupAPI(trusting)
	last := 0
	for n := range 21 {
		last = try(api, "198.51.100.1", strconv.Itoa(n)+"@example.com").Code
	}
	if last != 429 {
		t.Errorf("one address tries everybody: %d", last)
	}
	if got := try(api, "198.51.100.2", "ada@example.com"); got.Code != 401 {
		t.Errorf("another address pays for it: %d", got.Code)
	}
}

// TestCSRF: a cookie alone changes nothing.
func TestCSRF(t *testing.T) {
	t.Parallel()

	cookie := []string{"Cookie", cookieOf("admin")}
	tests := []struct {
		name, method string
		headers      []string
		status       int
		code         string
	}{
		{"reading needs none", "GET", cookie, 200, ""},
		{"changing needs one", "POST", cookie, 403, "csrf"},
		{"an empty one", "POST", append(cookie, "X-CSRF-Token", ""), 403, "csrf"},
		{"another session's", "POST", append(cookie, "X-CSRF-Token", csrfOf("viewer")), 403, "csrf"},
		{"the session's own", "POST", append(cookie, "X-CSRF-Token", csrfOf("admin")), 202, ""},
		{"deleting needs one", "DELETE", cookie, 403, "csrf"},
		{"putting needs one", "PUT", cookie, 403, "csrf"},
		{"a token needs none", "POST", []string{"Authorization", "Bearer qlb_admin"}, 202, ""},
		{"a token beside a cookie counts alone", "POST", append(cookie, "Authorization", "Bearer qlb_viewer"), 403, "forbidden"},
		{"a wrong token is not made good by a cookie", "GET", append(cookie, "Authorization", "Bearer qlb_x"), 401, "invalid_token"},
		{"a cookie that is over", "GET", []string{"Cookie", "__Host-qlobooks_session=old"}, 401, "session_ended"},
	}
	paths := map[string]string{"GET": "/records/orders", "POST": "/records/orders/initialize", "DELETE": "/connection", "PUT": "/settings/logs"}
	api, w := setupAPI(nil)
	for _, tt := range tests {
		w.asked = nil
		got := call(t, api, "", tt.method, "/api/v1"+paths[tt.method], "", tt.headers...)
		if got.Code != tt.status || got.problem.Code != tt.code {
			t.Errorf("%s: %d %s", tt.name, got.Code, got.Body)
		}
		if tt.status >= 400 && len(w.asked) > 0 {
			t.Errorf("%s: reached %v", tt.name, w.asked)
		}
	}
}

// TestTheConsentBelongsToTheSession: the services learn which session asked and which came back.
func TestTheConsentBelongsToTheSession(t *testing.T) {
	t.Parallel()

	api, w := setupAPI(nil)
	call(t, api, "", "POST", "/api/v1/connection/authorize", "", "Cookie", cookieOf("admin"), "X-CSRF-Token", csrfOf("admin"))
	if !slices.Contains(w.asked, "authorizesession of admin") {
		t.Errorf("asked %v", w.asked)
	}
	for cookie, want := range map[string]string{cookieOf("admin"): "session of admin", "__Host-qlobooks_session=old": "", "": ""} {
		call(t, api, "", "GET", "/api/v1/connection/callback?state=s&code=c", "", "Cookie", cookie)
		if w.back.Session != want {
			t.Errorf("%q came back as %q", cookie, w.back.Session)
		}
	}
}

// roleOf is contract section 3 in code: the least role of every route, so that a new route has
// to agree with it.
func roleOf(method, path string) string {
	if method == "HEAD" {
		method = "GET"
	}
	path = strings.TrimPrefix(path, "/api/v1")
	first := strings.Split(path, "/")[1]
	last := path[strings.LastIndex(path, "/")+1:]
	switch {
	case path == "/connection/callback", method+path == "POST/session":
		return ""
	case first == "tokens":
		return "admin"
	case first == "logs" && last == ":id":
		return "accountant"
	case method == "GET", first == "session":
		return "viewer"
	case path == "/schedule/run":
		return "accountant"
	case strings.HasPrefix(path, "/runs/:id/undo"):
		return "admin"
	case slices.Contains([]string{"settings", "connection", "setup", "schedule", "tools", "alerts"}, first):
		return "admin"
	case slices.Contains([]string{"initialize", "sync", "preview", "retry", "cancel"}, last):
		return "operator"
	default: // mapping, pairing, import, assign, skip, recreate, release, reconciliation, closing
		return "accountant"
	}
}

// TestEveryRouteHasItsRole asks every route as every role, with a token and with a cookie.
func TestEveryRouteHasItsRole(t *testing.T) {
	t.Parallel()

	api, _ := setupAPI(nil)
	roles := []string{"viewer", "operator", "accountant", "admin"}
	asked := 0
	for _, r := range api.(*echo.Echo).Routes() {
		if r.Method == echo.RouteNotFound || !strings.HasPrefix(r.Path, "/api/v1/") {
			continue
		}
		needed := roleOf(r.Method, r.Path)
		path := strings.NewReplacer(":section", "orders", ":kind", "taxes", ":flow", "invoice", ":code", "no_rate", ":source_id", "5", ":order_id", "8", ":id", "7", ":month", "2026-03").Replace(r.Path)
		for i, role := range roles {
			for _, headers := range [][]string{{"Authorization", "Bearer qlb_" + role}, {"Cookie", cookieOf(role), "X-CSRF-Token", csrfOf(role)}} {
				code := status(api, r.Method, path, headers)
				asked++
				if may := needed == "" || i >= slices.Index(roles, needed); may == (code == 403) || code == 404 || code == 405 {
					t.Errorf("%s %s as %s with %s: %d, it takes %q", r.Method, r.Path, role, headers[0], code, needed)
				}
			}
		}
		for _, nobody := range [][]string{nil, {"Authorization", "Bearer qlb_madeup"}, {"Cookie", "__Host-qlobooks_session=madeup"}, {"Authorization", "Basic YWRtaW46YWRtaW4="}} {
			asked++
			if code := status(api, r.Method, path, nobody); (code == 401) != (needed != "") {
				t.Errorf("%s %s as nobody with %v: %d", r.Method, r.Path, nobody, code)
			}
		}
		if r.Method == "GET" || r.Method == "HEAD" || needed == "" {
			continue
		}
		for _, token := range []string{"", "0", csrfOf("viewer"), csrfOf("admin") + "0", cookieOf("admin")} {
			asked++
			if code := status(api, r.Method, path, []string{"Cookie", cookieOf("admin"), "X-CSRF-Token", token}); code != 403 {
				t.Errorf("%s %s with the CSRF token %q: %d", r.Method, r.Path, token, code)
			}
		}
	}
	t.Logf("%d routes with credentials were asked", asked)
	if asked < 1000 {
		t.Errorf("only %d questions were asked", asked)
	}
}

// status is the answer to a caller who is gone at once, so that streams end.
func status(api http.Handler, method, path string, headers []string) int {
	gone, leave := context.WithCancel(context.Background())
	leave()
	r := httptest.NewRequest(method, path, nil).WithContext(gone)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	return w.Code
}

// TestEvents reads a stream over a real connection, until it was too slow.
func TestEvents(t *testing.T) {
	t.Parallel()

	api, w := setupAPI(nil)
	address, stop := serve(t, api)
	defer stop()
	phase := "invoice_sync"
	w.changes.events <- wire.Event{ID: "101", Name: "record", Data: wire.RecordChange{Section: "orders", SourceID: "5", Status: "synced", Phase: &phase}}
	w.changes.events <- wire.Event{ID: "102", Name: "run", Data: aRun}
	w.changes.events <- wire.Event{Name: "resync"}
	close(w.changes.events)
	r, _ := http.NewRequest("GET", address+"/api/v1/events", nil)
	r.Header.Set("Cookie", cookieOf("viewer"))
	r.Header.Set("Last-Event-ID", "99")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if kind := answer.Header.Get("Content-Type"); kind != "text/event-stream" || answer.Header.Get("X-Accel-Buffering") != "no" {
		t.Fatalf("headers %v", answer.Header)
	}
	var lines []string
	for read := bufio.NewScanner(answer.Body); read.Scan(); {
		lines = append(lines, read.Text())
	}
	text := strings.Join(lines, "\n")
	for _, want := range []string{
		": listening\nid: 100\n\n",
		"id: 101\nevent: record\ndata: {\"section\":\"orders\",\"source_id\":\"5\",\"status\":\"synced\",\"phase\":\"invoice_sync\"}\n\n",
		"id: 102\nevent: run\ndata: {\"id\":\"7\",",
		"event: resync\ndata: {}\n\nevent: resync\ndata: {}", // one sent, one because the reader was dropped
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q lacks %q", text, want)
		}
	}
	if w.changes.after != "99" {
		t.Errorf("goes on after %q", w.changes.after)
	}
}

// TestStopWithOpenEvents: the server does not wait for listeners.
func TestStopWithOpenEvents(t *testing.T) {
	t.Parallel()

	api, _ := setupAPI(nil)
	address, stop := serve(t, api)
	r, _ := http.NewRequest("GET", address+"/api/v1/events", nil)
	r.Header.Set("Authorization", "Bearer qlb_viewer")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if line, err := bufio.NewReader(answer.Body).ReadString('\n'); err != nil || line != ": listening\n" {
		t.Fatalf("first line %q, %v", line, err)
	}
	start := time.Now()
	if err := stop(); err != nil || time.Since(start) > grace/2 {
		t.Errorf("stopping took %v: %v", time.Since(start), err)
	}
}
