package flow

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// A negative payment is cash given back. It makes no document of its own: it stands as refunds of
// the payments it came from, so that Zoho's balance equals what QloApps says is due.

const giveBackStep = "giveback:"

// refunding is what one refund of a payment needs.
type refunding struct {
	PaymentID string          `json:"payment_id"`
	Payment   json.RawMessage `json:"payment"` // the payment's body, for the case that an allocation must be reduced first
	// Kept is what stays of the allocations that are lowered for it. Those of other orders, and what
	// is unused of their shares, are not touched.
	Kept   []zoho.Allocation `json:"kept,omitempty"`
	Refund zoho.Refund       `json:"refund"`
}

// givenBack maps a negative payment.
func givenBack(p qloapps.Payment, parts []part, m engine.Mapped[zoho.CustomerPayment], self engine.Link, precision int32, links engine.Links, r *rules.Rules) (engine.Mapped[zoho.CustomerPayment], error) {
	m.Facts.HasTotal = false
	steps, done := stepsDone(self.Done, giveBackStep)
	m.Steps = steps
	if done.Equal(m.Facts.Total.Neg()) {
		m.Stands = self.ID
		return m, nil
	}
	account, err := r.Mappings.Find(rules.DepositAccounts, p.Method)
	if err != nil {
		return m, err
	}
	if r.Locks.Money().Closed(day(p.Added)) {
		return m, lockedBack(p, m, r)
	}
	backs, err := givesBack(p, parts, m, precision, links)
	if err != nil {
		return m, err
	}
	for _, back := range backs {
		from, err := links.Of(Payment, back.paymentID)
		if err != nil {
			return m, err
		}
		if len(from.Sent) == 0 {
			return m, fault.New(fault.Held, "negative_payment", "Money was given back to the guest: the payment by %s is %s %s. It comes from a payment that was entered in Zoho Books, which is not changed from here.", p.Method, m.Facts.Total, m.Facts.Currency).
				Do("Record the refund in Zoho Books by hand, then use Skip here.")
		}
		if len(back.kept) > 0 && r.Locks.Money().Closed(from.Day) {
			return m, lockedBack(p, m, r)
		}
		m.Stands = cmp.Or(self.ID, m.Stands, from.ID)
		step, err := refundOfPayment(p, parts[0].order, from, back, account.ZohoID, r)
		if err != nil {
			return m, err
		}
		if !slices.ContainsFunc(steps, func(have engine.Step) bool { return strings.HasPrefix(have.Name, giveBackStep+from.ID+":") }) {
			m.Steps = append(m.Steps, step)
		}
	}
	return m, nil
}

// givesBack is what each earlier payment gives back, for all orders that share it: one refund, which
// its reference tells from every other.
func givesBack(p qloapps.Payment, parts []part, m engine.Mapped[zoho.CustomerPayment], precision int32, links engine.Links) ([]giveBack, error) {
	var all []giveBack
	for _, x := range parts {
		moved, err := x.replay(precision, links)
		if err != nil {
			return nil, err
		}
		if moved.missing.IsPositive() || x.amount.IsPositive() {
			return nil, fault.New(fault.Held, "negative_payment", "Money was given back to the guest: the payment by %s is %s %s, which is more than the order's payments in Zoho Books have left.", p.Method, m.Facts.Total, x.order.Currency).
				Do("Record the refund in Zoho Books by hand, then use Skip here.")
		}
		for _, back := range moved.back {
			if n := slices.IndexFunc(all, func(have giveBack) bool { return have.paymentID == back.paymentID }); n >= 0 {
				all[n].amount, all[n].kept = all[n].amount.Add(back.amount), append(all[n].kept, back.kept...)
			} else {
				all = append(all, back)
			}
		}
	}
	return all, nil
}

// lockedBack holds money given back that would change what lies in a locked period.
func lockedBack(p qloapps.Payment, m engine.Mapped[zoho.CustomerPayment], r *rules.Rules) error {
	return fault.New(fault.Held, "negative_payment", "Money was given back to the guest on %s: the payment by %s is %s %s. Zoho Books has locked what it concerns, %s, up to and including %s.", day(p.Added), p.Method, m.Facts.Total, m.Facts.Currency, r.Locks.Money().Part, r.Locks.Money().Last).
		Do("Unlock the period in Zoho Books, then use Retry; or record the refund there by hand and use Skip here.")
}

// stepsDone are the steps with a prefix that were already taken, with the sum of the amounts that
// end their names.
func stepsDone(names []string, prefix string) ([]engine.Step, money.Decimal) {
	var steps []engine.Step
	sum := money.Zero
	for _, name := range names {
		if !strings.HasPrefix(name, prefix) {
			continue
		}
		steps = append(steps, engine.Step{Name: name, Implied: true})
		if amount, err := money.Parse(name[strings.LastIndex(name, ":")+1:]); err == nil {
			sum = sum.Add(amount)
		}
	}
	return steps, sum
}

func refundOfPayment(p qloapps.Payment, o *qloapps.Order, from engine.Link, back giveBack, account string, r *rules.Rules) (engine.Step, error) {
	own := p.Rate
	if p.Currency != o.Currency {
		own = o.Rate
	}
	rate, err := exchangeRate(o.Currency, own, r)
	if err != nil {
		return engine.Step{}, err
	}
	key := ref(Payment, p.ID).Key()
	body, err := json.Marshal(refunding{PaymentID: from.ID, Payment: from.Sent, Kept: back.kept, Refund: zoho.Refund{Date: day(p.Added), Amount: money.N(back.amount), Account: account,
		Mode: clip(paymentMode(p.Method, r), 50), Reference: key, Description: clip(cmp.Or(p.TransactionID, "QloApps payment "+p.ID), 500), ExchangeRate: rate}})
	calls := 2
	if len(back.kept) > 0 {
		calls = 3
	}
	return engine.Step{Name: giveBackStep + from.ID + ":" + back.amount.String(), Calls: calls, Method: "POST", Path: zoho.CustomerPayments.Path + "/" + from.ID + "/refunds", Body: body,
		Proof: &engine.Proof{Path: zoho.CustomerPayments.Path + "/" + from.ID + "/refunds", List: "payment_refunds", Field: "reference_number", Value: key}}, err
}

// paymentDest also knows how to give money back.
type paymentDest struct{ dest[zoho.CustomerPayment] }

// Step gives money back in up to three calls: it reads what of the payment is unused, frees what is
// missing from the allocations of the orders concerned, and refunds that part. Repeated after any
// of them it goes on from there, as it acts on what it reads.
func (d paymentDest) Step(ctx context.Context, step engine.Step, ids []string) error {
	if !strings.HasPrefix(step.Name, giveBackStep) {
		return d.dest.Step(ctx, step, ids)
	}
	err := d.giveBack(ctx, step)
	if f := fault.Of(err); f != nil && f.Kind == fault.Rejected { // locked meanwhile, or reconciled with a bank's statement
		return fault.New(fault.Held, "negative_payment", "Money was given back to the guest, and Zoho Books does not let the payment be changed that it came from. %s", f.Detail).
			Do("Record the refund in Zoho Books by hand, then use Skip here.").By(err)
	}
	return err
}

func (d paymentDest) giveBack(ctx context.Context, step engine.Step) error {
	var want refunding
	if err := json.Unmarshal(step.Body, &want); err != nil {
		return err
	}
	ctx, client, err := d.client(ctx)
	if err != nil {
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
func free(ctx context.Context, client *zoho.Client, want refunding, payment zoho.Record, unused money.Decimal) error {
	stays := merge(nil, payment.Settles) // Zoho takes each invoice once
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
	var body map[string]json.RawMessage
	if err := json.Unmarshal(want.Payment, &body); err != nil {
		return err
	}
	stays = slices.DeleteFunc(stays, func(a zoho.Allocation) bool { return !a.AmountApplied.IsPositive() })
	var err error
	if body["invoices"], err = json.Marshal(stays); err != nil {
		return err
	}
	req, err := zoho.CustomerPayments.Update(payment.ID, body)
	if err != nil {
		return err
	}
	_, err = client.Do(ctx, req)
	return err
}
