package connection_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/connection"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/limit"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
	"github.com/qlobooks/qlobooks/internal/secret"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/store/storetest"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// desk is the stand-in with services of several processes over one database.
type desk struct {
	books    *books.Server
	origin   string
	renewals atomic.Int64
	dsn      string
	key      secret.String
	redis    *redis.Client
	linked   bool
	tokenAPI atomic.Value // what the token endpoint answers instead, "" = the stand-in
	once     atomic.Bool  // it answers so once
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	d := &desk{books: books.New(books.Options{PerMinute: 1000}), dsn: privatetest.Database(t), key: "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="}
	d.tokenAPI.Store("")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/oauth/v2/token" {
			d.renewals.Add(1)
			if body := d.tokenAPI.Load().(string); body != "" {
				if d.once.Load() {
					d.tokenAPI.Store("")
				}
				_, _ = w.Write([]byte(body))
				return
			}
		}
		d.books.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	d.origin = server.URL
	d.redis = redis.NewClient(&redis.Options{Addr: miniredis.RunT(t).Addr()})
	t.Cleanup(func() { _ = d.redis.Close() })
	storetest.Open(t, d.dsn)
	return d
}

// process is the connection as one process sees it.
func (d *desk) process(t testing.TB) *connection.Service {
	t.Helper()
	db, err := store.Open(d.dsn)
	if err != nil {
		t.Fatal(err)
	}
	pool, _ := db.DB()
	t.Cleanup(func() { _ = pool.Close() })
	ring, err := secret.NewRing(d.key)
	if err != nil {
		t.Fatal(err)
	}
	limiter := limit.New(d.redis, "test", limit.Options{Rates: limit.Rates{PerMinute: 1000}})
	return &connection.Service{DB: db, Ring: ring, Now: time.Now, PublicURL: "http://books.test", AllowedOrigins: []string{d.origin}, HTTP: zoho.NewHTTPClient(),
		Limiter: func(string) *limit.Limiter { return limiter }, Linked: func(context.Context) (bool, error) { return d.linked, nil }, Connected: func(context.Context) error { return nil }}
}

func (d *desk) input() wire.ConnectionInput {
	own, key := true, "sandbox-secret"
	return wire.ConnectionInput{DataCenter: "custom", TokenDomain: d.origin, APIDomain: d.origin, DashboardDomain: d.origin, UseOwnApplication: &own, ClientID: "sandbox-client", ClientSecret: &key}
}

// consent goes through Zoho's page and gives what it redirects back with.
func (d *desk) consent(t testing.TB, s *connection.Service) wire.CallbackAnswer {
	t.Helper()
	if _, err := s.Put(t.Context(), d.input(), "", "test"); err != nil {
		t.Fatal(err)
	}
	grant, err := s.Authorize(t.Context(), "", "test")
	if err != nil {
		t.Fatal(err)
	}
	return d.approve(t, grant)
}

func (d *desk) connect(t testing.TB) *connection.Service {
	t.Helper()
	s := d.process(t)
	if err := s.Callback(t.Context(), d.consent(t, s)); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestConsentFindsTheOnlyOrganizationAndAStateServesOnce(t *testing.T) {
	d := newDesk(t)
	s := d.process(t)
	answer := d.consent(t, s)
	if err := s.Callback(t.Context(), answer); err != nil {
		t.Fatal(err)
	}
	got, err := s.Get(t.Context())
	if err != nil || got.Status != "connected" || *got.OrganizationID != "10234695" || *got.BaseCurrency != "USD" {
		t.Errorf("%+v %v", got, err)
	}
	if err := s.Callback(t.Context(), answer); fault.Of(err) == nil || fault.Of(err).Code != "invalid_state" {
		t.Errorf("a state served twice: %v", err)
	}
}

func TestTenProcessesRenewOnce(t *testing.T) {
	d := newDesk(t)
	first := d.connect(t)
	stale, err := first.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	before := d.renewals.Load()
	var group sync.WaitGroup
	tokens := make([]secret.String, 10)
	for i := range tokens {
		s := d.process(t)
		group.Go(func() { tokens[i], _ = s.Renew(context.WithoutCancel(t.Context()), stale) })
	}
	group.Wait()
	if n := d.renewals.Load() - before; n != 1 {
		t.Errorf("%d renewals, want one", n)
	}
	for _, token := range tokens {
		if token == "" || token != tokens[0] || token == stale {
			t.Errorf("not all have the one new token")
			break
		}
	}
}

func TestAnAnswerWithoutATokenLosesNothing(t *testing.T) {
	for answer, want := range map[string]string{`{"error":"invalid_code"}`: "grant_revoked", `{}`: "zoho_unavailable", `<html>`: "zoho_unavailable", `{"error":"Access Denied"}`: "token_pause"} {
		t.Run(answer, func(t *testing.T) {
			d := newDesk(t)
			s := d.connect(t)
			stale, err := s.Token(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			d.tokenAPI.Store(answer)
			if _, err := s.Renew(t.Context(), stale); fault.Of(err) == nil || fault.Of(err).Code != want {
				t.Errorf("%v, want %s", err, want)
			}
			d.tokenAPI.Store("")
			if want == "zoho_unavailable" {
				p := d.process(t)
				later(p, 31*time.Second)
				if token, err := p.Renew(t.Context(), stale); err != nil || token == "" {
					t.Errorf("the grant was lost: %v", err)
				}
			}
		})
	}
}

func TestSecretsAreSealedAndGoToAllowedOriginsOnly(t *testing.T) {
	d := newDesk(t)
	s := d.connect(t)
	var row string
	if err := s.DB.Raw("SELECT CONCAT_WS(' ', choices, client_secret, refresh_token, access_token) FROM qlobooks_connection").Scan(&row).Error; err != nil {
		t.Fatal(err)
	}
	if strings.Contains(row, "sandbox-secret") || strings.Contains(row, "1000.") {
		t.Error("a secret stands in the database as it is")
	}
	in := d.input()
	in.TokenDomain = "https://stranger.test"
	if _, err := s.Put(t.Context(), in, "", "test"); fault.Of(err) == nil || fault.Of(err).Field != "token_domain" {
		t.Errorf("a strange origin: %v", err)
	}
	other := "999"
	in = d.input()
	in.OrganizationID = &other
	d.linked = true
	if _, err := s.Put(t.Context(), in, "", "test"); fault.Of(err) == nil || fault.Of(err).Code != "organization_change_needs_reset" {
		t.Errorf("another organization while linked: %v", err)
	}
}

func TestAnOrganizationThatTheGrantDoesNotSeeIsNotStored(t *testing.T) {
	d := newDesk(t)
	s := d.connect(t)
	stranger := "999"
	in := d.input()
	in.OrganizationID = &stranger
	if _, err := s.Put(t.Context(), in, "", "test"); fault.Of(err) == nil || fault.Of(err).Code != "choose_organization" {
		t.Errorf("an organization that the grant does not see: %v", err)
	}
	if got, err := s.Get(t.Context()); err != nil || *got.OrganizationID != "10234695" || got.Status != "connected" {
		t.Errorf("after a refused choice: %+v %v", got, err)
	}
}
