package rest

import (
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"golang.org/x/time/rate"

	"github.com/qlobooks/qlobooks/internal/fault"
)

// throttle limits requests per name; nil limits nothing. It counts in this process only.
type throttle struct {
	store *middleware.RateLimiterMemoryStore
}

func newThrottle(perSecond float64) *throttle {
	if perSecond < 0 {
		return nil
	}
	return &throttle{middleware.NewRateLimiterMemoryStoreWithConfig(middleware.RateLimiterMemoryStoreConfig{
		Rate: rate.Limit(perSecond), Burst: max(1, int(perSecond*3)), ExpiresIn: 3 * time.Minute,
	})}
}

// slowThrottle allows burst at once and then one in each pause. A name is forgotten only after
// it would have its whole burst again.
func slowThrottle(burst int, pause time.Duration) *throttle {
	return &throttle{middleware.NewRateLimiterMemoryStoreWithConfig(middleware.RateLimiterMemoryStoreConfig{
		Rate: rate.Every(pause), Burst: burst, ExpiresIn: time.Duration(burst+1) * pause,
	})}
}

func (t *throttle) allow(name string) bool {
	if t == nil {
		return true
	}
	allowed, _ := t.store.Allow(name) // the memory store never fails
	return allowed
}

func tooMany() *fault.Error {
	return fault.New(fault.Limited, "too_many_requests", "Too many requests at once.").
		Do("Wait a second and send it again.").After(time.Second)
}

// throttleStrangers limits routes without credentials by address.
func (s *server) throttleStrangers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !s.strangers.allow(c.RealIP()) {
			return tooMany()
		}
		return next(c)
	}
}
