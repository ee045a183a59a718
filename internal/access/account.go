package access

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/secret"
)

// Account is the one name of an e-mail address for counting who tries it. MySQL takes «ádmin» for
// «admin» when it compares; so does this, and capitals and wide letters too.
func Account(email string) string {
	plain := strings.Map(func(c rune) rune {
		if unicode.Is(unicode.Mn, c) || unicode.IsControl(c) {
			return -1
		}
		return c
	}, norm.NFKD.String(strings.TrimSpace(email)))
	return strings.ToLower(plain)
}

// exactly keeps the employees whose address is the one that was typed, capitals aside. The database
// finds others by its collation, and a name has one spelling here.
func exactly(list []qloapps.Employee, email string) []qloapps.Employee {
	var same []qloapps.Employee
	for _, e := range list {
		if strings.ToLower(strings.TrimSpace(e.Email)) == strings.ToLower(email) { //nolint:staticcheck // EqualFold folds more
			same = append(same, e)
		}
	}
	return same
}

// KnownBrowser gives what a browser keeps after a sign-in, to be told from strangers later. It lets
// nobody in.
func (s *Sessions) KnownBrowser(email string) secret.String {
	name := secret.Token().Reveal()
	return secret.String(name + "." + s.browserProof(name, email))
}

// BrowserOf is the name of a browser that was let in with this address before; "" for any other.
func (s *Sessions) BrowserOf(kept secret.String, email string) string {
	name, proof, ok := strings.Cut(kept.Reveal(), ".")
	if !ok || len(name) > longest || !hmac.Equal([]byte(proof), []byte(s.browserProof(name, email))) {
		return ""
	}
	return name
}

func (s *Sessions) browserProof(name, email string) string {
	key := sha256.Sum256([]byte("a browser that was let in before " + s.CookieKey.Reveal()))
	mac := hmac.New(sha256.New, key[:])
	mac.Write([]byte(name + " " + Account(email)))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
