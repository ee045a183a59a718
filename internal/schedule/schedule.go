// Package schedule decides when work begins by itself: one tick in every slot of the interval, one
// daily pass at its time of the day.
//
// Slots are rows. Whoever of many worker processes stores a slot's row starts its run, in the
// same transaction; everybody else finds it taken. Nothing needs an elected leader, and a slot
// whose worker dies afterwards goes on as the run it has become.
package schedule

import (
	"context"
	"strconv"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/runs"
	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/store"
)

// By is who starts what begins by itself.
const By = "Schedule"

// Schedule answers for the schedule and gives its slots away. All fields are required.
type Schedule struct {
	Store    *store.Store
	Settings *settings.Store
	// Zone is the shop's, in which the time of the daily pass is chosen.
	Zone func(ctx context.Context) (*time.Location, error)
	// Show makes the API's run of a stored one.
	Show func(run store.Run) wire.Run
}

// slotRequest sets the runs of different slots apart.
type slotRequest struct {
	Slot string `json:"slot,omitempty"`
}

// Due starts whatever is due now and has not begun, and tells what it started.
func (s *Schedule) Due(ctx context.Context) ([]store.Run, error) {
	all, err := s.Settings.Load(ctx)
	if err != nil || !all.Schedule.Enabled {
		return nil, err
	}
	now := s.Store.Now()
	var started []store.Run
	take := func(kind string, slot time.Time) error {
		run, err := s.Store.TakeSlot(ctx, kind, slot, slotRequest{slot.UTC().Format(time.RFC3339)}, By)
		if run != nil {
			started = append(started, *run)
		}
		return err
	}
	if err := take(runs.Tick, tickSlot(now, all.Schedule)); err != nil {
		return started, err
	}
	slot, begins, err := s.daily(ctx, now, all.Schedule)
	if err != nil || slot.IsZero() || now.Before(begins) {
		return started, err
	}
	// A time of the day that was chosen after it had passed begins tomorrow.
	changed, err := s.Store.SettingsChangedAt(ctx, "schedule")
	if err != nil || changed.After(begins) {
		return started, err
	}
	return started, take(runs.Daily, slot)
}

// tickSlot is the beginning of the slot that holds now. Slots are aligned to the hour or day, so
// that all processes mean the same ones.
func tickSlot(now time.Time, s settings.Schedule) time.Time {
	return now.UTC().Truncate(time.Duration(s.IntervalMinutes) * time.Minute)
}

// daily names the slot of the shop's day that holds now, and when it begins; zero without a time.
// A time that the change to summer time leaves out is the one an hour later.
func (s *Schedule) daily(ctx context.Context, now time.Time, set settings.Schedule) (slot, begins time.Time, err error) {
	if set.LaunchTime == nil {
		return time.Time{}, time.Time{}, nil
	}
	zone, err := s.Zone(ctx)
	if err != nil {
		return time.Time{}, time.Time{}, err
	}
	at, err := time.Parse("15:04", *set.LaunchTime)
	if err != nil {
		return time.Time{}, time.Time{}, err
	}
	y, m, d := now.In(zone).Date()
	begins = time.Date(y, m, d, at.Hour(), at.Minute(), 0, 0, zone)
	if skipped := at.Hour() - begins.Hour(); skipped > 0 { // Go takes either side of the hour left out
		begins = begins.Add(time.Duration(skipped) * time.Hour)
	}
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC), begins, nil
}

// Get tells what works by itself, and when.
func (s *Schedule) Get(ctx context.Context) (wire.Schedule, error) {
	all, err := s.Settings.Load(ctx)
	if err != nil {
		return wire.Schedule{}, err
	}
	view := wire.Schedule{Enabled: all.Schedule.Enabled, IntervalMinutes: all.Schedule.IntervalMinutes, LaunchTime: all.Schedule.LaunchTime}
	last, running, err := s.Store.ScheduleRuns(ctx, runs.Tick, runs.Daily)
	if err != nil {
		return view, err
	}
	view.Running = running
	if last != nil {
		run := s.Show(*last)
		view.LastRun = &run
	}
	if !all.Schedule.Enabled {
		return view, nil
	}
	next, err := s.next(ctx, all.Schedule)
	if err != nil {
		return view, err
	}
	at := wire.At(next)
	view.NextRunAt = &at
	return view, nil
}

// next is when the next run begins by itself.
func (s *Schedule) next(ctx context.Context, set settings.Schedule) (time.Time, error) {
	now := s.Store.Now()
	slot := tickSlot(now, set)
	taken, err := s.Store.SlotTaken(ctx, runs.Tick, slot)
	if err != nil {
		return now, err
	}
	next := now
	if taken {
		next = slot.Add(time.Duration(set.IntervalMinutes) * time.Minute)
	}
	_, begins, err := s.daily(ctx, now, set)
	if err != nil || begins.IsZero() {
		return next, err
	}
	if begins.After(now) && begins.Before(next) {
		next = begins
	}
	return next, nil
}

// Run starts a tick or a daily pass now, whether or not anything works by itself.
func (s *Schedule) Run(ctx context.Context, kind, by string) (wire.Run, error) {
	run, err := s.Store.StartRun(ctx, kind, "", slotRequest{}, by)
	if err == nil {
		err = s.Store.AddEvent(ctx, store.Event{Actor: by, Action: kind, Detail: "Run " + strconv.FormatUint(run.ID, 10)})
	}
	return s.Show(run), err
}

// Switch turns all automatic work on or off.
func (s *Schedule) Switch(ctx context.Context, on bool, by string) (wire.Schedule, error) {
	all, err := s.Settings.Load(ctx)
	if err != nil {
		return wire.Schedule{}, err
	}
	if all.Schedule.Enabled != on {
		if err := s.Settings.Change(ctx, "schedule", func(all *settings.All) { all.Schedule.Enabled = on }, by); err != nil {
			return wire.Schedule{}, err
		}
		action := "pause"
		if on {
			action = "resume"
		}
		if err := s.Store.AddEvent(ctx, store.Event{Actor: by, Action: action, Detail: "Automatic work"}); err != nil {
			return wire.Schedule{}, err
		}
	}
	return s.Get(ctx)
}
