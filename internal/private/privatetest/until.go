package privatetest

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/await"
)

// Until waits for a condition that stays, and fails the test when it does not come within a minute. A
// state that ends by itself may be over before anybody looks: hold its cause, or read what was kept.
func Until(t testing.TB, what string, met func() bool) {
	t.Helper()
	if err := (await.Bounds{}).For(t.Context(), func() (bool, error) { return met(), nil }); err != nil {
		t.Fatalf("in vain: %s: %v", what, err)
	}
}
