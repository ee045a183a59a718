// Package point names the places at which a process may die: every call to Zoho (before it is
// sent, when the server has done it, when its answer has been read) and every commit. Calls and
// commits pass through Transport and Connector, so that a new one is a new point by itself.
//
// A process dies only when its environment says so in two variables: QLOBOOKS_CRASH_TEST=sigkill,
// and QLOBOOKS_CRASH_AT naming points, one a line, and which time each is reached ("after commit
// store.Settle#3"); it dies at the first of them. QLOBOOKS_CRASH_LOG names a file to which every
// point reached is added, once per process, and at which it died ("died at …").
// Without the first variable calls and commits go their usual way, unwrapped.
package point

import (
	"context"
	"database/sql/driver"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

var (
	armed   = os.Getenv("QLOBOOKS_CRASH_TEST") == "sigkill"
	at      = targets(os.Getenv("QLOBOOKS_CRASH_AT"))
	logFile = os.Getenv("QLOBOOKS_CRASH_LOG")

	mu      sync.Mutex
	reached = map[string]int{}
)

// targets reads at which time of which points the process dies.
func targets(text string) map[string]int {
	at := map[string]int{}
	for _, line := range strings.Split(text, "\n") {
		name, number, _ := strings.Cut(line, "#")
		n, err := strconv.Atoi(number)
		if err != nil {
			n = 1
		}
		at[name] = n
	}
	return at
}

func init() {
	if armed {
		slog.Warn("this process is part of a crash test and may kill itself", "points", len(at))
	}
}

// reach is called at a point; it does not return when the process is to die there.
func reach(name string) {
	mu.Lock()
	reached[name]++
	n := reached[name]
	if n == 1 {
		note(name)
	}
	mu.Unlock()
	if n == at[name] {
		note(Died + name)
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}

// Died begins the line of the log that says where a process died.
const Died = "died at "

// note adds a line to the log; a write of one line does not mix with another process'.
func note(line string) {
	if logFile == "" {
		return
	}
	f, err := os.OpenFile(logFile, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	_, _ = f.WriteString(line + "\n")
	_ = f.Close()
}

// Transport makes points of the calls that pass through next.
func Transport(next http.RoundTripper) http.RoundTripper {
	if !armed {
		return next
	}
	return transport{next}
}

type transport struct{ next http.RoundTripper }

var ids = regexp.MustCompile(`/\d{6,}`)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	name := r.Method + " " + ids.ReplaceAllString(r.URL.Path, "/{id}")
	reach("before call " + name)
	trace := &httptrace.ClientTrace{GotFirstResponseByte: func() { reach("done by server " + name) }}
	resp, err := t.next.RoundTrip(r.WithContext(httptrace.WithClientTrace(r.Context(), trace)))
	if err == nil {
		resp.Body = body{resp.Body, name}
	}
	return resp, err
}

type body struct {
	io.ReadCloser
	name string
}

func (b body) Close() error {
	reach("after call " + b.name)
	return b.ReadCloser.Close()
}

// Connector makes points of the commits on connections of next.
func Connector(next driver.Connector) driver.Connector {
	if !armed {
		return next
	}
	return connector{next}
}

type connector struct{ driver.Connector }

// full is what the MySQL driver's connections can do.
type full interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
	driver.NamedValueChecker
}

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	made, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if known, ok := made.(full); ok {
		return &conn{full: known}, nil
	}
	return made, nil
}

type conn struct {
	full
	inTx bool
}

func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	result, err := c.full.ExecContext(ctx, query, args)
	if err == nil && !c.inTx {
		reach("after commit " + caller())
	}
	return result, err
}

func (c *conn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	made, err := c.full.BeginTx(ctx, o)
	if err != nil {
		return nil, err
	}
	c.inTx = true
	return &tx{made, c}, nil
}

type tx struct {
	driver.Tx
	conn *conn
}

func (t *tx) Commit() error {
	name := caller()
	reach("before commit " + name)
	t.conn.inTx = false
	err := t.Tx.Commit()
	if err == nil {
		reach("after commit " + name)
	}
	return err
}

func (t *tx) Rollback() error {
	t.conn.inTx = false
	return t.Tx.Rollback()
}

var closure = regexp.MustCompile(`(\.func\d+)+(\.\d+)*$`)

// caller is the function of the product on whose behalf a statement runs: «store.Settle».
func caller() string {
	const module = "github.com/qlobooks/qlobooks/"
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	for {
		frame, more := frames.Next()
		name, ours := strings.CutPrefix(frame.Function, module)
		if ours && !strings.HasPrefix(name, "internal/crash/") {
			name = closure.ReplaceAllString(name, "")
			name = name[strings.LastIndex(name, "/")+1:]
			name = strings.NewReplacer("(*Store).", "", "(*Service).", "").Replace(name)
			if name != "store.tx" && name != "store.exec" {
				return name
			}
		}
		if !more {
			return "somebody"
		}
	}
}
