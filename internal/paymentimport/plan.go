package paymentimport

import (
	"slices"

	"github.com/qlobooks/qlobooks/internal/money"
)

// plan is what has to happen in QloApps so that it has what Zoho Books and people say.
type plan struct {
	Has  []share // what each order is to have, where that is more than it has
	Over []over  // where an order has more than it is to have: only a person can take it back
	Back []share // what the desk took back and Zoho Books still has: only a person can say which is right
	Open []share // what a person assigned and Zoho Books has not applied yet
}

// over is one order that has too much of a payment.
type over struct {
	OrderID   string
	Has, Want money.Decimal
}

// planOf compares what a payment settles in Zoho Books with what stands of it in QloApps, order by
// order. What a person assigned counts until it was applied, as long as that much of the payment is unused.
func planOf(p payment) plan {
	var out plan
	want := map[string]share{}
	var orders []string
	note := func(s share) {
		if _, there := want[s.OrderID]; !there {
			orders = append(orders, s.OrderID)
			want[s.OrderID] = share{OrderID: s.OrderID, InvoiceID: s.InvoiceID}
		}
	}
	for _, s := range together(p.Applied) {
		note(s)
		if !p.Gone {
			want[s.OrderID] = s
		}
	}
	left := p.Unused
	if p.Gone {
		left = money.Zero
	}
	for _, s := range p.Assigned {
		note(s)
		w := want[s.OrderID]
		more := least(s.Amount.Sub(w.Amount), least(s.Amount.Sub(s.Used), left))
		if !more.IsPositive() {
			continue
		}
		left = left.Sub(more)
		out.Open = append(out.Open, share{OrderID: s.OrderID, InvoiceID: s.InvoiceID, Amount: more, ByHand: s.ByHand})
		w.Amount = w.Amount.Add(more)
		if s.InvoiceID != "" {
			w.InvoiceID = s.InvoiceID
		}
		want[s.OrderID] = w
	}
	for _, s := range p.Standing {
		note(s)
	}
	for _, id := range orders {
		has, w := of(p.Standing, id), want[id]
		switch {
		case least(w.Amount.Sub(has), of(p.TakenBack, id)).GreaterThan(cent):
			out.Back = append(out.Back, share{OrderID: id, InvoiceID: w.InvoiceID, Amount: least(w.Amount.Sub(has), of(p.TakenBack, id))})
		case w.Amount.Sub(has).GreaterThan(cent):
			out.Has = append(out.Has, w)
		case has.Sub(w.Amount).GreaterThan(cent):
			out.Over = append(out.Over, over{OrderID: id, Has: has, Want: w.Amount})
		}
	}
	return out
}

// otherDays are the parts that stand in QloApps on another day than the payment has in Zoho Books, each day of an order
// by itself. What is to be taken back anyway is none of them; what was taken back counts first for what stood wrong.
func (p payment) otherDays(plan plan) []share {
	if p.Gone || p.Day == "" {
		return nil
	}
	back := map[string]money.Decimal{}
	for _, x := range plan.Over {
		back[x.OrderID] = x.Has.Sub(x.Want)
	}
	for _, s := range p.Standing {
		if s.Amount.IsNegative() {
			back[s.OrderID] = back[s.OrderID].Sub(s.Amount)
		}
	}
	var out []share
	for _, s := range p.Standing {
		if s.Day == "" || s.Day == p.Day || s.OrderID == "" || !s.Amount.IsPositive() {
			continue
		}
		takes := least(back[s.OrderID], s.Amount)
		back[s.OrderID] = back[s.OrderID].Sub(takes)
		if s.Amount = s.Amount.Sub(takes); !s.Amount.GreaterThan(cent) {
			continue
		}
		same := func(o share) bool { return o.OrderID == s.OrderID && o.Day == s.Day }
		if at := slices.IndexFunc(out, same); at >= 0 {
			out[at].Amount = out[at].Amount.Add(s.Amount)
		} else {
			out = append(out, share{OrderID: s.OrderID, Day: s.Day, Amount: s.Amount})
		}
	}
	return out
}

// cent is what two amounts of two decimals may be apart and still be the same.
var cent = money.MustParse("0.005")

func least(a, b money.Decimal) money.Decimal {
	if b.LessThan(a) {
		return b
	}
	return a
}
