package rest

import (
	"time"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/internal/access"
)

// throttleStrangers limits routes without credentials by address.
func (s *server) throttleStrangers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !s.strangers.allow(place(c.RealIP())) {
			return tooMany()
		}
		return next(c)
	}
}

// longestAddress is how many characters an e-mail address may have that is worth looking at.
const longestAddress = 256

// attempts slow down who guesses passwords: by place, by person and place, and by person. A place
// that tries one person over and over is stopped before it uses up what that person may try from
// elsewhere, and a browser that was let in before counts for itself, so that nobody keeps an
// employee out.
type attempts struct {
	places, pairs, persons, browsers *throttle
}

func newAttempts() attempts {
	return attempts{
		places: slowThrottle(20, 6*time.Second), pairs: slowThrottle(8, time.Minute),
		persons: slowThrottle(10, 30*time.Second), browsers: slowThrottle(10, 30*time.Second),
	}
}

// allow counts one attempt. browser names a browser that was let in as this person before; "" for
// any other.
func (a attempts) allow(from, email, browser string) bool {
	if !a.places.allow(from) {
		return false
	}
	if len([]rune(email)) > longestAddress {
		return true // it is nobody's, and is refused without being looked up
	}
	who := access.Account(email)
	if browser != "" {
		return a.browsers.allow(who + " " + browser)
	}
	return a.pairs.allow(who+" "+from) && a.persons.allow(who)
}

// tellOfProxy warns when requests come through a proxy that is not named as trusted: all people
// behind it are one address then. Once in an hour is enough.
func (s *server) tellOfProxy(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if r.Header.Get(echo.HeaderXForwardedFor) != "" {
			if host := hostOf(r.RemoteAddr); !s.trusts(host) {
				now := time.Now().Unix()
				if last := s.proxyTold.Load(); now-last >= 3600 && s.proxyTold.CompareAndSwap(last, now) {
					s.log.Warn("requests come through a proxy that is not trusted, so that all people behind it count as one address; name it in QLOBOOKS_TRUSTED_PROXIES if it is yours", "peer", host)
				}
			}
		}
		return next(c)
	}
}
