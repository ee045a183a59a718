package paymentimport

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/money"
)

// Statements adds up what of the imported payments stands in QloApps, by day or month of its rows there: one page of lines, and
// the sums of all that the filter selects.
func (s *Service) Statements(ctx context.Context, q wire.StatementQuery) (wire.Statements, error) {
	out := wire.Statements{Items: []wire.StatementLine{}, Totals: []wire.StatementTotal{}}
	choices, err := s.Settings(ctx)
	if err != nil {
		return out, err
	}
	out.Grouping = choices.StatementGrouping
	from, to := "%Y-%m-%d", "%Y-%m-%d"
	if choices.StatementGrouping == "monthly" {
		from, to = "%Y-%m-01", ""
	}
	selected, args := standing(q.PaymentFilter)
	if err := s.statementTotals(ctx, selected, args, &out); err != nil {
		return out, err
	}
	rows, err := s.statementRows(ctx, q, from, to, selected, args)
	if len(rows) > q.Limit {
		rows = rows[:q.Limit]
		last := rows[len(rows)-1]
		out.Next = &wire.Position{Value: last.Period, ID: last.Currency + " " + last.PaymentMode}
	}
	for _, r := range rows {
		out.Items = append(out.Items, r.shown(q.PaymentFilter))
	}
	return out, err
}

// standing are the parts of payments that stand in QloApps, and their payments.
func standing(f wire.PaymentFilter) (selected string, args []any) {
	w, days, orders := selects(f), within(f, "s.day"), whose(f)
	return partsOf + " JOIN qlobooks_imported_payments p ON p.zoho_id = s.zoho_id WHERE s.day IS NOT NULL AND " + w.String() + " AND " + days.String() + " AND " + orders.String(), slices.Concat(w.args, days.args, orders.args)
}

func (s *Service) statementTotals(ctx context.Context, selected string, args []any, out *wire.Statements) error {
	var rows []struct {
		Currency string
		Count    int
		Amount   money.Decimal
	}
	err := s.db(ctx).Raw("SELECT p.currency, COUNT(DISTINCT p.zoho_id) count, SUM(s.amount) amount "+selected+" GROUP BY p.currency ORDER BY p.currency", args...).Scan(&rows).Error
	for _, r := range rows {
		out.Totals = append(out.Totals, wire.StatementTotal{Currency: r.Currency, Count: r.Count, Amount: amount(r.Amount)})
	}
	return err
}

// statementRow is a line as the database adds it up.
type statementRow struct {
	Period, Currency, PaymentMode string
	Last                          string
	Count                         int
	Amount                        money.Decimal
}

// statementRows are those after a line, and one more than the page has.
func (s *Service) statementRows(ctx context.Context, q wire.StatementQuery, from, to, selected string, args []any) (rows []statementRow, err error) {
	all, having := append([]any{from, to}, args...), ""
	if q.After != nil {
		currency, mode, _ := strings.Cut(q.After.ID, " ")
		selected += " AND s.day <= LAST_DAY(?)"
		having = " HAVING period < ? OR period = ? AND (currency > ? OR currency = ? AND payment_mode > ?)"
		all = append(all, q.After.Value, q.After.Value, q.After.Value, currency, currency, mode)
	}
	err = s.db(ctx).Raw("SELECT DATE_FORMAT(s.day, ?) period, DATE_FORMAT(IF(? = '', LAST_DAY(s.day), s.day), '%Y-%m-%d') last, p.currency, p.payment_mode, COUNT(DISTINCT p.zoho_id) count, SUM(s.amount) amount "+
		selected+" GROUP BY period, last, p.currency, p.payment_mode"+having+" ORDER BY period DESC, p.currency, p.payment_mode LIMIT ?", append(all, q.Limit+1)...).Scan(&rows).Error
	return rows, err
}

func (r statementRow) shown(f wire.PaymentFilter) wire.StatementLine {
	link := url.Values{"from": {latest(f.From, r.Period)}, "to": {earliest(f.To, r.Last)}, "currency": {r.Currency}, "payment_mode": {r.PaymentMode}}
	for name, id := range map[string]string{"hotel": f.Hotel, "customer": f.Customer} {
		if id != "" {
			link.Set(name, id)
		}
	}
	return wire.StatementLine{Period: r.Period, Currency: r.Currency, PaymentMode: r.PaymentMode, Count: r.Count, Amount: amount(r.Amount), Link: "/payments?" + link.Encode()}
}

func latest(a, b string) string { return max(a, b) } // "" is before every day

func earliest(a, b string) string {
	if a == "" {
		return b
	}
	return min(a, b)
}
