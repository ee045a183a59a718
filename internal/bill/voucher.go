package bill

import (
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
)

// A voucher that was made from a credit slip is money the guest already has: the document is
// posted without it, and the slip's credit note settles that part of the invoice.

// withoutVouchers separates discounts that are payment by credit, and says what the document
// comes to without them.
func WithoutVouchers(discounts []qloapps.Discount, t Due) ([]qloapps.Discount, Due) {
	var kept []qloapps.Discount
	for _, d := range discounts {
		if d.FromSlip == "" {
			kept = append(kept, d)
			continue
		}
		t.Incl, t.Excl = t.Incl.Add(d.Incl), t.Excl.Add(d.Excl)
	}
	return kept, t
}

// Vouchers are the discounts of an invoice that are payment by credit.
func Vouchers(i qloapps.Invoice) []qloapps.Discount {
	var list []qloapps.Discount
	for _, d := range DiscountsOf(i) {
		if d.FromSlip != "" {
			list = append(list, d)
		}
	}
	return list
}

// VoucherAmounts are what vouchers settle of an invoice: rounded together with what is due without
// them, so that exactly that stays due. No credit note gives more than it has; where rounding asks
// for a unit more than that, the unit stays due.
func VoucherAmounts(i qloapps.Invoice, precision int32, notes Notes) []money.Decimal {
	due := i.TotalIncl
	if len(i.Order.Invoices) == 1 {
		due = i.Order.TotalIncl
	}
	amounts := []money.Decimal{due}
	list := Vouchers(i)
	for _, d := range list {
		amounts = append(amounts, d.Incl)
	}
	amounts = money.Spread(amounts, precision)[1:]
	for n, d := range list {
		if most, known := notes(d.FromSlip); known {
			amounts[n] = money.Min(amounts[n], most)
		}
	}
	return amounts
}

// Notes gives what the credit note of a slip is over, where that is known.
type Notes func(slipID string) (total money.Decimal, known bool)
