package docs_test

import (
	_ "embed"
	"reflect"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

//go:embed mapping.md
var mapping string

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

// TestEveryFieldIsExplained: each field that can be sent to Zoho Books stands in the mapping rules of
// its kind of document, and each row of the rules names a test.
func TestEveryFieldIsExplained(t *testing.T) {
	t.Parallel()

	for title, document := range map[string]any{
		"Hotel": zoho.Item{}, "Customer": zoho.Contact{}, "Invoice": zoho.Invoice{}, "Payment": zoho.CustomerPayment{}, "Order": zoho.SalesOrder{},
		"Credit slip": zoho.CreditNote{}, "Cash given back": zoho.Refund{},
	} {
		_, section, found := strings.Cut(mapping, "# "+title+" ")
		if !found {
			t.Errorf("mapping.md has no section for %s", title)
			continue
		}
		section, _, _ = strings.Cut(section, "\n##")
		shared := map[string]string{"Hotel": "Room type", "Order": "Invoice", "Credit slip": "Invoice"}[title] // accounts; fields of a line
		_, more, _ := strings.Cut(mapping, "# "+shared)
		more, _, _ = strings.Cut(more, "\n##")
		if shared == "" {
			more = ""
		}
		for _, name := range fieldsOf(reflect.TypeOf(document)) {
			if !strings.Contains(section+more, "`"+name+"`") {
				t.Errorf("mapping.md does not explain %s of %s", name, title)
			}
		}
	}
	for _, line := range strings.Split(mapping, "\n") {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if last := strings.TrimSpace(cells[len(cells)-1]); strings.HasPrefix(line, "|") && (last == "" || last == "–") {
			t.Errorf("this rule names no test: %s", line)
		}
	}
}

// fieldsOf are the names under which a struct and the structs in it are sent.
func fieldsOf(t reflect.Type) []string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || !strings.HasSuffix(t.PkgPath(), "/internal/zoho") {
		return nil
	}
	var names []string
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" || name == "custom_fields" {
			continue
		}
		names = append(append(names, name), fieldsOf(f.Type)...)
	}
	return names
}
