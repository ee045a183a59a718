package qloapps

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/internal/money"
)

// Invoices reads invoices by id_order_invoice with the orders they bill.
func (r *Reader) Invoices(ctx context.Context, ids []string) (map[string]Invoice, error) {
	owners, err := r.owners(ctx, "order_invoice", "id_order_invoice", ids)
	if err != nil {
		return nil, err
	}
	orders, err := r.Orders(ctx, values(owners))
	if err != nil {
		return nil, err
	}
	out := map[string]Invoice{}
	for id, orderID := range owners {
		o := orders[orderID]
		if o == nil {
			continue
		}
		for _, head := range o.Invoices {
			if head.ID == id {
				out[id] = Invoice{InvoiceHead: head, Order: o}
			}
		}
	}
	return out, nil
}

// owners maps rows of a table to their orders.
func (r *Reader) owners(ctx context.Context, table, key string, ids []string) (map[string]string, error) {
	owners := map[string]string{}
	err := chunk(ids, func(ids []string) error {
		var rows []struct{ ID, IDOrder string }
		err := r.query(ctx, &rows, fmt.Sprintf("SELECT %s id, id_order FROM {p}%s WHERE %s IN ?", key, table, key), ids)
		for _, row := range rows {
			owners[row.ID] = row.IDOrder
		}
		return err
	})
	return owners, err
}

func values(m map[string]string) []string {
	seen := map[string]bool{}
	var out []string
	for _, v := range m {
		if !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}

// Payments reads payments by id_order_payment with all shares and the orders they belong to. One
// without shares names the orders of its reference instead.
func (r *Reader) Payments(ctx context.Context, ids []string) (map[string]Payment, error) {
	shop, err := r.Shop(ctx)
	if err != nil {
		return nil, err
	}
	all, err := r.paidFor(ctx, shop.Zone, nil, ids)
	if err != nil {
		return nil, err
	}
	out := map[string]Payment{}
	orderIDs := map[string]string{}
	for id, x := range all {
		p := Payment{ID: id, Reference: x.OrderReference, Currency: x.Iso, Amount: x.Amount, Rate: x.ConversionRate, Method: x.PaymentMethod,
			TransactionID: deref(x.TransactionID), Added: wall(x.DateAdd, shop.Zone), Shares: x.shares, OfReference: x.orders, Orders: map[string]*Order{}}
		if x.OwnRate != nil {
			p.OwnRate = *x.OwnRate
		}
		out[id] = p
		for _, s := range x.shares {
			orderIDs[s.ID] = s.OrderID
		}
		for _, orderID := range x.orders {
			orderIDs["of "+orderID] = orderID
		}
	}
	if err := r.unfinished(ctx, shop, ids, out); err != nil {
		return nil, err
	}
	orders, err := r.Orders(ctx, values(orderIDs))
	for _, p := range out {
		for _, s := range p.Shares {
			if o := orders[s.OrderID]; o != nil {
				p.Orders[s.OrderID] = o
			}
		}
		for _, id := range p.OfReference {
			if o := orders[id]; o != nil {
				p.Orders[id] = o
			}
		}
	}
	return out, err
}

// unfinished says of payments whether QloApps is still writing an order of their reference, and
// which ones it never finished.
func (r *Reader) unfinished(ctx context.Context, shop Shop, ids []string, out map[string]Payment) error {
	return chunk(ids, func(ids []string) error {
		var rows []struct {
			Payment, ID string
			Writing     bool
		}
		err := r.query(ctx, &rows, "SELECT p.id_order_payment payment, o.id_order id, "+writingSince+" writing FROM {p}order_payment p JOIN {p}orders o ON {order_payment p.order_reference = orders o.reference} "+
			"WHERE p.id_order_payment IN ? AND NOT "+finished+" ORDER BY o.id_order", r.hourAgo(shop), ids)
		for _, x := range rows {
			p := out[x.Payment]
			if p.ID == "" {
				continue
			}
			if x.Writing {
				p.Unfinished = true
			} else {
				p.Abandoned = append(p.Abandoned, x.ID)
			}
			out[x.Payment] = p
		}
		return err
	})
}

// Slips reads credit slips by id_order_slip with their orders.
func (r *Reader) Slips(ctx context.Context, ids []string) (map[string]Slip, error) {
	shop, err := r.Shop(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]Slip{}
	owners := map[string]string{}
	err = chunk(ids, func(ids []string) error {
		var rows []struct {
			ID, IDOrder, IDCustomer string
			ConversionRate          money.Decimal
			Excl, Incl, Amount      money.Decimal
			RedeemStatus            int
			IDCartRule              string
			DateAdd                 time.Time
		}
		err := r.query(ctx, &rows, "SELECT id_order_slip id, id_order, id_customer, conversion_rate, COALESCE(total_products_tax_excl, 0) excl, COALESCE(total_products_tax_incl, amount) incl, amount, redeem_status, id_cart_rule, "+timeOf("date_add")+" date_add "+
			"FROM {p}order_slip WHERE id_order_slip IN ?", ids)
		if err != nil {
			return err
		}
		for _, x := range rows {
			s := Slip{ID: x.ID, OrderID: x.IDOrder, CustomerID: x.IDCustomer, Rate: x.ConversionRate, TotalExcl: x.Excl, TotalIncl: x.Incl, Amount: x.Amount, Added: wall(x.DateAdd, shop.Zone)}
			if x.RedeemStatus == 2 {
				s.VoucherCartRuleID = x.IDCartRule
			}
			out[x.ID], owners[x.ID] = s, x.IDOrder
		}
		return r.slipDetails(ctx, shop, ids, out)
	})
	if err != nil {
		return nil, err
	}
	orders, err := r.Orders(ctx, values(owners))
	for id, s := range out {
		if s.Order = orders[s.OrderID]; s.Order != nil {
			s.Printed = shop.of(s.Order.ShopID).slip(s.ID, s.Order.LangID)
		}
		out[id] = s
	}
	return out, err
}

func (r *Reader) slipDetails(ctx context.Context, shop Shop, ids []string, out map[string]Slip) error {
	var rows []struct {
		IDOrderSlip, IDOrderDetail, IDHtlBooking, Name string
		RoomNum                                        *string
		ProductQuantity                                money.Decimal
		Excl, Incl                                     money.Decimal
		DateFrom, DateTo                               *time.Time
	}
	err := r.query(ctx, &rows, "SELECT d.id_order_slip, d.id_order_detail, d.id_htl_booking, COALESCE(b.room_type_name, od.product_name, '') name, b.room_num, d.product_quantity, "+
		r.otherwise("order_slip_detail", "d.total_price_tax_excl", "amount_tax_excl")+" excl, "+r.otherwise("order_slip_detail", "d.total_price_tax_incl", "amount_tax_incl")+" incl, "+timeOf("b.date_from")+" date_from, "+timeOf("b.date_to")+" date_to FROM {p}order_slip_detail d LEFT JOIN {p}htl_booking_detail b ON b.id = d.id_htl_booking "+
		"LEFT JOIN {p}order_detail od ON od.id_order_detail = d.id_order_detail WHERE d.id_order_slip IN ? ORDER BY d.id_order_slip, d.id_order_detail, d.id_htl_booking", ids)
	for _, x := range rows {
		s, there := out[x.IDOrderSlip]
		if !there { // its own row is gone, and the parts of it are left
			continue
		}
		d := SlipDetail{DetailID: x.IDOrderDetail, BookingID: noZero(x.IDHtlBooking), Name: x.Name, RoomNumber: deref(x.RoomNum), Quantity: x.ProductQuantity, Excl: x.Excl, Incl: x.Incl}
		if x.DateFrom != nil && x.DateTo != nil {
			d.From, d.To = wall(*x.DateFrom, shop.Zone), wall(*x.DateTo, shop.Zone)
		}
		s.Details = append(s.Details, d)
		out[x.IDOrderSlip] = s
	}
	return err
}

// otherwise is a column or, where it says nothing, another one of the same table, if there is one: QloApps writes
// the same into both, and some versions leave the first of them without.
func (r *Reader) otherwise(table, column, other string) string {
	if !r.has(table + "." + other) {
		return column
	}
	alias, _, _ := strings.Cut(column, ".")
	return "COALESCE(" + column + ", " + alias + "." + other + ")"
}
