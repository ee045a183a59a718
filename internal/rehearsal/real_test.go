package rehearsal_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

func TestMain(m *testing.M) { privatetest.Main(m) }

func stage(t *testing.T, dsn string) *rehearsal.Stage {
	t.Helper()
	s, err := rehearsal.Open(t.Context(), rehearsal.Options{MySQL: dsn, Redis: privatetest.Redis(t), Books: books.Options{PerMinute: 5000, PerDay: 50000}, Engine: engine.Options{Gather: time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// TestRealHotelsReachTheBooks takes the dumps, where they are there, through the whole product.
func TestRealHotelsReachTheBooks(t *testing.T) {
	for _, version := range []string{"1.7", "1.6.1"} {
		t.Run(version, func(t *testing.T) {
			dsn, there := privatetest.Dump(t, version)
			if !there {
				t.Logf("no dump of %s beside the repository", version)
				return
			}
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
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
			s.Books.ForgetCalls()
			began := time.Now()
			first, err := s.SyncAll(ctx)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d calls in %s", len(s.Books.Calls()), time.Since(began))
			for section, run := range first {
				t.Logf("%-17s %+v", section, run)
			}
			for _, r := range s.Books.Snapshot() {
				if r.Module != "items" {
					t.Logf("%-17s %-12s %-24s %-9s %10s %s tax %s open %s %v", r.Module, r.Key, r.Name, r.Status, r.Total, r.Currency, r.Tax, r.Balance, r.Applied)
				}
			}
			s.Books.ForgetCalls()
			second, err := s.SyncAll(ctx)
			if err != nil {
				t.Fatal(err)
			}
			writes := 0
			for _, c := range s.Books.Calls() {
				if c.Writes() {
					writes++
					t.Log(c)
				}
			}
			if writes > 0 {
				t.Errorf("an unchanged pass made %d writing calls", writes)
			}
			t.Log(fmt.Sprint(second))
		})
	}
}
