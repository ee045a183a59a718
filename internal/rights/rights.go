// Package rights states the least that the database user of QloBooks must be allowed: to read the
// tables of QloApps that are read, to write its own, and, for whoever imports payments, four more.
package rights

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/migrations"
)

// Statements are what a stronger user runs so that an account has the least rights over the tables that
// the schema has now. What an import of payments writes to QloApps is a comment unless imports is set.
// MySQL and MariaDB take all of it alike.
func Statements(ctx context.Context, db *sql.DB, prefix, account string, imports bool) ([]string, error) {
	var schema string
	if err := db.QueryRowContext(ctx, "SELECT DATABASE()").Scan(&schema); err != nil {
		return nil, err
	}
	there, err := tables(ctx, db)
	if err != nil {
		return nil, err
	}
	var list []string
	grant := func(before, what, table string) {
		list = append(list, fmt.Sprintf("%sGRANT %s ON %s.%s TO %s;", before, what, quoted(schema), quoted(table), account))
	}
	list = append(list, "-- For MySQL and MariaDB alike. What is read of QloApps:")
	for _, name := range qloapps.Tables {
		if slices.Contains(there, prefix+name) {
			grant("", "SELECT", prefix+name)
		}
	}
	list = append(list, "-- QloBooks' own tables:")
	ours := 0
	for _, name := range there {
		switch {
		case name == migrations.VersionTable:
			grant("", "SELECT", name)
		case strings.HasPrefix(name, "qlobooks_"):
			grant("", "SELECT, INSERT, UPDATE, DELETE", name)
			ours++
		}
	}
	if ours == 0 {
		list = append(list, "-- There are none yet: run «api migrate» first, and this again.")
	}
	before := ""
	if !imports {
		before = "-- "
	}
	list = append(list, "-- Only to bring payments from Zoho Books to QloApps:")
	for _, name := range slices.Sorted(maps.Keys(qloapps.WrittenTables)) {
		grant(before, qloapps.WrittenTables[name], prefix+name)
	}
	return list, nil
}

// Account names a user at a host as MySQL and MariaDB take it.
func Account(user, host string) string {
	text := func(s string) string {
		return "'" + strings.NewReplacer(`\`, `\\`, "'", "''").Replace(s) + "'"
	}
	return text(user) + "@" + text(host)
}

func quoted(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

func tables(ctx context.Context, db *sql.DB) ([]string, error) {
	rows, err := db.QueryContext(ctx, "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		list = append(list, name)
	}
	return list, rows.Err()
}
