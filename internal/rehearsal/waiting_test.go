package rehearsal_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/await"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/store/storetest"
)

// openStage opens a stage for a test. When the test fails, the last calls, the queues and all documents
// are printed before it closes.
func openStage(ctx context.Context, t *testing.T, o rehearsal.Options) *rehearsal.Stage {
	t.Helper()
	if o.Now == nil && o.Engine.Arrival == 0 { // in the stand-in's time a lost call arrives soon or never
		o.Engine.Arrival = 4 * soon
	}
	storetest.Lay(t, o.MySQL)
	s, err := rehearsal.Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log("as it stood when the test failed:\n" + s.Explain())
		}
		s.Close()
	})
	return s
}

// eventually waits for what comes and stays. Whoever wants a state that ends by itself holds its cause
// (a fault without an end, a clock that stands), or reads what is kept (history, events, calls). It is
// given up when nothing has moved for a minute, with the history of the documents it is about.
func eventually(ctx context.Context, t *testing.T, s *rehearsal.Stage, what string, met func() bool, keys ...string) {
	t.Helper()
	err := await.Bounds{Hang: s.Hang, Moved: s.Moved}.For(ctx, func() (bool, error) { return met(), nil })
	if err != nil {
		t.Fatalf("in vain: %s: %v\n%s", what, err, s.History(keys...))
	}
}

type shown struct {
	Status string
	Issue  *struct{ Code, Detail, Action string }
}

func (d shown) code() string {
	if d.Issue == nil {
		return ""
	}
	return d.Issue.Code
}

func document(ctx context.Context, t *testing.T, s *rehearsal.Stage, key string) shown {
	t.Helper()
	flow, id, _ := strings.Cut(key, ":")
	var d shown
	if err := s.Call(ctx, http.MethodGet, "/documents/"+flow+"/"+id, nil, &d); err != nil {
		t.Fatalf("%v\n%s", err, s.History(key))
	}
	return d
}

// until waits until a document is as wanted, which it must stay: see eventually.
func until(ctx context.Context, t *testing.T, s *rehearsal.Stage, key, status, code string) {
	t.Helper()
	eventually(ctx, t, s, strings.TrimSpace(key+" is "+status+" "+code), func() bool {
		d := document(ctx, t, s, key)
		return d.Status == status && d.code() == code
	}, key)
}

// waits asks for a run until it waits at a brake, which only a person ends.
func waits(ctx context.Context, t *testing.T, s *rehearsal.Stage, id string) (run wire.Run) {
	t.Helper()
	eventually(ctx, t, s, "the run waits", func() bool {
		if err := s.Call(ctx, http.MethodGet, "/runs/"+id, nil, &run); err != nil {
			t.Fatal(err)
		}
		if run.Ended() {
			t.Fatalf("no brake stopped it: %+v", run)
		}
		return run.Status == "waiting"
	})
	return run
}

// settled waits until nothing is on its way any more, nor about to be mapped again.
func settled(ctx context.Context, t *testing.T, s *rehearsal.Stage) {
	t.Helper()
	if err := s.Settled(ctx); err != nil {
		t.Fatalf("in vain: nothing is on its way: %v", err)
	}
}

// rest waits until nothing is due any more, as a change may have woken a document that has nothing to do, and wants all
// of an order to be synced then. What it reads on the way is passed by.
func rest(ctx context.Context, t *testing.T, s *rehearsal.Stage, step, order string) {
	t.Helper()
	settled(ctx, t, s)
	var rec struct {
		Status    string
		Documents []shownDocument
	}
	if err := s.Call(ctx, http.MethodGet, "/records/orders/"+order, nil, &rec); err != nil {
		t.Fatal(err)
	}
	if rec.Status != "synced" {
		var keys []string
		for _, d := range rec.Documents {
			keys = append(keys, d.Key)
		}
		t.Fatalf("%s: order %s is %s:\n%s", step, order, rec.Status, s.History(keys...))
	}
}

type shownDocument struct {
	Key, Status string
	Issue       *struct{ Code, Detail string }
}

// patience is after how long a test gives up in all, which a busy machine must never reach: what hangs is given
// up by eventually.
const patience = 75 * time.Minute
