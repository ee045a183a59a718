package alert_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/alert"
	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/store"
)

var update = flag.Bool("update", false, "write the examples of the messages")

const (
	examples = "../../docs/operations.md"
	begins   = "<!-- one message of each event, as it is sent: go test ./internal/alert -update -->\n"
	ends     = "<!-- end of the messages -->\n"
)

// TestTheExamplesAreWhatIsSent makes every event happen and compares each whole message with the one that
// the documentation shows.
func TestTheExamplesAreWhatIsSent(t *testing.T) {
	r := listen(t)
	w := setup(t, r, settings.Events...)
	organization := "60001234567"
	w.conn, w.left = wire.Connection{Status: "revoked", OrganizationID: &organization}, 0
	w.Differences = func(context.Context, wire.DayRange) (int, error) { return 4, nil }
	last := wire.At(w.now.Add(-time.Hour))
	health := wire.OverviewHealth{State: "stopped", Overdue: true, LastTickAt: &last, Down: []string{"redis"}}
	w.Health = func(context.Context) (wire.OverviewHealth, error) { return health, nil }
	w.now = w.now.Add(time.Second)
	run, err := w.store.StartRun(t.Context(), "tick", "", 1, "Schedule")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.ClaimRun(t.Context(), "worker", run.ID, time.Minute); err != nil {
		t.Fatal(err)
	}
	if err := w.store.BrakeRun(t.Context(), "worker", run.ID, store.Brake{Limit: "brake_max_records", Allowed: "500", Wanted: "1284"}, nil); err != nil {
		t.Fatal(err)
	}
	w.fail(t, "setup")
	w.end(t, "reconcile", map[string]string{"from": "2026-02-01", "to": "2026-02-28"})
	w.drift(t, "2026-02", "7", "8")
	for i, code := range []string{"totals_differ", "totals_differ", "period_locked"} {
		w.hold(t, fmt.Sprint(i), code)
	}
	for i := range 21 {
		w.count(t, fmt.Sprint(i), store.Failed)
	}
	if err := w.store.Adopt(t.Context(), "orders", []store.Seen{{Print: "a:1", Listed: store.Listed{ID: "1", Name: "ORDER"}}}); err != nil {
		t.Fatal(err)
	}
	w.work(t)
	health = wire.OverviewHealth{State: "stopped", WorkerSilent: true, QueuedRuns: 3}
	w.now = w.now.Add(6 * time.Minute)
	w.work(t)
	w.work(t)
	if _, err := w.Test(t.Context(), "Ada"); err != nil {
		t.Fatal(err)
	}

	sent := map[string]string{}
	for _, body := range r.bodies {
		var m struct{ Event string }
		var shown bytes.Buffer
		if err := json.Unmarshal([]byte(body), &m); err != nil {
			t.Fatal(err)
		}
		if _, there := sent[m.Event]; there {
			continue
		}
		if err := json.Indent(&shown, []byte(body), "", "  "); err != nil {
			t.Fatal(err)
		}
		sent[m.Event] = shown.String()
	}
	var text strings.Builder
	for _, event := range append(append([]string{}, settings.Events...), alert.TestEvent) {
		if sent[event] == "" {
			t.Errorf("no message of %s was sent", event)
		}
		fmt.Fprintf(&text, "`%s`\n```json\n%s\n```\n", event, sent[event])
	}
	page, err := os.ReadFile(examples)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(page), begins)
	shown, after, closed := strings.Cut(rest, ends)
	if !found || !closed {
		t.Fatalf("%s has no place for the examples", examples)
	}
	if *update {
		if err := os.WriteFile(examples, []byte(before+begins+text.String()+ends+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if shown != text.String() {
		t.Errorf("%s shows other messages than are sent; write them with go test ./internal/alert -update. Sent:\n%s", examples, text.String())
	}
}
