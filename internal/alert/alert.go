// Package alert tells a webhook when something needs a person.
//
// Watch looks for trouble and stores a message for each thing once, whichever of many processes
// sees it; Send posts what is stored. A message can come twice when a process dies at the wrong
// moment: its id stays the same.
package alert

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/store"
)

// gathered is the time over which held records make one message.
const gathered = 5 * time.Minute

// Service tells. All fields are required.
type Service struct {
	Store    *store.Store
	Settings *settings.Store
	// Connection and Budget tell the state of the grant and of the call limits.
	Connection func(ctx context.Context) (wire.Connection, error)
	Budget     func(ctx context.Context) (wire.Budget, error)
	// Health tells whether what should happen by itself happens.
	Health func(ctx context.Context) (wire.OverviewHealth, error)
	// Differences counts those of a reconciliation's days.
	Differences func(ctx context.Context, days wire.DayRange) (int, error)
	PublicURL   string
	HTTP        *http.Client // of NewClient
	// Audit notes who sent a test.
	Audit func(ctx context.Context, by, what string) error

	agreed map[uint64]bool // reconciliations without a difference
}

// Work looks for trouble once and sends what is due.
func (s *Service) Work(ctx context.Context) error {
	all, err := s.Settings.Load(ctx)
	if err != nil || all.Alerts.WebhookURL == nil || len(all.Alerts.Events) == 0 {
		return err
	}
	since, err := s.since(ctx)
	if err != nil {
		return err
	}
	if err := s.Store.EndAlerts(ctx, all.Alerts.Events, since); err != nil {
		return err // rather nothing than to a new receiver what was for another one
	}
	failed := s.watch(ctx, all.Alerts.Events, since)
	if all.Unopened() {
		return failed // a receiver that asks for a signature must not get a message without; they wait for the right key
	}
	secret := ""
	if all.Alerts.WebhookSecret != nil {
		secret = *all.Alerts.WebhookSecret
	}
	return errors.Join(failed, s.send(ctx, *all.Alerts.WebhookURL, secret))
}

// since is from when on things are told: when the alerts were saved, a day ago at most.
func (s *Service) since(ctx context.Context) (time.Time, error) {
	since, err := s.Store.SettingsChangedAt(ctx, "alerts")
	if err != nil {
		return since, err
	}
	if day := s.Store.Now().AddDate(0, 0, -1); since.Before(day) {
		since = day
	}
	return since, nil
}

// watch stores messages about what happened since the alerts were chosen, a day at most. A look that
// fails keeps none of the others from telling.
func (s *Service) watch(ctx context.Context, events []string, since time.Time) error {
	var failed []error
	for _, look := range []func(context.Context, []string, time.Time) error{s.runs, s.grant, s.limit, s.held, s.health, s.differs, s.drifted, s.failures, s.ended, s.changed} {
		failed = append(failed, look(ctx, events, since))
	}
	return errors.Join(failed...)
}

type runData struct {
	Run     string     `json:"run"`
	Kind    string     `json:"kind"`
	Section *string    `json:"section"`
	Error   *causeData `json:"error,omitempty"`
	Brake   *brakeData `json:"brake,omitempty"`
	Link    string     `json:"link"`
}

// brakeData is a brake without its sample: names of records may be guests'.
type brakeData struct {
	Limit   string `json:"limit"`
	Allowed string `json:"allowed"`
	Wanted  string `json:"wanted"`
}

func brakeOf(r store.Run) *brakeData {
	var brake *brakeData
	_ = json.Unmarshal(r.Brake, &brake) // our own JSON, or none
	return brake
}

// problemOf is why a run could not work, without its detail, which may name a guest.
func problemOf(r store.Run) *causeData {
	var issue store.Issue
	if r.Error == "" || json.Unmarshal([]byte(r.Error), &issue) != nil {
		return nil
	}
	return &causeData{Code: issue.Code, Title: fault.Explain(issue.Code).Title}
}

func (s *Service) runs(ctx context.Context, events []string, since time.Time) error {
	if !slices.Contains(events, settings.RunFailed) && !slices.Contains(events, settings.AtBrake) {
		return nil
	}
	runs, err := s.Store.TroubledRuns(ctx, settings.RunFailed, settings.AtBrake, since)
	if err != nil {
		return err
	}
	for _, r := range runs {
		data := runData{Run: fmt.Sprint(r.ID), Kind: r.Kind, Section: wire.TextOrNull(r.Section), Link: fmt.Sprintf("%s/runs/%d", s.PublicURL, r.ID)}
		event := settings.RunFailed
		if r.Status == store.RunWaiting {
			event, data.Brake = settings.AtBrake, brakeOf(r)
		} else {
			data.Error = problemOf(r)
		}
		if !slices.Contains(events, event) {
			continue
		}
		if err := s.Store.AddAlert(ctx, event, data.Run, data); err != nil {
			return err
		}
	}
	return nil
}

// causeData is a cause in the words of the code alone: what was said of a record may name a guest.
type causeData struct {
	Code   string `json:"code"`
	Title  string `json:"title"`
	Detail string `json:"detail,omitempty"`
	Action string `json:"action,omitempty"`
	Count  int    `json:"count,omitempty"`
}

func (s *Service) grant(ctx context.Context, events []string, _ time.Time) error {
	if !slices.Contains(events, settings.GrantRevoked) {
		return nil
	}
	conn, err := s.Connection(ctx)
	if err != nil || conn.Status != "revoked" {
		return err
	}
	about := "never"
	if conn.ConnectedAt != nil {
		about = conn.ConnectedAt.UTC().Format(time.RFC3339)
	}
	words := fault.Explain("grant_revoked")
	return s.Store.AddAlert(ctx, settings.GrantRevoked, about, map[string]any{"cause": causeData{Code: "grant_revoked", Title: words.Title, Detail: words.Explanation, Action: words.Action},
		"organization_id": conn.OrganizationID, "link": s.PublicURL + "/configuration/api"})
}

func (s *Service) limit(ctx context.Context, events []string, _ time.Time) error {
	if !slices.Contains(events, settings.DailyLimit) {
		return nil
	}
	budget, err := s.Budget(ctx)
	if err != nil || budget.Day.Limit == 0 || budget.Day.Left > 0 {
		return err
	}
	return s.Store.AddAlert(ctx, settings.DailyLimit, budget.Day.ResetsAt.UTC().Format(time.RFC3339), map[string]any{"limit": budget.Day.Limit, "used_by_us": budget.Day.UsedByUs,
		"used_by_others": budget.Day.UsedByOthers, "resets_at": budget.Day.ResetsAt, "link": s.PublicURL + "/"})
}

// held tells of the documents that came to be held, gathered over stretches of time. What was not told
// while nobody worked is told in one message.
func (s *Service) held(ctx context.Context, events []string, since time.Time) error {
	to := s.Store.Now().UTC().Add(-changesLate).Truncate(gathered)
	if !slices.Contains(events, settings.RecordsHeld) || !to.After(since) {
		return nil
	}
	from, err := s.Store.ToldUntil(ctx, settings.RecordsHeld)
	if err != nil {
		return err
	}
	if from.Before(since) {
		from = since
	}
	if !to.After(from) {
		return nil
	}
	byCode, err := s.Store.NewlyHeld(ctx, from, to)
	if err != nil {
		return err
	}
	if len(byCode) == 0 {
		return s.Store.TellUntil(ctx, settings.RecordsHeld, to)
	}
	total, causes := 0, []causeData{}
	for code, n := range byCode {
		total += n
		causes = append(causes, causeData{Code: code, Title: fault.Explain(code).Title, Count: n})
	}
	slices.SortFunc(causes, func(a, b causeData) int { return strings.Compare(a.Code, b.Code) })
	if err := s.Store.AddAlert(ctx, settings.RecordsHeld, to.Format(time.RFC3339), map[string]any{"count": total, "causes": causes, "link": s.PublicURL + "/"}); err != nil {
		return err
	}
	return s.Store.TellUntil(ctx, settings.RecordsHeld, to)
}
