package sample_test

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/sample"
)

// kinds are the columns of every table of a schema, without the prefix, as wide as they are.
func kinds(t *testing.T, dsn, prefix string) map[string]string {
	t.Helper()
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), "SELECT CONCAT(table_name, '.', column_name), column_type FROM information_schema.columns WHERE table_schema = DATABASE()")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	all := map[string]string{}
	for rows.Next() {
		var name, kind string
		if err := rows.Scan(&name, &kind); err != nil {
			t.Fatal(err)
		}
		// How many digits an integer shows says nothing about what it holds.
		if base, rest, cut := strings.Cut(kind, "("); cut && strings.HasSuffix(base, "int") {
			_, rest, _ = strings.Cut(rest, ")")
			kind = base + rest
		}
		all[strings.TrimPrefix(name, prefix)] = kind
	}
	return all
}

// TestColumnsAreAsWideAsQloApps wants the sample hotel to cut what QloApps cuts. What rests on that
// is named here, so that it holds where no installation is at hand, too.
func TestColumnsAreAsWideAsQloApps(t *testing.T) {
	for version, load := range map[string]struct {
		prefix string
		older  bool
	}{"1.7": {"qlo_", false}, "1.6.1": {"ps_", true}} {
		t.Run(version, func(t *testing.T) {
			dsn := privatetest.Database(t)
			db, err := sql.Open("mysql", dsn)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			fill := sample.Load
			if load.older {
				fill = sample.LoadOlder
			}
			if err := fill(t.Context(), db, "qlo_", time.Now()); err != nil {
				t.Fatal(err)
			}
			ours := kinds(t, dsn, "qlo_")
			for column, want := range map[string]string{
				"order_return.id_return_type": "tinyint unsigned", "order_payment.amount": "decimal(10,2)", "order_payment_detail.amount": "decimal(10,2)", "order_slip.amount": "decimal(10,2)",
				"orders.total_paid_real": "decimal(20,6)", "order_cart_rule.value": "decimal(17,2)", "customer.lastname": "varchar(32)", "orders.conversion_rate": "decimal(13,6)",
			} {
				if ours[column] != want {
					t.Errorf("%s is %s, want %s", column, ours[column], want)
				}
			}
			real, there := privatetest.Dump(t, version)
			if !there {
				t.Logf("no dump of %s beside the repository", version)
				return
			}
			theirs := kinds(t, real, load.prefix)
			for column, kind := range ours {
				if theirs[column] != kind {
					t.Errorf("%s is %s, QloApps has %q", column, kind, theirs[column])
				}
			}
		})
	}
}
