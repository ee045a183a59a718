package rest_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest"
)

// behindProxy believes what httptest, which calls from 192.0.2.1, says of addresses.
func behindProxy(o *rest.Options) {
	o.RatePerSecond = 1000
	o.TrustedProxies = append(o.TrustedProxies, netip.MustParsePrefix("192.0.2.0/24"))
}

func tryFrom(t *testing.T, api http.Handler, ip, email string, headers ...string) answer {
	t.Helper()
	return call(t, api, "", "POST", "/api/v1/session", `{"email":"`+email+`","password":"guess"}`, append(headers, "X-Forwarded-For", ip)...)
}

// TestAnAddressHasOneName however it is spelled: MySQL takes accents and capitals for the same.
func TestAnAddressHasOneName(t *testing.T) {
	t.Parallel()

	api, _ := setupAPI(behindProxy)
	spellings := []string{"admin@sec.example", "ádmin@sec.example", "ADMIN@śec.example", "ądmin@sec.example", "a\u0301dmin@sec.example", "ａdmin@sec.example", "admin\u0323@sec.example"}
	let := 0
	for n := range 70 {
		if tryFrom(t, api, fmt.Sprintf("198.51.100.%d", n), spellings[n%len(spellings)]).Code == 401 {
			let++
		}
	}
	if let != 10 {
		t.Errorf("%d of 70 attempts were let through, want 10", let)
	}
}

// TestAStrangersTextIsNotKept: what a stranger sends is counted and forgotten.
func TestAStrangersTextIsNotKept(t *testing.T) {
	api, _ := setupAPI(behindProxy)
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before, tries := heap(), 100
	if testing.Short() {
		tries = 25
	}
	for n := range tries {
		email := strconv.Itoa(n) + strings.Repeat("a", 900<<10)
		if got := tryFrom(t, api, fmt.Sprintf("198.51.100.%d", n), email); got.Code != 401 && got.Code != 422 {
			t.Fatalf("an endless address: %d", got.Code)
		}
	}
	if after := heap(); after > before+uint64(tries)*200<<10 {
		t.Errorf("%d MiB are kept of %d addresses", (after-before)>>20, tries)
	}
	runtime.KeepAlive(api)
}

// TestANetworkIsOnePlace: whoever has an IPv6 address has the whole network.
func TestANetworkIsOnePlace(t *testing.T) {
	t.Parallel()

	api, _ := setupAPI(behindProxy)
	let := 0
	for n := range 60 {
		if tryFrom(t, api, fmt.Sprintf("2001:db8:1:2::%x", n+1), strconv.Itoa(n)+"@example.com").Code == 401 {
			let++
		}
	}
	if let != 20 {
		t.Errorf("%d of 60 attempts of one network were let through, want 20", let)
	}
	if got := tryFrom(t, api, "2001:db8:1:3::1", "ada@example.com"); got.Code != 401 {
		t.Errorf("another network pays for it: %d", got.Code)
	}
}

// TestNobodyKeepsAnEmployeeOut: one place that tries an employee over and over is stopped alone, and
// a browser that was let in before is not stopped by any.
func TestNobodyKeepsAnEmployeeOut(t *testing.T) {
	t.Parallel()

	api, _ := setupAPI(behindProxy)
	in := func(ip string, headers ...string) answer {
		return call(t, api, "", "POST", "/api/v1/session", `{"email":"ada@example.com","password":"viewer"}`, append(headers, "X-Forwarded-For", ip)...)
	}
	for range 30 {
		tryFrom(t, api, "198.51.100.1", "ada@example.com")
	}
	if got := tryFrom(t, api, "198.51.100.1", "ada@example.com"); got.Code != 429 {
		t.Errorf("the place that tries goes on: %d", got.Code)
	}
	first := in("203.0.113.7")
	if first.Code != 200 {
		t.Fatalf("the employee is kept out: %d %s", first.Code, first.Body)
	}
	for n := range 30 {
		tryFrom(t, api, fmt.Sprintf("198.51.101.%d", n), "ada@example.com")
	}
	if got := in("203.0.113.8"); got.Code != 429 {
		t.Errorf("a stranger's place is let in though all the world tries: %d", got.Code)
	}
	if got := in("203.0.113.8", "Cookie", "__Host-qlobooks_browser=known-as-ada@example.com"); got.Code != 200 {
		t.Errorf("a browser that was let in before is kept out: %d", got.Code)
	}
	kept := ""
	for _, c := range first.Result().Cookies() {
		if c.Name == "__Host-qlobooks_browser" && c.HttpOnly && c.Secure {
			kept = c.Value
		}
	}
	if kept != "known-as-ada@example.com" {
		t.Errorf("the browser keeps %q", kept)
	}
}

// TestHealthIsNeverTooMuch: a monitor must not take a busy service for an ill one.
func TestHealthIsNeverTooMuch(t *testing.T) {
	t.Parallel()

	api, _ := setupAPI(func(o *rest.Options) { o.RatePerSecond = 1 })
	for range 10 {
		call(t, api, "", "GET", "/api/v1/connection/callback", "")
	}
	if got := call(t, api, "", "GET", "/api/v1/connection/callback", ""); got.Code != 429 {
		t.Fatalf("strangers are not limited: %d", got.Code)
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		if got := call(t, api, "", "GET", path, ""); got.Code != 200 {
			t.Errorf("%s: %d", path, got.Code)
		}
	}
}

// TestRefusalsLeaveATrace in the log at its usual level, and failed sign-ins in the audit.
func TestRefusalsLeaveATrace(t *testing.T) {
	t.Parallel()

	var log bytes.Buffer
	var audited []string
	api, _ := setupAPI(func(o *rest.Options) {
		o.RatePerSecond = 1000
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
		o.Audit = func(_ context.Context, action, actor, what string) {
			audited = append(audited, action+" "+actor+": "+what)
		}
	})
	for name, ask := range map[string]func() answer{
		"a role too low":  func() answer { return call(t, api, "viewer", "GET", "/api/v1/tokens", "") },
		"a guessed token": func() answer { return call(t, api, "guess", "GET", "/api/v1/overview", "") },
		"a wrong password": func() answer {
			return call(t, api, "", "POST", "/api/v1/session", `{"email":"ada\u202e\n@example.com","password":"guess"}`)
		},
	} {
		log.Reset()
		got := ask()
		if line := log.String(); !strings.Contains(line, "status="+strconv.Itoa(got.Code)) || !strings.Contains(line, got.problem.Code) || strings.Count(line, "\n") != 1 {
			t.Errorf("%s: %d, log %q", name, got.Code, line)
		}
		if name == "a wrong password" && !strings.Contains(log.String(), "tried=ada@example.com") {
			t.Errorf("the account that was tried is not named: %s", log.String())
		}
	}
	if len(audited) != 1 || audited[0] != "sign_in_failed ada@example.com: A sign-in from 192.0.2.1 was refused." {
		t.Errorf("the audit says %q", audited)
	}
	log.Reset()
	if call(t, api, "viewer", "GET", "/api/v1/overview", ""); log.Len() > 0 {
		t.Errorf("what went well is told: %s", log.String())
	}
	for range 3 {
		call(t, api, "viewer", "GET", "/api/v1/overview", "", "X-Forwarded-For", "203.0.113.1")
	}
	if n := strings.Count(log.String(), "QLOBOOKS_TRUSTED_PROXIES"); n != 1 {
		t.Errorf("an unknown proxy is told %d times: %s", n, log.String())
	}
}

// TestAnswersAreNobodyElses: no cache keeps what the API says, whoever asked and whatever came of it.
func TestAnswersAreNobodyElses(t *testing.T) {
	t.Parallel()

	api, _ := setupAPI(nil)
	for _, path := range []string{"/records/customers", "/overview", "/pairing/customers.csv", "/nothing", "/session"} {
		for _, role := range []string{"viewer", ""} {
			if got := call(t, api, role, "GET", "/api/v1"+path, ""); got.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("%s as %q: %d, Cache-Control %q", path, role, got.Code, got.Header().Get("Cache-Control"))
			}
		}
	}
	got := call(t, api, "", "GET", "/healthz", "")
	for name, want := range map[string]string{"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000; includeSubDomains"} {
		if got.Header().Get(name) != want {
			t.Errorf("%s: %q", name, got.Header().Get(name))
		}
	}
	if got.Header().Get("Permissions-Policy") == "" {
		t.Error("no Permissions-Policy")
	}
}
