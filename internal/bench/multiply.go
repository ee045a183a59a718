package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/internal/sample"
)

// A large hotel is made of a small one inside the database: each row of a block of orders is copied with
// its ids moved, further and further into the past.

const (
	blockFirst = 1000 // ids of the block's orders begin here
	block      = 1000 // and so many there are
	years      = 10   // over which all orders lie
)

// moved says how the columns of each table change from copy to copy: n is its number, from 1 on.
func moved(table string, copies int) map[string]string {
	minutes := years * 365 * 24 * 60 / max(copies, 1)
	by := func(column string, times int) string { return fmt.Sprintf("x.%s + n.n * %d", column, block*times) }
	past := func(column string) string { return fmt.Sprintf("x.%s - INTERVAL n.n * %d MINUTE", column, minutes) }
	reference := func(column string) string {
		return fmt.Sprintf("CONCAT('M', LPAD(SUBSTRING(x.%s, 2) + n.n * %d, 8, '0'))", column, block)
	}
	zeroOr := func(column string) string {
		return fmt.Sprintf("IF(x.%s > 0, x.%s + n.n * %d, x.%s)", column, column, block, column)
	}
	return map[string]map[string]string{
		"orders":                {"id_order": by("id_order", 1), "reference": reference("reference"), "id_customer": by("id_customer", 1), "id_address_invoice": by("id_address_invoice", 1), "date_add": past("date_add"), "date_upd": past("date_upd")},
		"order_detail":          {"id_order_detail": by("id_order_detail", 1), "id_order": by("id_order", 1), "id_order_invoice": zeroOr("id_order_invoice")},
		"order_detail_tax":      {"id_order_detail": by("id_order_detail", 1)},
		"order_history":         {"id_order_history": by("id_order_history", 1), "id_order": by("id_order", 1), "date_add": past("date_add")},
		"order_invoice":         {"id_order_invoice": by("id_order_invoice", 1), "id_order": by("id_order", 1), "number": zeroOr("number"), "date_add": past("date_add")},
		"order_payment":         {"id_order_payment": by("id_order_payment", 1), "order_reference": reference("order_reference"), "date_add": past("date_add")},
		"order_payment_detail":  {"id_order_payment_detail": by("id_order_payment_detail", 10), "id_order_payment": by("id_order_payment", 1), "id_order": by("id_order", 1), "date_add": past("date_add")},
		"order_invoice_payment": {"id_order_invoice": by("id_order_invoice", 1), "id_order_payment": by("id_order_payment", 1), "id_order_payment_detail": by("id_order_payment_detail", 10), "id_order": by("id_order", 1)},
		"htl_booking_detail":    {"id": by("id", 1), "id_order": by("id_order", 1), "id_order_detail": by("id_order_detail", 1), "id_customer": by("id_customer", 1), "date_from": past("date_from"), "date_to": past("date_to"), "date_add": past("date_add"), "date_upd": past("date_upd")},
		"customer":              {"id_customer": by("id_customer", 1), "email": "CONCAT('c', x.id_customer + n.n * 1000, '@bench.example')", "date_add": past("date_add"), "date_upd": past("date_upd")},
		"address":               {"id_address": by("id_address", 1), "id_customer": by("id_customer", 1), "date_add": past("date_add"), "date_upd": past("date_upd")},
	}[table]
}

// whose is the condition that takes the block's rows alone.
var whose = map[string]string{
	"orders": "x.id_order >= 1000", "order_detail": "x.id_order >= 1000", "order_detail_tax": "x.id_order_detail > 1000", "order_history": "x.id_order >= 1000", "order_invoice": "x.id_order >= 1000", "order_payment": "x.id_order_payment >= 1000",
	"order_payment_detail": "x.id_order >= 1000", "order_invoice_payment": "x.id_order >= 1000", "htl_booking_detail": "x.id_order >= 1000", "customer": "x.id_customer >= 1000", "address": "x.id_address >= 1100",
}

// multiply makes a hotel of about so many orders.
func multiply(ctx context.Context, db *sql.DB, prefix string, orders int) error {
	if _, err := sample.AddPaid(ctx, db, prefix, time.Now(), sample.Crowd{First: blockFirst, Orders: block, Guests: block / 2}); err != nil {
		return err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	copies := orders/block - 1
	for _, statement := range []string{"SET SESSION sql_mode = ''", "CREATE TEMPORARY TABLE bench_n (n INT PRIMARY KEY)"} {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	for n := 1; n <= copies; n++ {
		if _, err := conn.ExecContext(ctx, "INSERT INTO bench_n VALUES (?)", n); err != nil {
			return err
		}
	}
	// Rows of one table may have ids that meet the copies' own; order_history has its own counter.
	if _, err := conn.ExecContext(ctx, "UPDATE "+prefix+"order_history SET id_order_history = id_order + 100000000 WHERE id_order >= 1000"); err != nil {
		return err
	}
	for table, where := range whose {
		columns, err := columnsOf(ctx, conn, prefix+table)
		if err != nil {
			return err
		}
		changes := moved(table, copies)
		values := make([]string, len(columns))
		for i, c := range columns {
			values[i] = "x." + c
			if to := changes[c]; to != "" {
				values[i] = to
			}
		}
		if _, err := conn.ExecContext(ctx, "INSERT INTO "+prefix+table+" ("+strings.Join(columns, ", ")+") SELECT "+strings.Join(values, ", ")+" FROM "+prefix+table+" x JOIN bench_n n WHERE "+where); err != nil {
			return fmt.Errorf("multiply %s: %w", table, err)
		}
		if _, err := conn.ExecContext(ctx, "ANALYZE TABLE "+prefix+table); err != nil {
			return err
		}
	}
	return nil
}

func columnsOf(ctx context.Context, conn *sql.Conn, table string) (list []string, err error) {
	rows, err := conn.QueryContext(ctx, "SELECT column_name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ? ORDER BY ordinal_position", table)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		list = append(list, name)
	}
	return list, rows.Err()
}
