package engine_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/store"
)

// strangers is a shelf that knows no call again: whatever arrives is one more.
type strangers struct {
	*shelf
	made, looked int
}

func (s *strangers) Draft(key string, known engine.Link, p page) (engine.Call, error) {
	body, err := json.Marshal(p)
	return engine.Call{Method: "POST", Path: "to " + key, Body: body, Once: true}, err
}

func (s *strangers) Send(ctx context.Context, c engine.Call) (engine.Answer, error) {
	s.made++
	return s.shelf.Send(ctx, c)
}

func (s *strangers) Find(ctx context.Context, key string, c engine.Call) (engine.Answer, bool, error) {
	s.looked++
	return s.shelf.Find(ctx, key, c)
}

func entries(t *testing.T) (*desk, *strangers) {
	t.Helper()
	d := newDesk(t)
	s := &strangers{shelf: d.shelf}
	engine.Add(d.Engine, engine.Flow[string, page]{Name: "entry", Section: "orders", Version: 1, Journal: true, Dest: s,
		Load: func(_ context.Context, ids []string) (map[string]string, error) {
			return map[string]string{ids[0]: "text"}, nil
		},
		Map: func(text string, self engine.Link, _ engine.Links, _ *rules.Rules) (engine.Mapped[page], error) {
			return engine.Mapped[page]{Doc: page{Text: text}, CreateOnly: true, Compare: "once", Keep: self.Exists(), Facts: engine.Facts{Date: "2026-02-10"}}, nil
		}})
	d.add(t, "entry", "1")
	return d, s
}

var entry = store.Ref{Flow: "entry", ID: "1"}

// TestACallThatIsKnownByNothingIsNeverRepeated loses the answer of a call that the destination would not know
// again, done or not: it is looked for when it can arrive no more, and made again only where it is not there.
func TestACallThatIsKnownByNothingIsNeverRepeated(t *testing.T) {
	for name, c := range map[string]struct {
		lose, late   int
		arrives      bool
		made, looked int
	}{
		"it was done":      {lose: 1, made: 1, looked: 1},
		"it is done late":  {late: 1, arrives: true, made: 1, looked: 1},
		"it never arrives": {late: 1, made: 2, looked: 2}, // once more, as right before anything is made that may stand
	} {
		t.Run(name, func(t *testing.T) {
			d, s := entries(t)
			d.shelf.lose, d.shelf.lateSends = c.lose, c.late
			d.queue(t, entry)
			d.settle(t)
			for range 8 { // until 40 seconds after it left
				d.later(5 * time.Second)
				d.queue(t, entry)
				d.settle(t)
				if got := d.doc(t, "entry", "1"); got.Status != store.Unknown || s.made != 1 || s.looked != 0 {
					t.Fatalf("%s, made %d times, looked for %d times", got.Status, s.made, s.looked)
				}
			}
			if c.arrives {
				d.shelf.arrive()
			}
			d.later(store.Arrival)
			d.settle(t)
			if got := d.doc(t, "entry", "1"); got.Status != store.Synced || got.ZohoID == "" || s.made != c.made || s.looked != c.looked {
				t.Errorf("%s, made %d times, looked for %d times", got.Status, s.made, s.looked)
			}
		})
	}
}

// TestJournalsAreLockedByThemselves holds one for a lock of journals alone.
func TestJournalsAreLockedByThemselves(t *testing.T) {
	for name, c := range map[string]struct {
		locks rules.Locks
		want  store.Status
	}{
		"sales and banking are locked": {rules.Locks{Known: true, Sales: "2026-02-28", Banking: "2026-02-28"}, store.Synced},
		"journals are":                 {rules.Locks{Known: true, Journal: "2026-02-10"}, store.Held},
	} {
		t.Run(name, func(t *testing.T) {
			d, _ := entries(t)
			d.locks = c.locks
			d.queue(t, entry)
			d.settle(t)
			if got := d.doc(t, "entry", "1"); got.Status != c.want {
				t.Errorf("%s, %v", got.Status, got.Issue)
			}
		})
	}
}
