package store_test

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/store/storetest"
)

// TestColumnsHoldWhatZohoAllows compares our columns with the longest values that Zoho Books documents:
// a name that does not fit would fail at every try.
func TestColumnsHoldWhatZohoAllows(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	const name, number, text = 200, 100, 100 // contacts' names, documents' numbers, references and modes
	for column, least := range map[[2]string]int{
		{"qlobooks_documents", "zoho_number"}: name, // of a master it is the name
		{"qlobooks_documents", "zoho_name"}:   name,
		{"qlobooks_names", "folded"}:          name,
		{"qlobooks_zoho_contacts", "name"}:    name, {"qlobooks_zoho_contacts", "company"}: name, {"qlobooks_zoho_contacts", "name_fold"}: name, {"qlobooks_zoho_contacts", "email"}: text, {"qlobooks_zoho_contacts", "phone"}: 50,
		{"qlobooks_zoho_documents", "number"}: number, {"qlobooks_zoho_documents", "reference"}: text, {"qlobooks_zoho_documents", "payment_mode"}: text,
		{"qlobooks_imported_payments", "number"}: number, {"qlobooks_imported_payments", "reference"}: text, {"qlobooks_imported_payments", "payment_mode"}: text, {"qlobooks_imported_payments", "contact"}: name,
		{"qlobooks_mapping_choices", "name"}: name, {"qlobooks_mapping_choices", "zoho_id"}: text, {"qlobooks_mappings", "zoho_id"}: text, // a mode is its own id
	} {
		var has int
		if err := db.Raw("SELECT COALESCE(MAX(character_maximum_length), 0) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ? AND column_name = ?", column[0], column[1]).Scan(&has).Error; err != nil || has < least {
			t.Errorf("%s.%s holds %d characters, Zoho Books allows %d: %v", column[0], column[1], has, least, err)
		}
	}
}

// TestColumnsHoldWhatQloAppsKeeps compares our columns of amounts with the widest of QloApps, DECIMAL(20,6): one that
// is narrower would cut, or refuse, what an order says. Sums need more; what is looked at for the brake alone is
// rounded to cents.
func TestColumnsHoldWhatQloAppsKeeps(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	var columns []struct {
		Name           string
		Digits, Places int
	}
	if err := db.Raw("SELECT CONCAT(table_name, '.', column_name) name, numeric_precision - numeric_scale digits, numeric_scale places FROM information_schema.columns WHERE table_schema = DATABASE() AND data_type = 'decimal'").Scan(&columns).Error; err != nil || len(columns) < 20 {
		t.Fatalf("%d columns %v", len(columns), err)
	}
	cents := map[string]bool{"qlobooks_records.amount": true}
	for _, c := range columns {
		if c.Digits < 14 || c.Places < 6 && !cents[c.Name] || c.Places < 2 {
			t.Errorf("%s holds %d digits and %d places, QloApps keeps 14 and 6", c.Name, c.Digits, c.Places)
		}
	}
}
