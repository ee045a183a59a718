package records

import (
	"context"
	"fmt"
	"log/slog"
	"sort"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/lately"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Overview answers what a person wants to know first.
type Overview struct {
	*Desk
	Budget func(ctx context.Context) (wire.Budget, error)
	Zone   func(ctx context.Context) (*time.Location, error) // the hotel's time zone
	Ends   Ends
	Issues Issues
	Health Health
	Guide  Starting
	Months Months
	// Billed tells what each of QloApps' invoices comes to; nil = nobody tells.
	Billed func(ctx context.Context, from, to string) ([]qloapps.Billed, error)
	// Lately keeps the days of a large hotel, which are added up once for all who look at them.
	Lately *lately.Answers[[]wire.OverviewDay]
	// Hours keeps what was left after the hours of the day that are over.
	Hours *lately.Answers[map[int]int]
}

// Get gathers it. What cannot be told leaves its part empty: the rest is worth showing.
func (o Overview) Get(ctx context.Context) (wire.Overview, error) {
	view := wire.Overview{Running: []wire.Run{}}
	running, err := o.Store.Runs(ctx, store.RunQuery{Statuses: []string{"queued", "waiting", "running"}, Limit: 20})
	if err != nil {
		return view, err
	}
	for _, run := range running {
		view.Running = append(view.Running, o.Ends.Show(ctx, run))
	}
	if view.WaitingForMe, err = o.Issues.Waiting(ctx); err != nil {
		return view, err
	}
	if budget, err := o.Budget(ctx); err == nil {
		view.Budget = &budget
		if view.CallsLeft, err = o.callsLeft(ctx, budget.Day); err != nil {
			return view, err
		}
	}
	zone, err := o.Zone(ctx)
	if err == nil {
		view.TimeZone = wire.TextOrNull(zone.String())
	} else {
		zone = time.UTC
	}
	now := o.Store.Now().In(zone)
	y, m, d := now.Date()
	if view.PostedToday, err = o.posted(ctx, time.Date(y, m, d, 0, 0, 0, 0, zone)); err != nil {
		return view, err
	}
	first := time.Date(y, m, 1, 0, 0, 0, 0, zone)
	if view.PostedMonth, err = o.posted(ctx, first); err != nil {
		return view, err
	}
	sums, err := o.Store.Phases(ctx, store.RecordQuery{Section: wire.Orders, DayFrom: first.Format(time.DateOnly), DayTo: first.AddDate(0, 1, -1).Format(time.DateOnly)})
	if err != nil {
		return view, err
	}
	view.Orders = byPhase(sums)
	if view.Health, err = o.Health.Get(ctx, running); err != nil {
		return view, err
	}
	if view.Days, err = o.someDays(ctx, now); err != nil {
		return view, err
	}
	if view.Months, err = o.Months.Get(ctx, now); err != nil {
		return view, err
	}
	view.Guide, err = o.Guide.Get(ctx, view.Health)
	return view, err
}

// callsLeft tells how the day's calls became fewer. After an hour in which no answer told it is as before; what others
// used before our first call of the day is seen with that.
func (o Overview) callsLeft(ctx context.Context, day wire.DayBudget) ([]wire.CallsLeft, error) {
	now, resets := o.Store.Now(), day.ResetsAt.Time
	begun := resets.Add(-24 * time.Hour)
	over := int(now.Sub(begun) / time.Hour) // hours
	if over < 0 || now.After(resets) {      // Zoho's clock, by which the day ends, is not ours
		return nil, nil
	}
	read := func(ctx context.Context) (map[int]int, error) { return o.Store.CallsLeftByHour(ctx, begun, over) }
	told, err := o.Hours.Get(ctx, fmt.Sprint(begun.Unix(), " ", over), read)
	if err != nil {
		return nil, err
	}
	left := day.Limit
	list := []wire.CallsLeft{{At: wire.At(begun), Left: left}}
	for hour := range over {
		if n, ok := told[hour]; ok {
			left = min(n, day.Limit)
		}
		list = append(list, wire.CallsLeft{At: wire.At(begun.Add(time.Duration(hour+1) * time.Hour)), Left: left})
	}
	return append(list, wire.CallsLeft{At: wire.At(now), Left: day.Left}), nil
}

func (o Overview) posted(ctx context.Context, since time.Time) (wire.PostedTotal, error) {
	total := wire.PostedTotal{ByCurrency: []wire.CurrencyAmount{}}
	sums, err := o.Store.PostedSince(ctx, since)
	if err != nil {
		return total, err
	}
	sort.Slice(sums, func(i, j int) bool { return sums[i].Currency < sums[j].Currency })
	for _, s := range sums {
		total.Documents += s.Count
		if s.Currency != "" {
			total.ByCurrency = append(total.ByCurrency, wire.CurrencyAmount{Currency: s.Currency, Amount: money.Text(s.Amount)})
		}
	}
	return total, nil
}

// shownDays is how many days the overview looks back.
const shownDays = 30

var postedFlows = []string{"invoice", "credit_note", "payment"}

// largeHotel is how many orders a hotel has of which days are not added up for each who looks.
const largeHotel = 20000

func (o Overview) someDays(ctx context.Context, now time.Time) ([]wire.OverviewDay, error) {
	large, err := o.Store.Larger(ctx, wire.Orders, largeHotel)
	if err != nil {
		return nil, err
	}
	if !large || o.Lately == nil {
		return o.days(ctx, now)
	}
	return o.Lately.Get(ctx, now.Format(time.DateOnly), func(ctx context.Context) ([]wire.OverviewDay, error) { return o.days(ctx, now) })
}

// days sets beside each other what stands in Zoho Books and what QloApps billed, day by day.
func (o Overview) days(ctx context.Context, now time.Time) ([]wire.OverviewDay, error) {
	from, to := now.AddDate(0, 0, 1-shownDays).Format(time.DateOnly), now.Format(time.DateOnly)
	posted, err := o.Store.PostedByDay(ctx, postedFlows, from, to)
	if err != nil {
		return nil, err
	}
	var billed []qloapps.Billed
	if o.Billed != nil {
		if billed, err = o.Billed(ctx, from, to); err != nil {
			slog.WarnContext(ctx, "QloApps' bills could not be added up", "error", err) // the rest of the page is worth showing
		}
	}
	type key struct{ day, currency string }
	sums := map[key]map[string]money.Decimal{}
	add := func(day, currency, what string, amount money.Decimal) {
		k := key{day, currency}
		if sums[k] == nil {
			sums[k] = map[string]money.Decimal{}
		}
		sums[k][what] = sums[k][what].Add(amount)
	}
	for _, p := range posted {
		add(p.Day, p.Currency, p.Flow, p.Amount)
	}
	for _, b := range billed {
		add(b.Day, b.Currency, "source", b.Amount)
	}
	list := []wire.OverviewDay{}
	for k, s := range sums {
		list = append(list, wire.OverviewDay{Day: k.day, Currency: k.currency, Invoices: money.Text(s["invoice"]), CreditNotes: money.Text(s["credit_note"]), Payments: money.Text(s["payment"]), Source: money.Text(s["source"])})
	}
	sort.Slice(list, func(i, j int) bool {
		if list[i].Day != list[j].Day {
			return list[i].Day < list[j].Day
		}
		return list[i].Currency < list[j].Currency
	})
	return list, nil
}
