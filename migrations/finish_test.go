package migrations_test

import (
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/migrations"
)

func TestMain(m *testing.M) { privatetest.Main(m) }

func schema(t *testing.T) *sql.DB {
	t.Helper()
	db, err := store.Open(privatetest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	pool, _ := db.DB()
	t.Cleanup(func() { _ = pool.Close() })
	return pool
}

// statements are those of a migration's way up.
func statements(text string) (list []string) {
	_, text, _ = strings.Cut(text, "-- +goose Up")
	text, _, _ = strings.Cut(text, "-- +goose Down")
	var now strings.Builder
	whole := false
	for _, line := range strings.Split(text, "\n") {
		switch trimmed := strings.TrimSpace(line); {
		case trimmed == "-- +goose StatementBegin":
			whole = true
		case trimmed == "-- +goose StatementEnd":
			whole = false
		case strings.HasPrefix(trimmed, "--"), trimmed == "":
			continue
		default:
			now.WriteString(line + "\n")
		}
		if end := strings.TrimSpace(now.String()); !whole && strings.HasSuffix(end, ";") {
			list = append(list, strings.TrimSuffix(end, ";"))
			now.Reset()
		}
	}
	return list
}

// TestEveryMigrationCanBeFinishedAfterDeath dies after each statement of each migration, and begins the
// migration anew every time: it must come to its end all the same. This holds for every file there is.
func TestEveryMigrationCanBeFinishedAfterDeath(t *testing.T) {
	t.Parallel()
	db := schema(t)
	files, err := fs.Glob(os.DirFS("."), "*.sql")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d migrations, %v", len(files), err)
	}
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	died := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		list := statements(string(text))
		if len(list) == 0 {
			t.Errorf("%s holds no statement", file)
		}
		for n := range list {
			for _, statement := range list[:n+1] {
				if _, err := conn.ExecContext(t.Context(), statement); err != nil {
					t.Fatalf("%s cannot be finished after its death at statement %d: %v\n%s", file, n, err, statement)
				}
			}
			died++
		}
	}
	if n, err := migrations.Up(t.Context(), db); err != nil || n != len(files) {
		t.Fatalf("%d of %d migrations ran over what stood: %v", n, len(files), err)
	}
	t.Logf("%d deaths in %d migrations", died, len(files))
}

// TestAnOlderProgramRefusesANewerSchema has a migration applied that this program does not know.
func TestAnOlderProgramRefusesANewerSchema(t *testing.T) {
	t.Parallel()
	db := schema(t)
	if _, err := migrations.Up(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	if behind, err := migrations.Pending(t.Context(), db); err != nil || behind != 0 {
		t.Fatal(behind, err)
	}
	if _, err := db.ExecContext(t.Context(), "INSERT INTO qlobooks_schema_versions (version_id, is_applied) VALUES (99999, 1)"); err != nil {
		t.Fatal(err)
	}
	if _, err := migrations.Pending(t.Context(), db); !errors.Is(err, migrations.ErrAhead) {
		t.Errorf("a newer schema is %v", err)
	}
	if _, err := migrations.Up(t.Context(), db); !errors.Is(err, migrations.ErrAhead) {
		t.Errorf("a newer schema is migrated: %v", err)
	}
}

// TestTheSessionsModeIsOurs whatever the server's is: in Oracle's, for one, nothing could be migrated.
func TestTheSessionsModeIsOurs(t *testing.T) {
	t.Parallel()
	var mode string
	if err := schema(t).QueryRowContext(t.Context(), "SELECT @@SESSION.sql_mode").Scan(&mode); err != nil || !strings.HasPrefix(mode, "STRICT_TRANS_TABLES") || strings.Contains(mode, "FULL_GROUP") {
		t.Errorf("%q, %v", mode, err)
	}
}

// TestCountsAreFinishedAfterDeath: what is counted changes between the death and the way up to the end.
func TestCountsAreFinishedAfterDeath(t *testing.T) {
	t.Parallel()
	db := schema(t)
	if _, err := migrations.Up(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("0070_counts.sql")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	run := func(list ...string) {
		t.Helper()
		for _, statement := range list {
			if _, err := conn.ExecContext(t.Context(), statement); err != nil {
				t.Fatalf("%v\n%s", err, statement)
			}
		}
	}
	list := statements(string(text))
	run("INSERT INTO qlobooks_records (section, source_id, sort_id, name, updated_at) VALUES ('orders', '1', 1, 'ONE', '2026-01-01')")
	for n, statement := range list {
		run(statement)
		if strings.HasPrefix(statement, "INSERT INTO qlobooks_counts (list, at, hotel_id") {
			run("UPDATE qlobooks_records SET status = 'synced'")
			run(list...)
			var got string
			if err := conn.QueryRowContext(t.Context(), "SELECT GROUP_CONCAT(state, ':', n) FROM qlobooks_counts").Scan(&got); err != nil || got != "synced:1" {
				t.Errorf("counted are %s, %v", got, err)
			}
			return
		}
		if n == len(list)-1 {
			t.Error("nothing counts records")
		}
	}
}
