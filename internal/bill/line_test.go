package bill

import (
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
)

// TestALineWithoutANameIsNamedByWhatItIs: a line without an item has its name alone, and QloApps may keep none.
func TestALineWithoutANameIsNamedByWhatItIs(t *testing.T) {
	t.Parallel()

	r := &rules.Rules{Mappings: rules.Mappings{Rows: map[rules.Kind]map[string]rules.Choice{rules.Accounts: {rules.Default: {ZohoID: "sales"}}}}}
	none := func(qloapps.Line) (string, error) { return "", nil }
	for kind, want := range map[qloapps.LineKind]string{qloapps.RoomLine: "Room", qloapps.ServiceLine: "Service", qloapps.FacilityLine: "Facility", qloapps.OtherLine: "Other"} {
		l := Line{Line: qloapps.Line{Kind: kind, Name: " ", RoomNumber: "101", Excl: money.MustParse("10"), Incl: money.MustParse("10.4"), Quantity: money.One}}
		got, err := zohoLine(l, money.MustParse("10.4"), 2, none, true, r)
		if err != nil || got.Name != want || !strings.HasPrefix(got.Description, want) {
			t.Errorf("%s: name %q, description %q, %v", kind, got.Name, got.Description, err)
		}
	}
}
