package rest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest"
)

// TestWhatReadsNoBodyRefusesOne: every act that is said to read nothing from its body is there, and refuses what it would
// ignore.
func TestWhatReadsNoBodyRefusesOne(t *testing.T) {
	t.Parallel()

	if !slices.Contains(rest.Bodiless, "POST /runs/:id/undo/preview") {
		t.Error("the preview of an undo ignores its body")
	}
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
