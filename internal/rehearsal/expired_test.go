package rehearsal_test

import (
	"context"
	"database/sql"
	"net/http"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestAnEndedTokenThatCannotBeRenewedMakesRecordsWait lets the access end while Zoho's accounts
// server answers rubbish: nothing fails, and all goes on by itself when it answers again.
func TestAnEndedTokenThatCannotBeRenewedMakesRecordsWait(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	clock := newClock(time.Now().UTC())
	dsn := hotel(t, "tok_")
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s := openStage(ctx, t, rehearsal.Options{MySQL: dsn, Redis: privatetest.Redis(t), Now: clock.now,
		Books: books.Options{PerMinute: 5000, PerDay: 50000, Clock: clock.now}, Every: soon, Engine: engine.Options{Gather: 2 * soon, Lease: 20 * time.Minute}})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.Connect(ctx))
	must(s.Set(ctx, "limits", "calls_per_minute", 5000))
	must(s.SetUp(ctx, "Operating account"))
	must(s.Initialize(ctx))
	count := func(where string) (n int) {
		t.Helper()
		must(db.QueryRowContext(ctx, "SELECT COUNT(*) FROM qlobooks_documents WHERE "+where).Scan(&n))
		return n
	}
	wait := func(what string, met func() bool) { t.Helper(); eventually(ctx, t, s, what, met) }
	const failed = "status IN ('failed', 'rejected', 'unknown')"

	must(s.Books.SetFaults(books.Rule{Path: "/oauth/v2/token", Cycle: []books.Fault{books.FaultOAuthHTML, books.FaultOAuthEmpty}}))
	clock.move(2*time.Hour, 1)
	before := len(s.Books.Calls())
	runs := make([]rehearsal.Run, 2)
	for i, section := range []string{"hotels", "customers"} {
		must(s.Call(ctx, http.MethodPost, "/records/"+section+"/sync", map[string]any{"all": true, "confirm": true}, &runs[i]))
	}
	wait("records wait for the access", func() bool {
		return count("issue_code = 'zoho_unavailable' AND attempts >= 1") >= 5
	})
	var connection struct{ Status string }
	must(s.Call(ctx, http.MethodGet, "/connection", nil, &connection))
	if connection.Status != "expired" {
		t.Errorf("the connection is %q", connection.Status)
	}
	clock.move(5*time.Minute, 1)
	wait("they are tried again", func() bool { return count("issue_code = 'zoho_unavailable' AND attempts >= 2") >= 5 })
	if n := count(failed); n > 0 {
		t.Errorf("%d records failed because the access had ended", n)
	}
	for _, c := range s.Books.Calls()[before:] {
		if c.Writes() && c.Status < 300 {
			t.Errorf("without an access %s %s was done", c.Method, c.Path)
		}
	}

	must(s.Books.SetFaults())
	clock.move(5*time.Minute, 1)
	for i := range runs {
		run, err := s.Wait(ctx, runs[i].ID)
		must(err)
		if run.Failed > 0 || run.Held > 0 || run.Done == 0 {
			t.Errorf("the run ended with %+v", run)
		}
	}
	until(ctx, t, s, "hotel:1", "synced", "")
	if n := count(failed + " OR issue_code = 'zoho_unavailable'"); n > 0 {
		t.Errorf("%d records failed in the end", n)
	}
	must(s.Call(ctx, http.MethodGet, "/connection", nil, &connection))
	if connection.Status != "connected" {
		t.Errorf("in the end the connection is %q", connection.Status)
	}
}
