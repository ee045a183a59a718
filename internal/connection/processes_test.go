package connection_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/qlobooks/qlobooks/internal/connection"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/limit"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
	"github.com/qlobooks/qlobooks/internal/secret"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// child is what another process of the product is told in its environment.
type child struct {
	DSN, Redis, Origin, Key string
	Calls                   int
	Later                   time.Duration // what its clock is ahead
}

const childVariable = "QLOBOOKS_TEST_CONNECTION"

// TestMain runs the tests, or in a process that they start the calls of one.
func TestMain(m *testing.M) {
	told := os.Getenv(childVariable)
	if told == "" {
		privatetest.Main(m)
		return
	}
	if err := callAsTold(told); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// callAsTold makes calls all at once as soon as a line comes in, and prints how each ended.
func callAsTold(told string) error {
	var c child
	if err := json.Unmarshal([]byte(told), &c); err != nil {
		return err
	}
	db, err := store.Open(c.DSN)
	if err != nil {
		return err
	}
	ring, err := secret.NewRing(secret.String(c.Key))
	if err != nil {
		return err
	}
	client := redis.NewClient(&redis.Options{Addr: c.Redis})
	defer client.Close()
	limiter := limit.New(client, "processes", limit.Options{Rates: limit.Rates{PerMinute: 1000, Concurrency: 100}})
	s := &connection.Service{DB: db, Ring: ring, Now: func() time.Time { return time.Now().Add(c.Later) }, PublicURL: "http://books.test", AllowedOrigins: []string{c.Origin},
		HTTP: zoho.NewHTTPClient(), Limiter: func(string) *limit.Limiter { return limiter }}
	fmt.Println("ready")
	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
		return err
	}
	ended := make([]string, c.Calls)
	var group sync.WaitGroup
	for i := range ended {
		group.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			z, err := s.Client(ctx)
			if err == nil {
				_, err = z.Do(ctx, zoho.Request{Method: http.MethodGet, Path: "/organizations"})
			}
			ended[i] = "ok"
			if err != nil {
				ended[i] = fault.Of(err).Code
			}
		})
	}
	group.Wait()
	fmt.Println(strings.Join(ended, " "))
	return nil
}

// together lets two processes call at the same moment, and gives how the calls ended.
func (d *desk) together(t *testing.T, later time.Duration, calls int) (ended []string) {
	t.Helper()
	told, _ := json.Marshal(child{DSN: d.dsn, Redis: d.redis.Options().Addr, Origin: d.origin, Key: d.key.Reveal(), Calls: calls, Later: later})
	type process struct {
		cmd *exec.Cmd
		in  io.WriteCloser
		out *bufio.Reader
	}
	var both []process
	for range 2 {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), childVariable+"="+string(told))
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		p := process{cmd, in, bufio.NewReader(out)}
		if line, err := p.out.ReadString('\n'); strings.TrimSpace(line) != "ready" {
			t.Fatalf("a process said %q, %v", line, err)
		}
		both = append(both, p)
	}
	for _, p := range both {
		_, _ = p.in.Write([]byte("go\n"))
	}
	for _, p := range both {
		line, err := p.out.ReadString('\n')
		if err := p.cmd.Wait(); err != nil {
			t.Fatalf("a process ended with %v, saying %q", err, line)
		}
		if err != nil {
			t.Fatal(err)
		}
		ended = append(ended, strings.Fields(line)...)
	}
	return ended
}

func all(ended []string, one string) bool {
	for _, e := range ended {
		if e != one {
			return false
		}
	}
	return len(ended) > 0
}

// TestTwoProcessesRenewOnceForAllTheirCalls lets two operating-system processes find the same token
// ended: by the clock, and earlier than it says.
func TestTwoProcessesRenewOnceForAllTheirCalls(t *testing.T) {
	d := newDesk(t)
	s := d.connect(t)
	before := d.renewals.Load()
	if ended := d.together(t, 2*time.Hour, 20); !all(ended, "ok") {
		t.Errorf("with a token that has ended: %v", ended)
	}
	if n := d.renewals.Load() - before; n != 1 {
		t.Errorf("%d renewals of a token that has ended", n)
	}

	if _, err := s.Refresh(t.Context(), "test"); err != nil {
		t.Fatal(err)
	}
	if err := d.books.SetFaults(books.Rule{Fault: books.FaultTokenExpired, Call: 1}); err != nil {
		t.Fatal(err)
	}
	before = d.renewals.Load()
	if ended := d.together(t, 0, 20); !all(ended, "ok") {
		t.Errorf("with a token that is refused: %v", ended)
	}
	if n := d.renewals.Load() - before; n != 1 {
		t.Errorf("%d renewals of a token that is refused", n)
	}
}

// TestAnErrorWithStatus200IsNoToken holds every answer without a token to its meaning, in two
// processes at once; none of them loses what is stored.
func TestAnErrorWithStatus200IsNoToken(t *testing.T) {
	d := newDesk(t)
	s := d.connect(t)
	later(s, 0)
	for body, want := range map[string]string{`{"error":"Access Denied"}`: "token_pause", `{"access_token":""}`: "zoho_unavailable", `<html>`: "zoho_unavailable", `{}`: "zoho_unavailable"} {
		if err := s.DB.Exec("UPDATE qlobooks_connection SET access_expires_at = ?, refused_until = NULL, no_answer_until = NULL", time.Now().UTC().Add(-time.Minute)).Error; err != nil {
			t.Fatal(err)
		}
		d.tokenAPI.Store(body)
		if ended := d.together(t, 0, 5); !all(ended, want) {
			t.Errorf("%s: %v, want %s", body, ended, want)
		}
		if got, _ := s.Get(t.Context()); got.Status != "expired" {
			t.Errorf("%s: shown as %s", body, got.Status)
		}
		var empty int
		if err := s.DB.Raw("SELECT COUNT(*) FROM qlobooks_connection WHERE access_token IS NULL OR access_token = '' OR refresh_token IS NULL OR refresh_token = ''").Scan(&empty).Error; err != nil || empty > 0 {
			t.Errorf("%s: the stored tokens are gone (%v)", body, err)
		}
	}
	d.tokenAPI.Store("")
	if err := s.DB.Exec("UPDATE qlobooks_connection SET refused_until = NULL, no_answer_until = NULL").Error; err != nil {
		t.Fatal(err)
	}
	if ended := d.together(t, 0, 5); !all(ended, "ok") {
		t.Errorf("when Zoho answers again: %v", ended)
	}
	d.tokenAPI.Store(`{"error":"invalid_code"}`)
	if ended := d.together(t, 2*time.Hour, 5); !all(ended, "grant_revoked") {
		t.Errorf("without a grant: %v", ended)
	}
}
