// Command worker does the work that the API was asked for. Any number of processes may run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/qlobooks/qlobooks/internal/app"
	"github.com/qlobooks/qlobooks/internal/config"
	"github.com/qlobooks/qlobooks/worker/queue"
)

func main() {
	concurrency := flag.Int("concurrency", queue.Concurrency, "batches worked on at once in each lane")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *concurrency); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, concurrency int) error {
	c, err := config.Read()
	if err != nil {
		return fmt.Errorf("the environment is not right:\n%w", err)
	}
	slog.SetDefault(c.Logger())
	a, err := app.Open(ctx, c)
	if err != nil {
		return err
	}
	defer a.Close()
	quiet, err := serveMetrics(a, c.MetricsListen)
	if err != nil {
		return err
	}
	defer quiet()
	w := a.Worker(concurrency)
	if err := w.Start(context.WithoutCancel(ctx), a.Queue); err != nil {
		return err
	}
	slog.Info("working", "concurrency", concurrency)
	<-ctx.Done()
	w.Stop()
	return nil
}

// serveMetrics tells of this worker at an address where it can; stop ends that. The API on the same machine
// may have the address, by the same environment: the work goes on. An address at which nobody can listen is a mistake.
func serveMetrics(a *app.App, address string) (stop func(), err error) {
	stop, err = a.ServeMetrics(address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		slog.Warn("QLOBOOKS_METRICS_LISTEN cannot be listened at; this worker's metrics are served nowhere", "error", err)
		return func() {}, nil
	case err != nil:
		return nil, fmt.Errorf("QLOBOOKS_METRICS_LISTEN: %w", err)
	}
	return stop, nil
}
