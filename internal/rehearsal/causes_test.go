package rehearsal_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// post asks for something and waits for the run that it answers with.
func (d desk) post(path string, in any) {
	d.t.Helper()
	_, err := d.Start(d.ctx, path, in)
	d.must(err)
}

// choose maps a row of a kind.
func (d desk) choose(kind, row, zohoID string) {
	d.t.Helper()
	d.must(d.Call(d.ctx, http.MethodPut, "/mappings/"+kind, map[string]any{"items": []map[string]any{{"source_id": row, "zoho_id": zohoID}}}, nil))
}

// notices are what is told of a document, by code.
func (d desk) notices(key string) map[string]string {
	d.t.Helper()
	flow, id, _ := strings.Cut(key, ":")
	var doc struct {
		Notices []struct{ Code, Detail string }
	}
	d.must(d.Call(d.ctx, http.MethodGet, "/documents/"+flow+"/"+id, nil, &doc))
	all := map[string]string{}
	for _, n := range doc.Notices {
		all[n.Code] += n.Detail
	}
	return all
}

// restsAsItIs syncs everything once more, by which nothing is written.
func (d desk) restsAsItIs() {
	d.t.Helper()
	d.Books.ForgetCalls()
	_, err := d.SyncAll(d.ctx)
	d.must(err)
	if n := d.writes(""); n > 0 {
		d.t.Errorf("a second pass wrote %d times", n)
	}
}

// writes counts the calls that wrote to an address since the calls were forgotten.
func (d desk) writes(path string) (n int) {
	for _, c := range d.Books.Calls() {
		if c.Writes() && strings.HasPrefix(c.Path, path) {
			n++
		}
	}
	return n
}

// TestWhatABodyNamesAndIsGoneIsNamed deletes an item, a tax and an account in Zoho Books before they are
// used: each is named, and what waited goes on by itself once it is there again.
func TestWhatABodyNamesAndIsGoneIsNamed(t *testing.T) {
	atOnce(t)
	d := opened(t, "gon_")
	d.post("/records/room-types/initialize", nil)
	d.post("/records/room-types/1/sync", nil)
	d.must(d.Books.DeleteByHand(d.find("room_type:1").ID))
	d.sync("1")
	until(d.ctx, t, d.Stage, "room_type:1", "rejected", "zoho_record_gone")
	if doc := document(d.ctx, t, d.Stage, "sales_order:1"); doc.Status != "blocked" && doc.Status != "rejected" || doc.Issue == nil || strings.Contains(doc.Issue.Action, "Recreate") {
		t.Errorf("the sales order is %s: %+v", doc.Status, doc.Issue)
	}
	d.must(d.Call(d.ctx, http.MethodPost, "/records/room-types/1/recreate", map[string]string{"reason": "It was deleted."}, nil))
	for _, key := range []string{"room_type:1", "sales_order:1", "invoice:1", "payment:1"} {
		until(d.ctx, t, d.Stage, key, "synced", "")
	}

	d.must(d.Books.DeleteSettingByHand(d.taxOf("4")))
	d.sync("2")
	until(d.ctx, t, d.Stage, "sales_order:2", "blocked", "mapping_missing")
	if doc := document(d.ctx, t, d.Stage, "sales_order:2"); !strings.Contains(doc.Issue.Detail, "tax") {
		t.Errorf("the tax is not named: %+v", doc.Issue)
	}
	d.sync("1") // what stands keeps the tax that it was sent with
	for _, key := range []string{"sales_order:1", "invoice:1"} {
		until(d.ctx, t, d.Stage, key, "synced", "")
	}
	fresh := d.Books.AddTaxByHand("Tax 4% anew", decimal.NewFromInt(4))
	d.post("/mappings/refresh", map[string]any{"kinds": []string{"taxes"}})
	d.choose("taxes", "4", fresh)
	for _, key := range []string{"sales_order:2", "invoice:2", "payment:2"} {
		until(d.ctx, t, d.Stage, key, "synced", "")
	}

	account := accountOf(d, "Operating account")
	d.must(d.Books.DeleteSettingByHand(account))
	d.sync("5")
	until(d.ctx, t, d.Stage, "payment:5", "blocked", "mapping_missing")
	d.post("/mappings/refresh", map[string]any{"kinds": []string{"deposit-accounts"}})
	d.choose("deposit-accounts", "default", accountOf(d, "Petty Cash"))
	until(d.ctx, t, d.Stage, "payment:5", "synced", "")
}

// accountOf is the id of an account that deposits may go to.
func accountOf(d desk, name string) string {
	d.t.Helper()
	var page struct {
		Choices []struct {
			ID   string `json:"zoho_id"`
			Name string `json:"zoho_name"`
		}
	}
	d.must(d.Call(d.ctx, http.MethodGet, "/mappings/deposit-accounts", nil, &page))
	for _, c := range page.Choices {
		if c.Name == name {
			return c.ID
		}
	}
	d.t.Fatalf("no account %s among %+v", name, page.Choices)
	return ""
}

// TestAKeyFieldThatCannotBeWrittenIsNamed makes the key field inactive after the set-up, and gives it
// another type: the refusal names the field and the set-up that cures it.
func TestAKeyFieldThatCannotBeWrittenIsNamed(t *testing.T) {
	atOnce(t)
	d := opened(t, "key_")
	d.Books.ChangeFieldByHand("contact", "QloApps Key", false, "string")
	d.post("/records/customers/initialize", nil)
	d.post("/records/customers/2/sync", nil)
	until(d.ctx, t, d.Stage, "customer:2", "held", "setup_required")
	if doc := document(d.ctx, t, d.Stage, "customer:2"); !strings.Contains(doc.Issue.Detail, "inactive") || !strings.Contains(doc.Issue.Action, "Set up") {
		t.Errorf("%+v", doc.Issue)
	}
	d.post("/setup", nil)
	until(d.ctx, t, d.Stage, "customer:2", "synced", "")

	d.Books.ChangeFieldByHand("item", "QloApps Key", true, "number")
	d.post("/records/room-types/initialize", nil)
	d.post("/records/room-types/1/sync", nil)
	until(d.ctx, t, d.Stage, "room_type:1", "held", "setup_required")
	if doc := document(d.ctx, t, d.Stage, "room_type:1"); !strings.Contains(doc.Issue.Detail, "number") || !strings.Contains(doc.Issue.Action, "Rename or delete") {
		t.Errorf("%+v", doc.Issue)
	}
}

// TestWishesBesideAContactHoldNothingUp has guests share an address, type dummies and use emoji, while Zoho
// Books takes none of that: contact, documents and money land, and people are told.
func TestWishesBesideAContactHoldNothingUp(t *testing.T) {
	atOnce(t)
	d := opened(t, "wis_")
	d.Books.Prefer(func(p *books.Preferences) { p.PortalOnce, p.StrictEmail = true, true })
	d.must(d.Set(d.ctx, "customers", "customer_portal", true))
	d.do("UPDATE {p}customer SET email = 'shared@example.com' WHERE id_customer IN (2, 3, 4)", "UPDATE {p}customer SET email = 'x@x.x' WHERE id_customer = 1")
	for _, section := range []string{"customers", "orders"} {
		d.post("/records/"+section+"/initialize", nil)
		d.post("/records/"+section+"/sync", map[string]any{"all": true, "confirm": true})
	}
	settled(d.ctx, t, d.Stage)
	told := 0
	for _, r := range d.Books.Snapshot() {
		if r.Module != "contacts" {
			continue
		}
		until(d.ctx, t, d.Stage, r.Key, "synced", "")
		if words := d.notices(r.Key)["field_not_taken"]; strings.Contains(words, "shared@example.com") && strings.Contains(words, "portal") {
			told++
		}
	}
	if told < 2 {
		t.Errorf("%d contacts tell of the portal that was not opened", told)
	}
	if words := d.notices("customer:1")["field_not_taken"]; !strings.Contains(words, "x@x.x") {
		t.Errorf("the refused address is not named: %q", words)
	}
	for _, doc := range everyDocument(d.ctx, t, d.Stage) {
		if doc.Status != "synced" && doc.Status != "skipped" && doc.Status != "not_synced" {
			t.Errorf("%s is %s: %+v", doc.Key, doc.Status, doc.Issue)
		}
	}
	d.Books.ForgetCalls()
	d.post("/records/customers/sync", map[string]any{"all": true, "confirm": true})
	if n := d.writes("/contacts"); n > 0 {
		t.Errorf("an unchanged pass wrote %d contacts", n)
	}

	// An address that is put right arrives.
	d.do("UPDATE {p}customer SET email = 'right@example.com', date_upd = NOW() + INTERVAL 1 SECOND WHERE id_customer = 1")
	d.post("/records/customers/initialize", nil)
	d.post("/records/customers/1/sync", nil)
	until(d.ctx, t, d.Stage, "customer:1", "synced", "")
	if r := d.find("customer:1"); !strings.Contains(string(r.Body), "right@example.com") {
		t.Errorf("the right address did not arrive: %s", r.Body)
	}
}

// TestAPreferenceThatChangesTotalsIsNamed rounds sales to whole units: the invoice waits with the
// preference named, and its money is posted all the same.
func TestAPreferenceThatChangesTotalsIsNamed(t *testing.T) {
	atOnce(t)
	d := opened(t, "whl_")
	d.must(d.Set(d.ctx, "orders", "create_sales_orders", false))
	d.Books.Prefer(func(p *books.Preferences) { p.WholeUnits = true })
	d.book("70", "WHOLEUNIT", "2", "970")
	d.invoice("80", "70")
	d.pay("80", "70", "80", "1", "1", "124.80", "124.80")
	d.sync("70")
	until(d.ctx, t, d.Stage, "payment:80", "synced", "")
	doc := document(d.ctx, t, d.Stage, "invoice:80")
	if doc.code() != "totals_differ" || !strings.Contains(doc.Issue.Detail, "rounds off") || !strings.Contains(doc.Issue.Action, "rounding off") {
		t.Errorf("%s %+v", doc.Status, doc.Issue)
	}
	if p := d.find("payment:80"); p.Total.String() != "124.8" || p.Balance.String() != "124.8" {
		t.Errorf("the payment is %s, unused %s", p.Total, p.Balance)
	}
	d.Books.Prefer(func(p *books.Preferences) { p.WholeUnits = false })
	d.post("/issues/totals_differ/retry", nil)
	until(d.ctx, t, d.Stage, "invoice:80", "synced", "")
	eventually(d.ctx, t, d.Stage, "the money settles the invoice", func() bool { return d.find("invoice:80").Balance.IsZero() }, "invoice:80", "payment:80")
}

// TestAnotherMappingChangesNothingThatStands maps another tax of the same rate, as accountants do when
// they edit one in Zoho Books.
func TestAnotherMappingChangesNothingThatStands(t *testing.T) {
	atOnce(t)
	d := opened(t, "oth_")
	orders := func() {
		t.Helper()
		d.post("/records/orders/initialize", nil)
		d.post("/records/orders/sync", map[string]any{"all": true, "confirm": true})
		settled(d.ctx, t, d.Stage)
	}
	orders()
	before := d.taxOf("4")
	fresh := d.Books.AddTaxByHand("Tax 4% (2027)", decimal.NewFromInt(4))
	d.post("/mappings/refresh", map[string]any{"kinds": []string{"taxes"}})
	d.choose("taxes", "4", fresh)
	d.Books.ForgetCalls()
	orders()
	for _, c := range d.Books.Calls() {
		if c.Writes() {
			t.Errorf("a change of the mapping called %s %s", c.Method, c.Path)
		}
	}
	for _, doc := range everyDocument(d.ctx, t, d.Stage) {
		if doc.Status == "rejected" || doc.Status == "held" {
			t.Errorf("%s is %s: %+v", doc.Key, doc.Status, doc.Issue)
		}
	}
	type former struct {
		SourceID  string `json:"source_id"`
		ZohoID    string `json:"zoho_id"`
		Documents int
		May       int `json:"may_be_sent"`
	}
	var page struct{ Former []former }
	d.must(d.Call(d.ctx, http.MethodGet, "/mappings/taxes", nil, &page))
	if len(page.Former) != 1 || page.Former[0].ZohoID != before || page.Former[0].Documents < 10 || page.Former[0].May == 0 || page.Former[0].May >= page.Former[0].Documents {
		t.Fatalf("the page tells of %+v", page.Former)
	}
	with := func(id string) (keys []string) {
		for _, r := range d.Books.Snapshot() {
			if (r.Module == "invoices" || r.Module == "salesorders") && strings.Contains(string(r.Body), `"tax_id":"`+id+`"`) && lineTax(r, id) {
				keys = append(keys, r.Key)
			}
		}
		return keys
	}
	d.post("/mappings/taxes/send-again", map[string]string{"source_id": "4", "zoho_id": before})
	settled(d.ctx, t, d.Stage)
	if moved := with(fresh); len(moved) != page.Former[0].May {
		t.Errorf("%v were sent again, %d may be", moved, page.Former[0].May)
	}
	for _, r := range d.Books.Snapshot() {
		if r.Module == "invoices" && r.Total.IsPositive() && r.Balance.IsZero() && lineTax(r, fresh) {
			t.Errorf("%s is paid and was rewritten", r.Key)
		}
	}
	for _, doc := range everyDocument(d.ctx, t, d.Stage) {
		if doc.Status == "rejected" || doc.Status == "held" {
			t.Errorf("%s is %s: %+v", doc.Key, doc.Status, doc.Issue)
		}
	}
	d.Books.ForgetCalls()
	orders()
	if n := d.writes("/"); n > 0 {
		t.Errorf("an unchanged pass made %d writing calls", n)
	}
}

// lineTax reports that a line of a document bears a tax.
func lineTax(r books.Record, id string) bool {
	var body struct {
		Lines []struct {
			Tax string `json:"tax_id"`
		} `json:"line_items"`
	}
	return json.Unmarshal(r.Body, &body) == nil && slices.ContainsFunc(body.Lines, func(l struct {
		Tax string `json:"tax_id"`
	}) bool {
		return l.Tax == id
	})
}

// TestARefusalOfEveryInvoiceIsOneIssue lets Zoho Books demand a field that nobody sends.
func TestARefusalOfEveryInvoiceIsOneIssue(t *testing.T) {
	atOnce(t)
	d := opened(t, "alk_")
	const words = "The field «Cost center» is mandatory."
	d.Books.Prefer(func(p *books.Preferences) { p.Refuses = map[string]string{"invoices": words} })
	d.must(d.Set(d.ctx, "orders", "create_sales_orders", false))
	// What invoices name stands: one that is tried while a guest comes to stand is looked at once more, and not called for.
	for _, section := range []string{"customers", "room-types", "service-products", "hotels"} {
		d.post("/records/"+section+"/initialize", nil)
		d.post("/records/"+section+"/sync", map[string]any{"all": true, "confirm": true})
	}
	d.post("/records/orders/initialize", nil)
	settled(d.ctx, t, d.Stage)
	d.Books.ForgetCalls()
	d.post("/records/orders/sync", map[string]any{"all": true, "confirm": true, "documents": []string{"invoices"}})
	settled(d.ctx, t, d.Stage)
	if n := d.writes("/invoices"); n != 5 {
		t.Errorf("%d invoices were tried, want 5", n)
	}
	var issues struct {
		Items []struct {
			Code  string
			Count int
		}
	}
	d.must(d.Call(d.ctx, http.MethodGet, "/issues", nil, &issues))
	counts := map[string]int{}
	for _, i := range issues.Items {
		counts[i.Code] = i.Count
	}
	if counts["zoho_refused"] != 5 || counts["refused_alike"] < 10 {
		t.Errorf("the issues are %v", counts)
	}
	for _, doc := range everyDocument(d.ctx, t, d.Stage) {
		if doc.Flow == "invoice" && doc.Issue != nil && doc.Issue.Code != "not_queued" && !strings.Contains(doc.Issue.Detail, "Cost center") {
			t.Errorf("%s does not say what Zoho Books said: %+v", doc.Key, doc.Issue)
		}
	}
	d.Books.ForgetCalls()
	d.post("/issues/refused_alike/retry", nil)
	settled(d.ctx, t, d.Stage)
	if n := d.writes("/invoices"); n != 1 {
		t.Errorf("a vain retry tried %d invoices, want one", n)
	}
	d.Books.Prefer(func(p *books.Preferences) { p.Refuses = nil })
	d.post("/issues/refused_alike/retry", nil)
	settled(d.ctx, t, d.Stage)
	for _, doc := range everyDocument(d.ctx, t, d.Stage) {
		if doc.Flow == "invoice" && doc.Status != "synced" && doc.Status != "not_synced" && (doc.Issue == nil || doc.Issue.Code != "not_queued") {
			t.Errorf("after the cure %s is %s: %+v", doc.Key, doc.Status, doc.Issue)
		}
	}
}
