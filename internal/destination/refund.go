package destination

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// GiveBackStep begins the name of a step that gives money back from a payment.
const GiveBackStep = "giveback:"

// RefundStep gives money back from a credit note.
const RefundStep = "refund"

// Refunding is what one refund of a payment needs.
type Refunding struct {
	PaymentID string          `json:"payment_id"`
	Payment   json.RawMessage `json:"payment,omitempty"` // the payment's body as it was sent, for the case that an allocation must be reduced first
	// Kept is what stays of the allocations that are lowered for it. Those of other orders, and what
	// is unused of their shares, are not touched.
	Kept   []zoho.Allocation `json:"kept,omitempty"`
	Refund zoho.Refund       `json:"refund"`
	// Force says that a person decided that it is given back, though as much went back there by hand.
	Force bool `json:"force,omitempty"`
}

// givenBack gives money back in up to three calls: it reads what of the payment is unused, frees what
// is missing from the allocations of the orders concerned, and refunds that part. Repeated after any
// of them it goes on from there, as it acts on what it reads.
func (d dest[D]) givenBack(ctx context.Context, client *zoho.Client, step engine.Step) error {
	err := d.giveBack(ctx, client, step)
	if other := (*engine.NotAsAsked)(nil); errors.As(err, &other) {
		return err
	}
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
		if done, err := wentBack(ctx, client, step, want.Refund, want.Force, "payment "+word(payment.Number, payment.ID), want.PaymentID); err != nil || done { // by us, before its link was forgotten
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
	resp, err := client.Do(ctx, zoho.Request{Method: step.Method, Path: step.Path, Body: body})
	if err == nil {
		return taken(body, resp.Body)
	}
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

// Repaying is for the step that gives money back from a credit note that stood before: what people gave back of it
// is looked for first.
type Repaying struct {
	Number string `json:"number"` // of the credit note
	Force  bool   `json:"force,omitempty"`
}

// repaid gives money back from a credit note, unless it went back already.
func (d dest[D]) repaid(ctx context.Context, client *zoho.Client, step engine.Step, id string) error {
	var of Repaying
	var refund zoho.Refund
	if err := errors.Join(json.Unmarshal(step.Aim, &of), json.Unmarshal(step.Body, &refund)); err != nil {
		return err
	}
	if done, err := wentBack(ctx, client, step, refund, of.Force, "credit note "+word(of.Number, id), id); err != nil || done {
		return err
	}
	resp, err := client.Do(ctx, zoho.Request{Method: step.Method, Path: strings.ReplaceAll(step.Path, "{id}", id), Body: step.Body})
	if err == nil {
		return taken(step.Body, resp.Body)
	}
	return waiting(ctx, client, id, d.Resource, err)
}

// wentBack looks among the refunds of a payment or credit note for the one that is to be made. Where somebody made
// one of the same amount by hand, a person is asked whether it is the same money.
func wentBack(ctx context.Context, client *zoho.Client, step engine.Step, want zoho.Refund, force bool, of, id string) (done bool, err error) {
	if step.Proof == nil {
		return false, nil
	}
	resp, err := client.Do(ctx, zoho.Request{Method: http.MethodGet, Path: strings.ReplaceAll(step.Proof.Path, "{id}", id)})
	if err != nil {
		return false, err
	}
	if done, err = Proves(*step.Proof, step.Proof.Value, resp.Body); err != nil {
		return false, zoho.Unread(http.MethodGet, err)
	}
	if done || force {
		return done, nil
	}
	var lists map[string]json.RawMessage
	var rows []struct {
		Reference zoho.Text   `json:"reference_number"`
		Amount    zoho.Amount `json:"amount"`
		Date      zoho.Text   `json:"date"`
	}
	_ = json.Unmarshal(resp.Body, &lists)
	_ = json.Unmarshal(lists[step.Proof.List], &rows)
	for _, r := range rows {
		if ours := engine.ParseKey(string(r.Reference)); ours.ID != "" || !r.Amount.Equal(want.Amount.Decimal) {
			continue
		}
		err := fault.New(fault.Held, "settled_otherwise", "By QloApps %s of %s were given back. In Zoho Books somebody gave %s of it back on %s already, so it was not given back once more.", want.Amount, of, r.Amount.Decimal, r.Date).
			Do("Use Skip here if that is the same money, or Release to have it given back as well; or write " + want.Reference + " as the reference of that refund in Zoho Books and use Retry.")
		return false, &engine.Stands{Extra: extra(map[string]any{"asked": true}), Err: err, Ask: true}
	}
	return false, nil
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
