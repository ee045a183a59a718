package rest

import (
	"crypto/sha256"
	"sync"

	"github.com/labstack/echo/v4"
)

// familiar are credentials that let somebody in, by their hashes. Others are looked up only as often as a
// place of strangers may ask, so that guesses cost no statements; who is known here is not kept out by
// strangers of the same place.
type familiar struct {
	mu    sync.Mutex
	known map[[sha256.Size]byte]bool
}

func newFamiliar() *familiar { return &familiar{known: map[[sha256.Size]byte]bool{}} }

func (f *familiar) knows(text string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.known[sha256.Sum256([]byte(text))]
}

// note keeps whether a credential let somebody in. Of too many one is forgotten, which has to be looked up
// as a stranger's once more.
func (f *familiar) note(text string, in bool) {
	key := sha256.Sum256([]byte(text))
	f.mu.Lock()
	defer f.mu.Unlock()
	if !in {
		delete(f.known, key)
		return
	}
	for other := range f.known {
		if len(f.known) < mostNames {
			break
		}
		delete(f.known, other)
	}
	f.known[key] = true
}

// presented is what a caller shows, as it came.
func (s *server) presented(c echo.Context) string {
	return c.Request().Header.Get(echo.HeaderAuthorization) + " " + s.cookieOf(c).Reveal()
}
