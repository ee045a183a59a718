package destination

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Zoho knows what it refuses better than we foresee: fields of other editions, and balances that a
// person changed there. Both are met by asking for less, never by asking for something else.

// spare are fields that a document is complete without. Money, tax, accounts that money goes to
// and the key are never among them.
var spare = []string{"website", "customer_sub_type", "is_portal_enabled", "product_type", "item_type", "notes", "adjustment_description", "salesorder_item_id", "attention", "street2", "phone", "state"}

// doWithout makes a call, and makes it again without a spare field that the edition of Zoho Books
// does not know. People are told.
func doWithout(ctx context.Context, client *zoho.Client, req zoho.Request) (zoho.Response, []engine.Notice, error) {
	var left []engine.Notice
	for {
		resp, err := client.Do(ctx, req)
		field := zoho.ForeignField(err, spare...)
		if err == nil || field == "" {
			return resp, left, err
		}
		less, found := without(req.Body, field)
		if !found {
			return resp, left, err
		}
		req.Body = less
		left = append(left, engine.Notice{Code: "field_not_taken", Detail: fmt.Sprintf("This edition of Zoho Books does not take the field %s; it was sent without.", field)})
	}
}

// without is a body without a field, wherever in it that stands.
func without(body json.RawMessage, field string) (json.RawMessage, bool) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return body, false
	}
	_, found := fields[field]
	delete(fields, field)
	for name, value := range fields {
		var rows []json.RawMessage
		switch {
		case strings.HasPrefix(string(value), "{"):
			less, there := without(value, field)
			fields[name], found = less, found || there
		case json.Unmarshal(value, &rows) == nil:
			for i := range rows {
				less, there := without(rows[i], field)
				rows[i], found = less, found || there
			}
			fields[name], _ = json.Marshal(rows)
		}
	}
	less, err := json.Marshal(fields)
	return less, found && err == nil
}
