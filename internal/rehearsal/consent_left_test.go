package rehearsal_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sample"
)

// approved goes through the consent of an address that the product gave, up to the way back.
func approved(t *testing.T, b *browser, address string) (back string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("approve", "1")
	u.RawQuery = q.Encode()
	_, back, _ = b.ask(t, "GET", u.String(), "")
	return back
}

// TestAConsentEndsWithTheRightToGiveIt begins consents as an administrator and with a token, and takes the role and the token
// away before Zoho Books sends the person back.
func TestAConsentEndsWithTheRightToGiveIt(t *testing.T) {
	atOnce(t)
	s := openStage(t.Context(), t, rehearsal.Options{MySQL: hotel(t, "qlo_"), Redis: privatetest.Redis(t), CookieKey: sample.CookieKey})
	manager, bookkeeper := newBrowser(s.URL), newBrowser(s.URL)
	manager.enter(t, sample.Employees[0])
	manager.must(t, 200, "PUT", "/settings/access", `{"profile_roles":{"3":"admin"}}`)
	bookkeeper.enter(t, sample.Employees[1])
	connect, _ := json.Marshal(map[string]any{"data_center": "custom", "token_domain": s.Zoho, "api_domain": s.Zoho, "dashboard_domain": s.Zoho,
		"use_own_application": true, "client_id": "sandbox-client", "client_secret": "sandbox-secret", "organization_id": nil})
	manager.must(t, 200, "PUT", "/connection", string(connect))
	var grant struct {
		URL string `json:"authorization_url"`
	}
	begin := func(text string) string {
		t.Helper()
		if err := json.Unmarshal([]byte(text), &grant); err != nil {
			t.Fatal(err)
		}
		return grant.URL
	}

	back := approved(t, bookkeeper, begin(bookkeeper.must(t, 200, "POST", "/connection/authorize", "")))
	manager.must(t, 200, "PUT", "/settings/access", `{"profile_roles":{"3":"accountant"}}`)
	if _, landed, _ := bookkeeper.ask(t, "GET", back, ""); !strings.HasSuffix(landed, "/configuration?error=invalid_state") {
		t.Errorf("who is no administrator any more connected: %s", landed)
	}

	var token struct{ ID, Token string }
	if err := s.Call(t.Context(), http.MethodPost, "/tokens", map[string]any{"name": "Installer", "role": "admin"}, &token); err != nil {
		t.Fatal(err)
	}
	ours := s.Token
	s.Token = token.Token
	if err := s.Call(t.Context(), http.MethodPost, "/connection/authorize", nil, &grant); err != nil {
		t.Fatal(err)
	}
	s.Token = ours
	nobody := newBrowser(s.URL)
	back = approved(t, nobody, grant.URL)
	if err := s.Call(t.Context(), http.MethodDelete, "/tokens/"+token.ID, nil, nil); err != nil {
		t.Fatal(err)
	}
	if _, landed, _ := nobody.ask(t, "GET", back, ""); !strings.HasSuffix(landed, "/configuration?error=invalid_state") {
		t.Errorf("a token that was deleted connected: %s", landed)
	}
	var c struct{ Status string }
	if err := s.Call(t.Context(), http.MethodGet, "/connection", nil, &c); err != nil || c.Status != "disconnected" {
		t.Errorf("the connection is %s, %v", c.Status, err)
	}
	if landed := consent(t, manager, manager); !strings.HasSuffix(landed, "/configuration?connected=1") {
		t.Errorf("an administrator's consent ends at %s", landed)
	}
}
