package settlement

import (
	"slices"
	"sort"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
)

// Part is one order's share of a payment, in the order's currency.
type Part struct {
	Share  qloapps.Share
	Order  *qloapps.Order
	Amount money.Decimal
}

// Convert states the share in its order's currency, together with all of the order's.
func (x *Part) Convert(places int32, posted bool) error {
	shares := x.Order.Shares
	mine := func(s qloapps.Share) bool { return s.ID == x.Share.ID }
	if !slices.ContainsFunc(shares, mine) {
		shares = append(slices.Clone(shares), x.Share) // it was written between two reads
	}
	if !posted {
		if err := addUpToPaid(x.Order, shares); err != nil {
			return err
		}
	}
	shares, amounts, err := Converted(x.Order, shares, places)
	if err != nil {
		return err
	}
	x.Amount = amounts[slices.IndexFunc(shares, mine)]
	return nil
}

// Become keeps the amount that was posted, though QloApps overwrites the order's rate with
// every payment and the share would come to another one now.
func (x *Part) Become(amount money.Decimal) { x.Amount = amount }

// Drifts tells that a payment's only share came to another amount than was posted though its row did not
// change: it is converted, or it was rounded together with others.
func Drifts(x qloapps.Share, o *qloapps.Order, now, posted money.Decimal, precision int32) bool {
	apart, most := now.Sub(posted).Abs(), money.Unit(precision)
	if x.Currency != o.Currency {
		most = money.Max(most, now.Abs().Div(tenth))
	}
	return apart.LessThanOrEqual(most)
}

// tenth of an amount is more than rates move while a guest pays; another share of the payment is more.
var tenth = money.Whole(10)

// Converted gives shares in QloApps' order with their amounts in the order's currency, as QloApps
// converted them, rounded together so that they still add up to what was paid.
func Converted(o *qloapps.Order, shares []qloapps.Share, places int32) ([]qloapps.Share, []money.Decimal, error) {
	shares = slices.Clone(shares)
	sort.SliceStable(shares, func(i, j int) bool { return qloapps.Earlier(shares[i].ID, shares[j].ID) })
	amounts := make([]money.Decimal, len(shares))
	for i, s := range shares {
		amounts[i] = s.Amount
		if s.Currency == o.Currency {
			continue
		}
		if !s.Rate.IsPositive() {
			return nil, nil, fault.New(fault.Held, "no_rate", "The payment in %s has no exchange rate.", s.Currency).Do("Correct the payment's rate in QloApps.")
		}
		amounts[i] = money.RoundHalfUp(s.Amount.Mul(o.Rate).DivRound(s.Rate, 12), 2)
	}
	return shares, money.Spread(amounts, places), nil
}

// addUpToPaid holds shares in several currencies that do not come to what QloApps says was paid.
func addUpToPaid(o *qloapps.Order, shares []qloapps.Share) error {
	if !slices.ContainsFunc(shares, func(s qloapps.Share) bool { return s.Currency != o.Currency }) {
		return nil
	}
	_, amounts, err := Converted(o, shares, 2)
	if err != nil {
		return err
	}
	sum := money.Zero
	for _, amount := range amounts {
		sum = sum.Add(amount)
	}
	if sum.Sub(o.TotalPaid).Abs().GreaterThan(qloapps.Penny.Mul(money.Whole(len(shares)))) {
		return fault.New(fault.Held, "totals_differ", "The payments of order %s come to %s %s, QloApps says %s %s were paid.", o.Reference, sum, o.Currency, o.TotalPaid, o.Currency).
			Do("Check the rates of the order's payments in QloApps.")
	}
	return nil
}
