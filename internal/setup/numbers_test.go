package setup

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/qloapps"
)

// TestEveryLanguageNeedsAPrefix: one without a row has none, as one whose row is empty.
func TestEveryLanguageNeedsAPrefix(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		rows      map[string]string
		languages []string
		bare      bool
	}{
		"each has one":              {map[string]string{"1": "#CS", "2": "#AV"}, []string{"1", "2"}, false},
		"one is empty":              {map[string]string{"1": "#CS", "2": " "}, []string{"1", "2"}, true},
		"one has no row":            {map[string]string{"1": "#CS"}, []string{"1", "2"}, true},
		"one that is gone has none": {map[string]string{"1": "#CS", "3": ""}, []string{"1"}, true},
		"none has a row":            {nil, []string{"1"}, true},
		"none, of no language":      {nil, nil, true},
	} {
		if got := withoutPrefix(qloapps.Numbering{SlipPrefix: x.rows}, x.languages); got != x.bare {
			t.Errorf("%s: %v", name, got)
		}
	}
}
