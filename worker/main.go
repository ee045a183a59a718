// Command worker does the work that the API was asked for. Any number of processes may run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/qlobooks/qlobooks/internal/app"
	"github.com/qlobooks/qlobooks/internal/config"
	"github.com/qlobooks/qlobooks/worker/queue"
)

func main() {
	concurrency, err := options(os.Args[1:], os.Stdout)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, concurrency); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// options reads a command line; flag.ErrHelp when it asked how it is to be written, which out was told.
func options(args []string, out io.Writer) (concurrency int, err error) {
	flags := flag.NewFlagSet("worker", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.IntVar(&concurrency, "concurrency", queue.Concurrency, "batches worked on at once in each lane")
	err = flags.Parse(args)
	if err == nil && flags.NArg() > 0 {
		if err = fmt.Errorf("the worker knows no command %q", flags.Arg(0)); flags.Arg(0) == "help" {
			err = flag.ErrHelp
		}
	}
	if err == nil {
		return concurrency, nil
	}
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(out, usage)
		return 0, err
	}
	return 0, fmt.Errorf("%w\n%s", err, usage)
}

const usage = `usage: worker [--concurrency N]
  --concurrency N  batches worked on at once in each lane`

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
