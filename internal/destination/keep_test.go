package destination

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// TestASearchIsNarrowedByWhatWasSent asks each list for what it can be asked for.
func TestASearchIsNarrowedByWhatWasSent(t *testing.T) {
	t.Parallel()

	for r, tt := range map[*zoho.Resource]struct{ sent, want string }{
		&zoho.Invoices:         {`{"invoice_number":"IN1"}`, "custom_field=x%3A1"},
		&zoho.CustomerPayments: {`{"customer_id":"7","date":"2026-05-04"}`, "customer_id=7&date=2026-05-04"},
		&zoho.Items:            {`{"name":"Suite"}`, "filter_by=Status.All&name=Suite"},
		&zoho.Contacts:         {`{"contact_name":"Ada"}`, "contact_name=Ada&filter_by=Status.All"},
		&zoho.CreditNotes:      {`{"creditnote_number":"RE3","customer_id":7}`, "creditnote_number=RE3&customer_id=7"},
		&zoho.SalesOrders:      {`{}`, ""},
	} {
		if got := filterOf(*r, "x:1", []byte(tt.sent)).Encode(); got != tt.want {
			t.Errorf("%s is searched by %s, want %s", r.Entity, got, tt.want)
		}
	}
	long := filterOf(zoho.Contacts, "x:1", []byte(`{"contact_name":"`+strings.Repeat("é", 150)+`"}`))
	if got := []rune(long.Get("contact_name_startswith")); len(got) != searchLength || long.Has("contact_name") {
		t.Errorf("a long name is searched by %d characters", len(got))
	}
}

// TestDiscountTakenBack edits documents whose discount is gone: Zoho keeps what an update leaves
// out, so zero must be said.
func TestDiscountTakenBack(t *testing.T) {
	t.Parallel()

	some := money.N(amount("25"))
	sent := func(doc any) json.RawMessage {
		b, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	line := zoho.Line{ItemID: "i", Rate: money.N(amount("100")), Quantity: money.N(money.One)}
	lower := line
	lower.DiscountAmount = &some

	invoice := zoho.Invoice{Lines: []zoho.Line{line}}
	keepInvoice(&invoice, Kept{LineIDs: []string{"l-1"}}, sent(zoho.Invoice{Discount: &some, DiscountType: "entity_level", Lines: []zoho.Line{line}}))
	if invoice.Discount == nil || !invoice.Discount.IsZero() || invoice.DiscountType != "entity_level" || invoice.Lines[0].ID != "l-1" {
		t.Errorf("whole discount: %s", sent(invoice))
	}
	invoice = zoho.Invoice{Lines: []zoho.Line{line}}
	keepInvoice(&invoice, Kept{LineIDs: []string{"l-1"}}, sent(zoho.Invoice{DiscountType: "item_level", Lines: []zoho.Line{lower}}))
	if invoice.Lines[0].DiscountAmount == nil || !invoice.Lines[0].DiscountAmount.IsZero() {
		t.Errorf("a line's discount: %s", sent(invoice))
	}
	invoice = zoho.Invoice{Lines: []zoho.Line{line}}
	keepInvoice(&invoice, Kept{LineIDs: []string{"l-1"}}, sent(zoho.Invoice{Lines: []zoho.Line{line}}))
	if invoice.Discount != nil || invoice.DiscountType != "" {
		t.Errorf("there never was one: %s", sent(invoice))
	}
	order := zoho.SalesOrder{Lines: []zoho.Line{line}}
	keepSalesOrder(&order, Kept{}, sent(zoho.SalesOrder{Discount: &some, Adjustment: &some, Lines: []zoho.Line{line}}))
	if order.Discount == nil || !order.Discount.IsZero() || order.Adjustment == nil || !order.Adjustment.IsZero() {
		t.Errorf("sales order: %s", sent(order))
	}
}

// TestPersonsOfAContact makes sure that an update deletes nobody whom people added in Zoho.
func TestPersonsOfAContact(t *testing.T) {
	t.Parallel()

	ada := zoho.ContactPerson{FirstName: "Ada", Email: "ada@example.com", Primary: true}
	moved := ada
	moved.Email = "ada@example.net"
	sent, err := json.Marshal(zoho.Contact{Persons: []zoho.ContactPerson{ada}})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		person zoho.ContactPerson
		sent   json.RawMessage
		stand  []string
		want   string
	}{
		{name: "unchanged", person: ada, sent: sent, stand: []string{"p-1", "p-2"}, want: "null"},
		{name: "changed", person: moved, sent: sent, stand: []string{"p-1", "p-2"}, want: `[{"contact_person_id":"p-1","first_name":"Ada","email":"ada@example.net","is_primary_contact":true},{"contact_person_id":"p-2"}]`},
		{name: "paired", person: ada, stand: []string{"p-1"}, want: `[{"contact_person_id":"p-1","first_name":"Ada","email":"ada@example.com","is_primary_contact":true}]`},
		{name: "nobody stands", person: ada, sent: sent, want: `[{"first_name":"Ada","email":"ada@example.com","is_primary_contact":true}]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			doc := zoho.Contact{Persons: []zoho.ContactPerson{tt.person}}
			keepPerson(&doc, Kept{Persons: tt.stand}, tt.sent)
			if have, _ := json.Marshal(doc.Persons); string(have) != tt.want {
				t.Errorf("%s, want %s", have, tt.want)
			}
		})
	}
}

// TestWhatWasClearedIsSentEmpty compares an update with what stands.
func TestWhatWasClearedIsSentEmpty(t *testing.T) {
	t.Parallel()

	sent := json.RawMessage(`{"contact_name":"A","company_name":"Firm","website":"x.example","currency_id":"1","billing_address":{"city":"Oslo","street2":"Flat 2"},"contact_persons":[{"first_name":"A","phone":"1"}]}`)
	got := emptied(json.RawMessage(`{"contact_name":"A","website":"y.example","billing_address":{"city":"Oslo"},"contact_persons":[{"contact_person_id":"9","first_name":"A"},{"contact_person_id":"8"}]}`), sent)
	var body map[string]any
	if err := json.Unmarshal(got, &body); err != nil {
		t.Fatal(err)
	}
	address, _ := body["billing_address"].(map[string]any)
	if body["company_name"] != "" || body["website"] != "y.example" || address["street2"] != "" || address["city"] != "Oslo" {
		t.Errorf("got %s", got)
	}
	if persons, _ := json.Marshal(body["contact_persons"]); string(persons) != `[{"contact_person_id":"9","first_name":"A","phone":""},{"contact_person_id":"8"}]` {
		t.Errorf("persons %s", persons)
	}
	if _, there := body["currency_id"]; there {
		t.Error("the currency would be cleared")
	}
	if same := json.RawMessage(`{"contact_name":"B"}`); string(emptied(same, json.RawMessage(`{"contact_name":"A"}`))) != string(same) {
		t.Error("nothing was cleared, but the body changed")
	}
}

// TestAnInvoiceStandsWithoutATieThatZohoRefuses: somebody may have made the lines of the sales order anew.
func TestAnInvoiceStandsWithoutATieThatZohoRefuses(t *testing.T) {
	t.Parallel()

	refused := said{400, `{"code":4,"message":"Invalid value passed for salesorder_item_id"}`}
	stands := said{201, `{"code":0,"invoice":{"invoice_id":"1","total":10}}`}
	for path, key := range map[string]string{"/invoices": "invoice:9", "/invoices/1": ""} {
		z := &zohoSays{answers: map[string][]said{"PUT " + path: {refused, stands}}}
		answer, err := dest[zoho.Invoice]{Resource: zoho.Invoices, books: z.books}.Send(t.Context(), engine.Call{Method: "PUT", Path: path, Key: key,
			Body: json.RawMessage(`{"customer_id":"7","line_items":[{"item_id":"3","salesorder_item_id":"s1"},{"item_id":"3","salesorder_item_id":"s2"}]}`)})
		if err != nil || len(z.asked) != 2 || strings.Contains(z.bodies[1], "salesorder_item_id") || len(answer.Notices) != 1 || len(answer.Without) != 1 {
			t.Errorf("%s: %v after %v, told %+v, without %v", path, err, z.bodies, answer.Notices, answer.Without)
		}
		z = &zohoSays{answers: map[string][]said{"": {refused}}}
		if _, err = (dest[zoho.SalesOrder]{Resource: zoho.SalesOrders, books: z.books}).Send(t.Context(), engine.Call{Method: "PUT", Path: "/salesorders", Key: "sales_order:9", Body: json.RawMessage(`{}`)}); err == nil {
			t.Error("something else is refused for ever")
		}
	}
}
