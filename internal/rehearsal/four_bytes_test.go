package rehearsal_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestCharactersOfFourBytesHoldNothingUp has every name of a hotel bear an emoji, as tables in utf8mb4 keep it,
// while Zoho Books refuses each: everything stands without them, people are told, and nothing is sent twice.
// Then names, a reference and a payment mode with emoji come from Zoho Books, into a table of QloApps that cannot
// keep them.
func TestCharactersOfFourBytesHoldNothingUp(t *testing.T) {
	atOnce(t)
	d := opened(t, "four_")
	for _, table := range []string{"customer", "address", "htl_branch_info_lang", "product_lang", "htl_booking_detail", "order_detail", "orders", "order_cart_rule", "currency"} {
		d.do("ALTER TABLE {p}" + table + " CONVERT TO CHARACTER SET utf8mb4")
	}
	d.do("UPDATE {p}customer SET firstname = CONCAT('😀 ', firstname), lastname = CONCAT(lastname, '𝔄')", "UPDATE {p}address SET city = CONCAT(city, ' 🏖')",
		"UPDATE {p}htl_branch_info_lang SET hotel_name = CONCAT('🏨', hotel_name)", "UPDATE {p}product_lang SET name = CONCAT(name, ' 🛏')",
		"UPDATE {p}htl_booking_detail SET room_type_name = CONCAT(room_type_name, ' 🛏'), hotel_name = CONCAT('🏨', hotel_name)",
		"UPDATE {p}order_detail SET product_name = CONCAT(product_name, ' 🛏')", "UPDATE {p}order_cart_rule SET name = CONCAT('🎁', name)", "UPDATE {p}currency SET name = CONCAT(name, ' 💶')")
	d.Books.Prefer(func(p *books.Preferences) { p.PlainNames = true })
	_, err := d.SyncAll(d.ctx)
	d.must(err)
	settled(d.ctx, t, d.Stage)
	bad := 0
	for _, doc := range everyDocument(d.ctx, t, d.Stage) {
		if !slices.Contains([]string{"synced", "skipped", "not_synced"}, doc.Status) {
			bad++
			t.Errorf("%s is %s: %+v", doc.Key, doc.Status, doc.Issue)
		}
	}
	told := 0
	for _, r := range d.Books.Snapshot() {
		if strings.ContainsFunc(string(r.Body), func(c rune) bool { return c > 0xffff }) {
			t.Errorf("%s bears %s", r.Key, r.Body)
		}
		if r.Module == "contacts" && strings.Contains(d.notices(r.Key)["field_not_taken"], "emoji") {
			told++
		}
	}
	if told < 5 {
		t.Errorf("%d contacts tell of what was left out", told)
	}
	d.restsAsItIs()
	var found struct{ Items []wire.Record }
	d.must(d.Call(d.ctx, http.MethodGet, "/records/customers?q="+url.QueryEscape("😀 Nora"), nil, &found))
	if len(found.Items) != 1 || found.Items[0].SourceID != "1" {
		t.Errorf("the guest is found as %+v", found.Items)
	}

	d.Books.Prefer(func(p *books.Preferences) { p.PlainNames = false })
	_, err = d.Books.AddByHand("contacts", `{"contact_name":"Zoë 🎈","contact_type":"customer"}`)
	d.must(err)
	_, err = d.Start(d.ctx, "/pairing/customers/load", nil)
	d.must(err)
	var contacts struct{ Items []wire.Contact }
	d.must(d.Call(d.ctx, http.MethodGet, "/pairing/contacts?q="+url.QueryEscape("🎈"), nil, &contacts))
	if len(contacts.Items) != 1 || contacts.Items[0].Name != "Zoë 🎈" {
		t.Errorf("the contact is found as %+v", contacts.Items)
	}
	day := time.Now().AddDate(0, 0, -2).Format(time.DateOnly)
	id, err := d.Books.AddByHand("customerpayments", fmt.Sprintf(`{"customer_id":%q,"payment_mode":"Twint 💳","reference_number":"🎈 7","date":%q,"amount":100,"invoices":[{"invoice_id":%q,"amount_applied":100}]}`,
		contactOf(t, d.Stage, "customer:7"), day, d.find("invoice:8").ID))
	d.must(err)
	_, err = d.Start(d.ctx, "/payments/import", map[string]any{"scope": "new"})
	d.must(err)
	if p := importedPayments(d.ctx, t, d.Stage)[id]; p.Status != "imported" || p.Issue != nil || !strings.Contains(p.PaymentMode+p.Reference, "🎈") {
		t.Errorf("the payment is %+v", p)
	}
	if got := one(t, d.Stage, "SELECT CONCAT_WS(' ', COUNT(*), SUM(amount)) FROM four_order_payment WHERE transaction_id = ?", "zoho:"+id); got != "1 100.00" {
		t.Errorf("QloApps has %s of it", got)
	}
	d.Books.ForgetCalls()
	_, err = d.SyncAll(d.ctx)
	d.must(err)
	if n := d.writes(""); n > 0 {
		t.Errorf("the payment went back in %d calls", n)
	}
}
