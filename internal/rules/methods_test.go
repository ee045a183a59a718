package rules_test

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/rules"
)

// TestOneSpellingMappedIsAllSpellingsMapped finds what was chosen for a method in whatever spelling
// the desk typed it, and nothing else by likeness.
func TestOneSpellingMappedIsAllSpellingsMapped(t *testing.T) {
	t.Parallel()
	m := rules.Mappings{Rows: map[rules.Kind]map[string]rules.Choice{
		rules.DepositAccounts: {"Cash at desk": {ZohoID: "petty"}, "Carte crédit": {ZohoID: "card"}},
		rules.PaymentModes:    {"Cash at desk": {ZohoID: "Cash"}, rules.Default: {ZohoID: "Other"}},
		rules.Items:           {"line:other": {ZohoID: "item"}},
	}}
	for _, x := range []struct {
		kind       rules.Kind
		text, want string
	}{
		{rules.DepositAccounts, "Cash at desk", "petty"}, {rules.DepositAccounts, "cash at desk", "petty"}, {rules.DepositAccounts, "CASH AT DESK  ", "petty"},
		{rules.DepositAccounts, "carte credit", "card"}, {rules.DepositAccounts, "Cash at the desk", ""}, {rules.DepositAccounts, " Cash at desk", ""},
		{rules.PaymentModes, "cash at desk", "Cash"}, {rules.PaymentModes, "Cheque", "Other"},
		{rules.Items, "LINE:OTHER", ""}, // no text that staff typed
	} {
		got, err := m.Find(x.kind, x.text)
		if got.ZohoID != x.want || (x.want == "") != fault.Is(err, fault.Blocked) {
			t.Errorf("%s %q is %q %v, want %q", x.kind, x.text, got.ZohoID, err, x.want)
		}
	}
}
