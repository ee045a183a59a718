package alert_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/alert"
	"github.com/qlobooks/qlobooks/internal/settings"
)

// TestAReceiverThatDoesNotAnswerIsAskedOnce: the rest of a batch waits without an attempt, and what is for
// people goes before what is for programs, however old that is.
func TestAReceiverThatDoesNotAnswerIsAskedOnce(t *testing.T) {
	var asked []string
	hangs := true
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		asked = append(asked, req.Header.Get(alert.EventHeader))
		if hangs {
			panic(http.ErrAbortHandler) // the connection ends without an answer
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(r.Close)
	w := setup(t, r, settings.RunEnded, settings.RunFailed)
	for i, event := range []string{settings.RunEnded, settings.RunEnded, settings.RunFailed, settings.RunFailed} {
		if err := w.store.AddAlert(t.Context(), event, string(rune('a'+i)), struct{}{}); err != nil {
			t.Fatal(err)
		}
	}
	w.work(t)
	if !slices.Equal(asked, []string{"run_failed"}) {
		t.Fatalf("asked for %v", asked)
	}
	w.work(t)
	page, err := w.Deliveries(t.Context(), 10, nil)
	if err != nil || len(page.Items) != 4 || len(asked) != 1 {
		t.Fatalf("%+v %v, asked for %v", page, err, asked)
	}
	for i, item := range page.Items { // newest first: the second of the people's, their first, and the two for programs
		attempts := map[int]int{1: 1}[i]
		if item.State != "waiting" || item.Attempts != attempts || !item.NextTryAt.Equal(w.now.Add(time.Minute)) {
			t.Errorf("message %s has %d attempts and is %s until %v", item.ID, item.Attempts, item.State, item.NextTryAt)
		}
	}
	hangs, asked = false, nil
	w.now = w.now.Add(time.Minute)
	w.work(t)
	if !slices.Equal(asked, []string{"run_failed", "run_failed", "run_ended", "run_ended"}) {
		t.Errorf("asked for %v", asked)
	}
}
