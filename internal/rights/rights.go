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
)

// versionTable is only read at run time; migrations are run by a stronger user.
const versionTable = "qlobooks_schema_versions"

// Statements are the grants for a user, over the tables that the schema has now. With imports they
// let payments be brought to QloApps.
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
	grant := func(what, table string) {
		list = append(list, fmt.Sprintf("GRANT %s ON %s.%s TO %s;", what, quoted(schema), quoted(table), account))
	}
	for _, name := range qloapps.Tables {
		if slices.Contains(there, prefix+name) {
			grant("SELECT", prefix+name)
		}
	}
	for _, name := range there {
		switch {
		case name == versionTable:
			grant("SELECT", name)
		case strings.HasPrefix(name, "qlobooks_"):
			grant("SELECT, INSERT, UPDATE, DELETE", name)
		}
	}
	if imports {
		for _, name := range slices.Sorted(maps.Keys(qloapps.WrittenTables)) {
			grant(qloapps.WrittenTables[name], prefix+name)
		}
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
