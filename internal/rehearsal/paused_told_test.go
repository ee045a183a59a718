package rehearsal_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
	"github.com/qlobooks/qlobooks/internal/store"
)

// TestWorkThatWaitsForAPauseHasNotStopped leaves a schedule late by an hour, first for no reason and then while Zoho Books
// wants no calls.
func TestWorkThatWaitsForAPauseHasNotStopped(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := openStage(ctx, t, rehearsal.Options{MySQL: hotel(t, "qlo_"), Redis: privatetest.Redis(t), NoWorker: true})
	if err := s.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.Set(ctx, "schedule", "enabled", true); err != nil {
		t.Fatal(err)
	}
	if err := s.App.Store.Gorm().Exec("UPDATE qlobooks_settings SET updated_at = updated_at - INTERVAL 1 HOUR WHERE section = 'schedule'").Error; err != nil {
		t.Fatal(err)
	}
	look := func(when, state string, paused bool) {
		t.Helper()
		if err := s.App.Store.Beat(ctx, "worker", store.WorkerBeat); err != nil {
			t.Fatal(err)
		}
		var told struct {
			Health struct {
				State       string
				PausedUntil *time.Time `json:"paused_until"`
			}
		}
		if err := s.Call(ctx, http.MethodGet, "/overview", nil, &told); err != nil {
			t.Fatal(err)
		}
		if h := told.Health; h.State != state || (h.PausedUntil != nil) != paused {
			t.Errorf("%s it is told as %+v", when, h)
		}
	}
	look("late", "stopped", false)
	if err := s.Books.SetFaults(books.Rule{Fault: books.Fault429Minute}); err != nil {
		t.Fatal(err)
	}
	if err := s.Call(ctx, http.MethodPost, "/connection/test", nil, nil); err != nil {
		t.Log(err)
	}
	look("late in a pause", "delayed", true)
}
