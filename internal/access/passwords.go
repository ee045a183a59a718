package access

import (
	"crypto/md5"
	"crypto/subtle"
	"encoding/hex"
	"strings"

	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/secret"
)

// nobody has a password that no text gives, so that an unknown address costs one comparison too.
var nobody = qloapps.Employee{PasswordMD5: secret.String(strings.Repeat("-", 2*md5.Size))}

// match finds the active employee whose password it is. It compares at least once and goes
// through all of them, so that the time taken tells neither whether an address is known nor
// whether its employee is active.
func match(list []qloapps.Employee, cookieKey, password secret.String) (qloapps.Employee, bool) {
	if len(list) == 0 {
		list = []qloapps.Employee{nobody}
	}
	// QloApps keeps passwords like this; the choice of MD5 is not ours.
	sum := md5.Sum([]byte(cookieKey.Reveal() + password.Reveal()))
	given := []byte(hex.EncodeToString(sum[:]))
	found, ok := qloapps.Employee{}, false
	for _, e := range list {
		same := subtle.ConstantTimeCompare(given, []byte(strings.ToLower(e.PasswordMD5.Reveal()))) == 1
		if same && e.Active && !ok {
			found, ok = e, true
		}
	}
	return found, ok
}

// printOf changes whenever the employee's password does. It is one more hash, so that a copy of
// our table does not hold QloApps' passwords.
func printOf(e qloapps.Employee) string {
	return secret.Hash("employee " + secret.String(e.ID) + " " + e.PasswordMD5)
}
