package store

import (
	"context"
	"fmt"
	"time"
)

// Kinds of heartbeats.
const (
	WorkerBeat = "worker"
	CheckBeat  = "check" // written to see whether the database takes a write
)

// Silence is how long nothing is heard of any worker before it counts as silent: for /readyz, the overview,
// the causes that wait and the alert alike. A worker beats every few seconds.
const Silence = 30 * time.Second

// beatsKept is how long the last beat of a process that ended is kept.
const beatsKept = 24 * time.Hour

// Beat says that a process is alive, by the clock of the database.
func (s *Store) Beat(ctx context.Context, process, kind string) error {
	err := s.db.WithContext(ctx).Exec("INSERT INTO qlobooks_heartbeats (worker, started_at, at) VALUES (?, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)) ON DUPLICATE KEY UPDATE at = VALUES(at)", kind+" "+process).Error
	if err != nil {
		return fmt.Errorf("heartbeat: %w", err)
	}
	return nil
}

// LastBeat is how long ago a process of a kind was alive; false when none ever was.
func (s *Store) LastBeat(ctx context.Context, kind string) (time.Duration, bool, error) {
	var rows []struct{ Seconds *int64 }
	err := s.db.WithContext(ctx).Raw("SELECT TIMESTAMPDIFF(SECOND, MAX(at), UTC_TIMESTAMP(6)) AS seconds FROM qlobooks_heartbeats WHERE worker LIKE ?", kind+" %").Scan(&rows).Error
	if err != nil || len(rows) == 0 || rows[0].Seconds == nil {
		return 0, false, err
	}
	return time.Duration(max(0, *rows[0].Seconds)) * time.Second, true, nil
}

// LastBeatAt is when a process of a kind was alive for the last time; zero when none ever was.
func (s *Store) LastBeatAt(ctx context.Context, kind string) (time.Time, error) {
	var rows []struct{ At *time.Time }
	err := s.db.WithContext(ctx).Raw("SELECT MAX(at) at FROM qlobooks_heartbeats WHERE worker LIKE ?", kind+" %").Scan(&rows).Error
	if err != nil || len(rows) == 0 || rows[0].At == nil {
		return time.Time{}, err
	}
	return *rows[0].At, nil
}

// ForgetBeats forgets processes that ended long ago.
func (s *Store) ForgetBeats(ctx context.Context) error {
	return s.db.WithContext(ctx).Exec("DELETE FROM qlobooks_heartbeats WHERE at < UTC_TIMESTAMP(6) - INTERVAL ? SECOND", int(beatsKept.Seconds())).Error
}
