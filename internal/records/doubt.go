package records

import (
	"context"
	"slices"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
)

// doubtful shows on a record what its rows in QloApps say twice and differently: as a notice, and as its
// cause where no document stands still.
func doubtful(w *wire.Record, doubts []store.Doubt) {
	for _, d := range doubts {
		if !slices.ContainsFunc(w.Notices, func(n wire.Notice) bool { return n.Code == d.Code }) {
			w.Notices = append(w.Notices, wire.Notice{Code: d.Code, Detail: d.Detail})
		}
		if w.Issue == nil {
			w.Issue = issue(store.Issue{Code: d.Code, Detail: d.Detail, Action: fault.Explain(d.Code).Action})
		}
	}
}

// unlisted is what QloApps has and a section does not show.
func (d *Desk) unlisted(ctx context.Context, section string) ([]wire.NotListed, error) {
	list := []wire.NotListed{}
	rows, err := d.Store.Unlisted(ctx, section)
	for _, u := range rows {
		list = append(list, wire.NotListed{What: u.What, Count: u.N, Because: u.Because, First: u.First, CountedAt: wire.At(u.At)})
	}
	return list, err
}

// doubts adds to the groups of documents what orders' rows say twice and differently: there a person
// decides which is true, and nothing is tried again.
func (i Issues) doubts(ctx context.Context, list []wire.IssueGroup) ([]wire.IssueGroup, error) {
	groups, err := i.Store.Doubts(ctx)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		n := slices.IndexFunc(list, func(w wire.IssueGroup) bool { return w.Kind == "documents" && w.Code == g.Code })
		if n < 0 {
			n, list = len(list), append(list, group("documents", "you", g.Code))
		}
		w := &list[n]
		w.Count += g.Count
		for _, a := range g.Amounts {
			w.AmountByCurrency = added(w.AmountByCurrency, a)
		}
		w.FirstSeen, w.LastSeen = earlier(w.FirstSeen, instant(g.First)), later(w.LastSeen, instant(g.Last))
		w.Link = "/synchronization/orders?issue=" + g.Code
		w.Sections = []wire.IssueSection{{Section: wire.Orders, Count: w.Count, Link: w.Link}}
		w.Cures = append([]wire.Cure{opens("Show the orders", w.Link)}, w.Cures...)
	}
	return list, nil
}

// added adds a sum to those by currency.
func added(list []wire.CurrencyAmount, s store.Sum) []wire.CurrencyAmount {
	for n := range list {
		if list[n].Currency == s.Currency {
			if have, err := money.Parse(list[n].Amount); err == nil {
				list[n].Amount = money.Text(have.Add(s.Amount))
			}
			return list
		}
	}
	return append(list, wire.CurrencyAmount{Currency: s.Currency, Amount: money.Text(s.Amount)})
}

func earlier(a, b *wire.Instant) *wire.Instant {
	if a == nil || b != nil && b.Before(a.Time) {
		return b
	}
	return a
}

func later(a, b *wire.Instant) *wire.Instant {
	if a == nil || b != nil && b.After(a.Time) {
		return b
	}
	return a
}
