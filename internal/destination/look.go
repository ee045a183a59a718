package destination

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// LookStep begins a step that reads what of a payment or credit note settles what, before anything of it
// is moved.
const LookStep = "look:"

// Looking is what is known of a payment or credit note before it is read: what of it settled what when it
// was left, and what is wanted.
type Looking struct {
	Known Money             `json:"known"`
	Want  Money             `json:"want"`
	Own   []string          `json:"own,omitempty"`   // invoices of the orders that it belongs to
	Names map[string]string `json:"names,omitempty"` // their printed numbers
	// Elsewhere says that it may settle other invoices too, as a voucher's credit does.
	Elsewhere bool `json:"elsewhere,omitempty"`
	// Ask says that its money was seen to stand otherwise, though nothing here moved it: what people did
	// is not undone without asking.
	Ask   bool `json:"ask,omitempty"`
	Force bool `json:"force,omitempty"` // a person decided that it stands as wanted
	Says  Says `json:"says,omitzero"`   // of a payment: what of it QloApps says went back
}

// look reads what of a payment or credit note settles what. What people did with it that is not what
// is wanted is left to a person, with both sides in words; with Force it is made free for what is wanted.
func look(ctx context.Context, client *zoho.Client, r zoho.Resource, step engine.Step, id string) error {
	var l Looking
	_ = json.Unmarshal(step.Aim, &l)
	rec, err := client.GetMoney(ctx, r, id)
	if err != nil {
		return err
	}
	read, err := readMoney(r, rec)
	if err != nil {
		return err
	}
	unused, err := unsettled(r, rec)
	if err != nil {
		return err
	}
	if back := read.back(); l.Says != nil && back.IsPositive() && (!back.Equal(l.Known.back()) || back.GreaterThan(l.Want.back())) {
		list, err := l.Says.read(ctx, client, rec.ID, read)
		if err != nil {
			return err
		}
		if len(list) > 0 {
			return unsaidStands(read, saidNoMore(list, rec, l.wants(rec), read.words(numbersOf(rec), unused, rec.Currency)))
		}
	}
	if !l.Ask {
		return learned(read, nil)
	}
	is := l.concerns(*read)
	lack := l.Want.lack(is)
	gone := is.back().Sub(money.Max(l.Known.back(), l.Want.back()))
	switch {
	case is.same(l.Known), is.same(l.Want):
		return learned(read, nil)
	case lack.IsPositive() && l.elsewhere(is).GreaterThanOrEqual(lack) && !unused.IsPositive() && !gone.IsPositive() && !l.Force:
		return learned(read, nil) // others' invoices have it: whoever settles the own one looks at that too, and asks
	case gone.IsPositive() && l.Force:
		return l.asks(rec, *read, unused, fmt.Sprintf("%s were given back there, which nobody can take back from the guest. Record it in QloApps, or use Skip to leave it.", money.Words(gone, rec.Currency)))
	case l.Force:
		return l.free(ctx, client, r, rec)
	default:
		return l.asks(rec, *read, unused, "")
	}
}

// learned passes on what was read of a document's money; nothing of it is in doubt any more.
func learned(read *Money, err error) error {
	return &engine.Stands{Extra: extra(map[string]any{"money": read, "doubt": false, "seen": false, "asked": false, "known": nil}), Err: err}
}

// concerns leaves out what a voucher's credit settles in other orders, which these ask for.
func (l Looking) concerns(m Money) Money {
	if !l.Elsewhere {
		return m
	}
	own := Money{Settles: map[string]money.Decimal{}, Back: m.Back}
	for id, amount := range m.Settles {
		if slices.Contains(l.Own, id) {
			own.Settles[id] = amount
		}
	}
	return own
}

// elsewhere is what settles invoices of other orders.
func (l Looking) elsewhere(m Money) money.Decimal {
	sum := money.Zero
	for id, amount := range m.Settles {
		if !slices.Contains(l.Own, id) {
			sum = sum.Add(amount)
		}
	}
	return sum
}

// free takes back what settles invoices beyond what is wanted of it there.
func (l Looking) free(ctx context.Context, client *zoho.Client, r zoho.Resource, rec zoho.Record) error {
	stands := zoho.Merge(nil, rec.Settles)
	over := func(a zoho.Allocation) bool { return a.AmountApplied.GreaterThan(l.Want.Settles[a.InvoiceID]) }
	if l.Elsewhere || !slices.ContainsFunc(stands, over) {
		return learned(MoneyOf(rec), nil)
	}
	if r.Path == zoho.CustomerPayments.Path {
		stays := slices.Clone(stands)
		for n, a := range stays {
			stays[n].AmountApplied = money.N(money.Min(a.AmountApplied.Decimal, l.Want.Settles[a.InvoiceID]))
		}
		if err := reallocate(ctx, client, rec, nil, stays); err != nil {
			return err
		}
	} else {
		for _, a := range stands { // what is still wanted of it is applied anew
			if !over(a) {
				continue
			}
			if err := uncredit(ctx, client, rec, a.InvoiceID); err != nil {
				return err
			}
		}
	}
	rec, err := client.GetMoney(ctx, r, rec.ID)
	if err != nil {
		return err
	}
	read, err := readMoney(r, rec)
	if err != nil {
		return err
	}
	return learned(read, nil)
}

// byItself is why a payment settles something else than was asked when it was made.
const byItself = "Zoho Books did that by itself when the payment was made, and it was left so."

// asks leaves what somebody did to a person. It is read again whenever it is tried again.
func (l Looking) asks(rec zoho.Record, read Money, unused money.Decimal, why string) error {
	const byHand, asQloApps = "That was not done from here, so it was left as it is.", "Use Release here to have it as QloApps says, or Skip to leave it as it stands; or put it right in Zoho Books and use Retry."
	cure := asQloApps
	switch why {
	case "":
		why = byHand
	case byItself:
	default:
		cure = "Record in QloApps what was given back, or use Skip to leave it as it stands; or put it right in Zoho Books and use Retry."
	}
	err := fault.New(fault.Held, "settled_otherwise", "By QloApps %s. In Zoho Books it stands otherwise: %s. %s", l.wants(rec), read.words(numbersOf(rec), unused, rec.Currency), why).Do(cure)
	return &engine.Stands{Extra: extra(map[string]any{"money": read, "known": l.Known, "asked": true}), Err: err, Ask: true}
}

// wants tells what QloApps wants of a record.
func (l Looking) wants(rec zoho.Record) string {
	rest := rec.Total.Sub(l.Want.back())
	for _, amount := range l.Want.Settles {
		rest = rest.Sub(amount)
	}
	return l.Want.words(l.Names, rest, rec.Currency)
}

// unsaidStands leaves to a person what QloApps says no more. It is read again whenever it is tried again, and nobody
// is asked then about what was put right.
func unsaidStands(read *Money, err error) error {
	return &engine.Stands{Extra: extra(map[string]any{"money": read, "doubt": true, "seen": false, "asked": false, "known": nil}), Err: err, Ask: true}
}

// back is all that was given back.
func (m Money) back() money.Decimal {
	sum := money.Zero
	for _, amount := range m.Back {
		sum = sum.Add(amount)
	}
	return sum
}

// lack is what m settles and is does not.
func (m Money) lack(is Money) money.Decimal {
	sum := money.Zero
	for id, amount := range m.Settles {
		sum = sum.Add(money.Max(amount.Sub(is.Settles[id]), money.Zero))
	}
	return sum
}

// same tells that both settle the same and gave back as much.
func (m Money) same(other Money) bool {
	return m.lack(other).IsZero() && other.lack(m).IsZero() && m.back().Equal(other.back())
}

func (m Money) words(numbers map[string]string, unused money.Decimal, currency string) string {
	var parts []string
	for id, amount := range m.Settles {
		if amount.IsPositive() {
			parts = append(parts, fmt.Sprintf("%s of it settle invoice %s", money.Words(amount, currency), word(numbers[id], id)))
		}
	}
	slices.Sort(parts)
	if back := m.back(); back.IsPositive() {
		parts = append(parts, fmt.Sprintf("%s were given back", money.Words(back, currency)))
	}
	return strings.Join(append(parts, fmt.Sprintf("%s are unused", money.Words(money.Max(unused, money.Zero), currency))), ", ")
}
