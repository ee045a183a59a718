package engine

import (
	"encoding/json"
	"fmt"

	"github.com/qlobooks/qlobooks/internal/store"
)

// NumberBack is the name under which it is kept with which number the next update is to be sent, as a person has the one
// that was posted put back.
const NumberBack = "number"

// bears keeps the number with which a document was posted, and notes which one it bears now. An answer that tells no number
// tells nothing of it. posted is that number, "" of what stood for nothing before; of a master the number is its name.
func (a *attempt) bears(answer Answer, posted string, master bool) {
	a.doc.Number = answer.Number
	var other any
	if posted != "" && !master {
		if a.doc.Number = posted; answer.Number != "" && answer.Number != posted {
			other = answer.Number
		}
	}
	if raw, _ := json.Marshal(map[string]any{store.Renumbered: other, NumberBack: nil}); len(a.doc.Extra) > 0 {
		a.learn(raw)
	}
}

// told are the notices of an attempt, and that somebody gave its document another number.
func (a *attempt) told() []Notice {
	var kept struct {
		Number string `json:"renumbered"`
	}
	if json.Unmarshal(a.doc.Extra, &kept) != nil || kept.Number == "" {
		return a.plan.notices
	}
	return append(a.plan.notices[:len(a.plan.notices):len(a.plan.notices)], Notice{Code: store.Renumbered,
		Detail: fmt.Sprintf("Somebody gave it the number «%s» in Zoho Books; it was posted as «%s».", kept.Number, a.doc.Number)})
}
