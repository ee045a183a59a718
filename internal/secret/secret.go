// Package secret keeps what nobody may read: it encrypts secrets at rest, hides them from
// logs and answers, and hashes tokens that only need to be recognized again.
//
// Words: a ring holds the key in use and those still being replaced; a sealed text names the
// key that sealed it and the row it belongs to, so that it opens nowhere else.
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// KeySize is the length of a key in bytes, before base64.
const KeySize = 32

// ErrSealed is returned for a text that no key of the ring opens for that row.
var ErrSealed = errors.New("the stored secret cannot be opened with the present QLOBOOKS_SECRET_KEY")

// Ring seals with its first key and opens with any.
type Ring struct{ keys []key }

type key struct {
	id   string
	aead cipher.AEAD
}

// NewRing reads base64 keys: the one in use, then older ones. Empty older ones are left out.
func NewRing(current String, older ...String) (*Ring, error) {
	r := &Ring{}
	for i, text := range append([]String{current}, older...) {
		if i > 0 && text == "" {
			continue
		}
		k, err := parse(text)
		if err != nil {
			return nil, err
		}
		r.keys = append(r.keys, k)
	}
	return r, nil
}

func parse(text String) (key, error) {
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(raw) != KeySize {
		return key{}, fmt.Errorf("a secret key must be %d random bytes in base64, as `openssl rand -base64 %d` prints them", KeySize, KeySize)
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return key{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return key{}, err
	}
	sum := sha256.Sum256(append([]byte("qlobooks key id "), raw...))
	return key{id: hex.EncodeToString(sum[:4]), aead: aead}, nil
}

// Seal encrypts plain for one row ("connection:1:refresh_token"). An empty text stays empty,
// so that "nothing stored" needs no key.
func (r *Ring) Seal(plain String, row string) string {
	if plain == "" {
		return ""
	}
	k := r.keys[0]
	box := k.aead.Seal(nil, nil, []byte(plain), []byte(row))
	return k.id + "." + base64.RawStdEncoding.EncodeToString(box)
}

// Open is the inverse of Seal for the same row; any key of the ring will do.
func (r *Ring) Open(sealed, row string) (String, error) {
	if sealed == "" {
		return "", nil
	}
	id, text, _ := strings.Cut(sealed, ".")
	box, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return "", ErrSealed
	}
	for _, k := range r.keys {
		if k.id != id {
			continue
		}
		if plain, err := k.aead.Open(nil, nil, box, []byte(row)); err == nil {
			return String(plain), nil
		}
	}
	return "", ErrSealed
}

// Stale reports whether a sealed text waits to be sealed again with the key in use.
func (r *Ring) Stale(sealed string) bool {
	return sealed != "" && !strings.HasPrefix(sealed, r.keys[0].id+".")
}

// Tally counts what became of sealed texts when the key changed.
type Tally struct {
	Resealed int // now sealed with the key in use
	Current  int // were already
	Lost     int // no key of the ring opens them; they stay as they are
}

// Add sums two tallies.
func (t Tally) Add(more Tally) Tally {
	return Tally{t.Resealed + more.Resealed, t.Current + more.Current, t.Lost + more.Lost}
}

// Reseal gives a text sealed with the key in use and counts what it did; a text that is current
// or lost stays as it is. An empty one is not counted.
func (r *Ring) Reseal(sealed, row string, t *Tally) string {
	if sealed == "" {
		return sealed
	}
	plain, err := r.Open(sealed, row)
	switch {
	case err != nil:
		t.Lost++
		return sealed
	case !r.Stale(sealed):
		t.Current++
		return sealed
	}
	t.Resealed++
	return r.Seal(plain, row)
}
