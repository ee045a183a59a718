package records

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/reconcile"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Periods answers for the months that can be closed.
type Periods struct {
	*reconcile.Service
	Months Months
}

// List gives the closed months and the last twelve, oldest first.
func (p Periods) List(ctx context.Context) (wire.PeriodList, error) {
	zone, err := p.Zone(ctx)
	if err != nil {
		return wire.PeriodList{}, err
	}
	items, err := p.Months.Periods(ctx, p.Store.Now().In(zone))
	return wire.PeriodList{Items: items}, err
}

// Close closes a month and gives it as it was agreed.
func (p Periods) Close(ctx context.Context, month string, in wire.PeriodClose, by string) (wire.Period, error) {
	if err := p.Service.Close(ctx, month, in, by); err != nil {
		return wire.Period{}, err
	}
	list, err := p.Closed(ctx)
	for _, one := range list {
		if one.Month == month {
			return one, nil
		}
	}
	return wire.Period{}, err
}

// drifted shows each closed month of which something changed by itself: each is opened again by itself.
func (i Issues) drifted(ctx context.Context) ([]wire.IssueGroup, error) {
	if i.Closed == nil {
		return nil, nil
	}
	months, err := i.Closed(ctx)
	if err != nil {
		return nil, err
	}
	var list []wire.IssueGroup
	for _, p := range months {
		if p.DriftCount == 0 {
			continue
		}
		first, err := time.Parse("2006-01", p.Month)
		if err != nil {
			return nil, err
		}
		g := group("periods", "you", "drifted_after_closing")
		g.Count, g.Title = p.DriftCount, first.Format("January 2006")+" changed after it was closed"
		g.Link = "/reconciliation?from=" + first.Format(time.DateOnly) + "&to=" + first.AddDate(0, 1, -1).Format(time.DateOnly)
		g.Explanation = driftWords(p)
		var sums []store.Sum
		for n := range p.Drifts {
			d := &p.Drifts[n]
			if sum := cmp.Or(text(d.Was), text(d.Now)); sum != "" {
				sums = append(sums, store.Sum{Currency: d.Currency, Amount: money.MustParse(sum)})
			}
			if g.FirstSeen == nil || d.FoundAt.Before(g.FirstSeen.Time) {
				g.FirstSeen = &d.FoundAt
			}
			if g.LastSeen == nil || d.FoundAt.After(g.LastSeen.Time) {
				g.LastSeen = &d.FoundAt
			}
		}
		g.AmountByCurrency = byCurrency(sums)
		open := asks("Open the month again", "/api/v1/periods/"+p.Month+"/close", nil, true)
		*open.Method = "DELETE"
		g.Cures = []wire.Cure{opens("Open the reconciliation of the month", g.Link), open}
		list = append(list, g)
	}
	return list, nil
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// namedDrifts is how many documents an issue names; the page of the month lists the others.
const namedDrifts = 5

// driftWords names the documents of a closed month that changed, each with its day, its amount and what it is now.
func driftWords(p wire.Period) string {
	var words []string
	for _, d := range p.Drifts[:min(namedDrifts, len(p.Drifts))] {
		was := "was not there"
		if d.Was != nil {
			was = strings.TrimSpace(*d.Was + " " + d.Currency)
		}
		words = append(words, fmt.Sprintf("%s of %s (%s when the month was closed): %s", d.Title, cmp.Or(text(d.Day), "no day"), was, d.Detail))
	}
	if more := p.DriftCount - len(words); more > 0 {
		words = append(words, fmt.Sprintf("And %d more.", more))
	}
	return strings.Join(words, " ")
}
