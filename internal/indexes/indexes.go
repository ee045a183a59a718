// Package indexes adds the optional indexes that make reading QloApps quicker, and removes them.
//
// QloApps' tables belong to QloApps, so nothing here happens by itself: a person sees the
// statements first. Names begin with qlobooks_, and only such indexes are ever removed.
package indexes

import (
	"context"
	"database/sql"
	"fmt"
	"sort"
	"strings"
)

const mark = "qlobooks_"

// wanted are the columns by which changes are found and documents of orders are read, and that
// no version of QloApps has indexed. A table or column that a version lacks is left out.
var wanted = map[string][]string{
	"address":                      {"date_upd"},
	"customer":                     {"date_upd"},
	"htl_booking_demands":          {"id_htl_booking"},
	"htl_booking_detail":           {"id_order", "date_upd"},
	"order_payment":                {"date_add"},
	"order_payment_detail":         {"id_order", "id_order_payment"},
	"order_return":                 {"date_upd"},
	"order_return_detail":          {"id_order_return"},
	"order_slip":                   {"date_upd", "id_cart_rule"},
	"orders":                       {"date_upd"},
	"service_product_order_detail": {"id_order", "date_upd"},
	"htl_room_type_service_product_order_detail": {"id_order", "date_upd"},
}

// Change is one statement to run.
type Change struct {
	Table, Index, Statement string
	Rows                    int64 // about so many does the table have
	Blocks                  bool  // nobody can write to the table meanwhile
}

// Missing gives the statements that add what is missing: columns that begin no index of their own.
func Missing(ctx context.Context, db *sql.DB, prefix string) ([]Change, error) {
	s, err := look(ctx, db, prefix)
	if err != nil {
		return nil, err
	}
	var list []Change
	for table, columns := range wanted {
		for _, column := range columns {
			name := prefix + table
			if !s.columns[name+"."+column] || s.indexed[name+"."+column] {
				continue
			}
			c := Change{Table: name, Index: mark + column, Rows: s.tables[name].rows, Blocks: !s.tables[name].innoDB}
			c.Statement = fmt.Sprintf("ALTER TABLE `%s` ADD INDEX `%s` (`%s`)", name, c.Index, column)
			if !c.Blocks {
				c.Statement += ", ALGORITHM=INPLACE, LOCK=NONE"
			}
			list = append(list, c)
		}
	}
	return sorted(list), nil
}

// Ours gives the statements that remove every index that was added here.
func Ours(ctx context.Context, db *sql.DB, prefix string) ([]Change, error) {
	s, err := look(ctx, db, prefix)
	if err != nil {
		return nil, err
	}
	var list []Change
	for _, i := range s.ours {
		list = append(list, Change{Table: i.table, Index: i.name, Rows: s.tables[i.table].rows, Blocks: !s.tables[i.table].innoDB,
			Statement: fmt.Sprintf("ALTER TABLE `%s` DROP INDEX `%s`", i.table, i.name)})
	}
	return sorted(list), nil
}

func sorted(list []Change) []Change {
	sort.Slice(list, func(i, k int) bool { return list[i].Statement < list[k].Statement })
	return list
}

// Apply runs the statements one after the other and calls done after each. It gives up on a
// table that somebody holds for ten seconds, so that QloApps never queues behind it for long.
func Apply(ctx context.Context, db *sql.DB, list []Change, done func(Change)) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	// QloApps' tables have zero dates as defaults, which a strict session would refuse to keep.
	for _, setting := range []string{"SET SESSION sql_mode = ''", "SET SESSION lock_wait_timeout = 10"} {
		if _, err := conn.ExecContext(ctx, setting); err != nil {
			return err
		}
	}
	for _, c := range list {
		if _, err := conn.ExecContext(ctx, c.Statement); err != nil {
			return fmt.Errorf("%s: %w", c.Statement, err)
		}
		done(c)
	}
	return nil
}

type tableState struct {
	innoDB bool
	rows   int64
}

type state struct {
	tables           map[string]tableState
	columns, indexed map[string]bool // table.column
	ours             []struct{ table, name string }
}

// look reads what the wanted tables are like.
func look(ctx context.Context, db *sql.DB, prefix string) (state, error) {
	s := state{tables: map[string]tableState{}, columns: map[string]bool{}, indexed: map[string]bool{}}
	marks, names := make([]string, 0, len(wanted)), make([]any, 0, len(wanted))
	for table := range wanted {
		marks, names = append(marks, "?"), append(names, prefix+table)
	}
	among := " WHERE table_schema = DATABASE() AND table_name IN (" + strings.Join(marks, ", ") + ")"
	err := each(ctx, db, "SELECT table_name, COALESCE(engine, ''), COALESCE(table_rows, 0) FROM information_schema.tables"+among, names, func(rows *sql.Rows) error {
		var table, engine string
		var n int64
		err := rows.Scan(&table, &engine, &n)
		s.tables[table] = tableState{strings.EqualFold(engine, "InnoDB"), n}
		return err
	})
	if err != nil {
		return s, err
	}
	err = each(ctx, db, "SELECT table_name, column_name FROM information_schema.columns"+among, names, func(rows *sql.Rows) error {
		var table, column string
		err := rows.Scan(&table, &column)
		s.columns[table+"."+column] = true
		return err
	})
	if err != nil {
		return s, err
	}
	err = each(ctx, db, "SELECT table_name, column_name, index_name FROM information_schema.statistics"+among+" AND seq_in_index = 1", names, func(rows *sql.Rows) error {
		var table, column, index string
		err := rows.Scan(&table, &column, &index)
		s.indexed[table+"."+column] = true
		if strings.HasPrefix(index, mark) {
			s.ours = append(s.ours, struct{ table, name string }{table, index})
		}
		return err
	})
	return s, err
}

func each(ctx context.Context, db *sql.DB, query string, args []any, take func(*sql.Rows) error) error {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("read the schema: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := take(rows); err != nil {
			return fmt.Errorf("read the schema: %w", err)
		}
	}
	return rows.Err()
}
