package queue

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/runs"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/store/storetest"
)

func TestMain(m *testing.M) { privatetest.Main(m) }

// house is a store, a Redis and an engine with two flows whose destination counts what it is asked.
type house struct {
	*Worker
	redis asynq.RedisConnOpt
	plain *redis.Client
	mu    sync.Mutex
	sent  map[string]int // writes by key
	steps map[string]int // marked as sent, by id
	ran   map[uint64]int // runs carried out
}

func newHouse(t *testing.T) *house {
	t.Helper()
	db := storetest.New(t)
	h := &house{sent: map[string]int{}, steps: map[string]int{}, ran: map[uint64]int{}}
	address := privatetest.Redis(t)
	var err error
	if h.redis, err = asynq.ParseRedisURI(address); err != nil {
		t.Fatal(err)
	}
	options, err := redis.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	h.plain = redis.NewClient(options)
	t.Cleanup(func() { _ = h.plain.Close() })
	h.Worker = h.worker(store.New(db, time.Now))
	h.client = asynq.NewClient(h.redis)
	t.Cleanup(func() { _ = h.client.Close() })
	return h
}

// stand lets the clock of this house stand, which nothing but doorbells and due times depends on.
func (h *house) stand(t *testing.T, at time.Time) {
	t.Helper()
	client := h.client
	h.Worker = h.worker(store.New(h.Store.Gorm(), func() time.Time { return at }))
	h.client = client
}

var sections = map[string]string{"note": "hotels", "letter": "orders"}

// worker is another process over the same store and Redis.
func (h *house) worker(s *store.Store) *Worker {
	e := engine.New(s, func(context.Context) (*rules.Rules, error) { return &rules.Rules{}, nil }, engine.Options{Gather: time.Millisecond})
	for name, section := range sections {
		engine.Add(e, engine.Flow[string, string]{Name: name, Section: section, Version: 1, Dest: h,
			Load: func(_ context.Context, ids []string) (map[string]string, error) {
				found := map[string]string{}
				for _, id := range ids {
					found[id] = "text " + id
				}
				return found, nil
			},
			Map: func(text string, _ engine.Link, _ engine.Links, _ *rules.Rules) (engine.Mapped[string], error) {
				return engine.Mapped[string]{Doc: text, Steps: []engine.Step{{Name: "sent", Bulk: "/sent", BulkParam: "ids"}}}, nil
			}})
	}
	task := func(_ context.Context, run store.Run) (int, any, error) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.ran[run.ID]++
		return 1, nil, nil
	}
	return &Worker{Store: s, Engine: e, Runner: &runs.Runner{Store: s, Engine: e, Tasks: map[string]runs.Task{runs.Setup: task}}}
}

func (h *house) Draft(key string, _ engine.Link, text string) (engine.Call, error) {
	body, err := json.Marshal(text)
	return engine.Call{Method: "PUT", Key: key, Body: body}, err
}

func (h *house) Send(_ context.Context, c engine.Call) (engine.Answer, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sent[c.Key]++
	return engine.Answer{ID: "id-" + c.Key}, nil
}

func (h *house) Find(_ context.Context, key string, _ engine.Call) (engine.Answer, bool, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return engine.Answer{ID: "id-" + key}, h.sent[key] > 0, nil
}

func (h *house) Step(_ context.Context, _ engine.Step, ids []string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, id := range ids {
		h.steps[id]++
	}
	return nil
}

func (h *house) StepDone(_ context.Context, _ engine.Step, id string) (bool, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.steps[id] > 0, nil
}

// pend makes n documents of a flow pending in a lane.
func (h *house) pend(t *testing.T, flow string, first, n int, lane store.Lane) {
	t.Helper()
	var list []store.Listed
	var refs []store.Ref
	for i := first; i < first+n; i++ {
		ref := store.Ref{Flow: flow, ID: fmt.Sprint(i)}
		refs = append(refs, ref)
		list = append(list, store.Listed{ID: ref.ID, Name: ref.ID, Documents: []store.Ref{ref}})
	}
	if err := h.Store.AddRecords(t.Context(), sections[flow], list); err != nil {
		t.Fatal(err)
	}
	if err := h.Store.QueueRefs(t.Context(), 0, refs, lane); err != nil {
		t.Fatal(err)
	}
}

func (h *house) open(t *testing.T, name string) uint64 {
	t.Helper()
	run, err := h.Store.StartRun(t.Context(), runs.Setup, "", name, "a person")
	if err != nil {
		t.Fatal(err)
	}
	return run.ID
}

// ringing names the doorbells in Redis, without the time in their names. It looks at the lists
// themselves: Asynq keeps what its inspector needs only when a process rings for the first time.
func (h *house) ringing(t *testing.T) map[string]int {
	t.Helper()
	bells := map[string]int{}
	for _, lane := range lanes {
		names, err := h.plain.LRange(t.Context(), "asynq:{"+lane+"}:pending", 0, -1).Result()
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			bells[lane+" "+name[:strings.LastIndex(name, ":")]]++
		}
	}
	return bells
}

// deliver rings a doorbell under a name of its own, so that Redis cannot see that it is one of many.
func (h *house) deliver(t *testing.T, kind string, payload any, lane, name string) {
	t.Helper()
	if err := h.enqueue(t.Context(), kind, payload, name, lane); err != nil {
		t.Fatal(err)
	}
}

// start runs workers without dispatchers, so that only what the test delivers is worked on.
func (h *house) start(t *testing.T, workers int) {
	t.Helper()
	for range workers {
		w := h.worker(h.Store)
		if _, err := w.serve(context.WithoutCancel(t.Context()), h.redis); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(w.Stop)
	}
}

// answered waits until no doorbell is left, and wants none to have failed.
func (h *house) answered(t *testing.T) {
	t.Helper()
	inspector := asynq.NewInspector(h.redis)
	defer inspector.Close()
	privatetest.Until(t, "every doorbell is answered", func() bool {
		open, bad := 0, 0
		for _, lane := range lanes {
			info, err := inspector.GetQueueInfo(lane)
			if err != nil {
				continue // nothing was ever rung in this lane
			}
			open += info.Pending + info.Active + info.Scheduled
			bad += info.Retry + info.Archived
		}
		if bad > 0 {
			t.Fatalf("%d doorbells failed", bad)
		}
		return open == 0
	})
}

// once wants every document written and marked exactly once.
func (h *house) once(t *testing.T, documents int) {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.sent) != documents || len(h.steps) != documents {
		t.Errorf("%d documents were written and %d marked, want %d", len(h.sent), len(h.steps), documents)
	}
	for key, n := range h.sent {
		if n != 1 || h.steps["id-"+key] != 1 {
			t.Errorf("%s was written %d times and marked %d times", key, n, h.steps["id-"+key])
		}
	}
}

// TestAllOfRedisLostIsRungAgainWithinOneInterval loses every doorbell and wants all of them back, of
// every lane, flow and run, by one look of the dispatcher.
func TestAllOfRedisLostIsRungAgainWithinOneInterval(t *testing.T) {
	h := newHouse(t)
	h.stand(t, time.Now().Add(time.Hour)) // doorbells are named by the time, and one look may reach into the next slot
	for i, lane := range store.Lanes {
		h.pend(t, "note", 1000*i, 30, lane)
		h.pend(t, "letter", 1000*i, 130, lane)
	}
	for i := range 5 {
		h.open(t, fmt.Sprint(i))
	}
	if err := h.ring(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := h.ringing(t)
	if len(before) != 3*(2+4)+5 { // one doorbell for 25 documents, four at most
		t.Fatalf("rings for %v", before)
	}
	same := func(after map[string]int) bool {
		for bell, n := range before {
			if after[bell] != n {
				return false
			}
		}
		return len(after) == len(before)
	}
	if err := h.plain.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	if err := h.ring(t.Context()); err != nil || !same(h.ringing(t)) {
		t.Fatalf("one look rings for %v of %v: %v", h.ringing(t), before, err)
	}
	// The dispatcher is held in each of its looks: all that is lost in one is back by the next.
	looks, on := make(chan struct{}), make(chan struct{})
	h.Spent = func(ctx context.Context) (map[store.Lane]bool, error) {
		select {
		case looks <- struct{}{}:
			select {
			case <-on:
			case <-ctx.Done():
			}
		case <-ctx.Done():
		}
		return nil, nil
	}
	if h.pace() != Interval || Interval != 500*time.Millisecond {
		t.Errorf("the dispatcher looks every %v, the interval is %v", h.pace(), Interval)
	}
	h.Every = time.Millisecond
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	h.done.Add(1)
	go h.dispatch(ctx)
	held := func() {
		t.Helper()
		privatetest.Until(t, "the dispatcher looks", func() bool {
			select {
			case <-looks:
				return true
			default:
				return false
			}
		})
	}
	held()
	for range 5 {
		if err := h.plain.FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		on <- struct{}{}
		held()
		if after := h.ringing(t); !same(after) {
			t.Errorf("one look later it rings for %v of %v", after, before)
		}
	}
	stop()
	h.done.Wait()
}

// TestADoorbellMayComeTwice delivers each doorbell many times.
func TestADoorbellMayComeTwice(t *testing.T) {
	h := newHouse(t)
	h.pend(t, "note", 0, 60, store.Live)
	h.pend(t, "letter", 0, 60, store.Live)
	run := h.open(t, "once")
	for i := range 20 {
		for _, flow := range []string{"note", "letter"} {
			h.deliver(t, taskSync, store.Queue{Flow: flow, Lane: store.Live}, "live", fmt.Sprint(flow, i))
		}
		h.deliver(t, taskRun, run, "live", fmt.Sprint("run", i))
	}
	h.start(t, 1)
	h.answered(t)
	h.settled(t)
	h.once(t, 120)
	if h.ran[run] != 1 {
		t.Errorf("the run was carried out %d times", h.ran[run])
	}
}

// TestADoorbellMayComeAtOnceToMany delivers the same doorbells to three processes at the same time.
func TestADoorbellMayComeAtOnceToMany(t *testing.T) {
	h := newHouse(t)
	h.start(t, 3)
	h.pend(t, "note", 0, 200, store.Person)
	run := h.open(t, "once")
	var group sync.WaitGroup
	for i := range 30 {
		group.Go(func() {
			h.deliver(t, taskSync, store.Queue{Flow: "note", Lane: store.Person}, "person", fmt.Sprint("note", i))
			h.deliver(t, taskRun, run, "live", fmt.Sprint("run", i))
		})
	}
	group.Wait()
	h.answered(t)
	h.settled(t)
	h.once(t, 200)
	if h.ran[run] != 1 {
		t.Errorf("the run was carried out %d times", h.ran[run])
	}
}

// TestADoorbellMayComeLate delivers doorbells for what was done long ago, for what nobody knows, and
// without sense.
func TestADoorbellMayComeLate(t *testing.T) {
	h := newHouse(t)
	h.pend(t, "note", 0, 5, store.History)
	run := h.open(t, "once")
	h.start(t, 2)
	h.deliver(t, taskSync, store.Queue{Flow: "note", Lane: store.History}, "history", "in time")
	h.deliver(t, taskRun, run, "live", "run in time")
	h.answered(t)
	h.settled(t)
	h.once(t, 5)
	look := func() string {
		t.Helper()
		docs, err := h.Store.Documents(t.Context(), []store.Ref{{Flow: "note", ID: "0"}, {Flow: "note", ID: "4"}})
		if err != nil {
			t.Fatal(err)
		}
		ended, err := h.Store.Run(t.Context(), run)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%+v %+v", docs, ended.FinishedAt)
	}
	before := look()
	for i, lane := range []store.Lane{store.Person, store.Live, store.History} {
		for _, step := range []bool{false, true} {
			h.deliver(t, taskSync, store.Queue{Flow: "note", Lane: lane, StepDue: step}, lanes[lane], fmt.Sprint("late", i, step))
		}
		h.deliver(t, taskRun, run, lanes[lane], fmt.Sprint("late run", i))
	}
	h.deliver(t, taskRun, run+100, "live", "a run that is not there")
	h.deliver(t, taskSync, store.Queue{Flow: "nothing", Lane: store.Live}, "live", "a flow that is not there")
	h.deliver(t, taskSync, "not a queue", "live", "nonsense")
	h.deliver(t, taskRun, "not a run", "live", "nonsense of a run")
	h.answered(t)
	h.once(t, 5)
	if after := look(); after != before || h.ran[run] != 1 {
		t.Errorf("late doorbells changed something: carried out %d times\n%s\n%s", h.ran[run], before, after)
	}
}

// settled delivers doorbells until nothing is due any more, as a dispatcher would.
func (h *house) settled(t *testing.T) {
	t.Helper()
	for i := range 100 {
		due, err := h.Store.Due(t.Context(), h.Engine.Flows(), 1000)
		if err != nil {
			t.Fatal(err)
		}
		if len(due) == 0 {
			return
		}
		for q := range due {
			h.deliver(t, taskSync, q, lanes[q.Lane], fmt.Sprint("rest", i, q))
		}
		h.answered(t)
	}
	t.Fatal("the work does not end")
}
