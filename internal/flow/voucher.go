package flow

import (
	"encoding/json"
	"fmt"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// A voucher that was made from a credit slip is money the guest already has: the document is
// posted without it, and the slip's credit note settles that part of the invoice.

// withoutVouchers separates discounts that are payment by credit, and says what the document
// comes to without them.
func withoutVouchers(discounts []qloapps.Discount, t truth) ([]qloapps.Discount, truth) {
	var kept []qloapps.Discount
	for _, d := range discounts {
		if d.FromSlip == "" {
			kept = append(kept, d)
			continue
		}
		t.incl, t.excl = t.incl.Add(d.Incl), t.excl.Add(d.Excl)
	}
	return kept, t
}

// vouchers are the discounts of an invoice that are payment by credit.
func vouchers(i qloapps.Invoice) []qloapps.Discount {
	var list []qloapps.Discount
	for _, d := range discountsOf(i) {
		if d.FromSlip != "" {
			list = append(list, d)
		}
	}
	return list
}

// voucherAmounts are what vouchers settle of an invoice: rounded together with what is due without
// them, so that exactly that stays due. No credit note gives more than it has; where rounding asks
// for a unit more than that, the unit stays due.
func voucherAmounts(i qloapps.Invoice, precision int32, links engine.Links) []money.Decimal {
	due := i.TotalIncl
	if len(i.Order.Invoices) == 1 {
		due = i.Order.TotalIncl
	}
	amounts := []money.Decimal{due}
	list := vouchers(i)
	for _, d := range list {
		amounts = append(amounts, d.Incl)
	}
	amounts = money.Spread(amounts, precision)[1:]
	for n, d := range list {
		if note := links.Look(CreditNote, d.FromSlip); note.Total.IsPositive() || note.Status == engine.Synced && !note.Exists() { // one below the smallest unit has no document
			amounts[n] = minimum(amounts[n], note.Total)
		}
	}
	return amounts
}

// voucherNeeds are the credit notes that settle a part of the invoice.
func voucherNeeds(i qloapps.Invoice) []engine.Ref {
	var needs []engine.Ref
	for _, d := range vouchers(i) {
		needs = append(needs, ref(CreditNote, d.FromSlip))
	}
	return needs
}

// voucherSteps apply each slip's credit note to the invoice. The notice shows both totals.
func voucherSteps(i qloapps.Invoice, own string, total money.Decimal, precision int32, links engine.Links) ([]engine.Step, []engine.Notice, error) {
	var steps []engine.Step
	var notices []engine.Notice
	amounts := voucherAmounts(i, precision, links)
	for n, d := range vouchers(i) {
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
		amount := amounts[n]
		if !amount.IsPositive() {
			continue
		}
		body, _ := json.Marshal(map[string]any{"apply_creditnotes": []map[string]any{{"creditnote_id": note.ID, "amount_applied": money.N(amount)}}})
		steps = append(steps, engine.Step{Name: "credit:" + note.ID, Method: "POST", Path: "/invoices/{id}/credits", Body: body, Days: []string{max(own, note.Day)},
			Proof: &engine.Proof{Path: zoho.CreditNotes.Path + "/" + note.ID, Envelope: zoho.CreditNotes.Envelope, List: "invoices", Field: "invoice_id", Value: "{id}"}})
		notices = append(notices, engine.Notice{Code: "voucher_credit", Detail: fmt.Sprintf("QloApps shows %s %s after the voucher «%s» of %s. In Zoho Books the invoice stands at %s, and credit note %s settles that part.",
			i.Order.TotalIncl.StringFixed(2), i.Order.Currency, d.Name, amount, total, note.Number)})
	}
	return steps, notices, nil
}

// voucherShare is what vouchers made from slips settle of an invoice.
func voucherShare(o *qloapps.Order, head qloapps.InvoiceHead, precision int32, links engine.Links) money.Decimal {
	sum := money.Zero
	for _, amount := range voucherAmounts(qloapps.Invoice{InvoiceHead: head, Order: o}, precision, links) {
		sum = sum.Add(amount)
	}
	return sum
}
