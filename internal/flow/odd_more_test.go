package flow

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
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
	return false, toldOf(note.Notices, "slips_exceed", j.says(o.Slipped), j.says(o.TotalIncl))
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
	credit, err := mapCancellation(i, engine.Link{}, j.court, j.rules)
	if !posted.Total.GreaterThan(m("10")) { // all of it was credited
		if err != nil || !credit.Nothing {
			return false, fmt.Errorf("what was credited whole ends with %v, credited over %s", err, credit.Facts.Total)
		}
		return false, nil
	}
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

// twoShares divides a payment, and the money given back of it, over two rows of the same order: what is settled
// and what goes back are what was paid and given back, once.
func (j *judgement) twoShares() (bool, error) {
	_, o := j.rows()
	p := j.paying(o, j.half())
	part := p.Amount.Div(money.Whole(3)).Round(0)
	if j.round(o.TotalIncl).LessThan(p.Amount) || !part.IsPositive() {
		return false, errUnfit
	}
	divided := func(p *qloapps.Payment, first, second string, sign int) {
		one := p.Shares[0]
		one.PaymentID, one.Amount = p.ID, part.Mul(money.Whole(sign))
		two := one
		one.ID, two.ID, two.Amount = first, second, p.Amount.Sub(one.Amount)
		one.Written, two.Written = one.Amount, two.Amount
		p.Shares = []qloapps.Share{one, two}
	}
	divided(&p, "91", "92", 1)
	o.Shares = p.Shares
	posted, err := mapPayment(p, engine.Link{}, j.court, j.rules)
	if err != nil {
		return false, cmpErr(err)
	}
	applied := money.Zero
	for _, a := range posted.Doc.Invoices {
		applied = applied.Add(a.AmountApplied.Decimal)
	}
	if want := j.round(p.Amount); !posted.Doc.Amount.Equal(want) || !applied.Equal(want) {
		return false, fmt.Errorf("%s posted, %s applied, %s were paid", posted.Doc.Amount, applied, want)
	}
	sent, err := json.Marshal(posted.Doc)
	if err != nil {
		return false, err
	}
	key := ref(Payment, p.ID)
	j.posts[key] = engine.Link{Ref: key, ID: "z-9", Status: engine.Synced, Total: posted.Doc.Amount.Decimal, Sent: sent}
	back := p
	back.ID, back.Amount = "10", p.Amount.Neg()
	divided(&back, "101", "102", -1)
	o.Shares = append(o.Shares, back.Shares...)
	given, err := mapPayment(back, engine.Link{}, j.court, j.rules)
	if err != nil {
		return false, cmpErr(err)
	}
	if freed := j.freed(given.Steps, map[string]money.Decimal{}); !freed.Equal(j.round(p.Amount)) {
		return false, fmt.Errorf("%s go back of %s", freed, p.Amount)
	}
	return false, nil
}

// neverBilled has an order whose invoice was canceled before it was posted, or is void, and money given back of
// it: no revenue stands, so that the money goes back from the payments, and a slip without money takes nothing.
func (j *judgement) neverBilled() (bool, error) {
	s, err := j.slipped()
	if err != nil {
		return false, err
	}
	o, half := s.Order, j.half()
	p := j.paying(o, half)
	o.Canceled = true
	bills := engine.Link{Ref: ref(Invoice, "1"), Status: engine.Synced}
	if len(j.booking.Lines)%2 == 0 {
		bills.ID, bills.Total, bills.Done = "z-invoice", j.posted.Facts.Total, []string{"sent", engine.StepVoid}
	}
	j.posts[bills.Ref] = bills
	posted, err := mapPayment(p, engine.Link{}, j.court, j.rules)
	if err != nil {
		return false, cmpErr(err)
	}
	sent, err := json.Marshal(posted.Doc)
	if err != nil {
		return false, err
	}
	paid, key := j.round(half), ref(Payment, p.ID)
	j.posts[key] = engine.Link{Ref: key, ID: "z-9", Status: engine.Synced, Total: paid, Sent: sent}
	ret := qloapps.Return{ID: "2", OrderID: o.ID, Refunded: true, Amount: half, PaymentMode: "Cash", Added: arrival, Updated: arrival}
	o.Returns = []qloapps.Return{ret}
	note, err := mapRefund(qloapps.Refund{Return: ret, Order: o}, engine.Link{}, j.court, j.rules)
	if err != nil {
		return false, cmpErr(err)
	}
	if freed := j.freed(note.Steps, map[string]money.Decimal{}); len(note.Doc.Lines) > 0 || !freed.Equal(paid) {
		return false, fmt.Errorf("%s go back of %s, by a credit note of %d lines", freed, paid, len(note.Doc.Lines))
	}
	o.Returns = nil
	_, err = mapSlip(s, engine.Link{}, j.court, j.rules)
	if f := fault.Of(err); f == nil || f.Kind != fault.Blocked || f.Code != "not_queued" || f.Action == "" {
		return false, fmt.Errorf("a slip without money ends with %w", cmpErr(err))
	}
	return false, nil
}

// soldAndDue are what an order's lines come to, each rounded by itself too, and what of them are facilities, as QloApps
// rounds a total.
func soldAndDue(o *qloapps.Order) (all, byLines, due, dueNet, net money.Decimal) {
	for _, l := range o.Lines {
		all, byLines, net = all.Add(l.Incl), byLines.Add(l.Incl.Round(2)), net.Add(l.Excl)
		if l.Kind == qloapps.FacilityLine {
			due, dueNet = due.Add(l.Incl), dueNet.Add(l.Excl)
		}
	}
	return all, byLines, due.Round(2), dueNet.Round(2), net
}

// plainVoucher pays with one that is no slip's and larger than rooms and services: its facilities stay due.
func (j *judgement) plainVoucher() (bool, error) {
	_, o := j.rows()
	all, _, due, dueNet, net := soldAndDue(o)
	if len(o.Discounts) > 0 {
		return false, errUnfit
	}
	more := m("115.49")
	o.Discounts = []qloapps.Discount{{Name: "V1C1O9", Incl: all.Sub(due).Add(more).Round(2), Excl: net.Sub(dueNet).Add(more).Round(2)}}
	o.TotalIncl, o.TotalExcl = due, dueNet
	i := billing(o)
	posted, err := mapInvoice(i, engine.Link{}, j.court, j.rules)
	if err != nil {
		return false, cmpErr(err)
	}
	posted.Doc.CustomFields = nil
	if err := j.price("invoices", posted.Doc, j.round(due), posted.Facts); err != nil {
		return false, err
	}
	return false, j.fair(posted, i)
}

// centsLarger pays with a slip's voucher that is three cents larger than what the order costs without it, beside what
// rounding line by line makes of that: the cents are left of it.
func (j *judgement) centsLarger() (bool, error) {
	_, o := j.rows()
	all, byLines, due, dueNet, _ := soldAndDue(o)
	rest := all.Sub(due)
	for _, d := range o.Discounts {
		rest = rest.Sub(d.Incl)
	}
	rest = rest.Round(2)
	if !j.round(rest).IsPositive() {
		return false, errUnfit
	}
	worth := rest.Add(money.Max(money.Zero, byLines.Sub(all.Round(2)))).Add(m("0.03"))
	o.Discounts = append(o.Discounts, qloapps.Discount{Name: "CS1C1O9", Incl: worth, Excl: worth, FromSlip: "9", FromSlipCurrency: o.Currency})
	o.TotalIncl, o.TotalExcl = due, dueNet
	note := ref(CreditNote, "9")
	j.posts = map[engine.Ref]engine.Link{note: {Ref: note, ID: "z-note", Status: engine.Synced, Total: j.round(worth)}}
	posted, err := mapInvoice(billing(o), engine.Link{}, j.court, j.rules)
	if err != nil {
		return false, cmpErr(err)
	}
	posted.Doc.CustomFields = nil
	return false, j.price("invoices", posted.Doc, j.round(due.Add(rest)), posted.Facts)
}
