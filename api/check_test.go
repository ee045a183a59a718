package main

import (
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/go-sql-driver/mysql"

	"github.com/qlobooks/qlobooks/internal/sample"
	"github.com/qlobooks/qlobooks/migrations"
)

// least makes a user with what «api grants» prints now and lets the environment name it.
func least(t *testing.T, db *sql.DB, args ...string) (account string, more func(args ...string)) {
	t.Helper()
	b := make([]byte, 4)
	_, _ = rand.Read(b)
	name, strong := "qlb_"+hex.EncodeToString(b), os.Getenv("QLOBOOKS_MYSQL_DSN")
	account = "'" + name + "'@'%'"
	exec(t, db, "CREATE USER "+account+" IDENTIFIED BY 'least'")
	t.Cleanup(func() { _, _ = db.Exec("DROP USER " + account) })
	config, err := mysql.ParseDSN(strong)
	if err != nil {
		t.Fatal(err)
	}
	config.User, config.Passwd = name, "least"
	more = func(args ...string) {
		t.Setenv("QLOBOOKS_MYSQL_DSN", strong)
		for line := range strings.Lines(must(t, append([]string{"grants", "--user", name}, args...)...)) {
			if !strings.HasPrefix(line, "--") {
				exec(t, db, strings.TrimSuffix(strings.TrimSpace(line), ";"))
			}
		}
		t.Setenv("QLOBOOKS_MYSQL_DSN", config.FormatDSN())
	}
	more(args...)
	return account, more
}

func exec(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.Exec(statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// missing are the lines of «api check» that tell of something missing, by name.
func missing(t *testing.T) map[string]string {
	t.Helper()
	out, err := command(t, "check")
	found := map[string]string{}
	for _, line := range regexp.MustCompile(`(?m)^(ok|MISSING) +(\S+(?: \S+)*) {2,}(.+)$`).FindAllStringSubmatch(out, -1) {
		if line[1] == "MISSING" {
			found[line[2]] = line[3]
		}
	}
	if (err != nil) != (len(found) > 0) {
		t.Errorf("ends with %v:\n%s", err, out)
	}
	return found
}

// TestCheckTellsEachPrerequisite, as a user with the least rights, and the lines beside it stay right.
func TestCheckTellsEachPrerequisite(t *testing.T) {
	db := install(t)
	t.Setenv("QLOBOOKS_QLOAPPS_COOKIE_KEY", sample.CookieKey)
	if lacks := missing(t); lacks["schema"] == "" || lacks["rights"]+lacks["zone"] != "" || lacks["secret_key"] == "" {
		t.Errorf("before the migrations, by a user with every right: %v", lacks)
	}
	if out := must(t, "grants"); !strings.Contains(out, "api migrate") {
		t.Errorf("grants before the migrations:\n%s", out)
	}
	must(t, "migrate")
	account, more := least(t, db)
	out := must(t, "check")
	for _, name := range []string{"public_url", "database", "version", "rights", "schema", "redis", "secret_key", "zone", "database_writes", "rights of the import"} {
		if !strings.Contains(out, "ok       "+name+" ") {
			t.Errorf("lacks %s:\n%s", name, out)
		}
	}
	if !strings.HasPrefix(out, "QloBooks dev\n") || !strings.Contains(out, "QloApps 1.7") {
		t.Errorf("says no versions:\n%s", out)
	}
	for table, right := range map[string]string{"qlo_order_slip": "SELECT", "qlo_tax_rules_group": "SELECT", "qlobooks_records": "DELETE", "qlobooks_alerts": "INSERT", "qlobooks_runs": "UPDATE", migrations.VersionTable: "SELECT"} {
		exec(t, db, "REVOKE "+right+" ON "+table+" FROM "+account)
		if lacks := missing(t); !strings.Contains(lacks["rights"], right+" on "+table) || strings.Contains(lacks["rights"], ",") {
			t.Errorf("without %s on %s: %v", right, table, lacks)
		}
		exec(t, db, "GRANT "+right+" ON "+table+" TO "+account)
	}
	exec(t, db, "INSERT INTO qlobooks_settings (section, body, updated_at, updated_by) VALUES ('payments', '{\"import_enabled\":true}', NOW(), 'Ada')")
	if lacks := missing(t); !strings.Contains(lacks["rights of the import"], "INSERT on qlo_order_payment, INSERT on qlo_order_payment_detail, UPDATE on qlo_orders") || len(lacks) != 1 {
		t.Errorf("with the import on: %v", lacks)
	}
	more("--imports")
	if lacks := missing(t); len(lacks) > 0 {
		t.Errorf("with the import's rights: %v", lacks)
	}
	sealAll(t, db, newKey())
	if lacks := missing(t); !strings.Contains(lacks["secret_key"], "key_wrong") || len(lacks) != 1 {
		t.Errorf("with another key: %v", lacks)
	}
	exec(t, db, "DELETE FROM qlobooks_connection")
	exec(t, db, "DELETE FROM qlobooks_settings")
	full := miniredis.RunT(t)
	t.Setenv("QLOBOOKS_REDIS_URL", "redis://"+full.Addr())
	full.SetError("READONLY You can't write against a read only replica.")
	t.Setenv("QLOBOOKS_PUBLIC_URL", "http://books.example.com")
	exec(t, db, "UPDATE qlo_configuration SET value = 'Nowhere' WHERE name = 'PS_TIMEZONE'")
	if lacks := missing(t); lacks["redis"] == "" || !strings.Contains(lacks["public_url"], "https") || !strings.Contains(lacks["zone"], "Nowhere") || len(lacks) != 3 {
		t.Errorf("three at once: %v", lacks)
	}
	t.Setenv("QLOBOOKS_MYSQL_DSN", strings.Replace(os.Getenv("QLOBOOKS_MYSQL_DSN"), ":least@", ":wrong@", 1))
	if lacks := missing(t); !strings.Contains(lacks["database"], "QLOBOOKS_MYSQL_DSN") || !strings.Contains(lacks["zone"], "not known before") || !strings.Contains(lacks["schema"], "not known before") {
		t.Errorf("with a wrong password: %v", lacks)
	}
}

// TestOurTablesAreKnownByName: what rights are asked for is what the migrations make.
func TestOurTablesAreKnownByName(t *testing.T) {
	db := install(t)
	must(t, "migrate")
	rows, err := db.Query("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name LIKE 'qlobooks\\_%' ORDER BY table_name")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var there []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		there = append(there, name)
	}
	slices.Sort(there) // the server sorts by other rules
	known := append(migrations.Tables(), migrations.VersionTable)
	slices.Sort(known)
	if !slices.Equal(there, known) {
		t.Errorf("there are %v, known are %v", there, known)
	}
}
