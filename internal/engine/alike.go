package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/store"
)

// What concerns every document of a flow (a mandatory field, a part that the plan lacks, a subscription
// that ended) is refused to each of them alike. After five in a row the rest of the flow waits without a
// call. One is tried again from time to time, or when a person wants it; when it is taken, the others
// follow by themselves.

// alike watches the refusals of a flow, or of a step that many of its documents take together, in this process.
// No more may be under way than could be refused to make five.
type alike struct {
	of      string // the flow, or "flow/step"
	mu      sync.Mutex
	changed *sync.Cond
	row     *store.Alike // as it was last read or noted
	times   int          // refused alike in a row
	flying  int
	taken   bool // the last of which something is known was taken
	probing bool
	probed  bool // the one that this batch may try was refused as well
}

// watch gives what is known of the refusals of a flow, or of one of its steps.
func (b *batch) watch(ctx context.Context, of string) *alike {
	fresh := &alike{of: of}
	fresh.changed = sync.NewCond(&fresh.mu)
	shared, _ := b.refused.LoadOrStore(of, fresh)
	w := shared.(*alike)
	w.mu.Lock() // also while it is read: what was read before another batch's last refusal would let more through
	defer w.mu.Unlock()
	if w.flying > 0 { // another batch of this process knows better
		return w
	}
	row, err := b.store.AlikeOf(ctx, of)
	if err != nil {
		slog.DebugContext(ctx, "it is not known what was refused alike", "of", of, "error", err)
		return w
	}
	w.row, w.times, w.probed, w.probing = row, 0, false, false
	if row != nil {
		w.times, w.taken = row.Times, false
	}
	return w
}

// ofStep is a step that is taken for many documents together, which has its own brake: that documents are
// taken says nothing of it.
func (r *runner) ofStep(name string) string { return r.name + store.AlikeStep + name }

// enter lets an attempt make its calls, or says that it has to wait for another. One that is a probe goes alone.
func (b *batch) enter(ctx context.Context, w *alike, a *attempt) (probe bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		switch {
		case w.times < store.AlikeMost:
			if w.times+w.flying < store.AlikeMost || w.flying == 0 || w.times == 0 && w.taken {
				w.flying++
				return false, nil
			}
		case w.probing:
		case w.probed:
			return false, w.fault(b.store.Now())
		default:
			mine, err := b.store.ClaimProbe(ctx, w.of, a.doc.Lane == store.Person)
			if err != nil {
				return false, err
			}
			if mine {
				w.probing, w.flying = true, w.flying+1
				return true, nil
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
		kind := fault.Held
		if w.row.Code == "mapping_missing" { // what waits for a choice is counted by its kind
			kind = fault.Blocked
		}
		return fault.New(kind, w.row.Code, "%s", w.row.Detail).Do(w.row.Action).After(until)
	}
	return fault.New(fault.Held, refusedAlike, "Zoho Books refused %d in a row alike, so this one was not sent. %s", store.AlikeMost, w.row.Detail).
		Do("Cure what Zoho Books names, then use Retry: one is tried first, and the others follow by themselves.").After(until)
}

const refusedAlike = "refused_alike"

// leave notes how the calls of an attempt ended. Only what the destination took proves that it takes others;
// whatever else stopped one says nothing of them.
func (b *batch) leave(ctx context.Context, w *alike, a *attempt, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.changed.Broadcast()
	w.flying--
	ctx = context.WithoutCancel(ctx)
	if refused := refusedAs(err); refused != nil && !(a.accepted && strings.Contains(w.of, store.AlikeStep)) {
		now, noted := b.store.RefusedAlike(ctx, w.of, *refused)
		if noted != nil {
			slog.WarnContext(ctx, "a refusal could not be counted", "of", w.of, "error", noted)
		} else {
			w.row, w.times, w.taken, w.probed = &now, now.Times, false, now.Times >= store.AlikeMost
		}
	} else if a.accepted {
		if w.row != nil {
			freed, over := b.store.AlikeOver(ctx, w.of)
			if over != nil {
				slog.WarnContext(ctx, "what was refused alike goes on later", "of", w.of, "error", over)
			} else if freed > 0 {
				slog.InfoContext(ctx, "Zoho Books takes documents again that it had refused alike", "of", w.of, "documents", freed)
			}
		}
		w.row, w.times, w.taken, w.probed = nil, 0, true, false
	}
	w.probing = false
}

// ofOne are causes that say something of one record alone, or of one that it names: however often they come,
// the next record may be taken. What the grant, a limit or a lost answer is the cause of has a kind of its own.
var ofOne = map[string]bool{
	"name_taken": true, "number_taken": true, "paid_document": true, "invoice_voided_by_hand": true, "changed_after_posting": true,
	awaits: true, "period_locked": true, "totals_differ": true, "entered_anew": true, "already_paired": true, "answer_differs": true, "settled_otherwise": true,
	edited: true, "negative_payment": true, "zoho_record_gone": true, "zoho_record_inactive": true, Waiting: true, "not_queued": true, refusedAlike: true,
}

// OfOne is the cause of a refusal that is about one record that a document names, and says nothing of the others.
type OfOne struct{ Cause error }

func (o *OfOne) Error() string { return fmt.Sprintf("of one alone: %v", o.Cause) }

func (o *OfOne) Unwrap() error { return o.Cause }

// refusedAs is a refusal that others may meet alike; nil when an error is none. Whatever has a name may
// concern them all, unless it is known to be of one alone.
func refusedAs(err error) *store.Issue {
	f := fault.Of(err)
	if alone := (*OfOne)(nil); errors.As(err, &alone) {
		return nil
	}
	if f == nil || f.Kind != fault.Rejected && f.Kind != fault.Held && f.Kind != fault.Blocked || ofOne[f.Code] {
		return nil
	}
	return &store.Issue{Code: f.Code, Detail: f.Detail, Action: f.Action}
}

// callsFor reports that an attempt is about to make calls; what only waits for a step that is taken together
// with others' makes none.
func (a *attempt) callsFor() bool {
	open := openSteps(a.merged(false))
	return a.writes() || len(open) > 0 && open[0].Bulk == ""
}
