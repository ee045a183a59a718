package destination

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Zoho knows what it refuses better than we foresee: fields of other editions, values that it does not
// take, and balances that a person changed there. All are met by asking for less, never by asking for
// something else.

// spare are fields that a document is complete without. Money, accounts that money goes to and the key
// are never among them; nor is tax, but an edition that knows no reasons for untaxed lines wants none.
var spare = []string{"website", "customer_sub_type", "product_type", "item_type", "notes", "adjustment_description", "salesorder_item_id", "attention", "street2", "phone", "state", "tax_exemption_id", zoho.InclusiveTax}

// sparing is a call that is made with less and less.
type sparing struct {
	resource zoho.Resource
	req      zoho.Request
	notices  []engine.Notice
	fields   []string // that were left out in the end
	plain    bool     // characters that Zoho may not keep were taken out
	bare     int      // how many groups of a contact's details were left out without being named
}

// doWithout makes a call, and makes it again without what Zoho Books does not take, as long as the
// document is complete without. People are told.
func doWithout(ctx context.Context, client *zoho.Client, r zoho.Resource, req zoho.Request) (zoho.Response, sparing, error) {
	s := sparing{resource: r, req: req}
	for _, field := range spare {
		if client.Lacks(r, field) {
			s.foreign(field)
		}
	}
	var refusal error
	for {
		resp, err := client.Do(ctx, s.req)
		if err == nil {
			return resp, s, nil
		}
		if refusal == nil {
			refusal = err
		}
		if field := zoho.ForeignField(err, spare...); field != "" && s.foreign(field) {
			client.NotTaken(r, field)
			refusal = nil
			continue
		}
		untied, failed := s.untied(ctx, client, err)
		if failed != nil {
			return resp, s, failed
		}
		if !untied && !s.less(err, client.KeyFieldOf(r)) {
			return resp, s, refusal // the first is about what was wanted, the others about less of it
		}
	}
}

// foreign leaves out a field that the edition does not know. One that says no is not missed.
func (s *sparing) foreign(field string) bool {
	needless := zoho.Falsely(s.req.Body, field)
	if field == zoho.InclusiveTax && !needless {
		return false
	}
	if _, there := s.drop(field); !there {
		return false
	}
	if !needless {
		s.tell("This edition of Zoho Books does not take the field %s; it was sent without.", field)
	}
	return true
}

// drop takes a field out of the body and gives the values that it had there.
func (s *sparing) drop(field string) (values []string, there bool) {
	values = valuesOf(s.req.Body, field)
	less, found := engine.Without(s.req.Body, field)
	if found {
		s.req.Body, s.fields = less, append(s.fields, field)
	}
	return values, found
}

func (s *sparing) tell(format string, args ...any) {
	s.notices = append(s.notices, engine.Notice{Code: "field_not_taken", Detail: fmt.Sprintf(format, args...)})
}

// valuesOf are the texts of a field, wherever in a body they stand, each once.
func valuesOf(body json.RawMessage, field string) (values []string) {
	var whole any
	if json.Unmarshal(body, &whole) != nil {
		return nil
	}
	seen := map[string]bool{}
	var walk func(v any, named bool)
	walk = func(v any, named bool) {
		switch v := v.(type) {
		case map[string]any:
			for name, inner := range v {
				walk(inner, named || name == field)
			}
		case []any:
			for _, inner := range v {
				walk(inner, named)
			}
		case string:
			if named && v != "" && !seen[v] {
				seen[v], values = true, append(values, v)
			}
		}
	}
	walk(whole, false)
	return values
}

// plainly is a body without the characters of four bytes, which not every database keeps, and without
// control characters.
func plainly(body json.RawMessage) (json.RawMessage, bool) {
	var whole any
	decoder := json.NewDecoder(strings.NewReader(string(body)))
	decoder.UseNumber()
	if decoder.Decode(&whole) != nil {
		return body, false
	}
	changed := false
	clean := func(text string) string {
		return strings.Map(func(c rune) rune {
			if c > 0xffff || c < ' ' && c != '\n' && c != '\t' {
				changed = true
				return -1
			}
			return c
		}, text)
	}
	var walk func(v any) any
	walk = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			for name, inner := range v {
				v[name] = walk(inner)
			}
		case []any:
			for i := range v {
				v[i] = walk(v[i])
			}
		case string:
			if less := clean(v); less != v {
				return strings.Join(strings.Fields(less), " ")
			}
		}
		return v
	}
	whole = walk(whole)
	less, err := json.Marshal(whole)
	return less, changed && err == nil
}
