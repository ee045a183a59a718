package access_test

import (
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/access"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/secret"
)

// TestWhatCannotBeACredentialCostsNoStatement: there is no database here that could be asked.
func TestWhatCannotBeACredentialCostsNoStatement(t *testing.T) {
	t.Parallel()
	tokens, sessions := &access.Tokens{Now: time.Now}, &access.Sessions{Now: time.Now}
	right := secret.Token().Reveal()
	for _, text := range []string{"", "x", "qlb_", "qlb_x", "qlb_" + right + "A", "qlb_" + right[1:], right, "qlb_" + strings.Repeat("=", 43), "qlb_" + right[:42] + "\n", strings.Repeat("y", 10_000)} {
		if _, err := tokens.Authenticate(t.Context(), text); fault.Of(err).Code != "invalid_token" {
			t.Errorf("token %.50q: %v", text, err)
		}
		if text == right {
			continue
		}
		if _, err := sessions.Authenticate(t.Context(), secret.String(text)); fault.Of(err).Code != "session_ended" {
			t.Errorf("cookie %.50q: %v", text, err)
		}
	}
}
