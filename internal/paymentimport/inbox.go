package paymentimport

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
)

// Inbox groups what of the payments waits for a person by cause, with the money that waits.
func (s *Service) Inbox(ctx context.Context) ([]wire.IssueGroup, error) {
	var rows []struct {
		Code, Currency, Status string
		Count                  int
		Amount                 money.Decimal
		First, Last            time.Time
	}
	err := s.db(ctx).Raw("SELECT IF(issue_code = '', ?, issue_code) code, currency, MIN(status) status, COUNT(*) count, SUM(amount) amount, MIN(created_at) first, MAX(created_at) last FROM qlobooks_imported_payments WHERE issue_code <> '' AND (status IN ? OR issue_code = ?) OR issue_code = '' AND status = ? AND updated_at < ? GROUP BY code, currency ORDER BY code, currency",
		brokenOff, []string{waiting, changed, writing}, leftOut, writing, s.Store.Now().Add(-mostWriting)).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read what waits of the payments: %w", err)
	}
	var list []wire.IssueGroup
	for _, r := range rows {
		if n := len(list); n == 0 || list[n-1].Code != r.Code {
			words := fault.Explain(r.Code)
			list = append(list, wire.IssueGroup{Code: r.Code, Title: words.Title, Explanation: words.Explanation, Action: words.Action, AmountByCurrency: []wire.CurrencyAmount{},
				Link: "/payments?" + url.Values{"status": {r.Status}}.Encode(), Sections: []wire.IssueSection{}})
		}
		g := &list[len(list)-1]
		g.Count += r.Count
		if g.FirstSeen == nil || r.First.Before(g.FirstSeen.Time) {
			g.FirstSeen = wire.AtOrNull(r.First)
		}
		if g.LastSeen == nil || r.Last.After(g.LastSeen.Time) {
			g.LastSeen = wire.AtOrNull(r.Last)
		}
		g.AmountByCurrency = append(g.AmountByCurrency, wire.CurrencyAmount{Currency: r.Currency, Amount: amount(r.Amount)})
	}
	return list, nil
}

// Notices tells of some orders what a person should know of the payments that came to them.
func (s *Service) Notices(ctx context.Context, orders []string) (map[string][]wire.Notice, error) {
	told := map[string][]wire.Notice{}
	if len(orders) == 0 {
		return told, nil
	}
	list, err := s.rows(ctx, "zoho_id IN (SELECT s.zoho_id FROM qlobooks_imported_shares s WHERE s.order_id IN ?) ORDER BY p.day, p.zoho_id", orders)
	if err != nil {
		return nil, err
	}
	wanted := map[string]bool{}
	for _, id := range orders {
		wanted[id] = true
	}
	for _, p := range list {
		name := "payment " + orText(p.Number, p.ZohoID) + " of Zoho Books"
		tell := func(order, code, detail string) {
			if wanted[order] {
				told[order] = append(told[order], wire.Notice{Code: code, Detail: detail})
			}
		}
		for _, x := range p.Open {
			detail := "Apply " + amount(x.Amount) + " " + p.Currency + " of " + name + " to the invoice of this order there: it was assigned here and is still unused."
			if x.ByHand {
				detail = "Apply " + amount(x.Amount) + " " + p.Currency + " of " + name + " to the invoice of this order there, or take it back in QloApps, where it stands: it is unused there."
			} else if p.Refusal != "" {
				detail += " " + p.Refusal
			}
			tell(x.OrderID, "apply_in_zoho", detail)
		}
		for _, x := range p.Overpaid {
			tell(x.OrderID, "overpaid", amount(x.Amount)+" "+p.Currency+" of "+name+" are more than this order costs; it is the guest's credit.")
		}
		if p.Status == changed {
			for _, x := range together(p.Standing) {
				tell(x.OrderID, p.Issue.Code, "About "+name+": "+p.Issue.Detail)
			}
		}
	}
	return told, nil
}
