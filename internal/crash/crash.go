// Package crash proves that nothing is doubled or lost whatever dies: worker processes are killed
// at every point where that matters and at random, calls fail, Redis is flushed and the database
// server killed, while orders are synchronized. Afterwards the books are counted.
//
// The list of points comes from the running product (package point): a first stretch of work
// without kills writes down what it passes, and whatever is passed later is added.
package crash

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/qlobooks/qlobooks/internal/crash/point"
	"github.com/qlobooks/qlobooks/internal/private"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sample"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// Options say how hard a trial is.
type Options struct {
	Seed     uint64
	Orders   int // of all lives; each becomes two documents at least
	Guests   int
	Kills    int            // at least
	All      bool           // go on until every point was aimed at
	Only     *regexp.Regexp // of points that are aimed at; nil = all
	Flushes  int            // of Redis
	Restarts int            // of the database server
	Tries    int            // how often a point is aimed at before it counts as missed
	Speed    int64
	Log      func(format string, args ...any)
}

// Report is what a trial did and found.
type Report struct {
	Seed              uint64
	Points            []string // all kill points, as the product passed them
	AtPoints          int      // kills at points
	AtRandom          int
	Stopped           int      // asked to end by SIGTERM, while a successor started
	Missed            []string // points at which no process died
	Flushes, Restarts int
	Documents         int            // that must stand in the books
	Later             int            // things done to orders, guests and room types after they were queued
	ByFlow            map[string]int // documents in the books
	Struck            int            // calls that went wrong by rule
	Late              int            // of them, done after whoever made them may have been gone
	Took              time.Duration
	Wrong             []string
}

const (
	prefix  = "qlo_"
	firstID = 1000
)

// trial is one run of the test.
type trial struct {
	o   Options
	dir string // what this trial writes

	programs string // where the programs are
	since    time.Time
	mysql    *private.MySQL
	redis    *redis.Client
	zoho     string
	stage    *rehearsal.Stage
	hotel    *sql.DB
	orders   []sample.Lived
	plan     *plan
	report   Report

	mu       sync.Mutex
	queued   int
	deeds    []*deed
	scarcely int            // scarce deeds that were done
	played   int            // how many scenes were begun
	coats    int            // how often rooms were renamed to come to a point
	there    map[int]string // payments made by hand in Zoho Books, by order
	payers   map[int]bool   // guests who pay there
}

func newTrial(o Options) *trial {
	if o.Log == nil {
		o.Log = func(string, ...any) {}
	}
	return &trial{o: o, since: time.Now(), there: map[int]string{}, payers: map[int]bool{}, report: Report{Seed: o.Seed},
		plan: newPlan(o)}
}

// Run carries out a trial. The error is about the trial itself; what it found is in the report.
func Run(ctx context.Context, o Options) (Report, error) {
	t := newTrial(o)
	began := time.Now()
	stop, err := t.open(ctx)
	defer stop()
	if err != nil {
		return t.report, err
	}
	if err := t.record(ctx); err != nil {
		return t.report, err
	}
	if err := t.storm(ctx); err != nil {
		return t.report, err
	}
	if err := t.settle(ctx); err != nil {
		return t.report, err
	}
	err = t.judge(ctx)
	t.report.Points, t.report.Missed = t.plan.points()
	t.report.Took = time.Since(began)
	return t.report, err
}

// open starts every server and sets the product up.
func (t *trial) open(ctx context.Context) (stop func(), err error) {
	var stops []func()
	stop = func() {
		for i := len(stops) - 1; i >= 0; i-- {
			stops[i]()
		}
	}
	if t.dir, err = os.MkdirTemp("", "qlb-crash-"); err != nil {
		return stop, err
	}
	stops = append(stops, func() { _ = os.RemoveAll(t.dir) })
	if t.programs, err = programs(); err != nil {
		return stop, err
	}
	if t.mysql, err = private.StartMySQL(ctx, private.Options{Durable: true, Log: os.Stderr}); err != nil {
		return stop, err
	}
	stops = append(stops, t.mysql.Stop)
	dsn, err := t.mysql.Create(ctx, "crash")
	if err != nil {
		return stop, err
	}
	server, err := private.StartRedis(ctx, private.Options{Log: os.Stderr})
	if err != nil {
		return stop, err
	}
	stops = append(stops, server.Stop)
	address, err := redis.ParseURL(server.URL)
	if err != nil {
		return stop, err
	}
	t.redis = redis.NewClient(address)
	stops = append(stops, func() { _ = t.redis.Close() })
	if t.hotel, err = sql.Open("mysql", dsn); err != nil {
		return stop, err
	}
	stops = append(stops, func() { _ = t.hotel.Close() })
	if err := sample.Load(ctx, t.hotel, prefix, time.Now()); err != nil {
		return stop, err
	}
	if t.orders, err = sample.AddLives(ctx, t.hotel, prefix, time.Now(), sample.Crowd{First: firstID, Orders: t.o.Orders, Guests: t.o.Guests, RoomTypes: t.o.Guests / 2}); err != nil {
		return stop, err
	}
	t.deeds = t.plot()
	standIn, zoho, err := sandbox(t.programs, t.o.Seed)
	if err != nil {
		return stop, err
	}
	t.zoho = zoho
	stops = append(stops, standIn.kill)
	t.stage, err = rehearsal.Open(ctx, rehearsal.Options{MySQL: dsn, Redis: server.URL, Prefix: prefix, Zoho: zoho, NoWorker: true, Hang: hang, Now: point.Fast(t.o.Speed, t.since)})
	if err != nil {
		return stop, err
	}
	stops = append(stops, t.stage.Close)
	return stop, t.prepare(ctx)
}

// prepare connects and sets up with a worker that lives.
func (t *trial) prepare(ctx context.Context) error {
	w, err := t.worker("")
	if err != nil {
		return err
	}
	defer w.kill()
	if err := t.stage.Connect(ctx); err != nil {
		return err
	}
	if err := t.stage.SetUp(ctx, "Operating account"); err != nil {
		return err
	}
	if err := t.choose(ctx); err != nil {
		return err
	}
	for _, section := range rehearsal.Sections {
		if _, err := t.stage.Start(ctx, "/records/"+section+"/initialize", nil); err != nil {
			return err
		}
	}
	return t.strike(ctx)
}

// hang is how long a trial may stand still: its workers are processes, which a busy machine is slow to start.
const hang = 5 * time.Minute

// unpaced is a limit that no trial comes to.
const unpaced = 100000

// choose lets ticks do everything, without brakes.
func (t *trial) choose(ctx context.Context) error {
	choices := map[string]map[string]any{
		"limits":     {"calls_per_minute": unpaced, "brake_max_records": nil, "brake_max_voids": nil},
		"customers":  {"auto_update": true, "auto_delete": true},
		"room_types": {"auto_update": true, "auto_delete": true},
		"orders": {"auto_sync_new_orders": true, "auto_update_orders": true, "auto_sync_new_invoices": true, "auto_sync_new_payments": true,
			"auto_sync_credit_notes": true},
		"payments": {"import_enabled": true},
	}
	for section, fields := range choices {
		for field, value := range fields {
			if err := t.stage.Set(ctx, section, field, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// lateness is how late a late call is done: at the trial's pace before it counts as arriving no more, and
// after most of those who made it have died or given it up.
const lateness = 2500 * time.Millisecond

// strike makes every twentieth call go wrong, in all the ways that leave a write done or undone, and a few
// writes be done late, after newer ones. The rules of a scene come first.
func (t *trial) strike(ctx context.Context, scene ...books.Rule) error {
	cycle := []books.Fault{books.FaultDropBefore, books.FaultCommitDrop, books.FaultCommit500, books.FaultTruncated, books.FaultSlow, books.FaultHTML, books.FaultCommitDrop, books.FaultListLag}
	rules := append(scene, books.Rule{Fault: books.FaultTokenExpired, Every: 499, Times: 20},
		books.Rule{Method: http.MethodPost, Path: "refunds|/invoices/[0-9]+/credits|/creditnotes/[0-9]+/invoices", Every: 7, Fault: books.FaultLate, Delay: int(lateness / time.Millisecond)},
		books.Rule{Method: http.MethodPut, Every: 60, Fault: books.FaultLate, Delay: int(lateness / time.Millisecond)}, books.Rule{Every: 20, Cycle: cycle})
	return t.ask(ctx, http.MethodPost, "/sandbox/faults", map[string]any{"rules": rules}, nil)
}

// ask speaks to the stand-in's admin endpoints.
func (t *trial) ask(ctx context.Context, method, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, t.zoho+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		answer, _ := io.ReadAll(resp.Body)
		return fmt.Errorf("%s %s: %d %s", method, path, resp.StatusCode, answer)
	}
	if out == nil {
		return nil
	}
	return json.NewDecoder(resp.Body).Decode(out)
}

// feed asks for the next orders to be synchronized, as a person does; it repeats while the
// database is away.
func (t *trial) feed(ctx context.Context, n int) error {
	t.mu.Lock()
	from := t.queued
	to := min(from+n, len(t.orders))
	t.queued = to
	t.mu.Unlock()
	if from == to {
		return nil
	}
	var ids []string
	for _, o := range t.orders[from:to] {
		ids = append(ids, fmt.Sprint(o.ID))
	}
	return t.wish(ctx, "/records/orders/sync", map[string]any{"ids": ids, "confirm": true})
}

// patiently repeats what fails until it succeeds or time is up.
func patiently(ctx context.Context, most time.Duration, work func() error) error {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		err := work()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-tick.C:
		}
	}
}

// pointLog is where workers write down what they pass.
func (t *trial) pointLog() string { return filepath.Join(t.dir, "points") }

// record lets a worker live through a part of the orders, and takes the list of points from it.
func (t *trial) record(ctx context.Context) error {
	w, err := t.worker("", "QLOBOOKS_CRASH_LOG="+t.pointLog())
	if err != nil {
		return err
	}
	defer w.kill()
	if err := t.feed(ctx, max(20, t.o.Orders/20)); err != nil {
		return err
	}
	for _, byTick := range []bool{false, true} {
		if err := t.goOn(ctx, t.o.Orders/20, byTick); err != nil {
			return err
		}
		if err := t.idle(ctx); err != nil {
			return err
		}
	}
	if t.o.All {
		if err := t.rehearse(ctx); err != nil {
			return err
		}
	}
	t.learn()
	all, _ := t.plan.points()
	t.o.Log("seed %d: %d kill points", t.o.Seed, len(all))
	return nil
}

// learn adds points passed since.
func (t *trial) learn() {
	b, _ := os.ReadFile(t.pointLog())
	t.plan.add(strings.Split(strings.TrimSpace(string(b)), "\n"))
}
