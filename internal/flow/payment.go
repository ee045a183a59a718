package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sort"

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
	return engine.Flow[qloapps.Payment, zoho.CustomerPayment]{Name: Payment, Section: "orders", Version: 1, Load: load, Needs: paymentNeeds, Map: mapPayment, Dest: dest}
}

func paymentNeeds(p qloapps.Payment, r *rules.Rules) []engine.Ref {
	var needs []engine.Ref
	for _, o := range p.Orders {
		needs = append(needs, contactRef(o.CustomerID, o.Currency, r))
		for _, i := range o.Invoices {
			needs = append(needs, ref(Invoice, i.ID))
		}
	}
	return needs
}

// part is one order's share of a payment, in the order's currency.
type part struct {
	share  qloapps.Share
	order  *qloapps.Order
	amount money.Decimal
	places int32 // decimals of the order's currency in Zoho
}

func mapPayment(p qloapps.Payment, self engine.Link, links engine.Links, r *rules.Rules) (engine.Mapped[zoho.CustomerPayment], error) {
	none := engine.Mapped[zoho.CustomerPayment]{}
	parts, leftOut, err := inScope(p, self, r)
	if err != nil {
		return none, err
	}
	first := parts[0].order
	currency, err := currencyOf(first.Currency, r)
	if err != nil {
		return none, err
	}
	total := money.Zero
	for i := range parts {
		parts[i].places = currency.Precision
		if parts[i].amount, err = amountIn(parts[i]); err != nil {
			return none, err
		}
		total = total.Add(parts[i].amount)
	}
	facts := engine.Facts{Title: "Payment by " + p.Method + " for order " + first.Reference, Date: day(p.Added), Currency: first.Currency, Total: total, HasTotal: true, Hotel: first.HotelName}
	switch {
	case total.IsZero():
		return engine.Mapped[zoho.CustomerPayment]{Nothing: true, Facts: facts}, nil
	case total.IsNegative():
		return none, fault.New(fault.Held, "negative_payment", "%s %s were given back to the guest in cash or by %s.", total.Neg(), first.Currency, p.Method).
			Do("Record the refund in Zoho Books by hand, then use Skip here.")
	}
	account, err := r.Mappings.Find(rules.DepositAccounts, p.Method)
	if err != nil {
		return none, err
	}
	allocations, err := allocate(parts, links)
	if err != nil {
		return none, err
	}
	contact, err := links.Of(contactRef(first.CustomerID, first.Currency, r).Flow, contactRef(first.CustomerID, first.Currency, r).ID)
	if err != nil {
		return none, err
	}
	doc := zoho.CustomerPayment{CustomerID: contact.ID, Mode: paymentMode(p.Method, r), Amount: money.N(total), Date: day(p.Added), ReferenceNumber: clip(p.TransactionID, 100),
		Description: clip(paymentWords(p, parts, leftOut), 2000), AccountID: account.ZohoID, CustomFields: keyField(r, ref(Payment, p.ID))}
	if doc.ReferenceNumber == "" {
		doc.ReferenceNumber = first.Reference
	}
	// Which account and mode are mapped now does not change what was posted.
	compare := struct{ Customer, Amount, Date, Reference string }{contact.ID, total.String(), doc.Date, doc.ReferenceNumber}
	own := p.Rate
	if p.Currency != first.Currency {
		own = first.Rate
	}
	if doc.ExchangeRate, err = exchangeRate(first.Currency, own, r); err != nil {
		return none, err
	}
	m := engine.Mapped[zoho.CustomerPayment]{Compare: compare, CreateOnly: true}
	for _, a := range allocations {
		doc.Invoices = append(doc.Invoices, a)
		facts.Applied = facts.Applied.Add(a.AmountApplied.Decimal)
		m.Steps = append(m.Steps, applyStep(a))
	}
	if allBilled(parts) && facts.Applied.LessThan(total) {
		m.Notices = []engine.Notice{{Code: "overpaid", Detail: fmt.Sprintf("%s %s more than the invoices' balance; it stands as the guest's credit.", total.Sub(facts.Applied), first.Currency)}}
	}
	m.Doc, m.Facts = doc, facts
	return m, nil
}

// inScope picks the shares that travel and applies the filters. All orders must have one contact.
func inScope(p qloapps.Payment, self engine.Link, r *rules.Rules) (parts []part, leftOut []string, err error) {
	s := r.Settings.Payments
	switch {
	case self.Exists():
	case !s.ExportEnabled:
		return nil, nil, fault.New(fault.Skipped, "skipped_export_off", "Payments are not sent to Zoho Books.").Do("Switch the export on in Configuration, Payments.")
	case len(s.AllowedMethods) > 0 && !slices.Contains(s.AllowedMethods, p.Method):
		return nil, nil, fault.New(fault.Skipped, "skipped_method", "The payment method «%s» is left out.", p.Method).Do("Allow it in Configuration, Payments.")
	default:
		if err := skippedBefore(day(p.Added), r); err != nil {
			return nil, nil, err
		}
	}
	var ignored error
	for _, share := range p.Shares {
		o := p.Orders[share.OrderID]
		if o == nil {
			continue
		}
		if err := skippedHotel(o.HotelID, o.HotelName, r); err != nil {
			ignored = err
			leftOut = append(leftOut, share.Amount.String()+" "+p.Currency+" for order "+o.Reference+" of "+o.HotelName)
			continue
		}
		parts = append(parts, part{share: share, order: o})
	}
	if len(parts) == 0 {
		if ignored != nil {
			return nil, nil, ignored
		}
		return nil, nil, fault.New(fault.Held, "order_incomplete", "The payment belongs to no order.").Do("Check the payment in QloApps.")
	}
	for _, x := range parts {
		if !x.order.Complete {
			return nil, nil, fault.New(fault.Held, "order_incomplete", "QloApps has not finished writing order %s.", x.order.Reference)
		}
		if x.order.CustomerID != parts[0].order.CustomerID || x.order.Currency != parts[0].order.Currency {
			return nil, nil, fault.New(fault.Held, "split_contact", "The payment belongs to orders of different customers or currencies (%s and %s).", parts[0].order.Reference, x.order.Reference).
				Do("Record it in Zoho Books by hand, once for each customer, then use Skip here.")
		}
	}
	if start := r.Settings.Orders.ExportFromDate; start != nil && !self.Exists() {
		for _, i := range parts[0].order.Invoices {
			if day(i.Date) < *start {
				return nil, nil, fault.New(fault.Skipped, "before_export_invoice", "Its invoice is dated %s, before %s, from which documents are sent.", day(i.Date), *start)
			}
		}
	}
	return parts, leftOut, nil
}

// amountIn is a share in its order's currency, rounded together with the order's other shares
// so that they still add up to what QloApps says was paid.
func amountIn(x part) (money.Decimal, error) {
	shares := append([]qloapps.Share{}, x.order.Shares...)
	sort.SliceStable(shares, func(i, j int) bool { return less(shares[i].ID, shares[j].ID) })
	converted := make([]money.Decimal, len(shares))
	sum, mixed := money.Zero, false
	for i, s := range shares {
		converted[i] = s.Amount
		if s.Currency != x.order.Currency {
			mixed = true
			if !s.Rate.IsPositive() {
				return money.Zero, fault.New(fault.Held, "no_rate", "The payment in %s has no exchange rate.", s.Currency)
			}
			converted[i] = money.RoundHalfUp(s.Amount.Mul(x.order.Rate).DivRound(s.Rate, 12), 2)
		}
		sum = sum.Add(converted[i])
	}
	allowed := penny.Mul(money.MustParse(fmt.Sprint(max(1, len(shares)))))
	if mixed && sum.Sub(x.order.TotalPaid).Abs().GreaterThan(allowed) {
		return money.Zero, fault.New(fault.Held, "totals_differ", "The payments of order %s come to %s %s, QloApps says %s %s were paid.", x.order.Reference, sum, x.order.Currency, x.order.TotalPaid, x.order.Currency).
			Do("Check the rates of the order's payments in QloApps.")
	}
	for i, amount := range money.Spread(converted, x.places) {
		if shares[i].ID == x.share.ID {
			return amount, nil
		}
	}
	return money.RoundHalfUp(x.share.Amount, x.places), nil
}

func less(a, b string) bool { return len(a) < len(b) || len(a) == len(b) && a < b }

// allocate settles each order's invoices in turn, up to what earlier payments left of them.
func allocate(parts []part, links engine.Links) ([]zoho.Allocation, error) {
	var out []zoho.Allocation
	for _, x := range parts {
		left := x.amount
		for _, head := range invoicesFor(x) {
			link := links.Look(Invoice, head.ID)
			if !link.Exists() && (link.Status == engine.Held || link.Status == engine.Rejected || link.Status == engine.Synced) {
				continue // the bank has the money; it is applied when the invoice stands
			}
			invoice, err := links.Of(Invoice, head.ID)
			if err != nil {
				return nil, err
			}
			free := invoice.Total.Sub(settledBefore(x, head.ID))
			if applied := minimum(left, free); applied.IsPositive() {
				out = append(out, zoho.Allocation{InvoiceID: invoice.ID, AmountApplied: money.N(applied)})
				left = left.Sub(applied)
			}
		}
	}
	return out, nil
}

// invoicesFor are the invoices a share may settle: the one QloApps names first, then the others.
func invoicesFor(x part) []qloapps.InvoiceHead {
	heads := append([]qloapps.InvoiceHead{}, x.order.Invoices...)
	sort.SliceStable(heads, func(i, j int) bool { return heads[i].ID == x.share.InvoiceID && heads[j].ID != x.share.InvoiceID })
	return heads
}

// settledBefore is what earlier shares of the same order take of an invoice.
func settledBefore(x part, invoiceID string) money.Decimal {
	taken := money.Zero
	for _, s := range x.order.Shares {
		if !less(s.ID, x.share.ID) || !s.Amount.IsPositive() || len(x.order.Invoices) > 1 && s.InvoiceID != invoiceID {
			continue
		}
		if amount, err := amountIn(part{share: s, order: x.order, places: x.places}); err == nil {
			taken = taken.Add(amount)
		}
	}
	return taken
}

func allBilled(parts []part) bool {
	for _, x := range parts {
		if len(x.order.Invoices) == 0 {
			return false
		}
	}
	return true
}

// applyStep settles an invoice from money that was posted before; a payment that names the
// invoice from the start has done so by itself.
func applyStep(a zoho.Allocation) engine.Step {
	body, _ := json.Marshal(map[string]any{"invoice_payments": []map[string]any{{"payment_id": "{id}", "amount_applied": a.AmountApplied}}})
	return engine.Step{Name: "apply:" + a.InvoiceID, Method: "POST", Path: "/invoices/" + a.InvoiceID + "/credits", Body: body, Implied: true}
}

func paymentMode(method string, r *rules.Rules) string {
	if choice, err := r.Mappings.Find(rules.PaymentModes, method); err == nil {
		return clip(choice.ZohoName, 100)
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
