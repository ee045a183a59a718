package engine

import (
	"context"
	"log/slog"
	"strings"

	"github.com/qlobooks/qlobooks/internal/store"
)

// A document may stand although no link leads to it: the links were forgotten, a table was lost, a
// back-up was put back. Such a one is found, not made. People and money rely on it, so what is never
// changed is looked for and taken as it stands, and a step is taken only when it is not there already.

// posted tells which documents of a batch have no link and may stand all the same.
func (b *batch) posted(ctx context.Context, docs []store.Document) (map[Ref]bool, error) {
	var refs []Ref
	for _, d := range docs {
		if d.ZohoID == "" && !b.runner.master {
			refs = append(refs, d.Ref)
		}
	}
	if len(refs) > 0 && b.opts.Reach != nil {
		if err := b.opts.Reach(ctx); err != nil { // before it is read what may stand
			return nil, err
		}
	}
	return b.store.Posted(ctx, refs)
}

// stands looks for the document of a key; nil when there is none that counts.
func (b *batch) stands(ctx context.Context, a *attempt, call Call) (*Answer, error) {
	a.calls++
	answer, found, err := b.runner.find(ctx, a.doc.Ref.Key(), call)
	if err != nil || !found || answer.Status == "void" {
		return nil, err
	}
	return &answer, nil
}

// met notes whether a document that a link is new to was made by the very call or met, and what its
// status shows to be done already.
func (b *batch) met(a *attempt, answer Answer, want []Step) {
	d := &a.doc
	a.made, d.Found = answer.Made, !answer.Made
	if answer.Made {
		return
	}
	for _, step := range want {
		if p := step.Proof; p != nil && p.ofStatus() && answer.Status != "" && p.Proves(answer.Status, p.Value) {
			took(d, step.Name)
		}
	}
	if a.resolving || a.posted || a.record == nil || b.runner.master {
		return
	}
	if err := b.store.FoundUnknown(context.Background()); err != nil {
		slog.Warn("it could not be noted that Zoho Books holds more than QloBooks knows of", "key", d.Ref.Key(), "error", err)
	}
}

// ofStatus reports a proof that the document's own status gives.
func (p Proof) ofStatus() bool {
	return p.Field == "status" && p.List == "" && strings.HasSuffix(p.Path, "/{id}")
}

// doneBefore reads whether a step has happened already, unless this attempt made the document, or an
// earlier one brought it to rest and nobody else can have touched it. What was taken otherwise than it was asked is
// always read.
func (b *batch) doneBefore(ctx context.Context, a *attempt, step Step) (done bool, err error) {
	defer func() {
		if done { // what it brings about is learned, whoever took it
			a.learn(step.After)
		}
	}()
	if step.Sent = a.doc.Otherwise(step.Name); step.Sent && step.Proof != nil {
		a.calls++
		return b.runner.stepDone(ctx, step, a.doc.ZohoID)
	}
	unsure := a.doc.Found || a.doc.Paired || a.doc.SyncedAt == nil || a.plan.stands != "" && a.posted
	if a.made && !a.doc.Found || !unsure || step.Proof == nil || step.Again || a.plan.stands != "" && !a.posted {
		return false, nil
	}
	a.calls++
	return b.runner.stepDone(ctx, step, a.doc.ZohoID)
}
