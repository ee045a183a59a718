package revenue

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/ledger"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

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
		days = days[:min(len(days), mostDay)]
		if err := s.staying(ctx, hotel, dueFrom(r.Settings.Revenue, last), days[len(days)-1], r); err != nil {
			return err
		}
		if err := s.Store.QueueJournals(ctx, hotel, days); err != nil {
			return err
		}
		slog.DebugContext(ctx, "journals are due", "hotel", hotel, "from", days[0], "days", len(days))
	}
	return nil
}

// staying looks once more at the orders that bill or earn something on the days that are due, as QloApps may have
// changed a stay of which no document says anything.
func (s *Service) staying(ctx context.Context, hotel, first, last string, r *rules.Rules) error {
	after := ""
	for {
		ids, err := s.Store.LedgerAt(ctx, hotel, first, last, after, slice)
		if err != nil || len(ids) == 0 {
			return err
		}
		if err := s.Derive(ctx, ids, r); err != nil {
			return err
		}
		after = ids[len(ids)-1]
	}
}

// dueFrom is the first day that no journal covers yet, where last is that of the last one.
func dueFrom(set settings.Revenue, last string) string {
	if day, err := time.Parse(time.DateOnly, last); err == nil && last >= *set.From {
		return day.AddDate(0, 0, 1).Format(time.DateOnly)
	}
	return *set.From
}

// Due are the days that are to have a journal by now, after the last that has one, in their order.
func Due(set settings.Revenue, last string, now time.Time) []string {
	if set.From == nil {
		return nil
	}
	day, err := time.Parse(time.DateOnly, dueFrom(set, last))
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
	var hotels []string
	for _, id := range ids {
		if j, ok := store.JournalOf(id); ok && !slices.Contains(hotels, j.Hotel) {
			hotels = append(hotels, j.Hotel)
		}
	}
	names, err := s.Hotel.Hotels(ctx, hotels)
	if err != nil {
		return nil, err
	}
	if err := s.Store.BookJournals(ctx, hotels, Moved); err != nil {
		return nil, err
	}
	lost := map[string][]string{}
	for _, hotel := range hotels {
		list, err := s.Store.Lost(ctx, hotel)
		if err != nil {
			return nil, err
		}
		for _, ref := range list {
			lost[hotel] = append(lost[hotel], strings.ReplaceAll(ref.Flow, "_", " ")+" "+ref.ID)
		}
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
		j.Lost = lost[of.Hotel]
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
