package store

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"
)

// Erased tells which guests were erased.
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

// OfErased is true of an id, a column or a value, of a contact in Zoho Books that stands for a guest who was
// erased: what Zoho Books tells of it is not kept.
func OfErased(id string) string {
	return "EXISTS (SELECT 1 FROM qlobooks_documents erased JOIN qlobooks_erased e ON e.customer_id = SUBSTRING_INDEX(erased.source_id, ':', 1) WHERE erased.flow = 'customer' AND erased.zoho_id = " + id + ")"
}

// Erase takes a guest out of everything that is kept. The bodies and queries of calls are emptied that were
// made for the guest's contacts and for the documents of the guest's orders, and of any that bear an address
// or a name under which the guest was sent. What lists show, what was sent of the contacts, their names, the
// contacts as pairing read them: in their place stands the customer's number. Those words leave all texts
// that people read. Lines, links and amounts stay. It tells how many bodies it emptied, and may be repeated.
func (s *Store) Erase(ctx context.Context, customer string) (int, error) {
	db := s.db.WithContext(ctx)
	g, err := s.guestOf(db, customer)
	if err != nil {
		return 0, err
	}
	emptied, err := emptyBodies(db, g)
	if err != nil {
		return emptied, fmt.Errorf("empty the bodies of a guest: %w", err)
	}
	for _, p := range g.places() {
		for _, text := range g.texts() {
			if err := p.blank(db, text); err != nil {
				return emptied, fmt.Errorf("blank the words of a guest in %s: %w", p.table, err)
			}
		}
	}
	return emptied, s.tx(ctx, func(tx *gorm.DB) error { return s.forgetGuest(tx, g) })
}

// erasing is a guest to be taken out: the documents of the guest and of the guest's orders, the contacts that
// stand for the guest, and the words under which the guest was sent or listed.
type erasing struct {
	customer  string
	refs      []string // flow:id
	documents []uint64
	contacts  []string // ids in Zoho Books
	words     []word
	phones    []string
}

// ownDocuments are the contacts of a guest, in whatever currency.
const ownDocuments = "flow = 'customer' AND (source_id = ? OR source_id LIKE ?)"

func (s *Store) guestOf(db *gorm.DB, customer string) (erasing, error) {
	g := erasing{customer: customer}
	part := customer + ":%"
	var rows []struct {
		ID  uint64
		Ref string
	}
	err := db.Raw("SELECT id, CONCAT(flow, ':', source_id) ref FROM qlobooks_documents WHERE "+ownDocuments+" "+
		"UNION SELECT d.id, CONCAT(d.flow, ':', d.source_id) FROM qlobooks_records r JOIN qlobooks_record_documents t ON t.section = r.section AND t.record_id = r.source_id JOIN qlobooks_documents d ON d.id = t.document_id "+
		"WHERE r.section = 'orders' AND r.customer_id = ?", customer, part, customer).Scan(&rows).Error
	if err != nil {
		return g, fmt.Errorf("find the documents of a guest: %w", err)
	}
	g.refs = []string{"customer:" + customer}
	for _, r := range rows {
		g.documents = append(g.documents, r.ID)
		if r.Ref != g.refs[0] {
			g.refs = append(g.refs, r.Ref)
		}
	}
	if err := db.Raw("SELECT zoho_id FROM qlobooks_documents WHERE zoho_id <> '' AND "+ownDocuments+" UNION SELECT zoho_id FROM qlobooks_former_links WHERE "+ownDocuments, customer, part, customer, part).Scan(&g.contacts).Error; err != nil {
		return g, fmt.Errorf("find the contacts of a guest: %w", err)
	}
	var bodies, names, listed []string
	if err := db.Raw("SELECT sent FROM qlobooks_documents WHERE sent IS NOT NULL AND "+ownDocuments+" UNION ALL SELECT sent FROM qlobooks_former_links WHERE sent IS NOT NULL AND "+ownDocuments+
		" UNION ALL SELECT request FROM qlobooks_calls WHERE ref IN ? AND request IS NOT NULL", customer, part, customer, part, contactsOnly(g.refs)).Scan(&bodies).Error; err != nil {
		return g, fmt.Errorf("find the words for a guest: %w", err)
	}
	if err := db.Raw("SELECT zoho_name FROM qlobooks_documents WHERE paired = 0 AND zoho_name <> '' AND "+ownDocuments, customer, part).Scan(&names).Error; err != nil {
		return g, fmt.Errorf("find the names of a guest: %w", err)
	}
	if err := db.Raw("SELECT fields FROM qlobooks_records WHERE fields IS NOT NULL AND (section = 'customers' AND source_id = ? OR section = 'orders' AND customer_id = ?)", customer, customer).Scan(&listed).Error; err != nil {
		return g, fmt.Errorf("find how a guest is listed: %w", err)
	}
	g.words, g.phones = wordsOf(bodies, names, listed, numbered(customer))
	return g, nil
}

// numbered is the name of a guest of whom nothing else may be told, as QloApps' lists are read.
func numbered(customer string) string { return "Customer " + customer }

// EmptyLater empties the bodies of calls that named, by their ids, contacts of guests after these were erased:
// Zoho Books still has their names, and the words to look for are gone.
func (s *Store) EmptyLater(ctx context.Context) error {
	db := s.db.WithContext(ctx)
	var ids []string
	if err := db.Raw("SELECT d.zoho_id FROM qlobooks_erased e JOIN qlobooks_documents d ON d.flow = 'customer' AND (d.source_id = e.customer_id OR d.source_id LIKE CONCAT(e.customer_id, ':%')) WHERE d.zoho_id <> ''").Scan(&ids).Error; err != nil {
		return fmt.Errorf("read the contacts of erased guests: %w", err)
	}
	contacts := map[string]bool{}
	for _, id := range ids {
		contacts[id] = true
	}
	mark, err := s.Mark(ctx, emptiedMark)
	if err != nil {
		return err
	}
	after, _ := strconv.ParseUint(mark, 10, 64)
	settled, before := after, s.Now().Add(-time.Minute) // younger lines may get company with lower ids
	for len(contacts) > 0 {
		var calls []struct {
			ID                uint64
			At                time.Time
			Request, Response string
		}
		if err := db.Raw("SELECT id, at, COALESCE(request, '') request, COALESCE(response, '') response FROM qlobooks_calls WHERE id > ? ORDER BY id LIMIT 100", after).Scan(&calls).Error; err != nil {
			return fmt.Errorf("read the latest calls: %w", err)
		}
		if len(calls) == 0 {
			break
		}
		var naming []uint64
		for _, c := range calls {
			if after = c.ID; c.At.Before(before) {
				settled = c.ID
			}
			if slices.ContainsFunc(quotedID.FindAllString(c.Request+c.Response, -1), func(id string) bool { return contacts[strings.Trim(id, `"`)] }) {
				naming = append(naming, c.ID)
			}
		}
		if len(naming) == 0 {
			continue
		}
		if err := db.Exec("UPDATE qlobooks_calls SET request = NULL, response = NULL, query = NULL WHERE id IN ?", naming).Error; err != nil {
			return fmt.Errorf("empty the bodies of erased guests: %w", err)
		}
	}
	if len(contacts) == 0 || settled == 0 {
		return nil
	}
	return s.SetMark(ctx, emptiedMark, strconv.FormatUint(settled, 10))
}

// emptiedMark is the call up to which bodies were looked at for guests erased before.
const emptiedMark = "erased calls"

// quotedID is an id as it stands in a body.
var quotedID = regexp.MustCompile(`"[0-9]{6,}"`)

func emptyBodies(db *gorm.DB, g erasing) (total int, err error) {
	empty := func(where string, args ...any) error {
		for {
			res := db.Exec("UPDATE qlobooks_calls SET request = NULL, response = NULL, query = NULL WHERE (request IS NOT NULL OR response IS NOT NULL OR query IS NOT NULL) AND "+where+" LIMIT ?", append(args, sweep)...)
			total += int(res.RowsAffected)
			if res.Error != nil || res.RowsAffected < sweep {
				return res.Error
			}
		}
	}
	for some := range slices.Chunk(g.refs, 500) {
		if err := empty("ref IN ?", some); err != nil {
			return total, err
		}
		// calls that name the guest beside others are looked up first: each question by its own key
		for after := uint64(0); ; {
			var calls []uint64
			if err := db.Raw("SELECT DISTINCT call_id FROM qlobooks_call_refs WHERE ref IN ? AND call_id > ? ORDER BY call_id LIMIT ?", some, after, sweep).Scan(&calls).Error; err != nil {
				return total, err
			}
			if len(calls) == 0 {
				break
			}
			if err := empty("id IN ?", calls); err != nil {
				return total, err
			}
			after = calls[len(calls)-1]
		}
	}
	for _, w := range g.words {
		var in []string
		var values []any
		for _, spelling := range w.spellings() {
			part := "%" + ToTheLetter(spelling) + "%"
			in, values = append(in, "request LIKE ? OR response LIKE ? OR query LIKE ?"), append(values, part, part, part)
		}
		if err := empty("("+strings.Join(in, " OR ")+")", values...); err != nil {
			return total, err
		}
	}
	return total, nil
}

// forgetGuest puts the number in the place of a guest in what is the guest's own. A contact about which a call
// may have been made is found by what that call said: such a guest is looked at again later.
func (s *Store) forgetGuest(tx *gorm.DB, g erasing) error {
	name, part := numbered(g.customer), g.customer+":%"
	var contacts []struct {
		ID     uint64
		Sent   *string
		Intent bool
	}
	if err := tx.Raw("SELECT id, sent, intent IS NOT NULL intent FROM qlobooks_documents WHERE "+ownDocuments+" ORDER BY id FOR UPDATE", g.customer, part).Scan(&contacts).Error; err != nil {
		return err
	}
	asked := false
	for _, c := range contacts {
		asked = asked || c.Intent
		if err := tx.Exec("UPDATE qlobooks_documents SET title = ?, zoho_number = IF(zoho_id = '', '', ?), zoho_name = IF(zoho_id = '', '', ?), sent = ?, undone = NULL WHERE id = ?", name, name, name, impersonal(c.Sent), c.ID).Error; err != nil {
			return err
		}
	}
	for _, own := range []struct {
		statement string
		args      []any
	}{
		{"UPDATE qlobooks_former_links SET zoho_number = ?, zoho_name = ?, sent = IF(sent IS NULL, NULL, '{}') WHERE " + ownDocuments, []any{name, name, g.customer, part}},
		{"DELETE FROM qlobooks_names WHERE module = 'contact' AND (owner = ? OR owner LIKE ?)", []any{"customer:" + g.customer, "customer:" + part}},
		{"DELETE FROM qlobooks_names WHERE module = 'contact' AND owner = ? AND folded IN ?", []any{Foreign, g.folded()}},
		{"DELETE FROM qlobooks_zoho_contacts WHERE zoho_id IN ? OR doc_key = ? OR doc_key LIKE ?", []any{g.contacts, "customer:" + g.customer, "customer:" + part}},
		{"UPDATE qlobooks_imported_payments SET contact = '' WHERE contact_id IN ?", []any{g.contacts}},
		// of an order, the terms that are the guest's: the name, its last part, the address
		{"DELETE s FROM qlobooks_search s JOIN qlobooks_records r ON r.section = s.section AND r.source_id = s.source_id WHERE r.section = 'orders' AND r.customer_id = ? " +
			"AND (s.term LIKE '%@%' OR CONCAT(' ', JSON_UNQUOTE(JSON_EXTRACT(r.fields, '$.guest'))) COLLATE utf8mb4_unicode_ci LIKE CONCAT('% ', s.term))", []any{g.customer}},
		{"INSERT IGNORE INTO qlobooks_search (section, term, source_id) SELECT section, ?, source_id FROM qlobooks_records WHERE section = 'orders' AND customer_id = ?", []any{Fold(name), g.customer}},
		{"UPDATE qlobooks_records SET fields = JSON_SET(fields, '$.guest', ?) WHERE section = 'orders' AND customer_id = ? AND fields IS NOT NULL", []any{name, g.customer}},
		{"DELETE FROM qlobooks_search WHERE section = 'customers' AND source_id = ?", []any{g.customer}},
		{"INSERT IGNORE INTO qlobooks_search (section, term, source_id) SELECT section, ?, source_id FROM qlobooks_records WHERE section = 'customers' AND source_id = ?", []any{Fold(name), g.customer}},
		{"UPDATE qlobooks_records SET name = ?, fields = JSON_OBJECT('name', ?, 'email', '', 'company', '') WHERE section = 'customers' AND source_id = ?", []any{name, name, g.customer}},
	} {
		if err := tx.Exec(own.statement, own.args...).Error; err != nil {
			return fmt.Errorf("forget a guest: %w", err)
		}
	}
	if asked {
		return nil
	}
	return tx.Exec("INSERT IGNORE INTO qlobooks_erased (customer_id, erased_at) VALUES (?, ?)", g.customer, s.Now()).Error
}

// impersonal is what may stay of a contact as it was sent.
func impersonal(sent *string) *string {
	if sent == nil {
		return nil
	}
	body, left := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	_ = json.Unmarshal([]byte(*sent), &body)
	for _, field := range []string{"contact_type", "customer_sub_type", "currency_id", "custom_fields"} {
		if value, there := body[field]; there {
			left[field] = value
		}
	}
	text, _ := json.Marshal(left)
	rest := string(text)
	return &rest
}

func contactsOnly(refs []string) (list []string) {
	for _, ref := range refs {
		if strings.HasPrefix(ref, "customer:") {
			list = append(list, ref)
		}
	}
	return list
}
