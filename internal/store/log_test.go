package store_test

import (
	"math"
	"strings"
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

// TestACallWhoseAnswerIsNoTextIsLogged keeps a line of what a proxy answered in Latin-1, and of a fault that is cut
// within a letter.
func TestACallWhoseAnswerIsNoTextIsLogged(t *testing.T) {
	s := setup(t)
	line := store.CallLine{At: s.Now(), Ref: "invoice:1", Method: "PUT", Path: "/invoices/\xe9", Query: "q=\xe9", Status: 400, Request: "{\"notes\":\"\xe9\"}", Response: "Acc\xe8s refus\xe9", Error: strings.Repeat("a", 499) + "é"}
	if err := s.AddCall(line); err != nil {
		t.Fatal(err)
	}
	list, err := s.Calls(t.Context(), store.CallQuery{Limit: 10})
	if err != nil || len(list) != 1 || list[0].Path != "/invoices/\uFFFD" {
		t.Fatalf("%+v, %v", list, err)
	}
	if whole, err := s.Call(t.Context(), list[0].ID); err != nil || whole.Response != "Acc\uFFFDs refus\uFFFD" {
		t.Errorf("%+v, %v", whole, err)
	}
}

// TestACallIsLoggedWhateverItsClockSays keeps the line of a call during which the clock was set back, or that took longer
// than the column holds.
func TestACallIsLoggedWhateverItsClockSays(t *testing.T) {
	s := setup(t)
	for took, want := range map[time.Duration]time.Duration{-time.Hour: 0, 60 * 24 * time.Hour: math.MaxUint32 * time.Millisecond} {
		if err := s.AddCall(store.CallLine{At: s.Now(), Method: "GET", Path: "/contacts", Duration: took}); err != nil {
			t.Fatalf("%s: %v", took, err)
		}
		list, err := s.Calls(t.Context(), store.CallQuery{Limit: 1})
		if err != nil || len(list) != 1 || list[0].Duration != want {
			t.Errorf("%s: %+v, %v", took, list, err)
		}
	}
}

// TestWhoWasRefusedAtTheDoorIsShownOnlyOnDemand, as it names addresses that people tried.
func TestWhoWasRefusedAtTheDoorIsShownOnlyOnDemand(t *testing.T) {
	s := setup(t)
	for _, action := range []string{"sign_in_failed", "sign_in_throttled", "signed_in"} {
		if err := s.AddEvent(t.Context(), store.Event{Actor: "ada@example.com", Action: action}); err != nil {
			t.Fatal(err)
		}
	}
	for refused, want := range map[bool]int{false: 1, true: 3} {
		if list, err := s.Audit(t.Context(), store.AuditQuery{Limit: 10, Refused: refused}); err != nil || len(list) != want {
			t.Errorf("refused %v: %+v, %v", refused, list, err)
		}
	}
	if list, err := s.Audit(t.Context(), store.AuditQuery{Limit: 10, Action: "sign_in_failed"}); err != nil || len(list) > 0 {
		t.Errorf("asked for by name: %+v, %v", list, err)
	}
}
