package destination

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// What people change of a document in Zoho Books without moving an amount is told, and stays until a person takes it over or
// puts it back: its number and its reference, and of a payment where the money lies and how it came.

// byHand are the fields of a payment among these.
var byHand = []string{"account_id", "payment_mode", "reference_number"}

// Named is what a document is known by, and where money lies; "" = not told.
type Named struct{ Number, Reference, Account, Mode string }

// NamedAs is a document as it was posted; number is its own.
func NamedAs(number string, sent json.RawMessage) Named {
	var doc struct {
		Reference zoho.Text `json:"reference_number"`
		Account   zoho.Text `json:"account_id"`
		Mode      zoho.Text `json:"payment_mode"`
	}
	_ = json.Unmarshal(sent, &doc)
	return Named{number, string(doc.Reference), string(doc.Account), string(doc.Mode)}
}

// Differs says in words what stands otherwise in Zoho Books; none where it is the same, or not told by both. Blanks and the
// case of letters are none, as Zoho Books writes its own.
func (n Named) Differs(stands Named) (words []string) {
	differ := func(label, was, is string) {
		if was != "" && is != "" && plain(was) != plain(is) {
			words = append(words, fmt.Sprintf("%s «%s» instead of «%s»", label, is, was))
		}
	}
	differ("number", n.Number, stands.Number)
	differ("reference", n.Reference, stands.Reference)
	differ("deposit account", n.Account, stands.Account)
	differ("payment mode", n.Mode, stands.Mode)
	return words
}

// plain is a text by its letters and digits, as far as it has any.
func plain(text string) string {
	less := strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) || c == '_' {
			return -1
		}
		return unicode.ToLower(c)
	}, text)
	if less == "" {
		return text
	}
	return less
}

// TakenOver is what counts as sent of a document, and its number, once a person has taken over what people changed there.
func TakenOver(r zoho.Resource, number string, sent json.RawMessage, rec zoho.Record) (as Named, counts json.RawMessage) {
	as = NamedAs(number, rec.Raw)
	if rec.Number != "" {
		as.Number = rec.Number
	}
	var body, stands map[string]json.RawMessage
	if json.Unmarshal(sent, &body) != nil || json.Unmarshal(rec.Raw, &stands) != nil {
		return as, sent
	}
	for _, name := range append([]string{r.Number}, byHand...) {
		if _, sends := body[name]; sends && text(stands[name]) != "" {
			body[name] = stands[name]
		}
	}
	counts, err := json.Marshal(body)
	if err != nil {
		return as, sent
	}
	return as, counts
}

// PutBack is what is kept of a document whose number a person has put back as it was posted.
func PutBack(extra json.RawMessage, number string) json.RawMessage {
	var fields map[string]json.RawMessage
	if json.Unmarshal(extra, &fields) != nil || fields == nil {
		fields = map[string]json.RawMessage{}
	}
	fields[engine.NumberBack], _ = json.Marshal(number)
	raw, _ := json.Marshal(fields)
	return raw
}
