// Package rest is the HTTP API: it checks who is calling and what they send, asks one of the
// services and writes the answer in the words of package wire.
//
// It decides nothing about records. Errors become RFC 9457 problems in one place (errors.go),
// roles stand in one list (routes.go), and the OpenAPI file is made from the comments of the
// handlers.
package rest

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// Options are the facts about this installation that the API needs.
type Options struct {
	PublicURL      string         // origin and optional path, without a slash at the end
	CORSOrigins    []string       // other origins that may call the API from a browser
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed
	Version        string

	// SPA is the built user interface with index.html at its root; nil or without one = none.
	SPA fs.FS
	// Metrics serves /metrics to callers with credentials; nil = no such path.
	Metrics http.Handler
	// Observe is told of every answered request but streams; nil = nobody. route is a pattern.
	Observe func(method, route string, status int, took time.Duration)
	// Ready tells the state of each dependency within a second or two.
	Ready func(ctx context.Context) map[string]wire.HealthCheck

	// Audit keeps what happened that no service keeps; nil = nobody does.
	Audit func(ctx context.Context, action, actor, what string)

	Log *slog.Logger // nil = slog.Default()

	Now func() time.Time // by which limits are counted; nil = time.Now

	// RatePerSecond is what one caller may ask, with bursts of three times as much;
	// 0 = 100, negative = no limit.
	RatePerSecond float64
	// StreamEvery is how often a run that somebody watches is looked at; 0 = 700 ms.
	StreamEvery time.Duration
}

type server struct {
	Services
	opt Options
	log *slog.Logger

	callers, shown, strangers *throttle
	familiar                  *familiar // credentials that let somebody in
	requests, streams         *busy
	watched                   watches
	attempts                  attempts
	packed                    packed
	audits                    *rate.Limiter // of failed sign-ins
	proxyTold                 atomic.Int64  // when an unknown proxy was told of, in seconds
}

// New gives the whole HTTP surface. All routes are registered here, before the first request.
//
//	@title						QloBooks
//	@version					1
//	@description				Keeps a hotel's Zoho Books in step with its QloApps. Ids and amounts are strings, instants are RFC 3339 in UTC, days are days in the shop's time zone. Errors are RFC 9457 problems.
//	@license.name				Apache-2.0
//	@BasePath					/
//	@securityDefinitions.apikey	Bearer
//	@in							header
//	@name						Authorization
//	@description				Bearer followed by an API token.
func New(services Services, opt Options) *echo.Echo {
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	if opt.StreamEvery == 0 {
		opt.StreamEvery = 700 * time.Millisecond
	}
	if opt.RatePerSecond == 0 {
		opt.RatePerSecond = 100
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	opt.PublicURL = strings.TrimRight(opt.PublicURL, "/")
	s := &server{
		Services: services, opt: opt, log: opt.Log,
		callers: newThrottle(opt.RatePerSecond, opt.Now), shown: newThrottle(opt.RatePerSecond, opt.Now), strangers: newThrottle(opt.RatePerSecond, opt.Now), familiar: newFamiliar(), requests: newBusy(mostAtOnce, mostWaiting), streams: newBusy(mostStreams, 0),
		audits: rate.NewLimiter(rate.Every(10*time.Second), 60),
	}
	if opt.RatePerSecond > 0 {
		s.requests.work = bucketsOf(workBack, int(workAtOnce/time.Second), 3*time.Minute, opt.Now)
		s.attempts = newAttempts(opt.Now)
	}

	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = s.handleError
	e.IPExtractor = ipExtractor(opt.TrustedProxies)
	e.Use(s.middleware()...)
	for _, r := range s.routes() {
		e.Add(r.method, r.path, r.handle, r.guards(s)...)
		if r.readsOnly() { // what GET answers, without the body
			e.Add(http.MethodHead, r.path, r.handle, r.guards(s)...)
		}
	}
	s.outside(e)
	return e
}
