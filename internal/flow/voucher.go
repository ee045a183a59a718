package flow

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/bill"
	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// voucherNeeds are the credit notes that settle a part of the invoice.
func voucherNeeds(i qloapps.Invoice) []engine.Ref {
	var needs []engine.Ref
	for _, d := range bill.Vouchers(i) {
		needs = append(needs, ref(CreditNote, d.FromSlip))
	}
	return needs
}

// voucherSteps let the credit note of each voucher's slip settle what the voucher pays of the invoice now: what is
// missing is applied, what is more than that, or of a voucher that is no longer there, taken back. The notice shows
// both totals.
func voucherSteps(i qloapps.Invoice, me engine.Link, contact, own string, total money.Decimal, precision int32, links engine.Links, r *rules.Rules) ([]engine.Step, []engine.Notice, error) {
	v := vouchers{me: me, kept: destination.KeptOf(me), own: own, used: map[string]bool{}}
	var notices []engine.Notice
	amounts := bill.VoucherAmounts(i, precision, notesIn(links))
	for n, d := range bill.Vouchers(i) {
		note, err := voucherNote(i, d, contact, precision, links, r)
		if err != nil {
			return nil, nil, err
		}
		amount := money.Max(amounts[n], money.Zero)
		if v.pays(note.ID, amount, max(own, note.Day)); amount.IsZero() {
			continue
		}
		notices = append(notices, engine.Notice{Code: "voucher_credit", Detail: fmt.Sprintf("QloApps shows %s %s after the voucher «%s» of %s %s. In Zoho Books the invoice stands at %s %s, and credit note %s settles that part.",
			money.Words(i.Order.TotalIncl, i.Order.Currency), i.Order.Currency, d.Name, money.Words(amount, i.Order.Currency), i.Order.Currency, money.Words(total, i.Order.Currency), i.Order.Currency, note.Number)})
	}
	for _, note := range v.standing() {
		if !v.used[note] {
			v.pays(note, money.Zero, own)
		}
	}
	return v.steps(), notices, roomFor(v.more, i, me, total, precision, links)
}

// voucherNote is the credit note that pays as a voucher, or why it cannot pay this invoice.
func voucherNote(i qloapps.Invoice, d qloapps.Discount, contact string, precision int32, links engine.Links, r *rules.Rules) (engine.Link, error) {
	if d.FromSlipCurrency != i.Order.Currency {
		return engine.Link{}, fault.New(fault.Held, "totals_differ", "The voucher «%s» comes from credit slip %s, whose credit note cannot settle this invoice, as it is in another currency.", d.Name, d.FromSlip).
			Do("Settle the invoice by hand in Zoho Books, then use Skip here.")
	}
	note, err := links.Of(CreditNote, d.FromSlip)
	if fault.Is(err, fault.Skipped) {
		return engine.Link{}, fault.New(fault.Held, "totals_differ", "The voucher «%s» comes from credit slip %s, which is not sent to Zoho Books, so that nothing there can settle this part of the invoice. %s", d.Name, d.FromSlip, fault.Of(err).Detail).
			Do("Settle the invoice by hand in Zoho Books, then use Skip here; or send the slip first.")
	}
	if err != nil {
		return engine.Link{}, err
	}
	if err := takenOff(i, d, note, links); err != nil {
		return engine.Link{}, err
	}
	if of := contactSent(note); of != "" && of != contact && !formerly(of, contact, i.Order, links, r) {
		return engine.Link{}, fault.New(fault.Held, "totals_differ", "The voucher «%s» of %s %s comes from credit slip %s, whose credit note stands under another contact in Zoho Books, and no credit pays an invoice of somebody else.", d.Name, money.Words(d.Incl, i.Order.Currency), i.Order.Currency, d.FromSlip).
			Do("Settle the invoice by hand in Zoho Books, then use Skip here; or merge the two contacts there and pair both guests with the one that stays.")
	}
	if over := bill.UsedOf(i.Order, d.FromSlip).Sub(note.Total); note.Total.IsPositive() && over.GreaterThan(money.Unit(precision)) {
		return engine.Link{}, fault.New(fault.Held, "totals_differ", "QloApps used %s %s of the voucher «%s», but credit slip %s, of which it was made, is over %s.", money.Words(money.RoundHalfUp(bill.UsedOf(i.Order, d.FromSlip), precision), i.Order.Currency), i.Order.Currency, d.Name, d.FromSlip, money.Words(note.Total, i.Order.Currency)).
			Do("Correct the order in QloApps; or settle the invoice by hand in Zoho Books, then use Skip here.")
	}
	return note, nil
}

// takenOff waits for a credit note that settled the invoice of its own order before it was made a voucher: it is taken off
// there first.
func takenOff(i qloapps.Invoice, d qloapps.Discount, note engine.Link, links engine.Links) error {
	if !note.Applied.IsPositive() || slices.Contains(i.Order.SlipIDs, d.FromSlip) {
		return nil
	}
	if _, err := links.Settled(CreditNote, d.FromSlip); err != nil {
		return err
	}
	return fault.New(fault.Blocked, "not_queued", "The voucher «%s» was made from credit slip %s, whose credit note %s still settles an invoice of its own order in Zoho Books.", d.Name, d.FromSlip, note.Number).
		Do("Sync the order of the slip, which takes it off there; then use Retry.")
}

// vouchers gathers the steps by which credit notes pay an invoice.
type vouchers struct {
	me   engine.Link
	kept destination.Kept
	own  string // day of the invoice
	used map[string]bool
	more money.Decimal // what is to be applied beyond what stands
	list []engine.Step
	aims []*destination.Aim // of each step; nil of one that stays as it was taken
}

// pays lets a credit note settle an amount of the invoice, of which a part may stand, or more.
func (v *vouchers) pays(note string, amount money.Decimal, day string) {
	v.used[note] = true
	done := v.done(note)
	stands, told := v.kept.Credits[note]
	if !told && len(done) > 0 { // nobody told how much: as much as was wanted then
		if stands = amount; amount.IsZero() {
			stands = v.me.Total
		}
	}
	step := engine.Step{Name: creditStep + note, Days: []string{day}}
	aim := destination.Aim{Note: note, Invoice: "{id}", Reach: amount, Stood: stands, Look: v.kept.Doubt, Ask: v.kept.Seen, Force: v.kept.Doubt && v.kept.Asked && v.me.Approved}
	switch {
	case amount.LessThan(stands):
		v.stay(done)
		step.Name, step.Method, step.Path, step.Calls = anew(v.me.Done, step.Name), "DELETE", zoho.CreditNotes.Path+"/"+note+"/invoices", 4
		aim.Look = true
	case amount.IsZero():
		return
	case amount.Equal(stands) && len(done) > 0 && !v.kept.Doubt:
		v.stay(done)
		return
	default:
		if !v.kept.Doubt {
			v.stay(done)
		}
		part := amount.Sub(stands)
		v.more = v.more.Add(part)
		if v.kept.Doubt { // both sides are read, and it is applied what is missing
			part = amount
		}
		step.Name = anew(v.me.Done, step.Name)
		step.Method, step.Path = "POST", zoho.Invoices.Path+"/{id}/credits"
		step.Body, _ = json.Marshal(map[string]any{"apply_creditnotes": []map[string]any{{"creditnote_id": note, "amount_applied": money.N(part)}}})
		step.Proof = &engine.Proof{Path: zoho.CreditNotes.Path + "/" + note, Envelope: zoho.CreditNotes.Envelope, List: "invoices", Field: "invoice_id", Value: "{id}", Sum: "amount_applied", Reach: amount.String()}
	}
	step.After, _ = json.Marshal(map[string]any{destination.CreditOf(note): amount})
	v.list, v.aims = append(v.list, step), append(v.aims, &aim)
}

// stay leaves steps as they were taken.
func (v *vouchers) stay(done []engine.Step) {
	v.list, v.aims = append(v.list, done...), append(v.aims, make([]*destination.Aim, len(done))...)
}

// done are the steps by which a credit note was applied.
func (v *vouchers) done(note string) []engine.Step {
	return slices.DeleteFunc(doneSteps(v.me.Done, creditStep), func(s engine.Step) bool {
		plain, _, _ := strings.Cut(s.Name, "#")
		return plain != creditStep+note
	})
}

// standing are the credit notes that settle a part of the invoice, by what was told and what was done.
func (v *vouchers) standing() []string {
	notes := map[string]bool{}
	for note, part := range store.VouchersUsed(v.me.Done, v.kept.Credits) {
		notes[note] = part == nil || part.IsPositive()
	}
	for note, part := range v.kept.Credits {
		notes[note] = part.IsPositive()
	}
	maps.DeleteFunc(notes, func(_ string, stands bool) bool { return !stands })
	return slices.Sorted(maps.Keys(notes))
}

// steps are all of them; each is looked at before nothing is in doubt any more.
func (v *vouchers) steps() []engine.Step {
	last := len(v.aims) - 1
	for last >= 0 && v.aims[last] == nil {
		last--
	}
	for n, aim := range v.aims {
		if aim != nil {
			aim.More = n < last
			v.list[n].Aim, _ = json.Marshal(aim)
		}
	}
	return v.list
}

// untraced holds an invoice that is paid by what is left of a slip's voucher where nobody knows the slip any more: taken for
// a discount, it would lower what was sold, and the slip's credit would stay the guest's all the same.
func untraced(i qloapps.Invoice, self engine.Link) error {
	if self.Exists() && !voucherOn(self) {
		return nil
	}
	for _, d := range bill.DiscountsOf(i) {
		if d.Untraced {
			return fault.New(fault.Held, "totals_differ", "The voucher «%s» of %s %s was made from a credit slip, and QloApps has neither the voucher nor such a slip any more, so that nobody can tell which credit pays this part of the invoice.", d.Name, money.Words(d.Incl, i.Order.Currency), i.Order.Currency).
				Do("Make the invoice by hand in Zoho Books, without this voucher, and settle it there with the guest's credit; then use Skip here.")
		}
	}
	return nil
}

// contactSent is the contact that a document was sent with; "" where that is not known.
func contactSent(link engine.Link) string {
	var sent struct {
		Contact string `json:"customer_id"`
	}
	_ = json.Unmarshal(link.Sent, &sent)
	return sent.Contact
}
