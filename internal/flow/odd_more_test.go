package flow

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
)

func (j *judgement) slipRate() (bool, error) {
	s, err := j.slipped()
	if err != nil || s.Order.Currency == j.rules.Org.BaseCurrency {
		return false, errUnfit
	}
	own := s.Order.Rate
	s.Rate = own.Mul(m("2.9")).Round(6)
	note, err := mapSlip(s, engine.Link{}, j.court, j.rules)
	if err != nil {
		return false, cmpErr(err)
	}
	if want := money.One.DivRound(own, 10); !note.Doc.ExchangeRate.Equal(want) {
		return false, fmt.Errorf("posted at %s, want %s", note.Doc.ExchangeRate, want)
	}
	return false, toldOf(note.Notices, "rate_replaced", plain(s.Rate), plain(own))
}

func (j *judgement) slipsExceed() (bool, error) {
	s, err := j.slipped()
	if err != nil {
		return false, err
	}
	o := s.Order
	o.Slipped = o.TotalIncl.Add(m("10"))
	o.Check()
	note, err := mapSlip(s, engine.Link{}, j.court, j.rules)
	if err != nil {
		return false, cmpErr(err)
	}
	return false, toldOf(note.Notices, "slips_exceed", money.Text(o.Slipped), money.Text(o.TotalIncl))
}

// centApart is what rounding leaves between a payment and its share, which is silent.
func (j *judgement) centApart() (bool, error) {
	_, o := j.rows()
	p := j.paying(o, j.half())
	p.Amount = p.Amount.Add(qloapps.Penny)
	p.Shares[0].Amount = p.Amount // as it is read
	o.Shares[0] = p.Shares[0]
	posted, err := mapPayment(p, engine.Link{}, j.court, j.rules)
	if err != nil {
		return false, cmpErr(err)
	}
	if !posted.Doc.Amount.Equal(j.round(p.Amount)) {
		return false, fmt.Errorf("%s are posted of %s", posted.Doc.Amount, p.Amount)
	}
	return false, nil
}

// canceledWithCredit is an order that was canceled after a slip's credit had lowered its invoice.
func (j *judgement) canceledWithCredit() (bool, error) {
	i, o := j.rows()
	o.Canceled, o.CanceledAt, o.SlipIDs = true, arrival, []string{"9"}
	invoice, note := ref(Invoice, "1"), ref(CreditNote, "9")
	posted := engine.Link{Ref: invoice, ID: "z-invoice", Status: engine.Synced, Total: j.posted.Facts.Total, Done: []string{"sent"}}
	j.posts = map[engine.Ref]engine.Link{invoice: posted, note: {Ref: note, ID: "z-note", Status: engine.Synced, Total: m("10"), Applied: m("10")}}
	kept, err := mapInvoice(i, posted, j.court, j.rules)
	if err != nil {
		return false, cmpErr(err)
	}
	if slices.ContainsFunc(kept.Steps, func(s engine.Step) bool { return s.Name == engine.StepVoid }) {
		return false, fmt.Errorf("the invoice is voided, and the slip's credit with it")
	}
	_, err = mapCancellation(i, engine.Link{}, j.court, j.rules)
	held, err := rightly(err, "paid_document", "credit")
	if err != nil {
		return held, err
	}
	_, err = mapCancellation(i, engine.Link{Approved: true}, j.court, j.rules)
	return rightly(err, "overpaid_after_edit", "credit")
}

// slipOfOneInvoice is a slip without money over rooms that one of two invoices billed.
func (j *judgement) slipOfOneInvoice() (bool, error) {
	s, err := j.slipped()
	if err != nil {
		return false, err
	}
	o, total := s.Order, j.round(s.TotalIncl)
	o.Returns = nil // no money left
	head := o.Invoices[0]
	head.ID = "2"
	o.Invoices = append(o.Invoices, head)
	for n := range o.Lines {
		o.Lines[n].InvoiceID = "1"
		if slices.ContainsFunc(s.Details, func(d qloapps.SlipDetail) bool { return d.DetailID == o.Lines[n].DetailID }) {
			o.Lines[n].InvoiceID = "2"
		}
	}
	one, two := ref(Invoice, "1"), ref(Invoice, "2")
	j.posts = map[engine.Ref]engine.Link{one: {Ref: one, ID: "z-1", Status: engine.Synced, Total: total.Mul(m("3")), Done: []string{"sent"}}, two: {Ref: two, ID: "z-2", Status: engine.Synced, Total: total.Mul(m("2")), Done: []string{"sent"}}}
	note, err := mapSlip(s, engine.Link{}, j.court, j.rules)
	if err != nil {
		return false, cmpErr(err)
	}
	if !note.Facts.Applied.Equal(total) || !slices.ContainsFunc(note.Steps, func(x engine.Step) bool { return strings.HasPrefix(x.Name, applyStep+"z-2") }) {
		return false, fmt.Errorf("%s of %s are applied, by %v", note.Facts.Applied, total, note.Steps)
	}
	return false, nil
}
