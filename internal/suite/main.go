// Suite runs the parts of all tests, whatever fails, and ends with one table: part, passed, failed,
// skipped, seconds, and the names of what failed. What passes prints nothing but that.
//
//	go run ./internal/suite                    all parts
//	go run ./internal/suite frontend parts     some of them
//	go run ./internal/suite -short             what daily work asks for: front end, and short Go tests of what was changed since
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/qlobooks/qlobooks/internal/private"
)

// whole is the package of the whole product's tests, which mostly wait and run beside all others.
const whole = "./internal/rehearsal"

// concurrent are the packages whose own code shares what it changes between goroutines. Their short
// tests run once more with the race detector: it sees what is shared the first time, and costs five
// times as much as the tests themselves. `make race` watches everything.
var concurrent = []string{
	"./api/rest/...", "./worker/...", "./internal/connection", "./internal/engine", "./internal/limit", "./internal/live",
	"./internal/metrics", "./internal/reconcile", "./internal/records", "./internal/runs", "./internal/sandbox/...", "./internal/store", "./internal/zoho",
}

func main() {
	short := flag.Bool("short", false, "only what daily work asks for")
	slowest := flag.Int("slowest", 20, "how many of the slowest tests to name")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Stdout, *short, *slowest, flag.Args())
	stop()
	os.Exit(code)
}

func run(ctx context.Context, out io.Writer, short bool, slowest int, only []string) int {
	lanes, err := lanesOf(short)
	if err != nil {
		fmt.Fprintln(out, err)
		return 1
	}
	if lacks := private.MissingDumps("."); len(lacks) > 0 {
		fmt.Fprintf(out, "What is held to real hotels is not tried: there is no %s.\n", strings.Join(lacks, ", no "))
	}
	began := time.Now()
	environment, end, err := servers(ctx, short)
	defer end()
	if err != nil {
		fmt.Fprintln(out, err)
		return 1
	}
	var mu sync.Mutex // of out
	say := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(out, format+"\n", args...)
	}
	var results []*result
	var group sync.WaitGroup
	for _, lane := range lanes {
		lane = slices.DeleteFunc(lane, func(p part) bool { return len(only) > 0 && !slices.Contains(only, p.name) })
		mine := make([]*result, len(lane))
		for i, p := range lane {
			mine[i] = &result{part: p.name}
		}
		results = append(results, mine...)
		group.Go(func() {
			for i, p := range lane {
				p.carryOut(ctx, mine[i], environment)
				mine[i].tell(say)
			}
		})
	}
	group.Wait()
	return table(out, results, slowest, time.Since(began))
}

// servers starts one database server for the tests of all packages, in memory when there is some: each
// package's own would be made, started and filled once more. TEST_MYSQL_DSN names one that runs already. In short,
// packages of which nothing was changed since they passed are not tested again.
func servers(ctx context.Context, short bool) (environment []string, stop func(), err error) {
	if os.Getenv("TEST_MYSQL_DSN") != "" {
		return os.Environ(), func() {}, nil
	}
	m, err := private.StartMySQL(ctx, private.Options{Dir: private.Memory(), Log: os.Stderr})
	if err != nil {
		return nil, func() {}, err
	}
	dsn, release := m.DSN(""), func() {}
	if here, lost := os.Getwd(); short && lost == nil {
		if dsn, release, err = steady(dsn, here); err != nil {
			return nil, m.Stop, fmt.Errorf("keep the database server's address: %w", err)
		}
	}
	return append(os.Environ(), "TEST_MYSQL_DSN="+dsn, "DEMO_MYSQL_DSN="+dsn), func() { release(); m.Stop() }, nil
}

// part is one kind of tests.
type part struct {
	name    string
	command []string
	dir     string
	yields  bool                           // to the other parts, as these wait one step for another and it does not
	read    func(io.Reader, *result) error // what the command prints
}

// lanesOf gives what runs side by side, each lane one after the other.
func lanesOf(short bool) ([][]part, error) {
	all, err := exec.Command("go", "list", "./...").Output()
	if err != nil {
		return nil, fmt.Errorf("list packages: %w", err)
	}
	// By way of a file: what vitest prints is lost when it ends before a full pipe is read.
	const vitest = `f=$(mktemp); node_modules/.bin/vitest run --reporter=json --outputFile="$f" >&2; code=$?; cat "$f"; rm -f "$f"; exit $code`
	frontend := part{name: "front end", command: []string{"sh", "-c", vitest}, dir: "frontend", read: readVitest}
	browser := part{name: "browser", command: []string{"node", "e2e/run.mjs"}, dir: "frontend", read: readBrowser}
	// What vet finds is lint's: it looks at everything once, and at more.
	goTest := func(name string, args ...string) part {
		return part{name: name, command: append([]string{"go", "test", "-json", "-vet=off"}, args...), yields: true, read: readGo}
	}
	if short {
		return [][]part{{frontend}, {goTest("Go, short", append([]string{"-short", "-parallel", "4", "-timeout", "10m"}, packages(all, []string{whole, "./internal/crash"})...)...)}}, nil
	}
	parts := goTest("parts", append([]string{"-parallel", "4", "-timeout", "80m"}, packages(all, []string{whole})...)...)
	races := goTest("races", append([]string{"-race", "-short", "-parallel", "4", "-timeout", "80m"}, concurrent...)...)
	return [][]part{{frontend}, {browser}, {parts, races}, {goTest("whole product", "-parallel", "6", "-timeout", "80m", whole)}}, nil
}

func (p part) carryOut(ctx context.Context, r *result, environment []string) {
	began := time.Now()
	defer func() { r.took = time.Since(began) }()
	cmd := exec.CommandContext(ctx, p.command[0], p.command[1:]...)
	cmd.Dir, cmd.Env = p.dir, append(environment, "CGO_ENABLED=1", "NO_COLOR=1", "GOGC="+cmp.Or(os.Getenv("GOGC"), "300")) // a tenth of the time went to garbage
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	var complaints tail
	cmd.Stderr = &complaints
	pipe, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err == nil && p.yields {
		_ = syscall.Setpriority(syscall.PRIO_PGRP, cmd.Process.Pid, 5) // without it everything only takes longer
	}
	if err != nil {
		r.fail(p.name, "could not be started: "+err.Error())
		return
	}
	readErr := p.read(pipe, r)
	_, _ = io.Copy(io.Discard, pipe)
	err = cmd.Wait()
	r.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if readErr != nil {
		r.fail(p.name, fmt.Sprintf("ended with %v, and what it printed could not be read: %v\n%s", err, readErr, complaints.String()))
	} else if err != nil && r.failed == 0 || err == nil && r.passed == 0 {
		r.fail(p.name, fmt.Sprintf("ended with %v after %d tests\n%s", err, r.passed, complaints.String()))
	}
	if ctx.Err() != nil && !errors.Is(err, nil) {
		r.fail(p.name, "was interrupted")
	}
}

// tail keeps the end of what is written to it.
type tail struct{ kept []byte }

func (t *tail) Write(b []byte) (int, error) {
	const most = 16 << 10
	if t.kept = append(t.kept, b...); len(t.kept) > most {
		t.kept = slices.Clone(t.kept[len(t.kept)-most:])
	}
	return len(b), nil
}

func (t *tail) String() string { return string(t.kept) }
