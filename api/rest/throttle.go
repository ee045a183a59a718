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
	clock func() time.Time

	mu     sync.Mutex
	names  map[[sha256.Size]byte]*bucket
	others *bucket // of the names beyond mostNames
	swept  time.Time
}

// bucket is what one name may still ask.
type bucket struct {
	every rate.Limit
	burst float64
	left  float64
	seen  time.Time
	told  bool // that it is empty, since it was full
}

// fill adds what came since the last look.
func (b *bucket) fill(now time.Time) {
	b.left, b.seen = min(b.burst, b.left+max(0, now.Sub(b.seen).Seconds())*float64(b.every)), now
	b.told = b.told && b.left < b.burst
}

func (b *bucket) take() bool {
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}

func newThrottle(perSecond float64, clock func() time.Time) *throttle {
	if perSecond < 0 {
		return nil
	}
	return bucketsOf(rate.Limit(perSecond), max(1, int(perSecond*3)), 3*time.Minute, clock)
}

// slowThrottle allows burst at once and then one in each pause. A name is forgotten only after
// it would have its whole burst again.
func slowThrottle(burst int, pause time.Duration, clock func() time.Time) *throttle {
	return bucketsOf(rate.Every(pause), burst, time.Duration(burst+1)*pause, clock)
}

func bucketsOf(every rate.Limit, burst int, keeps time.Duration, clock func() time.Time) *throttle {
	many := float64(burst * 100)
	return &throttle{every: every, burst: burst, keeps: keeps, clock: clock, names: map[[sha256.Size]byte]*bucket{}, others: &bucket{every: every * 100, burst: many, left: many, seen: clock()}}
}

// of is the bucket of a name as it is now.
func (t *throttle) of(name string) *bucket {
	key, now := sha256.Sum256([]byte(name)), t.clock()
	b := t.names[key]
	if b == nil {
		if t.sweep(now); len(t.names) >= mostNames {
			t.others.fill(now)
			return t.others
		}
		b = &bucket{every: t.every, burst: float64(t.burst), left: float64(t.burst), seen: now}
		t.names[key] = b
	}
	b.fill(now)
	return b
}

func (t *throttle) allow(name string) bool {
	if t == nil {
		return true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.of(name).take()
}

// spent reports that a name may ask nothing now, and takes nothing.
func (t *throttle) spent(name string) bool {
	if t == nil {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.of(name).left < 1
}

// spend takes away what was used, as far as there is any.
func (t *throttle) spend(name string, used float64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.of(name)
	b.left = max(b.left-used, 0)
}

// giveBack undoes one that was allowed.
func (t *throttle) giveBack(name string) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.of(name)
	b.left = min(b.burst, b.left+1)
}

// wait is how long a name has to wait for its next one.
func (t *throttle) wait(name string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.of(name)
	return time.Duration((1 - b.left) / float64(b.every) * float64(time.Second))
}

// tell reports that this is the first time since a name had its whole burst that somebody asks.
func (t *throttle) tell(name string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.of(name)
	first := !b.told
	b.told = true
	return first
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
