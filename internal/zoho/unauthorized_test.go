package zoho_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/limit"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// told are neighbors who also hear when everything is refused and when that ends.
type told struct {
	peers
	refused []string
	ended   int
}

func (t *told) Refused(_ context.Context, code, _ string) { t.refused = append(t.refused, code) }
func (t *told) Accepted(context.Context)                  { t.ended++ }

// gate refuses the access as often as left says to what begins with part.
type gate struct {
	left  int
	part  string
	calls int
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.calls++
	if g.left > 0 && strings.HasPrefix(strings.TrimPrefix(r.URL.Path, zoho.Version), g.part) {
		g.left--
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"code":57,"message":"You are not authorized"}`)
		return
	}
	_, _ = io.WriteString(w, `{"code":0,"organizations":[]}`)
}

func guarded(t *testing.T, g *gate, now func() time.Time) (*zoho.Client, *told) {
	t.Helper()
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	p := &told{}
	return zoho.New(zoho.Config{APIDomain: server.URL, Organization: "60001", Tokens: p, Limiter: p, Now: now, Timeout: time.Minute, Waits: []time.Duration{time.Millisecond, time.Millisecond}}), p
}

// TestRefusalsOfTheAccessThatPassEndNothing refuses a few calls in a row, of everything and of one part:
// whoever calls does not hear of it.
func TestRefusalsOfTheAccessThatPassEndNothing(t *testing.T) {
	t.Parallel()
	for _, part := range []string{"/", "/invoices"} {
		for left := 1; left <= 3; left++ {
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				g := &gate{left: left, part: part}
				c, p := guarded(t, g, time.Now)
				if _, err := c.Do(t.Context(), zoho.Request{Method: method, Path: "/invoices", Body: json.RawMessage(`{}`)}); err != nil {
					t.Errorf("%s after %d refusals of %s: %v", method, left, part, err)
				}
				if p.token > 2 {
					t.Errorf("%d refusals of %s: renewed %d times", left, part, p.token)
				}
			}
		}
	}
}

// TestARefusalOfEverythingWaitsAndIsToldWhenItLasts: whoever calls waits, at the price of one look now and
// then, and only after ten minutes is a person asked to connect again.
func TestARefusalOfEverythingWaitsAndIsToldWhenItLasts(t *testing.T) {
	t.Parallel()
	now := time.Now()
	g := &gate{left: 1 << 30, part: "/"}
	c, p := guarded(t, g, func() time.Time { return now })
	ask := func() *fault.Error {
		_, err := c.Do(t.Context(), zoho.Request{Method: http.MethodGet, Path: "/invoices"})
		return fault.Of(err)
	}
	if f := ask(); f == nil || f.Kind != fault.Limited || f.Code != zoho.RefusedCode || f.RetryAfter <= 0 || f.Action == "" || g.calls != 5 {
		t.Fatalf("at first: %v, %d calls", f, g.calls)
	}
	before := g.calls
	for range 20 {
		if f := ask(); f == nil || f.Code != zoho.RefusedCode {
			t.Fatalf("a moment later: %v", f)
		}
	}
	if g.calls != before {
		t.Errorf("%d calls in the same moment", g.calls-before)
	}
	now, before = now.Add(9*time.Minute), g.calls
	if f := ask(); f == nil || f.Code != zoho.RefusedCode || g.calls != before+5 {
		t.Errorf("after nine minutes: %v, %d calls", f, g.calls-before)
	}
	now, before = now.Add(2*time.Minute), g.calls
	if f := ask(); f == nil || f.Kind != fault.Auth || f.Code != "grant_revoked" || f.RetryAfter <= 0 || g.calls != before+5 {
		t.Errorf("after eleven minutes: %v, %d calls", f, g.calls-before)
	}
	if want := []string{zoho.RefusedCode, zoho.RefusedCode, "grant_revoked"}; !slices.Equal(p.refused, want) {
		t.Errorf("the connection was told %q, want %q", p.refused, want)
	}
	g.left, now = 0, now.Add(time.Minute)
	for range 2 {
		if f := ask(); f != nil || p.ended != 1 {
			t.Errorf("when Zoho takes the access again: %v, told %d times, want once", f, p.ended)
		}
	}
	g.left, now = 1<<30, now.Add(time.Minute)
	if f := ask(); f == nil || f.Code != zoho.RefusedCode || len(p.refused) != 4 || p.refused[3] != zoho.RefusedCode || p.ended != 1 {
		t.Errorf("the next time: %v, told %q, ended %d times", f, p.refused, p.ended)
	}
}

// TestAPartThatStaysRefusedIsNotWaitedForEachTime: what a role lacks for good costs its waits once.
func TestAPartThatStaysRefusedIsNotWaitedForEachTime(t *testing.T) {
	t.Parallel()
	g := &gate{left: 1 << 30, part: "/creditnotes"}
	c, _ := guarded(t, g, time.Now)
	calls := func() int {
		before := g.calls
		if _, err := c.Do(t.Context(), zoho.Request{Method: http.MethodGet, Path: "/creditnotes"}); !zoho.Missing(err) {
			t.Errorf("%v", err)
		}
		return g.calls - before
	}
	if first, next := calls(), calls(); first != 5 || next != 2 {
		t.Errorf("%d calls, then %d; want 5 (with a renewal, a look at the rest, and two waits), then 2", first, next)
	}
}

// TestAStrangerToTheOrganizationIsKnown proves once that the user has no part in the organization. What waits for
// that costs nothing for an hour; one of those for which a person waits is tried; what is not called for a document is
// called for all the same; and the first call that goes well ends it.
func TestAStrangerToTheOrganizationIsKnown(t *testing.T) {
	t.Parallel()

	calls, cured := 0, false
	c, now := &zoho.Client{}, time.Now()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls++
		if !cured && !strings.HasSuffix(r.URL.Path, "/organizations") {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"code":6041,"message":"This user is not associated with the CompanyID"}`)
			return
		}
		_, _ = io.WriteString(w, `{"code":0,"organizations":[]}`)
	}))
	t.Cleanup(server.Close)
	p := &told{}
	c = zoho.New(zoho.Config{APIDomain: server.URL, Organization: "60001", Tokens: p, Limiter: p, Now: func() time.Time { return now }, Timeout: time.Minute})
	cost := func(times int, lane limit.Lane, keys ...string) int {
		t.Helper()
		before := calls
		for range times {
			ctx := zoho.WithLane(t.Context(), lane)
			if len(keys) > 0 {
				ctx = zoho.WithRef(ctx, keys...)
			}
			_, err := c.Do(ctx, zoho.Request{Method: http.MethodPut, Path: "/invoices", Body: json.RawMessage(`{}`)})
			if f := fault.Of(err); !cured && (f == nil || f.Kind != fault.Auth || f.Code != "grant_revoked" || f.RetryAfter <= 0) || cured && err != nil {
				t.Fatal(err)
			}
		}
		return calls - before
	}
	is := func(step string, got, want int) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %d calls, want %d", step, got, want)
		}
	}
	is("the first", cost(1, limit.Live, "invoice:1"), 2)
	is("a hundred others", cost(100, limit.History, "invoice:2"), 0)
	is("a person at once", cost(5, limit.Person, "invoice:3"), 0)
	now = now.Add(10 * time.Second)
	is("a person later", cost(5, limit.Person, "invoice:3"), 2)
	is("something else", cost(2, limit.Live), 4)
	now = now.Add(time.Hour - time.Second)
	is("within the hour", cost(5, limit.Live, "invoice:4"), 0)
	now = now.Add(time.Second)
	is("after an hour", cost(5, limit.Live, "invoice:4"), 2)
	if _, err := c.Do(t.Context(), zoho.Request{Method: http.MethodGet, Path: "/organizations"}); err != nil {
		t.Fatal(err)
	}
	is("after the list of organizations, which tells nothing", cost(5, limit.Live, "invoice:4"), 0)
	cured = true
	is("something else, after the cure", cost(1, limit.Live), 1)
	is("what waited", cost(5, limit.Live, "invoice:4"), 5)
}
