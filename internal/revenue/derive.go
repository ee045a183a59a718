package revenue

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/qlobooks/qlobooks/internal/bill"
	"github.com/qlobooks/qlobooks/internal/ledger"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Derive takes down anew what orders bill and earn.
func (s *Service) Derive(ctx context.Context, ids []string, r *rules.Rules) error {
	for part := range slices.Chunk(ids, slice) {
		if err := s.derive(ctx, part, r); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) derive(ctx context.Context, ids []string, r *rules.Rules) error {
	documents, err := s.Store.LedgerDocuments(ctx, ids)
	if err != nil {
		return err
	}
	m, err := s.material(ctx, ids, documents, r)
	if err != nil {
		return err
	}
	list := make([]store.LedgerOrder, 0, len(ids))
	for _, id := range ids {
		list = append(list, m.order(id))
	}
	return s.Store.SaveLedger(ctx, list)
}

// material is everything that a batch of orders is derived from.
type material struct {
	rules     *rules.Rules
	precision int32 // of the base currency
	hotels    map[string]string
	documents map[string][]posted
	orders    map[string]*qloapps.Order
	slips     map[string]qloapps.Slip
	refunds   map[string]qloapps.Refund
	stays     stays
	found     map[string][]store.Ref // by order, what was lost with a reset of the links
	kept      map[store.Ref]map[int]store.LedgerLine
	items     map[string]string
}

func (s *Service) material(ctx context.Context, ids []string, documents map[string][]store.Document, r *rules.Rules) (*material, error) {
	m := &material{rules: r, precision: 2, documents: map[string][]posted{}, found: map[string][]store.Ref{}}
	if c, ok := r.Org.Currencies[r.Org.BaseCurrency]; ok {
		m.precision = c.Precision
	}
	seen, err := s.seen(ctx, documents)
	if err != nil {
		return m, err
	}
	var with, slips, returns, items []string
	for _, id := range ids {
		for _, d := range documents[id] {
			there := stands(d, seen[d.Ref])
			if d.LostIn != "" && (there || !d.Moving()) {
				m.found[id] = append(m.found[id], d.Ref)
			}
			if !there {
				continue
			}
			p := read(d, seen[d.Ref], r)
			m.documents[id] = append(m.documents[id], p)
			switch d.Ref.Flow {
			case creditNote:
				slips = append(slips, d.Ref.ID)
			case refund:
				returns = append(returns, d.Ref.ID)
			}
			for _, l := range p.lines {
				if l.ItemID != "" && !slices.Contains(items, l.ItemID) {
					items = append(items, l.ItemID)
				}
			}
		}
		if len(m.documents[id]) > 0 {
			with = append(with, id)
		}
	}
	if len(with) == 0 {
		return m, nil
	}
	var failed error
	take := func(err error) { failed = errors.Join(failed, err) }
	m.hotels, err = s.Store.HotelsOf(ctx, with)
	take(err)
	m.kept, err = s.Store.LedgerLines(ctx, with)
	take(err)
	m.items, err = s.Store.SoldTo(ctx, items)
	take(err)
	m.orders, err = s.Hotel.Orders(ctx, with)
	take(err)
	m.stays.of, err = s.Hotel.Stays(ctx, with)
	take(err)
	m.stays.ended, err = s.Hotel.Ended(ctx, with)
	take(err)
	if len(slips) > 0 {
		m.slips, err = s.Hotel.Slips(ctx, slips)
		take(err)
	}
	if len(returns) > 0 {
		m.refunds, err = s.Hotel.Refunds(ctx, returns)
		take(err)
	}
	return m, failed
}

// seen is how documents were seen to stand since they were sent.
func (s *Service) seen(ctx context.Context, documents map[string][]store.Document) (map[store.Ref]*store.SeenDocument, error) {
	var refs []store.Ref
	for _, list := range documents {
		for _, d := range list {
			refs = append(refs, d.Ref)
		}
	}
	read, err := s.Store.LedgerSeen(ctx, refs)
	seen := map[store.Ref]*store.SeenDocument{}
	for _, list := range documents {
		for _, d := range list {
			if is, ok := read[d.Ref]; ok && is.SeenAt.After(toldAt(d)) {
				seen[d.Ref] = &is
			}
		}
	}
	return seen, err
}

// order is what one order bills and earns.
func (m *material) order(id string) store.LedgerOrder {
	out := store.LedgerOrder{ID: id, Hotel: m.hotels[id], Lines: []store.LedgerLine{}, Found: m.found[id]}
	o := m.orders[id]
	if o != nil && o.HotelID != "" {
		out.Hotel = o.HotelID
	}
	if out.Hotel == "" {
		out.Hotel = "0"
	}
	credited := slices.ContainsFunc(m.documents[id], func(p posted) bool { return p.Ref.Flow == cancellation })
	var documents []ledger.Document
	lines := map[string][]store.LedgerLine{} // of invoices, by id
	for _, p := range m.documents[id] {
		if p.Ref.Flow == invoice {
			var rows []sold
			if o != nil {
				rows = rowsOf(o, p.Ref.ID, m.stays)
			}
			lines[p.Ref.ID] = known(p, rows, m.kept[p.Ref])
		}
	}
	for _, p := range m.documents[id] {
		of := lines[p.Ref.ID]
		switch p.Ref.Flow {
		case creditNote:
			of = knownGiven(p, slipGave(m.slips[p.Ref.ID]), o, m.stays, m.kept[p.Ref])
		case refund:
			of = knownGiven(p, refundGave(m.refunds[p.Ref.ID]), o, m.stays, m.kept[p.Ref])
		case cancellation:
			of = mirroredLines(p, lines[p.Ref.ID])
		}
		out.Lines = append(out.Lines, of...)
		if !p.rate.IsPositive() { // what it comes to in the base currency is not guessed
			out.Unrated = append(out.Unrated, cmp.Or(p.Number, p.Ref.Key()))
			if out.UnratedDay == "" || p.Day < out.UnratedDay {
				out.UnratedDay = p.Day
			}
			continue
		}
		at, whole := "", credited // an invoice is credited by its own cancellation
		if p.Ref.Flow == invoice {
			whole = slices.ContainsFunc(m.documents[id], func(c posted) bool { return c.Ref.Flow == cancellation && c.Ref.ID == p.Ref.ID })
		}
		if o != nil && o.Canceled && !whole && p.Ref.Flow != cancellation {
			at = qloapps.Day(o.CanceledAt)
		}
		documents = append(documents, m.document(p, of, at))
	}
	out.Entries = ledger.Entries(documents, m.precision)
	return out
}

// document is a posted one in the ledger's words. What of a canceled order stays is earned on the day at.
func (m *material) document(p posted, of []store.LedgerLine, at string) ledger.Document {
	d := ledger.Document{Day: p.Day, Credit: p.Ref.Flow != invoice, Net: p.net, Rate: p.rate}
	for n, net := range p.nets {
		l := ledger.Line{Account: accountOf(p, n, m.items, m.rules), Net: net, Parts: of[n].Parts}
		if at != "" && len(l.Parts) > 0 {
			l.Parts = []ledger.Part{{Stay: ledger.Night(at), Weight: money.One}}
		}
		d.Lines = append(d.Lines, l)
	}
	if len(d.Lines) == 0 && !p.net.IsZero() { // taken over as it stood, so that its lines are not known
		chosen, _ := m.rules.Mappings.Find(rules.Accounts)
		l := ledger.Line{Account: chosen.ZohoID, Net: p.net, Parts: m.all(p)}
		if at != "" {
			l.Parts = []ledger.Part{{Stay: ledger.Night(at), Weight: money.One}}
		}
		d.Lines = []ledger.Line{l}
	}
	return d
}

// all are the stays of everything that an order sold.
func (m *material) all(p posted) []ledger.Part {
	var parts []ledger.Part
	for _, o := range m.orders {
		for _, head := range o.Invoices {
			if p.Ref.Flow != invoice || head.ID != p.Ref.ID {
				continue
			}
			for _, l := range bill.LinesOf(qloapps.Invoice{InvoiceHead: head, Order: o}) {
				own := soldAs(l, m.stays).parts
				whole := money.Zero
				for _, part := range own {
					whole = whole.Add(part.Weight)
				}
				if whole.IsZero() { // it belongs to no stay
					parts = append(parts, ledger.Part{Weight: l.Excl})
					continue
				}
				for _, part := range own { // each line weighs what it costs, however its own parts are weighed
					part.Weight = part.Weight.Mul(l.Excl).DivRound(whole, 12)
					parts = append(parts, part)
				}
			}
		}
	}
	return parts
}

// slipGave are the details of a slip that became lines.
func slipGave(s qloapps.Slip) []given {
	var list []given
	for _, d := range s.Details {
		if d.Incl.IsZero() {
			continue
		}
		g := given{detail: d.DetailID, booking: d.BookingID}
		if !d.From.IsZero() {
			g.own = partsOf([]qloapps.Stay{{From: d.From, To: d.To, Excl: money.One}})
		}
		list = append(list, g)
	}
	return list
}

// refundGave are the details of a refund request that became lines.
func refundGave(f qloapps.Refund) []given {
	var list []given
	marked := slices.ContainsFunc(f.Details, func(d qloapps.ReturnDetail) bool { return d.Done })
	for _, d := range f.Details {
		if d.Amount.IsPositive() && (d.Done || !marked) {
			list = append(list, given{detail: d.DetailID, booking: d.BookingID})
		}
	}
	return list
}

// mirroredLines are those of a credit note over a whole invoice, whose lines say the same.
func mirroredLines(p posted, of []store.LedgerLine) []store.LedgerLine {
	lines := make([]store.LedgerLine, len(p.lines))
	next := 0
	for n, l := range p.lines {
		lines[n] = store.LedgerLine{Document: p.Ref, N: n, Said: said(l)}
		at := slices.IndexFunc(of[min(next, len(of)):], func(o store.LedgerLine) bool { return o.Said == lines[n].Said })
		if at < 0 {
			continue
		}
		lines[n].Sold, lines[n].Parts = of[next+at].Sold, of[next+at].Parts
		next += at + 1
	}
	return lines
}
