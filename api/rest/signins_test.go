package rest_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/access"
)

// TestWhoTriedToSignIn: every try is noted with where it came from, what strangers send as far as they cannot
// fill the list; an admin sees all, everybody else their own.
func TestWhoTriedToSignIn(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	api, w := setupAPI(clocked(&now))
	try := func(email, password string) {
		call(t, api, "", "POST", "/api/v1/session", `{"email":"`+email+`","password":"`+password+`"}`, "User-Agent", "Firefox\x1b[31m")
	}
	try("ada@example.com", "viewer")
	try("secret in the wrong field", "no")
	want := []access.SignInTry{{Account: "ada@example.com", Employee: "7", From: "192.0.2.1", Browser: "Firefox[31m", Outcome: access.SignedIn}, {Account: "what is no e-mail address", From: "192.0.2.1", Browser: "Firefox[31m", Outcome: access.Refused}}
	if !slices.Equal(w.tries, want) {
		t.Errorf("noted %+v", w.tries)
	}
	for n := range 200 {
		tryFrom(t, api, fmt.Sprintf("198.51.100.%d", n), "ben@example.com")
	}
	outcomes := map[string]int{}
	for _, try := range w.tries {
		outcomes[try.Outcome]++
	}
	if outcomes[access.Throttled] != 1 || outcomes[access.Refused] < 10 || outcomes[access.Refused] > 60 {
		t.Errorf("noted %v of 200 wrong sign-ins", outcomes)
	}
	api, w = setupAPI(nil)
	for _, role := range []string{"viewer", "operator", "accountant", "admin"} {
		if got := call(t, api, "", "GET", "/api/v1/sign-ins", "", "Cookie", cookieOf(role)); got.Code != 200 {
			t.Errorf("%s: %d %s", role, got.Code, got.Body)
		}
		if got := call(t, api, role, "GET", "/api/v1/sign-ins", ""); got.Code != 200 {
			t.Errorf("%s by token: %d %s", role, got.Code, got.Body)
		}
	}
	if want := []string{"sign-ins of 7", "sign-ins of 7", "sign-ins of 7", "sign-ins of ", "sign-ins of "}; !slices.Equal(w.asked, want) {
		t.Errorf("asked for %q", w.asked)
	}
}
