package alert

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/store"
)

const (
	changesEvery = time.Minute      // over which changed records make one message
	changesLate  = 10 * time.Second // how late a change may be seen after its stamp
	mostChanges  = 500              // records named in one message
)

// runEnded is what GET /runs/{id} shows of a run that ended, without its result and all that may name
// somebody: who began it, its title, the brake's sample and the detail of its error.
type runEnded struct {
	ID         string        `json:"id"`
	Kind       string        `json:"kind"`
	Section    *string       `json:"section"`
	Status     string        `json:"status"`
	Total      int           `json:"total"`
	Done       int           `json:"done"`
	Failed     int           `json:"failed"`
	Held       int           `json:"held"`
	Unchanged  int           `json:"unchanged"`
	Skipped    int           `json:"skipped"`
	CallsUsed  int           `json:"calls_used"`
	CreatedAt  wire.Instant  `json:"created_at"`
	StartedAt  *wire.Instant `json:"started_at"`
	FinishedAt *wire.Instant `json:"finished_at"`
	Brake      *brakeData    `json:"brake"`
	Error      *causeData    `json:"error"`
}

func endedRun(r store.Run) runEnded {
	data := runEnded{ID: fmt.Sprint(r.ID), Kind: r.Kind, Section: wire.TextOrNull(r.Section), Status: string(r.Status), Done: r.Done, Failed: r.Failed, Held: r.Held,
		Unchanged: r.Unchanged, Skipped: r.Skipped, CallsUsed: r.CallsUsed, CreatedAt: wire.At(r.CreatedAt), Brake: brakeOf(r), Error: problemOf(r)}
	if r.Total != nil {
		data.Total = *r.Total
	}
	if r.StartedAt != nil {
		data.StartedAt = wire.AtOrNull(*r.StartedAt)
	}
	if r.FinishedAt != nil {
		data.FinishedAt = wire.AtOrNull(*r.FinishedAt)
	}
	return data
}

// ended tells third-party tools of each run that ended.
func (s *Service) ended(ctx context.Context, events []string, since time.Time) error {
	if !slices.Contains(events, settings.RunEnded) {
		return nil
	}
	list, err := s.Store.EndedRuns(ctx, settings.RunEnded, "", since)
	if err != nil {
		return err
	}
	for _, run := range list {
		if err := s.Store.AddAlert(ctx, settings.RunEnded, fmt.Sprint(run.ID), map[string]any{"run": endedRun(run), "link": fmt.Sprintf("%s/runs/%d", s.PublicURL, run.ID)}); err != nil {
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
