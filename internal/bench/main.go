// Command bench measures how frugal, how well paced and how fast the product is. It prints a table
// and writes bench.json. Every figure comes with its target; a miss makes the exit status 1.
//
// Speed is measured as a ratio to a bare loop in the same run, so that the machine matters little.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"runtime/pprof"
	"syscall"
	"time"

	"github.com/go-sql-driver/mysql"

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

func run(ctx context.Context) (missed bool, err error) {
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
	}{{"calls", b.calls}, {"pace", b.pace}, {"speed", b.speed}, {"latency", b.latency}}
	var all []Figure
	for _, part := range parts {
		if only := os.Getenv("BENCH"); only != "" && only != part.name {
			continue
		}
		fmt.Fprintf(os.Stderr, "measuring %s …\n", part.name)
		limited, cancel := context.WithTimeout(ctx, 4*time.Minute)
		figures, err := part.work(limited)
		cancel()
		for _, f := range figures {
			mark := "ok  "
			if !f.OK {
				mark, missed = "MISS", true
			}
			fmt.Printf("%s  %-72s %9.2f %-12s %-6s %s\n", mark, f.Name, f.Value, f.Unit, f.Target, f.Note)
		}
		if err != nil {
			return true, fmt.Errorf("%s: %w", part.name, err)
		}
		all = append(all, figures...)
	}
	out, err := json.MarshalIndent(map[string]any{"at": time.Now().UTC(), "figures": all}, "", "  ")
	if err != nil {
		return missed, err
	}
	return missed, os.WriteFile("bench.json", append(out, '\n'), 0o644)
}

// open starts a product with a hotel of its own, connected, set up and initialized.
func (b *bench) open(ctx context.Context, o books.Options, crowd sample.Crowd, salesOrders bool) (*rehearsal.Stage, []sample.Paid, error) {
	b.made++
	dsn, err := b.mysql.Create(ctx, fmt.Sprintf("bench_%d", b.made))
	if err != nil {
		return nil, nil, err
	}
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		return nil, nil, err
	}
	defer db.Close()
	const prefix = "qlo_"
	if err := sample.Load(ctx, db, prefix, time.Now()); err != nil {
		return nil, nil, err
	}
	orders, err := sample.AddPaid(ctx, db, prefix, time.Now(), crowd)
	if err != nil {
		return nil, nil, err
	}
	o.NoLimits = true
	s, err := rehearsal.Open(ctx, rehearsal.Options{MySQL: dsn, Redis: fmt.Sprintf("%s%d", b.redis.URL[:len(b.redis.URL)-1], b.made), Prefix: prefix, Books: o})
	if err != nil {
		return nil, nil, err
	}
	if err := prepare(ctx, s, salesOrders); err != nil {
		s.Close()
		return nil, nil, err
	}
	return s, orders, nil
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
