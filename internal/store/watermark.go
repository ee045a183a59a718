package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"gorm.io/gorm"
)

// Candidate is a source record that may have changed; Drop takes it off the list again.
type Candidate struct {
	ID    string
	Quiet bool
	stamp int64
}

// AddCandidates notes records to look at. quiet ones have no trace of a change.
func (s *Store) AddCandidates(ctx context.Context, section string, ids []string, quiet bool) error {
	stamp := rand.Int64()
	for len(ids) > 0 {
		n := min(1000, len(ids))
		rows := make([][]any, n)
		for i, id := range ids[:n] {
			rows[i] = []any{section, id, quiet, stamp}
		}
		err := s.tx(ctx, func(tx *gorm.DB) error {
			return insert(tx, "INSERT INTO qlobooks_candidates (section, id, quiet, stamp)", rows, " ON DUPLICATE KEY UPDATE quiet = LEAST(quiet, VALUES(quiet)), stamp = VALUES(stamp)")
		})
		if err != nil {
			return fmt.Errorf("note candidates of %s: %w", section, err)
		}
		ids = ids[n:]
	}
	return nil
}

// Candidates reads some records to look at, lowest ids first.
func (s *Store) Candidates(ctx context.Context, section string, limit int) ([]Candidate, error) {
	var rows []struct {
		ID    string
		Quiet bool
		Stamp int64
	}
	err := s.db.WithContext(ctx).Raw("SELECT id, quiet, stamp FROM qlobooks_candidates WHERE section = ? ORDER BY id LIMIT ?", section, limit).Scan(&rows).Error
	list := make([]Candidate, len(rows))
	for i, r := range rows {
		list[i] = Candidate{ID: r.ID, Quiet: r.Quiet, stamp: r.Stamp}
	}
	return list, err
}

// DropCandidates takes records off the list, except those that were named again since they were read.
func (s *Store) DropCandidates(ctx context.Context, section string, list []Candidate) error {
	if len(list) == 0 {
		return nil
	}
	pairs := make([][]any, len(list))
	for i, c := range list {
		pairs[i] = []any{c.ID, c.stamp}
	}
	return s.tx(ctx, func(tx *gorm.DB) error {
		return tx.Exec("DELETE FROM qlobooks_candidates WHERE section = ? AND (id, stamp) IN ?", section, pairs).Error
	})
}

// Mark reads where something goes on, "" when it never began.
func (s *Store) Mark(ctx context.Context, name string) (string, error) {
	var value string
	err := s.db.WithContext(ctx).Raw("SELECT value FROM qlobooks_marks WHERE name = ?", name).Scan(&value).Error
	return value, err
}

// SetMarkOnce stores a mark that is never changed; the first one stays.
func (s *Store) SetMarkOnce(ctx context.Context, name, value string) error {
	return s.db.WithContext(ctx).Exec("INSERT IGNORE INTO qlobooks_marks (name, value) VALUES (?, ?)", name, value).Error
}

// RaiseMark stores a number that only grows: of two that come at once the greater one stays.
func (s *Store) RaiseMark(ctx context.Context, name string, to uint64) error {
	return s.db.WithContext(ctx).Exec("INSERT INTO qlobooks_marks (name, value) VALUES (?, ?) ON DUPLICATE KEY UPDATE value = IF(CAST(value AS UNSIGNED) < CAST(VALUES(value) AS UNSIGNED), VALUES(value), value)", name, strconv.FormatUint(to, 10)).Error
}

// SetMark stores where something goes on.
func (s *Store) SetMark(ctx context.Context, name, value string) error {
	return s.db.WithContext(ctx).Exec("INSERT INTO qlobooks_marks (name, value) VALUES (?, ?) ON DUPLICATE KEY UPDATE value = VALUES(value)", name, value).Error
}

// SwapMark stores where something goes on, unless the mark is another by now than it was.
func (s *Store) SwapMark(ctx context.Context, name, was, to string) error {
	if was == "" {
		return s.SetMarkOnce(ctx, name, to)
	}
	return s.db.WithContext(ctx).Exec("UPDATE qlobooks_marks SET value = ? WHERE name = ? AND value = ?", to, name, was).Error
}

// lowerMark has what goes on from "moment id" begin at another place where that is earlier. The third word of a mark makes it
// another one in any case, so that nobody who is on the way stores where he came to.
func lowerMark(tx *gorm.DB, name, to string) error {
	const place = "SUBSTRING_INDEX(value, ' ', 2)"
	err := tx.Exec("INSERT INTO qlobooks_marks (name, value) VALUES (?, ?) ON DUPLICATE KEY UPDATE value = CONCAT(LEAST("+place+", SUBSTRING_INDEX(VALUES(value), ' ', 2)), ' ', SUBSTRING_INDEX(VALUES(value), ' ', -1))", name, to).Error
	if err != nil {
		return fmt.Errorf("set the mark %s back: %w", name, err)
	}
	return nil
}

// InitializedSections names the sections that are listed.
func (s *Store) InitializedSections(ctx context.Context) (map[string]bool, error) {
	var names []string
	err := s.db.WithContext(ctx).Raw("SELECT section FROM qlobooks_sections WHERE initialized_at IS NOT NULL").Scan(&names).Error
	found := map[string]bool{}
	for _, n := range names {
		found[n] = true
	}
	return found, err
}

// Stored is what a list of sums compares with.
type Stored struct {
	Sum     string
	Retired bool
	Looked  bool // false: it was only listed, and nothing of it can have been sent
}

// Sums reads the sums of the records with ids above after and up to last, by id; last "" = to the end.
func (s *Store) Sums(ctx context.Context, section, after, last string) (map[string]Stored, error) {
	query, args := "SELECT source_id, source_sum, retired, source_print <> '' looked FROM qlobooks_records WHERE section = ? AND sort_id > ?", []any{section, number(after)}
	if last != "" {
		query, args = query+" AND sort_id <= ?", append(args, number(last))
	}
	var rows []struct {
		SourceID, SourceSum string
		Retired, Looked     bool
	}
	if err := s.db.WithContext(ctx).Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	sums := make(map[string]Stored, len(rows))
	for _, r := range rows {
		sums[r.SourceID] = Stored{r.SourceSum, r.Retired, r.Looked}
	}
	return sums, nil
}

// Known tells which of some records are listed.
func (s *Store) Known(ctx context.Context, section string, ids []string) (map[string]bool, error) {
	known := map[string]bool{}
	if len(ids) == 0 {
		return known, nil
	}
	var found []string
	err := s.db.WithContext(ctx).Raw("SELECT source_id FROM qlobooks_records WHERE section = ? AND source_id IN ?", section, ids).Scan(&found).Error
	for _, id := range found {
		known[id] = true
	}
	return known, err
}

// Unlooked names, by section, the records of documents that were listed and never looked at.
func (s *Store) Unlooked(ctx context.Context, refs []Ref) (map[string][]string, error) {
	if len(refs) == 0 {
		return nil, nil
	}
	var rows []struct{ Section, SourceID string }
	err := s.db.WithContext(ctx).Raw("SELECT DISTINCT r.section, r.source_id FROM qlobooks_documents d JOIN qlobooks_record_documents t ON t.document_id = d.id "+
		"JOIN qlobooks_records r ON r.section = t.section AND r.source_id = t.record_id WHERE (d.flow, d.source_id) IN ? AND r.section IN ('orders', 'customers') AND r.source_print = '' AND r.retired = 0", pairs(refs)).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read what was never looked at: %w", err)
	}
	found := map[string][]string{}
	for _, r := range rows {
		found[r.Section] = append(found[r.Section], r.SourceID)
	}
	return found, nil
}

// Open reads ids of orders in scope that are not finished, after an id, in order. Those that were never
// looked at are, before the first document of theirs is sent.
func (s *Store) Open(ctx context.Context, after string, limit int) ([]string, error) {
	var ids []string
	err := s.db.WithContext(ctx).Raw("SELECT source_id FROM qlobooks_records WHERE section = 'orders' AND in_scope = 1 AND sort_id > ? AND retired = 0 AND source_print <> '' "+
		"AND (phase NOT IN ('synced', 'canceled') OR status NOT IN ('synced', 'skipped', 'disabled')) ORDER BY sort_id LIMIT ?", number(after), limit).Scan(&ids).Error
	return ids, err
}

func number(id string) uint64 {
	n, _ := strconv.ParseUint(id, 10, 64)
	return n
}

// TakeSlot gives one slot of the schedule to exactly one caller, with the run that it starts;
// nil for everybody else. No run is started while one of the kind is still to do its own work.
func (s *Store) TakeSlot(ctx context.Context, kind string, slot time.Time, request any, by string) (*Run, error) {
	var started *Run
	err := s.tx(ctx, func(tx *gorm.DB) error {
		started = nil
		res := tx.Exec("INSERT IGNORE INTO qlobooks_slots (name, slot, taken_at) VALUES (?, ?, ?)", kind, slot.UTC(), s.Now())
		if res.Error != nil || res.RowsAffected == 0 {
			return res.Error
		}
		var busy int
		if err := tx.Raw("SELECT COUNT(*) FROM qlobooks_runs WHERE kind = ? AND status IN ('queued', 'running') AND listed = 0", kind).Scan(&busy).Error; err != nil || busy > 0 {
			return err
		}
		run, _, err := startRun(tx, kind, "", request, request, by, s.Now(), false)
		if err != nil {
			return err
		}
		started = &run
		const keep = 100 * 24 * time.Hour
		return tx.Exec("DELETE FROM qlobooks_slots WHERE name = ? AND slot < ? LIMIT 1000", kind, slot.UTC().Add(-keep)).Error
	})
	if err != nil {
		return nil, fmt.Errorf("take a slot of %s: %w", kind, err)
	}
	return started, nil
}

// SlotTaken reports whether a slot has been given away.
func (s *Store) SlotTaken(ctx context.Context, kind string, slot time.Time) (bool, error) {
	var n int
	err := s.db.WithContext(ctx).Raw("SELECT COUNT(*) FROM qlobooks_slots WHERE name = ? AND slot = ?", kind, slot.UTC()).Scan(&n).Error
	return n > 0, err
}
