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
	Worth  money.Decimal // as QloApps counts it
	Amount money.Decimal // in the books' smallest unit
}

// Convert states the share in its order's currency, together with all of the order's.
func (x *Part) Convert(places int32, posted bool) error {
	shares := x.Order.Shares
	mine := func(s qloapps.Share) bool { return s.ID == x.Share.ID }
	if !slices.ContainsFunc(shares, mine) {
		shares = append(slices.Clone(shares), x.Share) // it was written between two reads
	}
	if !posted {
		if err := certain(x.Order, shares, x.Share.ID); err != nil {
			return err
		}
	}
	shares, amounts, err := Converted(x.Order, shares, places)
	if err != nil {
		return err
	}
	n := slices.IndexFunc(shares, mine)
	x.Worth, x.Amount = x.Order.Worths(shares)[n].Amount, amounts[n]
	return nil
}

// Become keeps the amount that was posted, though QloApps overwrites the order's rate with
// every payment and the share would come to another one now.
func (x *Part) Become(amount money.Decimal, precision int32) {
	if x.Amount = amount; x.Worth.Sub(amount).Abs().GreaterThan(money.Unit(precision)) {
		x.Worth = amount
	}
}

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
	shares = inOrder(shares)
	amounts := make([]money.Decimal, len(shares))
	for i, w := range o.Worths(shares) {
		amounts[i] = w.Amount
	}
	amounts = money.Spread(amounts, places)
	for i, s := range shares {
		if s.Posted != nil {
			amounts[i] = s.Posted.Total
		}
	}
	return shares, amounts, nil
}

// inOrder sorts shares as the payments were made: an upgrade of QloApps wrote shares of old payments
// later than those of newer ones.
func inOrder(shares []qloapps.Share) []qloapps.Share {
	shares = slices.Clone(shares)
	sort.SliceStable(shares, func(i, j int) bool {
		a, b := shares[i], shares[j]
		if a.PaymentID != b.PaymentID {
			return qloapps.Earlier(a.PaymentID, b.PaymentID)
		}
		return qloapps.Earlier(a.ID, b.ID)
	})
	return shares
}

// certain holds a share in another currency whose amount in the order's is not certain. It keeps no
// other share back.
func certain(o *qloapps.Order, shares []qloapps.Share, id string) error {
	worths := o.Worths(shares)
	n := slices.IndexFunc(shares, func(s qloapps.Share) bool { return s.ID == id })
	if n < 0 || !worths[n].Doubt {
		return nil
	}
	s, sum := shares[n], money.Zero
	for _, w := range worths {
		sum = sum.Add(w.Amount)
	}
	if !s.Rate.IsPositive() {
		return fault.New(fault.Held, "no_rate", "The payment of %s %s has no exchange rate.", money.Words(s.Amount, s.Currency), s.Currency).Do("Correct the payment's rate in QloApps, or record the payment by hand in Zoho Books and use Skip here.")
	}
	return fault.New(fault.Held, qloapps.PaidDiffers, "The payments of order %s come to %s %s, QloApps says %s %s were paid, so what %s %s came to is not certain.", o.Reference, money.Words(sum, o.Currency), o.Currency, money.Words(o.TotalPaid, o.Currency), o.Currency, money.Words(s.Amount, s.Currency), s.Currency).
		Do("Check the rates of the order's payments in QloApps, or record this payment by hand in Zoho Books and use Skip here.")
}
