package rehearsal_test

import (
	"compress/gzip"
	"context"
	"database/sql"
	"io"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/private"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestAnUpgradeSendsNothing takes installations that programs of former days left, with the sample hotel
// in the books, to the schema and the program of today: every link survives, nothing is rejected, and a
// pass over all records asks Zoho Books for nothing. Each file is named after the commit that left it.
func TestAnUpgradeSendsNothing(t *testing.T) {
	atOnce(t)
	files, err := filepath.Glob("testdata/older/*.sql.gz")
	if err != nil || len(files) < 3 {
		t.Fatalf("%d installations of former days (%v)", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".sql.gz"), func(t *testing.T) {
			atOnce(t)
			upgraded(t, file)
		})
	}
}

// origin is that of the stand-in that an installation of former days was connected to.
var origin = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

func upgraded(t *testing.T, file string) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	zoho := books.New(books.Options{PerMinute: 5000, PerDay: 50000})
	server := httptest.NewServer(zoho)
	defer server.Close()
	// The stand-in is a new one: what the former set-up made there is made again, under the same ids.
	first := openStage(ctx, t, rehearsal.Options{MySQL: hotel(t, "inn_"), Redis: privatetest.Redis(t), Zoho: server.URL, Every: soon})
	if err := first.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	if err := first.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	first.Close()

	dsn := privatetest.Database(t)
	if err := private.RunScript(ctx, dsn, strings.NewReader(origin.ReplaceAllString(older(t, file), server.URL))); err != nil {
		t.Fatal(err)
	}
	before := linked(t, dsn)
	s := openStage(ctx, t, rehearsal.Options{MySQL: dsn, Redis: privatetest.Redis(t), Zoho: server.URL, Every: soon, Engine: engine.Options{Gather: 2 * soon}, Key: []byte("the key of an older installation")})
	if err := s.Authorize(ctx); err != nil {
		t.Fatal(err)
	}
	// The oldest one had no sales orders yet: they would be new documents.
	orders := slices.ContainsFunc(slices.Collect(maps.Keys(before)), func(of string) bool { return strings.HasPrefix(of, "sales_order:") })
	if err := s.Set(ctx, "orders", "create_sales_orders", orders); err != nil {
		t.Fatal(err)
	}
	zoho.ForgetCalls()
	if _, err := s.SyncAll(ctx); err != nil {
		t.Fatal(err)
	}
	for _, c := range zoho.Calls() {
		if c.Writes() && !strings.HasPrefix(c.Path, "/settings/currencies/") { // nor had it rates of currencies
			t.Errorf("the upgrade sent %s %s", c.Method, c.Path)
		}
	}
	after := linked(t, dsn)
	for of, was := range before {
		if after[of] != was {
			t.Errorf("%s was %s and is %s", of, was, after[of])
		}
	}
	if len(before) < 75 {
		t.Errorf("the installation of former days had %d links", len(before))
	}
}

// linked are the documents that stand, with their ids and states.
func linked(t *testing.T, dsn string) map[string]string {
	t.Helper()
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), "SELECT CONCAT(flow, ':', source_id), CONCAT(zoho_id, ' ', status) FROM qlobooks_documents WHERE zoho_id <> ''")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	list := map[string]string{}
	for rows.Next() {
		var of, is string
		if err := rows.Scan(&of, &is); err != nil {
			t.Fatal(err)
		}
		list[of] = is
	}
	return list
}

func older(t *testing.T, file string) string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	plain, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	script, err := io.ReadAll(plain)
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}
