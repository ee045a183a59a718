package connection_test

import (
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/connection"
	"github.com/qlobooks/qlobooks/internal/fault"
)

// later moves a process' clock on.
func later(s *connection.Service, d time.Duration) {
	s.Now = func() time.Time { return time.Now().Add(d) }
}

func TestATokenServesToItsEndWhenItCannotBeRenewedEarly(t *testing.T) {
	d := newDesk(t)
	s := d.connect(t)
	token, err := s.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d.tokenAPI.Store("<html>")
	later(s, 57*time.Minute)
	if got, err := s.Token(t.Context()); err != nil || got != token {
		t.Errorf("three minutes before its end: %v", err)
	}
	if got, _ := s.Get(t.Context()); got.Status != "connected" || got.LastError == nil {
		t.Errorf("shown as %s, last error %v", got.Status, got.LastError)
	}
	later(s, 61*time.Minute)
	if _, err := s.Token(t.Context()); !fault.Is(err, fault.Limited) || fault.Of(err).RetryAfter <= 0 {
		t.Errorf("after its end: %v", err)
	}
	if got, _ := s.Get(t.Context()); got.Status != "expired" {
		t.Errorf("shown as %s", got.Status)
	}
	d.tokenAPI.Store("")
	later(s, 61*time.Minute+31*time.Second)
	if got, err := s.Token(t.Context()); err != nil || got == token {
		t.Errorf("when Zoho answers again: %v", err)
	}
	if got, _ := s.Get(t.Context()); got.Status != "connected" || got.LastError != nil {
		t.Errorf("shown as %s, last error %v", got.Status, got.LastError)
	}
}

// A right that the user lacks looks like a token that has ended; it must not use up the ten
// renewals of ten minutes and stop everything else.
func TestTokensThatAreRefusedAgainAndAgainAreNotRenewedForEver(t *testing.T) {
	d := newDesk(t)
	s := d.connect(t)
	token, err := s.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	before := d.renewals.Load()
	processes := []*connection.Service{s, d.process(t), d.process(t)}
	for i := range 20 {
		next, err := processes[i%3].Renew(t.Context(), token)
		if err == nil {
			token = next
			continue
		}
		if f := fault.Of(err); f.Code != "token_pause" || f.RetryAfter <= 0 {
			t.Fatal(err)
		}
	}
	if n := d.renewals.Load() - before; n != 4 {
		t.Errorf("%d renewals, want 4", n)
	}
	if _, err := s.Refresh(t.Context(), "a person"); err != nil {
		t.Errorf("a person may still ask: %v", err)
	}
	for _, p := range processes {
		later(p, 11*time.Minute)
	}
	if _, err := s.Renew(t.Context(), token); err != nil {
		t.Errorf("ten minutes later: %v", err)
	}
}

// TestAnAccountsServerThatIsAwayIsAskedOncePerInterval has many records of several processes wait for
// an access while Zoho's accounts server is broken.
func TestAnAccountsServerThatIsAwayIsAskedOncePerInterval(t *testing.T) {
	d := newDesk(t)
	processes := []*connection.Service{d.connect(t), d.process(t), d.process(t)}
	d.tokenAPI.Store("<html>")
	for interval := range 5 {
		before := d.renewals.Load()
		for _, s := range processes {
			later(s, 61*time.Minute+time.Duration(interval)*31*time.Second)
		}
		var wait sync.WaitGroup
		for i := range 30 {
			wait.Go(func() {
				_, err := processes[i%3].Token(t.Context())
				if f := fault.Of(err); !fault.Is(err, fault.Limited) || f.Code != "zoho_unavailable" || f.RetryAfter <= 0 || f.RetryAfter > 30*time.Second {
					t.Errorf("while it is away: %v", err)
				}
			})
		}
		wait.Wait()
		if n := d.renewals.Load() - before; n != 1 {
			t.Errorf("interval %d: %d requests of 30 records, want one", interval, n)
		}
	}
	d.tokenAPI.Store("")
	if _, err := processes[1].Refresh(t.Context(), "a person"); err != nil {
		t.Errorf("a person need not wait: %v", err)
	}
	if _, err := processes[2].Token(t.Context()); err != nil {
		t.Errorf("after that nobody waits: %v", err)
	}
}

// TestAllProcessesTogetherRenewLessThanZohoAllows lets a token end again and again.
func TestAllProcessesTogetherRenewLessThanZohoAllows(t *testing.T) {
	d := newDesk(t)
	processes := []*connection.Service{d.connect(t), d.process(t), d.process(t)}
	before := d.renewals.Load()
	for i := range 30 {
		s := processes[i%3]
		if err := s.DB.Exec("UPDATE qlobooks_connection SET access_expires_at = ?", time.Now().UTC().Add(-time.Minute)).Error; err != nil {
			t.Fatal(err)
		}
		if _, err := s.Renew(t.Context(), ""); err != nil && !fault.Is(err, fault.Limited) {
			t.Fatal(err)
		}
	}
	if n := d.renewals.Load() - before; n != 8 {
		t.Errorf("%d renewals in ten minutes, want 8", n)
	}
}

func TestARevokedGrantIsShownAndAnotherConsentHealsIt(t *testing.T) {
	d := newDesk(t)
	s := d.connect(t)
	d.books.RevokeAll()
	if _, err := s.Refresh(t.Context(), "test"); fault.Of(err) == nil || fault.Of(err).Code != "grant_revoked" {
		t.Fatalf("refresh of a revoked grant: %v", err)
	}
	got, err := s.Get(t.Context())
	if err != nil || got.Status != "revoked" || got.Issue == nil || got.Issue.Code != "grant_revoked" || *got.OrganizationID == "" {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := s.Client(t.Context()); !fault.Is(err, fault.Auth) {
		t.Errorf("a client without a grant: %v", err)
	}
	if err := s.Callback(t.Context(), d.consent(t, s)); err != nil {
		t.Fatal(err)
	}
	if got, _ := s.Get(t.Context()); got.Status != "connected" || got.Issue != nil {
		t.Errorf("after another consent: %+v", got)
	}
}

// TestOneWordOfTheAccountsServerEndsNoGrant: it is asked a second time, as everything stands still after
// that until a person connects again.
func TestOneWordOfTheAccountsServerEndsNoGrant(t *testing.T) {
	for _, word := range []string{"invalid_code", "invalid_grant", "invalid_client"} {
		d := newDesk(t)
		s := d.connect(t)
		stale, err := s.Token(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		d.once.Store(true)
		d.tokenAPI.Store(`{"error":"` + word + `"}`)
		if token, err := s.Renew(t.Context(), stale); err != nil || token == "" || token == stale {
			t.Errorf("%s, then an access: %v", word, err)
		}
		if got, err := s.Get(t.Context()); err != nil || got.Status != "connected" || got.Issue != nil {
			t.Errorf("%s, then an access: %+v %v", word, got, err)
		}
	}
}

// TestARefusalOfEverythingIsShownUntilItEnds by whichever process learns of it, and ends no grant.
func TestARefusalOfEverythingIsShownUntilItEnds(t *testing.T) {
	d := newDesk(t)
	s := d.connect(t)
	s.Refused(t.Context(), "token_pause", "Zoho Books refuses everything.")
	if got, err := s.Get(t.Context()); err != nil || got.Status != "connected" || got.Issue == nil || got.Issue.Code != "token_pause" || got.LastError == nil {
		t.Errorf("while it is refused: %+v %v", got, err)
	}
	c, err := d.process(t).Client(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Taxes(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Get(t.Context()); err != nil || got.Issue != nil || got.LastError != nil {
		t.Errorf("when another process is let in: %+v %v", got, err)
	}
}

func TestDisconnectingIsNotARevocationByOthers(t *testing.T) {
	d := newDesk(t)
	s := d.connect(t)
	stale, err := s.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Disconnect(t.Context(), "test"); err != nil {
		t.Fatal(err)
	}
	other := d.process(t)
	if _, err := other.Client(t.Context()); !fault.Is(err, fault.Held) || fault.Of(err).Code != "not_connected" {
		t.Errorf("client: %v", err)
	}
	if _, err := other.Renew(t.Context(), stale); !fault.Is(err, fault.Held) {
		t.Errorf("renewal: %v", err)
	}
}

func TestAStateOfASessionNeedsThatSession(t *testing.T) {
	d := newDesk(t)
	s := d.process(t)
	for session, want := range map[string]string{"stranger": "invalid_state", "": "invalid_state", "mine": ""} {
		answer := d.consent(t, s)
		grant, err := s.Authorize(t.Context(), "mine", "test")
		if err != nil {
			t.Fatal(err)
		}
		answer.State, answer.Session = stateOf(t, grant.AuthorizationURL), session
		code := ""
		if err := s.Callback(t.Context(), answer); err != nil {
			code = fault.Of(err).Code
		}
		if code != want {
			t.Errorf("session %q: %q, want %q", session, code, want)
		}
	}
	answer := d.consent(t, s)
	later(s, 11*time.Minute)
	if err := s.Callback(t.Context(), answer); fault.Of(err) == nil || fault.Of(err).Code != "invalid_state" {
		t.Errorf("eleven minutes later: %v", err)
	}
}

func TestTheConnectionTestNamesEveryCheck(t *testing.T) {
	d := newDesk(t)
	names := []string{"token", "organization", "plan", "base_currency", "time_zone", "custom_field", "taxes", "deposit_account", "lock_dates", "rounding", "reminders"}
	for _, name := range []string{"not connected", "connected"} {
		s := d.process(t)
		if name == "connected" {
			s = d.connect(t)
		}
		checks, err := s.Test(t.Context())
		if err == nil && checks[0].OK != (name == "connected") {
			t.Errorf("%s: %+v", name, checks[0])
		}
		if err != nil || len(checks) != len(names) {
			t.Fatalf("%s: %d checks, %v", name, len(checks), err)
		}
		for i, c := range checks {
			if c.Check != names[i] || c.Detail == "" || !c.OK && c.Action == "" {
				t.Errorf("%s: %+v", name, c)
			}
		}
	}
}

// stateOf reads the state out of the address of Zoho's page.
func stateOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("state")
}
