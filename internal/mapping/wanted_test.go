package mapping

import (
	"slices"
	"testing"

	"github.com/qlobooks/qlobooks/internal/rules"
)

// TestARateThatADocumentWaitsForIsARowOfTheMapping: a former tax may be in no list that QloApps has, and whoever comes to
// choose for it must find it; chosen it stays, also after Refresh.
func TestARateThatADocumentWaitsForIsARowOfTheMapping(t *testing.T) {
	d := open(t)
	waits := func(id, code, status, detail string) {
		if err := d.DB.Exec("INSERT INTO qlobooks_documents (flow, source_id, status, issue_code, issue_detail, created_at, updated_at) VALUES ('invoice', ?, ?, ?, ?, NOW(), NOW())", id, status, code, detail).Error; err != nil {
			t.Fatal(err)
		}
	}
	waits("1", "mapping_missing", "blocked", rules.Missing(rules.Taxes, "4.5"))
	waits("2", "mapping_missing", "blocked", rules.Missing(rules.Taxes, "4"))
	waits("3", "mapping_missing", "blocked", rules.Missing(rules.Accounts, "line:other"))
	waits("4", "mapping_missing", "pending", rules.Missing(rules.Taxes, "7"))
	waits("5", "mapping_missing", "blocked", "The tax rate «8» is odd.")
	d.chosen(t, rules.Taxes, "10*5", "tax-1")
	known := []Source{{ID: "4", Name: "4 %", UsedBy: 3}}
	rows, err := d.wanted(t.Context(), rules.Taxes, known)
	if want := []Source{{"4", "4 %", 3}, {"10*5", "10 %, then 5 %", 0}, {"4.5", "4.5 %", 0}, {"7", "7 %", 0}}; err != nil || !slices.Equal(rows, want) {
		t.Errorf("rows are %v, %v, want %v", rows, err, want)
	}
	if rows, err := d.wanted(t.Context(), rules.Accounts, known); err != nil || !slices.Equal(rows, known) {
		t.Errorf("accounts are %v, %v", rows, err)
	}
}

// TestAWholeHotelMayWaitForItsMapping: before the first mapping every document may wait, and some tell no words; all are
// counted, however many, and a row is offered for what the last of them asks for.
func TestAWholeHotelMayWaitForItsMapping(t *testing.T) {
	d := open(t)
	rate := rules.Missing(rules.Taxes, "4.5")
	if err := d.DB.Exec("INSERT INTO qlobooks_documents (flow, source_id, status, issue_code, issue_detail, created_at, updated_at) "+
		"WITH RECURSIVE n AS (SELECT 1 i UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT 'invoice', a.i * 1000 + b.i, 'blocked', 'mapping_missing', IF(a.i = 4, ?, NULL), NOW(), NOW() FROM n a JOIN n b WHERE a.i <= 4",
		rate).Error; err != nil {
		t.Fatal(err)
	}
	waiting, err := d.waiting(t.Context())
	if err != nil || waiting[rate] != 900 || waiting[""] != 2700 {
		t.Errorf("%v wait, %v, want 900 for the rate and 2700 without words", waiting, err)
	}
	rows, err := d.wanted(t.Context(), rules.Taxes, nil)
	if want := []Source{{"4.5", "4.5 %", 0}}; err != nil || !slices.Equal(rows, want) {
		t.Errorf("rows are %v, %v, want %v", rows, err, want)
	}
}
