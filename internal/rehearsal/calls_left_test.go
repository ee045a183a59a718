package rehearsal_test

import (
	"context"
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
	"github.com/qlobooks/qlobooks/internal/store"
)

// TestTheDaysCallsAreToldByTheHour holds the overview to what Zoho Books' answers said was left: the last of each hour
// since the organization's midnight, what was before in an hour that had none, and what is left now.
func TestTheDaysCallsAreToldByTheHour(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	stands := time.Now().UTC().Truncate(24 * time.Hour).Add(12*time.Hour + 10*time.Minute)
	now := func() time.Time { return stands }
	s := openStage(ctx, t, rehearsal.Options{MySQL: hotel(t, "qlo_"), Redis: privatetest.Redis(t), Now: now, Books: books.Options{PerDay: 1000, Clock: now}})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.Connect(ctx))
	var o struct {
		Budget struct {
			Day struct {
				Limit, Left int
				ResetsAt    time.Time `json:"resets_at"`
			}
		}
		CallsLeft []struct {
			At   time.Time
			Left int
		} `json:"calls_left"`
	}
	var b struct {
		Day struct {
			ResetsAt time.Time `json:"resets_at"`
		}
	}
	must(s.Call(ctx, http.MethodGet, "/connection/budget", nil, &b))
	begun := b.Day.ResetsAt.Add(-24 * time.Hour)
	limit := 1000
	said := func(after time.Duration, left *int) {
		t.Helper()
		must(s.App.Store.AddCall(store.CallLine{At: begun.Add(after), Method: "GET", Path: "/books/v3/items", Status: 200, DayLimit: &limit, DayLeft: left}))
	}
	of := func(n int) *int { return &n }
	said(-time.Minute, of(3)) // of the day before
	said(10*time.Minute, of(990))
	said(59*time.Minute, of(970))
	said(time.Hour+59*time.Minute, nil) // an answer that did not say
	said(2*time.Hour, of(900))
	said(2*time.Hour+time.Minute, of(880))
	must(s.Call(ctx, http.MethodGet, "/overview", nil, &o))
	over := int(stands.Sub(begun) / time.Hour)
	want := []int{1000, 970, 970}
	for range over - 2 {
		want = append(want, 880)
	}
	want = append(want, o.Budget.Day.Left)
	var got []int
	for i, c := range o.CallsLeft {
		got = append(got, c.Left)
		if at := begun.Add(time.Duration(i) * time.Hour); i <= over && !c.At.Equal(at) || i > over && !c.At.Equal(stands) {
			t.Errorf("point %d is at %s", i, c.At)
		}
	}
	if o.Budget.Day.Limit != limit || over < 3 || !reflect.DeepEqual(got, want) {
		t.Errorf("of %d calls, %d hours after %s, there were left %v, want %v", o.Budget.Day.Limit, over, begun, got, want)
	}
}
