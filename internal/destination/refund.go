package destination

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// GiveBackStep begins the name of a step that gives money back from a payment.
const GiveBackStep = "giveback:"

// Refunding is what one refund of a payment needs.
type Refunding struct {
	PaymentID string          `json:"payment_id"`
	Payment   json.RawMessage `json:"payment,omitempty"` // the payment's body as it was sent, for the case that an allocation must be reduced first
	// Kept is what stays of the allocations that are lowered for it. Those of other orders, and what
	// is unused of their shares, are not touched.
	Kept   []zoho.Allocation `json:"kept,omitempty"`
	Refund zoho.Refund       `json:"refund"`
}

// givenBack gives money back in up to three calls: it reads what of the payment is unused, frees what
// is missing from the allocations of the orders concerned, and refunds that part. Repeated after any
// of them it goes on from there, as it acts on what it reads.
func (d dest[D]) givenBack(ctx context.Context, client *zoho.Client, step engine.Step) error {
	err := d.giveBack(ctx, client, step)
	if f := fault.Of(err); f != nil && f.Kind == fault.Rejected { // locked meanwhile, or reconciled with a bank's statement
		return fault.New(fault.Held, "negative_payment", "Money was given back to the guest, and Zoho Books does not let the payment be changed that it came from. %s", f.Detail).
			Do("Record the refund in Zoho Books by hand, then use Skip here.").By(err)
	}
	return err
}

func (d dest[D]) giveBack(ctx context.Context, client *zoho.Client, step engine.Step) error {
	var want Refunding
	if err := json.Unmarshal(step.Body, &want); err != nil {
		return err
	}
	payment, err := client.Get(ctx, zoho.CustomerPayments, want.PaymentID)
	if err != nil {
		return err
	}
	unused, err := unsettled(payment)
	if err != nil {
		return err
	}
	if refundedBefore(payment, unused) {
		done, err := d.StepDone(ctx, step, want.PaymentID)
		if err != nil || done { // by us, before its link was forgotten
			return err
		}
	}
	if err := free(ctx, client, want, payment, unused); err != nil {
		return err
	}
	body, err := json.Marshal(want.Refund)
	if err != nil {
		return err
	}
	_, err = client.Do(ctx, zoho.Request{Method: step.Method, Path: step.Path, Body: body})
	if fault.Is(err, fault.NotFound) { // the payment was read a moment ago
		return missing(ctx, client, body, err)
	}
	return err
}

// refundedBefore reports that a part of a payment neither settles anything nor is unused.
func refundedBefore(payment zoho.Record, unused money.Decimal) bool {
	left := payment.Total.Sub(unused)
	for _, a := range payment.Settles {
		left = left.Sub(a.AmountApplied.Decimal)
	}
	return payment.HasTotal && left.IsPositive()
}

// free lowers allocations to what stays of them, where that was not done before.
func free(ctx context.Context, client *zoho.Client, want Refunding, payment zoho.Record, unused money.Decimal) error {
	stays := zoho.Merge(nil, payment.Settles) // Zoho takes each invoice once
	lowered := money.Zero
	for _, kept := range want.Kept {
		n := slices.IndexFunc(stays, func(a zoho.Allocation) bool { return a.InvoiceID == kept.InvoiceID })
		if n < 0 {
			continue
		}
		if part := stays[n].AmountApplied.Sub(kept.AmountApplied.Decimal); part.IsPositive() {
			stays[n].AmountApplied, lowered = kept.AmountApplied, lowered.Add(part)
		}
	}
	if unused.Add(lowered).LessThan(want.Refund.Amount.Decimal) {
		return fault.New(fault.Held, "negative_payment", "The payment in Zoho Books has less left than was given back.").Do("Record the refund in Zoho Books by hand, then use Skip here.")
	}
	if lowered.IsZero() {
		return nil
	}
	return reallocate(ctx, client, payment, want.Payment, stays)
}
