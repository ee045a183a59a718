// Command sandbox serves a strict stand-in for Zoho Books, for rehearsals and tests.
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on")
	seed := flag.Uint64("seed", 1, "decides record ids")
	perMinute := flag.Int("per-minute", 100, "calls allowed in any 60 seconds")
	perDay := flag.Int("per-day", 2000, "calls allowed a day")
	noLimits := flag.Bool("no-limits", false, "refuse no call for its number")
	fixed := flag.Bool("fixed-window", false, "count the minute of the clock instead of any 60 seconds")
	others := flag.Int("others", 0, "calls of today that other applications have made")
	latency := flag.Duration("latency", 0, "how long every answer takes")
	contrary := flag.Bool("contrary", false, "take the other answer wherever Zoho's documents leave two open")
	exclusive := flag.Bool("exclusive", false, "an edition whose invoices take no lines that include tax")
	taxPerLine := flag.Bool("tax-per-line", false, "an edition that demands a tax or an exemption on every line")
	edition := flag.String("edition", "", "the country's edition: "+strings.Join(books.Editions, ", ")+"; empty knows everything")
	lacking := flag.String("lacking", "", "how what the edition lacks is answered: "+fmt.Sprint(books.Ways)+"; empty lacks nothing")
	flag.Parse()
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", *listen, err)
	}
	fmt.Printf("http://%s\n", listener.Addr())
	stand := books.New(books.Options{Seed: *seed, PerMinute: *perMinute, PerDay: *perDay, NoLimits: *noLimits, FixedWindow: *fixed, Latency: *latency,
		Contrary: *contrary, Exclusive: *exclusive, TaxPerLine: *taxPerLine || *edition == "in", Edition: *edition})
	if *lacking != "" {
		if err := stand.Lack(books.LacksOf(*edition, books.Way(*lacking))); err != nil {
			return err
		}
	}
	stand.UsedByOthers(*others)
	server := &http.Server{Handler: stand, ReadHeaderTimeout: 10 * time.Second}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.Serve(listener); err != http.ErrServerClosed {
		return err
	}
	return nil
}
