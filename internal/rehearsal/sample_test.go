package rehearsal_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/sample"
)

// versions are those of QloApps whose tables the sample hotel can be kept in, and what becomes of it.
var versions = map[string]struct {
	load     func(ctx context.Context, db *sql.DB, prefix string, now time.Time) error
	expected func() []sample.Case
}{"1.7": {sample.Load, sample.Expected}, "1.6": {sample.LoadOlder, sample.ExpectedOlder}}

// hotel gives the address of a schema that holds the sample hotel.
func hotel(t *testing.T, prefix string) string {
	t.Helper()
	return hotelOf(t, "1.7", prefix)
}

func hotelOf(t *testing.T, version, prefix string) string {
	t.Helper()
	dsn := privatetest.Database(t)
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := versions[version].load(t.Context(), db, prefix, time.Now()); err != nil {
		t.Fatal(err)
	}
	return dsn
}

// TestTheSampleHotelReachesTheBooks holds every named case of the sample to its verdict.
func TestTheSampleHotelReachesTheBooks(t *testing.T) {
	atOnce(t)
	for version := range versions {
		t.Run(version, func(t *testing.T) {
			atOnce(t)
			reachesTheBooks(t, hotelOf(t, version, "inn_"), versions[version].expected())
		})
	}
}

// TestOddRowsOfTheSampleReachTheBooks holds rows as real hotels leave them, each kind by its name, to
// their verdicts, and every other case of the sample to its own beside them.
func TestOddRowsOfTheSampleReachTheBooks(t *testing.T) {
	atOnce(t)
	for version, v := range versions {
		t.Run(version, func(t *testing.T) {
			atOnce(t)
			dsn := hotelOf(t, version, "odd_")
			db, err := sql.Open("mysql", dsn)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := sample.AddOdd(t.Context(), db, "odd_", time.Now(), version == "1.6"); err != nil {
				t.Fatal(err)
			}
			reachesTheBooks(t, dsn, append(v.expected(), sample.ExpectedOdd()...))
		})
	}
}

func reachesTheBooks(t *testing.T, dsn string, expected []sample.Case) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := stage(t, dsn)
	if err := s.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	if err := s.Set(ctx, "limits", "calls_per_minute", 5000); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SyncAll(ctx); err != nil {
		t.Fatal(err)
	}
	result, err := s.Judge(ctx, expected)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range result.Lines {
		t.Log(line)
	}
	for _, wrong := range result.Wrong {
		t.Error(wrong)
	}
	before := len(s.Books.Calls())
	if _, err := s.SyncAll(ctx); err != nil {
		t.Fatal(err)
	}
	for _, c := range s.Books.Calls()[before:] {
		if c.Writes() {
			t.Errorf("an unchanged pass called %s %s", c.Method, c.Path)
		}
	}
}
