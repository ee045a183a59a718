package bill

import (
	"slices"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
)

// A voucher that was made from a credit slip is money the guest already has: the document is
// posted without it, and the slip's credit note settles that part of the invoice.

// WithoutVouchers separates discounts that are payment by credit, and says what the document
// comes to without them.
func WithoutVouchers(discounts []qloapps.Discount, lines []qloapps.Line, t Due) ([]qloapps.Discount, Due) {
	var kept []qloapps.Discount
	for _, d := range usedOf(discounts, lines, t) {
		if d.FromSlip == "" {
			kept = append(kept, d)
			continue
		}
		t.Incl, t.Excl = t.Incl.Add(d.Incl), t.Excl.Add(d.Excl)
	}
	return kept, t
}

// Vouchers are the discounts of an invoice that are payment by credit, with what was used of them. Several
// made from one slip are one: its credit note pays them together.
func Vouchers(i qloapps.Invoice) []qloapps.Discount {
	t, err := DueOf(i)
	if err != nil {
		t = Due{Incl: i.TotalIncl, Excl: i.TotalExcl}
	}
	var list []qloapps.Discount
	for _, d := range usedOf(DiscountsOf(i), LinesOf(i), t) {
		if d.FromSlip == "" {
			continue
		}
		n := slices.IndexFunc(list, func(have qloapps.Discount) bool { return have.FromSlip == d.FromSlip })
		if n < 0 {
			list = append(list, d)
			continue
		}
		list[n].Incl, list[n].Excl = list[n].Incl.Add(d.Incl), list[n].Excl.Add(d.Excl)
		if d.Name != list[n].Name {
			list[n].Name += ", " + d.Name
		}
	}
	return list
}

// UsedOf is what the invoices of an order use of a slip's voucher together.
func UsedOf(o *qloapps.Order, slip string) money.Decimal {
	sum := money.Zero
	for _, head := range o.Invoices {
		for _, d := range Vouchers(qloapps.Invoice{InvoiceHead: head, Order: o}) {
			if d.FromSlip == slip {
				sum = sum.Add(d.Incl)
			}
		}
	}
	return sum
}

// usedOf gives vouchers the amounts that were used. QloApps stores the whole value of one that is larger than the
// order and makes a new one of the rest: what was used is what the order costs without it, less what is due.
func usedOf(discounts []qloapps.Discount, lines []qloapps.Line, t Due) []qloapps.Discount {
	list := slices.Clone(discounts)
	s := soldOf(lines, t)
	off := sum{s.all.incl.Sub(t.Incl), s.all.excl.Sub(t.Excl)} // what all of them took off
	var plain, credit sum
	vouchers := 0
	for _, d := range list {
		if d.FromSlip == "" {
			plain = plain.plus(d)
		} else {
			credit, vouchers = credit.plus(d), vouchers+1
		}
	}
	left := sum{t.cost(off.incl.Sub(plain.incl)), t.cost(off.excl.Sub(plain.excl))}
	allowed := qloapps.Penny.Mul(money.Whole(len(list) + len(lines)))
	switch beyond := credit.incl.Sub(left.incl); {
	case left.incl.IsNegative():
		if beyond.GreaterThan(allowed) {
			cutLargest(list, s, off)
		}
	case vouchers > 0 && beyond.GreaterThan(s.rounded(t, qloapps.Penny.Mul(money.Whole(vouchers+len(lines))))):
		shareOut(list, left)
	}
	return list
}

// sum is an amount with and without tax.
type sum struct{ incl, excl money.Decimal }

func (s sum) plus(d qloapps.Discount) sum { return sum{s.incl.Add(d.Incl), s.excl.Add(d.Excl)} }

// soldLines are what lines come to: all of them, without facilities, and each rounded as QloApps rounds an order.
type soldLines struct {
	all            sum
	rooms, byLines money.Decimal // with tax
}

func soldOf(lines []qloapps.Line, t Due) (s soldLines) {
	for _, l := range lines {
		s.all = sum{s.all.incl.Add(l.Incl), s.all.excl.Add(l.Excl)}
		s.byLines = s.byLines.Add(t.cost(l.Incl))
		if l.Kind != qloapps.FacilityLine {
			s.rooms = s.rooms.Add(l.Incl)
		}
	}
	return s
}

// rounded is by how much vouchers may be more than what is left of the order and yet be used up, as rounding makes
// that of them: usual, but where only facilities stay due, or nothing, what is more is left of the voucher, however
// little. Then it is no more than what rounding line by line makes of the order.
func (s soldLines) rounded(t Due, usual money.Decimal) money.Decimal {
	if t.Incl.IsZero() || t.cost(t.Incl).Equal(t.cost(s.all.incl.Sub(s.rooms))) {
		return money.Max(money.Zero, s.byLines.Sub(t.cost(s.all.incl)))
	}
	return usual
}

// shareOut gives vouchers that are credit what the other discounts leave of the order, one after the other.
func shareOut(list []qloapps.Discount, left sum) {
	rate := money.Zero // of the net in what was used
	if left.incl.IsPositive() {
		rate = left.excl.DivRound(left.incl, 12)
	}
	for i := range list {
		if d := &list[i]; d.FromSlip != "" {
			d.Incl = money.Min(d.Incl, left.incl)
			if left.incl = left.incl.Sub(d.Incl); left.incl.IsZero() {
				d.Excl, left.excl = left.excl, money.Zero
			} else {
				d.Excl = d.Incl.Mul(rate)
				left.excl = left.excl.Sub(d.Excl)
			}
		}
	}
}

// cutLargest leaves of the largest discount that is no credit what was used of it, where it is larger than what the
// order costs without it; also where it is larger than that without facilities, and these are what stays due. Where it is
// not, rows contradict each other, and all stay as they are stored.
func cutLargest(list []qloapps.Discount, s soldLines, off sum) {
	var others sum
	largest := -1
	for i, d := range list {
		others = others.plus(d)
		if d.FromSlip == "" && (largest < 0 || d.Incl.GreaterThan(list[largest].Incl)) {
			largest = i
		}
	}
	if largest < 0 {
		return
	}
	d := &list[largest]
	others = sum{others.incl.Sub(d.Incl), others.excl.Sub(d.Excl)}
	used := sum{off.incl.Sub(others.incl), off.excl.Sub(others.excl)}
	if used.incl.IsNegative() && used.incl.Add(qloapps.Penny).IsPositive() { // rounding took the last of it
		used = sum{}
	}
	apart := s.rooms.Sub(others.incl).Sub(used.incl).Abs()
	switch {
	case used.incl.IsNegative():
	case d.Incl.GreaterThan(s.all.incl.Sub(others.incl)), apart.LessThanOrEqual(qloapps.Penny) && d.Incl.GreaterThan(used.incl):
		d.Incl, d.Excl = used.incl, used.excl
	}
}

// VoucherAmounts are what vouchers settle of an invoice: rounded together with what is due without
// them, so that exactly that stays due. No credit note gives more than it has; where rounding asks
// for a unit more than that, the unit stays due.
func VoucherAmounts(i qloapps.Invoice, precision int32, notes Notes) []money.Decimal {
	t, err := DueOf(i)
	if err != nil {
		t.Incl = i.TotalIncl
	}
	amounts := []money.Decimal{t.before, t.Incl}
	list := Vouchers(i)
	for _, d := range list {
		amounts = append(amounts, d.Incl)
	}
	amounts = money.Spread(amounts, precision)[2:]
	for n, d := range list {
		if most, known := notes(d.FromSlip); known {
			amounts[n] = money.Min(amounts[n], most)
		}
	}
	return amounts
}

// Notes gives what the credit note of a slip is over, where that is known.
type Notes func(slipID string) (total money.Decimal, known bool)
