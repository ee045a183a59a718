package rehearsal_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/store"
)

// secondWorker starts another worker with a dispatcher of its own over the same stage.
func secondWorker(t *testing.T, s *rehearsal.Stage) {
	t.Helper()
	w := s.App.Worker(2)
	if err := w.Start(context.WithoutCancel(t.Context()), s.App.Queue); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
}

func TestTwoWorkersAndTwoDispatchersMakeOneDocumentOfFiftyWishes(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := ready(ctx, t)
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	secondWorker(t, s)
	s.Books.ForgetCalls()
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			if err := s.App.Store.QueueRefs(ctx, 0, []store.Ref{{Flow: "customer", ID: "1"}}, store.Person); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	until(ctx, t, s, "customer:1", "synced", "")
	writes := 0
	for _, c := range s.Books.Calls() { // the locks may be read meanwhile, which is counted apart
		if c.Writes() {
			writes++
		} else if !strings.HasSuffix(c.Path, "/transactionlocks") {
			t.Errorf("a call that nobody needs: %s %s", c.Method, c.Path)
		}
	}
	if n := s.Books.Census().Keys["customer:1"]; n != 1 || writes != 1 {
		t.Errorf("%d contacts, %d writing calls", n, writes)
	}
}

// TestAllOfRedisLostLosesNothing flushes Redis again and again while guests are synchronized.
func TestAllOfRedisLostLosesNothing(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := ready(ctx, t)
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	secondWorker(t, s)
	redisClient, ok := s.App.Redis().(*redis.Client)
	if !ok {
		t.Fatal("not a single Redis")
	}
	var refs []store.Ref
	for n := range 10 {
		refs = append(refs, store.Ref{Flow: "customer", ID: fmt.Sprint(20 + n)})
	}
	s.Books.ForgetCalls()
	if err := s.App.Store.QueueRefs(ctx, 0, refs, store.History); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if err := redisClient.FlushAll(ctx).Err(); err != nil {
			t.Fatal(err)
		}
	}
	for _, ref := range refs { // how soon is measured where the dispatcher is: TestAllOfRedisLostIsRungAgainWithinOneInterval
		until(ctx, t, s, ref.Key(), "synced", "")
	}
	census := s.Books.Census()
	for _, ref := range refs {
		if census.Keys[ref.Key()] != 1 {
			t.Errorf("%s stands %d times", ref.Key(), census.Keys[ref.Key()])
		}
	}
}
