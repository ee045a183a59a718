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

// inInbox are the payments that wait for a person: for a cause, or because an import broke off over them.
const inInbox = "issue_code <> '' AND (status IN ? OR issue_code = ?) OR issue_code = '' AND status = ? AND updated_at < ?"

// Inbox groups what of the payments waits for a person by cause, with the money that is in question, and tells
// how many came to wait on each of so many days, the last of them today; offset is the hotel's from UTC.
func (s *Service) Inbox(ctx context.Context, days int, offset time.Duration) ([]wire.IssueGroup, error) {
	args := []any{[]string{waiting, changed, writing}, leftOut, writing, s.Store.Now().Add(-mostWriting)}
	var rows []struct {
		Code, Currency, Status string
		States                 int
		Count                  int
		Amount                 money.Decimal
		First, Last            time.Time
	}
	err := s.db(ctx).Raw("SELECT IF(issue_code = '', ?, issue_code) code, currency, MIN(status) status, COUNT(DISTINCT status) states, COUNT(*) count, SUM(COALESCE(issue_amount, amount)) amount, MIN(COALESCE(issue_since, updated_at)) first, MAX(COALESCE(issue_since, updated_at)) last FROM qlobooks_imported_payments WHERE "+inInbox+" GROUP BY code, currency ORDER BY code, currency",
		append([]any{brokenOff}, args...)...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read what waits of the payments: %w", err)
	}
	var list []wire.IssueGroup
	state := "" // of the group so far
	for _, r := range rows {
		if n := len(list); n == 0 || list[n-1].Code != r.Code {
			words := fault.Explain(r.Code)
			list = append(list, wire.IssueGroup{Code: r.Code, Title: words.Title, Explanation: words.Explanation, Action: words.Action, AmountByCurrency: []wire.CurrencyAmount{},
				Link: "/payments?" + url.Values{"status": {r.Status}}.Encode(), Sections: []wire.IssueSection{}})
			state = r.Status
		}
		g := &list[len(list)-1]
		if r.States > 1 || r.Status != state { // a list of one state would hide the others
			g.Link = "/payments"
		}
		g.Count += r.Count
		if g.FirstSeen == nil || r.First.Before(g.FirstSeen.Time) {
			g.FirstSeen = wire.AtOrNull(r.First)
		}
		if g.LastSeen == nil || r.Last.After(g.LastSeen.Time) {
			g.LastSeen = wire.AtOrNull(r.Last)
		}
		g.AmountByCurrency = append(g.AmountByCurrency, wire.CurrencyAmount{Currency: r.Currency, Amount: amount(r.Amount)})
	}
	return list, s.frequency(ctx, list, days, offset, args)
}

// frequency adds to each cause how many payments came to wait for it on each day.
func (s *Service) frequency(ctx context.Context, list []wire.IssueGroup, days int, offset time.Duration, args []any) error {
	var rows []struct {
		Code   string
		SeenOn time.Time
		N      int
	}
	first := s.Store.Now().UTC().Add(offset).Truncate(24*time.Hour).AddDate(0, 0, 1-days)
	err := s.db(ctx).Raw("SELECT IF(issue_code = '', ?, issue_code) code, DATE(DATE_ADD(COALESCE(issue_since, updated_at), INTERVAL ? SECOND)) seen_on, COUNT(*) n FROM qlobooks_imported_payments WHERE ("+inInbox+") AND COALESCE(issue_since, updated_at) >= ? GROUP BY code, seen_on",
		append(append([]any{brokenOff, int(offset.Seconds())}, args...), first.Add(-offset))...).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("count what waits of the payments by day: %w", err)
	}
	for n := range list {
		list[n].Days = make([]int, days)
		for _, r := range rows {
			if at := int(r.SeenOn.Sub(first).Hours() / 24); r.Code == list[n].Code && at >= 0 && at < days {
				list[n].Days[at] = r.N
			}
		}
	}
	return nil
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
			detail := "Apply " + p.words(x.Amount) + " " + p.Currency + " of " + name + " to the invoice of this order there: it was assigned here and is still unused."
			if x.ByHand {
				detail = "Apply " + p.words(x.Amount) + " " + p.Currency + " of " + name + " to the invoice of this order there, or take it back in QloApps, where it stands: it is unused there."
			} else if p.Refusal != "" {
				detail += " " + p.Refusal
			}
			tell(x.OrderID, "apply_in_zoho", detail)
		}
		for _, x := range p.Overpaid {
			tell(x.OrderID, "overpaid", p.words(x.Amount)+" "+p.Currency+" of "+name+" are more than this order costs; it is the guest's credit.")
		}
		if err := s.tellWithheld(ctx, p, name, tell); err != nil {
			return nil, err
		}
		if p.Status == changed {
			for _, x := range together(p.Standing) {
				tell(x.OrderID, p.Issue.Code, "About "+name+": "+p.Issue.Detail)
			}
		}
	}
	return told, nil
}

// tellWithheld tells of tax that a guest withheld, as companies must in some countries: it settles the invoice in Zoho
// Books, while QloApps, which knows nothing of it, goes on asking for it.
func (s *Service) tellWithheld(ctx context.Context, p payment, name string, tell func(order, code, detail string)) error {
	var list []share
	for _, x := range p.Applied {
		if x.Withheld.IsPositive() {
			list = append(list, share{OrderID: x.OrderID, Amount: x.Withheld})
		}
	}
	if len(list) == 0 {
		return nil
	}
	orders, err := s.orders(ctx, list)
	if err != nil {
		return err
	}
	digits, err := s.Shown(ctx)
	if err != nil {
		return err
	}
	for _, x := range together(list) {
		if o := orders[x.OrderID]; o != nil && due(o, digits).IsPositive() {
			tell(x.OrderID, "withheld_in_zoho", "The guest withheld "+amount(x.Amount)+" "+p.Currency+" of tax from "+name+": they settle the invoice there, and no money came for them. QloApps still shows "+amount(due(o, digits))+" "+p.Currency+" due.")
		}
	}
	return nil
}
