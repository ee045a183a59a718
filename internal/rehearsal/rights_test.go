package rehearsal_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"

	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/rights"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
	"github.com/qlobooks/qlobooks/migrations"
)

// TestTheLeastRightsAreEnough: a user with exactly what «api grants» prints connects, sets up and
// sends every section; it can read nothing else of QloApps, and write nothing there.
func TestTheLeastRightsAreEnough(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	dsn := hotel(t, "rgt_")
	strong, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer strong.Close()
	if _, err := migrations.Up(ctx, strong); err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("qlb_%08x", rand.Uint32())
	account := rights.Account(name, "%")
	do := func(statement string) {
		t.Helper()
		if _, err := strong.ExecContext(ctx, statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	do("CREATE USER " + account + " IDENTIFIED BY 'least'")
	defer func() { _, _ = strong.Exec("DROP USER " + account) }()
	list, err := rights.Statements(ctx, strong, "rgt_", account, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range list {
		do(strings.TrimSuffix(statement, ";"))
	}
	config, err := mysql.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	config.User, config.Passwd = name, "least"
	s := openStage(ctx, t, rehearsal.Options{MySQL: config.FormatDSN(), Redis: privatetest.Redis(t), Books: books.Options{PerMinute: 5000, PerDay: 50000}, Every: soon})
	for _, step := range []error{s.Connect(ctx), s.SetUp(ctx, "Operating account"), s.Set(ctx, "limits", "calls_per_minute", 5000)} {
		if step != nil {
			t.Fatal(step)
		}
	}
	if _, err := s.SyncAll(ctx); err != nil {
		t.Fatal(err)
	}
	if n := len(s.Books.Snapshot()); n < 30 {
		t.Errorf("only %d documents were made", n)
	}
	weak, err := sql.Open("mysql", config.FormatDSN())
	if err != nil {
		t.Fatal(err)
	}
	defer weak.Close()
	for _, statement := range []string{"SELECT 1 FROM rgt_log LIMIT 0", "UPDATE rgt_orders SET valid = valid", "CREATE TABLE qlobooks_more (a INT)"} {
		if _, err := weak.ExecContext(ctx, statement); err == nil {
			t.Errorf("the user may %s", statement)
		}
	}
}
