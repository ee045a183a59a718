package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
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

// Erase empties the bodies of calls that name a guest: those made for the guest's contacts and for the
// documents of the guest's orders, and any that bears an e-mail address which was sent for the guest. The
// lines stay. It may be repeated.
func (s *Store) Erase(ctx context.Context, customer string) (int, error) {
	db := s.db.WithContext(ctx)
	var refs, bodies []string
	err := db.Raw("SELECT CONCAT(d.flow, ':', d.source_id) FROM qlobooks_documents d WHERE d.flow = 'customer' AND (d.source_id = ? OR d.source_id LIKE ?) "+
		"UNION SELECT CONCAT(d.flow, ':', d.source_id) FROM qlobooks_records r JOIN qlobooks_record_documents t ON t.section = r.section AND t.record_id = r.source_id JOIN qlobooks_documents d ON d.id = t.document_id "+
		"WHERE r.section = 'orders' AND r.customer_id = ?", customer, customer+":%", customer).Scan(&refs).Error
	if err != nil {
		return 0, fmt.Errorf("find the calls of a guest: %w", err)
	}
	if err := db.Raw("SELECT sent FROM qlobooks_documents WHERE flow = 'customer' AND (source_id = ? OR source_id LIKE ?) AND sent IS NOT NULL "+
		"UNION ALL SELECT request FROM qlobooks_calls WHERE ref IN ? AND request IS NOT NULL", customer, customer+":%", append([]string{"customer:" + customer}, contactsOnly(refs)...)).Scan(&bodies).Error; err != nil {
		return 0, fmt.Errorf("find the addresses of a guest: %w", err)
	}
	total := 0
	empty := func(where string, args ...any) error {
		for {
			res := db.Exec("UPDATE qlobooks_calls SET request = NULL, response = NULL WHERE (request IS NOT NULL OR response IS NOT NULL) AND "+where+" LIMIT ?", append(args, sweep)...)
			total += int(res.RowsAffected)
			if res.Error != nil || res.RowsAffected < sweep {
				return res.Error
			}
		}
	}
	for len(refs) > 0 {
		n := min(500, len(refs))
		if err := empty("ref IN ?", refs[:n]); err != nil {
			return total, fmt.Errorf("empty the bodies of a guest: %w", err)
		}
		refs = refs[n:]
	}
	for address := range addresses(bodies) {
		part := "%" + like(address) + "%"
		if err := empty("(request LIKE ? OR response LIKE ?)", part, part); err != nil {
			return total, fmt.Errorf("empty the bodies of a guest: %w", err)
		}
	}
	return total, db.Exec("INSERT IGNORE INTO qlobooks_erased (customer_id, erased_at) VALUES (?, ?)", customer, s.Now()).Error
}

func contactsOnly(refs []string) (list []string) {
	for _, ref := range refs {
		if strings.HasPrefix(ref, "customer:") {
			list = append(list, ref)
		}
	}
	return list
}

// addresses are the e-mail addresses in bodies of contacts.
func addresses(bodies []string) map[string]bool {
	found := map[string]bool{}
	for _, body := range bodies {
		var contact struct {
			Persons []struct {
				Email string `json:"email"`
			} `json:"contact_persons"`
		}
		_ = json.Unmarshal([]byte(body), &contact)
		for _, p := range contact.Persons {
			if strings.Contains(p.Email, "@") {
				found[p.Email] = true
			}
		}
	}
	return found
}
