// Command bench measures how frugal, how well paced and how fast the product is. It prints a table
// and writes bench.json. Every figure comes with its target; a miss makes the exit status 1.
//
// Speed is measured as a ratio to a bare loop in the same run, so that the machine matters little.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"runtime/pprof"
	"strconv"
	"syscall"
	"time"

	"github.com/go-sql-driver/mysql"
	"golang.org/x/sys/unix"

	"github.com/qlobooks/qlobooks/internal/private"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sample"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// Figure is one measured number.
type Figure struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit,omitempty"`
	Target string  `json:"target,omitempty"`
	OK     bool    `json:"ok"`
	Note   string  `json:"note,omitempty"`
}

func most(name string, value, target float64, unit, note string) Figure {
	return Figure{name, value, unit, fmt.Sprintf("≤ %g", target), value <= target, note}
}

func least(name string, value, target float64, unit, note string) Figure {
	return Figure{name, value, unit, fmt.Sprintf("≥ %g", target), value >= target, note}
}

func shown(name string, value float64, unit, note string) Figure {
	return Figure{Name: name, Value: value, Unit: unit, OK: true, Note: note}
}

// bench holds the servers that all parts share.
type bench struct {
	mysql *private.MySQL
	redis *private.Redis
	made  int
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	_ = mysql.SetLogger(log.New(io.Discard, "", 0))
	if name := os.Getenv("BENCH_PROFILE"); name != "" {
		out, err := os.Create(name)
		if err == nil && pprof.StartCPUProfile(out) == nil {
			defer pprof.StopCPUProfile()
		}
	}
	missed, err := run(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
	if err != nil || missed {
		pprof.StopCPUProfile()
		stop()
		os.Exit(1)
	}
}

// cores is how many the product, its database and the stand-in share, so that figures of different
// machines can be compared.
const cores = 2

// pin keeps this process, and the servers it starts, on that many cores.
func pin() error {
	runtime.GOMAXPROCS(cores)
	var may, set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &may); err != nil {
		return err
	}
	for cpu := 0; set.Count() < cores && cpu < 1024; cpu++ {
		if may.IsSet(cpu) {
			set.Set(cpu)
		}
	}
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	for _, thread := range threads { // those that come later do as the one that makes them
		id, err := strconv.Atoi(thread.Name())
		if err == nil {
			err = unix.SchedSetaffinity(id, &set)
		}
		if err != nil && !errors.Is(err, unix.ESRCH) {
			return err
		}
	}
	return nil
}

func run(ctx context.Context) (missed bool, err error) {
	if err := pin(); err != nil {
		return false, fmt.Errorf("keep to %d cores: %w", cores, err)
	}
	fmt.Printf("Measured on %d of this machine's %d cores: the product, its database, Redis and the stand-in for Zoho Books share them (GOMAXPROCS %d).\n", cores, runtime.NumCPU(), runtime.GOMAXPROCS(0))
	b := &bench{}
	if b.mysql, err = private.StartMySQL(ctx, private.Options{Log: os.Stderr}); err != nil {
		return false, err
	}
	defer b.mysql.Stop()
	if b.redis, err = private.StartRedis(ctx, private.Options{Log: os.Stderr}); err != nil {
		return false, err
	}
	defer b.redis.Stop()
	parts := []struct {
		name string
		work func(context.Context) ([]Figure, error)
	}{{"calls", b.calls}, {"pace", b.pace}, {"speed", b.speed}, {"latency", b.latency}, {"scale", b.scale}}
	var all []Figure
	only := os.Getenv("BENCH")
	for _, part := range parts {
		if only != "" && only != part.name {
			continue
		}
		fmt.Fprintf(os.Stderr, "measuring %s …\n", part.name)
		longest := 4 * time.Minute
		if part.name == "scale" {
			longest = 3 * time.Hour // a million orders want their time
		}
		limited, cancel := context.WithTimeout(ctx, longest)
		figures, err := part.work(limited)
		cancel()
		for _, f := range figures {
			mark := "ok  "
			if !f.OK {
				mark, missed = "MISS", true
			}
			fmt.Printf("%s  %-88s %9.2f %-12s %-6s %s\n", mark, f.Name, f.Value, f.Unit, f.Target, f.Note)
		}
		if err != nil {
			return true, fmt.Errorf("%s: %w", part.name, err)
		}
		all = append(all, figures...)
	}
	if len(all) == 0 {
		return true, fmt.Errorf("BENCH=%s measures nothing; there are calls, pace, speed, latency and scale", only)
	}
	out, err := json.MarshalIndent(map[string]any{"at": time.Now().UTC(), "cores": cores, "figures": all}, "", "  ")
	if err != nil {
		return missed, err
	}
	return missed, os.WriteFile("bench.json", append(out, '\n'), 0o644)
}

// hotel is a product with a hotel of its own, and the front desk there.
type hotel struct {
	*rehearsal.Stage
	desk sample.Desk
	db   *sql.DB
}

func (h *hotel) Close() {
	h.Stage.Close()
	_ = h.db.Close()
}

// open starts a product with a hotel of its own, connected, set up and initialized.
func (b *bench) open(ctx context.Context, o books.Options, crowd sample.Crowd, salesOrders bool) (h *hotel, orders []sample.Paid, err error) {
	b.made++
	dsn, err := b.mysql.Create(ctx, fmt.Sprintf("bench_%d", b.made))
	if err != nil {
		return nil, nil, err
	}
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			_ = db.Close()
		}
	}()
	const prefix = "qlo_"
	if err := sample.Load(ctx, db, prefix, time.Now()); err != nil {
		return nil, nil, err
	}
	if orders, err = sample.AddPaid(ctx, db, prefix, time.Now(), crowd); err != nil {
		return nil, nil, err
	}
	o.NoLimits = true
	s, err := rehearsal.Open(ctx, rehearsal.Options{MySQL: dsn, Redis: fmt.Sprintf("%s%d", b.redis.URL[:len(b.redis.URL)-1], b.made), Prefix: prefix, Books: o, Hang: 10 * time.Minute})
	if err != nil {
		return nil, nil, err
	}
	if err := prepare(ctx, s, salesOrders); err != nil {
		s.Close()
		return nil, nil, err
	}
	return &hotel{Stage: s, desk: sample.Desk{DB: db, Prefix: prefix, Now: time.Now}, db: db}, orders, nil
}

func prepare(ctx context.Context, s *rehearsal.Stage, salesOrders bool) error {
	if err := s.Connect(ctx); err != nil {
		return err
	}
	if err := s.Set(ctx, "limits", "calls_per_minute", 100000); err != nil {
		return err
	}
	if err := s.Set(ctx, "orders", "create_sales_orders", salesOrders); err != nil {
		return err
	}
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		return err
	}
	for _, section := range rehearsal.Sections {
		if _, err := s.Start(ctx, "/records/"+section+"/initialize", nil); err != nil {
			return err
		}
	}
	return nil
}
