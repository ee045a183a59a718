// Package store keeps QloBooks' own tables: records, documents, runs, mappings, events, calls.
//
// A document row is also the outbox: it is to be worked on when due_at has come and nobody
// holds its lease. Whoever finishes an attempt saves everything about it in one transaction.
// Rows stay inside this package. All instants are UTC.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"time"

	driver "github.com/go-sql-driver/mysql"
	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/qlobooks/qlobooks/internal/crash/point"
	"github.com/qlobooks/qlobooks/internal/lately"
	"github.com/qlobooks/qlobooks/internal/statement"
)

// Store reads and writes the qlobooks_ tables.
type Store struct {
	db  *gorm.DB
	now func() time.Time
	own bool // statements ask the database for the time

	intents gathered[intending]
	ends    gathered[settling]
	calls   gathered[CallLine]

	manyCounted lately.Answers[[]cell] // of what very many records are found
	unmapped    lately.Answers[map[string][]Sum]

	unfolded atomic.Int64 // rows of changed counts that this process wrote since it last added them up
}

// New wraps an open handle. now is a clock for tests; nil in production, where all times are the
// database's.
func New(db *gorm.DB, now func() time.Time) *Store {
	const most = 25
	s := &Store{db: db, now: now}
	if now == nil {
		s.now, s.own = clockOf(db), true
	}
	s.intents.most, s.intents.save = most, s.saveIntents
	s.ends.most, s.ends.save = most, s.settleAll
	s.calls.most, s.calls.save = most, s.addCalls
	return s
}

// Open connects to MySQL for our own tables. dsn is in go-sql-driver form.
func Open(dsn string) (*gorm.DB, error) {
	cfg, err := driver.ParseDSN(dsn)
	if err != nil {
		return nil, fmt.Errorf("database address: %w", err)
	}
	cfg.ParseTime = true
	cfg.Loc = time.UTC
	cfg.InterpolateParams = true
	cfg.Collation = "utf8mb4_unicode_ci"
	if cfg.Params == nil {
		cfg.Params = map[string]string{}
	}
	cfg.Params["time_zone"] = "'+00:00'"
	cfg.Params["sql_mode"] = "'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'" // whatever the server's is
	cfg.Params["group_concat_max_len"] = "1048576"                                                     // else a list of names is cut at 1024 bytes
	cfg.Params["transaction_isolation"] = "'READ-COMMITTED'"
	if cfg.Timeout == 0 {
		cfg.Timeout = 5 * time.Second
	}
	db, err := openWith(cfg)
	if err != nil && strings.Contains(err.Error(), "transaction_isolation") {
		delete(cfg.Params, "transaction_isolation") // MariaDB before 11.1 knows the older name only
		cfg.Params["tx_isolation"] = "'READ-COMMITTED'"
		db, err = openWith(cfg)
	}
	return db, err
}

func openWith(cfg *driver.Config) (*gorm.DB, error) {
	connector, err := driver.NewConnector(cfg)
	if err != nil {
		return nil, err
	}
	pool := sql.OpenDB(point.Connector(statement.Connector(connector)))
	pool.SetMaxOpenConns(20)
	pool.SetMaxIdleConns(10)
	pool.SetConnMaxLifetime(5 * time.Minute)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := pool.PingContext(ctx); err != nil {
		_ = pool.Close()
		return nil, fmt.Errorf("database does not answer: %w", err)
	}
	return gorm.Open(mysql.New(mysql.Config{Conn: pool, DisableWithReturning: true}), &gorm.Config{
		SkipDefaultTransaction: true,
		TranslateError:         true,
		Logger:                 logger.Discard,
	})
}

// SQL is the plain handle, for migrations and health checks.
func (s *Store) SQL() (*sql.DB, error) { return s.db.DB() }

// Gorm is the handle itself, for the packages that keep tables of their own.
func (s *Store) Gorm() *gorm.DB { return s.db }

// Now is the store's clock in UTC, cut to what the database keeps.
func (s *Store) Now() time.Time { return s.now().UTC().Truncate(time.Microsecond) }

// tx runs work in one transaction and repeats it when the server chose it as a deadlock's victim.
func (s *Store) tx(ctx context.Context, work func(tx *gorm.DB) error) error {
	for try := 1; ; try++ {
		err := s.db.WithContext(ctx).Transaction(work)
		if err == nil {
			s.foldSoon(ctx)
		}
		if err == nil || try == tries || !isDeadlock(err) {
			return err
		}
		yield(ctx, try)
		slog.DebugContext(ctx, "database deadlock, repeating", "try", try)
	}
}

// tries is how often work is repeated that the server undid because of a deadlock.
const tries = 8

// exec runs one statement as a transaction of its own, and repeats it likewise.
func (s *Store) exec(ctx context.Context, statement string, args ...any) *gorm.DB {
	for try := 1; ; try++ {
		res := s.db.WithContext(ctx).Exec(statement, args...)
		if res.Error == nil || try == tries || !isDeadlock(res.Error) {
			return res
		}
		yield(ctx, try)
	}
}

// yield lets the other side of a deadlock go first.
func yield(ctx context.Context, try int) {
	timer := time.NewTimer(time.Duration(rand.Int64N(int64(try) * int64(5*time.Millisecond))))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

func isDeadlock(err error) bool {
	const deadlock, lockWait, nextNumber = 1213, 1205, 1467 // the last is a deadlock over the lock on a table's next number
	var e *driver.MySQLError
	return errors.As(err, &e) && (e.Number == deadlock || e.Number == lockWait || e.Number == nextNumber)
}

// insert runs one INSERT of many rows; head ends before VALUES, tail comes behind the rows.
func insert(tx *gorm.DB, head string, rows [][]any, tail string) error {
	if len(rows) == 0 {
		return nil
	}
	row := "(?" + strings.Repeat(", ?", len(rows[0])-1) + ")"
	args := make([]any, 0, len(rows)*len(rows[0]))
	for _, r := range rows {
		args = append(args, r...)
	}
	return tx.Exec(head+" VALUES "+row+strings.Repeat(", "+row, len(rows)-1)+tail, args...).Error
}
