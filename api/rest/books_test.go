package rest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// bookRoutes are the routes about what stands in Zoho Books, with the least role of each.
var bookRoutes = []struct{ role, method, path, body string }{
	{"accountant", "POST", "/records/orders/5/pair", `{"zoho_id":"46"}`}, {"accountant", "POST", "/records/orders/5/unpair", `{"reason":"r"}`}, {"accountant", "POST", "/records/orders/5/recreate", `{"reason":"r"}`},
	{"accountant", "POST", "/documents/invoice/5/pair", `{"zoho_id":"46"}`}, {"accountant", "POST", "/documents/invoice/5/unpair", `{"reason":"r"}`}, {"accountant", "POST", "/documents/invoice/5/recreate", `{"reason":"r"}`}, {"accountant", "POST", "/documents/invoice/5/take-change", `{"reason":"r"}`},
	{"accountant", "POST", "/pairing/customers/load", ""}, {"viewer", "GET", "/pairing/customers", ""}, {"viewer", "GET", "/pairing/customers.csv", ""}, {"viewer", "GET", "/pairing/contacts?q=nora", ""},
	{"accountant", "POST", "/pairing/customers/3", `{"zoho_id":"46"}`}, {"accountant", "DELETE", "/pairing/customers/3", ""},
	{"viewer", "GET", "/reconciliation?from=2026-03-01&to=2026-03-31", ""}, {"accountant", "POST", "/reconciliation/refresh", `{"from":"2026-03-01","to":"2026-03-31"}`},
	{"viewer", "GET", "/periods", ""}, {"accountant", "POST", "/periods/2026-03/close", `{"reason":"agreed"}`}, {"accountant", "DELETE", "/periods/2026-03/close", ""},
	{"accountant", "POST", "/payments/import", `{"scope":"new"}`}, {"viewer", "GET", "/payments/imported", ""}, {"accountant", "POST", "/payments/imported/46/assign", `{"order_id":"5"}`}, {"viewer", "GET", "/payments/statements", ""},
	{"viewer", "GET", "/logs", ""}, {"accountant", "GET", "/logs/1", ""}, {"viewer", "GET", "/audit", ""}, {"admin", "POST", "/tools/reset", `{"scope":"all","confirm":"46"}`}, {"admin", "POST", "/tools/reset/preview", `{"scope":"links"}`},
}

type ties struct{ *world }

func (t ties) PairRecord(_ context.Context, section, id, zohoID, by string) (wire.RecordDetail, error) {
	return wire.RecordDetail{}, t.ask("pair "+section+" "+id+" "+zohoID, by)
}
func (t ties) UnpairRecord(_ context.Context, section, id, reason, by string) (wire.RecordDetail, error) {
	return wire.RecordDetail{}, t.ask("unpair "+section+" "+id+" "+reason, by)
}
func (t ties) RecreateRecord(_ context.Context, section, id, reason, by string) (wire.Run, error) {
	return aRun, t.ask("recreate "+section+" "+id+" "+reason, by)
}
func (t ties) PairDocument(_ context.Context, flow, id, zohoID, by string) (wire.Document, error) {
	return wire.Document{}, t.ask("pair "+flow+" "+id+" "+zohoID, by)
}
func (t ties) UnpairDocument(_ context.Context, flow, id, reason, by string) (wire.Document, error) {
	return wire.Document{}, t.ask("unpair "+flow+" "+id+" "+reason, by)
}
func (t ties) RecreateDocument(_ context.Context, flow, id, reason, by string) (wire.Run, error) {
	return aRun, t.ask("recreate "+flow+" "+id+" "+reason, by)
}
func (t ties) TakeChange(_ context.Context, flow, id, reason, by string) (wire.Document, error) {
	return wire.Document{}, t.ask("take-change "+flow+" "+id+" "+reason, by)
}

type customers struct{ *world }

func (c customers) Load(_ context.Context, by string) (wire.Run, error) {
	return aRun, c.ask("load", by)
}
func (c customers) List(_ context.Context, q wire.PairingQuery) (wire.PairingPage, error) {
	return wire.PairingPage{}, c.ask("pairing", "status: "+q.Status)
}
func (c customers) Names(_ context.Context, pattern string) (wire.NamePreview, error) {
	return wire.NamePreview{}, c.ask("names", pattern)
}

func (c customers) Contacts(_ context.Context, q string, limit int) (wire.ContactList, error) {
	return wire.ContactList{}, c.ask(fmt.Sprint("contacts ", q, " ", limit))
}
func (c customers) PairCustomer(_ context.Context, id, zohoID, by string) (wire.PairingItem, error) {
	return wire.PairingItem{}, c.ask("pair "+id+" "+zohoID, by)
}
func (c customers) UnpairCustomer(_ context.Context, id string, _ wire.Unpairing, by string) (wire.PairingItem, error) {
	return wire.PairingItem{}, c.ask("unpair "+id, by)
}
func (c customers) Pairs(_ context.Context, each func([]wire.PairingRow) error) error {
	if err := each([]wire.PairingRow{{CustomerID: "7"}}); err != nil {
		return err
	}
	return c.ask("pairs") // of the next page
}
func (c customers) Import(_ context.Context, rows []wire.PairingRow, by string) (wire.PairingImport, []wire.LineError, error) {
	return wire.PairingImport{Paired: len(rows)}, nil, c.ask("import", by)
}

type comparison struct{ *world }

func (c comparison) Get(context.Context, wire.ReconciliationQuery) (wire.Reconciliation, error) {
	row := wire.ReconciliationRow{Day: "2026-03-01", Hotel: "=HYPERLINK(0)", Kind: "invoice", QloApps: wire.Figures{Count: 1, Amount: "-5.00"}}
	return wire.Reconciliation{Rows: []wire.ReconciliationRow{row}}, c.ask("reconciliation")
}
func (c comparison) Refresh(_ context.Context, days wire.DayRange, by string) (wire.Run, error) {
	return aRun, c.ask("refresh "+days.From, by)
}

type months struct{ *world }

func (m months) List(context.Context) (wire.PeriodList, error) {
	return wire.PeriodList{}, m.ask("periods")
}
func (m months) Close(_ context.Context, month string, in wire.PeriodClose, by string) (wire.Period, error) {
	asked := "close " + month + " " + in.Reason
	for _, a := range in.Accept {
		asked += " " + a.Flow + ":" + a.SourceID + " " + a.Reason
	}
	return wire.Period{Month: month}, m.ask(asked, by)
}
func (m months) Reopen(_ context.Context, month, reason, by string) error {
	return m.ask("reopen "+month+" "+reason, by)
}

type guests struct{ *world }

func (g guests) Get(_ context.Context, q wire.GuestQuery) (wire.GuestLedger, *wire.Position, error) {
	return wire.GuestLedger{Month: q.Month}, nil, g.ask("guest ledger of " + q.Month + " " + q.Hotel)
}
func (g guests) Order(_ context.Context, id string) (wire.GuestOrderLedger, error) {
	return wire.GuestOrderLedger{OrderID: id}, g.ask("guest ledger of order " + id)
}

type imports struct{ *world }

func (i imports) StartImport(_ context.Context, scope, by string) (wire.Run, error) {
	return aRun, i.ask("import "+scope, by)
}
func (i imports) ListImported(_ context.Context, q wire.ImportedQuery) (wire.ImportedPage, error) {
	if q.From == "" {
		return wire.ImportedPage{}, i.ask("imported")
	}
	page := wire.ImportedPage{Items: []wire.ImportedPayment{{ID: "46", Date: q.From, Currency: "EUR", Amount: "30.00", Came: "20.00", Contact: "=Anna", Status: "imported",
		Shares: []wire.ImportShare{{OrderID: "5", Amount: "20.00"}}, Rest: &wire.ImportRest{Amount: "10.00", Detail: "10.00 are unused."}}}}
	if q.After == nil { // and another page
		page.Next = &wire.Position{Value: q.From, ID: "46"}
		return page, i.ask("imported " + q.From + q.To + fmt.Sprint(q.Status))
	}
	page.Items[0].ID, page.Items[0].Rest = "47", nil
	return page, nil
}
func (i imports) Assign(_ context.Context, id string, to wire.Assignment, by string) (wire.ImportedPayment, error) {
	return wire.ImportedPayment{}, i.ask("assign "+id+" "+to.OrderID, by)
}
func (i imports) Handled(_ context.Context, id, reason, by string) (wire.ImportedPayment, error) {
	return wire.ImportedPayment{}, i.ask("handled "+id+" "+reason, by)
}
func (i imports) Statements(_ context.Context, q wire.StatementQuery) (wire.Statements, error) {
	page := wire.Statements{Items: []wire.StatementLine{{Period: "2026-03-01", PaymentMode: "=Cash"}}}
	if q.After == nil && q.Limit == 1 { // and another page
		page.Next = &wire.Position{Value: "2026-03-01", ID: "EUR =Cash"}
	}
	return page, i.ask("statements " + q.From + q.To + q.Hotel)
}

type logs struct{ *world }

func (l logs) Calls(context.Context, wire.LogQuery) (wire.LogPage, error) {
	return wire.LogPage{}, l.ask("logs")
}
func (l logs) Call(_ context.Context, id string) (wire.LogDetail, error) {
	return wire.LogDetail{}, l.ask("log " + id)
}
func (l logs) Audit(_ context.Context, q wire.AuditQuery) (wire.AuditPage, error) {
	return wire.AuditPage{}, l.ask("audit", fmt.Sprint("refused: ", q.Refused))
}

type messages struct{ *world }

func (messages) Deliveries(context.Context, int, *wire.Position) (wire.DeliveryPage, error) {
	return wire.DeliveryPage{Items: []wire.Delivery{{ID: "17", Event: "brake", State: "delivered", Data: []byte("{}")}}}, nil
}

func (messages) Test(context.Context, string) (wire.Delivery, error) {
	return wire.Delivery{ID: "18", Event: "test", State: "delivered", Data: []byte("{}")}, nil
}

type tools struct{ *world }

func (t tools) Reset(_ context.Context, in wire.ResetRequest, by string) (wire.ResetResult, error) {
	return wire.ResetResult{}, t.ask("reset "+in.Scope, by)
}

func (t tools) ResetPreview(_ context.Context, scope string) (wire.ResetResult, error) {
	return wire.ResetResult{}, t.ask("reset preview " + scope)
}

// TestBookRefusals sends what is wrong and wants the fields named and nobody asked.
func TestBookRefusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, method, path, body string
		status                   int
		field                    string
	}{
		{"a name for an id", "POST", "/records/orders/5/pair", `{"zoho_id":"INV-1"}`, 422, "zoho_id"},
		{"no reason", "POST", "/records/orders/5/recreate", `{"reason":" "}`, 422, "reason"},
		{"an unknown section", "POST", "/records/bookings/5/unpair", `{"reason":"r"}`, 404, ""},
		{"no day", "GET", "/reconciliation?from=2026-03-01", "", 422, "to"},
		{"days backwards", "GET", "/reconciliation?from=2026-03-02&to=2026-03-01", "", 422, "to"},
		{"an unknown filter", "GET", "/reconciliation?from=2026-03-01&to=2026-03-01&kind=x", "", 422, "kind"},
		{"an unknown format", "GET", "/reconciliation?from=2026-03-01&to=2026-03-01&format=xls", "", 422, "format"},
		{"a day that does not exist", "POST", "/reconciliation/refresh", `{"from":"2026-02-30","to":"2026-03-01"}`, 422, "from"},
		{"no reason to close", "POST", "/periods/2026-03/close", `{"reason":" "}`, 422, "reason"},
		{"a difference without a reason", "POST", "/periods/2026-03/close", `{"reason":"agreed","accept":[{"kind":"missing","flow":"invoice","source_id":"5","reason":" "}]}`, 422, "accept[0].reason"},
		{"a difference without a kind", "POST", "/periods/2026-03/close", `{"reason":"agreed","accept":[{"flow":"invoice","source_id":"5","reason":"late"}]}`, 422, "accept[0].kind"},
		{"no filter of months", "GET", "/periods?month=2026-03", "", 422, "month"},
		{"an unknown scope", "POST", "/payments/import", `{"scope":"some"}`, 422, "scope"},
		{"an order by its reference", "POST", "/payments/imported/46/assign", `{"order_id":"LARK"}`, 422, "order_id"},
		{"an unknown state", "GET", "/payments/imported?status=done", "", 422, "status"},
		{"a cause in words", "GET", "/records/orders?issue=Totals+differ", "", 422, "issue"},
		{"no status", "GET", "/logs?status=red", "", 422, "status"},
		{"no moment", "GET", "/audit?from=yesterday", "", 422, "from"},
		{"an unknown reset", "POST", "/tools/reset", `{"scope":"books","confirm":"46"}`, 422, "scope"},
		{"too many contacts", "GET", "/pairing/contacts?limit=900", "", 422, "limit"},
		{"a contact by name", "DELETE", "/pairing/customers/3", `{"zoho_id":"nora"}`, 422, "zoho_id"},
		{"half a body", "DELETE", "/pairing/customers/3", `{"zoho_id":"46",`, 400, ""},
		{"an unknown field", "DELETE", "/pairing/customers/3", `{"contact":"46"}`, 422, "contact"},
		{"a session with a body", "DELETE", "/session", `{"everywhere":true}`, 422, "everywhere"},
		{"a customer by name", "DELETE", "/pairing/customers/nora", "", 404, ""},
		{"a file that is JSON", "POST", "/pairing/customers.csv", `{}`, 415, ""},
	}
	for _, tt := range tests {
		api, w := setupAPI(nil)
		got := call(t, api, "admin", tt.method, "/api/v1"+tt.path, tt.body)
		if got.Code != tt.status || tt.field != "" && (len(got.problem.Errors) == 0 || got.problem.Errors[0].Field != tt.field) {
			t.Errorf("%s: %d %s", tt.name, got.Code, got.Body)
		}
		if len(w.asked) > 0 {
			t.Errorf("%s: asked %v", tt.name, w.asked)
		}
	}
}

// TestFilesAreNoFormulas reads the comparison as a file and sends one of pairs.
func TestFilesAreNoFormulas(t *testing.T) {
	t.Parallel()
	api, w := setupAPI(nil)
	for _, how := range [][]string{{"/reconciliation?from=2026-03-01&to=2026-03-01&format=csv"}, {"/reconciliation?from=2026-03-01&to=2026-03-01", "Accept", "text/csv"}} {
		got := call(t, api, "viewer", "GET", "/api/v1"+how[0], "", how[1:]...)
		if !strings.HasPrefix(got.Header().Get("Content-Type"), "text/csv") || !strings.Contains(got.Body.String(), `"total","2026-03-01","'=HYPERLINK(0)","","","","invoice","","","","1","-5.00",`) {
			t.Errorf("%v: %s %s", how, got.Header().Get("Content-Type"), got.Body)
		}
	}
	got := call(t, api, "viewer", "GET", "/api/v1/payments/imported?from=2026-03-01&to=2026-03-31&status=imported&format=csv", "")
	want := "zoho_id,number,date,currency,amount,came,rest,rest_detail,payment_mode,reference,contact,status,orders,cause,cause_title,cause_detail\n" +
		`"46","","2026-03-01","EUR","30.00","20.00","10.00","10.00 are unused.","","","'=Anna","imported","5: 20.00","","",""` + "\n" +
		`"47","","2026-03-01","EUR","30.00","20.00","","","","","'=Anna","imported","5: 20.00","","",""` + "\n"
	if got.Code != 200 || !strings.HasPrefix(got.Header().Get("Content-Type"), "text/csv") || got.Body.String() != want {
		t.Errorf("imported payments of a period: %d %s", got.Code, got.Body)
	}
	if got := call(t, api, "viewer", "GET", "/api/v1/payments/imported?format=xml", ""); got.Code != 422 {
		t.Errorf("another format: %d", got.Code)
	}
	got = call(t, api, "accountant", "POST", "/api/v1/pairing/customers.csv", "customer_id,zoho_contact_id\n3,46\n", "Content-Type", "text/csv; charset=utf-8")
	if got.Code != 200 || !strings.Contains(got.Body.String(), `"paired":1`) || w.by != "the accountant" {
		t.Errorf("%d %s by %s", got.Code, got.Body, w.by)
	}
	if got := call(t, api, "operator", "POST", "/api/v1/pairing/customers.csv", "customer_id,zoho_contact_id\n", "Content-Type", "text/csv"); got.Code != 403 {
		t.Errorf("an operator's file: %d", got.Code)
	}
}

// TestOnlyAdminsSeeWhoWasRefusedAtTheDoor in the audit, as in the list of sign-ins.
func TestOnlyAdminsSeeWhoWasRefusedAtTheDoor(t *testing.T) {
	api, w := setupAPI(nil)
	for role, want := range map[string]string{"viewer": "refused: false", "accountant": "refused: false", "admin": "refused: true"} {
		if got := call(t, api, role, "GET", "/api/v1/audit?action=sign_in_failed", ""); got.Code != 200 || w.by != want {
			t.Errorf("%s: %d, asked %q", role, got.Code, w.by)
		}
	}
}

// TestEachStatusOfThePairingCounts, as of every list: both together are all.
func TestEachStatusOfThePairingCounts(t *testing.T) {
	api, w := setupAPI(nil)
	for query, want := range map[string]string{"": "", "?status=open": "open", "?status=linked&status=linked": "linked", "?status=open&status=linked": "", "?status=linked&status=open&status=linked": ""} {
		if got := call(t, api, "viewer", "GET", "/api/v1/pairing/customers"+query, ""); got.Code != 200 || w.by != "status: "+want {
			t.Errorf("%s: %d, asked for %q", query, got.Code, w.by)
		}
	}
	if got := call(t, api, "viewer", "GET", "/api/v1/pairing/customers?status=open&status=nobody", ""); got.Code != 422 {
		t.Errorf("a second status that is none: %d", got.Code)
	}
}
