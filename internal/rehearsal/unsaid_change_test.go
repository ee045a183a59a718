package rehearsal_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestPaymentsWhoseListTellsNoChangeAreNotReadAtEveryLook lists payments as Zoho's documentation shows the list, without the
// moment of their last change, their customer and what is unused of them. What was read stays read until a row, an invoice
// or a day says otherwise.
func TestPaymentsWhoseListTellsNoChangeAreNotReadAtEveryLook(t *testing.T) {
	atOnce(t)
	d := opened(t, "unsaid_")
	d.Books.Prefer(func(p *books.Preferences) {
		p.Short = map[string][]string{"customerpayments": {"customer_id", "customer_name", "currency_code", "currency_id", "last_modified_time", "created_time", "updated_time",
			"reference_number", "unused_amount", "custom_fields", "cf_qloapps_key", "custom_field_hash", "status", "payment_status", "account_id", "exchange_rate", "invoices", "description", "amount_refunded"}}
	})
	d.must(d.Set(d.ctx, "payments", "import_enabled", true))
	d.clerk.book("74", "UNSAID1", "2", "974")
	d.clerk.invoice("84", "74")
	d.sync("74")
	invoice := d.find("invoice:84")
	var bill struct {
		Customer string `json:"customer_id"`
	}
	d.must(json.Unmarshal(invoice.Body, &bill))
	enter := func(amount, invoices string) string {
		t.Helper()
		id, err := d.Books.AddByHand("customerpayments", fmt.Sprintf(`{"customer_id":%q,"payment_mode":"Cash","date":%q,"amount":%s,"invoices":[%s]}`, bill.Customer, time.Now().Format(time.DateOnly), amount, invoices))
		d.must(err)
		return id
	}
	settling, waiting := enter("20", fmt.Sprintf(`{"invoice_id":%q,"amount_applied":20}`, invoice.ID)), enter("33", "")
	// read imports, and gives the payments that were read alone.
	read := func() (ids []string) {
		t.Helper()
		before := len(d.Books.Calls())
		if _, err := d.Start(d.ctx, "/payments/import", map[string]string{"scope": "new"}); err != nil {
			t.Fatal(err)
		}
		for _, c := range d.Books.Calls()[before:] {
			if id, one := strings.CutPrefix(c.Path, "/customerpayments/"); one && c.Method == http.MethodGet {
				ids = append(ids, id)
			}
		}
		return ids
	}
	if ids := read(); len(ids) != 2 {
		t.Errorf("the first look read %v, and two payments are new", ids)
	}
	if ids := read(); len(ids) != 0 {
		t.Errorf("a look at what did not change read %v", ids)
	}
	d.must(d.Books.ChangeByHand(waiting, `{"amount":34}`))
	if ids := read(); len(ids) != 1 || ids[0] != waiting {
		t.Errorf("%s was changed, and %v were read", waiting, ids)
	}
	inHotel(t, d.App.Config.MySQLDSN.Reveal(), "UPDATE qlobooks_imported_payments SET updated_at = updated_at - INTERVAL 25 HOUR")
	if ids := read(); len(ids) != 2 {
		t.Errorf("after a day %v were read, and two payments are followed (%s)", ids, settling)
	}
}
