package engine

import (
	"context"
	"encoding/json"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
)

// accept takes the document that a person paired for this record's own, as documents of this
// kind are never updated; only its total must be right.
func (b *batch) accept(ctx context.Context, a *attempt) error {
	d := &a.doc
	if !d.Paired && d.Fingerprint == "" {
		return b.looked(ctx, a)
	}
	if !d.Paired || d.Fingerprint != "" {
		return b.changedAfterPosting(a)
	}
	if f := a.plan.facts; f.HasTotal && d.Currency != "" && f.Currency != "" && d.Currency != f.Currency {
		return fault.New(fault.Rejected, "answer_differs", "The paired document is in %s in Zoho Books, QloApps says %s.", d.Currency, f.Currency).
			Do("Unpair it, and pair the one in the right currency.")
	}
	if f := a.plan.facts; f.HasTotal && d.Total != nil && !d.Total.Equal(f.Total) {
		return fault.New(fault.Rejected, "totals_differ", "The paired document shows %s %s in Zoho Books, QloApps says %s %s.", money.Words(*d.Total, d.Currency), d.Currency, money.Words(f.Total, f.Currency), f.Currency).
			Do("Unpair it, or correct it in Zoho Books and pair it again.")
	}
	d.Fingerprint = a.print
	a.wrote(a.plan.written())
	a.learn(a.plan.learn)
	setFacts(d, a.plan.facts)
	return b.store.SaveAnswer(context.WithoutCancel(ctx), b.token, *d)
}

// looked reads a document that is never updated and did not stand as wanted, or was only found: once
// it stands as it should, as a preference or a rate was put right there, it is taken for this record's.
func (b *batch) looked(ctx context.Context, a *attempt) error {
	call, err := a.plan.draft(a.doc.Ref.Key(), linkOf(a.doc), a.name)
	if err != nil {
		return err
	}
	a.calls++
	call.Found = a.doc.Found
	answer, found, err := b.runner.find(ctx, a.doc.Ref.Key(), call)
	switch {
	case err != nil:
		return err
	case !found || answer.ID != a.doc.ZohoID:
		return b.changedAfterPosting(a)
	}
	if err := b.adopt(ctx, a, answer, intent{Call: &call, Sent: a.doc.Sent, Fingerprint: a.print, Name: a.doc.Name, Facts: a.plan.facts, Steps: a.plan.steps, Written: a.plan.written(), Learn: a.plan.learn}, false); err != nil {
		return err
	}
	return b.keep(ctx, a)
}

// adopt takes what Zoho answered as this record's document and compares it with what was wanted. It is saved by
// keep, or with the end of the attempt; until then the intent tells what became of it.
func (b *batch) adopt(ctx context.Context, a *attempt, answer Answer, want intent, created bool) error {
	d := &a.doc
	a.aside = nil
	posted := ""
	if d.ZohoID == answer.ID {
		posted = d.Number
	}
	d.ZohoID, d.Fingerprint, d.Intent = answer.ID, want.Fingerprint, nil
	d.Name, d.Sent = want.Name, want.sent()
	if len(answer.Sent) > 0 {
		d.Sent = answer.Sent
	}
	for _, field := range answer.Without { // what did not arrive was not sent: a later change of it is
		d.Sent, _ = Without(d.Sent, field)
	}
	a.remember(answer.Extra, created)
	a.bears(answer, posted, b.runner.master)
	if want.Facts.HasTotal && len(answer.Extra) > 0 { // of what it tells, the later telling counts
		told, _ := json.Marshal(map[string]time.Time{"told_at": b.store.Now().UTC()})
		a.learn(told)
	}
	a.wrote(want.Written)
	a.learn(want.Learn)
	if !created {
		b.updated(a)
	}
	d.Steps = mergeSteps(d.Steps, want.Steps, created)
	unproved(d, answer, want.Steps, created)
	a.otherwise(answer, want.Steps)
	if created {
		b.met(a, answer, want)
		if err := b.since(ctx, a, want.Steps); err != nil {
			return err
		}
	}
	setFacts(d, want.Facts)
	a.found(answer.Notices...)
	a.unsaved = true
	b.rounded(ctx, answer, want.Facts)
	b.taxedOnTop(ctx, answer, want.Facts)
	if err := b.differs(a, answer, want.Facts); err != nil {
		d.Fingerprint = "" // it does not stand as wanted, whatever was sent
		return err
	}
	if answer.Asks != nil {
		a.asks = true
		return answer.Asks
	}
	return waits(answer, want.Steps)
}

func setFacts(d *store.Document, f Facts) {
	d.Day, d.Currency = f.Date, f.Currency
	if f.Title != "" {
		d.Title = f.Title
	}
	if f.Currency != "" {
		total, tax, applied := f.Total, f.Tax, f.Applied
		d.Total, d.Tax, d.Applied = &total, &tax, &applied
	}
}
