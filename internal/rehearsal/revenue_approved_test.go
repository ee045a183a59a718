package rehearsal_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestJournalsThatAwaitAnApproval has the books keep new journals as drafts, or waiting for somebody: they read so, are
// only looked at, once an hour, and go on by themselves once they are published.
func TestJournalsThatAwaitAnApproval(t *testing.T) {
	atOnce(t)
	for status, words := range map[string]string{"draft": "«draft»", "pending_approval": "«pending approval»", "approved": "«approved»", "submitted": "«submitted»"} {
		t.Run(status, func(t *testing.T) {
			atOnce(t)
			prefix := "jn" + status[:2] + "_"
			h := newHouse(t, hotel(t, prefix), prefix)
			_, err := h.SyncAll(h.ctx)
			h.must(err)
			h.rests()
			h.Books.Prefer(func(p *books.Preferences) { p.Journals = status })
			h.clock.move(0, 1) // so that the hour after which they are looked at does not pass
			h.on(h.today(-2))
			_, err = h.Start(h.ctx, "/schedule/run", map[string]any{"kind": "tick"})
			h.must(err)
			settled(h.ctx, t, h.Stage)
			first := "revenue:1:" + h.today(-2)
			until(h.ctx, t, h.Stage, first, "held", "awaits_approval")
			until(h.ctx, t, h.Stage, "revenue:1:"+h.today(-1), "held", "awaits_approval")
			keys := map[string]bool{}
			for _, j := range h.Books.Journals() {
				keys[j.Reference] = true
			}
			for key := range keys {
				until(h.ctx, t, h.Stage, key, "held", "awaits_approval")
				if _, detail := h.issueOf(key); !strings.Contains(detail, words) || !strings.Contains(detail, "counts in no account") {
					t.Errorf("%s says %q", key, detail)
				}
			}
			h.must(h.Books.SetLock("all", h.today(0))) // looking changes nothing in a locked period
			_, err = h.Start(h.ctx, "/reconciliation/refresh", map[string]any{"from": h.today(-3), "to": h.today(0)})
			h.must(err)
			var found struct {
				Account struct{ Difference, Action *string }
			}
			h.must(h.Call(h.ctx, "GET", "/guest-ledger?month="+h.today(0)[:7], nil, &found))
			if a := found.Account; a.Difference == nil || !strings.Contains(*a.Difference, "await an approval") || strings.Contains(*a.Difference, "otherwise") || a.Action == nil {
				t.Errorf("the account says %+v", a)
			}
			looked := func() (reads int) {
				for _, c := range h.Books.Calls() {
					if strings.HasPrefix(c.Path, "/journals/") && c.Method == http.MethodGet {
						reads++
					}
				}
				return reads
			}
			if n := looked(); n > 0 {
				t.Errorf("journals whose answer told how they stand were read %d times", n)
			}
			journals := len(h.Books.Journals())
			h.clock.move(time.Hour+time.Minute, 20)
			h.eventuallyLooked(looked, journals)
			until(h.ctx, t, h.Stage, first, "held", "awaits_approval")
			h.Books.Prefer(func(p *books.Preferences) { p.Journals = "" })
			h.Books.ApproveAll()
			h.clock.move(time.Hour+time.Minute, 20)
			h.rests()
			for key := range keys {
				until(h.ctx, t, h.Stage, key, "synced", "")
			}
			if n := len(h.Books.Journals()); n != journals {
				t.Errorf("%d journals stand, were %d", n, journals)
			}
			h.agrees("", h.today(-1))
			h.once()
		})
	}
}

func (h *house) eventuallyLooked(looked func() int, want int) {
	h.t.Helper()
	eventually(h.ctx, h.t, h.Stage, "every journal is looked at", func() bool { return looked() >= want })
}
