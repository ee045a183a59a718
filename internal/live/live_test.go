package live_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/await"
	"github.com/qlobooks/qlobooks/internal/live"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/records"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/store/storetest"
)

func TestMain(m *testing.M) { privatetest.Main(m) }

type bench struct {
	*live.Hub
	db  *gorm.DB
	at  atomic.Int64 // microseconds of the clock
	ctx context.Context
}

func setup(t *testing.T) *bench {
	t.Helper()
	db := storetest.New(t)
	b := &bench{db: db, ctx: t.Context()}
	b.at.Store(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC).UnixMicro())
	b.Hub = &live.Hub{Store: store.New(db, b.now), Show: func(_ context.Context, r store.Run) wire.Run { return records.ShowRun(r) }, Every: 2 * time.Millisecond}
	return b
}

func (b *bench) now() time.Time { return time.UnixMicro(b.at.Load()).UTC() }

func (b *bench) pass(d time.Duration) { b.at.Add(d.Microseconds()) }

func (b *bench) exec(t *testing.T, statement string, args ...any) {
	t.Helper()
	if err := b.db.Exec(statement, args...).Error; err != nil {
		t.Fatal(err)
	}
}

// change stores a state of an order, stamped so long ago.
func (b *bench) change(t *testing.T, id int, status string, ago time.Duration) {
	t.Helper()
	at := b.now().Add(-ago)
	b.exec(t, "INSERT INTO qlobooks_records (section, source_id, sort_id, status, phase, updated_at) VALUES ('orders', ?, ?, ?, 'invoice_sync', ?) "+
		"ON DUPLICATE KEY UPDATE status = VALUES(status), updated_at = VALUES(updated_at)", strconv.Itoa(id), id, status, at)
}

// fill stores many records at once.
func (b *bench) fill(t *testing.T, from, count int) {
	t.Helper()
	rows := make([]string, count)
	for i := range rows {
		rows[i] = fmt.Sprintf("('customers', '%d', %d, 'synced', 'x', '%s')", from+i, from+i, b.now().Format("2006-01-02 15:04:05.999999"))
	}
	b.exec(t, "INSERT INTO qlobooks_records (section, source_id, sort_id, status, phase, updated_at) VALUES "+strings.Join(rows, ", "))
}

func (b *bench) run(t *testing.T, id int, status string, done int) {
	t.Helper()
	var finished any
	if status == "done" {
		finished = b.now()
	}
	b.exec(t, "INSERT INTO qlobooks_runs (id, kind, section, request, request_sum, status, total, done, result, started_by, created_at, finished_at) VALUES (?, 'sync', 'orders', '{}', 'x', ?, 2, ?, '{\"a\":1}', 'Ada', ?, ?) "+
		"ON DUPLICATE KEY UPDATE status = VALUES(status), done = VALUES(done), finished_at = VALUES(finished_at)", id, status, done, b.now(), finished)
}

// next is the next event in words, "closed" at the end of the stream.
func next(t *testing.T, events <-chan wire.Event) string {
	t.Helper()
	select {
	case e, ok := <-events:
		if !ok {
			return "closed"
		}
		switch data := e.Data.(type) {
		case wire.RecordChange:
			return fmt.Sprintf("%s %s %s %s", data.Section, data.SourceID, data.Status, *data.Phase)
		case wire.Run:
			return fmt.Sprintf("run %s %s %d", data.ID, data.Status, data.Done)
		}
		return e.Name
	case <-time.After(await.Hang):
		t.Fatal("nothing came")
		return ""
	}
}

func expect(t *testing.T, events <-chan wire.Event, want string) {
	t.Helper()
	if got := next(t, events); got != want {
		t.Fatalf("told %q, want %q", got, want)
	}
}

func TestEachChangeIsToldOnceToEverybody(t *testing.T) {
	t.Parallel()

	b := setup(t)
	b.change(t, 1, "pending", time.Hour) // before anybody listened
	_, first := b.Listen(b.ctx, "")
	_, second := b.Listen(b.ctx, "")
	b.change(t, 1, "synced", 0)
	for _, events := range []<-chan wire.Event{first, second} {
		expect(t, events, "orders 1 synced invoice_sync")
	}
	b.pass(2 * time.Second)
	b.change(t, 2, "held", 4*time.Second) // its transaction ended late
	expect(t, first, "orders 2 held invoice_sync")
	b.pass(time.Minute)
	b.change(t, 1, "pending", 0)
	expect(t, first, "orders 1 pending invoice_sync")
	for _, want := range []string{"orders 2 held invoice_sync", "orders 1 pending invoice_sync"} {
		expect(t, second, want)
	}
}

func TestRunsAreToldUntilTheyEnd(t *testing.T) {
	t.Parallel()

	b := setup(t)
	b.run(t, 1, "done", 2)
	b.pass(time.Hour)
	_, events := b.Listen(b.ctx, "")
	b.run(t, 2, "queued", 0)
	expect(t, events, "run 2 queued 0")
	b.run(t, 2, "running", 1)
	expect(t, events, "run 2 running 1")
	for id := 3; id < 40; id++ { // newer ones do not hide it
		b.run(t, id, "done", 0)
	}
	b.run(t, 2, "done", 2)
	for {
		got := next(t, events)
		if got == "run 2 done 2" {
			break
		}
		if got == "run 1 done 2" {
			t.Fatal("a run that ended long ago is told")
		}
	}
}

func TestWhoComesBackGoesOn(t *testing.T) {
	t.Parallel()

	b := setup(t)
	leaving, leave := context.WithCancel(b.ctx)
	position, events := b.Listen(leaving, "")
	leave()
	for next(t, events) != "closed" {
	}
	b.pass(time.Minute)
	b.change(t, 7, "failed", 0)
	b.run(t, 1, "done", 2)
	b.pass(time.Minute)
	_, again := b.Listen(b.ctx, position)
	expect(t, again, "orders 7 failed invoice_sync")
	expect(t, again, "run 1 done 2")

	for name, after := range map[string]string{"too long ago": strconv.FormatInt(b.now().Add(-time.Hour).UnixMicro(), 10), "nonsense": "x", "the future": strconv.FormatInt(b.now().Add(time.Hour).UnixMicro(), 10)} {
		_, events := b.Listen(b.ctx, after)
		if got := next(t, events); got != "resync" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestTooMuchAtOnceIsOneResync(t *testing.T) {
	t.Parallel()

	b := setup(t)
	_, events := b.Listen(b.ctx, "")
	b.fill(t, 0, 600)
	expect(t, events, "resync")
	b.change(t, 1, "synced", 0)
	expect(t, events, "orders 1 synced invoice_sync")
}

// TestASlowListenerIsLeftBehind and nobody else waits for it.
func TestASlowListenerIsLeftBehind(t *testing.T) {
	t.Parallel()

	b := setup(t)
	_, slow := b.Listen(b.ctx, "")
	_, quick := b.Listen(b.ctx, "")
	const most, batch = 1024, 200
	for n := range most/batch + 1 {
		b.pass(time.Minute)
		b.fill(t, n*batch, batch)
		for range batch {
			next(t, quick)
		}
	}
	got := 0
	for next(t, slow) != "closed" {
		got++
	}
	if got != most {
		t.Errorf("%d events waited for the slow listener", got)
	}
}
