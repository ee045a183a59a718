package store_test

import (
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/store"
)

// TestTheLogKnowsWhatIsLeftOfTheDay reads it off the latest answer that said so.
func TestTheLogKnowsWhatIsLeftOfTheDay(t *testing.T) {
	s := setup(t)
	midnight := time.Date(2026, 11, 26, 6, 0, 0, 0, time.UTC)
	told := func(at time.Time, left int) {
		t.Helper()
		limit := 5000
		line := store.CallLine{At: at, Method: "PUT", Path: "/invoices", Status: 200}
		if left >= 0 {
			line.DayLimit, line.DayLeft = &limit, &left
		}
		if err := s.AddCall(line); err != nil {
			t.Fatal(err)
		}
	}
	read := func(recent, today, limit, left int) {
		t.Helper()
		got, err := s.RecentCalls(t.Context(), midnight.Add(time.Hour), midnight)
		if err != nil || len(got.Recent) != recent || got.Today != today || got.DayLimit != limit || got.DayLeft != left {
			t.Errorf("%+v %v, want %d recent, %d today, %d of %d left", got, err, recent, today, left, limit)
		}
	}
	read(0, 0, 0, -1)
	told(midnight.Add(-time.Minute), 40)
	read(0, 0, 5000, -1)
	told(midnight.Add(time.Minute), 4990)
	told(midnight.Add(2*time.Hour), -1)
	read(1, 2, 5000, 4989)
}
