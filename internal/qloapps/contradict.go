package qloapps

import (
	"context"
	"fmt"
	"slices"

	"github.com/qlobooks/qlobooks/internal/money"
)

// What money rests on is written in QloApps more than once, and nothing keeps the copies equal. What
// an order's rows say about themselves is compared here, once, when they are read: each difference
// has a code, and both figures for whoever decides.

// Contradiction is one thing that an order's rows say twice and differently.
type Contradiction struct {
	Code  string        // paid_differs, lines_differ, invoices_do_not_add_up, slips_exceed
	Says  money.Decimal // what the order says
	Comes money.Decimal // what its other rows come to
}

// Codes of contradictions.
const (
	PaidDiffers     = "paid_differs"           // total_paid_real, and the shares of payments
	LinesDiffer     = "lines_differ"           // what it costs, and its lines less discounts
	InvoicesDiffer  = "invoices_do_not_add_up" // what it costs, and its invoices
	SlipsExceed     = "slips_exceed"           // its invoices, and its credit slips with the money that went back without one
	InvoiceIsBehind = "invoice_stale"          // what it costs, and its only invoice
	OrderIsBehind   = "order_stale"            // the same, where the lines come to the invoice
)

// Contradicts is the contradiction of a code, if the order has it.
func (o *Order) Contradicts(code string) (Contradiction, bool) {
	for _, c := range o.Contradictions {
		if c.Code == code {
			return c, true
		}
	}
	return Contradiction{}, false
}

// doubts are those at which no document stops: it stands, and only the order itself can say so.
func (o *Order) doubts() (list []Contradiction) {
	for _, c := range o.Contradictions {
		if c.Code == PaidDiffers || c.Code == SlipsExceed {
			list = append(list, c)
		}
	}
	return list
}

// Words say what contradicts what, with both figures.
func (c Contradiction) Words(order, currency string) string {
	switch c.Code {
	case PaidDiffers:
		return fmt.Sprintf("QloApps says that %s %s were paid on order %s, its payments come to %s. Correct the payments in QloApps, or settle the difference by hand in Zoho Books.", money.Words(c.Says, currency), currency, order, money.Words(c.Comes, currency))
	case SlipsExceed:
		return fmt.Sprintf("Credit slips, and money given back without one, come to %s %s on order %s, what it was billed to %s. Check them in QloApps.", money.Words(c.Comes, currency), currency, order, money.Words(c.Says, currency))
	default:
		return fmt.Sprintf("Order %s says %s %s, its other rows come to %s.", order, money.Words(c.Says, currency), currency, money.Words(c.Comes, currency))
	}
}

func (b *orderBatch) contradictions(_ context.Context, ids []string) error {
	for _, id := range ids {
		if o := b.orders[id]; o != nil {
			o.Check()
		}
	}
	return nil
}

// Check compares what the order's rows say about themselves.
func (o *Order) Check() { o.Contradictions = o.compare() }

func (o *Order) compare() (list []Contradiction) {
	add := func(code string, says, comes money.Decimal, differs bool) {
		if differs {
			list = append(list, Contradiction{code, says, comes})
		}
	}
	paid, sure := o.paidByRows()
	add(PaidDiffers, o.TotalPaid, paid, !sure)
	lines := o.comes(o.Lines)[0].incl
	invoiced := money.Zero
	for _, i := range o.Invoices {
		invoiced = invoiced.Add(i.TotalIncl)
	}
	switch {
	case len(o.Invoices) == 1 && invoiced.Sub(o.TotalIncl).Abs().GreaterThan(penny):
		add(OrderIsBehind, o.TotalIncl, invoiced, o.Behind())
		add(InvoiceIsBehind, o.TotalIncl, invoiced, !o.Behind())
	case len(o.Invoices) > 1:
		add(InvoicesDiffer, o.TotalIncl, invoiced, invoiced.Sub(o.TotalIncl).Abs().GreaterThan(penny))
	}
	add(LinesDiffer, o.TotalIncl, lines, !o.addsUp(o.Lines))
	if c, exceeds := o.creditedBy(o.Returns); exceeds && !o.Canceled {
		list = append(list, c)
	}
	return list
}

// Exceeds reports that money given back without a slip credits more than the order was billed, with all slips and
// what requests before it gave back likewise.
func (o *Order) Exceeds(ret Return) (Contradiction, bool) {
	credits := []Return{ret}
	for _, r := range o.Returns {
		if before(r.ID, ret.ID) {
			credits = append(credits, r)
		}
	}
	c, exceeds := o.creditedBy(credits)
	return c, exceeds && !(o.Canceled && c.Says.IsZero()) // QloApps sets what was canceled to nothing
}

// creditedBy compares what was billed with the order's slips and what some requests gave back without one.
func (o *Order) creditedBy(returns []Return) (Contradiction, bool) {
	c := Contradiction{Code: SlipsExceed, Comes: o.Slipped}
	for _, i := range o.Invoices {
		c.Says = c.Says.Add(i.TotalIncl)
	}
	if len(o.Invoices) == 1 && !o.Behind() { // what was posted, whatever its row says
		c.Says = o.TotalIncl
	}
	c.Says = c.Says.Add(o.credit(c.Says))
	for _, r := range returns {
		if became, _ := r.Becomes(); became == BecameMoney {
			c.Comes = c.Comes.Add(r.Amount)
		}
	}
	return c, len(o.Invoices) > 0 && c.Comes.IsPositive() && c.Comes.Sub(c.Says).GreaterThan(penny)
}

// credit is what vouchers made from slips paid of an order that costs so much beside them: their invoice stands without them.
// Of one larger than the order that is what it costs without it, however much is stored.
func (o *Order) credit(due money.Decimal) money.Decimal {
	stored := money.Zero
	for _, d := range o.Discounts {
		if d.FromSlip != "" {
			stored = stored.Add(d.Incl)
		}
	}
	_, rest := o.bare(o.Lines)
	used := rest.Add(stored).Sub(due)
	if stored.LessThan(used) || !used.IsPositive() || o.near(stored, used, len(o.Lines)) {
		return stored
	}
	return used
}

// Behind reports that QloApps left the order's totals one edit behind: lines, facilities and discounts
// come to the row of its only invoice, and not to the order.
func (o *Order) Behind() bool {
	if len(o.Invoices) != 1 || len(o.Lines) == 0 {
		return false
	}
	head := o.Invoices[0]
	same := func(x sum) bool { return o.near(x.incl, o.TotalIncl, len(o.Lines)) }
	return !slices.ContainsFunc(o.comes(o.Lines), same) && o.comesTo(o.Lines, head.TotalExcl, head.TotalIncl)
}

// Worth is what a share comes to in its order's currency. Doubt says that this is not certain.
type Worth struct {
	Amount money.Decimal
	Doubt  bool
}

// Worths states shares of the order in its currency, two decimals where QloApps converted. It keeps
// no converted amount, only their sum in total_paid_real: a single share in another currency is
// exactly what that has beyond the others; several are converted as QloApps did it, and are certain
// only when they come to it. Where that sum may hold money that no share here tells, a payment without
// shares or one of another amount than they come to, a share has no more of it than it converts to.
// What was posted is worth what it was then, so that the only other one is what is left beside it, where it converts to about that.
func (o *Order) Worths(shares []Share) []Worth {
	out := make([]Worth, len(shares))
	own, settled := money.Zero, false
	var foreign []int
	for i, s := range shares {
		switch {
		case s.Posted != nil:
			out[i].Amount, settled = s.Posted.Worth, settled || s.Currency != o.Currency
		case s.Currency != o.Currency:
			foreign = append(foreign, i)
			continue
		default:
			out[i].Amount = s.Amount
		}
		own = own.Add(out[i].Amount)
	}
	rest := o.TotalPaid.Sub(own)
	switch {
	case len(foreign) == 1:
		i := foreign[0]
		x := &out[i]
		x.Amount, x.Doubt = o.convert(shares[i])
		switch beyond := rest.Sign() == x.Amount.Sign() && rest.Abs().GreaterThan(x.Amount.Abs()); {
		case settled && !o.about(shares[i], rest):
			x.Doubt = true
		case o.holdsMore(shares) && (beyond || x.Doubt):
		default: // whatever it converts to, as nobody keeps the order's rate of that day
			x.Doubt = rest.Sign() != shares[i].Amount.Sign() && (x.Doubt || !rest.Equal(x.Amount)) // a forint is no cent
			if !x.Doubt {
				x.Amount = money.RoundHalfUp(rest, o.places())
			}
		}
	case len(foreign) > 1:
		o.convertAll(shares, foreign, rest, out)
	}
	return out
}

// convertAll converts several shares by the rates by which they come to what was paid. QloApps overwrites the order's with
// every payment, and the currencies' own move on: each of them may be the one of that day.
func (o *Order) convertAll(shares []Share, foreign []int, rest money.Decimal, out []Worth) {
	allowed := penny.Mul(decimalOf(int64(len(shares))))
	for n, by := range o.rates() {
		sum, doubt := money.Zero, make([]Worth, len(out))
		for _, i := range foreign {
			doubt[i].Amount, doubt[i].Doubt = by.convert(shares[i])
			sum = sum.Add(doubt[i].Amount)
		}
		apart := sum.Sub(rest).Abs().GreaterThan(allowed)
		for _, i := range foreign {
			if n == 0 || !apart {
				out[i] = Worth{doubt[i].Amount, doubt[i].Doubt || apart}
			}
		}
		if !apart {
			return
		}
	}
}

// about tells that a share converts to an amount, a fifth more or less.
func (o *Order) about(s Share, amount money.Decimal) bool {
	return slices.ContainsFunc(o.rates(), func(by conversion) bool {
		converts, doubt := by.convert(s)
		return !doubt && amount.Sub(converts).Abs().LessThanOrEqual(converts.Abs().Mul(tolerance))
	})
}

// holdsMore reports that what was paid may hold more than shares say: a payment whose share is missing, or one
// that differs from its shares.
func (o *Order) holdsMore(shares []Share) bool {
	return len(o.Unshared) > 0 || slices.ContainsFunc(shares, func(s Share) bool { return s.Differs })
}

// BeyondWorth is what no share names of a share's payment, in the order's currency, converted as a share is; doubt = one
// of the rates is none.
func (o *Order) BeyondWorth(s Share) (amount money.Decimal, doubt bool) {
	if s.Amount = s.Beyond; s.Currency == o.Currency || s.Beyond.IsZero() {
		return s.Beyond, false
	}
	return o.convert(s)
}

// convert is a share as QloApps converted it; doubt = one of the rates is none.
func (o *Order) convert(s Share) (amount money.Decimal, doubt bool) { return o.rates()[0].convert(s) }

// conversion is one way in which QloApps may have converted a share: by which rate of its currency and of the order's.
type conversion struct {
	from func(s Share) money.Decimal
	to   money.Decimal
}

// rates are the ways in which shares may have been converted, the most credible first.
func (o *Order) rates() []conversion {
	kept := func(s Share) money.Decimal { return s.Rate }
	return []conversion{
		{func(s Share) money.Decimal { return Believed(s.Rate, s.OwnRate) }, Believed(o.Rate, o.OwnRate)},
		{kept, o.Rate}, {kept, o.OwnRate},
	}
}

func (c conversion) convert(s Share) (amount money.Decimal, doubt bool) {
	from := c.from(s)
	if !from.IsPositive() || !c.to.IsPositive() {
		return s.Amount, true
	}
	return money.RoundHalfUp(s.Amount.Mul(c.to).DivRound(from, 12), 2), false
}

// Stray tells of the only share in another currency what it converts to, and what of the money paid is left for
// it, where these are more than a fifth apart.
func (o *Order) Stray(x Share) (converts, left money.Decimal, stray bool) {
	n := -1
	for i, s := range o.Shares {
		if s.Currency == o.Currency {
			continue
		}
		if n >= 0 || s.ID != x.ID {
			return money.Zero, money.Zero, false
		}
		n = i
	}
	if n < 0 {
		return money.Zero, money.Zero, false
	}
	converts, doubt := o.convert(o.Shares[n])
	left = o.Worths(o.Shares)[n].Amount
	return converts, left, !doubt && !o.about(o.Shares[n], left)
}

// tolerance is how far a rate may lie from the currency's own: a fifth.
var tolerance = money.MustParse("0.2")

// Credible reports that a rate may be one: not the column's default of exactly 1 between two
// currencies, nor more than a fifth from the currency's own, where that is known.
func Credible(rate, own money.Decimal) bool {
	switch {
	case !rate.IsPositive():
		return false
	case !own.IsPositive():
		return true
	case rate.Equal(one) && !own.Equal(one):
		return false
	default:
		return rate.Sub(own).Abs().LessThanOrEqual(own.Mul(tolerance))
	}
}

// Believed is the rate where it is credible, else the currency's own. One of 0 is none, and stays so.
func Believed(rate, own money.Decimal) money.Decimal {
	if Credible(rate, own) || !own.IsPositive() || rate.IsZero() {
		return rate
	}
	return own
}

// paidByRows is what the shares of payments come to as QloApps wrote them; sure = that is what the
// order says was paid, a cent for each of them.
func (o *Order) paidByRows() (sum money.Decimal, sure bool) {
	shares := slices.Clone(o.Shares)
	for i := range shares {
		if !shares[i].Amount.Equal(shares[i].Written) {
			shares[i].Posted = nil
		}
		shares[i].Amount = shares[i].Written
	}
	sure = true
	for _, w := range o.Worths(shares) {
		sum, sure = sum.Add(w.Amount), sure && !w.Doubt
	}
	allowed := penny.Mul(decimalOf(int64(max(1, len(shares)))))
	if o.finer() { // the columns of payments end at cents, so that what QloApps counts beyond them is cut
		allowed = o.Unit.Div(two)
	}
	return sum, sure && sum.Sub(o.TotalPaid).Abs().LessThanOrEqual(allowed)
}

// finer tells that QloApps counts the order in less than cents, as hotels with dinars or rials have it.
func (o *Order) finer() bool { return o.Unit.IsPositive() && o.Unit.LessThan(penny) }

// places are the decimals that an order's amounts have, two at least.
func (o *Order) places() int32 {
	if o.finer() {
		return -o.Unit.Exponent()
	}
	return 2
}

var two = decimalOf(2)
