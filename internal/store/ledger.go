package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/ledger"
	"github.com/qlobooks/qlobooks/internal/money"
)

// LedgerOrder is what an order bills and earns.
type LedgerOrder struct {
	ID, Hotel string
	Entries   []ledger.Entry
	Lines     []LedgerLine // nil = as they are kept
	// Unrated names the documents that its entries leave out, as their exchange rate is not known, and UnratedDay is that of
	// the first of them.
	Unrated    []string
	UnratedDay string
	// Found are documents that were lost with a reset of the links, and of which it knows again what they bill.
	Found []Ref
}

// LedgerLine is what a line of a posted document was, as it was known last.
type LedgerLine struct {
	Document Ref
	N        int
	Said     string // hash of what the line says
	Sold     string // the row that was sold
	Parts    []ledger.Part
}

// LedgerMark is where the walk through changed orders goes on.
type LedgerMark struct {
	At    time.Time
	Order uint64
}

// LedgerChanged reads orders in the order in which something of them came to be otherwise, after a mark. by is
// one of the two times that tell it.
func (s *Store) LedgerChanged(ctx context.Context, by string, after LedgerMark, limit int) (ids []string, next LedgerMark, err error) {
	column := map[string]string{"synced": "last_synced_at", "updated": "updated_at"}[by]
	var rows []struct {
		SourceID string
		SortID   uint64
		At       time.Time
	}
	at := after.At.UTC()
	err = s.db.WithContext(ctx).Raw("SELECT source_id, sort_id, "+column+" at FROM qlobooks_records WHERE section = 'orders' AND "+column+" >= ? AND ("+column+" > ? OR sort_id > ?) AND (status <> 'not_synced' OR last_synced_at IS NOT NULL OR EXISTS (SELECT 1 FROM qlobooks_ledger_orders l WHERE l.order_id = qlobooks_records.sort_id) "+
		// what of it a person paired is billed, though the rest was never queued
		"OR EXISTS (SELECT 1 FROM qlobooks_record_documents t JOIN qlobooks_documents d ON d.id = t.document_id WHERE t.section = 'orders' AND t.record_id = qlobooks_records.source_id AND d.zoho_id <> '' AND d.flow IN "+billing+")) "+
		"ORDER BY "+column+", sort_id LIMIT ?", at, at, after.Order, limit).Scan(&rows).Error
	if err != nil {
		return nil, after, fmt.Errorf("read changed orders: %w", err)
	}
	next = after
	for _, r := range rows {
		ids = append(ids, r.SourceID)
		next = LedgerMark{r.At, r.SortID}
	}
	return ids, next, nil
}

// billing are the flows of what bills or credits something.
const billing = "('invoice', 'credit_note', 'refund', 'cancellation')"

// LedgerDocuments reads what was posted of orders and bills or credits something, by order.
func (s *Store) LedgerDocuments(ctx context.Context, orders []string) (map[string][]Document, error) {
	var ties []struct {
		RecordID   string
		DocumentID uint64
	}
	err := s.db.WithContext(ctx).Raw("SELECT t.record_id, t.document_id FROM qlobooks_record_documents t JOIN qlobooks_documents d ON d.id = t.document_id "+
		"WHERE t.section = 'orders' AND t.record_id IN ? AND d.flow IN "+billing+" AND d.zoho_id <> '' ORDER BY t.document_id", orders).Scan(&ties).Error
	if err != nil || len(ties) == 0 {
		return nil, err
	}
	ids := make([]uint64, len(ties))
	for n, t := range ties {
		ids[n] = t.DocumentID
	}
	var rows []documentRow
	if err := s.db.WithContext(ctx).Raw("SELECT "+documentColumns+" FROM qlobooks_documents d WHERE d.id IN ?", ids).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read posted documents: %w", err)
	}
	of := map[uint64]Document{}
	for _, r := range rows {
		of[r.ID] = r.document()
	}
	found := map[string][]Document{}
	for _, t := range ties {
		if d, ok := of[t.DocumentID]; ok {
			found[t.RecordID] = append(found[t.RecordID], d)
		}
	}
	return found, nil
}

// SeenDocument is what a document was read to be in Zoho Books.
type SeenDocument struct {
	Gone        bool
	Status, Day string
	Total       money.Decimal
	Tax         *money.Decimal // nil = not read
	SeenAt      time.Time
}

// LedgerSeen reads how documents that bill or credit something were seen to stand.
func (s *Store) LedgerSeen(ctx context.Context, refs []Ref) (map[Ref]SeenDocument, error) {
	found := map[Ref]SeenDocument{}
	for part := range slices.Chunk(refs, 500) {
		var rows []struct {
			Flow, SourceID, Status string
			Gone                   bool
			Day                    *time.Time
			Total                  money.Decimal
			Tax                    *money.Decimal
			SeenAt                 time.Time
		}
		err := s.db.WithContext(ctx).Raw("SELECT d.flow, d.source_id, z.gone, z.status, z.day, z.total, IF(z.tax_at = z.modified, z.tax, NULL) tax, z.seen_at FROM qlobooks_documents d "+
			"JOIN qlobooks_zoho_documents z ON z.module = IF(d.flow = 'invoice', 'invoices', 'creditnotes') AND z.zoho_id = d.zoho_id WHERE (d.flow, d.source_id) IN ? AND d.zoho_id <> ''", pairs(part)).Scan(&rows).Error
		if err != nil {
			return nil, fmt.Errorf("read how documents stand: %w", err)
		}
		for _, r := range rows {
			seen := SeenDocument{Gone: r.Gone, Status: r.Status, Total: r.Total, Tax: r.Tax, SeenAt: r.SeenAt}
			if r.Day != nil {
				seen.Day = r.Day.Format(time.DateOnly)
			}
			found[Ref{r.Flow, r.SourceID}] = seen
		}
	}
	return found, nil
}

// Touch notes of the orders of documents that something of them changed.
func (s *Store) Touch(ctx context.Context, documents []uint64) error {
	slices.Sort(documents)
	for part := range slices.Chunk(documents, 500) {
		err := s.tx(ctx, func(tx *gorm.DB) error {
			return tx.Exec("UPDATE qlobooks_records r JOIN qlobooks_record_documents t ON t.section = r.section AND t.record_id = r.source_id SET r.updated_at = ? WHERE t.section = 'orders' AND t.document_id IN ?", s.Now(), part).Error
		})
		if err != nil {
			return fmt.Errorf("note which orders changed: %w", err)
		}
	}
	return nil
}

// HotelsOf reads to which hotels listed orders belong.
func (s *Store) HotelsOf(ctx context.Context, orders []string) (map[string]string, error) {
	var rows []struct{ SourceID, HotelID string }
	err := s.db.WithContext(ctx).Raw("SELECT source_id, hotel_id FROM qlobooks_records WHERE section = 'orders' AND source_id IN ?", orders).Scan(&rows).Error
	hotels := map[string]string{}
	for _, r := range rows {
		hotels[r.SourceID] = r.HotelID
	}
	return hotels, err
}

// OrderNames reads how lists name orders.
func (s *Store) OrderNames(ctx context.Context, orders []string) (map[string]string, error) {
	var rows []struct{ SourceID, Name string }
	names := map[string]string{}
	if len(orders) == 0 {
		return names, nil
	}
	err := s.db.WithContext(ctx).Raw("SELECT source_id, name FROM qlobooks_records WHERE section = 'orders' AND source_id IN ?", orders).Scan(&rows).Error
	for _, r := range rows {
		names[r.SourceID] = r.Name
	}
	return names, err
}

// LedgerLines reads what lines of the orders' documents were known to be.
func (s *Store) LedgerLines(ctx context.Context, orders []string) (map[Ref]map[int]LedgerLine, error) {
	var rows []struct {
		Flow, SourceID string
		N              int
		Said, Sold     string
		Parts          *string
	}
	err := s.db.WithContext(ctx).Raw("SELECT flow, source_id, n, said, sold, parts FROM qlobooks_ledger_lines WHERE order_id IN ?", orders).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read ledger lines: %w", err)
	}
	lines := map[Ref]map[int]LedgerLine{}
	for _, r := range rows {
		l := LedgerLine{Document: Ref{r.Flow, r.SourceID}, N: r.N, Said: r.Said, Sold: r.Sold}
		_ = json.Unmarshal(rawJSON(r.Parts), &l.Parts)
		if lines[l.Document] == nil {
			lines[l.Document] = map[int]LedgerLine{}
		}
		lines[l.Document][r.N] = l
	}
	return lines, nil
}

// SoldTo reads the income accounts with which items were made, by their ids at Zoho.
func (s *Store) SoldTo(ctx context.Context, items []string) (map[string]string, error) {
	accounts := map[string]string{}
	if len(items) == 0 {
		return accounts, nil
	}
	var rows []struct {
		ZohoID string
		Sent   *string
	}
	err := s.db.WithContext(ctx).Raw("SELECT zoho_id, sent FROM qlobooks_documents WHERE flow IN ('room_type', 'service_product') AND zoho_id IN ?", items).Scan(&rows).Error
	for _, r := range rows {
		var sent struct {
			Account string `json:"account_id"`
		}
		if _ = json.Unmarshal(rawJSON(r.Sent), &sent); sent.Account != "" {
			accounts[r.ZohoID] = sent.Account
		}
	}
	return accounts, err
}

type ledgerPlace struct{ hotel, day, account string }

// SaveLedger replaces what orders bill and earn, and moves the sums of their hotels' days along with it.
func (s *Store) SaveLedger(ctx context.Context, orders []LedgerOrder) error {
	if len(orders) == 0 {
		return nil
	}
	return s.tx(ctx, func(tx *gorm.DB) error {
		ids := make([]uint64, len(orders))
		for n, o := range orders {
			ids[n] = number(o.ID)
		}
		slices.Sort(ids)
		moved := map[ledgerPlace]ledger.Entry{}
		move := func(at ledgerPlace, billed, earned money.Decimal) {
			e := moved[at]
			moved[at] = ledger.Entry{Billed: e.Billed.Add(billed), Earned: e.Earned.Add(earned)}
		}
		// An order is locked by its row before its entries are read: nobody else takes the same off the sums.
		for _, o := range orders {
			if err := tx.Exec("INSERT IGNORE INTO qlobooks_ledger_orders (order_id, hotel_id, first_day, last_day) VALUES (?, ?, '1000-01-01', '1000-01-01')", number(o.ID), o.Hotel).Error; err != nil {
				return fmt.Errorf("note ledger orders: %w", err)
			}
		}
		var was []struct {
			OrderID uint64
			HotelID string
		}
		if err := tx.Raw("SELECT order_id, hotel_id FROM qlobooks_ledger_orders WHERE order_id IN ? ORDER BY order_id FOR UPDATE", ids).Scan(&was).Error; err != nil {
			return fmt.Errorf("lock ledger orders: %w", err)
		}
		hotels := map[uint64]string{}
		for _, w := range was {
			hotels[w.OrderID] = w.HotelID
		}
		var old []ledgerRow
		if err := tx.Raw("SELECT order_id, day, account_id, billed, earned FROM qlobooks_ledger_entries WHERE order_id IN ?", ids).Scan(&old).Error; err != nil {
			return fmt.Errorf("read ledger entries: %w", err)
		}
		for _, e := range old {
			move(ledgerPlace{hotels[e.OrderID], e.Day.Format(time.DateOnly), e.AccountID}, e.Billed.Neg(), e.Earned.Neg())
		}
		for _, statement := range []string{"DELETE FROM qlobooks_ledger_entries WHERE order_id IN ?", "DELETE FROM qlobooks_ledger_orders WHERE order_id IN ?"} {
			if err := tx.Exec(statement, ids).Error; err != nil {
				return err
			}
		}
		var entries, heads, lines [][]any
		var replaced []uint64
		for _, o := range orders {
			for _, e := range o.Entries {
				entries = append(entries, []any{number(o.ID), e.Day, e.Account, e.Billed, e.Earned})
				move(ledgerPlace{o.Hotel, e.Day, e.Account}, e.Billed, e.Earned)
			}
			if n := len(o.Entries); n > 0 || len(o.Unrated) > 0 {
				first, last := o.UnratedDay, o.UnratedDay
				if n > 0 {
					last = max(last, o.Entries[n-1].Day)
					if first == "" || o.Entries[0].Day < first {
						first = o.Entries[0].Day
					}
				}
				heads = append(heads, []any{number(o.ID), o.Hotel, first, last, orNull(clip(strings.Join(o.Unrated, ", "), mostUnrated))})
			}
			if o.Lines == nil {
				continue
			}
			replaced = append(replaced, number(o.ID))
			for _, l := range o.Lines {
				lines = append(lines, []any{l.Document.Flow, l.Document.ID, l.N, number(o.ID), l.Said, l.Sold, jsonOrNull(l.Parts)})
			}
		}
		if len(replaced) > 0 {
			if err := tx.Exec("DELETE FROM qlobooks_ledger_lines WHERE order_id IN ?", replaced).Error; err != nil {
				return err
			}
		}
		var sums [][]any
		for at, e := range moved {
			if !e.Billed.IsZero() || !e.Earned.IsZero() {
				sums = append(sums, []any{at.hotel, at.day, at.account, e.Billed, e.Earned})
			}
		}
		slices.SortFunc(sums, func(a, b []any) int { return strings.Compare(fmt.Sprint(a[:3]), fmt.Sprint(b[:3])) })
		for _, part := range []struct {
			into string
			rows [][]any
			end  string
		}{
			{"INSERT INTO qlobooks_ledger_entries (order_id, day, account_id, billed, earned)", entries, ""},
			{"INSERT INTO qlobooks_ledger_orders (order_id, hotel_id, first_day, last_day, unrated)", heads, ""},
			{"INSERT INTO qlobooks_ledger_lines (flow, source_id, n, order_id, said, sold, parts)", lines, " ON DUPLICATE KEY UPDATE order_id = VALUES(order_id), said = VALUES(said), sold = VALUES(sold), parts = VALUES(parts)"},
			{"INSERT INTO qlobooks_ledger_days (hotel_id, day, account_id, billed, earned)", sums, " ON DUPLICATE KEY UPDATE billed = billed + VALUES(billed), earned = earned + VALUES(earned)"},
		} {
			for rows := range slices.Chunk(part.rows, 1000) {
				if err := insert(tx, part.into, rows, part.end); err != nil {
					return fmt.Errorf("save the ledger: %w", err)
				}
			}
		}
		var found []Ref
		for _, o := range orders {
			found = append(found, o.Found...)
		}
		if len(found) == 0 {
			return nil
		}
		return tx.Exec("UPDATE qlobooks_documents SET lost_in = NULL WHERE (flow, source_id) IN ? AND zoho_id <> ''", pairs(found)).Error
	})
}

// lost joins documents that are billed in the present organization, as far as anybody knows, with the orders whose ledger
// misses them since the links were reset: they are not linked again, or nobody looked at them since. What rightly has no
// document, was left out or retired is not waited for.
const lost = "qlobooks_documents d JOIN qlobooks_record_documents t ON t.document_id = d.id AND t.section = 'orders' JOIN qlobooks_records r ON r.section = t.section AND r.source_id = t.record_id " +
	"WHERE d.lost_in = (SELECT value FROM qlobooks_marks WHERE name = '" + belongs + "') AND (d.zoho_id <> '' OR d.status NOT IN ('skipped', 'synced', 'disabled'))"

// Lost names documents of a hotel, a few of them, that the ledger misses since the links were reset.
func (s *Store) Lost(ctx context.Context, hotel string) ([]Ref, error) {
	return lostOf(s.db.WithContext(ctx), hotel)
}

func lostOf(tx *gorm.DB, hotel string) (list []Ref, err error) {
	var rows []struct{ Flow, SourceID string }
	err = tx.Raw("SELECT DISTINCT d.flow, d.source_id, d.id FROM "+lost+" AND IF(r.hotel_id = '', '0', r.hotel_id) = ? ORDER BY d.id LIMIT 5", hotel).Scan(&rows).Error
	for _, r := range rows {
		list = append(list, Ref{r.Flow, r.SourceID})
	}
	return list, err
}

type ledgerRow struct {
	OrderID        uint64
	Day            time.Time
	AccountID      string
	Billed, Earned money.Decimal
}

// LedgerAt names the orders of a hotel that have an entry of one of some days, after an order.
func (s *Store) LedgerAt(ctx context.Context, hotel, first, last, after string, limit int) (ids []string, err error) {
	err = s.db.WithContext(ctx).Raw("SELECT o.order_id FROM qlobooks_ledger_orders o WHERE o.hotel_id = ? AND o.last_day >= ? AND o.first_day <= ? AND o.order_id > ? "+
		"AND EXISTS (SELECT 1 FROM qlobooks_ledger_entries e WHERE e.order_id = o.order_id AND e.day BETWEEN ? AND ?) ORDER BY o.order_id LIMIT ?", hotel, first, last, number(after), first, last, limit).Scan(&ids).Error
	return ids, err
}

// LedgerHotels names the hotels that bill or earn anything.
func (s *Store) LedgerHotels(ctx context.Context) (ids []string, err error) {
	err = s.db.WithContext(ctx).Raw("SELECT DISTINCT hotel_id FROM qlobooks_ledger_days").Scan(&ids).Error
	slices.SortFunc(ids, func(a, b string) int { return int(int64(number(a)) - int64(number(b))) })
	return ids, err
}

// revenueFlow is the flow of the journals.

// Deferred is what a hotel has billed and not earned by the end of a day, by account.
func (s *Store) Deferred(ctx context.Context, hotel, day string) (map[string]money.Decimal, error) {
	var rows []struct {
		AccountID string
		Amount    money.Decimal
	}
	err := s.db.WithContext(ctx).Raw("SELECT account_id, SUM(billed) - SUM(earned) amount FROM qlobooks_ledger_days WHERE hotel_id = ? AND day <= ? GROUP BY account_id", hotel, day).Scan(&rows).Error
	sums := map[string]money.Decimal{}
	for _, r := range rows {
		sums[r.AccountID] = r.Amount
	}
	return sums, err
}

// mostUnrated is how long the names of what an order's entries leave out may be.
const mostUnrated = 255

// Unrated names documents of a hotel, a few of them, that the ledger leaves out until their exchange rate is known, where
// they may concern a day.
func (s *Store) Unrated(ctx context.Context, hotel, day string) (names []string, err error) {
	err = s.db.WithContext(ctx).Raw("SELECT unrated FROM qlobooks_ledger_orders WHERE hotel_id = ? AND first_day <= ? AND unrated IS NOT NULL ORDER BY order_id LIMIT 5", hotel, day).Scan(&names).Error
	return names, err
}

// GuestMonth is what a hotel bills and earns in a month, and what was and is deferred.
type GuestMonth struct {
	Hotel                            string
	Opening, Billed, Earned, Closing money.Decimal
}

// GuestLedger adds up days by hotel; hotel "" = all.
func (s *Store) GuestLedger(ctx context.Context, hotel, first, last string) (list []GuestMonth, err error) {
	where, args := "", []any{first, first, first, last, last}
	if hotel != "" {
		where, args = " AND hotel_id = ?", append(args, hotel)
	}
	err = s.db.WithContext(ctx).Raw("SELECT hotel_id hotel, COALESCE(SUM(IF(day < ?, billed - earned, 0)), 0) opening, COALESCE(SUM(IF(day >= ?, billed, 0)), 0) billed, COALESCE(SUM(IF(day >= ? AND day <= ?, earned, 0)), 0) earned, SUM(billed) - SUM(earned) closing "+
		"FROM qlobooks_ledger_days WHERE day <= ?"+where+" GROUP BY hotel_id ORDER BY CAST(hotel_id AS UNSIGNED)", args...).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("add up the guest ledger: %w", err)
	}
	return list, nil
}

// GuestOrder is the same of one order.
type GuestOrder struct {
	OrderID                          string
	Opening, Billed, Earned, Closing money.Decimal
}

// GuestOrders reads a hotel's orders that bill or earn something in a month or have something deferred in it,
// after an order.
func (s *Store) GuestOrders(ctx context.Context, hotel, first, last, after string, limit int) (list []GuestOrder, err error) {
	var ids []uint64
	err = s.db.WithContext(ctx).Raw("SELECT order_id FROM qlobooks_ledger_orders WHERE hotel_id = ? AND last_day >= ? AND first_day <= ? AND order_id > ? ORDER BY order_id LIMIT ?", hotel, first, last, number(after), limit).Scan(&ids).Error
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	err = s.db.WithContext(ctx).Raw("SELECT order_id, SUM(IF(day < ?, billed - earned, 0)) opening, SUM(IF(day >= ?, billed, 0)) billed, SUM(IF(day >= ?, earned, 0)) earned, SUM(billed) - SUM(earned) closing "+
		"FROM qlobooks_ledger_entries WHERE order_id IN ? AND day <= ? GROUP BY order_id ORDER BY order_id", first, first, first, ids, last).Scan(&list).Error
	return list, err
}

// GuestEntries reads what one order bills and earns, by day and account.
func (s *Store) GuestEntries(ctx context.Context, order string) (hotel string, entries []ledger.Entry, err error) {
	if err := s.db.WithContext(ctx).Raw("SELECT hotel_id FROM qlobooks_ledger_orders WHERE order_id = ?", number(order)).Scan(&hotel).Error; err != nil {
		return "", nil, err
	}
	var rows []ledgerRow
	err = s.db.WithContext(ctx).Raw("SELECT order_id, day, account_id, billed, earned FROM qlobooks_ledger_entries WHERE order_id = ? ORDER BY day, account_id", number(order)).Scan(&rows).Error
	for _, r := range rows {
		entries = append(entries, ledger.Entry{Day: r.Day.Format(time.DateOnly), Account: r.AccountID, Billed: r.Billed, Earned: r.Earned})
	}
	return hotel, entries, err
}
