package destination

import (
	"encoding/json"
	"slices"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

func (d dest[D]) Draft(key string, known engine.Link, doc D) (engine.Call, error) {
	if !known.Exists() {
		return call(d.Upsert(key, doc))
	}
	var k Kept
	_ = json.Unmarshal(known.Extra, &k)
	if d.known != nil {
		d.known(&doc, k, known.Sent)
	}
	r, err := d.Update(known.ID, doc)
	if d.Path == zoho.Contacts.Path || d.Path == zoho.Items.Path {
		r.Body = emptied(r.Body, known.Sent)
	}
	c, err := call(r, err)
	if err == nil && d.billed() && k.Number == "" {
		if less, left := withoutReference(c.Body, known.Sent); left {
			c.Body, c.Counts = less, c.Body
		}
	}
	return c, err
}

// withoutReference leaves out of an update the reference as it was sent: Zoho keeps what an update leaves out, and people
// may have written another one there.
func withoutReference(body, sent json.RawMessage) (less json.RawMessage, left bool) {
	const name = "reference_number"
	var now, before map[string]json.RawMessage
	if json.Unmarshal(body, &now) != nil || json.Unmarshal(sent, &before) != nil || text(now[name]) == "" || text(now[name]) != text(before[name]) {
		return body, false
	}
	delete(now, name)
	less, err := json.Marshal(now)
	return less, err == nil
}

// emptied adds to an update the texts that were sent before and are no more: Zoho keeps what an
// update leaves out.
func emptied(body, sent json.RawMessage) json.RawMessage {
	var now, before map[string]json.RawMessage
	if json.Unmarshal(body, &now) != nil || json.Unmarshal(sent, &before) != nil {
		return body
	}
	changed := false
	for name, was := range before {
		is, there := now[name]
		switch {
		case len(was) > 2 && was[0] == '"' && !there && !slices.Contains(fixed, name):
			now[name], changed = json.RawMessage(`""`), true
		case len(was) > 0 && was[0] == '{':
			if !there {
				is = json.RawMessage("{}")
			}
			if less := emptied(is, was); string(less) != string(is) {
				now[name], changed = less, true
			}
		case name == "contact_persons" && there:
			var persons, stood []json.RawMessage
			if json.Unmarshal(is, &persons) != nil || json.Unmarshal(was, &stood) != nil || len(persons) == 0 || len(stood) == 0 {
				continue
			}
			if less := emptied(persons[0], stood[0]); string(less) != string(persons[0]) {
				persons[0], changed = less, true
				now[name], _ = json.Marshal(persons)
			}
		}
	}
	if !changed {
		return body
	}
	if full, err := json.Marshal(now); err == nil {
		return full
	}
	return body
}

// fixed are texts that an update leaves out on purpose.
var fixed = []string{"currency_id", "account_id", personID}

func call(r zoho.Request, err error) (engine.Call, error) {
	return engine.Call{Method: r.Method, Path: r.Path, Query: r.Query, Key: r.Key, Body: r.Body}, err
}
