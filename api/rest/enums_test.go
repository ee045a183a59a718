package rest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/docs"
	"github.com/qlobooks/qlobooks/internal/settings"
)

// TestEverySectionOfTheSettingsCanBeNamed compares the sections that a generated client knows with those there are.
func TestEverySectionOfTheSettingsCanBeNamed(t *testing.T) {
	t.Parallel()
	var file struct {
		Paths map[string]map[string]struct {
			Parameters []struct {
				Name   string
				Schema struct{ Enum []any }
			}
		}
	}
	if err := json.Unmarshal(docs.OpenAPI, &file); err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(settings.Default())
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(body, &all); err != nil {
		t.Fatal(err)
	}
	var there []string
	for name := range all {
		there = append(there, name)
	}
	slices.Sort(there)
	for method, op := range file.Paths["/api/v1/settings/{section}"] {
		named := []string{}
		for _, name := range op.Parameters[0].Schema.Enum {
			named = append(named, fmt.Sprint(name))
		}
		slices.Sort(named)
		if !slices.Equal(named, there) {
			t.Errorf("%s names %s, there are %s", strings.ToUpper(method), named, there)
		}
	}
}
