package rest

import (
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/internal/access"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/secret"
)

const csrfHeader = "X-CSRF-Token"

// authenticate finds out who is calling and whether the role is enough. A browser sends the
// cookie by itself, so whatever changes something needs the session's token beside it.
func (s *server) authenticate(needed access.Role) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			shows, from := s.presented(c), place(c.RealIP())
			known := s.familiar.knows(shows)
			if !known && s.strangers.spent(from) || known && !s.shown.allow(shows) {
				return tooMany() // before anything is looked up
			}
			who, err := s.whoIs(c)
			if fault.Is(err, fault.Forbidden) {
				s.familiar.note(shows, false)
				s.strangers.allow(from)
			}
			if err != nil {
				return err
			}
			s.familiar.note(shows, true)
			c.Set(callerKey, who)
			if !s.callers.allow(string(who.Kind) + who.ID) {
				return tooMany()
			}
			if who.Kind == access.BySession && !reads(c.Request()) && !access.CSRFMatches(s.cookieOf(c), c.Request().Header.Get(csrfHeader)) {
				return fault.New(fault.Forbidden, "csrf", "The request lacks the session's CSRF token.").
					Do("Send the csrf_token of GET /session as the header " + csrfHeader + ".")
			}
			if !who.Role.Includes(needed) {
				return fault.New(fault.Forbidden, "forbidden", "The role %s may not do this; it takes the role %s.", who.Role, needed)
			}
			return next(c)
		}
	}
}

func reads(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

// whoIs reads the credentials; fault.Forbidden when there are none that count. A token goes
// before a cookie, which the browser may have sent without being asked.
func (s *server) whoIs(c echo.Context) (access.Caller, error) {
	ctx := c.Request().Context()
	scheme, text, _ := strings.Cut(c.Request().Header.Get(echo.HeaderAuthorization), " ")
	text = strings.TrimSpace(text)
	if strings.EqualFold(scheme, "Bearer") && text != "" && s.Tokens != nil {
		return s.Tokens.Authenticate(ctx, text)
	}
	if cookie := s.cookieOf(c); cookie != "" && s.Sessions != nil {
		return s.Sessions.Authenticate(ctx, cookie)
	}
	return access.Caller{}, fault.New(fault.Forbidden, "unauthenticated", "This address needs an API token or a session.").
		Do("Sign in, or send the header Authorization: Bearer with a token; an administrator makes tokens.")
}

func caller(c echo.Context) access.Caller { return c.Get(callerKey).(access.Caller) }

// sessionCookie and browserCookie are the names of our cookies. Where all is https, they begin with
// __Host-, which no neighboring host can plant.
func (s *server) sessionCookie() string { return s.cookieName("qlobooks_session") }
func (s *server) browserCookie() string { return s.cookieName("qlobooks_browser") }

func (s *server) cookieName(name string) string {
	if s.https() {
		return "__Host-" + name
	}
	return name
}

func (s *server) https() bool { return strings.HasPrefix(s.opt.PublicURL, "https://") }

// cookieOf is the secret of the session's cookie, "" without one.
func (s *server) cookieOf(c echo.Context) secret.String { return valueOf(c, s.sessionCookie()) }

func valueOf(c echo.Context, name string) secret.String {
	cookie, err := c.Cookie(name)
	if err != nil {
		return ""
	}
	return secret.String(cookie.Value)
}

// connectingSession is the id of the session whose cookie came along, "" for none that is good, or whose employee may not
// change the connection any more.
func (s *server) connectingSession(c echo.Context) string {
	cookie := s.cookieOf(c)
	if cookie == "" || s.Sessions == nil {
		return ""
	}
	who, err := s.Sessions.Authenticate(c.Request().Context(), cookie)
	if err != nil || !who.Role.Includes(access.Admin) {
		return ""
	}
	return who.Session()
}

// setCookie gives the browser the session's secret; an empty one takes it away.
func (s *server) setCookie(c echo.Context, value secret.String) {
	age := access.SessionLife
	if value == "" {
		age = -time.Second
	}
	s.cookie(c, s.sessionCookie(), value, age)
}

// keepBrowser lets the browser be known at the next sign-in.
func (s *server) keepBrowser(c echo.Context, value secret.String) {
	s.cookie(c, s.browserCookie(), value, 180*24*time.Hour)
}

func (s *server) cookie(c echo.Context, name string, value secret.String, life time.Duration) {
	c.SetCookie(&http.Cookie{
		Name: name, Value: value.Reveal(), Path: "/", MaxAge: int(life / time.Second), HttpOnly: true,
		// Lax and not Strict: the answer of Zoho's consent page must bring the session along.
		SameSite: http.SameSiteLaxMode, Secure: s.https(),
	})
}
