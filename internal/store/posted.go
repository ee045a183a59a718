package store

import (
	"context"
	"fmt"
	"time"
)

// Links can be lost while what they led to stands: by a reset, with a lost table, with a back-up that
// was put back. The history tells of the first two; the third shows when the tables reach less far than they did, or
// when something is found that nobody knew of.

// uncertainFor is how long everything new is looked for, after something was found that nobody knew of.
const uncertainFor = 30 * 24 * time.Hour

// Posted tells which documents without a link may stand at Zoho all the same. unsure says that any of them may, and
// that only one without a key, which Zoho does not find by itself, is worth the call. unknown is the day after which nothing
// came to stand that nobody knows of, where that is why they may, "" where their history says so.
func (s *Store) Posted(ctx context.Context, refs []Ref) (may map[Ref]bool, unsure bool, unknown string, err error) {
	may = map[Ref]bool{}
	if len(refs) == 0 {
		return may, false, "", nil
	}
	var since []struct {
		Name string
		At   time.Time
	}
	if err := s.db.WithContext(ctx).Raw("SELECT name, at FROM qlobooks_facts WHERE name IN ('found_unknown', 'reach_unknown')").Scan(&since).Error; err != nil {
		return nil, false, "", fmt.Errorf("read whether links are certain: %w", err)
	}
	for _, fact := range since {
		if s.Now().Sub(fact.At) >= uncertainFor {
			continue
		}
		if unsure = true; fact.Name == "reach_unknown" {
			continue
		}
		unknown = fact.At.UTC().AddDate(0, 0, 1).Format(time.DateOnly) // wherever the hotel is
		for _, ref := range refs {
			may[ref] = true
		}
	}
	if len(may) > 0 {
		return may, unsure, unknown, nil
	}
	var rows []struct{ Flow, SourceID string }
	err = s.db.WithContext(ctx).Raw("SELECT DISTINCT flow, source_id FROM qlobooks_events WHERE (flow, source_id) IN ? AND action IN ('synced', 'disabled', 'unknown', 'pair')", pairs(refs)).Scan(&rows).Error
	if err != nil {
		return nil, false, "", fmt.Errorf("read what was posted before: %w", err)
	}
	for _, r := range rows {
		may[Ref{r.Flow, r.SourceID}] = true
	}
	return may, unsure, "", nil
}

// TakenBack tells that a run took a document back, and nothing of it was posted since.
func (s *Store) TakenBack(ctx context.Context, ref Ref) (bool, error) {
	var last string
	err := s.db.WithContext(ctx).Raw("SELECT action FROM qlobooks_events WHERE flow = ? AND source_id = ? AND action IN ('synced', 'disabled', 'unknown', 'pair', '"+undoneAction+"') ORDER BY id DESC LIMIT 1", ref.Flow, ref.ID).Scan(&last).Error
	if err != nil {
		return false, fmt.Errorf("read whether a document was taken back: %w", err)
	}
	return last == undoneAction, nil
}

// ReachUnknown notes that nothing tells any more how far the tables once reached: a back-up may have been put back. What
// carries a key is found by Zoho itself; what has none is looked for from now on before it is made.
func (s *Store) ReachUnknown(ctx context.Context) error {
	return s.exec(ctx, reachUnknown, s.Now()).Error
}

const reachUnknown = "INSERT INTO qlobooks_facts (name, at) VALUES ('reach_unknown', ?) ON DUPLICATE KEY UPDATE at = VALUES(at)"

// FoundUnknown notes that something stood at Zoho of which neither a link nor the history told: the
// tables are younger than the books, so from now on what is never changed is looked for before it is made.
func (s *Store) FoundUnknown(ctx context.Context) error {
	return s.exec(ctx, "INSERT INTO qlobooks_facts (name, at) VALUES ('found_unknown', ?) ON DUPLICATE KEY UPDATE at = VALUES(at)", s.Now()).Error
}
