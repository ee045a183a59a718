// Command api serves QloBooks' HTTP API and user interface, and looks after the installation.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/qlobooks/qlobooks/api/rest"
	"github.com/qlobooks/qlobooks/internal/app"
	"github.com/qlobooks/qlobooks/internal/config"
)

// version is set by the build.
var version = "dev"

// longestStatement is less than the server waits for an answer.
const longestStatement = 20 * time.Second

// grace is how long requests under way may take when the server stops.
const grace = 10 * time.Second

const usage = `usage: api [serve | migrate | token create --name N --role R [--days D] | rotate-key | indexes [--apply | --remove] | grants [--user U --host H --imports] | check | healthy | version]`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	command := "serve"
	if len(args) > 0 {
		command, args = args[0], args[1:]
	}
	if asksHelp(append([]string{command}, args...)) {
		_, err := fmt.Fprintln(out, usage)
		return err
	}
	if command == "version" {
		_, err := fmt.Fprintln(out, version)
		return err
	}
	commands := map[string]func(context.Context, config.Config, []string, io.Writer) error{
		"serve": serve, "migrate": migrate, "token": token, "rotate-key": rotateKey, "indexes": optionalIndexes, "grants": grants, "check": check, "healthy": healthy,
	}
	do := commands[command]
	if do == nil {
		return fmt.Errorf("there is no command %q\n%s", command, usage)
	}
	c, err := config.Read()
	if err != nil {
		return fmt.Errorf("the environment is not right:\n%w", err)
	}
	slog.SetDefault(c.Logger())
	return do(ctx, c, args, out)
}

// asksHelp tells that a command line asks how it is to be written.
func asksHelp(args []string) bool {
	return args[0] == "help" || slices.ContainsFunc(args, func(a string) bool { return a == "-h" || a == "-help" || a == "--help" })
}

func serve(ctx context.Context, c config.Config, _ []string, _ io.Writer) error {
	c.Longest = longestStatement
	a, err := app.Open(ctx, c)
	if err != nil {
		return err
	}
	defer a.Close()
	handler, err := a.API(ctx, version)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("QLOBOOKS_LISTEN: %w", err)
	}
	address := c.MetricsListen
	if address == "" {
		address = config.APIMetrics
	}
	stop, err := a.ServeMetrics(address)
	if err != nil {
		// A worker on the same machine may have it, by the same environment; the API's work goes on.
		slog.Warn("QLOBOOKS_METRICS_LISTEN cannot be listened at; /metrics is at the API's port, for who has a token", "error", err)
		stop = func() {}
	}
	defer stop()
	telling, quiet := context.WithCancel(ctx)
	defer quiet()
	go a.TellWhileSilent(telling)
	go a.ReadAhead(telling)
	slog.Info("serving", "address", listener.Addr().String(), "public_url", c.PublicURL)
	return rest.Serve(ctx, listener, handler, grace)
}
