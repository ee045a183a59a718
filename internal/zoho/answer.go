package zoho

import (
	"encoding/json"
	"strings"

	"github.com/qlobooks/qlobooks/internal/money"
)

// Answer is what Zoho says of a document, read leniently.
type Answer struct {
	ID, Number, Name string
	Status           string // as Zoho calls it, lower case: draft, sent, paid, active, inactive
	Key              string // value of the key field
	CustomerID       string
	Date             string
	Currency         string // ISO code
	Total, Tax       money.Decimal
	Balance          money.Decimal // of an invoice or credit note
	Unused           money.Decimal // of a payment
	ExchangeRate     money.Decimal
	TaxRounding      string // entity_level, item_level; "" when not told
	Lines            []AnswerLine
	Persons          []string // contact_person_ids, the primary one first
	Allocations      []AnswerAllocation
	Raw              json.RawMessage // the whole document; nil for rows of a list
}

// AnswerLine is a line as Zoho numbered and computed it.
type AnswerLine struct {
	ID     string
	ItemID string
	Total  money.Decimal
}

// AnswerAllocation is a part of a payment or credit note that settles an invoice.
type AnswerAllocation struct {
	InvoiceID string
	Amount    money.Decimal
}

func (r Resource) answer(fields map[string]json.RawMessage, keyField string) Answer {
	a := Answer{
		ID: text(fields[r.ID]), Number: text(fields[r.Number]), Name: text(fields[r.Name]),
		Status: strings.ToLower(text(fields["status"])), Key: keyIn(fields, keyField),
		CustomerID: text(fields["customer_id"]), Date: text(fields["date"]), Currency: text(fields["currency_code"]),
		Total: amount(fields["total"]), Tax: amount(fields["tax_total"]), Balance: amount(fields["balance"]),
		Unused: amount(fields["unused_amount"]), ExchangeRate: amount(fields["exchange_rate"]), TaxRounding: text(fields["tax_rounding"]),
	}
	if r.Path == CustomerPayments.Path {
		a.Total = amount(fields["amount"])
	}
	for _, line := range list(fields["line_items"]) {
		a.Lines = append(a.Lines, AnswerLine{ID: text(line["line_item_id"]), ItemID: text(line["item_id"]), Total: amount(line["item_total"])})
	}
	for _, person := range list(fields["contact_persons"]) {
		id := text(person["contact_person_id"])
		var primary Truth
		_ = json.Unmarshal(person["is_primary_contact"], &primary)
		if primary {
			a.Persons = append([]string{id}, a.Persons...)
		} else {
			a.Persons = append(a.Persons, id)
		}
	}
	for _, part := range list(fields["invoices"]) {
		a.Allocations = append(a.Allocations, AnswerAllocation{InvoiceID: text(part["invoice_id"]), Amount: amount(part["amount_applied"])})
	}
	return a
}

// keyIn finds the key field wherever Zoho shows it: in lists as its own field or in a hash,
// in details as one of custom_fields.
func keyIn(fields map[string]json.RawMessage, keyField string) string {
	if key := text(fields[keyField]); key != "" {
		return key
	}
	for _, field := range list(fields["custom_fields"]) {
		if text(field["api_name"]) == keyField {
			return text(field["value"])
		}
	}
	var hash map[string]json.RawMessage
	if json.Unmarshal(fields["custom_field_hash"], &hash) == nil {
		return text(hash[keyField])
	}
	return ""
}

func text(raw json.RawMessage) string {
	var t Text
	_ = t.UnmarshalJSON(raw)
	return string(t)
}

func amount(raw json.RawMessage) money.Decimal {
	var a Amount
	_ = a.UnmarshalJSON(raw)
	return a.Decimal
}

// list reads a list of objects and leaves out what is none.
func list(raw json.RawMessage) []map[string]json.RawMessage {
	var rows []json.RawMessage
	if json.Unmarshal(raw, &rows) != nil {
		return nil
	}
	var objects []map[string]json.RawMessage
	for _, row := range rows {
		var object map[string]json.RawMessage
		if json.Unmarshal(row, &object) == nil && object != nil {
			objects = append(objects, object)
		}
	}
	return objects
}

func sameText(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}

// cut shortens to n characters.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
