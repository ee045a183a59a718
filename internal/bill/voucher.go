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

// usedOf gives vouchers made from slips the amounts that were used. QloApps stores the whole value of a
// voucher that is larger than the order and makes a new one of the rest: what was used is what the
// order costs without it, less what is due.
func usedOf(discounts []qloapps.Discount, lines []qloapps.Line, t Due) []qloapps.Discount {
	list := slices.Clone(discounts)
	left, excl, stored, n := t.Incl.Neg(), t.Excl.Neg(), money.Zero, 0
	for _, l := range lines {
		left, excl = left.Add(l.Incl), excl.Add(l.Excl)
	}
	for _, d := range list {
		if d.FromSlip == "" {
			left, excl = left.Sub(d.Incl), excl.Sub(d.Excl)
			continue
		}
		stored, n = stored.Add(d.Incl), n+1
	}
	left, excl = t.cost(left), t.cost(excl)
	if n == 0 || left.IsNegative() || stored.Sub(left).LessThanOrEqual(qloapps.Penny.Mul(money.Whole(n+len(lines)))) {
		return list
	}
	rate := money.Zero // of the net in what was used
	if left.IsPositive() {
		rate = excl.DivRound(left, 12)
	}
	for i := range list {
		if d := &list[i]; d.FromSlip != "" {
			d.Incl = money.Min(d.Incl, left)
			if left = left.Sub(d.Incl); left.IsZero() {
				d.Excl, excl = excl, money.Zero
			} else {
				d.Excl = d.Incl.Mul(rate)
				excl = excl.Sub(d.Excl)
			}
		}
	}
	return list
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
