package reconcile

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Close freezes a month as both sides stand, signed by a person: every day was read since the month ended, and each
// difference that is left has a reason. Nothing is locked by it; what changes later is found, and told.
func (s *Service) Close(ctx context.Context, month string, in wire.PeriodClose, by string) error {
	days, err := daysOf(month)
	if err != nil {
		return err
	}
	now := s.Store.Now() // from here on the look at closed months finds what changes
	name := nameOf(month)
	end, err := s.ended(ctx, month)
	if err != nil {
		return err
	}
	organization, err := s.Store.Belongs(ctx)
	if err != nil {
		return err
	}
	closed, err := s.Store.Periods(ctx, organization)
	if err != nil {
		return err
	}
	for _, p := range closed {
		if p.Month == month {
			return alreadyClosed(name, p.ClosedBy)
		}
	}
	if err := s.readSince(ctx, name, days, end); err != nil {
		return err
	}
	items, rows, differences, err := s.compared(ctx, wire.ReconciliationQuery{DayRange: days}, nil)
	if err != nil {
		return err
	}
	if err := s.unmoved(ctx, name, days, items); err != nil {
		return err
	}
	accepted, err := accept(name, differences, in.Accept)
	if err != nil {
		return err
	}
	p := store.Period{Month: month, ClosedAt: now, ClosedBy: by, Reason: in.Reason, Sums: asJSON(SumsOf(rows)), Accepted: asJSON(accepted)}
	event := store.Event{At: now, Actor: by, Action: "close_month", Detail: closingWords(name, in.Reason, accepted)}
	err = s.Store.ClosePeriod(ctx, organization, p, agreed(items, days), watchFrom(now), event)
	if errors.Is(err, store.ErrClosed) {
		return alreadyClosed(name, "somebody else at this moment")
	}
	return err
}

// Reopen opens a closed month again and forgets what was agreed; the history keeps who did it.
func (s *Service) Reopen(ctx context.Context, month, reason, by string) error {
	if _, err := daysOf(month); err != nil {
		return err
	}
	organization, err := s.Store.Belongs(ctx)
	if err != nil {
		return err
	}
	detail := nameOf(month)
	if reason != "" {
		detail += ": " + reason
	}
	was, err := s.Store.ReopenPeriod(ctx, organization, month, store.Event{At: s.Store.Now(), Actor: by, Action: "reopen_month", Detail: detail})
	if err == nil && !was {
		err = fault.New(fault.Conflict, "month_not_closed", "%s is not closed.", nameOf(month))
	}
	return err
}

// shownDrifts is how many changed documents of a month are listed.
const shownDrifts = 200

// Closed are the months that are closed, with what was agreed and what changed since, oldest first.
func (s *Service) Closed(ctx context.Context) ([]wire.Period, error) {
	organization, err := s.Store.Belongs(ctx)
	if err != nil {
		return nil, err
	}
	periods, err := s.Store.Periods(ctx, organization)
	if err != nil || len(periods) == 0 {
		return nil, err
	}
	drifts, err := s.Store.Drifts(ctx, organization)
	if err != nil {
		return nil, err
	}
	url, err := s.URL(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]wire.Period, len(periods))
	for n, p := range periods {
		x := wire.Period{Month: p.Month, State: "closed", ClosedAt: wire.AtOrNull(p.ClosedAt), ClosedBy: &p.ClosedBy, Reason: &p.Reason, Sums: []wire.PeriodSum{}, Accepted: []wire.PeriodAccepted{}, Drifts: []wire.PeriodDrift{}}
		if err := errors.Join(json.Unmarshal(p.Sums, &x.Sums), json.Unmarshal(p.Accepted, &x.Accepted)); err != nil {
			return nil, fmt.Errorf("read the closing of %s: %w", p.Month, err)
		}
		x.Differences = len(x.Accepted)
		for _, d := range drifts {
			if d.Month != p.Month {
				continue
			}
			if x.DriftCount++; x.DriftCount <= shownDrifts {
				x.Drifts = append(x.Drifts, driftOf(d, url))
			}
		}
		list[n] = x
	}
	return list, nil
}

func driftOf(d store.Drift, url func(flow, zohoID string) string) wire.PeriodDrift {
	x := wire.PeriodDrift{Flow: d.Ref.Flow, SourceID: d.Ref.ID, Title: d.Title, Number: wire.TextOrNull(d.Number), OrderID: wire.TextOrNull(d.OrderID), ZohoID: wire.TextOrNull(d.ZohoID), Day: wire.TextOrNull(d.Day),
		Currency: d.Currency, Was: amountOrNull(d.Was), Now: amountOrNull(d.IsNow), Detail: d.Detail, FoundAt: wire.At(d.SeenAt)}
	if d.ZohoID != "" {
		x.ZohoURL = wire.TextOrNull(url(d.Ref.Flow, d.ZohoID))
	}
	return x
}

func amountOrNull(d *money.Decimal) *string {
	if d == nil {
		return nil
	}
	text := money.Text(*d)
	return &text
}

// SumsOf adds the rows of a comparison up by currency and kind.
func SumsOf(rows []wire.ReconciliationRow) []wire.PeriodSum {
	type key struct{ currency, flow string }
	sums := map[key]*[3]sum{}
	for _, r := range rows {
		k := key{r.Currency, r.Kind}
		if sums[k] == nil {
			sums[k] = &[3]sum{}
		}
		for i, f := range []wire.Figures{r.QloApps, r.Posted, r.Zoho} {
			sums[k][i].n += f.Count
			sums[k][i].amount = sums[k][i].amount.Add(money.MustParse(f.Amount)) // this package wrote it
		}
	}
	list := []wire.PeriodSum{}
	for k, x := range sums {
		one := wire.PeriodSum{Currency: k.currency, Flow: k.flow}
		for i, into := range []*wire.Figures{&one.QloApps, &one.Posted, &one.Zoho} {
			*into = wire.Figures{Count: x[i].n, Amount: money.Text(x[i].amount)}
		}
		list = append(list, one)
	}
	slices.SortFunc(list, func(a, b wire.PeriodSum) int {
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), cmp.Compare(slices.Index(kinds, a.Flow), slices.Index(kinds, b.Flow)))
	})
	return list
}

// kinds is the order in which people read a month.
var kinds = []string{"invoice", "payment", "credit_note", "refund", "cancellation"}

// daysOf are the days of a month; NotFound for what is none.
func daysOf(month string) (wire.DayRange, error) {
	first, err := time.Parse("2006-01", month)
	if err != nil {
		return wire.DayRange{}, fault.New(fault.NotFound, "not_found", "There is no month %q.", month)
	}
	return wire.DayRange{From: first.Format(time.DateOnly), To: first.AddDate(0, 1, -1).Format(time.DateOnly)}, nil
}

// nameOf is a month in words.
func nameOf(month string) string {
	first, err := time.Parse("2006-01", month)
	if err != nil {
		return month
	}
	return first.Format("January 2006")
}

func alreadyClosed(name, by string) error {
	return fault.New(fault.Conflict, "month_closed", "%s was closed by %s.", name, by).Do("Open it again first if it has to be closed anew.")
}

// ended is the moment at which a month ended in the hotel's zone; Conflict while it has not.
func (s *Service) ended(ctx context.Context, month string) (time.Time, error) {
	zone, err := s.Zone(ctx)
	if err != nil {
		return time.Time{}, err
	}
	first, err := time.ParseInLocation("2006-01", month, zone)
	if err != nil {
		return time.Time{}, err
	}
	end := first.AddDate(0, 1, 0)
	if s.Store.Now().Before(end) {
		return end, fault.New(fault.Conflict, "month_not_ended", "%s has not ended yet.", nameOf(month)).Do("Close it when its last day is over.")
	}
	return end, nil
}

// readSince refuses a month of which a day was not read, or only before the month had ended.
func (s *Service) readSince(ctx context.Context, name string, r wire.DayRange, end time.Time) error {
	days, err := Days(r)
	if err != nil {
		return err
	}
	var read int
	if err := s.db(ctx).Raw("SELECT COUNT(*) FROM qlobooks_reconciled_days WHERE day BETWEEN ? AND ? AND read_at >= ?", r.From, r.To, end.UTC()).Scan(&read).Error; err != nil {
		return fmt.Errorf("read reconciled days: %w", err)
	}
	if left := len(days) - read; left > 0 {
		return fault.New(fault.Conflict, "unread", "%d of the %d days of %s were not read since the month ended.", left, len(days), name).Do("Read both sides of the month again, then close it.")
	}
	return nil
}

// identity is by what a difference is named.
type identity struct{ kind, flow, sourceID, zohoID string }

func identityOf(kind, flow, sourceID string, zohoID *string) identity {
	x := identity{kind, flow, sourceID, ""}
	if zohoID != nil {
		x.zohoID = *zohoID
	}
	return x
}

// acceptedDifference is one as it is stored; Gap is by how much the open amounts of both sides differ.
type acceptedDifference struct {
	wire.PeriodAccepted
	Gap string `json:"gap,omitempty"`
}

// accept joins differences with the reasons for which they stay; Conflict when one has none.
func accept(name string, differences []wire.Difference, reasons []wire.PeriodAccept) ([]acceptedDifference, error) {
	given := map[identity]string{}
	for _, a := range reasons {
		given[identityOf(a.Kind, a.Flow, a.SourceID, a.ZohoID)] = a.Reason
	}
	list, used, open := []acceptedDifference{}, map[identity]bool{}, []string{}
	for _, d := range differences {
		key := identityOf(d.Kind, d.Flow, d.SourceID, d.ZohoID)
		reason, ok := given[key]
		if !ok {
			open = append(open, d.Title)
			continue
		}
		used[key] = true
		list = append(list, acceptedDifference{wire.PeriodAccepted{Kind: d.Kind, Flow: d.Flow, SourceID: d.SourceID, ZohoID: d.ZohoID, Title: d.Title, Detail: d.Detail, Reason: reason}, gapOf(d)})
	}
	for n, a := range reasons {
		if !used[identityOf(a.Kind, a.Flow, a.SourceID, a.ZohoID)] {
			return nil, fault.New(fault.Invalid, "validation", "%s has no such difference any more.", name).On(fmt.Sprintf("accept[%d]", n))
		}
	}
	if len(open) > 0 {
		return nil, fault.New(fault.Conflict, "not_accepted", "%s of %s: %s.", count(len(open), "difference has no reason", "differences have no reason"), name, few3(open)).Do("Cure each difference, or accept it with a reason.")
	}
	return list, nil
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// few3 names the first three of a list.
func few3(names []string) string {
	if len(names) <= 3 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), len(names)-3)
}

// gapOf is by how much the open amounts of both sides differ; "" where they do not tell.
func gapOf(d wire.Difference) string {
	if d.QloApps == nil || d.Zoho == nil || d.QloApps.Balance == nil || d.Zoho.Balance == nil {
		return ""
	}
	return money.Text(money.MustParse(*d.Zoho.Balance).Sub(money.MustParse(*d.QloApps.Balance)))
}

func closingWords(name, reason string, accepted []acceptedDifference) string {
	words := name + ": " + reason
	if len(accepted) > 0 {
		words += fmt.Sprintf(" (with %s)", count(len(accepted), "accepted difference", "accepted differences"))
	}
	return words
}

func asJSON(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // only texts and numbers
	}
	return raw
}
