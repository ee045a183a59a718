package engine

import (
	"context"
	"encoding/json"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/store"
)

// resolve finishes what an earlier attempt may have begun, before anything else is sent. Only
// documents whose outcome is known go on.
func (b *batch) resolve(ctx context.Context, docs []store.Document) []store.Document {
	clear := docs[:0:0]
	for _, d := range docs {
		if d.Intent == nil {
			clear = append(clear, d)
			continue
		}
		if unkeyed(d) {
			if out := b.tooEarly(d, b.mayArrive(d)); out != nil {
				b.settle(ctx, out)
				continue
			}
		}
		b.late(&d)
		a := &attempt{doc: d, resolving: true}
		if back, aside := d.Brought(); aside {
			a.doc, a.aside = back, &d
		}
		if err := guard(func() error { return b.resolveOne(ctx, a) }); err != nil {
			if out := b.ended(ctx, a, err); out != nil {
				out.KeepHint = a.doc.Intent != nil
				b.settle(ctx, out)
			}
			continue
		}
		clear = append(clear, a.kept())
	}
	return clear
}

// unkeyed reports an intent whose call the destination would not know again.
func unkeyed(d store.Document) bool {
	var was intent
	return json.Unmarshal(d.Intent, &was) == nil && (was.Step != nil || was.Call != nil && was.Call.Once)
}

// resolveOne repeats the stored call to the letter: a keyed upsert finds the document it made
// and answers with it. Only when the repeat is refused is the outcome read instead.
func (b *batch) resolveOne(ctx context.Context, a *attempt) error {
	ctx = b.errand(ctx, a)
	var was intent
	if err := json.Unmarshal(a.doc.Intent, &was); err != nil {
		a.doc.Intent = nil // written by nobody we know; mapping anew is keyed and therefore safe
		return nil
	}
	if was.Step != nil && a.aside != nil {
		a.doc.Intent = nil // it only made it a draft, which is proved when that is asked for again
		return nil
	}
	if was.Step != nil {
		return b.resolveStep(ctx, a, *was.Step)
	}
	if was.Call == nil {
		a.doc.Intent = nil
		return nil
	}
	if was.Call.Once {
		return b.resolveOnce(ctx, a, was)
	}
	// Whoever paused longer than its lease must not repeat what another worker has gone beyond.
	if err := b.intends(ctx, a, was); err != nil {
		return err
	}
	a.calls++
	answer, err := b.runner.send(ctx, *was.Call)
	if err == nil {
		return b.found(ctx, a, answer, was)
	}
	if !refused(err) {
		return err
	}
	if was.Call.Key == "" {
		return b.resolveUpdate(ctx, a, was)
	}
	a.calls++
	answer, found, findErr := b.runner.find(ctx, was.Call.Key, *was.Call)
	if findErr != nil {
		return findErr
	}
	if found {
		return b.found(ctx, a, answer, was)
	}
	a.doc.Intent = nil
	return nil
}

// refused reports that a stored call is not taken as it is, and would not be later on: what it is about is mapped anew
// once it is known that the first call came to nothing.
func refused(err error) bool {
	switch fault.KindOf(err) {
	case fault.Rejected, fault.Held, fault.NotFound, fault.Blocked:
		return true
	default:
		return fault.Of(err).Code == "exclusive_only" // it waits, but for another body
	}
}

// resolveOnce looks for what a call that is never repeated made. It can arrive no more, so what is not there
// was never made, and is mapped and judged anew.
func (b *batch) resolveOnce(ctx context.Context, a *attempt, was intent) error {
	a.calls++
	answer, there, err := b.runner.find(ctx, a.doc.Ref.Key(), *was.Call)
	if err != nil {
		return err
	}
	if there {
		return b.found(ctx, a, answer, was)
	}
	a.doc.Intent = nil
	return nil
}

// resolveUpdate reads whether an update, whose repetition was refused, stands from the first time: a
// period may have been locked, or money may have come, in between.
func (b *batch) resolveUpdate(ctx context.Context, a *attempt, was intent) error {
	if b.runner.current != nil && a.doc.ZohoID != "" {
		a.calls++
		stands, err := b.runner.current(ctx, a.doc.ZohoID)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if err == nil && len(Differences(was.Call.Body, stands)) == 0 {
			a.calls++
			answer, there, err := b.runner.find(ctx, a.doc.Ref.Key(), *was.Call)
			if err != nil {
				return err
			}
			if there && answer.ID == a.doc.ZohoID {
				return b.found(ctx, a, answer, was)
			}
		}
	}
	a.doc.Intent = nil // it changed nothing; it is mapped and judged anew
	return nil
}

// found saves the document of an earlier attempt before it is mapped anew.
func (b *batch) found(ctx context.Context, a *attempt, answer Answer, was intent) error {
	err := b.adopt(ctx, a, answer, was, a.doc.ZohoID == "")
	if saved := b.keep(ctx, a); saved != nil {
		return saved
	}
	return err
}
