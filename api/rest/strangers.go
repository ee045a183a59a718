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

// attempts slow down who guesses passwords: by place, by person and place, and by person. Of what a
// person may try, two places that try all they may leave some to everybody else, and a browser that was
// let in before counts for itself, so that nobody keeps an employee out. A right password uses nothing up.
type attempts struct {
	places, pairs, persons, browsers *throttle
}

func newAttempts(clock func() time.Time) attempts {
	return attempts{
		places: slowThrottle(20, 6*time.Second, clock), pairs: slowThrottle(4, 90*time.Second, clock),
		persons: slowThrottle(10, 30*time.Second, clock), browsers: slowThrottle(10, 30*time.Second, clock),
	}
}

// attempt is one that was counted, or refused.
type attempt struct {
	taken   []one         // of what it took one
	wait    time.Duration // until the next one is let through; 0 = this one is
	emptied bool          // it is the first that finds nothing left of what a person may try
}

// one is a name in a throttle.
type one struct {
	of   *throttle
	name string
}

// giveBack undoes it: the password was right.
func (a attempt) giveBack() {
	for _, t := range a.taken {
		t.of.giveBack(t.name)
	}
}

// count counts one attempt. browser names a browser that was let in as this person before; "" for
// any other.
func (a attempts) count(from, email, browser string) (made attempt) {
	if a.places == nil {
		return made
	}
	who := access.Account(email)
	counted := []one{{a.places, from}}
	switch {
	case len([]rune(email)) > longestAddress: // it is nobody's, and is refused without being looked up
	case browser != "":
		counted = append(counted, one{a.browsers, who + " " + browser})
	default:
		counted = append(counted, one{a.pairs, who + " " + from}, one{a.persons, who})
	}
	for _, t := range counted {
		if !t.of.allow(t.name) {
			made.wait = max(time.Second, t.of.wait(t.name))
			made.emptied = t.of == a.persons && a.persons.tell(who)
			return made
		}
		made.taken = append(made.taken, t)
	}
	return made
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
