package engine

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/statement"
	"github.com/qlobooks/qlobooks/internal/store"
)

// policy is what each kind of fault does to a document: its new status, the waits before it is
// tried again (none = somebody or something must release it; the last one repeats), and how a
// run counts it.
type policy struct {
	status Status
	waits  []time.Duration
	count  store.Count
	keep   bool // the intent stays: the outcome is unknown
}

var policies = map[fault.Kind]policy{
	fault.Internal:    {status: Failed, waits: []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, time.Hour}, count: store.CountFailed},
	fault.Blocked:     {status: Blocked, count: store.CountHeld},
	fault.Held:        {status: Held, count: store.CountHeld},
	fault.Skipped:     {status: Skipped, count: store.CountSkipped},
	fault.Rejected:    {status: Rejected, count: store.CountFailed},
	fault.NotFound:    {status: Rejected, count: store.CountFailed},
	fault.Invalid:     {status: Rejected, count: store.CountFailed},
	fault.Conflict:    {status: Rejected, count: store.CountFailed},
	fault.Forbidden:   {status: Rejected, count: store.CountFailed},
	fault.Unavailable: {status: Failed, waits: []time.Duration{10 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute}, count: store.CountFailed},
	fault.Limited:     {status: Pending, waits: []time.Duration{10 * time.Second, time.Minute}, count: store.NotYet},
	fault.Unknown:     {status: Unknown, waits: []time.Duration{5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute}, count: store.CountFailed, keep: true},
	fault.Auth:        {status: Held, count: store.CountHeld},
}

// mostUnknown is how often an outcome is looked for in vain before it waits for a person, too.
const mostUnknown = 8

// failed turns an error into the end of an attempt of d.
func (e *Engine) failed(d store.Document, err error, calls int) store.Outcome {
	f := fault.Of(err)
	if f.Kind == fault.Internal && statement.Passing(err) { // a dependency that is busy is no defect of ours
		f = fault.New(fault.Unavailable, "database_down", "The database was away, full or busy with others.").Do("It is tried again by itself; check the database server if this goes on.").By(err)
	}
	p, known := policies[f.Kind]
	if !known {
		p = policies[fault.Internal]
	}
	if d.WasGone() { // whatever it waits for now, it is looked for before it reads as standing
		d.Extra, _ = learn(d.Extra, json.RawMessage(`{"was_gone":true}`))
	}
	d.Status, d.StepDue = p.status, false
	d.Issue = store.Issue{Code: f.Code, Detail: f.Detail, Action: f.Action}
	if f.Proof != nil {
		d.Issue.Proof, _ = json.Marshal(f.Proof)
	}
	out := store.Outcome{Count: p.count, Calls: calls, KeepHint: p.keep}
	if f.Kind == fault.Unknown && d.Attempts >= mostUnknown { // it is still looked for, but people are told
		p.status, p.waits = Held, []time.Duration{again}
		d.Status = Held
		d.Issue.Action = "Look in Zoho Books whether it stands there, and at what lies on the way between this server and Zoho. It is looked for every hour, or at once with Retry."
	}
	if len(p.waits) > 0 {
		wait := p.waits[min(d.Attempts, len(p.waits)-1)]
		at := e.store.Now().Add(max(wait, f.RetryAfter))
		out.Retry = &at
		d.Attempts++
	} else if f.RetryAfter > 0 { // it may end without anybody's doing here
		at := e.store.Now().Add(heldFor(f.RetryAfter, d.Attempts))
		out.Retry = &at
		d.Attempts++
	}
	if f.Kind != fault.Limited {
		out.Event = f.Detail
	}
	out.Document = d
	return out
}

// heldFor is how long something held, that may end by itself, is left alone: longer each time, up to
// an hour or what it asks for.
func heldFor(first time.Duration, attempts int) time.Duration {
	wait := first
	for range attempts {
		if wait *= 6; wait >= again {
			return max(again, first)
		}
	}
	return wait
}

// lost reports that the document belongs to another worker now, so nothing may be saved.
func lost(err error) bool { return errors.Is(err, store.ErrLost) }
