package engine

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/store"
)

// What concerns every document of a flow (a mandatory field, a part that the plan lacks, a subscription
// that ended) is refused to each of them alike. After five in a row the rest of the flow waits without a
// call. One is tried again from time to time, or when a person wants it; when it is taken, the others
// follow by themselves.

// alike watches the refusals of a flow in this process. No more may be under way than could be refused to make five.
type alike struct {
	mu      sync.Mutex
	changed *sync.Cond
	row     *store.Alike // as it was last read or noted
	times   int          // refused alike in a row
	flying  int
	taken   bool // the last that ended was taken
	probing bool
	probed  bool // the one that this batch may try was refused as well
}

func (b *batch) watch(ctx context.Context) {
	fresh := &alike{}
	fresh.changed = sync.NewCond(&fresh.mu)
	shared, _ := b.refused.LoadOrStore(b.runner.name, fresh)
	b.refusals = shared.(*alike)
	row, err := b.store.AlikeOf(ctx, b.runner.name)
	if err != nil {
		slog.DebugContext(ctx, "it is not known what was refused alike", "flow", b.runner.name, "error", err)
		return
	}
	w := b.refusals
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.flying > 0 { // another batch of this process knows better
		return
	}
	w.row, w.times, w.probed, w.probing = row, 0, false, false
	if row != nil {
		w.times, w.taken = row.Times, false
	}
}

// enter lets an attempt make its calls, or says that it has to wait for another.
func (b *batch) enter(ctx context.Context, a *attempt) error {
	w := b.refusals
	if w == nil { // nobody watches
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		switch {
		case w.times < store.AlikeMost:
			if w.times+w.flying < store.AlikeMost || w.flying == 0 || w.times == 0 && w.taken {
				w.flying++
				return nil
			}
		case w.probing:
		case w.probed:
			return w.fault(b.store.Now())
		default:
			mine, err := b.store.ClaimProbe(ctx, b.runner.name, a.doc.Lane == store.Person)
			if err != nil {
				return err
			}
			if mine {
				w.probing, w.flying = true, w.flying+1
				return nil
			}
			w.probed = true
			continue
		}
		w.changed.Wait()
	}
}

// fault is why a document waits for the cure of what the others were refused for.
func (w *alike) fault(now time.Time) error {
	until := max(w.row.ProbeAt.Sub(now), time.Minute)
	if w.row.ProbingUntil != nil && w.row.ProbingUntil.After(now) { // another worker tries one right now
		return fault.New(fault.Limited, refusedAlike, "Another document is tried first, as Zoho Books refused several alike.").After(5 * time.Second)
	}
	if w.row.Code != "zoho_refused" { // the cause has a name of its own
		return fault.New(fault.Held, w.row.Code, "%s", w.row.Detail).Do(w.row.Action).After(until)
	}
	return fault.New(fault.Held, refusedAlike, "Zoho Books refused %d in a row alike, so this one was not sent. %s", store.AlikeMost, w.row.Detail).
		Do("Cure what Zoho Books names, then use Retry: one is tried first, and the others follow by themselves.").After(until)
}

const refusedAlike = "refused_alike"

// leave notes how the calls of an attempt ended.
func (b *batch) leave(ctx context.Context, err error) {
	w := b.refusals
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.changed.Broadcast()
	w.flying--
	f, ctx := fault.Of(err), context.WithoutCancel(ctx)
	switch {
	case err != nil && (f.Code == "zoho_refused" && f.Kind == fault.Rejected || f.Code == "module_missing" || f.Code == "setup_required"):
		now, noted := b.store.RefusedAlike(ctx, b.runner.name, store.Issue{Code: f.Code, Detail: f.Detail, Action: f.Action})
		if noted != nil {
			slog.WarnContext(ctx, "a refusal could not be counted", "flow", b.runner.name, "error", noted)
			break
		}
		w.row, w.times, w.taken, w.probed = &now, now.Times, false, now.Times >= store.AlikeMost
	case err != nil && f.Kind != fault.Rejected && f.Kind != fault.Held: // it says nothing of the flow
	default:
		if w.row != nil {
			freed, over := b.store.AlikeOver(ctx, b.runner.name)
			if over != nil {
				slog.WarnContext(ctx, "what was refused alike goes on later", "flow", b.runner.name, "error", over)
			} else if freed > 0 {
				slog.InfoContext(ctx, "Zoho Books takes documents again that it had refused alike", "flow", b.runner.name, "documents", freed)
			}
		}
		w.row, w.times, w.taken, w.probed = nil, 0, true, false
	}
	w.probing = false
}

// callsFor reports that an attempt is about to make calls.
func (a *attempt) callsFor() bool { return a.writes() || len(openSteps(a.merged(false))) > 0 }
