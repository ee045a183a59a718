package store

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"gorm.io/gorm"
)

// Erased tells which guests were erased from the call log.
func (s *Store) Erased(ctx context.Context, customers []string) (map[string]bool, error) {
	done := map[string]bool{}
	if len(customers) == 0 {
		return done, nil
	}
	var ids []string
	if err := s.db.WithContext(ctx).Raw("SELECT customer_id FROM qlobooks_erased WHERE customer_id IN ?", customers).Scan(&ids).Error; err != nil {
		return nil, fmt.Errorf("read who was erased: %w", err)
	}
	for _, id := range ids {
		done[id] = true
	}
	return done, nil
}

// Erase takes a guest out of what is logged: the bodies and queries of calls that were made for the guest's
// contacts and for the documents of the guest's orders, and of any that bear an address or a name under which
// the guest was sent; and those words out of events and alerts. The lines stay. It may be repeated.
func (s *Store) Erase(ctx context.Context, customer string) (int, error) {
	db := s.db.WithContext(ctx)
	refs, words, err := s.namedBy(db, customer)
	if err != nil {
		return 0, err
	}
	total := 0
	empty := func(where string, args ...any) error {
		for {
			res := db.Exec("UPDATE qlobooks_calls SET request = NULL, response = NULL, query = NULL WHERE (request IS NOT NULL OR response IS NOT NULL OR query IS NOT NULL) AND "+where+" LIMIT ?", append(args, sweep)...)
			total += int(res.RowsAffected)
			if res.Error != nil || res.RowsAffected < sweep {
				return res.Error
			}
		}
	}
	for some := range slices.Chunk(refs, 500) {
		if err := empty("ref IN ?", some); err != nil {
			return total, fmt.Errorf("empty the bodies of a guest: %w", err)
		}
		// calls that name the guest beside others are looked up first: each question by its own key
		for after := uint64(0); ; {
			var calls []uint64
			if err := db.Raw("SELECT DISTINCT call_id FROM qlobooks_call_refs WHERE ref IN ? AND call_id > ? ORDER BY call_id LIMIT ?", some, after, sweep).Scan(&calls).Error; err != nil {
				return total, fmt.Errorf("find the calls that name a guest: %w", err)
			}
			if len(calls) == 0 {
				break
			}
			if err := empty("id IN ?", calls); err != nil {
				return total, fmt.Errorf("empty the bodies of a guest: %w", err)
			}
			after = calls[len(calls)-1]
		}
	}
	for _, w := range words {
		var in []string
		var values []any
		for _, spelling := range w.spellings() {
			part := "%" + like(spelling) + "%"
			in, values = append(in, "request LIKE ? OR response LIKE ? OR query LIKE ?"), append(values, part, part, part)
		}
		if err := empty("("+strings.Join(in, " OR ")+")", values...); err != nil {
			return total, fmt.Errorf("empty the bodies of a guest: %w", err)
		}
		if err := blank(db, w); err != nil {
			return total, fmt.Errorf("blank the words of a guest: %w", err)
		}
	}
	return total, db.Exec("INSERT IGNORE INTO qlobooks_erased (customer_id, erased_at) VALUES (?, ?)", customer, s.Now()).Error
}

// namedBy are the documents of a guest and the words under which the guest was sent.
func (s *Store) namedBy(db *gorm.DB, customer string) (refs []string, words []word, err error) {
	err = db.Raw("SELECT CONCAT(d.flow, ':', d.source_id) FROM qlobooks_documents d WHERE d.flow = 'customer' AND (d.source_id = ? OR d.source_id LIKE ?) "+
		"UNION SELECT CONCAT(d.flow, ':', d.source_id) FROM qlobooks_records r JOIN qlobooks_record_documents t ON t.section = r.section AND t.record_id = r.source_id JOIN qlobooks_documents d ON d.id = t.document_id "+
		"WHERE r.section = 'orders' AND r.customer_id = ?", customer, customer+":%", customer).Scan(&refs).Error
	if err != nil {
		return nil, nil, fmt.Errorf("find the calls of a guest: %w", err)
	}
	var bodies, names []string
	if err := db.Raw("SELECT sent FROM qlobooks_documents WHERE flow = 'customer' AND (source_id = ? OR source_id LIKE ?) AND sent IS NOT NULL "+
		"UNION ALL SELECT request FROM qlobooks_calls WHERE ref IN ? AND request IS NOT NULL", customer, customer+":%", append([]string{"customer:" + customer}, contactsOnly(refs)...)).Scan(&bodies).Error; err != nil {
		return nil, nil, fmt.Errorf("find the words for a guest: %w", err)
	}
	if err := db.Raw("SELECT zoho_name FROM qlobooks_documents WHERE flow = 'customer' AND (source_id = ? OR source_id LIKE ?) AND paired = 0 AND zoho_name <> ''", customer, customer+":%").Scan(&names).Error; err != nil {
		return nil, nil, fmt.Errorf("find the names of a guest: %w", err)
	}
	return refs, wordsOf(bodies, names), nil
}

func contactsOnly(refs []string) (list []string) {
	for _, ref := range refs {
		if strings.HasPrefix(ref, "customer:") {
			list = append(list, ref)
		}
	}
	return list
}

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

// blank puts that in the place of a word in events and alerts.
func blank(db *gorm.DB, w word) error {
	for table, column := range map[string]string{"qlobooks_events": "detail", "qlobooks_alerts": "data"} {
		for _, text := range distinct(append(inJSON(w.text), w.text)...) {
			for after := uint64(0); ; {
				var rows []struct {
					ID   uint64
					Told string
				}
				if err := db.Raw("SELECT id, "+column+" told FROM "+table+" WHERE id > ? AND "+column+" LIKE ? ORDER BY id LIMIT ?", after, "%"+like(text)+"%", sweep).Scan(&rows).Error; err != nil {
					return err
				}
				if len(rows) == 0 {
					break
				}
				for _, r := range rows {
					if err := db.Exec("UPDATE "+table+" SET "+column+" = ? WHERE id = ?", without(r.Told, text), r.ID).Error; err != nil {
						return err
					}
				}
				after = rows[len(rows)-1].ID
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

// wordsOf are the addresses and names in bodies of contacts, and names.
func wordsOf(bodies, names []string) []word {
	var list []word
	seen := map[string]bool{}
	add := func(text string, name bool) {
		text = strings.TrimSpace(text)
		if seen[text] || name && (len(text) < 5 || !strings.Contains(text, " ")) || !name && !strings.Contains(text, "@") {
			return
		}
		seen[text] = true
		list = append(list, word{text, name})
	}
	for _, body := range bodies {
		var contact struct {
			Name    string `json:"contact_name"`
			Persons []struct {
				Email string `json:"email"`
				First string `json:"first_name"`
				Last  string `json:"last_name"`
			} `json:"contact_persons"`
		}
		_ = json.Unmarshal([]byte(body), &contact)
		add(contact.Name, true)
		for _, p := range contact.Persons {
			add(p.Email, false)
			add(p.First+" "+p.Last, true)
		}
	}
	for _, name := range names {
		add(name, true)
	}
	return list
}
