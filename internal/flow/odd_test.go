package flow

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
)

// Rows that contradict each other, as QloApps leaves them now and then. Each kind is written over a
// generated booking, and judged twice: the money that is posted, and the explanation, whose figures are
// taken from the rows here and not from what the product says.

// oddities are the kinds by name. Each says whether a document of it was rightly held, or what is wrong;
// none = a booking that the kind does not fit.
var oddities = map[string]func(j *judgement) (held bool, err error){
	"a rate that cannot be one":              (*judgement).nonsenseRate,
	"a payment at the column's default":      (*judgement).defaultRate,
	"a payment without a rate":               (*judgement).noRate,
	"shares above the payment":               (*judgement).sharesAbove,
	"shares below the payment":               (*judgement).sharesBelow,
	"no shares and two orders":               (*judgement).noShares,
	"paid otherwise than the payments say":   (*judgement).paidOtherwise,
	"an invoice without a date":              (*judgement).undatedInvoice,
	"a payment without a date":               (*judgement).undatedPayment,
	"a slip without a date":                  (*judgement).undatedSlip,
	"a slip marked as unpaid":                (*judgement).markedSlip,
	"a request that contradicts itself":      (*judgement).contraryRequest,
	"a slip at a tax of today":               (*judgement).slipOfToday,
	"a slip with two amounts":                (*judgement).slipOfTwo,
	"a voucher larger than the order":        (*judgement).largeVoucher,
	"a voucher of cents more than the order": (*judgement).centsLarger,
	"a plain voucher, facilities stay due":   (*judgement).plainVoucher,
	"an order one edit behind":               (*judgement).behind,
	"an invoice row gone stale":              (*judgement).stale,
	"an invoice made twice":                  (*judgement).twice,
	"an order never finished":                (*judgement).neverFinished,
	"whole units":                            (*judgement).wholeUnits,
	"tax rows of a tax that was edited":      (*judgement).editedTax,
	"a booking without days":                 (*judgement).withoutDays,
	"a method that is only another spelling": (*judgement).spelledOtherwise,
	"a negative slip":                        (*judgement).negativeSlip,
	"a negative discount":                    (*judgement).negativeDiscount,
	"a voucher of somebody else":             (*judgement).strangersVoucher,
	"a payment of the other sign":            (*judgement).otherSign,
	"a slip's rate that cannot be one":       (*judgement).slipRate,
	"slips over more than was billed":        (*judgement).slipsExceed,
	"a share a cent from its payment":        (*judgement).centApart,
	"canceled with a slip's credit on it":    (*judgement).canceledWithCredit,
	"a slip of one of two invoices":          (*judgement).slipOfOneInvoice,
	"money back on what was never billed":    (*judgement).neverBilled,
	"two shares of one order":                (*judgement).twoShares,
}

var errUnfit = errors.New("the kind does not fit this booking")

// contradict gives one booking in so many a kind of contradiction.
func (w writer) contradict(b *booking) {
	if w.odd <= 0 || !w.one(w.odd) {
		return
	}
	names := make([]string, 0, len(oddities))
	for name := range oddities {
		names = append(names, name)
	}
	slices.Sort(names)
	b.Odd = names[w.IntN(len(names))]
}

// oddity judges a booking's kind of contradiction.
func (j *judgement) oddity() error {
	kind := oddities[j.booking.Odd]
	if kind == nil || j.posted.Nothing {
		return nil
	}
	held, err := kind(j)
	if errors.Is(err, errUnfit) {
		return nil
	}
	if j.tally.odd == nil {
		j.tally.odd, j.tally.oddHeld = map[string]int{}, map[string]int{}
	}
	j.tally.odd[j.booking.Odd]++
	if held {
		j.tally.oddHeld[j.booking.Odd]++
	}
	if err != nil {
		return fmt.Errorf("%s: %w", j.booking.Odd, err)
	}
	return nil
}

// rows writes the booking's rows anew, for a kind to change.
func (j *judgement) rows() (qloapps.Invoice, *qloapps.Order) {
	i := j.booking.invoice()
	return i, i.Order
}

// paying is a payment of the order.
func (j *judgement) paying(o *qloapps.Order, amount money.Decimal) qloapps.Payment {
	share := qloapps.Share{ID: "9", PaymentID: "9", OrderID: "1", InvoiceID: "1", Amount: amount, Written: amount, Currency: o.Currency, Rate: o.Rate, OwnRate: o.OwnRate, Added: arrival}
	o.Shares, o.TotalPaid = []qloapps.Share{share}, amount
	j.billed()
	return qloapps.Payment{ID: "9", Reference: o.Reference, Currency: o.Currency, Amount: amount, Rate: o.Rate, Method: "Cash", Added: arrival, Shares: []qloapps.Share{share}, Orders: map[string]*qloapps.Order{"1": o}}
}

// half is about half of what the order costs, never nothing.
func (j *judgement) half() money.Decimal {
	return money.Max(j.posted.Facts.Total.Div(money.Whole(2)).Round(0), money.One)
}

// told wants a notice of a code that names figures of the rows.
func toldOf(list []engine.Notice, code string, figures ...string) error {
	for _, n := range list {
		if n.Code != code {
			continue
		}
		for _, f := range figures {
			if !strings.Contains(n.Detail, f) {
				return fmt.Errorf("the notice %s does not say %s: %s", code, f, n.Detail)
			}
		}
		return nil
	}
	return fmt.Errorf("no notice %s among %v", code, list)
}

// rightly wants a document held for a code whose words name figures of the rows and a way out.
func rightly(err error, code string, figures ...string) (bool, error) {
	f := fault.Of(err)
	if f == nil || f.Kind != fault.Held || f.Code != code || f.Action == "" {
		return false, fmt.Errorf("want held/%s, got %w", code, cmpErr(err))
	}
	for _, x := range figures {
		if !strings.Contains(f.Detail, x) {
			return true, fmt.Errorf("the cause %s does not say %s: %s", code, x, f.Detail)
		}
	}
	return true, nil
}

func cmpErr(err error) error {
	if err == nil {
		return errors.New("nothing held")
	}
	return errors.New(err.Error()) // not a fault any more, so that it counts as wrong
}

func (j *judgement) nonsenseRate() (bool, error) {
	i, o := j.rows()
	if o.Currency == j.rules.Org.BaseCurrency {
		return false, errUnfit
	}
	own := o.Rate
	o.Rate = own.Mul(m("0.38")).Round(6)
	posted, err := mapInvoice(i, engine.Link{}, j.court, j.rules)
	if err != nil {
		return false, cmpErr(err)
	}
	if want := money.One.DivRound(own, 10); !posted.Doc.ExchangeRate.Equal(want) {
		return false, fmt.Errorf("posted at %s, want %s", posted.Doc.ExchangeRate, want)
	}
	return false, toldOf(posted.Notices, "rate_replaced", plain(o.Rate), plain(own))
}

func (j *judgement) defaultRate() (bool, error) {
	_, o := j.rows()
	if o.Currency == j.rules.Org.BaseCurrency {
		return false, errUnfit
	}
	p := j.paying(o, j.half())
	own := p.Rate
	p.Rate, p.Shares[0].Rate, o.Shares[0].Rate = money.One, money.One, money.One
	posted, err := mapPayment(p, engine.Link{}, j.court, j.rules)
	if err != nil {
		return false, cmpErr(err)
	}
	if want := money.One.DivRound(own, 10); !posted.Doc.ExchangeRate.Equal(want) || !posted.Doc.Amount.Equal(p.Amount) {
		return false, fmt.Errorf("%s posted at %s, want %s", posted.Doc.Amount, posted.Doc.ExchangeRate, want)
	}
	return false, toldOf(posted.Notices, "rate_replaced", " 1 ", plain(own))
}

func (j *judgement) noRate() (bool, error) {
	_, o := j.rows()
	if o.Currency == j.rules.Org.BaseCurrency {
		return false, errUnfit
	}
	p := j.paying(o, j.half())
	p.Rate, p.Shares[0].Rate, o.Shares[0].Rate = money.Zero, money.Zero, money.Zero
	_, err := mapPayment(p, engine.Link{}, j.court, j.rules)
	return rightly(err, "no_rate", "payment", j.says(p.Amount))
}

// contradicting has a payment of an amount with a share of another.
func (j *judgement) contradicting(amount, written money.Decimal) (bool, error) {
	_, o := j.rows()
	p := j.paying(o, amount)
	p.Shares[0].Written, p.Shares[0].Amount = written, money.Min(amount, written)
	o.Shares[0] = p.Shares[0]
	if _, err := mapPayment(p, engine.Link{}, j.court, j.rules); true {
		if held, err := rightly(err, "shares_differ", j.says(amount), j.says(written)); err != nil {
			return held, err
		}
	}
	released, err := mapPayment(p, engine.Link{Approved: true}, j.court, j.rules)
	if err != nil {
		return true, cmpErr(err)
	}
	if !released.Doc.Amount.Equal(j.round(amount)) {
		return true, fmt.Errorf("released, %s are posted of %s that were paid", released.Doc.Amount, amount)
	}
	applied := money.Zero
	for _, a := range released.Doc.Invoices {
		applied = applied.Add(a.AmountApplied.Decimal)
	}
	if applied.GreaterThan(j.round(money.Min(amount, written))) {
		return true, fmt.Errorf("released, %s are applied, the share is %s of %s", applied, written, amount)
	}
	return true, nil
}

func (j *judgement) sharesAbove() (bool, error) {
	return j.contradicting(j.half(), j.half().Mul(money.Whole(2)))
}

func (j *judgement) sharesBelow() (bool, error) {
	return j.contradicting(j.half().Mul(money.Whole(2)), j.half())
}

func (j *judgement) noShares() (bool, error) {
	_, o := j.rows()
	p := j.paying(o, j.half())
	other := *o
	other.ID, other.Shares = "2", nil
	p.Shares, o.Shares, p.OfReference, p.Orders["2"] = nil, nil, []string{"1", "2"}, &other
	if _, err := mapPayment(p, engine.Link{}, j.court, j.rules); true {
		if held, err := rightly(err, "shares_missing", j.says(p.Amount), "1, 2"); err != nil {
			return held, err
		}
	}
	released, err := mapPayment(p, engine.Link{Approved: true}, j.court, j.rules)
	if err != nil || !released.Doc.Amount.Equal(j.round(p.Amount)) || len(released.Doc.Invoices) > 0 {
		return true, fmt.Errorf("released: %s with %v, %w", released.Doc.Amount, released.Doc.Invoices, cmpErr(err))
	}
	return true, nil
}

// paidOtherwise is what a column cut, or a web service wrote to one table only.
func (j *judgement) paidOtherwise() (bool, error) {
	i, o := j.rows()
	p := j.paying(o, j.half())
	j.posts = nil
	o.TotalPaid = p.Amount.Add(m("150000000"))
	o.Check()
	posted, err := mapInvoice(i, engine.Link{}, j.court, j.rules)
	if err != nil {
		return false, cmpErr(err)
	}
	if !posted.Facts.Total.Equal(j.posted.Facts.Total) {
		return false, fmt.Errorf("the invoice comes to %s", posted.Facts.Total)
	}
	return false, toldOf(posted.Notices, "paid_differs", j.says(o.TotalPaid), j.says(p.Amount))
}

func (j *judgement) undatedInvoice() (bool, error) {
	i, o := j.rows()
	i.Date, o.Invoices[0].Date = time.Time{}, time.Time{}
	_, err := mapInvoice(i, engine.Link{}, j.court, j.rules)
	return rightly(err, "no_date", i.Printed)
}

func (j *judgement) undatedPayment() (bool, error) {
	_, o := j.rows()
	p := j.paying(o, j.half())
	p.Added = time.Time{}
	_, err := mapPayment(p, engine.Link{}, j.court, j.rules)
	return rightly(err, "no_date", "Payment 9")
}

// slipped is the booking's slip on rows of its own.
func (j *judgement) slipped() (qloapps.Slip, error) {
	_, o := j.rows()
	s := j.booking.slip(o)
	if !j.round(s.TotalIncl).IsPositive() {
		return s, errUnfit
	}
	s.Amount, o.Slipped, o.SlipIDs = s.TotalIncl, s.TotalIncl, []string{s.ID}
	j.billed()
	return s, nil
}

func (j *judgement) undatedSlip() (bool, error) {
	s, err := j.slipped()
	if err != nil {
		return false, err
	}
	s.Added = time.Time{}
	_, err = mapSlip(s, engine.Link{}, j.court, j.rules)
	return rightly(err, "no_date", s.Printed)
}

func (j *judgement) markedSlip() (bool, error) {
	s, err := j.slipped()
	if err != nil {
		return false, err
	}
	s.Order.Returns = []qloapps.Return{{ID: "1", OrderID: "1", Kind: qloapps.ReturnSlip, SlipID: s.ID, Refunded: true, Amount: s.TotalIncl, PaymentMode: qloapps.MarkUnpaid, TransactionID: "-", Added: arrival, Updated: arrival}}
	note, err := mapSlip(s, engine.Link{}, j.court, j.rules)
	if err != nil {
		return false, cmpErr(err)
	}
	for _, step := range note.Steps {
		if step.Name == "refund" {
			return false, errors.New("money is given back that nobody got")
		}
	}
	note.Doc.CustomFields = nil
	return false, j.price("creditnotes", note.Doc, j.round(s.TotalIncl), note.Facts)
}

// contraryRequest has a request of money whose other fields say that none left.
func (j *judgement) contraryRequest() (bool, error) {
	_, o := j.rows()
	ret := qloapps.Return{ID: "2", OrderID: "1", Amount: j.half(), PaymentMode: "Cash", Added: arrival, Updated: arrival}
	switch len(j.booking.Lines) % 4 {
	case 0:
		ret.Denied = true
	case 1: // pending
	case 2:
		ret.Refunded, ret.Kind = true, qloapps.ReturnVoucher
	default:
		ret.Refunded, ret.Kind, ret.Doubt = true, qloapps.ReturnSlip, qloapps.NoSlip
	}
	o.Returns = []qloapps.Return{ret}
	note, err := mapRefund(qloapps.Refund{Return: ret, Order: o}, engine.Link{}, j.court, j.rules)
	if err == nil {
		return false, fmt.Errorf("money left, and the document is %+v", note.Doc)
	}
	return rightly(err, "totals_differ", money.Words(ret.Amount, o.Currency), "Cash")
}

// slipOfToday has the net of another rate, as after an edit of the tax: the tax of the sale counts.
func (j *judgement) slipOfToday() (bool, error) {
	s, err := j.slipped()
	if err != nil {
		return false, err
	}
	sold := money.Zero
	for n := range s.Details {
		d := &s.Details[n]
		line := s.Order.Lines[slices.IndexFunc(s.Order.Lines, func(l qloapps.Line) bool { return l.ID == d.BookingID })]
		rate, ok := line.Set()
		if !ok || line.Incl.IsZero() {
			return false, errUnfit // sold for nothing: only the slip itself tells its tax
		}
		sold = sold.Add(d.Incl.DivRound(rate.Factor(), 6))
		d.Excl = d.Incl.DivRound(m("1.37"), 6)
	}
	s.TotalExcl = s.TotalIncl.DivRound(m("1.37"), 6)
	if sold.Sub(s.TotalExcl).Abs().LessThan(qloapps.Penny.Mul(money.Whole(len(s.Details) + 2))) {
		return false, errUnfit // too small for two rates to differ
	}
	note, err := mapSlip(s, engine.Link{}, j.court, j.rules)
	if err != nil {
		return false, cmpErr(err)
	}
	note.Doc.CustomFields = nil
	if err := j.price("creditnotes", note.Doc, j.round(s.TotalIncl), note.Facts); err != nil {
		return false, err
	}
	allowed := money.Unit(j.precision).Mul(money.Whole(len(note.Doc.Lines) + 2))
	if tax := s.TotalIncl.Sub(sold); note.Facts.Tax.Sub(tax).Abs().GreaterThan(allowed.Add(qloapps.Penny)) {
		return false, fmt.Errorf("a tax of %s is taken back, sold with %s", note.Facts.Tax, tax)
	}
	return false, toldOf(note.Notices, "tax_differs", s.TotalExcl.String())
}

func (j *judgement) slipOfTwo() (bool, error) {
	s, err := j.slipped()
	if err != nil {
		return false, err
	}
	s.Amount = s.TotalIncl.Div(money.Whole(2)).Round(2)
	if s.TotalIncl.Sub(s.Amount).LessThanOrEqual(qloapps.Penny) || !s.Amount.IsPositive() {
		return false, errUnfit
	}
	note, err := mapSlip(s, engine.Link{}, j.court, j.rules)
	if err != nil {
		return false, cmpErr(err)
	}
	return false, toldOf(note.Notices, "slip_differs", j.says(s.TotalIncl), j.says(s.Amount))
}

// largeVoucher stores the whole value of a slip's voucher with an order that costs less.
func (j *judgement) largeVoucher() (bool, error) {
	_, o := j.rows()
	cost := o.TotalIncl
	if !j.round(cost).IsPositive() {
		return false, errUnfit
	}
	worth := cost.Add(m("115.49"))
	o.Discounts = append(o.Discounts, qloapps.Discount{Name: "CS1C1O9", Incl: worth, Excl: worth, FromSlip: "9", FromSlipCurrency: o.Currency})
	o.TotalIncl, o.TotalExcl = money.Zero, money.Zero
	i := billing(o)
	note := ref(CreditNote, "9")
	j.posts = map[engine.Ref]engine.Link{note: {Ref: note, ID: "z-note", Status: engine.Synced, Total: j.round(worth)}}
	posted, err := mapInvoice(i, engine.Link{}, j.court, j.rules)
	if err != nil {
		return false, cmpErr(err)
	}
	posted.Doc.CustomFields = nil
	if err := j.price("invoices", posted.Doc, j.round(cost), posted.Facts); err != nil {
		return false, err
	}
	return false, toldOf(posted.Notices, "voucher_credit", posted.Facts.Total.String())
}

// strangersVoucher pays with a credit that stands under another contact.
func (j *judgement) strangersVoucher() (bool, error) {
	_, o := j.rows()
	worth := o.TotalIncl.Div(money.Whole(2)).Round(2)
	if !j.round(worth).IsPositive() {
		return false, errUnfit
	}
	o.Discounts = append(o.Discounts, qloapps.Discount{Name: "CS1C7O9", Incl: worth, Excl: worth, FromSlip: "9", FromSlipCurrency: o.Currency})
	o.TotalIncl, o.TotalExcl = o.TotalIncl.Sub(worth), o.TotalExcl.Sub(worth)
	note := ref(CreditNote, "9")
	j.posts = map[engine.Ref]engine.Link{note: {Ref: note, ID: "z-note", Status: engine.Synced, Total: j.round(worth), Sent: []byte(`{"customer_id":"somebody else"}`)}}
	_, err := mapInvoice(billing(o), engine.Link{}, j.court, j.rules)
	if f := fault.Of(err); f != nil && !strings.Contains(f.Detail, "CS1C7O9") {
		return false, errUnfit // its tax is held first, as the voucher's was invented here
	}
	return rightly(err, "totals_differ", j.says(worth), "another contact")
}

// otherSign has a payment that went the other way than its share says; of such a share there is no part.
func (j *judgement) otherSign() (bool, error) {
	_, o := j.rows()
	p := j.paying(o, j.half())
	p.Amount, p.Shares[0].Amount = p.Amount.Neg(), money.Zero
	o.Shares[0] = p.Shares[0]
	if _, err := mapPayment(p, engine.Link{}, j.court, j.rules); true {
		if held, err := rightly(err, "shares_differ", j.says(p.Amount), j.says(j.half())); err != nil {
			return held, err
		}
	}
	_, err := mapPayment(p, engine.Link{Approved: true}, j.court, j.rules)
	return rightly(err, "negative_payment", j.round(p.Amount).String())
}

func (j *judgement) negativeSlip() (bool, error) {
	s, err := j.slipped()
	if err != nil {
		return false, err
	}
	s.TotalIncl, s.TotalExcl, s.Amount = s.TotalIncl.Neg(), s.TotalExcl.Neg(), s.Amount.Neg()
	_, err = mapSlip(s, engine.Link{}, j.court, j.rules)
	return rightly(err, "totals_differ", j.says(s.TotalIncl))
}

func (j *judgement) negativeDiscount() (bool, error) {
	_, o := j.rows()
	if len(o.Discounts) > 0 {
		return false, errUnfit
	}
	o.Discounts = []qloapps.Discount{{Name: "Late fee", Incl: m("-10"), Excl: m("-10")}}
	o.TotalIncl, o.TotalExcl = o.TotalIncl.Add(m("10")), o.TotalExcl.Add(m("10"))
	_, err := mapInvoice(billing(o), engine.Link{}, j.court, j.rules)
	return rightly(err, "totals_differ", "-10")
}

// behind has the order's totals as they were before its last edit.
func (j *judgement) behind() (bool, error) {
	_, o := j.rows()
	row := o.Invoices[0]
	if row.TotalIncl.LessThan(m("10")) {
		return false, errUnfit
	}
	o.TotalIncl, o.TotalExcl = row.TotalIncl.Div(money.Whole(2)).Round(2), row.TotalExcl.Div(money.Whole(2)).Round(2)
	posted, err := mapInvoice(qloapps.Invoice{InvoiceHead: row, Order: o}, engine.Link{}, j.court, j.rules)
	if err != nil {
		return false, cmpErr(err)
	}
	if !posted.Facts.Total.Equal(j.round(row.TotalIncl)) {
		return false, fmt.Errorf("posted with %s, the lines and the invoice come to %s", posted.Facts.Total, row.TotalIncl)
	}
	return false, toldOf(posted.Notices, "order_stale", j.says(o.TotalIncl), j.says(row.TotalIncl))
}

func (j *judgement) stale() (bool, error) {
	i, o := j.rows()
	i.TotalIncl = i.TotalIncl.Add(m("21.50"))
	o.Invoices[0].TotalIncl = i.TotalIncl
	posted, err := mapInvoice(i, engine.Link{}, j.court, j.rules)
	if err != nil {
		return false, cmpErr(err)
	}
	if !posted.Facts.Total.Equal(j.round(o.TotalIncl)) {
		return false, fmt.Errorf("posted with %s, the order costs %s", posted.Facts.Total, o.TotalIncl)
	}
	return false, toldOf(posted.Notices, "invoice_stale", j.says(i.TotalIncl.Round(2)), j.says(o.TotalIncl))
}

func (j *judgement) twice() (bool, error) {
	i, o := j.rows()
	if i.TotalIncl.LessThan(money.One) {
		return false, errUnfit
	}
	again := o.Invoices[0]
	again.ID = "2"
	o.Invoices = append(o.Invoices, again)
	for n := range o.Lines {
		o.Lines[n].InvoiceID = "1"
	}
	for n := range o.Discounts {
		o.Discounts[n].InvoiceID = "1"
	}
	_, err := mapInvoice(i, engine.Link{}, j.court, j.rules)
	if held, err := rightly(err, "invoices_do_not_add_up", j.says(i.TotalIncl.Mul(money.Whole(2))), j.says(o.TotalIncl)); err != nil {
		return held, err
	}
	released, err := mapInvoice(i, engine.Link{Approved: true}, j.court, j.rules)
	if err != nil || !released.Facts.Total.Equal(j.round(i.TotalIncl)) {
		return true, fmt.Errorf("released: %s, %w", released.Facts.Total, cmpErr(err))
	}
	return true, nil
}

func (j *judgement) neverFinished() (bool, error) {
	i, o := j.rows()
	o.Complete, o.Abandoned = false, true
	_, err := mapInvoice(i, engine.Link{}, j.court, j.rules)
	if held, err := rightly(err, "order_incomplete", o.Reference, j.says(o.TotalIncl)); err != nil {
		return held, err
	}
	released, err := mapInvoice(i, engine.Link{Approved: true}, j.court, j.rules)
	if err != nil || !released.Facts.Total.Equal(j.posted.Facts.Total) {
		return true, fmt.Errorf("released: %s, %w", released.Facts.Total, cmpErr(err))
	}
	return true, nil
}

// wholeUnits rounds each line as a hotel without decimals does.
func (j *judgement) wholeUnits() (bool, error) {
	_, o := j.rows()
	if len(o.Discounts) > 0 {
		return false, errUnfit
	}
	o.Unit, o.TotalIncl, o.TotalExcl = money.One, money.Zero, money.Zero
	for n := range o.Lines {
		l := &o.Lines[n]
		l.Unit, l.Excl = money.One, l.Excl.Round(0)
		l.Incl = l.Excl.Mul(l.Rates[0].Factor()).Round(0)
		o.TotalIncl, o.TotalExcl = o.TotalIncl.Add(l.Incl), o.TotalExcl.Add(l.Excl)
	}
	if o.TotalIncl.IsZero() {
		return false, errUnfit
	}
	posted, err := mapInvoice(billing(o), engine.Link{}, j.court, j.rules)
	if err != nil {
		return false, cmpErr(err)
	}
	posted.Doc.CustomFields = nil
	if err := j.price("invoices", posted.Doc, o.TotalIncl, posted.Facts); err != nil {
		return false, err
	}
	tax := o.TotalIncl.Sub(o.TotalExcl)
	if posted.Facts.Tax.Sub(tax).Abs().GreaterThan(money.Unit(min(j.precision, 2)).Mul(money.Whole(len(posted.Facts.Taxes) + 1))) {
		return false, toldOf(posted.Notices, "tax_differs", j.says(tax), j.says(posted.Facts.Tax))
	}
	return false, nil
}

// editedTax puts a tax before the line's own that its amounts do not have, as an edit of an older order does.
func (j *judgement) editedTax() (bool, error) {
	i, o := j.rows()
	newer := qloapps.NewRateSet([]money.Decimal{m("21")}, false)
	for n := range o.Lines {
		if l := &o.Lines[n]; l.Rates[0].Key != qloapps.Untaxed.Key {
			l.Rates = append([]qloapps.RateSet{newer}, l.Rates...)
		}
	}
	posted, err := mapInvoice(i, engine.Link{}, j.court, j.rules)
	if err != nil {
		return false, cmpErr(err)
	}
	posted.Doc.CustomFields = nil
	if err := j.price("invoices", posted.Doc, j.round(i.Order.TotalIncl), posted.Facts); err != nil {
		return false, err
	}
	return false, j.fair(posted, i)
}

func (j *judgement) withoutDays() (bool, error) {
	i, o := j.rows()
	for n := range o.Lines {
		o.Lines[n].From, o.Lines[n].To = time.Time{}, time.Time{}
	}
	posted, err := mapInvoice(i, engine.Link{}, j.court, j.rules)
	if err != nil {
		return false, cmpErr(err)
	}
	if posted.Doc.Date != qloapps.Day(arrival) || posted.Doc.DueDate != posted.Doc.Date || !posted.Facts.Total.Equal(j.posted.Facts.Total) {
		return false, fmt.Errorf("dated %s, due %s, over %s", posted.Doc.Date, posted.Doc.DueDate, posted.Facts.Total)
	}
	return false, nil
}

func (j *judgement) spelledOtherwise() (bool, error) {
	_, o := j.rows()
	p := j.paying(o, j.half())
	p.Method = "cÁsh "
	posted, err := mapPayment(p, engine.Link{}, j.court, j.rules)
	if err != nil {
		return false, cmpErr(err)
	}
	if posted.Doc.AccountID != "till" {
		return false, fmt.Errorf("the money goes to %s", posted.Doc.AccountID)
	}
	return false, nil
}
