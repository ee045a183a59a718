package store

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Documents reads the documents of refs in one query; a ref without a row is missing from the answer.
func (s *Store) Documents(ctx context.Context, refs []Ref) (map[Ref]Document, error) {
	found := map[Ref]Document{}
	const chunk = 500
	for len(refs) > 0 {
		n := min(chunk, len(refs))
		var rows []documentRow
		err := s.db.WithContext(ctx).Raw("SELECT "+documentColumns+" FROM qlobooks_documents d WHERE (d.flow, d.source_id) IN ?", pairs(refs[:n])).Scan(&rows).Error
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

// ReserveName gives the first of candidates that is free in a name space, and keeps it for
// owner. Two workers never get the same name. The empty answer means that all are taken.
func (s *Store) ReserveName(ctx context.Context, space, owner string, candidates []string) (string, error) {
	db := s.db.WithContext(ctx)
	for _, name := range candidates {
		folded := Fold(name)
		if err := db.Exec("INSERT IGNORE INTO qlobooks_names (module, folded, owner) VALUES (?, ?, ?)", space, folded, owner).Error; err != nil {
			return "", fmt.Errorf("reserve name: %w", err)
		}
		var holder string
		if err := db.Raw("SELECT owner FROM qlobooks_names WHERE module = ? AND folded = ?", space, folded).Scan(&holder).Error; err != nil {
			return "", fmt.Errorf("read name: %w", err)
		}
		if holder == owner {
			return name, nil
		}
	}
	return "", nil
}

// NameIsForeign remembers that a name belongs to somebody else's record in Zoho.
func (s *Store) NameIsForeign(ctx context.Context, space, name string) error {
	return s.db.WithContext(ctx).Exec("UPDATE qlobooks_names SET owner = ? WHERE module = ? AND folded = ?", Foreign, space, Fold(name)).Error
}

// AnyLinked reports whether any document stands at Zoho.
func (s *Store) AnyLinked(ctx context.Context) (bool, error) {
	var n int
	err := s.db.WithContext(ctx).Raw("SELECT COUNT(*) FROM (SELECT 1 FROM qlobooks_documents WHERE zoho_id <> '' LIMIT 1) x").Scan(&n).Error
	return n > 0, err
}
