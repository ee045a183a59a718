package app

import (
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/qlobooks/qlobooks/internal/config"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/sample"
	"github.com/qlobooks/qlobooks/internal/secret"
	"github.com/qlobooks/qlobooks/internal/store/storetest"
)

func TestMain(m *testing.M) { privatetest.Main(m) }

// TestStatementsOnTheHotelsTablesEnd, as those on our own do, where the API sets an end.
func TestStatementsOnTheHotelsTablesEnd(t *testing.T) {
	t.Parallel()

	dsn := privatetest.Database(t)
	pool, err := storetest.Open(t, dsn).DB()
	if err != nil {
		t.Fatal(err)
	}
	if err := sample.Load(t.Context(), pool, "qlo_", time.Now()); err != nil {
		t.Fatal(err)
	}
	a, err := Open(t.Context(), config.Config{MySQLDSN: secret.String(dsn), RedisURL: secret.String("redis://" + miniredis.RunT(t).Addr()), PublicURL: "http://localhost",
		SecretKey: "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", Longest: 7 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	var server, end string
	if err := a.hotelDB.Raw("SELECT VERSION()").Scan(&server).Error; err != nil {
		t.Fatal(err)
	}
	asked, want := "SELECT CAST(@@max_execution_time AS CHAR)", "7000"
	if strings.Contains(server, "MariaDB") {
		asked, want = "SELECT CAST(@@max_statement_time AS CHAR)", "7.000000"
	}
	if err := a.hotelDB.Raw(asked).Scan(&end).Error; err != nil || end != want {
		t.Errorf("statements on the hotel's tables end after %q, want %s: %v", end, want, err)
	}
}
