package private_test

import (
	"database/sql"
	"os"
	"testing"

	"github.com/qlobooks/qlobooks/internal/private/privatetest"
)

func TestMain(m *testing.M) { privatetest.Main(m) }

func TestPrivateServersAnswer(t *testing.T) {
	for range 2 {
		db, err := sql.Open("mysql", privatetest.Database(t))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		var mode, version string
		if err := db.QueryRow("SELECT @@sql_mode, VERSION()").Scan(&mode, &version); err != nil {
			t.Fatal(err)
		}
		t.Log(version, mode)
	}
	if privatetest.Redis(t) == "" {
		t.Fatal("no Redis")
	}
}

func TestDumpsLoad(t *testing.T) {
	for version, prefix := range map[string]string{"1.7": "qlo_", "1.6.1": "ps_"} {
		dsn, there := privatetest.Dump(t, version)
		if !there {
			t.Logf("no dump of %s beside the repository", version)
			continue
		}
		db, err := sql.Open("mysql", dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		var orders int
		if err := db.QueryRow("SELECT COUNT(*) FROM " + prefix + "orders").Scan(&orders); err != nil {
			t.Fatal(err)
		}
		if orders == 0 {
			t.Error("no orders in the dump")
		}
	}
	_ = os.Stdout
}
