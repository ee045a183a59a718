package destination

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/fault"
)

// TestWhatAStepCameToIsToldInItsCurrency shows what was applied or given back otherwise with the decimals of the document's
// currency: none of yen, three of dinars.
func TestWhatAStepCameToIsToldInItsCurrency(t *testing.T) {
	t.Parallel()

	refund := `{"amount":%,"from_account_id":"77","date":"2026-05-04","reference_number":"payment:7"}`
	credit := `{"invoices":[{"invoice_id":"9","amount_applied":%}]}`
	for currency, want := range map[string]string{"JPY": "2000 were %s there instead of 3000", "KWD": "2000.000 were %s there instead of 3000.000", "": "2000.00 were %s there instead of 3000.00"} {
		for body, verb := range map[string]string{refund: "given back", credit: "applied"} {
			answer := `{"payment_refund":` + strings.ReplaceAll(refund, "%", "2000") + `}`
			if body == credit {
				answer = strings.ReplaceAll(credit, "%", "2000")
			}
			err := taken(json.RawMessage(strings.ReplaceAll(body, "%", "3000")), json.RawMessage(answer), currency)
			if err == nil || !strings.Contains(fault.Of(err).Detail, strings.Replace(want, "%s", verb, 1)+".") {
				t.Errorf("in %q: %v", currency, err)
			}
		}
	}
}
