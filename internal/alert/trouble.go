package alert

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/store"
)

// usual is how many records may wait after a failure, or be refused, before somebody is told.
const usual = 20

// reconciling is the kind of a run that compares both sides.
const reconciling = "reconcile"

// health tells that no worker is heard of, or that the schedule does not run. The API looks too: a
// worker that is silent tells nothing.
func (s *Service) health(ctx context.Context, events []string, _ time.Time) error {
	if s.Health == nil || !slices.Contains(events, settings.WorkerSilent) && !slices.Contains(events, settings.ScheduleStopped) {
		return nil
	}
	health, err := s.Health(ctx)
	if err != nil {
		return err
	}
	if health.WorkerSilent {
		if !slices.Contains(events, settings.WorkerSilent) {
			return nil
		}
		last, err := s.Store.LastBeatAt(ctx, store.WorkerBeat)
		if err != nil {
			return err
		}
		words := fault.Explain("worker_silent")
		return s.Store.AddAlert(ctx, settings.WorkerSilent, once(&last), map[string]any{"cause": causeData{Code: "worker_silent", Title: words.Title, Detail: words.Explanation, Action: words.Action},
			"last_seen_at": wire.AtOrNull(last), "queued_runs": health.QueuedRuns, "link": s.PublicURL + "/"})
	}
	// A schedule that somebody switched off has not stopped, nor has one whose Redis did not answer just now.
	if !health.Overdue || !slices.Contains(events, settings.ScheduleStopped) {
		return nil
	}
	var last *time.Time
	if health.LastTickAt != nil {
		last = &health.LastTickAt.Time
	}
	return s.Store.AddAlert(ctx, settings.ScheduleStopped, once(last), map[string]any{"last_tick_at": health.LastTickAt, "next_tick_at": health.NextTickAt, "down": health.Down, "link": s.PublicURL + "/schedule"})
}

// once names trouble by what was well last, so that the same trouble is told once, and the next again.
func once(last *time.Time) string {
	if last == nil || last.IsZero() {
		return "never"
	}
	return last.UTC().Format(time.RFC3339Nano)
}

// differs tells of each reconciliation that ended with differences.
func (s *Service) differs(ctx context.Context, events []string, since time.Time) error {
	if s.Differences == nil || !slices.Contains(events, settings.Differs) {
		return nil
	}
	ended, err := s.Store.EndedRuns(ctx, settings.Differs, reconciling, since)
	if err != nil {
		return err
	}
	for _, run := range ended {
		if s.agreed[run.ID] {
			continue // looked at before, without a difference
		}
		var days wire.DayRange
		if err := json.Unmarshal(run.Request, &days); err != nil {
			continue
		}
		n, err := s.Differences(ctx, days)
		if err != nil {
			return err
		}
		if n == 0 {
			s.agree(run.ID)
			continue
		}
		if err := s.Store.AddAlert(ctx, settings.Differs, fmt.Sprint(run.ID), map[string]any{"run": fmt.Sprint(run.ID), "from": days.From, "to": days.To, "differences": n,
			"link": fmt.Sprintf("%s/reconciliation?from=%s&to=%s", s.PublicURL, days.From, days.To)}); err != nil {
			return err
		}
	}
	return nil
}

// drifted tells of each closed month in which something came to be otherwise than it was agreed, and again when more does.
func (s *Service) drifted(ctx context.Context, events []string, since time.Time) error {
	if !slices.Contains(events, settings.MonthDrifted) {
		return nil
	}
	organization, err := s.Store.Belongs(ctx)
	if err != nil {
		return err
	}
	months, err := s.Store.DriftedSince(ctx, organization, since)
	if err != nil {
		return err
	}
	for _, m := range months {
		if err := s.Store.AddAlert(ctx, settings.MonthDrifted, m.Month+" "+once(&m.SeenAt), map[string]any{"month": m.Month, "documents": m.Documents,
			"link": fmt.Sprintf("%s/reconciliation?from=%s-01&to=%s", s.PublicURL, m.Month, m.Last)}); err != nil {
			return err
		}
	}
	return nil
}

// agree remembers a reconciliation that need not be looked at again.
func (s *Service) agree(run uint64) {
	if s.agreed == nil || len(s.agreed) > 1000 {
		s.agreed = map[uint64]bool{}
	}
	s.agreed[run] = true
}

// failures tells, once a day while it is so, that many records failed or were refused.
func (s *Service) failures(ctx context.Context, events []string, _ time.Time) error {
	if !slices.Contains(events, settings.ManyFailures) {
		return nil
	}
	states, err := s.Store.RecordStates(ctx)
	if err != nil {
		return err
	}
	byState := map[string]int{}
	for _, c := range states {
		byState[c.Status] += c.N
	}
	failed, rejected := byState[string(store.Failed)], byState[string(store.Rejected)]
	if failed+rejected <= usual {
		return nil
	}
	return s.Store.AddAlert(ctx, settings.ManyFailures, s.Store.Now().Format(time.DateOnly), map[string]any{"failed": failed, "rejected": rejected, "threshold": usual, "link": s.PublicURL + "/issues"})
}
