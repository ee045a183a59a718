package limit

import (
	"testing"
	"time"
)

func TestTakes(t *testing.T) {
	t.Parallel()

	now := time.Date(2026, 3, 1, 18, 0, 0, 0, time.UTC)
	pause, soon := now.Add(10*time.Minute), now.Add(5*time.Minute)
	base := Budget{Minute: MinuteBudget{Limit: 90}, Day: DayBudget{Limit: 2000, Left: 1000, ResetsAt: now.Add(6 * time.Hour)}, Reserve: 400}
	for name, c := range map[string]struct {
		change  func(b *Budget)
		calls   int
		lane    Lane
		want    time.Duration
		unknown bool
	}{
		"nothing takes no time":                        {calls: 0, lane: History, want: 0},
		"what fits into today goes at the minute pace": {calls: 90, lane: History, want: time.Minute},
		"history stops at the reserve":                 {calls: 690, lane: History, want: 6*time.Hour + time.Minute},
		"a person may use the reserve":                 {calls: 990, lane: Person, want: 11 * time.Minute},
		"a full day more":                              {calls: 600 + 1600, lane: History, want: 6*time.Hour + atPace(1600, 90)},
		"and a call of the day after":                  {calls: 600 + 1601, lane: History, want: 30*time.Hour + atPace(1, 90)},
		"a pause comes first":                          {func(b *Budget) { b.PausedUntil = &pause }, 90, Live, 11 * time.Minute, false},
		"a lowered pace counts":                        {func(b *Budget) { b.Minute.Limit = 45 }, 90, Live, 2 * time.Minute, false},
		"others call tomorrow as today":                {func(b *Budget) { b.Day.UsedByOthers = 700 }, 600 + 900 + 90, History, 30*time.Hour + time.Minute, false},
		"others leave nothing, nobody knows":           {func(b *Budget) { b.Day.UsedByOthers = 1600 }, 690, History, 6*time.Hour + time.Minute, true},
		"the day ends before its calls are used":       {func(b *Budget) { b.Day.ResetsAt = soon }, 540, Live, 6 * time.Minute, false},
		"a day gave fewer calls than it told":          {func(b *Budget) { b.Day.Left, b.Day.UsedByUs = 0, 900 }, 600, History, 30*time.Hour + atPace(100, 90), false},
		"a day has only so many minutes":               {func(b *Budget) { b.Minute.Limit, b.Day.Limit, b.Day.Left = 1, 100000, 100000 }, 3000, Live, 3000 * time.Minute, false},
	} {
		b := base
		if c.change != nil {
			c.change(&b)
		}
		got, ok := b.Takes(c.calls, c.lane, now)
		if got != c.want || ok == c.unknown {
			t.Errorf("%s: %s known %t, want %s", name, got, ok, c.want)
		}
	}
}
