// Package sample is QloBooks' own sample hotel: invented rows in the tables that QloBooks reads of
// QloApps 1.7. The demo shows it, and tests use it where no real installation is at hand.
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

//go:embed masters.sql
var masters string

//go:embed employees.sql
var people string

// Load fills an empty schema. Dates lie in the weeks before now.
func Load(ctx context.Context, db *sql.DB, prefix string, now time.Time) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "SET SESSION sql_mode = ''"); err != nil { // as QloApps connects
		return err
	}
	fill := strings.NewReplacer("{p}", prefix, "{now}", now.Format(time.DateTime))
	for _, script := range []string{schema, masters, people} {
		for _, statement := range strings.Split(fill.Replace(script), ";\n") {
			if strings.TrimSpace(statement) == "" {
				continue
			}
			if _, err := conn.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("sample hotel: %.60s: %w", strings.TrimSpace(statement), err)
			}
		}
	}
	w := &writer{ctx: ctx, conn: conn, prefix: prefix, now: now, first: map[int]place{}}
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
