package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/qlobooks/qlobooks/internal/access"
	"github.com/qlobooks/qlobooks/internal/app"
	"github.com/qlobooks/qlobooks/internal/config"
	"github.com/qlobooks/qlobooks/internal/indexes"
	"github.com/qlobooks/qlobooks/internal/rights"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/migrations"
)

// database opens QloApps' database for writing, without asking whether our schema is up to date.
func database(c config.Config) (*sql.DB, error) {
	gorm, err := store.Open(c.MySQLDSN.Reveal())
	if err != nil {
		return nil, fmt.Errorf("QLOBOOKS_MYSQL_DSN: %w", err)
	}
	return gorm.DB()
}

// healthy asks the server that listens as configured, for images that have no other program.
func healthy(ctx context.Context, c config.Config, _ []string, _ io.Writer) error {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s", answer.Status)
	}
	return nil
}

func migrate(ctx context.Context, c config.Config, _ []string, _ io.Writer) error {
	if err := app.CheckHotel(ctx, c); err != nil {
		return err // no tables of ours in a database that is not QloApps'
	}
	db, err := database(c)
	if err != nil {
		return err
	}
	defer db.Close()
	n, err := migrations.Up(ctx, db)
	if err == nil {
		fmt.Fprintf(os.Stderr, "%d migrations run; the schema is up to date\n", n)
	}
	return err
}

// token create prints the new token alone on standard output.
func token(ctx context.Context, c config.Config, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("token create", flag.ContinueOnError)
	name := flags.String("name", "", "what the token is for")
	role := flags.String("role", "", "viewer, operator, accountant or admin")
	days := flags.Int("days", 365, "after how many days it ends; 0 = never")
	if len(args) == 0 || args[0] != "create" {
		return fmt.Errorf("%s", usage)
	}
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	a, err := app.Open(ctx, c)
	if err != nil {
		return err
	}
	defer a.Close()
	wish := access.TokenWish{Name: *name, Role: access.Role(*role), By: "command line"}
	if *days != 0 {
		end := time.Now().UTC().AddDate(0, 0, *days)
		wish.ExpiresAt = &end
	}
	_, plain, err := a.Tokens.Make(ctx, wish)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, plain)
	return err
}

// rotateKey seals every stored secret with QLOBOOKS_SECRET_KEY. It can be repeated, and counts.
func rotateKey(ctx context.Context, c config.Config, _ []string, out io.Writer) error {
	a, err := app.Open(ctx, c)
	if err != nil {
		return err
	}
	defer a.Close()
	tally, err := a.Reseal(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "sealed again: %d\nalready current: %d\ncannot be opened: %d\n", tally.Resealed, tally.Current, tally.Lost)
	if tally.Lost > 0 {
		return errors.New("some secrets open with neither key: set QLOBOOKS_SECRET_KEY_OLD to the key that sealed them and repeat, or enter them again on the Configuration page")
	}
	return nil
}

// optionalIndexes shows what it would do to QloApps' tables, and does it only when told to.
func optionalIndexes(ctx context.Context, c config.Config, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("indexes", flag.ContinueOnError)
	apply := flags.Bool("apply", false, "add the indexes that are missing")
	remove := flags.Bool("remove", false, "remove the indexes that were added")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *apply && *remove || flags.NArg() > 0 {
		return fmt.Errorf("%s", usage)
	}
	prefix, err := app.HotelPrefix(ctx, c)
	if err != nil {
		return err
	}
	db, err := database(c)
	if err != nil {
		return err
	}
	defer db.Close()
	find := indexes.Missing
	if *remove {
		find = indexes.Ours
	}
	list, err := find(ctx, db, prefix)
	if err != nil {
		return err
	}
	for _, change := range list {
		note := ""
		if change.Blocks {
			note = "; nobody can write to the table meanwhile"
		}
		fmt.Fprintf(out, "%s; -- about %d rows%s\n", change.Statement, change.Rows, note)
	}
	switch {
	case len(list) == 0:
		fmt.Fprintln(out, "Nothing to do.")
		return nil
	case !*apply && !*remove:
		fmt.Fprintln(out, "Nothing was done. Repeat with --apply, best while QloApps is quiet; --remove takes them away again.")
		return nil
	}
	return indexes.Apply(ctx, db, list, func(done indexes.Change) { fmt.Fprintf(out, "done: %s on %s\n", done.Index, done.Table) })
}

// grants prints the least rights of the database user, over the tables that are there now. It is run
// with the rights of whoever migrates, after migrate.
func grants(ctx context.Context, c config.Config, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("grants", flag.ContinueOnError)
	user := flags.String("user", "qlobooks", "the user that API and worker connect as")
	host := flags.String("host", "%", "where that user connects from")
	imports := flags.Bool("imports", false, "also what the import of payments writes to QloApps")
	if err := flags.Parse(args); err != nil {
		return err
	}
	prefix, err := app.HotelPrefix(ctx, c)
	if err != nil {
		return err
	}
	db, err := database(c)
	if err != nil {
		return err
	}
	defer db.Close()
	list, err := rights.Statements(ctx, db, prefix, rights.Account(*user, *host), *imports)
	if err != nil {
		return err
	}
	for _, statement := range list {
		fmt.Fprintln(out, statement)
	}
	return nil
}

// check tells every prerequisite in words, and fails when one is missing.
func check(ctx context.Context, c config.Config, _ []string, out io.Writer) error {
	fmt.Fprintf(out, "QloBooks %s\n", version)
	missing := 0
	for _, f := range app.Check(ctx, c) {
		mark := "ok     "
		if !f.OK {
			mark = "MISSING"
			missing++
		}
		fmt.Fprintf(out, "%s  %-22s %s\n", mark, f.Name, f.Detail)
	}
	if missing > 0 {
		return fmt.Errorf("%d of what QloBooks needs is not there", missing)
	}
	return nil
}
