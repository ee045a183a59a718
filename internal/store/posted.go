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

// Posted tells which documents without a link may stand at Zoho all the same.
func (s *Store) Posted(ctx context.Context, refs []Ref) (map[Ref]bool, error) {
	may := map[Ref]bool{}
	if len(refs) == 0 {
		return may, nil
	}
	var since []struct{ At time.Time }
	if err := s.db.WithContext(ctx).Raw("SELECT at FROM qlobooks_facts WHERE name = 'found_unknown'").Scan(&since).Error; err != nil {
		return nil, fmt.Errorf("read whether links are certain: %w", err)
	}
	if len(since) > 0 && s.Now().Sub(since[0].At) < uncertainFor {
		for _, ref := range refs {
			may[ref] = true
		}
		return may, nil
	}
	var rows []struct{ Flow, SourceID string }
	err := s.db.WithContext(ctx).Raw("SELECT DISTINCT flow, source_id FROM qlobooks_events WHERE (flow, source_id) IN ? AND action IN ('synced', 'disabled', 'unknown', 'pair')", pairs(refs)).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read what was posted before: %w", err)
	}
	for _, r := range rows {
		may[Ref{r.Flow, r.SourceID}] = true
	}
	return may, nil
}

// FoundUnknown notes that something stood at Zoho of which neither a link nor the history told: the
// tables are younger than the books, so from now on what is never changed is looked for before it is made.
func (s *Store) FoundUnknown(ctx context.Context) error {
	return s.exec(ctx, "INSERT INTO qlobooks_facts (name, at) VALUES ('found_unknown', ?) ON DUPLICATE KEY UPDATE at = VALUES(at)", s.Now()).Error
}
