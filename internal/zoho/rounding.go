package zoho

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
)

// Rounded tells in words how the books rounded a document's total off, "" when they did not.
func Rounded(record json.RawMessage) string {
	var doc struct {
		Kind  Text   `json:"transaction_rounding_type"`
		Value Amount `json:"roundoff_value"`
	}
	if json.Unmarshal(record, &doc) != nil {
		return ""
	}
	switch doc.Kind {
	case "", "no_rounding", "none":
		if doc.Value.IsZero() {
			return ""
		}
	}
	return "Zoho Books rounds off the totals of sales (" + Words(string(doc.Kind)) + ")."
}

// TaxRounding is how the books rounded the taxes of a document, entity_level or item_level; "" = it does not tell.
func TaxRounding(record json.RawMessage) string {
	var doc struct {
		Tax Text `json:"tax_rounding"`
	}
	if json.Unmarshal(record, &doc) != nil || doc.Tax != "entity_level" && doc.Tax != "item_level" {
		return ""
	}
	return string(doc.Tax)
}

// Words makes a name of Zoho's readable.
func Words(name string) string {
	out := []rune(name)
	for i, c := range out {
		if c == '_' {
			out[i] = ' '
		}
	}
	return string(out)
}

// Rounding looks at the newest invoice: how totals are rounded off, "" when they are not, and whether
// there is an invoice to tell.
func (c *Client) Rounding(ctx context.Context) (words string, found bool, err error) {
	resp, err := c.Do(ctx, Request{Method: http.MethodGet, Path: Invoices.Path, Query: url.Values{"page": {"1"}, "per_page": {"1"}}})
	if err != nil {
		return "", false, err
	}
	var rows []json.RawMessage
	if _, err := listed(resp.Body, Invoices.List, &rows); err != nil || len(rows) == 0 {
		return "", false, err
	}
	row, err := Invoices.Row(rows[0], c.KeyFieldOf(Invoices))
	if err != nil {
		return "", false, Unread(http.MethodGet, err)
	}
	rec, err := c.Get(ctx, Invoices, row.ID)
	if err != nil {
		return "", false, err
	}
	return Rounded(rec.Raw), true, nil
}
