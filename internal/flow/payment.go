package flow

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// payments become customer payments that settle the invoices of their orders, as far as these
// have a balance. Money that came before the invoice waits as an advance and is applied later.
// Once posted they are never changed.
func payments(load func(context.Context, []string) (map[string]qloapps.Payment, error), dest engine.Dest[zoho.CustomerPayment]) engine.Flow[qloapps.Payment, zoho.CustomerPayment] {
	return engine.Flow[qloapps.Payment, zoho.CustomerPayment]{Name: Payment, Section: "orders", Version: 1, Money: true, Load: load, Needs: paymentNeeds, Map: mapPayment, Dest: dest}
}

func paymentNeeds(p qloapps.Payment, r *rules.Rules) []engine.Ref {
	var needs []engine.Ref
	for _, o := range p.Orders {
		if skippedHotel(o.HotelID, o.HotelName, r) != nil {
			continue
		}
		needs = append(needs, buyer(o, r)...)
		for _, i := range o.Invoices {
			needs = append(needs, ref(Invoice, i.ID), ref(Cancellation, i.ID))
		}
		needs = append(append(needs, ref(SalesOrder, o.ID)), settlers(o)...)
	}
	return needs
}

// part is one order's share of a payment, in the order's currency.
type part struct {
	share  qloapps.Share
	order  *qloapps.Order
	amount money.Decimal

	shares  []qloapps.Share // all of the order's, oldest first
	amounts []money.Decimal // theirs
}

func mapPayment(p qloapps.Payment, self engine.Link, links engine.Links, r *rules.Rules) (engine.Mapped[zoho.CustomerPayment], error) {
	none := engine.Mapped[zoho.CustomerPayment]{}
	if Imported(p.TransactionID) {
		return cameFromZoho(p, self), nil
	}
	if self.Exists() && allIgnored(p, r) {
		return asPosted(p, self), nil
	}
	parts, leftOut, err := inScope(p, self, r)
	if err != nil {
		return none, err
	}
	if self.Approved {
		links = unallocated{links}
	}
	first := parts[0].order
	currency, err := documentCurrency(first.Currency, self, links, r)
	if err != nil {
		return none, err
	}
	total, back, err := amounts(parts, currency.Precision, self)
	if err != nil {
		return none, err
	}
	m := engine.Mapped[zoho.CustomerPayment]{Compare: asWritten(p), CreateOnly: true}
	m.Facts = engine.Facts{Title: paymentTitle(p, first), Date: day(p.Added), Currency: first.Currency, Total: total, HasTotal: true, Hotel: first.HotelName}
	switch {
	case back:
		return givenBack(p, parts, m, self, currency.Precision, links, r)
	case total.IsZero():
		m.Nothing = true
		return m, nil
	}
	if m.Doc, err = received(p, self, parts, leftOut, total, links, r); err != nil {
		return none, err
	}
	m.Facts.Date, m.Facts.Own = m.Doc.Date, day(p.Added)
	allocations, settled, err := allocate(parts, currency.Precision, links)
	if err != nil {
		return none, err
	}
	m.Doc.Invoices = allocations
	for _, a := range allocations {
		m.Facts.Applied = m.Facts.Applied.Add(a.AmountApplied.Decimal)
	}
	m.Steps = touching(applySteps(allocations, self.Done), m.Doc.Date, parts, links)
	if settled && m.Facts.Applied.LessThan(total) {
		m.Notices = []engine.Notice{{Code: "overpaid", Detail: fmt.Sprintf("%s %s more than the invoices' balance; it stands as the guest's credit.", total.Sub(m.Facts.Applied), first.Currency)}}
	}
	return m, nil
}

// paymentTitle names what was paid where the document itself shows it converted.
func paymentTitle(p qloapps.Payment, o *qloapps.Order) string {
	amount := ""
	if p.Currency != o.Currency {
		amount = "of " + p.Amount.String() + " " + p.Currency + " "
	}
	return "Payment " + amount + "by " + p.Method + " for order " + o.Reference
}

// Imported tells that a payment came from Zoho Books, so that it is never sent back.
func Imported(transactionID string) bool { return qloapps.ImportedID(transactionID) != "" }

// cameFromZoho leaves a payment as it stands in Zoho Books, also while its link is not saved yet.
func cameFromZoho(p qloapps.Payment, self engine.Link) engine.Mapped[zoho.CustomerPayment] {
	m := engine.Mapped[zoho.CustomerPayment]{Keep: true, CreateOnly: true, Nothing: !self.Exists()}
	m.Facts = engine.Facts{Title: "Payment from Zoho Books by " + p.Method, Date: day(p.Added), Currency: p.Currency, Total: p.Amount, Applied: p.Amount}
	return m
}

// allIgnored tells that no order of a payment is of a hotel that travels.
func allIgnored(p qloapps.Payment, r *rules.Rules) bool {
	for _, s := range p.Shares {
		if o := p.Orders[s.OrderID]; o == nil || skippedHotel(o.HotelID, o.HotelName, r) == nil {
			return false
		}
	}
	return len(p.Shares) > 0
}

// asPosted leaves a payment as it stands: its hotels were ignored only after it was posted.
func asPosted(p qloapps.Payment, self engine.Link) engine.Mapped[zoho.CustomerPayment] {
	m := engine.Mapped[zoho.CustomerPayment]{Keep: true, CreateOnly: true}
	m.Facts = engine.Facts{Title: paymentTitle(p, p.Orders[p.Shares[0].OrderID]), Date: self.Day, Currency: self.Currency, Total: self.Total, Applied: self.Applied}
	for _, name := range self.Done {
		m.Steps = append(m.Steps, engine.Step{Name: name})
	}
	return m
}

// received is the payment without its allocations.
func received(p qloapps.Payment, self engine.Link, parts []part, leftOut []string, total money.Decimal, links engine.Links, r *rules.Rules) (zoho.CustomerPayment, error) {
	none := zoho.CustomerPayment{}
	o := parts[0].order
	account, err := r.Mappings.Find(rules.DepositAccounts, p.Method)
	if err != nil {
		return none, err
	}
	contact, err := contactOf(o, self, links, r)
	if err != nil {
		return none, err
	}
	own := p.Rate
	if p.Currency != o.Currency {
		own = o.Rate
	}
	rate, err := exchangeRate(o.Currency, own, r)
	bears := day(p.Added)
	if movable(account) {
		bears = dated(bears, r.Locks.Money(), self, r)
	}
	about := strings.Join(nonEmpty(paymentWords(p, parts, leftOut), trueDay(day(p.Added), bears)), "; ")
	return zoho.CustomerPayment{
		CustomerID: contact, Mode: paymentMode(p.Method, r), AccountID: account.ZohoID, Amount: money.N(total), Date: bears, ExchangeRate: rate,
		ReferenceNumber: clip(cmp.Or(p.TransactionID, o.Reference), 100), Description: clip(about, 2000), CustomFields: keyField(r, ref(Payment, p.ID)),
	}, err
}

// amounts fills in what each order's share comes to; back tells that one of them is money
// given back.
func amounts(parts []part, precision int32, self engine.Link) (total money.Decimal, back bool, err error) {
	for i := range parts {
		if err := parts[i].convert(precision, self.Exists()); err != nil {
			return total, false, err
		}
		if self.Exists() && len(parts) == 1 && parts[i].mayDrift(self.Total, precision) {
			parts[i].become(self.Total)
		}
		total = total.Add(parts[i].amount)
		back = back || parts[i].amount.IsNegative()
	}
	return total, back, nil
}

// written is a payment as QloApps wrote it. Only this decides whether it was changed after
// posting: mappings, contacts and the order's rate, which QloApps overwrites, may move on.
type written struct {
	Customer, Currency, Amount, Date, Transaction, Method string
	Shares                                                []string
}

func asWritten(p qloapps.Payment) written {
	w := written{Currency: p.Currency, Amount: p.Amount.String(), Date: day(p.Added), Transaction: p.TransactionID, Method: p.Method}
	for _, s := range p.Shares {
		w.Shares = append(w.Shares, s.OrderID+": "+s.Amount.String())
		if o := p.Orders[s.OrderID]; o != nil {
			w.Customer = o.CustomerID
		}
	}
	return w
}

// inScope picks the shares that travel and applies the filters, which do not bind what was
// posted before. leftOut tells the reader what the payment contains beyond that.
func inScope(p qloapps.Payment, self engine.Link, r *rules.Rules) (parts []part, leftOut []string, err error) {
	if !self.Exists() {
		if err := filterPayment(p, r); err != nil {
			return nil, nil, err
		}
	}
	if err := stillWritten(p); err != nil && !self.Exists() {
		return nil, nil, err
	}
	var ignored error
	for _, share := range p.Shares {
		o := p.Orders[share.OrderID]
		if o == nil {
			return nil, nil, fault.New(fault.Held, "order_incomplete", "The payment belongs in part to order %s, which QloApps no longer has.", share.OrderID).Do("Record it in Zoho Books by hand, then use Skip here.")
		}
		if err := skippedHotel(o.HotelID, o.HotelName, r); err != nil {
			ignored = err
			leftOut = append(leftOut, share.Amount.String()+" "+p.Currency+" for order "+o.Reference+" of "+o.HotelName)
			continue
		}
		parts = append(parts, part{share: share, order: o})
	}
	switch {
	case len(parts) > 0:
		err = fitTogether(parts)
	case ignored != nil:
		err = ignored
	default:
		err = fault.New(fault.Held, "order_incomplete", "The payment belongs to no order.").Do("Check the payment in QloApps.")
	}
	if err == nil && !self.Exists() && !self.Approved {
		err = beforeExport(parts, r)
	}
	return parts, leftOut, err
}

// stillWritten waits for the shares of orders that one cart makes one after the other.
func stillWritten(p qloapps.Payment) error {
	sum := money.Zero
	for _, s := range p.Shares {
		sum = sum.Add(s.Amount)
	}
	if !p.Unfinished || sum.Equal(p.Amount) {
		return nil
	}
	return fault.New(fault.Held, "order_incomplete", "QloApps has not finished writing the orders of reference %s, among which this payment is divided.", p.Reference).Do("Nothing; sync it again when QloApps shows them.")
}

func filterPayment(p qloapps.Payment, r *rules.Rules) error {
	s := r.Settings.Payments
	switch {
	case !s.ExportEnabled:
		return fault.New(fault.Skipped, "skipped_export_off", "Payments are not sent to Zoho Books.").Do("Switch the export on in Configuration, Payments.")
	case len(s.AllowedMethods) > 0 && !slices.Contains(s.AllowedMethods, p.Method):
		return fault.New(fault.Skipped, "skipped_method", "The payment method «%s» is left out.", p.Method).Do("Allow it in Configuration, Payments.")
	default:
		return skippedBefore(day(p.Added), r)
	}
}

// fitTogether makes sure that one payment in Zoho can hold all parts: it has one contact.
func fitTogether(parts []part) error {
	first := parts[0].order
	for _, x := range parts {
		if !x.order.Complete {
			return fault.New(fault.Held, "order_incomplete", "QloApps has not finished writing order %s.", x.order.Reference).Do("Nothing; sync it again when QloApps shows the order.")
		}
		if x.order.CustomerID != first.CustomerID || x.order.Currency != first.Currency {
			return fault.New(fault.Held, "split_contact", "The payment belongs to orders of different customers or currencies (%s and %s).", first.Reference, x.order.Reference).
				Do("Record it in Zoho Books by hand, once for each customer, then use Skip here.")
		}
	}
	return nil
}

// beforeExport leaves out money for invoices that are themselves too old to be sent.
func beforeExport(parts []part, r *rules.Rules) error {
	start := r.Settings.Orders.ExportFromDate
	for _, x := range parts {
		for _, i := range x.order.Invoices {
			if start != nil && day(i.Date) < *start {
				return fault.New(fault.Skipped, "before_export_invoice", "Its invoice is dated %s, before %s, from which documents are sent.", day(i.Date), *start)
			}
		}
	}
	return nil
}

// unallocated reads an invoice that is left out like one that is held: a person decided that its
// money is sent all the same.
type unallocated struct{ engine.Links }

func (u unallocated) Look(flow, id string) engine.Link {
	link := u.Links.Look(flow, id)
	if flow == Invoice && !link.Exists() && (link.Status == engine.Skipped || link.Status == engine.NotSynced) {
		link.Status = engine.Held
	}
	return link
}

// convert states all of an order's shares in its currency.
func (x *part) convert(places int32, posted bool) (err error) {
	shares := x.order.Shares
	if !slices.ContainsFunc(shares, func(s qloapps.Share) bool { return s.ID == x.share.ID }) {
		shares = append(slices.Clone(shares), x.share) // it was written between two reads
	}
	if !posted {
		if err := addUpToPaid(x.order, shares); err != nil {
			return err
		}
	}
	if x.shares, x.amounts, err = converted(x.order, shares, places); err != nil {
		return err
	}
	x.amount = x.amounts[x.place()]
	return nil
}

// converted gives shares in QloApps' order with their amounts in the order's currency, as QloApps
// converted them, rounded together so that they still add up to what was paid.
func converted(o *qloapps.Order, shares []qloapps.Share, places int32) ([]qloapps.Share, []money.Decimal, error) {
	shares = slices.Clone(shares)
	sort.SliceStable(shares, func(i, j int) bool { return less(shares[i].ID, shares[j].ID) })
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
	_, amounts, err := converted(o, shares, 2)
	if err != nil {
		return err
	}
	sum := money.Zero
	for _, amount := range amounts {
		sum = sum.Add(amount)
	}
	if sum.Sub(o.TotalPaid).Abs().GreaterThan(penny.Mul(count(len(shares)))) {
		return fault.New(fault.Held, "totals_differ", "The payments of order %s come to %s %s, QloApps says %s %s were paid.", o.Reference, sum, o.Currency, o.TotalPaid, o.Currency).
			Do("Check the rates of the order's payments in QloApps.")
	}
	return nil
}

// become keeps the amount that was posted, though QloApps overwrites the order's rate with
// every payment and the share would come to another one now.
func (x *part) become(amount money.Decimal) {
	x.amount, x.amounts[x.place()] = amount, amount
}

// mayDrift tells that a share may have come to another amount than was posted though its row did
// not change: it is converted, or it was rounded together with others.
func (x *part) mayDrift(posted money.Decimal, precision int32) bool {
	return x.share.Currency != x.order.Currency || x.amount.Sub(posted).Abs().LessThanOrEqual(money.Unit(precision))
}

func (x *part) place() int {
	return slices.IndexFunc(x.shares, func(s qloapps.Share) bool { return s.ID == x.share.ID })
}

func less(a, b string) bool { return len(a) < len(b) || len(a) == len(b) && a < b }

func paymentMode(method string, r *rules.Rules) string {
	if choice, err := r.Mappings.Find(rules.PaymentModes, method); err == nil {
		return clip(cmp.Or(choice.ZohoName, choice.ZohoID), 100)
	}
	return clip(method, 100)
}

func paymentWords(p qloapps.Payment, parts []part, leftOut []string) string {
	words := "QloApps payment " + p.ID + " by " + p.Method
	if p.Currency != parts[0].order.Currency {
		words += fmt.Sprintf("; paid as %s %s at a rate of %s", p.Amount, p.Currency, p.Rate)
	}
	for _, left := range leftOut {
		words += "; not included: " + left
	}
	return words
}
