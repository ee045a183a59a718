package statement_test

import (
	"context"
	"database/sql"
	"sync"
	"testing"

	driver "github.com/go-sql-driver/mysql"

	"github.com/qlobooks/qlobooks/internal/await"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/statement"
	"github.com/qlobooks/qlobooks/internal/store"
)

func TestMain(m *testing.M) { privatetest.Main(m) }

// TestAStatementEndsWithItsCaller on every connection that we open: it would take days, and of a closed
// connection the server learns nothing before it has the answer.
func TestAStatementEndsWithItsCaller(t *testing.T) {
	t.Parallel()
	dsn := privatetest.Database(t)
	ours, err := store.Open(dsn)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := qloapps.Connect(dsn)
	if err != nil {
		t.Fatal(err)
	}
	mine, _ := ours.DB()
	read, _ := theirs.DB()
	defer mine.Close()
	defer read.Close()
	endsWithItsCaller(t, dsn, map[string]*sql.DB{"ours": mine, "QloApps'": read}, func(ctx context.Context) context.Context { return ctx })
}

func endsWithItsCaller(t *testing.T, dsn string, pools map[string]*sql.DB, as func(context.Context) context.Context) {
	t.Helper()
	other, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	const days = "SELECT BENCHMARK(1000000000000, MD5('x'))"
	const working = " FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE 'SELECT BENCHMARK(%'"
	t.Cleanup(func() { // when it failed
		var left sql.NullString
		if err := other.QueryRow("SELECT MAX(id)" + working).Scan(&left); err == nil && left.Valid {
			_, _ = other.Exec("KILL " + left.String)
		}
		_ = other.Close()
	})
	for name, pool := range pools {
		running := func(want bool) {
			t.Helper()
			if err := (await.Bounds{}).For(t.Context(), func() (bool, error) {
				var n int
				err := other.QueryRowContext(t.Context(), "SELECT COUNT(*)"+working).Scan(&n)
				return n > 0 == want, err
			}); err != nil {
				t.Fatalf("%s: its statement runs, want %t: %v", name, want, err)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		var wait sync.WaitGroup
		wait.Go(func() {
			if _, err := pool.ExecContext(as(ctx), days); err == nil {
				t.Errorf("%s: a statement that was given up ended well", name)
			}
		})
		running(true)
		cancel()
		running(false)
		wait.Wait()
		var one int // the pool has others
		if err := pool.QueryRowContext(t.Context(), "SELECT 1").Scan(&one); err != nil || one != 1 {
			t.Errorf("%s afterwards: %v", name, err)
		}
	}
}

// untold ends as any context does, but those that wait for its end by a function are not called in time.
type untold struct{ context.Context }

func (untold) Value(any) any { return nil }

func (untold) AfterFunc(func()) (stop func() bool) { return func() bool { return true } }

// TestAStatementEndsThoughTheDriverNoticedFirst that its caller has gone: it gives up at once, and then
// nobody was left to tell the server.
func TestAStatementEndsThoughTheDriverNoticedFirst(t *testing.T) {
	t.Parallel()
	dsn := privatetest.Database(t)
	ours, err := store.Open(dsn)
	if err != nil {
		t.Fatal(err)
	}
	mine, _ := ours.DB()
	defer mine.Close()
	endsWithItsCaller(t, dsn, map[string]*sql.DB{"ours": mine}, func(ctx context.Context) context.Context { return untold{ctx} })
}

// TestATransactionThatIsGivenUpIsUndone also when its statement could just be done.
func TestATransactionThatIsGivenUpIsUndone(t *testing.T) {
	t.Parallel()
	dsn := privatetest.Database(t)
	config, err := driver.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	next, err := driver.NewConnector(config)
	if err != nil {
		t.Fatal(err)
	}
	pool := sql.OpenDB(statement.Connector(next))
	defer pool.Close()
	if _, err := pool.ExecContext(t.Context(), "CREATE TABLE one (n INT) ENGINE=InnoDB"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO one VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := tx.Commit(); err == nil {
		t.Error("committed")
	}
	var n int
	if err := pool.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM one").Scan(&n); err != nil || n != 0 {
		t.Errorf("%d rows, %v", n, err)
	}
}
