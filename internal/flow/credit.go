package flow

import (
	"encoding/json"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/oracle"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// credit is what three flows make a credit note of: a slip, money returned without one, and a
// canceled invoice. Zoho takes neither discount nor adjustment there, so all of it is lines.
type credit struct {
	lines  []zoho.Line
	totals oracle.Totals
}

// creditOf takes the tax out of amounts that include it and adds an untaxed line for what rounding
// takes away, so that the total is exact. Where rounding would make the lines too dear, the
// dearest of them gives way, as no line may be negative.
func creditOf(lines []creditLine, total money.Decimal, precision int32, r *rules.Rules) credit {
	d := oracle.Document{Precision: precision, TaxRounding: r.Org.TaxRounding}
	c := credit{}
	dearest := 0
	for _, l := range lines {
		rate := l.amount
		if !l.net {
			rate = netOf(l.amount, l.taxes, precision)
		}
		if rate.IsZero() && l.amount.IsZero() {
			continue
		}
		d.Lines = append(d.Lines, oracle.Line{Rate: rate, Quantity: unity, Taxes: l.taxes})
		c.lines = append(c.lines, l.line)
		if last := len(d.Lines) - 1; rate.GreaterThan(d.Lines[dearest].Rate) {
			dearest = last
		}
	}
	c.totals = oracle.Compute(d)
	missing := total.Sub(c.totals.Total)
	for range 10 { // a unit less of the net takes at least a unit off the total
		if !missing.IsNegative() || len(d.Lines) == 0 || d.Lines[dearest].Rate.LessThanOrEqual(missing.Neg()) {
			break
		}
		d.Lines[dearest].Rate = d.Lines[dearest].Rate.Add(missing)
		c.totals = oracle.Compute(d)
		missing = total.Sub(c.totals.Total)
	}
	for n := range c.lines {
		c.lines[n].Rate, c.lines[n].Quantity = money.N(d.Lines[n].Rate), money.N(unity)
	}
	if !missing.IsZero() {
		c.lines = append(c.lines, roundingLine(missing, r))
		d.Lines = append(d.Lines, oracle.Line{Rate: missing, Quantity: unity})
		c.totals = oracle.Compute(d)
	}
	return c
}

// creditLine is one thing given back: the line without its amount, and the amount with tax.
type creditLine struct {
	line   zoho.Line
	amount money.Decimal
	taxes  []oracle.Tax
	net    bool // the amount is without tax
}

// roundingLine makes a document exact. It is untaxed.
func roundingLine(amount money.Decimal, r *rules.Rules) zoho.Line {
	line := zoho.Line{Rate: money.N(amount), Quantity: money.N(unity), Description: rounding}
	if tax, err := r.Mappings.Find(rules.Taxes, qloapps.Untaxed.Key); err == nil {
		taxed(&line, tax)
	}
	if item := r.Settings.Orders.RoundingItemID; item != nil && *item != "" {
		line.ItemID = *item
		return line
	}
	line.Name = rounding
	if account, err := r.Mappings.Find(rules.Accounts, "line:other"); err == nil {
		line.AccountID = account.ZohoID
	}
	return line
}

// creditBody is a credit note without its number.
func creditBody(key engine.Ref, o *qloapps.Order, c credit, date string, own money.Decimal, self engine.Link, links engine.Links, r *rules.Rules) (zoho.CreditNote, error) {
	bears := dated(date, r.Locks.Paper(), self, r)
	doc := zoho.CreditNote{Date: bears, Notes: trueDay(date, bears), ReferenceNumber: clip(o.Reference, 100), Lines: c.lines, CustomFields: keyField(r, key)}
	contact, err := contactOf(o, self, links, r)
	if err != nil {
		return doc, err
	}
	doc.CustomerID = contact
	doc.ExchangeRate, err = exchangeRate(o.Currency, own, r)
	return doc, err
}

// refundStep gives money back from a credit note; the step is known again by its reference.
func refundStep(key engine.Ref, ret qloapps.Return, amount money.Decimal, rate *money.Number, date string, r *rules.Rules) (engine.Step, error) {
	account, err := r.Mappings.Find(rules.DepositAccounts, ret.PaymentMode)
	if err != nil {
		return engine.Step{}, err
	}
	own := day(ret.Updated)
	bears, concerns := max(date, own), own
	if movable(account) {
		bears = dated(bears, r.Locks.Money(), engine.Link{}, r)
		concerns = bears
	}
	body, err := json.Marshal(zoho.Refund{Date: bears, Amount: money.N(amount), Account: account.ZohoID, Mode: clip(paymentMode(ret.PaymentMode, r), 50),
		Reference: key.Key(), Description: clip(strings.Join(nonEmpty(ret.TransactionID, trueDay(own, bears)), "; "), 500), ExchangeRate: rate})
	path := zoho.CreditNotes.Path + "/{id}/refunds"
	return engine.Step{Name: "refund", Method: "POST", Path: path, Body: body, Money: true, Days: []string{concerns},
		Proof: &engine.Proof{Path: path, List: "creditnote_refunds", Field: "reference_number", Value: key.Key()}}, err
}

// applyNote settles an invoice from a credit note.
func applyNote(own string, invoice engine.Link, amount money.Decimal) engine.Step {
	invoiceID := invoice.ID
	body, _ := json.Marshal(map[string]any{"invoices": []zoho.Allocation{{InvoiceID: invoiceID, AmountApplied: money.N(amount)}}})
	return engine.Step{Name: "apply:" + invoiceID, Method: "POST", Path: zoho.CreditNotes.Path + "/{id}/invoices", Body: body, Days: []string{max(own, invoice.Day)},
		Proof: &engine.Proof{Path: zoho.CreditNotes.Path + "/{id}", Envelope: zoho.CreditNotes.Envelope, List: "invoices", Field: "invoice_id", Value: invoiceID}}
}

// applyRest settles the order's invoice with what of a credit note was not given back, up to the
// invoice's balance. It waits for the order's payments, which come first.
func applyRest(o *qloapps.Order, own string, rest money.Decimal, precision int32, self engine.Link, links engine.Links) (steps []engine.Step, applied money.Decimal, err error) {
	if !rest.IsPositive() || len(o.Invoices) != 1 {
		return nil, money.Zero, nil
	}
	invoice := links.Look(Invoice, o.Invoices[0].ID)
	for _, s := range o.Shares {
		if _, err := links.Settled(Payment, s.PaymentID); err != nil {
			return nil, money.Zero, err
		}
	}
	for _, id := range o.SlipIDs { // an earlier slip takes its part first
		if self.Ref.Flow == CreditNote && !less(id, self.Ref.ID) {
			continue
		}
		if _, err := links.Settled(CreditNote, id); err != nil {
			return nil, money.Zero, err
		}
	}
	if _, err := links.Settled(Invoice, o.Invoices[0].ID); err != nil {
		return nil, money.Zero, err
	}
	if !invoice.Exists() || invoice.Retired() {
		return nil, money.Zero, nil
	}
	balance := invoice.Total.Sub(settledOf(o, o.Invoices[0].ID, precision, links)).Add(self.Applied)
	applied = minimum(rest, balance)
	if self.Exists() && self.Applied.IsPositive() {
		applied = self.Applied // once applied it stays
	}
	if !applied.IsPositive() {
		return nil, money.Zero, nil
	}
	return []engine.Step{applyNote(own, invoice, applied)}, applied, nil
}

// soldAs finds the taxes of an amount given back among those of the line it was sold as, else
// among the order's other lines.
func soldAs(o *qloapps.Order, detailID, bookingID string, excl, incl money.Decimal) (qloapps.Line, qloapps.RateSet, error) {
	line, found := qloapps.Line{}, false
	for _, l := range o.Lines {
		if l.DetailID == detailID && l.Kind != qloapps.FacilityLine && (!found || bookingID != "" && l.ID == bookingID) {
			line, found = l, true
		}
	}
	candidates := line.Rates
	for _, l := range o.Lines {
		candidates = append(candidates[:len(candidates):len(candidates)], l.Rates...)
	}
	if excl.Equal(incl) { // QloApps takes no tax off what it no longer sells
		candidates = []qloapps.RateSet{qloapps.Untaxed}
	}
	given := qloapps.Line{Excl: excl, Incl: incl, Quantity: unity, Rates: candidates}
	if excl.IsZero() && incl.IsPositive() && len(line.Rates) > 0 { // QloApps keeps no net amount of a return
		return line, soldRate(line), nil
	}
	set, ok := rateSet(given)
	if !ok {
		return line, set, fault.New(fault.Held, "totals_differ", "The tax of what was given back (%s without, %s with tax) fits none of the order's tax rates.", excl, incl).
			Do("Make the credit note by hand in Zoho Books, then use Skip here.")
	}
	return line, set, nil
}

// soldRate is the rate set with which a line was sold.
func soldRate(l qloapps.Line) qloapps.RateSet {
	if set, ok := rateSet(l); ok {
		return set
	}
	return l.Rates[0]
}

// given makes the line of a credit note for something that was sold.
func given(l qloapps.Line, set qloapps.RateSet, words string, amount money.Decimal, links engine.Links, r *rules.Rules) (creditLine, error) {
	c := creditLine{amount: amount, line: zoho.Line{Description: clip(words, 2000)}}
	choice, err := r.Mappings.Find(rules.Taxes, set.Key)
	if err != nil && set.Key != qloapps.Untaxed.Key {
		return c, err
	}
	if err == nil {
		taxed(&c.line, choice)
		c.taxes = taxesOf(choice.ZohoID, set, r)
	}
	return c, nameLine(&c.line, l, links, r)
}
