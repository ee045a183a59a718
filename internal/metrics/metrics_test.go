package metrics_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/metrics"
)

func scrape(s *metrics.Set) string {
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String()
}

func TestCallsAndRequestsAreCountedByKind(t *testing.T) {
	t.Parallel()

	s := metrics.New(time.Now, nil)
	for _, call := range []struct {
		status int
		failed bool
	}{{0, true}, {200, false}, {201, false}, {200, true}, {400, true}, {429, true}, {500, true}, {503, true}} {
		s.Call("PUT", call.status, call.failed, 300*time.Millisecond)
	}
	s.Request("POST", "/api/v1/session", 200, 30*time.Millisecond)
	s.Request("GUESS-1", "/*", 405, time.Second)
	s.Request("GUESS-2", "/*", 405, time.Second)
	text := scrape(s)
	for _, want := range []string{
		`calls_total{result="no_answer"} 1`, `calls_total{result="ok"} 2`, `calls_total{result="refused"} 2`, `calls_total{result="limited"} 1`, `calls_total{result="failed"} 2`,
		`zoho_call_duration_seconds_bucket{method="PUT",result="ok",le="0.25"} 0`, `zoho_call_duration_seconds_bucket{method="PUT",result="ok",le="0.5"} 2`,
		`bucket{method="POST",route="/api/v1/session",status="200",le="0.05"} 1`, `count{method="other",route="/*",status="405"} 2`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %s", want)
		}
	}
}

// TestOneSourceDownLeavesTheOthers, and many scrapes ask the sources once.
func TestOneSourceDownLeavesTheOthers(t *testing.T) {
	t.Parallel()

	now, asked := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), 0
	s := metrics.New(func() time.Time { return now }, map[string]metrics.Reader{
		"good": func(context.Context) ([]metrics.Gauge, error) {
			asked++
			return []metrics.Gauge{{Name: "lane_depth", Help: "x", Label: "lane", Kind: "person", Value: float64(asked)}, {Name: "of_two", Label: "lane", Kind: "live", More: [2]string{"state", "held"}, Value: 7}}, nil
		},
		"bad": func(context.Context) ([]metrics.Gauge, error) { return nil, errors.New("down") },
	})
	for _, want := range []string{"1", "1", "2"} {
		text := scrape(s)
		if !strings.Contains(text, `lane_depth{lane="person"} `+want) || !strings.Contains(text, `of_two{lane="live",state="held"} 7`) || !strings.Contains(text, `source_up{source="bad"} 0`) || !strings.Contains(text, `source_up{source="good"} 1`) {
			t.Errorf("want %s in:\n%s", want, text)
		}
		now = now.Add(6 * time.Second)
	}
}
