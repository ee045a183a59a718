package destination

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// SpareContact leaves alone what somebody changed of a contact in Zoho Books: texts that stand
// there otherwise than they were sent, unless they already are as wanted. At the top they are left
// out of the update, as Zoho keeps those; in a person or an address they are sent as they stand.
// Of what was paired nothing was sent yet: what people entered there stays, and only what is empty is
// filled. Without stands nothing is compared. kept is what from then on counts as sent.
func SpareContact(body, sent, stands json.RawMessage) (send, kept json.RawMessage, left []string) {
	var want, was, is map[string]any
	_, _ = json.Unmarshal(sent, &was), json.Unmarshal(stands, &is)
	if json.Unmarshal(body, &want) != nil || len(want) == 0 || len(was) == 0 && len(is) == 0 {
		return body, body, nil
	}
	if was == nil {
		was = map[string]any{}
	}
	counts := maps.Clone(was) // an update leaves out what did not change
	maps.Copy(counts, want)
	if len(is) > 0 {
		left = append(spareTexts("", want, counts, was, is), sparePersons(want, counts, was, is)...)
	}
	kept, err := json.Marshal(counts)
	if err != nil {
		return body, body, nil
	}
	if len(is) == 0 {
		return body, kept, nil
	}
	if send, err = json.Marshal(want); err != nil {
		return body, body, nil
	}
	return send, kept, left
}

// spareTexts works on one object; at names it, "" for the contact itself. What the answer does not
// show is not known to have changed.
func spareTexts(at string, want, counts, was, is map[string]any) (left []string) {
	for _, name := range slices.Sorted(maps.Keys(want)) {
		switch wanted := want[name].(type) {
		case string:
			now, shown := is[name].(string)
			before, _ := was[name].(string)
			if !shown || same(now, before) || same(now, wanted) || slices.Contains(fixed, name) {
				continue
			}
			if left = append(left, at+strings.ReplaceAll(name, "_", " ")); at == "" {
				delete(want, name)
			} else {
				want[name] = now
			}
			counts[name] = before
		case map[string]any:
			before, _ := was[name].(map[string]any)
			if now, shown := is[name].(map[string]any); shown {
				inner := maps.Clone(wanted)
				left = append(left, spareTexts(strings.ReplaceAll(name, "_", " ")+" ", wanted, inner, before, now)...)
				counts[name] = inner
			}
		}
	}
	return left
}

// sparePersons does the same for the person who is the guest, and names everybody else who stands,
// because Zoho deletes the persons that a list leaves out. Where somebody removed the guest's
// person, no list is sent.
func sparePersons(want, counts, was, is map[string]any) []string {
	const list = "contact_persons"
	persons, _ := want[list].([]any)
	standing, shown := is[list].([]any)
	if len(persons) > 0 && !shown && len(was) == 0 {
		delete(want, list) // whoever stands in a paired contact would be deleted
	}
	if len(persons) == 0 || !shown {
		return nil
	}
	guest, _ := persons[0].(map[string]any)
	id, known := guest[personID].(string)
	stood := !known
	var left []string
	all := []any{guest}
	for _, one := range standing {
		person, _ := one.(map[string]any)
		if person[personID] != id || !known {
			all = append(all, map[string]any{personID: person[personID]})
			continue
		}
		stood = true
		// Of a list that was never kept nobody knows what was sent.
		if before, _ := was[list].([]any); len(before) > 0 || len(was) == 0 {
			sent := map[string]any{}
			if len(before) > 0 {
				sent, _ = before[0].(map[string]any)
			}
			inner := maps.Clone(guest)
			left = spareTexts("person's ", guest, inner, sent, person)
			counts[list] = []any{inner}
		}
	}
	if !stood {
		delete(want, list)
		delete(counts, list)
		return []string{"the guest's person, who was removed"}
	}
	want[list] = all
	return left
}

const personID = "contact_person_id"

func same(a, b string) bool { return strings.TrimSpace(a) == strings.TrimSpace(b) }
