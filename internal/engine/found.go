package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
)

// A document may stand although no link leads to it: the links were forgotten, a table was lost, a
// back-up was put back. Such a one is found, not made. People and money rely on it, so what is never
// changed is looked for and taken as it stands, and a step is taken only when it is not there already.

// posted tells which documents of a batch have no link and may stand all the same; unsure, that one without a key may;
// unknown, that only what is of no later day does.
func (b *batch) posted(ctx context.Context, docs []store.Document) (may map[Ref]bool, unsure bool, unknown string, err error) {
	var refs []Ref
	for _, d := range docs {
		if d.ZohoID == "" && !b.runner.master {
			refs = append(refs, d.Ref)
		}
	}
	if len(refs) > 0 && b.opts.Reach != nil {
		if err := b.opts.Reach(ctx); err != nil { // before it is read what may stand
			return nil, false, "", err
		}
	}
	return b.store.Posted(ctx, refs)
}

// gave puts to documents without a link by which steps they may have given money back. posted are those that may stand all
// the same.
func (b *batch) gave(ctx context.Context, docs []store.Document, found map[Ref]store.Document, posted map[Ref]bool) error {
	if b.runner.master {
		return nil
	}
	var lost, beside []Ref
	own := map[Ref]bool{}
	for _, d := range docs {
		if d.ZohoID != "" {
			continue
		}
		if own[d.Ref], lost = true, append(lost, d.Ref); posted[d.Ref] {
			beside = append(beside, d.Ref)
		}
	}
	for ref, d := range found {
		if d.ZohoID == "" && !own[ref] && d.Ref == ref {
			lost = append(lost, ref)
		}
	}
	gave, err := b.store.Gave(ctx, lost, beside, found)
	if err != nil {
		return err
	}
	for n := range docs {
		docs[n].Gave = gave[docs[n].Ref]
	}
	for ref, names := range gave {
		if d, there := found[ref]; there {
			d.Gave = names
			found[ref] = d
		}
	}
	return nil
}

// stoodThere looks for what a document without a link may have done to another one before its link was lost, and has it
// mapped once more by that: nothing is done anew before it is known that it was not done.
func (b *batch) stoodThere(ctx context.Context, a *attempt) *store.Outcome {
	var done []Step
	for _, step := range a.plan.steps {
		a.calls++
		is, err := b.runner.stepDone(ctx, step, a.plan.stands)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return b.ended(ctx, a, err)
		}
		if err == nil && is {
			done = append(done, step)
		}
	}
	a.learn(json.RawMessage(`{"` + lookedFor + `":true}`))
	if len(done) > 0 {
		a.doc.ZohoID, a.doc.Fingerprint, a.doc.Found, a.doc.MadeAt = a.plan.stands, a.print, true, nil
		a.learn(a.plan.learn)
		setFacts(&a.doc, a.plan.facts)
		a.wantSteps()
		for _, step := range done {
			a.learn(step.After)
			a.took(step)
		}
	}
	return b.mapAgain(a, true)
}

// pairedBefore links a document again with what a person had paired it with when the links were reset, where that stands and
// is nobody else's by now: it bears no key of this one, or another's, by which nothing would find it.
func (b *batch) pairedBefore(ctx context.Context, a *attempt) *store.Outcome {
	if a.doc.ZohoID != "" || !a.posted || a.plan.nothing || b.runner.master || b.runner.others == nil {
		return nil
	}
	was, err := b.store.FormerLink(ctx, a.doc.Ref)
	if err != nil {
		return b.ended(ctx, a, err)
	}
	if was.ZohoID == "" || !was.Paired {
		return nil
	}
	was.Ref = a.doc.Ref
	if held, err := b.heldByAnother(ctx, was); err != nil {
		return b.ended(ctx, a, err)
	} else if held {
		return nil
	}
	a.calls++
	there, err := b.runner.others(ctx, Call{}, money.Zero, []string{was.ZohoID}, false)
	if err != nil {
		return b.ended(ctx, a, err)
	}
	if len(there) == 0 {
		return nil
	}
	a.doc = a.doc.As(was)
	return b.mapAgain(a, true)
}

// heldAlready refuses what was found by a key where it stands for another record by now: a person paired it with that one
// while this one's row was not there.
func (b *batch) heldAlready(ctx context.Context, a *attempt, stands Answer) error {
	held, err := b.store.Holders(ctx, b.sharing(), stands.ID)
	if err != nil {
		return err
	}
	held = slices.DeleteFunc(held, func(ref Ref) bool { return ref == a.doc.Ref })
	if len(held) == 0 {
		return nil
	}
	other := words(held[0])
	return fault.New(fault.Held, "already_paired", "What bears its key in Zoho Books, «%s», was paired with %s while its own row did not exist in QloApps. Nothing was posted once more.", cmp.Or(stands.Number, stands.ID), other).
		Do("If both are the same, use Skip. If not, use Unpair on " + other + " and Retry here: this is linked with it again, and the other one is posted for itself.")
}

// sharing are the flows whose documents stand in one place with those of the batch.
func (b *batch) sharing() []string {
	flows := []string{b.runner.name}
	for name := range b.runner.rows {
		if name != b.runner.name {
			flows = append(flows, name)
		}
	}
	return flows
}

// lookedFor is the name under which it is kept that what a document did to others was looked for.
const lookedFor = "looked"

// stands looks for the document of a key, by the id too that it had before the links were reset: a list may be asked for a
// contact that it is not of any more. nil when there is none that counts.
func (b *batch) stands(ctx context.Context, a *attempt, call Call) (*Answer, error) {
	call.Found = true
	if a.doc.ZohoID == "" {
		was, err := b.formerly(ctx, a)
		if err != nil {
			return nil, err
		}
		call.Known = was.ZohoID
	}
	a.calls++
	answer, found, err := b.runner.find(ctx, a.doc.Ref.Key(), call)
	if err != nil || !found || answer.Status == "void" {
		return nil, err
	}
	if a.doc.ZohoID == "" {
		if err := b.heldAlready(ctx, a, answer); err != nil {
			return nil, err
		}
	}
	return &answer, nil
}

// asFound leaves out what is told of a document that is never updated and is not so of the one that stands: of its rate, which
// is that of its first posting, whatever the source keeps by now.
func (a *attempt) asFound(stands Answer) {
	if a.mapAs == nil {
		return
	}
	link, was := a.doc, *a
	link.ZohoID, link.Sent, link.Total = stands.ID, stands.Sent, &stands.Total
	link.Extra, _ = learn(link.Extra, stands.Extra)
	err := a.mapAs(link)
	now := a.plan.notices
	if a.plan, a.print, a.name = was.plan, was.print, was.name; err == nil {
		a.plan.notices = stillTold(a.plan.notices, now)
	}
}

// stillTold are the notices whose codes are told now, too.
func stillTold(notices, now []Notice) []Notice {
	return slices.DeleteFunc(slices.Clone(notices), func(n Notice) bool {
		return !slices.ContainsFunc(now, func(still Notice) bool { return still.Code == n.Code })
	})
}

// asItStands looks for a document that may be written again, before it is: what of the mapping it was posted with
// stays, whatever is chosen now. One that is as wanted apart from that is adopted, and done; what costs something else, or has
// other lines, is adopted as it stands and sent again by its id; one of another contact or currency by its key.
func (b *batch) asItStands(ctx context.Context, a *attempt, call Call, want intent) (done bool, err error) {
	if a.plan.createOnly || b.runner.master || !a.posted || a.mapAs == nil || call.Key == "" || a.tooLate() {
		return false, nil
	}
	answer, err := b.stands(ctx, a, call)
	if err != nil || answer == nil {
		return false, err
	}
	if answer.Another != nil {
		return false, answer.Another
	}
	link, was := a.doc, *a
	link.ZohoID, link.Number, link.Sent, link.Extra, link.Currency = answer.ID, answer.Number, answer.Sent, answer.Extra, answer.Currency
	err = a.mapAs(link)
	stays := err == nil && a.plan.keep
	now := a.plan.notices
	if err != nil || a.plan.keep || a.plan.nothing { // nothing of it is written again, or it says itself why not
		a.plan, a.print, a.name = was.plan, was.print, was.name
	}
	a.plan.steps, a.plan.before = was.plan.steps, was.plan.before // what a new one is left as holds for one that is found
	if stays {                                                    // whatever it is by now, it is taken as it stands
		a.plan.notices = stillTold(a.plan.notices, now)
		f := &a.plan.facts
		f.Currency, f.Total, f.Tax, f.Taxes = cmp.Or(answer.Currency, f.Currency), answer.Total, answer.Tax, nil
		want.Facts, want.Sent, answer.Differs = *f, answer.Sent, nil
		return true, b.adopt(ctx, a, *answer, want, true)
	}
	if answer.Other || len(answer.Differs) > 0 || b.differs(a, *answer, a.plan.facts) != nil {
		if len(answer.Differs) > 0 || answer.Currency != "" && answer.Currency != a.plan.facts.Currency {
			return false, nil
		}
		return false, b.adoptAsItStands(ctx, a, *answer, want)
	}
	want.Fingerprint, want.Facts, want.Sent, want.Steps = cmp.Or(a.plan.chosen(answer.Sent), a.print), a.plan.facts, answer.Sent, a.plan.steps
	a.print = want.Fingerprint
	return true, b.adopt(ctx, a, *answer, want, true)
}

// tooLate tells that only what is of an earlier day may stand without a link.
func (a *attempt) tooLate() bool {
	return a.unknown != "" && max(a.plan.facts.Own, a.plan.facts.Date) > a.unknown
}

// standsAnyway looks for a document that is not to be made, and counts where it stands without a link. What the record
// tells no more is taken from what was sent formerly.
func (b *batch) standsAnyway(ctx context.Context, a *attempt) (bool, error) {
	if !a.mayCount() {
		return false, nil
	}
	call, err := a.plan.draft(a.doc.Ref.Key(), linkOf(a.doc), a.name)
	if err != nil {
		return false, err
	}
	was, err := b.formerly(ctx, a)
	if err != nil {
		return false, err
	}
	drafted := call.Body
	if len(was.Sent) > 0 {
		call.Body = was.Sent
	}
	answer, err := b.stands(ctx, a, call)
	if err != nil || answer == nil {
		return false, err
	}
	if answer.ID != was.ZohoID { // another one stands, of which nothing is known
		call.Body, answer.Sent, was = drafted, nil, store.Document{}
	}
	want := intent{Call: &call, Fingerprint: cmp.Or(was.Fingerprint, a.print), Facts: a.factsOf(was, *answer), Steps: a.stepsAsItStands(*answer, call.Body)}
	a.plan.nothing, a.plan.facts = false, want.Facts
	return true, b.adopt(ctx, a, *answer, want, true)
}

// mayCount tells that a document which is not to be made may stand without a link and would count. One that is ever
// changed is looked for once.
func (a *attempt) mayCount() bool {
	lookedFor := !a.plan.createOnly && a.doc.SyncedAt != nil
	return a.plan.counts && a.doc.ZohoID == "" && (a.posted || a.unsure) && !lookedFor && !a.tooLate()
}

// formerly is a document as it was before the links were reset, or before it was taken back: it may have been brought back
// since, and refused then.
func (b *batch) formerly(ctx context.Context, a *attempt) (store.Document, error) {
	if back, aside := a.doc.Brought(); aside {
		return back, nil
	}
	return b.store.FormerLink(ctx, a.doc.Ref)
}

// factsOf are those of a document that stands: what it answers, what was sent of it, and what the record says of the rest.
func (a *attempt) factsOf(was store.Document, stands Answer) Facts {
	f := a.plan.facts
	f.Date, f.Currency, f.Total, f.Tax = cmp.Or(was.Day, f.Date), cmp.Or(f.Currency, stands.Currency), stands.Total, stands.Tax
	return f
}

// stepsAsItStands are the steps that a document has once it stands; its status shows which of them are taken. sent is its body.
func (a *attempt) stepsAsItStands(stands Answer, sent json.RawMessage) []Step {
	if a.plan.createOnly || a.mapAs == nil {
		return a.plan.steps
	}
	was, link := *a, a.doc
	link.ZohoID, link.Sent, link.Extra, link.Total = stands.ID, sent, stands.Extra, &stands.Total
	err := a.mapAs(link)
	steps := a.plan.steps
	if a.plan, a.print, a.name = was.plan, was.print, was.name; err != nil {
		return a.plan.steps
	}
	return steps
}

// mayStand has a document that is left out looked for before it is, where it stood when the links were reset: what was
// posted stays as it stands, whatever is left out since. out is how it ends where none does.
func (a *attempt) mayStand(b *batch, left error, out *store.Outcome) bool {
	d := a.doc
	if !fault.Is(left, fault.Skipped) || d.ZohoID != "" || d.LostIn == "" || d.LostIn != b.rules.Org.ID {
		return false
	}
	a.leftOut = out
	a.plan = plan{nothing: true, counts: true, facts: Facts{Title: d.Title, Date: d.Day}, draft: func(key string, _ Link, _ string) (Call, error) { return Call{Key: key}, nil }}
	return true
}

// mapAgain has a document looked at once more, as what becomes of it depends on what was read of it. answered says that
// what is kept of it is an answer that was not saved yet.
func (b *batch) mapAgain(a *attempt, answered bool) *store.Outcome {
	now := b.store.Now()
	out := store.Outcome{Document: a.kept(), Retry: &now, Calls: a.calls, Count: store.NotYet, Answered: answered}
	out.Document.Status = Pending
	return &out
}

// now is the moment at which something came to stand.
func (b *batch) now() *time.Time {
	now := b.store.Now()
	return &now
}

// met notes whether a document that a link is new to was made by the very call or met, and what its
// status shows to be done already.
func (b *batch) met(a *attempt, answer Answer, want intent) {
	d := &a.doc
	a.made, d.Found = answer.Made, !answer.Made
	if d.MadeAt = nil; answer.Made || a.resolving && !want.Posted { // or by the call whose answer was lost
		d.MadeAt = b.now()
	}
	if answer.Made {
		return
	}
	for _, step := range want.Steps {
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

// since opens the steps of a document that stood when the links were reset which settle what was made after that: it was found,
// and nobody took back what was never there.
func (b *batch) since(ctx context.Context, a *attempt, want []Step) error {
	if !a.doc.Found || !slices.ContainsFunc(want, func(s Step) bool { return s.Since }) {
		return nil
	}
	was, err := b.store.FormerLink(ctx, a.doc.Ref)
	if err != nil || was.ZohoID != a.doc.ZohoID {
		return err
	}
	for _, step := range want {
		if n := slices.IndexFunc(a.doc.Steps, func(s store.StepState) bool { return s.Name == step.Name }); n >= 0 && step.Since {
			a.doc.Steps[n].Done = false
			a.doc.Steps[n].Call, _ = json.Marshal(step)
		}
	}
	return nil
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
	lost := a.posted || a.unsure // what goes back of a payment has no key
	unsure := a.doc.Found || a.doc.Paired || a.doc.SyncedAt == nil || a.plan.stands != "" && lost
	if a.made && !a.doc.Found || !unsure || step.Proof == nil || step.Again || a.plan.stands != "" && !lost {
		return false, nil
	}
	a.calls++
	return b.runner.stepDone(ctx, step, a.doc.ZohoID)
}
