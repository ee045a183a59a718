// Command demo runs the whole product on embedded parts with the sample hotel, synchronizes it end
// to end, and serves it until it is stopped.
//
// DEMO_ONCE=1 ends after the synchronization, DEMO_LISTEN names the address to serve at,
// DEMO_MYSQL_DSN a database server to use, DEMO_DUMP a QloApps dump to show instead, and DEMO_QLOAPPS=1.6
// keeps the sample hotel in the older version's tables; DEMO_ODD=1 adds rows as real hotels leave them; DEMO_PLAIN=1
// leaves the settings at their defaults: no tags for hotels, no guest ledger.
package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"sort"
	"syscall"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/private"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sample"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
	"github.com/qlobooks/qlobooks/internal/secret"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	dsn, stop, err := database(ctx)
	if err != nil {
		return err
	}
	defer stop()
	redis, err := startRedis(ctx)
	if err != nil {
		return err
	}
	defer redis.Close()
	say("Redis: inside this process.")
	// Many more calls a minute than Zoho allows, so that nobody has to wait for the rehearsal.
	const perMinute = 3000
	stage, err := rehearsal.Open(ctx, rehearsal.Options{MySQL: dsn, Redis: "redis://" + redis.Addr() + "/0", Listen: os.Getenv("DEMO_LISTEN"), CookieKey: cookieKey(),
		AdminURL: "https://larkspur.example/admin", Hang: 5 * time.Minute,
		Books: books.Options{PerMinute: perMinute, PerDay: 100000, Name: "Rehearsal books"}, Engine: engine.Options{Gather: 3 * time.Second}})
	if err != nil {
		return err
	}
	defer stage.Close()
	say("Zoho Books: a strict stand-in at %s.", stage.Zoho)
	if err := stage.Connect(ctx); err != nil {
		return err
	}
	if err := stage.Set(ctx, "limits", "calls_per_minute", perMinute); err != nil {
		return err
	}
	if !plain() {
		if err := stage.Set(ctx, "hotels", "target", "tag"); err != nil {
			return err
		}
	}
	if err := stage.SetUp(ctx, "Operating account"); err != nil {
		return err
	}
	say("Connected, set up, taxes and deposit account mapped. Synchronizing …")
	if err := synchronize(ctx, stage); err != nil {
		return err
	}
	if !plain() {
		if err := further(ctx, stage, dsn); err != nil {
			return err
		}
	}
	if os.Getenv("DEMO_ONCE") != "" {
		return nil
	}
	say("")
	say("The rehearsal books stand at %s", stage.Zoho)
	if os.Getenv("DEMO_DUMP") == "" {
		desk, stop, err := openDesk(ctx, dsn)
		if err != nil {
			return err
		}
		defer stop()
		say("The hotel's front desk, to book, invoice, pay, cancel and refund, stands at %s", desk)
	}
	if cookieKey() != "" {
		manager := sample.Employees[0]
		say("Sign in as %s with the password «%s», or with the token below.", manager.Email, manager.Password)
	}
	say("Stop with Ctrl-C.")
	say("URL %s", stage.URL)
	say("LOGIN %s", stage.Token)
	<-ctx.Done()
	return nil
}

// cookieKey is the sample hotel's; that of a dump is not in the dump.
func cookieKey() secret.String {
	if os.Getenv("DEMO_DUMP") != "" {
		return ""
	}
	return sample.CookieKey
}

func say(format string, args ...any) { fmt.Printf(format+"\n", args...) }

// database gives a schema that holds the hotel to show, and what removes it again.
func database(ctx context.Context) (dsn string, stop func(), err error) {
	var server *private.MySQL
	if given := os.Getenv("DEMO_MYSQL_DSN"); given != "" {
		server, err = private.UseMySQL(given)
	} else {
		server, err = private.StartMySQL(ctx, private.Options{Log: os.Stdout})
	}
	if err != nil {
		return "", nil, err
	}
	say("Database: %s.", server.Words)
	b := make([]byte, 4)
	_, _ = rand.Read(b)
	schema := "qlobooks_demo_" + hex.EncodeToString(b)
	stop = func() {
		if err := server.Drop(context.WithoutCancel(ctx), schema); err != nil {
			fmt.Fprintln(os.Stderr, "the demo's schema could not be removed:", err)
		}
		server.Stop()
	}
	if dsn, err = server.Create(ctx, schema); err != nil {
		server.Stop()
		return "", nil, err
	}
	if err := fill(ctx, dsn); err != nil {
		stop()
		return "", nil, err
	}
	return dsn, stop, nil
}

func fill(ctx context.Context, dsn string) error {
	if dump := os.Getenv("DEMO_DUMP"); dump != "" {
		say("Hotel: %s.", dump)
		return private.LoadDump(ctx, dsn, dump)
	}
	load, version := sample.Load, "1.7"
	if older() {
		load, version = sample.LoadOlder, "1.6"
	}
	say("Hotel: the sample hotel, as QloApps %s keeps it.", version)
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := load(ctx, db, "qlo_", time.Now()); err != nil || !odd() {
		return err
	}
	say("With rows as real hotels leave them: cut, marked, spoiled and contradictory.")
	return sample.AddOdd(ctx, db, "qlo_", time.Now(), older())
}

// odd shows the kinds of rows that contradict each other beside the others.
func odd() bool { return os.Getenv("DEMO_ODD") != "" }

// plain leaves out what goes beyond the default settings: hotels as tags, and revenue by the night.
func plain() bool { return os.Getenv("DEMO_PLAIN") != "" || os.Getenv("DEMO_DUMP") != "" }

func older() bool { return os.Getenv("DEMO_QLOAPPS") == "1.6" }

// expected is what must become of the sample hotel.
func expected() []sample.Case {
	cases := sample.Expected()
	if older() {
		cases = sample.ExpectedOlder()
	}
	if odd() {
		cases = append(cases, sample.ExpectedOdd()...)
	}
	return cases
}

// startRedis runs Redis inside the process. Its clock stands still by itself, so it is moved.
func startRedis(ctx context.Context) (*miniredis.Miniredis, error) {
	redis, err := miniredis.Run()
	if err != nil {
		return nil, err
	}
	go func() {
		const step = 200 * time.Millisecond
		tick := time.NewTicker(step)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				redis.FastForward(step)
			}
		}
	}()
	return redis, nil
}

// synchronize syncs everything, tells what happened, and fails on anything that should not.
func synchronize(ctx context.Context, stage *rehearsal.Stage) error {
	runs, err := stage.SyncAll(ctx)
	if err != nil {
		return err
	}
	say("")
	say("%-18s %8s %8s %10s %6s %8s %6s", "section", "records", "done", "unchanged", "held", "failed", "calls")
	for _, section := range rehearsal.Sections {
		r := runs[section]
		say("%-18s %8d %8d %10d %6d %8d %6d", section, r.Total, r.Done, r.Unchanged, r.Held, r.Failed, r.CallsUsed)
	}
	documents := map[string]int{}
	for _, r := range stage.Books.Snapshot() {
		documents[r.Module]++
	}
	kinds := make([]string, 0, len(documents))
	for kind := range documents {
		kinds = append(kinds, kind)
	}
	sort.Strings(kinds)
	say("")
	for _, kind := range kinds {
		say("%4d %s stand in the books", documents[kind], kind)
	}
	say("%4d calls in all", len(stage.Books.Calls()))
	say("")
	return judge(ctx, stage)
}

func judge(ctx context.Context, stage *rehearsal.Stage) error {
	if os.Getenv("DEMO_DUMP") != "" {
		return judgeDump(ctx, stage)
	}
	verdict, err := stage.Judge(ctx, expected())
	if err != nil {
		return err
	}
	for _, line := range verdict.Lines {
		say("%s", line)
	}
	for _, wrong := range verdict.Wrong {
		say("WRONG %s", wrong)
	}
	say("RESULT synced=%d held=%d different=%d", verdict.Synced, verdict.Held, len(verdict.Wrong))
	if len(verdict.Wrong) > 0 {
		return fmt.Errorf("%d cases of the sample came out differently", len(verdict.Wrong))
	}
	return nil
}

// judgeDump knows no cases of a strange hotel: totals must agree, and only what the sample may
// hold may be held.
func judgeDump(ctx context.Context, stage *rehearsal.Stage) error {
	allowed := map[string]bool{}
	for _, c := range expected() {
		if c.Status == "held" {
			allowed[c.Code] = true
		}
	}
	synced, held, different, strange, _, err := stage.Compare(ctx, allowed)
	if err != nil {
		return err
	}
	for _, line := range strange {
		say("%s", line)
	}
	say("RESULT synced=%d held=%d different=%d", synced, held, different)
	if different > 0 || len(strange) > 0 {
		return fmt.Errorf("%d documents differ, %d are held or failed that should not be", different, len(strange))
	}
	return nil
}
