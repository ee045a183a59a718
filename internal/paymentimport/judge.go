package paymentimport

import (
	"context"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// open reads one payment on both sides, decides what becomes of it, and does it. was is what is
// known of it; modified is what the list said, "" when no list showed it.
func (j *job) open(ctx context.Context, id string, was *payment, modified string) error {
	if j.opened[id] {
		return nil
	}
	j.opened[id] = true
	p := payment{ZohoID: id}
	if was != nil {
		p = *was
	}
	ours, err := j.readBoth(ctx, j.books, &p)
	if err != nil {
		return err
	}
	if ours || p.Gone && (!p.known || p.Unread && len(p.Standing) == 0) {
		return j.drop(ctx, p)
	}
	if !p.known && len(p.Standing) == 0 && p.Day < j.first() { // an invoice showed it
		return nil
	}
	if modified != "" {
		p.Modified = modified
	}
	p.Again, p.Unread = false, false
	began := p.Status == writing
	if err := j.settleOpen(ctx, j.books, &p); err != nil {
		return err
	}
	return j.carryOut(ctx, &p, began)
}

// carryOut judges a payment, keeps it and writes what QloApps lacks.
func (j *job) carryOut(ctx context.Context, p *payment, began bool) error {
	was := p.Issue
	has, err := j.judge(ctx, p)
	if err == nil && p.Issue.Code == "already_paid" && (was.Code != p.Issue.Code || was.Detail != p.Issue.Detail) { // it may be there instead of one that is gone
		if err = j.othersOf(ctx, *p); err == nil {
			has, err = j.judge(ctx, p)
		}
	}
	if err != nil {
		return err
	}
	mine, err := j.save(ctx, p)
	if err != nil || !mine {
		return err
	}
	wrote := false
	if len(has) > 0 {
		if wrote, err = j.write(ctx, p, has); err != nil {
			return err
		}
	}
	if err := j.link(ctx, *p); err != nil {
		return err
	}
	switch {
	case p.Status == waiting || p.Status == changed:
		j.result.Waiting++
	case p.Status == imported && (wrote || began):
		j.result.Imported++
	}
	return nil
}

// othersOf reads again what else came to the orders of a payment.
func (j *job) othersOf(ctx context.Context, p payment) error {
	list, err := j.onOrders(ctx, p.ZohoID, append(slices.Clone(p.Applied), p.Assigned...), imported, changed)
	for i := 0; i < len(list) && err == nil; i++ {
		err = j.take(ctx, list[i].ZohoID, &list[i], nil)
	}
	return err
}

// onOrders are the other payments in some states of which orders have a part.
func (s *Service) onOrders(ctx context.Context, id string, orders []share, states ...string) ([]payment, error) {
	var ids []string
	for _, x := range orders {
		ids = append(ids, x.OrderID)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return s.rows(ctx, "p.zoho_id <> ? AND p.status IN ? AND p.zoho_id IN (SELECT s.zoho_id FROM qlobooks_imported_shares s WHERE s.order_id IN ?) ORDER BY p.updated_at LIMIT ?", id, states, ids, mostAgain)
}

// wrongOn says what is to be put right of the other payments that came to an order, "" when nothing is.
func (s *Service) wrongOn(ctx context.Context, id, orderID string) (string, error) {
	list, err := s.onOrders(ctx, id, []share{{OrderID: orderID}}, changed)
	words := ""
	for _, p := range list {
		words += " Payment " + orText(p.Number, p.ZohoID) + " on it: " + p.Issue.Detail
	}
	return words, err
}

// readBoth reads what a payment is now in Zoho Books, and what of it stands in QloApps over all
// orders. ours tells that it is a payment of QloApps already: QloBooks itself posted it, or a person paired it.
func (s *Service) readBoth(ctx context.Context, books *zoho.Client, p *payment) (ours bool, err error) {
	rec, err := books.Get(ctx, zoho.CustomerPayments, p.ZohoID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return false, err
	}
	standing, standingErr := s.Hotel.ImportedShares(ctx, []string{p.ZohoID})
	if standingErr != nil {
		return false, standingErr
	}
	before := p.Standing
	p.Standing = sharesOf(standing[p.ZohoID])
	paired, pairedErr := s.paired(ctx, []string{p.ZohoID})
	if pairedErr != nil {
		return false, pairedErr
	}
	switch {
	case paired[p.ZohoID] && len(p.Standing) == 0:
		return true, nil
	case fault.Is(err, fault.NotFound):
		p.use()
		p.Gone, p.NotCome, p.Applied, p.Strange, p.Elsewhere, p.Unused = true, "", nil, nil, money.Zero, money.Zero
	case rec.Key != "":
		return true, nil // lists may leave the key out
	default:
		f := factsOf(rec.Raw)
		if err := f.tells(rec); err != nil {
			return false, err
		}
		p.Number, p.Day, p.Amount, p.Mode, p.Reference, p.ContactID, p.Contact = rec.Number, f.Day, rec.Total.Decimal, f.Mode, f.Reference, f.Contact, f.ContactName
		if rec.Currency != "" || p.Currency == "" {
			p.Currency = rec.Currency
		}
		p.Modified, p.Gone, p.Unused, p.NotCome = f.Modified, false, unused(rec, f), notCome(rec)
		if p.NotCome != "" { // as long as it is none, it is money for nobody
			f.Settles, p.Unused = nil, money.Zero
		}
		if err := s.settles(ctx, books, p, f.Settles); err != nil {
			return false, err
		}
	}
	if (!p.known || p.Unread) && !p.Gone {
		p.adopt()
	} else {
		p.takenBack(before)
	}
	return false, nil
}

func sharesOf(list []qloapps.ImportedShare) []share {
	var out []share
	for _, x := range list {
		if !zoho.IsDay(x.Day) {
			x.Day = "" // 0000-00-00 is none
		}
		out = append(out, share{OrderID: x.OrderID, InvoiceID: x.InvoiceID, Amount: x.Amount, PaymentID: x.PaymentID, Currency: x.Currency, Day: x.Day})
	}
	return out
}

// adopt takes what stands in QloApps already when nothing is known of a payment, after a reset or a
// restored back-up: what settles no invoice of its order there was assigned by a person once. Whether it was
// never applied there, or somebody un-applied it, cannot be known: a person applies it.
func (p *payment) adopt() {
	for _, s := range together(p.Standing) {
		if s.OrderID != "" && s.Amount.IsPositive() && s.Amount.GreaterThan(of(p.Applied, s.OrderID)) {
			p.Assigned, p.Confirmed = append(p.Assigned, share{OrderID: s.OrderID, InvoiceID: s.InvoiceID, Amount: s.Amount, ByHand: true}), true
		}
	}
	for _, s := range p.Standing {
		if s.Amount.IsNegative() {
			p.TakenBack = append(p.TakenBack, share{OrderID: s.OrderID, Amount: s.Amount.Neg()})
		}
	}
}

// takenBack notes what less of a payment stands in QloApps than when it was last read: somebody at the desk
// took it back. It ends what a person had assigned, and is not brought again before somebody says so.
func (p *payment) takenBack(before []share) {
	for _, s := range together(before) {
		less := s.Amount.Sub(of(p.Standing, s.OrderID))
		if !less.GreaterThan(cent) {
			continue
		}
		p.TakenBack = append(p.TakenBack, share{OrderID: s.OrderID, Amount: less})
		for i := range p.Assigned {
			if p.Assigned[i].OrderID == s.OrderID {
				p.Assigned[i].Amount = positive(p.Assigned[i].Amount.Sub(less))
			}
		}
	}
	p.Assigned = slices.DeleteFunc(p.Assigned, func(s share) bool { return !s.Amount.IsPositive() })
}

// settles finds the orders whose invoices a payment settles.
func (s *Service) settles(ctx context.Context, books *zoho.Client, p *payment, list []settled) error {
	ids := make([]string, len(list))
	for i, a := range list {
		ids[i] = string(a.ID)
	}
	invoices, err := s.linked(ctx, flow.Invoice, ids)
	if err != nil {
		return err
	}
	p.use() // as it was read last
	p.Applied, p.Strange, p.Elsewhere = nil, nil, money.Zero
	defer p.use()
	for _, a := range list {
		if !a.Amount.IsPositive() {
			continue
		}
		invoice, order := invoices[string(a.ID)], ""
		if invoice == "" {
			p.Strange = append(p.Strange, string(a.ID))
			if len(p.Standing) > 0 { // a part came once: the link may have been forgotten, the key was not
				if invoice, err = invoiceByKey(ctx, books, string(a.ID)); err != nil {
					return err
				}
			}
		}
		if invoice != "" {
			shown, err := s.Store.RecordsOf(ctx, store.Ref{Flow: flow.Invoice, ID: invoice})
			if err != nil {
				return err
			}
			if len(shown) > 0 {
				order = shown[0].ID
			}
		}
		if order == "" {
			p.Elsewhere = p.Elsewhere.Add(a.Amount.Decimal)
			continue
		}
		p.Applied = append(p.Applied, share{OrderID: order, InvoiceID: invoice, Amount: a.Amount.Decimal, ZohoID: string(a.ID), Number: string(a.Number), Withheld: a.Withheld.Decimal})
	}
	return nil
}

// invoiceByKey is the invoice of QloApps whose key an invoice bears, "" when it is none of ours.
func invoiceByKey(ctx context.Context, books *zoho.Client, zohoID string) (string, error) {
	rec, err := books.Get(ctx, zoho.Invoices, zohoID)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	id, ours := strings.CutPrefix(rec.Key, flow.Invoice+":")
	if err != nil || !ours {
		return "", err
	}
	return id, nil
}

// judge says what state a payment is in, and what each order is to have of it that has less. What
// would take something away from QloApps waits for a person, and so does what may pay an order twice.
func (s *Service) judge(ctx context.Context, p *payment) ([]share, error) {
	waited := p.Issue.Code
	p.Issue = store.Issue{}
	plan := planOf(*p)
	p.Open, p.TakenBack = plan.Open, plan.Back
	foreign := slices.IndexFunc(p.Standing, func(x share) bool { return x.Currency != "" && p.Currency != "" && x.Currency != p.Currency })
	var certain []share
	var err error
	switch {
	case foreign >= 0:
		x := p.Standing[foreign]
		p.wait(p.Amount, "stands_elsewhere", amount(x.Amount)+" "+x.Currency+" of this payment of "+amount(p.Amount)+" "+p.Currency+" stand in QloApps already, in another currency.",
			"Look at the payments with the transaction ID "+qloapps.ImportMark+p.ZohoID+" in QloApps.")
	case len(plan.Over) > 0:
		err = s.tellOver(ctx, p, plan)
	case len(plan.Back) > 0:
		if err = s.tellBack(ctx, p, plan.Back); err == nil {
			certain, err = s.wanted(ctx, p, plan.Has)
		}
	case len(plan.Has) > 0:
		p.Status, p.question = writing, p.lacks(plan.Has)
		certain, err = s.wanted(ctx, p, plan.Has)
	case slices.ContainsFunc(together(p.Standing), func(x share) bool { return x.Amount.Abs().GreaterThan(cent) }):
		p.Status = imported
	case p.Gone:
		p.Status = gone
	default:
		err = s.unassigned(ctx, p, waited == "unassigned")
	}
	if err == nil && foreign < 0 && len(certain) == 0 { // what is still to be written comes first
		err = s.tellDays(ctx, p, p.otherDays(plan))
	}
	if err != nil {
		return nil, err
	}
	if p.Issue.Code != "" && len(certain) == 0 && p.Accepted == p.fingerprint() {
		p.Status, p.Issue = elsewhere, store.Issue{}
		if len(p.Standing) > 0 {
			p.Status = imported
		}
		return nil, nil
	}
	return certain, nil
}

// unassigned is a payment that settles no invoice of ours: a guest's advance waits for a person,
// anybody else's is none of QloApps' business. One that waited goes on waiting when its contact is no longer
// linked, as after a merger in Zoho Books.
func (s *Service) unassigned(ctx context.Context, p *payment, waited bool) error {
	p.Status = elsewhere
	if len(p.Standing) > 0 { // all of it was taken back
		p.Status = imported
	}
	if !p.Unused.IsPositive() {
		return nil
	}
	guest, err := s.linked(ctx, flow.Customer, []string{p.ContactID})
	if err != nil {
		return err
	}
	if guest[p.ContactID] != "" || waited {
		p.wait(p.Unused, "unassigned", "The guest paid "+p.words(p.Amount)+" "+p.Currency+" in Zoho Books, of which "+p.words(p.Unused)+" settle nothing yet.", "Assign it to an order, or leave it.")
	}
	return nil
}

// wanted tells which orders are certain to want their part of a payment. It holds back what QloApps would be
// paid twice by, as somebody at the desk may have entered the same money, and what belongs to no order: that
// waits for a person, and keeps nothing from the other orders.
func (s *Service) wanted(ctx context.Context, p *payment, has []share) (certain []share, err error) {
	if len(has) == 0 {
		return nil, nil
	}
	orders, err := s.orders(ctx, has)
	if err != nil {
		return nil, err
	}
	choices, err := s.Settings(ctx)
	if err != nil {
		return nil, err
	}
	digits, err := s.Digits(ctx)
	if err != nil {
		return nil, err
	}
	missing := money.Zero
	for _, x := range has {
		o, more := orders[x.OrderID], x.Amount.Sub(of(p.Standing, x.OrderID))
		known := p.Confirmed && !of(p.Assigned, x.OrderID).LessThan(x.Amount)
		switch {
		case o == nil:
			p.waitToo(more, "unassigned", "QloApps no longer has order "+x.OrderID+".", "Assign it to another order, or leave it.")
		case p.Currency != "" && o.Currency != p.Currency:
			p.waitToo(more, "other_currency", "The payment is in "+p.Currency+", order "+o.Reference+" in "+o.Currency+".", "Enter it in QloApps by hand.")
		case qloapps.NotKept(x.Amount, o.Currency) != nil:
			f := fault.Of(qloapps.NotKept(x.Amount, o.Currency))
			p.waitToo(more, f.Code, f.Detail, f.Action)
		case !known && !choices.CreatePaymentAlways && more.Sub(due(o, digits)).GreaterThan(cent):
			wrong, err := s.wrongOn(ctx, p.ZohoID, x.OrderID)
			if err != nil {
				return nil, err
			}
			cure := "Look whether the desk entered it already; assign it if it did not."
			if wrong != "" {
				cure = "Put the other payment right first; this one then comes by itself with the next import."
			}
			p.waitToo(more, "already_paid", "Order "+o.Reference+" has only "+amount(due(o, digits))+" "+o.Currency+" due in QloApps, less than "+amount(more)+" of this payment."+wrong, cure)
		default:
			p.Currency = o.Currency
			certain, missing = append(certain, x), missing.Add(more)
		}
	}
	if sum(p.Standing).Add(missing).Sub(p.Amount).GreaterThan(cent) {
		p.wait(missing, "stands_elsewhere", p.words(sum(p.Standing))+" "+p.Currency+" of this payment of "+p.words(p.Amount)+" stand in QloApps already; "+p.words(missing)+" more would be too much.",
			"Look at the payments with the transaction ID "+qloapps.ImportMark+p.ZohoID+" in QloApps.")
		return nil, nil
	}
	return certain, nil
}

// due is what QloApps says a guest still owes for an order, in whole units of its currency in Zoho Books: no
// payment there can be of less.
func due(o *qloapps.Order, digits func(iso string) int32) money.Decimal {
	return money.RoundHalfUp(o.AmountDue(), digits(o.Currency))
}

func (s *Service) orders(ctx context.Context, list []share) (map[string]*qloapps.Order, error) {
	var ids []string
	for _, x := range list {
		if x.OrderID != "" {
			ids = append(ids, x.OrderID)
		}
	}
	return s.Hotel.Orders(ctx, ids)
}

// tellOver lets a person decide about money that stands in QloApps and no longer in Zoho Books.
func (s *Service) tellOver(ctx context.Context, p *payment, plan plan) error {
	list, ids := plan.Over, slices.Clone(plan.Has)
	for _, x := range list {
		ids = append(ids, share{OrderID: x.OrderID})
	}
	orders, err := s.orders(ctx, ids)
	if err != nil {
		return err
	}
	words, cure, question := "", "", money.Zero
	for _, x := range list {
		question = question.Add(x.Has.Sub(x.Want))
		name := named(orders, x.OrderID)
		if words != "" {
			words, cure = words+"; ", cure+", "
		}
		words += "QloApps has " + p.words(x.Has) + " " + p.Currency + " of it on " + name + ", Zoho Books " + p.words(x.Want)
		cure += p.words(x.Want.Sub(x.Has)) + " on " + name
	}
	code, head := "payment_changed", "Changed in Zoho Books after it came to QloApps: "
	switch {
	case p.Gone:
		code, head = "payment_gone", "Deleted in Zoho Books after it came to QloApps: "
	case p.NotCome != "":
		head = "It is no money in Zoho Books any more, where it is «" + p.NotCome + "»: "
	case p.refunded().GreaterThan(cent):
		head = p.words(p.refunded()) + " " + p.Currency + " of it were given back in Zoho Books: "
	}
	for _, x := range plan.Has {
		words += "; " + p.words(x.Amount.Sub(of(p.Standing, x.OrderID))) + " " + p.Currency + " settle " + named(orders, x.OrderID) + " there now and come to it once that is put right"
	}
	p.wait(question, code, head+words+".", "If Zoho Books is right, enter "+cure+" as a payment in QloApps with the transaction ID "+qloapps.ImportMark+p.ZohoID+
		"; if QloApps is right, correct the payment in Zoho Books. Or leave it as it is.")
	p.Status = changed
	return nil
}

// tellDays lets a person decide about money that stands in QloApps on another day than in Zoho Books: no row of
// QloApps is rewritten.
func (s *Service) tellDays(ctx context.Context, p *payment, list []share) error {
	if len(list) == 0 {
		return nil
	}
	orders, err := s.orders(ctx, list)
	if err != nil {
		return err
	}
	words, cure := "", ""
	for _, x := range list {
		if words != "" {
			words, cure = words+"; ", cure+", "
		}
		words += "QloApps has " + p.words(x.Amount) + " " + p.Currency + " of it on " + named(orders, x.OrderID) + " dated " + x.Day
		cure += p.words(x.Amount.Neg()) + " on " + named(orders, x.OrderID) + " dated " + x.Day + " and " + p.words(x.Amount) + " dated " + p.Day
	}
	status := changed
	if p.Issue.Code != "" { // it waits already, for what comes first
		status = p.Status
	}
	p.waitToo(sum(list), "payment_changed", "Another day than in Zoho Books: "+words+", Zoho Books has "+p.Day+".", "If Zoho Books is right, enter "+cure+" as payments in QloApps with the transaction ID "+
		qloapps.ImportMark+p.ZohoID+"; if QloApps is right, correct the date in Zoho Books. Or leave it as it is.")
	p.Status = status
	return nil
}

func named(orders map[string]*qloapps.Order, id string) string {
	if o := orders[id]; o != nil {
		return "order " + o.Reference
	}
	return "no order"
}

// tellBack lets a person decide about money that the desk took back in QloApps and that still settles an
// invoice in Zoho Books. Written again by itself it would undo a person's act at every look.
func (s *Service) tellBack(ctx context.Context, p *payment, list []share) error {
	orders, err := s.orders(ctx, list)
	if err != nil {
		return err
	}
	words := ""
	for _, x := range list {
		if words != "" {
			words += "; "
		}
		words += "QloApps has " + p.words(of(p.Standing, x.OrderID)) + " " + p.Currency + " of it on " + named(orders, x.OrderID) + ", Zoho Books " + p.words(of(p.Standing, x.OrderID).Add(x.Amount))
	}
	p.wait(sum(list), "taken_back", "Taken back in QloApps after it came there: "+words+".",
		"If Zoho Books is right, assign it to the order again; if QloApps is right, correct the payment in Zoho Books. Or leave it as it is.")
	return nil
}
