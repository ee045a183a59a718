package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
)

const hidden = "(hidden)"

// String is a text that prints as "(hidden)" wherever it is logged, formatted or encoded.
// Only Reveal, or a conversion made on purpose, gives the text.
type String string

// Reveal gives the text itself, for the one place that sends or stores it.
func (s String) Reveal() string { return string(s) }

func (s String) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// GoString covers %#v.
func (s String) GoString() string { return s.String() }

// Format covers every verb, %x and %q included.
func (s String) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue covers log/slog.
func (s String) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalJSON covers answers and exports.
func (s String) MarshalJSON() ([]byte, error) { return []byte(`"` + s.String() + `"`), nil }

// Token is a new random token of 256 bits in URL-safe letters.
func Token() String {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails: the runtime stops the program instead
	return String(base64.RawURLEncoding.EncodeToString(raw))
}

// IsToken reports that a text has the form of what Token makes.
func IsToken(text String) bool {
	raw, err := base64.RawURLEncoding.DecodeString(string(text))
	return err == nil && len(raw) == 32 && len(text) == 43
}

// Hash is what is stored of a random token: enough to recognize it, useless to a thief.
// It is not for passwords, which people choose.
func Hash(token String) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Matches compares a token with a stored hash without telling by its duration how much agrees.
func Matches(token String, hash string) bool {
	return subtle.ConstantTimeCompare([]byte(Hash(token)), []byte(hash)) == 1
}
