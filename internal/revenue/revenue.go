package revenue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/internal/bill"
	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/ledger"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Service keeps the ledger. All fields are required.
type Service struct {
	Store    *store.Store
	Hotel    *qloapps.Reader
	Settings func(ctx context.Context) (settings.All, error)
	Rules    func(ctx context.Context) (*rules.Rules, error)
}

const (
	slice   = 300              // orders that are looked at in one go
	patient = 45 * time.Second // of each tick; what is left goes on at the next one
	overlap = 2 * time.Minute  // a change may be saved this long after the time that it bears
	mostDay = 62               // journals of a hotel that one tick queues
)

// Tick brings the ledger up to date and queues the journals that are due. Without a first day it does nothing.
func (s *Service) Tick(ctx context.Context) error {
	all, err := s.Settings(ctx)
	if err != nil || all.Revenue.From == nil {
		return err
	}
	r, err := s.Rules(ctx)
	if err != nil {
		return err
	}
	upToDate, err := s.CatchUp(ctx, r)
	if err != nil || !upToDate || !all.Revenue.Enabled {
		return err
	}
	return s.queue(ctx, r)
}

// CatchUp looks at every order of which something changed since it last did, and reports whether none is left.
func (s *Service) CatchUp(ctx context.Context, r *rules.Rules) (bool, error) {
	until := time.Now().Add(patient)
	for _, by := range []string{"synced", "updated"} {
		mark, err := s.mark(ctx, by)
		if err != nil {
			return false, err
		}
		began := s.Store.Now()
		for {
			ids, next, err := s.Store.LedgerChanged(ctx, by, mark, slice)
			if err != nil {
				return false, err
			}
			if err := s.Derive(ctx, ids, r); err != nil {
				return false, err
			}
			mark = next
			done := len(ids) < slice
			if late := began.Add(-overlap); done && mark.At.After(late) {
				mark = store.LedgerMark{At: late}
			}
			if len(ids) > 0 || done {
				if err := s.Store.SetMark(ctx, "ledger_"+by, written(mark)); err != nil {
					return false, err
				}
			}
			if done {
				break
			}
			if time.Now().After(until) {
				return false, nil
			}
		}
	}
	return true, nil
}

func (s *Service) mark(ctx context.Context, by string) (store.LedgerMark, error) {
	text, err := s.Store.Mark(ctx, "ledger_"+by)
	at, order, _ := strings.Cut(text, " ")
	mark := store.LedgerMark{At: time.Unix(0, 0)}
	if when, wrong := time.Parse(time.RFC3339Nano, at); wrong == nil {
		mark.At = when
	}
	mark.Order, _ = strconv.ParseUint(order, 10, 64)
	return mark, err
}

func written(m store.LedgerMark) string {
	return m.At.UTC().Format(time.RFC3339Nano) + " " + strconv.FormatUint(m.Order, 10)
}

// Begun reports whether the ledger was ever brought up to date.
func (s *Service) Begun(ctx context.Context) (bool, error) {
	text, err := s.Store.Mark(ctx, "ledger_updated")
	return text != "", err
}

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
	stays     map[string][]qloapps.Stay
	kept      map[store.Ref]map[int]store.LedgerLine
	items     map[string]string
}

func (s *Service) material(ctx context.Context, ids []string, documents map[string][]store.Document, r *rules.Rules) (*material, error) {
	m := &material{rules: r, precision: 2, documents: map[string][]posted{}}
	if c, ok := r.Org.Currencies[r.Org.BaseCurrency]; ok {
		m.precision = c.Precision
	}
	var with, slips, returns, items []string
	for _, id := range ids {
		for _, d := range documents[id] {
			if !stands(d) {
				continue
			}
			p := read(d, r)
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
	var err error
	m.hotels, err = s.Store.HotelsOf(ctx, with)
	take(err)
	m.kept, err = s.Store.LedgerLines(ctx, with)
	take(err)
	m.items, err = s.Store.SoldTo(ctx, items)
	take(err)
	m.orders, err = s.Hotel.Orders(ctx, with)
	take(err)
	m.stays, err = s.Hotel.Stays(ctx, with)
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

// order is what one order bills and earns.
func (m *material) order(id string) store.LedgerOrder {
	out := store.LedgerOrder{ID: id, Hotel: m.hotels[id], Lines: []store.LedgerLine{}}
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

// queue queues the journals of all days that are over and have none.
func (s *Service) queue(ctx context.Context, r *rules.Rules) error {
	hotels, err := s.Store.LedgerHotels(ctx)
	if err != nil {
		return err
	}
	now := s.Store.Now().In(r.Zone)
	for _, hotel := range hotels {
		last, err := s.Store.LastJournal(ctx, hotel)
		if err != nil {
			return err
		}
		days := Due(r.Settings.Revenue, last, now)
		if len(days) == 0 {
			continue
		}
		if err := s.staying(ctx, hotel, days[len(days)-1], r); err != nil {
			return err
		}
		if err := s.Store.QueueJournals(ctx, hotel, days[:min(len(days), mostDay)]); err != nil {
			return err
		}
		slog.DebugContext(ctx, "journals are due", "hotel", hotel, "from", days[0], "days", len(days))
	}
	return nil
}

// staying looks once more at the orders that earn something on a day, as QloApps may have changed a stay of
// which no document says anything.
func (s *Service) staying(ctx context.Context, hotel, day string, r *rules.Rules) error {
	after := ""
	for {
		ids, err := s.Store.LedgerAt(ctx, hotel, day, after, slice)
		if err != nil || len(ids) == 0 {
			return err
		}
		if err := s.Derive(ctx, ids, r); err != nil {
			return err
		}
		after = ids[len(ids)-1]
	}
}

// Due are the days that are to have a journal by now, after the last that has one, in their order.
func Due(set settings.Revenue, last string, now time.Time) []string {
	if set.From == nil {
		return nil
	}
	from := *set.From
	if last >= from {
		day, err := time.Parse(time.DateOnly, last)
		if err != nil {
			return nil
		}
		from = day.AddDate(0, 0, 1).Format(time.DateOnly)
	}
	day, err := time.Parse(time.DateOnly, from)
	if err != nil {
		return nil
	}
	var days []string
	for ; len(days) <= mostDay; day = day.AddDate(0, 0, 1) {
		over := time.Date(day.Year(), day.Month(), day.Day()+1, set.PostAfter, 0, 0, 0, now.Location())
		if now.Before(over) {
			break
		}
		if set.Period != "month" || day.AddDate(0, 0, 1).Day() == 1 {
			days = append(days, day.Format(time.DateOnly))
		}
	}
	return days
}

// Journals reads what the journals of ids are to bring about.
func (s *Service) Journals(ctx context.Context, ids []string) (map[string]ledger.Journal, error) {
	moving, err := s.Store.MovingJournals(ctx)
	if err != nil {
		return nil, err
	}
	names, err := s.Hotel.Hotels(ctx, nil)
	if err != nil {
		return nil, err
	}
	var hotels []string
	for _, id := range ids {
		if j, ok := store.JournalOf(id); ok && !slices.Contains(hotels, j.Hotel) {
			hotels = append(hotels, j.Hotel)
		}
	}
	if err := s.Store.BookJournals(ctx, hotels, Moved); err != nil {
		return nil, err
	}
	found := map[string]ledger.Journal{}
	for _, id := range ids {
		of, ok := store.JournalOf(id)
		if !ok {
			continue
		}
		j := ledger.Journal{Hotel: of.Hotel, HotelName: names[of.Hotel].Name, Day: of.Day}
		last := ""
		if j.Deferred, err = s.Store.Deferred(ctx, of.Hotel, of.Day); err != nil {
			return nil, err
		}
		if j.Posted, last, err = s.Store.Journaled(ctx, of.Hotel, id); err != nil {
			return nil, err
		}
		if j.Unrated, err = s.Store.Unrated(ctx, of.Hotel, of.Day); err != nil {
			return nil, err
		}
		j.Later = last > id
		for other, called := range moving {
			if o, ok := store.JournalOf(other); ok && o.Hotel == of.Hotel && (o.Day < of.Day && o.Day > j.After || o.Day > of.Day && called) {
				j.After = o.Day
			}
		}
		found[id] = j
	}
	return found, nil
}

// Moved is what a journal that stands took from each income account.
func Moved(d store.Document) map[string]money.Decimal {
	entered := destination.EnteredOf(d.Extra)
	moved := map[string]money.Decimal{}
	for _, l := range entered.Lines {
		if l.Description == zoho.DeferredWords {
			continue
		}
		amount := l.Amount.Decimal
		if l.Side == zoho.Credit {
			amount = amount.Neg()
		}
		moved[l.AccountID] = moved[l.AccountID].Add(amount)
	}
	return moved
}

// month is the first and the last day of one.
func month(text string) (first, last string, err error) {
	day, err := time.Parse("2006-01", text)
	if err != nil {
		return "", "", fmt.Errorf("no month: %w", err)
	}
	return day.Format(time.DateOnly), day.AddDate(0, 1, -1).Format(time.DateOnly), nil
}
