package books

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

type grant struct {
	scopes  string
	offline bool
	expires time.Time // of a code
	issued  []time.Time
}

type access struct {
	scopes  string
	expires time.Time
}

type grants struct {
	codes   map[string]*grant
	refresh map[string]*grant
	order   []string // refresh tokens, oldest first
	access  map[string]*access
	serial  int
}

const (
	codeLife       = 2 * time.Minute
	accessLife     = time.Hour
	mostRefresh    = 20
	mostPerRefresh = 10
)

func (s *Server) oauthRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /oauth/v2/auth", s.consent)
	mux.HandleFunc("POST /oauth/v2/token", s.token)
	mux.HandleFunc("POST /oauth/v2/token/revoke", s.revoke)
	mux.HandleFunc("GET /oauth/serverinfo", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, 200, object{"result": "success", "locations": object{"us": s.origin(r)}})
	})
}

// consent shows who asks for what; ?approve=1 is the button.
func (s *Server) consent(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || back.Host == "" || q.Get("client_id") != s.opts.ClientID || q.Get("response_type") != "code" {
		http.Error(w, "invalid_client or invalid_redirect_uri", http.StatusBadRequest)
		return
	}
	if q.Get("approve") == "" {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, consentPage, html.EscapeString(s.opts.Name), html.EscapeString(strings.ReplaceAll(q.Get("scope"), ",", ", ")), html.EscapeString(r.URL.String()+"&approve=1"))
		return
	}
	s.mu.Lock()
	code := s.secret("1000.code")
	s.grants.codes[code] = &grant{scopes: q.Get("scope"), offline: q.Get("access_type") == "offline", expires: s.now().Add(codeLife)}
	s.mu.Unlock()
	answer := back.Query()
	answer.Set("state", q.Get("state"))
	answer.Set("code", code)
	answer.Set("location", "us")
	answer.Set("accounts-server", s.origin(r))
	back.RawQuery = answer.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

const consentPage = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Allow access</title>
<style>body{font:16px/1.5 system-ui;max-width:32rem;margin:4rem auto;padding:0 1rem;color-scheme:light dark}a{display:inline-block;padding:.6rem 1.4rem;background:#0b5cad;color:#fff;border-radius:.4rem;text-decoration:none}small{overflow-wrap:anywhere}</style>
<h1>Rehearsal accounts</h1><p>QloBooks asks to work in the books of <strong>%s</strong>.</p><p><small>%s</small></p><p><a id="allow" href="%s">Allow</a></p></html>`

func (s *Server) origin(r *http.Request) string {
	if s.opts.PublicURL != "" {
		return s.opts.PublicURL
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

func (s *Server) secret(prefix string) string {
	s.grants.serial++
	return fmt.Sprintf("%s.%08x%08x", prefix, s.opts.Seed*2654435761+uint64(s.grants.serial), s.lastID+uint64(s.grants.serial)*40503)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// token exchanges codes and refresh tokens. Like Zoho, it says most errors with HTTP 200.
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	s.mu.Lock()
	defer s.mu.Unlock()
	fail := func(status int, body object) { writeJSON(w, status, body) }
	wrong := s.faults.pick(r.Method, r.URL.Path)
	switch wrong.Fault {
	case FaultOAuthInvalidCode:
		fail(200, object{"error": "invalid_code"})
		return
	case FaultOAuthInvalidClient:
		fail(200, object{"error": "invalid_client"})
		return
	case FaultOAuthDenied:
		fail(cmp.Or(wrong.status, 400), tooOften)
		return
	case FaultOAuthEmpty:
		fail(200, object{})
		return
	case FaultOAuthHTML:
		_, _ = w.Write([]byte("<html><body>We are improving our services.</body></html>"))
		return
	}
	switch {
	case r.Form.Get("client_id") != s.opts.ClientID:
		fail(200, object{"error": "invalid_client"})
		return
	case r.Form.Get("client_secret") != s.opts.ClientSecret:
		fail(200, object{"error": "invalid_client_secret"})
		return
	}
	answer := object{"api_domain": s.origin(r), "token_type": "Bearer", "expires_in": int(accessLife.Seconds())}
	var g *grant
	switch r.Form.Get("grant_type") {
	case "authorization_code":
		code := r.Form.Get("code")
		g = s.grants.codes[code]
		delete(s.grants.codes, code)
		if g == nil || s.now().After(g.expires) {
			fail(200, object{"error": "invalid_code"})
			return
		}
		if g.offline {
			token := s.secret("1000.refresh")
			s.grants.refresh[token] = g
			s.grants.order = append(s.grants.order, token)
			if len(s.grants.order) > mostRefresh {
				delete(s.grants.refresh, s.grants.order[0])
				s.grants.order = s.grants.order[1:]
			}
			answer["refresh_token"] = token
		}
	case "refresh_token":
		if g = s.grants.refresh[r.Form.Get("refresh_token")]; g == nil {
			fail(200, object{"error": "invalid_code"})
			return
		}
	default:
		fail(200, object{"error": "unsupported_grant_type"})
		return
	}
	if !g.allow(s.now()) && !s.opts.NoLimits {
		fail(400, tooOften)
		return
	}
	token := s.secret("1000.access")
	s.grants.access[token] = &access{scopes: g.scopes, expires: s.now().Add(accessLife)}
	answer["access_token"] = token
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	_, _ = io.WriteString(w, s.mark())
	writeJSON(w, 200, answer)
}

var tooOften = object{"error": "Access Denied", "error_description": "You have made too many requests continuously. Please try again after some time.", "status": "failure"}

// allow counts access tokens: ten per refresh token in ten minutes.
func (g *grant) allow(now time.Time) bool {
	recent := g.issued[:0]
	for _, t := range g.issued {
		if now.Sub(t) < 10*time.Minute {
			recent = append(recent, t)
		}
	}
	g.issued = recent
	if len(recent) >= mostPerRefresh {
		return false
	}
	g.issued = append(g.issued, now)
	return true
}

func (s *Server) revoke(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.grants.refresh, r.Form.Get("token"))
	writeJSON(w, 200, object{"status": "success"})
}

// RevokeAll forgets every grant, as a person does in Zoho's account settings.
func (s *Server) RevokeAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.grants.refresh, s.grants.access, s.grants.order = map[string]*grant{}, map[string]*access{}, nil
}

var scopeGroups = map[string]string{
	"organizations": "settings", "users": "settings", "settings": "settings", "items": "settings", "reportingtags": "settings", "locations": "settings", "item": "settings", "contacts": "contacts", "salesorders": "salesorders",
	"invoices": "invoices", "customerpayments": "customerpayments", "creditnotes": "creditnotes", "chartofaccounts": "accountants", "journals": "accountants",
	"transactionlocks": "accountants", "bankaccounts": "banking",
}

func (s *Server) authorize(r *request, fault Fault) *refusal {
	denied := refuse(401, 57, "You are not authorized to perform this operation")
	token, found := strings.CutPrefix(r.header.Get("Authorization"), "Zoho-oauthtoken ")
	a := s.grants.access[token]
	if fault == FaultTokenExpired {
		delete(s.grants.access, token)
		return denied
	}
	if !found || a == nil || s.now().After(a.expires) {
		return denied
	}
	group := scopeGroups[r.path[0]]
	right := map[string]string{"GET": "READ", "POST": "CREATE", "PUT": "UPDATE", "DELETE": "DELETE"}[r.method]
	allowed := false
	for _, scope := range strings.Split(a.scopes, ",") {
		scope = strings.TrimSpace(scope)
		if scope == "ZohoBooks.fullaccess.all" || scope == "ZohoBooks."+group+".ALL" || scope == "ZohoBooks."+group+"."+right {
			allowed = true
		}
	}
	if !allowed {
		return denied
	}
	if r.path[0] != "organizations" && r.query.Get("organization_id") != s.opts.OrganizationID {
		return refuse(400, 6041, "This user is not associated with the CompanyID/CompanyName: %s.", r.query.Get("organization_id"))
	}
	return nil
}
