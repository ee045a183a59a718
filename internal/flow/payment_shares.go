package flow

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/settlement"
)

// contradictory holds a payment whose shares and amount cannot both be true, or that names no order.
// A person may release it: then what was paid is posted, and applied as far as the shares say.
func contradictory(p qloapps.Payment, self engine.Link) error {
	if err := stillWritten(p); err != nil {
		return err
	}
	unfinished := ""
	if len(p.Abandoned) > 0 {
		unfinished = fmt.Sprintf(" QloApps never finished writing order %s of this cart, so that its share is missing.", strings.Join(p.Abandoned, ", "))
	}
	switch {
	case self.Approved:
		return nil
	case len(p.Shares) == 0 && len(p.OfReference) > 1:
		return fault.New(fault.Held, "shares_missing", "QloApps does not say for which of %d orders of reference %s (%s) the %s %s were paid.%s", len(p.OfReference), p.Reference, strings.Join(p.OfReference, ", "), money.Words(p.Amount, p.Currency), p.Currency, unfinished).
			Do("Use Release to post it as the guest's credit and apply it in Zoho Books by hand; or record it there and use Skip here.")
	case p.SharesDiffer():
		return fault.New(fault.Held, "shares_differ", "The payment is %s %s, but its shares in QloApps come to %s %s.%s", money.Words(p.Amount, p.Currency), p.Currency, money.Words(p.Written(), p.Currency), p.Currency, unfinished).
			Do("Correct the payment in QloApps, then use Retry. Release posts what was paid: as far as the shares go on their orders, the rest as the guest's credit.")
	default:
		return nil
	}
}

// shared are a payment's shares; a released one that has none is the credit of the guest whose orders
// its reference names, and none of it is applied.
func shared(p qloapps.Payment, self engine.Link) []qloapps.Share {
	if len(p.Shares) > 0 || !self.Approved && !self.Exists() {
		return counting(p.Shares)
	}
	var shares []qloapps.Share
	for _, id := range p.OfReference {
		if o := p.Orders[id]; o != nil {
			shares = append(shares, qloapps.Share{ID: "of-" + p.ID + "-" + id, PaymentID: p.ID, OrderID: id, Currency: o.Currency, Rate: o.Rate, Added: p.Added})
		}
	}
	return shares
}

// counting are shares without those of nothing, which concern no order, gone or anybody's; all of them where none has an amount.
func counting(shares []qloapps.Share) []qloapps.Share {
	list := slices.DeleteFunc(slices.Clone(shares), func(s qloapps.Share) bool { return s.AsWritten().IsZero() })
	if len(list) == 0 {
		return shares
	}
	return list
}

// concerns reports that a payment pays a part of an order, or may.
func concerns(p qloapps.Payment, orderID string) bool {
	return len(p.Shares) == 0 || slices.ContainsFunc(counting(p.Shares), func(s qloapps.Share) bool { return s.OrderID == orderID })
}

// bothSigns holds a payment that pays one order out of another: nothing of it went back to anybody.
func bothSigns(p qloapps.Payment, parts []settlement.Part) error {
	words := make([]string, len(parts))
	for n, x := range parts {
		words[n] = fmt.Sprintf("%s for order %s (%s)", money.Words(x.Share.AsWritten(), x.Share.Currency), x.Order.ID, x.Order.Reference) // orders of one cart have one reference
	}
	return fault.New(fault.Held, "negative_payment", "The payment of %s %s has shares of both signs in QloApps: %s.", money.Words(p.Amount, p.Currency), p.Currency, strings.Join(words, ", ")).
		Do("Correct the payment in QloApps, then use Retry; or record in Zoho Books by hand what was paid for which order, then use Skip here.")
}

// beyondShares is what of a released payment no share names, in the currency of its orders. named is what its shares come
// to. What was posted stays, though QloApps overwrites the order's rate with every payment.
func beyondShares(p qloapps.Payment, o *qloapps.Order, self engine.Link, named money.Decimal, precision int32) (money.Decimal, error) {
	left := p.Amount
	for _, s := range p.Shares {
		left = left.Sub(s.Amount)
	}
	if !released(self) || left.IsZero() || left.Sign() != p.Amount.Sign() {
		return money.Zero, nil
	}
	if rest := self.Total.Sub(named); self.Exists() && p.Currency != o.Currency && rest.Sign() == left.Sign() {
		return rest, nil
	}
	worth, doubt := o.BeyondWorth(qloapps.Share{Currency: p.Currency, Rate: p.Rate, OwnRate: p.OwnRate, Beyond: left})
	if doubt {
		return money.Zero, fault.New(fault.Held, "no_rate", "%s %s of the payment of %s %s belong to no share, and there is no exchange rate by which they could be posted in %s: QloApps keeps %s with the payment.", money.Words(left, p.Currency), p.Currency, money.Words(p.Amount, p.Currency), p.Currency, o.Currency, plain(p.Rate)).
			Do("Correct the payment's rate in QloApps' database, then use Retry; or record the payment in Zoho Books by hand and use Skip here.")
	}
	return money.RoundHalfUp(worth, precision), nil
}

// released reports a payment that a person sent as what was paid, whatever its shares say, or that stands.
func released(payment engine.Link) bool { return payment.Approved || payment.Exists() }
