package rest

import (
	"crypto/sha256"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/qlobooks/qlobooks/internal/fault"
)

// mostNames is how many callers, addresses or accounts a throttle tells apart. More than that share
// one name, so that strangers cannot fill the memory.
const mostNames = 20_000

// throttle limits requests per name; nil limits nothing. It counts in this process only. Of a name
// it keeps a hash, as strangers choose some of them.
type throttle struct {
	every rate.Limit
	burst int
	keeps time.Duration // a name that has its whole burst again is forgotten

	mu     sync.Mutex
	names  map[[sha256.Size]byte]*bucket
	others *rate.Limiter // of the names beyond mostNames
	swept  time.Time
}

type bucket struct {
	*rate.Limiter
	seen time.Time
}

func newThrottle(perSecond float64) *throttle {
	if perSecond < 0 {
		return nil
	}
	return bucketsOf(rate.Limit(perSecond), max(1, int(perSecond*3)), 3*time.Minute)
}

// slowThrottle allows burst at once and then one in each pause. A name is forgotten only after
// it would have its whole burst again.
func slowThrottle(burst int, pause time.Duration) *throttle {
	return bucketsOf(rate.Every(pause), burst, time.Duration(burst+1)*pause)
}

func bucketsOf(every rate.Limit, burst int, keeps time.Duration) *throttle {
	return &throttle{every: every, burst: burst, keeps: keeps, names: map[[sha256.Size]byte]*bucket{}, others: rate.NewLimiter(every*100, burst*100)}
}

func (t *throttle) allow(name string) bool {
	if t == nil {
		return true
	}
	key, now := sha256.Sum256([]byte(name)), time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.names[key]
	if b == nil {
		if t.sweep(now); len(t.names) >= mostNames {
			return t.others.AllowN(now, 1)
		}
		b = &bucket{Limiter: rate.NewLimiter(t.every, t.burst)}
		t.names[key] = b
	}
	b.seen = now
	return b.AllowN(now, 1)
}

// sweep forgets names that were not seen for long, now and then.
func (t *throttle) sweep(now time.Time) {
	if now.Sub(t.swept) < t.keeps/4 {
		return
	}
	t.swept = now
	for key, b := range t.names {
		if now.Sub(b.seen) > t.keeps {
			delete(t.names, key)
		}
	}
}

// place is what counts as one address: of IPv6 the network, as everybody there has a whole one.
func place(ip string) string {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	if addr = addr.Unmap().WithZone(""); addr.Is6() {
		if network, err := addr.Prefix(64); err == nil {
			return network.String()
		}
	}
	return addr.String()
}

func tooMany() *fault.Error {
	return fault.New(fault.Limited, "too_many_requests", "Too many requests at once.").
		Do("Wait a second and send it again.").After(time.Second)
}
