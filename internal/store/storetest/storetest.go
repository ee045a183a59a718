// Package storetest gives tests our tables as a worker finds them.
package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	driver "github.com/go-sql-driver/mysql"
	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/migrations"
)

// New gives a schema of the test's own that holds our tables and nothing else.
func New(t testing.TB) *gorm.DB {
	t.Helper()
	return Open(t, privatetest.Database(t))
}

// Open makes our tables in the schema of dsn, where they are missing, and closes it when the test ends.
func Open(t testing.TB, dsn string) *gorm.DB {
	t.Helper()
	Lay(t, dsn)
	db, err := store.Open(dsn)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := db.DB()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	return db
}

// Lay makes our tables in the schema of dsn, when it has none of them. They are migrated once in a process,
// and copied as they then stand: to alter them step by step in each schema takes five times as long.
func Lay(t testing.TB, dsn string) {
	t.Helper()
	ctx := context.Background()
	db, err := many(dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ours, err := tables(ctx, db)
	if err != nil {
		t.Fatal(err)
	}
	if len(ours) > 0 {
		return
	}
	made, err := pattern(t)
	if err != nil {
		t.Fatalf("migrate: %v", err)
	}
	if err := made.lay(ctx, db); err != nil {
		t.Fatalf("lay our tables: %v", err)
	}
}

// laid are our tables as migrations leave them: how they are made, and the rows that they hold then.
type laid struct {
	script string
	rows   []filled
}

type filled struct {
	statement string
	values    []any
}

var once struct {
	sync.Mutex
	made *laid
}

// pattern migrates a schema of the first test that asks.
func pattern(t testing.TB) (*laid, error) {
	once.Lock()
	defer once.Unlock()
	if once.made != nil {
		return once.made, nil
	}
	db, err := many(privatetest.Database(t))
	if err != nil {
		return nil, err
	}
	defer db.Close()
	ctx := context.Background()
	if _, err := migrations.Up(ctx, db); err != nil {
		return nil, err
	}
	made, err := read(ctx, db)
	if err == nil {
		once.made = made
	}
	return made, err
}

func read(ctx context.Context, db *sql.DB) (*laid, error) {
	names, err := tables(ctx, db)
	if err != nil {
		return nil, err
	}
	var made laid
	var script strings.Builder
	for _, name := range names {
		var statement string
		if err := db.QueryRowContext(ctx, "SHOW CREATE TABLE `"+name+"`").Scan(&name, &statement); err != nil {
			return nil, err
		}
		script.WriteString(statement + ";\n")
		f, err := fill(ctx, db, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if len(f.values) > 0 {
			made.rows = append(made.rows, f)
		}
	}
	made.script = script.String()
	return &made, nil
}

// fill reads what a table holds into one statement that writes it.
func fill(ctx context.Context, db *sql.DB, table string) (f filled, err error) {
	rows, err := db.QueryContext(ctx, "SELECT * FROM `"+table+"`")
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns, err := rows.Columns()
	if err != nil {
		return f, err
	}
	row := "(" + strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ") + ")"
	var all []string
	for rows.Next() {
		values, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return f, err
		}
		for _, value := range values {
			f.values = append(f.values, value)
		}
		all = append(all, row)
	}
	f.statement = "INSERT INTO `" + table + "` (`" + strings.Join(columns, "`, `") + "`) VALUES " + strings.Join(all, ", ")
	return f, rows.Err()
}

func (l *laid) lay(ctx context.Context, db *sql.DB) error {
	if _, err := db.ExecContext(ctx, l.script); err != nil {
		return err
	}
	for _, f := range l.rows {
		if _, err := db.ExecContext(ctx, f.statement, f.values...); err != nil {
			return err
		}
	}
	return nil
}

func tables(ctx context.Context, db *sql.DB) (names []string, err error) {
	rows, err := db.QueryContext(ctx, `SHOW TABLES LIKE 'qlobooks\_%'`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// many opens a schema in such a way that one call carries out a whole script.
func many(dsn string) (*sql.DB, error) {
	config, err := driver.ParseDSN(dsn)
	if err != nil {
		return nil, err
	}
	config.MultiStatements = true
	connector, err := driver.NewConnector(config)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}
