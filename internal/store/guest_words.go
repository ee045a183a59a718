package store

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"gorm.io/gorm"
)

// word is an e-mail address, or a name of at least two words: a shorter one would name others too.
type word struct {
	text string
	name bool
}

// spellings are the ways in which a word stands in bodies, which are JSON, and in queries. A name counts as
// a whole value alone.
func (w word) spellings() (list []string) {
	if !w.name {
		return distinct(append(inJSON(w.text), strings.ToLower(w.text), url.QueryEscape(w.text))...)
	}
	for _, text := range inJSON(w.text) {
		list = append(list, `"`+text+`"`)
	}
	return append(list, "="+url.QueryEscape(w.text), "="+url.PathEscape(w.text))
}

// inJSON are the ways in which a text may stand in JSON.
func inJSON(text string) []string {
	careful, _ := json.Marshal(text) // & < > escaped
	var plain strings.Builder
	e := json.NewEncoder(&plain)
	e.SetEscapeHTML(false)
	_ = e.Encode(text)
	bare := func(quoted string) string { return strings.Trim(strings.TrimSpace(quoted), `"`) }
	one, other := bare(plain.String()), bare(string(careful))
	return distinct(one, other, inASCII(one), inASCII(other))
}

// inASCII escapes everything else as JSON does.
func inASCII(text string) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(text)) {
		if unit < utf8.RuneSelf {
			b.WriteByte(byte(unit))
		} else {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}

func distinct(list ...string) (out []string) {
	seen := map[string]bool{}
	for _, text := range list {
		if !seen[text] {
			seen[text] = true
			out = append(out, text)
		}
	}
	return out
}

// erased stands where a guest was named.
const erased = "(erased)"

// place is where texts stand that may name a guest.
type place struct {
	table   string
	columns []string
	where   string
	args    []any
}

// places are all of them. Those of documents are looked at for the guest's own alone, as there are many.
func (g erasing) places() []place {
	return []place{
		{"qlobooks_documents", []string{"title", "sent", "extra", "steps", "issue_detail", "issue_action", "issue_proof", "notices", "undone"}, "id IN ?", []any{g.documents}},
		{"qlobooks_former_links", []string{"sent", "extra", "steps", "notices"}, "CONCAT(flow, ':', source_id) IN ?", []any{g.refs}},
		{"qlobooks_undo", []string{"was_detail", "was_action", "detail", "action"}, "document_id IN ?", []any{g.documents}},
		{"qlobooks_events", []string{"detail"}, "", nil},
		{"qlobooks_alerts", []string{"data", "outcome"}, "", nil},
		{"qlobooks_runs", []string{"request", "brake", "result", "error"}, "", nil},
		{"qlobooks_calls", []string{"error"}, "error <> ''", nil},
		{"qlobooks_imported_payments", []string{"contact", "facts", "issue_detail", "issue_action"}, "", nil},
		{"qlobooks_refused_alike", []string{"detail", "action"}, "", nil},
		{"qlobooks_doubts", []string{"detail"}, "", nil},
		{"qlobooks_handled", []string{"reason"}, "", nil},
		{"qlobooks_periods", []string{"reason", "accepted"}, "", nil},
		{"qlobooks_period_documents", []string{"title", "sides"}, "", nil},
		{"qlobooks_period_drifts", []string{"title", "detail"}, "", nil},
		{"qlobooks_version_changes", []string{"changes"}, "", nil},
	}
}

// texts are all spellings of what names the guest, as JSON or plain.
func (g erasing) texts() (list []string) {
	for _, w := range g.words {
		list = append(append(list, inJSON(w.text)...), w.text)
	}
	return distinct(append(list, g.phones...)...)
}

// folded are the guest's names as the names that are taken in Zoho Books are kept.
func (g erasing) folded() []string {
	list := []string{""}
	for _, w := range g.words {
		if w.name {
			list = append(list, Fold(w.text))
		}
	}
	return list
}

// blank puts erased in the place of a text, wherever it stands by itself.
func (p place) blank(db *gorm.DB, text string) error {
	where := "BINARY %[1]s LIKE BINARY ?"
	if p.where != "" {
		where += " AND " + p.where
	}
	for _, column := range p.columns {
		where := fmt.Sprintf(where, column)
		var told []string
		if err := db.Raw("SELECT DISTINCT CAST("+column+" AS BINARY) FROM "+p.table+" WHERE "+where, append([]any{"%" + ToTheLetter(text) + "%"}, p.args...)...).Scan(&told).Error; err != nil {
			return err
		}
		for _, was := range told {
			if now := without(was, text); now != was {
				if err := db.Exec("UPDATE "+p.table+" SET "+column+" = ? WHERE BINARY "+column+" = BINARY ? AND "+where, append([]any{now, was, "%" + ToTheLetter(text) + "%"}, p.args...)...).Error; err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// without puts erased in the place of a text where it stands by itself, not as a part of another name.
func without(told, text string) string {
	var b strings.Builder
	for {
		at := strings.Index(told, text)
		if at < 0 {
			return b.String() + told
		}
		before, _ := utf8.DecodeLastRuneInString(told[:at])
		after, _ := utf8.DecodeRuneInString(told[at+len(text):])
		b.WriteString(told[:at])
		if at > 0 && unicode.IsLetter(before) || at+len(text) < len(told) && unicode.IsLetter(after) {
			b.WriteString(text)
		} else {
			b.WriteString(erased)
		}
		told = told[at+len(text):]
	}
}

// wordsOf are the addresses and names in bodies of contacts, in names and in the fields of lists, but for the
// name that says nothing, and the phones in the bodies.
func wordsOf(bodies, names, listed []string, nameless string) (list []word, phones []string) {
	seen := map[string]bool{nameless: true}
	add := func(text string, name bool) {
		text = strings.TrimSpace(text)
		if seen[text] || name && (len(text) < 5 || !strings.Contains(text, " ")) || !name && !strings.Contains(text, "@") {
			return
		}
		seen[text] = true
		list = append(list, word{text, name})
	}
	phone := func(number string) {
		digits := strings.Count(strings.Map(func(c rune) rune {
			if unicode.IsDigit(c) {
				return '0'
			}
			return -1
		}, number), "0")
		if digits >= 6 { // fewer are other numbers, too
			phones = append(phones, number)
		}
	}
	for _, body := range bodies {
		var contact struct {
			Name    string `json:"contact_name"`
			Billing struct {
				Attention, Phone string
			} `json:"billing_address"`
			Persons []struct {
				Email string `json:"email"`
				First string `json:"first_name"`
				Last  string `json:"last_name"`
				Phone string `json:"phone"`
			} `json:"contact_persons"`
		}
		_ = json.Unmarshal([]byte(body), &contact)
		add(contact.Name, true)
		add(contact.Billing.Attention, true)
		phone(contact.Billing.Phone)
		for _, p := range contact.Persons {
			add(p.Email, false)
			add(p.First+" "+p.Last, true)
			phone(p.Phone)
		}
	}
	for _, name := range names {
		add(name, true)
	}
	for _, fields := range listed {
		var shown struct{ Name, Guest, Email string }
		_ = json.Unmarshal([]byte(fields), &shown)
		add(shown.Name, true)
		add(shown.Guest, true)
		add(shown.Email, false)
	}
	return list, phones
}
