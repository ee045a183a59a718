package rights

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/go-sql-driver/mysql"

	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/migrations"
)

// Need is one right on one table.
type Need struct{ Right, Table string }

func (n Need) String() string { return n.Right + " on " + n.Table }

// Reading is what must be read of an installation of QloApps.
func Reading(version, prefix string) []Need {
	var list []Need
	for _, name := range qloapps.TablesOf(version) {
		list = append(list, Need{"SELECT", prefix + name})
	}
	return list
}

// Own is what is done with QloBooks' own tables.
func Own() []Need {
	list := []Need{{"SELECT", migrations.VersionTable}}
	for _, name := range migrations.Tables() {
		for _, right := range []string{"SELECT", "INSERT", "UPDATE", "DELETE"} {
			list = append(list, Need{right, name})
		}
	}
	return list
}

// Importing is what an import of payments writes to QloApps.
func Importing(prefix string) []Need {
	var list []Need
	for _, name := range slices.Sorted(maps.Keys(qloapps.WrittenTables)) {
		list = append(list, Need{qloapps.WrittenTables[name], prefix + name})
	}
	return list
}

// Lacking are those needs that the user behind db does not have. Each is tried at its table: what stands
// in a list of grants may come by a role or a pattern, and a list of tables hides what may not be seen.
// Nothing is changed: of what would write, the server only tells its plan, for which it asks the same rights.
func Lacking(ctx context.Context, db *sql.DB, needs []Need) ([]Need, error) {
	var list []Need
	for _, n := range needs {
		err := try(ctx, db, n)
		var told *mysql.MySQLError
		switch {
		case err == nil:
		case errors.As(err, &told) && denials[told.Number]:
			list = append(list, n)
		case errors.As(err, &told):
			// Of another kind, as of a table that this installation lacks: whoever needs it says so.
		default:
			return nil, err
		}
	}
	return list, nil
}

// denials are the errors of MySQL and MariaDB that say that a right is missing.
var denials = map[uint16]bool{1044: true, 1045: true, 1142: true, 1143: true, 1227: true}

func try(ctx context.Context, db *sql.DB, n Need) error {
	table := quoted(n.Table)
	statement := "SELECT 1 FROM " + table + " LIMIT 0"
	switch n.Right {
	case "INSERT":
		statement = "EXPLAIN INSERT INTO " + table + " SELECT * FROM " + table + " WHERE 1 = 0"
	case "DELETE":
		statement = "EXPLAIN DELETE FROM " + table + " WHERE 1 = 0"
	case "UPDATE":
		var column string
		err := db.QueryRowContext(ctx, "SELECT column_name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ? ORDER BY ordinal_position LIMIT 1", n.Table).Scan(&column)
		if errors.Is(err, sql.ErrNoRows) { // it may not be seen, or is not there
			var told *mysql.MySQLError
			if err := try(ctx, db, Need{"SELECT", n.Table}); errors.As(err, &told) && !denials[told.Number] {
				return err
			}
			return &mysql.MySQLError{Number: 1142, Message: "nothing of the table may be seen"}
		}
		if err != nil {
			return err
		}
		statement = fmt.Sprintf("EXPLAIN UPDATE %s SET %[2]s = %[2]s WHERE 1 = 0", table, quoted(column))
	}
	rows, err := db.QueryContext(ctx, statement)
	if err != nil {
		return err
	}
	_ = rows.Close()
	return rows.Err()
}
