package rehearsal_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
)

// inInbox is the group of a cause, none when nothing waits for it.
func inInbox(ctx context.Context, t *testing.T, s *rehearsal.Stage, code string) (group wire.IssueGroup) {
	t.Helper()
	var answer struct{ Items []wire.IssueGroup }
	if err := s.Call(ctx, http.MethodGet, "/issues", nil, &answer); err != nil {
		t.Fatal(err)
	}
	for _, g := range answer.Items {
		if g.Code == code {
			return g
		}
	}
	return group
}

func waitingForMe(ctx context.Context, t *testing.T, s *rehearsal.Stage) int {
	t.Helper()
	var overview struct {
		Waiting int `json:"waiting_for_me"`
	}
	if err := s.Call(ctx, http.MethodGet, "/overview", nil, &overview); err != nil {
		t.Fatal(err)
	}
	return overview.Waiting
}

// TestWhatIsDealtWithComesBackWithThePaymentAfterIt: a person's word about a cause is no word about a payment
// that comes to wait for it later, whenever that payment was first seen, and none about another change of the same.
func TestWhatIsDealtWithComesBackWithThePaymentAfterIt(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "10")
	first := received(t, s, "customer:7", "invoice:8", "24", "24", 2)
	second := received(t, s, "customer:7", "invoice:8", "12", "12", 2)
	brought(ctx, t, s, "new")
	dealtWith := func() {
		t.Helper()
		if err := s.Call(ctx, http.MethodPost, "/issues/payment_changed/handled", why, nil); err != nil {
			t.Fatal(err)
		}
		g := inInbox(ctx, t, s, "payment_changed")
		if g.Handled == nil || waitingForMe(ctx, t, s) != 0 {
			t.Fatalf("dealt with it still waits: %+v, %d", g, waitingForMe(ctx, t, s))
		}
		if n := len(g.Days); n == 0 || g.Days[n-1] != g.Count {
			t.Fatalf("%d came to wait today, the last days have %v", g.Count, g.Days)
		}
	}
	step := func(what, id, amount string, count int) {
		t.Helper()
		reapplied(t, s, id, "invoice:8", amount, `,"amount":`+amount)
		brought(ctx, t, s, "new")
		g := inInbox(ctx, t, s, "payment_changed")
		if g.Count != count || g.Handled != nil || waitingForMe(ctx, t, s) != count {
			t.Errorf("%s: %d of %d wait, %d for me, dealt with: %+v", what, g.Count, count, waitingForMe(ctx, t, s), g.Handled)
		}
	}
	step("the first", first, "20", 1)
	dealtWith()
	brought(ctx, t, s, "all")
	if g := inInbox(ctx, t, s, "payment_changed"); g.Handled == nil {
		t.Errorf("it came back though nothing changed: %+v", g)
	}
	step("the second", second, "8", 2)
	dealtWith()
	step("the first once more", first, "10", 2)
}
