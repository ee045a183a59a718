package rehearsal_test

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sample"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// browser is somebody at a browser: cookies come along by themselves.
type browser struct {
	http.Client
	url, csrf string
}

func newBrowser(url string) *browser {
	jar, _ := cookiejar.New(nil)
	return &browser{Client: http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, url: url}
}

// ask sends one request and gives its status, where it leads and its text.
func (b *browser) ask(t *testing.T, method, address, body string) (int, string, string) {
	t.Helper()
	if strings.HasPrefix(address, "/") {
		address = b.url + "/api/v1" + address
	}
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if b.csrf != "" {
		r.Header.Set("X-CSRF-Token", b.csrf)
	}
	answer, err := b.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	return answer.StatusCode, answer.Header.Get("Location"), string(text)
}

// must is ask for an answer that has to come with this status.
func (b *browser) must(t *testing.T, status int, method, address, body string) string {
	t.Helper()
	got, _, text := b.ask(t, method, address, body)
	if got != status {
		t.Fatalf("%s %s: %d %s", method, address, got, text)
	}
	return text
}

// enter signs in and keeps the CSRF token.
func (b *browser) enter(t *testing.T, e sample.Employee) string {
	t.Helper()
	in, _ := json.Marshal(map[string]string{"email": e.Email, "password": e.Password})
	var session struct {
		Role string
		CSRF string `json:"csrf_token"`
	}
	if err := json.Unmarshal([]byte(b.must(t, 200, "POST", "/session", string(in))), &session); err != nil {
		t.Fatal(err)
	}
	b.csrf = session.CSRF
	return session.Role
}

// TestAnEmployeeAtTheBrowser signs in with QloApps' password, connects, works, watches, and is
// let go.
func TestAnEmployeeAtTheBrowser(t *testing.T) {
	atOnce(t)
	dsn := hotel(t, "qlo_")
	s := openStage(t.Context(), t, rehearsal.Options{MySQL: dsn, Redis: privatetest.Redis(t), Books: books.Options{PerMinute: 5000, PerDay: 100000},
		Engine: engine.Options{Gather: 100 * time.Millisecond}, CookieKey: sample.CookieKey})
	manager, bookkeeper := newBrowser(s.URL), newBrowser(s.URL)
	if role := manager.enter(t, sample.Employees[0]); role != "admin" {
		t.Fatalf("the manager is %s", role)
	}
	if role := bookkeeper.enter(t, sample.Employees[1]); role != "viewer" {
		t.Fatalf("the bookkeeper is %s", role)
	}

	connect, _ := json.Marshal(map[string]any{"data_center": "custom", "token_domain": s.Zoho, "api_domain": s.Zoho, "dashboard_domain": s.Zoho,
		"use_own_application": true, "client_id": "sandbox-client", "client_secret": "sandbox-secret", "organization_id": nil})
	manager.must(t, 200, "PUT", "/connection", string(connect))
	if back := consent(t, manager, bookkeeper); !strings.Contains(back, "/configuration?error=invalid_state") {
		t.Errorf("another session ends the consent: %s", back)
	}
	if back := consent(t, manager, newBrowser(s.URL)); !strings.Contains(back, "/configuration?error=invalid_state") {
		t.Errorf("nobody ends the consent: %s", back)
	}
	if back := consent(t, manager, manager); !strings.HasSuffix(back, "/configuration?connected=1") {
		t.Fatalf("the consent ends at %s", back)
	}

	bookkeeper.must(t, 403, "POST", "/records/hotels/initialize", "")
	manager.must(t, 200, "PUT", "/settings/access", `{"profile_roles":{"3":"accountant"}}`)
	events := listen(t, bookkeeper)
	bookkeeper.must(t, 202, "POST", "/records/hotels/initialize", "")
	seen := map[string]bool{}
	for !seen["run done"] || !seen["record hotels 1 not_synced"] || !seen["record hotels 3 not_synced"] {
		seen[next(t, events)] = true
	}

	var metrics string
	for _, want := range []string{
		`qlobooks_runs{status="done"} 1`, `qlobooks_documents_due{lane="person"} 0`, `qlobooks_zoho_calls_left{window="day"}`, `qlobooks_zoho_calls_total{result="ok"}`,
		`qlobooks_queue_pending{queue="live"} 0`, `qlobooks_source_up{source="budget"} 1`, `qlobooks_source_up{source="records"} 1`, `qlobooks_source_up{source="work"} 1`,
		`qlobooks_records{section="hotels",status="not_synced"} 3`, `qlobooks_oldest_due_seconds{lane="live"} 0`, `qlobooks_schedule_enabled 0`, `qlobooks_worker_seen_seconds`, `qlobooks_zoho_call_duration_seconds_count{method="GET",result="ok"}`,
		`qlobooks_http_request_duration_seconds_count{method="POST",route="/api/v1/records/:section/initialize",status="202"} 1`,
	} {
		eventually(t.Context(), t, s, "the metrics have "+want, func() bool {
			metrics = manager.must(t, 200, "GET", s.URL+"/metrics", "")
			return strings.Contains(metrics, want)
		})
	}
	for _, secret := range []string{"Larkspur", "Maren", "larkspur.example"} {
		if strings.Contains(metrics, secret) {
			t.Errorf("the metrics name %s", secret)
		}
	}
	freeAddress := privatetest.FreeAddress(t)
	stop, err := s.App.ServeMetrics(freeAddress)
	if err != nil {
		t.Fatal(err)
	}
	if own := manager.must(t, 200, "GET", "http://"+freeAddress+"/metrics", ""); !strings.Contains(own, "qlobooks_documents_due") {
		t.Error("a worker's own address shows no metrics")
	}
	stop()
	if _, err := http.Get("http://" + freeAddress + "/metrics"); err == nil {
		t.Error("metrics are served after the end")
	}

	db, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("UPDATE qlo_employee SET active = 0 WHERE id_employee = 2"); err != nil {
		t.Fatal(err)
	}
	bookkeeper.must(t, 401, "GET", "/session", "")
	manager.must(t, 204, "DELETE", "/session?everywhere=1", "")
	manager.must(t, 401, "GET", "/session", "")
}

// consent begins a grant in one browser and ends it in another; it tells where that one lands.
func consent(t *testing.T, begins, ends *browser) string {
	t.Helper()
	var grant struct {
		URL string `json:"authorization_url"`
	}
	if err := json.Unmarshal([]byte(begins.must(t, 200, "POST", "/connection/authorize", "")), &grant); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(grant.URL)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("approve", "1")
	u.RawQuery = q.Encode()
	_, back, _ := begins.ask(t, "GET", u.String(), "")
	_, landed, _ := ends.ask(t, "GET", back, "")
	return landed
}

// listen opens the stream of changes.
func listen(t *testing.T, b *browser) *bufio.Scanner {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	r, _ := http.NewRequestWithContext(ctx, "GET", b.url+"/api/v1/events", nil)
	answer, err := b.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = answer.Body.Close() })
	return bufio.NewScanner(answer.Body)
}

// next is the next event in words.
func next(t *testing.T, events *bufio.Scanner) string {
	t.Helper()
	name := ""
	for events.Scan() {
		if event, ok := strings.CutPrefix(events.Text(), "event: "); ok {
			name = event
		}
		data, ok := strings.CutPrefix(events.Text(), "data: ")
		if !ok {
			continue
		}
		var e struct {
			Section, Status string
			SourceID        string `json:"source_id"`
		}
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			t.Fatal(err)
		}
		if name == "run" {
			return "run " + e.Status
		}
		return name + " " + e.Section + " " + e.SourceID + " " + e.Status
	}
	t.Fatalf("the stream ended: %v", events.Err())
	return ""
}
