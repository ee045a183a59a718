package flow

import (
	"fmt"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
)

// contradicted holds a refund request, or the slip that it may mean, whose fields cannot all be true.
func contradicted(ret qloapps.Return, what string, why qloapps.Contrary) error {
	given := fmt.Sprintf("Refund request %s says that %s were given back by «%s»", ret.ID, money.Text(ret.Amount), ret.PaymentMode)
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
// that is none at all is left to whoever asks for it.
func believed(o *qloapps.Order, rate money.Decimal, of string, r *rules.Rules) (money.Decimal, []engine.Notice) {
	own, err := qloRate(r, o.Currency)
	// QloApps' default currency has no rate but 1, whatever an average over payments or a former default made of it.
	credible := qloapps.Credible(rate, own) && (o.Currency != r.QloBase || rate.Equal(own))
	if err != nil || !rate.IsPositive() || o.Currency == r.Org.BaseCurrency || credible {
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

// plain writes a rate without needless zeros.
func plain(rate money.Decimal) string {
	text := rate.Round(6).String()
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// paidDiffers tells that what QloApps says was paid on an order is not what its payments come to.
func paidDiffers(o *qloapps.Order) []engine.Notice {
	c, ok := o.Contradicts(qloapps.PaidDiffers)
	if !ok {
		return nil
	}
	return []engine.Notice{{Code: c.Code, Detail: c.Words(o.Reference, o.Currency)}}
}
