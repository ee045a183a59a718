package destination

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// TestAContactIsAskedForWithLessOnlyWhereAValueIsRefused makes one call of a contact that is refused for a reason of
// Zoho's own, and goes on with less where some value is refused. Emoji are left out whatever the code.
func TestAContactIsAskedForWithLessOnlyWhereAValueIsRefused(t *testing.T) {
	t.Parallel()

	const plain, emoji = `{"contact_name":"Ada","notes":"n","contact_persons":[{"email":"a@b.c"}]}`, `{"contact_name":"Ada 😀","contact_persons":[{"email":"a@b.c"}]}`
	for name, tt := range map[string]struct {
		body   string
		answer string
		writes int
	}{
		"a reason of its own":      {plain, `{"code":3025,"message":"The plan takes no more customers."}`, 1},
		"some value":               {plain, `{"code":15,"message":"Zu lang."}`, 3},
		"some value, another code": {plain, `{"code":4,"message":"Ungültiger Wert."}`, 3},
		"characters, perhaps":      {emoji, `{"code":1,"message":"Incorrect string value"}`, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			z := &zohoSays{answers: map[string][]said{"": {{400, tt.answer}}}}
			_, err := Contacts(z.books).Send(t.Context(), engine.Call{Method: http.MethodPut, Path: zoho.Contacts.Path, Key: "customer:1", Body: json.RawMessage(tt.body)})
			if f := fault.Of(err); f == nil || f.Code != "zoho_refused" || strings.Count(strings.Join(z.asked, ","), "PUT") != tt.writes {
				t.Errorf("%v after %q, want %d writes", err, z.asked, tt.writes)
			}
		})
	}

	z := &zohoSays{answers: map[string][]said{"PUT /contacts": {{400, `{"code":1,"message":"Incorrect string value"}`}, {201, `{"code":0,"contact":{"contact_id":"1","contact_name":"Ada"}}`}}}}
	answer, err := Contacts(z.books).Send(t.Context(), engine.Call{Method: http.MethodPut, Path: zoho.Contacts.Path, Key: "customer:1", Body: json.RawMessage(emoji)})
	if err != nil || len(answer.Differs) > 0 || len(answer.Notices) != 1 || answer.Notices[0].Code != "field_not_taken" || strings.Contains(z.bodies[1], "😀") {
		t.Errorf("%v, differs %q, notices %+v, sent %q", err, answer.Differs, answer.Notices, z.bodies)
	}
}
