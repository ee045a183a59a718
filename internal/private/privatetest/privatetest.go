// Package privatetest gives tests private servers: one of each kind per test process, started
// when first asked for, with a new schema or a flushed Redis for each test.
//
// TEST_MYSQL_DSN and TEST_REDIS_URL name servers to use instead. Nothing is skipped: a server
// that cannot be had fails the test.
package privatetest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/qlobooks/qlobooks/internal/private"
)

var database = sync.OnceValues(func() (*private.MySQL, error) {
	if dsn := os.Getenv("TEST_MYSQL_DSN"); dsn != "" {
		return private.UseMySQL(dsn)
	}
	return private.StartMySQL(context.Background(), private.Options{Log: os.Stderr})
})

// Main runs a package's tests and stops whatever servers they started. Only warnings are logged, so
// that what a failed test says is not lost among the calls of all others.
func Main(m *testing.M) {
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	code := m.Run()
	stopAll()
	os.Exit(code)
}

func stopAll() {
	mutex.Lock()
	defer mutex.Unlock()
	for _, stop := range stops {
		stop()
	}
	stops = nil
}

var (
	mutex sync.Mutex
	stops []func()
	once  sync.Once
)

// Database gives the address of a new, empty schema that is dropped when the test ends.
func Database(t testing.TB) string {
	t.Helper()
	m, err := database()
	if err != nil {
		t.Fatalf("private database: %v", err)
	}
	once.Do(func() {
		mutex.Lock()
		defer mutex.Unlock()
		stops = append(stops, m.Stop)
	})
	name := "qlobooks_test_" + random()
	dsn, err := m.Create(context.Background(), name)
	if err != nil {
		t.Fatalf("new schema: %v", err)
	}
	t.Cleanup(func() { _ = m.Drop(context.Background(), name) })
	return dsn
}

// Redis gives the address of an empty Redis server of this test's own.
func Redis(t testing.TB) string {
	t.Helper()
	url, _ := RestartedRedis(t)
	return url
}

// RestartedRedis is Redis with a way to restart it, which loses everything. A server that was not
// started here is only emptied.
func RestartedRedis(t testing.TB) (url string, restart func() error) {
	t.Helper()
	if url := os.Getenv("TEST_REDIS_URL"); url != "" {
		flush(t, url)
		return url, func() error { flush(t, url); return nil }
	}
	r, err := private.StartRedis(context.Background(), private.Options{Log: os.Stderr})
	if err != nil {
		t.Fatalf("private Redis: %v", err)
	}
	t.Cleanup(r.Stop)
	return r.URL, func() error { return r.Restart(context.Background()) }
}

// Sentinel gives a Redis server with a copy and a sentinel of this test's own, once the sentinel knows the copy.
func Sentinel(t testing.TB) *private.Sentinel {
	t.Helper()
	s, err := private.StartSentinel(context.Background(), private.Options{Log: os.Stderr})
	if err != nil {
		t.Fatalf("private Redis with a sentinel: %v", err)
	}
	t.Cleanup(s.Stop)
	client := redis.NewSentinelClient(&redis.Options{Addr: s.Address, Password: s.Password})
	defer client.Close()
	Until(t, "the sentinel knows the copy", func() bool {
		copies, err := client.Replicas(context.Background(), private.SentinelMaster).Result()
		return err == nil && len(copies) == 1 && copies[0]["flags"] == "slave" && copies[0]["master-link-status"] == "ok"
	})
	return s
}

// FreeAddress is an address of this machine at which a server of the test can listen.
func FreeAddress(t testing.TB) string {
	t.Helper()
	port, err := private.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
}

func flush(t testing.TB, url string) {
	t.Helper()
	options, err := redis.ParseURL(url)
	if err != nil {
		t.Fatalf("TEST_REDIS_URL: %v", err)
	}
	client := redis.NewClient(options)
	defer client.Close()
	if err := client.FlushDB(context.Background()).Err(); err != nil {
		t.Fatalf("flush Redis: %v", err)
	}
}

// Dump loads one of the real QloApps dumps that may lie beside the repository, and reports
// whether it is there: "1.7" or "1.6.1".
func Dump(t testing.TB, version string) (dsn string, there bool) {
	t.Helper()
	path := filepath.Join(beside(t), private.DumpPath(version))
	if _, err := os.Stat(path); err != nil {
		return "", false
	}
	dsn = Database(t)
	if err := private.LoadDump(context.Background(), dsn, path); err != nil {
		t.Fatalf("load dump: %v", err)
	}
	return dsn, true
}

func random() string {
	b := make([]byte, 6)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}
