package rehearsal_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/await"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sample"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// clock goes at a speed that can be changed, and can be moved on.
type clock struct {
	mu    sync.Mutex
	at    time.Time
	since time.Time
	speed time.Duration
}

func newClock(at time.Time) *clock { return &clock{at: at, since: time.Now(), speed: 1} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at.Add(time.Since(c.since) * c.speed)
}

func (c *clock) move(on time.Duration, speed time.Duration) {
	at := c.now().Add(on)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.since, c.speed = at, time.Now(), speed
}

// perDay calls are allowed in these tests, of which others use some. Fewer would be used up by the set-up,
// more would only be waited for.
const perDay, usedByOthers = 600, 240

// quota is a hotel whose organization may call perDay times a day.
type quota struct {
	*rehearsal.Stage
	t     *testing.T
	ctx   context.Context
	clock *clock
	hotel *sql.DB
	tick  string // the pass that was started last
}

func newQuota(ctx context.Context, t *testing.T, history int) *quota {
	t.Helper()
	q := &quota{t: t, ctx: ctx, clock: newClock(time.Now().UTC().Truncate(24 * time.Hour).Add(15 * time.Hour))}
	dsn := hotel(t, "qlo_")
	var err error
	q.hotel, err = sql.Open("mysql", dsn)
	q.must(err)
	t.Cleanup(func() { _ = q.hotel.Close() })
	_, err = sample.AddPaid(ctx, q.hotel, "qlo_", q.clock.now(), sample.Crowd{First: 1000, Orders: history, Guests: 20})
	q.must(err)
	// Zoho's minute may pass without a call, at the real pace.
	q.Stage = openStage(ctx, t, rehearsal.Options{MySQL: dsn, Redis: privatetest.Redis(t), Now: q.clock.now, Hang: 2 * await.Hang,
		Books: books.Options{PerMinute: 100, PerDay: perDay, Clock: q.clock.now}, Engine: engine.Options{Lease: 20 * time.Minute}})
	q.must(q.Connect(ctx))
	q.must(q.SetUp(ctx, "Operating account"))
	q.must(q.Set(ctx, "orders", "create_sales_orders", false))
	q.must(q.Initialize(ctx))
	for _, kind := range []string{"invoices", "payments"} {
		q.must(q.Set(ctx, "orders", "auto_sync_new_"+kind, true))
	}
	return q
}

func (q *quota) must(err error) {
	q.t.Helper()
	if err != nil {
		q.t.Fatal(err)
	}
}

// until waits for a condition, and says what was waited for in vain.
func (q *quota) until(what string, met func() bool) {
	q.t.Helper()
	began := time.Now()
	eventually(q.ctx, q.t, q.Stage, what, met)
	q.t.Logf("%s: %.1f s", what, time.Since(began).Seconds())
}

type budget struct {
	Day     struct{ Limit, Left int }
	Reserve int
	Lanes   struct{ Person, Live, History int }
}

func (q *quota) budget() (b budget) {
	q.must(q.Call(context.WithoutCancel(q.ctx), http.MethodGet, "/connection/budget", nil, &b))
	return b
}

// count tells how many documents are in one of the states.
func (q *quota) count(where string, args ...any) (n int) {
	q.t.Helper()
	q.must(q.hotel.QueryRowContext(q.ctx, "SELECT COUNT(*) FROM qlobooks_documents WHERE "+where, args...).Scan(&n))
	return n
}

// book makes paid orders in QloApps and lets the schedule's pass find them.
func (q *quota) book(first, orders int) []sample.Paid {
	q.t.Helper()
	made, err := sample.AddPaid(q.ctx, q.hotel, "qlo_", q.clock.now(), sample.Crowd{First: first, Orders: orders, Guests: 1})
	q.must(err)
	q.rested()
	var run rehearsal.Run
	q.must(q.Call(q.ctx, http.MethodPost, "/schedule/run", map[string]any{"kind": "tick"}, &run))
	q.tick = run.ID
	return made
}

// rested waits for the last pass, as a wish for one while one is under way is a wish for that one,
// and it may have looked at the orders already.
func (q *quota) rested() {
	q.t.Helper()
	if q.tick != "" {
		_, err := q.Wait(q.ctx, q.tick)
		q.must(err)
	}
}

// TestWhatARunThatIsCanceledLeavesWaitsForNothing cancels a run whose documents wait for the day to end: they are not sent
// any more, and none says that it goes on by itself.
func TestWhatARunThatIsCanceledLeavesWaitsForNothing(t *testing.T) {
	atOnce(t)
	d := opened(t, "quotaends_")
	d.book("50", "QUOTAENDS", "2", "900")
	d.pay("60", "50", "0", "1", "1", "60", "60")
	d.sync("50")
	d.invoice("70", "50")
	d.slip("80", "50", "900", "24.04", "25", "")
	_, err := d.Start(d.ctx, "/records/orders/initialize", nil)
	d.must(err)
	d.must(d.Books.SetFaults(books.Rule{Method: "PUT", Path: "/creditnotes", Fault: books.Fault429Day}))
	var run rehearsal.Run
	d.must(d.Call(d.ctx, "POST", "/records/orders/50/sync", nil, &run))
	until(d.ctx, t, d.Stage, "credit_note:80", "pending", "daily_limit")
	d.must(d.Call(d.ctx, "POST", "/runs/"+run.ID+"/cancel", nil, nil))
	var doc struct {
		Status string
		Issue  *struct{ Detail, Action string }
	}
	d.must(d.Call(d.ctx, "GET", "/documents/credit_note/80", nil, &doc))
	if doc.Status != "not_synced" || doc.Issue != nil {
		t.Errorf("after the run was canceled the slip is %s: %+v", doc.Status, doc.Issue)
	}
	d.must(d.Books.SetFaults())
	d.must(d.Call(d.ctx, "POST", "/records/orders/50/sync", nil, &run))
	until(d.ctx, t, d.Stage, "credit_note:80", "pending", "daily_limit")
	_, err = d.Start(d.ctx, "/issues/daily_limit/retry", nil)
	d.must(err)
	rest(d.ctx, t, d.Stage, "asked for again", "50")
	checkBooks(t, d.Stage, "asked for again", map[string]string{"invoice:70": "124.8 open 39.8", "payment:60": "60 open 0", "credit_note:80": "25 open 0"})
}

// TestTheDailyQuotaIsSharedWithHistory queues history where 600 calls a day are allowed, of which
// other applications use 240, and makes live orders until the day has no call left. By itself it
// has 500 orders of history; QLOBOOKS_LONG gives it the 5000 of the promise.
func TestTheDailyQuotaIsSharedWithHistory(t *testing.T) {
	atOnce(t)
	orders, most := 500, patience // an invoice and a payment each; as many as the history of several days
	if os.Getenv("QLOBOOKS_LONG") != "" {
		orders, most = 5000, 20*time.Minute
	}
	ctx, cancel := context.WithTimeout(t.Context(), most)
	defer cancel()
	q := newQuota(ctx, t, orders)
	q.Books.UsedByOthers(usedByOthers)
	var run rehearsal.Run
	q.must(q.Call(ctx, http.MethodPost, "/records/orders/sync", map[string]any{"all": true, "confirm": true}, &run))
	q.until("all of history is queued", func() bool {
		return q.count("status <> 'not_synced' AND lane = 2 AND flow IN ('invoice', 'payment')") >= 2*orders
	})

	// No faster: a call that takes longer than its place is kept, 22 s of this clock, counts as dead,
	// and on a busy machine one takes seconds.
	const fast = 4
	live := func(id, n int) {
		t.Helper()
		q.rested()
		began, history := q.clock.now(), q.budget().Lanes.History
		made := q.book(id, n)
		q.until("live orders stand", func() bool {
			k := q.Books.Census().Keys
			for _, o := range made {
				if k[fmt.Sprintf("invoice:%d", o.ID)] != 1 || k[fmt.Sprintf("payment:%d", o.ID)] != 1 {
					return false
				}
			}
			return true
		})
		// In calls, as a busy machine makes everything slow: history may take what one minute gives to it.
		t.Logf("%d live orders from %d after %.1f s; %+v", n, id, q.clock.now().Sub(began).Seconds(), q.budget())
		if before := q.budget().Lanes.History - history; before > 100 {
			t.Errorf("the live order %d waited for %d calls of history, more than a minute of them", id, before)
		}
	}
	q.clock.move(0, 1)
	live(10000, 1)
	q.clock.move(0, fast)
	q.until("history stops at the reserve", func() bool { b := q.budget(); return b.Day.Left <= b.Reserve })
	history := q.budget().Lanes.History
	q.clock.move(0, 1)
	live(10010, 1)
	if now := q.budget().Lanes.History; now != history {
		t.Errorf("history called %d times more beyond the reserve", now-history)
	}
	midnight := q.reset()
	if eta := q.eta(run.ID); !eta.After(midnight) {
		t.Errorf("history ends at %v, although nothing of it goes on before %v", eta, midnight)
	}

	const each = 5 // calls of a live order at most, with its guest
	q.clock.move(0, 2)
	for id := 10020; q.budget().Day.Left >= each; id += 10 {
		live(id, min(q.budget().Day.Left/each, 8))
	}
	q.clock.move(0, fast)
	late := q.book(20000, 120) // more than the day has left
	q.until("live orders are found", func() bool { return q.count("flow = 'invoice' AND lane = 1 AND status <> 'not_synced'") >= len(late) })
	q.until("the quota is gone", func() bool { return q.budget().Day.Left == 0 })
	q.until("live orders wait for the next day", func() bool {
		return q.count("status IN ('pending', 'syncing') AND lane = 1 AND due_at < ?", midnight.UTC()) == 0
	})
	if load := q.Books.Load(); load.Today+load.Others < perDay-10 {
		t.Errorf("only %d calls of the day were used; the last answers may overtake each other", load.Today+load.Others)
	}
	if failed := q.count("status IN ('failed', 'rejected', 'unknown')"); failed > 0 {
		t.Errorf("%d documents failed", failed)
	}

	q.clock.move(midnight.Sub(q.clock.now())+time.Second, fast)
	q.until("live orders of yesterday stand", func() bool {
		k := q.Books.Census().Keys
		return k[fmt.Sprintf("payment:%d", late[0].ID)] == 1 && k[fmt.Sprintf("payment:%d", late[len(late)-1].ID)] == 1
	})
	q.until("history goes on by itself", func() bool { return q.budget().Lanes.History > 100 })
	if failed := q.count("status IN ('failed', 'rejected', 'unknown')"); failed > 0 {
		t.Errorf("%d documents failed after the reset", failed)
	}
	for _, c := range q.Books.Calls() {
		if c.Status == http.StatusTooManyRequests {
			t.Errorf("refused with %d at %v: %s %s", c.Code, c.At, c.Method, c.Path)
		}
	}
	t.Logf("%+v", q.budget())
}

func (q *quota) reset() time.Time {
	q.t.Helper()
	var b struct {
		Day struct {
			ResetsAt time.Time `json:"resets_at"`
		}
	}
	q.must(q.Call(q.ctx, http.MethodGet, "/connection/budget", nil, &b))
	return b.Day.ResetsAt
}

func (q *quota) eta(run string) time.Time {
	q.t.Helper()
	var r struct{ ETA time.Time }
	q.must(q.Call(q.ctx, http.MethodGet, "/runs/"+run, nil, &r))
	return r.ETA
}
