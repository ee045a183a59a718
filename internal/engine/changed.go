package engine

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
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

// OfStranger refuses what has the id and the number of something that was posted before for another guest.
func OfStranger(guest, number, day, reference string) error {
	return fault.New(fault.Rejected, "changed_after_posting", "«%s» of %s, which stands in Zoho Books with the number of this (%s), is for %s, and over something else. So it is after an older back-up of QloApps' database was put back, and it gave the id and the number once more. What stands was left as it is.",
		cmp.Or(number, "The document"), day, reference, cmp.Or(guest, "another contact")).
		Do("Make what is missing of this order in Zoho Books by hand, then use Skip here; or, if it is the same after all, give that document the guest of this order in Zoho Books and use Retry.")
}

// OfAnother refuses what has the id of something that was posted before and is another's, as the source gives its ids
// once more after an older back-up of it was put back. What stands is left as it is.
func OfAnother(reference, other, number, day string) error {
	return fault.New(fault.Rejected, "changed_after_posting", "QloApps gave the id of this to another order before: «%s» of %s, which stands in Zoho Books, is of %s, and this is of %s. So it is after an older back-up of QloApps' database was put back. What stands was left as it is.",
		cmp.Or(number, "the document"), day, other, reference).Do("Make what is missing of this order in Zoho Books by hand, then use Skip here.")
}

func (b *batch) changedAfterPosting(a *attempt) error {
	f := a.plan.facts
	before := "nothing"
	if d := a.doc; d.Total != nil {
		before = version(d.Title, money.Words(*d.Total, d.Currency), d.Currency, d.Day)
	}
	now := version(f.Title, money.Words(f.Total, f.Currency), f.Currency, f.Date)
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
