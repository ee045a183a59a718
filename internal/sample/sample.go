// Package sample is QloBooks' own sample hotel: invented rows in the tables that QloBooks reads of
// QloApps 1.7 or, older, 1.6. The demo shows it, and tests use it where no real installation is at hand.
//
// Orders are built as QloApps builds them: amounts of rooms and services first, totals as their
// sum (never the other way round), rounded as QloApps rounds.
package sample

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"strings"
	"time"
)

//go:embed schema.sql
var schema string

//go:embed older.sql
var older string

//go:embed masters.sql
var masters string

//go:embed employees.sql
var people string

// Load fills an empty schema as QloApps 1.7 does. Dates lie in the weeks before now.
func Load(ctx context.Context, db *sql.DB, prefix string, now time.Time) error {
	return load(ctx, db, prefix, now, false)
}

// LoadOlder is Load for QloApps 1.6: the same hotel and orders in the older tables, its services
// rounded to cents.
func LoadOlder(ctx context.Context, db *sql.DB, prefix string, now time.Time) error {
	return load(ctx, db, prefix, now, true)
}

func load(ctx context.Context, db *sql.DB, prefix string, now time.Time, before bool) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "SET SESSION sql_mode = ''"); err != nil { // as QloApps connects
		return err
	}
	fill := strings.NewReplacer("{p}", prefix, "{now}", now.Format(time.DateTime))
	scripts := []string{schema, masters, people}
	if before {
		scripts = []string{schema, older, masters, people, "DELETE FROM {p}configuration WHERE name = 'QLO_VERSION_DB'"}
	}
	for _, script := range scripts {
		for _, statement := range strings.Split(fill.Replace(script), ";\n") {
			if strings.TrimSpace(statement) == "" {
				continue
			}
			if _, err := conn.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("sample hotel: %.60s: %w", strings.TrimSpace(statement), err)
			}
		}
	}
	w := &writer{ctx: ctx, conn: conn, prefix: prefix, now: now, older: before, first: map[int]place{}}
	for _, e := range Employees {
		w.employee(e)
	}
	for _, g := range guests {
		w.guest(g)
	}
	for _, o := range orders {
		w.order(o)
	}
	for _, p := range payments {
		w.payment(p)
	}
	for _, s := range slips {
		w.slip(s)
	}
	for _, r := range returns {
		w.ret(r)
	}
	return w.err
}

// Case is what must become of one row of the sample.
type Case struct {
	Flow, ID string
	Name     string // the case, in words
	Status   string // synced, held; blank total = nothing at Zoho
	Code     string
	Total    string
	Currency string
	Notice   string
	Refunded string // money given back from it, or, of cash back, from other payments in its name
	Open     string // what an invoice, payment or credit note still has, where the case is about that
}

// Key names the row as documents do.
func (c Case) Key() string { return c.Flow + ":" + c.ID }
