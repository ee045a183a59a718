package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Documents reads the documents of refs in one query; a ref without a row is missing from the answer.
func (s *Store) Documents(ctx context.Context, refs []Ref) (map[Ref]Document, error) {
	return s.documentsByRef(ctx, documentColumns, refs)
}

// Compared is Documents for who sets many documents beside others: of what was sent only the contact is read, its
// reference and where money goes, of what was answered, and of what steps changed, only when, how it was named, and whether its
// money is in doubt, and no other body or proof, which are most of a row.
func (s *Store) Compared(ctx context.Context, refs []Ref) (map[Ref]Document, error) {
	const named = ", IF(JSON_VALID(d.sent), JSON_OBJECT('customer_id', JSON_EXTRACT(d.sent, '$.customer_id'), 'reference_number', JSON_EXTRACT(d.sent, '$.reference_number'), " +
		"'account_id', JSON_EXTRACT(d.sent, '$.account_id'), 'payment_mode', JSON_EXTRACT(d.sent, '$.payment_mode')), NULL) sent"
	const told = ", d.made_at, IF(JSON_VALID(d.extra) AND JSON_CONTAINS_PATH(d.extra, 'one', '$.told_at', '$.moved_at', '$.doubt'), " +
		"JSON_OBJECT('told_at', JSON_EXTRACT(d.extra, '$.told_at'), 'moved_at', JSON_EXTRACT(d.extra, '$.moved_at'), 'doubt', JSON_EXTRACT(d.extra, '$.doubt'), " +
		"'renumbered', JSON_EXTRACT(d.extra, '$.renumbered'), 'reference', JSON_EXTRACT(d.extra, '$.reference')), NULL) extra"
	return s.documentsByRef(ctx, shownColumns+named+told, refs)
}

func (s *Store) documentsByRef(ctx context.Context, columns string, refs []Ref) (map[Ref]Document, error) {
	found := map[Ref]Document{}
	const chunk = 500
	for len(refs) > 0 {
		n := min(chunk, len(refs))
		var rows []documentRow
		err := s.db.WithContext(ctx).Raw("SELECT "+columns+" FROM qlobooks_documents d WHERE (d.flow, d.source_id) IN ?", pairs(refs[:n])).Scan(&rows).Error
		if err != nil {
			return nil, fmt.Errorf("read links: %w", err)
		}
		for _, r := range rows {
			d := r.document()
			found[d.Ref] = d
		}
		refs = refs[n:]
	}
	return found, nil
}

// StandFor finds the records of a flow whose documents have ids in Zoho Books, by these ids: those that stand for them,
// else those that did until a person paired them with others.
func (s *Store) StandFor(ctx context.Context, flow string, zohoIDs []string) (map[string]Document, error) {
	holders := map[string]Document{}
	read := func(where string, args ...any) ([]Document, error) {
		var rows []documentRow
		err := s.db.WithContext(ctx).Raw("SELECT "+documentColumns+" FROM qlobooks_documents d WHERE d.flow = ? AND "+where+" ORDER BY d.id", append([]any{flow}, args...)...).Scan(&rows).Error
		if err != nil {
			return nil, fmt.Errorf("read whose documents stand: %w", err)
		}
		var list []Document
		for _, r := range rows {
			list = append(list, r.document())
		}
		return list, nil
	}
	const chunk = 500
	for part := range slices.Chunk(zohoIDs, chunk) {
		list, err := read("d.zoho_id IN ?", part)
		if err != nil {
			return nil, err
		}
		for _, d := range list {
			if _, known := holders[d.ZohoID]; !known {
				holders[d.ZohoID] = d
			}
		}
		for _, id := range part {
			if _, known := holders[id]; known || id == "" {
				continue
			}
			if list, err = read("CONCAT(' ', d.former, ' ') LIKE ?", "% "+id+" %"); err != nil {
				return nil, err
			}
			if len(list) > 0 {
				holders[id] = list[0]
			}
		}
	}
	return holders, nil
}

// Numbered finds another document of the same flow that has a number in Zoho Books, or is given it at this
// moment: documents of one batch are sent side by side.
func (s *Store) Numbered(ctx context.Context, than Ref, number string) (other Ref, found bool, err error) {
	written, _ := json.Marshal(number)
	var ids []string
	err = s.db.WithContext(ctx).Raw("SELECT source_id FROM (SELECT id, source_id FROM qlobooks_documents WHERE zoho_number = ? AND flow = ? AND source_id <> ? "+
		"UNION ALL SELECT id, source_id FROM qlobooks_documents WHERE lease_owner > '' AND flow = ? AND source_id <> ? AND LOCATE(?, intent) > 0) x ORDER BY id LIMIT 1", number, than.Flow, than.ID, than.Flow, than.ID, string(written)).Scan(&ids).Error
	if err != nil || len(ids) == 0 {
		return other, false, err
	}
	return Ref{Flow: than.Flow, ID: ids[0]}, true, nil
}

// Awaited tells of which documents, by row id, another one waits.
func (s *Store) Awaited(ctx context.Context, ids []uint64) (map[uint64]bool, error) {
	awaited := map[uint64]bool{}
	if len(ids) == 0 {
		return awaited, nil
	}
	var found []uint64
	if err := s.db.WithContext(ctx).Raw("SELECT DISTINCT on_id FROM qlobooks_waits WHERE on_id IN ?", ids).Scan(&found).Error; err != nil {
		return nil, fmt.Errorf("read what is waited for: %w", err)
	}
	for _, id := range found {
		awaited[id] = true
	}
	return awaited, nil
}

// Foreign owns names that somebody else's record has in Zoho.
const Foreign = "foreign"

// Fold is how names are compared: trimmed, case-folded, at most 200 characters.
func Fold(name string) string {
	folded := strings.ToLower(strings.TrimSpace(name))
	for utf8.RuneCountInString(folded) > 200 {
		_, size := utf8.DecodeLastRuneInString(folded)
		folded = folded[:len(folded)-size]
	}
	return folded
}

// NamesOf reads the names that owners hold in a name space, by owner.
func (s *Store) NamesOf(ctx context.Context, space string, owners []string) (map[string][]string, error) {
	held := map[string][]string{}
	if len(owners) == 0 {
		return held, nil
	}
	var rows []struct{ Owner, Folded string }
	if err := s.db.WithContext(ctx).Raw("SELECT owner, folded FROM qlobooks_names WHERE module = ? AND owner IN ?", space, owners).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read names: %w", err)
	}
	for _, r := range rows {
		held[r.Owner] = append(held[r.Owner], r.Folded)
	}
	return held, nil
}

// OwnersOf reads who holds names in a name space, by folded name.
func (s *Store) OwnersOf(ctx context.Context, space string, names []string) (map[string]string, error) {
	folded := make([]string, len(names))
	for i, name := range names {
		folded[i] = Fold(name)
	}
	var rows []struct{ Owner, Folded string }
	if err := s.db.WithContext(ctx).Raw("SELECT owner, folded FROM qlobooks_names WHERE module = ? AND folded IN ?", space, folded).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read names: %w", err)
	}
	owners := map[string]string{}
	for _, r := range rows {
		owners[r.Folded] = r.Owner
	}
	return owners, nil
}

// ReserveNames gives each owner the first of its candidates that is free in a name space, and
// keeps it for that owner. Two workers never get the same name. An owner that is missing from the
// answer finds all taken.
func (s *Store) ReserveNames(ctx context.Context, space string, candidates map[string][]string) (map[string]string, error) {
	reserved := map[string]string{}
	owners := slices.Sorted(maps.Keys(candidates))
	for round := 0; len(owners) > 0; round++ {
		var rows [][]any
		var names []string
		for _, owner := range owners {
			name := candidates[owner][round]
			rows, names = append(rows, []any{space, Fold(name), owner}), append(names, name)
		}
		if err := insert(s.db.WithContext(ctx), "INSERT IGNORE INTO qlobooks_names (module, folded, owner)", rows, ""); err != nil {
			return nil, fmt.Errorf("reserve names: %w", err)
		}
		holders, err := s.OwnersOf(ctx, space, names)
		if err != nil {
			return nil, err
		}
		var left []string
		for i, owner := range owners {
			if holders[Fold(names[i])] == owner {
				reserved[owner] = names[i]
			} else if round+1 < len(candidates[owner]) {
				left = append(left, owner)
			}
		}
		owners = left
	}
	return reserved, nil
}

// NameIsForeign remembers that a name belongs to somebody else's record in Zoho.
func (s *Store) NameIsForeign(ctx context.Context, space, name string) error {
	return s.db.WithContext(ctx).Exec("UPDATE qlobooks_names SET owner = ? WHERE module = ? AND folded = ?", Foreign, space, Fold(name)).Error
}

// AnyLinked reports whether any document stands at Zoho, or may do so as its call had no answer yet.
func (s *Store) AnyLinked(ctx context.Context) (bool, error) {
	var n int
	err := s.db.WithContext(ctx).Raw("SELECT COUNT(*) FROM (SELECT 1 FROM qlobooks_documents WHERE zoho_id <> '' OR intent IS NOT NULL LIMIT 1) x").Scan(&n).Error
	return n > 0, err
}
