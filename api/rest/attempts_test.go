package rest_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/api/rest"
)

// clocked is behindProxy with a clock that only the test moves.
func clocked(now *time.Time) func(*rest.Options) {
	return func(o *rest.Options) {
		behindProxy(o)
		o.Now = func() time.Time { return *now }
	}
}

func signInFrom(t *testing.T, api http.Handler, ip string, headers ...string) answer {
	t.Helper()
	return call(t, api, "", "POST", "/api/v1/session", `{"email":"ada@example.com","password":"viewer"}`, append(headers, "X-Forwarded-For", ip)...)
}

// TestARightPasswordUsesNothingUp, and neither one nor two places that try one after another keep the
// employee out of a new browser.
func TestARightPasswordUsesNothingUp(t *testing.T) {
	t.Parallel()

	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	api, _ := setupAPI(clocked(&now))
	for n := range 22 {
		if got := signInFrom(t, api, "203.0.113.7"); got.Code != 200 {
			t.Fatalf("right sign-in %d: %d %s", n+1, got.Code, got.Body)
		}
	}
	for n := range 600 { // for 70 minutes, from two places
		now = now.Add(7 * time.Second)
		tryFrom(t, api, fmt.Sprintf("198.51.100.%d", 1+n%2), "ada@example.com")
		if n%10 != 0 {
			continue
		}
		if got := signInFrom(t, api, "203.0.113.8"); got.Code != 200 {
			t.Fatalf("the employee is kept out after %d wrong ones: %d %s", n+1, got.Code, got.Body)
		}
	}
}

// TestAStrangerWithManyAddressesHasTenTries, also while the employee signs in between.
func TestAStrangerWithManyAddressesHasTenTries(t *testing.T) {
	t.Parallel()

	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	api, _ := setupAPI(clocked(&now))
	let := 0
	for n := range 400 {
		if tryFrom(t, api, fmt.Sprintf("198.51.%d.%d", n/200, n%200), "ada@example.com").Code == 401 {
			let++
		}
		if n%3 == 0 {
			signInFrom(t, api, fmt.Sprintf("203.0.113.%d", n%200))
		}
	}
	if let != 10 {
		t.Errorf("%d wrong ones were let through, want 10", let)
	}
	now = now.Add(30 * time.Second)
	if got := tryFrom(t, api, "198.51.100.250", "ada@example.com"); got.Code != 401 {
		t.Errorf("after half a minute: %d", got.Code)
	}
	got := tryFrom(t, api, "198.51.100.251", "ada@example.com")
	if got.Code != 429 || got.Header().Get("Retry-After") != "31" && got.Header().Get("Retry-After") != "30" {
		t.Errorf("the one after that: %d, Retry-After %s", got.Code, got.Header().Get("Retry-After"))
	}
}

// TestARefusedSignInLeavesATrace: each one the account in the log, and in the audit one line when nothing
// is left of what a person may try.
func TestARefusedSignInLeavesATrace(t *testing.T) {
	t.Parallel()

	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	var log bytes.Buffer
	var audited []string
	api, _ := setupAPI(func(o *rest.Options) {
		clocked(&now)(o)
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
		o.Audit = func(_ context.Context, action, actor, _ string) { audited = append(audited, action+" "+actor) }
	})
	for n := range 15 {
		tryFrom(t, api, fmt.Sprintf("198.51.100.%d", n), "ada@example.com")
	}
	if n := strings.Count(log.String(), "tried=ada@example.com"); n != 15 {
		t.Errorf("the log names the account %d times: %s", n, log.String())
	}
	throttled := slices.DeleteFunc(slices.Clone(audited), func(line string) bool { return line != "sign_in_throttled ada@example.com" })
	if len(throttled) != 1 || len(audited) != 11 {
		t.Errorf("the audit says %q", audited)
	}
}

// TestANewSignInEndsTheFormerSession of the browser.
func TestANewSignInEndsTheFormerSession(t *testing.T) {
	t.Parallel()

	api, w := setupAPI(nil)
	if got := call(t, api, "", "POST", "/api/v1/session", `{"email":"ada@example.com","password":"viewer"}`, "Cookie", cookieOf("admin")); got.Code != 200 || !slices.Contains(w.asked, "end session of admin false") {
		t.Errorf("%d, asked %v", got.Code, w.asked)
	}
	if got := call(t, api, "", "POST", "/api/v1/session", `{"email":"ada@example.com","password":"viewer"}`, "Cookie", "__Host-qlobooks_session=old"); got.Code != 200 {
		t.Errorf("with a session that is over: %d %s", got.Code, got.Body)
	}
	w.asked = nil
	if got := call(t, api, "", "POST", "/api/v1/session", `{"email":"ada@example.com","password":"guess"}`, "Cookie", cookieOf("admin")); got.Code != 401 || len(w.asked) > 0 {
		t.Errorf("a wrong one: %d, asked %v", got.Code, w.asked)
	}
}

// TestStrangersCostNoMoreThanTheirShare: beyond it guessed credentials are not looked up, and whoever was
// let in before goes on at the same place.
func TestStrangersCostNoMoreThanTheirShare(t *testing.T) {
	t.Parallel()

	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	api, w := setupAPI(func(o *rest.Options) {
		clocked(&now)(o)
		o.RatePerSecond = 10
	})
	ask := func(token string) int {
		return call(t, api, token, "GET", "/api/v1/overview", "").Code
	}
	if code := ask("viewer"); code != 200 {
		t.Fatalf("the viewer: %d", code)
	}
	for n := range 100 {
		ask(fmt.Sprintf("guess%d", n))
	}
	if w.looks != 31 {
		t.Errorf("%d credentials were looked up, want the viewer's and 30", w.looks)
	}
	if code := ask("guess"); code != 429 {
		t.Errorf("one more guess: %d", code)
	}
	if code := ask("viewer"); code != 200 {
		t.Errorf("the viewer is kept out: %d", code)
	}
	now = now.Add(time.Second)
	if code := ask("admin"); code != 200 {
		t.Errorf("a new caller a second later: %d", code)
	}
}

// TestTheVersionSaysNothingOfWhatIsNotShown: a hash of the webhook's address could be guessed at.
func TestTheVersionSaysNothingOfWhatIsNotShown(t *testing.T) {
	t.Parallel()

	tags := map[string][]string{}
	for _, hook := range []string{"https://hooks.example.com/SECRET1", "https://hooks.example.com/SECRET2"} {
		api, w := setupAPI(nil)
		w.hook = hook
		for _, role := range []string{"viewer", "operator", "accountant", "admin"} {
			tags[role] = append(tags[role], call(t, api, role, "GET", "/api/v1/settings/alerts", "").Header().Get("ETag"))
		}
	}
	for role, two := range tags {
		if same := two[0] == two[1]; two[0] == "" || same != (role != "admin") {
			t.Errorf("the versions of two addresses for %s: %v", role, two)
		}
	}
}
