// Package storetest gives tests our tables as a worker finds them.
package storetest

import (
	"testing"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/migrations"
)

// New gives a schema of the test's own that holds our tables and nothing else.
func New(t testing.TB) *gorm.DB {
	t.Helper()
	return Open(t, privatetest.Database(t))
}

// Open makes our tables in the schema of dsn, where they are missing, and closes it when the test ends.
func Open(t testing.TB, dsn string) *gorm.DB {
	t.Helper()
	db, err := store.Open(dsn)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := db.DB()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	if _, err := migrations.Up(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	return db
}
