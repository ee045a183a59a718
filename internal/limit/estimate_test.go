package limit

import (
	"testing"
	"time"
)

func TestTakes(t *testing.T) {
	t.Parallel()

	now := time.Date(2026, 3, 1, 18, 0, 0, 0, time.UTC)
	b := Budget{Minute: MinuteBudget{Limit: 90}, Day: DayBudget{Limit: 2000, Left: 1000, ResetsAt: now.Add(6 * time.Hour)}, Reserve: 400}
	for name, c := range map[string]struct {
		calls int
		lane  Lane
		want  time.Duration
	}{
		"nothing takes no time":                        {0, History, 0},
		"what fits into today goes at the minute pace": {90, History, time.Minute},
		"history stops at the reserve":                 {690, History, 6*time.Hour + time.Minute},
		"a person may use the reserve":                 {990, Person, 11 * time.Minute},
		"a full day more":                              {600 + 1600, History, 6*time.Hour + atPace(1600, 90)},
		"and a call of the day after":                  {600 + 1601, History, 30*time.Hour + atPace(1, 90)},
	} {
		if got := b.Takes(c.calls, c.lane, now); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
