// Package migrations keeps the schema of QloBooks' own tables, all prefixed qlobooks_.
//
// MySQL does not roll back DDL, so every statement is safe to run twice. Two processes that
// migrate at once take turns by a lock in the database.
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

//go:embed *.sql
var files embed.FS

const (
	versionTable = "qlobooks_schema_versions"
	// The schema's name is hashed, as MySQL takes lock names of 64 characters at most.
	lockName    = "CONCAT('qlobooks_migrate_', MD5(DATABASE()))"
	lockSeconds = 60
)

// Up brings the schema of db to the newest version and returns how many migrations it ran.
func Up(ctx context.Context, db *sql.DB) (int, error) {
	unlock, err := lock(ctx, db)
	if err != nil {
		return 0, err
	}
	defer unlock()
	if _, err := Pending(ctx, db); errors.Is(err, ErrAhead) {
		return 0, err
	}
	provider, err := open(db)
	if err != nil {
		return 0, err
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return len(results), fmt.Errorf("migrate: %w", err)
	}
	return len(results), nil
}

// ErrAhead says that a newer version of QloBooks has changed the schema since.
var ErrAhead = errors.New("the database schema is newer than this program: a newer version of QloBooks has migrated it; start that version, and stop this one wherever it still runs")

// Pending tells how many migrations db lacks, without changing anything. ErrAhead when it has some
// that this program does not know.
func Pending(ctx context.Context, db *sql.DB) (int, error) {
	provider, err := open(db)
	if err != nil {
		return 0, err
	}
	lacks := map[int64]bool{}
	for _, source := range provider.ListSources() {
		lacks[source.Version] = true
	}
	if exists, err := hasVersionTable(ctx, db); err != nil || !exists {
		return len(lacks), err
	}
	applied, err := versions(ctx, db)
	if err != nil {
		return 0, fmt.Errorf("read schema version: %w", err)
	}
	for _, version := range applied {
		if !lacks[version] {
			return 0, ErrAhead
		}
		delete(lacks, version)
	}
	return len(lacks), nil
}

// versions are those that were applied, once each.
func versions(ctx context.Context, db *sql.DB) (applied []int64, err error) {
	rows, err := db.QueryContext(ctx, "SELECT DISTINCT version_id FROM "+versionTable+" WHERE version_id > 0 AND is_applied = 1")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var version int64
		if err := rows.Scan(&version); err != nil {
			return nil, err
		}
		applied = append(applied, version)
	}
	return applied, rows.Err()
}

func open(db *sql.DB) (*goose.Provider, error) {
	store, err := database.NewStore(database.DialectMySQL, versionTable)
	if err != nil {
		return nil, err
	}
	return goose.NewProvider("", db, files, goose.WithStore(store), goose.WithDisableGlobalRegistry(true))
}

func hasVersionTable(ctx context.Context, db *sql.DB) (bool, error) {
	var n int
	err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?", versionTable).Scan(&n)
	return n > 0, err
}

// lock holds a named lock on a connection of its own, so that it is freed when the process dies.
func lock(ctx context.Context, db *sql.DB) (func(), error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	var got sql.NullInt64
	if err := conn.QueryRowContext(ctx, "SELECT GET_LOCK("+lockName+", ?)", lockSeconds).Scan(&got); err != nil || got.Int64 != 1 {
		_ = conn.Close()
		return nil, fmt.Errorf("another process has been migrating for %d s: %w", lockSeconds, err)
	}
	return func() {
		var freed sql.NullInt64
		_ = conn.QueryRowContext(context.WithoutCancel(ctx), "SELECT RELEASE_LOCK("+lockName+")").Scan(&freed)
		_ = conn.Close()
	}, nil
}
