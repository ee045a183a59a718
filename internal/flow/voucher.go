package flow

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/qlobooks/qlobooks/internal/bill"
	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
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

// voucherSteps apply each slip's credit note to the invoice. The notice shows both totals.
func voucherSteps(i qloapps.Invoice, me engine.Link, contact, own string, total money.Decimal, precision int32, links engine.Links, r *rules.Rules) ([]engine.Step, []engine.Notice, error) {
	var steps []engine.Step
	var aims []destination.Aim
	var notices []engine.Notice
	kept := destination.KeptOf(me)
	amounts := bill.VoucherAmounts(i, precision, notesIn(links))
	for n, d := range bill.Vouchers(i) {
		if d.FromSlipOrder == i.Order.ID || d.FromSlipCurrency != i.Order.Currency {
			return nil, nil, fault.New(fault.Held, "totals_differ", "The voucher «%s» comes from credit slip %s, whose credit note cannot settle this invoice (another currency, or the same order).", d.Name, d.FromSlip).
				Do("Settle the invoice by hand in Zoho Books, then use Skip here.")
		}
		note, err := links.Of(CreditNote, d.FromSlip)
		if fault.Is(err, fault.Skipped) {
			return nil, nil, fault.New(fault.Held, "totals_differ", "The voucher «%s» comes from credit slip %s, which is not sent to Zoho Books, so that nothing there can settle this part of the invoice. %s", d.Name, d.FromSlip, fault.Of(err).Detail).
				Do("Settle the invoice by hand in Zoho Books, then use Skip here; or send the slip first.")
		}
		if err != nil {
			return nil, nil, err
		}
		if of := contactSent(note); of != "" && of != contact && !formerly(of, contact, i.Order, links, r) {
			return nil, nil, fault.New(fault.Held, "totals_differ", "The voucher «%s» of %s %s comes from credit slip %s, whose credit note stands under another contact in Zoho Books, and no credit pays an invoice of somebody else.", d.Name, money.Text(d.Incl), i.Order.Currency, d.FromSlip).
				Do("Settle the invoice by hand in Zoho Books, then use Skip here; or merge the two contacts there and pair both guests with the one that stays.")
		}
		if over := bill.UsedOf(i.Order, d.FromSlip).Sub(note.Total); note.Total.IsPositive() && over.GreaterThan(money.Unit(precision)) {
			return nil, nil, fault.New(fault.Held, "totals_differ", "QloApps used %s %s of the voucher «%s», but credit slip %s, of which it was made, is over %s.", money.RoundHalfUp(bill.UsedOf(i.Order, d.FromSlip), precision), i.Order.Currency, d.Name, d.FromSlip, note.Total).
				Do("Correct the order in QloApps; or settle the invoice by hand in Zoho Books, then use Skip here.")
		}
		amount := amounts[n]
		if !amount.IsPositive() {
			continue
		}
		body, _ := json.Marshal(map[string]any{"apply_creditnotes": []map[string]any{{"creditnote_id": note.ID, "amount_applied": money.N(amount)}}})
		steps = append(steps, engine.Step{Name: voucherStep(me, note.ID), Method: "POST", Path: "/invoices/{id}/credits", Body: body, Days: []string{max(own, note.Day)},
			Proof: &engine.Proof{Path: zoho.CreditNotes.Path + "/" + note.ID, Envelope: zoho.CreditNotes.Envelope, List: "invoices", Field: "invoice_id", Value: "{id}", Sum: "amount_applied", Reach: amount.String()}})
		steps[len(steps)-1].After, _ = json.Marshal(map[string]any{destination.CreditOf(note.ID): amount})
		aims = append(aims, destination.Aim{Note: note.ID, Invoice: "{id}", Reach: amount, Look: kept.Doubt, Ask: kept.Seen, Force: kept.Doubt && kept.Asked && me.Approved})
		notices = append(notices, engine.Notice{Code: "voucher_credit", Detail: fmt.Sprintf("QloApps shows %s %s after the voucher «%s» of %s. In Zoho Books the invoice stands at %s, and credit note %s settles that part.",
			i.Order.TotalIncl.StringFixed(2), i.Order.Currency, d.Name, amount, total, note.Number)})
	}
	for n := range steps { // each of them is looked at before nothing is in doubt any more
		aims[n].More = n+1 < len(steps)
		steps[n].Aim, _ = json.Marshal(aims[n])
	}
	return steps, notices, nil
}

// untraced holds an invoice that is paid by what is left of a slip's voucher where nobody knows the slip any more: taken for
// a discount, it would lower what was sold, and the slip's credit would stay the guest's all the same.
func untraced(i qloapps.Invoice, self engine.Link) error {
	if self.Exists() && !voucherOn(self) {
		return nil
	}
	for _, d := range bill.DiscountsOf(i) {
		if d.Untraced {
			return fault.New(fault.Held, "totals_differ", "The voucher «%s» of %s %s was made from a credit slip, and QloApps has neither the voucher nor such a slip any more, so that nobody can tell which credit pays this part of the invoice.", d.Name, money.Text(d.Incl), i.Order.Currency).
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

// voucherStep names the step that applies a credit note: as it was taken, or anew where somebody may have taken
// the credit back since.
func voucherStep(me engine.Link, note string) string {
	if destination.KeptOf(me).Doubt {
		return anew(me.Done, creditStep+note)
	}
	for _, done := range me.Done {
		if plain, _, _ := strings.Cut(done, "#"); plain == creditStep+note {
			return done
		}
	}
	return creditStep + note
}
