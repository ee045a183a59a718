package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/store"
)

// What the destination answers is compared whole, whether it was made, changed or found: its total, its
// currency, each tax, and what else was sent. A total that is right proves nothing of the taxes in it.

// differs is the fault of an answer that is not what was wanted; nil when it is. A tax that is off by
// no more than the allowed difference is told.
func (b *batch) differs(a *attempt, answer Answer, want Facts) error {
	action := answer.Cure
	if action == "" {
		action = "Open the document in Zoho Books and compare its lines with QloApps; Sync sends it again as it should be."
	}
	differ := func(format string, args ...any) error {
		words := fmt.Sprintf(format, args...)
		if answer.TaxOnTop && b.opts.TaxOnTop != nil {
			return fault.New(fault.Held, "totals_differ", "%s Its lines were sent with the tax in them, and this edition of Zoho Books put the tax on top.", words).
				Do("Nothing; it is sent again by itself within a minute, with lines without tax.").After(reckoned)
		}
		if how := b.roundsBy(answer, want); how != "" {
			return fault.New(fault.Held, "totals_differ", "%s It was reckoned otherwise than Zoho Books rounds taxes, as its answer shows («%s»).", words, strings.ReplaceAll(how, "_", " ")).
				Do("Nothing; it is reckoned anew and sent again by itself within a minute.").After(reckoned)
		}
		if answer.Why != "" {
			words += " " + answer.Why
		}
		return fault.New(fault.Rejected, "totals_differ", "%s", words).Do(action)
	}
	if want.HasTotal && !answer.Total.Equal(want.Total) {
		return differ("Zoho Books shows a total of %s %s (tax %s), but %s %s (tax %s) was predicted and wanted.",
			money.Words(answer.Total, want.Currency), want.Currency, money.Words(answer.Tax, want.Currency), money.Words(want.Total, want.Currency), want.Currency, money.Words(want.Tax, want.Currency))
	}
	if want.HasTotal && answer.Currency != "" && want.Currency != "" && answer.Currency != want.Currency {
		return fault.New(fault.Rejected, "answer_differs", "Zoho Books keeps the document in %s, but it is in %s.", answer.Currency, want.Currency).
			Do("Correct the contact's currency in Zoho Books or pair the guest with another contact, then have the document made again.")
	}
	if len(answer.Differs) > 0 {
		return fault.New(fault.Rejected, "answer_differs", "Zoho Books took something else than was sent: %s.", strings.Join(answer.Differs, "; ")).
			Do("Correct it in Zoho Books, or use Sync to send the document again as it should be.")
	}
	if !answer.HasTax && len(answer.Taxes) > 0 { // some documents show each tax and not their sum
		answer.HasTax, answer.Tax = true, money.Zero
		for _, tax := range answer.Taxes {
			answer.Tax = answer.Tax.Add(tax)
		}
	}
	if !want.HasTotal || !answer.HasTax {
		return nil
	}
	worst, words := b.worstTax(answer, want)
	unit := b.unit(want.Currency)
	tell := func(words string) {
		a.plan.notices = slices.DeleteFunc(a.plan.notices, func(n Notice) bool { return n.Code == "tax_differs" })
		a.found(Notice{Code: "tax_differs", Detail: words})
	}
	switch limit := b.roundingLimit(); {
	case worst.LessThanOrEqual(unit):
		if words := b.otherTax(answer, want); words != "" {
			tell(words)
		}
		return nil
	case worst.LessThanOrEqual(unit.Mul(limit)):
		tell(words)
		return nil
	default:
		return differ("%s", words)
	}
}

// worstTax is how far the tax is off that is off most, and both computations in words. Tax by tax is
// compared where the answer names the same taxes, else their sum.
func (b *batch) worstTax(answer Answer, want Facts) (money.Decimal, string) {
	words := fmt.Sprintf("Zoho Books shows a tax of %s %s, but %s %s was predicted and wanted, both of a total of %s.", money.Words(answer.Tax, want.Currency), want.Currency, money.Words(want.Tax, want.Currency), want.Currency, money.Words(want.Total, want.Currency))
	worst := answer.Tax.Sub(want.Tax).Abs()
	for id := range answer.Taxes {
		if _, known := want.Taxes[id]; !known {
			return worst, words // other ids, as those of groups: only the sum can be compared
		}
	}
	if len(answer.Taxes) == 0 {
		return worst, words
	}
	for id, wanted := range want.Taxes {
		if off := answer.Taxes[id].Sub(wanted).Abs(); off.GreaterThan(worst) {
			worst = off
			words = fmt.Sprintf("Zoho Books shows a tax of %s %s where %s %s was predicted and wanted for the same tax.", money.Words(answer.Taxes[id], want.Currency), want.Currency, money.Words(wanted, want.Currency), want.Currency)
		}
	}
	return worst, words
}

// otherTax tells of a tax that came to the right amount and is another one than was sent, as far as the mapping
// knows both: their rates are the same today, and what is reported by tax is not. A group that holds what was sent
// is no other tax.
func (b *batch) otherTax(answer Answer, want Facts) string {
	if b.rules == nil || len(want.Taxes) == 0 {
		return ""
	}
	for _, id := range slices.Sorted(maps.Keys(answer.Taxes)) {
		tax, known := b.rules.Mappings.Taxes[id]
		_, sent := want.Taxes[id]
		holds := slices.ContainsFunc(tax.Parts, func(p rules.TaxPart) bool { _, sent := want.Taxes[p.ID]; return sent })
		if known && !sent && !holds && !answer.Taxes[id].IsZero() {
			return fmt.Sprintf("Zoho Books shows the tax «%s» (%s) where another one was sent; the amounts agree.", tax.Name, id)
		}
	}
	return ""
}

// unit is the smallest amount of a currency in the books.
func (b *batch) unit(currency string) money.Decimal {
	if b.rules != nil {
		if c, known := b.rules.Org.Currencies[currency]; known {
			return money.Unit(c.Precision)
		}
	}
	return money.Unit(2)
}

// roundingLimit is how many units a tax may be off.
func (b *batch) roundingLimit() money.Decimal {
	limit := 5
	if b.rules != nil {
		limit = b.rules.Settings.Orders.RoundingLimit
	}
	return money.MustParse(fmt.Sprint(limit))
}

// reckoned is when a document is sent again whose taxes were rounded otherwise than was known.
const reckoned = time.Minute / 2

// taxedOnTop keeps that lines are to be without tax, when an answer shows that those with it were taken for such and
// that more came of it.
func (b *batch) taxedOnTop(ctx context.Context, answer Answer, want Facts) {
	if !answer.TaxOnTop || b.opts.TaxOnTop == nil || !want.HasTotal || answer.Total.Equal(want.Total) {
		return
	}
	b.onTop.Do(func() {
		if err := b.opts.TaxOnTop(ctx); err != nil {
			slog.WarnContext(ctx, "that lines are to be without tax could not be kept", "error", err)
		}
	})
}

// roundsBy is how the destination rounds taxes, where an answer tells that otherwise than it is known, in words or by a
// total that comes of nothing else; "" = as it is known.
func (b *batch) roundsBy(answer Answer, want Facts) string {
	if b.rules == nil || b.opts.Rounds == nil {
		return ""
	}
	known, how := b.rules.Org.TaxRounding, answer.Rounds
	if how == "" && want.HasTotal && !answer.Total.Equal(want.Total) && answer.Total.Equal(want.Otherwise) {
		how = rules.OtherRounding(known)
	}
	if how == known {
		return ""
	}
	return how
}

// rounded keeps how the destination rounds taxes, when an answer tells it otherwise than it is known.
func (b *batch) rounded(ctx context.Context, answer Answer, want Facts) {
	how := b.roundsBy(answer, want)
	if how == "" {
		return
	}
	b.rounds.Do(func() {
		if err := b.opts.Rounds(ctx, how); err != nil {
			slog.WarnContext(ctx, "how taxes are rounded could not be kept", "rounding", how, "error", err)
		}
	})
}

// retabled reads taxes and currencies anew, once for a batch, after an answer that came out otherwise
// than it was predicted: a rate or a precision may have been changed there.
func (b *batch) retabled(ctx context.Context, err error) {
	if f := fault.Of(err); f == nil || f.Code != "totals_differ" || f.Kind != fault.Rejected || b.opts.Retable == nil {
		return
	}
	b.retable.Do(func() {
		if err := b.opts.Retable(ctx); err != nil {
			slog.WarnContext(ctx, "taxes and currencies could not be read after an answer that differs", "error", err)
		}
	})
}

// again is when a document that waits for somebody at the destination is looked at again.
const again = time.Hour

// awaits is the code of a document that somebody at the destination must act on.
const awaits = "awaits_approval"

// Awaits is the fault of a document whose status says that it may not be used yet. It goes on by itself.
func Awaits(status string) error {
	return fault.New(fault.Held, awaits, "The document stands in Zoho Books as «%s», so it can neither be sent nor settled yet.", strings.ReplaceAll(status, "_", " ")).
		Do("Approve it in Zoho Books; it is looked at every hour and goes on by itself, or at once with Retry.").After(again)
}

// Awaits is that fault in the words that fit what is to be proved.
func (p Proof) Awaits(status string) error {
	if !p.Alone {
		return Awaits(status)
	}
	return fault.New(fault.Held, awaits, "It stands in Zoho Books as «%s», so it counts in no account there yet.", strings.ReplaceAll(status, "_", " ")).
		Do("Approve and publish it in Zoho Books; it is looked at every hour and goes on by itself, or at once with Retry.").After(again)
}

// Proves reports that a value of a proof's field proves it; value is Value with the document's id.
func (p Proof) Proves(shown, value string) bool {
	if len(p.Any) > 0 {
		return slices.Contains(p.Any, shown)
	}
	return (shown == value) != p.Not
}

// Waits reports a status in which a step proved by a list of statuses is not done and cannot be
// taken either, as somebody at the destination must act first.
func (p Proof) Waits(status string) bool {
	if p.Field != "status" || p.List != "" || len(p.Any) == 0 || status == "" || slices.Contains(p.Any, status) {
		return false
	}
	return p.Alone || status != "draft" && status != "void" && status != "approved"
}

// waits is the fault of an answer that shows such a status for a step that is still open.
func waits(answer Answer, steps []Step) error {
	for _, s := range steps {
		if s.Proof != nil && s.Proof.Waits(answer.Status) {
			return s.Proof.Awaits(answer.Status)
		}
	}
	return nil
}

// unproved opens steps that count as taken and that the status does not show: a credit note is not open
// because it was made, also where its answer tells no status, a new master is not active when it is answered as
// inactive, and an invoice that was sent may wait for approval again once it was changed. Whoever made a document
// void meant it.
func unproved(d *store.Document, answer Answer, want []Step, created bool) {
	for i, s := range want {
		p := s.Proof
		if p == nil || i >= len(d.Steps) || !d.Steps[i].Done || answer.Status == "void" || p.Field != "status" || p.List != "" {
			continue
		}
		implied := created && s.Implied
		if answer.Status == "" && (!implied || len(p.Any) == 0) || len(p.Any) == 0 && !(implied && answer.Made) || p.Proves(answer.Status, p.Value) {
			continue
		}
		d.Steps[i].Done = false
		d.Steps[i].Call, _ = json.Marshal(s)
	}
}

// otherwise replaces steps by what the document's status shows to be done in their place.
func (a *attempt) otherwise(answer Answer, want []Step) {
	for _, s := range want {
		if s.Otherwise == nil || !s.Otherwise.Proof.Proves(answer.Status, s.Otherwise.Proof.Value) {
			continue
		}
		for n := range a.doc.Steps {
			if a.doc.Steps[n].Name == s.Name {
				a.doc.Steps[n] = store.StepState{Name: s.Otherwise.Name, Done: true}
			}
		}
		a.plan.steps = slices.Clone(a.plan.steps)
		for n := range a.plan.steps {
			if a.plan.steps[n].Name == s.Name {
				a.plan.steps[n] = *s.Otherwise
			}
		}
	}
}
