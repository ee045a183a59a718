package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/store"
)

// intent is stored before a call is made, so that whoever finds it can repeat the call to the
// letter or read what became of it.
type intent struct {
	Call *Call `json:"call,omitempty"`
	// Sent is what counts as sent where that is not the call's body alone.
	Sent        json.RawMessage `json:"sent,omitempty"`
	Step        *Step           `json:"step,omitempty"`
	Fingerprint string          `json:"fingerprint,omitempty"`
	Name        string          `json:"name,omitempty"`
	Facts       Facts           `json:"facts,omitempty"`
	Steps       []Step          `json:"steps,omitempty"`
	// Posted says that the document may have stood before the call.
	Posted bool `json:"posted,omitempty"`
	// Written is how the source wrote what is never updated once it stands.
	Written json.RawMessage `json:"written,omitempty"`
	// Learn is what else is kept of it once it stands.
	Learn json.RawMessage `json:"learn,omitempty"`
}

func (i intent) sent() json.RawMessage {
	if len(i.Sent) > 0 {
		return i.Sent
	}
	return i.Call.Body
}

// write makes the destination match the plan and returns how it ended; nil when the document
// belongs to another worker now.
func (b *batch) write(ctx context.Context, a *attempt) *store.Outcome {
	ctx = b.errand(ctx, a)
	if a.plan.stood {
		return b.stoodThere(ctx, a)
	}
	if out := b.pairedBefore(ctx, a); out != nil {
		return out
	}
	if a.plan.nothing {
		if stands, err := b.standsAnyway(ctx, a); err != nil {
			return b.ended(ctx, a, err)
		} else if !stands && a.leftOut != nil {
			a.leftOut.Calls += a.calls
			return a.leftOut
		} else if !stands {
			return b.nothing(a)
		} else if !a.plan.createOnly {
			return b.mapAgain(a, true)
		}
	}
	if a.doc.ZohoID != "" && a.plan.createOnly && a.doc.Fingerprint != a.print && a.plan.before == nil {
		if err := b.accept(ctx, a); err != nil {
			return b.ended(ctx, a, err)
		}
	}
	if err := b.locked(a); err != nil {
		return b.ended(ctx, a, err)
	}
	if out := b.overtaken(a); out != nil {
		return out
	}
	if out := b.afresh(ctx, a); out != nil {
		return out
	}
	if out := b.awaiting(ctx, a); out != nil {
		return out
	}
	if out := b.goneYet(ctx, a); out != nil {
		return out
	}
	if out := b.drafted(ctx, a); out != nil {
		return out
	}
	if !a.callsFor() || b.refusals == nil {
		gathered, err := b.carry(ctx, a)
		return b.carried(ctx, a, gathered, err)
	}
	if _, err := b.enter(ctx, b.refusals, a); err != nil {
		return b.ended(ctx, a, err)
	}
	gathered, err := b.carry(ctx, a)
	b.leave(ctx, b.refusals, a, err)
	return b.carried(ctx, a, gathered, err)
}

func (b *batch) carried(ctx context.Context, a *attempt, gathered bool, err error) *store.Outcome {
	switch {
	case err != nil:
		return b.ended(ctx, a, err)
	case gathered:
		return b.gathered(a)
	default:
		return b.synced(a)
	}
}

// carry makes the calls for the document and its steps; gathered tells that a step waits to be taken
// with others.
func (b *batch) carry(ctx context.Context, a *attempt) (gathered bool, err error) {
	if a.plan.stands != "" {
		if a.doc.ZohoID == "" {
			anew := !a.posted
			if !anew { // what was taken back stood no more
				if anew, err = b.store.TakenBack(ctx, a.doc.Ref); err != nil {
					return false, err
				}
			}
			if anew {
				a.doc.MadeAt = b.now()
			}
		}
		a.unsaved = a.unsaved || a.doc.ZohoID != a.plan.stands // whose document it stands on must be known before a step is taken there
		a.doc.ZohoID, a.doc.Fingerprint = a.plan.stands, a.print
		a.learn(a.plan.learn)
		setFacts(&a.doc, a.plan.facts) // whoever finds the last step done only looks whether it was
	} else if a.doc.ZohoID == "" || a.doc.Fingerprint != a.print || a.plan.before != nil || store.LeftAsNothing(a.doc.Extra) {
		if err := b.put(ctx, a); err != nil {
			return false, b.explained(ctx, a, err)
		}
	} else {
		a.learn(a.plan.learn)
		a.plan.notices = append(a.plan.notices, stillSpared(a.plan, a.doc.Notices)...)
	}
	a.wantSteps()
	if b.gathers(a) {
		return true, nil
	}
	if err := b.steps(ctx, a); err != nil {
		return false, b.explained(ctx, a, err)
	}
	return false, nil
}

// ended is the end of an attempt by a fault; nil for one that was broken off, as the process stops or
// its lease ran out: what it may have begun stands in its intent.
func (b *batch) ended(ctx context.Context, a *attempt, err error) *store.Outcome {
	if lost(err) {
		return nil
	}
	if brokenOff(ctx, err) {
		b.withdrawn(ctx, a)
		return nil
	}
	if out := b.goneHalf(ctx, a, err); out != nil {
		return out
	}
	out := b.failed(a.kept(), err, a.calls)
	out.Answered = a.unsaved
	if d := &out.Document; d.ZohoID != "" && d.Issue.Code == store.VoidedByHand { // which let go whatever had settled it
		d.Extra, _ = learn(d.Extra, json.RawMessage(`{"nothing":"`+store.VoidedByHand+`","doubt":true}`))
	}
	if out.KeepHint && a.leaving != nil && !a.leaving.noted.IsZero() { // what became of it cannot be known before
		if until := a.leaving.noted.Add(b.opts.Arrival); a.stepping && out.Retry != nil && out.Retry.Before(until) {
			out.Retry = &until
		}
	}
	if now := b.store.Now(); a.without || a.again && a.doc.Attempts == 0 {
		out.Retry = &now
	}
	if f := fault.Of(err); f.Code == "period_locked" && b.locksAsked(ctx) {
		out = b.failed(a.kept(), fault.New(fault.Limited, f.Code, "The locked periods are read anew."), a.calls)
		now := b.store.Now()
		out.Retry = &now
	}
	return &out
}

// brokenOff reports that an attempt ended because the process stops or the lease ran out, and not
// by an answer. Whatever was sent was waited for.
func brokenOff(ctx context.Context, err error) bool {
	switch kind := fault.KindOf(err); kind {
	case fault.Unknown:
		return false
	case fault.Internal, fault.Unavailable, fault.Limited, fault.Auth:
		return errors.Is(err, context.Canceled) || ctx.Err() != nil
	default:
		return errors.Is(err, context.Canceled)
	}
}

// keep saves an answer before anything else is called for.
func (b *batch) keep(ctx context.Context, a *attempt) error {
	if !a.unsaved {
		return nil
	}
	if err := b.store.SaveAnswer(context.WithoutCancel(ctx), b.token, a.doc); err != nil {
		return err
	}
	a.unsaved = false
	return nil
}

// put makes the one call for the document itself. A name that turns out to be somebody else's
// is marked so and the next candidate is tried.
func (b *batch) put(ctx context.Context, a *attempt) error {
	if a.doc.ZohoID != "" && a.plan.before != nil {
		if err := b.before(ctx, a, *a.plan.before); err != nil {
			return err
		}
	}
	if err := b.edited(ctx, a); err != nil {
		return err
	}
	for {
		if err := b.reserve(ctx, a); err != nil {
			return err
		}
		if len(a.plan.names) > 0 && a.name == "" {
			return a.allNamesTaken()
		}
		created := a.doc.ZohoID == ""
		call, err := a.plan.draft(a.doc.Ref.Key(), linkOf(a.doc), a.name)
		if err != nil {
			return err
		}
		kept, err := b.spared(ctx, a, &call)
		if err != nil {
			return err
		}
		if len(kept) == 0 {
			kept = call.Counts
		}
		want := intent{Call: &call, Sent: kept, Fingerprint: a.print, Name: a.name, Facts: a.plan.facts, Steps: a.plan.steps, Posted: a.posted, Written: a.plan.written(), Learn: a.plan.learn}
		if created && a.plan.createOnly && (a.posted || a.unsure && call.Key == "") {
			if stands, err := b.stands(ctx, a, call); err != nil {
				return err
			} else if stands != nil && stands.Another != nil {
				return stands.Another
			} else if stands != nil {
				a.asFound(*stands)
				return b.adopt(ctx, a, *stands, want, created)
			}
			want.Posted = false
		}
		if created && a.plan.createOnly {
			if err := b.enteredAnew(ctx, a, call); err != nil {
				return err
			}
		}
		if created {
			plan := a.print
			if done, err := b.asItStands(ctx, a, call, want); err != nil || done {
				return err
			} else if a.doc.ZohoID != "" {
				continue
			}
			if a.print != plan { // with what stands of the mapping
				if call, err = a.plan.draft(a.doc.Ref.Key(), linkOf(a.doc), a.name); err != nil {
					return err
				}
				want.Call, want.Fingerprint, want.Facts = &call, a.print, a.plan.facts
			}
		}
		if err := b.intends(ctx, a, want); err != nil {
			return err
		}
		a.calls++
		a.stepping = call.Once
		answer, err := b.sendReviving(ctx, a, call)
		if again, failed := b.released(ctx, a, err); failed != nil {
			return failed
		} else if again {
			answer, err = b.runner.send(ctx, call)
		}
		a.accepted = a.accepted || err == nil
		if mine, ours := b.earlier(ctx, a, call, err); ours && a.standsOtherwise(mine) && mine.Another == nil {
			if err := b.adoptAsItStands(ctx, a, mine, want); err != nil {
				return err
			}
			continue
		} else if ours {
			want.Fingerprint = "" // it was found, not written: the next sync looks whether it is as wanted
			return b.adopt(ctx, a, mine, want, created)
		}
		if f := fault.Of(err); f != nil && f.Code == "name_taken" && a.name != "" {
			if err := b.store.NameIsForeign(ctx, b.runner.space, a.name); err != nil {
				return err
			}
			a.name = ""
			continue
		}
		if f := fault.Of(err); f != nil && created && call.Key != "" && (f.Code == "paid_document" || f.Code == "zoho_refused") {
			if answer, err = b.standing(ctx, a, call, err); err == nil && a.standsOtherwise(answer) && answer.Another == nil {
				if err := b.adoptAsItStands(ctx, a, answer, want); err != nil {
					return err
				}
				continue
			}
		}
		if err != nil {
			return b.ownNumber(ctx, a, call, err)
		}
		return b.asked(ctx, a, b.adopt(ctx, a, answer, want, created))
	}
}

// earlier finds the record whose name or number stands in the way of a keyed call, when it is ours
// by its key: an attempt whose key the destination did not find by itself.
func (b *batch) earlier(ctx context.Context, a *attempt, call Call, err error) (Answer, bool) {
	f := fault.Of(err)
	if f == nil || call.Key == "" || f.Code != "name_taken" && f.Code != "number_taken" {
		return Answer{}, false
	}
	a.calls++
	call.Found = true
	answer, found, err := b.runner.find(ctx, call.Key, call)
	return answer, err == nil && found
}

// standing reads the document that carries a call's key, for a record whose link was forgotten:
// Zoho finds it by the key, but does not let what is settled be written once more. Its total is
// compared like that of any answer. Without one the refusal stays.
func (b *batch) standing(ctx context.Context, a *attempt, call Call, refusal error) (Answer, error) {
	a.calls++
	call.Found = true
	answer, found, err := b.runner.find(ctx, call.Key, call)
	if err == nil && !found {
		err = refusal
	}
	return answer, err
}

// standsOtherwise reports that a document which may be written again costs something else than is wanted.
func (a *attempt) standsOtherwise(answer Answer) bool {
	return !a.plan.createOnly && a.plan.facts.HasTotal && !answer.Total.Equal(a.plan.facts.Total)
}

// adoptAsItStands takes a document for this record's own as it is before what is wanted was sent, with what was sent of it
// formerly. What is wanted is sent by its id then, as of one whose link was never lost: it says what is gone, too.
func (b *batch) adoptAsItStands(ctx context.Context, a *attempt, answer Answer, want intent) error {
	was, err := b.formerly(ctx, a)
	if err != nil {
		return err
	}
	f := &want.Facts
	f.Currency, f.Total, f.Tax, f.Taxes = cmp.Or(answer.Currency, f.Currency), answer.Total, answer.Tax, nil
	want.Fingerprint, answer.Differs = "", nil
	if err := b.adopt(ctx, a, answer, want, true); err != nil {
		return err
	}
	if a.doc.Sent = nil; was.ZohoID == answer.ID {
		a.doc.Sent = was.Sent
	}
	return b.keep(ctx, a)
}

// nothing ends an attempt whose record rightly has no document.
func (b *batch) nothing(a *attempt) *store.Outcome {
	d := a.doc
	setFacts(&d, a.plan.facts)
	d.Status, d.Issue, d.Notices, d.Attempts, d.Wakes, d.Extra = a.finalStatus(), store.Issue{}, a.plan.notices, 0, a.plan.wakes, a.withoutDocument()
	out := &store.Outcome{Document: d, Count: store.CountEmpty, Synced: true, Changed: len(a.plan.wakes) > 0}
	if a.doc.SyncedAt != nil {
		out.Count = store.CountEmptyAgain
	}
	return out
}

// withoutDocument is the extra of a record that rightly has no document: whether it gets one when
// another waits for it.
func (a *attempt) withoutDocument() json.RawMessage {
	if a.plan.unneeded {
		return json.RawMessage(store.Unneeded)
	}
	if string(a.doc.Extra) == store.Unneeded {
		return nil
	}
	return a.doc.Extra
}

func (b *batch) synced(a *attempt) *store.Outcome {
	d := a.doc
	setFacts(&d, a.plan.facts)
	d.Extra = whole(d.Extra)
	d.Status, d.Issue, d.Notices, d.Attempts, d.StepDue, d.Wakes = a.finalStatus(), store.Issue{}, a.told(), 0, false, a.plan.wakes
	out := &store.Outcome{Document: d, Count: store.CountDone, Calls: a.calls, Synced: true, Changed: true, Answered: a.unsaved, Freed: store.LetGo(a.doc.Extra), Event: a.event + "Stands in Zoho Books as wanted."}
	if until := b.unread(a); until != nil {
		out.Retry = until
	}
	switch {
	case a.calls == 0:
		out.Count, out.Event, out.Changed = store.CountUnchanged, "", false
	case slices.Contains(a.plan.wakes, a.doc.Ref) && !a.made: // it was read, and what it moves follows at once
		out.Count = store.NotYet
	}
	return out
}
