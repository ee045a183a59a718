package reconcile

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/store"
)

// States of what QloApps says of a document.
const (
	wanted  = "wanted"  // it should stand exactly so
	changed = "changed" // it should, and a sync would change what stands
	nothing = "nothing" // it rightly has no document
	gone    = "gone"    // its row no longer exists
	held    = "held"    // a rule refuses to say what it should be
)

// source is what QloApps says of one document.
type source struct {
	Flow, SourceID, OrderID string
	Day, HotelID, Hotel     string
	Currency, Tax           string
	PaymentMode             string
	Amount                  money.Decimal
	State                   string
	Due                     *money.Decimal // of an invoice: what its whole order owes
	Bills                   int
	Imported                bool
	Open                    *money.Decimal  // of an invoice among several, or unused of a payment or credit note
	Taxes                   map[string]rate // by tax id; nil = not known
}

var datedBy = map[string]qloapps.Dated{
	flow.Invoice: qloapps.DatedInvoices, flow.Payment: qloapps.DatedPayments, flow.CreditNote: qloapps.DatedSlips, flow.Refund: qloapps.DatedReturns,
}

// readSource reads what QloApps wants of everything dated in a range, and of everything that was
// posted or stands in Zoho Books there. Amounts are as a sync would post them.
func (s *Service) readSource(ctx context.Context, days wire.DayRange) (int, error) {
	ids, err := s.concerned(ctx, days)
	if err != nil {
		return 0, err
	}
	read, err := s.wanted(ctx, ids)
	if err != nil {
		return 0, err
	}
	return len(read), s.keepSources(ctx, &days, read)
}

// concerned names, by flow, everything that QloApps dates in a range, and everything that was posted, stands in Zoho Books
// or was agreed there.
func (s *Service) concerned(ctx context.Context, days wire.DayRange) (map[string][]string, error) {
	ids := map[string][]string{}
	for _, name := range s.flows() {
		if kind, ok := datedBy[name]; ok {
			list, err := s.Hotel.On(ctx, kind, days.From, days.To)
			if err != nil {
				return nil, err
			}
			ids[name] = list
		}
	}
	refs, err := s.postedOn(ctx, days)
	if err != nil {
		return nil, err
	}
	agreed, err := s.agreedOn(ctx, days)
	if err != nil {
		return nil, err
	}
	for _, ref := range append(refs, agreed...) {
		if !slices.Contains(ids[ref.Flow], ref.ID) {
			ids[ref.Flow] = append(ids[ref.Flow], ref.ID)
		}
	}
	return ids, nil
}

// wanted is what QloApps wants of documents, by flow.
func (s *Service) wanted(ctx context.Context, ids map[string][]string) ([]source, error) {
	var read []source
	for name, list := range ids {
		found, err := s.Engine.Wanted(ctx, name, list)
		if err != nil {
			return nil, err
		}
		for id, w := range found {
			x, err := s.sourceOf(ctx, store.Ref{Flow: name, ID: id}, w)
			if err != nil {
				return nil, err
			}
			read = append(read, x)
		}
	}
	return read, s.usedAsVouchers(ctx, read)
}

// postedOn names our documents that were posted on, or stand in Zoho Books on, the days of a range.
func (s *Service) postedOn(ctx context.Context, days wire.DayRange) ([]store.Ref, error) {
	var rows []struct{ Flow, SourceID string }
	err := s.db(ctx).Raw("SELECT flow, source_id FROM qlobooks_documents WHERE flow IN ? AND zoho_id <> '' AND day BETWEEN ? AND ? "+
		"UNION SELECT d.flow, d.source_id FROM qlobooks_zoho_documents z JOIN qlobooks_documents d ON d.flow IN ? AND d.zoho_id = z.zoho_id WHERE z.day BETWEEN ? AND ?",
		s.flows(), days.From, days.To, s.flows(), days.From, days.To).Scan(&rows).Error
	refs := make([]store.Ref, len(rows))
	for i, r := range rows {
		refs[i] = store.Ref{Flow: r.Flow, ID: r.SourceID}
	}
	return refs, err
}

func (s *Service) sourceOf(ctx context.Context, ref store.Ref, w engine.Wanted) (source, error) {
	p := flow.ParticularsOf(w.Record)
	x := source{Flow: ref.Flow, SourceID: ref.ID, OrderID: p.OrderID, Day: p.Day, HotelID: p.HotelID, Hotel: p.Hotel, Currency: p.Currency, Tax: p.Tax, PaymentMode: p.PaymentMode, Amount: p.Amount}
	switch r := w.Record.(type) {
	case qloapps.Invoice:
		if r.Order != nil && !r.Order.Canceled {
			due := r.Order.AmountDue()
			x.Due, x.Bills = &due, len(r.Order.Invoices)
		}
	case qloapps.Payment:
		x.Imported = flow.Imported(r.TransactionID)
	}
	switch {
	case w.Record == nil:
		x.State = gone
	case x.Imported:
		x.State = wanted // it is never sent, and stays what QloApps has
	case w.Nothing:
		x.State = nothing
	case w.Err != nil:
		x.State = held
	default:
		x.State = wanted
		if w.Changed {
			x.State = changed
		}
		x.Amount, x.Day, x.Currency, x.Open = w.Facts.Total, w.Facts.Date, w.Facts.Currency, w.Facts.Open
		for id, amount := range w.Facts.Taxes {
			if x.Taxes == nil {
				x.Taxes = map[string]rate{}
			}
			x.Taxes[id] = rate{Amount: amount}
		}
	}
	if x.OrderID != "" {
		return x, nil
	}
	shown, err := s.Store.RecordsOf(ctx, ref)
	if err == nil && len(shown) > 0 {
		x.OrderID, x.HotelID, x.Hotel = shown[0].ID, shown[0].HotelID, shown[0].Fields["hotel"]
	}
	return x, err
}

// keepSources keeps what was read; days = all that QloApps has in this range.
func (s *Service) keepSources(ctx context.Context, days *wire.DayRange, read []source) error {
	now := s.Store.Now()
	err := s.db(ctx).Transaction(func(tx *gorm.DB) error {
		if days != nil {
			if err := tx.Exec("DELETE FROM qlobooks_source_documents WHERE day BETWEEN ? AND ?", days.From, days.To).Error; err != nil {
				return err
			}
		}
		for _, x := range read {
			var day any
			if x.Day != "" {
				day = x.Day
			}
			err := tx.Exec("REPLACE INTO qlobooks_source_documents (flow, source_id, order_id, day, hotel_id, hotel, currency, tax, payment_mode, amount, state, due, bills, imported, unsettled, taxes, read_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
				x.Flow, x.SourceID, x.OrderID, day, x.HotelID, store.Clip(x.Hotel, 255), x.Currency, store.Clip(x.Tax, 255), store.Clip(x.PaymentMode, 255), x.Amount, x.State, x.Due, x.Bills, x.Imported, x.Open, ratesText(x.Taxes), now).Error
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep what QloApps says: %w", err)
	}
	return nil
}

// Posted keeps what QloApps said of a document that is posted, where its day was read before: it is shown as it was sent
// until the day is read again. Of days that nobody read nothing is kept.
func (s *Service) Posted(ctx context.Context, w engine.Wanted) error {
	ref := w.Document.Ref
	if !slices.Contains(s.flows(), ref.Flow) {
		return nil
	}
	if read, err := s.anyRead(ctx, []string{w.Document.Day}); err != nil || !read {
		return err
	}
	x, err := s.sourceOf(ctx, ref, w)
	if err != nil {
		return err
	}
	return s.keepSources(ctx, nil, []source{x})
}

// Look reads in QloApps, and keeps, what it says of documents that came to stand there or here, where their days were read
// before.
func (s *Service) Look(ctx context.Context, refs []store.Ref) error {
	docs, err := s.Store.Compared(ctx, refs)
	if err != nil {
		return err
	}
	var days []string
	ids := map[string][]string{}
	for ref, d := range docs {
		days, ids[ref.Flow] = append(days, d.Day), append(ids[ref.Flow], ref.ID)
	}
	if read, err := s.anyRead(ctx, days); err != nil || !read {
		return err
	}
	now, err := s.wanted(ctx, ids)
	if err != nil {
		return err
	}
	return s.keepSources(ctx, nil, now)
}

// anyRead tells whether one of some days was read.
func (s *Service) anyRead(ctx context.Context, days []string) (read bool, err error) {
	days = slices.DeleteFunc(days, func(day string) bool { return day == "" })
	if len(days) == 0 {
		return false, nil
	}
	err = s.db(ctx).Raw("SELECT COUNT(*) > 0 FROM qlobooks_reconciled_days WHERE day IN ?", days).Scan(&read).Error
	return read, wrap(err)
}
