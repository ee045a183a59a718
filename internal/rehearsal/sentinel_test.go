package rehearsal_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
)

// TestWorkGoesOnAfterAFailoverOfRedis kills the Redis server that a sentinel watches, where servers and sentinel ask for a
// password: what is asked for afterwards is posted, once, and calls are counted on by the one that took over.
func TestWorkGoesOnAfterAFailoverOfRedis(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	redis := privatetest.Sentinel(t)
	s := openStage(ctx, t, rehearsal.Options{MySQL: hotel(t, "qlo_"), Redis: redis.URL, Every: soon})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	used := func() int {
		t.Helper()
		var b struct {
			Day struct {
				UsedByUs int `json:"used_by_us"`
			}
		}
		must(s.Call(ctx, http.MethodGet, "/connection/budget", nil, &b))
		return b.Day.UsedByUs
	}
	must(s.Connect(ctx))
	must(s.SetUp(ctx, "Operating account"))
	_, err := s.Start(ctx, "/records/hotels/initialize", nil)
	must(err)
	_, err = s.Start(ctx, "/records/hotels/1/sync", nil)
	must(err)
	until(ctx, t, s, "hotel:1", "synced", "")
	before := used()
	redis.KillMaster()
	eventually(ctx, t, s, "Redis answers again", func() bool { return s.App.Redis().Set(ctx, "after", "1", 0).Err() == nil })
	_, err = s.Start(ctx, "/records/hotels/2/sync", nil)
	must(err)
	until(ctx, t, s, "hotel:2", "synced", "")
	if n := s.Books.Census().Keys["hotel:2"]; n != 1 {
		t.Errorf("hotel 2 stands %d times", n)
	}
	if after := used(); after <= before || before == 0 {
		t.Errorf("%d calls were counted before and %d after", before, after)
	}
}
