package destination

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// GiveBackStep begins the name of a step that gives money back from a payment.
const GiveBackStep = store.GiveBackStep

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
	// Force says that a person decided that it is given back, though as much went back there by hand, or for a row that
	// QloApps has no more.
	Force bool `json:"force,omitempty"`
	Says  Says `json:"says,omitzero"` // what QloApps says went back of the payment
}

// givenBack gives money back in up to three calls: it reads what of the payment is unused, frees what
// is missing from the allocations of the orders concerned, and refunds that part. Repeated after any
// of them it goes on from there, as it acts on what it reads. What was freed for a refund that is refused
// goes back to where it was, by one call more.
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
	body, err := json.Marshal(want.Refund)
	if err != nil {
		return err
	}
	if err := asleep(ctx, client, body); err != nil { // before anything is freed for it
		return err
	}
	payment, err := client.GetMoney(ctx, zoho.CustomerPayments, want.PaymentID)
	if err != nil {
		return err
	}
	unused, err := unsettled(zoho.CustomerPayments, payment)
	if err == nil && unused.LessThan(want.Refund.Amount.Decimal) {
		_, err = readMoney(zoho.CustomerPayments, payment)
	}
	if err != nil {
		return err
	}
	if refundedBefore(payment, unused) {
		if done, err := wentBack(ctx, client, step, want.Refund, want.Says, want.Force, "payment "+word(payment.Number, payment.ID), want.PaymentID, payment.Currency); err != nil || done { // by us, before its link was forgotten
			return err
		}
	}
	freed, err := free(ctx, client, want, payment, unused)
	if err != nil {
		return err
	}
	err = payBack(ctx, client, zoho.CustomerPayments, want.PaymentID, payment.Currency, step.Path, body)
	if freed.IsPositive() && refused(err) {
		return putBack(ctx, client, want, payment, freed, err)
	}
	return err
}

// refused reports that Zoho Books certainly did nothing, and will not before somebody mends the cause.
func refused(err error) bool {
	if other := (*engine.NotAsAsked)(nil); err == nil || errors.As(err, &other) {
		return false
	}
	switch fault.KindOf(err) {
	case fault.Rejected, fault.Held, fault.Blocked, fault.NotFound:
		return true
	default:
		return false
	}
}

// putBack gives a payment the allocations that were lowered for a refund which was refused: nothing of it is left
// unused that QloApps has as settling its invoices. Where that is refused too, it is told with the refusal.
func putBack(ctx context.Context, client *zoho.Client, want Refunding, payment zoho.Record, freed money.Decimal, refusal error) error {
	err := reallocate(ctx, client, payment, want.Payment, zoho.Merge(nil, payment.Settles))
	if err == nil {
		return refusal
	}
	f := *fault.Of(refusal)
	f.Detail = fmt.Sprintf("%s %s of payment %s were taken off its invoices for that, were not put back there, and are unused: %s", f.Detail, money.Words(freed, payment.Currency), word(payment.Number, payment.ID), fault.Of(err).Detail)
	return f.By(errors.Join(refusal, err))
}

// payBack makes a refund of a payment or credit note and holds the answer against what was asked. A refusal names
// what of it is inactive or gone, or that somebody must approve the document first.
func payBack(ctx context.Context, client *zoho.Client, r zoho.Resource, id, currency, path string, body json.RawMessage) error {
	if err := asleep(ctx, client, body); err != nil {
		return err
	}
	resp, err := client.Do(ctx, zoho.Request{Method: http.MethodPost, Path: path, Body: body})
	if err == nil {
		return taken(body, resp.Body, currency)
	}
	if fault.Is(err, fault.NotFound) {
		return absent(ctx, client, r, id, body, err)
	}
	if found := waiting(ctx, client, id, r, err); found != err {
		return found
	}
	if f := fault.Of(err); f.Kind == fault.Rejected && f.Code == "zoho_refused" {
		return behind(ctx, client, body, err, err)
	}
	return err
}

// refundOf is the refund that a step makes, if it makes one.
func refundOf(step engine.Step) (want zoho.Refund, is bool) {
	switch {
	case strings.HasPrefix(step.Name, GiveBackStep):
		var of Refunding
		is = json.Unmarshal(step.Body, &of) == nil
		want = of.Refund
	case step.Name == RefundStep:
		is = json.Unmarshal(step.Body, &want) == nil
	}
	return want, is && want.Reference != ""
}

// went looks among the refunds of a payment or credit note for the one of a step, and holds what it finds against
// what was asked: by the sum, and where it was called from here by the day and the account too.
func went(ctx context.Context, client *zoho.Client, step engine.Step, want zoho.Refund, id, currency string) (rows []refunded, done bool, err error) {
	path := strings.ReplaceAll(step.Proof.Path, "{id}", id)
	if rows, err = refundsOf(ctx, client, path, step.Proof.List); err != nil {
		return nil, false, err
	}
	mine := ours(rows, want.Reference)
	for n, r := range mine {
		if _, told := r.over(inBase(want)); !step.Sent || told && r.Date != "" && r.Account != "" {
			continue
		}
		if mine[n], err = r.alone(ctx, client, path); err != nil {
			return nil, false, err
		}
	}
	if err := otherwise(refundDiffers(want, mine, step.Sent, currency)); err != nil {
		return nil, false, err
	}
	return rows, len(mine) > 0, nil
}

// alone reads what the list does not show of a refund. Where it cannot be read alone it tells no more.
func (r refunded) alone(ctx context.Context, client *zoho.Client, path string) (refunded, error) {
	id := cmp.Or(r.OfPayment, r.OfNote)
	if id == "" {
		return r, nil
	}
	resp, err := client.Do(ctx, zoho.Request{Method: http.MethodGet, Path: path + "/" + string(id)})
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Rejected) || fault.Is(err, fault.Held) {
		return r, nil
	}
	if err != nil {
		return r, err
	}
	var envelope map[string]json.RawMessage
	_ = json.Unmarshal(resp.Body, &envelope)
	for name, raw := range envelope {
		var whole refunded
		var listed []refunded // so Zoho's documentation shows that of a payment
		switch {
		case !strings.Contains(name, "refund"):
		case json.Unmarshal(raw, &whole) == nil:
			return whole, nil
		case json.Unmarshal(raw, &listed) == nil && len(listed) == 1:
			return listed[0], nil
		}
	}
	return r, nil
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
	Number   string `json:"number"` // of the credit note
	Currency string `json:"currency,omitempty"`
	Force    bool   `json:"force,omitempty"`
}

// repaid gives money back from a credit note. Of one that stood before it is looked first whether it went back
// already.
func (d dest[D]) repaid(ctx context.Context, client *zoho.Client, step engine.Step, id string) error {
	var of Repaying
	var refund zoho.Refund
	if err := json.Unmarshal(step.Body, &refund); err != nil {
		return err
	}
	if len(step.Aim) > 0 {
		if err := json.Unmarshal(step.Aim, &of); err != nil {
			return err
		}
		if done, err := wentBack(ctx, client, step, refund, nil, of.Force, "credit note "+word(of.Number, id), id, of.Currency); err != nil || done {
			return err
		}
	}
	return payBack(ctx, client, d.Resource, id, of.Currency, strings.ReplaceAll(step.Path, "{id}", id), step.Body)
}

// wentBack looks among the refunds of a payment or credit note for the one that is to be made. Where somebody made
// one of the same amount by hand, a person is asked whether it is the same money; and where one was made from here that
// QloApps says no more, as a row was deleted and entered anew, whether it is in its place.
func wentBack(ctx context.Context, client *zoho.Client, step engine.Step, want zoho.Refund, says Says, force bool, of, id, currency string) (done bool, err error) {
	if step.Proof == nil {
		return false, nil
	}
	rows, done, err := went(ctx, client, step, want, id, currency)
	if err != nil || done || force {
		return done, err
	}
	for _, r := range rows {
		amount, _ := r.over(inBase(want))
		if ours := engine.ParseKey(string(r.Reference)); ours.ID != "" || !amount.Equal(want.Amount.Decimal) {
			continue
		}
		err := fault.New(fault.Held, "settled_otherwise", "By QloApps %s of %s were given back. In Zoho Books somebody gave %s of it back on %s already, so it was not given back once more.", money.Words(want.Amount.Decimal, currency), of, money.Words(amount, currency), r.Date).
			Do("Use Skip here if that is the same money, or Release to have it given back as well; or write " + want.Reference + " as the reference of that refund in Zoho Books and use Retry.")
		return false, &engine.Stands{Extra: extra(map[string]any{"asked": true}), Err: err, Ask: true}
	}
	if list := says.beyond(rows); len(list) > 0 {
		u := list[0]
		err := fault.New(fault.Held, "settled_otherwise", "By QloApps %s of %s were given back. %s was given back of it in Zoho Books on %s already for %s, of which QloApps says %s now, so nothing was given back once more.", money.Words(want.Amount.Decimal, currency), of, money.Words(u.amount, currency), u.Date, called(u.record), money.Words(u.says, currency)).
			Do("If this is in the place of that, delete that refund in Zoho Books (its reference is " + string(u.Reference) + ") and use Retry, or use Skip to leave it as it stands. Use Release to have this given back as well.")
		return false, &engine.Stands{Extra: extra(map[string]any{"asked": true}), Err: err, Ask: true}
	}
	return false, nil
}

// free lowers allocations to what stays of them, where that was not done before, and tells by how much.
func free(ctx context.Context, client *zoho.Client, want Refunding, payment zoho.Record, unused money.Decimal) (lowered money.Decimal, err error) {
	stays := zoho.Merge(nil, payment.Settles) // Zoho takes each invoice once
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
		return lowered, fault.New(fault.Held, "negative_payment", "The payment in Zoho Books has less left than was given back.").Do("Record the refund in Zoho Books by hand, then use Skip here.")
	}
	if lowered.IsZero() {
		return lowered, nil
	}
	return lowered, reallocate(ctx, client, payment, want.Payment, stays)
}
