package engine_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/qlobooks/qlobooks/internal/engine"
)

func TestDifferencesNameOnlyWhatWouldChange(t *testing.T) {
	t.Parallel()

	want := `{"date":"2026-05-04","due_date":"2026-05-07","discount":10,"notes":"","line_items":[{"rate":100.5,"tax_id":"7"},{"rate":20}],"custom_fields":[{"value":"invoice:1"}]}`
	stands := `{"date":"2026-05-04","due_date":"2026-05-08","discount":"10.00","total":110.5,"line_items":[{"rate":99,"tax_id":"7","line_item_id":"1"}]}`
	got := engine.Differences(json.RawMessage(want), json.RawMessage(stands))
	expected := []string{"due date: «2026-05-07» instead of «2026-05-08»", "line items: 2 instead of 1", "line items 1, rate: «100.5» instead of «99»"}
	if !slices.Equal(got, expected) {
		t.Errorf("got %q, want %q", got, expected)
	}
}
