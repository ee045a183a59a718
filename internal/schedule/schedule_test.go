package schedule_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/records"
	"github.com/qlobooks/qlobooks/internal/schedule"
	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/store/storetest"
)

func TestMain(m *testing.M) { privatetest.Main(m) }

// clock is shared by all schedulers of a test.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) set(text string) {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

// setup gives schedulers of as many processes over one database.
func setup(t *testing.T, n int) ([]*schedule.Schedule, *clock) {
	t.Helper()
	dsn := privatetest.Database(t)
	c := &clock{at: time.Date(2026, 11, 25, 15, 2, 0, 0, time.UTC)}
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	var list []*schedule.Schedule
	for range n {
		db := storetest.Open(t, dsn)
		s := store.New(db, c.now)
		list = append(list, &schedule.Schedule{Store: s, Settings: &settings.Store{DB: db, Now: c.now},
			Zone: func(context.Context) (*time.Location, error) { return zone, nil },
			Show: records.ShowRun})
	}
	return list, c
}

// choose stores the schedule's settings.
func choose(t *testing.T, s *schedule.Schedule, change func(s *settings.Schedule)) {
	t.Helper()
	all := settings.Default().Schedule
	all.Enabled = true
	change(&all)
	body, _ := json.Marshal(all)
	if err := s.Settings.Put(t.Context(), "schedule", body, "", "Ada"); err != nil {
		t.Fatal(err)
	}
}

// due lets a scheduler look once and ends whatever it started.
func due(t *testing.T, s *schedule.Schedule) string {
	t.Helper()
	started, err := s.Due(t.Context())
	if err != nil {
		t.Error(err)
	}
	kinds := ""
	for _, run := range started {
		kinds += " " + run.Kind
		if mine, err := s.Store.ClaimRun(t.Context(), "me", run.ID, time.Minute); err != nil || !mine {
			t.Error(mine, err)
		}
		if err := s.Store.ListedRun(t.Context(), "me", run.ID, nil); err != nil {
			t.Error(err)
		}
	}
	return kinds
}

func TestEverySlotRunsOnceWhoeverLooks(t *testing.T) {
	list, c := setup(t, 3)
	choose(t, list[0], func(s *settings.Schedule) { s.IntervalMinutes = 5 })
	var mu sync.Mutex
	ticks := 0
	const slots = 20
	for n := range slots {
		c.set(fmt.Sprintf("2026-11-25T%02d:%02d:07Z", 16+n*5/60, n*5%60))
		var wait sync.WaitGroup
		for _, s := range list {
			for range 3 {
				wait.Go(func() {
					if due(t, s) == " tick" {
						mu.Lock()
						ticks++
						mu.Unlock()
					}
				})
			}
		}
		wait.Wait()
	}
	if ticks != slots {
		t.Errorf("%d ticks in %d slots", ticks, slots)
	}
	runs, err := list[0].Store.Runs(t.Context(), store.RunQuery{Kind: "tick", Limit: 100})
	if err != nil || len(runs) != slots {
		t.Errorf("%d runs, %v", len(runs), err)
	}
}

func TestDailyPassBeginsAtItsTime(t *testing.T) {
	at := func(text string) func(s *settings.Schedule) {
		return func(s *settings.Schedule) { s.LaunchTime, s.IntervalMinutes = &text, 1440 }
	}
	list, c := setup(t, 2)
	look := func(now, want string) {
		t.Helper()
		c.set(now)
		if got := due(t, list[0]) + due(t, list[1]); got != want {
			t.Errorf("at %s:%s begins, want%s", now, got, want)
		}
	}
	// Chosen at ten in the morning of New York, for half past three: that was today, so tomorrow.
	choose(t, list[0], at("03:30"))
	look("2026-11-25T15:02:00Z", " tick")
	look("2026-11-25T23:59:00Z", "")
	look("2026-11-26T08:29:59Z", " tick")
	look("2026-11-26T08:30:00Z", " daily")
	look("2026-11-26T08:35:00Z", "")
	// All workers were down until the afternoon.
	look("2026-11-27T20:00:00Z", " tick daily")
	// Half past two does not exist on the day on which summer time begins, and does twice when it ends.
	choose(t, list[0], at("02:30"))
	look("2027-03-14T07:00:00Z", " tick")
	look("2027-03-14T07:30:00Z", " daily")
	look("2027-03-14T08:30:00Z", "")
	choose(t, list[0], at("01:30"))
	look("2027-11-07T05:30:00Z", " tick daily")
	look("2027-11-07T06:30:00Z", "")
}

func TestNothingBeginsWhileTheScheduleIsOff(t *testing.T) {
	list, c := setup(t, 1)
	s := list[0]
	choose(t, s, func(s *settings.Schedule) { s.Enabled = false })
	if got := due(t, s); got != "" {
		t.Errorf("off, but%s begins", got)
	}
	view, err := s.Get(t.Context())
	if err != nil || view.Enabled || view.NextRunAt != nil || view.LastRun != nil || view.Running {
		t.Errorf("%+v, %v", view, err)
	}
	// A person can start one all the same, and the same again is the same.
	first, err := s.Run(t.Context(), "tick", "Ada")
	if err != nil || first.Kind != "tick" || first.StartedBy != "Ada" {
		t.Fatalf("%+v, %v", first, err)
	}
	if second, err := s.Run(t.Context(), "tick", "Bo"); err != nil || second.ID != first.ID {
		t.Errorf("%+v, %v", second, err)
	}
	if view, err := s.Get(t.Context()); err != nil || !view.Running {
		t.Errorf("%+v, %v", view, err)
	}
	c.set("2026-11-25T15:03:00Z")
	view, err = s.Switch(t.Context(), true, "Ada")
	if err != nil || !view.Enabled || view.NextRunAt == nil || !view.NextRunAt.Equal(c.now()) {
		t.Errorf("resumed: %+v, %v", view, err)
	}
	if got := due(t, s); got != "" {
		t.Errorf("%s begins beside one that is under way", got)
	}
	view, err = s.Get(t.Context())
	if err != nil || view.NextRunAt == nil || view.NextRunAt.Format(time.RFC3339) != "2026-11-25T15:05:00Z" {
		t.Errorf("next: %+v, %v", view, err)
	}
	if view, err := s.Switch(t.Context(), false, "Ada"); err != nil || view.Enabled {
		t.Errorf("paused: %+v, %v", view, err)
	}
}
