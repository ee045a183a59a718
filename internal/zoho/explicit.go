package zoho

import "encoding/json"

// billed are the kinds whose updates say what is gone; nothing else of ours with lines is updated.
func (r Resource) billed() bool { return r.Path == Invoices.Path || r.Path == SalesOrders.Path }

// explicit makes the update of a document say what is not wanted: Zoho keeps what an update leaves
// out, so a discount, a charge or a tax that a person added there would stay for ever, and so would lines
// that a person made tax-inclusive. Nothing that
// the body says is changed.
func explicit(body json.RawMessage) (json.RawMessage, error) {
	var doc map[string]json.RawMessage
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, err
	}
	var lines []map[string]json.RawMessage
	if err := json.Unmarshal(doc["line_items"], &lines); err != nil {
		return nil, err
	}
	fill(doc, map[string]string{"discount": "0", "discount_type": `"entity_level"`, "adjustment": "0", "shipping_charge": "0", InclusiveTax: "false"})
	for _, line := range lines {
		fill(line, map[string]string{"tax_id": `""`, "discount": "0"})
	}
	var err error
	if doc["line_items"], err = json.Marshal(lines); err != nil {
		return nil, err
	}
	return json.Marshal(doc)
}

func fill(fields map[string]json.RawMessage, with map[string]string) {
	for name, value := range with {
		if _, there := fields[name]; !there {
			fields[name] = json.RawMessage(value)
		}
	}
}

// TaxedOnTop reports that lines were sent with tax in them and taken as without, which the record tells.
func TaxedOnTop(sent, record json.RawMessage) bool {
	var want struct {
		Inclusive bool `json:"is_inclusive_tax"`
	}
	var told struct {
		Inclusive *Truth `json:"is_inclusive_tax"`
	}
	return json.Unmarshal(sent, &want) == nil && want.Inclusive && json.Unmarshal(record, &told) == nil && told.Inclusive != nil && !bool(*told.Inclusive)
}

// InclusiveTax is the field that says that lines include tax. Not every edition knows it.
const InclusiveTax = "is_inclusive_tax"

// Falsely reports that a body says no to a field, so that it means the same without it.
func Falsely(body json.RawMessage, field string) bool {
	var doc map[string]json.RawMessage
	return json.Unmarshal(body, &doc) == nil && string(doc[field]) == "false"
}
