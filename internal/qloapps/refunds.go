package qloapps

import (
	"context"

	"github.com/qlobooks/qlobooks/internal/money"
)

// Refunds reads refund requests by id_order_return with their details and orders.
func (r *Reader) Refunds(ctx context.Context, ids []string) (map[string]Refund, error) {
	owners, err := r.owners(ctx, "order_return", "id_order_return", ids)
	if err != nil {
		return nil, err
	}
	orders, err := r.Orders(ctx, values(owners))
	if err != nil {
		return nil, err
	}
	out := map[string]Refund{}
	for id, orderID := range owners {
		o := orders[orderID]
		if o == nil {
			continue
		}
		for _, ret := range o.Returns {
			if ret.ID == id {
				out[id] = Refund{Return: ret, Order: o}
			}
		}
	}
	return out, r.returnDetails(ctx, out)
}

// returnDetails reads what was given back, only for returns whose money needs a document: the
// table has no index on the return.
func (r *Reader) returnDetails(ctx context.Context, refunds map[string]Refund) error {
	wanted := map[string]string{}
	for id, f := range refunds {
		if became, _ := f.Becomes(); became == BecameMoney {
			wanted[id] = id
		}
	}
	return chunk(values(wanted), func(ids []string) error {
		var rows []struct {
			IDOrderReturn, IDOrderDetail string
			IDHtlBooking                 *string
			RefundedAmount               money.Decimal
			Done                         bool
		}
		err := r.query(ctx, &rows, "SELECT id_order_return, id_order_detail, id_htl_booking, refunded_amount, id_customization = 1 done FROM {p}order_return_detail WHERE id_order_return IN ? ORDER BY id_order_return_detail", ids)
		for _, x := range rows {
			f := refunds[x.IDOrderReturn]
			f.Details = append(f.Details, ReturnDetail{DetailID: x.IDOrderDetail, BookingID: noZero(deref(x.IDHtlBooking)), Amount: x.RefundedAmount, Done: x.Done})
			refunds[x.IDOrderReturn] = f
		}
		return err
	})
}

// SoldLine is the line as which something given back was sold: the room of its booking, whose order line may be another by
// now, or gone; a service, and what has no such room, by its order line.
func (o *Order) SoldLine(detailID, bookingID string) (line Line, found bool) {
	for _, l := range o.Lines {
		switch {
		case l.Kind == FacilityLine:
		case l.Kind == ServiceLine && l.DetailID == detailID:
			return l, true
		case l.Kind == RoomLine && bookingID != "" && l.ID == bookingID:
			line, found = l, true
		case !found && l.DetailID == detailID:
			line, found = l, true
		}
	}
	return line, found
}
