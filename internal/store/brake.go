package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// Brake is the limit that a run would exceed; it waits for a person.
type Brake struct {
	Limit   string   `json:"limit"` // name of the setting
	Allowed string   `json:"allowed"`
	Wanted  string   `json:"wanted"`
	Sample  []string `json:"sample"` // names of some of the records
}

// Braked says that a run would queue more than the brakes allow, and has queued nothing.
type Braked struct{ Brake Brake }

func (b *Braked) Error() string {
	return fmt.Sprintf("%s: %s wanted, %s allowed", b.Brake.Limit, b.Brake.Wanted, b.Brake.Allowed)
}

// BrakeRun stops a run before it queued anything, until ReleaseRun or CancelRun. A run of the
// schedule that waits lets the next of its kind begin.
func (s *Store) BrakeRun(ctx context.Context, token string, id uint64, b Brake, result any) error {
	text, err := json.Marshal(b)
	if err != nil {
		return fmt.Errorf("brake: %w", err)
	}
	body, err := resultText(result)
	if err != nil {
		return err
	}
	return s.db.WithContext(ctx).Exec("UPDATE qlobooks_runs SET status = IF(released = 1, 'queued', 'waiting'), brake = ?, result = ?, active_sum = IF(kind IN ('tick', 'daily'), NULL, active_sum), lease_owner = NULL, lease_until = NULL "+
		"WHERE id = ? AND lease_owner = ? AND status = 'running'", string(text), body, id, token).Error
}

// ReleaseRun lets a waiting run go on; false when it does not wait. Who released it and why is
// written down with it.
func (s *Store) ReleaseRun(ctx context.Context, id uint64, e Event) (released bool, err error) {
	err = s.tx(ctx, func(tx *gorm.DB) error {
		res := tx.Exec("UPDATE qlobooks_runs SET status = 'queued', released = 1 WHERE id = ? AND status = 'waiting'", id)
		released = res.RowsAffected == 1
		if res.Error != nil || !released {
			return res.Error
		}
		return addEvent(tx, e)
	})
	return released, err
}

// Waiting reports whether a run of one of the kinds waits at a brake.
func (s *Store) Waiting(ctx context.Context, kinds ...string) (bool, error) {
	var n int
	err := s.db.WithContext(ctx).Raw("SELECT COUNT(*) FROM qlobooks_runs WHERE status = 'waiting' AND kind IN ?", kinds).Scan(&n).Error
	return n > 0, err
}

// ScheduleRuns reads the newest run of the schedule that has begun, and whether one is at work.
func (s *Store) ScheduleRuns(ctx context.Context, kinds ...string) (last *Run, running bool, err error) {
	var rows []runRow
	err = s.db.WithContext(ctx).Raw("SELECT "+runColumns+" FROM qlobooks_runs WHERE kind IN ? AND status NOT IN ('queued', 'running') ORDER BY id DESC LIMIT 1", kinds).Scan(&rows).Error
	if err != nil {
		return nil, false, err
	}
	if len(rows) > 0 {
		run := rows[0].run()
		last = &run
	}
	var n int
	err = s.db.WithContext(ctx).Raw("SELECT COUNT(*) FROM qlobooks_runs WHERE kind IN ? AND status IN ('queued', 'running')", kinds).Scan(&n).Error
	return last, n > 0, err
}

// Members tells how many records a run has so far; a brake binds only while there is none.
func (s *Store) Members(ctx context.Context, run uint64) (int, error) {
	var n int
	err := s.db.WithContext(ctx).Raw("SELECT COUNT(*) FROM qlobooks_run_documents WHERE run_id = ?", run).Scan(&n).Error
	return n, err
}

// SettingsChangedAt is when a section of the settings was last stored, zero if never.
func (s *Store) SettingsChangedAt(ctx context.Context, section string) (time.Time, error) {
	var at []time.Time
	err := s.db.WithContext(ctx).Raw("SELECT updated_at FROM qlobooks_settings WHERE section = ?", section).Scan(&at).Error
	if err != nil || len(at) == 0 {
		return time.Time{}, err
	}
	return at[0], nil
}
