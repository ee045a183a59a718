package reconcile

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/destination"
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
// filter, held, or named as missing, or posted only after the order's invoices were read there.
func (k *kept) unposted() map[string]money.Decimal {
	seen := map[string]time.Time{}
	for ref, src := range k.sources {
		if c, ok := k.copies[moduleOf(ref.Flow)+k.docs[ref].ZohoID]; ok && ref.Flow == flow.Invoice {
			seen[src.OrderID] = latest(seen[src.OrderID], c.SeenAt)
		}
	}
	sums := map[string]money.Decimal{}
	for ref, src := range k.sources {
		doc := k.docs[ref]
		at, known := seen[src.OrderID]
		since := known && doc.MadeAt != nil && doc.MadeAt.After(at)
		if _, read := k.copies[moduleOf(ref.Flow)+doc.ZohoID]; known && doc.MadeAt == nil && !read { // entered there, and tied to QloApps' since
			since = doc.SyncedAt != nil && doc.SyncedAt.After(at)
		}
		if ref.Flow == flow.Payment && (doc.ZohoID == "" || since) && src.State != gone {
			sums[src.OrderID] = sums[src.OrderID].Add(src.Amount)
		}
	}
	return sums
}

// bill is one order's invoices and its money as both sides have them.
type bill struct {
	due              money.Decimal // QloApps
	total, open      money.Decimal // of the invoices: posted, and open in Zoho Books
	credit, unposted money.Decimal // credit notes that were applied; payments that are not in Zoho Books
	bills, seen      int
	named            *wire.Difference // of one of its documents, which explains what its balance shows
	left             bool             // a person left alone what people did with its money
	unit             money.Decimal
	invoices, money  []item
}

// orders put together what belongs to each order.
func orders(items []item, unposted map[string]money.Decimal) map[string]*bill {
	list := map[string]*bill{}
	for _, x := range items {
		if x.order == "" {
			continue
		}
		b := list[x.order]
		if b == nil {
			b = &bill{unposted: unposted[x.order]}
			list[x.order] = b
		}
		d := x.difference()
		if d != nil && (x.ref.Flow == flow.Invoice || d.Kind == "missing") {
			b.named = d
		}
		b.left = b.left || x.doc.Status == store.Skipped && x.doc.ZohoID != ""
		switch x.ref.Flow {
		case flow.Invoice:
			if x.src.Due == nil || !x.posted.counts() || !x.zoho.counts() || x.zoho.balance == nil {
				continue
			}
			b.due, b.bills, b.seen, b.unit = *x.src.Due, x.src.Bills, b.seen+1, x.unit
			b.total, b.open = b.total.Add(x.posted.amount), b.open.Add(*x.zoho.balance)
			b.invoices = append(b.invoices, x)
		case flow.CreditNote, flow.Refund, flow.Cancellation:
			if x.posted.counts() {
				b.credit = b.credit.Add(x.posted.amount)
			}
			b.money = append(b.money, x)
		case flow.Payment:
			b.money = append(b.money, x)
		}
	}
	return list
}

// bills put together what belongs to each order, with the credit notes that lie on other days than those compared: a
// slip of the next month settles an invoice of this one.
func (s *Service) bills(ctx context.Context, items []item, unposted map[string]money.Decimal) (map[string]*bill, error) {
	list := orders(items, unposted)
	var ids []string
	for order, b := range list {
		if b.whole() && !b.agrees() {
			ids = append(ids, order)
		}
	}
	docs, err := s.documents(ctx, ids)
	if err != nil {
		return nil, err
	}
	seen := map[store.Ref]bool{}
	for _, x := range items {
		seen[x.ref] = true
	}
	for _, order := range ids {
		for _, d := range docs[order] {
			credit := slices.Contains([]string{flow.CreditNote, flow.Refund, flow.Cancellation}, d.Ref.Flow)
			if credit && !seen[d.Ref] && d.ZohoID != "" && d.Total != nil && !stepped(d, "void") {
				list[order].credit = list[order].credit.Add(*d.Total)
			}
		}
	}
	return list, nil
}

// whole tells that all invoices of an order were seen, and that none differs by itself.
func (b *bill) whole() bool {
	return b.seen > 0 && b.seen == b.bills && (b.named == nil || b.named.Flow != flow.Invoice) && !b.left
}

// agrees tells that what is open is what is due, also after the credit notes that settle a part of it
// and without the payments that are not in Zoho Books.
func (b *bill) agrees() bool {
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

// apart are the documents of an order whose money stands otherwise in Zoho Books than it is wanted, while
// nothing else of them differs.
func (b *bill) apart() (list []item) {
	if b.left || b.named != nil {
		return nil
	}
	for _, x := range b.money {
		if x.unsettled() {
			list = append(list, x)
		}
	}
	if !b.whole() || !b.agrees() || b.bills < 2 {
		return list
	}
	for _, x := range b.invoices { // together they agree, so money is on the wrong one of them
		if x.unsettled() {
			list = append(list, x)
		}
	}
	return list
}

// unsettled tells that another amount of a document is open, or unused, in Zoho Books than is wanted.
func (x item) unsettled() bool {
	return x.src.Unsettled != nil && x.state == wanted && x.posted.counts() && x.zoho.counts() && x.zoho.balance != nil && x.doc.Status == store.Synced &&
		x.zoho.balance.Sub(*x.src.Unsettled).Abs().GreaterThanOrEqual(x.unit)
}

// settled finds what stands settled otherwise in Zoho Books than QloApps says: orders of which another
// amount is open than is due, and payments and credit notes of which another amount is unused. What
// another difference or an issue explains already, a payment that is not posted, is none.
func (s *Service) settled(ctx context.Context, items []item, unposted map[string]money.Decimal, q wire.ReconciliationQuery) ([]wire.Difference, error) {
	type found struct {
		item
		detail string
	}
	bills, err := s.bills(ctx, items, unposted)
	if err != nil {
		return nil, err
	}
	list := []found{}
	for _, b := range bills {
		if b.whole() && b.invoices[0].inside(q) && !b.agrees() {
			list = append(list, found{b.invoices[0], b.detail()})
		}
		for _, x := range b.apart() {
			if x.inside(q) {
				list = append(list, found{x, x.settledOtherwise()})
			}
		}
	}
	var ids []string
	for _, x := range list {
		ids = append(ids, x.order)
	}
	docs, err := s.documents(ctx, ids)
	if err != nil {
		return nil, err
	}
	apart := make([]item, len(list))
	for n, x := range list {
		apart[n] = x.item
	}
	users, err := s.users(ctx, apart)
	if err != nil {
		return nil, err
	}
	out := []wire.Difference{}
	for _, x := range list {
		d := x.side()
		why := ""
		d.Action, why = bills[x.order].cure(x.order, slices.Concat(docs[x.order], users[x.doc.ZohoID]))
		d.Detail = strings.TrimSpace(x.detail + " " + why)
		out = append(out, d)
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if a.Flow != b.Flow {
			return a.Flow < b.Flow
		}
		return len(a.SourceID) < len(b.SourceID) || len(a.SourceID) == len(b.SourceID) && a.SourceID < b.SourceID
	})
	return out, nil
}

// side is a difference of an item with both its sides.
func (x item) side() wire.Difference {
	return wire.Difference{Kind: "different", Flow: x.ref.Flow, SourceID: x.ref.ID, Title: x.title, QloApps: x.qloapps.wire(), Posted: x.posted.wire(), Zoho: x.zoho.wire(), OrderID: &x.order, ZohoID: &x.zoho.zohoID}
}

func (b *bill) detail() string {
	currency := b.invoices[0].posted.currency
	if b.bills > 1 {
		return fmt.Sprintf("Of the order's %d invoices %s %s are open in Zoho Books; QloApps says that %s %s are due.", b.bills, money.Words(b.open, currency), currency, money.Words(b.due, currency), currency)
	}
	return fmt.Sprintf("%s %s are open in Zoho Books; QloApps says that %s %s are due.", money.Words(b.open, currency), currency, money.Words(b.due, currency), currency)
}

func (x item) settledOtherwise() string {
	word := "unused"
	if x.ref.Flow == flow.Invoice {
		word = "open"
	}
	return fmt.Sprintf("%s %s of it are %s in Zoho Books, where %s %s should be.", money.Words(*x.zoho.balance, x.posted.currency), x.posted.currency, word, money.Words(*x.src.Unsettled, x.posted.currency), x.posted.currency)
}

// documents are those of orders.
func (s *Service) documents(ctx context.Context, orders []string) (map[string][]store.Document, error) {
	return s.Store.DocumentsOf(ctx, "orders", orders)
}

// movable tells that a document moves money: a payment or credit note that was sent from here, or an invoice
// that vouchers pay.
func movable(d store.Document) bool {
	pays := slices.ContainsFunc(d.Steps, func(s store.StepState) bool { return strings.HasPrefix(s.Name, store.CreditStep) })
	return len(d.Sent) > 0 && (slices.Contains(moneyFlows, d.Ref.Flow) || d.Ref.Flow == flow.Invoice && pays)
}

// moneyFlows are the kinds that settle invoices.
var moneyFlows = []string{flow.Payment, flow.CreditNote, flow.Refund, flow.Cancellation}

// cure is what puts an order's money right, and why it is no more than that. What was moved in Zoho Books
// was read again when that was seen.
func (b *bill) cure(order string, docs []store.Document) (wire.CureAction, string) {
	if b.named != nil {
		return b.named.Action, "That is as " + b.named.Title + " is not there."
	}
	for _, d := range docs {
		if asked(d) {
			return release(d), d.Issue.Detail
		}
	}
	for _, d := range docs {
		if movable(d) && (d.Moving() || d.DueAt != nil || destination.KeptDoubt(d.Extra)) {
			path := "/records/orders/" + order + "/sync"
			return wire.CureAction{Verb: "sync", Label: "Read what settles it, and settle it", Path: &path}, ""
		}
	}
	for _, d := range docs {
		if d.Ref.Flow != flow.Invoice && d.Issue.Code != "" && slices.Contains(moneyFlows, d.Ref.Flow) && d.Status != store.Skipped {
			return item{ref: d.Ref}.act("retry", "Try again", nil), "Money of the order waits: " + d.Issue.Detail
		}
	}
	return open("Look in Zoho Books what settles it, or import the payments"), "Nothing that was sent from here was moved: something else was entered in Zoho Books."
}

// asked tells that a person is asked what becomes of money that was moved in Zoho Books.
func asked(d store.Document) bool {
	return d.Status == store.Held && d.Issue.Code == "settled_otherwise"
}

// saidNoMore tells that more went back of a payment than QloApps says now, which is read again whenever it is tried again.
func saidNoMore(d store.Document) bool {
	return d.Status == store.Rejected && d.Issue.Code == "changed_after_posting" && destination.KeptDoubt(d.Extra)
}

func release(d store.Document) wire.CureAction {
	return item{ref: d.Ref}.act("release", "Have it as QloApps says", nil)
}

// doubt has the money read again that was seen to stand otherwise than it is wanted: what of it may be moved
// is, and what people did is asked about. Each amount is looked into once.
func (s *Service) doubt(ctx context.Context, days wire.DayRange) error {
	items, unposted, err := s.items(ctx, days, nil)
	if err != nil {
		return err
	}
	var seen []item
	var ids []string
	look := func(x item) {
		if !x.doubted {
			seen, ids = append(seen, x), append(ids, x.order)
		}
	}
	bills, err := s.bills(ctx, items, unposted)
	if err != nil {
		return err
	}
	for _, b := range bills {
		if b.whole() && !b.agrees() && b.named == nil {
			look(b.invoices[0])
		}
		for _, x := range b.apart() {
			look(x)
		}
	}
	docs, err := s.documents(ctx, ids)
	if err != nil {
		return err
	}
	users, err := s.users(ctx, seen)
	if err != nil {
		return err
	}
	for _, x := range seen {
		var refs []store.Ref
		for _, d := range slices.Concat(docs[x.order], users[x.doc.ZohoID]) {
			concerned := d.Ref == x.ref || x.ref.Flow == flow.Invoice || d.Ref.Flow == flow.Invoice
			if concerned && movable(d) {
				refs = append(refs, d.Ref)
			}
		}
		pending, err := s.Store.Doubt(ctx, refs, store.History)
		if err != nil {
			return err
		}
		if len(pending) > 0 { // the next reconciliation looks whether it still stands so
			continue
		}
		err = s.db(ctx).Exec("UPDATE qlobooks_zoho_documents SET doubted = ? WHERE module = ? AND zoho_id = ?", x.zoho.balance, moduleOf(x.ref.Flow), x.zoho.zohoID).Error
		if err != nil {
			return wrap(err)
		}
	}
	return nil
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
