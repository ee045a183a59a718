package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Get compares what was last read; it calls nobody.
func (s *Service) Get(ctx context.Context, q wire.ReconciliationQuery) (wire.Reconciliation, error) {
	days, err := Days(q.DayRange)
	if err != nil {
		return wire.Reconciliation{}, err
	}
	out := wire.Reconciliation{From: q.From, To: q.To}
	var read struct {
		N    int
		AsOf *time.Time
	}
	if err := s.db(ctx).Raw("SELECT COUNT(*) n, MIN(read_at) as_of FROM qlobooks_reconciled_days WHERE day BETWEEN ? AND ?", q.From, q.To).Scan(&read).Error; err != nil {
		return out, fmt.Errorf("read reconciled days: %w", err)
	}
	out.Complete = read.N == len(days)
	if read.AsOf != nil {
		out.AsOf = wire.AtOrNull(*read.AsOf)
	}
	if out.ReadTo, err = s.readTo(ctx, days); err != nil {
		return out, err
	}
	if _, out.Rows, out.Differences, err = s.compared(ctx, q, nil); err != nil {
		return out, err
	}
	url, err := s.URL(ctx)
	if err != nil {
		return out, err
	}
	for i, d := range out.Differences {
		if d.ZohoID != nil {
			out.Differences[i].ZohoURL = wire.TextOrNull(url(d.Flow, *d.ZohoID))
		}
	}
	return out, nil
}

// compared puts the sides of a range beside each other, and further documents that are asked for.
func (s *Service) compared(ctx context.Context, q wire.ReconciliationQuery, more []store.Ref) ([]item, []wire.ReconciliationRow, []wire.Difference, error) {
	items, unposted, err := s.items(ctx, q.DayRange, more)
	if err != nil {
		return nil, nil, nil, err
	}
	rows, differences := compare(items, q)
	settled, err := s.settled(ctx, items, unposted, q)
	if err != nil {
		return nil, nil, nil, err
	}
	paid, err := s.paidCanceled(ctx, q)
	return items, rows, append(append(differences, settled...), paid...), err
}

// readTo is the last of the days up to which all were read; nil when the first was not.
func (s *Service) readTo(ctx context.Context, days []string) (*string, error) {
	var read []string
	if err := s.db(ctx).Raw("SELECT DATE_FORMAT(day, '%Y-%m-%d') FROM qlobooks_reconciled_days WHERE day BETWEEN ? AND ? ORDER BY day", days[0], days[len(days)-1]).Scan(&read).Error; err != nil {
		return nil, fmt.Errorf("read reconciled days: %w", err)
	}
	n := 0
	for n < len(read) && read[n] == days[n] {
		n++
	}
	if n == 0 {
		return nil, nil
	}
	return &days[n-1], nil
}

type sourceRow struct {
	Flow, SourceID, OrderID string
	Day                     *time.Time
	HotelID, Hotel          string
	Currency, Tax           string
	PaymentMode             string
	Amount                  money.Decimal
	State                   string
	Due                     *money.Decimal
	Bills                   int
	Imported                bool
	Unsettled               *money.Decimal
	Taxes                   *string
	ReadAt                  time.Time
}

type copyRow struct {
	Module, ZohoID, DocKey, Number, Status string
	ContactID, Reference, PaymentMode      string
	AccountID                              string
	Day                                    *time.Time
	Currency                               string
	Total                                  money.Decimal
	Balance, Tax, Doubted                  *money.Decimal
	Taxes                                  *string
	Gone                                   bool
	SeenAt                                 time.Time
}

// side is nil for what stands there no more.
func (c copyRow) side() *side {
	if c.Gone {
		return nil
	}
	return &side{amount: c.Total, currency: c.Currency, day: dayOf(c.Day), status: c.Status, number: c.Number, zohoID: c.ZohoID, void: c.Status == "void", tax: c.Tax, contact: c.ContactID, balance: c.Balance, taxes: ratesOf(c.Taxes),
		named: destination.Named{Number: c.Number, Reference: c.Reference, Account: c.AccountID, Mode: c.PaymentMode}}
}

func dayOf(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.Format(time.DateOnly)
}

// kept is everything that was read and concerns a range.
type kept struct {
	sources map[store.Ref]sourceRow
	docs    map[store.Ref]store.Document
	copies  map[string]copyRow   // by module and id
	linked  map[string]bool      // module and id of copies that a document of ours names
	read    map[string]time.Time // days, and when
	digits  func(iso string) int32
	came    map[string]money.Decimal   // what QloApps has of payments that came from Zoho Books, by their ids
	shown   map[store.Ref]store.Record // orders that show what was posted and of which nothing was read in QloApps
}

// items puts together what the sides say, and what each order was paid that is not in Zoho Books.
func (s *Service) items(ctx context.Context, days wire.DayRange, more []store.Ref) ([]item, map[string]money.Decimal, error) {
	k, err := s.gather(ctx, days, more)
	if err != nil {
		return nil, nil, err
	}
	if k.digits, err = s.Digits(ctx); err != nil {
		return nil, nil, err
	}
	k.addCame()
	byKey := map[string]copyRow{}
	for _, c := range k.copies {
		if other, known := byKey[c.Module+c.DocKey]; c.DocKey != "" && (!known || other.Gone) {
			byKey[c.Module+c.DocKey] = c
		}
	}
	refs := map[store.Ref]bool{}
	for ref := range k.sources {
		refs[ref] = true
	}
	for ref, d := range k.docs {
		if d.ZohoID != "" {
			refs[ref] = true
		}
	}
	known := s.flows()
	for _, c := range k.copies {
		if ref := store.ParseKey(c.DocKey); contains(known, ref.Flow) && moduleOf(ref.Flow) == c.Module {
			refs[ref] = true
		}
	}
	var items []item
	for ref := range refs {
		if x, ok := k.item(ref, byKey); ok {
			items = append(items, x)
		}
	}
	sortItems(items)
	k.twins(items)
	return items, k.unposted(), nil
}

// item is false for what rightly has no document.
func (k *kept) item(ref store.Ref, byKey map[string]copyRow) (item, bool) {
	src, hasSource := k.sources[ref]
	doc := k.docs[ref]
	if !hasSource {
		src.OrderID, src.HotelID, src.Hotel = k.shown[ref].ID, k.shown[ref].HotelID, k.shown[ref].Fields["hotel"]
	}
	x := item{ref: ref, doc: doc, src: src, unit: money.Unit(k.digits(cmp.Or(src.Currency, doc.Currency))), title: title(ref, doc), order: src.OrderID, hotelID: src.HotelID, hotel: src.Hotel, tax: src.Tax, mode: src.PaymentMode, state: src.State}
	if !hasSource {
		x.state = wanted // not looked at, so nothing is said against it
	}
	if doc.ZohoID != "" && doc.Total != nil {
		x.posted = &side{amount: *doc.Total, currency: doc.Currency, day: doc.Day, status: string(doc.Status), number: doc.Number, zohoID: doc.ZohoID, void: stepped(doc, "void"), tax: doc.Tax, contact: contactOf(doc), taxes: ratesOf(src.Taxes), named: destination.NamedAs(doc.Number, doc.Sent)}
	}
	if hasSource && src.State != gone && src.State != nothing {
		x.qloapps = &side{amount: src.Amount.Round(k.digits(src.Currency)), currency: src.Currency, day: dayOf(src.Day), balance: src.Unsettled}
		if src.Bills == 1 {
			x.qloapps.balance = src.Due
		}
	}
	c, hasCopy := k.copies[moduleOf(ref.Flow)+doc.ZohoID]
	if doc.ZohoID == "" {
		c, hasCopy = byKey[moduleOf(ref.Flow)+ref.Key()]
		x.keyed = hasCopy
	}
	x.readAt = latest(c.SeenAt, k.read[doc.Day], k.read[dayOf(c.Day)])
	if hasCopy {
		x.zoho, x.read = c.side(), true
		x.doubted = c.Doubted != nil && c.Balance != nil && c.Doubted.Equal(*c.Balance)
	}
	if hasCopy && c.DocKey != "" && c.DocKey != ref.Key() && x.zoho != nil && x.posted != nil {
		x.zoho = x.posted // money given back has no document of its own: it stands on the payment it came from
	}
	if ref.Flow == flow.Payment && c.DocKey == "" && x.zoho != nil && x.posted != nil && (src.Imported || x.zoho.amount.GreaterThan(x.posted.amount)) {
		if !src.Imported || !k.came[doc.ZohoID].Sub(x.zoho.amount).GreaterThan(x.unit) {
			x.zoho.amount = x.posted.amount // it came from there, and only this part of it is QloApps'
		}
		x.zoho.balance = nil
	}
	if x.posted != nil {
		if hasCopy {
			x.presumed, x.seen = later(doc, c.SeenAt), x.zoho
		}
		if !hasCopy || x.presumed {
			x.zoho = answered(x, c, hasCopy) // a reading keeps also what it does not find, so nobody looked since it was sent
		}
		if hasSource && src.State != gone && lookedAt(doc, src.ReadAt) || !hasSource && !k.read[doc.Day].IsZero() {
			x.qloapps, x.state = x.posted, wanted // it was sent as QloApps says, after that was read
		}
	}
	if x.posted != nil && x.posted.void {
		x.qloapps = nil // its order was canceled
	}
	rightly := doc.Status == store.Synced || doc.Status == store.Skipped || doc.Status == store.Disabled
	if x.posted == nil && x.zoho == nil && (x.qloapps == nil || rightly && doc.ZohoID == "" && !src.Imported) {
		return x, false
	}
	return x, true
}

// twins finds keyless documents that look like one of ours.
func (k *kept) twins(items []item) {
	taken := map[string]bool{}
	for i := range items {
		x := &items[i]
		if x.zoho == nil || x.posted == nil {
			continue
		}
		own := k.copies[moduleOf(x.ref.Flow)+x.zoho.zohoID]
		for at, c := range k.copies {
			same := c.Module == own.Module && c.ContactID == own.ContactID && c.Currency == own.Currency && c.Total.Equal(own.Total) &&
				(dayOf(c.Day) == dayOf(own.Day) || c.Reference != "" && c.Reference == own.Reference)
			if same && c.DocKey == "" && !c.Gone && c.Status != "void" && c.ZohoID != own.ZohoID && !k.linked[at] && !taken[at] {
				taken[at] = true
				x.twins = append(x.twins, *c.side())
			}
		}
	}
}
