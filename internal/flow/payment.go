package flow

import (
	"context"
	"slices"

	"github.com/qlobooks/qlobooks/internal/collate"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/settlement"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// payments become customer payments that settle the invoices of their orders, as far as these
// have a balance. Money that came before the invoice waits as an advance and is applied later.
// Once posted they are never changed.
func payments(load func(context.Context, []string) (map[string]qloapps.Payment, error), dest engine.Dest[zoho.CustomerPayment]) engine.Flow[qloapps.Payment, zoho.CustomerPayment] {
	return engine.Flow[qloapps.Payment, zoho.CustomerPayment]{Name: Payment, Section: "orders", Version: 1, Money: true, Load: load, Needs: paymentNeeds, Named: namedContact, Map: mapPayment, Rows: map[string]string{Payment: "payment"}, Dest: dest}
}

func paymentNeeds(p qloapps.Payment, r *rules.Rules) []engine.Ref {
	var needs []engine.Ref
	for id, o := range p.Orders {
		if !concerns(p, id) || skippedHotel(o.HotelID, o.HotelName, r) != nil {
			continue
		}
		needs = append(needs, buyer(o, r)...)
		for _, i := range o.Invoices {
			needs = append(needs, ref(Invoice, i.ID), ref(Cancellation, i.ID))
			needs = append(needs, voucherNeeds(qloapps.Invoice{InvoiceHead: i, Order: o})...)
		}
		needs = append(append(append(needs, ref(SalesOrder, o.ID)), settlers(o)...), returnsOf(o)...)
	}
	return needs
}

func mapPayment(p qloapps.Payment, self engine.Link, links engine.Links, r *rules.Rules) (engine.Mapped[zoho.CustomerPayment], error) {
	none := engine.Mapped[zoho.CustomerPayment]{}
	if Imported(p.TransactionID) {
		return cameFromZoho(p, self, links, r)
	}
	if self.Exists() && allIgnored(p, r) {
		return asPosted(p, self), nil
	}
	if o := inFormerCurrency(p, self); o != nil {
		return asPosted(p, self), standsUnused(asPosted(p, self).Facts.Title, o, self, links)
	}
	p = knowingPosted(p, self, links, r)
	parts, without, err := inScope(p, self, links, r)
	if paidNothing(p) && !self.Exists() && !fault.Is(err, fault.Skipped) {
		return nothingPaid(p), nil
	}
	if err != nil {
		return none, err
	}
	if self.Approved || someBefore(parts, r) {
		links = unallocated{links}
	}
	first := parts[0].Order
	currency, err := documentCurrency(first.Currency, self, links, r)
	if err != nil {
		return none, err
	}
	total, back, err := amounts(p, parts, currency.Precision, self)
	if err != nil {
		return none, err
	}
	rest, err := beyondShares(p, first, self, total, currency.Precision)
	if err != nil {
		return none, err
	}
	total = total.Add(rest)
	m := engine.Mapped[zoho.CustomerPayment]{Compare: asWritten(p), CreateOnly: true, Formerly: formerlyWritten(p)}
	for _, a := range ofOrders(parts) {
		m.Notices = append(m.Notices, paidDiffers(a.order)...)
	}
	m.Notices = append(m.Notices, strays(parts)...)
	m.Learn = keepsShares(parts)
	m.Facts = engine.Facts{Title: paymentTitle(p, first), Date: qloapps.Day(p.Added), Currency: first.Currency, Total: total, HasTotal: true, Hotel: first.HotelName}
	switch {
	case !back && total.IsNegative():
		return none, fault.New(fault.Held, "negative_payment", "The payment is %s %s, but no share of it says out of which order it went back.", money.Words(total, first.Currency), first.Currency).
			Do("Correct the payment in QloApps, then use Retry; or record the refund in Zoho Books by hand and use Skip here.")
	case back:
		return givenBack(p, parts, m, self, currency.Precision, links, r)
	case total.IsZero():
		m.Nothing = true
		return m, nil
	}
	var replaced []engine.Notice
	if m.Doc, replaced, err = received(p, self, parts, without, total, links, r); err != nil {
		return none, err
	}
	m.Notices = append(m.Notices, replaced...)
	m.Facts.Date, m.Facts.Own = m.Doc.Date, qloapps.Day(p.Added)
	err = allocate(&m, ref(Payment, p.ID), parts, self, currency.Precision, links, rowsElsewhere(p, parts, total))
	return m, err
}

// paidNothing reports a payment of 0.00 with no share of more, as QloApps makes for what is free: there is nothing of it
// to hold back, whatever its rows lack.
func paidNothing(p qloapps.Payment) bool {
	return p.Amount.IsZero() && !slices.ContainsFunc(p.Shares, func(s qloapps.Share) bool { return !s.AsWritten().IsZero() })
}

func nothingPaid(p qloapps.Payment) engine.Mapped[zoho.CustomerPayment] {
	m := engine.Mapped[zoho.CustomerPayment]{CreateOnly: true, Nothing: true, Compare: asWritten(p), Formerly: formerlyWritten(p)}
	m.Facts = engine.Facts{Title: "Payment by " + p.Method, Date: qloapps.Day(p.Added), Currency: p.Currency, HasTotal: true}
	for _, s := range p.Shares {
		if o := p.Orders[s.OrderID]; o != nil {
			m.Facts.Title, m.Facts.Hotel = paymentTitle(p, o), o.HotelName
			m.Notices = append(m.Notices, paidDiffers(o)...)
		}
	}
	return m
}

// allIgnored tells that no order of a payment is of a hotel that travels.
func allIgnored(p qloapps.Payment, r *rules.Rules) bool {
	for _, s := range counting(p.Shares) {
		if o := p.Orders[s.OrderID]; o == nil || skippedHotel(o.HotelID, o.HotelName, r) == nil {
			return false
		}
	}
	return len(p.Shares) > 0
}

// inFormerCurrency is an order of a payment that changed its currency since the payment was posted, where all of them
// are in one; nil where none did.
func inFormerCurrency(p qloapps.Payment, self engine.Link) (changed *qloapps.Order) {
	for _, s := range counting(p.Shares) {
		o := p.Orders[s.OrderID]
		if o == nil || !otherCurrency(o, self) || changed != nil && changed.Currency != o.Currency {
			return nil
		}
		changed = o
	}
	return changed
}

// asPosted leaves a payment as it stands: its hotels were ignored, or its order changed its currency, only after it was posted.
func asPosted(p qloapps.Payment, self engine.Link) engine.Mapped[zoho.CustomerPayment] {
	m := engine.Mapped[zoho.CustomerPayment]{Keep: true, CreateOnly: true}
	m.Facts = engine.Facts{Title: paymentTitle(p, p.Orders[counting(p.Shares)[0].OrderID]), Date: self.Day, Currency: self.Currency, Total: self.Total, Applied: self.Applied}
	for _, name := range self.Done {
		m.Steps = append(m.Steps, engine.Step{Name: name})
	}
	return m
}

// inScope picks the shares that travel and applies the filters, which do not bind what was
// posted before. leftOut tells the reader what the payment contains beyond that.
func inScope(p qloapps.Payment, self engine.Link, links engine.Links, r *rules.Rules) (parts []settlement.Part, leftOut []string, err error) {
	if !self.Exists() {
		if err := filterPayment(p, r); err != nil {
			return nil, nil, err
		}
		if err := contradictory(p, self); err != nil {
			return nil, nil, err
		}
	}
	var ignored error
	for _, share := range shared(p, self) {
		o := p.Orders[share.OrderID]
		if o == nil {
			return nil, nil, fault.New(fault.Held, "order_incomplete", "The payment belongs in part to order %s, which QloApps no longer has.", share.OrderID).Do("Record it in Zoho Books by hand, then use Skip here.")
		}
		if err := skippedHotel(o.HotelID, o.HotelName, r); err != nil {
			ignored = err
			leftOut = append(leftOut, share.Amount.String()+" "+p.Currency+" for order "+o.Reference+" of "+o.HotelName)
			continue
		}
		parts = append(parts, settlement.Part{Share: share, Order: o})
	}
	switch {
	case len(parts) > 0:
		err = fitTogether(parts, self, links, r)
	case ignored != nil:
		err = ignored
	default:
		err = fault.New(fault.Held, "order_incomplete", "The payment belongs to no order that QloApps has.").Do("Check the payment in QloApps, or record it in Zoho Books by hand and use Skip here.")
	}
	if err == nil && !self.Exists() && !self.Approved {
		err = beforeExport(parts, r)
	}
	return parts, leftOut, err
}

// stillWritten waits for the shares of orders that one cart makes one after the other.
func stillWritten(p qloapps.Payment) error {
	if !p.Unfinished || len(p.Shares) > 0 && p.Written().Equal(p.Amount) {
		return nil
	}
	return fault.New(fault.Held, "order_incomplete", "QloApps has not finished writing the orders of reference %s, among which this payment is divided.", p.Reference).Do("Nothing; it is read again.")
}

func filterPayment(p qloapps.Payment, r *rules.Rules) error {
	s := r.Settings.Payments
	switch {
	case !s.ExportEnabled:
		return fault.New(fault.Skipped, "skipped_export_off", "Payments are not sent to Zoho Books.").Do("Switch the export on in Configuration, Payments.")
	case len(s.AllowedMethods) > 0 && !collate.Contains(s.AllowedMethods, p.Method):
		return fault.New(fault.Skipped, "skipped_method", "The payment method «%s» is left out.", p.Method).Do("Allow it in Configuration, Payments.")
	}
	if err := undated("Payment "+p.ID, qloapps.Day(p.Added)); err != nil {
		return err
	}
	return skippedBefore(qloapps.Day(p.Added), r)
}

// fitTogether makes sure that one payment in Zoho can hold all parts: it has one contact.
func fitTogether(parts []settlement.Part, self engine.Link, links engine.Links, r *rules.Rules) error {
	first := parts[0].Order
	for _, x := range parts {
		if err := unfinished(x.Order, "payment", self, links); err != nil {
			return err
		}
		if err := anotherOrder(x.Order, self, links); err != nil {
			return err
		}
		if x.Order.Currency == first.Currency && (x.Order.CustomerID == first.CustomerID || whose(x.Order, links, r) == whose(first, links, r)) {
			continue
		}
		return fault.New(fault.Held, "split_contact", "The payment belongs to orders of different customers or currencies (%s and %s).", first.Reference, x.Order.Reference).
			Do("Record it in Zoho Books by hand, once for each customer, then use Skip here.")
	}
	return nil
}

// beforeExport leaves out money for invoices that are themselves too old to be sent. Where only some of it is for such
// ones, the bank has the rest with it: it is sent whole, and that part settles nothing.
func beforeExport(parts []settlement.Part, r *rules.Rules) error {
	day := ""
	for _, x := range parts {
		if day = billedBefore(x, r); day == "" {
			return nil
		}
	}
	return fault.New(fault.Skipped, "before_export_invoice", "Its invoice is dated %s, before %s, from which documents are sent.", day, *r.Settings.Orders.ExportFromDate)
}

func someBefore(parts []settlement.Part, r *rules.Rules) bool {
	return slices.ContainsFunc(parts, func(x settlement.Part) bool { return billedBefore(x, r) != "" })
}

// billedBefore is the day of the invoice that a share is for, where that is too old to be sent; "" where it is not. A
// share of which QloApps names none is for whichever of the order's takes it.
func billedBefore(x settlement.Part, r *rules.Rules) (day string) {
	start := r.Settings.Orders.ExportFromDate
	named := slices.ContainsFunc(x.Order.Invoices, func(i qloapps.InvoiceHead) bool { return i.ID == x.Share.InvoiceID })
	for _, i := range x.Order.Invoices {
		if named && i.ID != x.Share.InvoiceID {
			continue
		}
		if start == nil || i.Date.IsZero() || qloapps.Day(i.Date) >= *start {
			return ""
		}
		day = qloapps.Day(i.Date)
	}
	return day
}
