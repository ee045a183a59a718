package paymentimport

import (
	"context"
	"strings"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
)

// where is a condition on payments p with its arguments.
type where struct {
	text []string
	args []any
}

func (w *where) and(text string, args ...any) {
	w.text, w.args = append(w.text, text), append(w.args, args...)
}

func (w where) String() string { return strings.Join(append([]string{"1 = 1"}, w.text...), " AND ") }

// within is what a filter says of a day.
func within(f wire.PaymentFilter, day string) (w where) {
	if f.From != "" {
		w.and(day+" >= ?", f.From)
	}
	if f.To != "" {
		w.and(day+" <= ?", f.To)
	}
	return w
}

// selects is what a filter says of payments; their days, and parts of other hotels' and guests' orders, are
// another matter.
func selects(f wire.PaymentFilter) (w where) {
	if f.Currency != "" {
		w.and("p.currency = ?", f.Currency)
	}
	if !f.AnyMode {
		w.and("p.payment_mode = ?", f.Mode)
	}
	return w
}

// whose is what a filter says of the orders r of a payment's parts.
func whose(f wire.PaymentFilter) (w where) {
	if f.Hotel != "" {
		w.and("r.hotel_id = ?", f.Hotel)
	}
	if f.Customer != "" {
		w.and("r.customer_id = ?", f.Customer)
	}
	return w
}

const partsOf = "FROM qlobooks_imported_shares s LEFT JOIN qlobooks_records r ON r.section = 'orders' AND r.source_id = s.order_id"

// ListImported gives one page in the order of the days; what no list showed has no day yet and is older than all.
func (s *Service) ListImported(ctx context.Context, q wire.ImportedQuery) (wire.ImportedPage, error) {
	page := wire.ImportedPage{Items: []wire.ImportedPayment{}, Counts: map[string]int{}}
	w := selects(q.PaymentFilter)
	if rows := within(q.PaymentFilter, "s.day"); len(rows.text) > 0 { // as the statements; what has no row in QloApps by Zoho's day
		own := within(q.PaymentFilter, "p.day")
		w.and("(p.zoho_id IN (SELECT s.zoho_id FROM qlobooks_imported_shares s WHERE "+rows.String()+") OR "+own.String()+" AND NOT EXISTS (SELECT 1 FROM qlobooks_imported_shares s WHERE s.zoho_id = p.zoho_id))", append(rows.args, own.args...)...)
	}
	if orders := whose(q.PaymentFilter); len(orders.text) > 0 {
		w.and("EXISTS (SELECT 1 "+partsOf+" WHERE s.zoho_id = p.zoho_id AND "+orders.String()+")", orders.args...)
	}
	if len(q.Status) > 0 {
		w.and("p.status IN ?", q.Status)
	}
	if q.Q != "" {
		part := "%" + store.ToTheLetter(q.Q) + "%"
		w.and("(p.zoho_id = ? OR p.number COLLATE utf8mb4_unicode_ci LIKE ? OR p.reference COLLATE utf8mb4_unicode_ci LIKE ? OR p.contact COLLATE utf8mb4_unicode_ci LIKE ?)", q.Q, part, part, part)
	}
	order := " ORDER BY p.day DESC, p.zoho_id DESC LIMIT ?"
	if q.Oldest {
		order = " ORDER BY p.day, p.zoho_id LIMIT ?"
	}
	switch at := q.After; {
	case at == nil:
	case q.Oldest && at.Value == "":
		w.and("(p.day IS NOT NULL OR p.zoho_id > ?)", at.ID)
	case q.Oldest:
		w.and("(p.day > ? OR p.day = ? AND p.zoho_id > ?)", at.Value, at.Value, at.ID)
	case at.Value == "":
		w.and("p.day IS NULL AND p.zoho_id < ?", at.ID)
	default:
		w.and("(p.day < ? OR p.day IS NULL OR p.day = ? AND p.zoho_id < ?)", at.Value, at.Value, at.ID)
	}
	list, err := s.rows(ctx, w.String()+order, append(w.args, q.Limit+1)...)
	if err != nil {
		return page, err
	}
	if len(list) > q.Limit {
		list = list[:q.Limit]
		last := list[len(list)-1]
		page.Next = &wire.Position{Value: last.Day, ID: last.ZohoID}
	}
	url, err := s.URL(ctx)
	if err != nil {
		return page, err
	}
	for _, p := range list {
		page.Items = append(page.Items, show(p, url))
	}
	var counts []struct {
		Status string
		N      int
	}
	err = s.db(ctx).Raw("SELECT status, COUNT(*) n FROM qlobooks_imported_payments GROUP BY status").Scan(&counts).Error
	for _, c := range counts {
		page.Counts[c.Status] = c.N
	}
	return page, err
}

func (s *Service) shown(ctx context.Context, id string) (wire.ImportedPayment, error) {
	p, err := s.one(ctx, id)
	if err != nil {
		return wire.ImportedPayment{}, err
	}
	url, err := s.URL(ctx)
	if err != nil {
		return wire.ImportedPayment{}, err
	}
	return show(p, url), nil
}

func show(p payment, url func(flow, zohoID string) string) wire.ImportedPayment {
	w := wire.ImportedPayment{ID: p.ZohoID, Number: p.Number, ZohoURL: wire.TextOrNull(url(flow.Payment, p.ZohoID)), Date: p.Day, Currency: p.Currency, Amount: amount(p.Amount), PaymentMode: p.Mode,
		Reference: p.Reference, Contact: p.Contact, Status: p.Status, Shares: parts(p.Standing), Came: amount(sum(p.Standing)), Rest: rest(p), ToApply: parts(p.Open),
		Zoho: wire.ImportZoho{Gone: p.Gone, Applied: parts(p.Applied), Elsewhere: amount(p.Elsewhere), Unused: amount(p.Unused), Refunded: amount(p.refunded())}}
	if p.Issue.Code != "" {
		w.Issue = &wire.Issue{Code: p.Issue.Code, Title: fault.Explain(p.Issue.Code).Title, Detail: p.Issue.Detail, Action: p.Issue.Action}
	}
	return w
}

func parts(list []share) []wire.ImportShare {
	out := []wire.ImportShare{}
	for _, x := range list {
		out = append(out, wire.ImportShare{OrderID: x.OrderID, InvoiceID: x.InvoiceID, Amount: amount(x.Amount), PaymentID: x.PaymentID})
	}
	return out
}

// rest is what of a payment did not come to QloApps, and why.
func rest(p payment) *wire.ImportRest {
	left := p.Amount.Sub(sum(p.Standing))
	if p.Gone || !left.GreaterThan(cent) {
		return nil
	}
	if p.NotCome != "" {
		return &wire.ImportRest{Amount: amount(left), Detail: "It is no money in Zoho Books, where it is «" + p.NotCome + "»."}
	}
	var why []string
	say := func(d money.Decimal, words string) {
		if d.GreaterThan(cent) {
			why = append(why, amount(d)+" "+words)
		}
	}
	say(p.Elsewhere, "settle invoices that only Zoho Books has")
	say(p.Unused.Sub(sum(p.Open)), "are unused in Zoho Books and come when they are applied to an invoice of QloApps")
	say(p.refunded(), "were given back in Zoho Books")
	say(left.Sub(p.Elsewhere).Sub(p.Unused.Sub(sum(p.Open))).Sub(p.refunded()), "wait for a person")
	return &wire.ImportRest{Amount: amount(left), Detail: strings.Join(why, "; ") + "."}
}
