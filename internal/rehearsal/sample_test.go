package rehearsal_test

import (
	"context"
	"database/sql"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
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
			s := reachesTheBooks(t, dsn, append(v.expected(), sample.ExpectedOdd()...))
			oneNumberOfTwo(t, s)
		})
	}
}

// oneNumberOfTwo wants one of two invoices with one number to stand, and the other to name it.
func oneNumberOfTwo(t *testing.T, s *rehearsal.Stage) {
	t.Helper()
	var two [2]rowShown
	for n, id := range []string{"470", "471"} {
		if err := s.Call(t.Context(), http.MethodGet, "/documents/invoice/"+id, nil, &two[n]); err != nil {
			t.Fatal(err)
		}
	}
	if two[0].Status == "rejected" {
		two[0], two[1] = two[1], two[0]
	}
	if refused := two[1].Issue; two[0].Status != "synced" || refused == nil || refused.Code != "number_taken" || !strings.Contains(refused.Detail, "QloApps gave the number #LK000470 twice") {
		t.Errorf("two invoices with one number are %+v", two)
	}
}

func reachesTheBooks(t *testing.T, dsn string, expected []sample.Case) *rehearsal.Stage {
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
		if c.Writes() && c.Status < http.StatusBadRequest { // what was refused before is tried again
			t.Errorf("an unchanged pass called %s %s", c.Method, c.Path)
		}
	}
	return s
}
