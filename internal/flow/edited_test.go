package flow

import (
	"encoding/json"
	"testing"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// TestSalesOrderAfterItsInvoice lets sales orders be switched on after an order was invoiced: the
// sales order is whole, and one that stands is left alone.
func TestSalesOrderAfterItsInvoice(t *testing.T) {
	t.Parallel()

	o := stay().Order
	known := done{ref(Invoice, "9"): m("232.10")}
	got, err := mapSalesOrder(o, engine.Link{}, known, chosen())
	if err != nil || got.Keep || got.Doc.CustomerID == "" || len(got.Doc.Lines) != 2 || got.Facts.Total.String() != "232.1" {
		t.Errorf("a new one: keep %v, %+v %v", got.Keep, got.Doc, err)
	}
	got, err = mapSalesOrder(o, engine.Link{ID: "z-so", Total: m("232.10")}, known, chosen())
	if err != nil || !got.Keep {
		t.Errorf("one that stands: keep %v %v", got.Keep, err)
	}
}

// TestDiscountTakenBack edits documents whose discount is gone: Zoho keeps what an update leaves
// out, so zero must be said.
func TestDiscountTakenBack(t *testing.T) {
	t.Parallel()

	some := money.N(m("25"))
	sent := func(doc any) json.RawMessage {
		b, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	line := zoho.Line{ItemID: "i", Rate: money.N(m("100")), Quantity: money.N(unity)}
	lower := line
	lower.DiscountAmount = &some

	invoice := zoho.Invoice{Lines: []zoho.Line{line}}
	keepInvoice(&invoice, kept{LineIDs: []string{"l-1"}}, sent(zoho.Invoice{Discount: &some, DiscountType: "entity_level", Lines: []zoho.Line{line}}))
	if invoice.Discount == nil || !invoice.Discount.IsZero() || invoice.DiscountType != "entity_level" || invoice.Lines[0].ID != "l-1" {
		t.Errorf("whole discount: %s", sent(invoice))
	}
	invoice = zoho.Invoice{Lines: []zoho.Line{line}}
	keepInvoice(&invoice, kept{LineIDs: []string{"l-1"}}, sent(zoho.Invoice{DiscountType: "item_level", Lines: []zoho.Line{lower}}))
	if invoice.Lines[0].DiscountAmount == nil || !invoice.Lines[0].DiscountAmount.IsZero() {
		t.Errorf("a line's discount: %s", sent(invoice))
	}
	invoice = zoho.Invoice{Lines: []zoho.Line{line}}
	keepInvoice(&invoice, kept{LineIDs: []string{"l-1"}}, sent(zoho.Invoice{Lines: []zoho.Line{line}}))
	if invoice.Discount != nil || invoice.DiscountType != "" {
		t.Errorf("there never was one: %s", sent(invoice))
	}
	order := zoho.SalesOrder{Lines: []zoho.Line{line}}
	keepSalesOrder(&order, kept{}, sent(zoho.SalesOrder{Discount: &some, Adjustment: &some, Lines: []zoho.Line{line}}))
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
			keepPerson(&doc, kept{Persons: tt.stand}, tt.sent)
			if have, _ := json.Marshal(doc.Persons); string(have) != tt.want {
				t.Errorf("%s, want %s", have, tt.want)
			}
		})
	}
}
