package rest_test

import (
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest"
)

// TestWhatReadsNoBodyRefusesOne: every act that is said to read nothing from its body is there, and refuses what it would
// ignore.
func TestWhatReadsNoBodyRefusesOne(t *testing.T) {
	t.Parallel()

	api, _ := setupAPI(nil)
	filled := strings.NewReplacer(":section", "orders", ":source_id", "1", ":flow", "invoice", ":id", "7", ":code", "mapping_missing")
	for _, act := range rest.Bodiless {
		method, path, _ := strings.Cut(act, " ")
		got := call(t, api, "admin", method, "/api/v1"+filled.Replace(path), `{"bogus":1}`)
		if got.Code != 422 || len(got.problem.Errors) != 1 || got.problem.Errors[0].Field != "bogus" {
			t.Errorf("%s: %d %+v", act, got.Code, got.problem)
		}
	}
}

// TestUndoingIsPreviewedWithItsOwnBody: a client may preview with the very body that it means to send, with the id of the
// organization or with true, as the contract leaves both open; whatever else stands in it is refused.
func TestUndoingIsPreviewedWithItsOwnBody(t *testing.T) {
	t.Parallel()

	api, _ := setupAPI(nil)
	for body, want := range map[string]int{"": 200, `{}`: 200, `{"reason":"why","confirm":"46"}`: 200, `{"reason":"why","confirm":true}`: 200, `{"bogus":1}`: 422, `{"confirm":1}`: 422, `{"confirm":false}`: 422} {
		if got := call(t, api, "admin", "POST", "/api/v1/runs/7/undo/preview", body); got.Code != want {
			t.Errorf("preview with %s: %d %s", body, got.Code, got.Body)
		}
	}
	for body, want := range map[string]int{`{"reason":"why","confirm":"46"}`: 202, `{"reason":"why","confirm":true}`: 202, `{"reason":"why","confirm":false}`: 422, `{"reason":"why","confirm":7}`: 422, `{"reason":"why"}`: 422, `{"reason":"why","confirm":null}`: 422} {
		if got := call(t, api, "admin", "POST", "/api/v1/runs/7/undo", body); got.Code != want {
			t.Errorf("undo with %s: %d %s", body, got.Code, got.Body)
		}
	}
}

// TestABodyMaySayThatItIsUTF8 sends one that names its charset as clients do.
func TestABodyMaySayThatItIsUTF8(t *testing.T) {
	t.Parallel()

	api, _ := setupAPI(nil)
	for _, kind := range []string{"application/json", "application/json; charset=utf-8", `Application/JSON; charset="UTF-8"`} {
		if got := call(t, api, "admin", "POST", "/api/v1/records/orders/sync", `{"all":true}`, "Content-Type", kind); got.Code != 202 {
			t.Errorf("%s: %d %s", kind, got.Code, got.Body)
		}
	}
}
