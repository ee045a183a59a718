package mapping

import (
	"testing"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/rules"
)

// TestWhatIsInactiveIsOfferedToNobody neither suggests a tax that is inactive in Zoho Books nor takes it as a
// choice; a row that has it may be saved as it is.
func TestWhatIsInactiveIsOfferedToNobody(t *testing.T) {
	t.Parallel()

	old, fresh := "4", "5"
	row := func(id string, inactive string) choiceRow {
		facts := `{"tax":{"ID":"` + id + `","Parts":[{"ID":"` + id + `","Percent":"4"}]}` + inactive + `}`
		return choiceRow{Kind: "taxes", ZohoID: id, Name: "VAT " + id, Facts: &facts}
	}
	choices := []choiceRow{row(old, `,"inactive":true`), row(fresh, "")}
	if whole, _ := fitting("4", inUse(choices)); len(whole) != 1 || whole[0] != fresh {
		t.Errorf("for 4 %% %v fit", whole)
	}
	sources := []sourceRow{{Kind: "taxes", SourceID: "4", ZohoID: &old}, {Kind: "taxes", SourceID: "8"}}
	for name, tt := range map[string]struct {
		row  wire.MappingRow
		fine bool
	}{
		"it stays":         {wire.MappingRow{SourceID: "4", ZohoID: &old}, true},
		"another is taken": {wire.MappingRow{SourceID: "4", ZohoID: &fresh}, true},
		"it is chosen":     {wire.MappingRow{SourceID: "8", ZohoID: &old}, false},
	} {
		if wrong := check(string(rules.Taxes), []wire.MappingRow{tt.row}, sources, choices); (len(wrong) == 0) != tt.fine {
			t.Errorf("%s: %v", name, wrong)
		}
	}
}
