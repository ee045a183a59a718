package secret_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/secret"
)

func aKey(fill byte) secret.String {
	return secret.String(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{fill}, secret.KeySize)))
}

func ring(t *testing.T, keys ...secret.String) *secret.Ring {
	t.Helper()
	r, err := secret.NewRing(keys[0], keys[1:]...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestASealedTextOpensOnlyForItsRow(t *testing.T) {
	t.Parallel()
	r := ring(t, aKey(1))
	sealed := r.Seal("1000.refresh", "connection:1:refresh_token")
	if strings.Contains(sealed, "refresh") || sealed == r.Seal("1000.refresh", "connection:1:refresh_token") {
		t.Fatalf("sealed text shows something: %s", sealed)
	}
	if got, err := r.Open(sealed, "connection:1:refresh_token"); err != nil || got.Reveal() != "1000.refresh" {
		t.Fatalf("Open = %q, %v", got.Reveal(), err)
	}
	for name, text := range map[string]string{
		"truncated": sealed[:len(sealed)-4], "no key id": sealed[9:], "another key": ring(t, aKey(2)).Seal("x", "connection:1:refresh_token"),
	} {
		if _, err := r.Open(text, "connection:1:refresh_token"); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
	if _, err := r.Open(sealed, "connection:1:client_secret"); err == nil {
		t.Error("opened in another place")
	}
}

func TestKeysRotate(t *testing.T) {
	t.Parallel()
	before := ring(t, aKey(1)).Seal("secret", "row")
	during := ring(t, aKey(2), aKey(1), "")
	if !during.Stale(before) || during.Stale(during.Seal("x", "row")) || during.Stale("") {
		t.Error("Stale names the wrong texts")
	}
	plain, err := during.Open(before, "row")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ring(t, aKey(2)).Open(during.Seal(plain, "row"), "row"); err != nil || got != "secret" {
		t.Fatalf("after rotation: %v", err)
	}
}

func TestBadKeysAreRefusedInWords(t *testing.T) {
	t.Parallel()
	for _, bad := range []secret.String{"", "short", "!!!", secret.String(base64.StdEncoding.EncodeToString([]byte("sixteen bytes ok")))} {
		if _, err := secret.NewRing(bad); err == nil || !strings.Contains(err.Error(), "openssl rand") {
			t.Errorf("key %q: %v", bad.Reveal(), err)
		}
	}
}

func TestSecretsNeverPrint(t *testing.T) {
	t.Parallel()
	type holder struct {
		Token secret.String `json:"token"`
	}
	h := holder{Token: "leak"}
	encoded, _ := json.Marshal(h)
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "token", h.Token, "holder", h)
	for _, text := range []string{
		fmt.Sprint(h), fmt.Sprintf("%+v %#v %s %q %x %d", h, h, h.Token, h.Token, h.Token, h.Token), string(encoded), log.String(),
	} {
		if strings.Contains(text, "leak") || strings.Contains(text, "6c65616b") {
			t.Errorf("the secret shows in %s", text)
		}
	}
	if fmt.Sprint(secret.String("")) != "" {
		t.Error("an empty secret must look empty, so that a missing one is noticed")
	}
}

func TestTokensAreRecognizedByHash(t *testing.T) {
	t.Parallel()
	token := secret.Token()
	if token == secret.Token() || len(token) < 40 {
		t.Fatal("tokens repeat or are short")
	}
	if !secret.Matches(token, secret.Hash(token)) || secret.Matches(token+"x", secret.Hash(token)) {
		t.Error("hash does not recognize its token only")
	}
}
