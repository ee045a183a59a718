package docs_test

import (
	_ "embed"
	"encoding/json"
	"slices"
	"testing"
)

//go:embed openapi.json
var openAPI []byte

// TestEveryOperationIsDescribed: each has words and a description, and an example of what is sent, of what is
// answered and of a problem. make generate makes the examples, and holds each to its schema.
func TestEveryOperationIsDescribed(t *testing.T) {
	t.Parallel()

	type content map[string]struct{ Example, Examples, Schema any }
	var file struct {
		Paths map[string]map[string]struct {
			OperationID, Summary, Description string
			RequestBody                       *struct{ Content content }
			Responses                         map[string]struct{ Content content }
		}
	}
	if err := json.Unmarshal(openAPI, &file); err != nil {
		t.Fatal(err)
	}
	n := 0
	for path, operations := range file.Paths {
		for method, o := range operations {
			n++
			if o.OperationID == "" || o.Summary == "" || len(o.Description) < 20 {
				t.Errorf("%s %s has no description: add @Description to its handler", method, path)
			}
			lacks := func(what string, c content) {
				for kind, media := range c {
					if media.Example == nil && media.Examples == nil && !(kind == "text/csv" && len(c) > 1) {
						t.Errorf("%s %s has no example of %s (%s)", method, path, what, kind)
					}
				}
			}
			if o.RequestBody != nil {
				lacks("what is sent", o.RequestBody.Content)
			}
			for status, answer := range o.Responses {
				lacks("the answer "+status, answer.Content)
			}
			problem, there := o.Responses["default"]
			if probes := []string{"/healthz", "/readyz"}; !there && !slices.Contains(probes, path) || there && problem.Content["application/problem+json"].Example == nil {
				t.Errorf("%s %s shows no problem", method, path)
			}
		}
	}
	if n < 91 {
		t.Errorf("only %d operations", n)
	}
}
