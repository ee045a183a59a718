package storetest_test

import (
	"database/sql"
	"maps"
	"testing"

	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/store/storetest"
	"github.com/qlobooks/qlobooks/migrations"
)

func TestMain(m *testing.M) { privatetest.Main(m) }

// TestWhatIsLaidIsWhatMigrationsMake in every table, and nothing is left to migrate.
func TestWhatIsLaidIsWhatMigrationsMake(t *testing.T) {
	t.Parallel()
	open := func() *sql.DB {
		db, err := sql.Open("mysql", privatetest.Database(t))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		return db
	}
	migrated := open()
	if _, err := migrations.Up(t.Context(), migrated); err != nil {
		t.Fatal(err)
	}
	pool, err := storetest.New(t).DB()
	if err != nil {
		t.Fatal(err)
	}
	want, got := all(t, migrated), all(t, pool)
	if len(want) < 30 || !maps.Equal(want, got) {
		t.Errorf("%d tables and %d", len(want), len(got))
		for name := range want {
			if got[name] != want[name] {
				t.Errorf("%s is\n%s\nwant\n%s", name, got[name], want[name])
			}
		}
	}
	if n, err := migrations.Up(t.Context(), pool); err != nil || n != 0 {
		t.Errorf("%d migrations were left, %v", n, err)
	}
}

// all gives how each table is made, and the sum of its rows.
func all(t *testing.T, db *sql.DB) map[string]string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SHOW TABLES")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	made := map[string]string{}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		made[name] = ""
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for name := range made {
		var statement string
		var sum sql.NullString
		if err := db.QueryRowContext(t.Context(), "SHOW CREATE TABLE `"+name+"`").Scan(&name, &statement); err != nil {
			t.Fatal(err)
		}
		if name != "qlobooks_schema_versions" { // it holds the time
			if err := db.QueryRowContext(t.Context(), "CHECKSUM TABLE `"+name+"`").Scan(new(string), &sum); err != nil {
				t.Fatal(err)
			}
		}
		made[name] = statement + " " + sum.String
	}
	return made
}
