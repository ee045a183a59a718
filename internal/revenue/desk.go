package revenue

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Desk answers for the guest ledger. All fields are required.
type Desk struct {
	*Service
	// Base is the base currency of the books, with its decimals; "" while it is not known.
	Base func(ctx context.Context) (currency string, digits int32, err error)
	// URL is where a document of a flow is shown in Zoho Books.
	URL func(ctx context.Context) (func(flow, zohoID string) string, error)
}

// flow is that of the journals.
const flow = "revenue"

// Get shows a month, and of a hotel a page of its orders.
func (d *Desk) Get(ctx context.Context, q wire.GuestQuery) (found wire.GuestLedger, next *wire.Position, err error) {
	first, last, err := month(q.Month)
	if err != nil {
		return found, nil, fault.New(fault.Invalid, "validation", "month must be a month as 2026-03.").On("month")
	}
	all, err := d.Settings(ctx)
	if err != nil {
		return found, nil, err
	}
	currency, digits, err := d.Base(ctx)
	if err != nil {
		return found, nil, err
	}
	text := func(amount money.Decimal) string { return amount.StringFixed(digits) }
	zero := text(money.Zero)
	found = wire.GuestLedger{Month: q.Month, Enabled: all.Revenue.Enabled, From: all.Revenue.From, Currency: currency, Total: wire.GuestSums{Opening: zero, Billed: zero, Earned: zero, Closing: zero}}
	if all.Revenue.From == nil {
		return found, nil, nil
	}
	if found.AsOf, err = d.asOf(ctx); err != nil {
		return found, nil, err
	}
	if err := d.hotels(ctx, q, first, last, text, &found); err != nil {
		return found, nil, err
	}
	if found.OpeningDeferral, err = d.before(ctx, *all.Revenue.From, text); err != nil {
		return found, nil, err
	}
	if all.Revenue.DeferredAccountID != nil {
		if found.Account, err = d.account(ctx, *all.Revenue.DeferredAccountID, currency, text); err != nil {
			return found, nil, err
		}
	}
	if q.Hotel == "" {
		return found, nil, nil
	}
	if found.Journals, err = d.journals(ctx, q.Hotel, first, last, text); err != nil {
		return found, nil, err
	}
	next, err = d.orders(ctx, q, first, last, text, &found)
	return found, next, err
}

// asOf is up to when all changes were looked at; nil while the first look goes on.
func (d *Desk) asOf(ctx context.Context) (*wire.Instant, error) {
	var oldest *wire.Instant
	for _, by := range []string{"synced", "updated"} {
		begun, err := d.Store.Mark(ctx, "ledger_"+by)
		if err != nil || begun == "" {
			return nil, err
		}
		mark, err := d.mark(ctx, by)
		if err != nil {
			return nil, err
		}
		if at := wire.At(mark.At); oldest == nil || at.Before(oldest.Time) {
			oldest = &at
		}
	}
	return oldest, nil
}

func (d *Desk) hotels(ctx context.Context, q wire.GuestQuery, first, last string, text func(money.Decimal) string, found *wire.GuestLedger) error {
	months, err := d.Store.GuestLedger(ctx, q.Hotel, first, last)
	if err != nil {
		return err
	}
	ids := make([]string, len(months))
	for n, m := range months {
		ids[n] = m.Hotel
	}
	names, err := d.Hotel.Hotels(ctx, ids)
	if err != nil {
		return err
	}
	var all store.GuestMonth
	for _, m := range months {
		name := names[m.Hotel].Name
		if name == "" {
			name = "Hotel " + m.Hotel
		}
		found.Hotels = append(found.Hotels, wire.GuestHotel{Hotel: m.Hotel, Name: name, GuestSums: sums(m.Opening, m.Billed, m.Earned, m.Closing, text)})
		all.Opening, all.Billed, all.Earned, all.Closing = all.Opening.Add(m.Opening), all.Billed.Add(m.Billed), all.Earned.Add(m.Earned), all.Closing.Add(m.Closing)
	}
	found.Total = sums(all.Opening, all.Billed, all.Earned, all.Closing, text)
	return nil
}

func sums(opening, billed, earned, closing money.Decimal, text func(money.Decimal) string) wire.GuestSums {
	return wire.GuestSums{Opening: text(opening), Billed: text(billed), Earned: text(earned), Closing: text(closing)}
}

// before is what is deferred by the end of the day before the first journal.
func (d *Desk) before(ctx context.Context, from string, text func(money.Decimal) string) (*string, error) {
	day, err := time.Parse(time.DateOnly, from)
	if err != nil {
		return nil, err
	}
	eve := day.AddDate(0, 0, -1).Format(time.DateOnly)
	months, err := d.Store.GuestLedger(ctx, "", eve, eve)
	if err != nil {
		return nil, err
	}
	sum := money.Zero
	for _, m := range months {
		sum = sum.Add(m.Closing)
	}
	amount := text(sum)
	return &amount, nil
}

// account compares what the journals deferred with the balance that was read last.
func (d *Desk) account(ctx context.Context, id, currency string, text func(money.Decimal) string) (*wire.GuestAccount, error) {
	hotels, err := d.Store.LedgerHotels(ctx)
	if err != nil {
		return nil, err
	}
	if err := d.Store.BookJournals(ctx, hotels, Moved); err != nil {
		return nil, err
	}
	sum, awaits, err := d.Store.JournaledUntil(ctx, "9999-12-31")
	if err != nil {
		return nil, err
	}
	a := &wire.GuestAccount{AccountID: id, Journals: text(sum)}
	if !awaits.IsZero() {
		differs(a, fmt.Sprintf("Journals over %s %s await an approval in Zoho Books and count in the account once they are published.", text(awaits), currency),
			"Approve and publish them in Zoho Books; they are looked at every hour.")
	}
	kept, err := d.Store.Mark(ctx, balanceMark)
	if err != nil {
		return nil, err
	}
	parts := strings.Fields(kept) // account, amount, what the journals came to then, when
	if len(parts) != 4 || parts[0] != id {
		return a, nil
	}
	balance, wrong := money.Parse(parts[1])
	then, bad := money.Parse(parts[2])
	at, late := time.Parse(time.RFC3339, parts[3])
	if wrong != nil || bad != nil || late != nil {
		return a, nil
	}
	shown, read := text(balance), wire.At(at)
	a.Balance, a.ReadAt = &shown, &read
	if !balance.Equal(then) {
		differs(a, fmt.Sprintf("The account's balance in Zoho Books is %s %s, the journals of QloBooks come to %s %s: %s %s were entered otherwise.", shown, currency, text(then), currency, text(balance.Sub(then)), currency),
			"Open the account in Zoho Books and look for entries that are no journals of QloBooks, or for journals that were changed or deleted there; keep an account for deferred revenue alone.")
	}
	return a, nil
}

// differs adds to what is told of the account, and to what helps.
func differs(a *wire.GuestAccount, words, cure string) {
	if a.Difference != nil {
		words, cure = *a.Difference+" "+words, *a.Action+" "+cure
	}
	a.Difference, a.Action = &words, &cure
}

const balanceMark = "ledger_balance"

// ReadBalance reads the balance of the account of deferred revenue, with one call, while revenue by the night is on.
func (s *Service) ReadBalance(ctx context.Context, books *zoho.Client) error {
	all, err := s.Settings(ctx)
	if err != nil || !all.Revenue.Enabled || all.Revenue.DeferredAccountID == nil {
		return err
	}
	hotels, err := s.Store.LedgerHotels(ctx)
	if err != nil {
		return err
	}
	if err := s.Store.BookJournals(ctx, hotels, Moved); err != nil {
		return err
	}
	sum, _, err := s.Store.JournaledUntil(ctx, "9999-12-31")
	if err != nil {
		return err
	}
	balance, err := books.Balance(ctx, *all.Revenue.DeferredAccountID)
	if err != nil {
		return err
	}
	return s.Store.SetMark(ctx, balanceMark, strings.Join([]string{*all.Revenue.DeferredAccountID, balance.String(), sum.String(), s.Store.Now().UTC().Format(time.RFC3339)}, " "))
}

// journals are those of a hotel's month.
func (d *Desk) journals(ctx context.Context, hotel, first, last string, text func(money.Decimal) string) ([]wire.GuestJournal, error) {
	documents, err := d.Store.GuestJournals(ctx, hotel, first, last, 31)
	if err != nil {
		return nil, err
	}
	url, err := d.URL(ctx)
	if err != nil {
		return nil, err
	}
	var list []wire.GuestJournal
	for _, doc := range documents {
		of, ok := store.JournalOf(doc.Ref.ID)
		if !ok {
			continue
		}
		j := wire.GuestJournal{SourceID: doc.Ref.ID, Day: of.Day, Status: string(doc.Status)}
		if doc.ZohoID != "" {
			j.ZohoID, j.ZohoNumber, j.Date = wire.TextOrNull(doc.ZohoID), wire.TextOrNull(doc.Number), wire.TextOrNull(doc.Day)
			j.ZohoURL = wire.TextOrNull(url(flow, doc.ZohoID))
			if doc.Total != nil {
				j.Amount = wire.TextOrNull(text(*doc.Total))
			}
		}
		if i := doc.Issue; i.Code != "" {
			j.Issue = &wire.Issue{Code: i.Code, Title: fault.Explain(i.Code).Title, Detail: i.Detail, Action: i.Action}
		}
		list = append(list, j)
	}
	return list, nil
}

// orders is a page of a hotel's orders.
func (d *Desk) orders(ctx context.Context, q wire.GuestQuery, first, last string, text func(money.Decimal) string, found *wire.GuestLedger) (*wire.Position, error) {
	after := ""
	if q.After != nil {
		after = q.After.ID
	}
	orders, err := d.Store.GuestOrders(ctx, q.Hotel, first, last, after, q.Limit+1)
	if err != nil {
		return nil, err
	}
	var next *wire.Position
	if len(orders) > q.Limit {
		orders = orders[:q.Limit]
		next = &wire.Position{ID: orders[q.Limit-1].OrderID}
	}
	ids := make([]string, len(orders))
	for n, o := range orders {
		ids[n] = o.OrderID
	}
	names, err := d.Store.OrderNames(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, o := range orders {
		found.Orders = append(found.Orders, wire.GuestOrder{OrderID: o.OrderID, Name: names[o.OrderID], GuestSums: sums(o.Opening, o.Billed, o.Earned, o.Closing, text)})
	}
	return next, nil
}

// Order shows what one order bills and earns.
func (d *Desk) Order(ctx context.Context, id string) (wire.GuestOrderLedger, error) {
	hotel, entries, err := d.Store.GuestEntries(ctx, id)
	if err != nil {
		return wire.GuestOrderLedger{}, err
	}
	if len(entries) == 0 {
		return wire.GuestOrderLedger{}, fault.New(fault.NotFound, "not_found", "Nothing of order %s was billed in Zoho Books, as far as the guest ledger knows.", id)
	}
	currency, digits, err := d.Base(ctx)
	if err != nil {
		return wire.GuestOrderLedger{}, err
	}
	found := wire.GuestOrderLedger{OrderID: id, Hotel: hotel, Currency: currency}
	left := money.Zero
	for _, e := range entries {
		left = left.Add(e.Billed).Sub(e.Earned)
		found.Entries = append(found.Entries, wire.GuestEntry{Day: e.Day, AccountID: e.Account, Billed: e.Billed.StringFixed(digits), Earned: e.Earned.StringFixed(digits), Deferred: left.StringFixed(digits)})
	}
	return found, nil
}

// month is the first and the last day of one.
func month(text string) (first, last string, err error) {
	day, err := time.Parse("2006-01", text)
	if err != nil {
		return "", "", fmt.Errorf("no month: %w", err)
	}
	return day.Format(time.DateOnly), day.AddDate(0, 1, -1).Format(time.DateOnly), nil
}
