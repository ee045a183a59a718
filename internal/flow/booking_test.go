package flow

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
)

// booking is an order and what became of it, in as few words as it takes to write its rows. It is
// what is generated, what is cut down when its cents are wrong, and what is kept in testdata/found.
type booking struct {
	Name      string   `json:"name,omitempty"`
	Rounding  string   `json:"tax_rounding,omitempty"` // with which it was found; "" = both
	Currency  string   `json:"currency"`
	Lines     []item   `json:"lines"`
	Discounts []off    `json:"discounts,omitempty"`
	Slip      []back   `json:"slip,omitempty"`     // what a credit slip gives back
	Returned  string   `json:"returned,omitempty"` // of the slip, in money
	Voucher   bool     `json:"voucher,omitempty"`  // the slip pays as a voucher for another order of the same
	Refund    []back   `json:"refund,omitempty"`   // money given back without a slip
	Paid      []string `json:"paid,omitempty"`     // one payment after the other; below 0 is cash back
	Odd       string   `json:"odd,omitempty"`      // how its rows contradict each other, one of oddities
	usual     bool     // rounded as nearly all hotels have it
	Later     *booking `json:"later,omitempty"` // lines and discounts as they were edited after posting

	order string         // the rows that it was written to, and what was read of them
	read  *qloapps.Order // nil = it was not
}

// item is one line.
type item struct {
	Kind     string `json:"kind"`
	Quantity int    `json:"quantity,omitempty"`
	Excl     string `json:"excl"`
	Incl     string `json:"incl"`
	Rate     string `json:"rate,omitempty"`
}

// off is one discount; On is the number of the line whose product it is restricted to.
type off struct {
	Excl string `json:"excl"`
	Incl string `json:"incl"`
	On   int    `json:"on,omitempty"`
}

// back is an amount given back of the line with this number.
type back struct {
	Line int    `json:"line"`
	Excl string `json:"excl"`
	Incl string `json:"incl"`
}

// ownRates are what QloApps' currencies are worth, as in chosen.
var ownRates = map[string]string{"USD": "1", "EUR": "0.92", "JPY": "149.53", "KWD": "0.31"}

var arrival = time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)

func product(kind qloapps.LineKind, n int) string {
	switch kind {
	case qloapps.FacilityLine:
		return ""
	case qloapps.RoomLine:
		return fmt.Sprint(n%2 + 1)
	default: // a service is one line of its order
		return fmt.Sprint(20 + n)
	}
}

// invoice writes the order and its only invoice. Totals come last and are never chosen.
func (b booking) invoice() qloapps.Invoice {
	if b.read != nil {
		o := again(b.read)
		return qloapps.Invoice{InvoiceHead: o.Invoices[0], Order: o}
	}
	o := &qloapps.Order{ID: "1", Reference: "GENERATED", CustomerID: "1", Complete: true, Added: arrival, Currency: b.Currency, Rate: m(ownRates[b.Currency]), OwnRate: m(ownRates[b.Currency])}
	for n, x := range b.Lines {
		quantity := max(x.Quantity, 1)
		l := qloapps.Line{Kind: qloapps.LineKind(x.Kind), ID: fmt.Sprint(n + 1), DetailID: fmt.Sprint(n + 1), ProductID: product(qloapps.LineKind(x.Kind), n), Name: x.Kind, Quantity: money.Whole(quantity),
			From: arrival, To: arrival.AddDate(0, 0, quantity), Excl: m(x.Excl), Incl: m(x.Incl), Rates: []qloapps.RateSet{qloapps.Untaxed}}
		if x.Rate != "" {
			l.Rates = []qloapps.RateSet{set(x.Rate)}
		}
		o.Lines = append(o.Lines, l)
		o.TotalIncl, o.TotalExcl = o.TotalIncl.Add(l.Incl), o.TotalExcl.Add(l.Excl)
	}
	for _, x := range b.Discounts {
		d := qloapps.Discount{Excl: m(x.Excl), Incl: m(x.Incl)}
		if x.On > 0 && x.On <= len(o.Lines) {
			d.ProductID = o.Lines[x.On-1].ProductID
		}
		o.Discounts = append(o.Discounts, d)
		o.TotalIncl, o.TotalExcl = o.TotalIncl.Sub(d.Incl), o.TotalExcl.Sub(d.Excl)
	}
	return billing(o)
}

// billing gives an order the totals it has come to and an invoice over them.
func billing(o *qloapps.Order) qloapps.Invoice {
	o.TotalIncl, o.TotalExcl = money.Max(money.Zero, o.TotalIncl.Round(2)), money.Max(money.Zero, o.TotalExcl.Round(2))
	head := qloapps.InvoiceHead{ID: "1", Number: "1", Printed: "#IN1", Date: arrival, TotalIncl: o.TotalIncl, TotalExcl: o.TotalExcl}
	o.Invoices = []qloapps.InvoiceHead{head}
	return qloapps.Invoice{InvoiceHead: head, Order: o}
}

// slip writes the credit slip, and the return in which its money was given back.
func (b booking) slip(o *qloapps.Order) qloapps.Slip {
	s := qloapps.Slip{ID: "1", OrderID: o.ID, CustomerID: o.CustomerID, Printed: "#CN1", Rate: o.Rate, Added: arrival, Order: o}
	for _, x := range b.Slip {
		if x.Line > len(o.Lines) {
			continue
		}
		l := o.Lines[x.Line-1]
		d := qloapps.SlipDetail{DetailID: l.DetailID, BookingID: l.ID, Name: l.Name, Quantity: money.One, Excl: m(x.Excl), Incl: m(x.Incl)}
		s.Details = append(s.Details, d)
		s.TotalExcl, s.TotalIncl = s.TotalExcl.Add(d.Excl), s.TotalIncl.Add(d.Incl)
	}
	if b.Returned != "" {
		o.Returns = []qloapps.Return{{ID: "1", OrderID: o.ID, Kind: qloapps.ReturnSlip, SlipID: "1", Refunded: true, Amount: m(b.Returned), PaymentMode: "Cash", Added: arrival, Updated: arrival}}
	}
	return s
}

// refund writes money given back without a slip. QloApps keeps no net amount of it.
func (b booking) refund(o *qloapps.Order) qloapps.Refund {
	f := qloapps.Refund{Order: o, Return: qloapps.Return{ID: "2", OrderID: o.ID, Refunded: true, PaymentMode: "Cash", Added: arrival, Updated: arrival}}
	for _, x := range b.Refund {
		if x.Line <= len(o.Lines) {
			l := o.Lines[x.Line-1]
			f.Details = append(f.Details, qloapps.ReturnDetail{DetailID: l.DetailID, BookingID: l.ID, Amount: m(x.Incl), Done: true})
			f.Amount = f.Amount.Add(m(x.Incl))
		}
	}
	return f
}

// shrink cuts a booking down while fails still says that it is wrong, and gives it with what is
// then wrong. It tries each smaller booking in turn and begins again with the first that fails.
func (b booking) shrink(fails func(booking) error) (booking, error) {
	wrong := fails(b)
	for tries := 0; wrong != nil && tries < 2000; {
		smaller := false
		for _, x := range b.smaller() {
			if tries++; tries >= 2000 {
				break
			}
			if err := fails(x); err != nil {
				b, wrong, smaller = x, err, true
				break
			}
		}
		if !smaller {
			break
		}
	}
	return b, wrong
}

// smaller are bookings that say less: without one of the things that became of it, without a line,
// or with a simpler amount.
func (b booking) smaller() (list []booking) {
	try := func(change func(*booking)) {
		x := b.clone()
		change(&x)
		if x.possible() {
			list = append(list, x)
		}
	}
	for _, drop := range []struct {
		there  bool
		change func(*booking)
	}{
		{b.Later != nil, func(x *booking) { x.Later = nil }}, {len(b.Slip) > 0, func(x *booking) { x.Slip, x.Returned, x.Voucher = nil, "", false }},
		{b.Odd != "", func(x *booking) { x.Odd = "" }}, {b.Returned != "", func(x *booking) { x.Returned = "" }}, {b.Voucher, func(x *booking) { x.Voucher = false }},
		{len(b.Refund) > 0, func(x *booking) { x.Refund = nil }}, {len(b.Paid) > 0, func(x *booking) { x.Paid = nil }},
		{b.Currency != "USD", func(x *booking) { x.Currency = "USD" }},
	} {
		if drop.there {
			try(drop.change)
		}
	}
	for n, x := range b.Slip {
		for _, simple := range []string{"1", "10", x.Incl} {
			if len(simple) <= len(x.Incl) && (simple != x.Incl || x.Excl != x.Incl) {
				try(func(x *booking) { x.Slip[n].Incl, x.Slip[n].Excl = simple, simple })
			}
		}
	}
	for n, amount := range b.Paid {
		for _, simple := range []string{"1", "10", "100", "-1", "-10"} {
			if len(simple) < len(amount) && (simple[0] == '-') == (amount[0] == '-') {
				try(func(x *booking) { x.Paid[n] = simple })
			}
		}
		try(func(x *booking) { x.Paid = slices.Delete(x.Paid, n, n+1) })
	}
	for n := range b.Slip {
		try(func(x *booking) { x.Slip = slices.Delete(x.Slip, n, n+1) })
	}
	for n := range b.Refund {
		try(func(x *booking) { x.Refund = slices.Delete(x.Refund, n, n+1) })
	}
	for n := range b.Discounts {
		try(func(x *booking) { x.Discounts = slices.Delete(x.Discounts, n, n+1) })
		for _, simple := range []string{"1", "10"} {
			if len(simple) < len(b.Discounts[n].Incl) {
				try(func(x *booking) { x.Discounts[n].Excl, x.Discounts[n].Incl = simple, simple })
			}
		}
		if b.Discounts[n].On > 0 {
			try(func(x *booking) { x.Discounts[n].On = 0 })
		}
	}
	for n := range b.Lines {
		if len(b.Lines) > 1 {
			try(func(x *booking) { x.without(n + 1) })
		}
	}
	for n, l := range b.Lines {
		for _, simple := range l.simpler() {
			try(func(x *booking) { x.Lines[n] = simple })
		}
	}
	if b.Later != nil {
		for _, later := range b.Later.smaller() {
			try(func(x *booking) { x.Later = &later })
		}
	}
	return list
}

// possible reports that no more cash was given back than had been paid.
func (b booking) possible() bool {
	sum := money.Zero
	for _, amount := range b.Paid {
		if sum = sum.Add(m(amount)); sum.IsNegative() {
			return false
		}
	}
	return true
}

// simpler are lines of rounder amounts, of one night, and without tax.
func (l item) simpler() (list []item) {
	rated := func(excl money.Decimal, rate string, quantity int) {
		x := item{Kind: l.Kind, Quantity: quantity, Excl: excl.String(), Incl: excl.String(), Rate: rate}
		if rate != "" {
			x.Incl = excl.Mul(set(rate).Factor()).Round(2).String()
		}
		if x != l {
			list = append(list, x)
		}
	}
	excl := m(l.Excl)
	if l.Rate != "" {
		rated(excl, "", l.Quantity)
	}
	if l.Quantity > 0 {
		rated(excl, l.Rate, 0)
	}
	for _, round := range []money.Decimal{m("1"), m("10"), m("100"), excl.Round(0), excl.Round(1), excl.Round(2)} {
		if round.IsPositive() && len(round.String()) < len(l.Excl) {
			rated(round, l.Rate, l.Quantity)
		}
	}
	return list
}

// without takes a line away, with what was given back of it; numbers of later lines move up.
func (b *booking) without(line int) {
	b.Lines = slices.Delete(b.Lines, line-1, line)
	gone := func(x back) bool { return x.Line == line }
	b.Slip, b.Refund = slices.DeleteFunc(b.Slip, gone), slices.DeleteFunc(b.Refund, gone)
	for _, list := range [][]back{b.Slip, b.Refund} {
		for n := range list {
			if list[n].Line > line {
				list[n].Line--
			}
		}
	}
	for n := range b.Discounts {
		switch d := &b.Discounts[n]; {
		case d.On == line:
			d.On = 0
		case d.On > line:
			d.On--
		}
	}
}

func (b booking) clone() booking {
	b.Lines, b.Discounts, b.Slip, b.Refund, b.Paid = slices.Clone(b.Lines), slices.Clone(b.Discounts), slices.Clone(b.Slip), slices.Clone(b.Refund), slices.Clone(b.Paid)
	if b.Later != nil {
		later := b.Later.clone()
		b.Later = &later
	}
	return b
}

func (b booking) String() string {
	raw, err := json.Marshal([]booking{b})
	if err != nil {
		return err.Error()
	}
	return string(raw)
}
