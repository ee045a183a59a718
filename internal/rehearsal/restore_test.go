package rehearsal_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/private"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestARestoreMakesNothingTwice does what «Back-up and restore» of docs/running.md says: what was posted after
// the back-up is found in Zoho Books by its key, nothing stands there twice, and both sides agree.
func TestARestoreMakesNothingTwice(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	zoho := books.New(books.Options{PerMinute: 5000, PerDay: 50000})
	server := httptest.NewServer(zoho)
	defer server.Close()
	key := []byte("the key kept apart from a backup")
	dsn := hotel(t, "qlo_")
	redis := privatetest.Redis(t) // it goes on, as only the tables are put back
	start := func(dsn string) *rehearsal.Stage {
		return openStage(ctx, t, rehearsal.Options{MySQL: dsn, Redis: redis, Zoho: server.URL, Every: soon, Key: key})
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s, c := start(dsn), newClerk(t, dsn, "qlo_")
	must(s.Connect(ctx))
	must(s.SetUp(ctx, "Operating account"))
	must(s.Set(ctx, "limits", "calls_per_minute", 5000))
	_, err := s.SyncAll(ctx)
	must(err)
	c.book("52", "RESTORED", "2", "910")
	c.invoice("62", "52")
	_, err = s.Start(ctx, "/records/orders/initialize", nil)
	must(err)
	_, err = s.Start(ctx, "/records/orders/52/sync", nil)
	must(err)
	until(ctx, t, s, "invoice:62", "synced", "")
	c.pay("62", "52", "62", "1", "1", "124.80", "124.80") // there in the back-up, and not posted yet
	_, err = s.Start(ctx, "/records/orders/initialize", nil)
	must(err)

	var dump bytes.Buffer
	must(private.TakeDump(ctx, dsn, &dump, private.Options{}))

	_, err = s.Start(ctx, "/records/orders/52/sync", nil)
	must(err)
	until(ctx, t, s, "payment:62", "synced", "")
	s.Close() // all workers, and the API
	var payment string
	for _, r := range zoho.Snapshot() {
		if r.Key == "payment:62" {
			payment = r.ID
		}
	}
	must(zoho.SettleByHand(payment, nil)) // of which the back-up knows nothing

	standing := func() (list []string) {
		for _, r := range zoho.Snapshot() {
			list = append(list, fmt.Sprintf("%s %s %s %s %s", r.Key, r.ID, r.Status, r.Total, r.Balance))
		}
		slices.Sort(list)
		return list
	}
	before := standing()
	restored := privatetest.Database(t)
	must(private.RunScript(ctx, restored, &dump))
	if list := linked(t, restored); len(list) < 75 || list["payment:62"] != "" {
		t.Errorf("of the back-up %d documents are linked, payment 62 to %q", len(list), list["payment:62"])
	}
	s = start(restored)
	var schedule wire.Schedule
	must(s.Call(ctx, http.MethodPost, "/schedule/pause", nil, &schedule))
	if schedule.Enabled {
		t.Error("the schedule is not paused")
	}
	days := map[string]any{"from": time.Now().AddDate(0, 0, -7).Format(time.DateOnly), "to": time.Now().Format(time.DateOnly)}
	_, err = s.Start(ctx, "/reconciliation/refresh", days)
	must(err)
	_, err = s.Start(ctx, "/records/orders/sync", map[string]any{"all": true, "confirm": true})
	must(err)
	settled(ctx, t, s)
	until(ctx, t, s, "payment:62", "synced", "")
	if after := standing(); !slices.Equal(after, before) {
		t.Errorf("before the restore there stood\n%v\nand afterwards\n%v", before, after)
	}
}
