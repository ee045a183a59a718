package engine

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/fault"
)

// Called is what Compare may tell of itself: what people call its fields, by their JSON names.
type Called interface {
	Called() map[string]string
}

// asWritten is the name under which it is kept what Compare was when a document was posted that is never
// updated: only that tells later what was changed.
const asWritten = "written"

// written is what a plan compares, as it is kept; nil where the body itself is compared, or may be sent again.
func (p plan) written() json.RawMessage {
	if !p.createOnly || p.compare == nil {
		return nil
	}
	text, err := json.Marshal(p.compare)
	if err != nil {
		return nil
	}
	return text
}

// wrote keeps how a document was written when it was posted.
func (a *attempt) wrote(as json.RawMessage) {
	if len(as) > 0 {
		more, _ := json.Marshal(map[string]json.RawMessage{asWritten: as})
		a.learn(more)
	}
}

func (b *batch) changedAfterPosting(a *attempt) error {
	f := a.plan.facts
	before := "nothing"
	if d := a.doc; d.Total != nil {
		before = version(d.Title, d.Total.String(), d.Currency, d.Day)
	}
	now := version(f.Title, f.Total.String(), f.Currency, f.Date)
	words := "It was changed in QloApps after it was posted: "
	if before != now {
		words += before + " stands in Zoho Books, QloApps now says " + now + "."
	} else {
		words += "it is still " + now + "."
	}
	if differs := a.otherwiseWritten(); len(differs) > 0 {
		words += " What differs: " + strings.Join(differs, "; ") + "."
	} else if before == now {
		words += " What differs is in nothing that was sent, and was not kept when it was posted: compare it in QloApps."
	}
	return fault.New(fault.Rejected, "changed_after_posting", "%s", words).Do("Correct it in Zoho Books by hand if the change is right, then use Skip here.")
}

// version says in a few words what a document is.
func version(title, total, currency, day string) string {
	return "«" + title + "», " + total + " " + currency + " of " + day
}

// otherwiseWritten names what was changed, with what was posted and what is said now. What was posted before
// that was kept is compared by the fields of its body that come from the source alone.
func (a *attempt) otherwiseWritten() []string {
	var kept map[string]json.RawMessage
	_ = json.Unmarshal(a.doc.Extra, &kept)
	var was, is map[string]any
	if decode(kept[asWritten], &was) && decode(a.plan.written(), &is) {
		called := map[string]string{}
		if names, ok := a.plan.compare.(Called); ok {
			called = names.Called()
		}
		return tell(was, is, called)
	}
	call, err := a.plan.draft(a.doc.Ref.Key(), linkOf(a.doc), a.name)
	if err != nil || !decode(a.doc.Sent, &was) || !decode(call.Body, &is) {
		return nil
	}
	own := map[string]string{"amount": "amount", "date": "date", "reference_number": "reference", "description": "description"}
	others := func(name string, _ any) bool { return own[name] == "" }
	maps.DeleteFunc(was, others)
	maps.DeleteFunc(is, others)
	return tell(was, is, own)
}

// tell names the fields that differ with both values. Of lists it says what only one of them has.
func tell(was, is map[string]any, called map[string]string) (words []string) {
	names := maps.Clone(was)
	maps.Copy(names, is)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		before, now := texts(was[name]), texts(is[name])
		only := func(list, other []string) string {
			left := slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) })
			if len(left) == 0 {
				return "nothing"
			}
			return "«" + strings.Join(left, ", ") + "»"
		}
		if from, to := only(before, now), only(now, before); from != to {
			word := called[name]
			if word == "" {
				word = strings.ToLower(strings.ReplaceAll(name, "_", " "))
			}
			words = append(words, fmt.Sprintf("%s was %s, is %s", word, from, to))
		}
	}
	return words
}

// texts are the values of a field; none where it is absent or empty.
func texts(value any) (list []string) {
	if many, ok := value.([]any); ok {
		for _, one := range many {
			list = append(list, texts(one)...)
		}
		return list
	}
	if value == nil || value == "" {
		return nil
	}
	return []string{fmt.Sprint(value)}
}
