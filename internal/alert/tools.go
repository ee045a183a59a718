package alert

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/settings"
)

const (
	changesEvery = time.Minute      // over which changed records make one message
	changesLate  = 10 * time.Second // how late a change may be seen after its stamp
	mostChanges  = 500              // records named in one message
)

// ended tells third-party tools of each run that ended, as GET /runs/{id} shows it without its result.
func (s *Service) ended(ctx context.Context, events []string, since time.Time) error {
	if s.Show == nil || !slices.Contains(events, settings.RunEnded) {
		return nil
	}
	list, err := s.Store.EndedRuns(ctx, settings.RunEnded, "", since)
	if err != nil {
		return err
	}
	for _, run := range list {
		shown := s.Show(run)
		shown.Result = nil // it can be long, and is asked for where it matters
		if err := s.Store.AddAlert(ctx, settings.RunEnded, fmt.Sprint(run.ID), map[string]any{"run": shown, "link": fmt.Sprintf("%s/runs/%d", s.PublicURL, run.ID)}); err != nil {
			return err
		}
	}
	return nil
}

// changed tells third-party tools which records came to be in another state, gathered over a minute.
// What was not told while nobody worked is told in one message, its oldest part named by number only.
func (s *Service) changed(ctx context.Context, events []string, since time.Time) error {
	to := s.Store.Now().UTC().Add(-changesLate).Truncate(changesEvery)
	if !slices.Contains(events, settings.RecordsChanged) || !to.After(since) {
		return nil
	}
	from, err := s.Store.ToldUntil(ctx, settings.RecordsChanged)
	if err != nil {
		return err
	}
	if from.Before(since) {
		from = since
	}
	if !to.After(from) {
		return nil
	}
	list, more, err := s.Store.ChangedBetween(ctx, from, to, mostChanges)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return s.Store.TellUntil(ctx, settings.RecordsChanged, to)
	}
	changes := make([]wire.RecordChange, len(list))
	for i, c := range list {
		changes[i] = wire.RecordChange{Section: c.Section, SourceID: c.SourceID, Status: string(c.Status), Phase: wire.TextOrNull(c.Phase)}
	}
	err = s.Store.AddAlert(ctx, settings.RecordsChanged, to.Format(time.RFC3339), map[string]any{"from": wire.At(from), "to": wire.At(to), "records": changes, "more": more, "link": s.PublicURL + "/"})
	if err != nil {
		return err
	}
	return s.Store.TellUntil(ctx, settings.RecordsChanged, to)
}
