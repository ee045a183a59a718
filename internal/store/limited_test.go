package store_test

import (
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/store"
)

// TestAStatementEndsByItself though whoever asked does not wait for it.
func TestAStatementEndsByItself(t *testing.T) {
	t.Parallel()

	db, err := store.OpenLimited(privatetest.Database(t), 100*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	pool, _ := db.DB()
	defer pool.Close()
	began := time.Now()
	var n int
	err = db.Raw("SELECT COUNT(*) FROM information_schema.columns a, information_schema.columns b WHERE SLEEP(1) = 0").Scan(&n).Error
	if took := time.Since(began); err == nil && took > 5*time.Second || took > 20*time.Second {
		t.Errorf("it took %s, %v", took, err)
	}
	for version, want := range map[string]string{"10.11.19-MariaDB": "?max_statement_time=20.000", "8.0.36": "?max_execution_time=20000"} {
		if got, err := store.LimitedDSN("u:p@tcp(h:1)/d", version, 20*time.Second); err != nil || got != "u:p@tcp(h:1)/d"+want {
			t.Errorf("%s: %s %v", version, got, err)
		}
	}
}
