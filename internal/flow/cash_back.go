package flow

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/settlement"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// A negative payment is cash given back. It makes no document of its own: it stands as refunds of
// the payments it came from, so that Zoho's balance equals what QloApps says is due.

// givenBack maps a negative payment.
func givenBack(p qloapps.Payment, parts []settlement.Part, m engine.Mapped[zoho.CustomerPayment], self engine.Link, precision int32, links engine.Links, r *rules.Rules) (engine.Mapped[zoho.CustomerPayment], error) {
	m.Facts.HasTotal = false
	steps, done := stepsDone(self.Done, destination.GiveBackStep)
	m.Steps = steps
	if done.Equal(m.Facts.Total.Neg()) {
		m.Stands = self.ID
		return m, nil
	}
	account, err := r.Mappings.Find(rules.DepositAccounts, p.Method)
	if err != nil {
		return m, err
	}
	if r.Locks.Money().Closed(qloapps.Day(p.Added)) {
		return m, lockedBack(p, m, r)
	}
	backs, enough, err := settlement.GivesBack(parts, balancesIn(precision, links))
	if err != nil {
		return m, err
	}
	if !enough {
		return m, fault.New(fault.Held, "negative_payment", "Money was given back to the guest: the payment by %s is %s %s, which is more than the order's payments in Zoho Books have left.", p.Method, m.Facts.Total, m.Facts.Currency).
			Do("Record the refund in Zoho Books by hand, then use Skip here.")
	}
	for _, back := range backs {
		from, err := links.Of(Payment, back.PaymentID)
		if err != nil {
			return m, err
		}
		if len(from.Sent) == 0 {
			return m, fault.New(fault.Held, "negative_payment", "Money was given back to the guest: the payment by %s is %s %s. It comes from a payment that was entered in Zoho Books, which is not changed from here.", p.Method, m.Facts.Total, m.Facts.Currency).
				Do("Record the refund in Zoho Books by hand, then use Skip here.")
		}
		if len(back.Kept) > 0 && r.Locks.Money().Closed(from.Day) {
			return m, lockedBack(p, m, r)
		}
		m.Stands = cmp.Or(self.ID, m.Stands, from.ID)
		step, err := refundOfPayment(p, parts[0].Order, from, back, account.ZohoID, r)
		if err != nil {
			return m, err
		}
		if !slices.ContainsFunc(steps, func(have engine.Step) bool { return strings.HasPrefix(have.Name, destination.GiveBackStep+from.ID+":") }) {
			m.Steps = append(m.Steps, step)
		}
	}
	return m, nil
}

// lockedBack holds money given back that would change what lies in a locked period.
func lockedBack(p qloapps.Payment, m engine.Mapped[zoho.CustomerPayment], r *rules.Rules) error {
	return fault.New(fault.Held, "negative_payment", "Money was given back to the guest on %s: the payment by %s is %s %s. Zoho Books has locked what it concerns, %s, up to and including %s.", qloapps.Day(p.Added), p.Method, m.Facts.Total, m.Facts.Currency, r.Locks.Money().Part, r.Locks.Money().Last).
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

func refundOfPayment(p qloapps.Payment, o *qloapps.Order, from engine.Link, back settlement.GiveBack, account string, r *rules.Rules) (engine.Step, error) {
	own := p.Rate
	if p.Currency != o.Currency {
		own = o.Rate
	}
	rate, err := exchangeRate(o.Currency, own, r)
	if err != nil {
		return engine.Step{}, err
	}
	key := ref(Payment, p.ID).Key()
	body, err := json.Marshal(destination.Refunding{PaymentID: from.ID, Payment: from.Sent, Kept: back.Kept, Refund: zoho.Refund{Date: qloapps.Day(p.Added), Amount: money.N(back.Amount), Account: account,
		Mode: zoho.Clip(paymentMode(p.Method, r), 50), Reference: key, Description: zoho.Clip(cmp.Or(p.TransactionID, "QloApps payment "+p.ID), 500), ExchangeRate: rate}})
	calls := 2
	if len(back.Kept) > 0 {
		calls = 3
	}
	return engine.Step{Name: destination.GiveBackStep + from.ID + ":" + back.Amount.String(), Calls: calls, Method: "POST", Path: zoho.CustomerPayments.Path + "/" + from.ID + "/refunds", Body: body,
		Proof: &engine.Proof{Path: zoho.CustomerPayments.Path + "/" + from.ID + "/refunds", List: "payment_refunds", Field: "reference_number", Value: key}}, err
}
