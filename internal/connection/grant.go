package connection

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/secret"
)

// scopes are the least that the product needs; Zoho separates them by commas.
const scopes = "ZohoBooks.settings.ALL,ZohoBooks.contacts.ALL,ZohoBooks.salesorders.ALL,ZohoBooks.invoices.ALL,ZohoBooks.customerpayments.ALL,ZohoBooks.creditnotes.ALL,ZohoBooks.accountants.READ,ZohoBooks.banking.READ"

// journalScope is asked for besides while revenue by the night is wanted.
const journalScope = ",ZohoBooks.accountants.CREATE"

const (
	stateLife     = 10 * time.Minute
	early         = 5 * time.Minute  // a token is renewed this long before it ends
	noAnswer      = 30 * time.Second // until an accounts server that did not answer properly is asked again
	backOff       = 10 * time.Minute // after Zoho said that tokens were asked for too often
	tokenPatience = 20 * time.Second
	// In a span Zoho gives ten access tokens. All processes together ask for fewer, and fewer still
	// because of tokens that were refused.
	span         = 10 * time.Minute
	mostRenewals = 8
	mostRefused  = 4
)

// application is the OAuth application in use: the hotel's own or the host's.
func (s *Service) application(r row) (*oauth2.Config, error) {
	id, key := s.HostClientID, s.HostSecret
	if r.chosen.UseOwnApplication || id == "" {
		own, err := s.open(r.ClientSecret, "client_secret")
		if err != nil {
			return nil, err
		}
		id, key = r.chosen.ClientID, own
	}
	if id == "" || key == "" {
		return nil, fault.New(fault.Invalid, "client_missing", "There is no client id and secret to ask Zoho with.").
			Do("Enter those of an application from Zoho's API console, or let the host configure one.").On("client_id").By(errNoSecret)
	}
	return &oauth2.Config{ClientID: id, ClientSecret: key.Reveal(), RedirectURL: s.redirectURL(), Scopes: []string{scopes},
		Endpoint: oauth2.Endpoint{AuthURL: r.chosen.TokenDomain + "/oauth/v2/auth", TokenURL: r.tokenBase() + "/oauth/v2/token", AuthStyle: oauth2.AuthStyleInParams}}, nil
}

// Authorize makes a single-use state and the address to send the person to. begun names the session or token that asks.
func (s *Service) Authorize(ctx context.Context, begun, by string) (wire.Authorization, error) {
	r, err := s.read(ctx, s.DB, "")
	if err != nil {
		return wire.Authorization{}, err
	}
	app, err := s.application(r)
	if err == nil && s.Journals != nil {
		var wanted bool
		if wanted, err = s.Journals(ctx); wanted {
			app.Scopes = []string{scopes + journalScope}
		}
	}
	if err != nil {
		return wire.Authorization{}, err
	}
	state := secret.Token()
	expires := s.Now().UTC().Add(stateLife)
	db := s.DB.WithContext(ctx)
	if err := db.Exec("DELETE FROM qlobooks_oauth_states WHERE expires_at < ?", s.Now().UTC()).Error; err != nil {
		return wire.Authorization{}, err
	}
	if err := db.Exec("INSERT INTO qlobooks_oauth_states (state_hash, session, caller, expires_at) VALUES (?, ?, ?, ?)", secret.Hash(state), begun, by, expires).Error; err != nil {
		return wire.Authorization{}, err
	}
	address := app.AuthCodeURL(state.Reveal(), oauth2.AccessTypeOffline, oauth2.SetAuthURLParam("prompt", "consent"))
	return wire.Authorization{AuthorizationURL: address, ExpiresAt: wire.At(expires)}, nil
}

// Callback ends the grant that Zoho redirects back with. The origins that Zoho names are used
// only when they are allowed, as the client secret goes there.
func (s *Service) Callback(ctx context.Context, a wire.CallbackAnswer) error {
	if err := s.useState(ctx, a); err != nil {
		return err
	}
	if a.Error != "" || a.Code == "" {
		return fault.New(fault.Conflict, "consent_refused", "Zoho did not grant access (%s).", first(a.Error, "no code")).Do("Connect again and allow the access.")
	}
	r, err := s.read(ctx, s.DB, "")
	if err != nil {
		return err
	}
	asked := r
	if server := trim(a.AccountsServer); s.allowed(server) {
		r.TokenDomain = server
		r.move(server)
	}
	app, err := s.application(r)
	if err != nil {
		return err
	}
	token, err := app.Exchange(s.tokenContext(ctx), a.Code)
	if err == nil && !usable(token.AccessToken) {
		err = errNoToken
	}
	if err != nil {
		return s.exchangeFailed(ctx, err)
	}
	previous, err := s.open(r.RefreshToken, "refresh_token")
	if err != nil {
		previous = "" // sealed with a key that is gone; the new one replaces it
	}
	refresh := secret.String(token.RefreshToken)
	if !usable(token.RefreshToken) {
		refresh = previous
	}
	if refresh == "" {
		return fault.New(fault.Conflict, "no_refresh_token", "Zoho gave no lasting access.").Do("Remove QloBooks from the connected apps of your Zoho account, then connect again.")
	}
	columns := s.tokenColumns(token, r)
	columns["refresh_token"] = s.seal(refresh, "refresh_token")
	body, err := json.Marshal(r.chosen)
	if err != nil {
		return err
	}
	columns["choices"] = string(body)
	columns["status"], columns["connected_at"], columns["token_domain"], columns["issue_code"], columns["last_error"] = string(Connected), s.Now().UTC(), r.TokenDomain, "", nil
	if err := s.setWhile(ctx, asked, false, access.and(columns)); err != nil {
		if refresh != previous {
			s.revoke(ctx, r, refresh) // nobody will use it
		}
		return err
	}
	s.forgetToken()
	if previous != "" && previous != refresh {
		s.revoke(ctx, r, previous)
	}
	return s.afterConsent(ctx)
}

// useState takes a state out of use and checks that the right caller came back, who may still connect.
func (s *Service) useState(ctx context.Context, a wire.CallbackAnswer) error {
	wrong := fault.New(fault.Invalid, "invalid_state", "This answer of Zoho belongs to no consent that was begun here in the last ten minutes.").Do("Connect again.").On("state")
	var rows []struct{ Session string }
	err := s.DB.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		hash := secret.Hash(secret.String(a.State))
		if err := tx.Raw("SELECT session FROM qlobooks_oauth_states WHERE state_hash = ? AND expires_at >= ? FOR UPDATE", hash, s.Now().UTC()).Scan(&rows).Error; err != nil {
			return err
		}
		return tx.Exec("DELETE FROM qlobooks_oauth_states WHERE state_hash = ?", hash).Error
	})
	if err != nil {
		return err
	}
	if a.State == "" || len(rows) == 0 {
		return wrong
	}
	begun := rows[0].Session
	if begun == "" || begun == a.Session {
		return nil
	}
	may := false
	if s.TokenMay != nil {
		may, err = s.TokenMay(ctx, begun)
	}
	if err == nil && !may {
		err = wrong
	}
	return err
}

func (s *Service) afterConsent(ctx context.Context) error {
	r, err := s.read(ctx, s.DB, "")
	if err != nil {
		return err
	}
	found, err := s.askOrganizations(ctx, r)
	if err != nil {
		return err
	}
	known := false
	for _, o := range found {
		known = known || o.OrganizationID == r.OrganizationID
	}
	switch {
	case known:
	case r.OrganizationID == "" && len(found) == 1:
		if err := s.replace(ctx, map[string]any{"organization_id": found[0].OrganizationID}, "", "Zoho Books"); err != nil {
			return err
		}
	default:
		return s.set(ctx, s.DB, map[string]any{"issue_code": chooseOrganization})
	}
	if err := s.arrived(ctx); err != nil {
		return err
	}
	if err := s.Learn(ctx); err != nil {
		return err
	}
	return s.Free(ctx)
}

func (s *Service) exchangeFailed(ctx context.Context, err error) error {
	reason := reasonOf(err)
	_ = s.set(ctx, s.DB, map[string]any{"last_error": "Zoho refused the grant: " + reason})
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) {
		return fault.New(fault.Conflict, first(reason, "grant_refused"), "Zoho refused the grant (%s).", first(reason, "without a reason that can be read")).Do("Check client id, client secret, redirect URL and data center, then connect again.").By(err)
	}
	return fault.New(fault.Unavailable, "zoho_unavailable", "Zoho's accounts server does not answer.").Do("Check the data center and the network, then connect again.").By(err)
}

// errNoToken is the cause when an answer that is no error holds nothing to call with.
var errNoToken = errors.New("the answer holds no token")

// usable reports a token that can be sent in a header.
func usable(token string) bool {
	return token != "" && len(token) <= longestToken && !strings.ContainsFunc(token, func(c rune) bool { return c <= ' ' || c > '~' })
}

// longestToken is far above what Zoho gives, and below what can be kept.
const longestToken = 4096

var reason = regexp.MustCompile(`^[a-z][a-z_]{2,40}$`)

// reasonOf is Zoho's name of an OAuth error, "" when it has none; it says most of them with HTTP 200.
func reasonOf(err error) string {
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		return ""
	}
	name := strings.ReplaceAll(strings.ToLower(refused.ErrorCode), " ", "_")
	if !reason.MatchString(name) {
		return ""
	}
	return name
}

func (s *Service) tokenContext(ctx context.Context) context.Context {
	client := *s.HTTP
	client.Timeout, client.Transport = tokenPatience, asJSON{client.Transport}
	return context.WithValue(ctx, oauth2.HTTPClient, &client)
}

func (s *Service) tokenColumns(token *oauth2.Token, r row) map[string]any {
	columns := map[string]any{"access_token": s.seal(secret.String(token.AccessToken), "access_token"), "refused_until": nil, "no_answer_until": nil, "api_domain": r.APIDomain}
	expires := s.Now().UTC().Add(time.Hour)
	if token.ExpiresIn > 0 {
		expires = s.Now().UTC().Add(time.Duration(token.ExpiresIn) * time.Second)
	}
	columns["access_expires_at"] = expires
	if domain, _ := token.Extra("api_domain").(string); s.allowed(trim(domain)) && r.chosen.DataCenter != custom {
		columns["api_domain"] = trim(domain)
	}
	return columns
}

// secondLook is how long after the accounts server said that the grant has ended it is asked again.
const secondLook = 700 * time.Millisecond

// Disconnect is Forget, whether the grant could be revoked or not.
func (s *Service) Disconnect(ctx context.Context, _ string) error {
	_, err := s.Forget(ctx)
	return err
}

// Forget revokes the grant at Zoho and forgets it; links stay. The grant is forgotten even when Zoho
// cannot be reached, or our key does not open it; revoked is false then, and people must be told.
func (s *Service) Forget(ctx context.Context) (revoked bool, err error) {
	r, err := s.read(ctx, s.DB, "")
	if err != nil {
		return false, err
	}
	lasting, err := s.open(r.RefreshToken, "refresh_token")
	switch {
	case err != nil:
		slog.WarnContext(ctx, "the grant could not be opened to be revoked at Zoho; revoke it in the Zoho account", "error", err)
	case lasting == "":
		revoked = true
	default:
		revoked = s.revoke(ctx, r, lasting)
	}
	s.forgetToken()
	return revoked, s.set(ctx, s.DB, map[string]any{"status": string(Disconnected), "refresh_token": nil, "access_token": nil, "access_expires_at": nil, "connected_at": nil, "issue_code": "", "last_error": nil})
}

func (s *Service) revoke(ctx context.Context, r row, token secret.String) bool {
	ctx, cancel := context.WithTimeout(ctx, tokenPatience)
	defer cancel()
	form := url.Values{"token": {token.Reveal()}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.tokenBase()+"/oauth/v2/token/revoke", strings.NewReader(form.Encode()))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := s.HTTP.Do(req)
	if err != nil {
		slog.WarnContext(ctx, "the grant could not be revoked at Zoho; revoke it in the Zoho account", "error", err)
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode < http.StatusBadRequest
}
