package flow

import (
	"fmt"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/settlement"
)

// contradicted holds a refund request, or the slip that it may mean, whose fields cannot all be true.
func contradicted(ret qloapps.Return, currency, what string, why qloapps.Contrary) error {
	given := fmt.Sprintf("Refund request %s says that %s were given back by «%s»", ret.ID, money.Words(ret.Amount, currency), ret.PaymentMode)
	words := map[qloapps.Contrary]string{
		qloapps.BothMoneyAndVoucher: given + ", and also that the guest got a voucher for it.",
		qloapps.SlipTurnedVoucher:   given + ", and its credit slip was turned into a voucher as well.",
		qloapps.NotFinished:         given + ", but it is denied or not completed.",
		qloapps.NoSlip:              given + " on a credit slip that cannot be told: none of the order's is over the same rooms and this amount.",
		qloapps.SeveralSlips:        given + " on a credit slip that cannot be told: several of the order's are over the same rooms and this amount.",
		qloapps.SlipBeside:          given + " without a credit slip, but one over the same rooms and this amount lies beside it.",
		qloapps.UnknownKind:         given + " in a way that QloApps does not have.",
		qloapps.RepaidTwice:         given + ", and another request says the same of this credit slip.",
	}
	return fault.New(fault.Held, "totals_differ", "%s cannot be posted yet. %s", what, words[why]).
		Do("Correct the refund request in QloApps, then use Retry; or make the credit note and its refund by hand in Zoho Books and use Skip here.")
}

// believed is a rate that QloApps kept with an order, a payment or a slip, or what stands for it where
// it cannot be one: that of the order's first payment where this can, else the currency's own. A rate
// of 0, which is none at all, is left to whoever asks for it; one below 0 is a mean that money given back spoilt.
func believed(o *qloapps.Order, rate money.Decimal, of string, r *rules.Rules) (money.Decimal, []engine.Notice) {
	own, err := qloRate(r, o.Currency)
	if at, former := sinceDefault(o, rate, own, r); former {
		return at, []engine.Notice{{Code: "rate_replaced", Detail: fmt.Sprintf("QloApps keeps a rate of %s with %s, and a payment of the order in %s, its default currency, bears one of its own: both are by a former default. By the present one it is %s, which was taken.",
			plain(rate), of, r.QloBase, plain(at))}}
	}
	// QloApps' default currency has no rate but 1, whatever an average over payments or a former default made of it.
	credible := qloapps.Credible(rate, own) && (o.Currency != r.QloBase || rate.Equal(own))
	if err != nil || rate.IsZero() || o.Currency == r.Org.BaseCurrency || credible {
		return rate, nil
	}
	with := own
	for _, s := range o.Shares {
		if s.Currency == o.Currency && s.Amount.IsPositive() {
			if qloapps.Credible(s.Rate, own) && o.Currency != r.QloBase {
				with = s.Rate
			}
			break
		}
	}
	return with, []engine.Notice{{Code: "rate_replaced", Detail: fmt.Sprintf("QloApps keeps a rate of %s with %s, which cannot be one of %s: %s was taken.", plain(rate), of, o.Currency, plain(with))}}
}

// sinceDefault is a rate by the present default currency of QloApps, where a payment of the order shows that it was kept by
// a former one: in the default currency a payment bears exactly 1, unless that came to be the default later.
func sinceDefault(o *qloapps.Order, rate, own money.Decimal, r *rules.Rules) (at money.Decimal, former bool) {
	if o.Currency == r.QloBase || o.Currency == r.Org.BaseCurrency || !rate.IsPositive() || !own.IsPositive() {
		return money.Zero, false
	}
	for _, s := range o.Shares {
		if s.Currency != r.QloBase || !s.Rate.IsPositive() || s.Rate.Equal(money.One) {
			continue
		}
		at = rate.DivRound(s.Rate, 6)
		return at, at.Sub(own).Abs().LessThan(rate.Sub(own).Abs()) // a slip may be younger than the change
	}
	return money.Zero, false
}

// strays tell of shares in another currency that are far from what they convert to.
func strays(parts []settlement.Part) (told []engine.Notice) {
	for _, x := range parts {
		if converts, left, stray := x.Order.Stray(x.Share); stray {
			told = append(told, engine.Notice{Code: qloapps.PaidDiffers, Detail: fmt.Sprintf("%s %s come to %s %s by QloApps' rates; of what QloApps says was paid on order %s, %s %s are left for them, and that was taken. Look whether the payment or the order's paid amount is wrong in QloApps.",
				money.Words(x.Share.Amount, x.Share.Currency), x.Share.Currency, money.Words(converts, x.Order.Currency), x.Order.Currency, x.Order.Reference, money.Words(left, x.Order.Currency), x.Order.Currency)})
		}
	}
	return told
}

// plain writes a rate without needless zeros.
func plain(rate money.Decimal) string {
	text := rate.Round(6).String()
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// creditsDiffer tells that more was credited on an order than it was billed.
func creditsDiffer(o *qloapps.Order) []engine.Notice { return contradicting(o, qloapps.SlipsExceed) }

// paidDiffers tells that what QloApps says was paid on an order is not what its payments come to.
func paidDiffers(o *qloapps.Order) []engine.Notice { return contradicting(o, qloapps.PaidDiffers) }

// contradicting is a contradiction of an order's rows as a notice of its documents.
func contradicting(o *qloapps.Order, code string) []engine.Notice {
	c, ok := o.Contradicts(code)
	if !ok {
		return nil
	}
	return []engine.Notice{{Code: c.Code, Detail: c.Words(o.Reference, o.Currency)}}
}
