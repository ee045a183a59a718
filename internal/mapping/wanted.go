package mapping

import (
	"context"
	"fmt"
	"maps"
	"math"
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
	var keys []string
	db := s.DB.WithContext(ctx)
	if err := db.Raw("SELECT source_id FROM qlobooks_mappings WHERE kind = ? ORDER BY source_id", string(kind)).Scan(&keys).Error; err != nil {
		return nil, fmt.Errorf("read mapping choices: %w", err)
	}
	waits, err := s.waiting(ctx)
	if err != nil {
		return nil, err
	}
	for _, words := range slices.Sorted(maps.Keys(waits)) {
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

// atOnce is how many documents that wait for a choice are read whenever somebody asks; of more, which a whole hotel may
// be before its first mapping, all who ask within some seconds are told the same.
const atOnce = 3000

// waiting counts the documents that are blocked for want of a choice, by the words that say for which. Words by which
// none is blocked, as it was queued again, are there with 0.
func (s *Service) waiting(ctx context.Context) (map[string]int, error) {
	by, all, err := s.waits(ctx, atOnce)
	if err != nil || all < atOnce {
		return by, err
	}
	whole := func(ctx context.Context) (map[string]int, error) {
		by, _, err := s.waits(ctx, math.MaxInt32)
		return by, err
	}
	if s.shared != nil { // in a transaction, which nobody may use once it has ended
		return whole(ctx)
	}
	return s.offers.waiting.Get(ctx, "", whole)
}

// waits counts the first so many of them, and tells how many these are.
func (s *Service) waits(ctx context.Context, most int) (map[string]int, int, error) {
	var rows []struct {
		Detail       string
		Blocked, All int
	}
	err := s.DB.WithContext(ctx).Raw("SELECT COALESCE(issue_detail, '') detail, CAST(SUM(status = 'blocked') AS SIGNED) blocked, COUNT(*) `all` FROM (SELECT issue_detail, status FROM qlobooks_documents WHERE issue_code = 'mapping_missing' LIMIT ?) w GROUP BY COALESCE(issue_detail, '')", most).Scan(&rows).Error
	if err != nil {
		return nil, 0, fmt.Errorf("count what waits for a mapping: %w", err)
	}
	by, all := map[string]int{}, 0
	for _, r := range rows {
		by[r.Detail] = r.Blocked
		all += r.All
	}
	return by, all, nil
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
