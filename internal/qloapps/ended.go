package qloapps

import (
	"context"
	"time"
)

// Ended tells when bookings of orders were given up before the guest moved in: "room:12", and its facilities, "facility:3".
//
// A room that QloApps marks as refunded alone proves nothing, as changes of an order's state mark them all: a refund request
// that was granted tells it, and its day. One that is marked as canceled without a request was so when its row was changed
// last. What a guest moved into is none of these, whatever was given back of it.
func (r *Reader) Ended(ctx context.Context, orderIDs []string) (map[string]time.Time, error) {
	ended := map[string]time.Time{}
	if !r.has("htl_booking_detail.is_refunded") {
		return ended, nil
	}
	shop, err := r.Shop(ctx)
	if err != nil {
		return nil, err
	}
	canceled, stayed := "0", "0"
	if r.has("htl_booking_detail.is_cancelled") {
		canceled = "b.is_cancelled <> 0"
	}
	if r.has("htl_booking_detail.id_status") {
		stayed = "b.id_status > 1"
	}
	err = chunk(orderIDs, func(ids []string) error {
		var rows []struct {
			ID, IDOrder string
			Canceled    bool
			DateUpd     *time.Time
		}
		if err := r.query(ctx, &rows, "SELECT b.id, b.id_order, "+canceled+" canceled, "+timeOf("b.date_upd")+" date_upd FROM {p}htl_booking_detail b WHERE b.id_order IN ? AND (b.is_refunded <> 0 OR "+canceled+") AND NOT "+stayed+" ORDER BY b.id", ids); err != nil || len(rows) == 0 {
			return err
		}
		var orders, bookings []string
		for _, x := range rows {
			orders = append(orders, x.IDOrder)
		}
		var granted []struct {
			Booking string
			At      *time.Time
		}
		if err := r.query(ctx, &granted, "SELECT x.id_htl_booking booking, MAX("+timeOf("r.date_upd")+") at FROM {p}order_return r JOIN {p}order_return_state s ON s.id_order_return_state = r.state AND s.refunded <> 0 AND s.denied = 0 "+
			"JOIN {p}order_return_detail x ON x.id_order_return = r.id_order_return WHERE r.id_order IN ? AND x.id_htl_booking > 0 GROUP BY x.id_htl_booking", orders); err != nil {
			return err
		}
		days := map[string]*time.Time{}
		for _, x := range granted {
			days[x.Booking] = x.At
		}
		for _, x := range rows {
			at, returned := days[x.ID]
			if !returned && x.Canceled {
				at = x.DateUpd
			}
			if at != nil {
				ended["room:"+x.ID], bookings = wall(*at, shop.Zone), append(bookings, x.ID)
			}
		}
		if len(bookings) == 0 {
			return nil
		}
		var facilities []struct{ ID, Booking string }
		err := r.query(ctx, &facilities, "SELECT id_booking_demand id, id_htl_booking booking FROM {p}htl_booking_demands WHERE id_htl_booking IN ?", bookings)
		for _, x := range facilities {
			ended["facility:"+x.ID] = ended["room:"+x.Booking]
		}
		return err
	})
	return ended, err
}
