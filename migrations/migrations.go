// Package migrations keeps the schema of QloBooks' own tables, all prefixed qlobooks_.
//
// MySQL does not roll back DDL, so every statement is safe to run twice. Two processes that
// migrate at once take turns by a lock in the database.
package migrations

import (
	"context"
	"database/sql"
	"embed"
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

// Pending tells how many migrations db lacks, without changing anything.
func Pending(ctx context.Context, db *sql.DB) (int, error) {
	provider, err := open(db)
	if err != nil {
		return 0, err
	}
	newest := provider.ListSources()
	var applied sql.NullInt64
	if exists, err := hasVersionTable(ctx, db); err != nil {
		return 0, err
	} else if exists {
		row := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+versionTable+" WHERE version_id > 0 AND is_applied = 1")
		if err := row.Scan(&applied); err != nil {
			return 0, fmt.Errorf("read schema version: %w", err)
		}
	}
	return len(newest) - int(applied.Int64), nil
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
