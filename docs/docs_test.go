package docs_test

import (
	_ "embed"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
)

//go:embed states.md
var states string

// codes are contract section 5, word for word.
const codes = `not_connected grant_revoked setup_required mapping_missing not_queued currency_off
currency_disabled no_rate period_locked totals_differ tax_differs invoice_stale order_incomplete
invoices_do_not_add_up overpaid overpaid_after_edit negative_payment precision split_contact
number_taken name_taken paid_document invoice_voided_by_hand zoho_record_gone zoho_record_inactive
zoho_refused outcome_unknown daily_limit minute_limit brake skipped_hotel skipped_inactive
skipped_method skipped_export_off skipped_before_date skipped_by_person before_export_invoice`

// TestStatesAreExplained: what a person can meet on a screen stands in the guide, and a code's
// title is words and not the code.
func TestStatesAreExplained(t *testing.T) {
	t.Parallel()

	for _, word := range append(append(strings.Fields(codes), wire.Statuses...), wire.Phases...) {
		if !strings.Contains(states, "\n| `"+word+"` |") {
			t.Errorf("states.md does not explain %s", word)
		}
	}
	for _, code := range strings.Fields(codes) {
		if w := fault.Explain(code); w.Title == code || w.Explanation == "" || w.Action == "" {
			t.Errorf("no words for %s", code)
		}
	}
}
