package reconcile

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/store/storetest"
)

// TestVouchersAreFoundByTheirKey explains the statement that finds the invoices a voucher pays, in a table of
// which few rows are such: it reads those, not every document's steps.
func TestVouchersAreFoundByTheirKey(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	insert := "INSERT INTO qlobooks_documents (flow, source_id, steps, pays_credit, created_at, updated_at) VALUES "
	for block := range 10 {
		var rows []string
		var args []any
		for n := range 200 {
			rows, args = append(rows, "('invoice', ?, '[]', ?, NOW(6), NOW(6))"), append(args, block*200+n+1, n == 0)
		}
		if err := db.Exec(insert+strings.Join(rows, ", "), args...).Error; err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Exec("ANALYZE TABLE qlobooks_documents").Error; err != nil {
		t.Fatal(err)
	}
	var plan struct {
		Type string
		Key  sql.NullString
		Rows int
	}
	if err := db.Raw("EXPLAIN "+vouchersUsed, flow.Invoice).Scan(&plan).Error; err != nil {
		t.Fatal(err)
	}
	if plan.Key.String != "by_pays_credit" || plan.Rows > 50 {
		t.Errorf("the plan is %+v", plan)
	}
}
