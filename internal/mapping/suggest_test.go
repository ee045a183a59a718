package mapping

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/rules"
)

// TestNoSuggestionIsBetterThanAWrongOne: a word in common is no likeness, and of two that are alike neither
// is proposed.
func TestNoSuggestionIsBetterThanAWrongOne(t *testing.T) {
	t.Parallel()
	choices := []choiceRow{{ZohoID: "1", Name: "Room revenue"}, {ZohoID: "2", Name: "Cash at desk"}, {ZohoID: "3", Name: "Bank of Oslo"}, {ZohoID: "4", Name: "Bank of Bergen"}, {ZohoID: "5", Name: "Breakfast"}}
	for name, want := range map[string][2]string{
		"Closed Room": {}, "Room Maintenance Fees": {}, "Cash back": {}, "Revenue": {"1", "similar"}, "Bank": {},
		"breakfast": {"5", "exact"}, "Cash": {"2", "similar"}, "Breakfast buffet": {"5", "similar"}, "At": {},
	} {
		id, confidence := suggest(rules.Accounts, sourceRow{SourceID: "room_type:1", Name: name}, choices, "NO")
		if got := [2]string{id, confidence}; got != want {
			t.Errorf("for «%s» %v is proposed, want %v", name, got, want)
		}
	}
}
