package destination

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// found is a document that stands though no link leads to it. What of the mapping it was posted with, and its number and
// reference, are no difference: they stay whatever is chosen now.
func (d dest[D]) found(rec zoho.Record, sent json.RawMessage) engine.Answer {
	another := anothers(sent, rec, d.Resource.Number)
	sent, sameLines := asPosted(d.Resource, sent, rec.Raw)
	a := d.answer(rec, sent)
	a.Sent, a.Another = sent, another
	a.Other = !sameLines || EditedAmounts(engine.Link{Total: rec.Total.Decimal, Sent: sent, Extra: a.Extra}, rec.Raw) != "" || reworded(sent, rec.Raw)
	if a.Another == nil && a.Other {
		a.Another = strangers(sent, rec)
	}
	return a
}

// strangers says that a document which reads otherwise than is wanted is another guest's. Where Zoho Books numbers, it bears
// the number that QloApps printed as its reference, and QloApps gives a number once more with the id: only whose it is tells
// the two apart. A guest's other account alone, with nothing else otherwise, makes no other document.
func strangers(wanted json.RawMessage, rec zoho.Record) error {
	type whose struct {
		Contact   zoho.Text `json:"customer_id"`
		Name      zoho.Text `json:"customer_name"`
		Reference zoho.Text `json:"reference_number"`
		Day       zoho.Day  `json:"date"`
	}
	var want, have whose
	if json.Unmarshal(wanted, &want) != nil || json.Unmarshal(rec.Raw, &have) != nil || given.MatchString(string(want.Reference)) {
		return nil
	}
	if want.Contact == "" || have.Contact == "" || want.Contact == have.Contact {
		return nil
	}
	return engine.OfStranger(string(have.Name), rec.Number, string(have.Day), string(have.Reference))
}

// anothers says that a document is of another record: it bears neither the reference nor the day of this one, and both
// stay for good. number is the field of the number.
func anothers(wanted json.RawMessage, rec zoho.Record, number string) error {
	type signed struct {
		Reference zoho.Text `json:"reference_number"`
		Day       zoho.Day  `json:"date"`
		Notes     zoho.Text `json:"notes"` // the true day, where it bears another one
	}
	var want, have signed
	var named map[string]json.RawMessage
	if json.Unmarshal(wanted, &want) != nil || json.Unmarshal(wanted, &named) != nil || json.Unmarshal(rec.Raw, &have) != nil {
		return nil
	}
	if want.Reference == "" || have.Reference == "" || have.Day == "" || same(string(have.Reference), text(named[number])) { // numbered by Zoho Books, it bears ours as its reference
		return nil
	}
	if !OfOther(string(want.Reference), string(have.Reference), want.Day == have.Day || strings.Contains(string(have.Notes), string(want.Day))) {
		return nil
	}
	return engine.OfAnother(string(want.Reference), string(have.Reference), rec.Number, string(have.Day))
}

// OfOther says that what bears a reference is of another order than the one that is wanted: one of another day, and of the
// same day where both are references as QloApps gives them, and not what a person wrote.
func OfOther(wanted, borne string, sameDay bool) bool {
	return !same(wanted, borne) && (!sameDay || given.MatchString(wanted) && given.MatchString(borne))
}

// given is how QloApps writes the reference of an order.
var given = regexp.MustCompile("^[A-Z]{9}$")

// What of a document and of its lines is chosen in the mapping or fixed when it is posted first.
var (
	postedWith = []string{"tags", "location_id", "account_id", "payment_mode", "reference_number"}
	lineWith   = []string{"tags", "location_id", "tax_id", "tax_exemption_id"}
	lineOf     = []string{"item_id", "name", "account_id"} // of a line that is none of the same item
)

// asPosted is a body with the choices of the document that stands. sameLines tells that it has as many lines.
func asPosted(r zoho.Resource, body, stands json.RawMessage) (posted json.RawMessage, sameLines bool) {
	var want, have map[string]json.RawMessage
	if json.Unmarshal(body, &want) != nil || json.Unmarshal(stands, &have) != nil {
		return body, true
	}
	for _, name := range postedWith {
		asChosen(want, have, name)
	}
	if _, sends := want[r.Number]; sends && text(have[r.Number]) != "" {
		want[r.Number] = have[r.Number]
	}
	var lines, stand []map[string]json.RawMessage
	_, _ = json.Unmarshal(want["line_items"], &lines), json.Unmarshal(have["line_items"], &stand)
	if sameLines = len(lines) == len(stand); sameLines && len(lines) > 0 {
		for n := range lines {
			names := lineWith
			if item := text(lines[n]["item_id"]); item == "" || item != text(stand[n]["item_id"]) {
				names = slices.Concat(lineWith, lineOf)
			}
			for _, name := range names {
				asChosen(lines[n], stand[n], name)
			}
		}
		want["line_items"], _ = json.Marshal(lines)
	}
	posted, err := json.Marshal(want)
	if err != nil {
		return body, sameLines
	}
	return posted, sameLines
}

// asChosen takes over one choice; what is not shown is not known to be another.
func asChosen(want, have map[string]json.RawMessage, name string) {
	is, shown := have[name]
	switch {
	case !shown:
	case name == "tags":
		var tags []zoho.Tag
		if json.Unmarshal(is, &tags) != nil {
			return
		}
		if delete(want, name); len(tags) > 0 {
			want[name], _ = json.Marshal(tags)
		}
	case text(is) == "":
		delete(want, name)
	default:
		want[name], _ = json.Marshal(text(is))
	}
}

// reworded reports that a document or a line of it says something else than is wanted, as far as that is shown.
func reworded(sent, stands json.RawMessage) bool {
	type worded struct {
		Due   *zoho.Day  `json:"due_date"`
		Notes *zoho.Text `json:"notes"`
		Lines []struct {
			Words *zoho.Text `json:"description"`
		} `json:"line_items"`
	}
	var want, have worded
	if json.Unmarshal(sent, &want) != nil || json.Unmarshal(stands, &have) != nil {
		return false
	}
	other := func(to, is *zoho.Text) bool { return to != nil && is != nil && !same(string(*to), string(*is)) }
	if want.Due != nil && have.Due != nil && *want.Due != *have.Due || other(want.Notes, have.Notes) {
		return true
	}
	for n := range min(len(want.Lines), len(have.Lines)) {
		if other(want.Lines[n].Words, have.Lines[n].Words) {
			return true
		}
	}
	return false
}
