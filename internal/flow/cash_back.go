package flow

import (
	"cmp"
	"encoding/json"
	"maps"
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

// cash is money that went back to the guest out of an order's payments: a negative payment, or a return
// of an order that was never invoiced, so that there is no revenue to take back.
type cash struct {
	record engine.Ref
	amount money.Decimal
	method string
	day    string
	refund zoho.Refund // without its amount
	orders []asking
	force  bool // a person decided that it goes back, though as much went back by hand
}

// asking is an order whose payments are asked about, as a whole.
type asking struct {
	order  *qloapps.Order
	shares []qloapps.Share // of the payment that asks
}

// ofOrders are the orders of a payment's parts, each once: a payment may have several shares of one, and
// what an order settles is told of all of them together.
func ofOrders(parts []settlement.Part) (list []asking) {
	for _, x := range parts {
		n := slices.IndexFunc(list, func(a asking) bool { return a.order.ID == x.Order.ID })
		if n < 0 {
			n, list = len(list), append(list, asking{order: x.Order})
		}
		list[n].shares = append(list[n].shares, x.Share)
	}
	return list
}

// givenBack maps a negative payment.
func givenBack(p qloapps.Payment, parts []settlement.Part, m engine.Mapped[zoho.CustomerPayment], self engine.Link, precision int32, links engine.Links, r *rules.Rules) (engine.Mapped[zoho.CustomerPayment], error) {
	m.Facts.HasTotal = false
	c := cash{record: ref(Payment, p.ID), amount: m.Facts.Total.Neg(), method: p.Method, day: qloapps.Day(p.Added)}
	for n := range parts {
		if parts[n].Amount.IsPositive() {
			return m, bothSigns(p, parts)
		}
	}
	c.orders = ofOrders(parts)
	rate, replaced, err := rateOf(p, parts[0].Order, self, r)
	if err != nil {
		return m, err
	}
	if self.Exists() || len(destination.KeptOf(self).Shares) == 0 { // else it went by the rate of that day, before the links were forgotten
		m.Notices = append(m.Notices, replaced...)
	}
	c.refund = zoho.Refund{Date: c.day, Description: zoho.Clip(cmp.Or(p.TransactionID, "QloApps payment "+p.ID), 500), ExchangeRate: rate}
	return fromPayments(m, c, self, precision, links, r)
}

// fromPayments takes money back out of payments. It makes no document of its own: it stands as refunds of
// the payments that it came from.
func fromPayments[D any](m engine.Mapped[D], c cash, me engine.Link, precision int32, links engine.Links, r *rules.Rules) (engine.Mapped[D], error) {
	steps, done := stepsDone(me.Done, destination.GiveBackStep)
	m.Steps = steps
	m.Learn = keepsRate(m.Learn, c.refund.ExchangeRate)
	if c.before(&m.Steps, &m.Stands, me) {
		m.Stood = true
		return m, nil
	}
	all := len(doneSteps(me.Steps, destination.GiveBackStep)) > 0 && wentBack(me)
	if all || done.GreaterThanOrEqual(c.amount) { // that its row says another amount since is told by its own document
		m.Stands = me.ID
		return m, nil
	}
	account, err := r.Mappings.Find(rules.DepositAccounts, c.method)
	if err != nil {
		return m, err
	}
	if r.Locks.Money().Closed(c.day) {
		return m, c.locked(m.Facts.Currency, r)
	}
	mode, err := paymentMode(c.method, me, r)
	if err != nil {
		return m, err
	}
	c.force = me.Approved && destination.KeptOf(me).Asked
	c.refund.Account, c.refund.Mode, c.refund.Reference = account.ZohoID, zoho.Clip(mode, 50), c.record.Key()
	backs, orders, err := c.backs(me, precision, links)
	if err != nil {
		return m, err
	}
	if err := c.whole(backs, m.Facts.Currency); err != nil {
		return m, err
	}
	took := maps.Clone(destination.KeptOf(me).Took)
	if took == nil {
		took = map[string]destination.Took{}
	}
	for _, back := range backs {
		from, err := links.Of(back.from.Flow, back.from.ID)
		if err != nil {
			return m, err
		}
		if from.Status == engine.Syncing { // its own moves end first
			if _, err := links.Settled(back.from.Flow, back.from.ID); err != nil {
				return m, err
			}
		}
		if from.Late > 0 {
			return m, engine.Late(from)
		}
		if len(from.Sent) == 0 {
			return m, fault.New(fault.Held, "negative_payment", "Money was given back to the guest: %s %s by %s. It comes from a payment that was entered in Zoho Books, which is not changed from here.", money.Words(c.amount, m.Facts.Currency), m.Facts.Currency, c.method).
				Do("Record the refund in Zoho Books by hand, then use Skip here.")
		}
		if len(back.stays) > 0 && r.Locks.Money().Closed(from.Day) {
			return m, c.locked(m.Facts.Currency, r)
		}
		m.Stands = cmp.Or(me.ID, m.Stands, from.ID)
		if !slices.ContainsFunc(steps, func(have engine.Step) bool { return strings.HasPrefix(have.Name, destination.GiveBackStep+from.ID+":") }) {
			m.Steps = append(m.Steps, c.step(from, back, took, saysOfAll(orders, back.from.Key(), from.Total)))
		}
	}
	for _, s := range orders {
		m.Wakes = append(m.Wakes, s.wakes()...)
		m.Wakes = append(m.Wakes, s.moved(s.by(c.record.Key())...)...)
	}
	return m, nil
}

// before states what may have gone back before the link was lost, be it out of payments whose rows are gone. Of a payment of
// which it is not known how much, it is all.
func (c cash) before(steps *[]engine.Step, stands *string, me engine.Link) bool {
	if me.Exists() || destination.KeptOf(me).Looked {
		return false
	}
	for _, name := range me.Gave {
		id, back, _ := strings.Cut(strings.TrimPrefix(name, destination.GiveBackStep), ":")
		amount, err := money.Parse(back)
		if err != nil {
			amount = c.amount
		}
		c.refund.Reference = c.record.Key()
		*steps = append(*steps, c.step(engine.Link{ID: id}, repaid{amount: amount}, map[string]destination.Took{}, nil))
		*stands = cmp.Or(*stands, id)
	}
	return len(me.Gave) > 0
}

// keepsRate keeps with what goes back, which makes no document of its own, by which rate it goes.
func keepsRate(learn json.RawMessage, rate *money.Number) json.RawMessage {
	kept := map[string]json.RawMessage{}
	_ = json.Unmarshal(learn, &kept)
	if rate != nil {
		kept["rate"], _ = json.Marshal(rate.String())
	}
	raw, _ := json.Marshal(kept)
	return raw
}

// repaid is what one payment gives back.
type repaid struct {
	from   engine.Ref
	amount money.Decimal
	stays  map[string]money.Decimal // of its allocations that are lowered for it, by Zoho's id of the invoice
}

// backs are one for each payment, whatever the orders that share it: one refund, which its reference tells
// from every other. The orders are as all of their rows want them.
func (c cash) backs(me engine.Link, precision int32, links engine.Links) (list []repaid, orders []*settling, err error) {
	links = self{links, c.record, me}
	for _, a := range c.orders {
		s, err := settle(a.order, asked{shares: a.shares, key: c.record.Key()}, precision, links)
		if err != nil {
			return nil, nil, err
		}
		for _, source := range slices.Backward(s.Sources()) {
			amount := s.want.Back[settlement.Cell{Source: source, To: c.record.Key()}]
			if !amount.IsPositive() {
				continue
			}
			n := slices.IndexFunc(list, func(b repaid) bool { return b.from.Key() == source })
			if n < 0 {
				n, list = len(list), append(list, repaid{from: engine.ParseKey(source), stays: map[string]money.Decimal{}})
			}
			list[n].amount = list[n].amount.Add(amount)
			lack := amount.Sub(s.spare(source))
			for _, i := range slices.Backward(s.Invoices) {
				at := settlement.Cell{Source: source, To: i.ID}
				if part := money.Min(lack, s.stand.Settles[at].Sub(s.want.Settles[at])); part.IsPositive() {
					lack, list[n].stays[s.zoho[i.ID].ID] = lack.Sub(part), s.stand.Settles[at].Sub(part)
				}
			}
		}
		full, err := settle(a.order, asked{shares: a.shares}, precision, links)
		if err != nil {
			return nil, nil, err
		}
		orders = append(orders, full)
	}
	return list, orders, nil
}

// spare is what of a payment's shares of the order is unused as it stands: what is unused of other orders' is theirs.
func (s *settling) spare(source string) money.Decimal {
	left := s.shares(source)
	for _, i := range s.Invoices {
		left = left.Sub(s.stand.Settles[settlement.Cell{Source: source, To: i.ID}])
	}
	for at, back := range s.stand.Back {
		if at.Source == source {
			left = left.Sub(back)
		}
	}
	return money.Max(left, money.Zero)
}

// whole holds money given back that the orders' payments do not have, or of which their rows name another amount: never
// less goes back than QloApps says, and never more.
func (c cash) whole(backs []repaid, currency string) error {
	sum := money.Zero
	for _, b := range backs {
		sum = sum.Add(b.amount)
	}
	if sum.Equal(c.amount) {
		return nil
	}
	return fault.New(fault.Held, "negative_payment", "Money was given back to the guest: %s %s by %s, which is more than the order's payments in Zoho Books have left: %s %s.", money.Words(c.amount, currency), currency, c.method, money.Words(sum, currency), currency).
		Do("Correct the payment in QloApps, then use Retry; or record the refund in Zoho Books by hand, then use Skip here.")
}

// by are the moves of one record of money given back.
func (s *settling) by(record string) (moves []settlement.Move) {
	for _, m := range s.Moves(s.want, s.stand) {
		if m.For == record || m.Kind == settlement.GiveBack && m.To == record {
			moves = append(moves, m)
		}
	}
	return moves
}

// step is one refund. took gathers what was taken with the steps before it, says is what all orders of the payment say
// went back of it.
func (c cash) step(from engine.Link, b repaid, took map[string]destination.Took, says destination.Says) engine.Step {
	c.refund.Amount = money.N(b.amount)
	want := destination.Refunding{PaymentID: from.ID, Payment: from.Sent, Refund: c.refund, Force: c.force, Says: says}
	for _, id := range slices.Sorted(maps.Keys(b.stays)) {
		want.Kept = append(want.Kept, zoho.Allocation{InvoiceID: id, AmountApplied: money.N(b.stays[id])})
	}
	took[from.ID] = destination.Took{Back: b.amount, Stays: b.stays}
	path := zoho.CustomerPayments.Path + "/" + from.ID + "/refunds"
	step := engine.Step{From: &b.from, Name: destination.GiveBackStep + from.ID + ":" + b.amount.String(), Calls: 2, Method: "POST", Path: path, Money: true, Days: []string{c.day},
		Proof: &engine.Proof{Path: path, List: "payment_refunds", Field: "reference_number", Value: c.record.Key()}}
	if len(b.stays) > 0 {
		step.Calls = 3
	}
	step.Body, _ = json.Marshal(want)
	step.After, _ = json.Marshal(map[string]any{"took": took})
	return step
}

func (c cash) tooMuch(currency string) error {
	return fault.New(fault.Held, "negative_payment", "Money was given back to the guest: %s %s by %s, which is more than the order's payments in Zoho Books have left.", money.Words(c.amount, currency), currency, c.method).
		Do("Record the refund in Zoho Books by hand, then use Skip here.")
}

// locked holds money given back that would change what lies in a locked period.
func (c cash) locked(currency string, r *rules.Rules) error {
	return fault.New(fault.Held, "negative_payment", "Money was given back to the guest on %s: %s %s by %s. Zoho Books has locked what it concerns, %s, up to and including %s.", c.day, money.Words(c.amount, currency), currency, c.method, r.Locks.Money().Part, r.Locks.Money().Last).
		Do("Unlock the period in Zoho Books, then use Retry; or record the refund there by hand and use Skip here.")
}

// stepsDone are the steps with a prefix that were already taken, with the sum of the amounts that
// end their names.
func stepsDone(names []string, prefix string) ([]engine.Step, money.Decimal) {
	steps, sum := doneSteps(names, prefix), money.Zero
	for _, s := range steps {
		if amount, err := money.Parse(s.Name[strings.LastIndex(s.Name, ":")+1:]); err == nil {
			sum = sum.Add(amount)
		}
	}
	return steps, sum
}
