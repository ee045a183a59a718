package flow

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// QloApps saves a request with its money first, mails the guest, makes the slip, and writes that into the request last. One
// that is read in between is money alone, and is posted as that: its document is then the slip's, and nothing of it
// goes back twice. No clock decides whether QloApps is done.

// becameSince says what a posted request is now, where that is no money which went back; "" where it still is, with a
// slip or without.
func becameSince(ret qloapps.Return) string {
	became, contrary := ret.Becomes()
	if became == qloapps.BecameSlip {
		return ""
	}
	switch contrary {
	case qloapps.SlipBeside, qloapps.NoSlip, qloapps.SeveralSlips: // it has a slip, or gets one, which is held
		return ""
	case qloapps.NotFinished:
		return "denied or not completed"
	case qloapps.BothMoneyAndVoucher, qloapps.SlipTurnedVoucher:
		return "money and a voucher"
	case qloapps.UnknownKind:
		return "of a kind that QloApps does not have"
	default:
		return "no money back"
	}
}

// refundBecame maps a request that was posted as money alone and is something else since. What stands is carried to its
// end as its slip's, or told to have been changed.
func refundBecame(m engine.Mapped[zoho.CreditNote], f qloapps.Refund, self engine.Link, precision int32, links engine.Links, r *rules.Rules) (engine.Mapped[zoho.CreditNote], error) {
	m.Facts.Currency, m.Facts.Total, m.Facts.Hotel = f.Order.Currency, money.RoundHalfUp(f.Amount, precision), f.Order.HotelName
	if since := becameSince(f.Return); since != "" {
		m.Compare, m.Facts.Title = refundText{f.Amount.String(), f.PaymentMode, since}, m.Facts.Title+", "+since
		return m, sentAs(self, &m.Doc)
	}
	if tookFromPayments(self) || gaveBefore(self) {
		m.Facts.Title = "Refund request " + f.ID
		m, err := backWithoutInvoice(m, ref(Refund, f.ID), f.Return, f.Order, f.Order.Rate, self, precision, links, r)
		m.Notices = append(m.Notices, ofSlip(f.Return, self, f.Order.Currency)...)
		return m, err
	}
	if err := sentAs(self, &m.Doc); err != nil {
		return m, err
	}
	step, err := refundStep(ref(Refund, f.ID), f.Return, self.Total, m.Doc.ExchangeRate, m.Doc.Date, self, r)
	m.Facts.Date, m.Facts.Own, m.Facts.Total, m.Facts.HasTotal = m.Doc.Date, qloapps.Day(f.Updated), self.Total, true
	if tax := destination.KeptOf(self).Tax; tax != nil {
		m.Facts.Tax = *tax
	}
	giveBack(&m, step, self.Total, self)
	m.Steps = opened(m.Steps, self)
	m.Notices = append(m.Notices, ofSlip(f.Return, self, f.Order.Currency)...)
	self.Ref = ref(Refund, f.ID)
	noted(&m, self, nil, nil, self.Total, false, links)
	return m, err
}

// sentAs reads a credit note as it was sent; what went back of payments was none.
func sentAs(self engine.Link, doc *zoho.CreditNote) error {
	if len(self.Sent) == 0 {
		return nil
	}
	return json.Unmarshal(self.Sent, doc)
}

// ofSlip tells that a request's document is that of its slip.
func ofSlip(ret qloapps.Return, posted engine.Link, currency string) []engine.Notice {
	if ret.SlipID == "" {
		return nil
	}
	return []engine.Notice{{Code: "refunded_before_slip", Detail: fmt.Sprintf("Refund request %s was posted before QloApps made credit slip %s of it. %s, over %s %s, is that of the slip, which makes none of its own.", ret.ID, ret.SlipID, wentAs(posted), money.Words(posted.Total, currency), currency)}}
}

// wentAs says as what a request stands.
func wentAs(posted engine.Link) string {
	if tookFromPayments(posted) {
		return "What went back of the order's payments"
	}
	return "Credit note " + posted.Number
}

// wentBefore looks for the request of a slip that was posted before QloApps wrote the slip into it. It waits for one that
// is on its way.
func wentBefore(s qloapps.Slip, links engine.Links) (ret qloapps.Return, posted engine.Link, err error) {
	for _, ret := range s.Order.Returns {
		if !ret.Concerns(s.ID) {
			continue
		}
		posted, err := links.Settled(Refund, ret.ID)
		if err == nil && posted.LostIn != "" && posted.Status == engine.NotSynced { // it stood before the links were reset
			_, err = links.Of(Refund, ret.ID)
		}
		if err != nil || posted.Exists() && !posted.Retired() {
			return ret, posted, err
		}
	}
	return ret, posted, nil
}

// alreadyWent maps a slip whose request was posted before it. Where both are over the same, that document is the slip's;
// else the slip is held, as it would credit and give back once more what stands.
func alreadyWent(m engine.Mapped[zoho.CreditNote], s qloapps.Slip, ret qloapps.Return, posted, self engine.Link, precision int32) (engine.Mapped[zoho.CreditNote], error) {
	total := money.RoundHalfUp(s.TotalIncl, precision)
	if ret.SlipID == s.ID && total.Equal(posted.Total) && !self.Exists() {
		m.Nothing, m.Notices = true, ofSlip(ret, posted, s.Order.Currency)
		m.Facts.Currency, m.Facts.Total, m.Facts.Hotel = s.Order.Currency, total, s.Order.HotelName
		return m, nil
	}
	stands := ""
	if self.Exists() {
		stands = fmt.Sprintf(", and stands as credit note %s", self.Number)
	}
	return m, fault.New(fault.Held, "totals_differ", "Credit slip %s is over %s %s%s. Refund request %s, which concerns it, was posted before QloApps made the slip of it: %s is over %s %s and gave that back. Both together would credit it, and give it back, twice.",
		s.Printed, money.Words(total, s.Order.Currency), s.Order.Currency, stands, ret.ID, strings.ToLower(wentAs(posted)[:1])+wentAs(posted)[1:], money.Words(posted.Total, s.Order.Currency), s.Order.Currency).
		Do("If the slip is of that request, make up for the difference by hand in Zoho Books, if any, then use Skip here. If QloApps was still writing the request, use Retry.")
}

// giver is the record that gives the money of a request back: its own, where that was posted before QloApps made the
// slip of it, else the slip's. ok = it gives money back at all.
func giver(ret qloapps.Return, links engine.Links) (record engine.Ref, ok bool) {
	own := ref(Refund, ret.ID)
	if link := links.Look(own.Flow, own.ID); link.Exists() && !link.Retired() || gaveBefore(link) {
		return own, true
	}
	if ret.SlipID != "" && slipPaid(ret) {
		return ref(CreditNote, ret.SlipID), true
	}
	return own, moneyAlone(ret)
}

// returnsOf are the records of an order's requests, whatever became of them: one may stand that would not be posted now.
func returnsOf(o *qloapps.Order) (refs []engine.Ref) {
	for _, ret := range o.Returns {
		if own := ref(Refund, ret.ID); !slices.Contains(refs, own) {
			refs = append(refs, own)
		}
	}
	return refs
}
