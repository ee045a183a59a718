package reconcile

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// contactOf is the contact for which a document was sent, "" when that is not known.
func contactOf(d store.Document) string {
	var sent struct {
		Contact zoho.Text `json:"customer_id"`
	}
	_ = json.Unmarshal(d.Sent, &sent)
	return string(sent.Contact)
}

// addCame adds up what QloApps has of each payment that came from Zoho Books.
func (k *kept) addCame() {
	k.came = map[string]money.Decimal{}
	for ref, src := range k.sources {
		if d := k.docs[ref]; src.Imported && d.ZohoID != "" {
			k.came[d.ZohoID] = k.came[d.ZohoID].Add(src.Amount)
		}
	}
}

// unposted adds up, order by order, the payments of QloApps that are not in Zoho Books: left out by a
// filter, held, or named as missing.
func (k *kept) unposted() map[string]money.Decimal {
	sums := map[string]money.Decimal{}
	for ref, src := range k.sources {
		if ref.Flow == flow.Payment && k.docs[ref].ZohoID == "" && src.State != gone {
			sums[src.OrderID] = sums[src.OrderID].Add(src.Amount)
		}
	}
	return sums
}

// bill is one order's invoices as both sides have them.
type bill struct {
	due              money.Decimal // QloApps
	total, open      money.Decimal // of the invoices: posted, and open in Zoho Books
	credit, unposted money.Decimal // credit notes that were applied; payments that are not in Zoho Books
	bills, seen      int
	named            bool // one of its invoices differs by itself
	unit             money.Decimal
	first            item
}

// settled finds the orders of which another amount is open in Zoho Books than QloApps says is due. What
// another difference or an issue explains already, a payment that is not posted, is none.
func settled(items []item, unposted map[string]money.Decimal, q wire.ReconciliationQuery) []wire.Difference {
	orders := map[string]*bill{}
	at := func(id string) *bill {
		if orders[id] == nil {
			orders[id] = &bill{}
		}
		return orders[id]
	}
	for _, x := range items {
		if x.order == "" {
			continue
		}
		b := at(x.order)
		switch x.ref.Flow {
		case flow.Invoice:
			if x.difference() != nil {
				b.named = true
			}
			if x.src.Due == nil || !x.posted.counts() || !x.zoho.counts() || x.zoho.balance == nil {
				continue
			}
			if b.seen == 0 {
				b.first = x
			}
			b.due, b.bills, b.seen, b.unit = *x.src.Due, x.src.Bills, b.seen+1, x.unit
			b.total, b.open = b.total.Add(x.posted.amount), b.open.Add(*x.zoho.balance)
		case flow.CreditNote, flow.Refund, flow.Cancellation:
			if x.posted.counts() {
				b.credit = b.credit.Add(x.posted.amount)
			}
		}
	}
	list := []wire.Difference{}
	for id, b := range orders {
		b.unposted = unposted[id]
		if b.seen == 0 || b.seen != b.bills || b.named || !b.first.inside(q) || b.agrees() {
			continue
		}
		list = append(list, b.difference())
	}
	sort.Slice(list, func(i, j int) bool {
		a, b := list[i].SourceID, list[j].SourceID
		return len(a) < len(b) || len(a) == len(b) && a < b
	})
	return list
}

// agrees tells that what is open is what is due, also after the credit notes that settle a part of it
// and without the payments that are not in Zoho Books.
func (b bill) agrees() bool {
	for _, due := range []money.Decimal{b.due, b.due.Add(b.unposted)} {
		low, high := floor(due.Sub(b.credit)).Sub(b.unit), floor(due).Add(b.unit)
		if b.open.GreaterThan(low) && b.open.LessThan(high) {
			return true
		}
	}
	return false
}

func floor(d money.Decimal) money.Decimal {
	if d.IsNegative() {
		return money.Zero
	}
	return d
}

func (b bill) difference() wire.Difference {
	x := b.first
	d := wire.Difference{Kind: "different", Flow: x.ref.Flow, SourceID: x.ref.ID, Title: x.title, QloApps: x.qloapps.wire(), Posted: x.posted.wire(), Zoho: x.zoho.wire(), OrderID: &x.order, ZohoID: &x.zoho.zohoID,
		Detail: fmt.Sprintf("%s %s are open in Zoho Books; QloApps says that %s %s are due.", amount(b.open), x.posted.currency, amount(b.due), x.posted.currency),
		Action: open("Look in Zoho Books what settles it: money was moved, un-applied or given back there")}
	if b.bills > 1 {
		d.Detail = fmt.Sprintf("Of the order's %d invoices %s %s are open in Zoho Books; QloApps says that %s %s are due.", b.bills, amount(b.open), x.posted.currency, amount(b.due), x.posted.currency)
	}
	return d
}

// paidCanceled are canceled orders with money on their invoice: a person has to say whether it is kept.
func (s *Service) paidCanceled(ctx context.Context, q wire.ReconciliationQuery) ([]wire.Difference, error) {
	var rows []struct {
		SourceID, ZohoID, ZohoNumber, Currency, Title, OrderID, HotelID string
		Total                                                           *money.Decimal
		IssueDetail                                                     *string
		Day                                                             string
	}
	const shown = "FROM qlobooks_record_documents t JOIN qlobooks_records r ON r.section = t.section AND r.source_id = t.record_id WHERE t.document_id = c.id AND t.section = 'orders'), '')"
	err := s.db(ctx).Raw("SELECT c.source_id, i.zoho_id, i.zoho_number, i.currency, i.title, i.total, c.issue_detail, DATE_FORMAT(i.day, '%Y-%m-%d') day, COALESCE((SELECT MIN(r.source_id) "+shown+" order_id, COALESCE((SELECT MIN(r.hotel_id) "+shown+" hotel_id "+
		"FROM qlobooks_documents c JOIN qlobooks_documents i ON i.flow = ? AND i.source_id = c.source_id "+
		"WHERE c.flow = ? AND c.issue_code = 'paid_document' AND c.status = 'held' AND i.zoho_id <> '' AND i.day BETWEEN ? AND ? ORDER BY i.id", flow.Invoice, flow.Cancellation, q.From, q.To).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read canceled orders with money: %w", err)
	}
	var list []wire.Difference
	for _, r := range rows {
		if q.Hotel != "" && q.Hotel != r.HotelID || r.Total == nil {
			continue
		}
		id, order := r.ZohoID, r.OrderID
		stands := &side{amount: *r.Total, currency: r.Currency, day: r.Day, number: r.ZohoNumber}
		d := wire.Difference{Kind: "different", Flow: flow.Cancellation, SourceID: r.SourceID, Title: r.Title, Posted: stands.wire(), Zoho: stands.wire(), ZohoID: &id,
			Detail: "The order was canceled, and its invoice stands with money on it.", Action: open("Decide on the order: " + fault.Explain("paid_document").Action)}
		if order != "" {
			d.OrderID = &order
		}
		if detail := r.IssueDetail; detail != nil && *detail != "" {
			d.Detail = "The order was canceled: " + *detail
		}
		list = append(list, d)
	}
	return list, nil
}
