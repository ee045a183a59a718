package rehearsal_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/rights"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
	"github.com/qlobooks/qlobooks/migrations"
)

// TestTheLeastRightsAreEnough: a user with exactly what «api grants» prints connects, sets up, sends every
// section, looks for changes, pairs, compares, and with the four more of the import brings a payment; it can
// read nothing else of QloApps, and write nothing else there.
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
	grant := func(imports bool) {
		t.Helper()
		list, err := rights.Statements(ctx, strong, "rgt_", account, imports)
		if err != nil {
			t.Fatal(err)
		}
		for _, statement := range list {
			if !strings.HasPrefix(statement, "--") {
				do(strings.TrimSuffix(statement, ";"))
			}
		}
	}
	grant(false)
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
	goesOn(ctx, t, s)
	refuses := func(statements ...string) { // a connection of its own, as rights of an open one may lag
		t.Helper()
		weak, err := sql.Open("mysql", config.FormatDSN())
		if err != nil {
			t.Fatal(err)
		}
		defer weak.Close()
		for _, statement := range statements {
			var told *mysql.MySQLError
			if _, err := weak.ExecContext(ctx, statement); !errors.As(err, &told) || told.Number != 1142 {
				t.Errorf("%s: %v", statement, err)
			}
		}
	}
	refuses("SELECT 1 FROM rgt_log LIMIT 0", "UPDATE rgt_orders SET valid = valid", "CREATE TABLE qlobooks_more (a INT)")
	imports(ctx, t, s, strong, func() { grant(true) })
	refuses("SELECT 1 FROM rgt_log LIMIT 0", "UPDATE rgt_order_payment SET amount = amount", "DELETE FROM rgt_order_payment WHERE 1 = 0", "INSERT INTO rgt_orders (id_order) SELECT id_order FROM rgt_orders WHERE 1 = 0", "CREATE TABLE qlobooks_more (a INT)")
}

// goesOn asks for everything else that reads QloApps.
func goesOn(ctx context.Context, t *testing.T, s *rehearsal.Stage) {
	t.Helper()
	today := time.Now().Format(time.DateOnly)
	for path, in := range map[string]map[string]any{
		"/schedule/run": {"kind": "tick"}, "/pairing/customers/load": nil, "/reconciliation/refresh": {"from": today, "to": today}, "/mappings/refresh": {},
	} {
		if run, err := s.Start(ctx, path, in); err != nil || run.Status != "done" {
			t.Errorf("%s: %s %v", path, run.Status, err)
		}
	}
	for _, path := range []string{"/overview", "/issues", "/records/orders?q=a", "/records/orders/10", "/pairing/customers", "/reconciliation?from=" + today + "&to=" + today, "/payments/statements", "/connection/budget"} {
		if err := s.Call(ctx, http.MethodGet, path, nil, nil); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// imports a payment, which waits for the right to write and goes on once it is given.
func imports(ctx context.Context, t *testing.T, s *rehearsal.Stage, db *sql.DB, grant func()) {
	t.Helper()
	id, err := s.Books.AddByHand("customerpayments", fmt.Sprintf(`{"customer_id":%q,"payment_mode":"Bank Transfer","date":%q,"amount":199.68,"invoices":[{"invoice_id":%q,"amount_applied":199.68}]}`,
		contactOf(t, s, "customer:7"), time.Now().Format(time.DateOnly), standing(t, s, "invoice:8").ID))
	if err != nil {
		t.Fatal(err)
	}
	written := func() (n int) {
		if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM rgt_order_payment WHERE transaction_id = ?", "zoho:"+id).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	// The run does its work, and the payment says what it waits for.
	_, err = s.Start(ctx, "/payments/import", map[string]any{"scope": "new"})
	if issue := importedPayments(ctx, t, s)[id].Issue; err != nil || issue == nil || issue.Code != "no_right_to_write" {
		t.Errorf("without the right: %v, %+v", err, importedPayments(ctx, t, s)[id])
	}
	if written() != 0 {
		t.Error("written without the right")
	}
	grant()
	if run, err := s.Start(ctx, "/payments/import", map[string]any{"scope": "new"}); err != nil || written() != 1 {
		t.Errorf("with the right: %+v %v, %d rows", run, err, written())
	}
}
