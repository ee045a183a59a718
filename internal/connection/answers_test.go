package connection_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/connection"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/limit"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
	"github.com/qlobooks/qlobooks/internal/secret"
)

// accounts stands before the stand-in and answers what is asked of the accounts server, as told.
type accounts struct {
	next        http.RoundTripper
	status      int // 0 = the stand-in answers
	body        []byte
	contentType string
	broken      bool          // the connection breaks instead
	access      secret.String // what a renewal gives otherwise: the stand-in gives ten in ten minutes
}

func (a *accounts) RoundTrip(r *http.Request) (*http.Response, error) {
	switch {
	case r.URL.Path == "/oauth/v2/token/revoke": // what is kept serves again
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
	case r.URL.Path != "/oauth/v2/token":
		return a.next.RoundTrip(r)
	case a.broken:
		return nil, errors.New("connection reset")
	case a.status == 0:
		form, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(form))
		if !strings.Contains(string(form), "grant_type=refresh_token") {
			return a.next.RoundTrip(r)
		}
		a = &accounts{status: 200, body: fmt.Appendf(nil, `{"access_token":%q,"expires_in":3600}`, a.access.Reveal()), contentType: "application/json"}
	}
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil && trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{})
	}
	return &http.Response{StatusCode: a.status, Header: http.Header{"Content-Type": {a.contentType}}, Body: io.NopCloser(bytes.NewReader(a.body)), Request: r}, nil
}

// kept is a connection that can be had again as it was.
type kept struct {
	*desk
	*connection.Service
	accounts *accounts
	database *privatetest.Failing
	access   secret.String
	lasting  string // the refresh token, as the ring opens it
}

func keep(t testing.TB) *kept {
	d := newDesk(t)
	d.books = books.New(books.Options{NoLimits: true})
	s := d.process(t)
	limiter := limit.New(d.redis, "kept", limit.Options{Rates: limit.Rates{PerMinute: 1e6, PerDay: 1e6, Concurrency: 10}})
	s.Limiter = func(string) *limit.Limiter { return limiter }
	if err := s.Callback(t.Context(), d.consent(t, s)); err != nil {
		t.Fatal(err)
	}
	k := &kept{desk: d, Service: s, accounts: &accounts{next: s.HTTP.Transport}}
	var err error
	if k.access, err = s.Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	k.must(t, "CREATE TABLE qlobooks_test_kept AS SELECT * FROM qlobooks_connection")
	k.lasting = k.refreshToken(t)
	k.database = privatetest.Fail(s.DB)
	return k
}

func (k *kept) must(t testing.TB, statement string) {
	t.Helper()
	if err := k.DB.Exec(statement).Error; err != nil {
		t.Fatal(err)
	}
}

// again puts the row back and gives the connection as a process sees it that has just started.
func (k *kept) again(t testing.TB) *connection.Service {
	t.Helper()
	k.must(t, "REPLACE INTO qlobooks_connection SELECT * FROM qlobooks_test_kept")
	*k.accounts = accounts{next: k.accounts.next, access: k.access}
	http := *k.HTTP
	http.Transport = k.accounts
	k.Service = &connection.Service{DB: k.DB, Ring: k.Ring, Now: time.Now, PublicURL: k.PublicURL, AllowedOrigins: k.AllowedOrigins, HTTP: &http, Limiter: k.Limiter, Linked: k.Linked, Connected: k.Connected,
		Waits: []time.Duration{time.Millisecond, time.Millisecond}}
	return k.Service
}

// refreshToken is the lasting access as it is stored.
func (k *kept) refreshToken(t testing.TB) string { return k.stored(t, "refresh_token") }

func (k *kept) stored(t testing.TB, column string) string {
	t.Helper()
	var sealed *string
	if err := k.DB.Raw("SELECT " + column + " FROM qlobooks_connection").Scan(&sealed).Error; err != nil {
		t.Fatal(err)
	}
	if sealed == nil {
		return ""
	}
	open, err := k.Ring.Open(*sealed, "connection:"+column)
	if err != nil {
		t.Fatal(err)
	}
	return open.Reveal()
}

var (
	stableCode  = regexp.MustCompile(`^[a-z][a-z_]{2,40}$`)
	usableToken = regexp.MustCompile(`^[!-~]+$`)
)

// FuzzTokenAnswers holds whatever the accounts server may answer to one promise: a new access, or a
// fault and everything as it was. A good token is never overwritten by an empty one.
func FuzzTokenAnswers(f *testing.F) {
	for _, body := range []string{
		`{"access_token":"1000.new","expires_in":3600}`, `{"access_token":"1000.new","expires_in":-1,"refresh_token":""}`, `{"access_token":"1000.new","expires_in":"3600","api_domain":"https://stranger.test"}`,
		`{"access_token":""}`, `{"access_token":" "}`, `{"access_token":"a\nb"}`, `{"access_token":null}`, `{"access_token":7}`, `{"access_token":["x"]}`, `{"access_token":"x","expires_in":1e400}`,
		`{"access_token":"x","expires_in":99999999999999}`, `{"access_token":"x","error":"invalid_code"}`, `{"error":"invalid_code"}`, `{"error":"Access Denied"}`, `{"error":"general_error"}`, `{"error":["?"]}`,
		`{"error":"` + strings.Repeat("long ", 200) + `"}`, `{"error":"<script>"}`, `{}`, `[]`, `null`, ``, `<html>`, `access_token=1000.new&expires_in=3600`, `access_token=`, `{"access_token":"1000.ne`, "\xff\xfe",
	} {
		for _, status := range []int{200, 400, 401, 500} {
			f.Add(status, []byte(body), "application/json")
		}
		f.Add(200, []byte(body), "text/html;charset=UTF-8")
		f.Add(200, []byte(body), "application/x-www-form-urlencoded")
	}
	k := keep(f)
	f.Fuzz(func(t *testing.T, status int, body []byte, contentType string) {
		if status < 200 || status > 599 {
			return
		}
		s := k.again(t)
		later(s, 61*time.Minute)
		k.accounts.status, k.accounts.body, k.accounts.contentType = status, body, contentType
		token, err := s.Token(t.Context())
		if err == nil {
			if !usableToken.MatchString(token.Reveal()) || k.stored(t, "access_token") != token.Reveal() {
				t.Fatalf("HTTP %d %q passes for an access: %q", status, body, token.Reveal())
			}
		} else {
			if got := fault.Of(err); got.Kind != fault.Limited && got.Kind != fault.Auth || got.Kind == fault.Limited && got.RetryAfter <= 0 {
				t.Fatalf("HTTP %d %q: records would fail for %v", status, body, err)
			}
			if k.stored(t, "access_token") != k.access.Reveal() {
				t.Fatalf("HTTP %d %q overwrote the access with %q", status, body, k.stored(t, "access_token"))
			}
		}
		if k.refreshToken(t) != k.lasting {
			t.Fatalf("HTTP %d %q overwrote the lasting access with %q", status, body, k.refreshToken(t))
		}

		k.accounts.status = 0
		s = k.again(t)
		answer := k.consent(t, s)
		k.accounts.status, k.accounts.body, k.accounts.contentType = status, body, contentType
		if err := s.Callback(t.Context(), answer); err != nil {
			if got := fault.Of(err); got.Kind == fault.Internal || !stableCode.MatchString(got.Code) || got.Action == "" {
				t.Fatalf("HTTP %d %q: consent ends with %v", status, body, err)
			}
		}
		if k.refreshToken(t) == "" {
			t.Fatalf("HTTP %d %q: consent lost the lasting access", status, body)
		}
	})
}

// TestTheDatabaseFailsUnderTheConnection opens every door while the connection to the database breaks at
// every statement in turn. Whatever that interrupts, the lasting access stands, and the door opens the
// next time.
func TestTheDatabaseFailsUnderTheConnection(t *testing.T) {
	k := keep(t)
	ended := false // the door is to end the grant
	for _, door := range []struct {
		name  string
		later time.Duration
		quiet bool // trouble is not told, as something older is good enough
		ends  bool
		open  func(s *connection.Service) error
	}{
		{name: "show it", open: func(s *connection.Service) error { _, err := s.Get(t.Context()); return err }},
		{name: "save it again", open: func(s *connection.Service) error { _, err := s.Put(t.Context(), k.input(), "", "test"); return err }},
		{name: "choose the organization", open: func(s *connection.Service) error {
			if err := k.DB.Exec("UPDATE qlobooks_connection SET organization_id = ''").Error; err != nil {
				return err
			}
			in, id := k.input(), "10234695"
			in.OrganizationID = &id
			_, err := s.Put(t.Context(), in, "", "test")
			return err
		}},
		{name: "ask for consent", open: func(s *connection.Service) error { _, err := s.Authorize(t.Context(), "", "test"); return err }},
		{name: "take an access that ended", later: 61 * time.Minute, open: func(s *connection.Service) error { _, err := s.Token(t.Context()); return err }},
		{name: "renew a refused access", open: func(s *connection.Service) error { _, err := s.Renew(t.Context(), k.access); return err }},
		{name: "renew it by a person's wish", open: func(s *connection.Service) error { _, err := s.Refresh(t.Context(), "test"); return err }},
		{name: "list the organizations", open: func(s *connection.Service) error { _, err := s.Organizations(t.Context(), false); return err }},
		// What is known stands when asking Zoho anew comes to nothing, whichever minute it is.
		{name: "ask for the organizations", later: 2 * time.Minute, quiet: true, open: func(s *connection.Service) error { _, err := s.Organizations(t.Context(), true); return err }},
		{name: "take a client", open: func(s *connection.Service) error { _, err := s.Client(t.Context()); return err }},
		{name: "learn of the organization", open: func(s *connection.Service) error { return s.Learn(t.Context()) }},
		{name: "know the organization", later: 2 * time.Hour, quiet: true, open: func(s *connection.Service) error { _, _, err := s.Organization(t.Context()); return err }},
		{name: "know the locks", later: 2 * time.Hour, quiet: true, open: func(s *connection.Service) error { _, err := s.Locks(t.Context()); return err }},
		{name: "read the locks anew", open: func(s *connection.Service) error { return s.RereadLocks(t.Context()) }},
		{name: "show the budget", open: func(s *connection.Service) error { _, err := s.Budget(t.Context()); return err }},
		{name: "seal it again", open: func(s *connection.Service) error { _, err := s.Reseal(t.Context()); return err }},
		// Zoho keeps twenty lasting accesses of a user, so that what follows has none to go on with.
		{name: "come back from consent", open: func(s *connection.Service) error {
			grant, err := s.Authorize(t.Context(), "", "test")
			if err != nil {
				return err
			}
			return s.Callback(t.Context(), k.approve(t, grant))
		}},
		{name: "disconnect", ends: true, open: func(s *connection.Service) error { return s.Disconnect(t.Context(), "test") }},
	} {
		t.Run(door.name, func(t *testing.T) {
			for _, how := range privatetest.Losses {
				reached := true
				for n := 1; reached; n++ {
					at := fmt.Sprintf("statement %d, %s", n, how)
					s := k.again(t)
					later(s, door.later)
					k.database.Arm(n, how)
					err := door.open(s)
					reached = k.database.Disarm()
					if reached && err == nil && !door.quiet {
						t.Errorf("%s: nobody is told", at)
					}
					if !reached && err != nil {
						t.Fatalf("without trouble: %v", err)
					}
					if err != nil && fault.Is(err, fault.Auth) {
						t.Errorf("%s: the grant counts as gone: %v", at, err)
					}
					if k.refreshToken(t) == "" && !door.ends {
						t.Fatalf("%s: the lasting access is lost", at)
					}
					if err := door.open(s); err != nil && !fault.Is(err, fault.Limited) {
						t.Errorf("%s: the next time it ends with %v", at, err)
					}
				}
			}
			ended = ended || door.ends
		})
	}
	if got, err := k.Get(t.Context()); err != nil || ended != (got.Status == "disconnected") {
		t.Errorf("after all: %s, %v", got.Status, err)
	}
}

// approve goes through Zoho's page as the person who may.
func (d *desk) approve(t testing.TB, grant wire.Authorization) wire.CallbackAnswer {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Get(grant.AuthorizationURL + "&approve=1")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	back, _ := url.Parse(resp.Header.Get("Location"))
	q := back.Query()
	return wire.CallbackAnswer{State: q.Get("state"), Code: q.Get("code"), AccountsServer: q.Get("accounts-server")}
}

// TestConsentThatFails says why, and leaves the access that stands.
func TestConsentThatFails(t *testing.T) {
	k := keep(t)
	for name, tt := range map[string]struct {
		answer func(a *wire.CallbackAnswer)
		server accounts
		forget bool // there is no earlier access to fall back on
		code   string
	}{
		"the person said no":             {answer: func(a *wire.CallbackAnswer) { a.Error, a.Code = "access_denied", "" }, code: "consent_refused"},
		"no code came back":              {answer: func(a *wire.CallbackAnswer) { a.Code = "" }, code: "consent_refused"},
		"Zoho refuses the code":          {server: accounts{status: 200, body: []byte(`{"error":"invalid_code"}`)}, code: "invalid_code"},
		"Zoho refuses without a name":    {server: accounts{status: 400, body: []byte(`<html>`)}, code: "grant_refused"},
		"Zoho does not answer":           {server: accounts{broken: true}, code: "zoho_unavailable"},
		"no lasting access, none before": {server: accounts{status: 200, body: []byte(`{"access_token":"1000.x","expires_in":3600}`)}, forget: true, code: "no_refresh_token"},
	} {
		t.Run(name, func(t *testing.T) {
			s := k.again(t)
			if tt.forget {
				k.must(t, "UPDATE qlobooks_connection SET refresh_token = NULL")
			}
			answer := k.consent(t, s)
			if tt.answer != nil {
				tt.answer(&answer)
			}
			tt.server.next = k.accounts.next
			*k.accounts = tt.server
			err := s.Callback(t.Context(), answer)
			if got := fault.Of(err); got == nil || got.Code != tt.code || got.Detail == "" || got.Action == "" {
				t.Errorf("%v, want %s", err, tt.code)
			}
			if !tt.forget && k.refreshToken(t) != k.lasting {
				t.Error("the access that stood is lost")
			}
		})
	}
}

// TestAnotherConsentWithoutALastingAccessKeepsTheOld is what Zoho gives who consents a second time.
func TestAnotherConsentWithoutALastingAccessKeepsTheOld(t *testing.T) {
	k := keep(t)
	s := k.again(t)
	answer := k.consent(t, s)
	k.accounts.status, k.accounts.body = 200, []byte(`{"access_token":"`+k.access.Reveal()+`","expires_in":3600}`)
	if err := s.Callback(t.Context(), answer); err != nil {
		t.Fatal(err)
	}
	if k.refreshToken(t) != k.lasting {
		t.Error("the lasting access is lost")
	}
}

// TestChoicesThatCannotBeRightAreNamed names every wrong field at once.
func TestChoicesThatCannotBeRightAreNamed(t *testing.T) {
	k := keep(t)
	own, odd := true, "not an id!"
	in := wire.ConnectionInput{DataCenter: "moon", UseOwnApplication: &own, ClientID: "", OrganizationID: &odd}
	_, err := k.again(t).Put(t.Context(), in, "", "test")
	got := fault.Of(err)
	if got == nil || got.Kind != fault.Invalid || len(got.Fields) != 3 || got.Fields[0].Field != "client_id" || got.Fields[1].Field != "data_center" || got.Fields[2].Field != "organization_id" {
		t.Errorf("%v: %+v", err, got)
	}
	in = k.input()
	in.ClientID = strings.Repeat("x", 201)
	if _, err := k.Put(t.Context(), in, "", "test"); fault.Of(err) == nil || len(fault.Of(err).Fields) != 1 || fault.Of(err).Fields[0].Field != "client_id" {
		t.Errorf("a client id that is too long: %v", err)
	}
	if k.refreshToken(t) != k.lasting {
		t.Error("the access is lost")
	}
}

// TestWithoutASecretNobodyIsAsked is told in words, before anybody is sent to Zoho.
func TestWithoutASecretNobodyIsAsked(t *testing.T) {
	k := keep(t)
	s := k.again(t)
	k.must(t, "UPDATE qlobooks_connection SET client_secret = NULL")
	if _, err := s.Authorize(t.Context(), "", "test"); fault.Of(err) == nil || fault.Of(err).Code != "client_missing" || fault.Of(err).Field != "client_id" {
		t.Errorf("%v", err)
	}
}

// TestAGrantThatSeesSeveralOrganizationsAsksWhich never guesses, and works once one is chosen.
func TestAGrantThatSeesSeveralOrganizationsAsksWhich(t *testing.T) {
	k := keep(t)
	s := k.again(t)
	k.must(t, "UPDATE qlobooks_connection SET organization_id = '77777'")
	if err := s.Callback(t.Context(), k.consent(t, s)); err != nil {
		t.Fatal(err)
	}
	got, err := s.Get(t.Context())
	if err != nil || got.Issue == nil || got.Issue.Code != "choose_organization" || got.Issue.Action == "" {
		t.Fatalf("%+v %v", got, err)
	}
	if err := s.Learn(t.Context()); !fault.Is(err, fault.Conflict) {
		t.Errorf("it learned of an organization that it does not see: %v", err)
	}
	k.must(t, "UPDATE qlobooks_connection SET organization_id = ''")
	s = k.sameRow()
	for door, err := range map[string]error{"client": second(s.Client(t.Context())), "organization": third(s.Organization(t.Context()))} {
		if !fault.Is(err, fault.Held) || fault.Of(err).Code != "not_connected" || fault.Of(err).Action == "" {
			t.Errorf("%s without an organization: %v", door, err)
		}
	}
	in, id := k.input(), "10234695"
	in.OrganizationID = &id
	if got, err := s.Put(t.Context(), in, "", "test"); err != nil || got.Issue != nil || *got.OrganizationName == "" {
		t.Errorf("chosen: %+v %v", got, err)
	}
}

// sameRow is another process that has just started.
func (k *kept) sameRow() *connection.Service {
	s := k.Service
	return &connection.Service{DB: s.DB, Ring: s.Ring, Now: s.Now, PublicURL: s.PublicURL, AllowedOrigins: s.AllowedOrigins, HTTP: s.HTTP, Limiter: s.Limiter, Linked: s.Linked, Connected: s.Connected}
}

func second[A any](_ A, err error) error        { return err }
func third[A, B any](_ A, _ B, err error) error { return err }

// TestWhatWasLearnedServesWhileZohoIsAway is an old answer rather than none, but none when there is none.
func TestWhatWasLearnedServesWhileZohoIsAway(t *testing.T) {
	k := keep(t)
	s := k.again(t)
	later(s, 2*time.Hour)
	k.accounts.broken = true
	l, id, err := s.Organization(t.Context())
	if err != nil || l.Name == "" || id != "10234695" {
		t.Errorf("%+v %s %v", l, id, err)
	}
	if checks, err := s.Test(t.Context()); err != nil || checks[0].OK || checks[0].Action == "" {
		t.Errorf("%+v %v", checks, err)
	}
	k.must(t, "UPDATE qlobooks_connection SET learned = NULL, learned_at = NULL")
	if _, _, err := k.sameRow().Organization(t.Context()); !fault.Is(err, fault.Limited) {
		t.Errorf("nothing was ever learned: %v", err)
	}
}

// TestDisconnectingWorksWithoutZoho forgets the access although it cannot be revoked there.
func TestDisconnectingWorksWithoutZoho(t *testing.T) {
	k := keep(t)
	s := k.again(t)
	s.HTTP = &http.Client{Transport: nobody{}}
	if err := s.Disconnect(context.WithoutCancel(t.Context()), "test"); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Get(t.Context()); err != nil || got.Status != "disconnected" || k.refreshToken(t) != "" {
		t.Errorf("%+v %v", got, err)
	}
}

type nobody struct{}

func (nobody) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("no route to host")
}
