package flow

import (
	"maps"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/bill"
	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/settlement"
	"github.com/qlobooks/qlobooks/internal/store"
)

// settling is the settlement of one order: what QloApps' rows want, and what stands by the links of its
// documents. Invoices are called by QloApps' ids, others' by Zoho's.
type settling struct {
	settlement.Order
	order   *qloapps.Order
	want    settlement.Matrix
	stand   settlement.Standing
	links   engine.Links
	zoho    map[string]engine.Link // the order's invoices that stand, by QloApps' id
	skipped map[string]bool        // its invoices that are left out, by QloApps' id
	drafts  []engine.Ref           // its invoices that were left drafts, which a person may have sent since
}

// asked is what a document brings into the settlement of its order beside the order's own rows.
type asked struct {
	shares []qloapps.Share  // its own, which may have been written between two reads
	credit []settlement.Row // what it gives to invoices, after everything else
	key    string           // of money given back: what it takes is asked, so later rows are left out
}

// settle states the settlement of an order. An invoice that is on its way is waited for.
func settle(o *qloapps.Order, by asked, precision int32, links engine.Links) (*settling, error) {
	s := &settling{order: o, stand: settlement.NewStanding(), links: links, zoho: map[string]engine.Link{}, skipped: map[string]bool{}}
	var skipped error
	for _, head := range o.Invoices {
		i, err := s.invoice(o, head.ID)
		if fault.Is(err, fault.Skipped) && !slices.ContainsFunc(by.shares, func(x qloapps.Share) bool { return x.InvoiceID == head.ID }) { // the others go on without it
			skipped, s.skipped[head.ID] = err, true
			continue
		}
		if err != nil {
			return nil, err
		}
		s.Invoices = append(s.Invoices, i)
	}
	if skipped != nil && len(s.Invoices) == 0 {
		return nil, skipped
	}
	if err := s.rows(o, by, precision); err != nil {
		return nil, err
	}
	unread := s.standing(o)
	s.credits(o, by)
	s.assume(unread, by.key)
	if by.key != "" {
		s.Order = s.Until(by.key, s.gone())
	}
	s.want, _ = s.Wanted(s.gone())
	return s, nil
}

// invoice is what an invoice can take. One that is held or refused, or waits for what is, cannot take anything until it is sent, and one that
// stands in another currency until it has followed its order: the bank has the money all the same, which is applied then.
func (s *settling) invoice(o *qloapps.Order, id string) (settlement.Invoice, error) {
	link := s.links.Look(Invoice, id)
	i := settlement.Invoice{ID: id}
	switch {
	case billsNothing(link):
		s.zoho[id] = link
		return i, nil
	case otherCurrency(o, link):
		i.Absent = true
		return i, nil
	case link.Draft: // it takes nothing before it is sent
		i.Absent, s.drafts = true, append(s.drafts, ref(Invoice, id))
		return i, nil
	case link.Exists() && slices.Contains(link.Done, sentStep.Name):
	default:
		posted, err := s.links.Of(Invoice, id)
		if err != nil && stuck(link.Status, err) {
			i.Absent = true
			return i, nil
		}
		if err != nil {
			return i, err
		}
		link = posted
	}
	s.zoho[id], i.Total = link, link.Total
	if total := destination.KeptOf(link).Total; total != nil {
		i.Total = *total
	}
	return i, nil
}

// stuck reports that an invoice is held or refused, or waits for something that is. Whoever waits for it has neither a
// choice nor a button that sends it now.
func stuck(status engine.Status, why error) bool {
	if status == engine.Blocked {
		return !slices.Contains([]string{engine.Waiting, "not_queued", "mapping_missing", "invoice_draft"}, fault.Of(why).Code)
	}
	return status == engine.Held || status == engine.Rejected
}

// rows are what moves money, in QloApps' own sequence: vouchers, which lower what is due, then payments
// and money given back.
func (s *settling) rows(o *qloapps.Order, by asked, precision int32) error {
	for _, head := range o.Invoices {
		i := qloapps.Invoice{InvoiceHead: head, Order: o}
		amounts := bill.VoucherAmounts(i, precision, notesIn(s.links))
		for n, d := range bill.Vouchers(i) {
			s.Rows = append(s.Rows, settlement.Row{Key: ref(CreditNote, d.FromSlip).Key(), Sort: settlement.Credit, Amount: amounts[n], Invoice: head.ID})
		}
	}
	shares := o.Shares
	for _, own := range by.shares {
		if !slices.ContainsFunc(shares, func(x qloapps.Share) bool { return x.ID == own.ID }) {
			shares = append(slices.Clone(shares), own)
		}
	}
	shares, amounts, err := settlement.Converted(o, postedShares(shares, o, s.links), precision)
	if err != nil {
		return err
	}
	for n, share := range shares {
		if s.skipped[share.InvoiceID] && !s.links.Look(Payment, share.PaymentID).Exists() { // it is left out with its invoice
			continue
		}
		if otherCurrency(o, s.links.Look(Payment, share.PaymentID)) { // it settles nothing of what the order is now
			continue
		}
		row := settlement.Row{Key: ref(Payment, share.PaymentID).Key(), Amount: amounts[n], Invoice: share.InvoiceID}
		if amounts[n].IsNegative() {
			row.Sort, row.Amount = settlement.Cash, amounts[n].Add(s.beyond(o, share, precision)).Neg()
		} else if link := s.links.Look(Payment, share.PaymentID); link.Exists() && share.Posted == nil && only(shares, share) && settlement.Drifts(share, o, amounts[n], link.Total, precision) {
			row.Amount = link.Total
		}
		s.Rows = append(s.Rows, row)
	}
	for _, back := range withoutInvoice(o, s.links) {
		if otherCurrency(o, s.links.Look(back.record.Flow, back.record.ID)) {
			continue
		}
		s.Rows = append(s.Rows, settlement.Row{Key: back.record.Key(), Sort: settlement.Cash, Amount: money.RoundHalfUp(back.Amount, precision)})
	}
	return nil
}

// beyond is what went back with a share although no share says so: a person released it.
func (s *settling) beyond(o *qloapps.Order, share qloapps.Share, precision int32) money.Decimal {
	link := s.links.Look(Payment, share.PaymentID)
	if link.Exists() && share.Posted != nil && !share.Beyond.IsZero() {
		return money.Min(beyondPosted(link), money.Zero)
	}
	worth, doubt := o.BeyondWorth(share)
	if doubt || !worth.IsNegative() || !released(link) {
		return money.Zero
	}
	return money.RoundHalfUp(worth, precision)
}

// only reports that a payment has no other share of the order.
func only(shares []qloapps.Share, share qloapps.Share) bool {
	return !slices.ContainsFunc(shares, func(x qloapps.Share) bool { return x.PaymentID == share.PaymentID && x.ID != share.ID })
}

// standing reads the links of what settles the order's invoices. unread are payments of which nobody knows
// what they settle, as those that people entered in Zoho Books.
func (s *settling) standing(o *qloapps.Order) (unread []string) {
	for _, row := range s.Rows {
		from := engine.ParseKey(row.Key)
		link := s.links.Look(from.Flow, from.ID)
		if _, seen := s.stand.Totals[row.Key]; row.Sort != settlement.Paid || !link.Exists() || seen {
			continue
		}
		s.stand.Totals[row.Key] = link.Total
		settles, back, known := moneyOf(link)
		if !known {
			s.stand.Fixed[row.Key] = true
			unread = append(unread, row.Key)
			continue
		}
		for id, amount := range settles {
			s.stand.Settles[settlement.Cell{Source: row.Key, To: s.called(id)}] = amount
		}
		for record, amount := range back {
			s.stand.Back[settlement.Cell{Source: row.Key, To: record}] = amount
		}
	}
	for _, row := range s.Rows {
		if row.Sort == settlement.Cash {
			s.took(row.Key)
		}
	}
	for _, head := range o.Invoices {
		link := s.zoho[head.ID]
		kept := destination.KeptOf(link)
		gone := maps.Clone(kept.Credits)
		for _, row := range s.Rows {
			note := s.links.Look(CreditNote, engine.ParseKey(row.Key).ID).ID
			if row.Sort != settlement.Credit || row.Invoice != head.ID || note == "" {
				continue
			}
			delete(gone, note)
			at := settlement.Cell{Source: row.Key, To: head.ID}
			if part, told := kept.Credits[note]; told {
				s.stand.Settles[at] = part
			} else if slices.ContainsFunc(link.Done, func(name string) bool { plain, _, _ := strings.Cut(name, "#"); return plain == creditStep+note }) {
				s.stand.Settles[at] = row.Amount
			}
		}
		for _, part := range gone { // of vouchers that are no longer there, until it is taken back
			s.stand.Others[head.ID] = s.stand.Others[head.ID].Add(part)
		}
	}
	return unread
}

// took takes off the payments what a record of money given back took, unless they were read since.
func (s *settling) took(record string) {
	from := engine.ParseKey(record)
	link := s.links.Look(from.Flow, from.ID)
	if !link.Exists() {
		return
	}
	kept := destination.KeptOf(link)
	for source := range s.stand.Totals {
		payment := engine.ParseKey(source)
		id := s.links.Look(payment.Flow, payment.ID).ID
		_, back := stepsDone(link.Done, destination.GiveBackStep+id+":")
		at := settlement.Cell{Source: source, To: record}
		if _, included := s.stand.Back[at]; included || !back.IsPositive() {
			continue
		}
		s.stand.Back[at] = back
		unnamed := settlement.Cell{Source: source, To: destination.Unnamed}
		s.stand.Back[unnamed] = money.Max(s.stand.Back[unnamed].Sub(back), money.Zero)
		for invoice, stays := range kept.Took[id].Stays {
			cell := settlement.Cell{Source: source, To: s.called(invoice)}
			s.stand.Settles[cell] = money.Min(s.stand.Settles[cell], stays)
		}
	}
}

// credits are credit notes of the order itself, whose own mapping says what they give. What others have
// applied stays.
func (s *settling) credits(o *qloapps.Order, by asked) {
	add := func(flow, id, invoice string) {
		key, link := ref(flow, id).Key(), s.links.Look(flow, id)
		if !link.Exists() || otherCurrency(o, link) || slices.ContainsFunc(by.credit, func(r settlement.Row) bool { return r.Key == key }) {
			return
		}
		if flow == CreditNote && slices.ContainsFunc(s.Rows, func(r settlement.Row) bool { return r.Key == key && r.Invoice == invoice }) {
			return // it pays here as a voucher, which says how much
		}
		amount := link.Applied
		if settles, _, known := moneyOf(link); known {
			amount = settles[s.zoho[invoice].ID]
		}
		s.credit(settlement.Row{Key: key, Sort: settlement.Credit, Amount: amount, Invoice: invoice}, amount, amount)
	}
	for _, id := range o.SlipIDs {
		settles, _, known := moneyOf(s.links.Look(CreditNote, id))
		for _, head := range o.Invoices {
			if len(o.Invoices) == 1 || known && settles[s.zoho[head.ID].ID].IsPositive() {
				add(CreditNote, id, head.ID)
			}
		}
	}
	for _, head := range o.Invoices {
		add(Cancellation, head.ID, head.ID)
	}
	for _, row := range by.credit {
		from := engine.ParseKey(row.Key)
		link := s.links.Look(from.Flow, from.ID)
		settles, _, known := moneyOf(link)
		applied := settles[s.zoho[row.Invoice].ID]
		if !known && len(by.credit) == 1 { // an earlier program applied a credit to one invoice alone
			applied = link.Applied
		}
		s.credit(row, applied, money.Max(row.Amount, applied))
		if row.Most.IsPositive() {
			s.stand.Totals[row.Key] = money.Max(row.Most, s.stand.Of(row.Key))
		}
	}
}

// credit adds what a credit note gives to one invoice; it may give to several.
func (s *settling) credit(row settlement.Row, applied, total money.Decimal) {
	s.Rows = append(s.Rows, row)
	s.stand.Totals[row.Key] = s.stand.Totals[row.Key].Add(total)
	s.stand.Settles[settlement.Cell{Source: row.Key, To: row.Invoice}] = applied
}

// assume takes what payments settle that nobody read for what QloApps wants of them, before the record
// that is asked about where there is one.
func (s *settling) assume(unread []string, before string) {
	if len(unread) == 0 {
		return
	}
	earlier := s.Order
	earlier.Rows = slices.DeleteFunc(slices.Clone(s.Rows), func(r settlement.Row) bool { return r.Key == before && before != "" })
	as, _ := earlier.Wanted(s.gone())
	for at, amount := range as.Settles {
		if slices.Contains(unread, at.Source) {
			s.stand.Settles[at] = amount
		}
	}
	for at, amount := range as.Back {
		if slices.Contains(unread, at.Source) {
			s.stand.Back[at] = amount
		}
	}
}

// gone is what went back already and for what.
func (s *settling) gone() map[settlement.Cell]money.Decimal {
	named := maps.Clone(s.stand.Back)
	maps.DeleteFunc(named, func(at settlement.Cell, _ money.Decimal) bool { return at.To == destination.Unnamed })
	return named
}

// called is how an invoice is called here.
func (s *settling) called(zohoID string) string {
	for id, link := range s.zoho {
		if link.ID == zohoID {
			return id
		}
	}
	return zohoID
}

// moneyOf is what a payment or credit note settles and gave back, by Zoho's ids. Of one that was posted by
// an earlier version its steps tell.
func moneyOf(link engine.Link) (settles, back map[string]money.Decimal, known bool) {
	if m := destination.KeptOf(link).Money; m != nil {
		return m.Settles, m.Back, true
	}
	settles = store.AppliedBy(link.Done)
	return settles, nil, len(settles) > 0 || len(link.Sent) > 0
}

// settledOf is what stands against an invoice in Zoho Books.
func settledOf(o *qloapps.Order, invoiceID string, precision int32, links engine.Links) money.Decimal {
	s, err := settle(o, asked{}, precision, links)
	if err != nil {
		return money.Zero
	}
	return s.stand.On(invoiceID).Add(s.stand.Others[invoiceID])
}

// openOf is what of one of an order's invoices is open once its money is where it is wanted; nil where the
// order's own amount due tells that, as it has one invoice, or where the invoice does not stand.
func openOf(i qloapps.Invoice, total money.Decimal, me engine.Link, precision int32, links engine.Links) *money.Decimal {
	if len(i.Order.Invoices) < 2 || !me.Exists() || me.Retired() {
		return nil
	}
	s, err := settle(i.Order, asked{}, precision, self{links, ref(Invoice, i.ID), me})
	if err != nil {
		return nil
	}
	open := total.Sub(s.stand.With(s.Moves(s.want, s.stand)...).On(i.ID))
	return &open
}

// notesIn finds credit notes among the documents that stand. The slip of one below the smallest unit
// has no document, and nothing to give.
func notesIn(links engine.Links) bill.Notes {
	return func(slipID string) (money.Decimal, bool) {
		note := links.Look(CreditNote, slipID)
		return note.Total, note.Total.IsPositive() || note.Status == engine.Synced && !note.Exists()
	}
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
