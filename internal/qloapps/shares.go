package qloapps

import (
	"context"
	"slices"
	"sort"
	"time"

	"github.com/qlobooks/qlobooks/internal/money"
)

// QloApps keeps a payment and its shares in two tables, and nothing keeps them in step: a column
// cuts what is too long, an upgrade writes no shares, its web service changes one and not the other.
// So both are read together, once, and what a share may give is never more than was paid.

// paid is one payment with all of its shares and the orders of its reference.
type paid struct {
	paymentRow
	shares  []Share
	written money.Decimal // what the shares came to as QloApps wrote them
	owned   bool          // a share is of an order that there is
	orders  []string      // of its reference; read only where it is not owned
}

type paymentRow struct {
	ID, OrderReference, Iso string
	Amount, ConversionRate  money.Decimal
	OwnRate                 *money.Decimal
	PaymentMethod           string
	TransactionID           *string
	DateAdd                 time.Time
}

var paymentColumns = "SELECT DISTINCT p.id_order_payment id, COALESCE(p.order_reference, '') order_reference, COALESCE(UPPER(c.iso_code), '') iso, p.amount, p.conversion_rate, c.conversion_rate own_rate, " +
	"p.payment_method, p.transaction_id, " + timeOf("p.date_add") + " date_add FROM {p}order_payment p LEFT JOIN {p}currency c ON c.id_currency = p.id_currency "

// paidFor reads the payments that concern some orders, or are named, each with all of its shares.
// The table of shares has no index by order, so that it is gone through once, and once more only
// where a share belongs to a payment of another reference.
func (r *Reader) paidFor(ctx context.Context, zone *time.Location, orderIDs, paymentIDs []string) (map[string]*paid, error) {
	all := map[string]*paid{}
	read := func(where string, ids []string) error {
		return chunk(ids, func(ids []string) error {
			var rows []paymentRow
			err := r.query(ctx, &rows, paymentColumns+where, ids)
			for _, x := range rows {
				if all[x.ID] == nil {
					all[x.ID] = &paid{paymentRow: x}
				}
			}
			return err
		})
	}
	if err := read("JOIN {p}orders o ON {orders o.reference = order_payment p.order_reference} WHERE o.id_order IN ?", orderIDs); err != nil {
		return nil, err
	}
	if err := read("WHERE p.id_order_payment IN ?", paymentIDs); err != nil {
		return nil, err
	}
	rows, err := r.shareRows(ctx, orderIDs, keys(all))
	if err != nil {
		return nil, err
	}
	var strange []string
	for _, x := range rows {
		if all[x.IDOrderPayment] == nil && !contains(strange, x.IDOrderPayment) {
			strange = append(strange, x.IDOrderPayment)
		}
	}
	if len(strange) > 0 {
		if err := read("WHERE p.id_order_payment IN ?", strange); err != nil {
			return nil, err
		}
		more, err := r.shareRows(ctx, nil, strange)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	seen := map[string]bool{}
	for _, x := range rows {
		if p := all[x.IDOrderPayment]; p != nil && !seen[x.ID] {
			seen[x.ID] = true
			p.shares = append(p.shares, x.share(p, zone))
			p.written = p.written.Add(x.Amount)
			p.owned = p.owned || x.There
		}
	}
	if err := r.ofReference(ctx, all, zone); err != nil {
		return nil, err
	}
	for _, p := range all {
		sort.SliceStable(p.shares, func(i, j int) bool { return before(p.shares[i].ID, p.shares[j].ID) })
		p.fit()
	}
	return all, nil
}

type shareRow struct {
	ID, IDOrderPayment, IDOrder string
	Amount                      money.Decimal
	IDOrderInvoice              *string
	There                       bool // the order
}

func (x shareRow) share(p *paid, zone *time.Location) Share {
	s := Share{ID: x.ID, PaymentID: x.IDOrderPayment, OrderID: x.IDOrder, InvoiceID: noZero(deref(x.IDOrderInvoice)), Amount: x.Amount, Written: x.Amount, Whole: p.Amount, Currency: p.Iso, Rate: p.ConversionRate, Added: wall(p.DateAdd, zone)}
	if p.OwnRate != nil {
		s.OwnRate = *p.OwnRate
	}
	return s
}

func (r *Reader) shareRows(ctx context.Context, orderIDs, paymentIDs []string) ([]shareRow, error) {
	if len(orderIDs)+len(paymentIDs) == 0 {
		return nil, nil
	}
	var rows []shareRow
	err := r.query(ctx, &rows, "SELECT pd.id_order_payment_detail id, pd.id_order_payment, pd.id_order, pd.amount, "+
		"(SELECT MIN(oip.id_order_invoice) FROM {p}order_invoice_payment oip WHERE oip.id_order_payment_detail = pd.id_order_payment_detail AND oip.id_order = pd.id_order) id_order_invoice, (SELECT 1 FROM {p}orders o WHERE o.id_order = pd.id_order) IS NOT NULL there "+
		"FROM {p}order_payment_detail pd WHERE pd.id_order IN ? OR pd.id_order_payment IN ?", orNone(orderIDs), orNone(paymentIDs))
	return rows, err
}

// orNone is a list that a statement may name: an empty one finds nothing.
func orNone(ids []string) []string {
	if len(ids) == 0 {
		return []string{"0"}
	}
	return ids
}

// ofReference gives a payment without any share to the only order of its reference. One whose shares are
// all of orders that are gone is shown with those of its reference.
func (r *Reader) ofReference(ctx context.Context, all map[string]*paid, zone *time.Location) error {
	references := map[string]string{}
	for _, p := range all {
		if !p.owned && p.OrderReference != "" {
			references[p.OrderReference] = p.OrderReference
		}
	}
	if len(references) == 0 {
		return nil
	}
	var rows []struct{ Payment, ID string }
	var bare []string
	for id, p := range all {
		if !p.owned {
			bare = append(bare, id)
		}
	}
	// By the payment, as the database compares references without regard to case.
	err := r.query(ctx, &rows, "SELECT p.id_order_payment payment, o.id_order id FROM {p}order_payment p JOIN {p}orders o ON {order_payment p.order_reference = orders o.reference} WHERE p.id_order_payment IN ? ORDER BY o.id_order", bare)
	if err != nil {
		return err
	}
	for _, x := range rows {
		all[x.Payment].orders = append(all[x.Payment].orders, x.ID)
	}
	for _, p := range all {
		if len(p.orders) == 1 && len(p.shares) == 0 {
			whole := shareRow{ID: "of-" + p.ID, IDOrderPayment: p.ID, IDOrder: p.orders[0], Amount: p.Amount}.share(p, zone)
			p.shares, p.written = []Share{whole}, p.Amount
		}
	}
	return nil
}

// fit makes the shares come to what was paid where rounding keeps them apart, and never to more:
// the last share takes what a cent for each may hide; beyond that the earlier ones come first. One of
// nothing takes nothing.
func (p *paid) fit() {
	n := len(p.shares)
	if n == 0 || p.Amount.Equal(p.written) {
		return
	}
	if !p.differ() {
		last := &p.shares[n-1]
		for i := range p.shares {
			if !p.shares[i].Amount.IsZero() {
				last = &p.shares[i]
			}
		}
		last.Amount = last.Amount.Add(p.Amount.Sub(p.written))
		return
	}
	left := p.Amount
	for i := range p.shares {
		s := &p.shares[i]
		s.Differs = true
		switch {
		case s.Amount.Sign() != p.Amount.Sign(): // of nothing, or of what went the other way, there is no part
			s.Amount = money.Zero
		case s.Amount.Abs().GreaterThan(left.Abs()):
			s.Amount = left
		}
		left = left.Sub(s.Amount)
	}
	p.shares[max(0, slices.IndexFunc(p.shares, func(s Share) bool { return !s.Amount.IsZero() }))].Beyond = left
}

// AsWritten is the share's amount as QloApps wrote it.
func (s Share) AsWritten() money.Decimal {
	if s.Written.IsZero() {
		return s.Amount
	}
	return s.Written
}

// differ reports that shares and payment lie further apart than a cent for each share.
func (p *paid) differ() bool {
	return p.Amount.Sub(p.written).Abs().GreaterThan(money.Unit(2).Mul(decimalOf(int64(max(len(p.shares), 1)))))
}

// has tells that a share is of an order.
func (p *paid) has(orderID string) bool {
	return slices.ContainsFunc(p.shares, func(s Share) bool { return s.OrderID == orderID })
}

func keys(all map[string]*paid) []string {
	ids := make([]string, 0, len(all))
	for id := range all {
		ids = append(ids, id)
	}
	sort.Slice(ids, func(i, j int) bool { return before(ids[i], ids[j]) })
	return ids
}

// before is the order of ids, which are numbers.
func before(a, b string) bool { return len(a) < len(b) || len(a) == len(b) && a < b }

// shares gives each order its part of every payment that concerns it.
func (b *orderBatch) shares(ctx context.Context, ids []string) error {
	all, err := b.paidFor(ctx, b.shop.Zone, ids, nil)
	if err != nil {
		return err
	}
	for _, id := range keys(all) {
		p := all[id]
		for _, s := range p.shares {
			if o := b.orders[s.OrderID]; o != nil && slices.Contains(ids, s.OrderID) {
				o.Shares = append(o.Shares, s)
			}
		}
		for _, orderID := range p.orders {
			if o := b.orders[orderID]; o != nil && !p.has(orderID) && slices.Contains(ids, orderID) {
				o.Unshared = append(o.Unshared, id)
			}
		}
	}
	return nil
}
