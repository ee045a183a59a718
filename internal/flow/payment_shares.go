package flow

import (
	"fmt"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
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
		return fault.New(fault.Held, "shares_missing", "QloApps does not say for which of %d orders of reference %s (%s) the %s %s were paid.%s", len(p.OfReference), p.Reference, strings.Join(p.OfReference, ", "), money.Text(p.Amount), p.Currency, unfinished).
			Do("Use Release to post it as the guest's credit and apply it in Zoho Books by hand; or record it there and use Skip here.")
	case p.SharesDiffer():
		return fault.New(fault.Held, "shares_differ", "The payment is %s %s, but its shares in QloApps come to %s %s.%s", money.Text(p.Amount), p.Currency, money.Text(p.Written()), p.Currency, unfinished).
			Do("Correct the payment in QloApps, then use Retry. Release posts what was paid: as far as the shares go on their orders, the rest as the guest's credit.")
	default:
		return nil
	}
}

// shared are a payment's shares; a released one that has none is the credit of the guest whose orders
// its reference names, and none of it is applied.
func shared(p qloapps.Payment, self engine.Link) []qloapps.Share {
	if len(p.Shares) > 0 || !self.Approved && !self.Exists() {
		return p.Shares
	}
	var shares []qloapps.Share
	for _, id := range p.OfReference {
		if o := p.Orders[id]; o != nil {
			shares = append(shares, qloapps.Share{ID: "of-" + p.ID + "-" + id, PaymentID: p.ID, OrderID: id, Currency: o.Currency, Rate: o.Rate, Added: p.Added})
		}
	}
	return shares
}

// beyondShares is what of a released payment no share names.
func beyondShares(p qloapps.Payment, o *qloapps.Order, self engine.Link, precision int32) money.Decimal {
	left := p.Amount
	for _, s := range p.Shares {
		left = left.Sub(s.Amount)
	}
	if !self.Approved || p.Currency != o.Currency || left.IsZero() || left.Sign() != p.Amount.Sign() {
		return money.Zero
	}
	return money.RoundHalfUp(left, precision)
}
