package rest_test

import (
	"testing"
	"time"
)

// TestATokenWithoutAnEndIsMeant: nobody makes one by leaving something out.
func TestATokenWithoutAnEndIsMeant(t *testing.T) {
	t.Parallel()
	api, w := setupAPI(nil)
	for body, want := range map[string]int{
		`{"name":"n","role":"viewer"}`: 201, `{"name":"n","role":"viewer","expires_at":null}`: 422, `{"name":"n","role":"viewer","expires_at":null,"confirm":false}`: 422,
		`{"name":"n","role":"viewer","expires_at":null,"confirm":true}`: 201, `{"name":"n","role":"viewer","expires_at":"2027-01-01T00:00:00Z"}`: 201, `{"name":"n","role":"viewer","expires_at":"soon"}`: 422,
		`{"name":"n","role":"viewer","expires_at":7}`: 422,
	} {
		w.wish.ExpiresAt, w.asked = nil, nil
		got := call(t, api, "admin", "POST", "/api/v1/tokens", body)
		if got.Code != want {
			t.Errorf("%s: %d %s", body, got.Code, got.Body)
		}
		end := w.wish.ExpiresAt
		switch body {
		case `{"name":"n","role":"viewer"}`:
			if end == nil || time.Until(*end) < 364*24*time.Hour || time.Until(*end) > 366*24*time.Hour {
				t.Errorf("left out: it ends %v", end)
			}
		case `{"name":"n","role":"viewer","expires_at":"2027-01-01T00:00:00Z"}`:
			if end == nil || end.Format(time.DateOnly) != "2027-01-01" {
				t.Errorf("named: it ends %v", end)
			}
		default:
			if end != nil {
				t.Errorf("%s: it ends %v", body, end)
			}
		}
	}
}
