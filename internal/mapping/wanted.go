package mapping

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
)

// wanted adds tax rates that no order or tax group tells, and yet are asked for: a document waits for the choice, as one
// that was sold at a former tax, or it was made.
func (s *Service) wanted(ctx context.Context, kind rules.Kind, rows []Source) ([]Source, error) {
	if kind != rules.Taxes {
		return rows, nil
	}
	var keys, details []string
	db := s.DB.WithContext(ctx)
	if err := db.Raw("SELECT source_id FROM qlobooks_mappings WHERE kind = ? ORDER BY source_id", string(kind)).Scan(&keys).Error; err != nil {
		return nil, fmt.Errorf("read mapping choices: %w", err)
	}
	if err := db.Raw("SELECT DISTINCT issue_detail FROM qlobooks_documents WHERE issue_code = 'mapping_missing' ORDER BY issue_detail").Scan(&details).Error; err != nil {
		return nil, fmt.Errorf("read what waits for a mapping: %w", err)
	}
	for _, words := range details {
		_, key, _ := strings.Cut(words, "«")
		if key, _, _ = strings.Cut(key, "»"); words == rules.Missing(kind, key) {
			keys = append(keys, key)
		}
	}
	for _, key := range keys {
		if !slices.ContainsFunc(rows, func(r Source) bool { return r.ID == key }) {
			rows = append(rows, Source{ID: key, Name: keyWords(key)})
		}
	}
	return rows, nil
}

// keyWords are rateWords of a rate set's name.
func keyWords(key string) string {
	if key == qloapps.Untaxed.Key {
		return "No tax"
	}
	sign, between := "+", " and "
	if strings.Contains(key, "*") {
		sign, between = "*", ", then "
	}
	return strings.ReplaceAll(key, sign, " %"+between) + " %"
}
