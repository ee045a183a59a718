package rest

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/qlobooks/qlobooks/internal/access"
	"github.com/qlobooks/qlobooks/internal/fault"
)

const (
	callerKey = "caller"
	codeKey   = "code"
	triedKey  = "tried" // account of a sign-in that failed
)

// middleware runs around every request, outermost first.
func (s *server) middleware() []echo.MiddlewareFunc {
	return []echo.MiddlewareFunc{
		s.identify,
		s.logRequests,
		s.tellOfProxy,
		s.securityHeaders,
		s.cors(),
		s.recoverPanics,
		readPath,
	}
}

// readPath reads the parameters of a path as they are meant: many clients write a colon in an id as %3A. Echo leaves them
// encoded exactly where the address says something another way than Go would write it.
func readPath(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if c.Request().URL.RawPath == "" {
			return next(c)
		}
		values := slices.Clone(c.ParamValues())
		for n, value := range values {
			if plain, err := url.PathUnescape(value); err == nil {
				values[n] = plain
			}
		}
		c.SetParamValues(values...)
		return next(c)
	}
}

// identify gives the request an id. The caller's own is kept when it is short and harmless, as
// it goes into the log.
func (s *server) identify(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := c.Request().Header.Get(echo.HeaderXRequestID)
		if !harmless.MatchString(id) {
			id = uuid.NewString()
		}
		c.Response().Header().Set(echo.HeaderXRequestID, id)
		return next(c)
	}
}

var harmless = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

func requestID(c echo.Context) string { return c.Response().Header().Get(echo.HeaderXRequestID) }

// logRequests writes one line per request. The route is logged and not the address: queries
// carry grants and guests' names.
func (s *server) logRequests(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		if err := next(c); err != nil {
			c.Error(err)
		}
		took := time.Since(start)
		if s.opt.Observe != nil && c.Response().Header().Get(echo.HeaderContentType) != "text/event-stream" {
			s.opt.Observe(c.Request().Method, c.Path(), c.Response().Status, took)
		}
		level := slog.LevelInfo
		_, called := c.Get(callerKey).(access.Caller)
		missing := c.Response().Status == http.StatusNotFound && !called // of a page that anybody may ask for
		if c.Request().Method == http.MethodGet && (c.Response().Status < http.StatusBadRequest || missing) {
			level = slog.LevelDebug
		}
		attrs := []slog.Attr{
			slog.String("request_id", requestID(c)), slog.String("method", c.Request().Method),
			slog.String("route", c.Path()), slog.Int("status", c.Response().Status),
			slog.Duration("dur", took), slog.String("ip", c.RealIP()),
		}
		if who, ok := c.Get(callerKey).(access.Caller); ok {
			attrs = append(attrs, slog.String("caller", who.Name))
		}
		if tried, ok := c.Get(triedKey).(string); ok {
			attrs = append(attrs, slog.String("tried", tried))
		}
		if code, ok := c.Get(codeKey).(string); ok {
			attrs = append(attrs, slog.String("code", code))
		}
		s.log.LogAttrs(c.Request().Context(), level, "request", attrs...)
		return nil
	}
}

// securityHeaders allow what our own pages need and nothing else. Styles may be inline: the
// user interface's component library sets them so.
func (s *server) securityHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
		"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		if strings.HasPrefix(s.opt.PublicURL, "https://") {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		if p := c.Request().URL.Path; p == "/api" || strings.HasPrefix(p, "/api/") || p == "/metrics" {
			h.Set(echo.HeaderCacheControl, "no-store") // answers are of the caller's, and nobody else's
		}
		return next(c)
	}
}

// cors lets the configured origins call with a token. Cookies are not sent across origins.
func (s *server) cors() echo.MiddlewareFunc {
	if len(s.opt.CORSOrigins) == 0 {
		return func(next echo.HandlerFunc) echo.HandlerFunc { return next }
	}
	return middleware.CORSWithConfig(middleware.CORSConfig{
		AllowOrigins:  s.opt.CORSOrigins,
		AllowMethods:  []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete},
		AllowHeaders:  []string{echo.HeaderAuthorization, echo.HeaderContentType, echo.HeaderAccept, echo.HeaderXRequestID, "If-Match", "Last-Event-ID"},
		ExposeHeaders: []string{echo.HeaderXRequestID, echo.HeaderRetryAfter, eTag},
		MaxAge:        600,
	})
}

// recoverPanics makes a panic a defect like any other: logged whole, answered without detail.
func (s *server) recoverPanics(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if r := recover(); r != nil {
				if r == http.ErrAbortHandler {
					panic(r)
				}
				err = fault.Of(fmt.Errorf("panic: %v\n%s", r, debug.Stack()))
			}
		}()
		return next(c)
	}
}

// trusts reports that X-Forwarded-For of this peer is believed.
func (s *server) trusts(peer string) bool {
	addr, err := netip.ParseAddr(peer)
	return err == nil && slices.ContainsFunc(s.opt.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(addr.Unmap()) })
}

func hostOf(peer string) string {
	host, _, err := net.SplitHostPort(peer)
	if err != nil {
		return peer
	}
	return host
}

// ipExtractor believes X-Forwarded-For only from the trusted proxies; Echo's default believes
// everybody.
func ipExtractor(trusted []netip.Prefix) echo.IPExtractor {
	if len(trusted) == 0 {
		return echo.ExtractIPDirect()
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range trusted {
		options = append(options, echo.TrustIPRange(&net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}))
	}
	return echo.ExtractIPFromXFFHeader(options...)
}
