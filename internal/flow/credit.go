package flow

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/bill"
	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/settlement"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// creditRows are the rows that credit, as people call them.
var creditRows = map[string]string{CreditNote: "credit slip", Refund: "refund request"}

// creditBody is a credit note without its number.
func creditBody(key engine.Ref, o *qloapps.Order, c bill.Credit, date string, rate *money.Number, d dimension, self engine.Link, links engine.Links, r *rules.Rules) (zoho.CreditNote, error) {
	bears := dated(date, r.Locks.Paper(), self, r)
	doc := zoho.CreditNote{Date: bears, ExchangeRate: rate, Notes: trueDay(date, bears), ReferenceNumber: zoho.Clip(o.Reference, 100), Lines: c.Lines, CustomFields: keyField(r, key)}
	contact, err := contactOf(o, self, links, r)
	if err != nil {
		return doc, err
	}
	doc.CustomerID = contact
	doc.Tags, doc.LocationID = d.on(doc.Lines)
	return doc, nil
}

// refundStep gives money back from a credit note; the step is known again by its reference.
func refundStep(key engine.Ref, ret qloapps.Return, amount money.Decimal, rate *money.Number, date string, self engine.Link, r *rules.Rules) (engine.Step, error) {
	account, err := r.Mappings.Find(rules.DepositAccounts, ret.PaymentMode)
	if err != nil {
		return engine.Step{}, err
	}
	mode, err := paymentMode(ret.PaymentMode, self, r)
	if err != nil {
		return engine.Step{}, err
	}
	if err := undated("Refund request "+ret.ID, qloapps.Day(ret.Updated)); err != nil && !slices.Contains(self.Done, destination.RefundStep) {
		return engine.Step{}, err
	}
	own := cmp.Or(qloapps.Day(ret.Updated), date) // one that lost its date once it had gone back
	bears, concerns := max(date, own), own
	if movable(account) {
		bears = dated(bears, r.Locks.Money(), engine.Link{}, r)
		concerns = bears
	}
	body, err := json.Marshal(zoho.Refund{Date: bears, Amount: money.N(amount), Account: account.ZohoID, Mode: zoho.Clip(mode, 50),
		Reference: key.Key(), Description: zoho.Clip(strings.Join(nonEmpty(ret.TransactionID, trueDay(own, bears)), "; "), 500), ExchangeRate: rate})
	path := zoho.CreditNotes.Path + "/{id}/refunds"
	return engine.Step{Name: destination.RefundStep, Method: "POST", Path: path, Body: body, Money: true, Days: []string{concerns},
		Proof: &engine.Proof{Path: path, List: "creditnote_refunds", Field: "reference_number", Value: key.Key()}}, err
}

// giveBack gives money back from a credit note by a step, unless as much went back of it in Zoho Books already,
// as was read: that is not given back once more.
func giveBack(m *engine.Mapped[zoho.CreditNote], step engine.Step, amount money.Decimal, me engine.Link) {
	kept := destination.KeptOf(me)
	if kept.Money != nil && me.Exists() && !slices.Contains(me.Done, step.Name) && !slices.Contains(me.Otherwise, step.Name) {
		if back := kept.Money.Back[destination.Unnamed]; back.GreaterThanOrEqual(amount) {
			m.Notices = append(m.Notices, engine.Notice{Code: "settled_otherwise", Detail: fmt.Sprintf("%s of it were given back in Zoho Books already, so the %s that QloApps says were given back were not given back once more.", money.Words(back, m.Facts.Currency), money.Words(amount, m.Facts.Currency))})
			return
		}
	}
	if me.Exists() {
		step.Calls = 2
		step.Aim, _ = json.Marshal(destination.Repaying{Number: me.Number, Currency: m.Facts.Currency, Force: me.Approved && kept.Asked})
	}
	m.Steps = append(m.Steps, step)
}

// credited is what of a credit note lowers one invoice.
type credited struct {
	invoice string
	most    money.Decimal
}

// applyRest settles invoices with what of a credit note was not given back, each with the part that lowers it and up to
// its balance. It waits for the order's payments, which come first. What is left of it settles what opens later, as money
// that goes back does. Where somebody took off some of it, it stays as it was wanted before. Once the credit was turned
// into a voucher it is taken back, so that it is there for the voucher.
func applyRest(o *qloapps.Order, parts []credited, own string, rest money.Decimal, precision int32, me engine.Link, links engine.Links) (steps []engine.Step, applied map[string]money.Decimal, wakes []engine.Ref, err error) {
	stands, sum := map[string]money.Decimal{}, money.Zero
	for _, p := range parts {
		if destination.KeptOf(me).Money != nil || len(parts) == 1 { // an earlier program applied a credit to one invoice alone
			stands[p.invoice] = notedOn(me, links.Look(Invoice, p.invoice).ID)
		}
		sum = sum.Add(stands[p.invoice])
	}
	more := destination.KeptOf(me).Money != nil && sum.Equal(me.Applied) && !destination.KeptOf(me).Doubt
	if rest = money.Max(rest, money.Zero); sum.IsZero() {
		if !rest.IsPositive() || len(parts) == 0 {
			return nil, nil, nil, nil
		}
		if err := moneyFirst(o, parts, me.Ref, links); err != nil {
			return nil, nil, nil, err
		}
	} else if rest.IsPositive() && !more {
		rest = money.Max(sum, money.Min(rest, me.Applied))
	}
	key := me.Ref.Key()
	var rows []settlement.Row
	for _, p := range parts {
		row := settlement.Row{Key: key, Sort: settlement.Credit, Invoice: p.invoice, Amount: rest}
		if len(parts) > 1 {
			row.Most = rest
			row.Amount = money.Min(money.Max(p.most, stands[p.invoice]), stands[p.invoice].Add(rest.Sub(sum)))
			row.Amount = money.Max(row.Amount, money.Zero)
		}
		rows = append(rows, row)
	}
	s, err := settle(o, asked{credit: rows}, precision, self{links, me.Ref, me})
	if err != nil {
		return nil, nil, nil, err
	}
	applied = maps.Clone(stands)
	moves := s.Moves(s.want, s.stand)
	if sum.IsPositive() && more && slices.ContainsFunc(moves, func(m settlement.Move) bool { return m.Source == key && m.Kind == settlement.Apply }) {
		if err := moneyFirst(o, parts, me.Ref, links); err != nil {
			return nil, nil, nil, err
		}
	}
	for _, m := range s.Ready(moves, s.stand, func(m settlement.Move) bool { return m.Source == key }) {
		invoice := s.zoho[m.To]
		if m.Kind == settlement.TakeBack {
			m.Amount = stands[m.To] // a credit note is taken off an invoice whole
			steps, applied[m.To], wakes = append(steps, takeBackNote(own, invoice)), money.Zero, append(append(wakes, s.moved(m)...), s.wakes()...)
			continue
		}
		if destination.KeptOf(me).Money == nil { // posted by an earlier program, of which no answer tells what settles what
			applied[m.To] = m.Amount
			continue
		}
		applied[m.To] = applied[m.To].Add(m.Amount)
	}
	var all []string
	for _, p := range parts {
		all = append(all, s.zoho[p.invoice].ID)
	}
	for _, p := range parts {
		if applied[p.invoice].IsPositive() {
			steps = append(steps, applyNote(own, s.zoho[p.invoice], applied[p.invoice], stands[p.invoice], all, me)...)
		}
	}
	if destination.KeptOf(me).Doubt && me.Exists() { // it is read first, and mapped again
		return doneSteps(me.Done, applyStep), applied, nil, nil
	}
	return steps, applied, wakes, nil
}

// together is what a credit note settles of all invoices.
func together(applied map[string]money.Decimal) money.Decimal {
	sum := money.Zero
	for _, amount := range applied {
		sum = sum.Add(amount)
	}
	return sum
}

// noted tells what of a credit note is unused once all is settled, and has it read where somebody may have
// moved its money. applied is what it settles of its order's invoices, by QloApps' ids; back, what was given back of it;
// voucher, that its credit pays in other orders too.
func noted(m *engine.Mapped[zoho.CreditNote], me engine.Link, parts []credited, applied map[string]money.Decimal, back money.Decimal, voucher bool, links engine.Links) {
	m.Facts.Applied = together(applied)
	open := m.Facts.Total.Sub(m.Facts.Applied).Sub(back)
	m.Facts.Open = &open
	kept := destination.KeptOf(me)
	if !me.Exists() || !kept.Doubt {
		return
	}
	l := destination.Looking{Elsewhere: voucher, Names: map[string]string{}, Known: destination.Money{Settles: map[string]money.Decimal{}, Back: map[string]money.Decimal{}},
		Want: destination.Money{Settles: map[string]money.Decimal{}, Back: map[string]money.Decimal{destination.Unnamed: back}}}
	if kept.Money != nil && !voucher {
		l.Known.Settles = kept.Money.Settles
	}
	for _, p := range parts {
		if invoice := links.Look(Invoice, p.invoice); invoice.ID != "" {
			l.Own, l.Names[invoice.ID] = append(l.Own, invoice.ID), invoice.Number
			l.Known.Settles[invoice.ID], l.Want.Settles[invoice.ID] = notedOn(me, invoice.ID), applied[p.invoice]
		}
	}
	if slices.Contains(me.Done, destination.RefundStep) {
		l.Known.Back[destination.Unnamed] = back
	}
	if kept.Money != nil {
		l.Known.Back[destination.Unnamed] = money.Max(l.Known.Back[destination.Unnamed], kept.Money.Back[destination.Unnamed])
	}
	var stay, otherwise []engine.Step // nothing moves before it is read, but what was taken otherwise than asked stays so
	for _, s := range m.Steps {
		if slices.Contains(me.Done, s.Name) {
			stay = append(stay, s)
		} else if slices.Contains(me.Otherwise, s.Name) {
			otherwise = append(otherwise, s)
		}
	}
	m.Steps, m.Wakes = append(append(stay, looks(zoho.CreditNotes, me, m.Doc.Date, l)), otherwise...), append(m.Wakes, me.Ref)
}

// notedOn is what a credit note settles of an invoice.
func notedOn(note engine.Link, invoice string) money.Decimal {
	if !note.Exists() {
		return money.Zero
	}
	if m := destination.KeptOf(note).Money; m != nil {
		return m.Settles[invoice]
	}
	return note.Applied
}

// moneyFirst waits for the order's payments and for the invoices that a credit lowers.
func moneyFirst(o *qloapps.Order, parts []credited, me engine.Ref, links engine.Links) error {
	if err := afterPayments(o, me, links); err != nil {
		return err
	}
	for _, p := range parts {
		if _, err := links.Settled(Invoice, p.invoice); err != nil {
			return err
		}
	}
	return nil
}

// afterPayments waits for the order's payments, and for earlier slips, which take their part first.
func afterPayments(o *qloapps.Order, me engine.Ref, links engine.Links) error {
	for _, s := range o.Shares {
		if _, err := links.Settled(Payment, s.PaymentID); err != nil {
			return err
		}
	}
	for _, id := range o.SlipIDs {
		if me.Flow == CreditNote && !qloapps.Earlier(id, me.ID) {
			continue
		}
		if _, err := links.Settled(CreditNote, id); err != nil {
			return err
		}
	}
	return nil
}

// applyNote settles an invoice from a credit note up to an amount, of which a part may stand. A name that was taken is
// not taken again: what was taken back since is applied under another. all are the invoices that it lowers.
func applyNote(own string, invoice engine.Link, amount, stands money.Decimal, all []string, me engine.Link) []engine.Step {
	name := applyStep + invoice.ID
	for _, done := range me.Done {
		if plain, _, _ := strings.Cut(done, "#"); plain == name {
			name = done
		}
	}
	missing := amount.Sub(stands)
	switch taken := slices.Contains(me.Done, name); {
	case !taken && me.Exists() && !missing.IsPositive():
		return nil // it settles that already, by whatever step
	case taken && missing.IsPositive():
		name = anew(me.Done, name)
	}
	step := engine.Step{Name: name, Method: "POST", Path: zoho.CreditNotes.Path + "/{id}/invoices", Days: []string{max(own, invoice.Day)},
		Proof: &engine.Proof{Path: zoho.CreditNotes.Path + "/{id}", Envelope: zoho.CreditNotes.Envelope, List: "invoices", Field: "invoice_id", Value: invoice.ID, Sum: "amount_applied", Reach: amount.String()}}
	step.Body, _ = json.Marshal(map[string]any{"invoices": []zoho.Allocation{{InvoiceID: invoice.ID, AmountApplied: money.N(missing)}}})
	aim := destination.Aim{Note: "{id}", Invoice: invoice.ID, Reach: amount, Own: all, Force: me.Exists() && me.Approved && destination.KeptOf(me).Asked}
	if step.Aim, _ = json.Marshal(aim); aim.Force { // it may have to be taken off another invoice first
		step.Calls = 4
	}
	step.After, _ = json.Marshal(map[string]any{destination.SettledOf(invoice.ID): amount})
	return []engine.Step{step}
}

// takeBackNote takes a credit note off an invoice.
func takeBackNote(own string, invoice engine.Link) engine.Step {
	return engine.Step{Name: destination.TakeBackStep + invoice.ID, Method: "DELETE", Path: zoho.CreditNotes.Path + "/{id}/invoices", Days: []string{max(own, invoice.Day)}, Calls: 3}
}

func creditNeeds(o *qloapps.Order, r *rules.Rules) []engine.Ref {
	needs := append(buyer(o, r), itemRefs(o.Lines)...)
	for _, i := range o.Invoices {
		needs = append(needs, ref(Invoice, i.ID), ref(Cancellation, i.ID))
		needs = append(needs, voucherNeeds(qloapps.Invoice{InvoiceHead: i, Order: o})...)
	}
	return append(append(append(needs, ref(SalesOrder, o.ID)), settlers(o)...), returnsOf(o)...)
}

func filterCredit(o *qloapps.Order, what, date string, self engine.Link, links engine.Links, r *rules.Rules) error {
	if err := unfinished(o, what, self, links); err != nil {
		return err
	}
	if err := anotherOrder(o, self, links); err != nil {
		return err
	}
	if err := skippedHotel(o.HotelID, o.HotelName, r); err != nil {
		return err
	}
	if err := undated(what, date); err != nil {
		return err
	}
	return skippedBefore(date, r)
}
